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
    /// [`StoreError`] where the store refuses, where one lacks its key or its id or doesn't have the prefix, and where they are more
    /// than one page.
    pub fn read(&self, head: &Parts, body: &[u8]) -> Result<Vec<Version>, StoreError> {
        let mut drafts = Vec::new();
        let (mut key, mut id, mut encoded, mut truncated) = (None, None, false, false);
        answer::document(head, body, "ListVersionsResult", |path, own| match path {
            ["Version" | "DeleteMarker", "Key"] => key = Some(own.to_owned()),
            ["Version" | "DeleteMarker", "VersionId"] => id = answer::filled(own),
            ["Version" | "DeleteMarker"] => drafts.push((key.take(), id.take())),
            ["EncodingType"] => encoded = own.trim() == "url",
            ["IsTruncated"] => truncated = answer::is_true(own),
            _ => {}
        })?;
        let whole =
            |(key, id): (Option<String>, Option<String>)| Some(Version { key: query::name(&key?, encoded)?, id: id? });
        let versions: Option<Vec<Version>> = drafts.into_iter().map(whole).collect();
        let versions = versions.ok_or_else(|| answer::unusable(head, body, "a version lacks its key or its id"))?;
        // Whoever asks is going to delete them.
        if versions.iter().any(|version| !version.key.starts_with(self.prefix)) {
            return Err(answer::unusable(head, body, "it lists keys without the requested prefix"));
        }
        if truncated {
            return Err(answer::unusable(head, body, "it says that there are more versions than one page"));
        }
        Ok(versions)
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
        let elsewhere =
            "<ListVersionsResult><Version><Key>b/1</Key><VersionId>v</VersionId></Version></ListVersionsResult>";
        let more = "<ListVersionsResult><IsTruncated>true</IsTruncated></ListVersionsResult>";
        for body in FALSE_SUCCESSES.into_iter().chain([nameless, elsewhere, more, ""]) {
            assert!(list.read(&head(200, &[]), body.as_bytes()).is_err(), "{body}");
        }
    }
}
