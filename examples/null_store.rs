//! A no-op store for benchmarking clients: it reads requests as fast as it can, stores nothing, and sends the responses
//! that S3 clients expect. `cargo run --release --example null_store` prints its URL.
#![forbid(unsafe_code)]

use std::io;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

const ETAG: &str = "\"d41d8cd98f00b204e9800998ecf8427e\"";

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(serve(stream));
    }
}

async fn serve(mut stream: TcpStream) -> io::Result<()> {
    let (read, mut write) = stream.split();
    let mut read = BufReader::with_capacity(256 * 1024, read);
    let mut line = String::new();
    loop {
        line.clear();
        if read.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let request = line.clone();
        let (mut length, mut waits) = (0_u64, false);
        loop {
            line.clear();
            if read.read_line(&mut line).await? <= 2 {
                break;
            }
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
            waits |= lower.starts_with("expect:");
        }
        if waits {
            write.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        let mut left = length;
        while left > 0 {
            let there = u64::try_from(read.fill_buf().await?.len()).unwrap_or(u64::MAX).min(left);
            if there == 0 {
                return Ok(());
            }
            read.consume(usize::try_from(there).unwrap_or(usize::MAX));
            left = left.saturating_sub(there);
        }
        let body = body(&request);
        let head = format!(
            "HTTP/1.1 200 OK\r\netag: {ETAG}\r\ncontent-type: application/xml\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        write.write_all(head.as_bytes()).await?;
        write.write_all(body.as_bytes()).await?;
    }
}

fn body(request: &str) -> String {
    if !request.starts_with("POST") {
        return String::new();
    }
    let (root, inside) = if request.contains("uploadId=") {
        ("CompleteMultipartUploadResult", format!("<ETag>{ETAG}</ETag>"))
    } else {
        ("InitiateMultipartUploadResult", "<UploadId>none</UploadId>".to_owned())
    };
    format!("<{root} xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Bucket>b</Bucket><Key>k</Key>{inside}</{root}>")
}
