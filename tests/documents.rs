//! The generated pages of docs/ are what the tables say.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::fmt::Write as _;
use std::path::Path;

use clap::CommandFactory as _;
use langfuse_blob::cli::Cli;
use langfuse_blob::exit::Exit;
use langfuse_blob_core::explain::documents;
use serde_json::{Map, Value, json};

fn exit_codes() -> String {
    let mut out = String::from(
        "<!-- Generated from core/src/command/exit.rs. To renew: npm run docs -->\n\n# Exit codes\n\n| Code | Meaning |\n| --- | --- |\n",
    );
    for exit in Exit::ALL {
        let _ = writeln!(out, "| {} | {} |", exit.code(), exit.meaning());
    }
    out
}

/// The verbs that `npx langfuse-blob` has. The others need the network or the machine.
const NPX: [&str; 5] = ["check", "show", "explain", "generate", "schema"];

/// What a parser needs to know of an argument.
fn argument(arg: &clap::Arg) -> Value {
    let words: Vec<String> = arg.get_possible_values().iter().map(|v| v.get_name().to_owned()).collect();
    let takes = arg.get_action().takes_values();
    json!({
        "name": arg.get_long().map_or_else(|| value_name(arg), str::to_owned),
        "short": arg.get_short(),
        "value": takes.then(|| value_name(arg)),
        "words": if takes { words } else { Vec::new() },
        "many": matches!(arg.get_action(), clap::ArgAction::Append),
        "delimiter": arg.get_value_delimiter(),
        "required": arg.is_required_set(),
    })
}

fn value_name(arg: &clap::Arg) -> String {
    arg.get_value_names().and_then(|names| names.first()).map_or_else(String::new, ToString::to_string)
}

/// The command line for `npx`: help texts, and what each verb takes.
fn command_line() -> String {
    let mut all = Cli::command();
    all.build();
    let pages = |command: &mut clap::Command| {
        json!({
            "short": command.render_help().to_string(),
            "long": command.render_long_help().to_string(),
            "usage": command.render_usage().to_string(),
        })
    };
    let mut verbs = Map::new();
    for name in NPX {
        let command = all.find_subcommand_mut(name).unwrap();
        let mut verb = pages(command);
        let flags = command.get_arguments().filter(|a| !a.is_positional() && a.get_id() != "help");
        verb["flags"] = flags.map(argument).collect();
        verb["positionals"] = command.get_positionals().map(argument).collect();
        verbs.insert(name.into(), verb);
    }
    let others = all.get_subcommands().map(|c| c.get_name().to_owned()).filter(|n| !NPX.contains(&n.as_str()));
    let others: Vec<String> = others.collect();
    let document = json!({
        "version": all.render_version(), "help": pages(&mut all), "verbs": verbs, "others": others,
    });
    format!("{}\n", serde_json::to_string_pretty(&document).unwrap())
}

#[test]
fn generated_documents_are_fresh() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let pages = [
        ("variables.md", documents::variables()),
        ("rules.md", documents::rules()),
        ("providers.md", documents::providers()),
        ("generate.md", documents::generate()),
        ("doctor.md", documents::doctor()),
        ("exit-codes.md", exit_codes()),
        ("../wasm/js/cli.json", command_line()),
    ];
    let mut stale = Vec::new();
    for (name, text) in pages {
        let path = folder.join(name);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &text).unwrap();
        } else if std::fs::read_to_string(&path).ok().as_deref() != Some(&text) {
            stale.push(name);
        }
    }
    assert!(stale.is_empty(), "stale: {stale:?}; renew them with `npm run docs`");
}
