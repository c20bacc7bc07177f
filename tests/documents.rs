//! The generated pages of docs/ and data of the npm package are what the tables say.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, Parser as _};
use langfuse_blob::cli::Cli;
use langfuse_blob::exit::Exit;
use langfuse_blob_core::command::Values;
use langfuse_blob_core::explain::{documents, topics};
use langfuse_blob_core::files::LARGEST;
use langfuse_blob_core::generate::providers;
use langfuse_blob_core::rule;
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

/// Whether `npx langfuse-blob` has the verb. The others need the network or the machine.
fn is_of_core(verb: &str) -> bool {
    !matches!(Values::default().command(verb), Ok(None))
}

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
    for command in all.get_subcommands_mut().filter(|command| is_of_core(command.get_name())) {
        let name = command.get_name().to_owned();
        let mut verb = pages(&[&name], command.render_usage().to_string());
        let flags = command.get_arguments().filter(|a| !a.is_positional() && a.get_id() != "help");
        verb["flags"] = flags.map(|flag| argument(command, flag)).collect();
        verb["positionals"] = command.get_positionals().map(|positional| argument(command, positional)).collect();
        verbs.insert(name, verb);
    }
    let order: Vec<String> = all.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    let others: Vec<&String> = order.iter().filter(|n| !is_of_core(n) && *n != "help").collect();
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

/// Flags that the binary and npx handle themselves.
const OF_THE_DRIVER: [&str; 5] = ["quiet", "verbose", "color", "output", "diff"];

/// npx passes flags by name: the core must read every name and every word that clap declares.
#[test]
fn the_core_reads_every_flag_and_word_of_its_verbs() {
    let mut read = 0;
    let table: Value = serde_json::from_str(&command_line()).unwrap();
    for (name, verb) in table["verbs"].as_object().unwrap() {
        let arguments = || verb["flags"].as_array().unwrap().iter().chain(verb["positionals"].as_array().unwrap());
        let required: Vec<_> = arguments().filter(|argument| argument["required"] == true).collect();
        let command = |of: Option<(&str, &str)>| {
            let required = required.iter().map(|a| (a["name"].as_str().unwrap(), a["words"][0].as_str().unwrap()));
            let values = required.chain(of).map(|(name, word)| (name.to_owned(), vec![word.to_owned()]));
            let command = Values(values.collect()).command(name);
            format!("{:?}", command.unwrap_or_else(|error| panic!("{name} {of:?}: {error:?}")).unwrap())
        };
        for argument in arguments() {
            let flag = argument["name"].as_str().unwrap();
            if OF_THE_DRIVER.contains(&flag) {
                continue;
            }
            let words: Vec<&str> = argument["words"].as_array().unwrap().iter().map(|w| w.as_str().unwrap()).collect();
            let words = if words.is_empty() { vec!["1"] } else { words };
            let commands: BTreeSet<String> = words.iter().map(|word| command(Some((flag, word)))).collect();
            assert_eq!(commands.len(), words.len(), "{name}: words of {flag} that the core doesn't tell apart");
            assert!(words.len() > 1 || !commands.contains(&command(None)), "{name}: the core ignores {flag}");
            read += words.len();
        }
    }
    assert!(read > 50, "only {read} words were tried");
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
    let mut pages = vec![
        ("variables.md".to_owned(), documents::variables()),
        ("rules.md".to_owned(), documents::rules()),
        ("providers.md".to_owned(), documents::providers()),
        ("generate.md".to_owned(), documents::generate()),
        ("doctor.md".to_owned(), documents::doctor()),
        ("exit-codes.md".to_owned(), exit_codes()),
        ("../wasm/js/cli.json".to_owned(), command_line()),
        ("../wasm/js/explain.json".to_owned(), pretty(&topics())),
        ("../wasm/js/schema.json".to_owned(), pretty(&schema())),
        ("../wasm/js/providers.json".to_owned(), pretty(&providers())),
    ];
    let rule_pages = folder.join("rules");
    std::fs::create_dir_all(&rule_pages).unwrap();
    pages.extend(rule::all().map(|r| (format!("rules/{}.md", r.slug), documents::rule(r))));
    let mut stale = Vec::new();
    for file in std::fs::read_dir(&rule_pages).unwrap() {
        let name = format!("rules/{}", file.unwrap().file_name().to_string_lossy());
        if pages.iter().any(|(page, _)| *page == name) {
            continue;
        }
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::remove_file(folder.join(&name)).unwrap();
        } else {
            stale.push(name);
        }
    }
    for (name, text) in pages {
        let path = folder.join(&name);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, &text).unwrap();
        } else if std::fs::read_to_string(&path).ok().as_deref() != Some(&text) {
            stale.push(name);
        }
    }
    assert!(stale.is_empty(), "stale: {stale:?}; renew them with `npm run docs`");
}
