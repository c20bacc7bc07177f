//! What the real Langfuse logs, explained: one file per failure, from `explain`'s own fixtures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use langfuse_blob_core::explain::{self, log};

fn fixture(name: &str) -> String {
    let path = format!("{}/../tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The name of each recorded failure, without its container, and what has to be named.
const EXPECTED: &[(&str, &str)] = &[
    ("azure-switch-with-s3-keys", "azure-engine-at-s3-store"),
    ("media-bucket-unset", "media-bucket-missing"),
    ("missing-bucket-ownstore", "bucket-not-found"),
    // Of web's lines none says more than InternalError.
    ("missing-bucket.web", "the bucket doesn't exist"),
    ("missing-bucket.worker", "bucket-not-found"),
    ("no-keys", "credentials-missing"),
    ("not-s3-endpoint", "web-page"),
    ("refused-port", "connection-refused"),
    ("region-missing", "region-not-set"),
    ("rm-classic", "region-not-set"),
    ("rm-otel", "region-not-set"),
    ("rm-media", "region-not-set"),
    ("rm.worker", "region-not-set"),
    ("sse-kms", "`LANGFUSE_S3_EVENT_UPLOAD_SSE`"),
    (
        "startup-True_events_pathstyle",
        "boolean-not-true-or-false: Langfuse refuses LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE",
    ),
    (
        "startup-True_media_pathstyle",
        "boolean-not-true-or-false: Langfuse refuses LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE",
    ),
    ("wrong-secret", "signature-refused"),
];

#[test]
fn every_recorded_failure_is_named_within_twelve_lines() {
    let directory = format!("{}/../tests/fixtures/loglines", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<String> =
        std::fs::read_dir(directory).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    assert_eq!(files.len(), 26);
    let mut wrong = Vec::new();
    for file in files {
        let log = fixture(&format!("loglines/{file}"));
        let expected = EXPECTED.iter().find(|(name, _)| file.starts_with(name)).unwrap_or_else(|| panic!("{file}")).1;
        let prefixed: String = log.lines().map(|line| format!("langfuse-web-1  | {line}\n")).collect();
        for text in [log, prefixed] {
            let explanation = log::explain(&text, &[]);
            let first: Vec<&str> = explanation.lines().take(12).collect();
            if !first.join("\n").contains(expected) {
                wrong.push(format!("{file}: {expected}\n{explanation}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_message_of_langfuse_is_a_topic() {
    // Filled in with another of these texts.
    let generic = ["Failed to ${operation}"];
    let mut unknown = Vec::new();
    let mut known = 0;
    for line in fixture("langfuse-messages.tsv").lines() {
        let (_, template) = line.split_once('\t').unwrap();
        if generic.contains(&template) {
            continue;
        }
        let mut text = template.to_owned();
        while let (Some(from), Some(to)) = (text.find("${"), text.find('}')) {
            text.replace_range(from..=to, "x1");
        }
        match explain::topic(&text) {
            Ok(_) => known += 1,
            Err(_) => unknown.push(text),
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
    assert!(known > 140, "{known}");
}

#[test]
fn lines_without_meaning_for_storage_are_passed_over() {
    let log = "2026-11-29T19:00:41.220Z info \tListening on 0.0.0.0:3000\n\
               2026-11-29T19:00:41.221Z warn \ttook 500 ms for 412 events on port 403\n\
               2026-11-29T19:00:41.222Z error \tRedis not available\n\
               GET /api/public/media 200 in 32ms\n";
    let explanation = log::explain(log, &[]);
    assert!(explanation.starts_with("4 lines: none about storage.\n"), "{explanation}");
}

#[test]
fn a_permission_in_the_text_decides_between_the_causes() {
    let denied = "AccessDenied: User: arn:aws:sts::123456789012:assumed-role/lf/i-0 is not authorized to perform: s3:PutObject on resource";
    let text = log::explain(denied, &[]);
    assert!(text.contains("put-denied") && !text.contains("get-denied"), "{text}");
}

#[test]
fn any_text_is_explained_without_a_panic() {
    for text in [
        "",
        "\n",
        "|",
        "a|b|",
        "{}",
        "ZodError",
        "\u{feff}",
        "2026-11-29",
        &"é".repeat(20_000),
        &"[pod/x] \u{1b}[31mNoSuchBucket\u{1b}[0m\n".repeat(2000),
    ] {
        let explanation = log::explain(text, &[]);
        assert!(!explanation.contains('\u{1b}'));
    }
}
