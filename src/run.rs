//! Runs a command line: the one place that knows both flags and verbs.

use std::ffi::OsString;

use clap::{CommandFactory as _, Parser as _};

use crate::cli::{Cli, Presign, Upload, Verb};
use crate::commands;
use crate::exit::Exit;
use crate::output::eprint_line;
use crate::verbosity::Verbosity;

/// Runs the command line `arguments`.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let wrong = error.use_stderr();
            if !wrong {
                let _ = error.print();
                return Exit::Clean;
            }
            // It quotes the arguments.
            error.render().to_string().lines().for_each(eprint_line);
            return Exit::Usage;
        }
    };
    Verbosity::from(cli.printing).choose();
    let done = match cli.verb {
        Verb::Check(args) => commands::check::run(&args),
        Verb::Show(args) => commands::show::run(&args),
        Verb::Explain(args) => commands::explain::run(&args),
        Verb::Generate(args) => commands::generate::run(&args),
        Verb::Upload(Upload::File(args)) => commands::upload_file::run(&args),
        Verb::Upload(Upload::Media(args)) => commands::upload_media::run(&args),
        Verb::Upload(Upload::Events(args)) => commands::upload_events::run(&args),
        Verb::Export(args) => commands::export::run(&args),
        Verb::Presign(Presign::Get(args)) => commands::presign::get(&args),
        Verb::Presign(Presign::Put(args)) => commands::presign::put(&args),
        Verb::Ls(args) => commands::ls::run(&args),
        Verb::Get(args) => commands::get::run(&args),
        Verb::Rm(args) => commands::rm::run(&args),
        Verb::Doctor(args) => commands::doctor::run(&args),
        Verb::Wizard(args) => commands::wizard::run(&args),
        Verb::Store(args) => commands::store::run(&args),
        Verb::Demo => commands::demo::run(),
        Verb::Schema => commands::schema::run(),
        Verb::Completions { shell } => commands::completions::run(shell, &mut Cli::command()),
        Verb::Man => commands::man::run(&Cli::command()),
        Verb::Version => commands::version::run(&Cli::command()),
    };
    done.unwrap_or_else(|failure| {
        eprint_line(format!("error: {}", failure.message));
        if let Some(help) = failure.help {
            format!("help: {help}").lines().for_each(eprint_line);
        }
        failure.exit
    })
}
