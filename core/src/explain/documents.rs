//! The generated pages of docs/. A test compares them with the files and fails if they're stale.

use std::fmt::Write as _;

use super::{presence, readers};
use crate::generate::{AnswerKind, Choice, FIELDS, Field, OutputFormat};
use crate::probe::{Step, row};
use crate::provider::PROVIDERS;
use crate::provider::setup::{Place, Region, Setup};
use crate::rule::page::{Page, Sample};
use crate::rule::{FAMILIES, Rule};
use crate::storage::cause::CAUSES;
use crate::variable::{self, Gone, RETIRED, UseCase, Variable};

const HEAD: &str = "<!-- Generated from the tables in core/. To renew: npm run docs -->\n\n";

/// docs/variables.md
#[must_use]
pub fn variables() -> String {
    let mut out = format!(
        "{HEAD}# Variables\n\nEvery environment variable for Langfuse's blob storage. `langfuse-blob explain NAME` prints one.\n"
    );
    for use_case in UseCase::ALL {
        let _ = writeln!(out, "\n## {}\n", title(use_case));
        table(&mut out, variable::storage().map(variable::Var::row).filter(|r| r.use_case == Some(use_case)));
    }
    out.push_str("\n## Engines, tuning and the rest\n\n");
    table(&mut out, variable::storage().map(variable::Var::row).filter(|r| r.use_case.is_none()));
    out.push_str("\n## Read as context\n\n");
    table(&mut out, variable::all().map(variable::Var::row).filter(|r| r.context));
    out.push_str("\n## Names that Langfuse doesn't read\n\n| Name | Use instead | |\n| --- | --- | --- |\n");
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
    out.push_str("| Name | Expected | Default | Required | Read by | Since | Compose | Helm |\n");
    out.push_str("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for row in rows {
        let code = |t: &str| if t.is_empty() { "empty".to_owned() } else { format!("`{t}`") };
        let compose = row.compose.map_or("not passed".to_owned(), |c| {
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

/// docs/rules.md: the list of rules.
#[must_use]
pub fn rules() -> String {
    let count: usize = FAMILIES.iter().map(|(_, rules)| rules.len()).sum();
    let mut out = format!(
        "{HEAD}# Rules\n\n{count} rules, a page each. A test runs every example; the text under \"Use instead\" passes all \
         rules. `langfuse-blob explain RULE` prints a page.\n"
    );
    for (family, rules) in FAMILIES {
        let _ = writeln!(out, "\n## {family}\n\n| Rule | Severity | Impact | |\n| --- | --- | --- | --- |");
        for rule in *rules {
            let title = rule.title.replace('\n', " ");
            let (severity, impact) = (rule.severity.name(), rule.impact.name());
            let _ = writeln!(out, "| [`{0}`](rules/{0}.md) | {severity} | {impact} | {title} |", rule.slug);
        }
    }
    out
}

/// docs/rules/SLUG.md: the page of a rule.
#[must_use]
pub fn rule(rule: &Rule) -> String {
    let page = Page::parse(rule.page);
    let mut out = format!(
        "{HEAD}# {}\n\n{} · {}: {}\n\n{}\n\n## Why\n\n{}\n\n",
        rule.slug,
        rule.severity.name(),
        rule.impact.name(),
        rule.impact.consequence(rule.severity),
        page.what,
        page.why
    );
    if let Some(look) = super::refused_start(rule) {
        let _ = writeln!(out, "## How it looks\n\n{look}\n");
    }
    out.push_str("## Example\n\n");
    page.example.iter().for_each(|s| fence(&mut out, s));
    out.push_str("\n## Use instead\n\n");
    page.use_instead.iter().for_each(|s| fence(&mut out, s));
    let _ = writeln!(out, "\n## Seen in\n\n{}", page.seen_in);
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
        "{HEAD}# Providers\n\nHow each store is recognized by its host, how it differs, and what `langfuse-blob generate` writes for it.\n\n| Provider | Hosts | Addressing | Key ID | Secret | Endpoint | Region | Uploads | Expiry | |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
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
            "| {} (`{}`) | {} | {addressing} | {} | {} | {} | {} | {} | {} | {} |",
            p.name,
            p.id,
            hosts.join(" "),
            p.key_id.describe(),
            p.secret.describe(),
            endpoint(p.setup()),
            region(p.setup()),
            p.storage.describe(),
            p.setup().lifecycle.describe(),
            p.note
        );
    }
    out
}

fn endpoint(setup: &Setup) -> String {
    match setup.place {
        Place::Amazon => "the SDK's default".into(),
        Place::Hosted(template) => format!("`{template}`"),
        Place::Own => "required".into(),
    }
}

fn region(setup: &Setup) -> String {
    match setup.region {
        Region::Asked(example) => format!("required, such as `{example}`"),
        Region::Usual(region) => format!("`{region}`"),
    }
}

/// docs/generate.md
#[must_use]
pub fn generate() -> String {
    let mut out = format!(
        "{HEAD}# What `generate` writes and asks for\n\n`generate` writes nothing that `check` would report an error or a warning for.\n\n| Format | File | What it is |\n| --- | --- | --- |\n"
    );
    for format in OutputFormat::ALL {
        let _ = writeln!(out, "| `{}` | `{}` | {} |", format.name(), format.file(), format.about());
    }
    out.push_str("\nEach field is a command-line flag, `--name`, and an API option in camel case.\n");
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
        "{HEAD}# What `doctor` checks and finds\n\nFor each use case the doctor makes the same requests Langfuse would, in \
        parallel. Requests use the worker's configuration, presigned URLs are signed with web's. Everything the doctor \
        writes is under `<prefix>langfuse-doctor/<random>-<use case>/` and is deleted at the end, even after Ctrl-C; the \
        report lists what couldn't be deleted. `--read-only` skips the steps that write.\n\n\
        ## Steps\n\n| Step | Checks | Use cases | Writes | After |\n| --- | --- | --- | --- | --- |\n"
    );
    for step in Step::ALL {
        let row = row(*step);
        let use_cases: Vec<&str> = row.use_cases.iter().map(|u| u.name()).collect();
        let use_cases = if use_cases.len() == UseCase::ALL.len() { "all".to_owned() } else { use_cases.join(", ") };
        let engine = if row.only_s3 { ", on S3" } else { "" };
        let after: Vec<String> = row.after.iter().chain(row.waits).map(|s| format!("`{}`", s.name())).collect();
        let writes = if row.writes { "yes" } else { "" };
        let _ = writeln!(
            out,
            "| `{}` | {} | {use_cases}{engine} | {writes} | {} |",
            step.name(),
            row.checks,
            after.join(" ")
        );
    }
    out.push_str(DOCTOR_JSON);
    out.push_str("\n## Causes\n\n`langfuse-blob explain NAME` prints one; NAME can also be an error code or a log line.\n\n| Name | Codes and symptoms | Cause | Fix | Source |\n| --- | --- | --- | --- | --- |\n");
    let cell = |text: &str| text.replace('|', "\\|").replace('<', "&lt;");
    for cause in CAUSES {
        let codes: Vec<String> = cause.codes.iter().map(|c| format!("`{c}`")).collect();
        let _ = writeln!(
            out,
            "| <a id=\"{0}\"></a>`{0}` | {1} | {2} | {3} | {4} |",
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
A step ends as `pass`, `warn` (works, but will cause trouble), `fail`, or `skipped` (not run, or inconclusive). If a
host resolves only on the deployment's own network and no published port leads there, the doctor skips its steps and
prints the command that runs it there, and how to reach the store from here; it also prints the command if a value is in
a Secret that isn't among the files. Without keys, a use case is tested with this machine's own AWS credentials, and the
report says so. Native Google Cloud Storage and Oracle Object Storage are reported as not tested.

## On the host that runs Docker Compose

A compose file says `http://minio:9000`, which only its own network resolves. Where it also publishes the port, the doctor
connects to that port, and says so. Requests, Host header and signature stay those that Langfuse sends:

    $ langfuse-blob doctor --use-case events
    minio:9000 via 127.0.0.1:9090, published in docker-compose.yml:64
    events     http://minio:9000, langfuse events/ (SeaweedFS 8000GB 4.48)
      minio:9000 via 127.0.0.1:9090, published in docker-compose.yml:64
      warn     long-key  lifecycle
      pass     configuration  resolve  connect  server  clock  identity  region
               bucket  missing-key  list  put  get  odd-key  public-access
               versioning  encryption  object-lock  delete  cleanup

It does so if the host doesn't resolve on this machine, `DOCKER_HOST` is unset or local, and the compose file publishes
exactly one fixed TCP port for that port of the service. Nothing is written before a signed request has shown that the
store accepts the credentials and has the bucket: another project may have the same port. If nothing answers there, the
use case is not tested.

In all other cases, `--connect-to HOST:PORT:ADDR:PORT` sets the connection, as in curl:

    langfuse-blob doctor --connect-to minio:9000:127.0.0.1:9090          another port, a tunnel
    kubectl port-forward svc/langfuse-s3 8333:8333                       Kubernetes, in another terminal
    langfuse-blob doctor --config values.yaml --connect-to langfuse-s3:8333:127.0.0.1:8333

Connections that are set this way bypass proxies and use HTTP/1.1.

## JSON

`--format json` prints one document. Every key is present, `null` if empty.

    version       1
    read          [{ file, kind, containers }], as in the report of `check`
    interrupted   whether Ctrl-C stopped it
    useCases      [{ useCase, engine, origin, connectedTo, linkOrigin, bucket, prefix, server, steps }]
                  connectedTo: { host, address, published: { file, line } or null (--connect-to) }, or null: directly
                  of each step:
                  { step, outcome: pass | warn | fail | skipped, note, rule: cause or null, after: [step…], roundTrips }
    untested      [useCase]: in use, but not tested, because no store answered; exit code 3 unless --allow-untested
    idle          [{ useCase, why }]: use cases that aren't in use
    steps         { passed, warned, failed, skipped }: how many
    left          [{ useCase, kind: object | version | upload | blocks, key, why }]: what couldn't be deleted
    diagnostics   the findings, as in the report of `check`; `rule` is the cause
    summary       { errors, warnings, hints }
";

/// What answers look like, or the choices.
fn answers(field: &Field) -> String {
    let words = |choices: &[Choice]| -> String {
        choices.iter().map(|(word, meaning)| format!("`{word}`: {meaning}")).collect::<Vec<_>>().join("<br>")
    };
    let example = || if field.example.is_empty() { String::new() } else { format!(", such as `{}`", field.example) };
    match field.kind {
        AnswerKind::Word | AnswerKind::Label | AnswerKind::Bucket | AnswerKind::Prefix => {
            format!("string{}", example())
        }
        AnswerKind::Url => format!("URL{}", example()),
        AnswerKind::Secret => {
            let variable = field.id.variable().unwrap_or_default();
            format!("secret{}; also read from `{variable}`, or `-` for standard input", example())
        }
        AnswerKind::Number(least, greatest) => format!("integer from {least} to {greatest}"),
        AnswerKind::Flag => "yes or no".into(),
        AnswerKind::Provider => "a [provider](providers.md)".into(),
        AnswerKind::Choice(choices) | AnswerKind::Several(choices) => words(choices),
    }
}
