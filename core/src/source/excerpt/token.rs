//! Splits source code into words, string literals and operators, as far as assignments need it.

/// What differs between languages that are read token by token.
pub(super) struct Syntax {
    /// What begins a comment up to the end of the line.
    pub(super) line_comments: &'static [&'static str],
    /// Begin and end of other comments.
    pub(super) block_comments: &'static [(&'static str, &'static str)],
    /// String literals; of two that begin alike, the longer one comes first.
    pub(super) quotes: &'static [Quote],
    /// Whether `<<NAME` begins a string of several lines.
    pub(super) heredocs: bool,
    /// What separates a name from its value.
    pub(super) assigns: &'static [&'static str],
    /// Whether `true` and numbers become the strings that they look like.
    pub(super) words_are_values: bool,
    /// Whether adjacent literals are one string.
    pub(super) joins_strings: bool,
}

/// A kind of string literal.
pub(super) struct Quote {
    pub(super) open: &'static str,
    pub(super) close: &'static str,
    pub(super) escape: Escape,
    /// What begins an interpolated expression in it.
    pub(super) interpolates: &'static [&'static str],
    /// Whether it may hold line ends.
    pub(super) multiline: bool,
}

/// How a string literal holds its own quote.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// Not at all.
    None,
    /// After a backslash, as in C.
    Backslash,
    /// After a backslash, which stays in the string.
    Raw,
    /// Twice.
    Doubled,
    /// `''$`, `'''` and `''\` in an indented string of Nix.
    Nix,
}

/// A piece of source code.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum TokenKind {
    /// A name, a keyword or a number.
    Word,
    /// A string literal.
    Text(Literal),
    /// An operator.
    Operator,
    /// `(`, `[` or `{`.
    Open,
    /// `)`, `]` or `}`.
    Close,
    /// `,` or `;`.
    End,
    /// One or more line ends.
    Newline,
}

/// A string literal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Literal {
    /// First byte of the content.
    pub(super) start: usize,
    /// One past its last byte.
    pub(super) end: usize,
    /// What it means; `None` if only a running program knows.
    pub(super) value: Option<String>,
}

/// The operators of more than one character that have to be told apart from `=` and `:`.
const OPERATORS: [&str; 17] =
    ["===", "!==", "??=", "||=", "==", "!=", "<=", ">=", "=>", ":=", "+=", "-=", "&&", "||", "??", "->", "::"];

/// The tokens of `text`.
pub(super) fn tokens(text: &str, syntax: &Syntax) -> Vec<Token> {
    let mut all = Vec::new();
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    while let Some(byte) = text.as_bytes().get(at).copied() {
        let start = at;
        let rest = text.get(at..).unwrap_or("");
        let kind = if rest.is_empty() {
            // Inside a character: it's in no token.
            at = at.saturating_add(1);
            continue;
        } else if let Some(end) = comment(text, at, syntax) {
            at = end;
            continue;
        } else if let Some((literal, end)) = heredoc(text, at, syntax) {
            at = end;
            TokenKind::Text(literal)
        } else if let Some(quote) = syntax.quotes.iter().find(|q| rest.starts_with(q.open)) {
            let (literal, end) = string(text, at, quote);
            at = end;
            TokenKind::Text(literal)
        } else if byte == b'_' || byte.is_ascii_alphanumeric() {
            let word = |b: &u8| *b == b'_' || b.is_ascii_alphanumeric();
            at = at.saturating_add(rest.bytes().take_while(|b| word(b)).count());
            TokenKind::Word
        } else {
            let length = OPERATORS.iter().find(|o| rest.starts_with(**o)).map_or(1, |o| o.len());
            at = at.saturating_add(length);
            match byte {
                b'(' | b'[' | b'{' => TokenKind::Open,
                b')' | b']' | b'}' => TokenKind::Close,
                b',' | b';' => TokenKind::End,
                b'\n' if all.last().is_some_and(|t: &Token| t.kind == TokenKind::Newline) => continue,
                b'\n' => TokenKind::Newline,
                b' ' | b'\t' | b'\r' => continue,
                _ if byte.is_ascii() => TokenKind::Operator,
                _ => continue,
            }
        };
        all.push(Token { kind, start, end: at });
    }
    all
}

/// The end of the comment that begins at `at`.
fn comment(text: &str, at: usize, syntax: &Syntax) -> Option<usize> {
    let rest = text.get(at..)?;
    if syntax.line_comments.iter().any(|mark| rest.starts_with(mark)) {
        return Some(rest.find('\n').map_or(text.len(), |n| at.saturating_add(n)));
    }
    let (open, close) = syntax.block_comments.iter().find(|(open, _)| rest.starts_with(open))?;
    let inner = at.saturating_add(open.len());
    let found = text.get(inner..)?.find(close);
    Some(found.map_or(text.len(), |n| inner.saturating_add(n).saturating_add(close.len())))
}

/// The heredoc that begins at `at`, and where it ends.
fn heredoc(text: &str, at: usize, syntax: &Syntax) -> Option<(Literal, usize)> {
    let rest = text.get(at..)?.strip_prefix("<<").filter(|_| syntax.heredocs)?;
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let (mark, _) = rest.split_once('\n')?;
    let mark = mark.trim_end();
    let is_word = |b: u8| b == b'_' || b.is_ascii_alphanumeric();
    if mark.is_empty() || !mark.bytes().all(is_word) {
        return None;
    }
    let start = at.saturating_add(text.get(at..)?.find('\n')?).saturating_add(1);
    let mut end = start;
    for line in text.get(start..)?.split_inclusive('\n') {
        if line.trim() == mark {
            let last = end.saturating_add(line.trim_end_matches(['\n', '\r']).len());
            return Some((Literal { start, end, value: None }, last));
        }
        end = end.saturating_add(line.len());
    }
    Some((Literal { start, end, value: None }, end))
}

/// The string literal that begins at `at`, and where it ends.
fn string(text: &str, at: usize, quote: &Quote) -> (Literal, usize) {
    let bytes = text.as_bytes();
    let start = at.saturating_add(quote.open.len());
    let mut here = start;
    let mut known = true;
    loop {
        let Some(byte) = bytes.get(here).copied() else {
            return (Literal { start, end: here, value: None }, here);
        };
        let rest = bytes.get(here..).unwrap_or(&[]);
        let escapes = matches!(quote.escape, Escape::Backslash | Escape::Raw) && byte == b'\\';
        let doubled = quote.escape == Escape::Doubled && rest.starts_with(b"\"\"");
        if escapes || doubled {
            here = here.saturating_add(2);
            continue;
        }
        if quote.escape == Escape::Nix && rest.starts_with(b"''") {
            let escape = match rest.get(2) {
                Some(b'$' | b'\'') => Some(3),
                Some(b'\\') => Some(4),
                _ => None,
            };
            if let Some(length) = escape {
                known = false;
                here = here.saturating_add(length);
                continue;
            }
        }
        if rest.starts_with(quote.close.as_bytes()) {
            let value = if known { text.get(start..here).and_then(|raw| decoded(raw, quote.escape)) } else { None };
            return (Literal { start, end: here, value }, here.saturating_add(quote.close.len()));
        }
        if byte == b'\n' && !quote.multiline {
            return (Literal { start, end: here, value: None }, here);
        }
        if let Some(mark) = quote.interpolates.iter().find(|mark| rest.starts_with(mark.as_bytes())) {
            known = false;
            here = here.saturating_add(mark.len());
            if mark.ends_with('{') {
                here = after_braces(bytes, here, quote.multiline);
            }
            continue;
        }
        here = here.saturating_add(1);
    }
}

/// One past the brace that closes the expression that begins at `at`. Strings in it may hold braces and quotes.
fn after_braces(bytes: &[u8], at: usize, multiline: bool) -> usize {
    let mut depth = 1_usize;
    let mut here = at;
    let mut within: Option<u8> = None;
    while let Some(byte) = bytes.get(here).copied() {
        if byte == b'\n' && !multiline {
            return here;
        }
        here = here.saturating_add(1);
        match (within, byte) {
            (Some(_), b'\\') => here = here.saturating_add(1),
            (Some(quote), _) if byte == quote => within = None,
            (None, b'"' | b'\'' | b'`') => within = Some(byte),
            (None, b'{') => depth = depth.saturating_add(1),
            (None, b'}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return here;
                }
            }
            _ => {}
        }
    }
    here
}

/// What a literal means; `None` if it has an escape beyond the common ones.
pub(super) fn decoded(raw: &str, escape: Escape) -> Option<String> {
    match escape {
        Escape::Doubled => return Some(raw.replace("\"\"", "\"")),
        Escape::Backslash => {}
        Escape::None | Escape::Raw | Escape::Nix => return Some(raw.to_owned()),
    }
    if !raw.contains('\\') {
        return Some(raw.to_owned());
    }
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        out.push(match chars.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            c @ ('"' | '\'' | '\\' | '$' | '`' | '/') => c,
            _ => return None,
        });
    }
    Some(out)
}
