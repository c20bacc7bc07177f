//! `ls`: list a bucket.

mod rows;
mod totals;
mod uploads;

use langfuse_blob_core::duration;
use langfuse_blob_core::sign::Timestamp;
use langfuse_blob_core::variable::Containers;

use super::elsewhere::nowhere;
use super::{Done, Failure};
use crate::cli::Ls;
use crate::client::{self, Depth, Listed, Page, Session, Stop};
use crate::output::{deliver, note, print, print_json};
use crate::replay_list::ReplayList;
use rows::Rows;
use totals::PrefixTotals;

/// Runs the verb.
pub fn run(args: &Ls) -> Done {
    let times = Times::new(args)?;
    let session = Session::new(&args.sources, Some(&args.connect.connect_to), args.use_case, Containers::WORKER)?;
    let prefix = args.prefix.clone().unwrap_or_else(|| session.access.prefix.clone());
    if args.uploads {
        return uploads::run(args, &session, &prefix, &times);
    }
    objects(args, &session, &prefix, &times)
}

fn objects(args: &Ls, session: &Session, prefix: &str, times: &Times) -> Done {
    let mut totals = PrefixTotals::new(prefix);
    let mut list =
        args.replay_list.as_deref().map(|path| ReplayList::create(path, &session.access.prefix)).transpose()?;
    let mut rows = Rows::new(args);
    let (mut closed, mut found, mut shown) = (false, false, 0_usize);
    let limit = args.limit.unwrap_or(usize::MAX);
    // One more than the limit says whether there is more.
    let most = args.limit.filter(|_| times.all()).and_then(|n| u16::try_from(n.saturating_add(1)).ok());
    let work = async {
        let listed = session.list_by(prefix, depth(args), most, async |page: Page| {
            found = found || !page.objects.is_empty() || !page.prefixes.is_empty();
            let mut out = String::new();
            for entry in entries(page, times) {
                if shown >= limit {
                    note(format!("there is more; --limit {limit} ends the list here"));
                    deliver(&out)?;
                    return Err(Stop::Enough);
                }
                shown = shown.saturating_add(1);
                if let (Some(list), Entry::Object(object)) = (&mut list, &entry) {
                    list.add(&object.key)?;
                }
                match &entry {
                    Entry::Object(object) if args.summary => totals.add(object),
                    _ if closed => {}
                    Entry::Object(object) => rows.object(object, &mut out),
                    Entry::Prefix(prefix) => rows.prefix(prefix, &mut out),
                }
            }
            closed = closed || !out.is_empty() && !deliver(&out)?;
            // The reader closed the pipe (`| head`): stop, unless a replay list is being written, which must be
            // complete.
            if closed && list.is_none() { Err(Stop::Enough) } else { Ok(()) }
        });
        session.listed(listed.await, prefix)?;
        if !found {
            nowhere(session, prefix).await.note();
        } else if shown == 0 {
            note("no object was modified in that range of time");
        }
        Ok(())
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
    rows.end()
}

/// What needs every key lists every key.
fn depth(args: &Ls) -> Depth {
    let all = args.recursive
        || args.summary
        || args.null
        || args.since.is_some()
        || args.until.is_some()
        || args.replay_list.is_some();
    if all { Depth::All } else { Depth::Level }
}

/// An object or a common prefix.
enum Entry {
    Object(Listed),
    Prefix(String),
}

impl Entry {
    fn name(&self) -> &str {
        match self {
            Self::Object(object) => &object.key,
            Self::Prefix(prefix) => prefix,
        }
    }
}

/// What a page has, as one list. A store that sorts keys sorts the prefixes apart from them.
fn entries(page: Page, times: &Times) -> Vec<Entry> {
    let has_prefixes = !page.prefixes.is_empty();
    let objects = page.objects.into_iter().filter(|object| times.hold(object.modified)).map(Entry::Object);
    let mut entries: Vec<Entry> = objects.chain(page.prefixes.into_iter().map(Entry::Prefix)).collect();
    if has_prefixes {
        entries.sort_by(|a, b| a.name().cmp(b.name()));
    }
    entries
}

/// `--since` and `--until`.
struct Times {
    since: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Times {
    fn new(args: &Ls) -> Result<Self, Failure> {
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
        Ok(Self { since: moment("--since", &args.since)?, until: moment("--until", &args.until)? })
    }

    /// Whether every time is in it.
    fn all(&self) -> bool {
        self.since.is_none() && self.until.is_none()
    }

    /// Whether `time` is in it. An object without a modification time is in no range.
    fn hold(&self, time: Option<Timestamp>) -> bool {
        let after = self.since.is_none_or(|since| time.is_some_and(|t| t.unix() >= since.unix()));
        after && self.until.is_none_or(|until| time.is_some_and(|t| t.unix() < until.unix()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_prefixes_are_one_sorted_list() {
        let object = |key: &str| Listed { key: key.into(), bytes: 1, modified: None, etag: None };
        let page = Page { objects: vec![object("a"), object("c")], prefixes: vec!["a/".into(), "b/".into()] };
        let times = Times { since: None, until: None };
        let names: Vec<_> = entries(page, &times).iter().map(|entry| entry.name().to_owned()).collect();
        assert_eq!(names, ["a", "a/", "b/", "c"]);
    }
}
