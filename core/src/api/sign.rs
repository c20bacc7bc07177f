//! Request signatures, for programs.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::presign::{Moment, credentials, moment};
use super::{Code, Error};
use crate::order;
use crate::sign::{self, KeyCache, Payload, S3, Scope, Signable};

/// A request to sign.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields = nullable))]
#[serde(rename_all = "camelCase")]
pub struct SignRequest {
    /// The method; converted to upper case.
    pub method: String,
    /// The full URL as it will be sent, percent-encoded.
    #[cfg_attr(test, ts(type = "string | URL"))]
    pub url: String,
    /// The headers that will be sent.
    #[cfg_attr(test, ts(optional, type = "Record<string, string> | null"))]
    pub headers: Option<BTreeMap<String, String>>,
    /// The SHA-256 of the body in hexadecimal digits, or `UNSIGNED-PAYLOAD`, the default.
    pub payload_sha256: Option<String>,
    /// The region.
    pub region: String,
    /// The access key ID.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
    /// The session token of temporary credentials.
    pub session_token: Option<String>,
    /// The time of signing, such as `2026-01-31T12:00:00Z`; now by default.
    #[cfg_attr(test, ts(optional, type = "string | number | Date | null"))]
    pub date: Option<Moment>,
}

/// The headers to add to `request` (JSON), by name.
///
/// # Errors
/// The request is invalid or can't be signed.
pub fn sign(request: &str, keys: &mut KeyCache) -> Result<BTreeMap<&'static str, String>, Error> {
    let refused = |message: String| Error::new(Code::InvalidRequest, message);
    let request: SignRequest = super::from_json(Code::InvalidRequest, "invalid sign request", request)?;
    let url = Url::parse(&request.url).map_err(refused)?;
    let payload = request.payload_sha256.as_deref().map_or(Ok(Payload::UNSIGNED), Payload::parse);
    let payload = payload.map_err(|e| refused(e.to_string()))?;
    let headers: Vec<(&str, &str)> = request.headers.iter().flatten().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let method = request.method.to_ascii_uppercase();
    let signable = Signable {
        method: &method,
        host: url.host,
        path: url.path,
        query: url.query,
        headers: &headers,
        payload: &payload,
    };
    let at = moment(request.date.as_ref())?;
    let credentials = credentials(request.access_key_id, request.secret_access_key, request.session_token);
    let scope = Scope { region: &request.region, service: S3, at };
    let signed = sign::header::sign(&signable, &scope, &credentials, keys).map_err(|e| refused(e.to_string()))?;
    Ok(order::filled(signed.iter().map(|(name, value)| (name, value.to_owned()))))
}

/// The parts of a URL that a signature needs, unchanged.
#[derive(Debug, PartialEq, Eq)]
struct Url<'u> {
    host: &'u str,
    path: &'u str,
    query: &'u str,
}

impl<'u> Url<'u> {
    fn parse(url: &'u str) -> Result<Self, String> {
        let (scheme, rest) =
            url.split_once("://").ok_or("`url` isn't an absolute URL, such as https://s3.example.com/bucket/key")?;
        let usual = match scheme.to_ascii_lowercase().as_str() {
            "https" => ":443",
            "http" => ":80",
            _ => return Err("`url` must start with https:// or http://".into()),
        };
        let rest = rest.split('#').next().unwrap_or(rest);
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        if authority.contains('@') {
            return Err("`url` contains credentials; pass them as `accessKeyId` and `secretAccessKey`".into());
        }
        if let Some(odd) = path.chars().chain(query.chars()).find(|c| !c.is_ascii_graphic()) {
            return Err(format!("`url` contains {odd:?}, which must be percent-encoded"));
        }
        // Clients leave the default port out of `Host`.
        let host = authority.strip_suffix(usual).unwrap_or(authority);
        Ok(Self { host, path, query })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_split_and_otherwise_unchanged() {
        let of = |host, path, query| Ok(Url { host, path, query });
        assert_eq!(Url::parse("https://h:443/a/../b//c?x=1&y#z"), of("h", "/a/../b//c", "x=1&y"));
        assert_eq!(Url::parse("HTTP://h:443"), of("h:443", "/", ""));
        assert_eq!(Url::parse("http://[::1]:80/?"), of("[::1]", "/", ""));
        for wrong in ["/relative", "ftp://h/", "https://u:p@h/", "https://h/é", "https://h/a b"] {
            assert!(Url::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn headers_are_returned_by_name() {
        let request = r#"{"method":"put","url":"https://b.s3.eu-west-1.amazonaws.com/k","region":"eu-west-1",
            "accessKeyId":"AK","secretAccessKey":"SK","sessionToken":"T","date":1769846400000}"#;
        let headers = sign(request, &mut KeyCache::new()).unwrap();
        assert_eq!(headers["x-amz-date"], "20260131T080000Z");
        assert_eq!(headers["x-amz-content-sha256"], "UNSIGNED-PAYLOAD");
        assert_eq!(headers["x-amz-security-token"], "T");
        assert!(
            headers["authorization"].starts_with("AWS4-HMAC-SHA256 Credential=AK/20260131/eu-west-1/s3/aws4_request")
        );
        let error = sign(&request.replace("SK", "SK\\u0000"), &mut KeyCache::new());
        assert!(error.is_ok(), "a secret may contain anything");
        let error = sign(&request.replace("1769846400000", "-1"), &mut KeyCache::new()).unwrap_err();
        assert_eq!(error.code, Code::InvalidRequest);
    }
}
