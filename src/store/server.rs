//! Takes connections and ends them in good order.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, EXPECT, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use s3s::Body;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::error::Error;
use super::gate::Gate;
use super::linger::SharedBody;

/// How long requests in flight may go on after the shutdown.
const GRACE: Duration = Duration::from_secs(5);

// A lack of file descriptors passes when clients leave; a listener that is gone does not come back.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);
const ACCEPT_TRIES: u32 = 50;

/// Serves until `shutdown` completes, then waits for requests in flight, 5 seconds at most.
pub(super) async fn serve(gate: Gate, listener: TcpListener, shutdown: impl Future<Output = ()>) -> Result<(), Error> {
    let (stop, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    let mut failures: u32 = 0;
    let result = loop {
        tokio::select! {
            () = &mut shutdown => break Ok(()),
            accepted = listener.accept() => match accepted {
                Ok((stream, _peer)) => {
                    failures = 0;
                    connections.spawn(connection(gate.clone(), stream, stopped.clone()));
                }
                Err(source) if failures >= ACCEPT_TRIES => break Err(Error::Accept(source)),
                Err(_) => {
                    failures = failures.saturating_add(1);
                    tokio::time::sleep(ACCEPT_RETRY).await;
                }
            },
            Some(_ended) = connections.join_next() => {}
        }
    };
    drop(listener);
    let _ = stop.send(true);
    let drained = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(GRACE, drained).await;
    result
}

async fn connection(gate: Gate, stream: TcpStream, mut stopped: watch::Receiver<bool>) {
    // Answers are small or whole pieces: waiting to fill packets only delays them.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let gate = gate.clone();
        async move {
            let sends_at_once = !request.headers().contains_key(EXPECT);
            let (parts, body) = request.into_parts();
            let body = SharedBody::new(body);
            let lent = Request::from_parts(parts, Body::http_body(body.clone()));
            let mut response = gate.answer(lent).await;
            if !response.status().is_success() {
                if sends_at_once {
                    body.drain().await;
                } else {
                    // A client that expects a go-ahead sends nothing without it, and the connection ends here: hyper
                    // cannot tell its next request from the body that did not come. Unless told, a client may send
                    // one all the same.
                    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                }
            }
            Ok::<_, Infallible>(response)
        }
    });
    let mut served = pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // A client that breaks off is no error of the store's.
        _ = served.as_mut() => return,
        _ = stopped.wait_for(|stopped| *stopped) => {}
    }
    served.as_mut().graceful_shutdown();
    let _ = served.await;
}
