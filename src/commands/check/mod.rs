//! `check`: what's wrong with a configuration, and the fixes on request.

mod diff;
mod directory;
mod merge;

use langfuse_blob_core::command::{self, Command, Output, Sources};
use langfuse_blob_core::render::ReportFormat;

use super::{Done, Failure};
use crate::cli::Check;
use crate::output::eprint;
use directory::Group;

/// Runs the verb.
pub fn run(args: &Check) -> Done {
    let format = if args.json { ReportFormat::Json } else { args.format };
    let sources = args.configuration.sources();
    if args.diff && sources.files.iter().chain(&sources.config).any(|file| file == "-") {
        return Err(Failure::usage("--diff can't be combined with `-`")
            .help("With `-`, --fix prints the fixed text: `langfuse-blob check - --fix < .env | diff .env -`."));
    }
    let context = super::context_for(args.output.as_deref())?;
    let mut outputs = Vec::new();
    let mut diff = String::new();
    for group in directory::groups(&sources, &context)? {
        let output = match command::run(&command(args, format, group.sources()), &context) {
            Ok(output) => output,
            Err(error) => match group {
                Group::Named(_) => return Err(error.into()),
                Group::Found(..) => {
                    error.lines().iter().for_each(eprint);
                    Output { writes: Vec::new(), stdout: String::new(), stderr: Vec::new(), exit: error.exit }
                }
            },
        };
        if args.diff {
            diff.push_str(&diff::of(&output.writes, group.sources(), &context)?);
        }
        outputs.push(output);
    }
    let mut output = merge::merge(outputs, format);
    if args.diff {
        output.writes.clear();
        let report = std::mem::replace(&mut output.stdout, diff);
        output.stderr.insert(0, report.trim_end().to_owned());
    }
    super::deliver_to(&output, args.output.as_deref())
}

fn command(args: &Check, format: ReportFormat, sources: &Sources) -> Command {
    Command::Check(command::Check {
        sources: sources.clone(),
        format,
        fix: args.fix,
        unsafe_fixes: args.unsafe_fixes,
        strict: args.strict,
        ignore: args.ignore.clone(),
        select: args.select.clone(),
    })
}
