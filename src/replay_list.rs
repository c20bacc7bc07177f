//! The file of `--replay-list`: keys in the form in which Langfuse takes them for a replay.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use langfuse_blob_core::object::replay::{Form, Writer, replayable};
use langfuse_blob_core::text::mask::escaped;

use crate::destination::Destination;
use crate::failure::Failure;
use crate::output::say;

/// How many keys that can't be replayed are named one by one.
const NAMED: u64 = 5;

/// A list that is being written.
pub struct ReplayList {
    path: PathBuf,
    file: BufWriter<Destination>,
    writer: Writer,
    prefix: String,
    keys: u64,
    left_out: u64,
}

impl ReplayList {
    /// Begins the list at `path`, whose ending says for whom it is. Keys lose `prefix`, the events' own. What stands there
    /// already stays until the list is finished.
    ///
    /// # Errors
    /// Another ending, or a file that can't be written.
    pub fn create(path: &Path, prefix: &str) -> Result<Self, Failure> {
        let form = match path.extension().and_then(|e| e.to_str()) {
            Some("csv") => Form::Csv,
            Some("json") => Form::Json,
            _ => {
                return Err(Failure::usage(format!("--replay-list {}: whom is it for?", path.display())).help(
                    "A name ending in .json is for Langfuse's replay endpoint, one in .csv for its replay script.",
                ));
            }
        };
        let file = Destination::open(path)
            .map_err(|e| Failure::usage(format!("--replay-list {} cannot be written: {e}", path.display())))?;
        Ok(Self {
            path: path.to_owned(),
            file: BufWriter::new(file),
            writer: Writer::new(form),
            prefix: prefix.to_owned(),
            keys: 0,
            left_out: 0,
        })
    }

    /// Adds a whole key; one that can't be replayed is named instead.
    ///
    /// # Errors
    /// A file that can't be written.
    pub fn add(&mut self, key: &str) -> Result<(), Failure> {
        match replayable(key, &self.prefix) {
            Ok(relative) => {
                let mut out = Vec::new();
                self.writer.key(relative, &mut out);
                self.keys = self.keys.saturating_add(1);
                self.file.write_all(&out).map_err(|e| unwritable(&self.path, &e))
            }
            Err(why) => {
                self.left_out = self.left_out.saturating_add(1);
                if self.left_out <= NAMED {
                    say(format!("not in the replay list: {}: {why}", escaped(key)));
                }
                Ok(())
            }
        }
    }

    /// Whether no key stands in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys == 0
    }

    /// Ends the list and says what it is good for.
    ///
    /// # Errors
    /// A file that can't be written.
    pub fn finish(mut self) -> Result<(), Failure> {
        let mut out = Vec::new();
        self.writer.finish(&mut out);
        let written = self.file.write_all(&out);
        let written = written.and_then(|()| self.file.into_inner().map_err(std::io::IntoInnerError::into_error));
        written.and_then(Destination::finish).map_err(|e| unwritable(&self.path, &e))?;
        if self.left_out > NAMED {
            say(format!("not in the replay list: {} more", self.left_out.saturating_sub(NAMED)));
        }
        say(format!("{} keys for a replay are in {}", self.keys, self.path.display()));
        Ok(())
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(format!("{} cannot be written: {error}", path.display()))
}
