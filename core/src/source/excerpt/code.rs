//! Assignments in source code, found in its tokens.

use super::language::PLAIN;
use super::names::{Names, Rank};
use super::token::{Literal, Syntax, Token, TokenKind, tokens};
use super::{Found, FoundValue, lines};

/// Functions that return the literal they're given, in the languages and libraries that need them.
const WRAPPERS: [&str; 16] = [
    "String",
    "StringPtr",
    "string",
    "Str",
    "str",
    "tostring",
    "toString",
    "Ptr",
    "To",
    "mkDefault",
    "mkForce",
    "mkOverride",
    "fromValue",
    "Of",
    "asString",
    "unicode",
];

/// What a function that only reads an environment has in its name.
const READERS: [&str; 9] = ["get", "lookup", "read", "fetch", "require", "has", "contains", "find", "delete"];

/// What a function that takes the name and the place of a value elsewhere has in its name.
const REFERENCES: [&str; 4] = ["secret", "ref", "param", "from"];

/// What a function that takes the environment before the name and the value has in its name.
const SETTERS: [&str; 4] = ["set", "put", "add", "default"];

/// Finds what `text` sets.
pub(super) fn read(text: &str, syntax: &Syntax, names: &Names, out: &mut Vec<Found>) {
    let tokens = tokens(text, syntax);
    let openers = openers(&tokens);
    let code = Code { text, syntax, names, tokens: &tokens, openers: &openers };
    for at in 0..tokens.len() {
        code.token(at, out);
    }
}

struct Code<'c> {
    text: &'c str,
    syntax: &'c Syntax,
    names: &'c Names,
    tokens: &'c [Token],
    /// For each token, the bracket around it.
    openers: &'c [Option<usize>],
}

/// For each token, the index of the bracket that it's in; of a closing bracket, of what is around the pair.
fn openers(tokens: &[Token]) -> Vec<Option<usize>> {
    let mut open: Vec<usize> = Vec::new();
    let mut all = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.iter().enumerate() {
        if token.kind == TokenKind::Close {
            open.pop();
        }
        all.push(open.last().copied());
        if token.kind == TokenKind::Open {
            open.push(at);
        }
    }
    all
}

impl Code<'_> {
    fn kind(&self, at: usize) -> Option<&TokenKind> {
        self.tokens.get(at).map(|t| &t.kind)
    }

    fn slice(&self, at: usize) -> &str {
        self.tokens.get(at).and_then(|t| self.text.get(t.start..t.end)).unwrap_or("")
    }

    fn is(&self, at: usize, text: &str) -> bool {
        self.slice(at) == text
    }

    fn word(&self, at: usize) -> Option<&str> {
        (self.kind(at) == Some(&TokenKind::Word)).then(|| self.slice(at))
    }

    /// The token before `at`, line ends aside.
    fn before(&self, at: usize) -> Option<usize> {
        let at = at.checked_sub(1)?;
        if self.kind(at) == Some(&TokenKind::Newline) { at.checked_sub(1) } else { Some(at) }
    }

    /// The first token from `at` on that isn't a line end.
    fn next(&self, at: usize) -> usize {
        if self.kind(at) == Some(&TokenKind::Newline) { at.saturating_add(1) } else { at }
    }

    /// Whether the token assigns what follows it to what is before it.
    fn assigns(&self, at: usize) -> bool {
        matches!(self.kind(at), Some(TokenKind::Operator | TokenKind::Word))
            && self.syntax.assigns.contains(&self.slice(at))
    }

    fn token(&self, at: usize, out: &mut Vec<Found>) {
        match self.kind(at) {
            Some(TokenKind::Word) => {
                let word = self.slice(at);
                let Some(rank) = self.names.rank(word) else { return };
                let Some(token) = self.tokens.get(at) else { return };
                let before = at.checked_sub(1);
                if before.is_some_and(|b| self.is(b, "?") || self.is(b, "case")) {
                    return;
                }
                if let Some(value) = self.assigned(at.saturating_add(1)) {
                    self.found(rank, (token.start, token.end), value, out);
                }
            }
            Some(TokenKind::Text(literal)) => self.literal_token(at, literal, out),
            _ => {}
        }
    }

    fn literal_token(&self, at: usize, literal: &Literal, out: &mut Vec<Found>) {
        let content = self.text.get(literal.start..literal.end).unwrap_or("");
        if content.contains('\n') {
            lines::read(self.text, (literal.start, literal.end), &PLAIN, true, self.names, out);
            return;
        }
        if let Some(rank) = self.names.rank(content) {
            if let Some(value) = self.named(at) {
                self.found(rank, (literal.start, literal.end), value, out);
            }
            return;
        }
        // `"NAME=value"`, an element of a list.
        let Some((name, _)) = content.split_once('=') else { return };
        let Some(rank) = self.names.rank(name) else { return };
        let name_end = literal.start.saturating_add(name.len());
        let value_start = name_end.saturating_add(1);
        let whole = literal.value.as_deref().and_then(|v| v.strip_prefix(name)).and_then(|v| v.strip_prefix('='));
        let value = match whole {
            Some(value) if self.ends_after(at) && !is_format(value) => {
                FoundValue::literal(self.text, value.to_owned(), value_start, literal.end)
            }
            _ => FoundValue::unknown(name_end),
        };
        self.found(rank, (literal.start, name_end), value, out);
    }

    fn found(&self, rank: Rank, name: (usize, usize), value: FoundValue, out: &mut Vec<Found>) {
        // A constant for a name sets nothing.
        if value.text.as_deref().is_some_and(|text| self.names.rank(text).is_some()) {
            return;
        }
        out.push(Found { rank, name, value });
    }

    /// The value of the string literal that holds a name, if it's where names are.
    fn named(&self, at: usize) -> Option<FoundValue> {
        let after = at.saturating_add(1);
        let before = self.before(at);
        let opener = before.filter(|b| self.kind(*b) == Some(&TokenKind::Open));
        // `environment["NAME"] = value`
        if opener.is_some_and(|o| self.is(o, "[")) && self.is(after, "]") {
            return self.assigned(after.saturating_add(1));
        }
        if before.is_none_or(|b| !self.is(b, "?"))
            && let Some(value) = self.assigned(after)
        {
            return Some(value);
        }
        if let Some(value) = self.object(at) {
            return Some(value);
        }
        // `set("NAME", value)`, `("NAME", value)`, `{"NAME", value}`
        if self.is(after, ",")
            && let Some(around) = self.openers.get(at).copied().flatten()
        {
            let callee = around.checked_sub(1).and_then(|c| self.word(c)).filter(|_| self.is(around, "("));
            let is_pair = self.element(around) == Some(at) && self.elements(around) == Some(2);
            let taken = match callee {
                // `Map.of("NAME", value, "NAME", value)`
                Some("of") => true,
                Some(callee) => {
                    let lower = callee.to_ascii_lowercase();
                    let reads = READERS.iter().any(|r| lower.contains(r)) || lower == "env" || lower == "getenv";
                    !reads && (self.element(around) == Some(at) || self.is_set_in(around, at, &lower))
                }
                None => is_pair && (!self.is(around, "[") || self.in_list(around)),
            };
            if taken {
                let refers = callee.map(str::to_ascii_lowercase);
                if refers.is_some_and(|callee| REFERENCES.iter().any(|r| callee.contains(r))) {
                    return Some(FoundValue::unknown(self.tokens.get(at).map_or(0, |t| t.end)));
                }
                return Some(self.value(after.saturating_add(1)));
            }
        }
        None
    }

    /// Whether the name at `at` is set in the environment before it: `setDefault(env, "NAME", value)`.
    fn is_set_in(&self, around: usize, at: usize, callee: &str) -> bool {
        let Some(first) = self.element(around) else { return false };
        self.word(first).is_some()
            && self.is(first.saturating_add(1), ",")
            && self.next(first.saturating_add(2)) == at
            && SETTERS.iter().any(|verb| callee.contains(verb))
            && self.elements(around) == Some(3)
    }

    /// The first element in a bracket.
    fn element(&self, open: usize) -> Option<usize> {
        Some(self.next(open.saturating_add(1)))
    }

    /// How many elements a short list has.
    fn elements(&self, open: usize) -> Option<usize> {
        const FAR: usize = 64;
        let mut commas = 0_usize;
        let mut last = open;
        for at in open.saturating_add(1)..open.saturating_add(FAR) {
            if self.openers.get(at).copied() == Some(self.openers.get(open).copied().flatten()) {
                let trailing = self.is(last, ",");
                return Some(commas.saturating_add(1).saturating_sub(usize::from(trailing)));
            }
            if self.openers.get(at).copied().flatten() == Some(open) && self.is(at, ",") {
                commas = commas.saturating_add(1);
            }
            if self.kind(at) != Some(&TokenKind::Newline) {
                last = at;
            }
        }
        None
    }

    fn in_list(&self, open: usize) -> bool {
        self.openers.get(open).copied().flatten().is_some_and(|outer| self.is(outer, "["))
    }

    /// The value after `=`, `:` or another assignment at `at`.
    fn assigned(&self, at: usize) -> Option<FoundValue> {
        if !self.assigns(at) {
            return None;
        }
        let value = at.saturating_add(1);
        // A type between the name and the value.
        if self.is(at, ":") && self.word(value).is_some() && self.is(value.saturating_add(1), "=") {
            return Some(self.value(value.saturating_add(2)));
        }
        Some(self.value(value))
    }

    /// The value of an object with a name and a value, whose name is the literal at `at`.
    fn object(&self, at: usize) -> Option<FoundValue> {
        let (mut first, mut last) = (at, at);
        // `pulumi.String("NAME")`
        if at.checked_sub(1).is_some_and(|b| self.is(b, "(")) && self.is(at.saturating_add(1), ")") {
            let callee = at.checked_sub(2)?;
            let word = self.word(callee)?;
            if is_key(word, "name") {
                return Some(self.chained(at.saturating_add(2)));
            }
            if !WRAPPERS.contains(&word) {
                return None;
            }
            last = at.saturating_add(1);
            first = callee;
            while let Some(dot) = first.checked_sub(1).filter(|d| self.is(*d, ".")) {
                first = dot.checked_sub(1)?;
            }
        }
        let operator = first.checked_sub(1).filter(|o| self.assigns(*o))?;
        let key = operator.checked_sub(1)?;
        if self.is_key(key, "value") {
            return self.in_next_block(key, at);
        }
        let is_name = self.is_key(key, "name");
        if !is_name && !self.is_key(key, "key") {
            return None;
        }
        let sibling = self.sibling(last.saturating_add(1), true).or_else(|| self.sibling(key, false));
        // A `key` alone may be the one of a secret.
        if !is_name {
            return sibling;
        }
        let (_, end) = self.tokens.get(at).map(|t| (t.start, t.end))?;
        Some(sibling.unwrap_or_else(|| FoundValue::unknown(end)))
    }

    /// The value in the block after `set { name = "env[0].name", value = "NAME" }`, whose name ends in `.value`.
    fn in_next_block(&self, key: usize, at: usize) -> Option<FoundValue> {
        /// In tokens, each way.
        const FAR: usize = 40;
        let text = |at: usize| match self.kind(at) {
            Some(TokenKind::Text(l)) => self.text.get(l.start..l.end),
            _ => None,
        };
        let path = (1..FAR).find_map(|step| text(key.checked_sub(step)?)?.strip_suffix(".name"))?;
        let is_value = |at: usize| text(at).and_then(|t| t.strip_suffix(".value")) == Some(path);
        let next = (at..at.saturating_add(FAR)).find(|at| is_value(*at));
        let value = next.and_then(|next| self.sibling(next.saturating_add(1), true));
        Some(value.unwrap_or_else(|| FoundValue::unknown(self.tokens.get(at).map_or(0, |t| t.end))))
    }

    /// Whether the token is the key `name` of an object, quoted or not.
    fn is_key(&self, at: usize, name: &str) -> bool {
        match self.kind(at) {
            Some(TokenKind::Word) => is_key(self.slice(at), name),
            Some(TokenKind::Text(l)) => self.text.get(l.start..l.end).is_some_and(|key| is_key(key, name)),
            _ => false,
        }
    }

    /// The value beside a name, `forward` from the token `from` or backward, up to the brackets around them.
    fn sibling(&self, from: usize, forward: bool) -> Option<FoundValue> {
        /// In tokens: an entry is short, and without a limit nested ones would cost quadratic time.
        const FAR: usize = 512;
        let around = self.openers.get(if forward { from.saturating_sub(1) } else { from }).copied().flatten();
        for step in 0..FAR {
            let at = if forward { from.saturating_add(step) } else { from.checked_sub(step.saturating_add(1))? };
            let inside = self.openers.get(at).copied()?;
            if inside < around || Some(at) == around {
                return None;
            }
            if inside == around && self.assigns(at.saturating_add(1)) {
                if self.is_key(at, "value") {
                    return Some(self.value(at.saturating_add(2)));
                }
                if self.is_key(at, "name") {
                    return None;
                }
            }
        }
        None
    }

    /// `.value(…)` in a chain of calls.
    fn chained(&self, from: usize) -> FoundValue {
        const FAR: usize = 40;
        let end = self.tokens.get(from.saturating_sub(1)).map_or(0, |t| t.start);
        for at in from..from.saturating_add(FAR) {
            if self.is(at, ";") || self.word(at).is_some_and(|w| is_key(w, "name")) {
                break;
            }
            if self.word(at).is_some_and(|w| is_key(w, "value")) && self.is(at.saturating_add(1), "(") {
                return self.value(at.saturating_add(2));
            }
        }
        FoundValue::unknown(end)
    }

    /// The value of the expression at `at`: a literal that is all of it, else unknown.
    fn value(&self, at: usize) -> FoundValue {
        let at = self.next(at);
        let Some(token) = self.tokens.get(at) else { return FoundValue::unknown(self.text.len()) };
        match &token.kind {
            TokenKind::Text(literal) => self.whole(at, literal),
            TokenKind::Word => {
                if self.syntax.words_are_values && self.ends_after(at) && is_scalar(self.slice(at)) {
                    return FoundValue::literal(self.text, self.slice(at).to_owned(), token.start, token.end);
                }
                self.wrapped(at)
            }
            _ => FoundValue::unknown(token.start),
        }
    }

    /// The literal at `at`, if the expression ends there.
    fn whole(&self, at: usize, literal: &Literal) -> FoundValue {
        match &literal.value {
            Some(value) if self.ends_after(at) => {
                FoundValue::literal(self.text, value.clone(), literal.start, literal.end)
            }
            _ => FoundValue::unknown(literal.start),
        }
    }

    /// The literal in `pulumi.String("literal")` or `lib.mkDefault "literal"`.
    fn wrapped(&self, at: usize) -> FoundValue {
        let unknown = FoundValue::unknown(self.tokens.get(at).map_or(0, |t| t.start));
        let mut last = at;
        while self.is(last.saturating_add(1), ".") && self.word(last.saturating_add(2)).is_some() {
            last = last.saturating_add(2);
        }
        if !self.word(last).is_some_and(|word| WRAPPERS.contains(&word)) {
            return unknown;
        }
        let inner = last.saturating_add(1);
        let is_call = self.is(inner, "(");
        let literal = inner.saturating_add(usize::from(is_call));
        match self.kind(literal) {
            Some(TokenKind::Text(text)) if !is_call => self.whole(literal, text),
            Some(TokenKind::Text(text))
                if self.is(literal.saturating_add(1), ")") && self.ends_after(literal.saturating_add(1)) =>
            {
                self.whole(literal, text)
            }
            _ => unknown,
        }
    }

    /// Whether an expression ends after the token at `at`.
    fn ends_after(&self, at: usize) -> bool {
        let after = at.saturating_add(1);
        match self.kind(after) {
            None | Some(TokenKind::End | TokenKind::Close) => true,
            Some(TokenKind::Newline) => {
                let next = after.saturating_add(1);
                match self.kind(next) {
                    Some(TokenKind::Operator) => {
                        !matches!(self.slice(next), "+" | "." | "?" | "??" | "||" | "&&" | "%")
                    }
                    Some(TokenKind::Text(_)) => !self.syntax.joins_strings,
                    _ => true,
                }
            }
            _ => false,
        }
    }
}

fn is_key(word: &str, name: &str) -> bool {
    let word =
        word.strip_prefix("with").filter(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase())).unwrap_or(word);
    word.eq_ignore_ascii_case(name)
}

/// Whether a word is a value that becomes the string it looks like.
fn is_scalar(word: &str) -> bool {
    matches!(word, "true" | "false") || (!word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether a string is meant to be formatted.
fn is_format(text: &str) -> bool {
    let verb = |rest: &str| rest.starts_with(['s', 'v', 'q', 'd', 't', 'w']);
    text.split('%').skip(1).any(verb) || (text.contains('{') && text.contains('}'))
}
