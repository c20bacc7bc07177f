//! The object versions and delete markers in a versioned bucket. One page only: it's used for the few
//! objects under a prefix of our own.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html>

use http::response::Parts;
use http::{Method, Request};

use super::query::{self, Query};
use super::{RequestError, Signer, StoreError, Target, answer, bucket_head};
use crate::sign::Payload;

/// A request for versions.
#[derive(Clone, Copy, Debug)]
pub struct ListObjectVersions<'a> {
    /// Only keys with this prefix.
    pub prefix: &'a str,
}

/// A version or a delete marker.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Version {
    /// The full object key.
    pub key: String,
    /// Its version ID; `null` for one from before versioning.
    pub id: String,
}

impl ListObjectVersions<'_> {
    /// The head to send.
    ///
    /// # Errors
    /// [`RequestError`] if it can't be signed.
    pub fn request(&self, target: &Target, signer: &mut Signer<'_>) -> Result<Request<()>, RequestError> {
        let query = Query::new("versions=").with("encoding-type", "url").with("prefix", self.prefix);
        bucket_head(Method::GET, target, query.as_str(), &[], &Payload::EMPTY, signer)
    }

    /// Parses the versions and delete markers.
    ///
    /// # Errors
    /// [`StoreError`] if the store refuses, if one lacks its key or ID or doesn't have the prefix, or if there is more
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
        let versions = versions.ok_or_else(|| answer::unusable(head, body, "a version without its key or ID"))?;
        // The caller is going to delete them.
        if versions.iter().any(|version| !version.key.starts_with(self.prefix)) {
            return Err(answer::unusable(head, body, "it lists keys without the requested prefix"));
        }
        if truncated {
            return Err(answer::unusable(head, body, "there are more versions than fit on one page"));
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
