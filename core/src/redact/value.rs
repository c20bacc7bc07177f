//! What is shown of a variable's value.

use super::url::{bare_user_info, redacted_query, redacted_url, without_fragment};
use crate::config::placeholder::is_placeholder;
use crate::source::{Setting, Value};
use crate::text::printable::{escaped, quoted};
use crate::text::secret::REDACTED;
use crate::variable::{Kind, may_hold_a_secret, names_a_key_id};

/// Key IDs that are published samples or begin with a provider's prefix: safe to print, and useful.
const PUBLIC_KEY_IDS: [&str; 6] =
    ["minio", "minioadmin", "langfuse", "devstoreaccount1", "AKIAIOSFODNN7EXAMPLE", "test"];

/// The value of `setting` for people: in backticks, control characters escaped, long values shortened, secrets as
/// `***`.
#[must_use]
pub fn shown(setting: &Setting) -> String {
    match &setting.value {
        Value::Unknown => "a value that isn't visible here".into(),
        Value::Reference { name, key, secret } => {
            let kind = if *secret { "Secret" } else { "ConfigMap" };
            format!("key `{}` of {kind} `{}`", escaped(key), escaped(name))
        }
        Value::Known(text) if hides(setting) => {
            if text.is_empty() {
                "an empty string".into()
            } else {
                format!("`{REDACTED}`")
            }
        }
        Value::Known(text) => quoted(&public_part(setting, text)),
    }
}

/// The value `text` of `setting` without the secrets of URLs: user-info, signatures, fragments.
#[must_use]
pub fn public_part(setting: &Setting, text: &str) -> String {
    let endpoint = setting.var.is_some_and(|v| v.row().kind == Kind::Endpoint);
    match endpoint.then(|| bare_user_info(text)).flatten() {
        Some((_, rest)) => format!("{REDACTED}@{}", redacted_query(&without_fragment(rest))),
        None if endpoint => redacted_url(&without_fragment(text)),
        None => redacted_url(text),
    }
}

/// Whether the value of `setting` must not be printed: a secret, or an unknown name's value. A key ID is only printed
/// if it can't be a secret in the wrong field.
#[must_use]
pub fn hides(setting: &Setting) -> bool {
    // A placeholder isn't a secret, and seeing it is what helps.
    if setting.var.is_some_and(|v| setting.text().is_some_and(|t| is_placeholder(v.row().kind, t))) {
        return false;
    }
    if setting.var.map_or_else(|| names_a_key_id(&setting.name), |v| v.row().kind == Kind::KeyId) {
        return setting.text().is_some_and(|t| !is_public_key_id(t));
    }
    setting.is_secret() || (setting.var.is_none() && may_hold_a_secret(&setting.name))
}

/// Whether `text` is a key ID that may be printed: a published sample, or of a form that only key IDs have.
#[must_use]
pub fn is_public_key_id(text: &str) -> bool {
    let upper = |t: &str| t.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    PUBLIC_KEY_IDS.contains(&text)
        || (text.starts_with("AKIA") || text.starts_with("ASIA")) && text.len() <= 24 && upper(text)
        || text.starts_with("GOOG") && text.len() <= 64 && upper(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(name: &'static str, value: &str) -> Setting {
        Setting::new(name, Value::Known(value.into()))
    }

    #[test]
    fn values_are_shown_by_what_they_are() {
        assert_eq!(shown(&setting("LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY", "hunter2hunter2")), "`***`");
        assert_eq!(
            shown(&setting("LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID", "AKIAQ7RT2MNBVCXZ5K3P")),
            "`AKIAQ7RT2MNBVCXZ5K3P`"
        );
        assert_eq!(
            shown(&setting("LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzzzz")),
            "`***`"
        );
        assert_eq!(shown(&setting("LANGFUSE_S3_EVENT_SECERT_KEY", "abcdefgh")), "`***`");
        assert_eq!(
            shown(&setting("LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT", "https://u:pw@h/?sig=abc&x=1")),
            "`https://***@h/?sig=***&x=1`"
        );
        for text in ["u:pw@minio:9000", "u:p/w@minio:9000", " //u@minio:9000"] {
            assert_eq!(shown(&setting("LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT", text)), "`***@minio:9000`");
        }
        assert_eq!(shown(&setting("LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT", "minio?a@b")), "`minio?a@b`");
        assert_eq!(
            shown(&setting("LANGFUSE_S3_EVENT_UPLOAD_BUCKET", "a\x1b[31m\u{202e}b")),
            "`a\\u{1b}[31m\\u{202e}b`"
        );
    }
}
