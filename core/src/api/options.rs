//! How to read and what to look for: the command line's flags in camel case.

use std::collections::BTreeMap;

use serde::de::{self, Deserialize, Deserializer};

use super::{Code, Error};
use crate::check;
use crate::command::known_rule;
use crate::source::{self, Dialect, Kind, Wrapper};
use crate::variable::{Containers, Version};

/// The flags of `check` that say how to read and what to look for.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Options {
    /// What a text is, where its name and content do not tell: the values of `--input`.
    #[cfg_attr(test, ts(optional, type = "InputFormat"))]
    #[serde(deserialize_with = "of_text")]
    pub format: Option<Kind>,
    /// What a text is called in the report; `-` by default.
    pub file: Option<String>,
    /// Which program reads the dotenv text.
    #[cfg_attr(test, ts(optional, type = "Dialect"))]
    pub dialect: Option<Dialect>,
    /// What brings the variables to the containers.
    #[cfg_attr(test, ts(optional, type = "Deployment"))]
    pub deployment: Option<Wrapper>,
    /// The shell's variables, which compose files refer to.
    #[cfg_attr(test, ts(optional, type = "Record<string, string | undefined>"))]
    pub env: Option<BTreeMap<String, String>>,
    /// The Helm release's name; `langfuse` by default.
    pub release: Option<String>,
    /// The Langfuse chart's version.
    pub chart_version: Option<String>,
    /// The Langfuse release that runs, such as `4.16.0`.
    pub langfuse_version: Option<String>,
    /// Only this container.
    #[cfg_attr(test, ts(optional, type = "Container"))]
    pub container: Option<One>,
    /// Rules not to report.
    #[cfg_attr(test, ts(optional, type = "readonly string[]"))]
    pub ignore: Option<Vec<String>>,
}

/// A kind that a text can have.
fn of_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Kind>, D::Error> {
    Option::<Text>::deserialize(deserializer).map(|kind| kind.map(|Text(kind)| kind))
}

/// The kind of a text.
struct Text(Kind);

/// One container.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct One(pub Containers);

impl Options {
    /// Reads them from JSON; the empty text has none.
    ///
    /// # Errors
    /// An option is not known, or its value is none that it takes.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        super::from_json(Code::InvalidOption, "these are no options", text)
    }

    pub(super) fn reading(&self) -> source::Options {
        source::Options {
            deployment: self.deployment,
            dialect: self.dialect,
            release: self.release.clone(),
            chart_version: self.chart_version.clone(),
            shell: self.env.clone().unwrap_or_default(),
            found: BTreeMap::new(),
            refused: BTreeMap::new(),
            trusted: false,
            beside: Vec::new(),
        }
    }

    pub(super) fn rules(&self) -> Result<check::Options, Error> {
        let ignore = self.ignore.clone().unwrap_or_default();
        for slug in &ignore {
            known_rule(slug)
                .map_err(|help| Error::new(Code::InvalidOption, format!("there is no rule {slug:?}")).help(help))?;
        }
        let version = self.langfuse_version.as_deref().map(|text| {
            Version::parse(text).ok_or_else(|| {
                Error::new(Code::InvalidOption, format!("langfuseVersion {text:?} is no version"))
                    .help("Write it as `4.16.0`, `4.16` or `4`.")
            })
        });
        Ok(check::Options {
            version: version.transpose()?,
            container: self.container.map(|c| c.0),
            ignore,
            select: &[],
        })
    }
}

macro_rules! words {
    ($($type:ty: $what:literal, $from:expr;)+) => {
        $(impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                $from(&word).ok_or_else(|| de::Error::custom(format_args!("{:?} is no {}", word, $what)))
            }
        })+
    };
}

words! {
    Kind: "kind of input: dotenv, compose, helm, k8s, json, env, process-env", Self::of_report;
    Text: "kind of text: dotenv, compose, helm, k8s, json, env", |word: &str| Kind::from_name(word).map(Text);
    Dialect: "dialect: compose, docker, node", Self::from_name;
    Wrapper: "deployment: raw, compose, helm, k8s", Self::from_name;
    One: "container: web, worker", |word: &str| Containers::from_name(word).map(One);
}
