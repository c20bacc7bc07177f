//! Access to values as the templates have it: the files over the chart's defaults.

use std::rc::Rc;

use saphyr_parser::ScalarStyle;

use super::chart::{Feature, Templates};
use crate::order;
use crate::source::environment::Environment;
use crate::source::scalar::{self, Scalar};
use crate::source::setting::Place;
use crate::source::yaml::{Id, Yaml};
use crate::text::span::Span;
use crate::variable::{Containers, UseCase};

/// A values file, or the part of a file that holds values.
pub(in crate::source) struct File {
    pub(in crate::source) number: usize,
    pub(in crate::source) yaml: Rc<Yaml>,
    pub(in crate::source) root: Id,
}

/// Values as a release of the chart gets them, and what is known of that release.
#[derive(Default)]
pub(in crate::source) struct ChartValues {
    /// In the order of `helm -f`.
    pub(in crate::source) files: Vec<File>,
    /// Whether they are known to be the Langfuse chart's.
    pub(in crate::source) recognized: bool,
    pub(in crate::source) release: Option<String>,
    /// The chart's version, or a range of versions.
    pub(in crate::source) chart_version: Option<String>,
    /// Whether there are more values than are visible.
    pub(in crate::source) hidden: bool,
    /// Whether a file is a template of values.
    pub(in crate::source) unrendered: bool,
    /// Recognizes values that another program fills in first.
    pub(in crate::source) templates: Vec<fn(&str) -> bool>,
    /// What containers receive by the values of other charts.
    pub(in crate::source) environments: Vec<(Containers, Environment)>,
}

/// One or more values files over the chart's defaults; per key, the last file wins.
pub(super) struct Values {
    pub(super) files: Vec<File>,
    /// Recognizes values that another program fills in first.
    pub(super) templates: Vec<fn(&str) -> bool>,
}

/// A value and its location; `place` is `None` for the chart's defaults.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) scalar: Scalar,
    pub(super) place: Option<Place>,
}

impl Found {
    pub(super) fn default(text: &str) -> Self {
        let scalar = match text {
            "true" => Scalar::Bool(true),
            "false" => Scalar::Bool(false),
            text if text.bytes().all(|b| b.is_ascii_digit()) && !text.is_empty() => {
                scalar::resolve(text, ScalarStyle::Plain, "", scalar::Reader::Helm)
            }
            text => Scalar::Text(text.to_owned()),
        };
        Self { scalar, place: None }
    }

    pub(super) fn is_truthy(&self) -> bool {
        self.scalar.is_truthy()
    }

    pub(super) fn text(&self) -> String {
        self.scalar.clone().text().unwrap_or_default()
    }
}

impl Values {
    /// Whether another program fills in the value first.
    pub(super) fn is_template(&self, text: &str) -> bool {
        self.templates.iter().any(|is_template| is_template(text))
    }

    /// The node at `path` in the last file that has it, `null` included.
    pub(super) fn node(&self, path: &[&str]) -> Option<(&File, Id, Id)> {
        self.files.iter().rev().find_map(|file| {
            let (last, parents) = path.split_last()?;
            let parent = file.yaml.path(file.root, parents)?;
            let entry = file.yaml.entry(parent, last)?;
            Some((file, entry.key_id, entry.value))
        })
    }

    /// The scalar at `path` in the files.
    pub(super) fn own(&self, path: &[&str]) -> Option<Found> {
        let (file, key, value) = self.node(path)?;
        let (text, style) = file.yaml.scalar(value)?;
        let tag = file.yaml.node(value).map_or("", |n| n.tag.as_str());
        Some(Found {
            scalar: scalar::resolve(text, style, tag, scalar::Reader::Helm),
            place: Some(place(file, Some(key), value, text, false)),
        })
    }

    /// The scalar at `path`, else the chart's default. As in helm, a `null` in the files removes the default.
    pub(super) fn get(&self, path: &[&str], default: &str) -> Found {
        self.own(path).or_else(|| self.printed(path)).unwrap_or_else(|| Found::default(default))
    }

    /// The string at `path`, or the default if it counts as empty, like the templates' `default`.
    pub(super) fn text_or(&self, path: &[&str], default: &str) -> String {
        Some(self.get(path, default)).filter(Found::is_truthy).map_or_else(|| default.to_owned(), |f| f.text())
    }

    /// A list or mapping in a scalar's place, as Go prints it; an empty one counts as unset.
    fn printed(&self, path: &[&str]) -> Option<Found> {
        let (file, key, value) = self.node(path)?;
        let empty = file.yaml.pairs(value).is_empty() && file.yaml.seq(value).is_none_or(<[Id]>::is_empty);
        let scalar = if empty { Scalar::Null } else { Scalar::Text(printed(&file.yaml, value, 0)) };
        Some(Found { scalar, place: Some(place(file, Some(key), value, "", false)) })
    }

    /// Refuses anything but a mapping at `path`; a `null` only if the templates need the mapping.
    pub(super) fn table(&self, path: &[&str], needed: bool) -> Checked<()> {
        match self.node(path) {
            Some((file, _, value)) if !file.yaml.is_map(value) && (needed || !file.yaml.is_null(value)) => refused(
                self.span(path),
                format!("{} isn't a mapping", path.join(".")),
                "Write its keys below it, or remove it to use the chart's defaults.",
            ),
            _ => Ok(()),
        }
    }

    /// The elements of the sequence at `path`.
    pub(super) fn items(&self, path: &[&str]) -> Vec<(&File, Id)> {
        let Some((file, _, value)) = self.node(path) else { return Vec::new() };
        file.yaml.seq(value).unwrap_or(&[]).iter().map(|item| (file, *item)).collect()
    }

    pub(super) fn span(&self, path: &[&str]) -> Option<Span> {
        let (file, key, _) = self.node(path)?;
        let node = file.yaml.written(key)?;
        Some(Span::new(file.number, node.start, node.end))
    }
}

/// Go's `%v` of a node.
fn printed(yaml: &Yaml, id: Id, depth: usize) -> String {
    const DEEPEST: usize = 8;
    if depth > DEEPEST {
        return String::new();
    }
    let deeper = depth.saturating_add(1);
    if let Some((text, style)) = yaml.scalar(id) {
        let tag = yaml.node(id).map_or("", |n| n.tag.as_str());
        return scalar::resolve(text, style, tag, scalar::Reader::Helm).text().unwrap_or_else(|| "<nil>".into());
    }
    if let Some(items) = yaml.seq(id) {
        let items: Vec<String> = items.iter().map(|i| printed(yaml, *i, deeper)).collect();
        return format!("[{}]", items.join(" "));
    }
    let entries = yaml.entries(id);
    let mut entries: Vec<(&str, Id)> = entries.iter().map(|e| (&*e.key, e.value)).collect();
    order::sort(&mut entries);
    let entries: Vec<String> = entries.iter().map(|(k, v)| format!("{k}:{}", printed(yaml, *v, deeper))).collect();
    format!("map[{}]", entries.join(" "))
}

pub(super) fn place(file: &File, key: Option<Id>, value: Id, text: &str, named: bool) -> Place {
    let (start, end, quote) = file.yaml.content(value);
    let name = key.map_or((start, start), |k| {
        let (a, b, _) = file.yaml.content(k);
        (a, b)
    });
    let aliased = file.yaml.target(value) != value;
    Place {
        name: Span::new(file.number, name.0, name.1),
        value: Span::new(file.number, start, end),
        entry: None,
        plain: !aliased && end.saturating_sub(start) == text.len() && !text.contains(['\n', '\\']),
        quote,
        named,
    }
}

/// Why the chart refuses the values.
pub(super) struct Refused {
    pub(super) span: Option<Span>,
    pub(super) message: String,
    pub(super) help: String,
}

pub(super) type Checked<T> = Result<T, Refused>;

pub(super) fn refused<T>(span: Option<Span>, message: impl Into<String>, help: impl Into<String>) -> Checked<T> {
    Err(Refused { span, message: message.into(), help: help.into() })
}

/// A connection block of the chart.
#[derive(Clone, Copy)]
pub(super) struct Part {
    pub(super) key: &'static str,
    pub(super) use_case: UseCase,
    pub(super) stem: &'static str,
}

/// The blocks, in the order of the chart's templates.
pub(super) fn parts() -> impl Iterator<Item = Part> {
    [UseCase::Events, UseCase::Exports, UseCase::Media]
        .into_iter()
        .filter_map(|use_case| Some(Part { key: use_case.chart_key()?, use_case, stem: use_case.stem() }))
}

/// Whether the chart validates a part at all: exports have a switch, media in later versions, events don't.
pub(super) fn enabled(values: &Values, templates: &Templates, part: &Part) -> bool {
    match part.use_case {
        UseCase::Exports => {}
        UseCase::Media if templates.has(Feature::MediaSwitch) => {}
        _ => return true,
    }
    values.get(&["s3", part.key, "enabled"], "true").is_truthy()
}

/// The first non-empty one, like helm's `coalesce` and `default`.
pub(super) fn bucket(values: &Values, templates: &Templates, part: &Part, deploy: bool) -> Found {
    let own = values.get(&["s3", part.key, "bucket"], "");
    let shared = values.get(&["s3", "bucket"], templates.bucket);
    let legacy = values.get(&["s3", "defaultBuckets"], "langfuse");
    if own.is_truthy() {
        own
    } else if shared.is_truthy() || !deploy {
        shared
    } else {
        legacy
    }
}
