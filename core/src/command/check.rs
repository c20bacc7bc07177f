//! `check`: report what's wrong with a configuration, and fix it on request.

use std::collections::BTreeMap;

use super::gather::{examine, gather_known};
use super::{Check, CommandError, Context, Exit, Gathered, Output, Write, known_rules, version};
use crate::check;
use crate::files::{Files, Opened, Replaced};
use crate::report::{Report, fix};
use crate::source::{self, Deployment, Given, Input, Wrapper};
use crate::text::printable::escaped;

pub(super) fn run(arguments: &Check, context: &Context<'_>) -> Result<Output, CommandError> {
    known_rules(&arguments.ignore)?;
    known_rules(&arguments.select)?;
    let options = check::Options {
        version: version(arguments.sources.langfuse_version.as_deref())?,
        container: arguments.sources.container,
        ignore: arguments.ignore.clone(),
        only: arguments.select.clone(),
        select: &[],
    };
    let mut gathered = gather_known(&arguments.sources.files, &arguments.sources, context)?;
    if arguments.fix {
        replaceable(&gathered, context)?;
    }
    // The inputs are read again while fixes are tried; keeping two deployments would double the memory.
    gathered.deployment = Deployment::new(Wrapper::Raw);
    let (deployment, mut report) = examine(&gathered, &options, &context.files)?;
    gathered.deployment = deployment;
    let fixed = if arguments.fix {
        apply_fixes(&mut gathered, &options, &mut report, arguments.unsafe_fixes, &context.files)?
    } else {
        BTreeMap::new()
    };
    let fixed_nothing = fixed.is_empty();
    let rendered = arguments.format.render(&report, &gathered.deployment, context.style);
    let (stdout, mut stderr) = match from_input(&gathered).filter(|_| arguments.fix) {
        // With `-`, standard output is the fixed file, so the report goes to standard error.
        Some(text) => (text, vec![rendered.trim_end().to_owned()]),
        None => (rendered, Vec::new()),
    };
    if arguments.fix && fixed_nothing && !report.diagnostics.is_empty() {
        let kind = if arguments.unsafe_fixes { "" } else { " safe" };
        stderr.push(format!("note: nothing was fixed: no finding has a{kind} fix"));
    }
    let failed = report.summary.errors > 0 || (arguments.strict && report.summary.warnings > 0);
    let foreign = &gathered.deployment.foreign;
    stderr.extend(foreign.iter().map(|file| format!("error: {}", source::foreign(file))));
    let exit = match (foreign.is_empty(), failed) {
        (false, _) => Exit::Usage,
        (true, true) => Exit::Problems,
        (true, false) => Exit::Clean,
    };
    Ok(Output { writes: writes(&gathered, fixed, context), stdout, stderr, exit })
}

/// Whether every input can be replaced by its fixed version.
fn replaceable(gathered: &Gathered, context: &Context<'_>) -> Result<(), CommandError> {
    let is_stream = |input: &&Input| context.files.opened(&input.name).is_some_and(|o| matches!(*o, Opened::Stream(_)));
    let Some(input) = gathered.inputs.iter().find(is_stream) else { return Ok(()) };
    let name = escaped(&input.name);
    Err(CommandError::usage(format!("{name} is a pipe or a device, which --fix can't write back to"))
        .help("Read it as `-`: the fixed file then goes to standard output."))
}

/// Applies fixes until none is left: two that overlap take two rounds. Returns the new text of every changed file.
fn apply_fixes(
    gathered: &mut Gathered,
    options: &check::Options,
    report: &mut Report,
    include_unsafe: bool,
    files: &dyn Files,
) -> Result<BTreeMap<String, String>, CommandError> {
    /// More rounds than fixes can be chained; more would mean a loop.
    const ROUNDS: usize = 12;
    let mut changed = BTreeMap::new();
    for _ in 0..ROUNDS {
        let texts = gathered.deployment.texts.iter().map(|t| (t.name.as_str(), t.text.as_str()));
        let step = fix::apply(texts, report, include_unsafe);
        if step.is_empty() {
            break;
        }
        check::replace(&mut gathered.inputs, &step);
        changed.extend(step);
        (gathered.deployment, *report) = examine(gathered, options, &Replaced::new(files, &changed))?;
    }
    Ok(changed)
}

/// The changed files that were read.
fn writes(gathered: &Gathered, fixed: BTreeMap<String, String>, context: &Context<'_>) -> Vec<Write> {
    let read: Vec<&str> = gathered.deployment.texts.iter().map(|t| t.name.as_str()).collect();
    let write = |(name, text): (String, String)| match &*context.files.opened(&name)? {
        Opened::Bytes(before) => Some(Write { before: before.clone(), name, text }),
        _ => None,
    };
    fixed.into_iter().filter(|(name, _)| name != "-" && read.contains(&name.as_str())).filter_map(write).collect()
}

/// The text of standard input, changed or not, if that was among the inputs.
fn from_input(gathered: &Gathered) -> Option<String> {
    match &gathered.inputs.iter().find(|i| i.name == "-")?.given {
        Given::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        Given::Variables(_) => None,
    }
}
