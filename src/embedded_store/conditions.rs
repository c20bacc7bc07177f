//! If-Match, If-None-Match, If-Modified-Since and If-Unmodified-Since.

use hyper::HeaderMap;
use hyper::header::{ETAG, HeaderValue};
use s3s::dto::{ETagCondition, Timestamp};
use s3s::{S3Error, S3ErrorCode, S3Result};

use super::clock;
use super::error;
use super::record::Object;

/// The conditions of a read or of a copy's source.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    pub matching: Option<ETagCondition>,
    pub none_matching: Option<ETagCondition>,
    pub modified_since: Option<Timestamp>,
    pub unmodified_since: Option<Timestamp>,
}

impl Conditions {
    /// Checks a read: `PreconditionFailed` (412) or `NotModified` (304) if a condition fails.
    pub(super) fn check_read(&self, object: &Object) -> S3Result<()> {
        if !self.unchanged_enough(object) {
            return Err(precondition_failed());
        }
        if !self.changed_enough(object) {
            let mut error = S3Error::with_message(S3ErrorCode::NotModified, "Not Modified");
            let mut headers = HeaderMap::new();
            if let Ok(etag) = HeaderValue::try_from(format!("\"{}\"", object.etag)) {
                headers.insert(ETAG, etag);
            }
            error.set_headers(headers);
            return Err(error);
        }
        Ok(())
    }

    /// Checks the source of a copy: `PreconditionFailed` if a condition fails.
    pub(super) fn check_copy(&self, object: &Object) -> S3Result<()> {
        if self.unchanged_enough(object) && self.changed_enough(object) { Ok(()) } else { Err(precondition_failed()) }
    }

    fn unchanged_enough(&self, object: &Object) -> bool {
        match (&self.matching, &self.unmodified_since) {
            // If-Match takes precedence over If-Unmodified-Since.
            (Some(condition), _) => matches(condition, object),
            (None, Some(since)) => clock::whole_seconds(object.last_modified_ms) <= *since,
            (None, None) => true,
        }
    }

    fn changed_enough(&self, object: &Object) -> bool {
        match (&self.none_matching, &self.modified_since) {
            (Some(condition), _) => !matches(condition, object),
            (None, Some(since)) => clock::whole_seconds(object.last_modified_ms) > *since,
            (None, None) => true,
        }
    }
}

/// The conditions of a write, checked in the step that makes it visible.
#[derive(Debug, Default)]
pub(super) struct WriteConditions {
    pub if_match: Option<ETagCondition>,
    pub if_none_match: Option<ETagCondition>,
}

impl WriteConditions {
    /// Checks a write over `existing`.
    pub(super) fn check(&self, existing: Option<&Object>) -> S3Result<()> {
        if let Some(condition) = &self.if_match {
            let object = existing.ok_or_else(error::no_such_key)?;
            if !matches(condition, object) {
                return Err(precondition_failed());
            }
        }
        if let (Some(condition), Some(object)) = (&self.if_none_match, existing)
            && matches(condition, object)
        {
            return Err(precondition_failed());
        }
        Ok(())
    }
}

fn matches(condition: &ETagCondition, object: &Object) -> bool {
    match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(etag) => etag.value() == object.etag,
    }
}

fn precondition_failed() -> S3Error {
    S3Error::with_message(
        S3ErrorCode::PreconditionFailed,
        "At least one of the pre-conditions you specified did not hold",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded_store::checksum::Checksums;
    use crate::embedded_store::record::StoredHeaders;
    use s3s::dto::ETag;

    fn object() -> Object {
        Object {
            key: "k".to_owned(),
            size: 0,
            etag: "e".to_owned(),
            last_modified_ms: 5_500,
            data_file: String::new(),
            headers: StoredHeaders::default(),
            checksums: Checksums::default(),
            checksum_kind: None,
            part_sizes: Vec::new(),
        }
    }

    fn tag(value: &str) -> Option<ETagCondition> {
        Some(ETagCondition::ETag(ETag::Strong(value.to_owned())))
    }

    fn code(result: S3Result<()>) -> Option<S3ErrorCode> {
        result.err().map(|error| error.code().clone())
    }

    #[test]
    fn reads() {
        let check = |conditions: Conditions| code(conditions.check_read(&object()));
        let failed = Some(S3ErrorCode::PreconditionFailed);
        let same = Some(S3ErrorCode::NotModified);
        assert_eq!(check(Conditions { matching: tag("e"), ..Default::default() }), None);
        assert_eq!(check(Conditions { matching: tag("f"), ..Default::default() }), failed);
        assert_eq!(check(Conditions { none_matching: tag("e"), ..Default::default() }), same);
        assert_eq!(check(Conditions { none_matching: tag("f"), ..Default::default() }), None);
        let at = |ms| Some(clock::timestamp(ms));
        assert_eq!(check(Conditions { modified_since: at(5_000), ..Default::default() }), same);
        assert_eq!(check(Conditions { modified_since: at(4_000), ..Default::default() }), None);
        assert_eq!(check(Conditions { unmodified_since: at(5_000), ..Default::default() }), None);
        assert_eq!(check(Conditions { unmodified_since: at(4_000), ..Default::default() }), failed);
    }

    #[test]
    fn writes() {
        let none = WriteConditions { if_none_match: Some(ETagCondition::Any), if_match: None };
        assert_eq!(code(none.check(None)), None);
        assert_eq!(code(none.check(Some(&object()))), Some(S3ErrorCode::PreconditionFailed));
        let only = WriteConditions { if_match: tag("e"), if_none_match: None };
        assert_eq!(code(only.check(Some(&object()))), None);
        assert_eq!(code(only.check(None)), Some(S3ErrorCode::NoSuchKey));
    }
}
