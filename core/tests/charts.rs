//! What the real charts render from values, and which values they refuse: tests/fixtures/charts/README.md.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use langfuse_blob_core::files::NoFiles;
use langfuse_blob_core::resolve;
use langfuse_blob_core::source::{Deployment, Given, Input, Kind, Options, RefusedBy, read};
use langfuse_blob_core::variable::Containers;
use serde_json::Value;

fn cases() -> Vec<Value> {
    let path = std::env::var("CHART_CASES")
        .unwrap_or_else(|_| format!("{}/../tests/fixtures/charts/rendered.jsonl", env!("CARGO_MANIFEST_DIR")));
    std::fs::read_to_string(path).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

fn rendered(text: &str, release: &str, chart: &str) -> Deployment {
    let given = Given::Bytes(text.as_bytes().to_vec());
    let input = Input { name: "values.yaml".into(), given, kind: Some(Kind::Helm), container: None };
    let options =
        Options { release: Some(release.to_owned()), chart_version: Some(chart.to_owned()), ..Options::default() };
    read(&[input], &options, &NoFiles).unwrap()
}

fn containers(deployment: &Deployment) -> Value {
    let of = |container| deployment.environment(container).map(|e| Value::Object(resolve::values(e)));
    let (web, worker) = (of(Containers::WEB), of(Containers::WORKER));
    match (web, worker) {
        (Some(web), Some(worker)) if web == worker => serde_json::json!({ "web": web }),
        (Some(web), Some(worker)) => serde_json::json!({ "web": web, "worker": worker }),
        _ => Value::Null,
    }
}

#[test]
fn values_come_out_as_their_chart_renders_them() {
    let mut wrong = Vec::new();
    let cases = cases();
    assert!(cases.len() > 100);
    for case in &cases {
        let text = |key: &str| case[key].as_str().unwrap();
        let deployment = rendered(text("text"), text("release"), text("chart"));
        let ours = if deployment.is_refused() { Value::Null } else { containers(&deployment) };
        if ours != case["containers"] {
            let differ = |container: &str| {
                let (ours, theirs) = (&ours[container], &case["containers"][container]);
                let names = ours.as_object().into_iter().chain(theirs.as_object()).flat_map(|o| o.keys());
                let mut lines: Vec<String> = names
                    .filter(|name| ours.get(name) != theirs.get(name))
                    .map(|name| format!("  {container} {name}: {:?}, chart {:?}", ours.get(name), theirs.get(name)))
                    .collect();
                lines.dedup();
                lines.join("\n")
            };
            let refused: Vec<&str> = deployment.refusals.iter().map(|r| r.message.as_str()).collect();
            wrong.push(format!(
                "chart {}: {}\n{refused:?}\n{}\n{}",
                text("chart"),
                text("text"),
                differ("web"),
                differ("worker")
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn a_version_without_known_templates_refuses_nothing() {
    for case in cases().iter().filter(|c| c["containers"].is_null()) {
        for chart in ["2.7.0", "1.9.0", "3.0.0", "0.13.1", "latest"] {
            let deployment = rendered(case["text"].as_str().unwrap(), "rel", chart);
            assert!(deployment.refusals.iter().all(|r| r.by != RefusedBy::Chart), "{chart}: {case}");
            assert!(deployment.environment(Containers::WEB).is_some(), "{chart}: {case}");
        }
    }
}
