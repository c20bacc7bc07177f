//! CORS for web pages that use presigned URLs: every origin is allowed, because the signature grants access.

use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_REQUEST_HEADERS, HeaderMap, HeaderValue, ORIGIN, VARY,
};

const METHODS: HeaderValue = HeaderValue::from_static("GET, PUT, HEAD, POST, DELETE");
const EXPOSED: &str = "ETag, x-amz-*";
const VARY_BY: HeaderValue =
    HeaderValue::from_static("Origin, Access-Control-Request-Headers, Access-Control-Request-Method");

/// The response headers for a preflight; None if the request has no Origin header, so it isn't a preflight.
pub(super) fn preflight(request: &HeaderMap) -> Option<HeaderMap> {
    let origin = request.get(ORIGIN)?;
    let mut headers = HeaderMap::new();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    if let Some(asked) = request.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
    }
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    headers.insert(VARY, VARY_BY);
    Some(headers)
}

/// Lets a page of `origin` read the response and its headers.
pub(super) fn expose(answer: &mut HeaderMap, origin: &HeaderValue) {
    // Browsers don't support patterns in this list, so the response's own header names are added.
    let mut exposed = EXPOSED.to_owned();
    for name in answer.keys() {
        let name = name.as_str();
        if name.starts_with("x-amz-") || name == "content-range" || name == "content-disposition" {
            exposed.push_str(", ");
            exposed.push_str(name);
        }
    }
    answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    if let Ok(exposed) = HeaderValue::try_from(exposed) {
        answer.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
    answer.insert(VARY, VARY_BY);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preflight_gets_back_what_it_asks() {
        let mut request = HeaderMap::new();
        assert_eq!(preflight(&request), None);
        request.insert(ORIGIN, HeaderValue::from_static("https://app.example"));
        request.insert(ACCESS_CONTROL_REQUEST_HEADERS, HeaderValue::from_static("content-type,x-amz-acl"));
        let answer = preflight(&request).unwrap();
        assert_eq!(answer[ACCESS_CONTROL_ALLOW_ORIGIN], "https://app.example");
        assert_eq!(answer[ACCESS_CONTROL_ALLOW_METHODS], "GET, PUT, HEAD, POST, DELETE");
        assert_eq!(answer[ACCESS_CONTROL_ALLOW_HEADERS], "content-type,x-amz-acl");
    }

    #[test]
    fn answers_name_their_headers() {
        let mut answer = HeaderMap::new();
        answer.insert("x-amz-request-id", HeaderValue::from_static("1"));
        expose(&mut answer, &HeaderValue::from_static("null"));
        assert_eq!(answer[ACCESS_CONTROL_ALLOW_ORIGIN], "null");
        assert_eq!(answer[ACCESS_CONTROL_EXPOSE_HEADERS], "ETag, x-amz-*, x-amz-request-id");
    }
}
