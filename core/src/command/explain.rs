//! `explain`: a topic, or a log.

use super::gather::standard_input;
use super::{CommandError, Context, Output, Sources, gather, unknown_topic};
use crate::check;
use crate::explain::{self, log};
use crate::files::{Files as _, Opened, Within};
use crate::report::Diagnostic;
use crate::text::printable::escaped;

/// The page on `topic`, what the log in the file of that name or on standard input means, or the list of topics.
pub(super) fn run(topic: Option<&str>, context: &Context<'_>) -> Result<Output, CommandError> {
    let Some(topic) = topic else { return Ok(Output::printed(explain::list())) };
    if topic == "-" {
        return Ok(explained(&log_of_standard_input(context)?, context));
    }
    let unknown = match explain::topic(topic) {
        Ok(text) => return Ok(Output::printed(text)),
        Err(nearest) => unknown_topic(topic, nearest),
    };
    match context.files.open(topic, &Within::Anywhere) {
        Opened::Bytes(log) | Opened::Stream(log) => Ok(explained(&log, context)),
        Opened::Missing if topic.contains(['/', '\\']) => {
            Err(CommandError::usage(format!("can't open {}: no such file", escaped(topic))))
        }
        Opened::Missing => Err(unknown),
        Opened::Directory => Err(CommandError::usage(format!("{} is a directory; name a log in it", escaped(topic)))),
        Opened::Denied => Err(CommandError::usage(format!("can't open {}: permission denied", escaped(topic)))),
        Opened::TooLarge => {
            let error = CommandError::usage(format!("{} is larger than 64 MiB", escaped(topic)));
            Err(error.help("Explain its end: `tail -n 1000 FILE | langfuse-blob explain -`."))
        }
        Opened::Outside | Opened::Special => {
            Err(CommandError::usage(format!("can't open {}: it isn't a regular file", escaped(topic))))
        }
        Opened::Failed(error) => Err(CommandError::usage(format!("can't open {}: {error}", escaped(topic)))),
    }
}

fn log_of_standard_input(context: &Context<'_>) -> Result<Vec<u8>, CommandError> {
    standard_input(context, |error| CommandError::usage(format!("can't read standard input: {error}")))
}

fn explained(log: &[u8], context: &Context<'_>) -> Output {
    let log = String::from_utf8_lossy(log);
    Output::printed(log::explain(&log, &findings(context)))
}

/// What `check` finds in this directory; nothing if it can't read a deployment there.
fn findings(context: &Context<'_>) -> Vec<Diagnostic> {
    gather(&Sources::default(), context)
        .map(|gathered| check::check(&gathered.deployment, &check::Options::default()).diagnostics)
        .unwrap_or_default()
}
