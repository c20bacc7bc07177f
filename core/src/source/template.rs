//! `$NAME`, `${NAME:-default}` and the like, expanded as compose-go's template package does.

/// What a name expands to; `None` if it isn't set.
pub type Lookup<'l> = dyn Fn(&str) -> Option<String> + 'l;

/// Why a string can't be expanded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TemplateError {
    /// `${` without a valid name or a closing brace.
    Invalid,
    /// The string grows too large: values that double each other.
    TooLong,
    /// More than [`DEEPEST`] nested variables.
    TooDeep,
    /// `${NAME:?reason}` and the name isn't set.
    Required {
        /// The name.
        name: String,
        /// The reason given, expanded.
        reason: String,
    },
}

/// Depth of `${A:-${B:-…}}` that is followed. compose-go has no limit; real files have two or three levels.
pub const DEEPEST: usize = 64;

/// The longest expansion, in bytes. A whole environment is smaller than that.
const LONGEST: usize = 1 << 20;

/// Expands `text`. Names without a value are passed to `unset` and become empty.
///
/// # Errors
/// [`TemplateError`], as Compose would refuse the file.
pub fn expand(text: &str, lookup: &Lookup<'_>, unset: &mut dyn FnMut(&str)) -> Result<String, TemplateError> {
    if nesting(text).0 > DEEPEST {
        return Err(TemplateError::TooDeep);
    }
    expand_at(text, lookup, unset, 0)
}

/// How deeply `${` are nested, and how many bytes it took to find out: reading stops at the one that is
/// too deep.
fn nesting(text: &str) -> (usize, usize) {
    let (mut depth, mut deepest, mut before) = (0_usize, 0_usize, b' ');
    for (at, b) in text.bytes().enumerate() {
        match b {
            b'{' if before == b'$' => {
                depth = depth.saturating_add(1);
                deepest = deepest.max(depth);
                if depth > DEEPEST {
                    return (deepest, at.saturating_add(1));
                }
            }
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        before = b;
    }
    (deepest, text.len())
}

/// Whether `text` contains anything to expand or an escaped `$$`.
#[must_use]
pub fn has_template(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().any(|(i, b)| {
        *b == b'$'
            && bytes
                .get(i.saturating_add(1))
                .is_some_and(|n| matches!(n, b'$' | b'{' | b'_') || n.is_ascii_alphabetic())
    })
}

fn expand_at(
    text: &str,
    lookup: &Lookup<'_>,
    unset: &mut dyn FnMut(&str),
    depth: usize,
) -> Result<String, TemplateError> {
    if depth > DEEPEST {
        return Err(TemplateError::TooDeep);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut line = Line::default();
    while let Some(at) = rest.find('$') {
        if out.len() > LONGEST {
            return Err(TemplateError::TooLong);
        }
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let after = from.get(1..).unwrap_or("");
        match after.bytes().next() {
            Some(b'$') => {
                out.push('$');
                rest = after.get(1..).unwrap_or("");
            }
            Some(b'{') => {
                let start = text.len().saturating_sub(after.len());
                let length = braced_length(after, start, line.of(text, start)).ok_or(TemplateError::Invalid)?;
                let (inside, _) = after.split_at(length);
                // If the braces don't pair up, the last one closes.
                let close = closing_brace(inside).unwrap_or(inside.len().saturating_sub(1));
                out.push_str(&expand_braced(inside, close, lookup, unset, depth)?);
                rest = after.get(close.saturating_add(1)..).unwrap_or("");
            }
            Some(b) if b == b'_' || b.is_ascii_alphabetic() => {
                let (name, left) = after.split_at(name_length(after));
                out.push_str(&value_of(name, lookup, unset));
                rest = left;
            }
            _ => {
                out.push('$');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    if out.len() > LONGEST && out.len() > text.len() { Err(TemplateError::TooLong) } else { Ok(out) }
}

/// The current line: scanned once, however many templates are on it.
#[derive(Clone, Copy, Default)]
struct Line {
    end: usize,
    last_brace: Option<usize>,
}

impl Line {
    /// The line around the byte at `at`, which never moves back.
    fn of(&mut self, text: &str, at: usize) -> Self {
        if at >= self.end {
            let rest = text.get(at..).unwrap_or("");
            let line = rest.find('\n').and_then(|end| rest.get(..end)).unwrap_or(rest);
            self.end = at.saturating_add(line.len()).max(at.saturating_add(1));
            self.last_brace = line.rfind('}').map(|brace| at.saturating_add(brace));
        }
        *self
    }
}

fn name_length(text: &str) -> usize {
    text.bytes().position(|b| !(b == b'_' || b.is_ascii_alphanumeric())).unwrap_or(text.len())
}

fn value_of(name: &str, lookup: &Lookup<'_>, unset: &mut dyn FnMut(&str)) -> String {
    lookup(name).unwrap_or_else(|| {
        unset(name);
        String::new()
    })
}

/// Where the `{NAME}` or `{NAME:-…}` that begins at the byte `start` ends. The real pattern is greedy: with
/// an operator, it runs to the last closing brace of the line.
fn braced_length(text: &str, start: usize, line: Line) -> Option<usize> {
    let inner = text.get(1..)?;
    let first = inner.bytes().next()?;
    if !(first == b'_' || first.is_ascii_alphabetic()) {
        return None;
    }
    let name = name_length(inner);
    let after = inner.get(name..)?;
    let operator = after.strip_prefix(':').unwrap_or(after);
    if operator.starts_with(['-', '+', '?']) {
        let behind = start.saturating_add(1).saturating_add(name);
        if let Some(last) = line.last_brace.filter(|last| *last >= behind) {
            return Some(last.saturating_sub(start).saturating_add(1));
        }
    }
    after.starts_with('}').then(|| name.saturating_add(2))
}

/// Expands the template at the start of `text` that the brace at `close` ends.
fn expand_braced(
    text: &str,
    close: usize,
    lookup: &Lookup<'_>,
    unset: &mut dyn FnMut(&str),
    depth: usize,
) -> Result<String, TemplateError> {
    let body = text.get(1..close).unwrap_or("");
    let deeper = depth.saturating_add(1);
    // The operator that comes first in the whole string counts, as the real implementation sorts them.
    let operator = text.find(['?', '-', '+']).map_or(":?", |at| {
        let colon = at.checked_sub(1).filter(|before| text.as_bytes().get(*before) == Some(&b':'));
        text.get(colon.unwrap_or(at)..at.saturating_add(1)).unwrap_or(":?")
    });
    let Some((name, argument)) = body.split_once(operator) else {
        return Ok(value_of(body, lookup, unset));
    };
    let value = lookup(name);
    let empty_counts = operator.starts_with(':');
    let given = value.as_ref().is_some_and(|v| !(empty_counts && v.is_empty()));
    match operator.trim_start_matches(':') {
        "-" if !given => expand_at(argument, lookup, unset, deeper),
        "+" if given => expand_at(argument, lookup, unset, deeper),
        "?" if !given => {
            let reason = expand_at(argument, lookup, unset, deeper)?;
            Err(TemplateError::Required { name: name.to_owned(), reason })
        }
        _ => Ok(value.unwrap_or_default()),
    }
}

/// The brace that closes the first one; the byte after an opening brace is skipped.
fn closing_brace(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    let mut bytes = text.bytes().enumerate();
    while let Some((i, b)) = bytes.next() {
        match b {
            b'}' => {
                open = open.checked_sub(1)?;
                if open == 0 {
                    return Some(i);
                }
            }
            b'{' => {
                open = open.saturating_add(1);
                bytes.next();
            }
            _ => {}
        }
    }
    None
}

/// The names that `text` refers to, outermost first.
#[must_use]
pub fn names(text: &str) -> Vec<String> {
    let found = std::cell::RefCell::new(Vec::new());
    let record = |name: &str| {
        found.borrow_mut().push(name.to_owned());
        None
    };
    let _ = expand(text, &record, &mut |_| {});
    found.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str) -> Result<String, TemplateError> {
        let lookup = |name: &str| match name {
            "A" => Some("a".to_owned()),
            "E" => Some(String::new()),
            _ => None,
        };
        expand(text, &lookup, &mut |_| {})
    }

    #[test]
    fn expands_as_compose_does() {
        for (text, value) in [
            ("$A-${A}", "a-a"),
            ("$$A", "$A"),
            ("${E:-d}", "d"),
            ("${E-d}", ""),
            ("${N-d}", "d"),
            ("${N:-${A}}", "a"),
            ("${N:-${M:-x}}y", "xy"),
            ("${A:+alt}", "alt"),
            ("${E:+alt}", ""),
            ("${E+alt}", "alt"),
            ("${N}", ""),
            ("100$", "100$"),
            ("$1", "$1"),
            ("a$ b", "a$ b"),
            ("${A}}", "a}"),
            ("${N:-x}${A}", "xa"),
            ("p@ss$word", "p@ss"),
            ("${A:?no}", "a"),
            ("${N:-a b}", "a b"),
            ("${N-{}", "{"),
            ("${A+{$$}", "{$"),
        ] {
            assert_eq!(run(text), Ok(value.to_owned()), "{text}");
        }
    }

    #[test]
    fn refuses_as_compose_does() {
        for text in ["${", "${}", "${A", "${1}", "${A:x}", "${A b}"] {
            assert_eq!(run(text), Err(TemplateError::Invalid), "{text}");
        }
        assert_eq!(run("${N:?set $A}"), Err(TemplateError::Required { name: "N".into(), reason: "set a".into() }));
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |levels: usize| format!("{}x{}", "${N:-".repeat(levels), "}".repeat(levels));
        assert_eq!(run(&nested(DEEPEST)), Ok("x".to_owned()));
        assert_eq!(run(&nested(DEEPEST + 1)), Err(TemplateError::TooDeep));
        // Looking stops where it is too deep: what it costs goes by the limit, not by the text.
        for levels in [5_000, 50_000] {
            for text in [nested(levels), "${N:-".repeat(levels), "${".repeat(levels)] {
                assert_eq!(run(&text), Err(TemplateError::TooDeep));
                assert!(nesting(&text).1 <= 5 * (DEEPEST + 1), "{levels}: {:?}", nesting(&text));
            }
        }
        // Beside one another they may be many.
        assert_eq!(run(&"${N:-x}".repeat(5_000)), Ok("x".repeat(5_000)));
    }
}
