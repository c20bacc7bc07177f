//! Google Cloud Storage: credentials of the native engine, limits of the S3-compatible API.

use serde_json::Value as Json;

use super::{Context, Finding, Findings, Rule, rule};
use crate::config::{Config, Engine};
use crate::provider;
use crate::source::Setting;
use crate::text::mask::{shown, unbase64};
use crate::variable::{Containers, UseCase, Var, Version, var};

pub(super) static RULES: &[&Rule] =
    &[&GCS_CREDENTIALS_NOT_READABLE, &GCS_KEY_INCOMPLETE, &GCS_INTEROPERABILITY, &GCS_MULTIPART_REFUSED];

const CREDENTIALS: Var = var("LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS");

/// The credentials on the native engine, if their value is known.
fn credentials<'d>(config: &'d Config<'_>) -> Option<(&'d Setting, &'d str)> {
    let setting = config.environment.set_value(CREDENTIALS).filter(|_| config.engine == Engine::Gcs)?;
    setting.text().map(|t| (setting, t))
}

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
    let encoded = text.len() >= 16 && text.starts_with('e') && unbase64(text).is_some_and(|b| b.starts_with(b"{"));
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

rule! {
    /// The Google key lacks a field needed for signing, or its private key is malformed.
    ///
    /// ## Why
    /// A service-account key has `client_email` and `private_key`. Without them the library says "The incoming JSON
    /// object does not contain a private_key field". If line breaks in the key were escaped twice, the key contains the
    /// two characters `\n` instead of a line break, and signing fails with "error:1E08010C:DECODER
    /// routines::unsupported".
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true
    /// LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS='{"type":"service_account","project_id":"acme","client_email":"langfuse@acme.iam.gserviceaccount.com"}'
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true
    /// LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS='{"type":"service_account","project_id":"acme","client_email":"langfuse@acme.iam.gserviceaccount.com","private_key":"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\n-----END PRIVATE KEY-----\n"}'
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// ```
    ///
    /// ## Seen in
    /// `jwtclient.js` of google-auth-library; theoephraim/node-google-spreadsheet#606, daniel-hauser/moneyman#29.
    GCS_KEY_INCOMPLETE = "gcs-key-incomplete", Warning, Failure, gcs_key_incomplete
}

/// What's wrong with the key in `document`. Other types of credentials have no private key.
fn key_fault(document: &Json) -> Option<String> {
    let field = |name: &str| document.get(name).and_then(Json::as_str).filter(|t| !t.is_empty());
    if field("type").is_some_and(|t| t != "service_account") {
        return None;
    }
    if let Some(missing) = ["client_email", "private_key"].into_iter().find(|n| field(n).is_none()) {
        return Some(format!("has no `{missing}`"));
    }
    let key = field("private_key")?;
    if key.contains("\\n") {
        return Some("has a private key whose line breaks were escaped twice".to_owned());
    }
    (!key.contains("-----BEGIN")).then(|| "has a private key that isn't PEM".to_owned())
}

fn gcs_key_incomplete(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs {
        let Some((setting, text)) = credentials(config).filter(|(_, t)| t.trim_start().starts_with('{')) else {
            continue;
        };
        let Some(fault) = serde_json::from_str::<Json>(text).ok().as_ref().and_then(key_fault) else { continue };
        out.push(
            Finding::at(config, setting)
                .message(format!("{} is {}, a document that {fault}", setting.name, shown(setting)))
                .help(
                    "Download a new JSON key for the service account and pass it unchanged: as a mounted file with its \
                     path here, or on one line in single quotes.",
                ),
        );
    }
}

rule! {
    /// Google Cloud Storage through its S3-compatible API.
    ///
    /// ## Why
    /// Retention and the deletion of traces and projects use S3's multi-object delete. This API answered it with
    /// `NotImplemented` for years; Google has documented it since April 2026. The native engine deletes through
    /// Google's own API and needs no HMAC keys.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=auto
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://storage.googleapis.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=GOOG1EQ7RT2MNBVCXZ5K3PLKJHGFDSAPOIUYTREWQ1234567890ABCDEFGHIJ
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=pq8Rk2LmZx7Vt4Yb9Nw3Hs6Jd1Fg5Kc0Qa8Xe2Tz
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true
    /// LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS=/secrets/gcs.json
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6172, supabase/storage#898
    GCS_INTEROPERABILITY = "gcs-interoperability", Hint, Advice, gcs_interoperability
}

fn gcs_interoperability(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| c.engine == Engine::S3) {
        // Media on this API has its own rule, an error.
        let Some(endpoint) =
            config.used().find(|b| b.use_case == UseCase::Events && b.is(&provider::GCS)).and_then(|b| b.endpoint)
        else {
            continue;
        };
        out.push(
            Finding::at(config, endpoint)
                .message(format!(
                    "{} is {}: retention and deletion need multi-object delete, which this API long refused",
                    endpoint.name,
                    shown(endpoint)
                ))
                .help(
                    "Prefer the native engine, for all use cases at once: `LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true`; \
                     buckets and prefixes stay the same.",
                ),
        );
    }
}

rule! {
    /// This Langfuse version sends checksums that Google's S3-compatible API refuses for large exports.
    ///
    /// ## Why
    /// Before v3.170.0 the AWS SDK in Langfuse could add a composite CRC32 when completing a multipart upload. Google
    /// answers that with HTTP 412, so exports of more than one part fail.
    ///
    /// ## Example
    /// ```dotenv version=3.150.0
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=auto
    /// LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=https://storage.googleapis.com
    /// LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID=GOOG1EQ7RT2MNBVCXZ5K3PLKJHGFDSAPOIUYTREWQ1234567890ABCDEFGHIJ
    /// LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=pq8Rk2LmZx7Vt4Yb9Nw3Hs6Jd1Fg5Kc0Qa8Xe2Tz
    /// LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv version=4.16.0
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=auto
    /// LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=https://storage.googleapis.com
    /// LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID=GOOG1EQ7RT2MNBVCXZ5K3PLKJHGFDSAPOIUYTREWQ1234567890ABCDEFGHIJ
    /// LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=pq8Rk2LmZx7Vt4Yb9Nw3Hs6Jd1Fg5Kc0Qa8Xe2Tz
    /// LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#13280
    GCS_MULTIPART_REFUSED = "gcs-multipart-refused", Warning, Failure, gcs_multipart_refused
}

/// The first release that sends checksums only if required (langfuse/langfuse#13280).
const CHECKSUMS_WHEN_REQUIRED: Version = Version { major: 3, minor: 170, patch: 0 };

fn gcs_multipart_refused(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(config) = cx.config(Containers::WORKER).filter(|c| c.engine == Engine::S3) else { return };
    let block = config.block(UseCase::Exports);
    let Some(endpoint) = block.endpoint.filter(|_| block.in_use() && block.is(&provider::GCS)) else { return };
    if !cx.is_older(Containers::WORKER, CHECKSUMS_WHEN_REQUIRED) {
        return;
    }
    let version = cx.version(Containers::WORKER).map_or(String::new(), |v| v.to_string());
    out.push(
        Finding::at(config, endpoint)
            .containers(Containers::WORKER)
            .looks_at(block.enabled)
            .message(format!(
                "{} is {}, but Langfuse {version} may send checksums on large uploads, which Google refuses with HTTP \
                 412",
                endpoint.name,
                shown(endpoint)
            ))
            .help("Upgrade to v3.170.0 or later, or use the native engine."),
    );
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

    #[test]
    fn only_service_accounts_need_a_key() {
        let of = |t: &str| serde_json::from_str::<Json>(t).ok().as_ref().and_then(key_fault);
        assert!(of(r#"{"type":"external_account"}"#).is_none());
        assert!(of(r#"{"client_email":"a@b"}"#).is_some_and(|f| f.contains("private_key")));
        let key = |k: &str| format!(r#"{{"type":"service_account","client_email":"a@b","private_key":"{k}"}}"#);
        assert!(of(&key(r"-----BEGIN PRIVATE KEY-----\nabc\n")).is_none());
        assert!(of(&key(r"-----BEGIN PRIVATE KEY-----\\nabc\\n")).is_some_and(|f| f.contains("twice")));
    }
}
