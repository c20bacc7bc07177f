//! How to read files, and which rules to run: the command line's flags in camel case.

use std::collections::BTreeMap;

use serde::de::{self, Deserialize, Deserializer};

use super::{Code, Error};
use crate::check;
use crate::command::known_rule;
use crate::source::{self, Dialect, Kind, Wrapper};
use crate::variable::{Containers, Version};

/// The flags of `check` that say how to read files and which rules to run.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Options {
    /// The file type, if it can't be detected: the values of `--input`.
    #[cfg_attr(test, ts(optional, type = "InputFormat"))]
    #[serde(deserialize_with = "of_text")]
    pub format: Option<Kind>,
    /// The file name to report; `-` by default.
    pub file: Option<String>,
    /// Which program reads the dotenv file.
    #[cfg_attr(test, ts(optional, type = "Dialect"))]
    pub dialect: Option<Dialect>,
    /// The deployment method.
    #[cfg_attr(test, ts(optional, type = "Deployment"))]
    pub deployment: Option<Wrapper>,
    /// The shell environment, which compose files refer to.
    #[cfg_attr(test, ts(optional, type = "Record<string, string | undefined>"))]
    pub env: Option<BTreeMap<String, String>>,
    /// The name of the Helm release; `langfuse` by default.
    pub release: Option<String>,
    /// The version of the Langfuse chart.
    pub chart_version: Option<String>,
    /// The version of Langfuse, such as `4.16.0`.
    pub langfuse_version: Option<String>,
    /// Check only this container.
    #[cfg_attr(test, ts(optional, type = "Container"))]
    pub container: Option<One>,
    /// Rules not to report.
    #[cfg_attr(test, ts(optional, type = "readonly string[]"))]
    pub ignore: Option<Vec<String>>,
    /// The only rules to report, besides those about files that can't be read.
    #[cfg_attr(test, ts(optional, type = "readonly string[]"))]
    pub select: Option<Vec<String>>,
}

/// Reads a file type.
fn of_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Kind>, D::Error> {
    Option::<Text>::deserialize(deserializer).map(|kind| kind.map(|Text(kind)| kind))
}

/// The type of a file.
struct Text(Kind);

/// One container.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct One(pub Containers);

impl Options {
    /// Parses JSON; the empty string means no options.
    ///
    /// # Errors
    /// An option is unknown, or its value is invalid.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        super::from_json(Code::InvalidOption, "invalid options", text)
    }

    pub(super) fn reading(&self) -> source::Options {
        source::Options {
            deployment: self.deployment,
            dialect: self.dialect,
            release: self.release.clone(),
            chart_version: self.chart_version.clone(),
            shell: self.env.clone().unwrap_or_default(),
            trusted: false,
            env_files: Vec::new(),
            beside: Vec::new(),
        }
    }

    pub(super) fn rules(&self) -> Result<check::Options, Error> {
        let ignore = self.ignore.clone().unwrap_or_default();
        let only = self.select.clone().unwrap_or_default();
        for slug in ignore.iter().chain(&only) {
            known_rule(slug)
                .map_err(|help| Error::new(Code::InvalidOption, format!("unknown rule {slug:?}")).help(help))?;
        }
        let version = self.langfuse_version.as_deref().map(|text| {
            Version::parse(text).ok_or_else(|| {
                Error::new(Code::InvalidOption, format!("langfuseVersion is {text:?}, which isn't a version"))
                    .help("Write it as `4.16.0`, `4.16` or `4`.")
            })
        });
        Ok(check::Options {
            version: version.transpose()?,
            container: self.container.map(|c| c.0),
            ignore,
            only,
            select: &[],
        })
    }
}

macro_rules! words {
    ($($type:ty: $what:literal, $from:expr;)+) => {
        $(impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                $from(&word).ok_or_else(|| de::Error::custom(format_args!("{:?} isn't a supported {}", word, $what)))
            }
        })+
    };
}

words! {
    Kind: "input type", Self::of_report;
    Text: "file type (expected dotenv, compose, helm, k8s, json, env or a language such as terraform)", |word: &str| Kind::from_name(word).map(Text);
    Dialect: "dialect; expected compose, docker or node", Self::from_name;
    Wrapper: "deployment; expected raw, compose, helm or k8s", Self::from_name;
    One: "container; expected web or worker", |word: &str| Containers::from_name(word).map(One);
}
