//! `ls`: list a bucket.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{IsTerminal as _, stdout};

use langfuse_blob_core::duration;
use langfuse_blob_core::sign::Timestamp;
use langfuse_blob_core::storage::cause::{Action, Circumstance};
use langfuse_blob_core::text::printable;
use langfuse_blob_core::text::printable::escaped;
use langfuse_blob_core::variable::Containers;
use serde_json::json;

use super::{Done, Failure};
use crate::cli::Ls;
use crate::client::{self, About, IncompleteUpload, Listed, Refused, Session};
use crate::exit::Exit;
use crate::output::{ansi_quoted, deliver, eprint_line, print, print_json, shown};
use crate::replay_list::ReplayList;
use crate::upload::batch::size;

const LIST: Circumstance = Circumstance { action: Some(Action::List), presigned: false };

/// How many prefixes `--summary` lists; the rest is counted together.
const MAX_PREFIXES: usize = 10_000;

/// Runs the verb.
pub fn run(args: &Ls) -> Done {
    let now = client::now()?;
    let moment = |flag: &str, text: &Option<String>| {
        let parse = |text: &String| {
            duration::moment(text, now).ok_or_else(|| {
                Failure::usage(format!("{flag} {text:?} isn't a time"))
                    .help("Write 2026-01-31T12:00:00Z, 2026-01-31, or how long ago: 90m, 3h, 2d.")
            })
        };
        text.as_ref().map(parse).transpose()
    };
    let (since, until) = (moment("--since", &args.since)?, moment("--until", &args.until)?);
    let session = Session::new(&args.sources, Some(&args.connect.connect_to), args.use_case, Containers::WORKER)?;
    let prefix = args.prefix.clone().unwrap_or_else(|| session.access.prefix.clone());
    let within = move |time: Option<Timestamp>| {
        // An object without a modification time matches no time range.
        let after = since.is_none_or(|since| time.is_some_and(|t| t.unix() >= since.unix()));
        after && until.is_none_or(|until| time.is_some_and(|t| t.unix() < until.unix()))
    };
    if args.uploads {
        return uploads(args, &session, &prefix, &within);
    }
    let mut totals = PrefixTotals::new(&prefix);
    let mut list =
        args.replay_list.as_deref().map(|path| ReplayList::create(path, &session.access.prefix)).transpose()?;
    let (mut closed, mut hidden) = (false, Hidden::default());
    let work = async {
        let listed = session.list(&prefix, |page: Vec<Listed>| {
            let mut out = String::new();
            for object in page.into_iter().filter(|o| within(o.modified)) {
                if let Some(list) = &mut list {
                    list.add(&object.key)?;
                }
                if args.summary {
                    totals.add(&object);
                } else if !closed {
                    line(args, &object, &mut hidden, &mut out);
                }
            }
            closed = closed || !out.is_empty() && !deliver(&out)?;
            // The reader closed the pipe (`| head`): stop, unless a replay list is being written, which must be
            // complete.
            if closed && list.is_none() { Err(Stop::Closed) } else { Ok(()) }
        });
        match listed.await {
            Ok(()) | Err(Stop::Closed) => Ok(()),
            Err(Stop::Refused(refused)) => Err(session.failure(refused, LIST, About::Prefix(&prefix))),
            Err(Stop::Failure(failure)) => Err(failure),
        }
    };
    session.run_simply(work)?;
    if args.summary && args.json {
        print_json(&totals.document())?;
    } else if args.summary {
        print(&totals.table())?;
    }
    if let Some(list) = list {
        list.finish()?;
    }
    hidden.end()
}

/// Keys that would be ambiguous on a line, so they are named on standard error instead.
#[derive(Default)]
struct Hidden(u64);

impl Hidden {
    /// How many of them are named individually.
    const NAMED: u64 = 5;

    /// A line for `key`, as `rm -` reads it; with `--null` it ends with a NUL.
    fn line(&mut self, args: &Ls, key: &str, out: &mut String) {
        if args.null && !key.contains('\0') {
            out.push_str(key);
            out.push('\0');
        } else if !args.null && (stdout().is_terminal() || !key.contains(['\n', '\r', '\0'])) {
            // Readers of a pipe take a line as the key itself.
            let key = if stdout().is_terminal() { shown(key) } else { key.into() };
            let _ = writeln!(out, "{key}");
        } else {
            self.0 = self.0.saturating_add(1);
            if self.0 <= Self::NAMED {
                eprint_line(format!("error: not listed, because a line can't hold it: {}", ansi_quoted(key)));
            }
        }
    }

    fn end(&self) -> Done {
        if self.0 == 0 {
            return Ok(Exit::Clean);
        }
        if self.0 > Self::NAMED {
            eprint_line(format!("error: not listed: {} more", self.0.saturating_sub(Self::NAMED)));
        }
        eprint_line(
            "help: `--null` ends keys with a NUL instead of a line feed, and `rm --null -` reads them; --json shows any key.",
        );
        Ok(Exit::Problems)
    }
}

/// Why a listing ends early.
enum Stop {
    Closed,
    Refused(Refused),
    Failure(Failure),
}

impl From<Refused> for Stop {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Failure(error.into())
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

fn line(args: &Ls, object: &Listed, hidden: &mut Hidden, out: &mut String) {
    if args.json {
        let modified = object.modified.map(|at| time(Some(at)));
        let document =
            json!({ "key": object.key, "bytes": object.bytes, "lastModified": modified, "etag": object.etag });
        let _ = writeln!(out, "{}", printable::json(document.to_string()));
    } else if args.long {
        let _ = writeln!(out, "{:>13}  {:20}  {}", object.bytes, time(object.modified), escaped(&object.key));
    } else {
        hidden.line(args, &object.key, out);
    }
}

fn uploads(args: &Ls, session: &Session, prefix: &str, within: &impl Fn(Option<Timestamp>) -> bool) -> Done {
    let (mut none, mut hidden) = (true, Hidden::default());
    let work = async {
        let listed = session.incomplete_uploads(prefix, async |page: Vec<IncompleteUpload>| {
            none = none && page.is_empty();
            let mut out = String::new();
            for upload in page.iter().filter(|u| within(u.begun)) {
                upload_line(args, upload, &mut hidden, &mut out);
            }
            if out.is_empty() || deliver(&out)? { Ok(()) } else { Err(Stop::Closed) }
        });
        match listed.await {
            Ok(()) | Err(Stop::Closed) => Ok(()),
            Err(Stop::Refused(refused)) => Err(session.failure(refused, LIST, About::Prefix(prefix))),
            Err(Stop::Failure(failure)) => Err(failure),
        }
    };
    session.run_simply(work)?;
    if none && !args.json {
        eprint_line("no incomplete uploads");
    }
    hidden.end()
}

fn upload_line(args: &Ls, upload: &IncompleteUpload, hidden: &mut Hidden, out: &mut String) {
    if args.json {
        let begun = upload.begun.map(|at| time(Some(at)));
        let document = json!({ "key": upload.key, "uploadId": upload.upload_id, "begun": begun });
        let _ = writeln!(out, "{}", printable::json(document.to_string()));
    } else if args.long {
        let id = upload.upload_id.as_deref().unwrap_or("");
        let _ = writeln!(out, "{:20}  {}  {}", time(upload.begun), escaped(&upload.key), escaped(id));
    } else {
        hidden.line(args, &upload.key, out);
    }
}

/// Number and bytes of objects by prefix.
struct PrefixTotals {
    prefix: String,
    by_name: BTreeMap<String, (u64, u64)>,
    all: (u64, u64),
}

impl PrefixTotals {
    fn new(prefix: &str) -> Self {
        // The prefix may end inside a name; counts start at its last `/`.
        let whole = prefix.rfind('/').map_or(0, |at| at.saturating_add(1));
        Self { prefix: prefix.get(..whole).unwrap_or("").to_owned(), by_name: BTreeMap::new(), all: (0, 0) }
    }

    fn add(&mut self, object: &Listed) {
        let below = object.key.strip_prefix(&self.prefix).unwrap_or(&object.key);
        let directory = below.split_once('/').map_or("", |(directory, _)| directory);
        let mut name = if directory.is_empty() { self.prefix.clone() } else { format!("{}{directory}/", self.prefix) };
        if !self.by_name.contains_key(&name) && self.by_name.len() >= MAX_PREFIXES {
            name = "(others)".into();
        }
        for (count, bytes) in [self.by_name.entry(name).or_default(), &mut self.all] {
            *count = count.saturating_add(1);
            *bytes = bytes.saturating_add(object.bytes);
        }
    }

    fn table(&self) -> String {
        let mut out = String::new();
        for (name, (count, bytes)) in &self.by_name {
            let name = if name.is_empty() { "(top)".into() } else { escaped(name) };
            let _ = writeln!(out, "{:>12}  {:>12}  {name}", grouped(*count), size(*bytes));
        }
        let _ = writeln!(out, "{} objects, {} ({} bytes)", grouped(self.all.0), size(self.all.1), grouped(self.all.1));
        out
    }

    fn document(&self) -> serde_json::Value {
        let prefixes: Vec<_> = self
            .by_name
            .iter()
            .map(|(name, (count, bytes))| json!({ "prefix": name, "objects": count, "bytes": bytes }))
            .collect();
        json!({ "version": 1, "objects": self.all.0, "bytes": self.all.1, "prefixes": prefixes })
    }
}

/// `1234567` as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len().saturating_sub(at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_counts_below_the_prefix() {
        let mut totals = PrefixTotals::new("events/pro");
        for key in ["events/project/a", "events/project/b/c", "events/pro", "events/prose/x"] {
            totals.add(&Listed { key: key.into(), bytes: 1_000, modified: None, etag: None });
        }
        let names: Vec<_> = totals.by_name.iter().map(|(name, (count, _))| (name.as_str(), *count)).collect();
        assert_eq!(names, [("events/", 1), ("events/project/", 2), ("events/prose/", 1)]);
        assert!(totals.table().ends_with("4 objects, 3.91 KiB (4,000 bytes)\n"), "{}", totals.table());
    }

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }
}
