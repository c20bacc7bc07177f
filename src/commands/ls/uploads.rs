//! `ls --uploads`: incomplete multipart uploads.

use super::super::Done;
use super::Times;
use super::rows::Rows;
use crate::cli::Ls;
use crate::client::{IncompleteUpload, Session, Stop};
use crate::output::{deliver, note};

/// Lists the incomplete uploads of keys that start with `prefix`.
pub fn run(args: &Ls, session: &Session, prefix: &str, times: &Times) -> Done {
    let mut none = true;
    let mut rows = Rows::new(args);
    let (limit, mut shown) = (args.limit.unwrap_or(usize::MAX), 0_usize);
    let work = async {
        let listed = session.incomplete_uploads(prefix, async |page: Vec<IncompleteUpload>| {
            none = none && page.is_empty();
            let mut out = String::new();
            for upload in page.iter().filter(|upload| times.hold(upload.begun)) {
                if shown >= limit {
                    note(format!("there is more; --limit {limit} ends the list here"));
                    deliver(&out)?;
                    return Err(Stop::Enough);
                }
                shown = shown.saturating_add(1);
                rows.upload(upload, &mut out);
            }
            if out.is_empty() || deliver(&out)? { Ok(()) } else { Err(Stop::Enough) }
        });
        session.listed(listed.await, prefix)
    };
    session.run_simply(work)?;
    if none && !args.json {
        note("no incomplete uploads");
    }
    rows.end()
}
