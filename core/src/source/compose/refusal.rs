//! What docker compose refuses, before it looks at any service.

use std::collections::{BTreeMap, BTreeSet};

use super::project::{File, Project, UNKNOWN};
use crate::source::dotenv;
use crate::source::facts::Missing;
use crate::source::reader::Reader;
use crate::source::scalar::{self, Scalar};
use crate::source::template::{self, TemplateError};
use crate::source::yaml::Id;
use crate::text::printable::quoted;
use crate::text::span::Span;

/// Why docker compose refuses a file that is YAML.
enum Trouble {
    Template(TemplateError),
    /// What is wrong and what to do.
    Shape(String, &'static str),
}

/// The first thing in `file` that docker compose refuses: it validates the whole file before it drops services.
/// What is only missing goes to `required`.
fn unfit(
    project: &Project,
    file: &File,
    first: bool,
    required: &mut BTreeMap<String, Span>,
) -> Option<(Span, Trouble)> {
    let yaml = &file.yaml;
    let mut todo = vec![file.root];
    let mut seen = BTreeSet::new();
    while let Some(id) = todo.pop() {
        let id = yaml.target(id);
        let node = yaml.written(id)?;
        if !seen.insert(id) || node.tag == "!reset" {
            continue;
        }
        if let Some((text, _)) = yaml.scalar(id) {
            if text.contains('$') {
                let span = Span::new(file.number, node.start, node.end);
                if let Err(error) = expandable(project, text, span, required) {
                    return Some((span, Trouble::Template(error)));
                }
            }
            continue;
        }
        todo.extend(yaml.seq(id).unwrap_or(&[]).iter().rev());
        let mut merges = 0_usize;
        for (key, value) in yaml.pairs(id).iter().rev() {
            todo.push(*value);
            let Some((text, style)) = yaml.scalar(*key) else { continue };
            let tag = yaml.node(*key).map_or("", |n| n.tag.as_str());
            merges = merges.saturating_add(usize::from(yaml.is_merge(*key)));
            let twice = merges > 1;
            if !twice && matches!(scalar::resolve(text, style, tag, scalar::Reader::Compose), Scalar::Text(_)) {
                continue;
            }
            let (start, end, _) = yaml.content(*key);
            let shown = quoted(text);
            let trouble = if twice {
                Trouble::Shape(
                    "`<<` appears twice in the same mapping".into(),
                    "Write one `<<` with a list: `<<: [*a, *b]`.",
                )
            } else {
                Trouble::Shape(format!("the key {shown} isn't a string"), "Put quotes around the key.")
            };
            return Some((Span::new(file.number, start, end), trouble));
        }
    }
    let services = yaml.get(file.root, "services")?;
    yaml.entries(services).iter().find_map(|service| unfit_service(file, service.value, first))
}

/// Whether `text` can be expanded once every required name in it has a value.
fn expandable(
    project: &Project,
    text: &str,
    span: Span,
    required: &mut BTreeMap<String, Span>,
) -> Result<(), TemplateError> {
    /// A file that requires more names, or names them in longer texts, is refused as it is.
    const MOST: usize = 64;
    const LONGEST: usize = 4096;
    loop {
        let lookup = |name: &str| {
            let value = project.lookup(name);
            let empty = value.as_ref().is_none_or(String::is_empty);
            if empty && required.contains_key(name) { Some(UNKNOWN.to_owned()) } else { value }
        };
        match template::expand(text, &lookup, &mut |_| {}) {
            Ok(_) => return Ok(()),
            Err(TemplateError::Required { name, .. })
                if required.len() < MOST && text.len() <= LONGEST && !required.contains_key(&name) =>
            {
                required.insert(name, span);
            }
            Err(error) => return Err(error),
        }
    }
}

/// What docker compose refuses in the `environment` of a service.
fn unfit_service(file: &File, service: Id, first: bool) -> Option<(Span, Trouble)> {
    let yaml = &file.yaml;
    let shape =
        |id: Id, message: &str, help: &'static str| Some((file.span(id), Trouble::Shape(message.to_owned(), help)));
    let entry = yaml.entry(service, "environment")?;
    if yaml.written(entry.value).is_some_and(|n| n.tag == "!reset") {
        return None;
    }
    if let Some(items) = yaml.seq(entry.value) {
        return items.iter().find_map(|item| {
            let tag = yaml.node(*item).map_or("", |n| n.tag.as_str());
            let text = yaml.scalar(*item).filter(|(text, style)| {
                let resolved = scalar::resolve(text, *style, tag, scalar::Reader::Compose);
                matches!(resolved, Scalar::Text(read) if read == *text)
            });
            let Some((text, _)) = text else {
                return shape(*item, "this entry of `environment` isn't a string", "Write it as `- NAME=value`.");
            };
            let name = text.split('=').next().unwrap_or("");
            if name.ends_with(char::is_whitespace) {
                return shape(*item, "whitespace before the `=`", "Write `NAME=value` without it.");
            }
            None
        });
    }
    // Values merged over other settings are checked together with them.
    if !first || yaml.get(service, "extends").is_some() {
        return None;
    }
    if !yaml.is_map(entry.value) {
        return shape(
            entry.key_id,
            "`environment` is neither a mapping nor a list",
            "Write the variables below it, or remove it.",
        );
    }
    let nested = yaml.entries(entry.value).iter().find(|e| yaml.scalar(e.value).is_none()).map(|e| e.key_id)?;
    shape(nested, "this variable is a mapping or a list, expected a string", "Write its value on the same line.")
}

/// Refuses a file for a template that can't be expanded.
pub(super) fn refuse_template(reader: &mut Reader<'_>, span: Span, error: &TemplateError) {
    reader.refuse(
        Some(span),
        format!("docker compose refuses this file: {}", dotenv::template_message(error)),
        "Give the variable a value or a default, `${NAME:-default}`; write a literal `$` as `$$`.",
    );
}

/// Refuses the first of the `files` that docker compose refuses; whether there is none.
pub(super) fn accepted(reader: &mut Reader<'_>, project: &mut Project, included: usize) -> bool {
    let mut required = BTreeMap::new();
    let judged = project.files.iter().skip(included).enumerate();
    let found = judged.map(|(i, file)| unfit(project, file, i == 0, &mut required)).find_map(|t| t);
    let Some((span, trouble)) = found else {
        for (name, span) in required {
            reader.deployment.missing.push(Missing { span, name: name.clone(), file: false });
            project.elsewhere.insert(name);
        }
        return true;
    };
    match trouble {
        Trouble::Template(error) => refuse_template(reader, span, &error),
        Trouble::Shape(message, help) => {
            reader.refuse(Some(span), format!("docker compose refuses this file: {message}"), help);
        }
    }
    false
}
