//! The product's words. Private or archaic wording makes users read a text twice; this lists where it comes back: in help
//! texts, string literals, rule pages, docs and the page's texts. And `-h` fits one screen.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{CommandFactory as _, Parser as _};
use langfuse_blob::cli::Cli;

/// Words and phrases to avoid, in any case and across line breaks. A `*` at the end stands for any letters.
const BANNED: &[&str] = &[
    "mend*",
    "purpose*",
    "give up",
    "gives up",
    "given up",
    "gave up",
    "giving up",
    "put right",
    "puts right",
    "whatever",
    "whoever",
    "hence",
    "thereof",
    "under way",
    "to be had",
    "in force",
    "with certainty",
    "is no",
    "no variable of",
    "stands here",
    "told from",
    "worked out",
    "unfinished upload*",
    "upload in parts",
    "signed address*",
    "folder*",
    "half a pair",
    "handed on",
    "handed out",
];

/// Phrases that contain a banned one and are fine, with the reason.
const ALLOWED: &[(&str, &str)] = &[
    ("there is no", "says that something doesn't exist, not what a value isn't"),
    ("is no longer", "about time, not what a value isn't"),
    ("on purpose", "deliberately, not a use case"),
    ("general purpose", "a kind of Azure storage account"),
];

/// The lines of a usual terminal window.
const SCREEN: usize = 50;

#[test]
fn texts_use_the_words_of_the_field() {
    let mut places = BTreeSet::new();
    for verb in verbs() {
        let name = [&["langfuse-blob"], &*verb, &["--help"]].concat().join(" ");
        search(&name, &Text::plain(&help(&verb, "--help")), &mut places);
    }
    let mut texts = 0_usize;
    for directory in ["core/src", "src"] {
        for file in files(directory, "rs") {
            // Test modules in files of their own are named so.
            if !file.ends_with("tests.rs") {
                for text in rust_texts(&read(&file)) {
                    search(&file.display().to_string(), &text, &mut places);
                    texts = texts.saturating_add(1);
                }
            }
        }
    }
    assert!(texts > 3_000, "only {texts} string literals and rule pages were found");
    let pages = ["README.md", "CONTRIBUTING.md", "wasm/README.md", "web/src/texts.ts"].map(PathBuf::from);
    for page in pages.into_iter().chain(files("docs", "md")).chain(files("core/src/explain", "txt")) {
        search(&page.display().to_string(), &Text::plain(&read(&page)), &mut places);
    }
    let list = places.iter().fold(String::new(), |mut list, (file, line, word)| {
        let _ = writeln!(list, "{file}:{line}: {word}");
        list
    });
    assert!(places.is_empty(), "{} places with words to avoid:\n{list}", places.len());
}

#[test]
fn short_help_fits_one_screen() {
    let long: Vec<_> = verbs()
        .into_iter()
        .map(|verb| (verb.join(" "), help(&verb, "-h").lines().count()))
        .filter(|(_, lines)| *lines > SCREEN)
        .collect();
    assert!(long.is_empty(), "more than {SCREEN} lines: {long:?}");
}

#[test]
fn texts_are_found_with_their_lines() {
    let source = "//! mend\n\
        // \"comment\"\n\
        rule! {\n    /// Page\n    /// is\n    NAME = \"slug\", Error, check\n}\n\
        /// no page\n\
        fn f<'a>(c: char) -> &'a str { if c == '\"' { \"a \\\n            b\\nc\" } else { r#\"raw \"x\"\"# } }\n\
        #[allow(x, reason = \"reason\")]\n\
        #[cfg(test)]\nmod tests { const T: &str = \"}tested\"; }\n\
        const LAST: &str = \"last\";\n";
    let found: Vec<_> = rust_texts(source).iter().map(|text| (text.0.clone(), text.1.first().copied())).collect();
    let expected = [("page is ", 4), ("slug", 6), ("a b c", 9), ("raw \"x\"", 10), ("last", 14)];
    assert_eq!(found, expected.map(|(text, line)| (text.to_owned(), Some(line))));
    let mut places = BTreeSet::new();
    search("f", &Text::plain("There is no key.\nIt is\nno key, an amendment Mended"), &mut places);
    let expected = [("f", 2, "is no"), ("f", 3, "mended")].map(|(f, l, w)| (f.to_owned(), l, w.to_owned()));
    assert_eq!(places, BTreeSet::from(expected));
}

/// Every verb with its sub-verbs, as words of the command line.
fn verbs() -> Vec<Vec<&'static str>> {
    fn visit(command: &clap::Command, path: &[&'static str], out: &mut Vec<Vec<&'static str>>) {
        out.push(path.to_vec());
        for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
            let name: &'static str = verb.get_name().to_owned().leak();
            visit(verb, &[path, &[name]].concat(), out);
        }
    }
    let mut out = Vec::new();
    visit(&Cli::command(), &[], &mut out);
    out
}

/// What is printed, at clap's width for outputs that aren't a terminal: 100 columns.
fn help(verb: &[&str], flag: &str) -> String {
    let words = [&["langfuse-blob"], verb, &[flag]].concat();
    Cli::try_parse_from(words).map_or_else(|page| page.to_string(), |_| panic!("{verb:?} has no help"))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files below `directory` with that extension, relative to the root.
fn files(directory: &str, extension: &str) -> Vec<PathBuf> {
    let mut open = vec![PathBuf::from(directory)];
    let mut out = Vec::new();
    while let Some(path) = open.pop() {
        for entry in fs::read_dir(root().join(&path)).unwrap() {
            let entry = entry.unwrap();
            let path = path.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                out.push(path);
            }
        }
    }
    out
}

/// A text in lower case, with each run of whitespace as one blank; and the line of each of its characters.
#[derive(Default)]
struct Text(String, Vec<usize>);

impl Text {
    fn plain(text: &str) -> Self {
        let mut out = Self::default();
        let mut line = 1_usize;
        for c in text.chars() {
            out.push(c, line);
            line = line.saturating_add(usize::from(c == '\n'));
        }
        out
    }

    fn push(&mut self, c: char, line: usize) {
        if !c.is_whitespace() {
            for lower in c.to_lowercase() {
                self.0.push(lower);
                self.1.push(line);
            }
        } else if !self.0.is_empty() && !self.0.ends_with(' ') {
            self.0.push(' ');
            self.1.push(line);
        }
    }
}

/// Adds every banned word of `text`, as file, line and word.
fn search(file: &str, text: &Text, places: &mut BTreeSet<(String, usize, String)>) {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    for phrase in BANNED {
        let stem = phrase.trim_end_matches('*');
        for (at, _) in text.0.match_indices(stem) {
            let before = text.0.get(..at).unwrap_or("");
            let mut after = text.0.get(at.saturating_add(stem.len())..).unwrap_or("");
            if phrase.ends_with('*') {
                after = after.trim_start_matches(char::is_alphabetic);
            }
            if before.ends_with(is_word)
                || after.starts_with(is_word)
                || is_allowed(before, text.0.get(at..).unwrap_or(""))
            {
                continue;
            }
            let word = text.0.get(at..text.0.len().saturating_sub(after.len())).unwrap_or("");
            // A word alone is a name that the code compares with, not prose.
            if text.0.trim() == word {
                continue;
            }
            let line = text.1.get(before.chars().count()).copied().unwrap_or(0);
            places.insert((file.to_owned(), line, word.to_owned()));
        }
    }
}

/// Whether an allowed phrase spans the position between `before` and `after`.
fn is_allowed(before: &str, after: &str) -> bool {
    ALLOWED.iter().any(|(phrase, _)| {
        let mut splits = phrase.char_indices().map(|(at, _)| phrase.split_at(at));
        splits.any(|(left, right)| before.ends_with(left) && after.starts_with(right))
    })
}

/// What of a Rust source is text: string literals but the reasons of lints, and the pages of `rule!` items. Items under
/// `#[cfg(test)]` are skipped.
fn rust_texts(source: &str) -> Vec<Text> {
    let mut lexer = Lexer { rest: source, line: 1 };
    let mut out = Vec::new();
    // The last tokens, without whitespace, as `#[cfg(test)]` or `reason=`.
    let mut recent = String::new();
    let mut page: Option<Text> = None;
    let (mut depth, mut rule_depth, mut skipped_depth) = (0_usize, None, None);
    let mut is_test = false;
    while let Some(token) = lexer.next() {
        match token {
            Token::Doc(text, line) => {
                if rule_depth == Some(depth) && skipped_depth.is_none() {
                    let page = page.get_or_insert_default();
                    text.chars().chain(['\n']).for_each(|c| page.push(c, line));
                }
            }
            Token::Str(text) => {
                if skipped_depth.is_none() && !is_test && !recent.ends_with("reason=") {
                    out.extend(page.take());
                    out.push(text);
                }
                recent.push('"');
            }
            Token::Word(word) => recent.push_str(word),
            Token::Sign(sign) => {
                recent.push(sign);
                match sign {
                    '{' => {
                        depth = depth.saturating_add(1);
                        if recent.ends_with("rule!{") && !recent.ends_with("macro_rules!rule!{") {
                            rule_depth = Some(depth);
                        }
                        if is_test {
                            skipped_depth.get_or_insert(depth);
                            is_test = false;
                        }
                    }
                    '}' => {
                        rule_depth = rule_depth.filter(|d| *d != depth);
                        skipped_depth = skipped_depth.filter(|d| *d != depth);
                        depth = depth.saturating_sub(1);
                    }
                    // An item without a body, such as `mod tests;`.
                    ';' => is_test = false,
                    _ => is_test |= recent.ends_with("#[cfg(test)]"),
                }
            }
        }
    }
    out.extend(page);
    out
}

enum Token<'s> {
    /// A `///` line without its mark.
    Doc(&'s str, usize),
    Str(Text),
    Word(&'s str),
    Sign(char),
}

struct Lexer<'s> {
    rest: &'s str,
    line: usize,
}

impl<'s> Lexer<'s> {
    /// Takes `length` bytes.
    fn take(&mut self, length: usize) -> &'s str {
        let (taken, rest) = self.rest.split_at(length);
        self.line = self.line.saturating_add(taken.matches('\n').count());
        self.rest = rest;
        taken
    }

    fn next(&mut self) -> Option<Token<'s>> {
        loop {
            let c = self.rest.chars().next()?;
            if self.rest.starts_with("//") {
                let line = self.line;
                let end = self.rest.find('\n').unwrap_or(self.rest.len());
                let comment = self.take(end);
                match comment.strip_prefix("///") {
                    Some(doc) if !doc.starts_with('/') => return Some(Token::Doc(doc, line)),
                    _ => {}
                }
            } else if self.rest.starts_with("/*") {
                let end = self.rest.find("*/").map_or(self.rest.len(), |at| at.saturating_add(2));
                self.take(end);
            } else if let Some(hashes) = self.raw_string() {
                return Some(Token::Str(self.raw(hashes)));
            } else if c == '"' {
                return Some(Token::Str(self.string()));
            } else if c == '\'' {
                self.character();
            } else if c.is_alphanumeric() || c == '_' {
                let end = self.rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.rest.len());
                return Some(Token::Word(self.take(end)));
            } else {
                self.take(c.len_utf8());
                if !c.is_whitespace() {
                    return Some(Token::Sign(c));
                }
            }
        }
    }

    /// The number of hashes, if a raw string begins here.
    fn raw_string(&self) -> Option<usize> {
        let start = self.rest.strip_prefix("br").or_else(|| self.rest.strip_prefix('r'))?;
        let text = start.trim_start_matches('#');
        text.starts_with('"').then(|| start.len().saturating_sub(text.len()))
    }

    fn raw(&mut self, hashes: usize) -> Text {
        let start = self.rest.find('"').map_or(0, |at| at.saturating_add(1));
        self.take(start);
        let end = format!("\"{}", "#".repeat(hashes));
        let length = self.rest.find(&end).unwrap_or(self.rest.len());
        let mut text = Text::default();
        for c in self.rest.get(..length).unwrap_or("").chars() {
            text.push(c, self.line);
            self.line = self.line.saturating_add(usize::from(c == '\n'));
        }
        self.rest = self.rest.get(length..).and_then(|rest| rest.strip_prefix(&*end)).unwrap_or("");
        text
    }

    fn string(&mut self) -> Text {
        let mut text = Text::default();
        self.take(1);
        loop {
            let Some(c) = self.rest.chars().next() else { return text };
            let line = self.line;
            self.take(c.len_utf8());
            match c {
                '"' => return text,
                '\\' => {
                    let escaped = self.rest.chars().next().unwrap_or('"');
                    self.take(escaped.len_utf8());
                    match escaped {
                        // The line goes on after the indentation.
                        '\n' => {
                            let indent = self.rest.len().saturating_sub(self.rest.trim_start().len());
                            self.take(indent);
                        }
                        'n' | 'r' | 't' | '0' => text.push(' ', line),
                        // Of `\u{…}` and `\x…` the digits stay: no word has them.
                        _ => text.push(escaped, line),
                    }
                }
                _ => text.push(c, line),
            }
        }
    }

    /// A character literal, or the quote of a lifetime.
    fn character(&mut self) {
        let mut after = self.rest.chars().skip(1);
        let (first, second) = (after.next(), after.next());
        let length = match (first, second) {
            (Some('\\'), Some(escaped)) => {
                let start = escaped.len_utf8().saturating_add(2);
                let end = self.rest.get(start..).and_then(|rest| rest.find('\''));
                start.saturating_add(end.map_or(0, |at| at.saturating_add(1)))
            }
            (Some(c), Some('\'')) => c.len_utf8().saturating_add(2),
            _ => 1,
        };
        self.take(length);
    }
}
