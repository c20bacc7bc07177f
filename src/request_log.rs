//! The lines of `--verbose`: one for each request that is sent.

use std::time::{Duration, Instant};

use http::{Method, Request, Response, Uri};
use langfuse_blob_core::text::printable::escaped;

use crate::output::eprint_line;
use crate::transport::TransportError;
use crate::verbosity::Verbosity;

/// A request that was sent. With `--verbose`, its end is a line on standard error: what was sent where, what came back and
/// how long it took.
#[derive(Debug)]
pub struct Sent(Option<(Method, Uri, Instant)>);

impl Sent {
    /// `request` is about to be sent.
    #[must_use]
    pub fn new<B>(request: &Request<B>) -> Self {
        let of = || (request.method().clone(), request.uri().clone(), Instant::now());
        Self(Verbosity::chosen().verbose.then(of))
    }

    /// The response's head arrived, or there is none.
    pub fn ended<R>(self, answer: &Result<Response<R>, TransportError>) {
        let Some((method, uri, began)) = &self.0 else { return };
        let outcome = match answer {
            Ok(answer) => answer.status().as_str().to_owned(),
            Err(error) => error.fault.sentence().to_owned(),
        };
        eprint_line(line(method, uri, &outcome, began.elapsed()));
    }
}

/// `GET 127.0.0.1:9000 /langfuse/events/a.json 200 12 ms`: the path has the bucket and the key.
fn line(method: &Method, uri: &Uri, outcome: &str, took: Duration) -> String {
    let host = uri.host().unwrap_or("");
    let port = uri.port().map_or_else(String::new, |port| format!(":{}", port.as_str()));
    let query = uri.query().map_or_else(String::new, shown_query);
    format!("{method} {host}{port} {}{query} {} {} ms", escaped(uri.path()), escaped(outcome), took.as_millis())
}

/// The parameters that say what is requested. Others may be a signature or a token, so none that isn't listed is shown.
fn shown_query(query: &str) -> String {
    const SHOWN: [&str; 15] = [
        "blocklisttype",
        "comp",
        "cors",
        "delete",
        "delimiter",
        "lifecycle",
        "list-type",
        "location",
        "max-keys",
        "partNumber",
        "prefix",
        "restype",
        "uploads",
        "versioning",
        "versions",
    ];
    let shown: Vec<&str> =
        query.split('&').filter(|pair| SHOWN.contains(&pair.split('=').next().unwrap_or(""))).collect();
    if shown.is_empty() { String::new() } else { format!("?{}", escaped(&shown.join("&"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_a_line_without_its_signature() {
        let shown = |uri: &str| line(&Method::GET, &uri.parse().unwrap(), "200", Duration::from_millis(12));
        assert_eq!(
            shown(
                "http://127.0.0.1:9000/langfuse/a%20b?X-Amz-Signature=s&prefix=events%2F&sig=t&X-Amz-Security-Token=u"
            ),
            "GET 127.0.0.1:9000 /langfuse/a%20b?prefix=events%2F 200 12 ms"
        );
        assert_eq!(shown("https://u:p@b.s3.amazonaws.com/k?x-id=GetObject"), "GET b.s3.amazonaws.com /k 200 12 ms");
    }
}
