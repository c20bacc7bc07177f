//! `azure-external-endpoint-without-container`.

use super::{azure_blocks, names_the_account};
use crate::config::endpoint::Endpoint;
use crate::config::text;
use crate::redact::shown;
use crate::rule::finding::{DraftFix, append_value, replace_value};
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::UseCase;

rule! {
    /// The external endpoint for exports on Azure doesn't end with the container.
    ///
    /// ## Why
    /// On Azure, Langfuse replaces the container URL, `https://account.blob…/container`, with the external endpoint. If
    /// that endpoint lacks the container, so does the link, and Azure rejects it. On S3 it's the opposite: the bucket
    /// must not be in it. A trailing slash is doubled in the link.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=langfuse-exports
    /// LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT=https://files.acme.dev
    /// LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=langfuse-exports
    /// LANGFUSE_S3_BATCH_EXPORT_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT=https://files.acme.dev/langfuse-exports
    /// LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// ```
    ///
    /// ## Seen in
    /// `AzureBlobStorageService.getSignedUrl` in `packages/shared/src/server/services/StorageService.ts` of Langfuse.
    AZURE_EXTERNAL_ENDPOINT_WITHOUT_CONTAINER =
        "azure-external-endpoint-without-container", Error, Failure, azure_external_endpoint_without_container
}

fn azure_external_endpoint_without_container(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in azure_blocks(cx).filter(|(_, b)| b.use_case == UseCase::Exports) {
        let (Some(external), Some(url)) = (block.external, block.external_endpoint_url()) else { continue };
        let (Some(bucket), Some(container)) = (block.bucket, text(block.bucket)) else { continue };
        let has_container = url.path.rsplit_once('/').is_some_and(|(_, last)| last == container);
        let slash = url.raw.ends_with('/');
        // Another rule reports localhost for a store elsewhere, and its fix includes the container.
        let stray = url.is_loopback() && !block.endpoint_url().is_some_and(Endpoint::is_loopback);
        if has_container && !slash || stray || url.query.is_some() || url.fragment.is_some() {
            continue;
        }
        // On an account's host the first segment is the container; a different segment is a different container.
        let another = names_the_account(url) && !has_container && !url.path.is_empty();
        let right = match (has_container, another) {
            (true, _) => format!("{}{}", url.origin(), url.path),
            (false, true) => format!("{}/{container}", url.origin()),
            (false, false) => format!("{}{}/{container}", url.origin(), url.path),
        };
        let edits = if slash || another || external.from_wrapper() {
            replace_value(external, &right)
        } else {
            append_value(external, &format!("/{container}"))
        };
        let title = "end it with the container";
        let certain = !another && (slash || names_the_account(url));
        out.push(
            Finding::at(config, external)
                .because(bucket, "the container")
                .message(format!(
                    "{} is {}; on Azure it replaces the container URL, so it must end with the container name",
                    external.name,
                    shown(external)
                ))
                .help(format!("Set `{}={right}`, without a trailing slash.", external.name))
                .fix(
                    edits
                        .filter(|_| !external.from_wrapper())
                        .map(|e| if certain { DraftFix::safe(title, e) } else { DraftFix::risky(title, e) }),
                ),
        );
    }
}
