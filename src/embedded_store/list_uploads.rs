//! `ListParts` and `ListMultipartUploads`.

use std::ops::Bound;

use s3s::dto::{
    self, ChecksumAlgorithm, CommonPrefix, ETag, EncodingType, Initiator, ListMultipartUploadsInput,
    ListMultipartUploadsOutput, ListPartsInput, ListPartsOutput, MultipartUpload, StorageClass,
};
use s3s::{S3Request, S3Response, S3Result};

use super::bucket::Uploads;
use super::catalog::{self, Catalog};
use super::checksum::{Algorithm, Kind, answer_checksums};
use super::clock;
use super::listing::{self, Encoding};
use super::upload::{Part, Upload};

fn initiator() -> Initiator {
    let owner = catalog::owner();
    Initiator { display_name: owner.display_name, id: owner.id }
}

fn standard() -> StorageClass {
    StorageClass::from_static(StorageClass::STANDARD)
}

fn algorithm(algorithm: Option<Algorithm>) -> Option<ChecksumAlgorithm> {
    algorithm.map(|algorithm| ChecksumAlgorithm::from_static(algorithm.name()))
}

fn listed_part(part: &Part) -> dto::Part {
    let mut listed = dto::Part {
        part_number: Some(part.number),
        size: Some(i64::try_from(part.size).unwrap_or(i64::MAX)),
        e_tag: Some(ETag::Strong(part.etag.clone())),
        last_modified: Some(clock::timestamp(part.last_modified_ms)),
        ..dto::Part::default()
    };
    answer_checksums!(listed, &part.checksums);
    listed
}

/// `ListParts`.
pub(super) fn list_parts(catalog: &Catalog, req: &S3Request<ListPartsInput>) -> S3Result<S3Response<ListPartsOutput>> {
    let input = &req.input;
    let limit = listing::limit(input.max_parts, "max-parts")?;
    let marker = input.part_number_marker.unwrap_or(0);
    let upload = catalog.bucket(&input.bucket)?.upload(&input.key, &input.upload_id)?;
    let (parts, more): (Vec<_>, bool) = upload.parts(|parts| {
        let mut after = parts.range((Bound::Excluded(marker), Bound::Unbounded)).map(|(_, part)| listed_part(part));
        let page: Vec<_> = after.by_ref().take(limit).collect();
        (page, limit > 0 && after.next().is_some())
    });
    Ok(S3Response::new(ListPartsOutput {
        bucket: Some(input.bucket.clone()),
        key: Some(input.key.clone()),
        upload_id: Some(input.upload_id.clone()),
        part_number_marker: Some(marker),
        next_part_number_marker: parts.last().and_then(|part| part.part_number),
        max_parts: i32::try_from(limit).ok(),
        is_truncated: Some(more),
        parts: Some(parts),
        checksum_algorithm: algorithm(upload.record.algorithm),
        checksum_type: upload.record.checksum_kind.map(Kind::dto),
        initiator: Some(initiator()),
        owner: Some(catalog::owner()),
        storage_class: Some(standard()),
        ..ListPartsOutput::default()
    }))
}

/// Where the previous page of uploads ended.
struct Marker<'a> {
    key: &'a str,
    /// Without one, uploads of `key` itself aren't listed again.
    upload_id: Option<&'a str>,
}

impl Marker<'_> {
    fn precedes(&self, key: &str, id: &str) -> bool {
        key > self.key || (key == self.key && self.upload_id.is_some_and(|marker| id > marker))
    }
}

#[derive(Default)]
struct Page {
    uploads: Vec<MultipartUpload>,
    common_prefixes: Vec<String>,
    truncated: bool,
    next_key: Option<String>,
    next_id: Option<String>,
}

fn listed_upload(upload: &Upload, encoding: Encoding) -> MultipartUpload {
    MultipartUpload {
        key: Some(encoding.apply(&upload.record.key)),
        upload_id: Some(upload.record.id.clone()),
        initiated: Some(clock::timestamp(upload.record.initiated_ms)),
        checksum_algorithm: algorithm(upload.record.algorithm),
        checksum_type: upload.record.checksum_kind.map(Kind::dto),
        initiator: Some(initiator()),
        owner: Some(catalog::owner()),
        storage_class: Some(standard()),
    }
}

fn page(
    uploads: &Uploads,
    prefix: &str,
    delimiter: &str,
    marker: &Marker<'_>,
    limit: usize,
    encoding: Encoding,
) -> Page {
    let mut page = Page::default();
    if limit == 0 {
        return page;
    }
    for ((key, id), upload) in uploads {
        let Some(rest) = key.strip_prefix(prefix) else {
            continue;
        };
        let common = rest
            .split_once(delimiter)
            .filter(|_| !delimiter.is_empty())
            .map(|(segment, _)| format!("{prefix}{segment}{delimiter}"));
        let seen = match &common {
            Some(common) => page.common_prefixes.last() == Some(common) || common.as_str() <= marker.key,
            None => !marker.precedes(key, id),
        };
        if seen {
            continue;
        }
        if page.uploads.len().saturating_add(page.common_prefixes.len()) >= limit {
            page.truncated = true;
            break;
        }
        if let Some(common) = common {
            page.next_key = Some(common.clone());
            page.next_id = None;
            page.common_prefixes.push(common);
        } else {
            page.next_key = Some(key.clone());
            page.next_id = Some(id.clone());
            page.uploads.push(listed_upload(upload, encoding));
        }
    }
    page
}

/// `ListMultipartUploads`.
pub(super) fn list_uploads(
    catalog: &Catalog,
    req: &S3Request<ListMultipartUploadsInput>,
) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
    let input = &req.input;
    let encoding = Encoding::parse(input.encoding_type.as_ref())?;
    let limit = listing::limit(input.max_uploads, "max-uploads")?;
    let prefix = input.prefix.as_deref().unwrap_or("");
    let delimiter = input.delimiter.as_deref().unwrap_or("");
    let key_marker = input.key_marker.as_deref().unwrap_or("");
    // S3 ignores an upload-id-marker that comes without a key-marker.
    let id_marker = input.upload_id_marker.as_deref().filter(|marker| !marker.is_empty() && !key_marker.is_empty());
    let marker = Marker { key: key_marker, upload_id: id_marker };
    let page =
        catalog.bucket(&input.bucket)?.uploads(|uploads| page(uploads, prefix, delimiter, &marker, limit, encoding));
    let (next_key, next_id) = if page.truncated { (page.next_key, page.next_id) } else { (None, None) };
    Ok(S3Response::new(ListMultipartUploadsOutput {
        bucket: Some(input.bucket.clone()),
        prefix: Some(encoding.apply(prefix)),
        delimiter: (!delimiter.is_empty()).then(|| encoding.apply(delimiter)),
        key_marker: Some(encoding.apply(key_marker)),
        upload_id_marker: Some(id_marker.unwrap_or("").to_owned()),
        next_key_marker: next_key.map(|key| encoding.apply(&key)),
        next_upload_id_marker: next_id,
        max_uploads: i32::try_from(limit).ok(),
        is_truncated: Some(page.truncated),
        common_prefixes: Some(
            page.common_prefixes.iter().map(|prefix| CommonPrefix { prefix: Some(encoding.apply(prefix)) }).collect(),
        ),
        uploads: Some(page.uploads),
        encoding_type: (encoding == Encoding::Url).then(|| EncodingType::from_static(EncodingType::URL)),
        ..ListMultipartUploadsOutput::default()
    }))
}
