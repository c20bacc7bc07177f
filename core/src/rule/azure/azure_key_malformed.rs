//! `azure-key-malformed`.

use super::{azure_blocks, is_explained_elsewhere, looks_swapped, names_the_account};
use crate::config::endpoint::Endpoint;
use crate::redact::shown;
use crate::rule::engine::switch;
use crate::rule::{Context, Finding, Findings, rule};
use crate::text::base64;

rule! {
    /// The secret key isn't an Azure account key.
    ///
    /// ## Why
    /// An account key is 64 bytes in base64: 88 characters ending in `==`. The SDK signs with any value, and Azure
    /// answers the first request with `AuthenticationFailed`. A connection string or a shared access signature doesn't
    /// work here; of a connection string, use only what follows `AccountKey=`.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// ```
    ///
    /// ## Seen in
    /// Observed with the version of @azure/storage-blob Langfuse pins; Microsoft documentation, storage account access
    /// keys (512 bits).
    AZURE_KEY_MALFORMED = "azure-key-malformed", Error, Failure, azure_key_malformed
}

/// Why `key` isn't an account key.
fn key_fault(url: Option<&Endpoint<'_>>, key: &str) -> Option<&'static str> {
    let has = |word: &str| key.len() > word.len() && key.contains(word);
    if has("AccountKey=") || has("DefaultEndpointsProtocol=") {
        return Some("a connection string");
    }
    if has("sig=") && has("&") {
        return Some("a shared access signature");
    }
    match base64::decode(key) {
        None => Some("not base64"),
        // Emulators accept keys of any length.
        Some(bytes) if bytes.len() != 64 && url.is_some_and(names_the_account) => Some("not a 64-byte key"),
        Some(_) => None,
    }
}

fn azure_key_malformed(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in azure_blocks(cx) {
        let Some((setting, key)) = block.secret.and_then(|s| Some((s, s.text()?))) else { continue };
        if is_explained_elsewhere(key.trim()) || looks_swapped(block) {
            continue;
        }
        let Some(what) = key_fault(block.endpoint_url(), key) else { continue };
        let mut finding = Finding::at(config, setting);
        if let Some(switch) = switch(config) {
            finding = finding.because(switch, "the Azure engine is on");
        }
        out.push(
            finding
                .message(format!(
                    "{} is {}, {what}; expected the account key, 88 characters of base64",
                    setting.name,
                    shown(setting)
                ))
                .help("Copy key1 or key2 from the account's \"Access keys\" page, not the connection string."),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_64_bytes_of_base64_on_azure_itself() {
        let azure = Endpoint::parse("https://acme.blob.core.windows.net").ok();
        let azurite = Endpoint::parse("http://azurite:10000/acme").ok();
        let short = "c2hvcnQ=";
        assert_eq!(key_fault(azure.as_ref(), short), Some("not a 64-byte key"));
        assert_eq!(key_fault(azurite.as_ref(), short), None);
        assert_eq!(key_fault(azurite.as_ref(), "not base64!"), Some("not base64"));
        assert_eq!(key_fault(None, "AccountName=a;AccountKey=c2hvcnQ="), Some("a connection string"));
        assert_eq!(key_fault(None, "sv=2022-11-02&sig=abc%3D"), Some("a shared access signature"));
    }
}
