//! `azure-endpoint-not-account`.

use super::{azure_blocks, names_the_account};
use crate::config::{Block, text};
use crate::redact::shown;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};

rule! {
    /// The Azure endpoint has more than the account URL: a container or a shared access signature.
    ///
    /// ## Why
    /// Langfuse adds the container from `_BUCKET` and signs with the account key. If the endpoint also has the
    /// container, requests go to `/container/container/…`; if it has a signed query (`?sv=…&sig=…`), links carry two
    /// signatures. Azure rejects both. The Azure portal shows the endpoint without either under "Endpoints".
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net/langfuse-events
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
    /// URLs observed with the version of @azure/storage-blob Langfuse pins.
    AZURE_ENDPOINT_NOT_ACCOUNT = "azure-endpoint-not-account", Error, Failure, azure_endpoint_not_account
}

/// The path without the container, if the endpoint's path has one: empty on Azure itself, whose endpoints have no path;
/// possibly the account on Azurite and other path-style endpoints.
fn path_without_container<'d>(block: &'d Block<'_>) -> Option<&'d str> {
    let url = block.endpoint_url()?;
    let (head, last) = url.path.rsplit_once('/')?;
    if names_the_account(url) {
        return Some("");
    }
    if text(block.bucket) != Some(last) {
        return None;
    }
    // Account and container may have the same name: with path style a single segment is the account.
    let path_style = url.ip.is_some() || url.is_loopback() || url.is_internal();
    let may_be_account = head.is_empty() && (path_style || text(block.key_id) == Some(last));
    (!may_be_account).then_some(head)
}

fn signs(query: &str) -> bool {
    query.split('&').any(|part| part.split_once('=').is_some_and(|(name, _)| name.eq_ignore_ascii_case("sig")))
}

fn azure_endpoint_not_account(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in azure_blocks(cx) {
        let (Some(endpoint), Some(url)) = (block.endpoint, block.endpoint_url()) else { continue };
        let signed = url.query.is_some_and(signs);
        let beyond = path_without_container(block);
        let what = match (beyond.is_some(), signed) {
            (true, true) => "a container and a shared access signature",
            (true, false) if names_the_account(url) => "a path",
            (true, false) => "the container",
            (false, true) => "a shared access signature",
            (false, false) => continue,
        };
        let right = format!("{}{}", url.origin(), beyond.unwrap_or(url.path));
        let edits = replace_value(endpoint, &right);
        let title = "keep only the account URL";
        let mut finding = Finding::at(config, endpoint);
        if let Some(bucket) = block.bucket.filter(|_| beyond.is_some()) {
            finding = finding.because(bucket, "the container is set here");
        }
        out.push(
            finding
                .message(format!(
                    "{} is {}, with {what}; expected only the account URL",
                    endpoint.name,
                    shown(endpoint)
                ))
                .help(format!("Set `{}={right}`.", endpoint.name))
                // Langfuse would no longer find blobs written under the doubled container.
                .fix(
                    edits.map(|e| if beyond.is_some() { DraftFix::risky(title, e) } else { DraftFix::safe(title, e) }),
                ),
        );
    }
}
