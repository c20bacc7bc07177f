//! The lines of a listing.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, stdout};

use langfuse_blob_core::sign::Timestamp;
use langfuse_blob_core::text::printable::{self, escaped};
use serde_json::json;

use super::super::Done;
use crate::cli::Ls;
use crate::client::{IncompleteUpload, Listed};
use crate::exit::Exit;
use crate::output::{ansi_quoted, eprint_line, shown};
use crate::upload::batch::size;

/// Writes lines, and counts the keys that would be ambiguous on one: they are named on standard error instead.
pub struct Rows<'a> {
    args: &'a Ls,
    hidden: u64,
}

impl<'a> Rows<'a> {
    /// How many hidden keys are named individually.
    const NAMED: u64 = 5;

    /// Without a line yet.
    pub fn new(args: &'a Ls) -> Self {
        Self { args, hidden: 0 }
    }

    /// A line for an object.
    pub fn object(&mut self, object: &Listed, out: &mut String) {
        if self.args.json {
            let modified = object.modified.map(|at| time(Some(at)));
            let document =
                json!({ "key": object.key, "bytes": object.bytes, "lastModified": modified, "etag": object.etag });
            let _ = writeln!(out, "{}", printable::json(document.to_string()));
        } else if self.args.long {
            let bytes = if self.args.human { size(object.bytes) } else { object.bytes.to_string() };
            let _ = writeln!(out, "{bytes:>13}  {:20}  {}", time(object.modified), escaped(&object.key));
        } else {
            self.key(&object.key, out);
        }
    }

    /// A line for a common prefix.
    pub fn prefix(&mut self, prefix: &str, out: &mut String) {
        if self.args.json {
            let _ = writeln!(out, "{}", printable::json(json!({ "prefix": prefix }).to_string()));
        } else if self.args.long {
            let _ = writeln!(out, "{:>13}  {:20}  {}", "", "", escaped(prefix));
        } else {
            self.key(prefix, out);
        }
    }

    /// A line for an incomplete upload.
    pub fn upload(&mut self, upload: &IncompleteUpload, out: &mut String) {
        if self.args.json {
            let begun = upload.begun.map(|at| time(Some(at)));
            let document = json!({ "key": upload.key, "uploadId": upload.upload_id, "begun": begun });
            let _ = writeln!(out, "{}", printable::json(document.to_string()));
        } else if self.args.long {
            let id = upload.upload_id.as_deref().unwrap_or("");
            let _ = writeln!(out, "{:20}  {}  {}", time(upload.begun), escaped(&upload.key), escaped(id));
        } else {
            self.key(&upload.key, out);
        }
    }

    /// A line for `key`, as `rm -` reads it; with `--null` it ends with a NUL.
    fn key(&mut self, key: &str, out: &mut String) {
        if self.args.null && !key.contains('\0') {
            out.push_str(key);
            out.push('\0');
        } else if !self.args.null && (stdout().is_terminal() || !key.contains(['\n', '\r', '\0'])) {
            // Readers of a pipe take a line as the key itself.
            let key = if stdout().is_terminal() { shown(key) } else { key.into() };
            let _ = writeln!(out, "{key}");
        } else {
            self.hidden = self.hidden.saturating_add(1);
            if self.hidden <= Self::NAMED {
                eprint_line(format!("error: not listed, because a line can't hold it: {}", ansi_quoted(key)));
            }
        }
    }

    /// How the listing ends.
    pub fn end(&self) -> Done {
        if self.hidden == 0 {
            return Ok(Exit::Clean);
        }
        if self.hidden > Self::NAMED {
            eprint_line(format!("error: not listed: {} more", self.hidden.saturating_sub(Self::NAMED)));
        }
        eprint_line(
            "help: `--null` ends keys with a NUL instead of a line feed, and `rm --null -` reads them; --json shows any key.",
        );
        Ok(Exit::Problems)
    }
}

/// In RFC 3339, to the second.
fn time(at: Option<Timestamp>) -> String {
    let mut text = String::new();
    if let Some(at) = at {
        at.push_rfc3339(&mut text);
    }
    text
}
