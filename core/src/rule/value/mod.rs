//! Values that can't be intended: whitespace, placeholders, sample credentials.

mod placeholder_left;
mod sample_credentials;
mod whitespace_in_key_id;
mod whitespace_in_name;
mod whitespace_in_region;
mod whitespace_in_secret;

use super::finding::trim_value;
use super::text::comment_at;
use super::{Context, Rule};
pub(super) use crate::config::placeholder::{is_aws_sample, is_placeholder};
use crate::config::{Block, Config, Credentials, Engine};
use crate::source::{Setting, Wrapper};
use crate::text::printable::is_unprintable;
use crate::variable::{Kind, Role, Var};

pub(super) static RULES: &[&Rule] = &[
    &whitespace_in_key_id::WHITESPACE_IN_KEY_ID,
    &whitespace_in_secret::WHITESPACE_IN_SECRET,
    &whitespace_in_region::WHITESPACE_IN_REGION,
    &whitespace_in_name::WHITESPACE_IN_NAME,
    &placeholder_left::PLACEHOLDER_LEFT,
    &sample_credentials::SAMPLE_CREDENTIALS,
];

/// Whether Langfuse acts on `setting` in `config`: a container reads it, its use case is in use, and the active engine
/// doesn't ignore it.
pub(super) fn counts(config: &Config<'_>, setting: &Setting) -> bool {
    let Some(row) = setting.var.map(Var::row) else { return false };
    if row.unused || !row.readers.meets(config.containers) {
        return false;
    }
    let engine = config.engine;
    if let Some(use_case) = row.use_case {
        return config.block(use_case).in_use()
            && match row.role {
                Some(Role::Region) => matches!(engine, Engine::S3 | Engine::Oci),
                Some(Role::ForcePathStyle | Role::Sse | Role::SseKmsKeyId) => engine == Engine::S3,
                Some(Role::AccessKeyId | Role::SecretAccessKey) => matches!(engine, Engine::S3 | Engine::Azure),
                Some(Role::Endpoint | Role::ExternalEndpoint) => engine != Engine::Gcs,
                _ => true,
            };
    }
    if row.context {
        return engine == Engine::S3
            && match row.name {
                "AWS_REGION" => config.used().any(|b| b.region.is_none()),
                "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" | "AWS_SESSION_TOKEN" => uses_chain(config),
                _ => false,
            };
    }
    match row.name {
        n if n.starts_with("LANGFUSE_OCI_") => engine == Engine::Oci,
        n if n.contains("GOOGLE_CLOUD_STORAGE_CREDENTIALS") || n == "GOOGLE_CLOUD_UNIVERSE_DOMAIN" => {
            engine == Engine::Gcs
        }
        _ => true,
    }
}

/// Whether a use case in use relies on the AWS SDK's default credential chain.
fn uses_chain(config: &Config<'_>) -> bool {
    config.used().any(|b| !matches!(b.credentials(), Credentials::Pair(..)))
}

/// Whether `c` is whitespace or invisible.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_unprintable(c)
}

/// Whether `text` has whitespace around it, or a newline or an invisible character in it. A comment in a value has its
/// own rule.
fn has_stray_whitespace(kind: Kind, text: &str) -> bool {
    // Nearly every value is plain and returns here.
    if text.bytes().all(|b| b > b' ' && b < 0x7f) {
        return false;
    }
    let blank = text.starts_with(is_blank) || text.ends_with(is_blank) || text.contains(is_unprintable);
    blank && comment_at(kind, text).is_none()
}

/// Trims the value of `setting`; `None` if that doesn't fix it.
fn trimmed(setting: &Setting) -> Option<Vec<(crate::text::span::Span, String)>> {
    let text = setting.text()?;
    let head = text.len().saturating_sub(text.trim_start_matches(is_blank).len());
    let tail = text.len().saturating_sub(text.trim_end_matches(is_blank).len());
    let inner = text.trim_matches(is_blank);
    (!inner.is_empty() && !inner.contains(is_unprintable)).then(|| trim_value(setting, head, tail)).flatten()
}

/// Where the whitespace is: "ends with a newline".
fn whitespace_in(text: &str) -> &'static str {
    let inner = text.trim_matches(is_blank);
    if inner.is_empty() {
        "is only whitespace"
    } else if text.ends_with(['\n', '\r']) {
        "ends with a newline"
    } else if text.starts_with(is_blank) && text.ends_with(is_blank) {
        "has whitespace around it"
    } else if text.ends_with(is_blank) {
        "ends with whitespace"
    } else if text.starts_with(is_blank) {
        "begins with whitespace"
    } else if inner.contains(['\n', '\r']) {
        "contains a newline"
    } else {
        "contains an invisible character"
    }
}

/// What to do about it; a Secret usually gets its newline from `echo`.
fn without_whitespace(cx: &Context<'_>, setting: &Setting) -> String {
    let ends = setting.text().is_some_and(|t| t.ends_with('\n'));
    match cx.deployment.wrapper {
        Wrapper::Helm | Wrapper::K8s if ends => format!(
            "Create the Secret again without the newline that `echo` adds: `printf %s … | base64`, or \
             `kubectl create secret generic … --from-literal={}=…`.",
            setting.name
        ),
        _ => format!("Write the value of {} without it; Langfuse trims nothing.", setting.name),
    }
}

/// The settings of one field over all use cases in use that have keys, and the SDK's own variable if a use case needs
/// it.
fn credentials<'c, 'd>(
    cx: &'c Context<'d>,
    pick: fn(&Block<'d>) -> Option<&'d Setting>,
    chain: Var,
) -> impl Iterator<Item = (&'d Config<'d>, &'d Setting)> + use<'c, 'd> {
    let with_keys = cx.configs.iter().filter(|c| matches!(c.engine, Engine::S3 | Engine::Azure));
    with_keys.flat_map(move |config| {
        let own = config.used().filter_map(pick);
        let ambient = config.environment.set_value(chain).filter(|s| counts(config, s));
        own.chain(ambient).map(move |s| (config, s))
    })
}

/// Whether the line of `setting` lost a variable; the rule about that says it better.
pub(super) fn came_to_nothing(cx: &Context<'_>, setting: &Setting) -> bool {
    let name = setting.place.map(|p| p.name);
    cx.deployment.lines.iter().any(|l| !l.unset.is_empty() && Some(l.place.name) == name)
}

/// Whether the two keys are a published sample.
pub(super) fn is_sample_pair(id: &Setting, secret: &Setting) -> bool {
    const PAIRS: [(&str, &str); 3] = [
        ("minio", "miniosecret"),
        ("minioadmin", "minioadmin"),
        // The Azurite emulator's, the same in every installation.
        (
            "devstoreaccount1",
            "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
        ),
    ];
    let (Some(id), Some(secret)) = (id.text(), secret.text()) else { return false };
    PAIRS.contains(&(id, secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_where_the_whitespace_is() {
        for (text, said) in [
            ("a\n", "ends with a newline"),
            (" a", "begins with whitespace"),
            (" a ", "has whitespace around it"),
            ("a\nb", "contains a newline"),
            ("a\u{200b}b", "contains an invisible character"),
            ("  ", "is only whitespace"),
        ] {
            assert!(has_stray_whitespace(Kind::Secret, text));
            assert_eq!(whitespace_in(text), said);
        }
        assert!(!has_stray_whitespace(Kind::Secret, "a b") && !has_stray_whitespace(Kind::Secret, "ü"));
        assert!(!has_stray_whitespace(Kind::Region, "eu-west-1\t# Ireland"));
    }
}
