//! What was deleted so far, and how the verb ends.

use std::collections::BTreeSet;
use std::io;

use langfuse_blob_core::text::printable::escaped;
use serde_json::{Value, json};

use super::super::{Done, Failure};
use crate::cli::Rm;
use crate::exit::Exit;
use crate::output::{eprint_line, note, print, print_json, shown};

/// The results so far.
pub struct Results<'a> {
    /// The flags.
    pub args: &'a Rm,
    removed: u64,
    failed: u64,
    missing: u64,
    /// What to do about a failure, said once.
    pub help: Option<String>,
    /// Keys known not to exist.
    pub absent: BTreeSet<String>,
    /// How many keys are in the request in flight.
    pub in_flight: usize,
}

impl<'a> Results<'a> {
    /// Nothing done yet.
    pub fn new(args: &'a Rm) -> Self {
        Self { args, removed: 0, failed: 0, missing: 0, help: None, absent: BTreeSet::new(), in_flight: 0 }
    }

    /// Counts and prints a key that is gone, or would be.
    pub fn done(&mut self, key: &str) -> Result<(), Failure> {
        self.removed = self.removed.saturating_add(1);
        if !self.args.json {
            print(&format!("{}\n", shown(key)))?;
        }
        Ok(())
    }

    /// Counts and reports a key without an object.
    pub fn missing(&mut self, key: &str) {
        self.missing = self.missing.saturating_add(1);
        self.absent.insert(key.to_owned());
        eprint_line(format!("warning: {}: not found", escaped(key)));
    }

    /// Counts and reports a key that stays.
    pub fn failed(&mut self, key: &str, why: &str) {
        self.failed = self.failed.saturating_add(1);
        eprint_line(format!("error: {}: {why}", escaped(key)));
    }

    /// The message after an interruption.
    pub fn so_far(&self) -> String {
        match self.in_flight {
            _ if self.args.dry_run => "interrupted; nothing was removed (--dry-run)".into(),
            0 => format!("interrupted; removed so far: {}", self.removed),
            count => format!("interrupted; removed so far: {}, and possibly some of the next {count}", self.removed),
        }
    }

    /// Prints the result as JSON.
    pub fn document(&self) -> io::Result<()> {
        let removed: Value = if self.args.dry_run { 0.into() } else { self.removed.into() };
        let document = json!({
            "version": 1, "dryRun": self.args.dry_run, "objects": self.args.dry_run.then_some(self.removed),
            "removed": removed, "missing": self.missing, "failed": self.failed,
        });
        print_json(&document)
    }

    /// Prints the result; `what` was done to the keys.
    pub fn end(self, what: &str) -> Done {
        if let Some(help) = &self.help {
            eprint_line(format!("help: {help}"));
        }
        if self.args.json {
            self.document()?;
        } else if self.args.dry_run {
            note(format!("nothing was {what} (--dry-run): {} would be", self.removed));
        } else {
            note(format!("{what}: {}", self.removed));
        }
        Ok(if self.failed == 0 { Exit::Clean } else { Exit::Problems })
    }
}
