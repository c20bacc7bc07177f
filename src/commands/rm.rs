//! `rm`: remove objects, or give unfinished uploads up.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{self, BufRead, Read as _};

use langfuse_blob_core::storage::cause::{Action, Circumstance};
use langfuse_blob_core::storage::delete_objects;
use langfuse_blob_core::text::mask::escaped;
use langfuse_blob_core::variable::Containers;
use serde_json::{Value, json};

use super::{Done, Failure};
use crate::cli::Rm;
use crate::client::{About, Refused, Session, Unfinished, word};
use crate::exit::Exit;
use crate::output::{print, print_json, say, shown};

/// How many keys of standard input are read together.
const TOGETHER: usize = delete_objects::MOST;

/// Longest line of standard input, in bytes: keys have 1,024 at most, and a pipe may never end its line.
const LONGEST_LINE: u64 = 64 * 1024;

/// Runs the verb.
pub fn run(args: &Rm) -> Done {
    let session = Session::new(&args.how, args.use_case.into(), Containers::WORKER)?;
    match &args.uploads {
        Some(prefix) => uploads(args, &session, prefix),
        None => objects(args, &session),
    }
}

fn objects(args: &Rm, session: &Session) -> Done {
    let from_input = args.keys.iter().any(|key| key == "-");
    if from_input && args.keys.len() > 1 {
        return Err(Failure::usage("`-` reads the keys from standard input, and takes no others beside it"));
    }
    if args.null && !from_input {
        return Err(Failure::usage("--null is about standard input, and no `-` says to read the keys from there"));
    }
    let told = RefCell::new(Told::new(args));
    let work = async {
        if !from_input {
            for key in &args.keys {
                patiently(session, key, &told).await?;
            }
            return remove(session, &args.keys, &told).await;
        }
        loop {
            let null = args.null;
            let reading = tokio::task::spawn_blocking(move || next_keys(&mut io::stdin().lock(), null)).await;
            let keys = reading.map_err(io::Error::other).flatten();
            let keys = keys.map_err(|e| Failure::failed(format!("standard input cannot be read: {e}")))?;
            if keys.is_empty() {
                return Ok(());
            }
            remove(session, &keys, &told).await?;
        }
    };
    let done = session.run(work, async || told.borrow().so_far());
    match done {
        Ok(()) => told.into_inner().end("removed"),
        Err(failure) => {
            let told = told.into_inner();
            if args.json {
                told.document()?;
            }
            Err(failure)
        }
    }
}

/// The next keys of `input`, at most as many as are removed together; none at its end.
fn next_keys(input: &mut impl BufRead, null: bool) -> io::Result<Vec<String>> {
    let end = if null { 0 } else { b'\n' };
    let mut keys = Vec::new();
    while keys.len() < TOGETHER {
        let mut bytes = Vec::new();
        if input.take(LONGEST_LINE).read_until(end, &mut bytes)? == 0 {
            break;
        }
        if bytes.len() as u64 == LONGEST_LINE && bytes.last() != Some(&end) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a line is longer than any key"));
        }
        if bytes.last() == Some(&end) {
            bytes.pop();
        }
        let key =
            String::from_utf8(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))?;
        if !key.is_empty() {
            keys.push(key);
        }
    }
    Ok(keys)
}

/// Looks first whether there is an object where a key reads like a prefix or a pattern: stores say of what is not there that
/// it is removed.
async fn patiently(session: &Session, key: &str, told: &RefCell<Told<'_>>) -> Result<(), Failure> {
    let prefix = key.split(['*', '?']).next().unwrap_or(key);
    if !key.ends_with('/') && !key.contains(['*', '?']) || session.check_key(key).is_err() {
        return Ok(());
    }
    if let Ok(None) = session.facts(key).await {
        let mut told = told.borrow_mut();
        told.absent.insert(key.to_owned());
        told.failed(key, "there is no object of this name, and a key is neither a prefix nor a pattern");
        let list = format!("langfuse-blob ls --null {} | langfuse-blob rm --null -", word(prefix));
        told.help.get_or_insert(format!(
            "What lies below a prefix goes with `{list}`, the configuration's flags with both."
        ));
    }
    Ok(())
}

/// Removes `keys`; a key that can't be sent is named and the others go.
async fn remove(session: &Session, keys: &[String], told: &RefCell<Told<'_>>) -> Result<(), Failure> {
    let mut sendable = Vec::new();
    {
        let mut told = told.borrow_mut();
        for key in keys.iter().filter(|key| !told.absent.contains(*key)).cloned().collect::<Vec<_>>() {
            match session.check_key(&key) {
                // `ls` lists no such line; a text from Windows has one at every end.
                Ok(()) if key.ends_with('\r') && told.args.keys == ["-"] && !told.args.null => {
                    told.failed(
                        &key,
                        "a carriage return ends it: the line's, or the key's? `--null` takes keys as they are",
                    );
                }
                Ok(()) => sendable.push(key),
                Err(why) => told.failed(&key, &why.to_string()),
            }
        }
        if told.args.dry_run {
            return sendable.iter().try_for_each(|key| told.done(key));
        }
    }
    for together in sendable.chunks(delete_objects::MOST) {
        told.borrow_mut().under_way = together.len();
        let stayed = session.remove_many(together).await;
        let mut told = told.borrow_mut();
        told.under_way = 0;
        for (key, why) in &stayed {
            told.failed(key, &why.message);
            told.help = told.help.take().or_else(|| why.help.clone());
        }
        let stays: BTreeSet<&String> = stayed.iter().map(|(key, _)| key).collect();
        together.iter().filter(|key| !stays.contains(key)).try_for_each(|key| told.done(key))?;
    }
    Ok(())
}

fn uploads(args: &Rm, session: &Session, prefix: &str) -> Done {
    const GIVE_UP: Circumstance = Circumstance { action: Some(Action::Delete), presigned: false };
    const LIST: Circumstance = Circumstance { action: Some(Action::List), presigned: false };
    let prefix = if prefix.is_empty() { session.access.prefix.as_str() } else { prefix };
    let mut told = Told::new(args);
    session.run_simply(async {
        let listed = session.unfinished(prefix, async |page: Vec<Unfinished>| {
            for upload in page {
                if args.dry_run {
                    told.done(&upload.key)?;
                    continue;
                }
                match session.give_up(&upload.key, upload.upload_id.as_deref()).await {
                    Ok(()) => told.done(&upload.key)?,
                    Err(refused) => {
                        let failure = session.failure(refused, GIVE_UP, About::Object(&upload.key));
                        told.failed(&upload.key, &failure.message);
                    }
                }
            }
            Ok(())
        });
        listed.await.map_err(|stop| match stop {
            Stop::Refused(refused) => session.failure(refused, LIST, About::Prefix(prefix)),
            Stop::Failure(failure) => failure,
        })
    })?;
    told.end("given up")
}

/// Why a listing ends early.
enum Stop {
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

/// What has become of the keys.
struct Told<'a> {
    args: &'a Rm,
    removed: u64,
    failed: u64,
    help: Option<String>,
    /// Keys that are known to be no object's.
    absent: BTreeSet<String>,
    /// How many are in the request that is not answered yet.
    under_way: usize,
}

impl<'a> Told<'a> {
    fn new(args: &'a Rm) -> Self {
        Self { args, removed: 0, failed: 0, help: None, absent: BTreeSet::new(), under_way: 0 }
    }

    fn done(&mut self, key: &str) -> Result<(), Failure> {
        self.removed = self.removed.saturating_add(1);
        if !self.args.json {
            print(&format!("{}\n", shown(key)))?;
        }
        Ok(())
    }

    fn failed(&mut self, key: &str, why: &str) {
        self.failed = self.failed.saturating_add(1);
        say(format!("error: {}: {why}", escaped(key)));
    }

    /// What to say to somebody who has ended it early.
    fn so_far(&self) -> String {
        match self.under_way {
            _ if self.args.dry_run => "interrupted; nothing was removed (--dry-run)".into(),
            0 => format!("interrupted; removed so far: {}", self.removed),
            count => format!("interrupted; removed so far: {}, and perhaps some of the next {count}", self.removed),
        }
    }

    fn document(&self) -> io::Result<()> {
        let removed: Value = if self.args.dry_run { 0.into() } else { self.removed.into() };
        let document = json!({
            "version": 1, "dryRun": self.args.dry_run, "objects": self.args.dry_run.then_some(self.removed),
            "removed": removed, "failed": self.failed,
        });
        print_json(&document)
    }

    fn end(self, what: &str) -> Done {
        if let Some(help) = &self.help {
            say(format!("help: {help}"));
        }
        if self.args.json {
            self.document()?;
        } else if self.args.dry_run {
            say(format!("nothing was {what} (--dry-run): {} would be", self.removed));
        } else {
            say(format!("{what}: {}", self.removed));
        }
        Ok(if self.failed == 0 { Exit::Clean } else { Exit::Problems })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_as_they_are() {
        let read = |text: &str, null| next_keys(&mut text.as_bytes(), null).unwrap();
        assert_eq!(read("a\\nb\n\n c \nlast", false), ["a\\nb", " c ", "last"]);
        assert_eq!(read("a\r\n", false), ["a\r"], "whose carriage return it is, is not decided here");
        assert_eq!(read("a\nb\0c\u{200d}\0", true), ["a\nb", "c\u{200d}"]);
        assert!(next_keys(&mut b"a\n\xff\n".as_slice(), false).is_err());
        assert_eq!(read(&"k\n".repeat(TOGETHER + 1), false).len(), TOGETHER);
    }
}
