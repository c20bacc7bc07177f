//! The official files, untouched, are clean; what is added to them is judged at its own line.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;

use langfuse_blob_core::check::{self, check};
use langfuse_blob_core::report::{Diagnostic, Report, Severity};
use langfuse_blob_core::source::{Given, Input, Options, read};

const OFFICIAL: &str = include_str!("../../tests/fixtures/compose/official.yml");

/// Checks the first file with the others lying beside it.
fn run(files: &[(&str, &str)]) -> Report {
    let (name, text) = files.first().copied().expect("one file at least");
    let inputs = [Input { name: name.into(), given: Given::Bytes(text.into()), kind: None, container: None }];
    let files: BTreeMap<&str, &str> = files.iter().copied().collect();
    check(&read(&inputs, &Options::default(), &files).unwrap(), &check::Options::default())
}

/// The official compose file with this `.env`, asked for by either of the two names.
fn both_ways(dotenv: &str) -> [Report; 2] {
    let (compose, dotenv) = (("docker-compose.yml", OFFICIAL), (".env", dotenv));
    [run(&[compose, dotenv]), run(&[dotenv, compose])]
}

fn bad(report: &Report) -> Vec<&Diagnostic> {
    report.diagnostics.iter().filter(|d| d.severity > Severity::Hint).collect()
}

fn lines_of(report: &Report, rule: &str) -> Vec<(String, usize, Severity)> {
    let found = report.diagnostics.iter().filter(|d| d.rule == rule);
    found.filter_map(|d| d.span.as_ref().map(|s| (s.file.clone(), s.line, d.severity))).collect()
}

#[test]
fn the_official_compose_file_is_clean() {
    let alone = run(&[("docker-compose.yml", OFFICIAL)]);
    assert!(bad(&alone).is_empty(), "{:#?}", bad(&alone));
    for dotenv in ["", "NEXTAUTH_URL=http://localhost:3000\n"] {
        for report in both_ways(dotenv) {
            assert!(bad(&report).is_empty(), "{dotenv:?}: {:#?}", bad(&report));
        }
    }
}

#[test]
fn what_does_not_reach_langfuse_is_told_at_its_line() {
    let dotenv = "NEXTAUTH_URL=http://localhost:3000\nLANGFUSE_S3_LIST_MAX_KEYS=100\nLANGFUSE_S3_CONCURRENT_READS=50\n\
                  LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true\n";
    for report in both_ways(dotenv) {
        let at = |line, severity| (".env".to_owned(), line, severity);
        let expected = [at(2, Severity::Warning), at(4, Severity::Error)];
        assert_eq!(lines_of(&report, "variable-not-forwarded"), expected, "{:#?}", report.diagnostics);
    }
}

#[test]
fn a_public_address_makes_the_open_store_a_risk() {
    for report in both_ways("NEXTAUTH_URL=https://langfuse.example.com\n") {
        assert_eq!(lines_of(&report, "sample-keys-on-open-port").len(), 1, "{:#?}", report.diagnostics);
    }
    let own = "NEXTAUTH_URL=https://langfuse.example.com\nMINIO_ROOT_USER=lf-store\nMINIO_ROOT_PASSWORD=9f8e7d6c5b4a\n";
    for report in both_ways(own) {
        assert!(lines_of(&report, "sample-keys-on-open-port").is_empty(), "{:#?}", report.diagnostics);
        let places: Vec<_> = lines_of(&report, "keys-differ-from-store");
        assert_eq!(places, [(".env".to_owned(), 2, Severity::Error)], "{:#?}", report.diagnostics);
    }
}

#[test]
fn a_port_that_only_this_machine_reaches_is_no_risk() {
    let dotenv = (".env", "NEXTAUTH_URL=https://langfuse.example.com\n");
    for (ports, open) in [
        ("- 127.0.0.1:9090:9000", false),
        ("- \"[::1]:9090:9000\"", false),
        ("- {target: 9000, published: 9090, host_ip: 127.0.0.1}", false),
        ("- {target: 9000, published: \"9090\"}", true),
        ("- 0.0.0.0:9090:9000", true),
        ("- 9090:9000/tcp", true),
    ] {
        let text = OFFICIAL.replace("- 9090:9000\n", &format!("{ports}\n"));
        let report = run(&[("docker-compose.yml", &text), dotenv]);
        assert_eq!(lines_of(&report, "sample-keys-on-open-port").len(), usize::from(open), "{ports}");
    }
}

#[test]
fn the_files_own_store_behind_a_proxy_is_no_strangers() {
    let text = OFFICIAL.replace("- 9090:9000\n", "- 127.0.0.1:9090:9000\n");
    let public =
        "NEXTAUTH_URL=https://langfuse.example.com\nLANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://media.example.com\n";
    let keys: String = ["EVENT_UPLOAD", "MEDIA_UPLOAD", "BATCH_EXPORT"]
        .iter()
        .map(|purpose| format!("LANGFUSE_S3_{purpose}_SECRET_ACCESS_KEY=9f8e7d6c5b4a\n"))
        .collect();
    let own = format!("{public}MINIO_ROOT_PASSWORD=9f8e7d6c5b4a\n{keys}");
    for (dotenv, risk) in [(public, 1), (own.as_str(), 0)] {
        let report = run(&[("docker-compose.yml", &text), (".env", dotenv)]);
        for rule in ["default-keys-sent-elsewhere", "sample-credentials"] {
            assert!(lines_of(&report, rule).is_empty(), "{dotenv}: {:#?}", report.diagnostics);
        }
        assert_eq!(lines_of(&report, "sample-keys-on-open-port").len(), risk, "{dotenv}: {:#?}", report.diagnostics);
    }
}

#[test]
fn one_host_is_proposed_for_the_store() {
    for (page, store) in
        [("https://langfuse.acme.com", "https://store.acme.com"), ("https://203.0.113.7", "https://store.example.com")]
    {
        let dotenv = format!("NEXTAUTH_URL={page}\nLANGFUSE_S3_BATCH_EXPORT_ENABLED=true\n");
        let report = run(&[("docker-compose.yml", OFFICIAL), (".env", &dotenv)]);
        let helps = report.diagnostics.iter().map(|d| d.help.as_str());
        let proposing: Vec<&str> = helps.filter(|help| help.contains("https://")).collect();
        assert!(proposing.len() >= 2, "{:#?}", report.diagnostics);
        assert!(proposing.iter().all(|help| help.contains(&format!("{store}`"))), "{proposing:#?}");
    }
}

#[test]
fn the_charts_defaults_are_clean() {
    for values in
        ["", "# nothing\n", "s3:\n  deploy: true\n", "s3:\n  mediaUpload:\n    maxContentLength: 1000000000\n"]
    {
        let report = run(&[("values.yaml", values)]);
        assert!(bad(&report).is_empty(), "{values:?}: {:#?}", bad(&report));
    }
}
