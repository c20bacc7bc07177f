//! Accepts connections, and shuts down gracefully.

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

use super::drain::SharedBody;
use super::error::Error;
use super::middleware::Middleware;

/// How long requests in flight may continue after the shutdown.
const GRACE: Duration = Duration::from_secs(5);

// Running out of file descriptors is temporary: clients close connections. A closed listener is permanent.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);
const ACCEPT_TRIES: u32 = 50;

/// Serves until `shutdown` completes, then waits for requests in flight, 5 seconds at most.
pub(super) async fn serve(
    middleware: Middleware,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> Result<(), Error> {
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
                    connections.spawn(connection(middleware.clone(), stream, stopped.clone()));
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

async fn connection(middleware: Middleware, stream: TcpStream, mut stopped: watch::Receiver<bool>) {
    // Responses are small or come in large pieces: Nagle's algorithm would only delay them.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let middleware = middleware.clone();
        async move {
            let sends_at_once = !request.headers().contains_key(EXPECT);
            let (parts, body) = request.into_parts();
            let body = SharedBody::new(body);
            let request = Request::from_parts(parts, Body::http_body(body.clone()));
            let mut response = middleware.answer(request).await;
            if !response.status().is_success() {
                if sends_at_once {
                    body.drain().await;
                } else {
                    // A client that sent Expect: 100-continue doesn't send the body now. hyper can't distinguish its
                    // next request from that body, so the connection must end here; without this header, a client may
                    // still send another request.
                    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                }
            }
            Ok::<_, Infallible>(response)
        }
    });
    let mut served = pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // A client that disconnects isn't an error.
        _ = served.as_mut() => return,
        _ = stopped.wait_for(|stopped| *stopped) => {}
    }
    served.as_mut().graceful_shutdown();
    let _ = served.await;
}
