//! The flags that say where the configuration comes from.

use clap::Args;
use langfuse_blob_core::command;

use super::kinds::{ContainerKind, DeploymentKind, DialectKind, InputKind};

/// Where the configuration comes from.
#[derive(Debug, Args, Clone, Default)]
pub struct Sources {
    /// Files to read; `-` reads standard input. Default: the deployment in this directory
    ///
    /// Formats: .env, compose, chart values, manifests, JSON, `env` output. `web=FILE` or `worker=FILE` applies to that
    /// container only.
    #[arg(value_name = "FILE")]
    pub files: Vec<String>,
    #[command(flatten)]
    pub how: How,
}

/// How to read it. Its flags have a heading of their own, which clap applies to all that follows: flatten it last.
#[derive(Debug, Args, Clone, Default)]
#[command(next_help_heading = "Configuration")]
pub struct How {
    /// Read this file, like FILE; repeatable
    #[arg(long, value_name = "FILE")]
    pub config: Vec<String>,
    /// Read this dotenv file; later files override earlier ones
    #[arg(long, value_name = "FILE")]
    pub env_file: Vec<String>,
    /// Read the environment of this process
    #[arg(long)]
    pub process_env: bool,
    /// Trust the files as your own
    ///
    /// They may then name files anywhere, as well as programs, proxies and credential endpoints; credentials of this
    /// machine are sent to any endpoint they set.
    #[arg(long)]
    pub trust_config: bool,
    /// File type, if it can't be detected
    #[arg(long, value_name = "KIND")]
    pub input: Option<InputKind>,
    /// How Langfuse is deployed
    #[arg(long, value_name = "METHOD")]
    pub deployment: Option<DeploymentKind>,
    /// Parser of the dotenv file
    #[arg(long, value_name = "PROGRAM")]
    pub dialect: Option<DialectKind>,
    /// Langfuse release, such as 4.16.0
    ///
    /// Detected from the image tags if possible.
    #[arg(long, value_name = "V")]
    pub langfuse_version: Option<String>,
    /// Version of the Langfuse chart
    #[arg(long, value_name = "V")]
    pub chart_version: Option<String>,
    /// Name of the Helm release
    #[arg(long, value_name = "NAME")]
    pub release: Option<String>,
    /// Use this container's configuration only
    ///
    /// URLs are then signed with it.
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
            trust_config: self.trust_config,
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
