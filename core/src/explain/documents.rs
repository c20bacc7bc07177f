//! The generated pages of docs/. A test compares them with the files and fails when they are stale.

use std::fmt::Write as _;

use super::{presence, readers};
use crate::generate::{Choice, FIELDS, Field, Format, Kind};
use crate::probe::STEPS;
use crate::provider::PROVIDERS;
use crate::provider::setup::{Place, Region, Setup};
use crate::rule::FAMILIES;
use crate::rule::page::{Page, Sample};
use crate::storage::cause::CAUSES;
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
        "{HEAD}# Rules\n\n{count} rules. Each example is run by a test, and \"Use instead\" is clean under all rules. \
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
            out.push_str("\n**Use instead**\n\n");
            page.use_instead.iter().for_each(|s| fence(&mut out, s));
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
        "{HEAD}# Providers\n\nHow a store is recognised by its host, where it differs, and what `langfuse-blob generate` writes for it.\n\n| Provider | Hosts | Addressing | Key id | Secret | Endpoint | Region | Uploads | |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
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
            "| {} (`{}`) | {} | {addressing} | {} | {} | {} | {} | {} | {} |",
            p.name,
            p.id,
            hosts.join(" "),
            p.key_id.describe(),
            p.secret.describe(),
            endpoint(p.setup()),
            region(p.setup()),
            p.storage.describe(),
            p.note
        );
    }
    out
}

fn endpoint(setup: &Setup) -> String {
    match setup.place {
        Place::Amazon => "the SDK's own".into(),
        Place::Hosted(template) => format!("`{template}`"),
        Place::Own => "asked for".into(),
    }
}

fn region(setup: &Setup) -> String {
    match setup.region {
        Region::Asked(example) => format!("asked for, such as `{example}`"),
        Region::Usual(region) => format!("`{region}`"),
    }
}

/// docs/generate.md
#[must_use]
pub fn generate() -> String {
    let mut out = format!(
        "{HEAD}# What `generate` writes, and what it asks\n\nNothing is written that `check` would find an error or a warning in.\n\n| Format | File | What it is |\n| --- | --- | --- |\n"
    );
    for format in Format::ALL {
        let _ = writeln!(out, "| `{}` | `{}` | {} |", format.name(), format.file(), format.about());
    }
    out.push_str("\nA field is a flag of the command line, `--name`, and an option of a program, in camel case.\n");
    let mut section = "";
    for field in FIELDS {
        if field.section != section {
            section = field.section;
            let _ = writeln!(out, "\n## {section}\n\n| Field | Option | Answers | |\n| --- | --- | --- | --- |");
        }
        let _ = writeln!(out, "| `{}` | `{}` | {} | {} |", field.name, field.id.option(), answers(field), field.help);
    }
    out
}

/// docs/doctor.md
#[must_use]
pub fn doctor() -> String {
    let mut out = format!(
        "{HEAD}# What `doctor` asks, and what it finds\n\nEvery purpose in use is asked what Langfuse asks of it and no more, all of \
         them at once. Requests go out as the worker's configuration, links are signed as web's. Everything that is written \
         lies below `<prefix>langfuse-doctor/<random>-<purpose>/` and is removed at the end, also after Ctrl-C; what could \
         not be removed is named. `--read-only` leaves out what writes.\n\n\
         ## Steps\n\n| Step | Asks | Purposes | Writes | After |\n| --- | --- | --- | --- | --- |\n"
    );
    for row in STEPS {
        let purposes: Vec<&str> = row.purposes.iter().map(|u| u.name()).collect();
        let purposes = if purposes.len() == UseCase::ALL.len() { "all".to_owned() } else { purposes.join(", ") };
        let engine = if row.only_s3 { ", on S3" } else { "" };
        let after: Vec<String> = row.after.iter().chain(row.waits).map(|s| format!("`{}`", s.name())).collect();
        let writes = if row.writes { "yes" } else { "" };
        let _ =
            writeln!(out, "| `{}` | {} | {purposes}{engine} | {writes} | {} |", row.name, row.asks, after.join(" "));
    }
    out.push_str(DOCTOR_JSON);
    out.push_str("\n## Causes\n\n`langfuse-blob explain NAME` prints one of them, and takes a code or a line of a log as well.\n\n| Name | Codes and symptoms | Means | Do | Source |\n| --- | --- | --- | --- | --- |\n");
    let cell = |text: &str| text.replace('|', "\\|").replace('<', "&lt;");
    for cause in CAUSES {
        let codes: Vec<String> = cause.codes.iter().map(|c| format!("`{c}`")).collect();
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} | {} |",
            cause.slug,
            codes.join(" "),
            cell(cause.cause),
            cell(cause.remedy),
            cell(cause.source)
        );
    }
    out
}

const DOCTOR_JSON: &str = "
A step ends as `pass`, `warn` (it works, and something will hurt), `fail`, or `skipped` (not tried, or nothing could be
told). A host that only the deployment's own network knows, and that is not known here, is skipped with the command that
probes from there, and so is a purpose of which a value stands in a Secret that was not handed over. A purpose without keys is probed with this machine's own AWS credentials, and that is said. Native Google
Cloud Storage and Oracle Object Storage are skipped by name.

## JSON

`--format json` prints one document. Every key is there, `null` where empty.

    version       1
    read          [{ file, kind, containers }], as in the report of `check`
    interrupted   whether Ctrl-C ended it
    useCases      [{ useCase, engine, origin, linkOrigin, bucket, prefix, server, steps }], and of each step:
                  { step, outcome: pass | warn | fail | skipped, note, rule: the cause or null, after: [step…], roundTrips }
    idle          [{ useCase, why }]: purposes that are not in use
    steps         { passed, warned, failed, skipped }: how many
    left          [{ useCase, kind: object | version | upload | blocks, key, why }]: what could not be removed
    diagnostics   the findings, as in the report of `check`; `rule` is the cause's name
    summary       { errors, warnings, hints }
";

/// What answers look like, or the words that can be chosen.
fn answers(field: &Field) -> String {
    let words = |choices: &[Choice]| -> String {
        choices.iter().map(|(word, meaning)| format!("`{word}`: {meaning}")).collect::<Vec<_>>().join("<br>")
    };
    let example = || if field.example.is_empty() { String::new() } else { format!(", such as `{}`", field.example) };
    match field.kind {
        Kind::Word | Kind::Label | Kind::Bucket | Kind::Prefix => format!("text{}", example()),
        Kind::Url => format!("URL{}", example()),
        Kind::Secret => {
            let variable = field.id.variable().unwrap_or_default();
            format!("secret{}; also from `{variable}`, or `-` for standard input", example())
        }
        Kind::Number(least, greatest) => format!("number from {least} to {greatest}"),
        Kind::Flag => "yes or no".into(),
        Kind::Provider => "a [provider](providers.md)".into(),
        Kind::Choice(choices) | Kind::Several(choices) => words(choices),
    }
}
