//! Runs the operations that no verb uses, on the store of a configuration: `cargo run --example operations ENV-FILE
//! FROM-KEY TO-KEY`. Copies FROM-KEY, then makes every request about the bucket (on Azure: checks whether the container
//! exists, and creates it). Prints one JSON object: each result as the core parsed it, or the error code.
#![forbid(unsafe_code)]

use std::error::Error;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use http::response::Parts;
use http::{HeaderMap, Request};
use langfuse_blob::transport::{Body, Options, Transport};
use langfuse_blob_core::config::Config;
use langfuse_blob_core::files::NoFiles;
use langfuse_blob_core::sign::{Credentials, KeyCache, Timestamp};
use langfuse_blob_core::source::{self, Given, Input, Kind};
use langfuse_blob_core::storage::access::{Identity, Place};
use langfuse_blob_core::storage::azure::copy_blob::{CopyBlob, CopyState};
use langfuse_blob_core::storage::azure::create_container::CreateContainer;
use langfuse_blob_core::storage::azure::get_container_properties::GetContainerProperties;
use langfuse_blob_core::storage::bucket_facts::{self as facts, Question};
use langfuse_blob_core::storage::copy_object::CopyObject;
use langfuse_blob_core::storage::{Access, Encryption, RequestError, Signer, StoreError, Target, accepted, azure};
use langfuse_blob_core::variable::{Containers, UseCase};
use serde_json::{Map, Value, json};

type Failure = Box<dyn Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(found) => {
            println!("{found}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<Value, Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, from, to] = arguments.as_slice() else {
        return Err("usage: operations ENV-FILE FROM-KEY TO-KEY".into());
    };
    let access = access(file)?;
    let transport = Transport::new(&Options::default())?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let at = Timestamp::from_unix(now)?;
    match access.place {
        Place::S3 { target, identity: Identity::Keys(credentials), .. } => {
            on_s3(&Bucket { transport, target, credentials, at }, from, to).await
        }
        Place::S3 { .. } => Err("the configuration has no keys".into()),
        Place::Azure { target, credentials, .. } => {
            on_azure(&Container { transport, target, credentials, at }, from, to).await
        }
    }
}

fn access(file: &str) -> Result<Access, Failure> {
    let given = Given::Bytes(std::fs::read(file)?);
    let input = Input { name: file.to_owned(), given, kind: Some(Kind::Dotenv), container: None };
    let deployment = source::read(&[input], &source::Options::default(), &NoFiles)?;
    let environment = deployment.environment(Containers::WORKER).ok_or("the file sets nothing for the worker")?;
    Ok(Access::new(&Config::new(Containers::WORKER, environment), UseCase::Events, &|_| None)?)
}

/// What was parsed from a response, or its error code, or without a code its status.
fn result(read: Result<Value, StoreError>) -> Value {
    read.unwrap_or_else(|error| json!({ "refused": error.code.unwrap_or_else(|| error.status.to_string()) }))
}

async fn exchange(transport: &Transport, request: Request<()>) -> Result<(Parts, Vec<u8>), Failure> {
    let (head, body) = transport.send(request.map(|()| Body::empty())).await?.into_parts();
    Ok((head, body.read(1 << 20).await?.to_vec()))
}

struct Bucket {
    transport: Transport,
    target: Target,
    credentials: Credentials,
    at: Timestamp,
}

impl Bucket {
    async fn ask(
        &self,
        make: impl Fn(&Target, &mut Signer<'_>) -> Result<Request<()>, RequestError>,
        read: impl Fn(&Parts, &[u8]) -> Result<Value, StoreError>,
    ) -> Result<Value, Failure> {
        let mut keys = KeyCache::new();
        let mut signer = Signer { credentials: &self.credentials, keys: &mut keys, at: self.at };
        let (head, body) = exchange(&self.transport, make(&self.target, &mut signer)?).await?;
        Ok(result(read(&head, &body)))
    }

    async fn question(
        &self,
        question: Question,
        read: impl Fn(&Parts, &[u8]) -> Result<Value, StoreError>,
    ) -> Result<Value, Failure> {
        self.ask(|target, signer| question.request(target, signer), read).await
    }
}

async fn on_s3(bucket: &Bucket, from: &str, to: &str) -> Result<Value, Failure> {
    let copy = async |from_key: &str, key: &str, from_etag: Option<&str>| {
        let from_bucket = &bucket.target.bucket;
        let operation = CopyObject { from_bucket, from_key, from_etag, key, encryption: Encryption::default() };
        bucket
            .ask(
                |target, signer| operation.request(target, signer),
                |head, body| operation.read(head, body).map(|copied| json!({ "etag": copied.etag })),
            )
            .await
    };
    let copied = copy(from, to, None).await?;
    let etag = copied.get("etag").and_then(Value::as_str).map(str::to_owned);
    let mut found = Map::new();
    found.insert("copy of a copy with its ETag".into(), copy(to, &format!("{to}.2"), etag.as_deref()).await?);
    found.insert("copy with another ETag".into(), copy(from, &format!("{to}.3"), Some("\"0\"")).await?);
    found.insert("copy of nothing".into(), copy(&format!("{from}.missing"), to, None).await?);
    found.insert("copy".into(), copied);
    let debug = |value: &dyn std::fmt::Debug| Value::from(format!("{value:?}"));
    let head = |head: &Parts, body: &[u8]| accepted(head, body).map(|()| json!({ "region": facts::region(head) }));
    for (name, answer) in [
        ("head", bucket.question(Question::Head, head).await?),
        ("location", bucket.question(Question::Location, |h, b| facts::location(h, b).map(Value::from)).await?),
        ("versioning", bucket.question(Question::Versioning, |h, b| facts::versioning(h, b).map(|v| debug(&v))).await?),
        ("lifecycle", bucket.question(Question::Lifecycle, |h, b| facts::lifecycle(h, b).map(|v| debug(&v))).await?),
        ("encryption", bucket.question(Question::Encryption, |h, b| facts::encryption(h, b).map(|v| debug(&v))).await?),
        (
            "public access block",
            bucket
                .question(Question::PublicAccessBlock, |h, b| facts::public_access_block(h, b).map(|v| debug(&v)))
                .await?,
        ),
        ("is public", bucket.question(Question::PolicyStatus, |h, b| facts::is_public(h, b).map(Value::from)).await?),
        (
            "object lock",
            bucket.question(Question::ObjectLock, |h, b| facts::object_lock(h, b).map(|v| debug(&v))).await?,
        ),
        ("cors", bucket.question(Question::Cors, |h, b| facts::cors(h, b).map(|v| debug(&v))).await?),
    ] {
        found.insert(name.to_owned(), answer);
    }
    Ok(found.into())
}

struct Container {
    transport: Transport,
    target: azure::Target,
    credentials: azure::Credentials,
    at: Timestamp,
}

impl Container {
    async fn ask(
        &self,
        make: impl Fn(&azure::Target, &azure::Signer<'_>) -> Result<Request<()>, RequestError>,
        read: impl Fn(&HeaderMap) -> Value,
    ) -> Result<Value, Failure> {
        let signer = azure::Signer { credentials: &self.credentials, at: self.at };
        let (head, body) = exchange(&self.transport, make(&self.target, &signer)?).await?;
        Ok(result(accepted(&head, &body).map(|()| read(&head.headers))))
    }

    async fn copy(
        &self,
        source_key: &str,
        key: &str,
        source_if_match: Option<&str>,
        if_absent: bool,
    ) -> Result<Value, Failure> {
        let make = |target: &azure::Target, signer: &azure::Signer<'_>| {
            CopyBlob { source: target, source_key, key, source_if_match, if_absent }.request(target, signer)
        };
        let read = |headers: &HeaderMap| {
            let etag = headers.get("etag").and_then(|v| v.to_str().ok());
            json!({ "etag": etag, "done": CopyState::read(headers) == Some(CopyState::Done) })
        };
        self.ask(make, read).await
    }
}

async fn on_azure(container: &Container, from: &str, to: &str) -> Result<Value, Failure> {
    let copied = container.copy(from, to, None, false).await?;
    let etag = copied.get("etag").and_then(Value::as_str);
    let head = async || container.ask(|t, s| GetContainerProperties.request(t, s), |_| json!({})).await;
    Ok(json!({
        "copy of a copy with its ETag": container.copy(to, &format!("{to}.2"), etag, false).await?,
        "copy with another ETag": container.copy(from, &format!("{to}.3"), Some("\"0\""), false).await?,
        "copy of nothing": container.copy(&format!("{from}.missing"), to, None, false).await?,
        "copy over a copy": container.copy(from, to, None, true).await?,
        "copy": copied,
        "head": head().await?,
        "create": container.ask(|t, s| CreateContainer.request(t, s), |_| json!({})).await?,
        "head after": head().await?,
    }))
}
