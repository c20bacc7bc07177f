//! `store`: the embedded S3 store. It prints a complete .env for itself.

use std::fmt::Write as _;
use std::path::PathBuf;

use langfuse_blob_core::variable::UseCase;

use super::{Done, Failure};
use crate::cli::Store as Arguments;
use crate::embedded_store::{Error, Options, Store};
use crate::exit::Exit;
use crate::output::{deliver, eprint_line, stdout_is_null};
use crate::signals::stop;
use crate::temporary;

/// Runs the verb.
pub fn run(args: &Arguments) -> Done {
    if stdout_is_null() {
        return Err(Failure::failed("standard output is discarded, and the store's keys are printed only there")
            .help("Redirect it to a file: `langfuse-blob store > store.env`."));
    }
    let temporary = args
        .data
        .is_none()
        .then(|| temporary::directory("store"))
        .transpose()
        .map_err(|e| Failure::failed(format!("can't create a temporary directory: {e}")))?;
    let data_dir = args
        .data
        .clone()
        .or_else(|| temporary.as_ref().map(|t| t.path().to_owned()))
        .unwrap_or_else(|| PathBuf::from("."));
    let keys = Keys::random().map_err(|e| Failure::failed(format!("can't get random numbers from the system: {e}")))?;
    let options = Options {
        data_dir,
        region: args.region.clone(),
        access_key_id: keys.id.clone(),
        secret_access_key: keys.secret.clone(),
        buckets: vec![args.bucket.clone()],
    };
    let store = Store::open(options).map_err(|e| match e {
        Error::BucketName(_) => Failure::usage(format!("--bucket: {e}")),
        Error::Region(_) => Failure::usage(format!("--region: {e}")),
        _ => Failure::failed(e.to_string()),
    })?;
    for path in store.damaged() {
        eprint_line(format!("warning: can't read {}; it's left as it is", path.display()));
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|e| Failure::failed(e.to_string()))?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", args.port)).await.map_err(|e| {
            Failure::failed(format!("can't listen on 127.0.0.1:{}: {e}", args.port))
                .help("Choose another port with --port; 0 picks a free one.")
        })?;
        let address = listener.local_addr().map_err(|e| Failure::failed(e.to_string()))?;
        let stop = stop().map_err(|e| Failure::failed(e.to_string()))?;
        // By name: over http, Langfuse's pages load media from `localhost` only, not from 127.0.0.1.
        if !deliver(&dotenv(&format!("localhost:{}", address.port()), &args.region, &args.bucket, &keys))? {
            // Nobody received the keys.
            return Ok(());
        }
        eprint_line(format!(
            "S3 store on http://{address}, bucket {}; its .env went to standard output. Ctrl-C stops it.",
            args.bucket
        ));
        store.serve(listener, stop).await.map_err(|e| Failure::failed(e.to_string()))
    })?;
    Ok(Exit::Clean)
}

/// Credentials that are valid for one run.
struct Keys {
    id: String,
    secret: String,
}

impl Keys {
    fn random() -> Result<Self, getrandom::Error> {
        Ok(Self { id: format!("LOCAL{}", random_text(15, 36)?), secret: random_text(40, 62)? })
    }
}

/// `length` characters of the first `radix` of `A-Z0-9a-z`.
fn random_text(length: usize, radix: u8) -> Result<String, getrandom::Error> {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz";
    let mut out = String::with_capacity(length);
    while out.len() < length {
        let mut bytes = [0_u8; 64];
        getrandom::fill(&mut bytes)?;
        // Larger values are dropped: folding them back would favor the first letters.
        let fair = bytes.iter().map(|b| b & 63).filter(|b| *b < radix);
        out.extend(
            fair.filter_map(|b| ALPHABET.get(usize::from(b)))
                .map(|b| char::from(*b))
                .take(length.saturating_sub(out.len())),
        );
    }
    Ok(out)
}

/// A complete .env for a Langfuse on this machine.
fn dotenv(address: &str, region: &str, bucket: &str, keys: &Keys) -> String {
    let mut out = String::from("NEXTAUTH_URL=http://localhost:3000\n");
    for (use_case, prefix) in [(UseCase::Events, "events/"), (UseCase::Media, "media/"), (UseCase::Exports, "exports/")]
    {
        let stem = use_case.stem();
        if use_case == UseCase::Exports {
            let _ = writeln!(out, "{stem}_ENABLED=true");
        }
        for (suffix, value) in [
            ("BUCKET", bucket),
            ("PREFIX", prefix),
            ("REGION", region),
            ("ENDPOINT", &format!("http://{address}")),
            ("ACCESS_KEY_ID", &keys.id),
            ("SECRET_ACCESS_KEY", &keys.secret),
            ("FORCE_PATH_STYLE", "true"),
        ] {
            let _ = writeln!(out, "{stem}_{suffix}={value}");
        }
    }
    out
}
