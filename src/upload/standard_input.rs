//! A body of unknown length: read part by part into memory, so that a part that fails can be sent again.

use std::io::Read;

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use langfuse_blob_core::storage::{Part, PartNumber};
use langfuse_blob_core::upload::plan::MIB;

use super::digest::Digests;
use super::progress::Meter;
use super::send::{Done, PUT, Sender};
use crate::client::{About, Upload};
use crate::failure::Failure;
use crate::transport::Body;

/// The size of the first parts where nobody asks for another, in bytes. Each of them is held in memory.
const FIRST: u64 = 8 * MIB;

/// After that many parts the next ones are twice as large, so that 10,000 of them hold 290 GiB instead of 78.
const GROWS_AFTER: u64 = 2_500;

/// The most that is held in memory by parts that are under way, in bytes; one part is always.
const HELD: u64 = 40 * MIB;

/// The size of part `number`, counted from 1. Some stores want all parts alike.
fn size(number: u64, asked: Option<u64>, alike: bool) -> u64 {
    match asked {
        Some(size) => size,
        None if alike => 2 * FIRST,
        None => FIRST.checked_shl(u32::try_from(number.saturating_sub(1) / GROWS_AFTER).unwrap_or(3)).unwrap_or(FIRST),
    }
}

impl Sender<'_> {
    /// Sends what `input` gives until its end; `what` is its name in messages.
    ///
    /// # Errors
    /// One sentence; nothing of a failed upload stays at the store, or it is said what does.
    pub async fn stream(
        &self,
        key: &str,
        content_type: &str,
        what: &str,
        input: impl Read + Send + 'static,
    ) -> Result<Done, Failure> {
        let place = &self.session().access.place;
        let limits = place.limits();
        if let Some(asked) = self.part_size {
            let plan = langfuse_blob_core::upload::Plan::new(None, Some(asked), &limits);
            plan.map_err(|e| Failure::usage(e.to_string()))?;
        }
        let alike = place.wants_equal_parts();
        let size_of = move |number: u64| size(number, self.part_size, alike).max(limits.part_min);
        let mut pieces = Pieces { input: Some(input), what: what.to_owned() };
        let first = pieces.next(size_of(1)).await?;
        if (first.len() as u64) < size_of(1) {
            let digests = Digests::of_many(first.clone(), self.algorithm()).await.map_err(|e| broken(what, &e))?;
            return self.small(key, content_type, first, &digests).await;
        }
        let second = pieces.next(size_of(2)).await?;
        if second.is_empty() && (first.len() as u64) <= limits.single {
            let digests = Digests::of_many(first.clone(), self.algorithm()).await.map_err(|e| broken(what, &e))?;
            return self.small(key, content_type, first, &digests).await;
        }
        let upload = self.begin(key, content_type).await?;
        let sent = self.send_pieces(&upload, [first, second], &mut pieces, &size_of, limits.parts).await;
        let done = match sent {
            Ok(parts) => {
                let bytes = parts.iter().map(|part| part.size).sum();
                let etag = self.session().complete(&upload, &parts, content_type).await;
                etag.map(|etag| Done {
                    etag: etag.trim_matches('"').to_owned(),
                    bytes,
                    parts: parts.len() as u64,
                    resumed: 0,
                })
                .map_err(|e| self.session().failure(e, PUT, About::Object(key)))
            }
            Err(failure) => Err(failure),
        };
        if done.is_err() {
            if let Err(refused) = self.session().give_up(key, Some(&upload.id)).await {
                let why = self.session().failure(refused, PUT, About::Object(key)).message;
                self.progress().line(&format!("warning: the parts that were sent stay at the store: {why}"));
            }
        }
        self.ended(&upload);
        done
    }

    async fn send_pieces<R: Read + Send + 'static>(
        &self,
        upload: &Upload,
        begin: [Bytes; 2],
        pieces: &mut Pieces<R>,
        size_of: &impl Fn(u64) -> u64,
        most: u32,
    ) -> Result<Vec<Part>, Failure> {
        let mut ready: std::collections::VecDeque<Bytes> =
            begin.into_iter().filter(|piece| !piece.is_empty()).collect();
        let mut under_way = FuturesUnordered::new();
        let (mut parts, mut number, mut held) = (Vec::new(), 0_u64, 0_u64);
        loop {
            let piece = match ready.pop_front() {
                Some(piece) => piece,
                None => pieces.next(size_of(number.saturating_add(1))).await?,
            };
            if piece.is_empty() {
                break;
            }
            number = number.saturating_add(1);
            if number > most.into() {
                return Err(Failure::failed(format!("{} does not fit into {most} parts of this size", pieces.what))
                    .help("Name larger parts with --part-size, such as 256MiB; each of them is held in memory."));
            }
            let bytes = piece.len() as u64;
            while !under_way.is_empty() && (held.saturating_add(bytes) > HELD || under_way.len() >= self.concurrency) {
                if let Some(part) = under_way.next().await {
                    let part: Part = part?;
                    held = held.saturating_sub(part.size);
                    parts.push(part);
                }
            }
            held = held.saturating_add(bytes);
            under_way.push(self.send_piece(upload, number, piece));
        }
        while let Some(part) = under_way.next().await {
            parts.push(part?);
        }
        parts.sort_by_key(|part: &Part| part.number);
        Ok(parts)
    }

    async fn send_piece(&self, upload: &Upload, number: u64, piece: Bytes) -> Result<Part, Failure> {
        let number = PartNumber::new(number).ok_or_else(|| Failure::failed(format!("there is no part {number}")))?;
        let digests = Digests::of_many(piece.clone(), self.algorithm()).await.map_err(|e| broken("a part", &e))?;
        let length = piece.len() as u64;
        let sent = self
            .session()
            .send_part(upload, number, length, &digests.payload, digests.checksum.as_ref(), || {
                Body::from(piece.clone())
            })
            .await;
        let part = sent.map_err(|e| self.session().failure(e, PUT, About::Object(&upload.key)))?;
        Meter::new(self.progress().counters.bytes.clone()).add(length);
        Ok(part)
    }
}

fn broken(what: &str, error: &std::io::Error) -> Failure {
    Failure::of_one(format!("{what} cannot be read: {error}"))
}

/// The input in pieces, read on threads where that may block.
struct Pieces<R> {
    input: Option<R>,
    what: String,
}

impl<R: Read + Send + 'static> Pieces<R> {
    /// The next `size` bytes; fewer at the end, none behind it.
    async fn next(&mut self, size: u64) -> Result<Bytes, Failure> {
        let Some(input) = self.input.take() else { return Ok(Bytes::new()) };
        let reading = tokio::task::spawn_blocking(move || {
            let mut piece = Vec::new();
            let mut limited = input.take(size);
            let read = limited.read_to_end(&mut piece);
            read.map(|_| (piece, limited.into_inner()))
        });
        let (piece, input) =
            reading.await.map_err(std::io::Error::other).flatten().map_err(|e| broken(&self.what, &e))?;
        if piece.len() as u64 == size {
            self.input = Some(input);
        }
        Ok(piece.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_grow_unless_they_have_to_be_alike() {
        assert_eq!((size(1, None, false), size(2_500, None, false)), (FIRST, FIRST));
        assert_eq!((size(2_501, None, false), size(10_000, None, false)), (2 * FIRST, 8 * FIRST));
        assert_eq!((size(1, None, true), size(10_000, None, true)), (2 * FIRST, 2 * FIRST));
        assert_eq!(size(9_999, Some(5), false), 5);
    }

    #[tokio::test]
    async fn pieces_end_once() {
        for (length, expected) in [(0, vec![]), (3, vec![3]), (4, vec![4]), (9, vec![4, 4, 1])] {
            let input = Some(std::io::Cursor::new(vec![7_u8; length]));
            let mut pieces = Pieces { input, what: "the input".into() };
            let mut got = Vec::new();
            loop {
                let piece = pieces.next(4).await.unwrap();
                if piece.is_empty() {
                    break;
                }
                got.push(piece.len());
            }
            assert_eq!(got, expected);
            assert!(pieces.next(4).await.unwrap().is_empty());
        }
    }
}
