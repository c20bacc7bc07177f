//! The values of a release: mappings in the document, texts in it, single parameters, files beside it.

use std::rc::Rc;

use saphyr_parser::ScalarStyle;

use super::Release;
use crate::source::error::ReadError;
use crate::source::helm::values::File;
use crate::source::input::Decoded;
use crate::source::kind::Kind;
use crate::source::path::dir_name;
use crate::source::reader::{Companion, Reader};
use crate::source::yaml::{Id, Yaml};
use crate::text::span::Span;
use crate::variable::Containers;

/// Values of a release.
pub(super) enum Layer {
    /// A mapping in the document.
    Node(Id),
    /// A text in the document that is a values file.
    Text(Id),
    /// One value, as `--set` takes it.
    Parameter {
        name: Id,
        value: Id,
        /// Whether it stays a string, as with `--set-string`.
        string: bool,
    },
    /// A values file beside the document.
    Beside(Id),
}

/// The values of a release as files.
#[derive(Default)]
pub(super) struct Opened {
    pub(super) files: Vec<File>,
    pub(super) hidden: bool,
}

/// In a text, stands for `{{ … }}`: the same number of bytes, and valid wherever a scalar is.
pub(in crate::source) const FILLED: &str = "¤_";

/// Opens the layers of `release`; `None` when helm refuses one.
pub(super) fn open(
    reader: &mut Reader<'_>,
    number: usize,
    d: &Decoded<'_>,
    yaml: &Rc<Yaml>,
    release: &Release,
) -> Result<Option<Opened>, ReadError> {
    let mut opened = Opened { hidden: release.hidden, ..Opened::default() };
    for layer in &release.layers {
        let added = match layer {
            Layer::Node(root) => {
                opened.files.push(File { number, yaml: Rc::clone(yaml), root: *root });
                Some(())
            }
            Layer::Text(id) => {
                let parsed = of_text(&d.text, yaml, *id);
                add(reader, number, &d.text, parsed, &mut opened)
            }
            Layer::Parameter { name, value, string } => {
                opened.hidden |= !parameter(number, yaml, (*name, *value), *string, &mut opened.files);
                Some(())
            }
            Layer::Beside(id) => beside(reader, number, d, (yaml, *id), &mut opened)?,
        };
        if added.is_none() {
            return Ok(None);
        }
    }
    Ok(Some(opened))
}

/// Adds a parsed values file; `None` when helm refuses it.
fn add(
    reader: &mut Reader<'_>,
    number: usize,
    text: &str,
    parsed: Result<Yaml, crate::source::yaml::YamlError>,
    opened: &mut Opened,
) -> Option<()> {
    let yaml = match parsed {
        Ok(yaml) => yaml,
        Err(error) => {
            let span = Span::new(number, error.at, error.at.saturating_add(1).min(text.len()));
            reader.refuse(Some(span), format!("helm refuses these values: {}", error.message), "Fix the YAML here.");
            return None;
        }
    };
    let Some(root) = yaml.documents.first().copied().filter(|root| !yaml.is_null(*root)) else { return Some(()) };
    if !yaml.is_map(root) {
        let span = yaml.node(root).map(|n| Span::new(number, n.start, n.end));
        reader.refuse(
            span,
            "helm refuses these values: they aren't a mapping",
            "Write values such as `s3:` with its keys below it.",
        );
        return None;
    }
    opened.files.push(File { number, yaml: Rc::new(yaml), root });
    Some(())
}

/// The values file that the scalar `id` holds. The lines of a literal block are parsed with their indentation, so that every
/// location is one of the outer file.
fn of_text(outer: &str, yaml: &Yaml, id: Id) -> Result<Yaml, crate::source::yaml::YamlError> {
    let (content, style) = yaml.scalar(id).unwrap_or(("", ScalarStyle::Plain));
    let node = yaml.node(id);
    let (start, end) = node.map_or((0, 0), |n| (n.start, n.end));
    if style == ScalarStyle::Literal
        && let Some((start, end)) = block(outer, start, end)
    {
        let body = outer.get(start..end).unwrap_or("");
        let mut parsed = Yaml::parse_helm(&without_templates(&without_marker(body)));
        match &mut parsed {
            Ok(inner) => inner.shift(start),
            Err(error) => error.at = error.at.saturating_add(start),
        }
        return parsed;
    }
    let located = |at: usize| (at.min(end), end);
    match Yaml::parse_helm(content) {
        Ok(mut inner) => {
            inner.relocate(start, end);
            Ok(inner)
        }
        Err(mut error) => {
            error.at = located(start).0;
            Err(error)
        }
    }
}

/// The lines of the block scalar at `start`.
fn block(text: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    let first = text.get(start..)?;
    let start = if first.starts_with('|') {
        start.saturating_add(first.find('\n')?).saturating_add(1)
    } else {
        text.get(..start)?.rfind('\n').map_or(0, |n| n.saturating_add(1))
    };
    (start <= end).then_some((start, end))
}

/// `---` before the values is no marker once the text is indented.
fn without_marker(body: &str) -> String {
    let mut seen = false;
    let line = |line: &str| {
        let trimmed = line.trim();
        if !seen && trimmed == "---" {
            seen = true;
            return line.replace('-', " ");
        }
        seen |= !trimmed.is_empty() && !trimmed.starts_with('#');
        line.to_owned()
    };
    body.split_inclusive('\n').map(line).collect()
}

/// The same text with a plain word of the same length in place of each `{{ … }}`, and without lines of it alone.
pub(in crate::source) fn without_templates(body: &str) -> String {
    if !body.contains("{{") {
        return body.to_owned();
    }
    body.split_inclusive('\n').map(without_template).collect()
}

fn without_template(line: &str) -> String {
    let trimmed = line.trim();
    // Control structures have lines of their own.
    if trimmed.starts_with("{{") && trimmed.ends_with("}}") && trimmed.matches("{{").count() == 1 {
        return line.bytes().map(|b| if matches!(b, b'\n' | b'\r') { char::from(b) } else { ' ' }).collect();
    }
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let inside = after.split_once("}}").map(|(inside, _)| inside);
        let Some(inside) = inside else {
            out.push_str("{{");
            rest = after;
            continue;
        };
        out.push_str(FILLED);
        // `{{` and `}}` are four bytes, of which the mark takes three.
        out.extend(std::iter::repeat_n('_', inside.len().saturating_add(1)));
        rest = after.get(inside.len().saturating_add(2)..).unwrap_or("");
    }
    out.push_str(rest);
    out
}

/// Adds one value, as `--set` takes it; `false` if its path isn't one of plain keys.
fn parameter(number: usize, yaml: &Yaml, (name, value): (Id, Id), string: bool, files: &mut Vec<File>) -> bool {
    let (Some((path, _)), Some((text, written))) = (yaml.scalar(name), yaml.scalar(value)) else { return false };
    if path.contains(['[', '\\', '{']) || text.contains(['{', '\\']) {
        return false;
    }
    let keys: Vec<&str> = path.split('.').collect();
    let style = if string { ScalarStyle::DoubleQuoted } else { ScalarStyle::Plain };
    let (key_start, key_end, _) = yaml.content(name);
    let (start, end, _) = yaml.content(value);
    // The quotes around it belong to the document.
    let span = if string && written == ScalarStyle::DoubleQuoted {
        (start.saturating_sub(1), end.saturating_add(1))
    } else {
        (start, end)
    };
    let inner = Yaml::of_path(&keys, text, style, (key_start, key_end), span);
    let Some(root) = inner.documents.first().copied() else { return false };
    files.push(File { number, yaml: Rc::new(inner), root });
    true
}

/// Adds the values file that the scalar `id` names.
fn beside(
    reader: &mut Reader<'_>,
    number: usize,
    d: &Decoded<'_>,
    (yaml, id): (&Yaml, Id),
    opened: &mut Opened,
) -> Result<Option<()>, ReadError> {
    let Some((written, _)) = yaml.scalar(id) else { return Ok(Some(())) };
    let template = written.contains("{{") || written.ends_with(".gotmpl") || written.contains("://");
    if template {
        opened.hidden = true;
        return Ok(Some(()));
    }
    let (start, end, _) = yaml.content(id);
    let span = Span::new(number, start, end);
    let (path, Companion::Text(text)) = reader.companion(dir_name(&d.input.name), written, Some(span))? else {
        opened.hidden = true;
        return Ok(Some(()));
    };
    let parsed = Yaml::parse_helm(&text);
    let number = reader.keep(&path, Kind::Helm, Containers::BOTH, text.clone());
    Ok(add(reader, number, &text, parsed, opened))
}
