//! `azure-not-enabled`.

use crate::config::Engine;
use crate::provider;
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Wrapper;
use crate::variable::{Var, var};

rule! {
    /// The endpoint is Azure Blob Storage, but the Azure engine isn't enabled.
    ///
    /// ## Why
    /// Azure has no S3 API. Without `LANGFUSE_USE_AZURE_BLOB=true` Langfuse sends S3 requests there, and every one
    /// fails; ingestion answers HTTP 500 with "Failed to upload JSON to S3". Compose files from before v3.67.0 don't
    /// forward the switch, so with them a line in `.env` isn't enough.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=westeurope
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
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
    /// langfuse/langfuse#6872, langfuse/langfuse#7153
    AZURE_NOT_ENABLED = "azure-not-enabled", Error, Failure, azure_not_enabled
}

const USE_AZURE: Var = var("LANGFUSE_USE_AZURE_BLOB");

fn azure_not_enabled(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| c.engine == Engine::S3) {
        let mut on_azure = config.used().filter(|b| b.is(&provider::AZURE)).filter_map(|b| b.endpoint);
        let Some(endpoint) = on_azure.next() else { continue };
        let written = config.environment.set_value(USE_AZURE);
        let decided = match written {
            // The startup rules report a value that Langfuse rejects; a hidden value may be `true`.
            Some(setting) => setting.text() == Some("false"),
            None => !config.environment.open,
        };
        if !decided {
            continue;
        }
        let mut finding = Finding::at(config, endpoint);
        for other in on_azure {
            finding = finding.because(other, "the same store");
        }
        if let Some(written) = written {
            finding = finding.because(written, "the Azure engine is off");
        }
        let all = if config.used().all(|b| b.is(&provider::AZURE)) {
            ""
        } else {
            " It applies to every use case, so also move the others to Azure."
        };
        let place = match cx.deployment.wrapper {
            Wrapper::Helm => "`s3.storageProvider: azure`",
            _ => "`LANGFUSE_USE_AZURE_BLOB=true` for web and worker",
        };
        out.push(
            finding
                .message(format!(
                    "{} is {}, which is Azure Blob Storage, but LANGFUSE_USE_AZURE_BLOB is not `true`: Langfuse uses \
                     the S3 client",
                    endpoint.name,
                    shown(endpoint)
                ))
                .help(format!("Set {place}.{all}")),
        );
    }
}
