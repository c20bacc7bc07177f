//! Step 4, first variant: the signature in the `Authorization` header.

use super::canonical_request::{self, Headers, Query};
use super::{ALGORITHM, Credentials, KeyCache, Scope, SignError, Signable, check, string_to_sign};
use crate::text::secret::Secret;

/// The headers that a signature adds to a request. They replace the request's own headers of the same names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedHeaders {
    /// `authorization`.
    pub authorization: String,
    /// `x-amz-date`.
    pub date: String,
    /// `x-amz-content-sha256`.
    pub content_sha256: String,
    /// `x-amz-security-token`, for temporary credentials.
    pub security_token: Option<Secret>,
}

impl SignedHeaders {
    /// Names and values, sorted by name. This exposes the token.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let token = self.security_token.as_ref().map(|t| ("x-amz-security-token", t.expose()));
        [
            ("authorization", self.authorization.as_str()),
            ("x-amz-content-sha256", &self.content_sha256),
            ("x-amz-date", &self.date),
        ]
        .into_iter()
        .chain(token)
    }
}

/// Signs `request`, which must be sent within fifteen minutes of `scope.at`.
///
/// # Errors
/// [`SignError`] if a part of the request is invalid.
pub fn sign(
    request: &Signable<'_>,
    scope: &Scope<'_>,
    credentials: &Credentials,
    keys: &mut KeyCache,
) -> Result<SignedHeaders, SignError> {
    check(credentials, scope)?;
    let mut date = String::with_capacity(16);
    scope.at.push_date_time(&mut date);
    let token = credentials.session_token.as_ref().filter(|t| !t.is_empty());
    let mut more = vec![("x-amz-content-sha256", request.payload.as_str()), ("x-amz-date", &date)];
    more.extend(token.map(|t| ("x-amz-security-token", t.expose())));

    let headers = Headers::new(request, &more)?;
    let canonical = canonical_request::build(request, &Query::new(request.query), &headers)?;
    let to_sign = string_to_sign::build(scope, &date, &canonical);
    let signature = keys.key(&credentials.secret, scope).sign(&to_sign);

    let mut authorization = String::with_capacity(256);
    authorization.push_str(ALGORITHM);
    authorization.push_str(" Credential=");
    authorization.push_str(&credentials.access_key_id);
    authorization.push('/');
    scope.push(&mut authorization, &date);
    authorization.push_str(", SignedHeaders=");
    headers.push_names(&mut authorization, ";");
    authorization.push_str(", Signature=");
    authorization.push_str(&signature);
    let content_sha256 = request.payload.as_str().to_owned();
    Ok(SignedHeaders { authorization, content_sha256, security_token: token.cloned(), date })
}
