//! A log's entries: a line and those that continue it.

use crate::text::span::floor;

/// An entry of a log.
pub(super) struct Entry<'l> {
    /// Its lines.
    pub(super) text: &'l str,
    /// The number of its first line, from 1.
    pub(super) line: usize,
}

/// At most this many bytes of an entry are examined: a stack trace or a response body may follow without end.
const LONGEST: usize = 16 << 10;

/// The entries of `log`. A line with a time begins one, as does any line after an entry without a time, unless it's
/// indented or closes a bracket.
pub(super) fn entries(log: &str) -> impl Iterator<Item = Entry<'_>> {
    let mut starts: Vec<(usize, usize)> = Vec::new();
    let (mut offset, mut timed) = (0_usize, false);
    for (number, line) in log.split_inclusive('\n').enumerate() {
        let content = without_prefix(line);
        let has_time = begins_with_time(content);
        let continues = content.starts_with([' ', '\t', ']', '}']) || content.trim().is_empty();
        if has_time || starts.is_empty() || (!timed && !continues) {
            starts.push((offset, number.saturating_add(1)));
            timed = has_time;
        }
        offset = offset.saturating_add(line.len());
    }
    let mut ends: Vec<usize> = starts.iter().skip(1).map(|(at, _)| *at).collect();
    ends.push(log.len());
    starts.into_iter().zip(ends).filter_map(|((from, line), to)| {
        let text = log.get(from..to)?;
        Some(Entry { text: text.get(..floor(text, LONGEST)).unwrap_or(text), line })
    })
}

/// The line without what `docker compose logs` and `kubectl logs --prefix` put before it.
fn without_prefix(line: &str) -> &str {
    if let Some((service, rest)) = line.split_once('|')
        && service.len() < 80
        && !service.trim_end().is_empty()
        && !service.trim_end().contains(char::is_whitespace)
    {
        return rest.strip_prefix(' ').unwrap_or(rest);
    }
    if line.starts_with("[pod/")
        && let Some((_, rest)) = line.split_once("] ")
    {
        return rest;
    }
    line
}

/// Whether the line begins with a date: `2026-11-29`, possibly in brackets or as JSON.
fn begins_with_time(line: &str) -> bool {
    let line = line.trim_start_matches(['[', '{', '"']);
    let mut bytes = line.bytes();
    let date = b"dddd-dd-dd";
    date.iter()
        .all(|wanted| bytes.next().is_some_and(|b| if *wanted == b'd' { b.is_ascii_digit() } else { b == *wanted }))
        || line.starts_with("level\"")
        || line.starts_with("timestamp\"")
        || line.starts_with("message\"")
}
