//! `azure-account-name-invalid`.

use super::{account, account_in_host, azure_blocks};
use crate::redact::shown;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::has_length;

rule! {
    /// The account isn't a valid Azure storage account name.
    ///
    /// ## Why
    /// Storage account names are 3 to 24 lowercase letters and digits. Requests are signed for the name as written, so
    /// Azure answers `AuthenticationFailed`.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AcmeStorage
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
    /// Microsoft documentation, storage account overview, account name.
    AZURE_ACCOUNT_NAME_INVALID = "azure-account-name-invalid", Error, Failure, azure_account_name_invalid
}

fn azure_account_name_invalid(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in azure_blocks(cx) {
        let (Some((setting, name)), Some(in_host)) = (account(block), account_in_host(block)) else { continue };
        let valid = has_length(name, 3, 24) && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        // Another rule reports an account that isn't the host's.
        if valid || !name.eq_ignore_ascii_case(in_host) {
            continue;
        }
        let Some(endpoint) = block.endpoint else { continue };
        let lower = name.to_ascii_lowercase();
        let capitals_only = lower.bytes().all(|b| b.is_ascii_alphanumeric()) && has_length(&lower, 3, 24);
        out.push(
            Finding::at(config, setting)
                .because(endpoint, "the account in the host")
                .message(format!(
                    "{} is {}; expected a storage account name: 3 to 24 lowercase letters and digits",
                    setting.name,
                    shown(setting)
                ))
                .help(if capitals_only {
                    format!("Use lowercase, as Azure shows it: `{}={lower}`.", setting.name)
                } else {
                    "Use the account name as Azure shows it, here and in the endpoint's host.".to_owned()
                })
                .fix(
                    replace_value(setting, &lower)
                        .filter(|_| capitals_only)
                        .map(|e| DraftFix::safe("change the account to lowercase", e)),
                ),
        );
    }
}
