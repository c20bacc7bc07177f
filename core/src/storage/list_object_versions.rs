//! The versions of objects and the marks of their deletion, in a bucket with versioning. One page: it is asked for the few
//! objects under a folder of one's own.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html>

use http::response::Parts;
use http::{Method, Request};

use super::query::{self, Query};
use super::{RequestError, Signer, StoreError, Target, answer, bucket_head};
use crate::sign::Payload;

/// A question for versions.
#[derive(Clone, Copy, Debug)]
pub struct ListObjectVersions<'a> {
    /// Only keys that begin so.
    pub prefix: &'a str,
}

/// A version, or the mark of a deletion.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Version {
    /// The whole key.
    pub key: String,
    /// Its id; `null` for one from before versioning.
    pub id: String,
}

impl ListObjectVersions<'_> {
    /// The head to send.
    ///
    /// # Errors
    /// [`RequestError`] where it can't be signed.
    pub fn request(&self, target: &Target, signer: &mut Signer<'_>) -> Result<Request<()>, RequestError> {
        let query = Query::new("versions=").with("encoding-type", "url").with("prefix", self.prefix);
        bucket_head(Method::GET, target, query.as_str(), &[], &Payload::EMPTY, signer)
    }

    /// The versions and the marks.
    ///
    /// # Errors
    /// [`StoreError`] where the store refuses, or where one lacks its key or its id.
    pub fn read(&self, head: &Parts, body: &[u8]) -> Result<Vec<Version>, StoreError> {
        let mut drafts = Vec::new();
        let (mut key, mut id, mut encoded) = (None, None, false);
        answer::document(head, body, "ListVersionsResult", |path, own| match path {
            ["Version" | "DeleteMarker", "Key"] => key = Some(own.to_owned()),
            ["Version" | "DeleteMarker", "VersionId"] => id = answer::filled(own),
            ["Version" | "DeleteMarker"] => drafts.push((key.take(), id.take())),
            ["EncodingType"] => encoded = own.trim() == "url",
            _ => {}
        })?;
        let whole =
            |(key, id): (Option<String>, Option<String>)| Some(Version { key: query::name(&key?, encoded)?, id: id? });
        let versions: Option<Vec<Version>> = drafts.into_iter().map(whole).collect();
        versions.ok_or_else(|| answer::unusable(head, body, "a version lacks its key or its id"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::tests::{FALSE_SUCCESSES, built, head, line};
    use super::*;

    #[test]
    fn asks_and_reads() {
        let list = ListObjectVersions { prefix: "a b/" };
        let request = built(|target, signer| list.request(target, signer));
        assert_eq!(line(&request), "GET /langfuse/?versions=&encoding-type=url&prefix=a%20b%2F");
        let body = "<ListVersionsResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>\
            <Version><Key>a%20b/1</Key><VersionId>v1</VersionId><IsLatest>false</IsLatest></Version>\
            <DeleteMarker><Key>a%20b/1</Key><VersionId>m1</VersionId></DeleteMarker></ListVersionsResult>";
        let found = list.read(&head(200, &[]), body.as_bytes()).unwrap();
        let of = |id: &str| Version { key: "a b/1".into(), id: id.into() };
        assert_eq!(found, [of("v1"), of("m1")]);
        let nameless = "<ListVersionsResult><Version><Key>a</Key></Version></ListVersionsResult>";
        for body in FALSE_SUCCESSES.into_iter().chain([nameless, ""]) {
            assert!(list.read(&head(200, &[]), body.as_bytes()).is_err(), "{body}");
        }
    }
}
