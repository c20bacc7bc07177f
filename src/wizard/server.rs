//! The HTTP server.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hyper::body::{Body as _, Incoming};
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, REFERRER_POLICY,
    REFRESH, SET_COOKIE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::auth::{Auth, Verdict, random};
use super::body::Body;
use super::doctor;
use super::page;

/// How long responses may continue after the shutdown: a running doctor removes its test objects.
const GRACE: Duration = Duration::from_secs(15);

/// Running out of file descriptors is temporary: clients close connections.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);

/// The largest request body, in bytes: larger than any deployment's configuration.
const MAX_BODY: usize = 8 * 1024 * 1024;

/// Serves until `shutdown` completes, then stops running doctors and waits for them. Runs on a `LocalSet`.
pub async fn serve(auth: Auth, listener: TcpListener, shutdown: impl Future<Output = ()>) {
    let (stop, stopped) = watch::channel(false);
    let auth = Rc::new(auth);
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _peer)) => {
                    connections.spawn_local(connection(auth.clone(), stream, stopped.clone()));
                }
                Err(_) => tokio::time::sleep(ACCEPT_RETRY).await,
            },
            Some(_ended) = connections.join_next() => {}
        }
    }
    drop(listener);
    let _ = stop.send(true);
    let drained = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(GRACE, drained).await;
}

async fn connection(auth: Rc<Auth>, stream: TcpStream, mut stopped: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    let stop = stopped.clone();
    let work = Rc::new(Cell::new(None));
    let begun = work.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let (auth, stop, begun) = (auth.clone(), stop.clone(), begun.clone());
        async move { Ok::<_, Infallible>(answer(&auth, request, stop, &begun).await) }
    });
    let mut served = pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // A browser that disconnects isn't an error; a doctor that it started still cleans up.
        _ = served.as_mut() => {}
        _ = stopped.wait_for(|stopped| *stopped) => {
            served.as_mut().graceful_shutdown();
            let _ = served.await;
        }
    }
    if let Some(doctor) = work.take() {
        let _ = doctor.await;
    }
}

type Work = Cell<Option<tokio::task::JoinHandle<()>>>;

async fn answer(auth: &Auth, request: Request<Incoming>, stop: watch::Receiver<bool>, work: &Work) -> Response<Body> {
    match auth.verdict(request.method(), request.uri().query(), request.headers()) {
        Verdict::Refuse(why) => return said(StatusCode::FORBIDDEN, why),
        Verdict::Exchange => return exchanged(auth, &request),
        Verdict::Enter => {}
    }
    match (request.method(), request.uri().path()) {
        (&Method::POST, "/doctor") => match read(request.into_body()).await {
            Ok(body) => {
                let (pieces, task) = doctor::begin(body, stop);
                work.set(Some(task));
                shielded(plain(StatusCode::OK, "application/x-ndjson", Body::Live(pieces)), "")
            }
            Err(status) => said(status, "the request body can't be read: expected at most 8 MiB"),
        },
        (_, "/doctor") => allowing("POST"),
        (&Method::GET | &Method::HEAD, path) => match page::file(path) {
            Some((html, kind)) if kind.starts_with("text/html") => {
                let Ok(nonce) = random() else {
                    return said(StatusCode::INTERNAL_SERVER_ERROR, "can't get random numbers from the system");
                };
                shielded(plain(StatusCode::OK, kind, page::filled_in(html, &nonce).into()), &nonce)
            }
            Some((bytes, kind)) => shielded(plain(StatusCode::OK, kind, bytes.into()), ""),
            None if path == "/" => said(StatusCode::OK, UNBUILT),
            None => said(StatusCode::NOT_FOUND, "not found"),
        },
        _ => allowing("GET, HEAD"),
    }
}

/// Served instead of a page that wasn't built.
const UNBUILT: &str = "This langfuse-blob was built without the page. In a checkout, run `npm run build:web` and then \
                       `cargo build`. Everything else works without it.";

/// Sets the cookie, and redirects to the URL without the token.
fn exchanged(auth: &Auth, request: &Request<Incoming>) -> Response<Body> {
    // After a cross-site link, browsers don't send a strict cookie along a redirect. A request that our own page makes sends
    // it, so the page refreshes itself instead.
    let from_elsewhere = request.headers().get("sec-fetch-site").is_some_and(|site| site == "cross-site");
    let path = HeaderValue::from_static("/");
    let mut response = if from_elsewhere {
        let mut response = said(StatusCode::OK, "Opening the page.");
        response.headers_mut().insert(REFRESH, HeaderValue::from_static("0; url=/"));
        response
    } else {
        let mut response = said(StatusCode::SEE_OTHER, "");
        response.headers_mut().insert(LOCATION, path);
        response
    };
    if let Ok(cookie) = HeaderValue::from_str(&auth.cookie()) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

fn allowing(methods: &'static str) -> Response<Body> {
    let mut response = said(StatusCode::METHOD_NOT_ALLOWED, "method not allowed");
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(methods));
    response
}

fn said(status: StatusCode, text: &str) -> Response<Body> {
    shielded(plain(status, "text/plain; charset=utf-8", format!("{text}\n").into_bytes().into()), "")
}

fn plain(status: StatusCode, kind: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// Adds the security headers that every response has.
fn shielded(mut response: Response<Body>, nonce: &str) -> Response<Body> {
    let styles = if nonce.is_empty() { String::new() } else { format!(" 'nonce-{nonce}'") };
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'{styles}; img-src 'self' data:; \
         connect-src 'self' http: https:"
    );
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Reads the whole body.
async fn read(mut body: Incoming) -> Result<Bytes, StatusCode> {
    let mut all = BytesMut::new();
    loop {
        let frame = std::future::poll_fn(|cx| std::pin::Pin::new(&mut body).poll_frame(cx)).await;
        match frame {
            None => return Ok(all.freeze()),
            Some(Err(_)) => return Err(StatusCode::BAD_REQUEST),
            Some(Ok(frame)) => {
                let Some(data) = frame.data_ref() else { continue };
                if all.len().saturating_add(data.len()) > MAX_BODY {
                    return Err(StatusCode::PAYLOAD_TOO_LARGE);
                }
                all.extend_from_slice(data);
            }
        }
    }
}
