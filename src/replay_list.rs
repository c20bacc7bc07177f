//! The file of `--replay-list`: keys in the form that Langfuse accepts for a replay.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use langfuse_blob_core::object::replay::{Form, Writer, replayable};
use langfuse_blob_core::text::printable::escaped;

use crate::destination::Destination;
use crate::failure::Failure;
use crate::output::{eprint_line, note, shell_word};

/// How many keys that can't be replayed are named individually.
const NAMED: u64 = 5;

/// A list being written.
pub struct ReplayList {
    path: PathBuf,
    file: BufWriter<Destination>,
    writer: Writer,
    form: Form,
    prefix: String,
    keys: u64,
    left_out: u64,
}

impl ReplayList {
    /// Starts the list at `path`, whose extension determines its format. `prefix`, that of the events, is removed from
    /// keys. An existing file stays until the list is finished.
    ///
    /// # Errors
    /// The extension is unknown, or the file can't be written.
    pub fn create(path: &Path, prefix: &str) -> Result<Self, Failure> {
        let form = match path.extension().and_then(|e| e.to_str()) {
            Some("csv") => Form::Csv,
            Some("json") => Form::Json,
            _ => {
                return Err(Failure::usage(format!(
                    "--replay-list {}: unknown extension; expected .json or .csv",
                    path.display()
                ))
                .help("Use .json for Langfuse's replay endpoint, or .csv for its replay script."));
            }
        };
        let file = Destination::open(path)
            .map_err(|e| Failure::usage(format!("--replay-list {} can't be written: {e}", path.display())))?;
        Ok(Self {
            path: path.to_owned(),
            file: BufWriter::new(file),
            writer: Writer::new(form),
            form,
            prefix: prefix.to_owned(),
            keys: 0,
            left_out: 0,
        })
    }

    /// Adds a full key; reports one that can't be replayed.
    ///
    /// # Errors
    /// The file can't be written.
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
                    eprint_line(format!("not in the replay list: {}: {why}", escaped(key)));
                }
                Ok(())
            }
        }
    }

    /// Finishes the list, reports it and says how to send it. Without keys, no file is written.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn finish(mut self) -> Result<(), Failure> {
        if self.left_out > NAMED {
            eprint_line(format!("not in the replay list: {} more", self.left_out.saturating_sub(NAMED)));
        }
        if self.keys == 0 {
            note(format!("no keys to replay; {} wasn't written", self.path.display()));
            return Ok(());
        }
        let how = self.how_to_send();
        let mut out = Vec::new();
        self.writer.finish(&mut out);
        let written = self.file.write_all(&out);
        let written = written.and_then(|()| self.file.into_inner().map_err(std::io::IntoInnerError::into_error));
        written.and_then(Destination::finish).map_err(|e| unwritable(&self.path, &e))?;
        note(format!("wrote {} keys for a replay to {}", self.keys, self.path.display()));
        note("note: Langfuse reads these objects only after their keys are replayed:");
        note(format!("  {how}"));
        note(NEEDS);
        Ok(())
    }

    /// The command that sends the list.
    fn how_to_send(&self) -> String {
        let path = self.path.to_str().map_or_else(|| "replay.json".into(), shell_word);
        match self.form {
            Form::Json => format!(
                "while read -r keys; do curl -fsS -X POST \"$NEXTAUTH_URL/api/admin/ingestion-replay\" \
                 -H \"Authorization: Bearer $ADMIN_API_KEY\" -H 'Content-Type: application/json' -d \"$keys\"; done < {path}"
            ),
            Form::Csv => format!("pass {path} to Langfuse's replayIngestionEventsV2 script"),
        }
    }
}

/// What a replay needs. Source: `web/src/pages/api/admin/ingestion-replay.ts`, in Langfuse since v3.159.0.
const NEEDS: &str = "  web needs ADMIN_API_KEY (the official compose file doesn't pass it on) and version 3.159.0 or later: \
                     langfuse-blob explain replay";

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(format!("{} can't be written: {error}", path.display()))
}
