//! `azure-account-incomplete`.

use super::azure_blocks;
use crate::rule::engine::{is_contested, switch};
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Role, slot};

rule! {
    /// Azure: endpoint, account or key is missing.
    ///
    /// ## Why
    /// The Azure engine authenticates only with the account's shared key: no managed identity, no workload identity, no
    /// connection string. If endpoint, account or key is missing, it throws "Endpoint, account and account key must be
    /// configured to use Azure Blob Storage" on first use. Each use case needs its own three.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
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
    /// `AzureBlobStorageService` in `packages/shared/src/server/services/StorageService.ts` of Langfuse;
    /// langfuse/langfuse#15596, the open request for identity support.
    AZURE_ACCOUNT_INCOMPLETE = "azure-account-incomplete", Error, Failure, azure_account_incomplete
}

fn azure_account_incomplete(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in azure_blocks(cx).filter(|(c, b)| b.bucket.is_some() && !c.environment.open) {
        // With two engines on, Azure may not be the intended one.
        if is_contested(config) {
            continue;
        }
        let fields = [
            (block.endpoint, Role::Endpoint, "https://<account>.blob.core.windows.net"),
            (block.key_id, Role::AccessKeyId, "<account>"),
            (block.secret, Role::SecretAccessKey, "<account key>"),
        ];
        let missing = || fields.iter().filter(|(field, _, _)| field.is_none());
        let Some(variable) = missing().next().and_then(|(_, role, _)| slot(block.use_case, *role)) else { continue };
        let names: Vec<&str> = missing().map(|(_, role, _)| block.name(*role)).collect();
        let lines: Vec<String> =
            missing().map(|(_, role, example)| format!("`{}={example}`", block.name(*role))).collect();
        let identity = ["AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_TENANT_ID"]
            .into_iter()
            .find_map(|n| config.environment.by_name(n).filter(|s| s.is_set()));
        let mut finding = Finding::missing(config, variable).looks_at(block.bucket);
        if let Some(switch) = switch(config) {
            finding = finding.because(switch, "the Azure engine is on");
        }
        if let Some(identity) = identity {
            finding = finding.because(identity, "Langfuse doesn't support Azure identities");
        }
        out.push(
            finding
                .message(format!(
                    "{} not set: the Azure engine needs endpoint, account and account key for every use case",
                    names.join(", ")
                ))
                .help(format!("Add {}.", lines.join(", "))),
        );
    }
}
