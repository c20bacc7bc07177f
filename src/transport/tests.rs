//! Against servers that misbehave on purpose.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, StatusCode};
use langfuse_blob_core::connect::ConnectTo;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::*;

const PATIENCE: Duration = Duration::from_millis(400);

fn transport(extra_ca: Option<&Path>) -> Transport {
    let (tls, trust) = trust::configure_with(Vec::new(), extra_ca).unwrap();
    // Requests of a test to its own server must not go through the machine's proxy.
    let client = reqwest::Client::builder().no_proxy();
    let options = Options { extra_ca: None, timeout: PATIENCE, document: PATIENCE * 2 };
    Transport::build(client, tls, trust, &options, false).unwrap()
}

/// Starts a server that runs `serve` on each connection. Returns its port.
async fn server<F, Served>(serve: F) -> u16
where
    F: Fn(TcpStream) -> Served + Send + 'static,
    Served: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    port
}

/// The request's head, up to the empty line.
async fn head(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") {
        read.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(read).unwrap()
}

async fn answering(answer: &'static str) -> u16 {
    server(move |mut stream| async move {
        head(&mut stream).await;
        stream.write_all(answer.as_bytes()).await.unwrap();
    })
    .await
}

/// A server that accepts every request, and the heads of those that it gets.
async fn recording() -> (u16, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let (sender, seen) = tokio::sync::mpsc::unbounded_channel();
    let port = server(move |mut stream| {
        let sender = sender.clone();
        async move {
            let head = head(&mut stream).await;
            let _ = sender.send(head);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
        }
    })
    .await;
    (port, seen)
}

fn get(url: String) -> Request<Body> {
    Request::get(url).body(Body::empty()).unwrap()
}

async fn fault(transport: &Transport, url: String) -> Fault {
    match transport.send(get(url)).await {
        Err(error) => {
            assert!(!error.to_string().contains("X-Amz-Signature"), "{error}");
            error.fault
        }
        Ok(answer) => answer.into_body().read(1 << 20).await.unwrap_err().fault,
    }
}

#[tokio::test]
async fn responses_of_any_status_are_returned() {
    let port = answering("HTTP/1.1 404 Not Found\r\ncontent-length: 5\r\nx-amz-request-id: r\r\n\r\nhello").await;
    let answer = transport(None).send(get(format!("http://127.0.0.1:{port}/b/a%20b//c?x-id=GetObject"))).await.unwrap();
    assert_eq!(
        (answer.status(), &answer.headers()["x-amz-request-id"]),
        (StatusCode::NOT_FOUND, &"r".parse().unwrap())
    );
    assert_eq!(answer.into_body().read_refusal(3).await.unwrap(), Bytes::from_static(b"hel"));
}

#[tokio::test]
async fn redirects_are_returned() {
    let port = answering("HTTP/1.1 301 Moved\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n").await;
    let answer = transport(None).send(get(format!("http://127.0.0.1:{port}/"))).await.unwrap();
    assert_eq!(answer.status(), StatusCode::MOVED_PERMANENTLY);
}

#[tokio::test]
async fn urls_are_sent_as_they_were_signed() {
    let (port, mut seen) = recording().await;
    let path = "/b//%2E%2Fa%20b%2B%27%28%29%21%2A%22%7B%7D%7C%5E%60%5C/%F0%9F%98%80/";
    for (method, length) in [("GET", None), ("PUT", Some("content-length: 0"))] {
        let request = Request::builder().method(method).uri(format!("http://127.0.0.1:{port}{path}?a=%2F&b="));
        transport(None).send(request.body(Body::empty()).unwrap()).await.unwrap();
        let head = seen.recv().await.unwrap();
        assert!(head.starts_with(&format!("{method} {path}?a=%2F&b= HTTP/1.1\r\n")), "{head}");
        assert!(head.contains(&format!("host: 127.0.0.1:{port}\r\n")), "{head}");
        let sent = head.lines().find(|l| l.starts_with("content-length") || l.starts_with("transfer-encoding"));
        assert_eq!(sent, length, "{head}");
    }
}

#[tokio::test]
async fn connections_go_where_a_rule_says_and_requests_stay() {
    let (port, mut seen) = recording().await;
    for (rule, url, host) in [
        (format!("minio.invalid:9000:127.0.0.1:{port}"), "http://minio.invalid:9000/b/k%20?a=", "minio.invalid:9000"),
        (format!("::localhost:{port}"), "http://minio.invalid/b/k%20?a=", "minio.invalid"),
        (format!("192.0.2.1:9000:127.0.0.1:{port}"), "http://192.0.2.1:9000/b/k%20?a=", "192.0.2.1:9000"),
        (format!("[2001:db8::1]:80:127.0.0.1:{port}"), "http://[2001:db8::1]/b/k%20?a=", "[2001:db8::1]"),
        (format!("127.0.0.1:1::{port}"), "http://127.0.0.1:1/b/k%20?a=", "127.0.0.1:1"),
    ] {
        let routed = transport(None).connecting(&[rule.parse().unwrap()]).unwrap();
        assert_eq!(routed.send(get(url.into())).await.unwrap().status(), StatusCode::OK, "{rule}");
        let head = seen.recv().await.unwrap();
        assert!(head.starts_with("GET /b/k%20?a= HTTP/1.1\r\n"), "{head}");
        assert_eq!(head.lines().filter(|l| l.to_ascii_lowercase().starts_with("host:")).count(), 1, "{head}");
        assert!(head.contains(&format!("host: {host}\r\n")), "{head}");
    }
    let rules = ["a.invalid:80:127.0.0.1:1".parse().unwrap(), format!("::127.0.0.1:{port}").parse().unwrap()];
    let routed = transport(None).connecting(&rules).unwrap();
    assert_eq!(fault(&routed, "http://a.invalid/".into()).await, Fault::Refused, "the first rule that fits holds");
    assert_eq!(routed.connect("b.invalid", 9000).await.unwrap(), "");
    assert_eq!(fault(&routed, "https://192.0.2.1/".into()).await, Fault::Opaque);
}

#[tokio::test]
async fn large_bodies_have_a_length_and_may_take_long() {
    let (sender, mut seen) = tokio::sync::mpsc::unbounded_channel();
    let port = server(move |mut stream| {
        let sender = sender.clone();
        async move {
            let head = head(&mut stream).await;
            let (mut total, mut buffer) = (0, vec![0; 256 * 1024]);
            while total < 3_000_000 {
                tokio::time::sleep(Duration::from_millis(15)).await;
                total += stream.read(&mut buffer).await.unwrap();
            }
            let _ = sender.send((head, total));
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
        }
    })
    .await;
    let body = Body::from(Bytes::from(vec![7; 3_000_000]));
    let request = Request::put(format!("http://127.0.0.1:{port}/b/k")).body(body).unwrap();
    transport(None).send(request).await.unwrap();
    let (head, total) = seen.recv().await.unwrap();
    assert!(head.contains("content-length: 3000000\r\n") && !head.contains("transfer-encoding"), "{head}");
    assert_eq!(total, 3_000_000);
}

#[tokio::test]
async fn a_slow_upload_that_progresses_does_not_time_out() {
    struct Slow(u8, std::pin::Pin<Box<tokio::time::Sleep>>);
    impl futures_core::Stream for Slow {
        type Item = std::io::Result<Bytes>;
        fn poll_next(
            mut self: std::pin::Pin<&mut Self>,
            cx: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Self::Item>> {
            std::task::ready!(self.1.as_mut().poll(cx));
            self.1 = Box::pin(tokio::time::sleep(PATIENCE / 2));
            self.0 += 1;
            std::task::Poll::Ready((self.0 <= 6).then(|| Ok(Bytes::from_static(b"piece"))))
        }
    }
    let port = server(|mut stream| async move {
        head(&mut stream).await;
        let mut body = [0; 30];
        stream.read_exact(&mut body).await.unwrap();
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    })
    .await;
    let start = Instant::now();
    let body = Body::stream(Some(30), Slow(0, Box::pin(tokio::time::sleep(PATIENCE / 2))));
    transport(None).send(Request::put(format!("http://127.0.0.1:{port}/b/k")).body(body).unwrap()).await.unwrap();
    assert!(start.elapsed() > PATIENCE * 2);
}

#[tokio::test]
async fn network_failures_are_distinguished() {
    let transport = transport(None);
    let url = |port: u16| format!("http://127.0.0.1:{port}/b/k?X-Amz-Signature=secret");

    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    assert_eq!(fault(&transport, url(free)).await, Fault::Refused);
    assert_eq!(fault(&transport, "http://no-such-host.invalid/".into()).await, Fault::NotFound);

    let silent = server(|stream| async move {
        tokio::time::sleep(Duration::from_mins(1)).await;
        drop(stream);
    })
    .await;
    assert_eq!(fault(&transport, url(silent)).await, Fault::TimedOut);

    let closing = server(|mut stream| async move {
        head(&mut stream).await;
    })
    .await;
    assert_eq!(fault(&transport, url(closing)).await, Fault::Reset);

    // Closing with bytes unread makes the system send a reset.
    let resetting = server(|mut stream| async move {
        let _ = stream.read_u8().await;
    })
    .await;
    assert_eq!(fault(&transport, url(resetting)).await, Fault::Reset);

    for cut in [
        "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ] {
        let cut = answering(cut).await;
        assert_eq!(fault(&transport, url(cut)).await, Fault::BodyCut);
    }

    let stalling = server(|mut stream| async move {
        head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhalf").await.unwrap();
        tokio::time::sleep(Duration::from_mins(1)).await;
    })
    .await;
    assert_eq!(fault(&transport, url(stalling)).await, Fault::TimedOut);

    let garbage = answering("220 mail.example ESMTP\r\n").await;
    assert_eq!(fault(&transport, url(garbage)).await, Fault::Opaque);

    let plain = server(|mut stream| async move {
        let mut hello = [0; 64];
        let _ = stream.read(&mut hello).await;
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    })
    .await;
    assert_eq!(fault(&transport, format!("https://127.0.0.1:{plain}/")).await, Fault::TlsNotSpoken);
    let hanging_up = server(|mut stream| async move {
        let mut hello = [0; 4096];
        let _ = stream.read(&mut hello).await;
    })
    .await;
    assert_eq!(fault(&transport, format!("https://127.0.0.1:{hanging_up}/")).await, Fault::TlsNotSpoken);
}

#[test]
fn the_default_settings_create_a_transport() {
    let transport = Transport::new(&Options::default()).unwrap();
    assert_eq!(transport.trust().built_in, transport.trust().system == 0);
    let _ = format!("{transport:?}");
}

/// Starts a TLS server that answers 200. Returns its port. `issuer` signs the certificate, or it is self-signed.
async fn tls_server(params: CertificateParams, issuer: Option<&CertifiedIssuer<'_, KeyPair>>) -> u16 {
    let key = KeyPair::generate().unwrap();
    let certificate = match issuer {
        Some(issuer) => params.signed_by(&key, issuer).unwrap(),
        None => params.self_signed(&key).unwrap(),
    };
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    server(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
                let _ = stream.shutdown().await;
            }
        }
    })
    .await
}

fn named(name: &str) -> CertificateParams {
    CertificateParams::new([name.to_owned()]).unwrap()
}

#[tokio::test]
async fn certificate_failures_are_distinguished() {
    let mut authority = named("authority.example");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let file = std::env::temp_dir().join(format!("langfuse-blob-authority-{}.pem", std::process::id()));
    std::fs::write(&file, authority.pem()).unwrap();
    let knowing = transport(Some(&file));
    assert_eq!((knowing.trust().extra, knowing.trust().built_in), (1, true));
    std::fs::remove_file(file).unwrap();

    let url = |port: u16| format!("https://localhost:{port}/");
    let good = tls_server(named("localhost"), Some(&authority)).await;
    assert_eq!(knowing.send(get(url(good))).await.unwrap().status(), StatusCode::OK);
    assert_eq!(fault(&transport(None), url(good)).await, Fault::UnknownIssuer);

    let alone = tls_server(named("localhost"), None).await;
    assert_eq!(fault(&knowing, url(alone)).await, Fault::UnknownIssuer);
    let mut as_authority = named("localhost");
    as_authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let as_authority = tls_server(as_authority, None).await;
    assert_eq!(fault(&knowing, url(as_authority)).await, Fault::UnknownIssuer);

    let other = tls_server(named("other.example"), Some(&authority)).await;
    assert_eq!(fault(&knowing, url(other)).await, Fault::WrongName);

    // Connected elsewhere, the certificate must still be for the endpoint's name.
    let elsewhere = |port: u16| knowing.connecting(&[ConnectTo::new("other.example", 443, "127.0.0.1", port)]).unwrap();
    let sent = elsewhere(other).send(get("https://other.example/".into())).await.unwrap();
    assert_eq!(sent.status(), StatusCode::OK);
    assert_eq!(fault(&elsewhere(good), "https://other.example/".into()).await, Fault::WrongName);
    assert_eq!(elsewhere(other).handshake("other.example", 443).await.unwrap(), "TLS 1.3");
    assert_eq!(elsewhere(good).handshake("other.example", 443).await.unwrap_err().fault, Fault::WrongName);

    let mut old = named("localhost");
    (old.not_before, old.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    let old = tls_server(old, Some(&authority)).await;
    assert_eq!(fault(&knowing, url(old)).await, Fault::CertificateExpired);
}

/// A server that sends `head` and then `piece` after each `pause`, until the client disconnects.
async fn dripping(head_of: &'static str, piece: &'static str, pause: Duration) -> u16 {
    server(move |mut stream| async move {
        head(&mut stream).await;
        stream.write_all(head_of.as_bytes()).await.unwrap();
        while stream.write_all(piece.as_bytes()).await.is_ok() {
            tokio::time::sleep(pause).await;
        }
    })
    .await
}

#[tokio::test]
async fn documents_have_a_time_limit_and_objects_do_not() {
    let transport = transport(None);
    let port = dripping("HTTP/1.1 200 OK\r\n\r\n", "x", PATIENCE / 8).await;
    let url = format!("http://127.0.0.1:{port}/");
    let answer = async || transport.send(get(url.clone())).await.unwrap().into_body();
    let start = Instant::now();
    let slow = answer().await.read(1 << 20).await.unwrap_err();
    assert_eq!((slow.fault, start.elapsed() < PATIENCE * 5), (Fault::TooSlow, true));
    assert!(slow.to_string().contains("incomplete after"), "{slow}");
    // Part of an error response is enough.
    let start = Instant::now();
    let begun = answer().await.read_refusal(1 << 20).await.unwrap();
    assert!(!begun.is_empty() && start.elapsed() < PATIENCE * 5);
    // A slow operation may get more time, and an object any time while it makes progress.
    let longer = answer().await.read_within(1 << 20, PATIENCE * 3).await;
    assert_eq!(longer.unwrap_err().fault, Fault::TooSlow);
    let (mut object, start) = (answer().await, Instant::now());
    while start.elapsed() < PATIENCE * 4 {
        assert!(object.chunk().await.unwrap().is_some());
    }
}

#[tokio::test]
async fn documents_have_a_size_limit() {
    let port = dripping("HTTP/1.1 200 OK\r\n\r\n", "sixteen bytes...", Duration::ZERO).await;
    let answer = transport(None).send(get(format!("http://127.0.0.1:{port}/"))).await.unwrap();
    let large = answer.into_body().read(1000).await.unwrap_err();
    assert_eq!((large.fault, large.to_string().contains("more than 1000 bytes")), (Fault::TooLarge, true));
}

#[tokio::test]
async fn interim_responses_are_not_progress() {
    for piece in ["HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n"] {
        let port = dripping("", piece, PATIENCE / 20).await;
        let start = Instant::now();
        let flood = transport(None).send(get(format!("http://127.0.0.1:{port}/"))).await.unwrap_err();
        assert_eq!((flood.fault, start.elapsed() < PATIENCE * 3), (Fault::TimedOut, true));
    }
}
