//! `rm --uploads`: abort incomplete multipart uploads.

use langfuse_blob_core::storage::cause::{Action, Circumstance};

use super::super::Done;
use super::results::Results;
use crate::cli::Rm;
use crate::client::{About, IncompleteUpload, Session};

/// Aborts the incomplete uploads of keys that start with `prefix`.
pub fn run(args: &Rm, session: &Session, prefix: &str) -> Done {
    const ABORT: Circumstance = Circumstance { action: Some(Action::Delete), presigned: false };
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
        session.listed(listed.await, prefix)
    })?;
    results.end("aborted")
}
