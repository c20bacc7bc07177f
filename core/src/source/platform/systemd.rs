//! systemd units and Podman quadlets: `Environment=` with several assignments and quotes, `EnvironmentFile=`.

use crate::source::environment::{Entries, Environment};
use crate::source::error::ReadError;
use crate::source::image;
use crate::source::input::Decoded;
use crate::source::kind::{Dialect, Kind};
use crate::source::path::dir_name;
use crate::source::reader::{Companion, Reader};
use crate::source::setting::{Place, Setting, Value};
use crate::text::span::Span;
use crate::variable::Containers;

/// A line `Key=value` of a section.
struct Line<'t> {
    section: &'t str,
    key: &'t str,
    value: &'t str,
    /// First byte of the value.
    at: usize,
}

/// Reads a unit.
pub(in crate::source) fn read(
    reader: &mut Reader<'_>,
    d: &Decoded<'_>,
) -> Result<Vec<(Containers, Environment)>, ReadError> {
    let number = reader.keep(&d.input.name, d.kind, Containers::BOTH, d.text.clone());
    let lines = lines(&d.text);
    let of_section = |line: &&Line<'_>| match d.kind {
        Kind::Quadlet => line.section == "Container",
        _ => line.section == "Service",
    };
    let mut which = Containers::BOTH;
    let mut environment = Environment::default();
    let mut listed = Entries::default();
    let mut files = Vec::new();
    for line in lines.iter().filter(of_section) {
        match line.key {
            "Environment" if line.value.trim().is_empty() => environment = Environment::default(),
            "Environment" => {
                for setting in assignments(number, line) {
                    listed.put(&mut environment, setting);
                }
            }
            "EnvironmentFile" => files.push(line),
            "EnvironmentHost" | "PassEnvironment" => environment.open = true,
            // A value from Podman's own store of secrets.
            "Secret" if line.value.contains("type=env") => environment.open = true,
            "Image" | "ExecStart" => {
                let words = line.value.split_whitespace();
                let found = words.filter(|w| w.contains("langfuse")).find_map(|w| Some((w, image::containers(w)?)));
                if let Some((text, containers)) = found {
                    which = containers;
                    if let Some(version) = image::version(text) {
                        let start = line.at.saturating_add(line.value.find(text).unwrap_or(0));
                        let span = Span::new(number, start, start.saturating_add(text.len()));
                        reader.deployment.versions.push((which, version, Some(span)));
                    }
                }
            }
            _ => {}
        }
    }
    reader.keep_duplicates(listed);
    // Files override the unit's own assignments.
    for line in files {
        let trimmed = line.value.trim();
        let written = trimmed.strip_prefix('-').unwrap_or(trimmed).trim_start_matches("%d/");
        let span = Span::new(number, line.at, line.at.saturating_add(line.value.len()));
        match reader.companion(dir_name(&d.input.name), written, Some(span))? {
            (path, Companion::Text(text)) => {
                let file = reader.keep(&path, Kind::Dotenv, which, text);
                match reader.dotenv(file, Dialect::Docker, &|_| None) {
                    Some(read) => environment.lay(read),
                    None => return Ok(Vec::new()),
                }
            }
            _ => environment.open = true,
        }
    }
    if environment.iter().next().is_none() && !environment.open {
        reader.unsuited(
            number,
            "this unit sets no environment for Langfuse",
            "Name the unit with `Environment=` or `EnvironmentFile=`, or the file that the latter names.",
        );
        return Ok(Vec::new());
    }
    Ok(vec![(which, environment)])
}

/// The lines of all sections. A backslash at a line's end continues it.
fn lines(text: &str) -> Vec<Line<'_>> {
    let mut out = Vec::new();
    let mut section = "";
    let mut rest = text.trim_start_matches('\u{feff}');
    let mut at = text.len().saturating_sub(rest.len());
    while !rest.is_empty() {
        let mut length = 0_usize;
        for line in rest.split_inclusive('\n') {
            length = length.saturating_add(line.len());
            if !line.trim_end_matches(['\n', '\r']).ends_with('\\') {
                break;
            }
        }
        let (line, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        let body = line.trim_end();
        let start = body.trim_start();
        if let Some(name) = start.strip_prefix('[').and_then(|s| s.strip_suffix(']')) {
            section = name;
        } else if !start.starts_with(['#', ';'])
            && let Some((key, value)) = body.split_once('=')
        {
            out.push(Line { section, key: key.trim(), value, at: at.saturating_add(key.len()).saturating_add(1) });
        }
        at = at.saturating_add(line.len());
        rest = after;
    }
    out
}

/// The assignments of one `Environment=` line.
fn assignments(number: usize, line: &Line<'_>) -> Vec<Setting> {
    let mut out = Vec::new();
    let bytes = line.value.as_bytes();
    let mut at = 0_usize;
    while at < bytes.len() {
        if bytes.get(at).is_some_and(|b| b.is_ascii_whitespace() || *b == b'\\') {
            at = at.saturating_add(1);
            continue;
        }
        let start = at;
        let mut quote: Option<u8> = None;
        while let Some(b) = bytes.get(at) {
            match quote {
                Some(q) if *b == q => quote = None,
                None if matches!(b, b'"' | b'\'') => quote = Some(*b),
                None if b.is_ascii_whitespace() => break,
                _ if *b == b'\\' => at = at.saturating_add(1),
                _ => {}
            }
            at = at.saturating_add(1);
        }
        let word = line.value.get(start..at.min(bytes.len())).unwrap_or("");
        out.extend(assignment(number, line.at.saturating_add(start), word));
    }
    out
}

/// `NAME=value`, `"NAME=value"` or `NAME="value"` at the byte `at`.
fn assignment(number: usize, at: usize, word: &str) -> Option<Setting> {
    let unquote = |text: &'_ str| -> Option<char> {
        let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        (text.len() > 1 && text.ends_with(quote)).then_some(quote)
    };
    let outer = unquote(word);
    let shift = usize::from(outer.is_some());
    let inner = word.get(shift..word.len().saturating_sub(shift))?;
    let (name, value) = inner.split_once('=')?;
    let name_start = at.saturating_add(shift);
    let name_end = name_start.saturating_add(name.len());
    let own = unquote(value).filter(|_| outer.is_none());
    let more = usize::from(own.is_some());
    let text = value.get(more..value.len().saturating_sub(more))?;
    let start = name_end.saturating_add(1).saturating_add(more);
    let escaped = text.contains(['\\', '%', '$']);
    let known = if text.contains('\\') {
        // Escapes of C, of which these two matter.
        text.replace("\\\"", "\"").replace("\\\\", "\\")
    } else {
        text.replace("%%", "%")
    };
    // Specifiers, such as `%H` for the host's name.
    let letter = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic());
    let expands = text.replace("%%", "").split('%').skip(1).any(letter);
    let value = if expands { Value::Unknown } else { Value::Known(known) };
    let place = Place {
        name: Span::new(number, name_start, name_end),
        value: Span::new(number, start, start.saturating_add(text.len())),
        entry: None,
        plain: !escaped,
        quote: outer.or(own),
        named: true,
    };
    Some(Setting::new(name.to_owned(), value).at(place))
}
