//! `rm`: delete objects, or abort incomplete multipart uploads.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{self, BufRead, Read as _};

use langfuse_blob_core::storage::cause::{Action, Circumstance};
use langfuse_blob_core::storage::delete_objects;
use langfuse_blob_core::text::printable::escaped;
use langfuse_blob_core::variable::Containers;
use serde_json::{Value, json};

use super::{Done, Failure};
use crate::cli::Rm;
use crate::client::{About, IncompleteUpload, Refused, Session};
use crate::exit::Exit;
use crate::output::{eprint_line, print, print_json, shell_word, shown};

/// How many keys are read from standard input at a time.
const TOGETHER: usize = delete_objects::MOST;

/// Maximum length of a line of standard input, in bytes: keys have at most 1,024, and a line from a pipe may never end.
const LONGEST_LINE: u64 = 64 * 1024;

/// Runs the verb.
pub fn run(args: &Rm) -> Done {
    let session = Session::new(&args.sources, Some(&args.connect.connect_to), args.use_case, Containers::WORKER)?;
    match &args.uploads {
        Some(prefix) => uploads(args, &session, prefix),
        None => objects(args, &session),
    }
}

fn objects(args: &Rm, session: &Session) -> Done {
    let from_input = args.keys.iter().any(|key| key == "-");
    if from_input && args.keys.len() > 1 {
        return Err(Failure::usage("`-` reads all keys from standard input and can't be combined with others"));
    }
    if args.null && !from_input {
        return Err(Failure::usage("--null requires `-`, which reads the keys from standard input"));
    }
    let results = RefCell::new(Results::new(args));
    let work = async {
        if !from_input {
            for key in &args.keys {
                check_key_exists(session, key, &results).await?;
            }
            return remove(session, &args.keys, &results).await;
        }
        loop {
            let null = args.null;
            let reading = tokio::task::spawn_blocking(move || next_keys(&mut io::stdin().lock(), null)).await;
            let keys = reading.map_err(io::Error::other).flatten();
            let keys = keys.map_err(|e| Failure::failed(format!("standard input can't be read: {e}")))?;
            if keys.is_empty() {
                return Ok(());
            }
            remove(session, &keys, &results).await?;
        }
    };
    let done = session.run(work, async || results.borrow().so_far());
    match done {
        Ok(()) => results.into_inner().end("removed"),
        Err(failure) => {
            let results = results.into_inner();
            if args.json {
                results.document()?;
            }
            Err(failure)
        }
    }
}

/// The next keys of `input`, at most as many as one request deletes; none at its end.
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
        let key = String::from_utf8(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it isn't UTF-8"))?;
        if !key.is_empty() {
            keys.push(key);
        }
    }
    Ok(keys)
}

/// If a key looks like a prefix or a pattern, checks first whether the object exists: stores report success for missing
/// keys.
async fn check_key_exists(session: &Session, key: &str, results: &RefCell<Results<'_>>) -> Result<(), Failure> {
    let prefix = key.split(['*', '?']).next().unwrap_or(key);
    if !key.ends_with('/') && !key.contains(['*', '?']) || session.check_key(key).is_err() {
        return Ok(());
    }
    if let Ok(None) = session.facts(key).await {
        let mut results = results.borrow_mut();
        results.absent.insert(key.to_owned());
        results.failed(key, "there is no object with this key; prefixes and patterns aren't expanded");
        let list = format!("langfuse-blob ls --null {} | langfuse-blob rm --null -", shell_word(prefix));
        results.help.get_or_insert(format!(
            "To delete everything below a prefix, run `{list}`, with the configuration's flags on both commands."
        ));
    }
    Ok(())
}

/// Deletes `keys`. Reports a key that can't be sent and continues with the others.
async fn remove(session: &Session, keys: &[String], results: &RefCell<Results<'_>>) -> Result<(), Failure> {
    let mut sendable = Vec::new();
    {
        let mut results = results.borrow_mut();
        for key in keys.iter().filter(|key| !results.absent.contains(*key)).cloned().collect::<Vec<_>>() {
            match session.check_key(&key) {
                // `ls` never prints such a line; files from Windows end every line this way.
                Ok(()) if key.ends_with('\r') && results.args.keys == ["-"] && !results.args.null => {
                    results.failed(
                        &key,
                        "it ends in a carriage return, of the line end or of the key? Use `--null` for exact keys",
                    );
                }
                Ok(()) => sendable.push(key),
                Err(why) => results.failed(&key, &why.to_string()),
            }
        }
        if results.args.dry_run {
            return sendable.iter().try_for_each(|key| results.done(key));
        }
    }
    for together in sendable.chunks(delete_objects::MOST) {
        results.borrow_mut().in_flight = together.len();
        let stayed = session.remove_many(together).await;
        let mut results = results.borrow_mut();
        results.in_flight = 0;
        for (key, why) in &stayed {
            results.failed(key, &why.message);
            results.help = results.help.take().or_else(|| why.help.clone());
        }
        let stays: BTreeSet<&String> = stayed.iter().map(|(key, _)| key).collect();
        together.iter().filter(|key| !stays.contains(key)).try_for_each(|key| results.done(key))?;
    }
    Ok(())
}

fn uploads(args: &Rm, session: &Session, prefix: &str) -> Done {
    const ABORT: Circumstance = Circumstance { action: Some(Action::Delete), presigned: false };
    const LIST: Circumstance = Circumstance { action: Some(Action::List), presigned: false };
    let prefix = if prefix.is_empty() { session.access.prefix.as_str() } else { prefix };
    let mut results = Results::new(args);
    session.run_simply(async {
        let listed = session.incomplete_uploads(prefix, async |page: Vec<IncompleteUpload>| {
            for upload in page {
                if args.dry_run {
                    results.done(&upload.key)?;
                    continue;
                }
                match session.abort(&upload.key, upload.upload_id.as_deref()).await {
                    Ok(()) => results.done(&upload.key)?,
                    Err(refused) => {
                        let failure = session.failure(refused, ABORT, About::Object(&upload.key));
                        results.failed(&upload.key, &failure.message);
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
    results.end("aborted")
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

/// The results so far.
struct Results<'a> {
    args: &'a Rm,
    removed: u64,
    failed: u64,
    help: Option<String>,
    /// Keys known not to exist.
    absent: BTreeSet<String>,
    /// How many keys are in the request in flight.
    in_flight: usize,
}

impl<'a> Results<'a> {
    fn new(args: &'a Rm) -> Self {
        Self { args, removed: 0, failed: 0, help: None, absent: BTreeSet::new(), in_flight: 0 }
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
        eprint_line(format!("error: {}: {why}", escaped(key)));
    }

    /// The message after an interruption.
    fn so_far(&self) -> String {
        match self.in_flight {
            _ if self.args.dry_run => "interrupted; nothing was removed (--dry-run)".into(),
            0 => format!("interrupted; removed so far: {}", self.removed),
            count => format!("interrupted; removed so far: {}, and possibly some of the next {count}", self.removed),
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
            eprint_line(format!("help: {help}"));
        }
        if self.args.json {
            self.document()?;
        } else if self.args.dry_run {
            eprint_line(format!("nothing was {what} (--dry-run): {} would be", self.removed));
        } else {
            eprint_line(format!("{what}: {}", self.removed));
        }
        Ok(if self.failed == 0 { Exit::Clean } else { Exit::Problems })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_unchanged() {
        let read = |text: &str, null| next_keys(&mut text.as_bytes(), null).unwrap();
        assert_eq!(read("a\\nb\n\n c \nlast", false), ["a\\nb", " c ", "last"]);
        assert_eq!(read("a\r\n", false), ["a\r"], "a carriage return is kept here");
        assert_eq!(read("a\nb\0c\u{200d}\0", true), ["a\nb", "c\u{200d}"]);
        assert!(next_keys(&mut b"a\n\xff\n".as_slice(), false).is_err());
        assert_eq!(read(&"k\n".repeat(TOGETHER + 1), false).len(), TOGETHER);
    }
}
