//! `rm -R`: delete all objects whose keys begin with a prefix, after counting them and asking.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use langfuse_blob_core::storage::delete_objects;
use langfuse_blob_core::text::printable::{escaped, line};

use super::super::elsewhere::nowhere;
use super::super::{Done, Failure};
use super::remove;
use super::results::Results;
use super::spool::Spool;
use crate::cli::Rm;
use crate::client::{Listed, Session};
use crate::upload::batch::size;

/// Runs the verb.
pub fn run(args: &Rm, session: &Session) -> Done {
    let prefixes = distinct(&args.keys);
    let results = RefCell::new(Results::new(args));
    let work = async {
        let mut spool = Spool::new().map_err(unwritable)?;
        let mut found = Found::default();
        for prefix in &prefixes {
            let before = found.objects;
            count(session, prefix, &mut found, &mut spool).await?;
            if found.objects == before {
                return Err(nowhere(session, prefix).await.failure());
            }
        }
        if !args.dry_run {
            consent(args, session, &prefixes, &found).await?;
        }
        let mut keys = spool.read().map_err(unwritable)?;
        loop {
            let next = keys.next(delete_objects::MOST).map_err(unwritable)?;
            if next.is_empty() {
                return Ok(());
            }
            remove(session, &next, &results).await?;
        }
    };
    match session.run(work, async || results.borrow().so_far()) {
        Ok(()) => results.into_inner().end("removed"),
        Err(failure) => Err(failure),
    }
}

#[allow(clippy::needless_pass_by_value, reason = "called by map_err")]
fn unwritable(error: io::Error) -> Failure {
    Failure::failed(format!("the keys can't be kept in a temporary file: {error}"))
}

/// The prefixes without those that begin with another one.
fn distinct(prefixes: &[String]) -> Vec<&str> {
    let mut all: Vec<&str> = prefixes.iter().map(String::as_str).collect();
    all.sort_unstable();
    all.dedup_by(|later, earlier| later.starts_with(*earlier));
    all
}

/// What would be deleted.
#[derive(Debug, Default)]
struct Found {
    objects: u64,
    bytes: u64,
    /// Keys that begin with a prefix without being below it, such as `tmpfile` for `tmp`: how many, and the first one.
    beside: Option<(u64, String)>,
}

impl Found {
    fn add(&mut self, prefix: &str, key: &str, bytes: u64) {
        self.objects = self.objects.saturating_add(1);
        self.bytes = self.bytes.saturating_add(bytes);
        let rest = key.strip_prefix(prefix).unwrap_or(key);
        if !prefix.is_empty() && !prefix.ends_with('/') && !rest.is_empty() && !rest.starts_with('/') {
            let beside = self.beside.get_or_insert_with(|| (0, key.to_owned()));
            beside.0 = beside.0.saturating_add(1);
        }
    }

    /// `302 objects (1.20 MiB) whose keys begin with tmp in bucket `langfuse``.
    fn phrase(&self, prefixes: &[&str], bucket: &str) -> String {
        let plural = if self.objects == 1 { "" } else { "s" };
        let mut out = format!("{} object{plural} ({})", self.objects, size(self.bytes));
        if prefixes == [""] {
            let _ = write!(out, ", the whole bucket `{}`", escaped(bucket));
            return out;
        }
        let names: Vec<String> = prefixes.iter().map(|prefix| escaped(prefix)).collect();
        let whose = if self.objects == 1 { "whose key begins" } else { "whose keys begin" };
        let _ = write!(out, " {whose} with {} in bucket `{}`", names.join(" or "), escaped(bucket));
        if let Some((count, first)) = &self.beside {
            let _ = write!(out, " ({count} of them beside that prefix, such as {})", escaped(first));
        }
        out
    }
}

async fn count(session: &Session, prefix: &str, found: &mut Found, spool: &mut Spool) -> Result<(), Failure> {
    let listed = session.list(prefix, |page: Vec<Listed>| {
        for object in page {
            found.add(prefix, &object.key, object.bytes);
            spool.add(&object.key).map_err(unwritable)?;
        }
        Ok(())
    });
    session.listed(listed.await, prefix)
}

/// Whether the objects may be deleted: `--yes` says so, or somebody at the terminal.
async fn consent(args: &Rm, session: &Session, prefixes: &[&str], found: &Found) -> Result<(), Failure> {
    let what = found.phrase(prefixes, session.access.place.bucket());
    let whole = prefixes == [""];
    let expected = format!("--yes={}", found.objects);
    match args.yes {
        Some(Some(number)) if number == found.objects => Ok(()),
        Some(Some(number)) => {
            Err(Failure::failed(format!("these are {what}, not {number} as --yes says; nothing was deleted")))
        }
        Some(None) if whole => Err(Failure::usage(format!("these are {what}; nothing was deleted"))
            .help(format!("Name their number to delete them: {expected}."))),
        Some(None) => Ok(()),
        None if io::stdin().is_terminal() && io::stderr().is_terminal() => {
            let question = if whole {
                format!("Delete {what}? Type their number to delete them: ")
            } else {
                format!("Delete {what}? (y/N): ")
            };
            let answer = tokio::task::spawn_blocking(move || ask(&question)).await;
            let answer = answer.map_err(io::Error::other).flatten();
            let answer = answer.map_err(|e| Failure::failed(format!("can't read from the terminal: {e}")))?;
            let agreed = match answer.trim() {
                number if whole => number.parse() == Ok(found.objects),
                word => ["y", "yes"].contains(&word.to_lowercase().as_str()),
            };
            if agreed { Ok(()) } else { Err(Failure::failed("nothing was deleted")) }
        }
        None => {
            let flag = if whole { expected } else { "--yes".to_owned() };
            Err(Failure::usage(format!("these are {what}; nothing was deleted"))
                .help(format!("Add {flag} to delete them, or --dry-run to print their keys.")))
        }
    }
}

fn ask(question: &str) -> io::Result<String> {
    let mut err = io::stderr().lock();
    write!(err, "{}", line(question))?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_inside_another_counts_once() {
        let given = ["b/", "a/b/", "a/", "a/", "c"].map(str::to_owned);
        assert_eq!(distinct(&given), ["a/", "b/", "c"]);
        assert_eq!(distinct(&["x".to_owned(), String::new()]), [""]);
    }

    #[test]
    fn the_question_names_what_is_beside_the_prefix() {
        let mut found = Found::default();
        for key in ["tmp", "tmp/a", "tmpfile", "tmpfile2"] {
            found.add("tmp", key, 512);
        }
        assert_eq!(
            found.phrase(&["tmp"], "b"),
            "4 objects (2.00 KiB) whose keys begin with tmp in bucket `b` (2 of them beside that prefix, such as tmpfile)"
        );
        let mut found = Found::default();
        found.add("", "k", 1);
        assert_eq!(found.phrase(&[""], "b"), "1 object (1 B), the whole bucket `b`");
    }
}
