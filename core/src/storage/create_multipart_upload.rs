//! Creates a multipart upload. Its parts use paid storage until it's completed or aborted.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html>

use http::response::Parts;
use http::{Method, Request};

use super::{Algorithm, Encryption, RequestError, Signer, StoreError, Target, answer, head};
use crate::checksum::Scope;
use crate::sign::Payload;

/// An upload to create.
#[derive(Clone, Copy, Debug)]
pub struct CreateMultipartUpload<'a> {
    /// The full object key.
    pub key: &'a str,
    /// The object's content type.
    pub content_type: Option<&'a str>,
    /// Server-side encryption.
    pub encryption: Encryption<'a>,
    /// The checksum that every part will carry, and what the whole object's covers. MD5 isn't supported here.
    pub checksum: Option<(Algorithm, Scope)>,
}

impl CreateMultipartUpload<'_> {
    /// The head to send, with an empty body.
    ///
    /// # Errors
    /// [`RequestError`] for a key that can't be sent or a header that can't be one.
    pub fn request(&self, target: &Target, signer: &mut Signer<'_>) -> Result<Request<()>, RequestError> {
        let mut headers = Vec::new();
        headers.extend(self.content_type.map(|v| ("content-type", v)));
        headers.extend(self.encryption.headers());
        if let Some((algorithm, scope)) = self.checksum.filter(|(a, _)| *a != Algorithm::Md5) {
            headers.push(("x-amz-checksum-algorithm", algorithm.name()));
            headers.push(("x-amz-checksum-type", scope.name()));
        }
        head(Method::POST, target, self.key, "uploads=", &headers, &Payload::EMPTY, signer)
    }

    /// Parses the upload ID.
    ///
    /// # Errors
    /// [`StoreError`] if the store refuses, or sends no upload ID.
    pub fn read(&self, head: &Parts, body: &[u8]) -> Result<String, StoreError> {
        let mut id = None;
        answer::document(head, body, "InitiateMultipartUploadResult", |path, own| {
            if path == ["UploadId"] {
                id = answer::filled(own);
            }
        })?;
        id.ok_or_else(|| answer::unusable(head, body, "no upload ID"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::tests::{FALSE_SUCCESSES, built, head, line, sent};
    use super::*;

    const PLAIN: CreateMultipartUpload<'_> = CreateMultipartUpload {
        key: "exports/a b.csv",
        content_type: None,
        encryption: Encryption { sse: None, kms_key_id: None },
        checksum: None,
    };

    #[test]
    fn asks_for_what_the_object_will_be() {
        let plain = built(|target, signer| PLAIN.request(target, signer));
        assert_eq!(line(&plain), "POST /langfuse/exports/a%20b.csv?uploads=");
        assert_eq!(sent(&plain, "x-amz-checksum-algorithm"), "");
        let operation = CreateMultipartUpload {
            content_type: Some("text/csv; charset=utf-8"),
            encryption: Encryption { sse: Some("aws:kms"), kms_key_id: Some("k") },
            checksum: Some((Algorithm::Crc64Nvme, Scope::FullObject)),
            ..PLAIN
        };
        let request = built(|target, signer| operation.request(target, signer));
        for (name, value) in [
            ("content-type", "text/csv; charset=utf-8"),
            ("x-amz-server-side-encryption", "aws:kms"),
            ("x-amz-server-side-encryption-aws-kms-key-id", "k"),
            ("x-amz-checksum-algorithm", "CRC64NVME"),
            ("x-amz-checksum-type", "FULL_OBJECT"),
        ] {
            assert_eq!(sent(&request, name), value);
            assert!(sent(&request, "authorization").contains(name));
        }
        let md5 = CreateMultipartUpload { checksum: Some((Algorithm::Md5, Scope::Composite)), ..PLAIN };
        assert_eq!(sent(&built(|t, s| md5.request(t, s)), "x-amz-checksum-algorithm"), "");
    }

    #[test]
    fn reads_the_id() {
        let aws = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<InitiateMultipartUploadResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
            <Bucket>langfuse</Bucket><Key>a</Key><UploadId>VXBsb2FkIElE&amp;==</UploadId></InitiateMultipartUploadResult>";
        assert_eq!(PLAIN.read(&head(200, &[]), aws.as_bytes()).as_deref(), Ok("VXBsb2FkIElE&=="));
        let google = "<?xml version='1.0' encoding='UTF-8'?><InitiateMultipartUploadResult xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>\
            <UploadId>ABPnzm4\n</UploadId></InitiateMultipartUploadResult>";
        assert_eq!(PLAIN.read(&head(200, &[]), google.as_bytes()).as_deref(), Ok("ABPnzm4"));
        for body in ["", "<InitiateMultipartUploadResult><UploadId/></InitiateMultipartUploadResult>", &aws[..200]]
            .into_iter()
            .chain(FALSE_SUCCESSES)
        {
            assert!(PLAIN.read(&head(200, &[]), body.as_bytes()).is_err(), "{body}");
        }
    }
}
