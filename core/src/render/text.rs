//! The report for people, in the style of rustc: what's wrong, the line with a caret, why it matters, what to do.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar;

use crate::check::excerpt::{self, Note};
use crate::redact::Redactor;
use crate::report::{Applicability, Diagnostic, Read, Report, Severity};
use crate::source::Deployment;
use crate::source::helm::CHART_VERSION;
use crate::text::printable::{escaped, is_unprintable, part};
use crate::text::secret::REDACTED;
use crate::text::span::Location;
use crate::variable::Containers;

/// How to print.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Whether to use ANSI colours.
    pub colour: bool,
}

/// How much of a source line is shown at most, in columns.
const WIDTH: usize = 110;

/// Prints `report` on `deployment`.
#[must_use]
pub fn render(report: &Report, deployment: &Deployment, style: Style) -> String {
    let page = Page { source: Source::new(deployment), style };
    let mut out = String::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Hint] {
        for diagnostic in report.diagnostics.iter().filter(|d| d.severity == severity) {
            page.diagnostic(&mut out, diagnostic);
            out.push('\n');
        }
    }
    page.summary(&mut out, report);
    out
}

/// The files, and which parts of them must be redacted.
struct Source<'d> {
    deployment: &'d Deployment,
    masker: Redactor,
}

impl<'d> Source<'d> {
    fn new(deployment: &'d Deployment) -> Self {
        Self { deployment, masker: Redactor::new(deployment) }
    }

    /// The shown part of the 1-based `line` of `file`, and the columns of the bytes `from..to` in it.
    fn line(&self, file: &str, line: usize, from: usize, to: usize) -> Option<(String, usize, usize)> {
        let (number, text) = self.deployment.texts.iter().enumerate().find(|(_, t)| t.name == file)?;
        let (start, content) = text.lines().range(&text.text, line.saturating_sub(1));
        let mut shown = String::new();
        let (mut column, mut first, mut last) = (0_usize, None, None);
        let mut redacted = false;
        let mut mask_start = 0_usize;
        // Of a very long line, the part around the finding is shown.
        let skip = from.saturating_sub(start).saturating_sub(WIDTH / 2);
        let skip = if content.len() <= WIDTH { 0 } else { crate::text::span::floor(content, skip) };
        if skip > 0 {
            shown.push('…');
            column = 1;
        }
        let hidden = self.hidden(number, start, content, skip);
        for (i, c) in content.get(skip..).unwrap_or("").char_indices() {
            let at = start.saturating_add(skip).saturating_add(i);
            // A range that begins or ends inside a redacted part covers all of that part.
            let within = |at: usize| {
                let inside = hidden.get(hidden.partition_point(|(_, end)| *end <= at));
                redacted && inside.is_some_and(|(start, _)| *start < at)
            };
            if at >= from && first.is_none() {
                first = Some(if within(at) { mask_start } else { column });
            }
            if at >= to && last.is_none() {
                last = Some(column);
            }
            if column >= WIDTH {
                shown.push('…');
                break;
            }
            let inside = hidden.get(hidden.partition_point(|(_, end)| *end <= at));
            if inside.is_some_and(|(start, _)| *start <= at) {
                if !redacted {
                    mask_start = column;
                    shown.push_str(REDACTED);
                    column = column.saturating_add(REDACTED.len());
                }
                redacted = true;
                continue;
            }
            redacted = false;
            if c == '\t' {
                shown.push_str("    ");
                column = column.saturating_add(4);
            } else if c == '[' && shown.ends_with("##") || is_unprintable(c) {
                let code = format!("\\u{{{:x}}}", u32::from(c));
                column = column.saturating_add(code.len());
                shown.push_str(&code);
            } else {
                shown.push(c);
                column = column.saturating_add(c.width().unwrap_or(0));
            }
        }
        let first = first.unwrap_or(column);
        let last = last.unwrap_or(column).max(first.saturating_add(1));
        Some((shown, first, last))
    }

    /// What to redact in the part of a line that may be shown from its byte `skip` on; the rest isn't examined.
    fn hidden(&self, number: usize, start: usize, content: &str, skip: usize) -> Vec<(usize, usize)> {
        /// A character has four bytes at most.
        const SHOWN: usize = WIDTH * 4;
        let around = self.masker.longest();
        let from = crate::text::span::floor(content, skip.saturating_sub(around));
        let to = crate::text::span::floor(content, skip.saturating_add(SHOWN).saturating_add(around));
        self.masker.hidden(number, start.saturating_add(from), content.get(from..to).unwrap_or(""))
    }
}

struct Page<'d> {
    source: Source<'d>,
    style: Style,
}

const RED: &str = "1;31";
const YELLOW: &str = "1;33";
const CYAN: &str = "1;36";
const BLUE: &str = "1;34";
const GREEN: &str = "1;32";
const BOLD: &str = "1";

impl Page<'_> {
    fn paint(&self, code: &str, text: &str) -> String {
        if self.style.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn diagnostic(&self, out: &mut String, d: &Diagnostic) {
        let code = colour(d.severity);
        let head = format!("{}[{}]", d.severity.name(), d.rule);
        let _ = writeln!(out, "{}{}", self.paint(code, &head), self.paint(BOLD, &format!(": {}", part(&d.message))));
        let digits = d
            .span
            .iter()
            .chain(d.related.iter().filter_map(|r| r.span.as_ref()))
            .map(|s| s.line.to_string().len())
            .max()
            .unwrap_or(1);
        let label = label(d);
        let bar = self.paint(BLUE, "|");
        let pad = " ".repeat(digits);
        match &d.span {
            Some(span) => self.snippet(out, span, digits, code, '^', &label),
            None => {
                let _ = writeln!(out, "{pad} {bar}");
                let _ = writeln!(out, "{pad} {} {label}", self.paint(BLUE, "="));
            }
        }
        for related in &d.related {
            match &related.span {
                Some(span) if d.span.as_ref() != Some(span) => {
                    self.snippet(out, span, digits, BLUE, '-', &part(&related.message));
                }
                _ => {
                    let _ = writeln!(out, "{pad} {} {}", self.paint(BLUE, "= note:"), part(&related.message));
                }
            }
        }
        let _ = writeln!(out, "{pad} {bar}");
        let _ = writeln!(out, "{pad} {} {}", self.paint(CYAN, "= help:"), part(&d.help));
        if let Some(fix) = &d.fix {
            let how = match fix.applicability {
                Applicability::Safe => " (--fix)",
                Applicability::Unsafe => " (--fix --unsafe-fixes)",
                Applicability::Manual => "",
            };
            let _ = writeln!(out, "{pad} {} {}{how}", self.paint(GREEN, "= fix:"), part(&fix.title));
        }
        let _ =
            writeln!(out, "{pad} {} {}", self.paint(BLUE, "= more:"), format_args!("langfuse-blob explain {}", d.rule));
    }

    fn snippet(&self, out: &mut String, span: &Location, digits: usize, code: &str, mark: char, label: &str) {
        let arrow = self.paint(BLUE, "-->");
        let bar = self.paint(BLUE, "|");
        let pad = " ".repeat(digits);
        let _ = writeln!(out, "{pad}{arrow} {}:{}:{}", escaped(&span.file), span.line, span.column);
        let end = span.offset.saturating_add(span.length);
        let Some((line, first, last)) = self.source.line(&span.file, span.line, span.offset, end) else { return };
        let number = self.paint(BLUE, &format!("{:>digits$} |", span.line));
        let _ = writeln!(out, "{pad} {bar}");
        let _ = writeln!(out, "{number} {line}");
        let carets: String = std::iter::repeat_n(mark, last.saturating_sub(first)).collect();
        let _ = writeln!(out, "{pad} {bar} {}{}", " ".repeat(first), self.paint(code, &format!("{carets} {label}")));
    }

    fn summary(&self, out: &mut String, report: &Report) {
        let _ = writeln!(out, "{}", read_line(&report.read));
        for note in excerpt::notes(self.source.deployment) {
            let file = escaped(note.file);
            let Note { title, whole, .. } = note;
            let _ = writeln!(out, "{file}: read as an excerpt of {title}: judging literal values only");
            let _ = if note.sets {
                writeln!(out, "{file}: to judge the whole environment, check {whole}")
            } else {
                writeln!(
                    out,
                    "{file}: sets none of Langfuse's variables; to judge the whole environment, check {whole}"
                )
            };
        }
        if self.source.deployment.helm.as_ref().is_some_and(|h| h.chart_version.is_none()) {
            let _ = writeln!(out, "rendered as by chart {CHART_VERSION}; if you use another one, add --chart-version");
        }
        let s = report.summary;
        let counts: Vec<String> = [(s.errors, "error", RED), (s.warnings, "warning", YELLOW), (s.hints, "hint", CYAN)]
            .into_iter()
            .filter(|(n, ..)| *n > 0)
            .map(|(n, word, code)| self.paint(code, &format!("{n} {word}{}", if n == 1 { "" } else { "s" })))
            .collect();
        let verdict = match (report.is_clean(), counts.is_empty()) {
            (true, true) => self.paint(GREEN, "No problems found."),
            (true, false) => format!("{}, {}", self.paint(GREEN, "no errors or warnings"), counts.join(", ")),
            _ => counts.join(", "),
        };
        let _ = writeln!(out, "{verdict}");
        let fixes = |wanted| {
            report
                .diagnostics
                .iter()
                .filter_map(|d| d.fix.as_ref())
                .filter(|f| f.applicability == wanted && !f.edits.is_empty())
                .count()
        };
        let (safe, unsafe_ones) = (fixes(Applicability::Safe), fixes(Applicability::Unsafe));
        let line = match (safe, unsafe_ones) {
            (0, 0) => return,
            (_, 0) => format!("{safe} fixable with --fix"),
            (0, _) => format!("{unsafe_ones} fixable with --fix --unsafe-fixes (review the changes)"),
            _ => format!("{safe} fixable with --fix, {unsafe_ones} more with --unsafe-fixes (review the changes)"),
        };
        let _ = writeln!(out, "{line}");
    }
}

fn colour(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => RED,
        Severity::Warning => YELLOW,
        Severity::Hint => CYAN,
    }
}

/// The consequence and who is affected, for the caret's line.
fn label(d: &Diagnostic) -> String {
    let mut who = names(d.containers);
    if !d.use_cases.is_empty() {
        who = format!("{who}; {}", d.use_cases.iter().map(|u| u.name()).collect::<Vec<_>>().join(", "));
    }
    format!("{} ({who})", d.impact.consequence())
}

fn names(containers: Containers) -> String {
    containers.names().collect::<Vec<_>>().join(" and ")
}

/// Which files were read, and as what.
pub(crate) fn read_line(read: &[Read]) -> String {
    let one = |r: &Read| {
        let only =
            if r.containers == Containers::BOTH { String::new() } else { format!(" for {}", names(r.containers)) };
        format!("{} ({}{only})", escaped(&r.file), r.kind.name())
    };
    let read: Vec<String> = read.iter().map(one).collect();
    format!("read {}", if read.is_empty() { "nothing".into() } else { read.join(", ") })
}
