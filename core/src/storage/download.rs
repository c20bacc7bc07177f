//! Proof that a download is complete: one object from its first byte to its last, also from several responses.
//!
//! The first response identifies the object: its `ETag`, length, and a checksum if the store keeps one of the whole
//! object. Every further response must be for the same object and begin where the last one stopped. The caller passes
//! in heads and bytes; nothing is sent or written here.
//!
//! RFC 9112, 6.3, defines a body's end: its `Content-Length`, or the last chunk. A body that ends with its connection
//! may be truncated; only a checksum proves it complete.

use std::fmt;

use http::HeaderMap;
use http::StatusCode;
use http::Version;
use http::response::Parts;

use super::get_object::ByteRange;
use crate::checksum::{Algorithm, Checksum, Hasher, Scope};
use crate::text::printable::escaped;

/// How many bytes must arrive before earlier failures are forgotten: a store that sends one byte and closes must not be
/// retried forever.
pub const PROGRESS: u64 = 1024 * 1024;

/// A download so far.
#[derive(Debug, Default)]
pub struct Download {
    /// The object's length, once a response has it.
    total: Option<u64>,
    /// Where the current response ends, if it says so.
    end: Option<u64>,
    etag: Option<String>,
    bytes: u64,
    /// Whether the end of the current response's body is marked: a closed connection doesn't count.
    marked: bool,
    expected: Option<(Checksum, Hasher)>,
    failures: u32,
    /// How many bytes there were when failures were last forgotten.
    settled: u64,
}

/// What the end of a body means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// The object is complete.
    Whole,
    /// There is more to request.
    Early,
}

/// Why the received bytes aren't the object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DownloadError {
    /// The whole object was requested, but the status says otherwise.
    NotWhole(u16),
    /// The rest was requested, but the response isn't that; its status.
    NotRest(u16),
    /// The rest doesn't begin where the last response stopped. The byte, and the `Content-Range`.
    Range(u64, Option<String>),
    /// The rest is of an object with another `ETag`, or with none: before, now.
    Changed(String, Option<String>),
    /// The rest is of an object of another length: before, now.
    Length(u64, u64),
    /// There were more bytes than the response or the object has.
    TooLong(u64),
    /// The body has a transfer encoding that wasn't requested.
    Encoding(String),
    /// The connection was closed, maybe before the object's end. Bytes so far.
    Unproved(u64),
    /// The checksum doesn't match: the store's, and that of the bytes.
    Checksum(Checksum, Checksum),
}

impl fmt::Display for DownloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotWhole(status) => write!(f, "the store didn't send the whole object (HTTP {status})"),
            Self::NotRest(status) => {
                write!(f, "the response was cut off, and the store doesn't send the rest (HTTP {status})")
            }
            Self::Range(first, None) => {
                write!(f, "the rest from byte {first} was requested, but the response has no Content-Range")
            }
            Self::Range(first, Some(range)) => {
                write!(f, "the rest from byte {first} was requested, but the response has `{}`", escaped(range))
            }
            Self::Changed(before, Some(now)) => {
                write!(f, "it changed while it was read: its ETag was {} and is now {}", escaped(before), escaped(now))
            }
            Self::Changed(before, None) => {
                write!(f, "the rest has no ETag, so it may not belong to {}", escaped(before))
            }
            Self::Length(before, now) => {
                write!(f, "it changed while it was read: its length was {before} bytes and is now {now}")
            }
            Self::TooLong(length) => write!(f, "the store sent more than the announced {length} bytes"),
            Self::Encoding(coding) => {
                write!(f, "the response has the unsupported transfer encoding `{}`", escaped(coding))
            }
            Self::Unproved(bytes) => write!(
                f,
                "the connection was closed after {bytes} bytes, and the response has no length or checksum to prove that they're complete"
            ),
            Self::Checksum(expected, actual) => write!(
                f,
                "the received bytes aren't the object's: its {} is {}, theirs is {}",
                expected.algorithm.name(),
                expected.value(),
                actual.value()
            ),
        }
    }
}

impl std::error::Error for DownloadError {}

impl Download {
    /// A download without any bytes yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What to request next.
    #[must_use]
    pub fn range(&self) -> ByteRange {
        if self.bytes == 0 { ByteRange::All } else { ByteRange::From(self.bytes) }
    }

    /// The `ETag` that the next response must have; `None` as long as any object is accepted.
    #[must_use]
    pub fn if_match(&self) -> Option<&str> {
        self.etag.as_deref().filter(|_| self.bytes > 0)
    }

    /// Bytes so far.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The object's length, if a response had it.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// Accepts the head of a response.
    ///
    /// # Errors
    /// [`DownloadError`] if the response isn't what was requested.
    pub fn on_response(&mut self, head: &Parts) -> Result<(), DownloadError> {
        self.marked = marked(head)?;
        let etag = text(&head.headers, "etag");
        let length = text(&head.headers, "content-length").and_then(|t| t.trim().parse::<u64>().ok());
        if self.bytes == 0 {
            if head.status != StatusCode::OK {
                return Err(DownloadError::NotWhole(head.status.as_u16()));
            }
            self.etag = etag;
            self.total = length;
            self.end = length;
            self.expected = whole_checksum(&head.headers).map(|c| (c.clone(), Hasher::new(c.algorithm)));
            return Ok(());
        }
        if head.status != StatusCode::PARTIAL_CONTENT {
            return Err(DownloadError::NotRest(head.status.as_u16()));
        }
        let before = self.etag.clone().unwrap_or_default();
        if etag.as_ref() != Some(&before) {
            return Err(DownloadError::Changed(before, etag));
        }
        let range = text(&head.headers, "content-range");
        let Some((first, last, total)) = range.as_deref().and_then(content_range).filter(|r| r.0 == self.bytes) else {
            return Err(DownloadError::Range(self.bytes, range));
        };
        if let Some(known) = self.total.filter(|known| *known != total) {
            return Err(DownloadError::Length(known, total));
        }
        let end = last.saturating_add(1);
        if length.is_some_and(|length| first.saturating_add(length) != end) {
            return Err(DownloadError::Range(self.bytes, range));
        }
        self.total = Some(total);
        self.end = Some(end);
        Ok(())
    }

    /// Accepts the next bytes of the body, before they're written anywhere.
    ///
    /// # Errors
    /// [`DownloadError::TooLong`] if there are more than there can be.
    pub fn on_bytes(&mut self, bytes: &[u8]) -> Result<(), DownloadError> {
        let after = self.bytes.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if let Some(end) = self.end.or(self.total).filter(|end| after > *end) {
            return Err(DownloadError::TooLong(self.total.unwrap_or(end)));
        }
        if let Some((_, hasher)) = &mut self.expected {
            hasher.update(bytes);
        }
        self.bytes = after;
        if self.bytes.saturating_sub(self.settled) >= PROGRESS {
            self.settled = self.bytes;
            self.failures = 0;
        }
        Ok(())
    }

    /// Accepts the end of a body.
    ///
    /// # Errors
    /// [`DownloadError`] if nothing proves that it's the object's end, or a checksum doesn't match.
    pub fn on_end(&mut self) -> Result<Ended, DownloadError> {
        match self.total {
            Some(total) if self.bytes < total => return Ok(Ended::Early),
            Some(_) => {}
            None if self.marked || self.expected.is_some() => {}
            None => return Err(DownloadError::Unproved(self.bytes)),
        }
        if let Some((expected, hasher)) = self.expected.take() {
            let actual = hasher.finish();
            if expected != actual {
                return Err(DownloadError::Checksum(expected, actual));
            }
        }
        Ok(Ended::Whole)
    }

    /// Counts a response that was cut off. Returns their number since the last real progress; `None` if the rest can't
    /// be requested, because nothing identifies the object reliably.
    pub fn on_failure(&mut self) -> Option<u32> {
        self.failures = self.failures.saturating_add(1);
        let strong = self.etag.as_ref().is_some_and(|etag| !etag.starts_with("W/"));
        (strong || self.bytes == 0).then_some(self.failures)
    }
}

/// Whether the end of the body is marked in it or before it.
fn marked(head: &Parts) -> Result<bool, DownloadError> {
    if head.version >= Version::HTTP_2 {
        return Ok(true);
    }
    let codings: Vec<_> = head.headers.get_all("transfer-encoding").iter().collect();
    match codings.as_slice() {
        [] => Ok(head.headers.contains_key("content-length")),
        [one] if one.as_bytes().trim_ascii().eq_ignore_ascii_case(b"chunked") => Ok(true),
        [first, ..] => Err(DownloadError::Encoding(String::from_utf8_lossy(first.as_bytes()).into_owned())),
    }
}

/// The checksum algorithms of stores, the fastest first: any of them is enough.
const FASTEST: [Algorithm; 5] =
    [Algorithm::Crc64Nvme, Algorithm::Crc32c, Algorithm::Crc32, Algorithm::Sha1, Algorithm::Sha256];

/// The checksum of the whole object in the head of a response with all of it.
///
/// A composite checksum says nothing about the bytes. If `x-amz-checksum-type` is missing, as at stores from before
/// 2025, the `ETag` of a multipart object, `…-2`, makes any checksum unreliable.
fn whole_checksum(headers: &HeaderMap) -> Option<Checksum> {
    let scope = text(headers, "x-amz-checksum-type");
    let of_parts = text(headers, "etag").is_some_and(|etag| etag.contains('-'));
    let covers = match scope.as_deref().map(Scope::by_name) {
        Some(scope) => scope == Some(Scope::FullObject),
        None => !of_parts,
    };
    let kept = || Checksum::in_headers(headers).into_iter().filter(|c| covers && !c.value().contains('-'));
    let kept = FASTEST.into_iter().find_map(|algorithm| kept().find(|c| c.algorithm == algorithm));
    // RFC 1864: of the body as sent. Azure sends the blob's own in it.
    kept.or_else(|| {
        Checksum::parse(Algorithm::Md5, text(headers, "content-md5")?.trim()).filter(|c| !c.value().contains('-'))
    })
}

/// First and last byte and the full length, from `bytes 5-9/10`.
fn content_range(text: &str) -> Option<(u64, u64, u64)> {
    let (unit, rest) = text.trim().split_once(' ')?;
    let (range, total) = rest.trim().split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let number = |t: &str| t.bytes().all(|b| b.is_ascii_digit()).then(|| t.parse::<u64>().ok()).flatten();
    let (first, last, total) = (number(first)?, number(last)?, number(total)?);
    (unit.eq_ignore_ascii_case("bytes") && first <= last && last < total).then_some((first, last, total))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|v| v.to_str().ok()).filter(|t| !t.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::answer::tests::head;
    use super::*;

    const BODY: &[u8] = b"0123456789";

    /// A download of [`BODY`] that broke off after `cut` bytes.
    fn cut(cut: usize, headers: &[(&str, &str)]) -> Download {
        let mut download = Download::new();
        download.on_response(&head(200, headers)).unwrap();
        download.on_bytes(&BODY[..cut]).unwrap();
        assert!(download.on_failure().is_some());
        download
    }

    fn rest(download: &mut Download, headers: &[(&str, &str)]) -> Result<(), DownloadError> {
        download.on_response(&head(206, headers))
    }

    const FIRST: &[(&str, &str)] = &[("etag", "\"a\""), ("content-length", "10")];

    #[test]
    fn one_answer_with_a_length_is_whole() {
        let mut download = Download::new();
        assert_eq!((download.range(), download.if_match()), (ByteRange::All, None));
        download.on_response(&head(200, FIRST)).unwrap();
        download.on_bytes(&BODY[..4]).unwrap();
        assert_eq!(download.on_end(), Ok(Ended::Early));
        download.on_bytes(&BODY[4..]).unwrap();
        assert_eq!((download.on_end(), download.bytes(), download.total()), (Ok(Ended::Whole), 10, Some(10)));
        assert_eq!(download.on_bytes(b"x"), Err(DownloadError::TooLong(10)));
    }

    #[test]
    fn only_a_whole_answer_begins_one() {
        for status in [201, 204, 206, 304] {
            let refused = Download::new().on_response(&head(status, FIRST));
            assert_eq!(refused, Err(DownloadError::NotWhole(status)));
        }
    }

    #[test]
    fn the_rest_has_to_be_of_the_same_object_from_the_same_byte() {
        let good: &[(&str, &str)] = &[("etag", "\"a\""), ("content-range", "bytes 4-9/10"), ("content-length", "6")];
        let mut download = cut(4, FIRST);
        assert_eq!((download.range(), download.if_match()), (ByteRange::From(4), Some("\"a\"")));
        rest(&mut download, good).unwrap();
        download.on_bytes(&BODY[4..]).unwrap();
        assert_eq!(download.on_end(), Ok(Ended::Whole));

        for range in [
            "bytes 0-9/10",
            "bytes 3-9/10",
            "bytes 5-9/10",
            "bytes 4-9/*",
            "bytes 4-10/10",
            "bytes 4-3/10",
            "bytes */10",
            "lines 4-9/10",
            "bytes +4-9/10",
            "bytes 4-99999999999999999999/10",
            "4-9/10",
            "",
        ] {
            let refused = rest(&mut cut(4, FIRST), &[("etag", "\"a\""), ("content-range", range)]).unwrap_err();
            assert!(matches!(refused, DownloadError::Range(4, _)), "{range}: {refused:?}");
        }
        let of = |headers: &[(&str, &str)]| rest(&mut cut(4, FIRST), headers).unwrap_err();
        assert_eq!(of(&[("etag", "\"a\"")]), DownloadError::Range(4, None));
        assert_eq!(of(&[("etag", "\"a\""), ("content-range", "bytes 4-10/11")]), DownloadError::Length(10, 11));
        let lied = [("etag", "\"a\""), ("content-range", "bytes 4-9/10"), ("content-length", "7")];
        assert!(matches!(of(&lied), DownloadError::Range(4, Some(_))));
        let other = [("etag", "\"b\""), ("content-range", "bytes 4-9/10")];
        assert_eq!(of(&other), DownloadError::Changed("\"a\"".into(), Some("\"b\"".into())));
        assert_eq!(of(&[("content-range", "bytes 4-9/10")]), DownloadError::Changed("\"a\"".into(), None));
        assert_eq!(cut(4, FIRST).on_response(&head(200, FIRST)), Err(DownloadError::NotRest(200)));
    }

    #[test]
    fn a_part_of_the_rest_is_no_end() {
        let mut download = cut(4, FIRST);
        rest(&mut download, &[("etag", "\"a\""), ("content-range", "bytes 4-5/10"), ("content-length", "2")]).unwrap();
        assert_eq!(download.on_bytes(b"45678"), Err(DownloadError::TooLong(10)));
        download.on_bytes(b"45").unwrap();
        assert_eq!((download.on_end(), download.range()), (Ok(Ended::Early), ByteRange::From(6)));
    }

    #[test]
    fn an_end_without_a_length_has_to_be_marked_or_proved() {
        let read = |headers: &[(&str, &str)]| {
            let mut download = Download::new();
            download.on_response(&head(200, headers))?;
            download.on_bytes(BODY)?;
            download.on_end()
        };
        assert_eq!(read(&[("transfer-encoding", "Chunked")]), Ok(Ended::Whole));
        assert_eq!(read(&[]), Err(DownloadError::Unproved(10)));
        let md5 = Checksum::of(Algorithm::Md5, BODY);
        assert_eq!(read(&[("content-md5", md5.value())]), Ok(Ended::Whole));
        assert_eq!(read(&[("transfer-encoding", "chunked"), ("content-length", "11")]), Ok(Ended::Early));
        assert_eq!(
            read(&[("transfer-encoding", "gzip, chunked")]),
            Err(DownloadError::Encoding("gzip, chunked".into()))
        );
        let mut http2 = head(200, &[]);
        http2.version = Version::HTTP_2;
        let mut download = Download::new();
        download.on_response(&http2).unwrap();
        assert_eq!(download.on_end(), Ok(Ended::Whole), "an empty object");
    }

    #[test]
    fn the_checksum_of_the_whole_decides_across_answers() {
        let (good, bad) = (Checksum::of(Algorithm::Crc64Nvme, BODY), Checksum::of(Algorithm::Crc64Nvme, b"other"));
        for (named, expected) in
            [(&good, Ok(Ended::Whole)), (&bad, Err(DownloadError::Checksum(bad.clone(), good.clone())))]
        {
            let first = [FIRST[0], FIRST[1], named.header(), ("x-amz-checksum-type", "FULL_OBJECT")];
            let mut download = cut(4, &first);
            // A checksum beside a part of the object is the part's, or the object's again.
            let rest_of = [FIRST[0], ("content-range", "bytes 4-9/10"), bad.header()];
            rest(&mut download, &rest_of).unwrap();
            download.on_bytes(&BODY[4..]).unwrap();
            assert_eq!(download.on_end(), expected);
        }
    }

    #[test]
    fn a_checksum_of_parts_proves_nothing() {
        let wrong = Checksum::of(Algorithm::Crc32, b"other");
        let of_parts = format!("{}-2", wrong.value());
        let name = Algorithm::Crc32.header();
        let ends = |more: &[(&str, &str)]| {
            let mut all = vec![("content-length", "10")];
            all.extend_from_slice(more);
            let mut download = Download::new();
            download.on_response(&head(200, &all)).unwrap();
            download.on_bytes(BODY).unwrap();
            download.on_end().is_ok()
        };
        assert!(ends(&[(name, &of_parts), ("x-amz-checksum-type", "COMPOSITE")]));
        assert!(ends(&[(name, &of_parts), ("x-amz-checksum-type", "FULL_OBJECT")]));
        assert!(ends(&[(name, wrong.value()), ("x-amz-checksum-type", "COMPOSITE")]));
        assert!(ends(&[(name, wrong.value()), ("x-amz-checksum-type", "NEW_KIND")]));
        assert!(ends(&[(name, wrong.value()), ("etag", "\"e-2\"")]));
        assert!(ends(&[("content-md5", "not base64")]));
        assert!(!ends(&[(name, wrong.value()), ("etag", "\"e\"")]));
        assert!(!ends(&[(name, wrong.value()), ("x-amz-checksum-type", "FULL_OBJECT"), ("etag", "\"e-2\"")]));
    }

    #[test]
    fn failures_are_counted_until_there_is_real_progress() {
        let mut download = Download::new();
        download.on_response(&head(200, &[("etag", "\"a\""), ("content-length", "9999999")])).unwrap();
        for count in 1..=3 {
            download.on_bytes(b"x").unwrap();
            assert_eq!(download.on_failure(), Some(count));
        }
        download.on_bytes(&vec![0; usize::try_from(PROGRESS).unwrap()]).unwrap();
        assert_eq!(download.on_failure(), Some(1));
        for (etag, resumes) in [("W/\"a\"", false), ("\"a\"", true)] {
            let mut download = Download::new();
            download.on_response(&head(200, &[("etag", etag)])).unwrap();
            assert!(download.on_failure().is_some(), "nothing was written yet, so that it begins anew");
            download.on_bytes(b"x").unwrap();
            assert_eq!(download.on_failure().is_some(), resumes, "{etag}");
        }
    }

    #[test]
    fn texts_of_a_store_are_escaped() {
        let error = DownloadError::Changed("\"\u{1b}a\"".into(), Some("\u{7}".into()));
        assert!(!error.to_string().contains(['\u{1b}', '\u{7}']), "{error}");
    }

    proptest! {
        #[test]
        fn what_is_whole_is_the_object(
            body in proptest::collection::vec(any::<u8>(), 1..200), cuts in proptest::collection::vec(0_usize..200, 0..6),
        ) {
            let length = body.len().to_string();
            let mut download = Download::new();
            let mut got: Vec<u8> = Vec::new();
            let mut cuts = cuts.into_iter();
            loop {
                let at = got.len();
                let answer = match download.range() {
                    ByteRange::From(first) => {
                        prop_assert_eq!(first, at as u64);
                        head(206, &[("etag", "\"a\""), ("content-range", &format!("bytes {at}-{}/{length}", body.len() - 1))])
                    }
                    _ => head(200, &[("etag", "\"a\""), ("content-length", &length)]),
                };
                download.on_response(&answer).unwrap();
                let end = cuts.next().map_or(body.len(), |cut| (at + cut).min(body.len()));
                download.on_bytes(&body[at..end]).unwrap();
                got.extend_from_slice(&body[at..end]);
                if download.on_end() == Ok(Ended::Whole) {
                    break;
                }
                prop_assert!(download.on_failure().is_some());
            }
            prop_assert_eq!(got, body);
        }

        #[test]
        fn no_header_stops_the_program(range in "[bytes 0-9/*+]{0,30}", etag in "[\\x20-\\x7e]{0,8}", length in "[0-9-]{0,25}") {
            let mut download = cut(4, FIRST);
            let _ = rest(&mut download, &[("content-range", &range), ("etag", &etag), ("content-length", &length)]);
            let _ = Download::new().on_response(&head(200, &[("content-length", &length), ("content-md5", &etag)]));
        }
    }
}
