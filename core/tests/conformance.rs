//! The conformance cases: what the real readers and Langfuse's own schema make of an input.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};

use langfuse_blob_core::check::{self, check};
use langfuse_blob_core::files::{Files, NoFiles};
use langfuse_blob_core::report::Impact;
use langfuse_blob_core::resolve;
use langfuse_blob_core::source::{self, Deployment, Dialect, Given, Input, Kind, Options, read};
use langfuse_blob_core::variable::Containers;
use serde_json::Value;

fn cases(file: &str) -> Vec<Value> {
    let path = format!("{}/../tests/fixtures/conformance/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

fn input(name: &str, text: &str, kind: Kind) -> Input {
    Input { name: name.into(), given: Given::Bytes(text.as_bytes().to_vec()), kind: Some(kind), container: None }
}

fn ready(inputs: &[Input], options: &Options, files: &dyn Files) -> Deployment {
    read(inputs, options, files).unwrap()
}

fn texts(value: &Value) -> BTreeMap<String, String> {
    value.as_object().unwrap().iter().map(|(k, v)| (k.clone(), v.as_str().unwrap().to_owned())).collect()
}

/// Only the storage variables, `AWS_*` and `NEXTAUTH_URL` are listed in the cases.
fn containers(deployment: &Deployment) -> Value {
    let mut out = serde_json::Map::new();
    for (container, name) in [(Containers::WEB, "web"), (Containers::WORKER, "worker")] {
        if let Some(environment) = deployment.environment(container) {
            out.insert(name.into(), Value::Object(resolve::values(environment)));
        }
    }
    Value::Object(out)
}

fn compare(id: &Value, what: &str, ours: &Value, theirs: &Value, wrong: &mut Vec<String>) {
    if ours != theirs {
        wrong.push(format!("{what} {id}:\n   ours {ours}\n theirs {theirs}"));
    }
}

#[test]
fn dotenv_texts_read_as_their_programs_read_them() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for case in cases("sources.jsonl").iter().filter(|c| c["what"] == "dotenv") {
        count += 1;
        for dialect in [Dialect::Compose, Dialect::Docker, Dialect::Node] {
            let options = Options { dialect: Some(dialect), ..Options::default() };
            let deployment = ready(&[input("x.env", case["text"].as_str().unwrap(), Kind::Dotenv)], &options, &NoFiles);
            // One text ends in a lone `export`, of which compose-go makes a variable without a name.
            let mut theirs = case[dialect.name()].clone();
            if let Some(env) = theirs.get_mut("env").and_then(Value::as_object_mut) {
                env.retain(|name, _| !name.is_empty());
            }
            let ours = match deployment.environment(Containers::WEB) {
                Some(environment) => serde_json::json!({ "env": resolve::values(environment) }),
                None => serde_json::json!({ "error": true }),
            };
            if ours["error"] == true {
                assert!(!deployment.refusals.is_empty());
            }
            compare(&case["id"], dialect.name(), &ours, &theirs, &mut wrong);
        }
    }
    assert_eq!(count, 120);
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn compose_files_resolve_as_compose_go_resolves_them() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for case in cases("sources.jsonl").iter().filter(|c| c["what"] == "compose") {
        count += 1;
        let files = texts(&case["files"]);
        let options = Options { shell: texts(&case["env"]), ..Options::default() };
        let named = input("docker-compose.yml", &files["docker-compose.yml"], Kind::Compose);
        let deployment = ready(&[named], &options, &files);
        let ours = if deployment.is_refused() { Value::Null } else { containers(&deployment) };
        compare(&case["id"], "compose", &ours, &case["containers"], &mut wrong);
    }
    assert_eq!(count, 60);
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn chart_values_come_out_as_helm_renders_them() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for case in cases("sources.jsonl").iter().filter(|c| c["what"] == "helm") {
        count += 1;
        let options = Options { release: Some("rel".into()), ..Options::default() };
        let deployment = ready(&[input("values.yaml", case["text"].as_str().unwrap(), Kind::Helm)], &options, &NoFiles);
        let ours = if deployment.is_refused() { Value::Null } else { containers(&deployment) };
        compare(&case["id"], "helm", &ours, case.get("containers").unwrap_or(&Value::Null), &mut wrong);
    }
    assert_eq!(count, 60);
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_startup_set_equals_what_langfuse_rejects() {
    let mut wrong = Vec::new();
    let all = cases("startup.jsonl");
    assert_eq!(all.len(), 300);
    for case in &all {
        let variables = texts(&case["env"]).into_iter().map(|(name, text)| (name, source::Value::Known(text)));
        let given = Given::Variables(variables.collect());
        let inputs = [Input { name: "environment".into(), given, kind: None, container: None }];
        let report = check(&ready(&inputs, &Options::default(), &NoFiles), &check::Options::default());
        for (container, name) in [(Containers::WEB, "web"), (Containers::WORKER, "worker")] {
            let ours: BTreeSet<&str> = report
                .diagnostics
                .iter()
                .filter(|d| d.impact == Impact::Startup && d.containers.meets(container))
                .filter_map(|d| d.variable.as_deref())
                .collect();
            let theirs: BTreeSet<&str> =
                case["startup"][name].as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect();
            if ours != theirs {
                wrong.push(format!("{} {name}: ours {ours:?}, theirs {theirs:?}", case["id"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}
