//! `variable-not-expanded`.

use super::{is_whole_reference, setting_of, text_kind};
use crate::config::Config;
use crate::redact::{hides, shown};
use crate::report::Severity;
use crate::rule::text::comment_at;
use crate::rule::value::counts;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::{Dialect, Line, Wrapper};
use crate::text::printable::escaped;
use crate::variable::Kind;

rule! {
    /// A value refers to a variable that was never filled in.
    ///
    /// ## Why
    /// Only Docker Compose expands `${NAME}` in an env file, and not inside single quotes; a variable without a value
    /// becomes nothing. `docker run --env-file`, Helm values and Kubernetes manifests expand none. The documentation's
    /// line for Cloudflare R2, copied as is, gives the host `.r2.cloudflarestorage.com` or one with braces; both fail
    /// with "Invalid URL" or `getaddrinfo ENOTFOUND`.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=auto
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://${ACCOUNT_ID}.r2.cloudflarestorage.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=5f4dcc3b5aa765d61d8327deb882cf99
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=auto
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=5f4dcc3b5aa765d61d8327deb882cf99
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
    /// ```
    ///
    /// ## Seen in
    /// The Langfuse documentation's example for Cloudflare R2; Docker documentation, interpolation.
    VARIABLE_NOT_EXPANDED = "variable-not-expanded", Error, Failure, variable_not_expanded
}

fn variable_not_expanded(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs {
        for line in &cx.deployment.lines {
            if !line.unset.is_empty() {
                expanded_to_nothing(cx, config, line, out);
            }
        }
        for setting in config.environment.iter() {
            let Some(text) = setting.text_with_special_chars().filter(|t| t.contains('$')) else { continue };
            let Some(kind) = text_kind(config, setting) else { continue };
            // A comment was never meant to be expanded.
            let value = comment_at(kind, text).and_then(|at| text.get(..at)).unwrap_or(text);
            let Some(reference) = command_in(kind, value).or_else(|| reference_in(kind, value)) else { continue };
            let command = reference.starts_with("$(");
            if command && is_kubernetes_own(cx, config, reference) {
                continue;
            }
            let named = if hides(setting) { "a variable".to_owned() } else { format!("`{}`", escaped(reference)) };
            let single = setting.place.is_some_and(|p| p.quote == Some('\''));
            let help = match cx.deployment.wrapper {
                _ if command => "Nothing runs a command or expands `$(…)` here: write the value itself.",
                Wrapper::Raw | Wrapper::Compose if single => {
                    "Nothing is expanded inside single quotes: use double quotes, or write the value itself."
                }
                Wrapper::Helm | Wrapper::K8s => "Nothing expands `$` here: write the value itself.",
                _ if cx.deployment.dialect == Dialect::Docker => {
                    "docker run --env-file expands nothing: write the value itself."
                }
                _ => "Write the value itself; only docker compose expands `$` in an env file.",
            };
            let (severity, doubt) = match kind {
                // A secret may be any text, as long as the store has the same.
                Kind::Prefix => (Severity::Warning, ", which may not be intended"),
                Kind::Secret if command => (Severity::Warning, ", which may not be intended"),
                _ => (Severity::Error, ""),
            };
            out.push(
                Finding::at(config, setting)
                    .severity(severity)
                    .message(format!("{} is {}: {named} was not expanded{doubt}", setting.name, shown(setting)))
                    .help(help),
            );
        }
    }
}

fn expanded_to_nothing<'d>(cx: &Context<'d>, config: &Config<'d>, line: &Line, out: &mut Findings<'_, '_>) {
    let Some(setting) = setting_of(config, line) else { return };
    let Some(row) = setting.var.map(crate::variable::Var::row) else { return };
    let checked = matches!(row.kind, Kind::Boolean | Kind::Number(_) | Kind::Choice(_));
    // An empty value may itself be what disables the use case.
    let matters = row.use_case.is_some() && !setting.is_set() || counts(config, setting);
    let whole = is_whole_reference(cx.deployment.slice(line.place.value));
    if checked || !matters || (row.kind == Kind::Secret && !whole) {
        return;
    }
    let names: Vec<String> = line.unset.iter().map(|n| format!("`{}`", escaped(n))).collect();
    let (verb, pronoun) = if names.len() > 1 { ("have", "them") } else { ("has", "it") };
    let left = if setting.is_set() {
        if row.secret { "part of the value is missing".to_owned() } else { format!("the value is {}", shown(setting)) }
    } else {
        "the variable counts as unset".to_owned()
    };
    out.push(
        Finding::at(config, setting)
            .keeps_severity()
            .message(format!("{} uses {}, which {verb} no value here: {left}", row.name, names.join(", ")))
            .help(format!("Write the value itself, or set {pronoun} in the shell or earlier in the file.")),
    );
}

/// A reference to a variable that is still in `text`. If a `$` may belong to the value, only a form that is unlikely to
/// be chance counts.
/// `$(NAME)` or `$(command)` in `text`; as a secret, only the whole of it.
fn command_in(kind: Kind, text: &str) -> Option<&str> {
    let from = text.get(text.find("$(")?..)?;
    let end = if kind == Kind::Secret {
        (from.len() == text.len() && text.ends_with(')')).then_some(text.len())?
    } else {
        from.find(')')?.saturating_add(1)
    };
    from.get(..end).filter(|found| found.len() > "$()".len())
}

/// Whether Kubernetes expands `$(NAME)`: a variable of the same container, or one that it defines for a Service.
fn is_kubernetes_own(cx: &Context<'_>, config: &Config<'_>, reference: &str) -> bool {
    let name = reference.trim_start_matches("$(").trim_end_matches(')');
    let manifests = matches!(cx.deployment.wrapper, Wrapper::Helm | Wrapper::K8s);
    let service = ["_SERVICE_HOST", "_SERVICE_PORT", "_PORT"].iter().any(|end| name.ends_with(end));
    manifests && (service || config.environment.open || config.environment.by_name(name).is_some())
}

fn reference_in(kind: Kind, text: &str) -> Option<&str> {
    if kind == Kind::Secret {
        return is_whole_reference(text).then_some(text);
    }
    let strict = matches!(kind, Kind::Bucket | Kind::Region | Kind::Endpoint | Kind::KeyId | Kind::KmsKey);
    text.char_indices().filter(|(_, c)| *c == '$').find_map(|(i, _)| {
        let from = text.get(i..)?;
        let after = from.get(1..)?;
        if let Some(inner) = after.strip_prefix('{') {
            let close = inner.find('}')?;
            let begins = inner.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic());
            return begins.then(|| from.get(..close.saturating_add(3))).flatten();
        }
        let begins = after
            .starts_with(|c: char| c == '_' || if strict { c.is_ascii_alphabetic() } else { c.is_ascii_uppercase() });
        let length = after.bytes().position(|b| !(b == b'_' || b.is_ascii_alphanumeric())).unwrap_or(after.len());
        begins.then(|| from.get(..length.saturating_add(1))).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_one_wherever_it_is_but_in_a_secret() {
        for (kind, text, found) in [
            (Kind::Endpoint, "http://$(PROJECT)_garage:3900", Some("$(PROJECT)")),
            (Kind::Secret, "$(openssl rand -base64 20)", Some("$(openssl rand -base64 20)")),
            (Kind::Secret, "a$(b)c", None),
            (Kind::Bucket, "$()", None),
            (Kind::Bucket, "$(x", None),
        ] {
            assert_eq!(command_in(kind, text), found, "{text}");
        }
    }

    #[test]
    fn distinguishes_references_from_chance() {
        for (kind, text, found) in [
            (Kind::Endpoint, "https://${A}.r2.example", Some("${A}")),
            (Kind::Endpoint, "https://$account.r2.example", Some("$account")),
            (Kind::Endpoint, "https://h/?x=$1", None),
            (Kind::Secret, "pa$sword", None),
            (Kind::Secret, "${MINIO_PASSWORD}", Some("${MINIO_PASSWORD}")),
            (Kind::Secret, "$ecret", None),
            (Kind::Prefix, "a$b/", None),
            (Kind::Prefix, "${STAGE}/", Some("${STAGE}")),
            (Kind::Bucket, "${", None),
            (Kind::Bucket, "x$", None),
        ] {
            assert_eq!(reference_in(kind, text), found, "{text}");
        }
    }
}
