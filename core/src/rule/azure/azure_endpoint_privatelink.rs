//! `azure-endpoint-privatelink`.

use super::{azure_blocks, names_the_account, with_label};
use crate::config::endpoint::Endpoint;
use crate::redact::shown;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};

rule! {
    /// The endpoint is the account's Private Link alias.
    ///
    /// ## Why
    /// `privatelink` names exist only for DNS. The account's certificate is for `<account>.blob.core.windows.net`, so
    /// TLS fails with `ERR_TLS_CERT_ALTNAME_INVALID`. Inside the virtual network, the private DNS zone makes the plain
    /// name resolve to the private address. Microsoft says not to use the alias.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.privatelink.blob.core.windows.net
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
    /// Microsoft documentation, "Use private endpoints for Azure Storage", connecting to a private endpoint.
    AZURE_ENDPOINT_PRIVATELINK = "azure-endpoint-privatelink", Error, Failure, azure_endpoint_privatelink
}

fn is_privatelink(url: &Endpoint<'_>) -> bool {
    names_the_account(url) && url.host.split('.').any(|l| l.eq_ignore_ascii_case("privatelink"))
}

fn azure_endpoint_privatelink(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in azure_blocks(cx) {
        let (Some(endpoint), Some(url)) = (block.endpoint, block.endpoint_url()) else { continue };
        if !is_privatelink(url) {
            continue;
        }
        let right = url.with_host(&with_label(url.host, "privatelink", ""));
        out.push(
            Finding::at(config, endpoint)
                .message(format!(
                    "{} is {}, a DNS alias that the account's certificate doesn't cover",
                    endpoint.name,
                    shown(endpoint)
                ))
                .help(format!(
                    "Set `{}={right}` and link the zone `privatelink.blob.core.windows.net` to the virtual network.",
                    endpoint.name
                ))
                .fix(replace_value(endpoint, &right).map(|e| DraftFix::risky("use the account's host name", e))),
        );
    }
}
