//! Lists keys, in the order of their UTF-16 code units, page by page.
//!
//! <https://learn.microsoft.com/rest/api/storageservices/list-blobs>

use http::{Method, Request};

use super::{Signer, Target, container};
use crate::sign::{Timestamp, encode};
use crate::storage::RequestError;
use crate::storage::xml::{self, Element, Malformed};

/// The maximum number of keys and common prefixes per page. Source: "List Blobs".
pub const LONGEST_PAGE: u32 = 5000;

/// A request for a page.
#[derive(Clone, Copy, Default, Debug)]
pub struct ListBlobs<'a> {
    /// The keys' prefix; empty for all.
    pub prefix: &'a str,
    /// Keys with this delimiter after the prefix are grouped into one common prefix.
    pub delimiter: Option<&'a str>,
    /// [`BlobPage::next`] of the previous page.
    pub marker: Option<&'a str>,
    /// At most this many keys and common prefixes; [`LONGEST_PAGE`] by default. A page may be shorter, even empty.
    pub max_results: Option<u32>,
    /// Also lists the keys of incomplete uploads; see [`ListedBlob::may_be_uncommitted`].
    pub uncommitted: bool,
}

impl ListBlobs<'_> {
    /// The head to send.
    ///
    /// # Errors
    /// [`RequestError`] if the URL is too long.
    pub fn request(&self, target: &Target, signer: &Signer<'_>) -> Result<Request<()>, RequestError> {
        let most = self.max_results.map(|n| n.to_string());
        let mut query = vec![("restype", "container"), ("comp", "list")];
        query.extend(Some(self.prefix).filter(|v| !v.is_empty()).map(|v| ("prefix", v)));
        query.extend(self.delimiter.filter(|v| !v.is_empty()).map(|v| ("delimiter", v)));
        query.extend(self.marker.filter(|v| !v.is_empty()).map(|v| ("marker", v)));
        query.extend(most.as_deref().map(|v| ("maxresults", v)));
        query.extend(self.uncommitted.then_some(("include", "uncommittedblobs")));
        container(Method::GET, target, &query, &[], signer)
    }
}

/// A listed blob. `None` if Azure doesn't send a value.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ListedBlob {
    /// The full object key.
    pub key: String,
    /// Its size in bytes; 0 for a key with only uncommitted blocks.
    pub size: u64,
    /// The last write.
    pub last_modified: Option<Timestamp>,
    /// The `ETag`, quotes included, as in the headers of other responses.
    pub etag: Option<String>,
    /// The content type.
    pub content_type: Option<String>,
    /// The MD5 in base64, if one was sent with the blob.
    pub content_md5: Option<String>,
}

impl ListedBlob {
    /// Whether this may be the key of an incomplete upload. The list doesn't distinguish it from an empty blob;
    /// [`super::get_block_list`] does.
    #[must_use]
    pub fn may_be_uncommitted(&self) -> bool {
        self.size == 0
    }
}

/// A page.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct BlobPage {
    /// The blobs. The directories of an account with a hierarchical namespace, which it lists among them, are left out:
    /// they hold no data. Source: "List Blobs", `ResourceType`.
    pub blobs: Vec<ListedBlob>,
    /// The common prefixes, delimiter included.
    pub common_prefixes: Vec<String>,
    /// The marker of the next page; `None` after the last.
    pub next: Option<String>,
}

impl BlobPage {
    /// Parses a response body.
    ///
    /// # Errors
    /// [`Malformed`] if it isn't a list, lacks a name or a size, or is truncated.
    pub fn read(body: &[u8]) -> Result<Self, Malformed> {
        let text = std::str::from_utf8(body).map_err(|_| Malformed)?;
        let mut page = Self::default();
        let mut blob = ListedBlob::default();
        let mut size = None;
        let (mut is_list, mut faulty, mut directory) = (false, false, false);
        xml::walk_elements(text, |path, element| {
            let [root, below @ ..] = path else { return };
            if root != "EnumerationResults" {
                return;
            }
            let own = || Some(element.text.trim()).filter(|t| !t.is_empty()).map(str::to_owned);
            let below: Vec<&str> = below.iter().map(String::as_str).collect();
            match below.as_slice() {
                [] => is_list = true,
                ["NextMarker"] => page.next = own(),
                ["Blobs", "BlobPrefix", "Name"] => page.common_prefixes.extend(name(element)),
                ["Blobs", "Blob", "Name"] => blob.key = name(element).unwrap_or_default(),
                ["Blobs", "Blob", "Properties", "Content-Length"] => size = element.text.trim().parse().ok(),
                ["Blobs", "Blob", "Properties", "Last-Modified"] => {
                    blob.last_modified = Timestamp::parse_http(&element.text).ok();
                }
                ["Blobs", "Blob", "Properties", "Etag"] => blob.etag = own().map(quoted),
                ["Blobs", "Blob", "Properties", "Content-Type"] => blob.content_type = own(),
                ["Blobs", "Blob", "Properties", "Content-MD5"] => blob.content_md5 = own(),
                ["Blobs", "Blob", "Properties", "ResourceType"] => directory = element.text.trim() == "directory",
                ["Blobs", "Blob"] if std::mem::take(&mut directory) => {
                    (blob, size) = (ListedBlob::default(), None);
                }
                ["Blobs", "Blob"] => match size.take() {
                    Some(size) if !blob.key.is_empty() => {
                        page.blobs.push(ListedBlob { size, ..std::mem::take(&mut blob) });
                    }
                    _ => faulty = true,
                },
                _ => {}
            }
        })?;
        if is_list && !faulty { Ok(page) } else { Err(Malformed) }
    }
}

/// A decoded name; Azure percent-encodes one that XML can't carry, and marks it.
fn name(element: &Element) -> Option<String> {
    let name = &element.text;
    if element.attribute("Encoded").is_some_and(|v| v.eq_ignore_ascii_case("true")) {
        return String::from_utf8(encode::decode(name, false)).ok();
    }
    Some(name.clone()).filter(|n| !n.is_empty())
}

/// In lists an `ETag` comes without its quotes.
fn quoted(etag: String) -> String {
    if etag.ends_with('"') { etag } else { format!("\"{etag}\"") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_page() {
        let body = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ContainerName=\"c\"><Prefix>a</Prefix>\
            <Blobs><Blob><Name>a b&amp;c\u{1F600}</Name><Properties><Creation-Time>x</Creation-Time>\
            <Last-Modified>Fri, 26 Jun 2015 23:39:12 GMT</Last-Modified><Etag>0x8D</Etag><Content-Length>7</Content-Length>\
            <Content-Type>text/plain</Content-Type><Content-MD5 /></Properties></Blob>\
            <Blob><Name Encoded=\"true\">a%EF%BF%BE%25</Name><Properties><Content-Length>0</Content-Length></Properties></Blob>\
            <BlobPrefix><Name>a/</Name></BlobPrefix></Blobs><NextMarker>2!8!x</NextMarker></EnumerationResults>";
        let page = BlobPage::read(body.as_bytes()).unwrap();
        let first = ListedBlob {
            key: "a b&c\u{1F600}".into(),
            size: 7,
            last_modified: Timestamp::parse("2015-06-26T23:39:12Z").ok(),
            etag: Some("\"0x8D\"".into()),
            content_type: Some("text/plain".into()),
            content_md5: None,
        };
        let second = ListedBlob { key: "a\u{fffe}%".into(), ..ListedBlob::default() };
        assert_eq!(page.blobs.iter().map(ListedBlob::may_be_uncommitted).collect::<Vec<_>>(), [false, true]);
        assert_eq!((page.common_prefixes, page.next), (vec!["a/".to_owned()], Some("2!8!x".to_owned())));
        assert_eq!(page.blobs, [first, second]);
    }

    #[test]
    fn directories_are_not_objects() {
        let body = b"<EnumerationResults><Blobs><Blob><Name>a</Name><Properties><Content-Length>0</Content-Length>\
            <ResourceType>directory</ResourceType></Properties></Blob><Blob><Name>a/b</Name><Properties>\
            <Content-Length>3</Content-Length><ResourceType>file</ResourceType></Properties></Blob>\
            <BlobPrefix><Name>c/</Name><Properties><ResourceType>directory</ResourceType></Properties></BlobPrefix>\
            <Blob><Name>d</Name><Properties><Content-Length>0</Content-Length></Properties></Blob></Blobs></EnumerationResults>";
        let page = BlobPage::read(body).unwrap();
        let blobs: Vec<_> = page.blobs.iter().map(|blob| (blob.key.as_str(), blob.size)).collect();
        assert_eq!((blobs, page.common_prefixes), (vec![("a/b", 3), ("d", 0)], vec!["c/".to_owned()]));
    }

    #[test]
    fn what_is_no_page_is_not_an_empty_one() {
        let empty = b"<EnumerationResults><Blobs /><NextMarker/></EnumerationResults>";
        assert_eq!(BlobPage::read(empty), Ok(BlobPage::default()));
        for odd in [
            b"".as_slice(),
            b"<html/>",
            b"<EnumerationResults><Blobs><Blob><Name>a</Name>",
            b"<EnumerationResults><Blobs><Blob><Name>a</Name></Blob></Blobs></EnumerationResults>",
            b"<EnumerationResults><Blobs><Blob><Properties><Content-Length>1</Content-Length></Properties></Blob></Blobs>\
              </EnumerationResults>",
            b"\xff",
        ] {
            assert_eq!(BlobPage::read(odd), Err(Malformed), "{}", String::from_utf8_lossy(odd));
        }
    }
}
