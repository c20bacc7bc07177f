//! Keys that were counted, kept in a temporary file until they are deleted: a second listing could have more of them,
//! and memory must not grow with their number.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, Write as _};

/// Keys in a file without a name.
#[derive(Debug)]
pub struct Spool(BufWriter<File>);

/// The keys, read again.
#[derive(Debug)]
pub struct Spooled(BufReader<File>);

impl Spool {
    /// An empty one.
    ///
    /// # Errors
    /// The system's temporary directory can't be written.
    pub fn new() -> io::Result<Self> {
        tempfile::tempfile().map(|file| Self(BufWriter::new(file)))
    }

    /// Adds a key.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn add(&mut self, key: &str) -> io::Result<()> {
        // Its length first: a key may contain any character.
        let length = u32::try_from(key.len()).map_err(io::Error::other)?;
        self.0.write_all(&length.to_le_bytes())?;
        self.0.write_all(key.as_bytes())
    }

    /// From the first key on.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn read(self) -> io::Result<Spooled> {
        let mut file = self.0.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        Ok(Spooled(BufReader::new(file)))
    }
}

impl Spooled {
    /// The next keys, at most `most`; none at the end.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn next(&mut self, most: usize) -> io::Result<Vec<String>> {
        let mut keys = Vec::new();
        while keys.len() < most {
            let mut length = [0; 4];
            match self.0.read_exact(&mut length) {
                Ok(()) => {}
                Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => break,
                Err(e) => return Err(e),
            }
            let mut key = String::new();
            let length = u64::from(u32::from_le_bytes(length));
            let read = self.0.by_ref().take(length).read_to_string(&mut key)?;
            if u64::try_from(read).ok() != Some(length) {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            keys.push(key);
        }
        Ok(keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_unchanged() {
        let keys = ["a", "b\nc", "d\0e", "", "日本語"];
        let mut spool = Spool::new().unwrap();
        for key in keys {
            spool.add(key).unwrap();
        }
        let mut read = spool.read().unwrap();
        assert_eq!(read.next(3).unwrap(), &keys[..3]);
        assert_eq!(read.next(3).unwrap(), &keys[3..]);
        assert!(read.next(3).unwrap().is_empty());
    }
}
