//! The parsed command line.

use std::collections::BTreeMap;

use super::CommandError;
use crate::generate::{self, Id};
use crate::render::ReportFormat;
use crate::source::{Dialect, Kind, Wrapper};
use crate::variable::Containers;

/// A verb with its arguments.
#[derive(Clone, Debug)]
pub enum Command {
    /// `check`
    Check(Check),
    /// `show`
    Show(Show),
    /// `explain`, with the topic.
    #[cfg(feature = "pages")]
    Explain(Option<String>),
    /// `generate`
    Generate(Generate),
    /// `schema`
    #[cfg(feature = "pages")]
    Schema,
}

/// Where the configuration comes from, and how to read it. Each field is the flag of the same name, and its comment the
/// flag's help text. The flags have a heading of their own, which clap applies to all that follows: flatten them last.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "clap", derive(clap::Args), command(next_help_heading = "Configuration"))]
pub struct Sources {
    /// The files named without a flag, which only some verbs accept.
    #[cfg_attr(feature = "clap", arg(skip))]
    pub files: Vec<String>,
    /// Read this file, like FILE; repeatable
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE"))]
    pub config: Vec<String>,
    /// Read this dotenv file; later files override earlier ones
    ///
    /// With a compose project, in this directory or from --config, it replaces the project's .env, as in `docker compose
    /// --env-file`. Without one, or with --deployment raw, it's the environment of web and worker.
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE"))]
    pub env_file: Vec<String>,
    /// Read the environment of this process
    #[cfg_attr(feature = "clap", arg(long))]
    pub process_env: bool,
    /// Trust the files as your own
    ///
    /// They may then name files anywhere, as well as programs, proxies and credential endpoints; credentials of this
    /// machine are sent to any endpoint they set.
    #[cfg_attr(feature = "clap", arg(long))]
    pub trust_config: bool,
    /// File type, if it can't be detected
    ///
    /// Whole environments: dotenv, compose, helm, k8s, json, env. Excerpts of code, where only literal values are judged
    /// and nothing counts as missing: terraform, bicep, nix, javascript (and TypeScript), python, go, csharp, java (and
    /// Kotlin), shell, dockerfile, github-workflow, helm-template, jinja, terraform-template.
    #[cfg_attr(feature = "clap", arg(long, value_name = "KIND", hide_possible_values = true))]
    pub input: Option<Kind>,
    /// How Langfuse is deployed
    #[cfg_attr(feature = "clap", arg(long, value_name = "METHOD"))]
    pub deployment: Option<Wrapper>,
    /// Parser of the dotenv file
    #[cfg_attr(feature = "clap", arg(long, value_name = "PROGRAM"))]
    pub dialect: Option<Dialect>,
    /// Langfuse release, such as 4.16.0
    ///
    /// Detected from the image tags if possible.
    #[cfg_attr(feature = "clap", arg(long, value_name = "V"))]
    pub langfuse_version: Option<String>,
    /// Version of the Langfuse chart
    #[cfg_attr(feature = "clap", arg(long, value_name = "V"))]
    pub chart_version: Option<String>,
    /// Name of the Helm release
    #[cfg_attr(feature = "clap", arg(long, value_name = "NAME"))]
    pub release: Option<String>,
    /// Use this container's configuration only
    ///
    /// URLs are then signed with it.
    #[cfg_attr(feature = "clap", arg(long, value_name = "CONTAINER"))]
    pub container: Option<Containers>,
}

/// `check`
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the flags' help texts document them")]
pub struct Check {
    pub sources: Sources,
    pub format: ReportFormat,
    pub fix: bool,
    pub unsafe_fixes: bool,
    pub strict: bool,
    pub ignore: Vec<String>,
    pub select: Vec<String>,
}

/// `show`
#[derive(Clone, Debug)]
pub struct Show {
    /// What to show.
    pub sources: Sources,
    /// Secrets as well.
    pub reveal: bool,
    /// As JSON instead of a table.
    pub json: bool,
}

/// `generate`
#[derive(Clone, Debug)]
pub struct Generate {
    /// What to write.
    pub format: generate::OutputFormat,
    /// The given flags, as given.
    pub given: Vec<(Id, String)>,
    /// The deployment that has the other answers.
    pub existing: Existing,
}

/// The deployment that completes the answers of `generate`.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "clap", derive(clap::Args), command(next_help_heading = "The deployment"))]
pub struct Existing {
    /// Take the answers that have no flag from this file; repeatable
    ///
    /// iam-policy, cors, lifecycle and terraform take them from the deployment in this directory by default. A secret is
    /// taken only by env, json and k8s, which contain it.
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE"))]
    pub config: Vec<String>,
    /// Take them from this dotenv file; later files override earlier ones
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE", hide_short_help = true))]
    pub env_file: Vec<String>,
    /// Trust these files as your own
    ///
    /// They may then name files anywhere.
    #[cfg_attr(feature = "clap", arg(long, hide_short_help = true))]
    pub trust_config: bool,
}

/// The command line's values by flag, as an untyped parser returns them: long flags without their dashes,
/// positional arguments by the name of their value, a switch as `true`.
#[derive(Clone, Debug, Default)]
pub struct Values(pub BTreeMap<String, Vec<String>>);

impl Values {
    fn all(&self, name: &str) -> Vec<String> {
        self.0.get(name).cloned().unwrap_or_default()
    }

    fn one(&self, name: &str) -> Option<String> {
        self.0.get(name).and_then(|values| values.last()).cloned()
    }

    fn is_set(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    fn word<T>(&self, name: &str, from: impl Fn(&str) -> Option<T>) -> Result<Option<T>, CommandError> {
        let Some(word) = self.one(name) else { return Ok(None) };
        from(&word).map(Some).ok_or_else(|| CommandError::usage(format!("--{name} {word:?} isn't supported")))
    }

    fn sources(&self) -> Result<Sources, CommandError> {
        Ok(Sources {
            files: self.all("FILE"),
            config: self.all("config"),
            env_file: self.all("env-file"),
            process_env: self.is_set("process-env"),
            trust_config: self.is_set("trust-config"),
            input: self.word("input", Kind::from_name)?,
            deployment: self.word("deployment", Wrapper::from_name)?,
            dialect: self.word("dialect", Dialect::from_name)?,
            langfuse_version: self.one("langfuse-version"),
            chart_version: self.one("chart-version"),
            release: self.one("release"),
            container: self.word("container", Containers::from_name)?,
        })
    }

    /// The command of that verb; `None` for any other verb.
    ///
    /// # Errors
    /// A value that a flag doesn't accept.
    pub fn command(&self, verb: &str) -> Result<Option<Command>, CommandError> {
        Ok(Some(match verb {
            "check" => Command::Check(Check {
                sources: self.sources()?,
                format: if self.is_set("json") {
                    ReportFormat::Json
                } else {
                    self.word("format", ReportFormat::by_name)?.unwrap_or(ReportFormat::Text)
                },
                fix: self.is_set("fix"),
                unsafe_fixes: self.is_set("unsafe-fixes"),
                strict: self.is_set("strict"),
                ignore: self.all("ignore"),
                select: self.all("select"),
            }),
            "show" => Command::Show(Show {
                sources: self.sources()?,
                reveal: self.is_set("reveal"),
                json: self.is_set("json") || self.one("format").as_deref() == Some("json"),
            }),
            #[cfg(feature = "pages")]
            "explain" => Command::Explain(self.one("TOPIC")),
            "generate" => {
                let format = self.one("FORMAT").unwrap_or_default();
                let format = generate::OutputFormat::parse(&format)
                    .map_err(|e| CommandError::usage(e.to_string()).help(e.help()))?;
                let given = generate::FIELDS.iter().filter(|f| self.is_set(f.name));
                Command::Generate(Generate {
                    format,
                    given: given.map(|f| (f.id, self.all(f.name).join(","))).collect(),
                    existing: Existing {
                        config: self.all("config"),
                        env_file: self.all("env-file"),
                        trust_config: self.is_set("trust-config"),
                    },
                })
            }
            #[cfg(feature = "pages")]
            "schema" => Command::Schema,
            _ => return Ok(None),
        }))
    }
}
