//! `rm`: remove objects, or give unfinished uploads up.

use std::io::BufRead as _;

use langfuse_blob_core::storage::cause::{Action, Circumstance};
use langfuse_blob_core::storage::key;
use langfuse_blob_core::text::mask::escaped;
use langfuse_blob_core::variable::Containers;
use serde_json::{Value, json};

use super::{Done, Failure};
use crate::cli::Rm;
use crate::exit::Exit;
use crate::output::{print, say};
use crate::storage::Session;

/// How many keys of standard input are removed together.
const TOGETHER: usize = 10_000;

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
    let mut told = Told::new(args);
    if !from_input {
        remove(session, &args.keys, &mut told)?;
        return told.end("removed");
    }
    let mut lines = std::io::stdin().lock().lines();
    loop {
        let chunk: Result<Vec<String>, _> =
            lines.by_ref().take(TOGETHER).filter(|l| !l.as_ref().is_ok_and(String::is_empty)).collect();
        let chunk = chunk.map_err(|e| Failure::failed(format!("standard input cannot be read: {e}")))?;
        if chunk.is_empty() {
            return told.end("removed");
        }
        remove(session, &chunk, &mut told)?;
    }
}

/// Removes `keys`; a key that can't be sent is named and the others go.
fn remove(session: &Session, keys: &[String], told: &mut Told<'_>) -> Result<(), Failure> {
    let mut sendable = Vec::new();
    for key in keys {
        match key::check(key) {
            Ok(()) => sendable.push(key.clone()),
            Err(why) => told.failed(key, &why.to_string()),
        }
    }
    if told.args.dry_run {
        return sendable.iter().try_for_each(|key| told.done(key));
    }
    let stayed = session.run_simply(async { Ok(session.remove_many(&sendable).await) })?;
    for (key, why) in &stayed {
        told.failed(key, &why.message);
        told.help = told.help.take().or_else(|| why.help.clone());
    }
    sendable.iter().filter(|key| !stayed.iter().any(|(stays, _)| stays == *key)).try_for_each(|key| told.done(key))
}

fn uploads(args: &Rm, session: &Session, prefix: &str) -> Done {
    const GIVE_UP: Circumstance = Circumstance { action: Some(Action::Delete), presigned: false };
    const LIST: Circumstance = Circumstance { action: Some(Action::List), presigned: false };
    let prefix = if prefix.is_empty() { session.access.prefix.as_str() } else { prefix };
    let mut told = Told::new(args);
    session.run_simply(async {
        for upload in session.unfinished(prefix).await.map_err(|e| session.failure(e, LIST))? {
            if args.dry_run {
                told.done(&upload.key)?;
                continue;
            }
            match session.give_up(&upload.key, upload.upload_id.as_deref()).await {
                Ok(()) => told.done(&upload.key)?,
                Err(refused) => told.failed(&upload.key, &session.failure(refused, GIVE_UP).message),
            }
        }
        Ok(())
    })?;
    told.end("given up")
}

/// What has become of the keys.
struct Told<'a> {
    args: &'a Rm,
    removed: u64,
    failed: u64,
    help: Option<String>,
}

impl<'a> Told<'a> {
    fn new(args: &'a Rm) -> Self {
        Self { args, removed: 0, failed: 0, help: None }
    }

    fn done(&mut self, key: &str) -> Result<(), Failure> {
        self.removed = self.removed.saturating_add(1);
        if !self.args.json {
            print(&format!("{}\n", escaped(key)))?;
        }
        Ok(())
    }

    fn failed(&mut self, key: &str, why: &str) {
        self.failed = self.failed.saturating_add(1);
        say(format!("error: {}: {why}", escaped(key)));
    }

    fn end(self, what: &str) -> Done {
        if let Some(help) = &self.help {
            say(format!("help: {help}"));
        }
        if self.args.json {
            let removed: Value = if self.args.dry_run { 0.into() } else { self.removed.into() };
            let document = json!({
                "version": 1, "dryRun": self.args.dry_run, "objects": self.args.dry_run.then_some(self.removed),
                "removed": removed, "failed": self.failed,
            });
            print(&format!("{document}\n"))?;
        } else if self.args.dry_run {
            say(format!("nothing was {what} (--dry-run): {} would be", self.removed));
        } else {
            say(format!("{what}: {}", self.removed));
        }
        Ok(if self.failed == 0 { Exit::Clean } else { Exit::Problems })
    }
}
