//! `env`: `NAME=value` lines. For compose, the .env next to the official docker-compose.yml, which passes some
//! variables and has defaults for them; what it can't express is rejected here and needs the format `compose`.

use std::fmt::Write as _;

use super::plan::ConfigPlan;
use super::setting::{Credential, SEGMENT, Setting, Value, settings};
use super::yaml::{Comments, title};
use super::{Error, Id, Output, OutputFormat};
use crate::source::{Dialect, Wrapper};
use crate::variable::{Containers, UseCase};

pub(super) fn write(plan: &ConfigPlan) -> Result<Output, Error> {
    let wanted = plan.container.unwrap_or(Containers::BOTH);
    let mut lines: Vec<Setting> = settings(plan).into_iter().filter(|s| s.containers.meets(wanted)).collect();
    let compose = plan.deployment == Wrapper::Compose;
    let short_keys = lines.iter().any(|s| s.var == SEGMENT);
    if compose {
        if plan.container.is_some() {
            return Err(Error::wrong(
                Id::Container,
                "the official compose file reads one .env for both containers",
                "Leave it out.",
            ));
        }
        // Keep the file's own defaults: it has separate endpoints for web and for the worker.
        lines.retain(|s| s.containers == Containers::BOTH || !is_compose_default(s));
        // The file doesn't pass it; most IDs are short enough without it.
        lines.retain(|s| s.var != SEGMENT);
        forwarded(plan, &lines)?;
    }
    if plan.container.is_none() {
        if let Some(odd) = lines.iter().find(|s| s.containers != Containers::BOTH) {
            return Err(apart(plan, odd));
        }
    }
    let mut out = head(plan);
    let mut comments = Comments::default();
    if plan.bundled {
        out.push_str("\n# The compose file's store starts with these keys, and Langfuse signs with them.\n");
        for (name, which) in [("MINIO_ROOT_USER", Credential::KeyId), ("MINIO_ROOT_PASSWORD", Credential::Secret)] {
            let _ = writeln!(out, "{name}={}", quoted(plan, plan.credential(which).unwrap_or(""), which)?);
        }
    }
    let mut block = None;
    for setting in &lines {
        let use_case = setting.var.row().use_case;
        if use_case != block {
            block = use_case;
            out.push('\n');
            if let Some(use_case) = use_case {
                let _ = writeln!(out, "# --- {} ---", title(use_case));
            }
        }
        let value = match &setting.value {
            // Validated with the answer: no parser misreads it.
            Value::Text(text) => text.clone(),
            Value::Credential(which) => quoted(plan, plan.credential(*which).unwrap_or(""), *which)?,
        };
        comments.above(&mut out, "", setting.why);
        let _ = writeln!(out, "{}={value}", setting.var.name());
    }
    let mut output = Output::new(OutputFormat::Env, out);
    if compose && short_keys {
        output = output.note(format!(
            "{} rejects IDs of events longer than 255 bytes, and a .env can't shorten them, because the official compose file doesn't pass {}: `langfuse-blob generate compose` writes an override that does.",
            plan.provider.name,
            SEGMENT.name()
        ));
    }
    let files = match plan.container {
        Some(container) => {
            output.name = if container == Containers::WEB { "web.env" } else { "worker.env" };
            "--config web=web.env --config worker=worker.env"
        }
        None if compose => "--env-file .env --deployment compose",
        None => "--env-file .env",
    };
    Ok(output.note(format!("Next: `langfuse-blob doctor {files}` tests it on the real store.")))
}

fn head(plan: &ConfigPlan) -> String {
    let store = plan.provider.name;
    match (plan.deployment, plan.container) {
        (Wrapper::Compose, _) => {
            format!("# Langfuse storage in {store}, for the .env next to the official docker-compose.yml.\n")
        }
        (_, Some(container)) => {
            let name = container.names().next().unwrap_or("");
            format!("# Langfuse storage in {store}, for langfuse-{name} only.\n")
        }
        (_, None) => format!("# Langfuse storage in {store}, for langfuse-web and langfuse-worker.\n"),
    }
}

fn is_compose_default(setting: &Setting) -> bool {
    let default = setting.var.row().compose.map(|c| c.of(setting.containers));
    matches!(&setting.value, Value::Text(text) if Some(text.as_str()) == default)
}

/// Rejects what the official compose file doesn't pass on, or replaces.
fn forwarded(plan: &ConfigPlan, lines: &[Setting]) -> Result<(), Error> {
    const INSTEAD: &str = "Generate an override with `langfuse-blob generate compose`; it can set everything.";
    let dead: Vec<&str> = lines.iter().filter(|s| s.var.row().compose.is_none()).map(|s| s.var.name()).collect();
    if !dead.is_empty() {
        return Err(Error::together(
            format!("the official compose file doesn't pass {} to Langfuse", dead.join(", ")),
            INSTEAD,
        ));
    }
    if let Some(empty) = lines.iter().find(|s| s.value == Value::Text(String::new())) {
        return Err(Error::together(
            format!(
                "a .env can't set {} to empty: the official compose file uses its default instead",
                empty.var.name()
            ),
            INSTEAD,
        ));
    }
    let made = crate::variable::slot(UseCase::Events, crate::variable::Role::Bucket)
        .and_then(|v| v.row().compose)
        .map_or("", |c| c.worker);
    if plan.bundled && plan.bucket_names() != [made] {
        return Err(Error::wrong(
            Id::Bucket,
            format!("the official compose file creates only the bucket `{made}` in its store"),
            format!("Leave it out. {INSTEAD}"),
        ));
    }
    Ok(())
}

/// Web and worker need different values.
fn apart(plan: &ConfigPlan, setting: &Setting) -> Error {
    let name = setting.var.name();
    if plan.deployment == Wrapper::Compose {
        return Error::together(
            format!("web and worker need different values of {name}, but a .env applies to both"),
            "Generate an override with `langfuse-blob generate compose`; it can set everything.",
        );
    }
    Error::together(
        format!("web and worker need different values of {name}, but one .env applies to both"),
        "Generate one with --container web and one with --container worker.",
    )
}

/// `text` quoted so that the .env parser reads it back.
pub(super) fn quoted(plan: &ConfigPlan, text: &str, which: Credential) -> Result<String, Error> {
    let is_plain = |c: char| c.is_ascii_graphic() && !"$'\"`\\#".contains(c);
    if text.chars().all(is_plain) {
        return Ok(text.to_owned());
    }
    let id = match which {
        Credential::KeyId => Id::AccessKeyId,
        Credential::Secret => Id::SecretAccessKey,
        Credential::GoogleKey => Id::GoogleCredentials,
    };
    let line = !text.contains('\n');
    // A trailing backslash would escape the closing quote.
    let quotable = !text.contains('\'') && !text.ends_with('\\');
    match plan.dialect {
        // Docker reads everything after the first `=` literally.
        Dialect::Docker if line => Ok(text.to_owned()),
        // Single quotes keep `$` and the `\n` in a JSON key as they are.
        Dialect::Compose | Dialect::Node if line && quotable => Ok(format!("'{text}'")),
        _ => Err(Error::wrong(
            id,
            "it contains a character that this .env parser can't read",
            "Put it on one line, without single quotes and without a trailing backslash, or choose another format: `json`, `k8s`.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use crate::generate::{Answers, OutputFormat, generate};

    fn is_written(secret: &str) -> bool {
        let mut answers = Answers::default();
        for (name, text) in [
            ("provider", "minio"),
            ("endpoint", "https://s3.acme.com"),
            ("store-public-url", "https://s3.acme.com"),
            ("public-url", "https://langfuse.acme.com"),
            ("bucket", "langfuse"),
            ("access-key-id", "lfuser"),
            ("secret-access-key", secret),
            ("use-cases", "events"),
            ("deployment", "raw"),
        ] {
            assert!(answers.set_named(name, text).is_ok(), "{name}");
        }
        generate(OutputFormat::Env, &answers, &[7; 32]).is_ok()
    }

    #[test]
    fn unquotable_secrets_are_rejected() {
        assert!(is_written("abc12345$x"));
        for secret in ["abc12345\\", "abc'12345", "abc$12345\\"] {
            assert!(!is_written(secret), "{secret}");
        }
    }
}
