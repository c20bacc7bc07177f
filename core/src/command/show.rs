//! `show`: what each container receives, and where each value comes from.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{CommandError, Context, Exit, Output, Show, gather};
use crate::check::{self, check};
use crate::order;
use crate::render::text;
use crate::resolve::{Received, received};
use crate::text::printable::{self, escaped};
use crate::variable::Containers;

pub(super) fn run(arguments: &Show, context: &Context<'_>) -> Result<Output, CommandError> {
    let gathered = gather(&arguments.sources, context)?;
    let deployment = &gathered.deployment;
    let refused = !deployment.refusals.is_empty();
    let wanted = arguments.sources.container.unwrap_or(Containers::BOTH);
    let both = [(Containers::WEB, "web"), (Containers::WORKER, "worker")];
    let containers: Vec<(&str, Vec<Received>)> = both
        .into_iter()
        .filter(|(c, _)| c.meets(wanted))
        .filter_map(|(c, name)| Some((name, received(deployment, c, arguments.reveal)?)))
        .collect();
    let stdout = if arguments.json {
        let report = check(deployment, &check::Options::default());
        let diagnostics: Vec<_> =
            report.diagnostics.iter().filter(|d| refused && d.rule == "file-refused-by-reader").collect();
        let object = |list: &[Received]| {
            order::filled(list.iter().map(|r| (r.name.clone(), json!({ "value": r.value, "origin": r.origin }))))
        };
        let all = order::filled(containers.iter().map(|(n, l)| ((*n).to_owned(), Value::Object(object(l)))));
        let containers = if refused { Value::Null } else { Value::Object(all) };
        let document = json!({ "version": 1, "containers": containers, "diagnostics": diagnostics });
        format!("{}\n", printable::json(serde_json::to_string_pretty(&document).unwrap_or_default()))
    } else if refused {
        text::render(&check(deployment, &check::Options::default()), deployment, context.style)
    } else {
        table(&containers)
    };
    let mut stderr: Vec<String> = gathered.read_line().into_iter().chain(gathered.warnings()).collect();
    if !arguments.reveal && !refused {
        stderr.push("secrets are shown as ***; --reveal prints them".to_owned());
    }
    Ok(Output { writes: Vec::new(), stdout, stderr, exit: if refused { Exit::Problems } else { Exit::Clean } })
}

fn table(containers: &[(&str, Vec<Received>)]) -> String {
    let mut out = String::new();
    let same = matches!(containers, [(_, a), (_, b)] if a.iter().map(|r| (&r.name, &r.value)).eq(b.iter().map(|r| (&r.name, &r.value))));
    let shown = if same { containers.get(..1).unwrap_or(&[]) } else { containers };
    for (name, list) in shown {
        let title = if same { "web and worker" } else { name };
        let _ = writeln!(out, "{title}: {} variables", list.len());
        let names: Vec<String> = list.iter().map(|r| escaped(&r.name)).collect();
        let widest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        for (r, name) in list.iter().zip(&names) {
            let value = match &r.value {
                Value::String(text) => escaped(text),
                Value::Object(o) => o
                    .get("secret")
                    .and_then(Value::as_str)
                    .map_or_else(|| "(not visible here)".into(), |s| format!("(Secret {})", escaped(s))),
                other => other.to_string(),
            };
            let _ = writeln!(out, "  {name:<widest$}  {value}  # {}", escaped(&r.origin));
        }
    }
    out
}
