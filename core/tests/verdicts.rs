//! Deployments as people have them, with all that is said about each: the errors and warnings, and nothing else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::BTreeMap;

use langfuse_blob_core::check::{self, examine};
use langfuse_blob_core::files::NoFiles;
use langfuse_blob_core::report::{Applicability, Diagnostic, Impact, Report, Severity, fix};
use langfuse_blob_core::source::{Given, Input, Options, ReadError, Wrapper};
use langfuse_blob_core::variable::UseCase;

const OFFICIAL: &str = include_str!("../../tests/fixtures/compose/official.yml");

/// Checks the first file with the others lying beside it.
fn run(files: &[(&str, &str)], deployment: Option<Wrapper>) -> Report {
    let (name, text) = files.first().copied().expect("one file at least");
    let inputs = [Input { name: name.into(), given: Given::Bytes(text.into()), kind: None, container: None }];
    let files: BTreeMap<&str, &str> = files.iter().copied().collect();
    let options = Options { deployment, ..Options::default() };
    examine(&inputs, &options, &check::Options::default(), &files).unwrap().1
}

/// Rule and variable of each error and warning, with an `E` or a `W` in front.
fn said(report: &Report) -> Vec<String> {
    let letter = |severity| if severity == Severity::Error { 'E' } else { 'W' };
    let loud = report.diagnostics.iter().filter(|d| d.severity > Severity::Hint);
    loud.map(|d| format!("{} {} {}", letter(d.severity), d.rule, d.variable.as_deref().unwrap_or("-"))).collect()
}

fn hints(report: &Report) -> Vec<&str> {
    report.diagnostics.iter().filter(|d| d.severity == Severity::Hint).map(|d| d.rule.as_ref()).collect()
}

fn compose(files: &[(&str, &str)]) -> Vec<String> {
    said(&run(files, None))
}

const STORE: &str = "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events\nLANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1\n";

#[test]
fn a_database_that_is_called_after_langfuse_is_none_of_its_containers() {
    let file = "services:\n  langfuse-db: {image: 'postgres:17', env_file: postgres.env}\n  \
                langfuse-web: {image: 'langfuse/langfuse:4', env_file: langfuse.env}\n  \
                langfuse-worker: {image: 'langfuse/langfuse-worker:4', env_file: langfuse.env}\n";
    let files = [("docker-compose.yml", file), ("postgres.env", "POSTGRES_PASSWORD=x\n"), ("langfuse.env", STORE)];
    assert_eq!(compose(&files), [""; 0]);
}

#[test]
fn an_image_that_is_inherited_tells_the_container() {
    let file = "services:\n  web:\n    extends: {file: base.yml, service: web}\n    environment:\n      \
                LANGFUSE_S3_EVENT_UPLOAD_BUCKET: acme\n      LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1\n      \
                LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE: 'TRUE'\n  \
                worker:\n    image: langfuse/langfuse-worker:4\n    environment:\n      \
                LANGFUSE_S3_EVENT_UPLOAD_BUCKET: acme\n      LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1\n";
    let base = "services:\n  web:\n    image: langfuse/langfuse:4\n";
    assert_eq!(
        compose(&[("docker-compose.yml", file), ("base.yml", base)]),
        ["E boolean-not-true-or-false LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE"]
    );
}

#[test]
fn a_service_counts_by_its_mirrored_image_or_by_what_it_is_given() {
    for service in [
        "app:\n    image: registry.acme.com/mirror/langfuse:4\n",
        "app:\n    image: registry.acme.com/observability:7\n",
        "app:\n    image: langfuse/langfuse-ee:4\n",
    ] {
        let file = format!("services:\n  {service}    environment: {{LANGFUSE_S3_EVENT_UPLOAD_PREFIX: events}}\n");
        let said = compose(&[("docker-compose.yml", &file)]);
        assert!(said.iter().any(|s| s.starts_with("E event-bucket-missing")), "{service}: {said:?}");
    }
}

#[test]
fn a_second_worker_is_named_where_its_settings_differ() {
    let file = |more: &str| {
        format!(
            "services:\n  langfuse-web:\n    image: langfuse/langfuse:4\n    environment: &s\n      \
             LANGFUSE_S3_EVENT_UPLOAD_BUCKET: acme\n      LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1\n  \
             langfuse-worker:\n    image: langfuse/langfuse-worker:4\n    environment: *s\n  \
             langfuse-worker-2:\n    image: langfuse/langfuse-worker:4\n    environment: {{<<: *s{more}}}\n  \
             langfuse-migrate:\n    image: langfuse/langfuse:4\n    command: migrate\n"
        )
    };
    assert_eq!(compose(&[("docker-compose.yml", &file(""))]), [""; 0]);
    assert_eq!(compose(&[("docker-compose.yml", &file(", LANGFUSE_S3_CONCURRENT_WRITES: '20'"))]), [""; 0]);
    let other = file(", LANGFUSE_S3_EVENT_UPLOAD_BUCKET: other");
    assert_eq!(compose(&[("docker-compose.yml", &other)]), ["W replicas-differ -"]);
}

#[test]
fn a_second_pod_is_named_where_its_settings_differ() {
    let pod = |name: &str, bucket: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec:\n  template:\n    spec:\n      \
             containers:\n        - name: langfuse-worker\n          image: langfuse/langfuse-worker:4\n          env:\n            \
             - {{name: LANGFUSE_S3_EVENT_UPLOAD_BUCKET, value: {bucket}}}\n            \
             - {{name: LANGFUSE_S3_EVENT_UPLOAD_REGION, value: eu-west-1}}\n"
        )
    };
    let both = |second: &str| format!("{}---\n{}", pod("worker", "acme"), pod("worker-2", second));
    assert_eq!(compose(&[("pods.yaml", &both("acme"))]), [""; 0]);
    assert_eq!(compose(&[("pods.yaml", &both("other"))]), ["W replicas-differ -"]);
}

#[test]
fn langfuse_2_starts_without_a_bucket_for_events() {
    let file = |tag: &str| {
        format!("services:\n  langfuse:\n    image: langfuse/langfuse:{tag}\n    environment: {{SALT: x}}\n")
    };
    assert_eq!(compose(&[("docker-compose.yml", &file("2.95.11"))]), [""; 0]);
    let said = compose(&[("docker-compose.yml", &file("3.0.0"))]);
    assert_eq!(said, ["W worker-missing -", "E event-bucket-missing LANGFUSE_S3_EVENT_UPLOAD_BUCKET"]);
}

/// The official file gave web and worker the same media endpoint until v4.
#[test]
fn the_official_file_of_v3_is_clean_too() {
    let inner = "${LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT:-http://minio:9000}";
    assert!(OFFICIAL.contains(inner));
    let file = OFFICIAL.replace(inner, "${LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT:-http://localhost:9090}");
    let report = run(&[("docker-compose.yml", &file)], None);
    assert_eq!(said(&report), [""; 0]);
    assert!(hints(&report).contains(&"media-endpoint-worker-localhost"), "{:?}", hints(&report));
}

/// One cause is one finding, and no fix is offered for what follows from it.
#[test]
fn an_endpoint_that_was_forgotten_says_nothing_about_path_style() {
    let dotenv = "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-lf\nLANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1\n\
                  LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P\n\
                  LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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\n\
                  LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=false\n";
    assert_eq!(
        compose(&[("docker-compose.yml", OFFICIAL), (".env", dotenv)]),
        ["E endpoint-left-at-bundled-store LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT"]
    );
}

/// What one rule says to write gives no other rule a reason to speak.
#[test]
fn keys_that_were_emptied_in_the_place_of_defaults_are_meant() {
    let empty = "services:\n  langfuse-web: &e\n    environment: {LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID: '', \
                 LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY: ''}\n  langfuse-worker: *e\n";
    let amazon = "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-lf\nLANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1\n\
                  LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.eu-west-1.amazonaws.com\n\
                  LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=false\n";
    let beside = [("docker-compose.yml", OFFICIAL), ("docker-compose.override.yml", empty)];
    let report = run(&[beside[0], beside[1], (".env", amazon)], None);
    assert!(!hints(&report).contains(&"value-empty"), "{:?}", hints(&report));
    // At the MinIO, which lets nobody in without keys, they were not to be emptied.
    assert_eq!(compose(&beside), ["E keys-missing-for-store LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID"]);
}

#[test]
fn a_link_to_another_container_is_not_mended_by_adding_to_it() {
    let dotenv = "LANGFUSE_USE_AZURE_BLOB=true\nLANGFUSE_AZURE_SKIP_CONTAINER_CHECK=false\n\
                  LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse\n\
                  LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmelf.blob.core.windows.net\n\
                  LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmelf\n\
                  LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==\n\
                  LANGFUSE_S3_BATCH_EXPORT_ENABLED=true\nLANGFUSE_S3_BATCH_EXPORT_BUCKET=langfuse\n\
                  LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=https://acmelf.blob.core.windows.net\n\
                  LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT=https://acmelf.blob.core.windows.net/other\n\
                  LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID=acmelf\n\
                  LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==\n";
    let report = run(&[("web.env", dotenv)], Some(Wrapper::Raw));
    let found = report.diagnostics.iter().find(|d| d.rule == "azure-external-endpoint-without-container").unwrap();
    assert_eq!(found.fix.as_ref().map(|f| f.applicability), Some(Applicability::Unsafe));
    let mended = fix::apply([("web.env", dotenv)], &report, true);
    assert!(mended["web.env"].contains("ENDPOINT=https://acmelf.blob.core.windows.net/langfuse\n"), "{mended:?}");
}

#[test]
fn azure_over_plain_http_is_warned_about() {
    let dotenv = "LANGFUSE_USE_AZURE_BLOB=true\nLANGFUSE_AZURE_SKIP_CONTAINER_CHECK=false\n\
                  LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse\n\
                  LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://acmelf.blob.core.windows.net\n\
                  LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmelf\n\
                  LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==\n";
    let report = run(&[("web.env", dotenv)], Some(Wrapper::Raw));
    assert_eq!(said(&report), ["W endpoint-unencrypted LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT"]);
}

#[test]
fn a_scheme_that_stands_twice_is_taken_out_once() {
    let dotenv = "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme\nLANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1\n\
                  LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://https://s3.acme.com\n\
                  LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true\n\
                  LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events\n\
                  LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706\n";
    let report = run(&[("web.env", dotenv)], Some(Wrapper::Raw));
    assert_eq!(said(&report), ["E endpoint-not-a-url LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT"]);
    let mended = fix::apply([("web.env", dotenv)], &report, true);
    assert!(mended["web.env"].contains("ENDPOINT=https://s3.acme.com\n"), "{mended:?}");
}

#[test]
fn json_that_describes_something_else_is_no_environment() {
    let task = r#"{"family":"langfuse","containerDefinitions":[{"name":"web","environment":[]}]}"#;
    let input = Input { name: "task.json".into(), given: Given::Bytes(task.into()), kind: None, container: None };
    let read = examine(&[input], &Options::default(), &check::Options::default(), &NoFiles);
    assert!(matches!(read, Err(ReadError::Unsuited { .. })), "{task}");
    // What `docker compose config --format json` prints.
    let project = r#"{"name":"langfuse","services":{"langfuse-web":{"image":"langfuse/langfuse:4"}}}"#;
    let said = compose(&[("project.json", project)]);
    assert_eq!(said, ["W worker-missing -", "E event-bucket-missing LANGFUSE_S3_EVENT_UPLOAD_BUCKET"]);
    let said = compose(&[("vars.json", r#"{"OTHER":"x"}"#)]);
    assert_eq!(said, ["E event-bucket-missing LANGFUSE_S3_EVENT_UPLOAD_BUCKET"]);
}

fn of_rule<'r>(report: &'r Report, slug: &str) -> impl Iterator<Item = &'r Diagnostic> {
    report.diagnostics.iter().filter(move |d| d.rule == slug)
}

/// All three use cases in one bucket, in an availability zone instead of a region.
const ZONE: &str = "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme\nLANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1a\n\
                    LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/\n\
                    LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme\nLANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1a\n\
                    LANGFUSE_S3_MEDIA_UPLOAD_PREFIX=media/\nLANGFUSE_S3_BATCH_EXPORT_ENABLED=true\n\
                    LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme\nLANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1a\n\
                    LANGFUSE_S3_BATCH_EXPORT_PREFIX=exports/\n";

#[test]
fn the_same_mistake_in_several_use_cases_is_one_finding_with_all_its_places() {
    let report = run(&[(".env", ZONE)], None);
    let [zone] = report.diagnostics.as_slice() else { panic!("{:#?}", report.diagnostics) };
    assert_eq!(zone.rule, "region-is-availability-zone");
    assert_eq!(zone.variable.as_deref(), Some("LANGFUSE_S3_EVENT_UPLOAD_REGION"));
    assert_eq!(zone.use_cases, [UseCase::Events, UseCase::Media, UseCase::Exports]);
    let related: Vec<_> = zone.related.iter().map(|r| (r.message.as_str(), r.span.as_ref().map(|s| s.line))).collect();
    assert_eq!(
        related,
        [
            ("the same for LANGFUSE_S3_MEDIA_UPLOAD_REGION", Some(5)),
            ("the same for LANGFUSE_S3_BATCH_EXPORT_REGION", Some(9))
        ]
    );
    assert_eq!(report.summary.errors, 1);
    let fixed = fix::apply([(".env", ZONE)], &report, true);
    assert_eq!(fixed[".env"], ZONE.replace("eu-west-1a", "eu-west-1"));
}

#[test]
fn other_values_are_other_findings_and_a_comment_suppresses_its_own_line_only() {
    let other = ZONE.replacen("eu-west-1a", "eu-west-2b", 1);
    let report = run(&[(".env", &other)], None);
    let use_cases: Vec<_> = of_rule(&report, "region-is-availability-zone").map(|d| d.use_cases.clone()).collect();
    assert_eq!(use_cases, [vec![UseCase::Events], vec![UseCase::Media, UseCase::Exports]]);

    let comment = "UPLOAD_REGION=eu-west-1a # langfuse-blob: ignore region-is-availability-zone\n";
    let suppressed = ZONE.replacen("UPLOAD_REGION=eu-west-1a\n", comment, 1);
    let report = run(&[(".env", &suppressed)], None);
    let use_cases: Vec<_> = of_rule(&report, "region-is-availability-zone").map(|d| d.use_cases.clone()).collect();
    assert_eq!(use_cases, [vec![UseCase::Media, UseCase::Exports]]);
}

#[test]
fn each_variable_that_stops_langfuse_is_named_on_its_own() {
    let file = ZONE.replace("_REGION=eu-west-1a", "_FORCE_PATH_STYLE=yes");
    let report = run(&[(".env", &file)], None);
    let refused: Vec<_> = report.diagnostics.iter().filter(|d| d.impact == Impact::Startup).collect();
    assert_eq!(refused.len(), 3);
    assert!(refused.iter().all(|d| d.use_cases.len() == 1));
}

#[test]
fn one_value_for_several_use_cases_is_reported_for_the_first_of_them() {
    let values =
        "s3:\n  deploy: false\n  bucket: acme-lf\n  region: auto\n  endpoint: https://s3.eu-west-1.amazonaws.com\n";
    let report = run(&[("values.yaml", values)], None);
    let [auto] = of_rule(&report, "region-auto-on-aws").collect::<Vec<_>>()[..] else { panic!("{report:#?}") };
    assert_eq!(auto.variable.as_deref(), Some("LANGFUSE_S3_EVENT_UPLOAD_REGION"));
    assert_eq!(auto.use_cases, [UseCase::Events, UseCase::Media, UseCase::Exports]);
}
