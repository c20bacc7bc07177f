//! `ls`: what is in a bucket.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{IsTerminal as _, stdout};

use langfuse_blob_core::sign::Timestamp;
use langfuse_blob_core::storage::cause::{Action, Circumstance};
use langfuse_blob_core::text::mask::escaped;
use langfuse_blob_core::text::printable;
use langfuse_blob_core::variable::Containers;
use serde_json::json;

use super::{Done, Failure};
use crate::cli::Ls;
use crate::client::{About, Listed, Refused, Session, Unfinished};
use crate::exit::Exit;
use crate::output::{ansi_quoted, deliver, print, print_json, say, shown};
use crate::replay_list::ReplayList;
use crate::upload::batch::size;

const LIST: Circumstance = Circumstance { action: Some(Action::List), presigned: false };

/// How many folders `--summary` tells apart; the rest is counted together.
const FOLDERS: usize = 10_000;

/// Runs the verb.
pub fn run(args: &Ls) -> Done {
    let moment = |flag: &str, text: &Option<String>| {
        let parse = |text: &String| Timestamp::parse(text).map_err(|e| Failure::usage(format!("{flag} {text:?}: {e}")));
        text.as_ref().map(parse).transpose()
    };
    let (since, until) = (moment("--since", &args.since)?, moment("--until", &args.until)?);
    let session = Session::new(&args.how, args.use_case.into(), Containers::WORKER)?;
    let prefix = args.prefix.clone().unwrap_or_else(|| session.access.prefix.clone());
    let within = move |time: Option<Timestamp>| {
        // An object whose time the store doesn't say is in no stretch of time.
        let after = since.is_none_or(|since| time.is_some_and(|t| t.unix() >= since.unix()));
        after && until.is_none_or(|until| time.is_some_and(|t| t.unix() < until.unix()))
    };
    if args.uploads {
        return uploads(args, &session, &prefix, &within);
    }
    let mut folders = Folders::new(&prefix);
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
                    folders.add(&object);
                } else if !closed {
                    line(args, &object, &mut hidden, &mut out);
                }
            }
            closed = closed || !out.is_empty() && !deliver(&out)?;
            // `| head` went away: listing on would be work for nobody, but for a list, which has to be whole.
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
        print_json(&folders.document())?;
    } else if args.summary {
        print(&folders.table())?;
    }
    if let Some(list) = list {
        list.finish()?;
    }
    hidden.end()
}

/// Keys that could not be told from others on a line, so that they were named on standard error instead.
#[derive(Default)]
struct Hidden(u64);

impl Hidden {
    /// How many of them are named one by one.
    const NAMED: u64 = 5;

    /// A line for `key`, as `rm -` takes it back; with `--null` it ends in a NUL.
    fn line(&mut self, args: &Ls, key: &str, out: &mut String) {
        if args.null && !key.contains('\0') {
            out.push_str(key);
            out.push('\0');
        } else if !args.null && (stdout().is_terminal() || !key.contains(['\n', '\r', '\0'])) {
            // What reads a pipe takes a line for the key itself.
            let key = if stdout().is_terminal() { shown(key) } else { key.into() };
            let _ = writeln!(out, "{key}");
        } else {
            self.0 = self.0.saturating_add(1);
            if self.0 <= Self::NAMED {
                say(format!("error: not listed, because a line cannot hold it: {}", ansi_quoted(key)));
            }
        }
    }

    fn end(&self) -> Done {
        if self.0 == 0 {
            return Ok(Exit::Clean);
        }
        if self.0 > Self::NAMED {
            say(format!("error: not listed: {} more", self.0.saturating_sub(Self::NAMED)));
        }
        say(
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

/// As RFC 3339 writes it, to the second.
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
        let listed = session.unfinished(prefix, async |page: Vec<Unfinished>| {
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
        say("no unfinished uploads");
    }
    hidden.end()
}

fn upload_line(args: &Ls, upload: &Unfinished, hidden: &mut Hidden, out: &mut String) {
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

/// Number and bytes of objects by folder.
struct Folders {
    prefix: String,
    by_name: BTreeMap<String, (u64, u64)>,
    all: (u64, u64),
}

impl Folders {
    fn new(prefix: &str) -> Self {
        // A prefix may end inside a name; folders are counted from the last whole one.
        let whole = prefix.rfind('/').map_or(0, |at| at.saturating_add(1));
        Self { prefix: prefix.get(..whole).unwrap_or("").to_owned(), by_name: BTreeMap::new(), all: (0, 0) }
    }

    fn add(&mut self, object: &Listed) {
        let below = object.key.strip_prefix(&self.prefix).unwrap_or(&object.key);
        let folder = below.split_once('/').map_or("", |(folder, _)| folder);
        let mut name = if folder.is_empty() { self.prefix.clone() } else { format!("{}{folder}/", self.prefix) };
        if !self.by_name.contains_key(&name) && self.by_name.len() >= FOLDERS {
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
        let folders: Vec<_> = self
            .by_name
            .iter()
            .map(|(name, (count, bytes))| json!({ "folder": name, "objects": count, "bytes": bytes }))
            .collect();
        json!({ "version": 1, "objects": self.all.0, "bytes": self.all.1, "folders": folders })
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
    fn folders_are_counted_below_the_prefix() {
        let mut folders = Folders::new("events/pro");
        for key in ["events/project/a", "events/project/b/c", "events/pro", "events/prose/x"] {
            folders.add(&Listed { key: key.into(), bytes: 1_000, modified: None, etag: None });
        }
        let names: Vec<_> = folders.by_name.iter().map(|(name, (count, _))| (name.as_str(), *count)).collect();
        assert_eq!(names, [("events/", 1), ("events/project/", 2), ("events/prose/", 1)]);
        assert!(folders.table().ends_with("4 objects, 3.91 KiB (4,000 bytes)\n"), "{}", folders.table());
    }

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }
}
