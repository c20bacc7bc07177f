//! Files of every kind that has settings in it, each with what is said about it, and where.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use langfuse_blob_core::check::{self, examine};
use langfuse_blob_core::files::NoFiles;
use langfuse_blob_core::report::{Report, Severity, fix};
use langfuse_blob_core::source::{Deployment, Given, Input, Kind, Options, ReadError};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/inputs")
}

/// The files in the directory of `path`, by name.
fn beside(path: &str) -> BTreeMap<String, String> {
    let directory = fixtures().join(path).parent().unwrap().to_owned();
    let files = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    files.map(|f| (f.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(f).unwrap())).collect()
}

/// The fixtures that are read through another one.
const BESIDE: [&str; 5] = [
    "helmfile/values.yaml",
    "kustomize/deployment.yaml",
    "kustomize/storage.env",
    "kustomize/web.yaml",
    "systemd/more.env",
];

fn examined(name: &str, text: &str, options: &Options, files: &BTreeMap<String, String>) -> (Deployment, Report) {
    try_examined(name, text, options, files).unwrap()
}

fn try_examined(
    name: &str,
    text: &str,
    options: &Options,
    files: &BTreeMap<String, String>,
) -> Result<(Deployment, Report), ReadError> {
    let inputs = [Input { name: name.into(), given: Given::Bytes(text.into()), kind: None, container: None }];
    examine(&inputs, options, &check::Options::default(), files)
}

/// The file, what it was read as, and the errors and warnings with their lines and columns.
fn said(path: &str) -> String {
    said_of(path, &beside(path))
}

fn said_of(path: &str, files: &BTreeMap<String, String>) -> String {
    let name = path.rsplit('/').next().unwrap();
    let (deployment, report) = match try_examined(name, &files[name], &Options::default(), files) {
        Ok(read) => read,
        Err(error) => return format!("{path}: {error}"),
    };
    let mut out = format!("{path}: {}", deployment.texts[0].kind.name());
    for d in report.diagnostics.iter().filter(|d| d.severity > Severity::Hint) {
        let at = d.span.as_ref().map_or("-".into(), |s| {
            let file = if s.file == name { String::new() } else { format!("{}:", s.file) };
            format!("{file}{}:{}", s.line, s.column)
        });
        write!(out, "\n  {} {} {at}", d.rule, d.variable.as_deref().unwrap_or("-")).unwrap();
    }
    out
}

/// The fixtures that aren't excerpts, for which tests/excerpts.rs is.
fn whole() -> Vec<String> {
    let mut paths = Vec::new();
    for kind in std::fs::read_dir(fixtures()).unwrap() {
        let kind = kind.unwrap().path();
        if Kind::from_name(kind.file_name().unwrap().to_str().unwrap()).unwrap().is_excerpt() {
            continue;
        }
        for file in std::fs::read_dir(&kind).unwrap() {
            let file = file.unwrap().path();
            let name = |p: &Path| p.file_name().unwrap().to_str().unwrap().to_owned();
            let path = format!("{}/{}", name(&kind), name(&file));
            if !BESIDE.contains(&path.as_str()) {
                paths.push(path);
            }
        }
    }
    paths.sort();
    paths
}

#[test]
fn every_kind_is_read() {
    let said: Vec<String> = whole().iter().map(|p| said(p)).collect();
    insta::assert_snapshot!(said.join("\n"), @r"
    argocd/another-chart.yaml: another-chart.yaml: nothing in this Argo CD application installs the Langfuse chart or runs a Langfuse image
    argocd/application-set.yaml: argocd
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 31:23
    argocd/malformed.yaml: argocd
      file-refused-by-reader - 13:1
    argocd/multi-source.yaml: argocd
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 25:21
    argocd/parameters.yaml: argocd
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 17:18
    argocd/quoted.yaml: argocd
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 9:15
    argocd/set.yaml: argocd
      keys-missing-for-store LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID 22:24
      prefixes-overlap LANGFUSE_S3_BATCH_EXPORT_PREFIX 22:24
      media-endpoint-worker-localhost LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT 24:41
    argocd/several.yaml: several.yaml: this file installs Langfuse more than once, as `lf-staging` and as `lf-production`
    argocd/values-object.yaml: argocd
      prefixes-overlap LANGFUSE_S3_BATCH_EXPORT_PREFIX 19:19
      prefixes-overlap LANGFUSE_S3_MEDIA_UPLOAD_PREFIX 19:19
      region-auto-on-aws LANGFUSE_S3_EVENT_UPLOAD_REGION 20:19
    argocd/values-text.yaml: argocd
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 28:21
    cloud-run/exported.yaml: cloud-run
      boolean-not-true-or-false LANGFUSE_USE_GOOGLE_CLOUD_STORAGE 19:19
      region-missing LANGFUSE_S3_EVENT_UPLOAD_REGION 21:18
    cloud-run/service.yaml: cloud-run
      endpoint-without-scheme LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT 18:18
    cloud-run/sidecar.yaml: cloud-run
    cloud-run/two.yaml: cloud-run
      bucket-name-reserved-by-google LANGFUSE_S3_MEDIA_UPLOAD_BUCKET 26:63
    cloudformation/apprunner.json: cloudformation
      region-misspelled LANGFUSE_S3_EVENT_UPLOAD_REGION 14:72
    cloudformation/cdk.json: cloudformation
      region-missing LANGFUSE_S3_EVENT_UPLOAD_REGION 11:26
      boolean-not-true-or-false LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE 12:80
    cloudformation/compute.yaml: cloudformation
    cloudformation/fargate.yaml: cloudformation
      endpoint-without-scheme LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT 19:22
    cloudformation/template.yaml: cloudformation
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 16:22
    container-apps/app.yaml: container-apps
    container-apps/arm.json: container-apps
      boolean-not-true-or-false LANGFUSE_USE_AZURE_BLOB 17:64
      region-missing LANGFUSE_S3_EVENT_UPLOAD_REGION 18:72
    container-apps/list.json: container-apps
      azure-container-name-invalid LANGFUSE_S3_EVENT_UPLOAD_BUCKET 15:70
    container-apps/show.json: container-apps
      boolean-not-true-or-false LANGFUSE_USE_AZURE_BLOB 10:60
      region-missing LANGFUSE_S3_EVENT_UPLOAD_REGION 11:68
    container-apps/show.yaml: container-apps
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 10:16
      key-pair-half-set LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY 11:15
    docker-inspect/image.json: docker-inspect
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 7:109
    docker-inspect/podman.json: docker-inspect
      endpoint-without-scheme LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT 18:56
    docker-inspect/project.json: docker-inspect
      prefixes-overlap LANGFUSE_S3_MEDIA_UPLOAD_PREFIX 20:42
      media-endpoint-internal LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT 21:44
      prefixes-overlap LANGFUSE_S3_MEDIA_UPLOAD_PREFIX 40:42
    docker-inspect/swarm.json: docker-inspect
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 8:105
    docker-inspect/variables.json: docker-inspect
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 1:77
    docker-inspect/web.json: docker-inspect
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 10:50
    ecs/containers.json: ecs
      boolean-not-true-or-false LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE 7:72
    ecs/described.json: ecs
      buckets-differ LANGFUSE_S3_EVENT_UPLOAD_BUCKET 9:61
      key-pair-half-set LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID 14:17
    ecs/described.yaml: ecs
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 7:14
    ecs/number.json: ecs
      file-refused-by-reader - 6:82
    ecs/register.json: ecs
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 15:64
      boolean-not-true-or-false LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE 16:74
    ecs/sidecars.json: ecs
      region-auto-without-endpoint LANGFUSE_S3_EVENT_UPLOAD_REGION 15:64
    ecs/single.json: ecs
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 7:60
      region-missing LANGFUSE_S3_MEDIA_UPLOAD_REGION 8:60
    flux/app-template.yaml: flux
      buckets-differ LANGFUSE_S3_EVENT_UPLOAD_BUCKET 21:48
      boolean-not-true-or-false LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE 24:59
    flux/chart-ref.yaml: flux
      prefixes-overlap LANGFUSE_S3_BATCH_EXPORT_PREFIX 15:15
      prefixes-overlap LANGFUSE_S3_MEDIA_UPLOAD_PREFIX 15:15
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 16:15
    flux/substitute.yaml: flux
    flux/values-from.yaml: flux
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 24:15
    flux/values.yaml: flux
      prefixes-overlap LANGFUSE_S3_BATCH_EXPORT_PREFIX 20:15
      prefixes-overlap LANGFUSE_S3_MEDIA_UPLOAD_PREFIX 20:15
      region-auto-on-aws LANGFUSE_S3_EVENT_UPLOAD_REGION 21:15
    helm-get/chart-one.yaml: helm-get
      prefixes-overlap LANGFUSE_S3_BATCH_EXPORT_PREFIX 15:11
      prefixes-overlap LANGFUSE_S3_MEDIA_UPLOAD_PREFIX 15:11
      prefix-without-slash LANGFUSE_S3_EVENT_UPLOAD_PREFIX 19:13
    helm-get/computed.yaml: helm-get
      prefixes-overlap LANGFUSE_S3_BATCH_EXPORT_PREFIX 13:11
      prefixes-overlap LANGFUSE_S3_MEDIA_UPLOAD_PREFIX 13:11
      endpoint-without-scheme LANGFUSE_S3_BATCH_EXPORT_ENDPOINT 15:13
      endpoint-without-scheme LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT 15:13
      endpoint-without-scheme LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT 15:13
    helm-get/metadata.yaml: helm-get
    helm-get/plain.yaml: helm-get
      media-endpoint-localhost LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT 5:12
      media-endpoint-worker-localhost LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT 5:12
      chart-store-out-of-reach LANGFUSE_S3_BATCH_EXPORT_ENDPOINT 9:10
    helm-get/values.yaml: helm-get
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 15:11
    helm/from-release.json: helm
      prefixes-overlap LANGFUSE_S3_BATCH_EXPORT_PREFIX 1:75
      prefixes-overlap LANGFUSE_S3_MEDIA_UPLOAD_PREFIX 1:75
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 1:132
    helm/old-minio.yaml: helm
      chart-store-out-of-reach LANGFUSE_S3_BATCH_EXPORT_ENDPOINT 3:10
      chart-store-out-of-reach LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT 3:10
      chart-section-not-read - 6:1
    helm/values.yaml.j2: helm
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 6:11
    helm/values.yaml.tpl: helm
      prefixes-overlap LANGFUSE_S3_BATCH_EXPORT_PREFIX 14:12
    helmfile/helmfile-env.yaml.gotmpl: helmfile
      number-not-readable LANGFUSE_S3_CONCURRENT_WRITES 9:23
      prefixes-overlap LANGFUSE_S3_BATCH_EXPORT_PREFIX 11:19
      prefixes-overlap LANGFUSE_S3_MEDIA_UPLOAD_PREFIX 11:19
    helmfile/helmfile-many.yaml: helmfile
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 15:16
      prefixes-overlap LANGFUSE_S3_BATCH_EXPORT_PREFIX 21:19
      prefixes-overlap LANGFUSE_S3_MEDIA_UPLOAD_PREFIX 21:19
    helmfile/helmfile-shared.yaml: helmfile
      prefixes-overlap LANGFUSE_S3_BATCH_EXPORT_PREFIX 12:19
      prefixes-overlap LANGFUSE_S3_MEDIA_UPLOAD_PREFIX 12:19
      region-auto-on-aws LANGFUSE_S3_EVENT_UPLOAD_REGION 13:19
    helmfile/helmfile.yaml: helmfile
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 14:19
      bucket-name-invalid LANGFUSE_S3_EVENT_UPLOAD_BUCKET values.yaml:6:11
    helmfile/templated.yaml: helmfile
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 13:19
    k3s/config.yaml: k3s
      region-auto-on-aws LANGFUSE_S3_EVENT_UPLOAD_REGION 16:15
    k3s/helmchart.yaml: k3s
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 22:15
    k3s/oci.yaml: k3s
      chart-refuses-values - 14:17
    k3s/set.yaml: k3s
      prefixes-overlap LANGFUSE_S3_BATCH_EXPORT_PREFIX 13:16
      prefixes-overlap LANGFUSE_S3_MEDIA_UPLOAD_PREFIX 13:16
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 14:16
    kustomize/kustomization-chart.yaml: kustomize
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 15:17
    kustomize/kustomization-inline.yaml: kustomize
      prefixes-overlap LANGFUSE_S3_BATCH_EXPORT_PREFIX 14:17
      prefixes-overlap LANGFUSE_S3_MEDIA_UPLOAD_PREFIX 14:17
      region-auto-on-aws LANGFUSE_S3_EVENT_UPLOAD_REGION 15:17
    kustomize/kustomization-patch.yaml: kustomize
    kustomize/kustomization-secret.yaml: kustomize
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 10:41
    kustomize/kustomization.yaml: kustomize
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 10:41
      boolean-not-true-or-false LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE storage.env:1:43
    nomad/both.json: nomad
      boolean-not-true-or-false LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE 24:59
    nomad/job.json: nomad
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 14:51
    nomad/other.json: nomad
      prefix-without-slash LANGFUSE_S3_MEDIA_UPLOAD_PREFIX 21:51
      prefixes-overlap LANGFUSE_S3_MEDIA_UPLOAD_PREFIX 21:51
    nomad/podman.json: nomad
      number-not-readable LANGFUSE_S3_CONCURRENT_WRITES 18:49
    quadlet/langfuse-web.container: quadlet
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 6:85
      file-outside-not-read - 7:17
    quadlet/langfuse-worker.container: quadlet
      endpoint-without-scheme LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT 11:47
    quadlet/lf.container: quadlet
      boolean-not-true-or-false LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE 8:56
    quadlet/minio.container: quadlet
    render/blueprint.yaml: render
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 12:16
    render/built.yaml: render
      boolean-not-true-or-false LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE 8:17
    render/dockerfile.yaml: render
      endpoint-without-scheme LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT 13:16
    render/minio.yaml: render
    render/render.yaml: render
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 11:16
      key-pair-half-set LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY 12:14
    secret-template/external-secret.yaml: secret-template
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 12:42
    secret-template/names.yaml: secret-template
      variable-unknown LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEYID 13:18
    secret-template/sealed-secret.yaml: secret-template
      bucket-name-legacy LANGFUSE_S3_EVENT_UPLOAD_BUCKET 11:40
    secret-template/store.yaml: secret-template
      endpoint-without-scheme LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT 18:45
    secret-template/vault.yaml: secret-template
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 19:17
    systemd/langfuse-web.service: systemd
      file-outside-not-read - 6:17
      boolean-not-true-or-false LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE 10:55
    systemd/langfuse-worker.service: systemd
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 6:88
      boolean-not-true-or-false LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE 7:55
    systemd/more.service: systemd
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 4:36
      boolean-not-true-or-false LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE more.env:1:43
    systemd/override.conf: systemd
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 3:88
    systemd/pod.service: systemd
      prefix-with-empty-segment LANGFUSE_S3_EVENT_UPLOAD_PREFIX 3:88
    terraform-json/cloud-run.json: terraform-json
      region-missing LANGFUSE_S3_EVENT_UPLOAD_REGION 16:78
      boolean-not-true-or-false LANGFUSE_USE_GOOGLE_CLOUD_STORAGE 17:80
    terraform-json/ecs.json: terraform-json
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 1:316
    terraform-json/helm.json: helm.json: no container of this output of `terraform show -json` runs Langfuse
    terraform-json/plan.json: terraform-json
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 3:26
    terraform-json/state.json: terraform-json
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 20:101
    umbrella-values/alias.yaml: umbrella-values
      region-is-availability-zone LANGFUSE_S3_EVENT_UPLOAD_REGION 11:13
    umbrella-values/dependency.yaml: umbrella-values
      boolean-not-true-or-false LANGFUSE_S3_BATCH_EXPORT_ENABLED 9:17
      prefixes-overlap LANGFUSE_S3_MEDIA_UPLOAD_PREFIX 12:13
    umbrella-values/platform.yaml: umbrella-values
      prefixes-overlap LANGFUSE_S3_BATCH_EXPORT_PREFIX 18:13
      prefixes-overlap LANGFUSE_S3_MEDIA_UPLOAD_PREFIX 18:13
      region-auto-on-aws LANGFUSE_S3_EVENT_UPLOAD_REGION 19:13
    umbrella-values/sound.yaml: umbrella-values
    umbrella-values/two.yaml: two.yaml: this file installs Langfuse more than once, as `lf-staging` and as `lf-prod`
    ");
}

#[test]
fn a_kind_is_in_the_directory_of_its_name() {
    for kind in std::fs::read_dir(fixtures()).unwrap() {
        let name = kind.unwrap().file_name().into_string().unwrap();
        assert!(Kind::from_name(&name).is_some(), "{name}");
    }
}

#[test]
fn every_kind_has_samples() {
    for kind in std::fs::read_dir(fixtures()).unwrap() {
        let kind = kind.unwrap().path();
        let name = kind.file_name().unwrap().to_str().unwrap().to_owned();
        // tests/ and conformance/ are full of the others.
        let least = if name == "helm" { 1 } else { 4 };
        let directory = if name == "github-workflow" { kind.join(".github/workflows") } else { kind };
        let count = std::fs::read_dir(directory).unwrap().count();
        assert!(count >= least, "{name}: {count}");
    }
}

#[test]
fn line_ends_and_a_byte_order_mark_change_nothing() {
    type Change = fn(&str) -> String;
    let changes: [(&str, Change); 2] =
        [("CRLF", |text| text.replace('\n', "\r\n")), ("BOM", |text| format!("\u{feff}{text}"))];
    let mut wrong = String::new();
    for path in whole() {
        let files = beside(&path);
        let expected = said_of(&path, &files);
        for (what, change) in &changes {
            let changed = files.iter().map(|(name, text)| (name.clone(), change(text))).collect();
            let said = said_of(&path, &changed);
            if said != expected {
                writeln!(wrong, "{what}: {said}\n  instead of {expected}").unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

const VALUES: [&str; 6] = [
    "s3:\n  deploy: false\n  bucket: acme-lf\n  region: auto\n  endpoint: https://s3.eu-west-1.amazonaws.com\n",
    "langfuse:\n  nextauth:\n    url: https://lf.example.net\n  s3:\n    bucket: x\n",
    "s3:\n  bucket: Acme_Events # é\n  deploy: false\n  secretAccessKey:\n    value: q8Zr0Vt+Lk3/Bn6mXw2Yc9Hd5Jf7Gs1Ta4Ue8PoR\n  accessKeyId: { value: 'AKIAQ7RT2MNBVCXZ5K3P' }\n",
    "langfuse:\n  additionalEnv:\n    - name: LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE\n      value: \"True\"\n    - name: LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE\n      value: \"true\"\ns3:\n  forcePathStyle: \"\"\n  prefix: x\n",
    "s3:\n  mediaUpload:\n    endpoint: localhost:9000\n  eventUpload:\n    prefix: /events\n  batchExport: {enabled: false}\n",
    "langfuse: {}\ns3: { bucket: [a, b], persistence: { size: 8Gi } }\n",
];

/// The values inside each wrapper, with the text before them and the number of columns that they move to the right.
fn wrapped(values: &str) -> Vec<(&'static str, String, usize, usize)> {
    let indented = |by: usize| -> String { values.lines().map(|l| format!("{:by$}{l}\n", "")).collect() };
    let argo = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: langfuse\nspec:\n  source:\n    chart: langfuse\n    targetRevision: 2.0.0\n    helm:\n";
    let flux = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: langfuse\nspec:\n  chart:\n    spec:\n      chart: langfuse\n      version: 2.0.0\n  values:\n";
    let k3s = "apiVersion: helm.cattle.io/v1\nkind: HelmChart\nmetadata:\n  name: langfuse\nspec:\n  chart: langfuse\n  version: 2.0.0\n  valuesContent: |\n";
    let helmfile =
        "releases:\n  - name: langfuse\n    chart: langfuse/langfuse\n    version: 2.0.0\n    values:\n      -\n";
    [
        ("argocd object", format!("{argo}      valuesObject:\n"), 8),
        ("argocd text", format!("{argo}      values: |\n"), 8),
        ("argocd text, trimmed", format!("{argo}      values: |-\n        ---\n"), 8),
        ("flux", flux.to_owned(), 4),
        ("k3s", k3s.to_owned(), 4),
        ("helmfile", helmfile.to_owned(), 8),
        ("helm get", "USER-SUPPLIED VALUES:\n".to_owned(), 0),
    ]
    .into_iter()
    .map(|(name, head, by)| (name, format!("{head}{}", indented(by)), head.lines().count(), by))
    .collect()
}

#[test]
fn a_wrapper_changes_nothing_but_positions() {
    let none = BTreeMap::new();
    let shown = |report: &Report, down: usize, right: usize| -> Vec<String> {
        let at = |s: &langfuse_blob_core::text::span::Location| (s.line - down, s.column - right, s.length);
        let one = |d: &langfuse_blob_core::report::Diagnostic| {
            let related: Vec<_> = d.related.iter().map(|r| (&r.message, r.span.as_ref().map(at))).collect();
            let edits = d.fix.as_ref().map_or(0, |f| f.edits.len());
            format!(
                "{} {:?} {:?} {} {} {:?} {edits}",
                d.rule,
                d.severity,
                d.variable,
                d.message,
                d.help,
                (d.span.as_ref().map(at), related)
            )
        };
        report.diagnostics.iter().map(one).collect()
    };
    let charts = ["2.0.0", "1.5.9", "1.2.0"];
    for (values, chart) in VALUES.iter().flat_map(|values| charts.map(|chart| (values, chart))) {
        let options = Options { chart_version: Some(chart.into()), ..Options::default() };
        let (_, bare) = examined("values.yaml", values, &options, &none);
        for (name, text, down, right) in wrapped(values) {
            let (_, report) = examined("x.yaml", &text, &options, &none);
            assert_eq!(shown(&report, down, right), shown(&bare, 0, 0), "{name}\n{text}");
        }
    }
}

#[test]
fn fixes_work_through_wrappers() {
    let options = Options { chart_version: Some("2.0.0".into()), ..Options::default() };
    let none = BTreeMap::new();
    let mut fixed = 0;
    for values in VALUES {
        let (_, report) = examined("values.yaml", values, &options, &none);
        let bare = fix::apply([("values.yaml", values)], &report, true);
        let Some(bare) = bare.get("values.yaml") else { continue };
        fixed += 1;
        for ((name, text, ..), (_, expected, ..)) in wrapped(values).into_iter().zip(wrapped(bare)) {
            let (_, report) = examined("x.yaml", &text, &options, &none);
            let fixed = fix::apply([("x.yaml", text.as_str())], &report, true);
            assert_eq!(fixed.get("x.yaml"), Some(&expected), "{name}");
        }
    }
    assert!(fixed > 0);
}

#[test]
fn further_values_of_an_umbrella_chart_are_below_the_same_name() {
    let base = "lf:\n  langfuse:\n    nextauth: {url: 'https://lf.example.net'}\n  s3: {deploy: false, bucket: acme-lf, region: eu-west-1}\n";
    let more = "lf:\n  s3: {region: eu-west-1a}\nother: {s3: {region: x}}\n";
    let input = |name: &str, text: &str| Input {
        name: name.into(),
        given: Given::Bytes(text.into()),
        kind: None,
        container: None,
    };
    let inputs = [input("values.yaml", base), input("values-prod.yaml", more)];
    let (_, report) = examine(&inputs, &Options::default(), &check::Options::default(), &NoFiles).unwrap();
    let found = report.diagnostics.iter().find(|d| d.rule == "region-is-availability-zone").unwrap();
    let at = found.span.as_ref().unwrap();
    assert_eq!((at.file.as_str(), at.line, at.column), ("values-prod.yaml", 2, 16));
}

#[test]
fn no_secret_is_shown() {
    let secret = "q8Zr0Vt+Lk3/Bn6mXw2Yc9Hd5Jf7Gs1Ta4Ue8PoR";
    for path in ["docker-inspect/web.json", "argocd/values-object.yaml"] {
        let files = beside(path);
        let name = path.rsplit('/').next().unwrap();
        let inputs =
            [Input { name: name.into(), given: Given::Bytes(files[name].clone().into()), kind: None, container: None }];
        let (_, report) = examine(&inputs, &Options::default(), &check::Options::default(), &NoFiles).unwrap();
        assert!(!format!("{report:?}").contains(secret), "{path}");
    }
}

/// Rules, errors and warnings alone, of values with a `Chart.yaml` beside them.
fn beside_chart(values: &str, chart: &str) -> (Deployment, Vec<String>) {
    let files = [("Chart.yaml".to_owned(), chart.to_owned())].into();
    let (deployment, report) = examined("values.yaml", values, &Options::default(), &files);
    let loud = report.diagnostics.iter().filter(|d| d.severity > Severity::Hint);
    (deployment, loud.map(|d| d.rule.to_string()).collect())
}

#[test]
fn the_version_of_the_chart_comes_from_what_names_it() {
    let endpoint = |deployment: &Deployment| {
        let environment = deployment.environment(langfuse_blob_core::variable::Containers::WEB).unwrap();
        environment.by_name("LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT").and_then(|s| s.text()).map(str::to_owned)
    };
    let minio = Some("http://langfuse-s3:9000".to_owned());
    let seaweedfs = Some("http://langfuse-s3-all-in-one:8333".to_owned());
    let values = "s3: {bucket: own, auth: {rootPassword: 9f8e7d6c5b4a3928}, eventUpload: {prefix: events/}, mediaUpload: \
                  {prefix: media/}, batchExport: {prefix: exports/}}\n";
    let dependency = "name: acme\ndependencies:\n  - {name: langfuse, version: 1.5.9, repository: x}\n";
    let (deployment, said) = beside_chart(values, dependency);
    assert_eq!((endpoint(&deployment), said.as_slice()), (minio.clone(), [].as_slice()));
    // Chart 2.0.0 refuses the bucket.
    let (_, said) = beside_chart(values, "name: acme\ndependencies: []\n");
    assert_eq!(said, ["chart-refuses-values"]);
    let (deployment, said) = beside_chart("s3: {persistence: {size: 1Gi}, auth: {rootPassword: x1}}\n", "");
    assert_eq!((endpoint(&deployment), said.as_slice()), (minio, [].as_slice()));
    let (deployment, _) = beside_chart("s3: {persistence: {size: 1Gi}, allInOne: {data: {size: 1Gi}}}\n", "");
    assert_eq!(endpoint(&deployment), seaweedfs);
}

#[test]
fn values_of_chart_1_for_chart_2_point_to_the_guide() {
    let options = Options { chart_version: Some("2.0.0".into()), ..Options::default() };
    let found = |values: &str| {
        let (_, report) = examined("values.yaml", values, &options, &BTreeMap::new());
        report.diagnostics.into_iter().find(|d| d.rule == "chart-values-of-old-store")
    };
    for values in
        ["s3: {persistence: {size: 1Gi}}\n", "clickhouse: {zookeeper: {replicaCount: 1}}\ns3: {deploy: true}\n"]
    {
        let found = found(values).unwrap();
        assert!(found.message.contains("MinIO's data behind"), "{}", found.message);
        assert!(found.help.contains("langfuse-blob explain upgrade-chart"), "{}", found.help);
    }
    assert!(found("s3: {persistence: {size: 1Gi}, deploy: false}\n").is_none());
    assert!(found("redis: {primary: {}}\ns3: {allInOne: {}}\n").is_none());
}
