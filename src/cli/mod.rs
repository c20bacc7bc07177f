//! The command line. Flags are declared here and nowhere else: help, completions and the manual follow from them.
//!
//! The first line of a doc comment is what `-h` prints; `--help` prints all of it.
#![allow(missing_docs, reason = "the help text documents each flag")]

pub mod connect;
pub mod generate;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use langfuse_blob_core::command::Sources;
use langfuse_blob_core::object::{export, media_api};
use langfuse_blob_core::render::ReportFormat;
use langfuse_blob_core::variable::UseCase;

use crate::upload::progress::ProgressKind;
use crate::verbosity::{Color, Verbosity};
use connect::Connect;

/// Checks, explains and operates the blob storage of a Langfuse deployment.
#[derive(Debug, Parser)]
#[command(
    name = "langfuse-blob",
    version,
    arg_required_else_help = true,
    after_help = "Start with `langfuse-blob check` in the directory of your compose file, values.yaml or .env, or run \
`langfuse-blob demo` to see everything work on a temporary store.\n\n\
Exit codes: 0 no errors, 1 errors or a failed operation, 2 wrong usage or an unreadable file, 3 not tested, 130 interrupted."
)]
pub struct Cli {
    #[command(flatten)]
    pub printing: Printing,
    #[command(subcommand)]
    pub verb: Verb,
}

/// How much is printed. Every verb has these flags.
#[derive(Debug, Args, Clone, Copy)]
pub struct Printing {
    /// Print only results, warnings and errors
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Print a line on standard error for each request to a store
    ///
    /// It has the method, the host, the path with the key, the status and the time. Signatures and secrets are left out.
    #[arg(long, short, global = true)]
    verbose: bool,
    /// Color the output
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_short_help = true)]
    color: Color,
}

impl From<Printing> for Verbosity {
    fn from(flags: Printing) -> Self {
        Self { quiet: flags.quiet, verbose: flags.verbose, color: flags.color }
    }
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Check a configuration: what's wrong, where, what it breaks, and how to fix it
    ///
    /// Suppress a finding with a comment: `# langfuse-blob: ignore RULE -- reason` at the end of the line or alone
    /// above it; `# langfuse-blob: ignore-file` at the top of a file.
    ///
    /// Of a directory, `check` reads each file that configures Langfuse's storage, and the files that these name, but no
    /// directory in it. Compose files with their override and .env are one deployment, as are all manifests and all code.
    Check(Check),
    /// Show what each container receives, and where each value comes from
    Show(Show),
    /// Explain a rule, a variable, an error code or a log, or show a guide
    Explain(Explain),
    /// Generate Langfuse configuration for a store, or policies and rules for the store itself
    ///
    /// The file goes to standard output, notes to standard error. On a terminal, `generate` asks for what's missing. It
    /// writes nothing that `check` would report as an error or a warning.
    Generate(Generate),
    /// Upload files, media or ingestion events
    #[command(subcommand)]
    Upload(Upload),
    /// Create a presigned URL
    #[command(subcommand)]
    Presign(Presign),
    /// List objects, or incomplete multipart uploads
    ///
    /// One level is listed: objects, and what further keys have in common up to their next `/`. -R lists every key; so do
    /// --null, --summary, --replay-list, --since and --until, which need all of them.
    ///
    /// When piped or redirected, `ls` prints raw keys, one per line, as `rm -` reads them. A key that contains a line
    /// break is then reported as an error; use --null to list it. On a terminal, a key with unprintable characters is
    /// quoted as $'…', which shells accept.
    Ls(Ls),
    /// Download an object, or all objects below a prefix
    ///
    /// A file gets its name when it's complete. With -R, a key that can't be a file's path is reported and not written:
    /// one with a `..` or an empty segment, one with a segment of more than 255 bytes, one below a key that is a file, and
    /// one that differs from another only in case on a file system that ignores case. Links in DIR aren't followed.
    Get(Get),
    /// Delete objects, or abort incomplete multipart uploads
    ///
    /// Keys are literal: no globs or escapes. -R deletes all keys that begin with a prefix: it counts them and asks first.
    /// Without a terminal it needs --yes.
    Rm(Rm),
    /// Convert rows to an export file, upload it, and print a presigned URL for it
    ///
    /// The object key is --key, or the one that Langfuse gives its exports. The URL is signed for the endpoint that
    /// browsers use.
    Export(Export),
    /// Test the configuration against the real store and diagnose failures
    ///
    /// The doctor writes test objects below `langfuse-doctor/…` under each prefix and removes them at the end, also
    /// after Ctrl-C.
    Doctor(Doctor),
    /// Serve the setup wizard on this machine; it can also run the doctor
    ///
    /// The first line on standard output is the URL, including the token for this run. Ctrl-C stops the server.
    Wizard(Wizard),
    /// Run the embedded S3 store on this machine, for testing
    ///
    /// As soon as it accepts connections, the store prints a complete .env for itself to standard output. It listens on
    /// 127.0.0.1 only; Ctrl-C stops it.
    Store(Store),
    /// Run the main commands end to end on a temporary store
    Demo,
    /// Print the JSON Schema (2020-12) of the environment variables
    Schema,
    /// Print shell completions
    #[command(after_help = "To install them:
  bash       echo 'source <(langfuse-blob completions bash)' >> ~/.bashrc
  zsh        langfuse-blob completions zsh > \"${fpath[1]}/_langfuse-blob\"
  fish       langfuse-blob completions fish > ~/.config/fish/completions/langfuse-blob.fish
  elvish     langfuse-blob completions elvish >> ~/.config/elvish/rc.elv
  powershell langfuse-blob completions powershell >> $PROFILE")]
    Completions {
        /// Shell to print completions for
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
    /// Print the version
    Version,
}

/// Where the configuration comes from, for verbs that accept files without a flag.
#[derive(Debug, Args)]
pub struct Configuration {
    /// Files to read; `-` reads standard input. Default: the deployment in this directory
    ///
    /// Formats: .env, compose, chart values, manifests, JSON, `env` output; literal values in code such as Terraform (see
    /// --input). `web=FILE` or `worker=FILE` applies to that container only.
    #[arg(value_name = "FILE")]
    files: Vec<String>,
    #[command(flatten)]
    sources: Sources,
}

impl Configuration {
    /// All sources: the files, and those of the flags.
    pub fn sources(&self) -> Sources {
        Sources { files: self.files.clone(), ..self.sources.clone() }
    }
}

/// Formats of the verbs that print text for people or JSON for programs.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum TextOrJson {
    Text,
    Json,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
langfuse-blob check\n  \
langfuse-blob check deploy/ --strict\n  \
langfuse-blob check .env --fix --diff\n  \
helm template lf langfuse/langfuse -f values.yaml | langfuse-blob check -\n  \
kubectl get deploy,cm,secret -o yaml | langfuse-blob check -\n  \
langfuse-blob check --format sarif --output langfuse-blob.sarif")]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Check {
    /// Report format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ReportFormat,
    /// Same as --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// Apply safe fixes in place
    #[arg(long)]
    pub fix: bool,
    /// With --fix: also apply unsafe fixes; review the changes
    #[arg(long, requires = "fix")]
    pub unsafe_fixes: bool,
    /// With --fix: print the changes as a unified diff, and write nothing
    ///
    /// The report of what would remain goes to standard error. Secrets are shown as ***.
    #[arg(long, requires = "fix")]
    pub diff: bool,
    /// Also exit with 1 on warnings
    #[arg(long)]
    pub strict: bool,
    /// Don't report this rule; repeatable
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Report only this rule, and files that can't be read; repeatable
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Write the report to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub configuration: Configuration,
}

#[derive(Debug, Args)]
pub struct Show {
    /// Print secrets instead of ***
    #[arg(long)]
    pub reveal: bool,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: TextOrJson,
    /// Same as --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    #[command(flatten)]
    pub configuration: Configuration,
}

#[derive(Debug, Args)]
#[command(after_help = "Without an argument: the list of rules, variables, guides, error codes and log messages.

Examples:
  docker compose logs langfuse-web langfuse-worker | langfuse-blob explain -
  langfuse-blob explain region-missing")]
pub struct Explain {
    /// Rule, variable, error code, log message or guide; or a file with a log, `-` for standard input
    ///
    /// For example region-auto-without-endpoint, LANGFUSE_S3_EVENT_UPLOAD_BUCKET, SignatureDoesNotMatch, rotate. Of a log
    /// it prints what each line about storage means, the likeliest cause first, and which finding of the configuration in
    /// this directory explains it.
    #[arg(value_name = "TOPIC")]
    pub topic: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
langfuse-blob generate env --provider aws --region eu-west-1 --bucket acme > .env\n  \
langfuse-blob generate helm --provider gcs --bucket acme > storage.yaml\n  \
langfuse-blob generate lifecycle --env-file .env --retention-days 30 > lifecycle.json")]
pub struct Generate {
    /// What to generate
    #[arg(value_name = "FORMAT", value_parser = generate::formats())]
    pub format: langfuse_blob_core::generate::OutputFormat,
    #[command(flatten)]
    pub fields: generate::Fields,
    #[command(flatten)]
    pub existing: langfuse_blob_core::command::Existing,
}

#[derive(Debug, Subcommand)]
pub enum Upload {
    /// Upload a file, a directory or standard input to a Langfuse bucket
    ///
    /// Files larger than the part size are sent as multipart uploads, several parts at a time. Completed parts are
    /// recorded as resume state, so that --resume continues an interrupted upload. Resume state is kept in
    /// $XDG_STATE_HOME/langfuse-blob/uploads (by default ~/.local/state, on Windows %LOCALAPPDATA%); if it can't be
    /// written, files are uploaded without it. Ctrl-C and SIGTERM abort the multipart upload, unless --resume is set.
    /// If a file changes while it's being uploaded, its upload fails.
    #[command(after_help = "Examples:\n  \
langfuse-blob upload file report.csv --use-case exports\n  \
langfuse-blob upload file backup/ restored/ --concurrency 32\n  \
pg_dump langfuse | langfuse-blob upload file - dumps/langfuse.sql --env-file .env\n  \
langfuse-blob upload file huge.tar --resume")]
    File(UploadFile),
    /// Upload media files to the media bucket, with the object keys that Langfuse uses
    ///
    /// With --host, --public-key and --secret-key, files are uploaded through Langfuse's media API (presigned URLs),
    /// and Langfuse's database has a record of them. Without them, only the objects are stored: Langfuse never shows or
    /// deletes media that its database has no record of.
    #[command(after_help = "Examples:\n  \
langfuse-blob upload media pictures/ --project clx0abc\n  \
langfuse-blob upload media cat.png --host https://langfuse.example --public-key pk-lf-1 --trace 7f3a")]
    Media(UploadMedia),
    /// Upload ingestion events to the event bucket, grouped and named as Langfuse does
    ///
    /// Accepts a JSON array of events, JSON Lines, the body of an ingestion request (`{"batch": […]}`), or
    /// OpenTelemetry `resourceSpans`. An upload alone doesn't queue anything for Langfuse to read: --replay-list writes
    /// the keys for Langfuse's replay endpoint or script. Langfuse's own ingestion API rejects trace, span and generation
    /// events if LANGFUSE_MIGRATION_V4_WRITE_MODE is `events_only`, the default of release 4; a replay accepts them, and
    /// they are shown about ten minutes later.
    #[command(after_help = "Example:\n  \
langfuse-blob upload events events.jsonl --project clx0abc --replay-list replay.json")]
    Events(UploadEvents),
}

/// How a transfer runs.
#[derive(Debug, Args, Clone)]
pub struct Transfer {
    /// Show what would be uploaded, and upload nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Number of concurrent requests
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub concurrency: Option<u16>,
    /// Progress on standard error
    #[arg(long, value_name = "HOW", default_value = "auto")]
    pub progress: ProgressKind,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct UploadFile {
    /// File or directory; `-` reads standard input
    ///
    /// A pipe or a device is read like standard input.
    pub path: String,
    /// Object key, or for a directory the prefix of its files' keys
    ///
    /// The use case's prefix isn't added: write the whole key. Default: the use case's prefix and the file's name.
    pub key: Option<String>,
    /// Use the bucket of this use case
    #[arg(long, value_name = "USE-CASE", default_value = "events")]
    pub use_case: UseCase,
    /// Content type of the objects. Default: inferred from the extension
    ///
    /// For an unknown extension: application/octet-stream.
    #[arg(long, value_name = "TYPE")]
    pub content_type: Option<String>,
    /// Part size, such as 64MiB. Default: 16 MiB
    ///
    /// The default is larger for an object that would have too many parts otherwise.
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub part_size: Option<u64>,
    /// Resume an interrupted upload, and keep this one resumable
    #[arg(long)]
    pub resume: bool,
    /// Skip objects that already exist with the same size
    #[arg(long)]
    pub skip_existing: bool,
    #[command(flatten)]
    pub transfer: Transfer,
    #[command(flatten)]
    pub connect: Connect,
    #[command(flatten)]
    pub sources: Sources,
}

#[derive(Debug, Args)]
pub struct UploadMedia {
    /// Files or directories
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<String>,
    /// Project ID; required without --host
    #[arg(long, value_name = "ID", required_unless_present = "host")]
    pub project: Option<String>,
    /// Content type of the files. Default: inferred from the extension
    #[arg(long, value_name = "TYPE")]
    pub content_type: Option<String>,
    /// Langfuse's URL, to upload through its media API
    #[arg(long, value_name = "URL", requires_all = ["public_key", "secret_key", "trace"])]
    pub host: Option<String>,
    /// The project's public key
    #[arg(long, value_name = "KEY", env = "LANGFUSE_PUBLIC_KEY", requires = "host")]
    pub public_key: Option<String>,
    /// The project's secret key; `-` reads it from standard input
    #[arg(long, value_name = "KEY", env = "LANGFUSE_SECRET_KEY", hide_env_values = true, requires = "host")]
    pub secret_key: Option<String>,
    /// With --host: ID of the trace that the files belong to
    #[arg(long, value_name = "ID", requires = "host")]
    pub trace: Option<String>,
    /// With --host: ID of the observation that they belong to
    #[arg(long, value_name = "ID", requires = "host")]
    pub observation: Option<String>,
    /// With --host: field that references them
    #[arg(long, value_name = "FIELD", default_value = "metadata", requires = "host",
        value_parser = media_api::FIELDS)]
    pub field: String,
    #[command(flatten)]
    pub transfer: Transfer,
    #[command(flatten)]
    pub connect: Connect,
    #[command(flatten)]
    pub sources: Sources,
}

#[derive(Debug, Args)]
pub struct UploadEvents {
    /// Files; `-` reads standard input
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<String>,
    /// Project ID
    #[arg(long, value_name = "ID")]
    pub project: String,
    /// Write the keys for Langfuse's replay endpoint (.json) or script (.csv)
    #[arg(long, value_name = "FILE")]
    pub replay_list: Option<PathBuf>,
    #[command(flatten)]
    pub transfer: Transfer,
    #[command(flatten)]
    pub connect: Connect,
    #[command(flatten)]
    pub sources: Sources,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
langfuse-blob export traces.jsonl --project clx0abc --table traces --format csv\n  \
psql -Atc 'select row_to_json(t) from t' | langfuse-blob export - --key exports/t.jsonl --format jsonl\n  \
langfuse-blob export rows.json --format csv --stdout > rows.csv")]
pub struct Export {
    /// Rows as JSON Lines, a JSON array or CSV; `-` reads standard input
    #[arg(default_value = "-")]
    pub file: String,
    /// Project ID, for Langfuse's file name
    #[arg(long, value_name = "ID", conflicts_with = "key")]
    pub project: Option<String>,
    /// Table name, for Langfuse's file name
    #[arg(long, value_name = "NAME", conflicts_with = "key")]
    pub table: Option<String>,
    /// Object key, instead of Langfuse's file name
    #[arg(long)]
    pub key: Option<String>,
    /// Format of the export file
    #[arg(long, value_name = "FORMAT", default_value = "csv")]
    pub format: export::Format,
    /// Format of the rows, if it can't be detected
    #[arg(long, value_name = "FORMAT")]
    pub from: Option<export::Format>,
    /// Write the file to standard output, and upload nothing
    #[arg(long, conflicts_with_all = ["key", "project", "table"])]
    pub stdout: bool,
    /// Progress on standard error
    #[arg(long, value_name = "HOW", default_value = "auto")]
    pub progress: ProgressKind,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub connect: Connect,
    #[command(flatten)]
    pub sources: Sources,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
langfuse-blob ls\n  \
langfuse-blob ls events/otel/ -Rl --human\n  \
langfuse-blob ls --since 3h --replay-list replay.json\n  \
langfuse-blob ls --use-case media --summary\n  \
langfuse-blob ls tmp/ --null | langfuse-blob rm --null -")]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Ls {
    /// Prefix of the keys to list. Default: the use case's prefix
    ///
    /// The use case's prefix isn't added: write the whole prefix.
    pub prefix: Option<String>,
    /// Use the bucket of this use case
    #[arg(long, value_name = "USE-CASE", default_value = "events")]
    pub use_case: UseCase,
    /// List every key that begins with the prefix
    #[arg(long, short = 'R')]
    pub recursive: bool,
    /// Only objects modified at or after this time: 2026-01-31T12:00:00Z, 2026-01-31, or 3h for three hours ago (-R)
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Only objects modified before this time (-R)
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// Print size, time and key
    #[arg(long, short)]
    pub long: bool,
    /// With --long: sizes such as 3.20 MiB, as --summary prints them
    #[arg(long)]
    pub human: bool,
    /// Print at most this many lines
    #[arg(long, value_name = "N", conflicts_with_all = ["summary", "replay_list"])]
    pub limit: Option<usize>,
    /// Print one JSON document per line
    #[arg(long)]
    pub json: bool,
    /// End each key with NUL instead of a newline, for `rm --null -` and `xargs -0` (-R)
    #[arg(long, short = '0', conflicts_with_all = ["long", "json", "summary"])]
    pub null: bool,
    /// Print object count and bytes per prefix, instead of keys (-R)
    #[arg(long, conflicts_with = "long")]
    pub summary: bool,
    /// Write the keys for Langfuse's replay endpoint (.json) or script (.csv) (-R)
    #[arg(long, value_name = "FILE")]
    pub replay_list: Option<PathBuf>,
    /// List incomplete multipart uploads instead of objects
    #[arg(long, conflicts_with_all = ["summary", "replay_list"])]
    pub uploads: bool,
    #[command(flatten)]
    pub connect: Connect,
    #[command(flatten)]
    pub sources: Sources,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
langfuse-blob rm events/demo.json\n  \
langfuse-blob rm -R tmp/ --dry-run\n  \
langfuse-blob ls --until 30d --null | langfuse-blob rm --null -\n  \
langfuse-blob rm --uploads exports/ --use-case exports")]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Rm {
    /// Object keys, prefix included; `-` reads them from standard input
    ///
    /// Standard input has one key per line, as `ls -R` prints them when piped.
    #[arg(value_name = "KEY", required_unless_present = "uploads", conflicts_with = "uploads")]
    pub keys: Vec<String>,
    /// Delete all keys that begin with KEY
    #[arg(long, short = 'R', conflicts_with_all = ["uploads", "null"])]
    pub recursive: bool,
    /// With -R: don't ask. With N: only if there are N objects
    ///
    /// An empty prefix, which is the whole bucket, needs N.
    #[arg(long, short, value_name = "N", num_args = 0..=1, require_equals = true, requires = "recursive")]
    pub yes: Option<Option<u64>>,
    /// Abort incomplete multipart uploads of keys that start with PREFIX
    ///
    /// Without PREFIX: those below the use case's prefix. Objects aren't deleted.
    #[arg(long, value_name = "PREFIX", num_args = 0..=1, default_missing_value = "")]
    pub uploads: Option<String>,
    /// With `-`: each key ends with NUL instead of a newline
    #[arg(long, short = '0', conflicts_with = "uploads")]
    pub null: bool,
    /// Use the bucket of this use case
    #[arg(long, value_name = "USE-CASE", default_value = "events")]
    pub use_case: UseCase,
    /// Show what would be deleted, and delete nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub connect: Connect,
    #[command(flatten)]
    pub sources: Sources,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
langfuse-blob get events/p1/trace/x.json\n  \
langfuse-blob get events/p1/trace/x.json downloads/\n  \
langfuse-blob get -R events/p1/ p1/\n  \
langfuse-blob get -R \"\" backup/ --skip-existing")]
pub struct Get {
    /// Object key, prefix included; with -R the prefix of keys
    pub key: String,
    /// File or directory to write; `-` writes to standard output
    ///
    /// Default: standard output; with -R, this directory.
    pub path: Option<String>,
    /// Download all objects whose keys begin with KEY
    ///
    /// A file's path is its key without what precedes the last `/` of KEY.
    #[arg(long, short = 'R')]
    pub recursive: bool,
    /// Skip objects whose file already exists with the same size
    #[arg(long)]
    pub skip_existing: bool,
    /// Number of concurrent requests. Default: 32
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256), requires = "recursive")]
    pub concurrency: Option<u16>,
    /// Progress on standard error
    #[arg(long, value_name = "HOW", default_value = "auto")]
    pub progress: ProgressKind,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
    /// Use the bucket of this use case
    #[arg(long, value_name = "USE-CASE", default_value = "events")]
    pub use_case: UseCase,
    #[command(flatten)]
    pub connect: Connect,
    #[command(flatten)]
    pub sources: Sources,
}

#[derive(Debug, Subcommand)]
pub enum Presign {
    /// Create a presigned URL to download an object
    Get(PresignGet),
    /// Create a presigned URL to upload an object
    ///
    /// Each value given here is signed into the URL; the uploader must send the same header.
    #[command(after_help = "Example:\n  \
langfuse-blob presign put media/p/cat.png --use-case media --content-type image/png --content-length 4096")]
    Put(PresignPut),
}

/// Seconds from a duration.
fn duration(text: &str) -> Result<u64, String> {
    langfuse_blob_core::duration::seconds(text)
        .ok_or_else(|| "expected seconds, or a duration such as 15m, 12h or 7d".into())
}

/// What both kinds of presigned URL need.
#[derive(Debug, Args)]
pub struct Link {
    /// Object key, prefix included
    pub key: String,
    /// Use the bucket of this use case
    #[arg(long, value_name = "USE-CASE", default_value = "events")]
    pub use_case: UseCase,
    /// How long the URL works, such as 900, 15m or 7d (the maximum)
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = duration)]
    pub expires: u64,
    /// Sign for this time instead of now, such as 2026-01-31T12:00:00Z
    #[arg(long, value_name = "TIME")]
    pub date: Option<String>,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub sources: Sources,
}

#[derive(Debug, Args)]
pub struct PresignGet {
    /// Make browsers save the object, as NAME if given, instead of showing it
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "", require_equals = true)]
    pub attachment: Option<String>,
    #[command(flatten)]
    pub link: Link,
}

#[derive(Debug, Args)]
pub struct PresignPut {
    /// Content type that must be sent
    #[arg(long, value_name = "TYPE")]
    pub content_type: Option<String>,
    /// Length in bytes that must be sent
    #[arg(long, value_name = "BYTES")]
    pub content_length: Option<u64>,
    /// SHA-256 of the body that must be sent, in base64 or hex
    #[arg(long, value_name = "DIGEST")]
    pub sha256: Option<String>,
    #[command(flatten)]
    pub link: Link,
}

/// Reads `64MiB`, `64M`, `67108864`: powers of 1024.
fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.get(digits.len()..).unwrap_or("").to_ascii_lowercase();
    let factor: u64 = match unit.trim_end_matches('b').trim_end_matches('i') {
        "" => 1,
        "k" => 1 << 10,
        "m" => 1 << 20,
        "g" => 1 << 30,
        _ => return Err("expected 64MiB, 1GiB or a number of bytes".into()),
    };
    digits
        .parse::<u64>()
        .ok()
        .and_then(|n| n.checked_mul(factor))
        .ok_or_else(|| "expected 64MiB, 1GiB or a number of bytes".into())
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
langfuse-blob doctor\n  \
langfuse-blob doctor --env-file .env --env-file new-keys.env     test new keys before you roll them out\n  \
langfuse-blob doctor --process-env                               inside a container of the deployment\n  \
langfuse-blob doctor --read-only --use-case events --format json")]
pub struct Doctor {
    /// Test only this use case, even if it isn't in use; repeatable. Default: all in use
    #[arg(long, value_name = "USE-CASE", value_delimiter = ',')]
    pub use_case: Vec<UseCase>,
    /// Write nothing to the store
    #[arg(long)]
    pub read_only: bool,
    /// Origin of the page that uploads media, for the CORS preflight
    ///
    /// Default: the origin of NEXTAUTH_URL.
    #[arg(long, value_name = "URL")]
    pub origin: Option<String>,
    /// Exit with 0 even if a use case couldn't be tested from here
    #[arg(long)]
    pub allow_untested: bool,
    /// Write the report to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: TextOrJson,
    /// Same as --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    #[command(flatten)]
    pub connect: Connect,
    #[command(flatten)]
    pub configuration: Configuration,
}

#[derive(Debug, Args)]
pub struct Wizard {
    /// Port to listen on; 0 picks a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Open the page in the browser
    #[arg(long)]
    pub open: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
langfuse-blob store > store.env &\n  \
langfuse-blob upload file README.md --env-file store.env")]
pub struct Store {
    /// Port to listen on; 0 picks a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Directory to keep objects in. Default: a temporary one, removed on exit
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Bucket to create
    #[arg(long, value_name = "NAME", default_value = "langfuse")]
    pub bucket: String,
    /// Region that requests must be signed for
    #[arg(long, value_name = "REGION", default_value = "us-east-1")]
    pub region: String,
}
