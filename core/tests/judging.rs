//! What is really there: absence, partial knowledge, placeholders, invented names, and whose environment a file is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::BTreeMap;

use langfuse_blob_core::check::{self, examine};
use langfuse_blob_core::report::{Diagnostic, Impact, Report, Severity};
use langfuse_blob_core::source::{Given, Input, Options, Wrapper};

/// Checks the text as a file of that name, with nothing beside it.
fn check_text(name: &str, text: &str, deployment: Option<Wrapper>) -> Report {
    let inputs = [Input { name: name.into(), given: Given::Bytes(text.into()), kind: None, container: None }];
    let files: BTreeMap<&str, &str> = BTreeMap::new();
    let options = Options { deployment, ..Options::default() };
    examine(&inputs, &options, &check::Options::default(), &files).unwrap().1
}

/// Checks a fixture: `.yml` as docker-compose.yml, `.env` as .env.
fn fixture(name: &str) -> Report {
    let path = format!("{}/../tests/fixtures/judging/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let as_name = if name.ends_with(".yml") { "docker-compose.yml" } else { ".env" };
    check_text(as_name, &text, None)
}

fn said(report: &Report) -> Vec<String> {
    let letter = |severity| match severity {
        Severity::Error => 'E',
        Severity::Warning => 'W',
        Severity::Hint => 'H',
    };
    let line = |d: &Diagnostic| format!("{} {}", letter(d.severity), d.rule);
    report.diagnostics.iter().map(line).collect()
}

fn of<'r>(report: &'r Report, rule: &str) -> &'r Diagnostic {
    report.diagnostics.iter().find(|d| d.rule == rule).unwrap_or_else(|| panic!("{rule}: {:?}", said(report)))
}

#[track_caller]
fn has(report: &Report, line: &str) {
    assert!(said(report).iter().any(|s| s == line), "{line}: {:?}", said(report));
}

#[track_caller]
fn lacks(report: &Report, rule: &str) {
    assert!(report.diagnostics.iter().all(|d| d.rule != rule), "{rule}: {:?}", said(report));
}

#[test]
fn absence_in_a_file_of_ones_own_is_no_default() {
    let missing = fixture("region-missing.yml");
    has(&missing, "E region-missing");
    assert!(of(&missing, "region-missing").message.contains("web and worker exit at the first event"));
    has(&fixture("region-auto.yml"), "E region-auto-without-endpoint");
    let file = |more: &str| {
        format!(
            "services:\n  web:\n    image: langfuse/langfuse:4\n    environment: &e\n      \
             LANGFUSE_S3_EVENT_UPLOAD_BUCKET: langfuse\n      LANGFUSE_S3_EVENT_UPLOAD_REGION: auto\n      \
             LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT: http://minio:9000\n{more}  \
             worker:\n    image: langfuse/langfuse-worker:4\n    environment: *e\n  minio:\n    image: minio/minio\n    \
             command: sh -c 'mkdir -p /data/langfuse && minio server /data'\n"
        )
    };
    let id = "      LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID: minio\n";
    let style = "      LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE: 'true'\n";
    for (more, error) in [
        (id.to_owned() + "      LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY: miniosecret\n", "E path-style-missing"),
        (style.to_owned(), "E keys-missing-for-store"),
        (style.to_owned() + id, "E key-pair-half-set"),
    ] {
        has(&check_text("docker-compose.yml", &file(&more), None), error);
    }
}

#[test]
fn a_certain_failure_is_an_error() {
    let report = check_text(".env", "MINIO_ROOT_PASSWORD=newpassword123\n", Some(Wrapper::Compose));
    has(&report, "E keys-differ-from-store");
    let media = check_text(
        "a.env",
        "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme\nLANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1\n",
        Some(Wrapper::Raw),
    );
    assert_eq!(of(&media, "media-bucket-missing").impact, Impact::Advice);
}

#[test]
fn the_azure_switch_over_an_s3_store_is_an_error() {
    has(&fixture("azure-over-s3.env"), "E endpoint-of-another-engine");
}

#[test]
fn invented_names_lead_to_the_real_ones() {
    let report = fixture("names-without-use-case.env");
    for d in report.diagnostics.iter().filter(|d| d.rule == "variable-unknown") {
        let field = d.variable.as_deref().unwrap().strip_prefix("LANGFUSE_S3_UPLOAD_").unwrap();
        assert!(d.help.contains(&format!("LANGFUSE_S3_EVENT_UPLOAD_{field}")), "{}", d.help);
        assert!(!d.help.contains("Delete the line"), "{}", d.help);
    }
    let report = fixture("names-of-others.env");
    let about = |name: &str| {
        let found = report.diagnostics.iter().find(|d| d.variable.as_deref() == Some(name));
        found.unwrap_or_else(|| panic!("{name}: {:?}", said(&report))).help.clone()
    };
    assert!(about("LANGFUSE_BLOB_STORAGE_PROVIDER").contains("LANGFUSE_USE_AZURE_BLOB"));
    assert!(about("LANGFUSE_GCS_BUCKET").contains("LANGFUSE_S3_EVENT_UPLOAD_BUCKET"));
    assert!(about("LANGFUSE_GCS_CREDENTIALS").contains("LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS"));
    assert!(about("LANGFUSE_AZURE_STORAGE_CONTAINER_NAME").contains("LANGFUSE_S3_EVENT_UPLOAD_BUCKET"));
    let files = fixture("secret-files.env");
    let help = &of(&files, "variable-unknown").help;
    assert!(help.contains("set LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY itself"), "{help}");
}

#[test]
fn placeholders_are_errors_and_shown() {
    let report = fixture("placeholders.env");
    let shown: Vec<&str> =
        report.diagnostics.iter().filter(|d| d.rule == "placeholder-left").map(|d| d.message.as_str()).collect();
    assert_eq!(shown.len(), 3, "{:?}", said(&report));
    for text in ["`my-bucket`", "`AKIAXXXXXXXXXXXXXXXX`", "`REPLACE_ME_AWS_SECRET`"] {
        assert!(shown.iter().any(|m| m.contains(text)), "{text}: {shown:?}");
    }
    let random = "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme\nLANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1\n\
                  LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P\n\
                  LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=aTODO7xxx9fChangeMe3/kLqdummyQ8rT4wY6zB1\n";
    lacks(&check_text("a.env", random, Some(Wrapper::Raw)), "placeholder-left");
}

#[test]
fn what_is_missing_is_one_finding_among_others() {
    let report = fixture("required.yml");
    let missing = of(&report, "value-not-known");
    assert_eq!(missing.severity, Severity::Warning);
    assert!(missing.message.contains("`SALT`") && missing.message.contains("`langfuse.env`"), "{}", missing.message);
    has(&report, "E region-is-availability-zone");
    has(&report, "E boolean-not-true-or-false");
    has(&report, "E buckets-differ");
    lacks(&report, "file-refused-by-reader");
}

#[test]
fn what_a_platform_supplies_is_unknown() {
    let report = fixture("platform.yml");
    assert!(said(&report).iter().all(|s| s.starts_with('H')), "{:?}", said(&report));
    let unknown = of(&report, "value-not-known");
    for name in ["SERVICE_USER_MINIO", "SERVICE_PASSWORD_MINIO", "SERVICE_URL_LANGFUSE"] {
        assert!(unknown.message.contains(name), "{}", unknown.message);
    }
    let report = fixture("railway.env");
    has(&report, "E boolean-not-true-or-false");
    let unknown = of(&report, "value-not-known");
    for role in ["ENDPOINT", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "FORCE_PATH_STYLE"] {
        assert!(unknown.message.contains(&format!("LANGFUSE_S3_EVENT_UPLOAD_{role}`")), "{}", unknown.message);
    }
    assert_eq!(report.summary.errors, 1, "{:?}", said(&report));
}

#[test]
fn nothing_runs_commands_in_a_dotenv_file() {
    let base = "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse\nLANGFUSE_S3_EVENT_UPLOAD_REGION=garage\n\
                LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true\nLANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-store\n";
    let host = format!("{base}LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://$(PROJECT_NAME)_garage:3900\n");
    has(&check_text("a.env", &host, Some(Wrapper::Raw)), "E variable-not-expanded");
    let secret = format!("{base}LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=$(openssl rand -base64 20)\n");
    has(&check_text("a.env", &secret, Some(Wrapper::Raw)), "W variable-not-expanded");
}

#[test]
fn a_section_that_the_chart_dropped_is_named() {
    let values = "langfuse:\n  salt: {value: s}\nminio:\n  auth: {rootUser: lfuser, rootPassword: a-long-secret-01}\n";
    has(&check_text("values.yaml", values, None), "W chart-section-not-read");
}

#[test]
fn encrypted_values_are_not_judged() {
    let report = fixture("sops.env");
    assert!(said(&report).iter().all(|s| s.starts_with('H')), "{:?}", said(&report));
    assert!(of(&report, "value-not-known").help.contains("sops -d"));
}

#[test]
fn a_dollar_inside_a_secret_names_no_part_of_it() {
    let file = "services:\n  web:\n    image: langfuse/langfuse:4\n    environment: &e\n      \
                LANGFUSE_S3_EVENT_UPLOAD_BUCKET: acme\n      LANGFUSE_S3_EVENT_UPLOAD_REGION: eu-west-1\n      \
                LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID: AKIAQ7RT2MNBVCXZ5K3P\n      \
                LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY: pq8Rk2$LmZx7Vt4Yb9\n  \
                worker:\n    image: langfuse/langfuse-worker:4\n    environment: *e\n";
    let report = check_text("docker-compose.yml", file, None);
    assert!(report.diagnostics.iter().all(|d| !d.message.contains("LmZx7Vt4Yb9")), "{:?}", report.diagnostics);
}

#[test]
fn the_environment_of_an_application_is_not_judged() {
    let report = fixture("application.env");
    assert_eq!(said(&report), ["H environment-of-an-application"]);
    let mixed = "LANGFUSE_PUBLIC_KEY=pk-lf-0f6d1c52\nLANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme\n";
    has(&check_text(".env", mixed, None), "E event-bucket-missing");
    let server = "LANGFUSE_PUBLIC_KEY=pk-lf-0f6d1c52\nDATABASE_URL=postgresql://db/langfuse\n";
    has(&check_text(".env", server, None), "E event-bucket-missing");
}

#[test]
fn keys_for_one_use_case_only_are_a_hint() {
    has(&fixture("media-without-keys.env"), "H keys-only-for-some-use-cases");
    let role = "AWS_WEB_IDENTITY_TOKEN_FILE=/var/run/token\n";
    let path = format!("{}/../tests/fixtures/judging/media-without-keys.env", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap() + role;
    lacks(&check_text(".env", &text, None), "keys-only-for-some-use-cases");
}

#[test]
fn links_to_a_providers_inner_network_are_errors() {
    let report = fixture("inner-host.env");
    has(&report, "E media-endpoint-internal");
    has(&report, "E export-link-internal");
    assert!(of(&report, "export-link-internal").help.contains("https://oss-cn-shenzhen.aliyuncs.com"));
}

#[test]
fn the_topology_of_a_project_is_judged() {
    has(&fixture("worker-missing.yml"), "W worker-missing");
    let file = |networks: &str| {
        format!(
            "services:\n  web:\n    image: langfuse/langfuse:4\n    environment: &e\n      \
             LANGFUSE_S3_EVENT_UPLOAD_BUCKET: acme\n      LANGFUSE_S3_EVENT_UPLOAD_REGION: us-east-1\n      \
             LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT: http://store:9000\n      \
             LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID: lf-store\n      \
             LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY: 9f8e7d6c5b4a39281706\n      \
             LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE: 'true'\n  \
             worker:\n    image: langfuse/langfuse-worker:4\n    environment: *e\n  s3:\n    image: rustfs/rustfs\n{networks}"
        )
    };
    let rule = "endpoint-host-not-a-service";
    has(&check_text("docker-compose.yml", &file(""), None), &format!("W {rule}"));
    let apart = file("").replace("http://store", "http://s3") + "    networks: [inner]\nnetworks: {inner: {}}\n";
    let report = check_text("docker-compose.yml", &apart, None);
    assert!(of(&report, rule).message.contains("shares no network"), "{:?}", said(&report));
    for elsewhere in [
        "    container_name: store\n",
        "    hostname: store\n",
        "    networks: {default: {aliases: [store]}}\n",
        "networks: {shared: {external: true}}\n",
        "    extra_hosts: ['store:10.0.0.7']\n",
    ] {
        lacks(&check_text("docker-compose.yml", &file(elsewhere), None), rule);
    }
}

#[test]
fn an_override_is_not_judged_as_if_it_were_the_whole_project() {
    let text = "services:\n  langfuse-web:\n    environment: &e\n      LANGFUSE_S3_EVENT_UPLOAD_BUCKET: acme\n      \
                LANGFUSE_S3_EVENT_UPLOAD_REGION: us-east-1\n      LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT: http://minio:9000\n      \
                LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE: 'true'\n      \
                LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID: acme\n      \
                LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY: q8Zr0Vt+Lk3/Bn6mXw2Yc9Hd5Jf7Gs1Ta4Ue8PoR\n";
    let report = check_text("docker-compose.override.yml", text, None);
    assert!(
        said(&report).iter().all(|s| !s.contains("worker-missing") && !s.contains("not-a-service")),
        "{:?}",
        said(&report)
    );
}
