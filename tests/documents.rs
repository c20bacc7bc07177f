//! The generated pages of docs/ and data of the npm package are what the tables say.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::fmt::Write as _;
use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, Parser as _};
use langfuse_blob::cli::Cli;
use langfuse_blob::exit::Exit;
use langfuse_blob_core::command::LARGEST;
use langfuse_blob_core::explain::{documents, topics};
use langfuse_blob_core::generate::providers;
use langfuse_blob_core::schema::schema;
use serde::Serialize;
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

/// What a parser needs to know about an argument of `command`.
fn argument(command: &clap::Command, arg: &clap::Arg) -> Value {
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
        "requires": requires(command, arg),
        "conflicts": conflicts(command, arg),
    })
}

/// The flags that `arg` needs beside it. clap has no getter for them, so this reads its error for `arg` alone.
fn requires(command: &clap::Command, arg: &clap::Arg) -> Vec<String> {
    let value = |arg: &clap::Arg| {
        arg.get_possible_values().first().map_or_else(|| "1".to_owned(), |value| value.get_name().to_owned())
    };
    let Some(long) = arg.get_long() else { return Vec::new() };
    let flag = if arg.get_action().takes_values() { format!("--{long}={}", value(arg)) } else { format!("--{long}") };
    let positionals = command.get_positionals().filter(|positional| positional.is_required_set()).map(value);
    let words = ["langfuse-blob".to_owned(), command.get_name().to_owned(), flag].into_iter().chain(positionals);
    let Err(error) = Cli::try_parse_from(words) else { return Vec::new() };
    assert_eq!(error.kind(), ErrorKind::MissingRequiredArgument, "--{long}: {error}");
    let Some(ContextValue::Strings(missing)) = error.get(ContextKind::InvalidArg) else { panic!("--{long}: {error}") };
    // `--host <URL>`: the name alone.
    missing.iter().map(|flag| flag.trim_start_matches('-').split(' ').next().unwrap_or(flag).to_owned()).collect()
}

/// The flags that can't stand beside `arg`.
fn conflicts(command: &clap::Command, arg: &clap::Arg) -> Vec<String> {
    command.get_arg_conflicts_with(arg).into_iter().filter_map(clap::Arg::get_long).map(str::to_owned).collect()
}

fn value_name(arg: &clap::Arg) -> String {
    arg.get_value_names().and_then(|names| names.first()).map_or_else(String::new, ToString::to_string)
}

/// The command line for `npx`: help texts, and what each verb takes.
fn command_line() -> String {
    let mut all = Cli::command();
    all.build();
    // What is really printed: a long page is only made where it says more than the short one.
    let printed = |arguments: &[&str]| {
        let words = ["langfuse-blob"].iter().chain(arguments);
        Cli::try_parse_from(words).map_or_else(|page| page.to_string(), |_| String::new())
    };
    let pages = |verb: &[&str], usage: String| json!({ "short": printed(&[verb, &["-h"]].concat()), "long": printed(&[verb, &["--help"]].concat()), "usage": usage });
    let mut verbs = Map::new();
    for name in NPX {
        let command = all.find_subcommand_mut(name).unwrap();
        let mut verb = pages(&[name], command.render_usage().to_string());
        let flags = command.get_arguments().filter(|a| !a.is_positional() && a.get_id() != "help");
        verb["flags"] = flags.map(|flag| argument(command, flag)).collect();
        verb["positionals"] = command.get_positionals().map(|positional| argument(command, positional)).collect();
        verbs.insert(name.into(), verb);
    }
    let order: Vec<String> = all.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    let others: Vec<&String> = order.iter().filter(|n| !NPX.contains(&n.as_str()) && *n != "help").collect();
    let document = json!({
        "version": all.render_version(),
        "largestFile": LARGEST,
        "help": pages(&[], all.render_usage().to_string()),
        "verbs": verbs, "others": others, "order": order,
    });
    pretty(&document)
}

fn pretty(document: &impl Serialize) -> String {
    format!("{}\n", serde_json::to_string_pretty(document).unwrap())
}

#[test]
fn the_table_for_npx_has_what_a_flag_requires() {
    let table: Value = serde_json::from_str(&command_line()).unwrap();
    let flags = table["verbs"]["check"]["flags"].as_array().unwrap();
    let of = |name: &str| flags.iter().find(|flag| flag["name"] == name).map(|flag| flag["requires"].clone());
    assert_eq!(of("unsafe-fixes"), Some(json!(["fix"])));
    assert_eq!(of("strict"), Some(json!([])));
}

#[test]
fn clap_says_what_a_flag_requires_and_conflicts_with() {
    let mut all = Cli::command();
    all.build();
    let export = all.find_subcommand("export").unwrap();
    let stdout = export.get_arguments().find(|arg| arg.get_id() == "stdout").unwrap();
    assert_eq!(conflicts(export, stdout), ["key", "project", "table"]);
    assert!(requires(export, stdout).is_empty());
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
        ("../wasm/js/explain.json", pretty(&topics())),
        ("../wasm/js/schema.json", pretty(&schema())),
        ("../wasm/js/providers.json", pretty(&providers())),
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
