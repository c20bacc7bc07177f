//! `gcs-credentials-not-readable`.

use super::credentials;
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::text::base64;

rule! {
    /// The Google credentials are neither a JSON document nor a path.
    ///
    /// ## Why
    /// A value that begins with `{` is parsed as JSON; anything else is the path of a key file in the container. A key
    /// in base64 or in quotes, or the private key alone, is therefore taken as a file name (`ENOENT: no such file or
    /// directory`), and invalid JSON causes "Failed to initialize Google Cloud Storage". Double quotes in a `.env` turn
    /// `\n` inside the key into line breaks, which JSON doesn't allow in a string.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true
    /// LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS=eyJ0eXBlIjoic2VydmljZV9hY2NvdW50IiwicHJvamVjdF9pZCI6ImFjbWUifQ==
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true
    /// LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS=/secrets/gcs.json
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// ```
    ///
    /// ## Seen in
    /// `GoogleCloudStorageService` in Langfuse's `packages/shared/src/server/services/StorageService.ts`.
    GCS_CREDENTIALS_NOT_READABLE = "gcs-credentials-not-readable", Error, Failure, gcs_credentials_not_readable
}

/// Why a value is neither JSON nor a path, and what to do.
fn credentials_fault(text: &str) -> Option<(&'static str, &'static str)> {
    const FILE: &str = "Mount the key file into web and worker and write its path, such as `/secrets/gcs.json`.";
    let text = text.trim();
    if text.starts_with('{') {
        if serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() {
            return None;
        }
        return if text.contains('\n') && text.contains("-----BEGIN") {
            Some((
                "JSON with line breaks inside the key",
                "Put the document on one line in single quotes, so that `\\n` stays two characters; or mount it as a \
                 file.",
            ))
        } else {
            Some(("invalid JSON", FILE))
        };
    }
    if text.starts_with(['"', '\'', '`']) && text.contains('{') {
        return Some((
            "a quoted JSON document, read as a path",
            "Remove the quotes around the document, so that it begins with `{`.",
        ));
    }
    if text.contains("-----BEGIN") {
        return Some(("a private key, read as a path", FILE));
    }
    // A path has a slash or a dot; base64 has no dot, and `{` encodes to `ew` or `ey`.
    let encoded =
        text.len() >= 16 && text.starts_with('e') && base64::decode(text).is_some_and(|b| b.starts_with(b"{"));
    if encoded {
        return Some((
            "base64, read as a path",
            "Decode it and write the JSON document in single quotes, or mount it as a file and write its path.",
        ));
    }
    text.starts_with("~/").then_some(("a path with `~`, which nothing expands here", FILE))
}

fn gcs_credentials_not_readable(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs {
        let Some((setting, text)) = credentials(config) else { continue };
        let Some((what, help)) = credentials_fault(text) else { continue };
        out.push(
            Finding::at(config, setting)
                .message(format!(
                    "{} is {}: {what}; expected a JSON document that begins with `{{`, or a file path",
                    setting.name,
                    shown(setting)
                ))
                .help(help),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_paths_and_documents() {
        for good in ["/secrets/gcs.json", "keys/gcs.json", " {\"type\":\"external_account\"} ", "edge/key", "eyJ.json"]
        {
            assert!(credentials_fault(good).is_none(), "{good}");
        }
        for bad in [
            "eyJ0eXBlIjoic2VydmljZV9hY2NvdW50In0=",
            "ewogICJ0eXBlIjogInNlcnZpY2VfYWNjb3VudCIKfQ",
            "'{\"type\":1}'",
            "{\"type\":",
            "-----BEGIN PRIVATE KEY-----",
            "~/gcs.json",
        ] {
            assert!(credentials_fault(bad).is_some(), "{bad}");
        }
    }
}
