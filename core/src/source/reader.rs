//! What all readers share: the deployment so far, and the files that an input names.

use super::deployment::Deployment;
use super::environment::Entries;
use super::error::ReadError;
use super::facts::{Refusal, RefusedBy, Unopened, UnopenedFile};
use super::file::Text;
use super::input::Options;
use super::kind::Kind;
use super::path::{is_absolute, join};
use crate::files::{Files, Opened, Within};
use crate::text::span::Span;
use crate::variable::Containers;

/// The outcome of opening a companion file.
pub(super) enum Companion {
    /// Its content.
    Text(String),
    /// It doesn't exist.
    Missing,
    /// It wasn't opened; the deployment records it.
    Unopened,
}

/// Shared state of the readers.
pub(super) struct Reader<'o> {
    pub(super) options: &'o Options,
    pub(super) files: &'o dyn Files,
    pub(super) deployment: Deployment,
    /// A file in which nothing is for Langfuse.
    pub(super) unsuited: Option<ReadError>,
}

/// A file that may exist.
pub(super) enum Found {
    /// Its bytes.
    Bytes(Vec<u8>),
    /// There is none; a directory isn't one.
    Missing,
    /// It isn't opened.
    Unopened(Unopened),
}

/// Opens `path`.
pub(super) fn look(files: &dyn Files, path: &str, within: &Within) -> Result<Found, ReadError> {
    let reason = match files.open(path, within) {
        Opened::Bytes(bytes) | Opened::Stream(bytes) => return Ok(Found::Bytes(bytes)),
        Opened::Missing | Opened::Directory => return Ok(Found::Missing),
        Opened::Outside => return Ok(Found::Unopened(Unopened::Outside)),
        Opened::Special => return Ok(Found::Unopened(Unopened::Special)),
        Opened::TooLarge => return Ok(Found::Unopened(Unopened::TooLarge)),
        Opened::Denied => "permission denied".to_owned(),
        Opened::Failed(error) => error,
    };
    Err(ReadError::Unopenable { file: path.to_owned(), reason })
}

impl Reader<'_> {
    /// Opens the file that a file in `directory` names as `written`, at `span`: its path, and the outcome.
    pub(super) fn companion(
        &mut self,
        directory: &str,
        written: &str,
        span: Option<Span>,
    ) -> Result<(String, Companion), ReadError> {
        let path = join(directory, written);
        let within = if self.options.trusted {
            Within::Anywhere
        } else if is_absolute(written) {
            Within::Nowhere
        } else {
            Within::Tree(directory.to_owned())
        };
        let reason = match look(self.files, &path, &within)? {
            Found::Bytes(bytes) => return Ok((path.clone(), Companion::Text(decode(&path, &bytes)?))),
            Found::Missing => return Ok((path, Companion::Missing)),
            Found::Unopened(reason) => reason,
        };
        if !self.deployment.unopened.iter().any(|u| u.path == path) {
            self.deployment.unopened.push(UnopenedFile { path: path.clone(), span, reason });
        }
        Ok((path, Companion::Unopened))
    }

    /// Adds a file and returns its number.
    pub(super) fn keep(&mut self, name: &str, kind: Kind, containers: Containers, text: String) -> usize {
        self.deployment.texts.push(Text::new(name, kind, containers, text));
        self.deployment.texts.len().saturating_sub(1)
    }

    /// Refuses the file as its real reader would.
    pub(super) fn refuse(&mut self, span: Option<Span>, message: impl Into<String>, help: impl Into<String>) {
        self.refuse_by(RefusedBy::Program, span, message, help);
    }

    /// Refuses the file.
    pub(super) fn refuse_by(
        &mut self,
        by: RefusedBy,
        span: Option<Span>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.deployment.refusals.push(Refusal { span, message: message.into(), help: help.into(), by });
    }

    /// Stops at file number `number`, in which nothing is for Langfuse: that's no fault of the file.
    pub(super) fn unsuited(&mut self, number: usize, message: impl Into<String>, help: impl Into<String>) {
        let file = self.deployment.texts.get(number).map_or_else(String::new, |text| text.name.clone());
        self.unsuited.get_or_insert(ReadError::Unsuited { file, message: message.into(), help: help.into() });
    }

    /// Records the duplicates in a file or list.
    pub(super) fn keep_duplicates(&mut self, entries: Entries) {
        for duplicate in entries.duplicates {
            self.deployment.keep_duplicate(duplicate);
        }
        self.deployment.duplicates_left = self.deployment.duplicates_left.saturating_add(entries.left);
    }
}

/// The text of `bytes`: UTF-8, with or without byte-order mark.
pub(super) fn decode(file: &str, bytes: &[u8]) -> Result<String, ReadError> {
    let fail = |message: String| Err(ReadError::Undecodable { file: file.to_owned(), message });
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return fail("the file is UTF-16; save it as UTF-8 (no program that configures Langfuse reads UTF-16)".into());
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if text.contains('\0') => fail("the file contains a NUL byte; is it binary?".into()),
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let at = error.valid_up_to();
            let line = bytes.get(..at).map_or(0, |b| b.iter().filter(|b| **b == b'\n').count()).saturating_add(1);
            let byte = bytes.get(at).copied().unwrap_or(0);
            fail(format!("invalid UTF-8 on line {line} (byte 0x{byte:02x}); save the file as UTF-8"))
        }
    }
}
