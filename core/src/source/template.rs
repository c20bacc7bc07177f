//! `$NAME`, `${NAME:-default}` and their kin, expanded as compose-go's template package does it.

/// What a name expands to; `None` where it is not set.
pub type Lookup<'l> = dyn Fn(&str) -> Option<String> + 'l;

/// Why a text cannot be expanded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TemplateError {
    /// `${` without a name and a closing brace that fit.
    Invalid,
    /// The text grows beyond any use: values that double each other.
    TooLong,
    /// `${NAME:?reason}` and the name is not set.
    Required {
        /// The name.
        name: String,
        /// The reason given, expanded.
        reason: String,
    },
}

/// Depth of `${A:-${B:-…}}` that is followed. A text beyond it is refused rather than recursed into.
const DEEPEST: usize = 64;

/// Longest text that is expanded to, in bytes. An environment holds less than that in all.
const LONGEST: usize = 1 << 20;

/// Expands `text`. Names without value are handed to `unset` and become empty.
///
/// # Errors
/// [`TemplateError`], as Compose would refuse the file.
pub fn expand(text: &str, lookup: &Lookup<'_>, unset: &mut dyn FnMut(&str)) -> Result<String, TemplateError> {
    expand_at(text, lookup, unset, 0)
}

/// Whether `text` holds anything to expand or an escaped `$$`.
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
        return Err(TemplateError::Invalid);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
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
                let length = braced_length(after).ok_or(TemplateError::Invalid)?;
                let (inside, left) = after.split_at(length);
                out.push_str(&expand_braced(inside, lookup, unset, depth)?);
                rest = left;
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

fn name_length(text: &str) -> usize {
    text.bytes().position(|b| !(b == b'_' || b.is_ascii_alphanumeric())).unwrap_or(text.len())
}

fn value_of(name: &str, lookup: &Lookup<'_>, unset: &mut dyn FnMut(&str)) -> String {
    lookup(name).unwrap_or_else(|| {
        unset(name);
        String::new()
    })
}

/// How far `{NAME}` or `{NAME:-…}` reaches. The real pattern is greedy: with an operator, it runs to the last closing
/// brace of the line.
fn braced_length(text: &str) -> Option<usize> {
    let inner = text.get(1..)?;
    let first = inner.bytes().next()?;
    if !(first == b'_' || first.is_ascii_alphabetic()) {
        return None;
    }
    let name = name_length(inner);
    let after = inner.get(name..)?;
    let operator = after.strip_prefix(':').unwrap_or(after);
    if operator.starts_with(['-', '+', '?']) {
        let line = after.split('\n').next().unwrap_or("");
        if let Some(last) = line.rfind('}') {
            return Some(1_usize.saturating_add(name).saturating_add(last).saturating_add(1));
        }
    }
    after.starts_with('}').then(|| name.saturating_add(2))
}

fn expand_braced(
    text: &str,
    lookup: &Lookup<'_>,
    unset: &mut dyn FnMut(&str),
    depth: usize,
) -> Result<String, TemplateError> {
    // Where the braces do not pair up, the last one closes.
    let close = closing_brace(text).unwrap_or(text.len().saturating_sub(1));
    let (body, left) = text.split_at(close);
    let body = body.get(1..).unwrap_or("");
    let left = left.get(1..).unwrap_or("");
    let deeper = depth.saturating_add(1);
    // The operator is the one that comes first in the whole text, as the real implementation sorts them.
    let operator = [":?", "?", ":-", "-", ":+", "+"]
        .into_iter()
        .filter_map(|o| text.find(o).map(|at| (at, o)))
        .min_by_key(|(at, o)| (*at, usize::MAX.saturating_sub(o.len())))
        .map_or(":?", |(_, o)| o);
    let Some((name, argument)) = body.split_once(operator) else {
        return Ok(value_of(body, lookup, unset));
    };
    let value = lookup(name);
    let empty_counts = operator.starts_with(':');
    let given = value.as_ref().is_some_and(|v| !(empty_counts && v.is_empty()));
    let result = match operator.trim_start_matches(':') {
        "-" if !given => expand_at(argument, lookup, unset, deeper)?,
        "+" if given => expand_at(argument, lookup, unset, deeper)?,
        "?" if !given => {
            let reason = expand_at(argument, lookup, unset, deeper)?;
            return Err(TemplateError::Required { name: name.to_owned(), reason });
        }
        _ => value.unwrap_or_default(),
    };
    Ok(result + &expand_at(left, lookup, unset, deeper)?)
}

/// The brace that closes the first one; the byte after an opening brace is never looked at.
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
        let deep = format!("{}x{}", "${N:-".repeat(5000), "}".repeat(5000));
        assert_eq!(run(&deep), Err(TemplateError::Invalid));
    }
}
