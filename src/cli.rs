//! The command line. Flags are declared here and nowhere else: help, completions and the manual follow from them.
#![allow(missing_docs, reason = "what a flag is for stands in its help text")]

use std::ffi::OsString;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use langfuse_blob_core::source::{Dialect, Kind, Wrapper};
use langfuse_blob_core::variable::{Containers, UseCase};

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
    /// Put files into the store
    #[command(subcommand)]
    Upload(Upload),
    /// Make a link that works without credentials
    #[command(subcommand)]
    Presign(Presign),
    /// Fetch an object
    Get(Get),
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

impl std::ops::Deref for Sources {
    type Target = How;

    fn deref(&self) -> &How {
        &self.how
    }
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

#[derive(Debug, Subcommand)]
pub enum Upload {
    /// Put one file into a bucket of Langfuse
    #[command(
        after_help = "Examples:\n  langfuse-blob upload file report.csv --use-case exports\n  date | langfuse-blob upload file - probe/now.txt --env-file .env"
    )]
    File(UploadFile),
}

#[derive(Debug, Args)]
pub struct UploadFile {
    /// The file; `-` is standard input
    pub path: String,
    /// The whole key, prefix included. Default: the use case's prefix and the file's name
    pub key: Option<String>,
    /// Which bucket
    #[arg(long, value_name = "USE-CASE", default_value = "events")]
    pub use_case: UseCaseKind,
    /// The object's content type
    #[arg(long, value_name = "TYPE", default_value = "application/octet-stream")]
    pub content_type: String,
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
}

#[derive(Debug, Args)]
pub struct PresignGet {
    /// The whole key, prefix included
    pub key: String,
    /// Which bucket
    #[arg(long, value_name = "USE-CASE", default_value = "events")]
    pub use_case: UseCaseKind,
    /// Seconds for which the link works, 604800 (seven days) at the most
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    pub expires: u64,
    /// Let browsers save the object, under NAME if given, instead of showing it
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "", require_equals = true)]
    pub attachment: Option<String>,
    /// Sign for this moment instead of now, such as 2026-01-31T12:00:00Z
    #[arg(long, value_name = "TIME")]
    pub date: Option<String>,
    #[command(flatten)]
    pub how: How,
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

/// Runs the command line `arguments`.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let wrong = error.use_stderr();
            let _ = error.print();
            return if wrong { Exit::Usage } else { Exit::Clean };
        }
    };
    let done = match cli.verb {
        Verb::Check(args) => commands::check::run(&args),
        Verb::Show(args) => commands::show::run(&args),
        Verb::Explain(args) => commands::explain::run(&args),
        Verb::Upload(Upload::File(args)) => commands::upload::run(&args),
        Verb::Presign(Presign::Get(args)) => commands::presign::run(&args),
        Verb::Get(args) => commands::get::run(&args),
        Verb::Store(args) => commands::store::run(&args),
        Verb::Demo => commands::demo::run(),
        Verb::Schema => commands::schema::run(),
        Verb::Completions { shell } => commands::completions::run(shell, &mut Cli::command()),
        Verb::Man => commands::man::run(&Cli::command()),
    };
    done.unwrap_or_else(|failure| {
        say(format!("error: {}", failure.message));
        if let Some(help) = failure.help {
            say(format!("help: {help}"));
        }
        failure.exit
    })
}
