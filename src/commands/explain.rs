//! `explain`: a rule, a variable, an error code, a guide.

use super::{Done, Failure};
use crate::cli::Explain;
use crate::exit::Exit;
use crate::output::print;
use langfuse_blob_core::explain;

/// Runs the verb.
pub fn run(args: &Explain) -> Done {
    let text = match args.topic.as_deref() {
        None => explain::list(),
        Some(topic) => explain::topic(topic).map_err(|nearest| {
            let failure = Failure::usage(format!("nothing is called {topic:?}"));
            match nearest {
                Some(name) => failure.help(format!("Did you mean `{name}`?")),
                None => failure.help("`langfuse-blob explain` lists what there is."),
            }
        })?,
    };
    print(&text)?;
    Ok(Exit::Clean)
}
