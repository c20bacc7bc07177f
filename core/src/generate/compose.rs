//! `compose`: a docker-compose.override.yml, which Compose merges with the official docker-compose.yml. It refers to
//! secrets in .env, unless they're requested inline.

use std::fmt::Write as _;

use super::env::quoted;
use super::plan::{Access, ConfigPlan};
use super::setting::{Credential, Setting, Value, settings};
use super::yaml::{Comments, scalar, title};
use super::{Beside, Error, Output, OutputFormat};
use crate::text::secret::Secret;
use crate::variable::{Containers, UseCase};

pub(super) fn write(plan: &ConfigPlan) -> Result<Output, Error> {
    let all = settings(plan);
    let mut out = format!(
        "# Langfuse storage in {}: docker-compose.override.yml, next to the official docker-compose.yml.\n\
        # Compose reads it automatically. It sets everything that matters, so no default of the official file applies.\n\n\
         x-langfuse-storage: &langfuse-storage\n",
        plan.provider.name
    );
    let mut comments = Comments::default();
    entries(&mut out, plan, all.iter().filter(|s| s.containers == Containers::BOTH), "  ", &mut comments);
    out.push_str("\nservices:\n");
    for (service, container) in [("langfuse-web", Containers::WEB), ("langfuse-worker", Containers::WORKER)] {
        let _ = write!(out, "  {service}:\n    environment:\n      <<: *langfuse-storage\n");
        entries(&mut out, plan, all.iter().filter(|s| s.containers == container), "      ", &mut comments);
    }
    if plan.bundled {
        store(&mut out, plan);
    }
    let mut output = Output::new(OutputFormat::Compose, out);
    let names = references(plan);
    if !names.is_empty() {
        let names: Vec<&str> = names.into_iter().map(|(_, name)| name).collect();
        output = output
            .note(format!("Put {} into the .env next to it; otherwise Compose refuses to start.", names.join(" and ")));
    }
    if plan.open_credential(Credential::GoogleKey).is_some() {
        output = output.note("Mount the key file into langfuse-web and langfuse-worker at that path.");
    }
    Ok(output
        .with(beside(plan))
        .note("Next: run `langfuse-blob doctor` in the directory of both files; it tests them on the real store."))
}

fn entries<'s>(
    out: &mut String,
    plan: &ConfigPlan,
    settings: impl Iterator<Item = &'s Setting>,
    indent: &str,
    comments: &mut Comments,
) {
    let mut block = None;
    for setting in settings {
        let use_case = setting.var.row().use_case;
        if use_case != block && setting.containers == Containers::BOTH {
            block = use_case;
            if let Some(use_case) = use_case {
                let _ = writeln!(out, "{indent}# --- {} ---", title(use_case));
            }
        }
        comments.above(out, indent, setting.why);
        let value = match &setting.value {
            Value::Text(text) => written(text),
            Value::Credential(which) => credential(plan, *which),
        };
        let _ = writeln!(out, "{indent}{}: {value}", setting.var.name());
    }
}

/// A string, escaped so that Compose doesn't interpolate it.
fn written(text: &str) -> String {
    scalar(&text.replace('$', "$$"))
}

/// The names in .env that credentials come from.
fn references(plan: &ConfigPlan) -> Vec<(Credential, &'static str)> {
    let named: &[(Credential, &str)] = match plan.access {
        // The official file starts its MinIO with these.
        Access::Pair { .. } if plan.bundled => {
            &[(Credential::KeyId, "MINIO_ROOT_USER"), (Credential::Secret, "MINIO_ROOT_PASSWORD")]
        }
        Access::Pair { .. } => {
            &[(Credential::KeyId, "STORE_ACCESS_KEY_ID"), (Credential::Secret, "STORE_SECRET_ACCESS_KEY")]
        }
        Access::GoogleKey(_) => &[(Credential::GoogleKey, "STORE_GOOGLE_CREDENTIALS")],
        _ => &[],
    };
    named.iter().copied().filter(|(which, _)| inline(plan, *which).is_none()).collect()
}

/// The .env with the referenced secrets, if all were given and a .env can hold them.
fn beside(plan: &ConfigPlan) -> Option<Beside> {
    let mut out = String::from("# Secrets for Langfuse's storage, used by docker-compose.override.yml.\n");
    let names = references(plan);
    for (which, name) in &names {
        let _ = writeln!(out, "{name}={}", quoted(plan, plan.credential(*which)?, *which).ok()?);
    }
    (!names.is_empty()).then(|| Beside { name: ".env", text: Secret::new(out) })
}

/// A credential to write into the file itself: on request, or because it's not a secret. MinIO needs the key ID in the
/// .env, too.
fn inline(plan: &ConfigPlan, which: Credential) -> Option<&str> {
    let open = plan.open_credential(which).filter(|_| !plan.bundled);
    plan.credential(which).filter(|_| plan.inline_secrets).or(open)
}

fn credential(plan: &ConfigPlan, which: Credential) -> String {
    match inline(plan, which) {
        Some(text) => written(text),
        None => references(plan)
            .into_iter()
            .find(|(c, _)| *c == which)
            .map_or_else(String::new, |(_, name)| format!("${{{name}:?set {name} in .env}}")),
    }
}

/// The official file's store: its keys, and the buckets that it creates on startup.
fn store(out: &mut String, plan: &ConfigPlan) {
    let made = crate::variable::slot(UseCase::Events, crate::variable::Role::Bucket)
        .and_then(|v| v.row().compose)
        .map_or("", |c| c.worker);
    let buckets = plan.bucket_names();
    let inline = plan.inline_secrets;
    if buckets == [made] && !inline {
        return;
    }
    out.push_str("  minio:\n");
    if buckets != [made] {
        let directories: Vec<String> = buckets.iter().map(|b| format!("/data/{b}")).collect();
        let _ = writeln!(
            out,
            "    # Langfuse doesn't create buckets: a directory created before startup is one.\n    command: -c 'mkdir -p {} && minio server --address \":9000\" --console-address \":9001\" /data'",
            directories.join(" ")
        );
    }
    if inline {
        let _ = writeln!(
            out,
            "    environment:\n      # The same keys as Langfuse's.\n      MINIO_ROOT_USER: {}\n      MINIO_ROOT_PASSWORD: {}",
            credential(plan, Credential::KeyId),
            credential(plan, Credential::Secret)
        );
    }
}
