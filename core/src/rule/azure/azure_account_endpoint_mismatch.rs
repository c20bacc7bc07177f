//! `azure-account-endpoint-mismatch`.

use super::{account, account_in_host, azure_blocks};
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};

rule! {
    /// The account doesn't match the one in the endpoint's host.
    ///
    /// ## Why
    /// Requests are signed for `_ACCESS_KEY_ID` but sent to the account in the host. Azure rejects them with
    /// `AuthenticationFailed`. Usually one of the two was left behind when the account changed.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmearchive
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
    /// Observed with the version of @azure/storage-blob Langfuse pins, which doesn't compare the two.
    AZURE_ACCOUNT_ENDPOINT_MISMATCH =
        "azure-account-endpoint-mismatch", Error, Failure, azure_account_endpoint_mismatch
}

fn azure_account_endpoint_mismatch(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in azure_blocks(cx) {
        let (Some((setting, name)), Some(in_host)) = (account(block), account_in_host(block)) else { continue };
        let Some(endpoint) = block.endpoint.filter(|_| !name.eq_ignore_ascii_case(in_host)) else { continue };
        out.push(
            Finding::at(config, setting)
                .because(endpoint, "requests go to the account in this host")
                .message(format!(
                    "{} is {}, but the endpoint belongs to account `{in_host}`",
                    setting.name,
                    shown(setting)
                ))
                .help(format!(
                    "If the endpoint is right, set `{}={in_host}` and that account's key; otherwise fix {}.",
                    setting.name, endpoint.name
                )),
        );
    }
}
