//! `rm`: delete objects, or abort incomplete multipart uploads.

mod below;
mod input;
mod results;
mod spool;
mod uploads;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;

use futures_util::StreamExt as _;
use langfuse_blob_core::storage::delete_objects;
use langfuse_blob_core::variable::Containers;

use super::{Done, Failure};
use crate::cli::Rm;
use crate::client::Session;
use crate::output::shell_word;
use input::next_keys;
use results::Results;

/// How many keys are looked up at a time.
const LOOKED_UP: usize = 16;

/// Runs the verb.
pub fn run(args: &Rm) -> Done {
    if args.recursive && args.keys.iter().any(|key| key == "-") {
        return Err(Failure::usage("-R can't be combined with `-`, which reads whole keys from standard input"));
    }
    let session = Session::new(&args.sources, Some(&args.connect.connect_to), args.use_case, Containers::WORKER)?;
    match &args.uploads {
        Some(prefix) => uploads::run(args, &session, prefix),
        None if args.recursive => below::run(args, &session),
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
        // Another store doesn't know whether the keys exist.
        if !args.dry_run {
            session.guard().await?;
        }
        if !from_input {
            check_keys_exist(session, &args.keys, &results).await;
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
            // One level of `ls` has prefixes among its lines.
            let prefixes: Vec<String> = keys.iter().filter(|key| key.ends_with('/')).cloned().collect();
            check_keys_exist(session, &prefixes, &results).await;
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

/// Looks up whether the objects exist: stores report success for missing keys. A key that looks like a prefix or a
/// pattern is an error then.
async fn check_keys_exist(session: &Session, keys: &[String], results: &RefCell<Results<'_>>) {
    let sendable = keys.iter().filter(|key| session.check_key(key).is_ok());
    let looked_up = futures_util::stream::iter(sendable).map(async |key| (key, session.facts(key).await));
    let mut looked_up = std::pin::pin!(looked_up.buffered(LOOKED_UP));
    while let Some((key, facts)) = looked_up.next().await {
        // Without the permission to look, the delete decides.
        if let Ok(None) = facts {
            missing(key, &mut results.borrow_mut());
        }
    }
}

fn missing(key: &str, results: &mut Results<'_>) {
    if !key.ends_with('/') && !key.contains(['*', '?']) {
        results.missing(key);
        return;
    }
    results.absent.insert(key.to_owned());
    results.failed(key, "not found; prefixes and patterns aren't expanded");
    let prefix = key.split(['*', '?']).next().unwrap_or(key);
    let prefix = if prefix.is_empty() { "PREFIX".to_owned() } else { shell_word(prefix) };
    results.help.get_or_insert(format!(
        "To delete everything below a prefix, run `langfuse-blob rm -R {prefix}`, or `langfuse-blob ls --null {prefix} | \
         langfuse-blob rm --null -`, with the configuration's flags on both commands."
    ));
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
