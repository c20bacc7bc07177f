//! The generated pages of docs/. A test compares them with the files and fails when they are stale.

use std::fmt::Write as _;

use super::{presence, readers};
use crate::provider::PROVIDERS;
use crate::rule::FAMILIES;
use crate::rule::page::{Page, Sample};
use crate::variable::{self, Gone, RETIRED, UseCase, Variable};

const HEAD: &str = "<!-- Generated from the tables in core/. To renew: npm run docs -->\n\n";

/// docs/variables.md
#[must_use]
pub fn variables() -> String {
    let mut out = format!(
        "{HEAD}# Variables\n\nEvery environment variable of Langfuse's blob storage. `langfuse-blob explain NAME` prints one of them.\n"
    );
    for use_case in UseCase::ALL {
        let _ = writeln!(out, "\n## {}\n", title(use_case));
        table(&mut out, variable::storage().map(variable::Var::row).filter(|r| r.use_case == Some(use_case)));
    }
    out.push_str("\n## Engines, tuning and the rest\n\n");
    table(&mut out, variable::storage().map(variable::Var::row).filter(|r| r.use_case.is_none()));
    out.push_str("\n## Read as context\n\n");
    table(&mut out, variable::all().map(variable::Var::row).filter(|r| r.context));
    out.push_str("\n## Names that nobody reads\n\n| Name | Instead | |\n| --- | --- | --- |\n");
    for r in RETIRED {
        let when = if r.gone == Gone::Removed { "removed" } else { "never read" };
        let instead = r.instead.map_or(String::new(), |i| format!("`{i}`"));
        let _ = writeln!(out, "| `{}` | {instead} | {when}: {} |", r.name, r.note);
    }
    out
}

fn title(use_case: UseCase) -> &'static str {
    match use_case {
        UseCase::Events => "Events",
        UseCase::Media => "Media",
        UseCase::Exports => "Batch exports",
        UseCase::CoreData => "Core data",
    }
}

fn table<'r>(out: &mut String, rows: impl Iterator<Item = &'r Variable>) {
    out.push_str("| Name | Expected | Default | Needed | Read by | Since | Compose | Helm |\n");
    out.push_str("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for row in rows {
        let code = |t: &str| if t.is_empty() { "empty".to_owned() } else { format!("`{t}`") };
        let compose = row.compose.map_or("not forwarded".to_owned(), |c| {
            if c.web == c.worker { code(c.web) } else { format!("{} (web), {} (worker)", code(c.web), code(c.worker)) }
        });
        let _ = writeln!(
            out,
            "| `{}`<br>{} | {} | {} | {} | {} | {} | {} | {} |",
            row.name,
            row.doc,
            row.kind.expected(),
            row.default.map_or(String::new(), code),
            presence(row.presence),
            readers(row.readers),
            row.since.map_or(String::new(), |v| v.to_string()),
            compose,
            row.chart.map_or(String::new(), |c| format!("`{}`", c.path)),
        );
    }
}

/// docs/rules.md
#[must_use]
pub fn rules() -> String {
    let count: usize = FAMILIES.iter().map(|(_, rules)| rules.len()).sum();
    let mut out = format!(
        "{HEAD}# Rules\n\n{count} rules. Each example is run by a test, and what stands under \"Instead\" is clean under all rules. \
         `langfuse-blob explain RULE` prints one of them.\n"
    );
    for (family, rules) in FAMILIES {
        if rules.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n## {family}");
        for rule in *rules {
            let page = Page::parse(rule.page);
            let _ = writeln!(
                out,
                "\n### {}\n\n{} · {}: {}\n\n{}\n\n**Why.** {}\n\n**Example**\n",
                rule.slug,
                rule.severity.name(),
                rule.impact.name(),
                rule.impact.consequence(),
                page.what,
                page.why
            );
            page.example.iter().for_each(|s| fence(&mut out, s));
            out.push_str("\n**Instead**\n\n");
            page.instead.iter().for_each(|s| fence(&mut out, s));
            let _ = writeln!(out, "\n**Seen in** {}", page.seen_in);
        }
    }
    out
}

fn fence(out: &mut String, sample: &Sample) {
    let language = match sample.kind.as_str() {
        "compose" | "helm" | "k8s" => "yaml",
        "json" => "json",
        _ => "sh",
    };
    let flags = sample.flags();
    let with = if flags.is_empty() { flags } else { format!(" with `{flags}`") };
    let _ = writeln!(out, "`{}`{with}\n```{language}\n{}```", sample.file(), sample.text);
}

/// docs/providers.md
#[must_use]
pub fn providers() -> String {
    let mut out = format!(
        "{HEAD}# Providers\n\nHow a store is recognised by its host, and where it differs.\n\n| Provider | Hosts | Addressing | Key id | Secret | Uploads | |\n| --- | --- | --- | --- | --- | --- | --- |\n"
    );
    for p in PROVIDERS {
        let addressing = match p.addressing {
            crate::provider::Addressing::Either => "either",
            crate::provider::Addressing::PathOnly => "path style",
            crate::provider::Addressing::VirtualOnly => "virtual-hosted style",
        };
        let hosts: Vec<String> = p.hosts.iter().map(|h| format!("`{h}`")).collect();
        let _ = writeln!(
            out,
            "| {} (`{}`) | {} | {addressing} | {} | {} | {} | {} |",
            p.name,
            p.id,
            hosts.join(" "),
            p.key_id.describe(),
            p.secret.describe(),
            p.storage.describe(),
            p.note
        );
    }
    out
}
