//! Code and templates that set Langfuse's variables: what's literally there is judged, and nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use langfuse_blob_core::check::{self, examine};
use langfuse_blob_core::command::{self, Command, Context, Exit, Values};
use langfuse_blob_core::files::NoFiles;
use langfuse_blob_core::render::text;
use langfuse_blob_core::render::text::Style;
use langfuse_blob_core::report::{Report, fix};
use langfuse_blob_core::rule::{self, page::Page};
use langfuse_blob_core::source::{Deployment, Given, Input, Kind, Language, Options, ReadError, Wrapper, detect};

fn input(name: &str, text: &str, kind: Option<Kind>) -> Input {
    Input { name: name.into(), given: Given::Bytes(text.into()), kind, container: None }
}

fn examined(name: &str, text: &str) -> (Deployment, Report) {
    examine(&[input(name, text, None)], &Options::default(), &check::Options::default(), &NoFiles).unwrap()
}

fn fixture(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/inputs");
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Severity, rule, variable without its prefix, line and column of each finding.
fn said(report: &Report) -> Vec<String> {
    let line = |d: &langfuse_blob_core::report::Diagnostic| {
        let severity = &d.severity.name()[..1];
        let variable = d.variable.as_deref().unwrap_or("-").trim_start_matches("LANGFUSE_");
        let at = d.span.as_ref().map_or("-".to_owned(), |s| format!("{}:{}", s.line, s.column));
        format!("{severity} {} {variable} {at}", d.rule)
    };
    report.diagnostics.iter().map(line).collect()
}

/// Each fixture with its kind and everything that is said about it.
const FIXTURES: &[(&str, &str, &[&str])] = &[
    ("bicep/app.bicep", "bicep", &["e boolean-not-true-or-false USE_AZURE_BLOB 12:56"]),
    ("bicep/main.bicepparam", "bicep", &["e azure-container-name-invalid S3_EVENT_UPLOAD_BUCKET 5:37"]),
    (
        "bicep/modules.bicep",
        "bicep",
        &[
            "e boolean-not-true-or-false S3_MEDIA_UPLOAD_FORCE_PATH_STYLE 11:13",
            "e number-not-readable S3_MEDIA_MAX_CONTENT_LENGTH 19:63",
        ],
    ),
    (
        "bicep/settings.bicep",
        "bicep",
        &[
            "e azure-container-name-invalid S3_EVENT_UPLOAD_BUCKET 3:37",
            "e azure-endpoint-data-lake S3_EVENT_UPLOAD_ENDPOINT 4:39",
        ],
    ),
    ("bicep/sites.bicep", "bicep", &["e boolean-not-true-or-false USE_AZURE_BLOB 17:19"]),
    ("csharp/AppHost.cs", "csharp", &["e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 5:68"]),
    ("csharp/Cdk.cs", "csharp", &["w prefix-without-slash S3_EVENT_UPLOAD_PREFIX 9:48"]),
    ("csharp/Pulumi.cs", "csharp", &["e boolean-not-true-or-false USE_AZURE_BLOB 5:73"]),
    (
        "csharp/Stack.cs",
        "csharp",
        &[
            "e region-is-availability-zone S3_EVENT_UPLOAD_REGION 5:48",
            "w variable-retired S3_MEDIA_UPLOAD_ENABLED 8:47",
        ],
    ),
    (
        "csharp/Testcontainers.cs",
        "csharp",
        &[
            "e endpoint-without-scheme S3_EVENT_UPLOAD_ENDPOINT 11:50",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 12:58",
            "e boolean-not-true-or-false S3_BATCH_EXPORT_ENABLED 18:63",
        ],
    ),
    (
        "dockerfile/Containerfile",
        "dockerfile",
        &["w variable-retired S3_EVENT_UPLOAD_ENABLED 3:5", "e number-not-readable S3_CONCURRENT_WRITES 4:36"],
    ),
    (
        "dockerfile/Dockerfile",
        "dockerfile",
        &[
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 6:48",
            "e endpoint-without-scheme S3_EVENT_UPLOAD_ENDPOINT 7:39",
        ],
    ),
    (
        "dockerfile/Dockerfile.all-in-one",
        "dockerfile",
        &[
            "e endpoint-without-scheme S3_EVENT_UPLOAD_ENDPOINT 5:39",
            "e boolean-not-true-or-false S3_BATCH_EXPORT_ENABLED 9:34",
        ],
    ),
    (
        "dockerfile/web.dockerfile",
        "dockerfile",
        &[
            "e region-is-availability-zone S3_EVENT_UPLOAD_REGION 7:38",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 8:89",
        ],
    ),
    (
        "dockerfile/worker.Dockerfile",
        "dockerfile",
        &["e boolean-not-true-or-false USE_AZURE_BLOB 2:29", "w variable-retired S3_EVENT_UPLOAD_ENABLED 2:31"],
    ),
    (
        "github-workflow/.github/workflows/deploy.yml",
        "github-workflow",
        &["e boolean-not-true-or-false USE_AZURE_BLOB 11:37"],
    ),
    (
        "github-workflow/.github/workflows/e2e.yml",
        "github-workflow",
        &[
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 6:47",
            "e endpoint-without-scheme S3_EVENT_UPLOAD_ENDPOINT 12:51",
        ],
    ),
    (
        "github-workflow/.github/workflows/helm.yml",
        "github-workflow",
        &["e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 10:58"],
    ),
    (
        "github-workflow/.github/workflows/levels.yml",
        "github-workflow",
        &[
            "e endpoint-without-scheme S3_EVENT_UPLOAD_ENDPOINT 11:42",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 16:55",
            "e boolean-not-true-or-false USE_AZURE_BLOB 24:36",
        ],
    ),
    (
        "github-workflow/.github/workflows/script.yml",
        "github-workflow",
        &[
            "e region-is-availability-zone S3_EVENT_UPLOAD_REGION 10:43",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 13:59",
            "e boolean-not-true-or-false USE_GOOGLE_CLOUD_STORAGE 16:60",
        ],
    ),
    (
        "go/compose.go",
        "go",
        &[
            "e endpoint-without-scheme S3_EVENT_UPLOAD_ENDPOINT 13:42",
            "e boolean-not-true-or-false S3_MEDIA_UPLOAD_FORCE_PATH_STYLE 20:46",
        ],
    ),
    (
        "go/containers_test.go",
        "go",
        &[
            "e endpoint-without-scheme S3_EVENT_UPLOAD_ENDPOINT 7:50",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 8:50",
            "e number-not-readable S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS 12:62",
            "e boolean-not-true-or-false USE_AZURE_BLOB 14:98",
        ],
    ),
    (
        "go/main.go",
        "go",
        &[
            "e region-is-availability-zone S3_EVENT_UPLOAD_REGION 7:52",
            "w variable-unknown BLOB_STORAGE_PROVIDER 13:10",
            "w variable-retired S3_EVENT_UPLOAD_ENABLED 14:10",
        ],
    ),
    (
        "go/operator.go",
        "go",
        &[
            "e region-is-availability-zone S3_EVENT_UPLOAD_REGION 11:53",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 20:94",
            "e boolean-not-true-or-false S3_BATCH_EXPORT_ENABLED 22:49",
        ],
    ),
    (
        "go/pulumi.go",
        "go",
        &[
            "e region-is-availability-zone S3_EVENT_UPLOAD_REGION 11:60",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 16:64",
        ],
    ),
    ("helm-template/_env.tpl", "helm-template", &["e number-not-readable S3_CONCURRENT_READS 14:11"]),
    (
        "helm-template/_helpers.tpl",
        "helm-template",
        &["e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 9:11", "h variable-retired S3_ENDPOINT 11:11"],
    ),
    ("helm-template/configmap.yaml", "helm-template", &["e number-not-readable S3_MEDIA_MAX_CONTENT_LENGTH 14:42"]),
    (
        "helm-template/langfuse.yaml",
        "helm-template",
        &[
            "w variable-retired S3_EVENT_UPLOAD_ENABLED 14:21",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 21:23",
        ],
    ),
    (
        "helm-template/secret.yaml",
        "helm-template",
        &["e boolean-not-true-or-false S3_MEDIA_UPLOAD_FORCE_PATH_STYLE 11:47"],
    ),
    (
        "helm-template/worker.yaml",
        "helm-template",
        &["e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 21:23"],
    ),
    ("java/Langfuse.kt", "java", &["e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 4:53"]),
    (
        "java/LangfuseContainer.java",
        "java",
        &[
            "e boolean-not-true-or-false S3_MEDIA_UPLOAD_FORCE_PATH_STYLE 13:69",
            "e boolean-not-true-or-false S3_BATCH_EXPORT_ENABLED 14:54",
        ],
    ),
    (
        "java/Main.kt",
        "java",
        &[
            "e region-is-availability-zone S3_EVENT_UPLOAD_REGION 5:43",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 11:47",
        ],
    ),
    (
        "java/Stack.java",
        "java",
        &[
            "e region-is-availability-zone S3_EVENT_UPLOAD_REGION 7:45",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 9:105",
            "e number-not-readable S3_MEDIA_MAX_CONTENT_LENGTH 12:59",
        ],
    ),
    (
        "java/build.gradle.kts",
        "java",
        &[
            "e endpoint-without-scheme S3_EVENT_UPLOAD_ENDPOINT 3:55",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 4:65",
        ],
    ),
    (
        "javascript/index.js",
        "javascript",
        &[
            "e endpoint-without-scheme S3_EVENT_UPLOAD_ENDPOINT 3:56",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 10:58",
            "h variable-retired S3_ENDPOINT 11:27",
        ],
    ),
    (
        "javascript/infra.ts",
        "javascript",
        &[
            "e endpoint-without-scheme S3_EVENT_UPLOAD_ENDPOINT 6:41",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 7:51",
            "e number-not-readable S3_MEDIA_MAX_CONTENT_LENGTH 17:67",
        ],
    ),
    (
        "javascript/setup.mjs",
        "javascript",
        &[
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 5:63",
            "e endpoint-without-scheme S3_EVENT_UPLOAD_ENDPOINT 7:47",
        ],
    ),
    (
        "javascript/sst.config.ts",
        "javascript",
        &[
            "e region-is-availability-zone S3_EVENT_UPLOAD_REGION 7:43",
            "e boolean-not-true-or-false USE_AZURE_BLOB 18:88",
        ],
    ),
    (
        "javascript/stack.ts",
        "javascript",
        &[
            "e region-is-availability-zone S3_EVENT_UPLOAD_REGION 6:37",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 8:49",
            "e number-not-readable S3_MEDIA_MAX_CONTENT_LENGTH 14:68",
        ],
    ),
    (
        "jinja/docker-compose.yml.j2",
        "jinja",
        &[
            "e endpoint-without-scheme S3_EVENT_UPLOAD_ENDPOINT 6:42",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 11:51",
        ],
    ),
    ("jinja/group_vars.yml", "jinja", &["e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 5:47"]),
    (
        "jinja/langfuse.container.j2",
        "jinja",
        &[
            "e region-is-availability-zone S3_EVENT_UPLOAD_REGION 7:45",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 8:56",
        ],
    ),
    (
        "jinja/langfuse.env.j2",
        "jinja",
        &[
            "e region-is-availability-zone S3_EVENT_UPLOAD_REGION 3:33",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 5:44",
        ],
    ),
    (
        "jinja/play.yml",
        "jinja",
        &[
            "e region-is-availability-zone S3_EVENT_UPLOAD_REGION 7:40",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 14:53",
        ],
    ),
    (
        "jinja/tasks.yml",
        "jinja",
        &[
            "e endpoint-without-scheme S3_EVENT_UPLOAD_ENDPOINT 8:43",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 9:51",
        ],
    ),
    (
        "nix/compose2nix.nix",
        "nix",
        &[
            "e endpoint-without-scheme S3_EVENT_UPLOAD_ENDPOINT 9:46",
            "e boolean-not-true-or-false USE_AZURE_BLOB 11:36",
        ],
    ),
    ("nix/langfuse.nix", "nix", &[]),
    ("nix/oci.nix", "nix", &["e boolean-not-true-or-false S3_MEDIA_UPLOAD_FORCE_PATH_STYLE 15:52"]),
    ("nix/service.nix", "nix", &["e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 11:47"]),
    (
        "nix/template.nix",
        "nix",
        &[
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 6:47",
            "e region-is-availability-zone S3_EVENT_UPLOAD_REGION 9:38",
        ],
    ),
    ("python/cdk_stack.py", "python", &["e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 12:79"]),
    (
        "python/isolation.py",
        "python",
        &[
            "e region-is-availability-zone S3_EVENT_UPLOAD_REGION 8:45",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 12:60",
            "e boolean-not-true-or-false S3_BATCH_EXPORT_ENABLED 13:53",
            "e number-not-readable S3_MEDIA_MAX_CONTENT_LENGTH 14:68",
        ],
    ),
    (
        "python/pulumi_main.py",
        "python",
        &[
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 6:69",
            "e endpoint-without-scheme S3_EVENT_UPLOAD_ENDPOINT 12:75",
        ],
    ),
    (
        "python/run.py",
        "python",
        &[
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 7:16",
            "e endpoint-without-scheme S3_EVENT_UPLOAD_ENDPOINT 11:75",
        ],
    ),
    ("python/stack.py", "python", &["e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 15:60"]),
    (
        "shell/.envrc",
        "shell",
        &[
            "e region-is-availability-zone S3_EVENT_UPLOAD_REGION 4:41",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 6:50",
        ],
    ),
    (
        "shell/azure.sh",
        "shell",
        &[
            "e boolean-not-true-or-false USE_AZURE_BLOB 3:38",
            "h value-not-known - 6:14",
            "e boolean-not-true-or-false S3_BATCH_EXPORT_ENABLED 12:49",
        ],
    ),
    (
        "shell/docker-run.sh",
        "shell",
        &[
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 8:51",
            "e endpoint-without-scheme S3_EVENT_UPLOAD_ENDPOINT 9:43",
        ],
    ),
    ("shell/langfuse-worker.service", "shell", &["e region-is-availability-zone S3_EVENT_UPLOAD_REGION 8:38"]),
    ("shell/make-env.sh", "shell", &["e media-endpoint-internal S3_MEDIA_UPLOAD_ENDPOINT 21:35"]),
    ("shell/oci.sh", "shell", &[]),
    (
        "shell/run.sh",
        "shell",
        &[
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 6:48",
            "e endpoint-without-scheme S3_EVENT_UPLOAD_ENDPOINT 7:41",
            "e boolean-not-true-or-false USE_AZURE_BLOB 11:135",
        ],
    ),
    (
        "terraform-template/cloud-init.yaml.tpl",
        "terraform-template",
        &[
            "e region-is-availability-zone S3_EVENT_UPLOAD_REGION 7:39",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 8:49",
        ],
    ),
    (
        "terraform-template/compose.yml.tftpl",
        "terraform-template",
        &[
            "e region-is-availability-zone S3_EVENT_UPLOAD_REGION 6:40",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 8:51",
        ],
    ),
    (
        "terraform-template/langfuse-worker.yaml.tpl",
        "terraform-template",
        &[
            "e endpoint-without-scheme S3_EVENT_UPLOAD_ENDPOINT 20:23",
            "h gcs-interoperability S3_EVENT_UPLOAD_ENDPOINT 20:23",
        ],
    ),
    (
        "terraform-template/task.json.tpl",
        "terraform-template",
        &[
            "e region-is-availability-zone S3_EVENT_UPLOAD_REGION 7:62",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 10:19",
        ],
    ),
    (
        "terraform-template/user_data.sh.tftpl",
        "terraform-template",
        &["e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 6:43"],
    ),
    ("terraform/azure.tf", "terraform", &["h variable-retired S3_ENDPOINT 8:18"]),
    (
        "terraform/dynamic.tf",
        "terraform",
        &[
            "w prefix-with-empty-segment S3_MEDIA_UPLOAD_PREFIX 7:42",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 34:18",
        ],
    ),
    (
        "terraform/ecs.tf",
        "terraform",
        &[
            "e region-is-availability-zone S3_EVENT_UPLOAD_REGION 6:50",
            "e boolean-not-true-or-false S3_MEDIA_UPLOAD_FORCE_PATH_STYLE 19:70",
        ],
    ),
    (
        "terraform/helm.tf",
        "terraform",
        &[
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 12:14",
            "e boolean-not-true-or-false S3_MEDIA_UPLOAD_FORCE_PATH_STYLE 19:72",
            "e boolean-not-true-or-false S3_BATCH_EXPORT_ENABLED 28:19",
        ],
    ),
    (
        "terraform/langfuse.nomad.hcl",
        "terraform",
        &[
            "e endpoint-without-scheme S3_EVENT_UPLOAD_ENDPOINT 16:46",
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 23:43",
        ],
    ),
    (
        "terraform/run.tf",
        "terraform",
        &[
            "e endpoint-without-scheme S3_EVENT_UPLOAD_ENDPOINT 6:18",
            "e boolean-not-true-or-false S3_BATCH_EXPORT_ENABLED 20:18",
            "e placeholder-left S3_EVENT_UPLOAD_BUCKET 33:37",
        ],
    ),
    (
        "terraform/task.tf",
        "terraform",
        &[
            "e boolean-not-true-or-false S3_EVENT_UPLOAD_FORCE_PATH_STYLE 5:67",
            "w variable-retired S3_MEDIA_UPLOAD_ENABLED 6:14",
            "e region-is-availability-zone S3_EVENT_UPLOAD_REGION 18:62",
            "e number-not-readable S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS 34:60",
            "e endpoint-without-scheme S3_EVENT_UPLOAD_ENDPOINT 35:60",
        ],
    ),
];

#[test]
fn fixtures() {
    let mut wrong = String::new();
    for (path, kind, expected) in FIXTURES {
        let (_, report) = examined(path, &fixture(path));
        let said = said(&report);
        assert_eq!(report.read.len(), 1, "{path}");
        assert!(report.read[0].excerpt, "{path}");
        if report.read[0].kind.name() != *kind || said != *expected {
            let _ = writeln!(wrong, "    (\"{path}\", \"{}\", &{said:#?}),", report.read[0].kind.name());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn line_ends_and_a_byte_order_mark_change_nothing() {
    let mut wrong = String::new();
    for (path, _, expected) in FIXTURES {
        let text = fixture(path);
        for changed in [text.replace('\n', "\r\n"), format!("\u{feff}{text}")] {
            let said = said(&examined(path, &changed).1);
            if said != *expected {
                let _ = writeln!(wrong, "{path}: {said:#?}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Shapes of one line each: what is read, `?` for an unknown value.
const SHAPES: &[(&str, &str, &str)] = &[
    ("a.sh", "set_env LANGFUSE_S3_EVENT_UPLOAD_BUCKET   \"acme\"", "S3_EVENT_UPLOAD_BUCKET=acme"),
    ("a.sh", "unset LANGFUSE_S3_EVENT_UPLOAD_BUCKET x", ""),
    ("a.sh", "echo \"LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme\" >> .env", "S3_EVENT_UPLOAD_BUCKET=acme"),
    ("a.sh", "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=\"a\"b ./run", "S3_EVENT_UPLOAD_BUCKET=?"),
    ("a.sh", "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme ./run", "S3_EVENT_UPLOAD_BUCKET=acme"),
    (
        "a.sh",
        "export LANGFUSE_S3_EVENT_UPLOAD_BUCKET='acme' LANGFUSE_S3_EVENT_UPLOAD_REGION=auto;",
        "S3_EVENT_UPLOAD_BUCKET=acme S3_EVENT_UPLOAD_REGION=auto",
    ),
    ("a.sh", ": \"${LANGFUSE_S3_EVENT_UPLOAD_BUCKET:=acme}\"", ""),
    ("a.sh", "if [ -z \"$LANGFUSE_S3_EVENT_UPLOAD_BUCKET\" ]; then", ""),
    ("a.sh", "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=`hostname`", "S3_EVENT_UPLOAD_BUCKET=?"),
    (
        "a.go",
        "literalEnv(\"LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT\", \"http://\"+host+\":9000\"),",
        "S3_EVENT_UPLOAD_ENDPOINT=?",
    ),
    (
        "a.go",
        "secretEnv(\"LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID\", \"s3-secret\", \"key\"),",
        "S3_EVENT_UPLOAD_ACCESS_KEY_ID=?",
    ),
    (
        "a.go",
        "{Name: to.Ptr(\"LANGFUSE_S3_EVENT_UPLOAD_BUCKET\"), Value: to.Ptr(\"acme\")},",
        "S3_EVENT_UPLOAD_BUCKET=acme",
    ),
    (
        "a.go",
        "env := []string{\"LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme\", fmt.Sprintf(\"LANGFUSE_S3_EVENT_UPLOAD_REGION=%s\", r)}",
        "S3_EVENT_UPLOAD_BUCKET=acme S3_EVENT_UPLOAD_REGION=?",
    ),
    ("a.ts", "const bucket = getEnv(\"LANGFUSE_S3_EVENT_UPLOAD_BUCKET\", \"langfuse\");", ""),
    ("a.ts", "out.LANGFUSE_S3_EVENT_UPLOAD_REGION = 'auto';", "S3_EVENT_UPLOAD_REGION=auto"),
    (
        "a.ts",
        "const names = [\"LANGFUSE_S3_EVENT_UPLOAD_BUCKET\", \"LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT\", \"OTHER\"];",
        "",
    ),
    ("a.ts", "const m = new Map([[\"LANGFUSE_S3_EVENT_UPLOAD_BUCKET\", \"acme\"]]);", "S3_EVENT_UPLOAD_BUCKET=acme"),
    ("a.ts", "x = a ? LANGFUSE_S3_EVENT_UPLOAD_BUCKET : \"acme\";", ""),
    ("a.ts", "{ LANGFUSE_S3_EVENT_UPLOAD_REGION: dev ? \"a\" : \"b\" }", "S3_EVENT_UPLOAD_REGION=?"),
    ("a.ts", "{ LANGFUSE_S3_EVENT_UPLOAD_REGION: \"eu-\" + zone }", "S3_EVENT_UPLOAD_REGION=?"),
    ("a.ts", "if (process.env.LANGFUSE_USE_AZURE_BLOB == \"True\") {}", ""),
    (
        "a.ts",
        "const s = `\n  LANGFUSE_S3_EVENT_UPLOAD_BUCKET: acme\n  LANGFUSE_S3_EVENT_UPLOAD_REGION: ${region}\n`;",
        "S3_EVENT_UPLOAD_BUCKET=acme S3_EVENT_UPLOAD_REGION=?",
    ),
    ("a.ts", "/* x */ e = { LANGFUSE_S3_EVENT_UPLOAD_BUCKET: \"a\\\"b\" } // \"", "S3_EVENT_UPLOAD_BUCKET=a\"b"),
    (
        "a.ts",
        "e = { LANGFUSE_S3_EVENT_UPLOAD_BUCKET: kplus.EnvValue.fromValue('acme') }",
        "S3_EVENT_UPLOAD_BUCKET=acme",
    ),
    ("a.py", "bucket = os.getenv('LANGFUSE_S3_EVENT_UPLOAD_BUCKET', 'acme')", ""),
    ("a.py", "monkeypatch.setenv(\"LANGFUSE_S3_EVENT_UPLOAD_BUCKET\", \"acme\")", "S3_EVENT_UPLOAD_BUCKET=acme"),
    ("a.py", "LANGFUSE_S3_EVENT_UPLOAD_BUCKET: str = \"acme\"", "S3_EVENT_UPLOAD_BUCKET=acme"),
    (
        "a.py",
        "dict(LANGFUSE_S3_EVENT_UPLOAD_BUCKET='acme', LANGFUSE_S3_EVENT_UPLOAD_REGION=r'auto')",
        "S3_EVENT_UPLOAD_BUCKET=acme S3_EVENT_UPLOAD_REGION=auto",
    ),
    ("a.py", "{'LANGFUSE_S3_EVENT_UPLOAD_REGION': 'x' if prod else 'y'}", "S3_EVENT_UPLOAD_REGION=?"),
    ("a.py", "TEMPLATE = \"\"\"\nLANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme\n\"\"\"", "S3_EVENT_UPLOAD_BUCKET=acme"),
    ("a.tf", "LANGFUSE_S3_EVENT_UPLOAD_PREFIX = \"${lookup(var.p, \"x\")}/\"", "S3_EVENT_UPLOAD_PREFIX=?"),
    ("a.tf", "LANGFUSE_S3_EVENT_UPLOAD_PREFIX = tostring(\"a/\")", "S3_EVENT_UPLOAD_PREFIX=a/"),
    ("a.tf", "LANGFUSE_S3_EVENT_UPLOAD_PREFIX = \"$${P}\"", "S3_EVENT_UPLOAD_PREFIX=?"),
    ("a.tf", "x = var.LANGFUSE_S3_EVENT_UPLOAD_PREFIX == \"a\"", ""),
    ("a.nix", "\"LANGFUSE_S3_EVENT_UPLOAD_BUCKET\" = \"acme\";", "S3_EVENT_UPLOAD_BUCKET=acme"),
    ("a.nix", "LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH = toString 5;", "S3_MEDIA_MAX_CONTENT_LENGTH=?"),
    ("a.cs", "Environment.GetEnvironmentVariable(\"LANGFUSE_S3_EVENT_UPLOAD_BUCKET\")", ""),
    (
        "a.cs",
        "Environment.SetEnvironmentVariable(\"LANGFUSE_S3_EVENT_UPLOAD_BUCKET\", \"acme\");",
        "S3_EVENT_UPLOAD_BUCKET=acme",
    ),
    ("a.kt", "put(\"LANGFUSE_S3_EVENT_UPLOAD_BUCKET\", \"acme\")", "S3_EVENT_UPLOAD_BUCKET=acme"),
    (
        "a.yml",
        "- hosts: all\n  tasks:\n    - env:\n        LANGFUSE_S3_EVENT_UPLOAD_BUCKET: \"{{ b }}\"\n        LANGFUSE_S3_EVENT_UPLOAD_REGION: auto",
        "S3_EVENT_UPLOAD_BUCKET=? S3_EVENT_UPLOAD_REGION=auto",
    ),
    (
        "a.yml",
        "image: {{ image }}\nenv: {LANGFUSE_S3_EVENT_UPLOAD_REGION: auto, LANGFUSE_S3_EVENT_UPLOAD_BUCKET: 'x'}",
        "S3_EVENT_UPLOAD_REGION=auto S3_EVENT_UPLOAD_BUCKET=x",
    ),
    (
        "a.tpl",
        "{{ if eq .x \"a\" }}{ name: LANGFUSE_S3_EVENT_UPLOAD_REGION, value: auto }{{ end }}",
        "S3_EVENT_UPLOAD_REGION=auto",
    ),
    (
        "a.yaml",
        "{{ x }}\n- value: auto\n  name: LANGFUSE_S3_EVENT_UPLOAD_REGION\n- name: B\n  value: c",
        "S3_EVENT_UPLOAD_REGION=auto",
    ),
    ("a.yaml", "{{ x }}\n- name: LANGFUSE_S3_EVENT_UPLOAD_REGION\n- name: B\n  value: c", "S3_EVENT_UPLOAD_REGION=?"),
    ("Dockerfile", "FROM x\nENV LANGFUSE_S3_EVENT_UPLOAD_BUCKET acme # not a comment", "S3_EVENT_UPLOAD_BUCKET=acme"),
    (
        "Dockerfile",
        "FROM x\nENV A=b \\\n  # LANGFUSE_S3_EVENT_UPLOAD_REGION=auto\n  LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme\n",
        "S3_EVENT_UPLOAD_BUCKET=acme",
    ),
    ("a.tf", "x = [{ key = \"LANGFUSE_S3_EVENT_UPLOAD_BUCKET\", value = \"acme\" }]", "S3_EVENT_UPLOAD_BUCKET=acme"),
    // A secret's key sets nothing.
    (
        "a.tf",
        "env {\n  name = \"A\"\n  value_from {\n    secret_key_ref {\n      key = \"LANGFUSE_S3_EVENT_UPLOAD_BUCKET\"\n    }\n  }\n}",
        "",
    ),
    (
        "a.tf",
        "set {\n  name  = \"e[0].name\"\n  value = \"LANGFUSE_S3_EVENT_UPLOAD_BUCKET\"\n}\nset {\n  name  = \"e[0].value\"\n  value = \"acme\"\n}",
        "S3_EVENT_UPLOAD_BUCKET=acme",
    ),
    (
        "a.tf",
        "set {\n  name  = \"e[1].name\"\n  value = \"LANGFUSE_S3_EVENT_UPLOAD_BUCKET\"\n}\nset {\n  name  = \"e[0].value\"\n  value = \"acme\"\n}",
        "S3_EVENT_UPLOAD_BUCKET=?",
    ),
    (
        "a.sh",
        "gcloud run deploy x --update-env-vars=LANGFUSE_S3_EVENT_UPLOAD_REGION=auto,LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme",
        "S3_EVENT_UPLOAD_REGION=auto S3_EVENT_UPLOAD_BUCKET=acme",
    ),
    (
        "a.sh",
        "helm install x y \\\n  --set e[0].name=LANGFUSE_S3_EVENT_UPLOAD_BUCKET \\\n  --set e[0].value=acme",
        "S3_EVENT_UPLOAD_BUCKET=acme",
    ),
    (
        "a.ts",
        "setDefault(env, \"LANGFUSE_S3_EVENT_UPLOAD_BUCKET\", \"acme\"); log(env, \"LANGFUSE_S3_EVENT_UPLOAD_REGION\", x)",
        "S3_EVENT_UPLOAD_BUCKET=acme",
    ),
    ("a.go", "fmt.Sprintf(\"LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://x:%d\", p)", "S3_EVENT_UPLOAD_ENDPOINT=?"),
];

#[test]
fn shapes() {
    let mut wrong = String::new();
    for (name, text, expected) in SHAPES {
        let (deployment, _) = examined(name, text);
        let settings = deployment.environments.iter().flat_map(|(_, e)| e.iter());
        let found: Vec<String> = settings
            .map(|s| {
                let place = s.place.unwrap();
                assert_eq!(deployment.slice(place.name), s.name, "{name}: {text}");
                assert!(!place.plain || s.text() == Some(deployment.slice(place.value)), "{name}: {text}");
                format!("{}={}", s.name.trim_start_matches("LANGFUSE_"), s.text().unwrap_or("?"))
            })
            .collect();
        if found.join(" ") != *expected {
            let _ = writeln!(wrong, "{name}: {text}\n  found:    {}\n  expected: {expected}", found.join(" "));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_language_is_named_and_detected() {
    for language in Language::ALL {
        assert_eq!(Kind::from_name(language.name()), Some(Kind::Excerpt(language)));
        let sample = "{{ x }}\n";
        let text = if language == Language::HelmTemplate { sample } else { "" };
        assert_eq!(detect::kind(language.file_name(), text), Some(Kind::Excerpt(language)), "{}", language.name());
        assert!(FIXTURES.iter().filter(|(_, kind, _)| *kind == language.name()).count() >= 5, "{}", language.name());
    }
}

#[test]
fn standard_input_is_judged_by_its_content() {
    for (path, kind, _) in FIXTURES {
        let text = fixture(path);
        let found = detect::kind("-", &text);
        // Nothing but its name shows what these are.
        let silent = [
            "bicep/settings.bicep",
            "dockerfile/worker.Dockerfile",
            "java/Langfuse.kt",
            "java/build.gradle.kts",
            "jinja/group_vars.yml",
            "jinja/langfuse.container.j2",
            "shell/.envrc",
            "javascript/index.js",
            "jinja/docker-compose.yml.j2",
            "python/stack.py",
            "terraform-template/",
            "shell/oci.sh",
            "helm-template/_helpers.tpl",
            "csharp/",
            "terraform/ecs.tf",
        ];
        if !silent.iter().any(|s| path.starts_with(s)) {
            assert_eq!(found.map(Kind::name), Some(*kind), "{path}");
        }
    }
}

#[test]
fn real_dotenv_files_stay_dotenv() {
    for (name, text) in [
        (".env", "import os\nA=1\n"),
        ("langfuse.env", "#!/bin/sh\nA=1\n"),
        (".env.ts", "A=1\n"),
        ("settings", "A=1\n"),
        ("vars.txt", "# {{ rendered }}\nA=1\n"),
        ("-", "A={\"x\": 1}\n"),
        ("-", ""),
        ("-", "A={{ x }}\nB=1\n"),
        ("-", "export A=1\nexport B='const x = 1'\n"),
    ] {
        assert_eq!(detect::kind(name, text), Some(Kind::Dotenv), "{name}: {text:?}");
    }
    for (name, text, kind) in [
        ("values.yaml", "s3:\n  bucket: x\n  region: '{{ .Values.region }}'\n", Kind::Helm),
        ("docker-compose.yml", "services:\n  a:\n    labels: ['{{.Name}}']\n", Kind::Compose),
        (
            "vault.yaml",
            "apiVersion: v1\nkind: Pod\nx:\n  t: |\n    {{- with secret \"a\" }}\n    A={{ .b }}\n    {{- end }}\n",
            Kind::K8s,
        ),
        ("values.yaml", "s3:\n  x: |\n    {{- with secret \"a\" }}\n    {% a %}\n", Kind::Helm),
        ("app.yaml", "apiVersion: argoproj.io/v1alpha1\nkind: Application\nx: '{{path}}'\n", Kind::K8s),
    ] {
        assert_eq!(detect::kind(name, text), Some(kind), "{name}: {text:?}");
    }
}

#[test]
fn a_file_of_another_format_is_said_to_be_just_that() {
    for (name, text) in [
        ("app.toml", "[env]\nLANGFUSE_S3_EVENT_UPLOAD_BUCKET = \"x\"\n"),
        ("README.md", "# Langfuse\n\nLANGFUSE_S3_EVENT_UPLOAD_BUCKET=x\n"),
        ("page.html", "<p>A=1</p>"),
        ("-", "<?xml version=\"1.0\"?><a b=\"1\"/>"),
        ("notes", "nothing to see here\n"),
        ("Makefile", "A = 1\nrun:\n\techo $(A)\n"),
        ("prometheus.yml", "scrape_configs:\n  - job_name: x\n"),
    ] {
        let options = check::Options::default();
        let Err(error) = examine(&[input(name, text, None)], &Options::default(), &options, &NoFiles) else {
            panic!("{name} was read");
        };
        assert_eq!(error, ReadError::Foreign { file: name.into() });
        assert!(error.to_string().starts_with(&format!("{name}: not a format langfuse-blob reads; ")), "{error}");
    }
}

fn run_check(arguments: &[&str], files: &BTreeMap<&str, &str>) -> Result<command::Output, command::CommandError> {
    let mut values = Values::default();
    values.0.insert("FILE".into(), arguments.iter().map(|a| (*a).to_owned()).collect());
    let command: Command = values.command("check").unwrap().unwrap();
    command::run(&command, &Context::new(files))
}

#[test]
fn a_file_of_another_format_ends_with_2_after_the_others_were_judged() {
    let files = BTreeMap::from([
        ("app.toml", "[a]\nb = 1\n"),
        ("main.tf", "locals {\n  LANGFUSE_S3_EVENT_UPLOAD_REGION = \"eu-west-1a\"\n}\n"),
    ]);
    let error = run_check(&["app.toml"], &files).unwrap_err();
    assert_eq!(error.exit, Exit::Usage);
    let output = run_check(&["app.toml", "main.tf"], &files).unwrap();
    assert_eq!(output.exit, Exit::Usage);
    assert!(output.stdout.contains("main.tf:2:38"), "{}", output.stdout);
    assert!(output.stderr.iter().any(|l| l.starts_with("error: app.toml: not a format")), "{:?}", output.stderr);
    assert_eq!(run_check(&["main.tf"], &files).unwrap().exit, Exit::Problems);
}

#[test]
fn the_text_says_that_it_is_an_excerpt() {
    let (deployment, report) = examined("terraform/azure.tf", &fixture("terraform/azure.tf"));
    let printed = text::render(&report, &deployment, Style::default());
    for line in [
        "read terraform/azure.tf (terraform)",
        "terraform/azure.tf: read as an excerpt of Terraform: judging literal values only",
        "to judge the whole environment, check `terraform show -json | langfuse-blob check -`",
    ] {
        assert!(printed.contains(line), "{line}\n{printed}");
    }
    let (deployment, report) = examined("main.tf", "resource \"a\" \"b\" {}\n");
    assert!(report.diagnostics.is_empty());
    let printed = text::render(&report, &deployment, Style::default());
    assert!(printed.contains("main.tf: sets none of Langfuse's variables"), "{printed}");
}

#[test]
fn a_fix_stays_inside_its_literal() {
    for (path, _, _) in FIXTURES {
        let before = fixture(path);
        let (_, report) = examined(path, &before);
        let after = fix::apply([(*path, before.as_str())], &report, true);
        let Some(after) = after.get(*path) else { continue };
        // What differs are words without anything that a literal would have to escape.
        let changed: Vec<(&str, &str)> = before.lines().zip(after.lines()).filter(|(a, b)| a != b).collect();
        assert_eq!(before.lines().count(), after.lines().count(), "{path}");
        for (old, new) in changed {
            let marks = |line: &str| line.chars().filter(|c| "\"'`$\\{}(),;=".contains(*c)).collect::<String>();
            assert_eq!(marks(old), marks(new), "{path}: {old} -> {new}");
        }
    }
    let text = "locals {\n  LANGFUSE_S3_EVENT_UPLOAD_REGION = \"eu-west-1a\"\n}\n";
    let (_, report) = examined("main.tf", text);
    let fixed = fix::apply([("main.tf", text)], &report, false);
    assert_eq!(fixed["main.tf"], text.replace("1a", "1"));
    // A rename would leave references to the old name behind.
    let text = "export LANGFUSE_S3_EVENT_UPLOAD_BUCKETT=acme\necho $LANGFUSE_S3_EVENT_UPLOAD_BUCKETT\n";
    let (_, report) = examined("a.sh", text);
    assert!(fix::apply([("a.sh", text)], &report, true).is_empty());
}

#[test]
fn secrets_are_not_printed() {
    let text = "env = [{ name = \"POSTGRES_PASSWORD\", value = \"hunter2horse\" }, \
                { name = \"LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY\", value = \"q8Zk3vYw\\\"L5nTb7Rc\" }, \
                { name = \"LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE\", value = \"True\" }] # langfuse\n";
    let (deployment, report) = examined("main.tf", text);
    let printed = text::render(&report, &deployment, Style::default());
    assert!(printed.contains("boolean-not-true-or-false"), "{printed}");
    for secret in ["hunter2horse", "q8Zk3vYw", "L5nTb7Rc"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[test]
fn files_are_judged_side_by_side() {
    let files = BTreeMap::from([
        (".env", "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme\nLANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1\n"),
        ("main.tf", "locals {\n  LANGFUSE_S3_EVENT_UPLOAD_REGION = \"eu-west-1a\"\n}\n"),
    ]);
    let inputs = [input(".env", files[".env"], None), input("main.tf", files["main.tf"], None)];
    let (deployment, report) = examine(&inputs, &Options::default(), &check::Options::default(), &files).unwrap();
    assert_eq!(deployment.environments.len(), 2);
    let said = said(&report);
    assert!(said.iter().any(|s| s == "h media-bucket-missing S3_MEDIA_UPLOAD_BUCKET -"), "{said:?}");
    assert!(said.iter().any(|s| s == "e region-is-availability-zone S3_EVENT_UPLOAD_REGION 2:38"), "{said:?}");
}

/// The variables of the rule pages' dotenv samples, as far as every language can hold their values.
fn samples() -> Vec<Vec<(String, String)>> {
    let mut all = Vec::new();
    for rule in rule::all() {
        let page = Page::parse(rule.page);
        for sample in page.example.iter().chain(&page.use_instead).filter(|s| s.kind == "dotenv") {
            let mut pairs: Vec<(String, String)> = Vec::new();
            for (name, value) in sample.text.lines().filter_map(|line| line.split_once('=')) {
                let plain = |c: char| c.is_ascii_alphanumeric() || "_-.:/+=".contains(c);
                let named = name.starts_with("LANGFUSE_")
                    && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_' || b.is_ascii_digit());
                if named && !value.is_empty() && value.chars().all(plain) && !pairs.iter().any(|(n, _)| n == name) {
                    pairs.push((name.to_owned(), value.to_owned()));
                }
            }
            if !pairs.is_empty() {
                all.push(pairs);
            }
        }
    }
    all
}

/// A text that sets `pairs`, in the usual way of that language.
fn written(language: Language, pairs: &[(String, String)]) -> String {
    let each = |line: &dyn Fn(&str, &str) -> String| pairs.iter().map(|(n, v)| line(n, v)).collect::<String>();
    match language {
        Language::Terraform => {
            format!(
                "resource \"x\" \"y\" {{\n{}}}\n",
                each(&|n, v| format!("  env {{\n    name  = \"{n}\"\n    value = \"{v}\"\n  }}\n"))
            )
        }
        Language::Bicep => format!("var env = [\n{}]\n", each(&|n, v| format!("  {{ name: '{n}', value: '{v}' }}\n"))),
        Language::Nix => {
            format!("{{ ... }}:\n{{\n  environment = {{\n{}  }};\n}}\n", each(&|n, v| format!("    {n} = \"{v}\";\n")))
        }
        Language::JavaScript => format!("const env = {{\n{}}};\n", each(&|n, v| format!("  {n}: \"{v}\",\n"))),
        Language::Python => format!("env = {{\n{}}}\n", each(&|n, v| format!("    '{n}': \"{v}\",\n"))),
        Language::Go => format!(
            "package x\n\nvar env = map[string]string{{\n{}}}\n",
            each(&|n, v| format!("\t\"{n}\": \"{v}\",\n"))
        ),
        Language::CSharp => {
            format!("var a = b{};\n", each(&|n, v| format!("\n    .WithEnvironment(\"{n}\", \"{v}\")")))
        }
        Language::Java => format!("a = b{};\n", each(&|n, v| format!("\n    .withEnv(\"{n}\", \"{v}\")"))),
        Language::Shell => format!("#!/bin/sh\n{}", each(&|n, v| format!("export {n}={v}\n"))),
        Language::Dockerfile => format!("FROM langfuse/langfuse:3\n{}", each(&|n, v| format!("ENV {n}={v}\n"))),
        Language::GithubWorkflow => {
            format!("on: push\nenv:\n{}jobs: {{}}\n", each(&|n, v| format!("  {n}: \"{v}\"\n")))
        }
        Language::HelmTemplate => {
            format!(
                "{{{{- if x }}}}\nenv:\n{}{{{{- end }}}}\n",
                each(&|n, v| format!("  - name: {n}\n    value: \"{v}\"\n"))
            )
        }
        Language::Jinja => each(&|n, v| format!("{n}={v}\n")),
        Language::TerraformTemplate => {
            format!("[\n{}]\n", each(&|n, v| format!("  {{\"name\": \"{n}\", \"value\": \"{v}\"}},\n")))
        }
    }
}

/// Rules that are about something that isn't there.
const ABSENCE: &[&str] = &[
    "azure-account-incomplete",
    "azure-not-enabled",
    "bucket-missing",
    "endpoint-from-aws-variable",
    "engine-setting-without-switch",
    "event-bucket-missing",
    "export-not-enabled",
    "key-pair-half-set",
    "keys-missing-for-store",
    "media-bucket-missing",
    "media-writer-without-bucket",
    "oci-auth-type-missing",
    "oci-config-file-missing",
    "path-style-missing",
    "region-auto-without-endpoint",
    "region-missing",
    "setting-without-its-switch",
];

#[test]
fn nothing_is_said_about_what_is_missing() {
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    let samples = samples();
    assert!(samples.len() > 100);
    let mut fired = BTreeSet::new();
    for pairs in &samples {
        for round in 0..4 {
            let some: Vec<(String, String)> = pairs.iter().filter(|_| round == 0 || next() % 2 == 0).cloned().collect();
            let dotenv: String = some.iter().map(|(n, v)| format!("{n}={v}\n")).collect();
            let options = Options { deployment: Some(Wrapper::Raw), ..Options::default() };
            let whole = [input("x.env", &dotenv, Some(Kind::Dotenv))];
            let whole = examine(&whole, &options, &check::Options::default(), &NoFiles).unwrap().1;
            let mut others: Option<BTreeSet<_>> = None;
            for language in Language::ALL {
                let text = written(language, &some);
                let path = language.file_name();
                let inputs = [input(path, &text, Some(Kind::Excerpt(language)))];
                let (deployment, report) =
                    examine(&inputs, &Options::default(), &check::Options::default(), &NoFiles).unwrap();
                let set: BTreeSet<&str> =
                    deployment.environments.iter().flat_map(|(_, e)| e.iter()).map(|s| s.name.as_ref()).collect();
                let expected: BTreeSet<&str> = some.iter().map(|(n, _)| n.as_str()).collect();
                assert_eq!(set, expected, "{}\n{text}", language.name());
                for d in &report.diagnostics {
                    fired.insert(d.rule.to_string());
                    assert!(
                        !ABSENCE.contains(&d.rule.as_ref()),
                        "{}: {} {}\n{text}",
                        language.name(),
                        d.rule,
                        d.message
                    );
                    let variable = d.variable.as_deref();
                    assert!(variable.is_none_or(|v| set.contains(v)), "{}: {}\n{text}", d.rule, d.message);
                    let by_value = d.rule == "region-is-availability-zone";
                    let also = whole.diagnostics.iter().any(|o| {
                        o.rule == d.rule
                            && (o.variable == d.variable
                                || o.related.iter().any(|r| variable.is_some_and(|v| r.message.contains(v))))
                    });
                    assert!(by_value || also, "{}: {} {}\n{text}", language.name(), d.rule, d.message);
                }
                let found: BTreeSet<_> =
                    report.diagnostics.iter().map(|d| (d.rule.clone(), d.variable.clone(), d.severity)).collect();
                if let Some(others) = &others {
                    assert_eq!(*others, found, "{}\n{text}", language.name());
                }
                others = Some(found);
            }
        }
    }
    assert!(fired.len() > 40, "{fired:?}");
}

#[test]
fn no_shape_costs_more_than_its_length() {
    const NAME: &str = "LANGFUSE_S3_EVENT_UPLOAD_BUCKET";
    for (name, unit) in [
        ("a.ts", format!("{{ name: \"{NAME}\", x: ")),
        ("a.ts", format!("[\"{NAME}\", ")),
        ("a.ts", "`${`".to_owned()),
        ("a.tf", "<<A\n".to_owned()),
        ("a.tf", "\"${\"".to_owned()),
        ("a.py", "f'{".to_owned()),
        ("a.nix", "''$".to_owned()),
        ("a.sh", format!("{NAME}=x ")),
        ("a.j2", format!("{{# {NAME}\n")),
        ("a.j2", format!("- name: {NAME}\n")),
        ("a.j2", format!("{NAME}:\n")),
        ("a.go", "((((".to_owned()),
    ] {
        let text = unit.repeat(400_000 / unit.len());
        let started = std::time::Instant::now();
        let _ = examined(name, &text);
        assert!(started.elapsed().as_secs() < 20, "{name}: {unit:?} takes {:?}", started.elapsed());
    }
    let large = " ".repeat((8 << 20) + 1);
    let inputs = [input("a.ts", &large, None)];
    let read = examine(&inputs, &Options::default(), &check::Options::default(), &NoFiles);
    assert!(matches!(read, Err(ReadError::Undecodable { .. })));
}

#[test]
fn show_lists_every_environment_of_an_excerpt() {
    let text = "a = { LANGFUSE_S3_EVENT_UPLOAD_BUCKET = \"one\" }\nb = { LANGFUSE_S3_EVENT_UPLOAD_BUCKET = x.y }\n";
    let files = BTreeMap::from([("main.tf", text)]);
    let mut values = Values::default();
    values.0.insert("FILE".into(), vec!["main.tf".into()]);
    let command = values.command("show").unwrap().unwrap();
    let output = command::run(&command, &Context::new(&files)).unwrap();
    assert!(output.stdout.contains("one  # main.tf:1"), "{}", output.stdout);
    assert!(output.stdout.contains("(not visible here)  # main.tf:2"), "{}", output.stdout);
    let warning = "warning: main.tf is read as an excerpt of Terraform: only literal values are known";
    assert!(output.stderr.iter().any(|line| line == warning), "{:?}", output.stderr);
}

#[test]
fn fix_writes_the_file() {
    let text = "locals {\n  LANGFUSE_S3_EVENT_UPLOAD_REGION = \"eu-west-1a\"\n}\n";
    let files = BTreeMap::from([("main.tf", text)]);
    let mut values = Values::default();
    values.0.insert("FILE".into(), vec!["main.tf".into()]);
    values.0.insert("fix".into(), Vec::new());
    values.0.insert("format".into(), vec!["json".into()]);
    let command = values.command("check").unwrap().unwrap();
    let output = command::run(&command, &Context::new(&files)).unwrap();
    assert_eq!(output.writes.len(), 1);
    assert_eq!(output.writes[0].text, text.replace("1a", "1"));
    assert_eq!(output.exit, Exit::Clean);
    let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(report["read"][0]["kind"], "terraform");
    assert_eq!(report["read"][0]["excerpt"], true);
}

#[test]
fn a_report_without_the_key_is_still_parsed() {
    let read = r#"{ "file": ".env", "kind": "dotenv", "containers": ["web", "worker"] }"#;
    let read: langfuse_blob_core::report::Read = serde_json::from_str(read).unwrap();
    assert!(!read.excerpt);
}

#[test]
fn no_mixture_of_pieces_breaks_a_reader() {
    const PIECES: &[&str] = &[
        "LANGFUSE_S3_EVENT_UPLOAD_BUCKET",
        "name",
        "value",
        "\"",
        "'",
        "`",
        "''",
        "\"\"\"",
        "$",
        "${",
        "{{",
        "}}",
        "{%",
        "%}",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "=",
        ":",
        ",",
        ";",
        ".",
        "\n",
        "\r\n",
        " ",
        "  ",
        "\\",
        "#",
        "//",
        "/*",
        "*/",
        "<<EOF",
        "EOF",
        "é",
        "日本",
        "\u{feff}",
        "f\"",
        "$\"",
        "@\"",
        "ENV ",
        "export ",
        "- ",
        "-e ",
        "--set a.name=",
        "to",
        "true",
        "|",
    ];
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..common::cases(3000) {
        let mut text = String::new();
        for _ in 0..40 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            text.push_str(PIECES[usize::try_from(random >> 33).unwrap() % PIECES.len()]);
        }
        for language in Language::ALL {
            let inputs = [input(language.file_name(), &text, Some(Kind::Excerpt(language)))];
            let (deployment, report) =
                examine(&inputs, &Options::default(), &check::Options::default(), &NoFiles).unwrap();
            for setting in deployment.environments.iter().flat_map(|(_, e)| e.iter()) {
                let place = setting.place.unwrap();
                assert_eq!(deployment.slice(place.name), setting.name, "{text}");
                assert!(!place.plain || setting.text().unwrap_or("") == deployment.slice(place.value), "{text}");
            }
            let _ = text::render(&report, &deployment, Style::default());
        }
        let _ = detect::kind("-", &text);
    }
}

#[test]
fn a_comment_of_the_language_suppresses() {
    let entry = "LANGFUSE_S3_EVENT_UPLOAD_REGION: \"eu-west-1a\",";
    for text in [
        format!("e = {{\n  {entry} // langfuse-blob: ignore region-is-availability-zone -- a test\n}}\n"),
        format!("e = {{\n  // langfuse-blob: ignore region-is-availability-zone\n  {entry}\n}}\n"),
        format!("// langfuse-blob: ignore-file region-is-availability-zone\ne = {{\n  {entry}\n}}\n"),
    ] {
        assert_eq!(said(&examined("a.ts", &text).1), [""; 0], "{text}");
    }
    let text = format!("e = {{\n  {entry}\n}}\n");
    assert_eq!(said(&examined("a.ts", &text).1).len(), 1);
}
