//! `k8s`: a ConfigMap and a Secret whose keys are variables, for `envFrom` in your own manifests.

use std::fmt::Write as _;

use super::plan::{Access, ConfigPlan};
use super::setting::{Setting, Value, settings};
use super::yaml::{Comments, scalar, title};
use super::{Error, Output, OutputFormat};
use crate::variable::Containers;

/// The ConfigMap.
const CONFIG: &str = "langfuse-storage";

pub(super) fn write(plan: &ConfigPlan) -> Result<Output, Error> {
    let all = settings(plan);
    let own: Vec<(&str, Vec<&Setting>)> = [("web", Containers::WEB), ("worker", Containers::WORKER)]
        .into_iter()
        .map(|(name, container)| (name, all.iter().filter(|s| s.containers == container).collect()))
        .filter(|(_, settings): &(_, Vec<_>)| !settings.is_empty())
        .collect();
    let secrets: Vec<&Setting> = all.iter().filter(|s| is_secret(s)).collect();
    let mut out = format!(
        "# Langfuse storage in {}. Add it to the containers of langfuse-web and langfuse-worker:\n#   envFrom:\n#     - configMapRef: {{name: {CONFIG}}}\n",
        plan.provider.name
    );
    for (name, _) in &own {
        let _ = writeln!(out, "#     - configMapRef: {{name: {CONFIG}-{name}}}   # langfuse-{name} only");
    }
    if !secrets.is_empty() {
        let _ = writeln!(out, "#     - secretRef: {{name: {}}}", plan.secret_name);
    }
    if matches!(plan.access, Access::Role { .. } | Access::GoogleIdentity { .. }) {
        let _ = writeln!(
            out,
            "# Their pods run as the service account {}, which has the permissions.",
            plan.service_account
        );
    }
    out.push_str("# Pods don't notice changes: run `kubectl rollout restart` for both afterwards.\n");
    let mut comments = Comments::default();
    service_account(&mut out, plan);
    let shared = all.iter().filter(|s| s.containers == Containers::BOTH && !is_secret(s));
    object(&mut out, plan, "ConfigMap", CONFIG, "data", shared, &mut comments);
    for (name, settings) in own {
        object(&mut out, plan, "ConfigMap", &format!("{CONFIG}-{name}"), "data", settings.into_iter(), &mut comments);
    }
    if !secrets.is_empty() {
        object(&mut out, plan, "Secret", &plan.secret_name, "stringData", secrets.into_iter(), &mut comments);
    }
    Ok(Output::new(OutputFormat::K8s, out)
        .note("Test it with the Deployments: `kubectl get deploy,cm,secret -o yaml | langfuse-blob check -`."))
}

fn is_secret(setting: &Setting) -> bool {
    matches!(setting.value, Value::Credential(_))
}

pub(super) fn metadata(plan: &ConfigPlan, name: &str) -> String {
    let namespace = plan.namespace.as_ref().map_or(String::new(), |n| format!("\n  namespace: {}", scalar(n)));
    format!("metadata:\n  name: {}{namespace}\n", scalar(name))
}

fn object<'s>(
    out: &mut String,
    plan: &ConfigPlan,
    kind: &str,
    name: &str,
    field: &str,
    settings: impl Iterator<Item = &'s Setting>,
    comments: &mut Comments,
) {
    let _ = write!(out, "---\napiVersion: v1\nkind: {kind}\n{}{field}:\n", metadata(plan, name));
    let mut block = None;
    for setting in settings {
        let use_case = setting.var.row().use_case;
        if use_case != block {
            block = use_case;
            if let Some(use_case) = use_case {
                let _ = writeln!(out, "  # --- {} ---", title(use_case));
            }
        }
        comments.above(out, "  ", setting.why);
        let text = match &setting.value {
            Value::Text(text) => text,
            Value::Credential(which) => plan.credential(*which).unwrap_or(""),
        };
        let _ = writeln!(out, "  {}: {}", setting.var.name(), scalar(text));
    }
}

/// The service account for the identity, if there is an annotation.
fn service_account(out: &mut String, plan: &ConfigPlan) {
    let Some((annotation, identity)) = annotation(plan) else { return };
    let _ = write!(
        out,
        "---\napiVersion: v1\nkind: ServiceAccount\n{}  annotations:\n    # The pods use this identity's permissions; there are no keys.\n    {annotation}: {}\n",
        metadata(plan, &plan.service_account),
        scalar(identity)
    );
}

/// The annotation that ties a Kubernetes service account to a cloud identity.
pub(super) fn annotation(plan: &ConfigPlan) -> Option<(&'static str, &str)> {
    match &plan.access {
        Access::Role { arn: Some(arn) } => Some(("eks.amazonaws.com/role-arn", arn)),
        Access::GoogleIdentity { account: Some(account) } => Some(("iam.gke.io/gcp-service-account", account)),
        _ => None,
    }
}
