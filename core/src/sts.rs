//! AWS Security Token Service (STS): the caller's identity, and a role's temporary credentials. A call builds a
//! request, the caller sends it, and the response body is parsed here.
//!
//! <https://docs.aws.amazon.com/STS/latest/APIReference/Welcome.html>

use std::fmt;

use http::{HeaderName, HeaderValue, Method, Request};

use crate::config::endpoint::Endpoint;
use crate::sign::{self, Credentials, Payload, Scope, SignError, Signable, Timestamp, encode};
use crate::storage::target::{amazon_suffix, base_of, check_region, host_of};
use crate::storage::{RequestError, Signer, TargetError, xml};
use crate::text::secret::Secret;

/// The service in its signatures' scope, and the first label of its hosts.
pub const STS: &str = "sts";

const FORM: &str = "application/x-www-form-urlencoded";

/// The endpoint of an AWS service in a region.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address {
    region: String,
    https: bool,
    host: String,
    base: String,
}

impl Address {
    /// The service whose hosts begin with `prefix`, in `region`: at `endpoint` if one is configured, else at
    /// `https://prefix.region.amazonaws.com`, with the DNS suffix of the region's partition.
    ///
    /// # Errors
    /// A region that can't be part of a host name, or an endpoint that isn't a URL.
    pub fn new(prefix: &str, region: &str, endpoint: Option<&str>) -> Result<Self, TargetError> {
        check_region(region)?;
        let endpoint = endpoint.map(Endpoint::parse).transpose().map_err(TargetError::Endpoint)?;
        let (https, host, base) = match &endpoint {
            Some(endpoint) => (endpoint.https, host_of(endpoint)?, base_of(endpoint)?),
            None => (true, format!("{prefix}.{region}.{}", amazon_suffix(region)), String::new()),
        };
        Ok(Self { region: region.to_owned(), https, host, base })
    }

    /// The host, with the port if it isn't the scheme's default.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The region.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The URL of `path`, which begins with a slash and is encoded.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}://{}{}{path}", if self.https { "https" } else { "http" }, self.host, self.base)
    }
}

/// The role to assume.
#[derive(Clone, Copy, Debug)]
pub struct Role<'a> {
    /// Its ARN.
    pub arn: &'a str,
    /// The session's name in the account's logs.
    pub session: &'a str,
    /// The external ID that the role's owner requires.
    pub external_id: Option<&'a str>,
    /// How long the credentials are valid, in seconds; `None` leaves it to the service.
    pub seconds: Option<u32>,
}

/// An API call.
#[derive(Clone, Copy, Debug)]
pub enum Call<'a> {
    /// Returns the caller's identity.
    GetCallerIdentity,
    /// Returns credentials of the role, for a caller that may assume it.
    AssumeRole(Role<'a>),
    /// Returns credentials of the role for a token; not signed.
    AssumeRoleWithWebIdentity(Role<'a>, &'a Secret),
}

impl Call<'_> {
    /// Its name in the API.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::GetCallerIdentity => "GetCallerIdentity",
            Self::AssumeRole(_) => "AssumeRole",
            Self::AssumeRoleWithWebIdentity(..) => "AssumeRoleWithWebIdentity",
        }
    }

    fn body(&self) -> String {
        let mut out = format!("Action={}&Version=2011-06-15", self.name());
        let mut push = |name: &str, value: &str| {
            out.push('&');
            out.push_str(name);
            out.push('=');
            encode::push_query(&mut out, value);
        };
        let (Self::AssumeRole(role) | Self::AssumeRoleWithWebIdentity(role, _)) = self else { return out };
        push("RoleArn", role.arn);
        push("RoleSessionName", role.session);
        if let Some(id) = role.external_id {
            push("ExternalId", id);
        }
        if let Some(seconds) = role.seconds {
            push("DurationSeconds", &seconds.to_string());
        }
        if let Self::AssumeRoleWithWebIdentity(_, token) = self {
            push("WebIdentityToken", token.expose());
        }
        out
    }

    /// The request, with its body. It's signed if there is a `signer`.
    ///
    /// # Errors
    /// [`RequestError`] if the credentials or the region are invalid.
    pub fn request(&self, address: &Address, signer: Option<&mut Signer<'_>>) -> Result<Request<String>, RequestError> {
        let body = self.body();
        let headers = [("content-type", FORM)];
        let mut request = Request::new(());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = address.url("/").parse().map_err(|_| RequestError::Url)?;
        request.headers_mut().insert("content-type", HeaderValue::from_static(FORM));
        if let Some(signer) = signer {
            let path = format!("{}/", address.base);
            let payload = Payload::of(body.as_bytes());
            let scope = Scope { region: &address.region, service: STS, at: signer.at };
            let method = Method::POST;
            let signable = Signable {
                method: method.as_str(),
                host: &address.host,
                path: &path,
                query: "",
                headers: &headers,
                payload: &payload,
            };
            let added = sign::header::sign(&signable, &scope, signer.credentials, signer.keys)?;
            for (name, value) in added.iter() {
                let mut text = HeaderValue::from_str(value).map_err(|_| SignError::Header(name.to_owned()))?;
                text.set_sensitive(matches!(name, "authorization" | "x-amz-security-token"));
                request.headers_mut().insert(HeaderName::from_static(name), text);
            }
        }
        Ok(request.map(|()| body))
    }
}

/// A response that lacks an element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Missing(pub &'static str);

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the response has no valid `{}`", self.0)
    }
}

impl std::error::Error for Missing {}

/// The caller's identity.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallerIdentity {
    /// The account: twelve digits.
    pub account: String,
    /// `arn:aws:sts::123456789012:assumed-role/langfuse/session`.
    pub arn: String,
}

impl CallerIdentity {
    /// Parses the response to [`Call::GetCallerIdentity`].
    ///
    /// # Errors
    /// [`Missing`], naming the element.
    pub fn read(body: &str) -> Result<Self, Missing> {
        let [account, arn] = leaves(body, ["Account", "Arn"])?;
        Ok(Self { account, arn })
    }
}

/// Credentials that expire.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Temporary {
    /// The credentials.
    pub credentials: Credentials,
    /// When they expire.
    pub expires: Timestamp,
}

impl Temporary {
    /// Parses the response to [`Call::AssumeRole`] and [`Call::AssumeRoleWithWebIdentity`].
    ///
    /// # Errors
    /// [`Missing`], naming the element.
    pub fn read(body: &str) -> Result<Self, Missing> {
        let [access_key_id, secret, token, expires] =
            leaves(body, ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"])?;
        let expires = Timestamp::parse(&expires).map_err(|_| Missing("Expiration"))?;
        let credentials =
            Credentials { access_key_id, secret: Secret::new(secret), session_token: Some(Secret::new(token)) };
        Ok(Self { credentials, expires })
    }
}

/// The text of the first element with each of these names, at any depth.
fn leaves<const N: usize>(body: &str, names: [&'static str; N]) -> Result<[String; N], Missing> {
    let mut found = [const { None }; N];
    // Of a truncated document, what came before counts; what's missing is named below.
    let _ = xml::walk(body, |path, own| {
        let leaf = path.last().map_or("", String::as_str);
        for (name, place) in names.iter().zip(&mut found) {
            if *name == leaf && place.is_none() && !own.trim().is_empty() {
                *place = Some(own.trim().to_owned());
            }
        }
    });
    match names.iter().zip(&found).find(|(_, place)| place.is_none()) {
        Some((name, _)) => Err(Missing(name)),
        None => Ok(found.map(Option::unwrap_or_default)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::endpoint::EndpointError;
    use crate::sign::KeyCache;

    fn role() -> Role<'static> {
        Role { arn: "arn:aws:iam::1:role/a b", session: "s", external_id: None, seconds: Some(3600) }
    }

    #[test]
    fn hosts_follow_the_partition_and_the_endpoint() {
        let url = |region, endpoint| Address::new(STS, region, endpoint).map(|a| a.url("/"));
        assert_eq!(url("eu-west-1", None).unwrap(), "https://sts.eu-west-1.amazonaws.com/");
        assert_eq!(url("cn-north-1", None).unwrap(), "https://sts.cn-north-1.amazonaws.com.cn/");
        assert_eq!(url("us-east-1", Some("http://127.0.0.1:80/base/")).unwrap(), "http://127.0.0.1/base/");
        assert_eq!(url("us-east-1", Some("sts")), Err(TargetError::Endpoint(EndpointError::NoScheme)));
        assert_eq!(url("us east", None), Err(TargetError::Region));
        assert_eq!(url("", None), Err(TargetError::RegionMissing));
    }

    #[test]
    fn a_token_is_sent_in_the_body_and_unsigned() {
        let address = Address::new(STS, "eu-west-1", None).unwrap();
        let token = Secret::new("ey.J/+=");
        let call = Call::AssumeRoleWithWebIdentity(role(), &token);
        let request = call.request(&address, None).unwrap();
        assert_eq!(
            request.body(),
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa%20b\
             &RoleSessionName=s&DurationSeconds=3600&WebIdentityToken=ey.J%2F%2B%3D"
        );
        assert!(!request.headers().contains_key("authorization"));
        assert!(!format!("{call:?}").contains("ey.J"));
    }

    #[test]
    fn a_role_is_asked_for_with_a_signature_of_the_service() {
        let credentials = Credentials {
            access_key_id: "AKID".into(),
            secret: Secret::new("secret"),
            session_token: Some(Secret::new("token")),
        };
        let mut keys = KeyCache::new();
        let at = Timestamp::parse("20260131T080000Z").unwrap();
        let mut signer = Signer { credentials: &credentials, keys: &mut keys, at };
        let address = Address::new(STS, "eu-west-1", None).unwrap();
        let call = Call::AssumeRole(Role { external_id: Some("x&y"), ..role() });
        let request = call.request(&address, Some(&mut signer)).unwrap();
        let header = |name| request.headers().get(name).unwrap();
        let authorization = header("authorization").to_str().unwrap();
        assert!(authorization.contains("Credential=AKID/20260131/eu-west-1/sts/aws4_request"), "{authorization}");
        assert!(authorization.contains("SignedHeaders=content-type;host;"), "{authorization}");
        assert!(request.body().contains("&ExternalId=x%26y"));
        assert!(header("authorization").is_sensitive() && header("x-amz-security-token").is_sensitive());
    }

    #[test]
    fn answers_are_read_or_the_missing_part_is_named() {
        let identity = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
            <GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/a&amp;b</Arn><UserId>AIDA</UserId>\
            <Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
        let identity = CallerIdentity::read(identity).unwrap();
        assert_eq!(
            (identity.account.as_str(), identity.arn.as_str()),
            ("123456789012", "arn:aws:iam::123456789012:user/a&b")
        );

        let answer = "<R><AssumedRoleUser><Arn>a</Arn></AssumedRoleUser><Credentials><AccessKeyId>ASIA</AccessKeyId>\
            <SecretAccessKey>sec</SecretAccessKey><SessionToken>tok</SessionToken>\
            <Expiration>2026-01-31T09:00:00.123Z</Expiration></Credentials></R>";
        let temporary = Temporary::read(answer).unwrap();
        assert_eq!(temporary.credentials.secret.expose(), "sec");
        assert_eq!(temporary.expires, Timestamp::parse("20260131T090000Z").unwrap());
        assert!(!format!("{temporary:?}").contains("sec\""));

        assert_eq!(Temporary::read(&answer.replace("2026", "later")), Err(Missing("Expiration")));
        assert_eq!(
            Temporary::read(&answer.replace("<SessionToken>tok", "<SessionToken>")),
            Err(Missing("SessionToken"))
        );
        assert_eq!(CallerIdentity::read("<html>"), Err(Missing("Account")));
    }
}
