//! `azure-endpoint-data-lake`.

use super::{azure_blocks, with_label};
use crate::redact::shown;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};

rule! {
    /// The endpoint is the account's Data Lake endpoint.
    ///
    /// ## Why
    /// `*.dfs.core.windows.net` speaks the Data Lake protocol. Langfuse uses the blob protocol, which the same account
    /// serves on `*.blob.core.windows.net`.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.dfs.core.windows.net
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
    AZURE_ENDPOINT_DATA_LAKE = "azure-endpoint-data-lake", Error, Failure, azure_endpoint_data_lake
}

fn azure_endpoint_data_lake(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in azure_blocks(cx) {
        let (Some(endpoint), Some(url)) = (block.endpoint, block.endpoint_url()) else { continue };
        if !["dfs.core.windows.net", "dfs.core.usgovcloudapi.net", "dfs.core.chinacloudapi.cn"]
            .into_iter()
            .any(|h| url.is_under(h))
        {
            continue;
        }
        let right = url.with_host(&with_label(url.host, "dfs", "blob"));
        out.push(
            Finding::at(config, endpoint)
                .message(format!(
                    "{} is {}, the Data Lake endpoint; expected the account's blob endpoint",
                    endpoint.name,
                    shown(endpoint)
                ))
                .help(format!("Set `{}={right}`.", endpoint.name))
                .fix(replace_value(endpoint, &right).map(|e| DraftFix::safe("use the blob endpoint", e))),
        );
    }
}
