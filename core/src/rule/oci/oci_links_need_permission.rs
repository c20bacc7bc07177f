//! `oci-links-need-permission`.

use super::USE_OCI;
use crate::config::Engine;
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::UseCase;

rule! {
    /// The Oracle engine's links are pre-authenticated requests, which the policy must allow.
    ///
    /// ## Why
    /// The native engine doesn't sign URLs: for each upload and each download, Langfuse creates a pre-authenticated
    /// request on the bucket. That needs the permission PAR_MANAGE in addition to those on objects. Without it, media
    /// and export links fail while events are stored as usual. Langfuse never deletes the requests.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE=true
    /// LANGFUSE_OCI_AUTH_TYPE=instance_principal
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-frankfurt-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-frankfurt-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-frankfurt-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmetenancy.compat.objectstorage.eu-frankfurt-1.oraclecloud.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=1f2e3d4c5b6a79880716f5e4d3c2b1a098877665
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=cHE4UmsyTG1aeDdWdDRZYjlOdzNIczZKZDFGZzVLYzA=
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-frankfurt-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://acmetenancy.compat.objectstorage.eu-frankfurt-1.oraclecloud.com
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=1f2e3d4c5b6a79880716f5e4d3c2b1a098877665
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=cHE4UmsyTG1aeDdWdDRZYjlOdzNIczZKZDFGZzVLYzA=
    /// LANGFUSE_S3_MEDIA_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// `OCIObjectStorageService.getSignedUrl` in Langfuse's `packages/shared/src/server/services/StorageService.ts`;
    /// Oracle Cloud documentation, pre-authenticated requests.
    OCI_LINKS_NEED_PERMISSION = "oci-links-need-permission", Hint, Advice, oci_links_need_permission
}

fn oci_links_need_permission(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| c.engine == Engine::Oci) {
        let Some(switch) = config.environment.get(USE_OCI) else { continue };
        let linked = config.used().filter(|b| matches!(b.use_case, UseCase::Media | UseCase::Exports));
        let mut buckets: Vec<_> = linked.filter_map(|b| b.bucket).collect();
        buckets.dedup_by_key(|s| s.text().map(str::to_owned));
        if buckets.is_empty() {
            continue;
        }
        let names: Vec<String> = buckets.iter().map(|s| shown(s)).collect();
        let mut finding = Finding::at(config, switch);
        for bucket in buckets {
            finding = finding.looks_at(Some(bucket));
        }
        out.push(
            finding
                .message(format!(
                    "{} is `true`: every link to {} is a separate pre-authenticated request",
                    switch.name,
                    names.join(" and ")
                ))
                .help(
                    "Make sure that the policy grants PAR_MANAGE on these buckets in addition to the permissions on \
                     objects, and delete expired requests from time to time.",
                ),
        );
    }
}
