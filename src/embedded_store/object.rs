//! `PutObject`, `GetObject`, `HeadObject`, `DeleteObject` and `DeleteObjects`.

use std::fs::File;
use std::ops::Range;
use std::sync::Arc;

use hyper::header::{CONTENT_RANGE, HeaderMap, HeaderValue};
use s3s::dto::{
    self, ChecksumMode, DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput, DeletedObject,
    ETag, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput, PutObjectInput, PutObjectOutput,
};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result};

use super::catalog::Catalog;
use super::checksum::{Algorithm, Kind, answer_checksums, declared_checksums};
use super::clock;
use super::conditions::{Conditions, WriteConditions};
use super::disk;
use super::read;
use super::receive::{self, Declared};
use super::record::{DEFAULT_CONTENT_TYPE, Object, stored_headers};
use super::unsupported;

/// The most objects one `DeleteObjects` request may name.
const DELETE_MAX: usize = 1000;

/// The value of the x-amz-trailer header, which announces a checksum after the body.
pub(super) fn trailer_names(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("x-amz-trailer")?;
    value.to_str().ok().map(str::to_owned)
}

/// Refuses a key that's too long for S3.
pub(super) fn check_key(key: &str) -> S3Result<()> {
    if s3s::path::check_key(key) {
        Ok(())
    } else {
        Err(S3Error::with_message(S3ErrorCode::KeyTooLongError, "Your key is too long"))
    }
}

/// `PutObject`.
pub(super) async fn put(
    catalog: Arc<Catalog>,
    req: S3Request<PutObjectInput>,
) -> S3Result<S3Response<PutObjectOutput>> {
    unsupported::check_headers(&req.headers)?;
    let input = req.input;
    check_key(&input.key)?;
    let bucket = catalog.bucket(&input.bucket)?;
    let headers = stored_headers!(input)?;
    let conditions = WriteConditions { if_match: input.if_match.clone(), if_none_match: input.if_none_match.clone() };
    // Checked again when the object becomes visible. Failing early saves the client the transfer.
    conditions.check(bucket.object(&input.key).ok().as_deref())?;
    let declared = Declared {
        length: input.content_length,
        md5: input.content_md5.clone(),
        checksums: declared_checksums!(input),
        trailers: req.trailing_headers,
        trailer_names: trailer_names(&req.headers),
        wanted: sdk_algorithm(&req.headers)?,
    };
    let received = receive::receive(bucket.objects_dir(), input.body, declared).await?;
    let object = Object {
        key: input.key,
        size: received.size,
        etag: disk::hex(&received.md5),
        last_modified_ms: 0,
        data_file: String::new(),
        headers,
        checksum_kind: (!received.checksums.is_empty()).then_some(Kind::FullObject),
        checksums: received.checksums,
        part_sizes: Vec::new(),
    };
    let temp = received.temp;
    let object = disk::blocking(move || bucket.commit(temp, object, &conditions)).await?;
    let mut output = PutObjectOutput {
        e_tag: Some(ETag::Strong(object.etag.clone())),
        checksum_type: object.checksum_kind.map(Kind::dto),
        ..PutObjectOutput::default()
    };
    answer_checksums!(output, &object.checksums);
    Ok(S3Response::new(output))
}

/// The algorithm an SDK requests for a body whose checksum the server calculates.
pub(super) fn sdk_algorithm(headers: &HeaderMap) -> S3Result<Option<Algorithm>> {
    headers.get("x-amz-sdk-checksum-algorithm").and_then(|value| value.to_str().ok()).map(Algorithm::parse).transpose()
}

/// The part of an object that a read asks for.
struct Selection {
    range: Range<u64>,
    /// Absent for the whole object.
    content_range: Option<String>,
}

impl Selection {
    fn find(object: &Object, range: Option<&dto::Range>, part_number: Option<i32>) -> S3Result<Self> {
        let range = match (range, part_number) {
            (Some(_), Some(_)) => {
                return Err(S3Error::with_message(
                    S3ErrorCode::InvalidRequest,
                    "Cannot specify both Range header and partNumber query parameter",
                ));
            }
            (None, None) => {
                return Ok(Self { range: 0..object.size, content_range: None });
            }
            (Some(range), None) => range.check(object.size).ok().filter(|range| !range.is_empty()),
            (None, Some(number)) => part_range(object, number),
        };
        let Some(range) = range else {
            return Err(invalid_range(object));
        };
        // Content-Range includes the last byte's position, so an empty range can't be written.
        let content_range = range
            .end
            .checked_sub(1)
            .filter(|last| *last >= range.start)
            .map(|last| format!("bytes {}-{last}/{}", range.start, object.size));
        Ok(Self { range, content_range })
    }

    fn len(&self) -> i64 {
        i64::try_from(self.range.end.saturating_sub(self.range.start)).unwrap_or(i64::MAX)
    }
}

fn part_range(object: &Object, number: i32) -> Option<Range<u64>> {
    let index = usize::try_from(number.checked_sub(1)?).ok()?;
    if object.part_sizes.is_empty() {
        return (index == 0).then_some(0..object.size);
    }
    let size = *object.part_sizes.get(index)?;
    let start: u64 = object.part_sizes.iter().take(index).sum();
    Some(start..start.checked_add(size)?)
}

fn invalid_range(object: &Object) -> S3Error {
    let mut error = S3Error::with_message(S3ErrorCode::InvalidRange, "The requested range is not satisfiable");
    if let Ok(value) = HeaderValue::try_from(format!("bytes */{}", object.size)) {
        error.set_headers(HeaderMap::from_iter([(CONTENT_RANGE, value)]));
    }
    error
}

/// Builds the response to a read: `GetObject` and `HeadObject` differ in little but the body.
macro_rules! read_answer {
    ($output:ident, $input:expr, $object:expr, $selection:expr) => {{
        let (input, object, selection): (_, &Object, &Selection) = (&$input, $object, $selection);
        let headers = &object.headers;
        let mut output = $output {
            accept_ranges: Some("bytes".to_owned()),
            cache_control: input.response_cache_control.clone().or(headers.cache_control.clone()),
            content_disposition: input.response_content_disposition.clone().or(headers.content_disposition.clone()),
            content_encoding: input.response_content_encoding.clone().or(headers.content_encoding.clone()),
            content_language: input.response_content_language.clone().or(headers.content_language.clone()),
            content_type: input
                .response_content_type
                .clone()
                .or(headers.content_type.clone())
                .or(Some(DEFAULT_CONTENT_TYPE.to_owned())),
            expires: input.response_expires.clone().or(headers.expires.clone()),
            content_length: Some(selection.len()),
            content_range: selection.content_range.clone(),
            e_tag: Some(ETag::Strong(object.etag.clone())),
            last_modified: Some(clock::timestamp(object.last_modified_ms)),
            metadata: headers.metadata(),
            parts_count: input
                .part_number
                .filter(|_| !object.part_sizes.is_empty())
                .and(i32::try_from(object.part_sizes.len()).ok()),
            ..$output::default()
        };
        // The checksum is of the whole object: for a range, clients would compare it with that range only.
        if input.checksum_mode.as_ref().map(ChecksumMode::as_str) == Some(ChecksumMode::ENABLED)
            && selection.content_range.is_none()
        {
            answer_checksums!(output, &object.checksums);
            output.checksum_type = object.checksum_kind.map(Kind::dto);
        }
        output
    }};
}

macro_rules! read_conditions {
    ($input:expr) => {
        Conditions {
            matching: $input.if_match.clone(),
            none_matching: $input.if_none_match.clone(),
            modified_since: $input.if_modified_since.clone(),
            unmodified_since: $input.if_unmodified_since.clone(),
        }
    };
}

/// `GetObject`.
pub(super) async fn get(
    catalog: Arc<Catalog>,
    req: S3Request<GetObjectInput>,
) -> S3Result<S3Response<GetObjectOutput>> {
    let input = req.input;
    let bucket = catalog.bucket(&input.bucket)?;
    unsupported::check_version(input.version_id.as_deref())?;
    let key = input.key.clone();
    let (object, file): (Arc<Object>, File) = disk::blocking(move || bucket.open(&key)).await?;
    read_conditions!(input).check_read(&object)?;
    let selection = Selection::find(&object, input.range.as_ref(), input.part_number)?;
    let mut output = read_answer!(GetObjectOutput, input, &object, &selection);
    output.body = Some(read::stream(file, &selection.range));
    Ok(S3Response::new(output))
}

/// `HeadObject`.
pub(super) fn head(catalog: &Catalog, req: &S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
    let input = &req.input;
    let bucket = catalog.bucket(&input.bucket)?;
    unsupported::check_version(input.version_id.as_deref())?;
    let object = bucket.object(&input.key)?;
    read_conditions!(input).check_read(&object)?;
    let selection = Selection::find(&object, input.range.as_ref(), input.part_number)?;
    let output = read_answer!(HeadObjectOutput, input, &object, &selection);
    Ok(S3Response::new(output))
}

/// `DeleteObject`.
pub(super) async fn delete(
    catalog: Arc<Catalog>,
    req: S3Request<DeleteObjectInput>,
) -> S3Result<S3Response<DeleteObjectOutput>> {
    let input = req.input;
    let bucket = catalog.bucket(&input.bucket)?;
    unsupported::check_version(input.version_id.as_deref())?;
    let conditions = WriteConditions { if_match: input.if_match, if_none_match: None };
    disk::blocking(move || bucket.delete(&input.key, &conditions)).await?;
    Ok(S3Response::new(DeleteObjectOutput::default()))
}

/// `DeleteObjects`.
pub(super) async fn delete_many(
    catalog: Arc<Catalog>,
    req: S3Request<DeleteObjectsInput>,
) -> S3Result<S3Response<DeleteObjectsOutput>> {
    let input = req.input;
    let bucket = catalog.bucket(&input.bucket)?;
    let named = input.delete.objects;
    if named.is_empty() || named.len() > DELETE_MAX {
        return Err(S3Error::with_message(
            S3ErrorCode::MalformedXML,
            "The XML you provided was not well-formed or did not validate against our published schema",
        ));
    }
    let quiet = input.delete.quiet == Some(true);
    disk::blocking(move || {
        let mut deleted = Vec::new();
        let mut errors = Vec::new();
        for object in named {
            let conditions =
                WriteConditions { if_match: object.e_tag.map(dto::ETagCondition::ETag), if_none_match: None };
            let result = unsupported::check_version(object.version_id.as_deref())
                .and_then(|()| bucket.delete(&object.key, &conditions));
            match result {
                Ok(()) if quiet => {}
                Ok(()) => deleted.push(DeletedObject { key: Some(object.key), ..DeletedObject::default() }),
                Err(error) => errors.push(dto::Error {
                    key: Some(object.key),
                    code: Some(error.code().as_str().to_owned()),
                    message: error.message().map(str::to_owned),
                    version_id: object.version_id,
                }),
            }
        }
        Ok(S3Response::new(DeleteObjectsOutput {
            deleted: Some(deleted),
            errors: Some(errors),
            ..DeleteObjectsOutput::default()
        }))
    })
    .await
}
