//! The uploaded parts of a multipart upload, page by page.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html>

use http::response::Parts as Head;
use http::{Method, Request};

use super::query::Query;
use super::{Algorithm, Checksum, Part, PartNumber, RequestError, Signer, StoreError, Target, answer, head};
use crate::checksum::Scope;
use crate::sign::Payload;

/// A request for a page of parts.
#[derive(Clone, Copy, Debug)]
pub struct ListParts<'a> {
    /// The full object key.
    pub key: &'a str,
    /// The upload ID.
    pub upload_id: &'a str,
    /// Only parts after this one: [`Page::next`] of the previous page.
    pub after: Option<u32>,
    /// At most this many, up to 1,000; `None` leaves it to the store.
    pub most: Option<u16>,
}

/// A page of parts.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Page {
    /// In ascending order.
    pub parts: Vec<Part>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<u32>,
    /// The checksum that the upload was created with.
    pub algorithm: Option<Algorithm>,
    /// What the whole object's checksum will cover.
    pub scope: Option<Scope>,
}

#[derive(Default)]
struct Draft {
    number: Option<PartNumber>,
    etag: Option<String>,
    size: Option<u64>,
    checksum: Option<Checksum>,
}

impl Draft {
    fn part(self) -> Option<Part> {
        Some(Part { number: self.number?, etag: self.etag?, size: self.size?, checksum: self.checksum })
    }
}

impl ListParts<'_> {
    /// The head to send.
    ///
    /// # Errors
    /// [`RequestError`] for a key that can't be sent.
    pub fn request(&self, target: &Target, signer: &mut Signer<'_>) -> Result<Request<()>, RequestError> {
        let (most, after) = (self.most.map(|n| n.to_string()), self.after.map(|n| n.to_string()));
        let query = Query::new("x-id=ListParts")
            .with_some("max-parts", most.as_deref())
            .with_some("part-number-marker", after.as_deref())
            .with("uploadId", self.upload_id);
        head(Method::GET, target, self.key, query.as_str(), &[], &Payload::EMPTY, signer)
    }

    /// The page.
    ///
    /// # Errors
    /// [`StoreError`] if the store refuses, if a part lacks its number, `ETag` or size, if a number comes twice or was
    /// on an earlier page, or if the next page would not begin after this one, or would begin after the last possible
    /// number.
    pub fn read(&self, head: &Head, body: &[u8]) -> Result<Page, StoreError> {
        let mut page = Page::default();
        let mut draft = Draft::default();
        let (mut truncated, mut next, mut whole) = (false, None, true);
        answer::document(head, body, "ListPartsResult", |path, own| match path {
            ["Part", "PartNumber"] => draft.number = own.trim().parse().ok().and_then(PartNumber::new),
            ["Part", "ETag"] => draft.etag = answer::filled(own),
            ["Part", "Size"] => draft.size = own.trim().parse().ok(),
            ["Part", name] => draft.checksum = Checksum::in_element(name, own).or(draft.checksum.take()),
            ["Part"] => match std::mem::take(&mut draft).part() {
                Some(part) => page.parts.push(part),
                None => whole = false,
            },
            ["IsTruncated"] => truncated = answer::is_true(own),
            ["NextPartNumberMarker"] => next = own.trim().parse::<u32>().ok(),
            ["ChecksumAlgorithm"] => page.algorithm = Algorithm::by_name(own.trim()),
            ["ChecksumType"] => page.scope = Scope::by_name(own.trim()),
            _ => {}
        })?;
        if !whole {
            return Err(answer::unusable(head, body, "a part without its number, ETag or size"));
        }
        page.parts.sort_by_key(|p| p.number);
        let mut before = self.after.unwrap_or(0);
        for part in &page.parts {
            let number = part.number.get().into();
            if number <= before {
                return Err(answer::unusable(head, body, "it lists a part twice"));
            }
            before = number;
        }
        page.next = next.filter(|_| truncated);
        let ends = |next: u32| next > self.after.unwrap_or(0) && PartNumber::new(next.into()).is_some();
        if truncated && !page.next.is_some_and(ends) {
            return Err(answer::unusable(head, body, "it's incomplete, but doesn't say where it continues"));
        }
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::tests::{FALSE_SUCCESSES, built, head, line};
    use super::*;

    const FIRST: ListParts<'_> = ListParts { key: "k", upload_id: "u", after: None, most: None };

    fn read(body: &str) -> Result<Page, StoreError> {
        FIRST.read(&head(200, &[]), body.as_bytes())
    }

    #[test]
    fn asks_page_by_page() {
        let first = built(|target, signer| FIRST.request(target, signer));
        assert_eq!(line(&first), "GET /langfuse/k?x-id=ListParts&uploadId=u");
        let second = ListParts { after: Some(1000), most: Some(2), ..FIRST };
        let second = built(|target, signer| second.request(target, signer));
        assert_eq!(line(&second), "GET /langfuse/k?x-id=ListParts&max-parts=2&part-number-marker=1000&uploadId=u");
    }

    #[test]
    fn reads_what_stores_say() {
        let aws = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListPartsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
            <Bucket>b</Bucket><Key>k</Key><UploadId>u</UploadId><Initiator><ID>i</ID></Initiator><PartNumberMarker>1</PartNumberMarker>\
            <NextPartNumberMarker>3</NextPartNumberMarker><MaxParts>2</MaxParts><IsTruncated>true</IsTruncated>\
            <ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumType>COMPOSITE</ChecksumType>\
            <Part><PartNumber>3</PartNumber><LastModified>2010-11-10T20:48:33.000Z</LastModified><ETag>\"a\"</ETag><Size>10485760</Size></Part>\
            <Part><PartNumber>2</PartNumber><ETag>&quot;b&quot;</ETag><Size>5</Size><ChecksumCRC32>AAAAAA==</ChecksumCRC32></Part></ListPartsResult>";
        let page = read(aws).unwrap();
        assert_eq!((page.next, page.algorithm, page.scope), (Some(3), Some(Algorithm::Crc32), Some(Scope::Composite)));
        let seen: Vec<_> = page.parts.iter().map(|p| (p.number.get(), p.etag.as_str(), p.size)).collect();
        assert_eq!(seen, [(2, "\"b\"", 5), (3, "\"a\"", 10_485_760)]);
        assert_eq!(page.parts[0].checksum.as_ref().unwrap().value(), "AAAAAA==");

        // MinIO names a marker at the end too; Google leaves out what is empty.
        let last = "<ListPartsResult><NextPartNumberMarker>0</NextPartNumberMarker><IsTruncated>false</IsTruncated></ListPartsResult>";
        assert_eq!(read(last).unwrap(), Page::default());
        assert_eq!(read("<ListPartsResult/>").unwrap(), Page::default());
    }

    #[test]
    fn half_an_answer_is_none() {
        for body in [
            "<ListPartsResult><Part><PartNumber>1</PartNumber><Size>5</Size></Part></ListPartsResult>",
            "<ListPartsResult><Part><PartNumber>0</PartNumber><ETag>a</ETag><Size>5</Size></Part></ListPartsResult>",
            "<ListPartsResult><Part><PartNumber>1</PartNumber><ETag>a</ETag><Size>-1</Size></Part></ListPartsResult>",
            "<ListPartsResult><IsTruncated>true</IsTruncated></ListPartsResult>",
            "<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>0</NextPartNumberMarker></ListPartsResult>",
            "<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>10001</NextPartNumberMarker></ListPartsResult>",
            "<ListPartsResult><Part><PartNumber>1</PartNumber><ETag>a</ETag><Size>5</Size></Part><Part><PartNumber>1</PartNumber><ETag>b</ETag><Size>5</Size></Part></ListPartsResult>",
            "<ListPartsResult><IsTruncated>false</IsTruncated>",
            "",
        ]
        .into_iter()
        .chain(FALSE_SUCCESSES)
        {
            assert!(read(body).is_err(), "{body}");
        }
        let again = ListParts { after: Some(3), ..FIRST };
        let stuck = "<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>3</NextPartNumberMarker></ListPartsResult>";
        assert!(read(stuck).is_ok() && again.read(&head(200, &[]), stuck.as_bytes()).is_err());
        let earlier =
            "<ListPartsResult><Part><PartNumber>3</PartNumber><ETag>a</ETag><Size>5</Size></Part></ListPartsResult>";
        assert!(read(earlier).is_ok() && again.read(&head(200, &[]), earlier.as_bytes()).is_err());
    }
}
