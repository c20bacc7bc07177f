//! `gcs-key-incomplete`.

use super::credentials;
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use serde_json::Value as Json;

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
    GCS_KEY_INCOMPLETE = "gcs-key-incomplete", Error, Failure, gcs_key_incomplete
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

#[cfg(test)]
mod tests {
    use super::*;

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
