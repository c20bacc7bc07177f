//! Runs every rule's page: its example must trigger the rule, and what it says to use instead must be clean.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;

use langfuse_blob_core::check::{self, check};
use langfuse_blob_core::report::{Impact, Report, Severity};
use langfuse_blob_core::rule::page::{Page, Sample};
use langfuse_blob_core::rule::{self, Rule};
use langfuse_blob_core::source::{Dialect, Given, Input, Kind, Options, Wrapper, read};
use langfuse_blob_core::variable::{Containers, Version};

fn run(samples: &[Sample]) -> Report {
    let option = |name: &str| samples.iter().find_map(|s| s.option(name));
    let inputs: Vec<Input> = samples
        .iter()
        .filter(|s| s.option("beside").is_none())
        .map(|s| Input {
            name: s.file().to_owned(),
            given: Given::Bytes(s.text.clone().into_bytes()),
            kind: Some(Kind::from_name(&s.kind).unwrap_or_else(|| panic!("fence kind {:?}", s.kind))),
            container: s.option("container").map(|c| if c == "web" { Containers::WEB } else { Containers::WORKER }),
        })
        .collect();
    let mut options = Options {
        deployment: option("deployment").map(|w| Wrapper::from_name(w).unwrap()),
        chart_version: option("chart").map(str::to_owned),
        dialect: option("dialect").map(|d| Dialect::from_name(d).unwrap()),
        ..Options::default()
    };
    let unasked = samples.iter().filter(|s| s.option("beside") == Some("unasked"));
    options.beside = unasked.map(|s| s.file().to_owned()).collect();
    let files: BTreeMap<&str, &str> = samples.iter().map(|s| (s.file(), s.text.as_str())).collect();
    let deployment = read(&inputs, &options, &files).unwrap();
    let version = option("version").map(|v| Version::parse(v).unwrap());
    check(&deployment, &check::Options { version, ..check::Options::default() })
}

fn lines(report: &Report) -> String {
    report
        .diagnostics
        .iter()
        .map(|d| format!("  {} {} {:?}: {}\n", d.severity.name(), d.rule, d.variable, d.message))
        .collect()
}

fn problems(rule: &Rule) -> Vec<String> {
    let page = Page::parse(rule.page);
    let mut problems = Vec::new();
    for (part, missing) in [
        ("what", page.what.is_empty()),
        ("Why", page.why.is_empty()),
        ("Example", page.example.is_empty()),
        ("Use instead", page.use_instead.is_empty()),
        ("Seen in", page.seen_in.is_empty()),
    ] {
        if missing {
            problems.push(format!("{}: the page has no {part}", rule.slug));
        }
    }
    let fired = run(&page.example);
    if !fired.diagnostics.iter().any(|d| d.rule == rule.slug) {
        problems.push(format!("{}: the example doesn't trigger it; what fires:\n{}", rule.slug, lines(&fired)));
    }
    for d in fired.diagnostics.iter().filter(|d| d.rule == rule.slug) {
        if d.message.is_empty() || d.help.is_empty() || d.message.ends_with('.') {
            problems
                .push(format!("{}: expected a message and a help, the message without a full stop: {d:?}", rule.slug));
        }
    }
    for d in &fired.diagnostics {
        let serious = matches!(d.impact, Impact::Failure | Impact::Startup);
        if serious && d.severity == Severity::Warning && !d.message.contains(" may ") {
            problems.push(format!(
                "{}: {}: expected an error, or a message with \"may\": {}",
                rule.slug, d.rule, d.message
            ));
        }
    }
    let fixed = run(&page.use_instead);
    let remains = fixed.diagnostics.iter().any(|d| d.rule == rule.slug || d.severity > Severity::Hint);
    if remains {
        problems.push(format!("{}: what it says to use instead isn't clean:\n{}", rule.slug, lines(&fixed)));
    }
    problems
}

#[test]
fn every_example_fires_and_what_to_use_instead_is_clean() {
    let only = std::env::var("RULE").unwrap_or_default();
    let problems: Vec<String> = rule::all().filter(|r| r.slug.contains(&only)).flat_map(problems).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn slugs_are_unique_and_well_formed() {
    let mut slugs: Vec<&str> = rule::all().map(|r| r.slug).collect();
    let count = slugs.len();
    slugs.sort_unstable();
    slugs.dedup();
    assert_eq!(slugs.len(), count);
    assert!(slugs.iter().all(|s| s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')));
}
