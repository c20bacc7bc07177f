//! `doctor`: test the configuration against the real store.

use langfuse_blob_core::config::endpoint::Endpoint;
use langfuse_blob_core::render::text::Style;

use super::{Done, Failure, print_to};
use crate::cli::{Doctor, TextOrJson};
use crate::doctor::{self, End, Examination, Order, Progress};
use crate::exit::Exit;
use crate::failure::readable;
use crate::files;
use crate::output::{colour, eprint_line};
use crate::runtime::Runtime;
use crate::verbosity::{Color, Verbosity};

/// Runs the verb.
pub fn run(args: &Doctor) -> Done {
    let sources = args.configuration.sources();
    let gathered = files::gather(&sources)?;
    let deployment = &gathered.deployment;
    readable(deployment)?;
    let origin = args.origin.as_deref().map(origin).transpose()?;
    let order = Order {
        use_cases: args.use_case.clone(),
        container: sources.container,
        process_env: sources.process_env,
        trust_config: sources.trust_config,
        connect_to: args.connect.connect_to.clone(),
        read_only: args.read_only,
        origin,
    };
    let runtime = Runtime::new()?;
    let mut progress = Progress::new();
    let work = async { doctor::examine(deployment, order, &mut progress).await.map_err(Failure::failed) };
    let done = runtime.block_on(work);
    progress.finish();
    let Examination { end, report, artifacts } = done?;
    if end == End::Abandoned {
        for (use_case, artifact) in artifacts {
            eprint_line(format!(
                "may be left at the store: {} {} ({})",
                artifact.kind(),
                artifact.key(),
                use_case.name()
            ));
        }
        return Err(Failure::interrupted("interrupted before everything that was written was deleted"));
    }
    let colour = if args.output.is_some() { Verbosity::chosen().color == Color::Always } else { colour() };
    let text = match args.format {
        TextOrJson::Text if !args.json => report.text(deployment, Style { colour }),
        _ => report.json(),
    };
    print_to(args.output.as_deref(), &text)?;
    Ok(match end {
        End::Over if report.summary.errors > 0 => Exit::Problems,
        End::Over if !report.untested.is_empty() && !args.allow_untested => Exit::Untested,
        End::Over => Exit::Clean,
        _ => Exit::Interrupted,
    })
}

fn origin(text: &str) -> Result<String, Failure> {
    let parsed = Endpoint::parse(text).map(|e| e.origin());
    parsed.map_err(|_| {
        Failure::usage(format!("--origin {text:?} isn't a URL")).help("Write it as `https://langfuse.example.com`.")
    })
}
