//! `man`: the manual page from the declaration of the command line, including its verbs.

use clap::Command;
use clap_mangen::Man;

use super::Done;
use crate::exit::Exit;
use crate::output::print;

/// Runs the verb.
pub fn run(command: &Command) -> Done {
    let mut out = Vec::new();
    let mut pages = vec![command.clone()];
    pages.extend(command.get_subcommands().filter(|c| c.get_name() != "help").map(|c| {
        let name = format!("langfuse-blob-{}", c.get_name());
        c.clone().name(name)
    }));
    for page in pages {
        Man::new(page).render(&mut out)?;
    }
    print(&String::from_utf8_lossy(&out))?;
    Ok(Exit::Clean)
}
