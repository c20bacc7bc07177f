//! Deletes up to a thousand objects in one request. The response is 200 even if nothing was deleted: every key has its
//! own outcome.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html>

use std::collections::HashSet;
use std::fmt::Write as _;

use http::response::Parts;
use http::{Method, Request};

use super::{Algorithm, Checksum, RequestError, Signer, StoreError, Target, answer, bucket_head, key, xml};
use crate::sign::Payload;

/// The maximum number of keys per request. Langfuse sends at most 900.
pub const MOST: usize = 1_000;

/// A batch deletion.
#[derive(Clone, Copy, Debug)]
pub struct DeleteObjects<'a> {
    /// The whole keys: 1 to [`MOST`].
    pub keys: &'a [&'a str],
    /// Whether the response lists only the keys that weren't deleted.
    pub quiet: bool,
    /// The checksum of the request, which stores require: CRC32, or what
    /// `LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM` says.
    pub checksum: Algorithm,
}

/// A key that wasn't deleted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failed {
    /// The full object key.
    pub key: String,
    /// `AccessDenied`; `None` if the response has none, or omits the key.
    pub code: Option<String>,
    /// The store's message, or ours in its place.
    pub message: String,
}

impl DeleteObjects<'_> {
    /// The request, with its body.
    ///
    /// # Errors
    /// [`RequestError`] for no keys or too many, for a key that can't be sent, or for one with a character that XML
    /// can't carry: delete that one on its own.
    pub fn request(&self, target: &Target, signer: &mut Signer<'_>) -> Result<Request<Vec<u8>>, RequestError> {
        if self.keys.is_empty() || self.keys.len() > MOST {
            return Err(RequestError::KeyCount(self.keys.len()));
        }
        let body = self.body()?;
        let checksum = Checksum::of(self.checksum, body.as_bytes());
        let mut headers = vec![("content-type", "application/xml"), checksum.header()];
        // The SDK also sends the algorithm, except for `content-md5`.
        if self.checksum != Algorithm::Md5 {
            headers.push(("x-amz-sdk-checksum-algorithm", self.checksum.name()));
        }
        let payload = Payload::of(body.as_bytes());
        let head = bucket_head(Method::POST, target, "delete=", &headers, &payload, signer)?;
        Ok(head.map(|()| body.into_bytes()))
    }

    fn body(&self) -> Result<String, RequestError> {
        let mut out = String::with_capacity(self.keys.len().saturating_mul(160).saturating_add(160));
        let _ = write!(out, "<Delete xmlns=\"{}\">", xml::NAMESPACE);
        for key in self.keys {
            key::check(key)?;
            if key.chars().any(xml::is_unwritable) {
                return Err(RequestError::KeyInDocument);
            }
            out.push_str("<Object><Key>");
            xml::push_escaped(&mut out, key);
            out.push_str("</Key></Object>");
        }
        if self.quiet {
            out.push_str("<Quiet>true</Quiet>");
        }
        out.push_str("</Delete>");
        Ok(out)
    }

    /// The keys that weren't deleted; empty if all are gone. A key that a full response omits counts as not deleted.
    ///
    /// # Errors
    /// [`StoreError`] if the store refuses the request as a whole.
    pub fn read(&self, head: &Parts, body: &[u8]) -> Result<Vec<Failed>, StoreError> {
        let mut failed = Vec::new();
        let mut gone = HashSet::new();
        let (mut key, mut code, mut message) = (None, None, String::new());
        answer::document(head, body, "DeleteResult", |path, own| match path {
            ["Deleted", "Key"] => {
                gone.insert(own.to_owned());
            }
            ["Error", "Key"] => key = Some(own.to_owned()),
            ["Error", "Code"] => code = answer::filled(own),
            ["Error", "Message"] => own.trim().clone_into(&mut message),
            ["Error"] => failed.push((key.take(), code.take(), std::mem::take(&mut message))),
            _ => {}
        })?;
        let failed: Option<Vec<Failed>> =
            failed.into_iter().map(|(key, code, message)| Some(Failed { key: key?, code, message })).collect();
        let mut failed = failed.ok_or_else(|| answer::unusable(head, body, "an error without its key"))?;
        if !self.quiet {
            let named: HashSet<&str> = failed.iter().map(|f| f.key.as_str()).collect();
            let missing = self.keys.iter().filter(|k| !gone.contains(**k) && !named.contains(**k));
            let message = "the store's response omits this key";
            let missing: Vec<Failed> =
                missing.map(|k| Failed { key: (*k).to_owned(), code: None, message: message.to_owned() }).collect();
            failed.extend(missing);
        }
        Ok(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::super::KeyError;
    use super::super::answer::tests::{FALSE_SUCCESSES, built, head, line, sent};
    use super::*;

    fn operation<'a>(keys: &'a [&'a str]) -> DeleteObjects<'a> {
        DeleteObjects { keys, quiet: true, checksum: Algorithm::Crc32 }
    }

    #[test]
    fn carries_the_checksum_that_is_asked_for() {
        let quiet = operation(&["a&b\r", "<ü>"]);
        let request = built(|target, signer| quiet.request(target, signer));
        assert_eq!(line(&request), "POST /langfuse/?delete=");
        let body = request.as_ref().unwrap().body();
        assert_eq!(
            std::str::from_utf8(body).unwrap(),
            "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Object><Key>a&amp;b&#xD;</Key></Object>\
             <Object><Key>&lt;ü&gt;</Key></Object><Quiet>true</Quiet></Delete>"
        );
        for algorithm in Algorithm::ALL {
            let request = built(|t, s| DeleteObjects { checksum: algorithm, ..quiet }.request(t, s));
            assert_eq!(sent(&request, algorithm.header()), Checksum::of(algorithm, body).value());
            let named = if algorithm == Algorithm::Md5 { "" } else { algorithm.name() };
            assert_eq!(sent(&request, "x-amz-sdk-checksum-algorithm"), named);
            assert!(sent(&request, "authorization").contains(algorithm.header()));
        }
    }

    #[test]
    fn refuses_what_a_document_cannot_carry() {
        let refused = |keys: &[&str]| built(|t, s| operation(keys).request(t, s)).unwrap_err();
        assert_eq!(refused(&["a", "b\u{1}"]), RequestError::KeyInDocument);
        assert_eq!(refused(&["a/../b"]), RequestError::Key(KeyError::DotSegment));
        assert_eq!(refused(&[]), RequestError::KeyCount(0));
        assert_eq!(refused(&["a"; 1_001]), RequestError::KeyCount(1_001));
        assert!(built(|t, s| operation(&["a"; MOST]).request(t, s)).is_ok());
    }

    #[test]
    fn every_key_has_its_outcome() {
        let keys = ["a", "b&", "c"];
        let aws = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DeleteResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
            <Deleted><Key>a</Key><DeleteMarker>true</DeleteMarker></Deleted><Error><Key>b&amp;</Key><VersionId/><Code>AccessDenied</Code>\
            <Message>Access Denied</Message></Error></DeleteResult>";
        let denied = Failed { key: "b&".into(), code: Some("AccessDenied".into()), message: "Access Denied".into() };
        let quiet = operation(&keys);
        assert_eq!(quiet.read(&head(200, &[]), aws.as_bytes()).unwrap(), std::slice::from_ref(&denied));
        let full = DeleteObjects { quiet: false, ..quiet };
        let stayed = full.read(&head(200, &[]), aws.as_bytes()).unwrap();
        assert_eq!((stayed.len(), &stayed[0], stayed[1].key.as_str()), (2, &denied, "c"));
        assert_eq!(quiet.read(&head(200, &[]), b"<DeleteResult/>").unwrap(), []);
        assert_eq!(full.read(&head(200, &[]), b"<DeleteResult/>").unwrap().len(), 3);
    }

    #[test]
    fn half_an_answer_is_none() {
        let nameless = "<DeleteResult><Error><Code>AccessDenied</Code></Error></DeleteResult>";
        for body in ["", nameless, "<DeleteResult><Deleted>"].into_iter().chain(FALSE_SUCCESSES) {
            assert!(operation(&["a"]).read(&head(200, &[]), body.as_bytes()).is_err(), "{body}");
        }
        let missing = b"<Error><Code>MissingContentMD5</Code></Error>";
        assert_eq!(operation(&["a"]).read(&head(400, &[]), missing).unwrap_err().label(), "MissingContentMD5");
    }
}
