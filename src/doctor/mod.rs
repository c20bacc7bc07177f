//! The doctor's I/O: executes the requests of the core's probe in parallel and returns the responses.

mod examination;
mod progress;

use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use http::Response;
use hyper_util::client::proxy::matcher::Matcher;
use langfuse_blob_core::probe::{Answer, LocalCredentials, Plan, Probe, ProbeRequest, Subject, Ticket};
use langfuse_blob_core::redact::Redactor;
use langfuse_blob_core::sign::Timestamp;
use langfuse_blob_core::storage::Fault;

use crate::clock;
use crate::request_log::Sent;
use crate::transport::{Body, Transport, TransportError};
use crate::trust::Configured;

pub use examination::{Examination, Order, examine};
pub use progress::Progress;

/// Maximum size of a successful response. The doctor's requests yield a few kilobytes, a page of Langfuse some hundred.
const ANSWER: usize = 4 * 1024 * 1024;

/// Maximum number of bytes read of an error response.
const REFUSAL: usize = 64 * 1024;

/// How long a step may wait for one response, and the minimum speed of what it sends: an uplink of 256 kbit/s is slow,
/// but not broken.
const QUESTION: Duration = Duration::from_mins(1);
const BYTES_PER_SECOND: u64 = 32 * 1024;

/// How long to wait for responses after a stop: what they report as created must be deleted too.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// How long a stop may take in total, including cleanup. Supervisors kill after ten seconds.
const STOP: Duration = Duration::from_millis(4_500);

/// How it ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// All steps are done.
    Over,
    /// Stopped; everything that was written is deleted or named.
    Interrupted,
    /// Stopped twice, or the cleanup took too long: what was written stays.
    Abandoned,
}

/// An observer that can stop the run.
pub trait Watcher {
    /// A response has arrived.
    fn show(&mut self, probe: &Probe);
    /// A note before the start: one sentence.
    fn note(&mut self, text: &str);
    /// The run was stopped, and cleanup has started.
    fn interrupted(&mut self);
    /// Resolves when the run should stop. Called again after that, because the cleanup can be stopped too.
    fn stop(&mut self) -> impl Future<Output = ()> + Send;
}

/// Runs the probe to its end. A first stop ends the steps and starts the cleanup; a second one ends the cleanup.
pub async fn run(transport: &Transport, probe: &mut Probe, watcher: &mut impl Watcher) -> End {
    let mut in_flight = FuturesUnordered::new();
    let mut pending: Vec<Ticket> = Vec::new();
    let mut end = End::Over;
    let mut patience = Box::pin(tokio::time::sleep(Duration::MAX));
    let mut limit = Box::pin(tokio::time::sleep(Duration::MAX));
    let mut more = probe.next(now());
    loop {
        for (ticket, request) in more.drain(..) {
            pending.push(ticket);
            in_flight.push(async move { (ticket, execute(transport, request).await) });
        }
        if in_flight.is_empty() {
            return end;
        }
        tokio::select! {
            // In this order, so that it listens for a stop before it handles the first response.
            biased;
            () = watcher.stop() => {
                if end == End::Interrupted {
                    return End::Abandoned;
                }
                end = End::Interrupted;
                probe.interrupt();
                watcher.interrupted();
                patience = Box::pin(tokio::time::sleep(LAST_ANSWERS));
                limit = Box::pin(tokio::time::sleep(STOP));
                more = probe.next(now());
            }
            () = &mut limit => return End::Abandoned,
            Some((ticket, answer)) = in_flight.next() => {
                pending.retain(|t| *t != ticket);
                more = probe.answer(ticket, answer, now());
                watcher.show(probe);
            }
            () = &mut patience => {
                in_flight.clear();
                for ticket in pending.drain(..) {
                    more.extend(probe.answer(ticket, Answer::Fault(Fault::TimedOut, String::new()), now()));
                }
                patience = Box::pin(tokio::time::sleep(LAST_ANSWERS));
            }
        }
    }
}

async fn execute(transport: &Transport, request: ProbeRequest) -> Answer {
    let answer = |done: Result<String, TransportError>| match done {
        Ok(phrase) => Answer::Done(phrase),
        Err(error) => Answer::Fault(error.fault, error.detail),
    };
    match request {
        ProbeRequest::Resolve { host } => answer(transport.resolve(&host).await),
        ProbeRequest::Connect { host, port } => answer(transport.connect(&host, port).await),
        ProbeRequest::Tls { host, port } => answer(transport.handshake(&host, port).await),
        ProbeRequest::Http(request) => {
            let sending = u64::try_from(request.body().len()).unwrap_or(u64::MAX).checked_div(BYTES_PER_SECOND);
            let limit = QUESTION.saturating_add(Duration::from_secs(sending.unwrap_or(0)));
            let line = Sent::new(&request);
            let sent = async {
                let answer = transport.send(request.map(|body| Body::from(Bytes::from(body)))).await;
                line.ended(&answer);
                let (head, body) = answer?.into_parts();
                let body =
                    if head.status.is_success() { body.read(ANSWER).await } else { body.read_refusal(REFUSAL).await };
                Ok::<_, TransportError>(Response::from_parts(head, body?.to_vec()))
            };
            match tokio::time::timeout(limit, sent).await {
                Ok(Ok(response)) => Answer::Response(response),
                Ok(Err(error)) => Answer::Fault(error.fault, error.detail),
                Err(_) => Answer::Fault(Fault::TimedOut, String::new()),
            }
        }
    }
}

/// The system's clock. One outside the years 1970 to 9999 is plainly wrong, which shows next to the store's.
fn now() -> Timestamp {
    clock::now().unwrap_or(Timestamp::LAST)
}

/// Looks for the credentials of use cases without keys, and for proxies. `own` says whether the container receives the
/// credentials itself.
pub async fn discover(
    plan: &mut Plan,
    transport: &Transport,
    masker: &mut Redactor,
    configured: Configured<'_>,
    own: bool,
) {
    let proxies = Matcher::from_system();
    for subject in &mut plan.subjects {
        let origin = subject.access.as_ref().map(|a| a.requests.place.origin()).unwrap_or_default();
        let proxied = origin.parse().is_ok_and(|uri| proxies.intercept(&uri).is_some());
        // Routed connections bypass proxies.
        subject.context.through_proxy = proxied && subject.context.route.is_none();
        if subject.wants_credentials() {
            let found = find(subject, transport, masker, configured, own).await;
            if let Ok(accesses) = &mut subject.access {
                accesses.local_credentials = found;
            }
        }
    }
}

async fn find(
    subject: &Subject,
    transport: &Transport,
    masker: &mut Redactor,
    configured: Configured<'_>,
    own: bool,
) -> LocalCredentials {
    let Ok(accesses) = &subject.access else { return LocalCredentials::NotNeeded };
    let place = &accesses.requests.place;
    if place.is_azure() {
        return LocalCredentials::NotNeeded;
    }
    let chain = match configured.chain(place, transport) {
        Ok(chain) => chain,
        Err(error) => return LocalCredentials::Missing(error.to_string()),
    };
    let issued = match chain.credentials().await {
        Ok(issued) => issued,
        Err(error) => return LocalCredentials::Missing(error.to_string()),
    };
    let credentials = issued.credentials;
    masker.add(credentials.secret.expose());
    if let Some(token) = &credentials.session_token {
        masker.add(token.expose());
    }
    masker.finish();
    let arn = if place.is_amazon() {
        chain.caller_identity(&credentials).await.map(|who| who.arn)
    } else {
        Err("STS is requested for Amazon S3 only".to_owned())
    };
    LocalCredentials::Found { credentials, source: issued.source.to_string(), arn, elsewhere: !own }
}
