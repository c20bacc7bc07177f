//! The incomplete multipart uploads, page by page.
//!
//! MinIO lists only one key at a time: it finds uploads only if the prefix is the full key of one.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html>

use http::response::Parts;
use http::{Method, Request};

use super::query::{self, Query};
use super::{RequestError, Signer, StoreError, Target, answer, bucket_head};
use crate::sign::{Payload, Timestamp};

/// A request for a page of uploads.
#[derive(Clone, Copy, Default, Debug)]
pub struct ListMultipartUploads<'a> {
    /// Only keys with this prefix; empty for all.
    pub prefix: &'a str,
    /// Only uploads after this one: [`Page::next`] of the previous page.
    pub after: Option<&'a Marker>,
    /// At most this many, up to 1,000; `None` leaves it to the store.
    pub most: Option<u16>,
}

/// Where a page ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Marker {
    /// The key of its last upload.
    pub key: String,
    /// The ID of its last upload.
    pub upload_id: Option<String>,
}

/// An incomplete multipart upload.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Upload {
    /// The full object key.
    pub key: String,
    /// The upload ID.
    pub upload_id: String,
    /// When it was created, if the store says so.
    pub initiated: Option<Timestamp>,
    /// The storage class that it was created with.
    pub storage_class: Option<String>,
}

/// A page of uploads.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Page {
    /// Sorted by key.
    pub uploads: Vec<Upload>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Marker>,
}

#[derive(Default)]
struct Draft {
    key: Option<String>,
    upload_id: Option<String>,
    initiated: Option<Timestamp>,
    storage_class: Option<String>,
}

impl Draft {
    fn upload(self, encoded: bool) -> Option<Upload> {
        Some(Upload {
            key: query::name(&self.key?, encoded)?,
            upload_id: self.upload_id?,
            initiated: self.initiated,
            storage_class: self.storage_class,
        })
    }
}

impl ListMultipartUploads<'_> {
    /// The head to send, without `encoding-type`: SeaweedFS says that it encodes the keys here but doesn't, and
    /// then a key with `+` or `%` would be decoded to another one.
    ///
    /// # Errors
    /// [`RequestError`] if it can't be signed.
    pub fn request(&self, target: &Target, signer: &mut Signer<'_>) -> Result<Request<()>, RequestError> {
        let most = self.most.map(|n| n.to_string());
        let query = Query::new("uploads=")
            .with_some("key-marker", self.after.map(|m| m.key.as_str()))
            .with_some("max-uploads", most.as_deref())
            .with("prefix", self.prefix)
            .with_some("upload-id-marker", self.after.and_then(|m| m.upload_id.as_deref()));
        bucket_head(Method::GET, target, query.as_str(), &[], &Payload::EMPTY, signer)
    }

    /// The page.
    ///
    /// # Errors
    /// [`StoreError`] if the store refuses, if an upload lacks its key or ID, or if the next page would be this
    /// one again.
    pub fn read(&self, head: &Parts, body: &[u8]) -> Result<Page, StoreError> {
        let mut drafts = Vec::new();
        let mut draft = Draft::default();
        let (mut encoded, mut truncated) = (false, false);
        let (mut next_key, mut next_id) = (None, None);
        answer::document(head, body, "ListMultipartUploadsResult", |path, own| match path {
            ["Upload", "Key"] => draft.key = Some(own.to_owned()),
            ["Upload", "UploadId"] => draft.upload_id = answer::filled(own),
            ["Upload", "Initiated"] => draft.initiated = Timestamp::parse(own.trim()).ok(),
            ["Upload", "StorageClass"] => draft.storage_class = answer::filled(own),
            ["Upload"] => drafts.push(std::mem::take(&mut draft)),
            ["EncodingType"] => encoded = own.trim() == "url",
            ["IsTruncated"] => truncated = answer::is_true(own),
            ["NextKeyMarker"] => next_key = Some(own.to_owned()).filter(|k| !k.is_empty()),
            ["NextUploadIdMarker"] => next_id = answer::filled(own),
            _ => {}
        })?;
        let uploads: Option<Vec<Upload>> = drafts.into_iter().map(|d| d.upload(encoded)).collect();
        let uploads = uploads.ok_or_else(|| answer::unusable(head, body, "an upload without its key or ID"))?;
        let next = next_key.and_then(|key| query::name(&key, encoded)).map(|key| Marker { key, upload_id: next_id });
        if truncated && (next.is_none() || next.as_ref() == self.after) {
            return Err(answer::unusable(head, body, "it's incomplete, but doesn't say where it continues"));
        }
        Ok(Page { uploads, next: next.filter(|_| truncated) })
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::tests::{FALSE_SUCCESSES, built, head, line};
    use super::*;

    fn read(body: &str) -> Result<Page, StoreError> {
        ListMultipartUploads::default().read(&head(200, &[]), body.as_bytes())
    }

    #[test]
    fn asks_page_by_page() {
        let marker = Marker { key: "a b".into(), upload_id: Some("u/".into()) };
        let operation = ListMultipartUploads { prefix: "exports/", after: Some(&marker), most: Some(10) };
        let request = built(|target, signer| operation.request(target, signer));
        assert_eq!(
            line(&request),
            "GET /langfuse/?uploads=&key-marker=a%20b&max-uploads=10&prefix=exports%2F&upload-id-marker=u%2F"
        );
        let all = built(|target, signer| ListMultipartUploads::default().request(target, signer));
        assert_eq!(line(&all), "GET /langfuse/?uploads=&prefix=");
    }

    #[test]
    fn reads_what_stores_say() {
        let aws = "<ListMultipartUploadsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Bucket>b</Bucket><KeyMarker/>\
            <UploadIdMarker/><NextKeyMarker>a%2Bb</NextKeyMarker><NextUploadIdMarker>u2</NextUploadIdMarker>\
            <EncodingType>url</EncodingType><MaxUploads>2</MaxUploads><IsTruncated>true</IsTruncated>\
            <Upload><Key>a+b</Key><UploadId>u1</UploadId><StorageClass>STANDARD</StorageClass><Initiated>2010-11-10T20:48:33.000Z</Initiated></Upload>\
            <Upload><Key>a%2Bb</Key><UploadId>u2</UploadId></Upload><CommonPrefixes><Prefix>x/</Prefix></CommonPrefixes></ListMultipartUploadsResult>";
        let page = read(aws).unwrap();
        assert_eq!(page.next, Some(Marker { key: "a+b".into(), upload_id: Some("u2".into()) }));
        let seen: Vec<_> = page.uploads.iter().map(|u| (u.key.as_str(), u.upload_id.as_str())).collect();
        assert_eq!(seen, [("a b", "u1"), ("a+b", "u2")]);
        assert_eq!(page.uploads[0].initiated.unwrap().to_string(), "20101110T204833Z");
        assert_eq!(page.uploads[0].storage_class.as_deref(), Some("STANDARD"));

        // A store that passes over encoding-type, and one with nothing to say.
        let plain = "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated><NextKeyMarker>z</NextKeyMarker>\
            <Upload><Key>a+b</Key><UploadId>u</UploadId></Upload></ListMultipartUploadsResult>";
        let page = read(plain).unwrap();
        assert_eq!((page.uploads[0].key.as_str(), page.next), ("a+b", None));
        assert_eq!(read("<ListMultipartUploadsResult/>").unwrap(), Page::default());

        let marker = Marker { key: "a+b".into(), upload_id: Some("u2".into()) };
        let again = ListMultipartUploads { after: Some(&marker), ..ListMultipartUploads::default() };
        assert!(again.read(&head(200, &[]), aws.as_bytes()).is_err());
    }

    #[test]
    fn half_an_answer_is_none() {
        for body in [
            "<ListMultipartUploadsResult><Upload><Key>a</Key></Upload></ListMultipartUploadsResult>",
            "<ListMultipartUploadsResult><Upload><UploadId>a</UploadId></Upload></ListMultipartUploadsResult>",
            "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated></ListMultipartUploadsResult>",
            "<ListMultipartUploadsResult><Upload>",
            "",
        ]
        .into_iter()
        .chain(FALSE_SUCCESSES)
        {
            assert!(read(body).is_err(), "{body}");
        }
    }
}
