//! Langfuse's log, explained: what each line about storage means, the likeliest cause first, and which findings of
//! the configuration explain it.

mod entry;
mod message;
mod page;

use std::fmt::Write as _;

pub use message::{MESSAGES, Message, Part};
pub use page::message_page;

use crate::report::Diagnostic;
use crate::storage::cause::{self, Cause};
use crate::text::printable::part;
use crate::variable::{self, Kind, UseCase, Var};
use entry::{Entry, entries};

/// Explains `log`; `findings` are those of the deployment in this directory, if there is one.
#[must_use]
pub fn explain(log: &str, findings: &[Diagnostic]) -> String {
    let mut problems: Vec<Problem> = Vec::new();
    let mut lines = 0_usize;
    for entry in entries(log) {
        let Some(about) = About::of(&entry) else { continue };
        lines = lines.saturating_add(1);
        match problems.iter_mut().find(|p| p.about == about) {
            Some(problem) => problem.count = problem.count.saturating_add(1),
            None => problems.push(Problem { about, count: 1, first: entry.line }),
        }
    }
    // A consequence is only worth explaining if its cause isn't in the log.
    let explained = problems.iter().any(|p| p.about.is_cause());
    if explained {
        problems.retain(|p| p.about.is_cause() || p.about.is_root());
    }
    problems.sort_by_key(|p| (p.about.rank(), std::cmp::Reverse(p.count)));
    let total = log.lines().count();
    let mut text = match (lines, problems.len()) {
        (0, _) => format!("{}: none about storage.\n", counted(total, "line")),
        (_, n) => format!(
            "{}: {} about storage, {}.\n",
            counted(total, "line"),
            counted(lines, "message"),
            counted(n, "problem")
        ),
    };
    for problem in &problems {
        text.push('\n');
        problem.print(&mut text, findings);
    }
    if lines == 0 {
        text.push_str("\nTo test storage itself, run `langfuse-blob doctor` where the configuration is.\n");
    }
    text
}

fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// What an entry is about: entries that are equal here are one problem.
#[derive(Clone, Copy)]
enum About {
    /// Langfuse's schema refuses a variable.
    Refused(Var),
    /// A cause, and the use case if it's certain.
    Cause(&'static Cause, Option<UseCase>, Option<&'static Message>),
    /// A message without a cause in the text.
    Message(&'static Message),
}

impl PartialEq for About {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Refused(a), Self::Refused(b)) => a == b,
            (Self::Cause(a, ..), Self::Cause(b, ..)) => a.slug == b.slug,
            (Self::Message(a), Self::Message(b)) => a.slug == b.slug,
            _ => false,
        }
    }
}

impl About {
    fn of(entry: &Entry<'_>) -> Option<Self> {
        if let Some(var) = refused(entry.text) {
            return Some(Self::Refused(var));
        }
        let message = Message::find(entry.text).map(|(m, _)| m);
        match message.map(|m| m.part) {
            // What a preface announces comes in the next entry.
            Some(Part::Preface | Part::Other) => return None,
            Some(Part::Cause) => return message.map(Self::Message),
            _ => {}
        }
        let action = message.and_then(|m| m.action);
        let use_case = message.and_then(|m| m.use_case);
        match cause::of_text(entry.text, action) {
            Some(cause) => Some(Self::Cause(cause, use_case, message)),
            None => message.map(Self::Message),
        }
    }

    /// Whether it names what went wrong.
    fn is_cause(self) -> bool {
        match self {
            Self::Refused(_) | Self::Cause(..) => true,
            Self::Message(message) => message.part == Part::Cause,
        }
    }

    /// Whether it's a failure in its own right: its cause isn't in the log, and may be another one than those that are.
    fn is_root(self) -> bool {
        matches!(self, Self::Message(m) if m.part == Part::Failure && m.use_case == Some(UseCase::Media))
    }

    /// What stops Langfuse comes first, then causes, then failures without one.
    fn rank(self) -> u8 {
        match self {
            Self::Refused(_) => 0,
            Self::Cause(..) => 1,
            Self::Message(m) if m.part == Part::Cause => 2,
            Self::Message(_) => 3,
        }
    }
}

/// The storage variable that Langfuse's schema refuses in `text`.
fn refused(text: &str) -> Option<Var> {
    if !text.contains("ZodError") && !text.contains("Invalid environment variables") && !text.contains("\"path\"") {
        return None;
    }
    let name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    text.split(|c: char| !name(c)).filter(|word| word.len() > 8).find_map(variable::find)
}

/// One thing that the log says, and how often.
struct Problem {
    about: About,
    count: usize,
    /// 1-based.
    first: usize,
}

impl Problem {
    fn print(&self, out: &mut String, findings: &[Diagnostic]) {
        let times = if self.count == 1 { String::new() } else { format!("{} times, first ", self.count) };
        let place = format!("({times}on line {})", self.first);
        match self.about {
            About::Refused(var) => self.print_refused(out, var, &place, findings),
            About::Cause(cause, use_case, message) => {
                let _ = writeln!(out, "{}: {} {place}", cause.slug, cause.codes.first().unwrap_or(&""));
                row(out, "Cause", &use_case.map_or_else(|| cause.cause.to_owned(), |u| cause.cause_for(u)));
                row(out, "Fix", &use_case.map_or_else(|| cause.remedy.to_owned(), |u| cause.remedy_for(u)));
                here(out, findings.iter().filter(|d| explains(d, cause)));
                if let Some(message) = message {
                    row(out, "Meaning", message.means);
                }
                row(out, "More", &format!("langfuse-blob explain {}", cause.slug));
            }
            About::Message(message) => {
                let _ = writeln!(
                    out,
                    "{}: {} {place}",
                    message.slug,
                    message.texts.first().unwrap_or(&"").replace(" {}", " …")
                );
                row(out, "Meaning", message.means);
                let mut causes: Vec<&Cause> = message.likely.iter().filter_map(|slug| cause::by_slug(slug)).collect();
                // What the configuration really has is likelier than what is usual.
                causes.sort_by_key(|c| !findings.iter().any(|d| explains(d, c)));
                if !causes.is_empty() {
                    let names: Vec<String> =
                        causes.iter().map(|c| format!("{} ({})", c.slug, c.codes.first().unwrap_or(&""))).collect();
                    row(out, "Usually", &names.join(", "));
                }
                if let Some(cause) = causes.first() {
                    row(out, "Fix", &message.use_case.map_or_else(|| cause.remedy.to_owned(), |u| cause.remedy_for(u)));
                }
                if message.help.is_empty() {
                    let doctor = match message.use_case {
                        Some(use_case) => {
                            format!("Run `langfuse-blob doctor --use-case {}`: it finds which.", use_case.name())
                        }
                        None => "Run `langfuse-blob doctor`: it finds which.".to_owned(),
                    };
                    row(out, "Help", &doctor);
                } else {
                    row(out, "Help", message.help);
                }
                here(out, findings.iter().filter(|d| causes.iter().any(|c| explains(d, c)) || concerns(d, message)));
                row(out, "More", &format!("langfuse-blob explain {}", message.slug));
            }
        }
    }

    fn print_refused(&self, out: &mut String, var: Var, place: &str, findings: &[Diagnostic]) {
        let row_of = var.row();
        let rule = match row_of.kind {
            Kind::Boolean => "boolean-not-true-or-false",
            Kind::Number(_) => "number-not-readable",
            Kind::Choice(_) => "value-not-in-list",
            _ => "event-bucket-missing",
        };
        let _ = writeln!(out, "{rule}: Langfuse refuses {} {place}", row_of.name);
        row(
            out,
            "Cause",
            "Its own schema rejects the value. The worker exits; web stays up, but answers HTTP 500 to every request.",
        );
        row(out, "Fix", &format!("Set {} to {}, and restart both containers.", row_of.name, row_of.kind.expected()));
        here(out, findings.iter().filter(|d| d.variable.as_deref() == Some(row_of.name)));
        row(out, "More", &format!("langfuse-blob explain {rule}"));
    }
}

/// A labelled line.
fn row(out: &mut String, label: &str, text: &str) {
    let _ = writeln!(out, "  {label:<8} {}", part(text));
}

/// The findings of this directory's configuration that explain a problem: three at most, the worst first.
fn here<'d>(out: &mut String, findings: impl Iterator<Item = &'d Diagnostic>) {
    let mut findings: Vec<&Diagnostic> = findings.collect();
    findings.sort_by_key(|d| std::cmp::Reverse(d.severity));
    for d in findings.into_iter().take(3) {
        let place = d.span.as_ref().map(|s| format!("{}:{}: ", s.file, s.line)).unwrap_or_default();
        row(out, "Here", &format!("{place}{}[{}]: {}", d.severity.name(), d.rule, d.message));
    }
}

/// Whether a finding is about what causes `cause`: the same variable.
fn explains(d: &Diagnostic, cause: &Cause) -> bool {
    match cause.variable {
        "" => false,
        suffix => d.variable.as_deref().is_some_and(|name| name.ends_with(suffix)),
    }
}

/// Whether a finding is about the use case of `message`, and breaks it.
fn concerns(d: &Diagnostic, message: &Message) -> bool {
    message.part == Part::Cause
        && message.use_case.is_some_and(|u| d.use_cases.contains(&u))
        && message.help.contains(d.variable.as_deref().unwrap_or("\0"))
}
