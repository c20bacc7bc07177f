//! `presign get`: a link that downloads an object without credentials.

use langfuse_blob_core::sign::{KeyCache, Timestamp};
use langfuse_blob_core::storage::Signer;
use langfuse_blob_core::storage::presign::{Disposition, Operation, presign_at};
use langfuse_blob_core::text::mask::escaped;
use langfuse_blob_core::variable::Containers;

use super::{Done, Failure};
use crate::cli::PresignGet;
use crate::exit::Exit;
use crate::output::{print, say};
use crate::storage::{Session, now};

/// Runs the verb.
pub fn run(args: &PresignGet) -> Done {
    /// Seven days: Signature Version 4 allows no more.
    const LONGEST: u64 = 604_800;
    if args.expires == 0 || args.expires > LONGEST {
        return Err(Failure::usage(format!("--expires {} is outside 1 to {LONGEST}", args.expires))
            .help("Signature Version 4 ends links after seven days (604800 seconds) at the latest."));
    }
    let session = Session::new(&args.how, args.use_case.into(), Containers::WEB)?;
    let at = match &args.date {
        None => now()?,
        Some(text) => Timestamp::parse(text).map_err(|e| Failure::usage(format!("--date {text:?}: {e}")))?,
    };
    let disposition = match args.attachment.as_deref() {
        None => Disposition::Inline,
        Some("") => Disposition::Attachment,
        Some(name) => Disposition::AttachmentNamed(name),
    };
    let target = &session.access.link_target;
    let mut keys = KeyCache::new();
    let mut signer = Signer { credentials: &session.access.credentials, keys: &mut keys, at };
    let expires = u32::try_from(args.expires).unwrap_or(u32::MAX);
    let url = presign_at(target, &args.key, &Operation::Get { disposition }, expires, &mut signer)
        .map_err(|e| Failure::failed(format!("{} cannot be signed: {e}", escaped(&args.key))))?;
    print(&format!("{url}\n"))?;
    if session.access.credentials.session_token.is_some() {
        say("warning: the link dies with the session that signed it, which may be sooner");
    }
    let host = target.host().split(':').next().unwrap_or("");
    if !host.contains('.') && host != "localhost" {
        say(format!(
            "warning: {host} is a name that only the deployment's own network knows; a browser elsewhere cannot open this link"
        ));
    }
    Ok(Exit::Clean)
}
