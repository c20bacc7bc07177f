//! docker's kvfile, as `docker run --env-file` uses it.

use std::borrow::Cow;

use super::assignment::{Assignment, DotenvError, Sink};
use super::compose::is_go_space;

/// The longest line docker reads: Go's `bufio.Scanner` fails on a longer one.
const DOCKER_LINE: usize = 64 * 1024;

pub(super) fn lex<'t>(text: &'t str, sink: &mut Sink<'_, 't>) -> Option<DotenvError> {
    let mut at = 0;
    let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    while at < text.len() {
        let rest = text.get(at..).unwrap_or("");
        let length = rest.find('\n').unwrap_or(rest.len());
        let next = at.saturating_add(length).saturating_add(1);
        if length >= DOCKER_LINE {
            return Some(DotenvError {
                start: at,
                end: at.saturating_add(length),
                message: "the line is longer than the 65,536 bytes that docker reads".into(),
            });
        }
        let line = rest.get(..length).unwrap_or("");
        let line = line.strip_suffix('\r').unwrap_or(line);
        let skipped = if at == 0 { bom } else { 0 };
        let line_start = at.saturating_add(skipped);
        let body = line.get(skipped..).unwrap_or("");
        let trimmed = body.trim_start_matches(is_go_space);
        let start = line_start.saturating_add(body.len().saturating_sub(trimmed.len()));
        at = next;
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let (name, value) = trimmed.split_once('=').map_or((trimmed, None), |(n, v)| (n, Some(v)));
        let name_end = start.saturating_add(name.len());
        if name.is_empty() || name.contains([' ', '\t']) {
            let message = if name.is_empty() {
                "the line has no name before `=`".into()
            } else {
                "docker refuses names that contain whitespace, which includes `export NAME`".into()
            };
            return Some(DotenvError { start, end: start.saturating_add(trimmed.len()), message });
        }
        let value_start = name_end.saturating_add(usize::from(value.is_some()));
        let value_end = value_start.saturating_add(value.map_or(0, str::len));
        let goes_on = sink(Assignment {
            name: (start, name_end),
            value: (value_start, value_end),
            raw: (value_start, value_end),
            quote: None,
            text: value.map(Cow::Borrowed),
            expands: false,
            is_plain: false,
            var: None,
        });
        if !goes_on {
            break;
        }
    }
    None
}
