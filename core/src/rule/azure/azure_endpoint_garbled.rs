//! `azure-endpoint-garbled`.

use crate::config::Engine;
use crate::rule::engine::switch;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::Version;

rule! {
    /// This Langfuse release garbles text that it reads from Azure.
    ///
    /// ## Why
    /// Before v3.202.0 Langfuse decoded what it reads from Azure chunk by chunk. A multibyte character split across two
    /// chunks became U+FFFD, mostly in traces in languages other than English.
    ///
    /// ## Example
    /// ```dotenv version=3.190.0
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv version=4.16.0
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#14471, langfuse/langfuse#14504
    AZURE_ENDPOINT_GARBLED = "azure-endpoint-garbled", Hint, Risk, azure_endpoint_garbled
}

/// The first release that decodes the data as a whole (langfuse/langfuse#14504).
const DECODES_WHOLE: Version = Version { major: 3, minor: 202, patch: 0 };

fn azure_endpoint_garbled(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| c.engine == Engine::Azure && cx.is_older(c.containers, DECODES_WHOLE)) {
        let Some(switch) = switch(config) else { continue };
        let version = cx.version(config.containers).map_or(String::new(), |v| v.to_string());
        out.push(
            Finding::at(config, switch)
                .message(format!("Langfuse {version} turns some characters it reads from Azure into U+FFFD"))
                .help("Upgrade to v3.202.0 or later."),
        );
    }
}
