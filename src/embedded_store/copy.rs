//! `CopyObject` and `UploadPartCopy`.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use s3s::dto::{
    self, CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopyPartResult, CopySource, ETag, MetadataDirective,
    UploadPartCopyInput, UploadPartCopyOutput,
};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result};

use super::catalog::Catalog;
use super::checksum::{Algorithm, Kind, answer_checksums};
use super::clock;
use super::conditions::{Conditions, WriteConditions};
use super::disk;
use super::error::internal;
use super::object::check_key;
use super::receive::{Received, Sink, UPLOAD_MAX_BYTES};
use super::record::{Object, stored_headers};
use super::unsupported;
use super::upload::check_part_number;

/// Copies `range` of `file` to a temporary file in `dir`.
fn duplicate(
    mut file: File,
    range: &Range<u64>,
    dir: &Path,
    algorithms: impl Iterator<Item = Algorithm>,
) -> io::Result<Received> {
    let length = range.end.saturating_sub(range.start);
    let mut sink = Sink::create(dir, algorithms)?;
    file.seek(SeekFrom::Start(range.start))?;
    sink.copy_from(&mut file.take(length))?;
    Ok(sink.finish())
}

fn source(source: &CopySource) -> S3Result<(&str, &str)> {
    match source {
        CopySource::Bucket { bucket, key, version_id } => {
            unsupported::check_version(version_id.as_deref())?;
            Ok((bucket, key))
        }
        CopySource::AccessPoint { .. } | CopySource::Outpost { .. } => {
            Err(S3Error::with_message(S3ErrorCode::NotImplemented, "This store doesn't support access points"))
        }
    }
}

macro_rules! source_conditions {
    ($input:expr) => {
        Conditions {
            matching: $input.copy_source_if_match.clone(),
            none_matching: $input.copy_source_if_none_match.clone(),
            modified_since: $input.copy_source_if_modified_since.clone(),
            unmodified_since: $input.copy_source_if_unmodified_since.clone(),
        }
    };
}

fn too_large() -> S3Error {
    S3Error::with_message(
        S3ErrorCode::InvalidRequest,
        format!(
            "The specified copy source is larger than the maximum allowable size for a copy source: {UPLOAD_MAX_BYTES}"
        ),
    )
}

/// `CopyObject`.
pub(super) async fn copy_object(
    catalog: Arc<Catalog>,
    req: S3Request<CopyObjectInput>,
) -> S3Result<S3Response<CopyObjectOutput>> {
    unsupported::check_headers(&req.headers)?;
    let input = req.input;
    check_key(&input.key)?;
    let (from_bucket, from_key) = source(&input.copy_source)?;
    let from = catalog.bucket(from_bucket)?;
    let to = catalog.bucket(&input.bucket)?;
    let replace = input.metadata_directive.as_ref().map(MetadataDirective::as_str) == Some(MetadataDirective::REPLACE);
    if !replace && from.name == to.name && from_key == input.key {
        return Err(S3Error::with_message(
            S3ErrorCode::InvalidRequest,
            "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
        ));
    }
    let replaced = if replace { Some(stored_headers!(input)?) } else { None };
    let asked = input.checksum_algorithm.as_ref().map(|name| Algorithm::parse(name.as_str())).transpose()?;
    let conditions = source_conditions!(input);
    let from_key = from_key.to_owned();
    let key = input.key;
    let object = disk::blocking(move || {
        let (source, file) = from.open(&from_key)?;
        conditions.check_copy(&source)?;
        if source.size > UPLOAD_MAX_BYTES {
            return Err(too_large());
        }
        let algorithms: Vec<_> = match asked {
            Some(algorithm) => vec![algorithm],
            None => source.checksums.algorithms().collect(),
        };
        let received =
            duplicate(file, &(0..source.size), &to.objects_dir(), algorithms.into_iter()).map_err(internal)?;
        let object = Object {
            key,
            size: received.size,
            etag: disk::hex(&received.md5),
            last_modified_ms: 0,
            data_file: String::new(),
            headers: replaced.unwrap_or_else(|| source.headers.clone()),
            checksum_kind: (!received.checksums.is_empty()).then_some(Kind::FullObject),
            checksums: received.checksums,
            part_sizes: Vec::new(),
        };
        to.commit(received.temp, object, &WriteConditions::default())
    })
    .await?;
    let mut result = CopyObjectResult {
        e_tag: Some(ETag::Strong(object.etag.clone())),
        last_modified: Some(clock::timestamp(object.last_modified_ms)),
        checksum_type: object.checksum_kind.map(Kind::dto),
        ..CopyObjectResult::default()
    };
    answer_checksums!(result, &object.checksums);
    Ok(S3Response::new(CopyObjectOutput { copy_object_result: Some(result), ..CopyObjectOutput::default() }))
}

/// `UploadPartCopy`.
pub(super) async fn upload_part_copy(
    catalog: Arc<Catalog>,
    req: S3Request<UploadPartCopyInput>,
) -> S3Result<S3Response<UploadPartCopyOutput>> {
    unsupported::check_headers(&req.headers)?;
    let input = req.input;
    check_part_number(input.part_number)?;
    let (from_bucket, from_key) = source(&input.copy_source)?;
    let from = catalog.bucket(from_bucket)?;
    let upload = catalog.bucket(&input.bucket)?.upload(&input.key, &input.upload_id)?;
    let asked = input.copy_source_range.as_deref().map(parse_range).transpose()?;
    let conditions = source_conditions!(input);
    let from_key = from_key.to_owned();
    let part = disk::blocking(move || {
        let (source, file) = from.open(&from_key)?;
        conditions.check_copy(&source)?;
        let range = match asked {
            None => 0..source.size,
            Some(range) if range.end <= source.size => range,
            Some(_) => {
                return Err(S3Error::with_message(
                    S3ErrorCode::InvalidRange,
                    "The x-amz-copy-source-range value must lie within the source object",
                ));
            }
        };
        if range.end.saturating_sub(range.start) > UPLOAD_MAX_BYTES {
            return Err(too_large());
        }
        let received = duplicate(file, &range, &upload.dir, upload.record.algorithm.into_iter()).map_err(internal)?;
        upload.commit(input.part_number, received)
    })
    .await?;
    let mut result = CopyPartResult {
        e_tag: Some(ETag::Strong(part.etag.clone())),
        last_modified: Some(clock::timestamp(part.last_modified_ms)),
        ..CopyPartResult::default()
    };
    answer_checksums!(result, &part.checksums);
    Ok(S3Response::new(UploadPartCopyOutput { copy_part_result: Some(result), ..UploadPartCopyOutput::default() }))
}

/// Parses x-amz-copy-source-range, which unlike Range must have both ends.
fn parse_range(text: &str) -> S3Result<Range<u64>> {
    if let Ok(dto::Range::Int { first, last: Some(last) }) = dto::Range::parse(text)
        && let Some(end) = last.checked_add(1)
    {
        return Ok(first..end);
    }
    Err(S3Error::with_message(
        S3ErrorCode::InvalidArgument,
        "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copy_ranges() {
        assert_eq!(parse_range("bytes=0-9").unwrap(), 0..10);
        for text in ["bytes=0-", "bytes=-5", "0-9", "bytes=9-0", ""] {
            assert!(parse_range(text).is_err(), "{text}");
        }
    }
}
