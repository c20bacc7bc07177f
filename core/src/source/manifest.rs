//! What the readers of manifests share: a file's objects, what ConfigMaps and Secrets hold, and typed access.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::scalar::{self, Scalar};
use super::setting::{Place, Setting, Value};
use super::yaml::{Id, Yaml};
use crate::text::printable::quoted;
use crate::text::span::Span;

/// A file's documents.
pub(super) struct File {
    pub(super) number: usize,
    pub(super) yaml: Yaml,
}

/// A value in a ConfigMap or Secret.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) value: Value,
    pub(super) place: Place,
    /// Whether it's in a Secret.
    pub(super) from_secret: bool,
}

impl Held {
    /// The variable `name` with this value.
    pub(super) fn setting(&self, name: impl Into<Cow<'static, str>>) -> Setting {
        let mut setting = Setting::new(name, self.value.clone()).at(self.place);
        setting.from_secret = self.from_secret;
        setting
    }
}

/// The ConfigMaps and Secrets in the files, by kind, namespace and name.
pub(super) type Objects = BTreeMap<(bool, String, String), BTreeMap<String, Held>>;

pub(super) fn text_at(yaml: &Yaml, id: Id, path: &[&str]) -> Option<String> {
    yaml.scalar(yaml.path(id, path)?).map(|(t, _)| t.to_owned())
}

pub(super) type Typed<T> = Result<T, (Span, String)>;

/// The text of a scalar that Kubernetes requires to be a string.
pub(super) fn string(file: &File, id: Id, what: &str) -> Typed<Option<String>> {
    let Some(node) = file.yaml.node(id) else { return Ok(None) };
    let span = Span::new(file.number, node.start, node.end);
    let Some((text, style)) = file.yaml.scalar(id) else {
        return Err((span, format!("{what} is a mapping or a list, expected a string")));
    };
    match scalar::resolve(text, style, &node.tag, scalar::Reader::Helm) {
        Scalar::Text(text) => Ok(Some(text)),
        Scalar::Null => Ok(None),
        Scalar::Bool(_) => Err((span, format!("{what} is the boolean {}, expected a string", quoted(text)))),
        Scalar::Number(_) => Err((span, format!("{what} is the number {}, expected a string", quoted(text)))),
    }
}

pub(super) fn place(file: &File, key: Id, value: Id, text: Option<&str>) -> Place {
    let (start, end, quote) = file.yaml.content(value);
    let (name_start, name_end, _) = file.yaml.content(key);
    let aliased = file.yaml.target(value) != value;
    let plain =
        !aliased && text.is_some_and(|t| t.len() == end.saturating_sub(start) && !t.contains(['\n', '\\', '\'', '"']));
    Place {
        name: Span::new(file.number, name_start, name_end),
        value: Span::new(file.number, start, end),
        entry: None,
        plain,
        quote,
        named: true,
    }
}
