//! `helm`: values for the Langfuse chart 2.0.0. Settings that the chart has values for go there, others go to
//! `langfuse.additionalEnv`, and those for one container only to that container's list, which comes last.

use std::fmt::Write as _;

use super::k8s::{annotation, metadata};
use super::plan::{Access, ConfigPlan};
use super::setting::{Credential, Setting, Value, settings};
use super::yaml::{capital, scalar, title};
use super::{Beside, Error, Output, OutputFormat};
use crate::config::Engine;
use crate::text::secret::Secret;
use crate::variable::{Containers, UseCase};

/// The Secret next to the values.
const SECRET: &str = "storage-secret.yaml";

pub(super) fn write(plan: &ConfigPlan) -> Result<Output, Error> {
    let all = settings(plan);
    let mut out = format!(
        "# Langfuse storage in {}: values for the Langfuse chart {}.\n",
        plan.provider.name, plan.chart_version
    );
    langfuse(&mut out, plan, &all);
    s3(&mut out, plan);
    let command = format!("helm upgrade --install {} langfuse/langfuse -f values.yaml -f storage.yaml", plan.release);
    let namespace = plan.namespace.as_ref().map_or(String::new(), |n| format!(" -n {n}"));
    let mut output =
        Output::new(OutputFormat::Helm, out).note(format!("Save it as storage.yaml: `{command}{namespace}`."));
    let needed = references(plan);
    if !needed.is_empty() {
        let keys: Vec<String> = needed.iter().map(|c| format!("--from-literal={}=…", c.key())).collect();
        output = output.note(format!(
            "Create the Secret first: `kubectl create secret generic {}{namespace} {}`.",
            plan.secret_name,
            keys.join(" ")
        ));
    }
    output = output.with(beside(plan, &needed));
    match &plan.access {
        Access::Role { arn: None } => {
            output = output.note(format!(
                "The values set no role: create a Pod Identity association for the service account {}, or pass --role-arn.",
                plan.service_account
            ));
        }
        Access::GoogleIdentity { account: None } => {
            output = output.note(format!(
                "The values set no Google service account: grant the permissions to the Kubernetes service account {}, or pass --google-service-account.",
                plan.service_account
            ));
        }
        _ => {}
    }
    if let (true, Some(outside)) = (plan.bundled, &plan.outside) {
        output = output.note(format!("Set up an ingress that routes {outside} to the store's Service, port 8333."));
    }
    Ok(output)
}

/// The referenced Secret, if all its values were given.
fn beside(plan: &ConfigPlan, needed: &[Credential]) -> Option<Beside> {
    let mut out = format!(
        "# Secrets for Langfuse's storage: run `kubectl apply -f {SECRET}` before you use storage.yaml.\napiVersion: v1\nkind: Secret\n{}stringData:\n",
        metadata(plan, &plan.secret_name)
    );
    for which in needed {
        let _ = writeln!(out, "  {}: {}", which.key(), scalar(plan.credential(*which)?));
    }
    (!needed.is_empty()).then(|| Beside { name: SECRET, text: Secret::new(out) })
}

/// The credentials that the values take from a Secret.
fn references(plan: &ConfigPlan) -> Vec<Credential> {
    let all: &[Credential] = match plan.access {
        Access::Pair { .. } => &[Credential::KeyId, Credential::Secret],
        Access::GoogleKey(_) => &[Credential::GoogleKey],
        _ => &[],
    };
    all.iter().copied().filter(|c| inline(plan, *c).is_none()).collect()
}

/// A credential to write into the values: on request, or because it's not a secret.
fn inline(plan: &ConfigPlan, which: Credential) -> Option<&str> {
    plan.credential(which).filter(|_| plan.inline_secrets).or_else(|| plan.open_credential(which))
}

/// A credential as the chart expects it: `value`, or `secretKeyRef` with name and key.
fn credential(out: &mut String, plan: &ConfigPlan, which: Credential, indent: &str) {
    match inline(plan, which) {
        Some(text) => {
            let _ = writeln!(out, "{indent}value: {}", scalar(text));
        }
        None => {
            let _ = writeln!(
                out,
                "{indent}secretKeyRef:\n{indent}  name: {}\n{indent}  key: {}",
                scalar(&plan.secret_name),
                which.key()
            );
        }
    }
}

/// Whether the chart has a value for it, so that it must not be in `additionalEnv`.
fn is_chart_value(plan: &ConfigPlan, setting: &Setting) -> bool {
    let row = setting.var.row();
    let off = row.use_case == Some(UseCase::Media) && plan.bucket(UseCase::Media).is_none();
    let links = setting.containers == Containers::WEB;
    (row.chart.is_some() || row.name == "NEXTAUTH_URL") && !off && !links
}

fn langfuse(out: &mut String, plan: &ConfigPlan, all: &[Setting]) {
    let extra = |container| -> Vec<&Setting> {
        all.iter().filter(|s| s.containers == container && !is_chart_value(plan, s)).collect()
    };
    let (both, web, worker) = (extra(Containers::BOTH), extra(Containers::WEB), extra(Containers::WORKER));
    let annotation = annotation(plan);
    let lists = [(&web, "web"), (&worker, "worker")];
    if plan.langfuse.is_none() && annotation.is_none() && both.is_empty() && lists.iter().all(|(l, _)| l.is_empty()) {
        return;
    }
    out.push_str("\nlangfuse:\n");
    if let Some(url) = &plan.langfuse {
        let _ = write!(out, "  nextauth:\n    # Where browsers open Langfuse.\n    url: {}\n", scalar(url));
    }
    if let Some((name, identity)) = annotation {
        let _ = write!(
            out,
            "  serviceAccount:\n    create: true\n    annotations:\n      # The pods use this identity's permissions; there are no keys.\n      {name}: {}\n",
            scalar(identity)
        );
    }
    if !both.is_empty() {
        out.push_str("  # The chart has no values for these.\n  additionalEnv:\n");
        variables(out, plan, &both, "    ");
    }
    for (list, component) in lists {
        if !list.is_empty() {
            let _ = write!(out, "  {component}:\n    pod:\n      additionalEnv:\n");
            variables(out, plan, list, "        ");
        }
    }
}

fn variables(out: &mut String, plan: &ConfigPlan, settings: &[&Setting], indent: &str) {
    for setting in settings {
        let _ = writeln!(out, "{indent}# {}.\n{indent}- name: {}", capital(setting.why), setting.var.name());
        match &setting.value {
            Value::Text(text) => {
                let _ = writeln!(out, "{indent}  value: {}", scalar(text));
            }
            Value::Credential(which) => match inline(plan, *which) {
                Some(text) => {
                    let _ = writeln!(out, "{indent}  value: {}", scalar(text));
                }
                None => {
                    let _ = writeln!(out, "{indent}  valueFrom:");
                    credential(out, plan, *which, &format!("{indent}    "));
                }
            },
        }
    }
}

fn s3(out: &mut String, plan: &ConfigPlan) {
    out.push_str("\ns3:\n");
    if plan.bundled {
        out.push_str(
            "  # The chart's own SeaweedFS; the chart generates its keys and passes them to Langfuse.\n  deploy: true\n",
        );
    } else {
        out.push_str("  # Don't deploy the chart's own store.\n  deploy: false\n");
    }
    let provider = match plan.engine {
        Engine::Azure => "azure",
        Engine::Gcs => "gcs",
        Engine::S3 | Engine::Oci => "s3",
    };
    let _ = writeln!(out, "  storageProvider: {provider}");
    // A type without a bucket falls back to this one, even if unused, so it must exist.
    let shared = plan.buckets.first().map_or("", |b| b.name.as_str());
    let _ = writeln!(out, "  # Must exist: Langfuse doesn't create buckets.\n  bucket: {}", scalar(shared));
    if let Some(region) = plan.region.as_deref().filter(|_| matches!(plan.engine, Engine::S3 | Engine::Oci)) {
        let _ = writeln!(
            out,
            "  # The chart's default `auto` isn't a region of most stores.\n  region: {}",
            scalar(region)
        );
    }
    if let Some(endpoint) = plan.endpoint.as_ref().filter(|_| !plan.bundled) {
        let _ =
            writeln!(out, "  # The store's URL for the pods, without the bucket.\n  endpoint: {}", scalar(endpoint));
    }
    if plan.engine == Engine::S3 {
        let style = plan.path_style();
        let why = if style { "Bucket in the path" } else { "Bucket in the host name; `false` has an effect only here" };
        let _ = writeln!(out, "  # {why}.\n  forcePathStyle: {style}");
    }
    if let Access::Pair { .. } = plan.access {
        for (key, which) in [("accessKeyId", Credential::KeyId), ("secretAccessKey", Credential::Secret)] {
            let _ = writeln!(out, "  {key}:");
            credential(out, plan, which, "    ");
        }
    }
    if let Access::GoogleKey(_) = plan.access {
        out.push_str("  gcs:\n    credentials:\n");
        credential(out, plan, Credential::GoogleKey, "      ");
    }
    for use_case in [UseCase::Events, UseCase::Exports, UseCase::Media] {
        let Some(key) = use_case.chart_key() else { continue };
        let bucket = plan.bucket(use_case);
        let mut own = String::new();
        if use_case == UseCase::Exports {
            let _ = writeln!(own, "    enabled: {}", bucket.is_some());
        }
        if let Some(bucket) = bucket {
            if bucket.name != shared {
                let _ = writeln!(own, "    bucket: {}", scalar(&bucket.name));
            }
            if !bucket.prefix.is_empty() {
                let _ = writeln!(own, "    prefix: {}", scalar(&bucket.prefix));
            }
        }
        if !own.is_empty() {
            let _ = write!(out, "  # {}.\n  {key}:\n{own}", title(use_case));
        }
    }
    if plan.bundled {
        out.push_str("  allInOne:\n    s3:\n      # The store creates only these.\n      createBuckets:\n");
        for name in plan.bucket_names() {
            let _ = writeln!(out, "        - name: {}", scalar(name));
        }
    }
}
