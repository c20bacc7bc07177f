//! `azure-account-and-key-swapped`.

use super::{azure_blocks, looks_swapped};
use crate::rule::finding::{DraftFix, rename};
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::Role;

rule! {
    /// The Azure account and account key are swapped.
    ///
    /// ## Why
    /// On Azure `_ACCESS_KEY_ID` is the name of the storage account and `_SECRET_ACCESS_KEY` its key. If they are
    /// swapped, requests are signed for an account that doesn't exist: `AuthenticationFailed`. Besides, the key is then
    /// in a variable that tools don't treat as a secret.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=acmestorage
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
    /// The Langfuse documentation's Azure section, which says what goes where.
    AZURE_ACCOUNT_AND_KEY_SWAPPED = "azure-account-and-key-swapped", Error, Failure, azure_account_and_key_swapped
}

fn azure_account_and_key_swapped(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in azure_blocks(cx).filter(|(_, b)| looks_swapped(b)) {
        let (Some(id), Some(secret)) = (block.key_id, block.secret) else { continue };
        let edits = rename(id, block.name(Role::SecretAccessKey)).and_then(|mut edits| {
            edits.extend(rename(secret, block.name(Role::AccessKeyId))?);
            Some(edits)
        });
        out.push(
            Finding::at(config, id)
                .because(secret, "the account is here")
                .message(format!("{} is set to an account key, and {} to the account", id.name, secret.name))
                .help(format!("Swap the two names: the account belongs in {}, its key in {}.", id.name, secret.name))
                .fix(edits.map(|e| DraftFix::risky("swap the two names", e))),
        );
    }
}
