//! `check`: say what is wrong with a configuration, and mend it if asked.

use std::collections::BTreeMap;

use langfuse_blob_core::check;
use langfuse_blob_core::report::{Report, fix, github, json, sarif, text};
use langfuse_blob_core::source::{Deployment, Given};

use super::{Done, Failure, known_rules, version};
use crate::cli::{Check, Format};
use crate::exit::Exit;
use crate::files::{self, Gathered};
use crate::output::{colour, print, say};

/// Runs the verb.
pub fn run(args: &Check) -> Done {
    known_rules(&args.ignore)?;
    let options = check::Options {
        version: version(args.sources.langfuse_version.as_deref())?,
        container: args.sources.container.map(Into::into),
        ignore: args.ignore.clone(),
    };
    let mut gathered = files::gather(&args.sources)?;
    let (deployment, mut report) = files::examine(&gathered.inputs, &mut gathered.options, &options)?;
    gathered.deployment = deployment;
    let mut from_stdin = None;
    if args.fix {
        let fixed = mend(&mut gathered, &options, &mut report, args.unsafe_fixes)?;
        from_stdin = write(&gathered, &fixed)?;
    }
    let rendered = render(&report, &gathered.deployment, args.format);
    match from_stdin {
        // With `-`, stdout is the mended text; the report is talk.
        Some(text) => {
            print(&text)?;
            say(rendered.trim_end());
        }
        None => print(&rendered)?,
    }
    let failed = report.summary.errors > 0 || (args.strict && report.summary.warnings > 0);
    Ok(if failed { Exit::Problems } else { Exit::Clean })
}

fn render(report: &Report, deployment: &Deployment, format: Format) -> String {
    match format {
        Format::Text => text::render(report, deployment, text::Style { colour: colour() }),
        Format::Json => json::render(report),
        Format::Sarif => sarif::render(report),
        Format::Github => github::render(report),
    }
}

/// Applies fixes until none is left: two that overlap take two rounds. Gives the new text of every changed file.
fn mend(
    gathered: &mut Gathered,
    options: &check::Options,
    report: &mut Report,
    include_unsafe: bool,
) -> Result<BTreeMap<String, String>, Failure> {
    /// More rounds than fixes can be chained; beyond, something would be turning in circles.
    const ROUNDS: usize = 12;
    let mut changed = BTreeMap::new();
    for _ in 0..ROUNDS {
        let texts = gathered.deployment.texts.iter().map(|t| (t.name.as_str(), t.text.as_str()));
        let step = fix::apply(texts, report, include_unsafe);
        if step.is_empty() {
            break;
        }
        check::replace(&mut gathered.inputs, &mut gathered.options, &step);
        changed.extend(step);
        (gathered.deployment, *report) = files::examine(&gathered.inputs, &mut gathered.options, options)?;
    }
    Ok(changed)
}

/// Writes the changed files; gives the text of standard input, changed or not, if that was among the inputs.
fn write(gathered: &Gathered, fixed: &BTreeMap<String, String>) -> Result<Option<String>, Failure> {
    let read: Vec<&str> = gathered.deployment.texts.iter().map(|t| t.name.as_str()).collect();
    for (name, text) in fixed.iter().filter(|(name, _)| *name != "-" && read.contains(&name.as_str())) {
        files::replace(name, text)?;
        say(format!("mended {name}"));
    }
    let stdin = gathered.inputs.iter().find(|i| i.name == "-");
    Ok(stdin.and_then(|input| match &input.given {
        Given::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        Given::Variables(_) => None,
    }))
}
