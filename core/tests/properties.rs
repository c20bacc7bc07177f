//! What must hold for every input, tried on many random ones.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use std::collections::BTreeSet;

use langfuse_blob_core::check::{self, check};
use langfuse_blob_core::files::NoFiles;
use langfuse_blob_core::render::{github, json, sarif, text};
use langfuse_blob_core::report::{Diagnostic, Report, fix};
use langfuse_blob_core::rule::{self, page::Page};
use langfuse_blob_core::source::{Deployment, Dialect, Given, Input, Kind, Options, Wrapper, dotenv, read};
use langfuse_blob_core::variable::{self, Var};
use proptest::prelude::*;

fn deployment(name: &str, text: &str, kind: Kind, dialect: Option<Dialect>) -> Option<Deployment> {
    let input =
        Input { name: name.into(), given: Given::Bytes(text.as_bytes().to_vec()), kind: Some(kind), container: None };
    read(&[input], &Options { dialect, ..Options::default() }, &NoFiles).ok()
}

fn report(text: &str, kind: Kind) -> Report {
    let input = Input {
        name: "x.env".into(),
        given: Given::Bytes(text.as_bytes().to_vec()),
        kind: Some(kind),
        container: None,
    };
    let reading = Options { deployment: Some(Wrapper::Raw), ..Options::default() };
    match check::examine(&[input], &reading, &check::Options::default(), &NoFiles) {
        Ok((_, report)) => report,
        Err(_) => Report::new(Vec::new(), Vec::new()),
    }
}

fn storage_names() -> Vec<&'static str> {
    variable::all().map(Var::name).chain(variable::RETIRED.iter().map(|r| r.name)).collect()
}

/// Values that rules look at, mixed with noise.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("true".to_owned()),
        Just("True".to_owned()),
        Just("\"false\"".to_owned()),
        Just("auto".to_owned()),
        Just("http://minio:9000".to_owned()),
        Just("https://s3.eu-west-1.amazonaws.com".to_owned()),
        Just("https://acme.s3.eu-west-1.amazonaws.com".to_owned()),
        Just("minio:9000".to_owned()),
        Just("http://localhost:9090/".to_owned()),
        Just("https://acct.blob.core.windows.net".to_owned()),
        Just("acme-events".to_owned()),
        Just("s3://acme/x".to_owned()),
        Just("events".to_owned()),
        Just("/events//".to_owned()),
        Just("1_000".to_owned()),
        Just("1GB".to_owned()),
        Just("999".to_owned()),
        Just("0".to_owned()),
        Just(String::new()),
        Just(" padded ".to_owned()),
        Just("eu-west-1a".to_owned()),
        Just("EU-WEST-1".to_owned()),
        Just("aes256".to_owned()),
        Just("minio".to_owned()),
        Just("miniosecret".to_owned()),
        Just("AKIAQ7RT2MNBVCXZ5K3P".to_owned()),
        Just("<access-key-id>".to_owned()),
        Just("${NOPE}".to_owned()),
        Just("'$x' # c".to_owned()),
        "[a-zA-Z0-9/+=_.:#$ '\"-]{0,24}",
    ]
}

fn dotenv_text() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        8 => prop::sample::select(storage_names()).prop_map(str::to_owned),
        1 => "LANGFUSE_S3_[A-Z_]{3,20}",
    ];
    prop::collection::vec((name, value()), 0..14)
        .prop_map(|lines| lines.into_iter().map(|(n, v)| format!("{n}={v}\n")).collect())
}

/// A finding without its place: rule, variable, severity.
fn findings(report: &Report) -> BTreeSet<(String, Option<String>)> {
    report.diagnostics.iter().map(|d| (d.rule.to_string(), d.variable.clone())).collect()
}

fn applied(text: &str, report: &Report, include_unsafe: bool) -> String {
    fix::apply([("x.env", text)], report, include_unsafe).remove("x.env").unwrap_or_else(|| text.to_owned())
}

/// Applies until nothing changes, as `--fix` does.
fn settled(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..12 {
        let next = applied(&text, &report(&text, Kind::Dotenv), false);
        if next == text {
            break;
        }
        text = next;
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: common::cases(150), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_dotenv_text_prints_back_byte_for_byte(text in "(\\PC|[\n\r\t'\"`#=:$\\\\ ]){0,120}") {
        for dialect in [Dialect::Compose, Dialect::Docker, Dialect::Node] {
            let printed: String = dotenv::pieces(&text, dialect).into_iter().map(|p| match p {
                dotenv::Piece::Trivia(t) | dotenv::Piece::Name(t) | dotenv::Piece::Value(t) => t,
            }).collect();
            prop_assert_eq!(&printed, &text);
        }
    }

    #[test]
    fn no_text_of_any_kind_stops_the_reader(text in "(\\PC|[\n\r\t'\"`#=:$\\\\ \\[\\]{}&*!|>%@-]){0,200}") {
        for kind in [Kind::Dotenv, Kind::Compose, Kind::Helm, Kind::K8s, Kind::Json, Kind::Env] {
            let Some(d) = deployment("x.env", &text, kind, None) else { continue };
            let r = check(&d, &check::Options::default());
            let _ = text::render(&r, &d, text::Style { colour: true });
            let _ = (json::render(&r), sarif::render(&r), github::render(&r));
        }
    }

    #[test]
    fn a_safe_fix_adds_no_finding_and_twice_is_once(text in dotenv_text()) {
        let before = report(&text, Kind::Dotenv);
        let once = applied(&text, &before, false);
        let after = report(&once, Kind::Dotenv);
        let added: Vec<_> = findings(&after).difference(&findings(&before)).cloned().collect();
        prop_assert!(added.is_empty(), "{text}\n->\n{once}\nnew: {added:?}");
        let settled_text = settled(&text);
        prop_assert_eq!(settled(&settled_text), settled_text);
    }

    #[test]
    fn the_order_of_an_objects_keys_does_not_matter(entries in prop::collection::hash_map(prop::sample::select(storage_names()), value(), 0..12)) {
        let object = |order: &[(&&str, &String)]| {
            let inner: Vec<String> = order.iter().map(|(n, v)| format!("{}:{}", serde_json::to_string(n).unwrap(), serde_json::to_string(v).unwrap())).collect();
            format!("{{{}}}", inner.join(","))
        };
        let mut order: Vec<_> = entries.iter().collect();
        order.sort();
        let forward = report(&object(&order), Kind::Json);
        order.reverse();
        let backward = report(&object(&order), Kind::Json);
        // Of one mistake in several use cases, the first in the file is the one that's named.
        let strip = |r: &Report| {
            let several = |d: &Diagnostic| d.use_cases.len() > 1;
            let own = |d: &Diagnostic| (!several(d)).then(|| (d.variable.clone(), d.message.clone(), d.help.clone()));
            let mut all: Vec<_> = r.diagnostics.iter().map(|d| (d.rule.clone(), d.use_cases.clone(), d.severity, own(d))).collect();
            all.sort();
            all
        };
        prop_assert_eq!(strip(&forward), strip(&backward));
    }
}

#[test]
fn every_fix_on_every_page_mends_and_settles() {
    for rule in rule::all() {
        let page = Page::parse(rule.page);
        let [sample] = page.example.as_slice() else { continue };
        if sample.kind != "dotenv" || !sample.options.is_empty() {
            continue;
        }
        let before = report(&sample.text, Kind::Dotenv);
        for include_unsafe in [false, true] {
            let once = applied(&sample.text, &before, include_unsafe);
            let after = report(&once, Kind::Dotenv);
            let added: Vec<_> = after
                .diagnostics
                .iter()
                .filter(|d| !findings(&before).contains(&(d.rule.to_string(), d.variable.clone())))
                .map(|d| (d.rule.as_ref(), &d.message))
                .collect();
            assert!(added.is_empty(), "{}: the fix adds {added:?}\n{once}", rule.slug);
        }
    }
}

#[test]
fn hostile_texts_end_in_an_error_or_a_reading() {
    let long = format!("LANGFUSE_S3_EVENT_UPLOAD_BUCKET={}\n", "x".repeat(10 * 1024 * 1024));
    let deep = format!("{}1{}", "{\"a\":".repeat(20_000), "}".repeat(20_000));
    for (text, kind) in [
        (long.as_str(), Kind::Dotenv),
        (long.as_str(), Kind::Env),
        (deep.as_str(), Kind::Json),
        (deep.as_str(), Kind::Compose),
        ("\u{feff}services:\r\n  langfuse-web:\r\n    image: langfuse/langfuse\r\n", Kind::Compose),
        ("a: &a [*a]\n", Kind::Helm),
    ] {
        let d = deployment("x.env", text, kind, None).unwrap();
        let r = check(&d, &check::Options::default());
        assert!(text::render(&r, &d, text::Style::default()).len() < 20_000);
    }
}
