//! Presigned links, byte for byte those of the SDK inside Langfuse.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use langfuse_blob_core::sign::{Credentials, KeyCache, SignError, Timestamp};
use langfuse_blob_core::storage::presign::{Disposition, Operation, PresignError, Request, Upload, presign};
use langfuse_blob_core::storage::{Encryption, KeyError};
use langfuse_blob_core::text::secret::Secret;
use serde_json::Value;

const VECTORS: &str = include_str!("../../tests/fixtures/conformance/presign-s3.jsonl");

fn link(vector: &Value, keys: &mut KeyCache) -> Result<String, PresignError> {
    let text = |name: &str| vector.get(name).and_then(Value::as_str);
    let flag = |name: &str| vector.get(name).and_then(Value::as_bool).unwrap_or(false);
    let operation = match text("op") {
        Some("get") if flag("attachment") => Operation::Get { disposition: Disposition::Attachment },
        Some("get") => Operation::Get { disposition: Disposition::Inline },
        Some("put") => Operation::Put(Upload {
            content_type: text("contentType"),
            content_length: vector.get("contentLength").and_then(Value::as_u64),
            sha256: text("sha256"),
            encryption: Encryption { sse: text("sse"), kms_key_id: text("kmsKeyId") },
        }),
        other => panic!("op {other:?}"),
    };
    let credentials = Credentials {
        access_key_id: text("accessKeyId").unwrap().into(),
        secret: Secret::new(text("secretAccessKey").unwrap()),
        session_token: text("sessionToken").map(Secret::new),
    };
    let request = Request {
        operation,
        endpoint: text("endpoint"),
        region: text("region").unwrap(),
        bucket: text("bucket").unwrap(),
        key: text("key").unwrap(),
        force_path_style: flag("forcePathStyle"),
        credentials: &credentials,
        expires_in: vector.get("expiresIn").and_then(Value::as_u64).and_then(|n| n.try_into().ok()).unwrap(),
        at: Timestamp::parse(text("date").unwrap()).unwrap(),
    };
    presign(&request, keys)
}

#[test]
fn every_vector_gives_the_sdks_url() {
    let mut keys = KeyCache::new();
    let (mut right, mut wrong) = (0_u32, Vec::new());
    for line in VECTORS.lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let expected = vector.get("url").and_then(Value::as_str).unwrap();
        match link(&vector, &mut keys) {
            Ok(url) if url == expected => right = right.saturating_add(1),
            other => wrong.push(format!("{}:\n  {other:?}\n  {expected}", vector["id"])),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(right, 150);
}

#[test]
fn refuses_what_the_sdk_refuses() {
    let mut vector: Value = serde_json::from_str(VECTORS.lines().next().unwrap()).unwrap();
    let mut keys = KeyCache::new();
    let mut with = |name: &str, value: Value| {
        let before = vector[name].take();
        vector[name] = value;
        let result = link(&vector, &mut keys);
        vector[name] = before;
        result
    };
    assert_eq!(with("expiresIn", 604_801.into()), Err(PresignError::Sign(SignError::Expiry(604_801))));
    assert_eq!(with("key", "".into()), Err(PresignError::Key(KeyError::Empty)));
    assert!(with("expiresIn", 0.into()).unwrap().contains("&X-Amz-Expires=0&"));
    assert!(with("key", "a/../b".into()).unwrap().starts_with("http://minio:9000/x1y/a/../b?"));
    for (name, value) in
        [("bucket", ""), ("bucket", "a/b"), ("region", ""), ("region", "us east"), ("endpoint", "minio")]
    {
        assert!(matches!(with(name, value.into()), Err(PresignError::Target(_))), "{name} {value:?}");
    }
}

#[test]
fn an_attachment_may_have_a_name_of_its_own() {
    let credentials = Credentials { access_key_id: "AK".into(), secret: Secret::new("SK"), session_token: None };
    let request = Request {
        operation: Operation::Get { disposition: Disposition::AttachmentNamed("the report.csv") },
        endpoint: None,
        region: "eu-west-1",
        bucket: "langfuse",
        key: "exports/1.csv",
        force_path_style: false,
        credentials: &credentials,
        expires_in: 600,
        at: Timestamp::parse("2026-01-31T08:00:00Z").unwrap(),
    };
    let url = presign(&request, &mut KeyCache::new()).unwrap();
    let name = "response-content-disposition=attachment%3B%20filename%3D%22the%20report.csv%22&x-id=GetObject";
    assert!(url.ends_with(name), "{url}");
}
