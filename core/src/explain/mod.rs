//! What `explain` prints, and the pages of docs/ generated from the same tables.

pub mod documents;
mod guides;
pub mod log;

use std::fmt::Write as _;

use serde::Serialize;

use crate::report::Impact;
use crate::rule::page::{Page, Sample};
use crate::rule::{self, FAMILIES, Rule};
use crate::storage::cause::{self, Action, Cause};
use crate::text::suggest::nearest;
use crate::variable::{self, Containers, Gone, Presence, RETIRED, Retired, Var};

pub use guides::GUIDES;

/// The page on `topic`: a rule, a guide, a variable, a retired name, an error code or a log message.
///
/// # Errors
/// There is no such topic. Carries the closest match, if there is one.
pub fn topic(topic: &str) -> Result<String, Option<&'static str>> {
    let upper = topic.to_ascii_uppercase();
    let lower = topic.to_ascii_lowercase();
    if let Some(rule) = rule::by_slug(&lower) {
        return Ok(rule_page(rule));
    }
    if let Some(guide) = GUIDES.iter().find(|g| g.name == lower) {
        return Ok(guide.text.to_owned());
    }
    if let Some(retired) = variable::retired(&upper) {
        return Ok(retired_page(retired));
    }
    if let Some(variable) = variable::find(&upper) {
        return Ok(variable_page(variable));
    }
    if let Some(message) = log::Message::by_slug(&lower) {
        return Ok(log::message_page(message));
    }
    let causes: Vec<&Cause> = cause::by_code(topic).collect();
    if !causes.is_empty() {
        return Ok(causes_page(topic, &causes));
    }
    if let Some((message, _)) = log::Message::find(topic) {
        return Ok(log::message_page(message));
    }
    Err(nearest(topic, names()))
}

fn cause_page(cause: &Cause) -> String {
    let mut out = format!("{}: {}\n", cause.slug, cause.codes.join(", "));
    if !cause.says.is_empty() {
        let _ = writeln!(out, "if the response contains: {}", cause.says.join(", "));
    }
    let _ = match (cause.action, cause.presigned) {
        (Some(action), _) => writeln!(out, "during: {action:?}"),
        (None, Some(true)) => writeln!(out, "on a presigned URL"),
        (None, Some(false)) => writeln!(out, "not on a presigned URL"),
        (None, None) => Ok(()),
    };
    let _ = writeln!(out, "\n  Cause  {}\n  Fix    {}\n  Source {}\n", cause.cause, cause.remedy, cause.source);
    out
}

fn causes_page(topic: &str, causes: &[&Cause]) -> String {
    let mut out: String = causes.iter().copied().map(cause_page).collect();
    if causes.len() > 1 {
        let _ = writeln!(
            out,
            "{} causes match {}; the first one that fits applies.",
            causes.len(),
            crate::text::printable::quoted(topic)
        );
    }
    out
}

/// Every topic's name.
pub fn names() -> impl Iterator<Item = &'static str> {
    own_names()
        .chain(cause::CAUSES.iter().filter_map(|c| c.codes.first().copied()))
        .chain(cause::CAUSES.iter().map(|c| c.slug))
}

/// The names of topics that have a page of their own. Causes share the pages of their codes.
fn own_names() -> impl Iterator<Item = &'static str> {
    rule::all()
        .map(|r| r.slug)
        .chain(GUIDES.iter().map(|g| g.name))
        .chain(variable::all().map(Var::name))
        .chain(RETIRED.iter().map(|r| r.name))
        .chain(log::MESSAGES.iter().map(|m| m.slug))
}

/// All that `explain` prints, as data: the npm package ships it as a file and finds the topic in JavaScript
/// (wasm/js/topics.mjs).
#[derive(Serialize)]
pub struct Topics {
    /// What [`list`] returns.
    pub list: String,
    /// Rules, guides, variables, retired names and log messages with their pages, in the order of [`names`].
    pub pages: Vec<(&'static str, String)>,
    /// The causes, in the order of the table.
    pub causes: Vec<CausePage>,
    /// The permissions that a log line can name; of several, the first counts.
    pub permissions: Vec<&'static str>,
    /// The texts of Langfuse's log messages, `{}` for what varies, with the name of their page.
    pub messages: Vec<(&'static str, &'static str)>,
}

/// A cause with its part of a page.
#[derive(Serialize)]
pub struct CausePage {
    /// Its name.
    pub slug: &'static str,
    /// Its codes or symptoms.
    pub codes: &'static [&'static str],
    /// It needs one of these in a log line, if there are any.
    pub says: &'static [&'static str],
    /// It needs this permission in a log line; empty for one that no line names.
    pub permission: Option<&'static str>,
    /// The text.
    pub text: String,
}

/// All topics.
#[must_use]
pub fn topics() -> Topics {
    let causes = cause::CAUSES.iter();
    Topics {
        list: list(),
        pages: own_names().filter_map(|name| Some((name, topic(name).ok()?))).collect(),
        causes: causes
            .map(|c| CausePage {
                slug: c.slug,
                codes: c.codes,
                says: c.says,
                permission: c.action.map(|a| a.permission().unwrap_or("")),
                text: cause_page(c),
            })
            .collect(),
        permissions: Action::ALL.into_iter().filter_map(Action::permission).collect(),
        messages: log::MESSAGES.iter().flat_map(|m| m.texts.iter().map(|text| (*text, m.slug))).collect(),
    }
}

/// Every topic, one per line.
#[must_use]
pub fn list() -> String {
    let mut out = String::from("Guides\n");
    for guide in GUIDES {
        let _ = writeln!(out, "  {:<12} {}", guide.name, guide.title);
    }
    for (family, rules) in FAMILIES {
        if rules.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\nRules: {family}");
        for rule in *rules {
            let _ = writeln!(out, "  {:<7} {:<44} {}", rule.severity.name(), rule.slug, rule.title);
        }
    }
    let _ = writeln!(out, "\nError codes");
    for cause in cause::CAUSES {
        let _ = writeln!(out, "  {:<28} {}", cause.slug, cause.codes.join(", "));
    }
    let _ = writeln!(out, "\nLangfuse's log messages");
    for message in log::MESSAGES {
        let title = message.texts.first().unwrap_or(&"").replace("{}", "…");
        let _ = writeln!(out, "  {:<28} {title}", message.slug);
    }
    let _ = writeln!(out, "\nVariables");
    for v in variable::all() {
        let _ = writeln!(out, "  {}", v.name());
    }
    out.push_str("\nlangfuse-blob explain TOPIC prints the full page.\n");
    out
}

/// What an operator sees of a rule with [`Impact::Startup`]: the same for all of them. Source: Langfuse v4.16.0, both
/// containers started with each of the mistakes.
fn refused_start(rule: &Rule) -> Option<&'static str> {
    (rule.impact == Impact::Startup).then_some(
        "The worker exits with code 1 and a `ZodError` in its log, whose \"path\" names the variable. Web doesn't exit: it \
         prints `Ready`, stays up and answers 500 to everything, /api/public/health included. Its log has \"Invalid \
         environment variables\", or \"An error occurred while loading instrumentation hook\" with the `ZodError`. A rule \
         may concern only one of the two containers; the report names them.",
    )
}

fn fence(out: &mut String, sample: &Sample) {
    for line in sample.text.lines() {
        let _ = writeln!(out, "    {line}");
    }
}

/// A rule's page for the terminal.
#[must_use]
pub fn rule_page(rule: &Rule) -> String {
    let page = Page::parse(rule.page);
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{} ({}, {}: {})\n",
        rule.slug,
        rule.severity.name(),
        rule.impact.name(),
        rule.impact.consequence(rule.severity)
    );
    let _ = writeln!(out, "{}\n\nWhy\n{}\n", page.what, page.why);
    if let Some(look) = refused_start(rule) {
        let _ = writeln!(out, "How it looks\n{look}\n");
    }
    out.push_str("Example\n");
    for sample in &page.example {
        named_fence(&mut out, sample, page.example.len());
    }
    out.push_str("\nUse instead\n");
    for sample in &page.use_instead {
        named_fence(&mut out, sample, page.use_instead.len());
    }
    let _ = writeln!(
        out,
        "\nSeen in\n{}\n\nSuppress it with a comment: # langfuse-blob: ignore {} -- reason",
        page.seen_in, rule.slug
    );
    out
}

fn named_fence(out: &mut String, sample: &Sample, count: usize) {
    let flags = sample.flags();
    if count > 1 || sample.kind != "dotenv" || !flags.is_empty() {
        let with = if flags.is_empty() { flags } else { format!(", checked with {flags}") };
        let _ = writeln!(out, "  {}{with}", sample.file());
    }
    fence(out, sample);
}

/// A variable's page for the terminal.
#[must_use]
pub fn variable_page(variable: Var) -> String {
    let row = variable.row();
    let mut out = format!("{}\n\n{}\n\n", row.name, row.doc);
    let mut line = |name: &str, text: String| {
        let _ = writeln!(out, "{name:<16} {text}");
    };
    line("expected", row.kind.expected());
    if let Some(default) = row.default {
        line("default", if default.is_empty() { "empty".into() } else { format!("`{default}`") });
    }
    line("required", presence(row.presence));
    line("read by", readers(row.readers));
    if let Some(since) = row.since {
        line("since", since.to_string());
    }
    if row.secret {
        line("secret", "yes, never printed".into());
    }
    if row.unused {
        line("read by code", "no, only declared".into());
    }
    if !row.context {
        let compose = row.compose.map_or_else(
            || {
                "the official docker-compose.yml doesn't pass it; add it under `environment:` or in an override file"
                    .to_owned()
            },
            |c| {
                if c.web == c.worker {
                    format!("passed by the official docker-compose.yml, default `{}`", c.web)
                } else {
                    format!(
                        "passed by the official docker-compose.yml, default `{}` in web, `{}` in worker",
                        c.web, c.worker
                    )
                }
            },
        );
        line("compose", compose);
        line("helm", row.chart.map_or_else(|| "`langfuse.additionalEnv`".to_owned(), |c| format!("`{}`", c.path)));
    }
    out
}

fn retired_page(retired: &Retired) -> String {
    let when = match retired.gone {
        Gone::Removed => "Langfuse used to read this, but no longer does.",
        Gone::Never => "No release of Langfuse has ever read this.",
    };
    let instead = retired.instead.map_or(String::new(), |i| format!("\nSet {i} instead.\n"));
    format!("{}\n\n{when} {}\n{instead}", retired.name, retired.note)
}

/// When a variable is required, as a phrase.
#[must_use]
pub fn presence(presence: Presence) -> String {
    match presence {
        Presence::Optional => "no".into(),
        Presence::Required => "always: Langfuse doesn't start without it".into(),
        Presence::When(when) => format!("when {}", when.strip_prefix("when ").unwrap_or(when)),
    }
}

/// The containers of a set, as a phrase.
#[must_use]
pub fn readers(containers: Containers) -> String {
    let names: Vec<&str> = containers.names().collect();
    names.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_has_a_page() {
        for name in names() {
            let text = topic(name).unwrap();
            assert!(text.len() > 40 && text.ends_with('\n'), "{name}: {text:?}");
        }
    }

    #[test]
    fn a_typo_gets_the_closest_topic() {
        assert_eq!(topic("region-mising"), Err(Some("region-missing")));
        assert_eq!(topic("zzzzzzzzzzzz"), Err(None));
    }
}
