//! One request and its complete response, with retries.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use langfuse_blob_core::storage::StoreError;
use langfuse_blob_core::text::printable::escaped;

use crate::transport::{Body, Fault, Transport};

/// Maximum number of bytes read of a response. The largest are tokens of some kilobytes.
const LARGEST: usize = 256 * 1024;

/// Timeouts and retries.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// The timeout of one attempt.
    pub(super) attempt: Duration,
    /// The number of retries.
    pub(super) again: u32,
    /// The wait before the first retry.
    pub(super) pause: Duration,
    /// By how much each further wait is longer.
    pub(super) growth: u32,
}

/// The instance responds at once or not at all. Source: defaults of `@smithy/credential-provider-imds`.
pub(super) const INSTANCE: Patience =
    Patience { attempt: Duration::from_secs(1), again: 0, pause: Duration::ZERO, growth: 1 };

/// The container's agent may still be starting. Source: defaults of `@aws-sdk/credential-provider-http`.
pub(super) const CONTAINER: Patience =
    Patience { attempt: Duration::from_secs(1), again: 3, pause: Duration::from_secs(1), growth: 1 };

/// An AWS service: three attempts, as in the SDK.
pub(super) const SERVICE: Patience =
    Patience { attempt: Duration::from_secs(20), again: 2, pause: Duration::from_millis(200), growth: 3 };

/// A response, of any status.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The error in one phrase: code and message if the response has them, else the status.
    pub(super) fn refusal(&self) -> String {
        if let Ok(serde_json::Value::Object(json)) = serde_json::from_slice(&self.body) {
            let field = |names: [&str; 3]| names.iter().find_map(|n| json.get(*n)?.as_str()).map(escaped);
            let code = field(["Code", "code", "error"]);
            let message = field(["Message", "message", "error_description"]);
            let said: Vec<String> = code.into_iter().chain(message).collect();
            if !said.is_empty() {
                return format!("HTTP {} ({})", self.status.as_u16(), said.join(": "));
            }
        }
        StoreError::read(self.status, &self.headers, &self.body).to_string()
    }
}

/// Sends `request` and reads the response.
///
/// # Errors
/// One phrase that starts with the host: why there was no response.
pub(super) async fn ask(
    transport: &Transport,
    request: &Request<String>,
    patience: Patience,
) -> Result<Answer, String> {
    let host = request.uri().authority().map_or_else(String::new, ToString::to_string);
    let mut pause = patience.pause;
    let mut left = patience.again;
    loop {
        let outcome = match tokio::time::timeout(patience.attempt, once(transport, request)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(format!("no response within {} s", patience.attempt.as_secs())),
        };
        let again = match &outcome {
            Ok(answer) => answer.status == StatusCode::TOO_MANY_REQUESTS || answer.status.is_server_error(),
            Err(_) => true,
        };
        if !again || left == 0 {
            return outcome.map_err(|why| format!("{}: {why}", escaped(&host)));
        }
        left = left.saturating_sub(1);
        tokio::time::sleep(pause).await;
        pause = pause.saturating_mul(patience.growth);
    }
}

async fn once(transport: &Transport, request: &Request<String>) -> Result<Answer, String> {
    let (parts, body) = request.clone().into_parts();
    let body = if body.is_empty() { Body::empty() } else { Body::from(Bytes::from(body)) };
    let answer = transport.send(Request::from_parts(parts, body)).await.map_err(|e| e.to_string())?;
    let (parts, body) = answer.into_parts();
    let body = body.read(LARGEST).await.map_err(|e| match e.fault {
        Fault::TooLarge => "the response is too large to be credentials".into(),
        _ => e.to_string(),
    })?;
    Ok(Answer { status: parts.status, headers: parts.headers, body })
}
