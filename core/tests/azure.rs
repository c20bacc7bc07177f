//! Azure Blob Storage: links byte for byte those of the SDK inside Langfuse, and requests that say and sign the same.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::BTreeMap;

use http::Request;
use langfuse_blob_core::sign::{Timestamp, encode};
use langfuse_blob_core::storage::azure::copy_blob::CopyBlob;
use langfuse_blob_core::storage::azure::create_container::CreateContainer;
use langfuse_blob_core::storage::azure::delete_blob::DeleteBlob;
use langfuse_blob_core::storage::azure::get_blob::GetBlob;
use langfuse_blob_core::storage::azure::get_blob_properties::GetBlobProperties;
use langfuse_blob_core::storage::azure::get_block_list::GetBlockList;
use langfuse_blob_core::storage::azure::get_container_properties::GetContainerProperties;
use langfuse_blob_core::storage::azure::list_blobs::ListBlobs;
use langfuse_blob_core::storage::azure::put_blob::PutBlob;
use langfuse_blob_core::storage::azure::put_block::PutBlock;
use langfuse_blob_core::storage::azure::put_block_list::PutBlockList;
use langfuse_blob_core::storage::azure::service_sas::{Permission, ServiceSas};
use langfuse_blob_core::storage::azure::shared_key::{self, Signable};
use langfuse_blob_core::storage::azure::{BlockId, Checksum, Credentials, Signer, Target, presign_at};
use langfuse_blob_core::storage::get_object::ByteRange;
use langfuse_blob_core::storage::presign::{Disposition, Operation, Upload};
use langfuse_blob_core::storage::{KeyError, RequestError};
use langfuse_blob_core::text::secret::Secret;
use serde_json::Value;

const SAS: &str = include_str!("../../tests/fixtures/azure/sas.jsonl");
const SHARED_KEY: &str = include_str!("../../tests/fixtures/azure/shared-key.jsonl");

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().unwrap()
}

fn credentials(vector: &Value) -> Credentials {
    Credentials::new(text(vector, "account"), &Secret::new(text(vector, "accountKey"))).unwrap()
}

fn link(vector: &Value) -> Result<String, RequestError> {
    let target = Target::new(text(vector, "endpoint"), text(vector, "container")).unwrap();
    let credentials = credentials(vector);
    let signer = Signer { credentials: &credentials, at: Timestamp::parse(text(vector, "date")).unwrap() };
    let content_type = vector["contentType"].as_str();
    let expires_in = vector["expiresIn"].as_u64().unwrap().try_into().unwrap();
    let key = text(vector, "key");
    let operation = match (text(vector, "op"), vector["attachment"].as_bool()) {
        ("get", Some(true)) => Operation::Get { disposition: Disposition::Attachment },
        ("get", _) => Operation::Get { disposition: Disposition::Inline },
        _ => Operation::Put(Upload { content_type, ..Upload::default() }),
    };
    let link = match vector["starts"].as_str() {
        None => presign_at(&target, key, &operation, expires_in, &signer)?,
        Some(starts) => {
            let permission = if text(vector, "op") == "get" { Permission::Read } else { Permission::Write };
            let starts = Timestamp::parse(starts).ok();
            let expires = signer.at.after(expires_in);
            let sas = ServiceSas { permission, starts, expires, content_disposition: None, content_type };
            sas.link(&target, key, &credentials)?
        }
    };
    Ok(vector["external"].as_str().map_or_else(|| link.clone(), |external| target.externally(&link, external)))
}

#[test]
fn every_link_is_the_sdks() {
    let vectors = lines(SAS);
    assert_eq!(vectors.len(), 72);
    let wrong: Vec<String> = vectors
        .iter()
        .filter_map(|v| match link(v) {
            Ok(url) if url == text(v, "url") => None,
            other => Some(format!("{other:?}\n  {}", text(v, "url"))),
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn links_to_other_keys_are_refused() {
    let mut vector = lines(SAS).remove(0);
    for (key, error) in [("", KeyError::Empty), ("a/../b", KeyError::DotSegment), ("a\\..\\b", KeyError::DotSegment)] {
        vector["key"] = key.into();
        assert_eq!(link(&vector), Err(RequestError::Key(error)), "{key}");
    }
}

/// Path and decoded query of a URL.
fn split(url: &str) -> (String, BTreeMap<String, String>) {
    let (_, rest) = url.split_once("://").unwrap();
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let decoded = |text: &str| String::from_utf8(encode::decode(text, false)).unwrap();
    let query = query.split('&').filter_map(|pair| pair.split_once('=')).map(|(n, v)| (n.to_owned(), decoded(v)));
    (path.get(path.find('/').unwrap()..).unwrap().to_owned(), query.collect())
}

fn headers(vector: &Value) -> BTreeMap<String, String> {
    let all = vector["headers"].as_object().unwrap();
    all.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
}

#[test]
fn every_signature_is_the_sdks() {
    let vectors = lines(SHARED_KEY);
    assert_eq!(vectors.len(), 64);
    for vector in &vectors {
        let (path, query) = split(text(vector, "url"));
        let query: Vec<_> = query.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let headers = headers(vector);
        let headers: Vec<_> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let signable = Signable { method: text(vector, "method"), path: &path, query: &query, headers: &headers };
        let ours = shared_key::authorization(&signable, &credentials(vector));
        assert_eq!(ours, text(vector, "authorization"), "{}", text(vector, "what"));
    }
}

/// What [`SHARED_KEY`]'s operation is in ours.
fn ours(vector: &Value) -> Result<Request<Vec<u8>>, RequestError> {
    const MD5: &str = "MDEyMzQ1Njc4OWFiY2RlZg==";
    let target = &Target::new(text(vector, "endpoint"), "langfuse").unwrap();
    let other = &Target::new("https://acmestorage.blob.core.windows.net", "other").unwrap();
    let credentials = credentials(vector);
    let signer = &Signer { credentials: &credentials, at: Timestamp::parse("2026-01-31T08:00:00Z").unwrap() };
    let key = text(vector, "key");
    let etag = Some("\"0x8D\"");
    let put = PutBlob { key, content_type: None, content_length: 4, checksum: None, if_absent: false };
    let blocks = ["MDAwMQ==", "MDAwMg+/"].map(|id| BlockId::parse(id).unwrap());
    let [first, second] = &blocks;
    let block = |block, checksum| PutBlock { key, block, content_length: 4, checksum: Some(checksum) };
    let get = GetBlob { key, range: ByteRange::All, if_match: None };
    let head = match text(vector, "what") {
        "putBlob" => PutBlob { content_type: Some("application/json"), ..put }.request(target, signer),
        "putBlobPlain" => put.request(target, signer),
        "putEmptyBlob" => PutBlob { content_length: 0, if_absent: true, ..put }.request(target, signer),
        "putBlock" => block(second, Checksum::Md5(MD5)).request(target, signer),
        "putBlockCrc" => block(first, Checksum::Crc64("MDEyMzQ1Njc=")).request(target, signer),
        "putBlockList" => {
            let content_type = Some("text/csv; charset=utf-8");
            let list = PutBlockList { key, blocks: &blocks, content_type, content_md5: Some(MD5), if_absent: false };
            return list.request(target, signer);
        }
        "getBlockList" => GetBlockList { key }.request(target, signer),
        "getBlob" => get.request(target, signer),
        "getRange" => GetBlob { range: ByteRange::Between(5, 14), if_match: etag, ..get }.request(target, signer),
        "getBlobProperties" => GetBlobProperties { key }.request(target, signer),
        "deleteBlob" => DeleteBlob { key, if_match: etag }.request(target, signer),
        "copyBlob" => CopyBlob { source: other, source_key: "a b", key, source_if_match: None, if_absent: true }
            .request(target, signer),
        "createContainer" => CreateContainer.request(target, signer),
        "getContainerProperties" => GetContainerProperties.request(target, signer),
        "listBlobs" => ListBlobs {
            prefix: "a b+c/日本%&=",
            marker: Some("2!8!a+/="),
            max_results: Some(7),
            uncommitted: true,
            ..ListBlobs::default()
        }
        .request(target, signer),
        "listFolders" => {
            ListBlobs { prefix: "p/", delimiter: Some("/"), ..ListBlobs::default() }.request(target, signer)
        }
        other => panic!("operation {other}"),
    };
    head.map(|head| head.map(|()| Vec::new()))
}

/// Without what the SDK's HTTP client adds or leaves out by itself: defaults, and an id for logs.
fn essential(mut headers: BTreeMap<String, String>) -> BTreeMap<String, String> {
    headers.retain(|name, value| {
        !(matches!(name.as_str(), "authorization" | "x-ms-client-request-id" | "content-length")
            || (name == "content-type" && value == "application/octet-stream"))
    });
    headers
}

#[test]
fn every_request_is_the_sdks() {
    for vector in lines(SHARED_KEY) {
        let what = text(&vector, "what");
        let request = ours(&vector).unwrap();
        assert_eq!(request.method(), text(&vector, "method"), "{what}");
        assert_eq!(split(&request.uri().to_string()), split(text(&vector, "url")), "{what}");
        let own = request.headers().iter().map(|(n, v)| (n.to_string(), v.to_str().unwrap().to_owned())).collect();
        assert_eq!(essential(own), essential(headers(&vector)), "{what}");
        let length = headers(&vector).get("content-length").cloned();
        if let Some(length) = length.filter(|_| what != "putBlockList") {
            assert_eq!(request.headers()["content-length"], length.as_str(), "{what}");
        }
        if what == "putBlockList" {
            let bare = |text: &str| text.split("<BlockList>").nth(1).map(str::to_owned);
            let body = std::str::from_utf8(request.body()).unwrap();
            assert!(bare(body).is_some());
            assert_eq!(bare(body), bare(text(&vector, "body")));
            assert_eq!(request.headers()["content-length"], body.len().to_string().as_str());
        }
    }
}
