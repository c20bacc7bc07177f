//! Lists the blocks of a blob, committed and not.
//!
//! <https://learn.microsoft.com/rest/api/storageservices/get-block-list>

use http::{Method, Request};

use super::{BlockId, Signer, Target, blob};
use crate::storage::RequestError;
use crate::storage::xml::{self, Malformed};

/// A request for a blob's blocks. `BlobNotFound` if there is neither a blob nor a block.
#[derive(Clone, Copy, Debug)]
pub struct GetBlockList<'a> {
    /// The full object key.
    pub key: &'a str,
}

impl GetBlockList<'_> {
    /// The head to send.
    ///
    /// # Errors
    /// [`RequestError`] for a key that can't be sent.
    pub fn request(&self, target: &Target, signer: &Signer<'_>) -> Result<Request<()>, RequestError> {
        let query = [("comp", "blocklist"), ("blocklisttype", "all")];
        blob(Method::GET, target, self.key, &query, &[], signer)
    }
}

/// A block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// Its ID.
    pub id: BlockId,
    /// Its length in bytes.
    pub size: u64,
}

/// The blocks of a blob. A blob that [`super::put_blob`] wrote has no committed ones.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct BlockList {
    /// Those that the blob consists of, in order.
    pub committed: Vec<Block>,
    /// Uncommitted ones, in no order.
    pub uncommitted: Vec<Block>,
}

impl BlockList {
    /// Parses a response body.
    ///
    /// # Errors
    /// [`Malformed`] if it isn't a block list, or is truncated.
    pub fn read(body: &[u8]) -> Result<Self, Malformed> {
        let text = std::str::from_utf8(body).map_err(|_| Malformed)?;
        let mut list = Self::default();
        let (mut id, mut size) = (None, None);
        let (mut is_list, mut faulty) = (false, false);
        xml::walk(text, |path, own| {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            match path.as_slice() {
                ["BlockList", _, "Block", "Name"] => id = BlockId::parse(own.trim()),
                ["BlockList", _, "Block", "Size"] => size = own.trim().parse().ok(),
                ["BlockList", kind, "Block"] => match (id.take(), size.take(), *kind) {
                    (Some(id), Some(size), "CommittedBlocks") => list.committed.push(Block { id, size }),
                    (Some(id), Some(size), "UncommittedBlocks") => list.uncommitted.push(Block { id, size }),
                    _ => faulty = true,
                },
                ["BlockList"] => is_list = true,
                _ => {}
            }
        })?;
        if is_list && !faulty { Ok(list) } else { Err(Malformed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_lists() {
        let body = b"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList><CommittedBlocks><Block><Name>QQ==</Name>\
            <Size>4</Size></Block></CommittedBlocks><UncommittedBlocks><Block><Name>Qg==</Name><Size>5</Size></Block>\
            <Block><Name>Qw==</Name><Size>6</Size></Block></UncommittedBlocks></BlockList>";
        let list = BlockList::read(body).unwrap();
        let of = |blocks: &[Block]| blocks.iter().map(|b| (b.id.to_string(), b.size)).collect::<Vec<_>>();
        assert_eq!(of(&list.committed), [("QQ==".to_owned(), 4)]);
        assert_eq!(of(&list.uncommitted), [("Qg==".to_owned(), 5), ("Qw==".to_owned(), 6)]);
        assert_eq!(BlockList::read(b"<BlockList><CommittedBlocks/></BlockList>"), Ok(BlockList::default()));
        for odd in [
            b"<html/>".as_slice(),
            b"<BlockList><CommittedBlocks>",
            b"<BlockList><CommittedBlocks><Block><Name>QQ==</Name></Block></CommittedBlocks></BlockList>",
            b"<BlockList><UncommittedBlocks><Block><Name>?</Name><Size>1</Size></Block></UncommittedBlocks></BlockList>",
            b"\xff",
        ] {
            assert_eq!(BlockList::read(odd), Err(Malformed), "{}", String::from_utf8_lossy(odd));
        }
    }
}
