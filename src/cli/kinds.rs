//! The words that flags take, as the core's own types.

use clap::ValueEnum;
use langfuse_blob_core::api;
use langfuse_blob_core::object::export;
use langfuse_blob_core::source::{Dialect, Kind, Wrapper};
use langfuse_blob_core::variable::{Containers, UseCase};

/// Report formats.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Format {
    /// Human-readable
    Text,
    /// Stable, for programs
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
