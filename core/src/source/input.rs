//! What is read, and how.

use std::collections::BTreeMap;

use super::kind::{Dialect, Kind, Wrapper};
use super::setting::Value;
use crate::variable::Containers;

/// One input as the user named it.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its name: a path, `-`, or a label for a set of variables.
    pub name: String,
    /// Its content.
    pub given: Given,
    /// Its type, if the user set it.
    pub kind: Option<Kind>,
    /// The container it applies to, if the user set it.
    pub container: Option<Containers>,
}

/// The content of an input.
#[derive(Clone, Debug)]
pub enum Given {
    /// The bytes of a file.
    Bytes(Vec<u8>),
    /// Variables without a file: the process environment, an object. For both containers.
    Variables(Vec<(String, Value)>),
}

/// How to read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How Langfuse is deployed, if the user set it.
    pub deployment: Option<Wrapper>,
    /// Which program reads dotenv files, if the user set it.
    pub dialect: Option<Dialect>,
    /// The Helm release's name; `langfuse` by default.
    pub release: Option<String>,
    /// The chart's version, if the user set it.
    pub chart_version: Option<String>,
    /// The shell's variables: in compose files they win over a `.env`.
    pub shell: BTreeMap<String, String>,
    /// Whether the examined files are the user's own, so that they may name files anywhere.
    pub trusted: bool,
    /// Names of the dotenv files that `--env-file` names: they're the compose project's, even if a service has one of
    /// them as its `env_file`.
    pub env_files: Vec<String>,
    /// Names of dotenv files that were named together with a compose file, which only reads those it names itself.
    pub beside: Vec<String>,
}

/// An input with its content and kind.
pub(super) struct Decoded<'i> {
    pub(super) input: &'i Input,
    pub(super) text: String,
    pub(super) kind: Kind,
}

impl Decoded<'_> {
    /// Whether it holds values of a chart, alone or inside another document.
    pub(super) fn holds_values(&self) -> bool {
        self.kind.holds_values() || (self.kind == Kind::Kustomize && renders_langfuse(&self.text))
    }
}

/// Whether a kustomization renders charts: then the values of Langfuse's are in it or beside it.
fn renders_langfuse(text: &str) -> bool {
    text.contains("helmCharts:") && text.contains("name: langfuse")
}
