//! `ListObjects` and `ListObjectsV2`.

use s3s::dto::{
    ChecksumAlgorithm, CommonPrefix, EncodingType, ListObjectsInput, ListObjectsOutput, ListObjectsV2Input,
    ListObjectsV2Output, ObjectStorageClass,
};
use s3s::dto::{ETag, Object as ListedObject};
use s3s::{S3Request, S3Response, S3Result};
use std::sync::Arc;

use super::catalog::{self, Catalog};
use super::clock;
use super::listing::{self, Encoding, Entry, Query};
use super::record::Object;

struct Listed {
    contents: Vec<ListedObject>,
    common_prefixes: Vec<CommonPrefix>,
    next_marker: Option<String>,
}

fn list(catalog: &Catalog, bucket: &str, query: Query<'_>, encoding: Encoding, with_owner: bool) -> S3Result<Listed> {
    let bucket = catalog.bucket(bucket)?;
    Ok(bucket.objects(|objects| {
        let page = listing::page(objects, query);
        let mut listed = Listed {
            contents: Vec::new(),
            common_prefixes: Vec::new(),
            next_marker: page.next_marker().map(str::to_owned),
        };
        for entry in &page.entries {
            match entry {
                Entry::Key(key, object) => listed.contents.push(content(key, object, encoding, with_owner)),
                Entry::CommonPrefix(prefix) => {
                    listed.common_prefixes.push(CommonPrefix { prefix: Some(encoding.apply(prefix)) });
                }
            }
        }
        listed
    }))
}

fn content(key: &str, object: &Arc<Object>, encoding: Encoding, with_owner: bool) -> ListedObject {
    let algorithms: Vec<_> =
        object.checksums.algorithms().map(|algorithm| ChecksumAlgorithm::from_static(algorithm.name())).collect();
    ListedObject {
        key: Some(encoding.apply(key)),
        size: Some(i64::try_from(object.size).unwrap_or(i64::MAX)),
        e_tag: Some(ETag::Strong(object.etag.clone())),
        last_modified: Some(clock::timestamp(object.last_modified_ms)),
        storage_class: Some(ObjectStorageClass::from_static(ObjectStorageClass::STANDARD)),
        checksum_algorithm: (!algorithms.is_empty()).then_some(algorithms),
        checksum_type: object.checksum_kind.map(super::checksum::Kind::dto),
        owner: with_owner.then(catalog::owner),
        ..ListedObject::default()
    }
}

fn echo(encoding: Encoding) -> Option<EncodingType> {
    (encoding == Encoding::Url).then(|| EncodingType::from_static(EncodingType::URL))
}

fn count(items: usize) -> i32 {
    i32::try_from(items).unwrap_or(i32::MAX)
}

/// `ListObjectsV2`.
pub(super) fn v2(catalog: &Catalog, req: &S3Request<ListObjectsV2Input>) -> S3Result<S3Response<ListObjectsV2Output>> {
    let input = &req.input;
    let encoding = Encoding::parse(input.encoding_type.as_ref())?;
    let limit = listing::limit(input.max_keys, "max-keys")?;
    let token = input.continuation_token.as_deref().map(listing::marker).transpose()?;
    let query = Query {
        prefix: input.prefix.as_deref().unwrap_or(""),
        delimiter: input.delimiter.as_deref().unwrap_or(""),
        after: token.as_deref().or(input.start_after.as_deref()),
        limit,
    };
    let listed = list(catalog, &input.bucket, query, encoding, input.fetch_owner == Some(true))?;
    let key_count = listed.contents.len().saturating_add(listed.common_prefixes.len());
    Ok(S3Response::new(ListObjectsV2Output {
        name: Some(input.bucket.clone()),
        prefix: Some(encoding.apply(query.prefix)),
        delimiter: (!query.delimiter.is_empty()).then(|| encoding.apply(query.delimiter)),
        max_keys: Some(count(limit)),
        key_count: Some(count(key_count)),
        is_truncated: Some(listed.next_marker.is_some()),
        continuation_token: input.continuation_token.clone(),
        next_continuation_token: listed.next_marker.as_deref().map(listing::token),
        start_after: input.start_after.as_deref().map(|name| encoding.apply(name)),
        contents: Some(listed.contents),
        common_prefixes: Some(listed.common_prefixes),
        encoding_type: echo(encoding),
        ..ListObjectsV2Output::default()
    }))
}

/// `ListObjects`, the first version.
pub(super) fn v1(catalog: &Catalog, req: &S3Request<ListObjectsInput>) -> S3Result<S3Response<ListObjectsOutput>> {
    let input = &req.input;
    let encoding = Encoding::parse(input.encoding_type.as_ref())?;
    let limit = listing::limit(input.max_keys, "max-keys")?;
    let query = Query {
        prefix: input.prefix.as_deref().unwrap_or(""),
        delimiter: input.delimiter.as_deref().unwrap_or(""),
        after: input.marker.as_deref().filter(|marker| !marker.is_empty()),
        limit,
    };
    let listed = list(catalog, &input.bucket, query, encoding, true)?;
    // S3 gives NextMarker only with a delimiter; without one the last key is the marker.
    let next_marker =
        listed.next_marker.as_deref().filter(|_| !query.delimiter.is_empty()).map(|marker| encoding.apply(marker));
    Ok(S3Response::new(ListObjectsOutput {
        name: Some(input.bucket.clone()),
        prefix: Some(encoding.apply(query.prefix)),
        marker: Some(encoding.apply(input.marker.as_deref().unwrap_or(""))),
        delimiter: (!query.delimiter.is_empty()).then(|| encoding.apply(query.delimiter)),
        max_keys: Some(count(limit)),
        is_truncated: Some(listed.next_marker.is_some()),
        next_marker,
        contents: Some(listed.contents),
        common_prefixes: Some(listed.common_prefixes),
        encoding_type: echo(encoding),
        ..ListObjectsOutput::default()
    }))
}
