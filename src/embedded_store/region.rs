//! Checks the credential scope of a request before its signature, as S3 does. Otherwise, a request signed for
//! another region would be reported as a wrong signature.

use hyper::header::{AUTHORIZATION, HeaderMap};
use langfuse_blob_core::sign::encode;

/// Why a request is refused with status 400.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub code: &'static str,
    pub message: String,
    /// The region to sign for, if the region was wrong.
    pub region: Option<String>,
}

const SIGV4: &str = "AWS4-HMAC-SHA256";

/// The region and service of a credential `KEY/DATE/REGION/SERVICE/aws4_request`.
fn scope(credential: &str) -> Option<(&str, &str)> {
    // From the right, because an access key ID may contain slashes.
    let mut fields = credential.rsplitn(5, '/');
    let terminator = fields.next()?;
    let service = fields.next()?;
    let region = fields.next()?;
    let _date = fields.next()?;
    let key_id = fields.next()?;
    (terminator == "aws4_request" && !key_id.is_empty()).then_some((region, service))
}

fn check_scope(credential: Option<&str>, expected: &str, code: &'static str, lead: &str) -> Option<Refusal> {
    let Some((region, service)) = credential.and_then(scope) else {
        return Some(Refusal {
            code,
            message: format!(
                "{lead}; the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."
            ),
            region: None,
        });
    };
    if region != expected {
        return Some(Refusal {
            code,
            message: format!("{lead}; the region '{region}' is wrong; expecting '{expected}'"),
            region: Some(expected.to_owned()),
        });
    }
    if service != "s3" {
        return Some(Refusal {
            code,
            message: format!("{lead}; incorrect service \"{service}\". This endpoint belongs to \"s3\"."),
            region: None,
        });
    }
    None
}

fn signature_version_2() -> Refusal {
    Refusal {
        code: "InvalidRequest",
        message: format!("The authorization mechanism you have provided is not supported. Please use {SIGV4}."),
        region: None,
    }
}

fn check_header(value: &str, expected: &str) -> Option<Refusal> {
    let Some(fields) = value.strip_prefix(SIGV4) else {
        return value.starts_with("AWS ").then(signature_version_2);
    };
    let credential = fields.split(',').find_map(|field| field.trim().strip_prefix("Credential="));
    check_scope(credential, expected, "AuthorizationHeaderMalformed", "The authorization header is malformed")
}

/// A percent-encoded name or value; `None` if it isn't UTF-8.
fn decoded(text: &str) -> Option<String> {
    String::from_utf8(encode::decode(text, false)).ok()
}

fn check_query(query: &str, expected: &str) -> Option<Refusal> {
    let mut signed = false;
    let mut credential = None;
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match decoded(name).as_deref() {
            Some("X-Amz-Signature") => signed = true,
            Some("X-Amz-Credential") => credential = decoded(value),
            Some("Signature") => return Some(signature_version_2()),
            _ => {}
        }
    }
    if !signed {
        return None;
    }
    check_scope(
        credential.as_deref(),
        expected,
        "AuthorizationQueryParametersError",
        "Error parsing the X-Amz-Credential parameter",
    )
}

/// Checks that a signed request is signed for S3 in the region `expected`. Unsigned requests pass.
pub(super) fn check(query: Option<&str>, headers: &HeaderMap, expected: &str) -> Option<Refusal> {
    query.and_then(|query| check_query(query, expected)).or_else(|| {
        let value = headers.get(AUTHORIZATION)?;
        check_header(value.to_str().ok()?, expected)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    fn header(credential: &str, expected: &str) -> Option<Refusal> {
        let value = format!("{SIGV4} Credential={credential}, SignedHeaders=host, Signature=0");
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::try_from(value).unwrap());
        check(None, &headers, expected)
    }

    #[test]
    fn the_right_region_passes() {
        assert_eq!(header("AKID/20260101/eu-west-1/s3/aws4_request", "eu-west-1"), None);
        assert_eq!(header("AKID/20260101/auto/s3/aws4_request", "auto"), None);
        assert_eq!(check(None, &HeaderMap::new(), "eu-west-1"), None);
    }

    #[test]
    fn another_region_is_named() {
        for region in ["us-east-1", "auto", ""] {
            let refusal = header(&format!("AKID/20260101/{region}/s3/aws4_request"), "eu-west-1").unwrap();
            assert_eq!(refusal.code, "AuthorizationHeaderMalformed");
            assert_eq!(
                refusal.message,
                format!("The authorization header is malformed; the region '{region}' is wrong; expecting 'eu-west-1'")
            );
            assert_eq!(refusal.region.as_deref(), Some("eu-west-1"));
        }
    }

    #[test]
    fn presigned_queries_have_their_own_code() {
        let query = "X-Amz-Credential=AKID%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=0";
        let refusal = check(Some(query), &HeaderMap::new(), "eu-west-1").unwrap();
        assert_eq!(refusal.code, "AuthorizationQueryParametersError");
        assert_eq!(
            refusal.message,
            "Error parsing the X-Amz-Credential parameter; the region 'us-east-1' is wrong; expecting 'eu-west-1'"
        );
        assert_eq!(check(Some(query), &HeaderMap::new(), "us-east-1"), None);
        assert_eq!(check(Some("list-type=2&prefix=Signature"), &HeaderMap::new(), "us-east-1"), None);
    }

    #[test]
    fn other_mechanisms_are_refused() {
        assert!(header("AKID/20260101/eu-west-1/sts/aws4_request", "eu-west-1").is_some());
        assert!(header("AKID/eu-west-1/s3/aws4_request", "eu-west-1").is_some());
        assert!(header("", "eu-west-1").is_some());
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_static("AWS AKID:sig"));
        assert_eq!(check(None, &headers, "r").unwrap().code, "InvalidRequest");
        assert_eq!(check(Some("Signature=x"), &HeaderMap::new(), "r").unwrap().code, "InvalidRequest");
    }
}
