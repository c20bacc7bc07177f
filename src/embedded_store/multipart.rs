//! Multipart uploads: create, upload parts, complete, abort.

use std::sync::Arc;

use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, ChecksumAlgorithm, ChecksumType,
    CompleteMultipartUploadInput, CompleteMultipartUploadOutput, CompletedPart, CreateMultipartUploadInput,
    CreateMultipartUploadOutput, ETag, UploadPartInput, UploadPartOutput,
};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result};

use super::bucket::Bucket;
use super::catalog::Catalog;
use super::checksum::{self, Algorithm, Checksums, Kind, answer_checksums, declared_checksums};
use super::clock;
use super::conditions::WriteConditions;
use super::disk;
use super::error::internal;
use super::listing::Encoding;
use super::object::{check_key, sdk_algorithm, trailer_names};
use super::receive::{self, Declared, Sink};
use super::record::{Object, stored_headers};
use super::unsupported;
use super::upload::{Part, Parts, Upload, UploadRecord, check_part_number};

/// The minimum size of every part but the last: 5 MiB.
const PART_MIN_BYTES: u64 = 5 * 1024 * 1024;

fn invalid_request(message: impl Into<std::borrow::Cow<'static, str>>) -> S3Error {
    S3Error::with_message(S3ErrorCode::InvalidRequest, message)
}

/// What the checksum of the whole object covers, by S3's rules for each algorithm.
fn checksum_kind(algorithm: Option<Algorithm>, asked: Option<&ChecksumType>) -> S3Result<Option<Kind>> {
    let asked = match asked.map(ChecksumType::as_str) {
        None => None,
        Some(ChecksumType::COMPOSITE) => Some(Kind::Composite),
        Some(ChecksumType::FULL_OBJECT) => Some(Kind::FullObject),
        Some(_) => return Err(invalid_request("Value for x-amz-checksum-type header is invalid.")),
    };
    let Some(algorithm) = algorithm else {
        return match asked {
            None => Ok(None),
            Some(_) => Err(invalid_request(
                "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
            )),
        };
    };
    match (algorithm, asked) {
        (Algorithm::Crc64nvme, Some(Kind::Composite))
        | (Algorithm::Sha1 | Algorithm::Sha256, Some(Kind::FullObject)) => Err(invalid_request(format!(
            "The checksum type you asked for cannot be used with the {} checksum algorithm.",
            algorithm.name()
        ))),
        (Algorithm::Crc64nvme, None) => Ok(Some(Kind::FullObject)),
        (_, None) => Ok(Some(Kind::Composite)),
        (_, asked) => Ok(asked),
    }
}

/// `CreateMultipartUpload`.
pub(super) async fn create(
    catalog: Arc<Catalog>,
    req: S3Request<CreateMultipartUploadInput>,
) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
    unsupported::check_headers(&req.headers)?;
    let input = req.input;
    check_key(&input.key)?;
    let bucket = catalog.bucket(&input.bucket)?;
    let algorithm = input.checksum_algorithm.as_ref().map(|name| Algorithm::parse(name.as_str())).transpose()?;
    let record = UploadRecord {
        id: disk::unique_name(),
        key: input.key.clone(),
        initiated_ms: clock::now_ms(),
        headers: stored_headers!(input)?,
        algorithm,
        checksum_kind: checksum_kind(algorithm, input.checksum_type.as_ref())?,
    };
    let upload = disk::blocking(move || {
        let id = record.id.clone();
        bucket.begin_upload(&id, |dir| Upload::create(dir, record))
    })
    .await?;
    Ok(S3Response::new(CreateMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(upload.record.id.clone()),
        checksum_algorithm: algorithm.map(|algorithm| ChecksumAlgorithm::from_static(algorithm.name())),
        checksum_type: upload.record.checksum_kind.map(Kind::dto),
        ..CreateMultipartUploadOutput::default()
    }))
}

/// `UploadPart`.
pub(super) async fn upload_part(
    catalog: Arc<Catalog>,
    req: S3Request<UploadPartInput>,
) -> S3Result<S3Response<UploadPartOutput>> {
    unsupported::check_headers(&req.headers)?;
    let input = req.input;
    check_part_number(input.part_number)?;
    let upload = catalog.bucket(&input.bucket)?.upload(&input.key, &input.upload_id)?;
    let declared = Declared {
        length: input.content_length,
        md5: input.content_md5.clone(),
        checksums: declared_checksums!(input),
        trailers: req.trailing_headers,
        trailer_names: trailer_names(&req.headers),
        // If every part has a checksum of the upload's algorithm, the whole object can have one.
        wanted: upload.record.algorithm.or(sdk_algorithm(&req.headers)?),
    };
    let received = receive::receive(upload.dir.clone(), input.body, declared).await?;
    let part = disk::blocking(move || upload.commit(input.part_number, received)).await?;
    let mut output = UploadPartOutput { e_tag: Some(ETag::Strong(part.etag.clone())), ..UploadPartOutput::default() };
    answer_checksums!(output, &part.checksums);
    Ok(S3Response::new(output))
}

/// `AbortMultipartUpload`.
pub(super) async fn abort(
    catalog: Arc<Catalog>,
    req: S3Request<AbortMultipartUploadInput>,
) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
    let input = req.input;
    let bucket = catalog.bucket(&input.bucket)?;
    let upload = bucket.upload(&input.key, &input.upload_id)?;
    disk::blocking(move || {
        upload.close()?;
        bucket.end_upload(&upload)
    })
    .await?;
    Ok(S3Response::new(AbortMultipartUploadOutput::default()))
}

/// `CompleteMultipartUpload`.
pub(super) async fn complete(
    catalog: Arc<Catalog>,
    req: S3Request<CompleteMultipartUploadInput>,
) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
    let host = req.headers.get("host").and_then(|host| host.to_str().ok());
    let location =
        format!("http://{}/{}/{}", host.unwrap_or("localhost"), req.input.bucket, Encoding::Url.apply(&req.input.key));
    let input = req.input;
    let bucket = catalog.bucket(&input.bucket)?;
    let upload = bucket.upload(&input.key, &input.upload_id)?;
    let order = Order {
        parts: input.multipart_upload.and_then(|list| list.parts).unwrap_or_default(),
        checksums: declared_checksums!(input),
        size: input.mpu_object_size,
        conditions: WriteConditions { if_match: input.if_match, if_none_match: input.if_none_match },
    };
    let object = disk::blocking(move || {
        let parts = upload.close()?;
        let object = assemble(&bucket, &upload, &parts, &order).inspect_err(|_| upload.reopen())?;
        // The object exists now: failing to remove its parts must not fail the request.
        let _ = bucket.end_upload(&upload);
        Ok(object)
    })
    .await?;
    let mut output = CompleteMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        location: Some(location),
        e_tag: Some(ETag::Strong(object.etag.clone())),
        checksum_type: object.checksum_kind.map(Kind::dto),
        ..CompleteMultipartUploadOutput::default()
    };
    answer_checksums!(output, &object.checksums);
    Ok(S3Response::new(output))
}

/// What the client declares about the whole object.
struct Order {
    parts: Vec<CompletedPart>,
    checksums: Checksums,
    /// In bytes.
    size: Option<i64>,
    conditions: WriteConditions,
}

/// Finds the listed parts, in order, and checks them.
fn pick<'a>(order: &Order, parts: &'a Parts) -> S3Result<Vec<&'a Part>> {
    if order.parts.is_empty() {
        return Err(S3Error::with_message(
            S3ErrorCode::MalformedXML,
            "The XML you provided was not well-formed or did not validate against our published schema",
        ));
    }
    let invalid_part = || {
        S3Error::with_message(
            S3ErrorCode::InvalidPart,
            "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        )
    };
    let mut picked: Vec<&Part> = Vec::with_capacity(order.parts.len());
    for named in &order.parts {
        let number = named.part_number.ok_or_else(invalid_part)?;
        if picked.last().is_some_and(|last| last.number >= number) {
            return Err(S3Error::with_message(
                S3ErrorCode::InvalidPartOrder,
                "The list of parts was not in ascending order. Parts must be ordered by part number.",
            ));
        }
        let part = parts.get(&number).ok_or_else(invalid_part)?;
        if named.e_tag.as_ref().is_none_or(|etag| etag.value() != part.etag) {
            return Err(invalid_part());
        }
        part.checksums.check_declared(&declared_checksums!(named)).map_err(|_| invalid_part())?;
        picked.push(part);
    }
    if let Some((_, all_but_last)) = picked.split_last()
        && all_but_last.iter().any(|part| part.size < PART_MIN_BYTES)
    {
        return Err(S3Error::with_message(
            S3ErrorCode::EntityTooSmall,
            "Your proposed upload is smaller than the minimum allowed size",
        ));
    }
    Ok(picked)
}

/// The `ETag` of the whole object: the MD5 of the parts' MD5s, and the number of parts.
fn whole_etag(parts: &[&Part]) -> String {
    let mut md5 = Md5::new();
    for part in parts {
        let digest: Vec<u8> = part
            .etag
            .as_bytes()
            .chunks(2)
            .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect();
        md5.update(&digest);
    }
    format!("{}-{}", disk::hex(&md5.finalize()), parts.len())
}

fn assemble(bucket: &Bucket, upload: &Upload, parts: &Parts, order: &Order) -> S3Result<Arc<Object>> {
    order.conditions.check(bucket.object(&upload.record.key).ok().as_deref())?;
    let picked = pick(order, parts)?;
    let record = &upload.record;
    let whole = record.algorithm.filter(|_| record.checksum_kind == Some(Kind::FullObject));
    let mut sink = Sink::create(&bucket.objects_dir(), whole.into_iter()).map_err(internal)?;
    for part in &picked {
        let mut file = upload.open(part).map_err(internal)?;
        sink.copy_from(&mut file).map_err(internal)?;
    }
    let received = sink.finish();
    let mut checksums = received.checksums;
    if let (Some(algorithm), Some(Kind::Composite)) = (record.algorithm, record.checksum_kind)
        && let Some(value) = checksum::composite(algorithm, picked.iter().map(|part| &part.checksums))
    {
        checksums.insert(algorithm, value);
    }
    checksums.check_declared(&order.checksums)?;
    if order.size.is_some_and(|size| u64::try_from(size) != Ok(received.size)) {
        return Err(invalid_request(
            "The provided 'x-amz-mp-object-size' header value does not match what was computed.",
        ));
    }
    let object = Object {
        key: record.key.clone(),
        size: received.size,
        etag: whole_etag(&picked),
        last_modified_ms: 0,
        data_file: String::new(),
        headers: record.headers.clone(),
        checksum_kind: record.checksum_kind,
        checksums,
        part_sizes: picked.iter().map(|part| part.size).collect(),
    };
    bucket.commit(received.temp, object, &order.conditions)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(number: i32, size: u64) -> Part {
        Part {
            number,
            size,
            etag: disk::hex(&Md5::checksum(&[])),
            last_modified_ms: 0,
            data_file: String::new(),
            checksums: Checksums::default(),
        }
    }

    fn order(numbers: &[i32]) -> Order {
        let parts = numbers
            .iter()
            .map(|number| CompletedPart {
                part_number: Some(*number),
                e_tag: Some(ETag::Strong(part(1, 0).etag)),
                ..CompletedPart::default()
            })
            .collect();
        Order { parts, checksums: Checksums::default(), size: None, conditions: WriteConditions::default() }
    }

    fn code(order: &Order, parts: &Parts) -> Option<S3ErrorCode> {
        pick(order, parts).err().map(|error| error.code().clone())
    }

    #[test]
    fn parts_are_checked() {
        let parts: Parts = [part(1, PART_MIN_BYTES), part(2, 1), part(7, 1)].map(|p| (p.number, p)).into();
        assert_eq!(code(&order(&[1, 2]), &parts), None);
        assert_eq!(code(&order(&[1, 7]), &parts), None);
        assert_eq!(code(&order(&[2, 1]), &parts), Some(S3ErrorCode::InvalidPartOrder));
        assert_eq!(code(&order(&[1, 1]), &parts), Some(S3ErrorCode::InvalidPartOrder));
        assert_eq!(code(&order(&[1, 3]), &parts), Some(S3ErrorCode::InvalidPart));
        assert_eq!(code(&order(&[1, 2, 7]), &parts), Some(S3ErrorCode::EntityTooSmall));
        assert_eq!(code(&order(&[]), &parts), Some(S3ErrorCode::MalformedXML));
        let mut wrong = order(&[1]);
        wrong.parts[0].e_tag = Some(ETag::Strong("0".repeat(32)));
        assert_eq!(code(&wrong, &parts), Some(S3ErrorCode::InvalidPart));
    }

    #[test]
    fn the_etag_is_the_md5_of_md5s() {
        let part = part(1, 0);
        let expected = disk::hex(&Md5::checksum(&Md5::checksum(&[]).repeat(2)));
        assert_eq!(whole_etag(&[&part, &part]), format!("{expected}-2"));
    }

    #[test]
    fn checksum_kinds() {
        let full = ChecksumType::from_static(ChecksumType::FULL_OBJECT);
        assert_eq!(checksum_kind(Some(Algorithm::Crc32), None).unwrap(), Some(Kind::Composite));
        assert_eq!(checksum_kind(Some(Algorithm::Crc32), Some(&full)).unwrap(), Some(Kind::FullObject));
        assert_eq!(checksum_kind(Some(Algorithm::Crc64nvme), None).unwrap(), Some(Kind::FullObject));
        assert!(checksum_kind(Some(Algorithm::Sha256), Some(&full)).is_err());
        assert!(checksum_kind(None, Some(&full)).is_err());
    }
}
