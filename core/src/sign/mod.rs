//! Signature Version 4 for S3, in the steps of its own specification: [`canonical_request`], [`string_to_sign`], the
//! signing [`key`], and the signature in headers ([`header`]) or in the query ([`query`]).
//!
//! A path is encoded once and never normalised, because object keys may contain `//` and `%2F`. Time is an
//! argument, and the caller caches the key, which takes five of the seven hash computations, in a [`KeyCache`].
//!
//! Source: Amazon S3 API reference, "Authenticating Requests (AWS Signature Version 4)".

pub mod canonical_request;
pub mod encode;
pub mod header;
pub mod key;
pub mod query;
pub mod string_to_sign;

use std::borrow::Cow;
use std::fmt;

use sha2::{Digest, Sha256};

pub use crate::timestamp::Timestamp;
pub use header::SignedHeaders;
pub use key::{KeyCache, SigningKey};

use crate::text::secret::Secret;

/// The service that S3's signatures are scoped to.
pub const S3: &str = "s3";

/// The only algorithm used here.
pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Who signs.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The access key ID.
    pub access_key_id: String,
    /// The secret access key.
    pub secret: Secret,
    /// The session token of temporary credentials.
    pub session_token: Option<Secret>,
}

/// Redacts the key ID as well: a secret pasted into the wrong field would otherwise be printed.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &crate::text::secret::REDACTED)
            .field("secret", &self.secret)
            .field("session_token", &self.session_token)
            .finish()
    }
}

/// The scope of a signature.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The region, as the store expects it.
    pub region: &'a str,
    /// The service: [`S3`], or `sts` to look up the caller's identity.
    pub service: &'a str,
    /// When it is signed.
    pub at: Timestamp,
}

impl Scope<'_> {
    /// Appends `YYYYMMDD/region/service/aws4_request`; `date_time` is [`Scope::at`], formatted once per request.
    fn push(&self, out: &mut String, date_time: &str) {
        out.push_str(date_time.get(..8).unwrap_or(date_time));
        for part in [self.region, self.service, "aws4_request"] {
            out.push('/');
            out.push_str(part);
        }
    }
}

/// The parts of a request that a signature covers.
#[derive(Clone, Copy, Debug)]
pub struct Signable<'a> {
    /// The method, in uppercase.
    pub method: &'a str,
    /// The `Host` header as it will be sent: with the port only if it isn't the scheme's default.
    pub host: &'a str,
    /// The path as it will be sent, percent-encoded.
    pub path: &'a str,
    /// The query as it will be sent, percent-encoded, without `?`; empty for none.
    pub query: &'a str,
    /// The headers that will be sent. `Host` may be missing; hop-by-hop headers are left out of the signature.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub payload: &'a Payload,
}

/// What the signature says about the body: its SHA-256, or that it isn't covered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Payload(Cow<'static, str>);

impl Payload {
    /// The body isn't covered.
    pub const UNSIGNED: Self = Self(Cow::Borrowed("UNSIGNED-PAYLOAD"));
    /// An empty body.
    pub const EMPTY: Self = Self(Cow::Borrowed("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));

    /// That body.
    #[must_use]
    pub fn of(body: &[u8]) -> Self {
        if body.is_empty() { Self::EMPTY } else { Self::of_digest(&Sha256::digest(body)) }
    }

    /// A body with this SHA-256.
    #[must_use]
    pub fn of_digest(sha256: &[u8]) -> Self {
        let mut hex = String::with_capacity(64);
        encode::push_hex(&mut hex, sha256);
        Self(Cow::Owned(hex))
    }

    /// Reads `UNSIGNED-PAYLOAD` or 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`SignError::Payload`] for anything else.
    pub fn parse(text: &str) -> Result<Self, SignError> {
        if text == Self::UNSIGNED.as_str() {
            return Ok(Self::UNSIGNED);
        }
        if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(Self(Cow::Owned(text.to_ascii_lowercase())));
        }
        Err(SignError::Payload)
    }

    /// As `x-amz-content-sha256` carries it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a request can't be signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SignError {
    /// A header's name or value contains an invalid character. The name, escaped.
    Header(String),
    /// The method contains an invalid character.
    Method,
    /// The host is empty or contains an invalid character.
    Host,
    /// The region or the service is empty, or contains a character that would change the scope.
    Scope,
    /// The access key ID is empty, or it or the session token contains a control character.
    Credentials,
    /// Neither `UNSIGNED-PAYLOAD` nor the 64 hexadecimal digits of a SHA-256.
    Payload,
    /// The presigned URL would be valid for longer than [`query::LONGEST`] seconds. The requested seconds.
    Expiry(u64),
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(name) => write!(f, "header `{name}` contains an invalid character"),
            Self::Method => f.write_str("the method contains an invalid character"),
            Self::Host => f.write_str("the host is empty or contains an invalid character"),
            Self::Scope => f.write_str("the region is empty or contains an invalid character"),
            Self::Credentials => {
                f.write_str("the access key ID is empty, or it or the session token contains a control character")
            }
            Self::Payload => f.write_str("the payload hash is neither UNSIGNED-PAYLOAD nor 64 hexadecimal digits"),
            Self::Expiry(seconds) => {
                write!(f, "a presigned URL is valid for at most {} seconds (7 days), not {seconds}", query::LONGEST)
            }
        }
    }
}

impl std::error::Error for SignError {}

fn hex_sha256(bytes: &[u8], out: &mut String) {
    encode::push_hex(out, &Sha256::digest(bytes));
}

/// Refuses anything that would make one part of the signed string look like another.
fn check(credentials: &Credentials, scope: &Scope<'_>) -> Result<(), SignError> {
    let plain = |text: &str| !text.chars().any(char::is_control);
    let token = credentials.session_token.as_ref().map_or("", Secret::expose);
    if credentials.access_key_id.is_empty() || !plain(&credentials.access_key_id) || !plain(token) {
        return Err(SignError::Credentials);
    }
    let word = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() && b != b'/' && b != b',');
    if word(scope.region) && word(scope.service) { Ok(()) } else { Err(SignError::Scope) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_are_hashes_or_unsigned() {
        assert_eq!(Payload::of(b""), Payload::EMPTY);
        let hello = Payload::of(b"Welcome to Amazon S3.");
        assert_eq!(hello.as_str(), "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072");
        assert_eq!(Payload::parse(&hello.as_str().to_uppercase()), Ok(hello));
        assert_eq!(Payload::parse("UNSIGNED-PAYLOAD"), Ok(Payload::UNSIGNED));
        assert_eq!(Payload::parse("44ce"), Err(SignError::Payload));
    }

    #[test]
    fn scopes_and_key_ids_cannot_forge_one_another() {
        let who = |id: &str| Credentials { access_key_id: id.into(), secret: Secret::new("s"), session_token: None };
        let at = Timestamp::from_unix(0).unwrap();
        let scope = |region| Scope { region, service: S3, at };
        assert_eq!(check(&who("AK"), &scope("eu-west-1")), Ok(()));
        assert_eq!(check(&who("A\nK"), &scope("eu-west-1")), Err(SignError::Credentials));
        assert_eq!(check(&who(""), &scope("eu-west-1")), Err(SignError::Credentials));
        for region in ["", "eu/west", "eu west", "a\nb", "é"] {
            assert_eq!(check(&who("AK"), &scope(region)), Err(SignError::Scope), "{region:?}");
        }
    }
}
