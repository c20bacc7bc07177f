//! The command line. Flags are declared here and nowhere else: help, completions and the manual follow from them.
#![allow(missing_docs, reason = "what a flag is for stands in its help text")]

use std::ffi::OsString;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use langfuse_blob_core::object::export;
use langfuse_blob_core::source::{Dialect, Kind, Wrapper};
use langfuse_blob_core::variable::{Containers, UseCase};
use langfuse_blob_core::{api, command};

use crate::commands;
use crate::exit::Exit;
use crate::output::say;

/// Checks, explains and operates the blob storage of a Langfuse deployment.
#[derive(Debug, Parser)]
#[command(
    name = "langfuse-blob",
    version,
    arg_required_else_help = true,
    after_help = "Start with `langfuse-blob check` in the folder of your compose file, values.yaml or .env,\n\
                  or with `langfuse-blob demo` to see everything work on a store of its own.\n\
                  Exit codes: 0 no error, 1 errors or a failed operation, 2 wrong usage or an unreadable file, 130 interrupted."
)]
pub struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Say what is wrong with a configuration, where, with what consequence and how to fix it
    Check(Check),
    /// Show what each container receives, and where each value comes from
    Show(Show),
    /// Explain a rule, a variable, an error code, or a procedure
    Explain(Explain),
    /// Write correct configuration for a store, or rights and rules for the store itself
    Generate(Generate),
    /// Put files into the store
    #[command(subcommand)]
    Upload(Upload),
    /// Make a link that works without credentials
    #[command(subcommand)]
    Presign(Presign),
    /// List objects, or unfinished uploads
    Ls(Ls),
    /// Fetch an object
    Get(Get),
    /// Remove objects, or give unfinished uploads up
    Rm(Rm),
    /// Turn rows into an export file in the exports bucket, and print a link to it
    Export(Export),
    /// Try the configuration out on the real store: what works, what does not, why, and what to do
    Doctor(Doctor),
    /// Serve the setup wizard on this machine, with the doctor behind it
    Wizard(Wizard),
    /// Run a small S3 store on this machine, for trying things out
    Store(Store),
    /// Show the main job end to end on a store of its own
    Demo,
    /// Print the JSON Schema (2020-12) of an environment
    Schema,
    /// Print shell completions
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// Where the configuration comes from.
#[derive(Debug, Args, Clone, Default)]
pub struct Sources {
    /// Files to read: .env, compose, chart values, manifests, JSON, `env` output; `-` is standard input, `web=FILE` or
    /// `worker=FILE` speaks for one container. Without any: the deployment in this folder
    #[arg(value_name = "FILE")]
    pub files: Vec<String>,
    #[command(flatten)]
    pub how: How,
}

/// How to read it.
#[derive(Debug, Args, Clone, Default)]
pub struct How {
    /// A file to read, like FILE; may be given several times
    #[arg(long, value_name = "FILE")]
    pub config: Vec<String>,
    /// A dotenv file to read; later files win over earlier ones
    #[arg(long, value_name = "FILE")]
    pub env_file: Vec<String>,
    /// Read the environment of this process
    #[arg(long)]
    pub process_env: bool,
    /// What the files are, where name and content do not tell
    #[arg(long, value_name = "KIND")]
    pub input: Option<InputKind>,
    /// What brings the variables to the containers
    #[arg(long, value_name = "WRAPPER")]
    pub deployment: Option<DeploymentKind>,
    /// Which program reads the dotenv file
    #[arg(long, value_name = "PROGRAM")]
    pub dialect: Option<DialectKind>,
    /// The Langfuse release that runs, such as 4.16.0; told from the image tags where possible
    #[arg(long, value_name = "VERSION")]
    pub langfuse_version: Option<String>,
    /// The Langfuse chart's version
    #[arg(long, value_name = "VERSION")]
    pub chart_version: Option<String>,
    /// The Helm release's name
    #[arg(long, value_name = "NAME")]
    pub release: Option<String>,
    /// Only this container; links are signed as it would sign them
    #[arg(long, value_name = "CONTAINER")]
    pub container: Option<ContainerKind>,
}

impl How {
    /// The same for the core, with `files` beside the flags.
    pub fn sources(&self, files: &[String]) -> command::Sources {
        command::Sources {
            files: files.to_vec(),
            config: self.config.clone(),
            env_file: self.env_file.clone(),
            process_env: self.process_env,
            input: self.input.map(Into::into),
            deployment: self.deployment.map(Into::into),
            dialect: self.dialect.map(Into::into),
            langfuse_version: self.langfuse_version.clone(),
            chart_version: self.chart_version.clone(),
            release: self.release.clone(),
            container: self.container.map(Into::into),
        }
    }
}

#[derive(Debug, Args)]
#[command(
    after_help = "Suppress a finding with a comment: `# langfuse-blob: ignore RULE -- reason` at the end of the line or alone\n\
above it; `# langfuse-blob: ignore-file` at the top of a file.\n\n\
Examples:\n  langfuse-blob check\n  langfuse-blob check .env --fix\n  helm template lf langfuse/langfuse -f values.yaml | langfuse-blob check -\n  \
kubectl get deploy,cm,secret -o yaml | langfuse-blob check -\n  langfuse-blob check --format sarif > langfuse-blob.sarif"
)]
pub struct Check {
    #[command(flatten)]
    pub sources: Sources,
    /// How to print the report
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
    /// Mend what can be mended with certainty, in place
    #[arg(long)]
    pub fix: bool,
    /// With --fix: also what is right in most cases only
    #[arg(long, requires = "fix")]
    pub unsafe_fixes: bool,
    /// Warnings fail too
    #[arg(long)]
    pub strict: bool,
    /// A rule not to report; may be given several times
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub ignore: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Show {
    #[command(flatten)]
    pub sources: Sources,
    /// Print secrets too
    #[arg(long)]
    pub reveal: bool,
    /// How to print: text or json
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: TextOrJson,
}

#[derive(Debug, Args)]
#[command(after_help = "Without an argument: the list of rules, variables, guides and error codes.")]
pub struct Explain {
    /// A rule (region-auto-without-endpoint), a variable (LANGFUSE_S3_EVENT_UPLOAD_BUCKET), an error code
    /// (SignatureDoesNotMatch) or a guide (rotate, migrate)
    #[arg(value_name = "TOPIC")]
    pub topic: Option<String>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "The file goes to standard output, notes go to standard error. On a terminal it asks for what is missing. \
Nothing is written that `check` would find an error or a warning in.\n\n\
Examples:\n  langfuse-blob generate env --provider aws --region eu-west-1 --bucket acme > .env\n  \
langfuse-blob generate helm --provider gcs --bucket acme > storage.yaml\n  \
langfuse-blob generate compose --provider minio > docker-compose.override.yml\n  \
langfuse-blob generate iam-policy --provider aws --region eu-west-1 --bucket acme --trust ecs\n  \
langfuse-blob generate lifecycle --provider r2 --bucket acme --retention-days 30"
)]
pub struct Generate {
    /// What to write
    #[arg(value_name = "FORMAT", value_parser = commands::generate::formats())]
    pub format: langfuse_blob_core::generate::Format,
    #[command(flatten)]
    pub fields: commands::generate::Fields,
}

#[derive(Debug, Subcommand)]
pub enum Upload {
    /// Put a file, a folder or standard input into a bucket of Langfuse
    #[command(
        after_help = "Files above the part size go in parts, several at a time. A journal remembers which parts the store has, so that \
an upload that was killed goes on with --resume. It is kept in $XDG_STATE_HOME/langfuse-blob/uploads, without that variable in \
~/.local/state, on Windows in %LOCALAPPDATA%; where that cannot be written, files go without one. Ctrl-C and SIGTERM give the \
upload up at the store, unless --resume was given. A file that is written to meanwhile is no object: it fails.\n\n\
Examples:\n  langfuse-blob upload file report.csv --use-case exports\n  langfuse-blob upload file backup/ restored/ --concurrency 32\n  \
pg_dump langfuse | langfuse-blob upload file - dumps/langfuse.sql --env-file .env\n  langfuse-blob upload file huge.tar --resume"
    )]
    File(UploadFile),
    /// Put media files into the media bucket, under the names that Langfuse gives them
    #[command(
        after_help = "With --host, --public-key and --secret-key the files go Langfuse's own way (media API, presigned upload), and the\n\
database knows them afterwards. Without, the objects are stored, but Langfuse never shows or deletes what its database does not know.\n\n\
Examples:\n  langfuse-blob upload media pictures/ --project clx0abc\n  langfuse-blob upload media cat.png --host https://langfuse.example --public-key pk-lf-1 --trace 7f3a"
    )]
    Media(UploadMedia),
    /// Put ingestion events into the event bucket, grouped and named as Langfuse does it
    #[command(
        after_help = "Takes a JSON array of events, JSON Lines, the body of an ingestion request ({\"batch\": […]}), or OpenTelemetry\n\
resourceSpans. An upload alone queues nothing: --replay-list writes the keys for Langfuse's replay endpoint or script.\n\n\
Example:\n  langfuse-blob upload events events.jsonl --project clx0abc --replay-list replay.json"
    )]
    Events(UploadEvents),
}

/// How a transfer runs.
#[derive(Debug, Args, Clone)]
pub struct Transfer {
    /// Say what would be sent, and send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How many requests are under way at a time
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub concurrency: Option<u16>,
    /// Progress on standard error: auto shows a bar on a terminal, json prints an event a line
    #[arg(long, value_name = "HOW", default_value = "auto")]
    pub progress: ProgressKind,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct UploadFile {
    /// The file or folder; `-` is standard input, and a pipe or a device is read like it
    pub path: String,
    /// The whole key, prefix included; for a folder, what its files' keys begin with. Default: the use case's prefix and
    /// the file's name
    pub key: Option<String>,
    /// Which bucket
    #[arg(long, value_name = "USE-CASE", default_value = "events")]
    pub use_case: UseCaseKind,
    /// The objects' content type. Default: told from the extension, else application/octet-stream
    #[arg(long, value_name = "TYPE")]
    pub content_type: Option<String>,
    /// Bytes of a part, such as 64MiB. Default: 16 MiB, or more where the object would have too many parts
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub part_size: Option<u64>,
    /// Go on with an upload that was interrupted, and keep what is there if this one is
    #[arg(long)]
    pub resume: bool,
    /// Leave objects alone that are already there with the same length
    #[arg(long)]
    pub skip_existing: bool,
    #[command(flatten)]
    pub transfer: Transfer,
    #[command(flatten)]
    pub how: How,
}

#[derive(Debug, Args)]
pub struct UploadMedia {
    /// The files or folders
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<String>,
    /// The project's id; needed without --host
    #[arg(long, value_name = "ID", required_unless_present = "host")]
    pub project: Option<String>,
    /// The files' content type. Default: told from the extension
    #[arg(long, value_name = "TYPE")]
    pub content_type: Option<String>,
    /// The address of Langfuse, to go its own way
    #[arg(long, value_name = "URL", requires_all = ["public_key", "secret_key", "trace"])]
    pub host: Option<String>,
    /// The project's public key
    #[arg(long, value_name = "KEY", env = "LANGFUSE_PUBLIC_KEY", requires = "host")]
    pub public_key: Option<String>,
    /// The project's secret key; `-` reads a line of standard input
    #[arg(long, value_name = "KEY", env = "LANGFUSE_SECRET_KEY", hide_env_values = true, requires = "host")]
    pub secret_key: Option<String>,
    /// With --host: the trace that the files belong to
    #[arg(long, value_name = "ID", requires = "host")]
    pub trace: Option<String>,
    /// With --host: the observation that they belong to
    #[arg(long, value_name = "ID", requires = "host")]
    pub observation: Option<String>,
    /// With --host: the field that mentions them
    #[arg(long, value_name = "FIELD", default_value = "metadata", requires = "host")]
    pub field: MediaField,
    #[command(flatten)]
    pub transfer: Transfer,
    #[command(flatten)]
    pub how: How,
}

#[derive(Debug, Args)]
pub struct UploadEvents {
    /// The files; `-` is standard input
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<String>,
    /// The project's id
    #[arg(long, value_name = "ID")]
    pub project: String,
    /// Write the keys for Langfuse's replay: a .json for its endpoint, a .csv for its script
    #[arg(long, value_name = "FILE")]
    pub replay_list: Option<std::path::PathBuf>,
    #[command(flatten)]
    pub transfer: Transfer,
    #[command(flatten)]
    pub how: How,
}

#[derive(Debug, Args)]
#[command(
    after_help = "The file gets the name that Langfuse gives its exports, or --key. The link is signed for the address that browsers use.\n\n\
Examples:\n  langfuse-blob export traces.jsonl --project clx0abc --table traces --format csv\n  \
psql -Atc 'select row_to_json(t) from t' | langfuse-blob export - --key exports/t.jsonl --format jsonl\n  \
langfuse-blob export rows.json --format csv --stdout > rows.csv"
)]
pub struct Export {
    /// The rows: JSON Lines, a JSON array or CSV; `-`, the default, is standard input
    #[arg(default_value = "-")]
    pub file: String,
    /// The project's id, for Langfuse's file name
    #[arg(long, value_name = "ID", conflicts_with = "key")]
    pub project: Option<String>,
    /// The table's name, for Langfuse's file name
    #[arg(long, value_name = "NAME", conflicts_with = "key")]
    pub table: Option<String>,
    /// The whole key instead of Langfuse's file name
    #[arg(long)]
    pub key: Option<String>,
    /// The format of the file that is written
    #[arg(long, value_name = "FORMAT", default_value = "csv")]
    pub format: ExportFormat,
    /// The format of the rows, where their beginning does not tell
    #[arg(long, value_name = "FORMAT")]
    pub from: Option<ExportFormat>,
    /// Write the file to standard output and upload nothing
    #[arg(long, conflicts_with_all = ["key", "project", "table"])]
    pub stdout: bool,
    /// Progress on standard error: auto shows a bar on a terminal, json prints an event a line
    #[arg(long, value_name = "HOW", default_value = "auto")]
    pub progress: ProgressKind,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub how: How,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  langfuse-blob ls\n  langfuse-blob ls events/otel/ --since 2026-01-31T00:00:00Z --long\n  \
langfuse-blob ls --use-case media --summary\n  langfuse-blob ls --uploads\n  langfuse-blob ls tmp/ --null | langfuse-blob rm --null -\n\n\
Into a pipe or a file keys go as they are, one a line, as `rm -` takes them. A key with a line break is named as an error then; \
--null lists it too. On a terminal a key with unprintable characters is shown as $'…', which a shell takes back."
)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Ls {
    /// What the keys begin with, the use case's own prefix included. Default: that prefix
    pub prefix: Option<String>,
    /// Which bucket
    #[arg(long, value_name = "USE-CASE", default_value = "events")]
    pub use_case: UseCaseKind,
    /// Only objects written at or after this time, such as 2026-01-31T12:00:00Z
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Only objects written before this time
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// Length, time and key
    #[arg(long)]
    pub long: bool,
    /// A JSON document a line
    #[arg(long)]
    pub json: bool,
    /// End every key with a NUL instead of a line feed, as it is: for `rm --null -` and `xargs -0`
    #[arg(long, short = '0', conflicts_with_all = ["long", "json", "summary"])]
    pub null: bool,
    /// Number and bytes by folder, instead of keys
    #[arg(long, conflicts_with = "long")]
    pub summary: bool,
    /// Write the keys for Langfuse's replay: a .json for its endpoint, a .csv for its script
    #[arg(long, value_name = "FILE")]
    pub replay_list: Option<std::path::PathBuf>,
    /// Unfinished multipart uploads instead of objects
    #[arg(long, conflicts_with_all = ["summary", "replay_list"])]
    pub uploads: bool,
    #[command(flatten)]
    pub how: How,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  langfuse-blob rm events/demo.json\n  langfuse-blob ls tmp/ --null | langfuse-blob rm --null -\n  langfuse-blob rm --uploads exports/ --use-case exports\n\n\
A key is taken as it is: no pattern, no prefix, no escape. What lies below a prefix is listed and removed as above. Stores say of \
an object that is not there that it is removed."
)]
pub struct Rm {
    /// The whole keys, prefix included; `-` reads them from standard input, one a line, as `ls` lists them into a pipe
    #[arg(value_name = "KEY", required_unless_present = "uploads", conflicts_with = "uploads")]
    pub keys: Vec<String>,
    /// Give up unfinished multipart uploads whose keys begin so, instead of removing objects; without PREFIX, those
    /// under the use case's own
    #[arg(long, value_name = "PREFIX", num_args = 0..=1, default_missing_value = "")]
    pub uploads: Option<String>,
    /// With `-`: a NUL ends every key instead of a line feed
    #[arg(long, short = '0', conflicts_with = "uploads")]
    pub null: bool,
    /// Which bucket
    #[arg(long, value_name = "USE-CASE", default_value = "events")]
    pub use_case: UseCaseKind,
    /// Say what would be removed, and remove nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub how: How,
}

#[derive(Debug, Args)]
pub struct Get {
    /// The whole key, prefix included
    pub key: String,
    /// The file to write; `-`, the default, is standard output
    #[arg(default_value = "-")]
    pub path: String,
    /// Which bucket
    #[arg(long, value_name = "USE-CASE", default_value = "events")]
    pub use_case: UseCaseKind,
    #[command(flatten)]
    pub how: How,
}

#[derive(Debug, Subcommand)]
pub enum Presign {
    /// A link to download an object
    Get(PresignGet),
    /// A link to upload an object
    #[command(
        after_help = "Every value given here is bound to the link: whoever uploads has to send the same header.\n\n\
Example:\n  langfuse-blob presign put media/p/cat.png --use-case media --content-type image/png --content-length 4096"
    )]
    Put(PresignPut),
}

/// What both kinds of link take.
#[derive(Debug, Args)]
pub struct Link {
    /// The whole key, prefix included
    pub key: String,
    /// Which bucket
    #[arg(long, value_name = "USE-CASE", default_value = "events")]
    pub use_case: UseCaseKind,
    /// Seconds for which the link works, 604800 (seven days) at the most
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    pub expires: u64,
    /// Sign for this moment instead of now, such as 2026-01-31T12:00:00Z
    #[arg(long, value_name = "TIME")]
    pub date: Option<String>,
    #[command(flatten)]
    pub how: How,
}

#[derive(Debug, Args)]
pub struct PresignGet {
    #[command(flatten)]
    pub link: Link,
    /// Let browsers save the object, under NAME if given, instead of showing it
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "", require_equals = true)]
    pub attachment: Option<String>,
}

#[derive(Debug, Args)]
pub struct PresignPut {
    #[command(flatten)]
    pub link: Link,
    /// The content type that has to be sent
    #[arg(long, value_name = "TYPE")]
    pub content_type: Option<String>,
    /// The length in bytes that has to be sent
    #[arg(long, value_name = "BYTES")]
    pub content_length: Option<u64>,
    /// The body's SHA-256, in base64 or hexadecimal digits, that has to be sent
    #[arg(long, value_name = "DIGEST")]
    pub sha256: Option<String>,
}

/// `--progress`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProgressKind {
    /// A bar, on a terminal
    Auto,
    /// Nothing
    Never,
    /// An event a line
    Json,
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
        _ => return Err("write it as 64MiB, 1GiB or a number of bytes".into()),
    };
    digits
        .parse::<u64>()
        .ok()
        .and_then(|n| n.checked_mul(factor))
        .ok_or_else(|| "write it as 64MiB, 1GiB or a number of bytes".into())
}

#[derive(Debug, Args)]
#[command(
    after_help = "It writes into folders of its own, `langfuse-doctor/…` under each prefix, and removes them again, also after Ctrl-C.\n\n\
Examples:\n  langfuse-blob doctor\n  langfuse-blob doctor --env-file .env --env-file new-keys.env     prove a new key pair\n  \
langfuse-blob doctor --process-env                               inside a container of the deployment\n  \
langfuse-blob doctor --read-only --use-case events --format json"
)]
pub struct Doctor {
    /// Only this purpose, in use or not; may be given several times
    #[arg(long, value_name = "USE-CASE", value_delimiter = ',')]
    pub use_case: Vec<UseCaseKind>,
    /// Write nothing
    #[arg(long)]
    pub read_only: bool,
    /// The origin of the page that uploads media, for its browser's preflight. Default: that of NEXTAUTH_URL
    #[arg(long, value_name = "URL")]
    pub origin: Option<String>,
    /// How to print: text or json
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: TextOrJson,
    #[command(flatten)]
    pub how: How,
}

#[derive(Debug, Args)]
#[command(
    after_help = "The first line on standard output is the address, with the token of this run in it. Ctrl-C ends it."
)]
pub struct Wizard {
    /// The port; 0 picks a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Open the page in the browser
    #[arg(long)]
    pub open: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "It prints a complete .env for itself on standard output as soon as it accepts connections:\n  \
langfuse-blob store > store.env &\n  langfuse-blob upload file README.md --env-file store.env\nIt listens on 127.0.0.1 only and ends with Ctrl-C."
)]
pub struct Store {
    /// The port; 0 picks a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// The folder that objects are kept in. Default: a temporary one, removed at the end
    #[arg(long, value_name = "DIR")]
    pub data: Option<std::path::PathBuf>,
    /// The bucket to make
    #[arg(long, value_name = "NAME", default_value = "langfuse")]
    pub bucket: String,
    /// The region that requests must be signed for
    #[arg(long, value_name = "REGION", default_value = "us-east-1")]
    pub region: String,
}

/// Report formats.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// The stable format for programs
    Json,
    /// SARIF 2.1.0, with fixes
    Sarif,
    /// Annotations for GitHub Actions
    Github,
}

impl From<Format> for api::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Text => Self::Text,
            Format::Json => Self::Json,
            Format::Sarif => Self::Sarif,
            Format::Github => Self::Github,
        }
    }
}

/// Formats of `show`.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[allow(missing_docs, reason = "the names say it")]
pub enum TextOrJson {
    Text,
    Json,
}

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident => $target:ty { $($variant:ident = $word:literal => $value:expr),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
        #[allow(missing_docs, reason = "the names are the values")]
        pub enum $name { $(#[value(name = $word)] $variant),+ }

        impl From<$name> for $target {
            fn from(choice: $name) -> Self {
                match choice { $($name::$variant => $value),+ }
            }
        }
    };
}

choice!(
    /// `--input`
    InputKind => Kind {
        Dotenv = "dotenv" => Kind::Dotenv, Compose = "compose" => Kind::Compose, Helm = "helm" => Kind::Helm,
        K8s = "k8s" => Kind::K8s, Json = "json" => Kind::Json, Env = "env" => Kind::Env,
    }
);
choice!(
    /// `--deployment`
    DeploymentKind => Wrapper {
        Raw = "raw" => Wrapper::Raw, Compose = "compose" => Wrapper::Compose, Helm = "helm" => Wrapper::Helm,
        K8s = "k8s" => Wrapper::K8s,
    }
);
choice!(
    /// `--dialect`
    DialectKind => Dialect {
        Compose = "compose" => Dialect::Compose, Docker = "docker" => Dialect::Docker, Node = "node" => Dialect::Node,
    }
);
choice!(
    /// `--container`
    ContainerKind => Containers { Web = "web" => Containers::WEB, Worker = "worker" => Containers::WORKER }
);
choice!(
    /// `--use-case`
    UseCaseKind => UseCase {
        Events = "events" => UseCase::Events, Media = "media" => UseCase::Media, Exports = "exports" => UseCase::Exports,
        CoreData = "core-data" => UseCase::CoreData,
    }
);

choice!(
    /// `--field`
    MediaField => &'static str { Input = "input" => "input", Output = "output" => "output", Metadata = "metadata" => "metadata" }
);
choice!(
    /// `--format` and `--from` of an export
    ExportFormat => export::Format {
        Csv = "csv" => export::Format::Csv, Json = "json" => export::Format::Json, Jsonl = "jsonl" => export::Format::Jsonl,
    }
);
/// Runs the command line `arguments`.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let wrong = error.use_stderr();
            if !wrong {
                let _ = error.print();
                return Exit::Clean;
            }
            // It quotes the arguments.
            error.render().to_string().lines().for_each(say);
            return Exit::Usage;
        }
    };
    let done = match cli.verb {
        Verb::Check(args) => commands::check::run(&args),
        Verb::Show(args) => commands::show::run(&args),
        Verb::Explain(args) => commands::explain::run(&args),
        Verb::Generate(args) => commands::generate::run(&args),
        Verb::Upload(Upload::File(args)) => commands::upload_file::run(&args),
        Verb::Upload(Upload::Media(args)) => commands::upload_media::run(&args),
        Verb::Upload(Upload::Events(args)) => commands::upload_events::run(&args),
        Verb::Export(args) => commands::export::run(&args),
        Verb::Presign(Presign::Get(args)) => commands::presign::get(&args),
        Verb::Presign(Presign::Put(args)) => commands::presign::put(&args),
        Verb::Ls(args) => commands::ls::run(&args),
        Verb::Get(args) => commands::get::run(&args),
        Verb::Rm(args) => commands::rm::run(&args),
        Verb::Doctor(args) => commands::doctor::run(&args),
        Verb::Wizard(args) => commands::wizard::run(&args),
        Verb::Store(args) => commands::store::run(&args),
        Verb::Demo => commands::demo::run(),
        Verb::Schema => commands::schema::run(),
        Verb::Completions { shell } => commands::completions::run(shell, &mut Cli::command()),
        Verb::Man => commands::man::run(&Cli::command()),
    };
    done.unwrap_or_else(|failure| {
        say(format!("error: {}", failure.message));
        if let Some(help) = failure.help {
            format!("help: {help}").lines().for_each(say);
        }
        failure.exit
    })
}
