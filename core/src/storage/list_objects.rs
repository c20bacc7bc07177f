//! The keys of a bucket, page by page (`ListObjectsV2`).
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>

use http::response::Parts;
use http::{Method, Request};

use super::query::{self, Query};
use super::{RequestError, Signer, StoreError, Target, answer, bucket_head};
use crate::sign::{Payload, Timestamp};

/// A request for a page of keys.
#[derive(Clone, Copy, Default, Debug)]
pub struct ListObjects<'a> {
    /// Only keys with this prefix; empty for all.
    pub prefix: &'a str,
    /// Keys with this delimiter after the prefix are grouped into one common prefix.
    pub delimiter: Option<&'a str>,
    /// [`Page::next`] of the previous page.
    pub continuation: Option<&'a str>,
    /// Only keys that sort after this one, for the first page.
    pub start_after: Option<&'a str>,
    /// At most this many, up to 1,000; `None` leaves it to the store.
    pub most: Option<u16>,
}

/// An object in a listing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The full object key.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// The `ETag`, quotes included.
    pub etag: Option<String>,
    /// The time of the last write, to the second.
    pub last_modified: Option<Timestamp>,
    /// The storage class.
    pub storage_class: Option<String>,
}

/// A page of keys.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Page {
    /// In the store's order.
    pub entries: Vec<Entry>,
    /// The common prefixes, each with the requested prefix and the delimiter.
    pub common_prefixes: Vec<String>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<String>,
}

#[derive(Default)]
struct Draft {
    key: Option<String>,
    size: Option<u64>,
    etag: Option<String>,
    last_modified: Option<Timestamp>,
    storage_class: Option<String>,
}

impl Draft {
    fn entry(self, encoded: bool) -> Option<Entry> {
        Some(Entry {
            key: query::name(&self.key?, encoded)?,
            size: self.size?,
            etag: self.etag,
            last_modified: self.last_modified,
            storage_class: self.storage_class,
        })
    }
}

impl ListObjects<'_> {
    /// The head to send.
    ///
    /// # Errors
    /// [`RequestError`] if it can't be signed.
    pub fn request(&self, target: &Target, signer: &mut Signer<'_>) -> Result<Request<()>, RequestError> {
        let most = self.most.map(|n| n.to_string());
        let query = Query::new("list-type=2")
            .with_some("continuation-token", self.continuation)
            .with_some("delimiter", self.delimiter)
            .with("encoding-type", "url")
            .with_some("max-keys", most.as_deref())
            .with("prefix", self.prefix)
            .with_some("start-after", self.start_after);
        bucket_head(Method::GET, target, query.as_str(), &[], &Payload::EMPTY, signer)
    }

    /// The page.
    ///
    /// # Errors
    /// [`StoreError`] if the store refuses, if an object lacks its key or size or its key isn't UTF-8, or if the
    /// next page would be this one again.
    pub fn read(&self, head: &Parts, body: &[u8]) -> Result<Page, StoreError> {
        let (mut drafts, mut common_prefixes) = (Vec::new(), Vec::new());
        let mut draft = Draft::default();
        let (mut encoded, mut truncated, mut next) = (false, false, None);
        answer::document(head, body, "ListBucketResult", |path, own| match path {
            ["Contents", "Key"] => draft.key = Some(own.to_owned()),
            ["Contents", "Size"] => draft.size = own.trim().parse().ok(),
            ["Contents", "ETag"] => draft.etag = answer::filled(own),
            ["Contents", "LastModified"] => draft.last_modified = Timestamp::parse(own.trim()).ok(),
            ["Contents", "StorageClass"] => draft.storage_class = answer::filled(own),
            ["Contents"] => drafts.push(std::mem::take(&mut draft)),
            ["CommonPrefixes", "Prefix"] => common_prefixes.push(own.to_owned()),
            ["EncodingType"] => encoded = own.trim() == "url",
            ["IsTruncated"] => truncated = answer::is_true(own),
            ["NextContinuationToken"] => next = answer::filled(own),
            _ => {}
        })?;
        let entries: Option<Vec<Entry>> = drafts.into_iter().map(|d| d.entry(encoded)).collect();
        let common_prefixes: Option<Vec<String>> = common_prefixes.iter().map(|f| query::name(f, encoded)).collect();
        let Some((entries, common_prefixes)) = entries.zip(common_prefixes) else {
            return Err(answer::unusable(head, body, "an object without its key or size, or its key isn't UTF-8"));
        };
        if truncated && (next.is_none() || next.as_deref() == self.continuation) {
            return Err(answer::unusable(head, body, "it's incomplete, but doesn't say where it continues"));
        }
        Ok(Page { entries, common_prefixes, next: next.filter(|_| truncated) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::answer::tests::{FALSE_SUCCESSES, built, head, line};
    use super::*;

    fn read(body: &str) -> Result<Page, StoreError> {
        ListObjects::default().read(&head(200, &[]), body.as_bytes())
    }

    #[test]
    fn asks_page_by_page() {
        let first =
            ListObjects { prefix: "a b/", delimiter: Some("/"), start_after: Some("a+"), ..ListObjects::default() };
        let request = built(|target, signer| first.request(target, signer));
        assert_eq!(
            line(&request),
            "GET /langfuse/?list-type=2&delimiter=%2F&encoding-type=url&prefix=a%20b%2F&start-after=a%2B"
        );
        let second = ListObjects { continuation: Some("1/="), most: Some(1), ..ListObjects::default() };
        let request = built(|target, signer| second.request(target, signer));
        assert_eq!(
            line(&request),
            "GET /langfuse/?list-type=2&continuation-token=1%2F%3D&encoding-type=url&max-keys=1&prefix="
        );
    }

    #[test]
    fn reads_what_amazon_says() {
        let body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
            <Name>b</Name><Prefix>a+/</Prefix><NextContinuationToken>1ueG+/=</NextContinuationToken><KeyCount>2</KeyCount>\
            <MaxKeys>1000</MaxKeys><Delimiter>%2F</Delimiter><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>\
            <Contents><Key>a+b%2Bc/%E2%82%AC.json</Key><LastModified>2009-10-12T17:50:30.123Z</LastModified>\
            <ETag>&quot;fba9&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><Size>434234</Size><StorageClass>STANDARD</StorageClass>\
            <Owner><ID>x</ID></Owner></Contents><CommonPrefixes><Prefix>a+/b%2F</Prefix></CommonPrefixes></ListBucketResult>";
        let page = read(body).unwrap();
        let entry = Entry {
            key: "a b+c/€.json".into(),
            size: 434_234,
            etag: Some("\"fba9\"".into()),
            last_modified: Timestamp::parse("2009-10-12T17:50:30Z").ok(),
            storage_class: Some("STANDARD".into()),
        };
        assert_eq!(page.entries, [entry]);
        assert_eq!(page.common_prefixes, ["a /b/"]);
        assert_eq!(page.next.as_deref(), Some("1ueG+/="));
        let again = ListObjects { continuation: Some("1ueG+/="), ..ListObjects::default() };
        assert!(again.read(&head(200, &[]), body.as_bytes()).is_err());
    }

    #[test]
    fn reads_what_others_say() {
        // Without namespace, encoding and most elements; the token at the end says nothing.
        let plain = "<ListBucketResult><IsTruncated>false</IsTruncated><NextContinuationToken>x</NextContinuationToken>\
            <Contents><Key>a+b&amp;%20&#xD;</Key><LastModified>yesterday</LastModified><Size>0</Size><StorageClass/></Contents></ListBucketResult>";
        let page = read(plain).unwrap();
        assert_eq!((page.entries[0].key.as_str(), page.entries[0].last_modified), ("a+b&%20\r", None));
        assert_eq!((page.next, page.entries[0].storage_class.as_ref()), (None, None));
        let google = "<?xml version='1.0' encoding='UTF-8'?><ListBucketResult xmlns='http://doc.s3.amazonaws.com/2006-03-01'>\
            <Name>b</Name><Prefix></Prefix><IsTruncated>false</IsTruncated><KeyCount>1</KeyCount><EncodingType>url</EncodingType>\
            <Contents><Key>a%20b</Key><Generation>17</Generation><MetaGeneration>1</MetaGeneration>\
            <LastModified>2026-01-01T00:00:00.5Z</LastModified><ETag>\"e\"</ETag><Size>3</Size></Contents></ListBucketResult>";
        assert_eq!(read(google).unwrap().entries[0].key, "a b");
        assert_eq!(read("<ListBucketResult/>").unwrap(), Page::default());
    }

    #[test]
    fn half_an_answer_is_none() {
        let bomb = "<!DOCTYPE l [<!ENTITY a \"ha\">]><ListBucketResult><Contents><Key>&a;</Key><Size>1</Size></Contents></ListBucketResult>";
        for body in [
            "<ListBucketResult><Contents><Size>1</Size></Contents></ListBucketResult>",
            "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>",
            "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>%FF</Key><Size>1</Size></Contents></ListBucketResult>",
            "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
            "<ListBucketResult><Contents><Key>a</Key><Size>1</Size></Contents>",
            "<ListAllMyBucketsResult/>",
            bomb,
            "",
        ]
        .into_iter()
        .chain(FALSE_SUCCESSES)
        {
            assert!(read(body).is_err(), "{body}");
        }
        let error =
            ListObjects::default().read(&head(404, &[]), b"<Error><Code>NoSuchBucket</Code></Error>").unwrap_err();
        assert_eq!(error.label(), "NoSuchBucket");
    }

    proptest! {
        #[test]
        fn no_document_stops_the_program(body in "(<|</|>|/>|&|;|ListBucketResult|Contents|Key|Size|IsTruncated|true|[0-9]|%|é){0,40}") {
            let _ = read(&body);
        }

        #[test]
        fn every_key_comes_back(key in "[^\u{0}-\u{1f}\u{7f}]{1,30}") {
            let mut encoded = String::new();
            crate::sign::encode::push_query(&mut encoded, &key);
            let body = format!("<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>{encoded}</Key><Size>1</Size></Contents></ListBucketResult>");
            prop_assert_eq!(&read(&body).unwrap().entries[0].key, &key);
        }
    }
}
