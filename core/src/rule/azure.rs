//! Azure Blob Storage: the switch, the account and its key, the endpoint, the container.

use super::engine::{is_contested, is_of_another_engine, switch};
use super::finding::{DraftFix, append_value, rename, replace_value};
use super::{Context, Finding, Findings, Rule, rule};
use crate::config::endpoint::Endpoint;
use crate::config::{Block, Config, Engine, text};
use crate::provider;
use crate::source::{Setting, Wrapper};
use crate::text::mask::{shown, unbase64};
use crate::variable::{Containers, Role, UseCase, Var, Version, has_length, slot, var};

pub(super) static RULES: &[&Rule] = &[
    &AZURE_NOT_ENABLED,
    &AZURE_ACCOUNT_INCOMPLETE,
    &AZURE_KEY_MALFORMED,
    &AZURE_ACCOUNT_AND_KEY_SWAPPED,
    &AZURE_ACCOUNT_NAME_INVALID,
    &AZURE_ACCOUNT_ENDPOINT_MISMATCH,
    &AZURE_ENDPOINT_NOT_ACCOUNT,
    &AZURE_ENDPOINT_DATA_LAKE,
    &AZURE_ENDPOINT_PRIVATELINK,
    &AZURE_MEDIA_PRIVATE,
    &AZURE_EXTERNAL_ENDPOINT_WITHOUT_CONTAINER,
    &AZURE_CONTAINER_NAME_INVALID,
    &AZURE_CONTAINER_NOT_CREATED,
    &AZURE_ENDPOINT_GARBLED,
];

const USE_AZURE: Var = var("LANGFUSE_USE_AZURE_BLOB");

/// The active use cases on the Azure engine, except those whose endpoint is another store's, which the engine rules
/// report.
fn azure_blocks<'c, 'd>(cx: &'c Context<'d>) -> impl Iterator<Item = (&'d Config<'d>, &'d Block<'d>)> + use<'c, 'd> {
    cx.configs
        .iter()
        .filter(|c| c.engine == Engine::Azure)
        .flat_map(|c| c.used().map(move |b| (c, b)))
        .filter(move |(c, b)| !is_of_another_engine(cx, c, b))
}

/// Values that other rules report: quotes, spaces, `$`, placeholders.
fn is_explained_elsewhere(text: &str) -> bool {
    text.trim() != text || text.contains(['"', '\'', '$', '<', '>', '{', '}']) || text.contains(char::is_whitespace)
}

/// Whether the account is the first label of the host, as on Azure itself; Azurite and custom domains differ.
fn names_the_account(url: &Endpoint<'_>) -> bool {
    url.is_under("blob.core.windows.net")
        || url.is_under("blob.core.usgovcloudapi.net")
        || url.is_under("blob.core.chinacloudapi.cn")
}

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

/// Why `key` isn't an account key.
fn key_fault(url: Option<&Endpoint<'_>>, key: &str) -> Option<&'static str> {
    let has = |word: &str| key.len() > word.len() && key.contains(word);
    if has("AccountKey=") || has("DefaultEndpointsProtocol=") {
        return Some("a connection string");
    }
    if has("sig=") && has("&") {
        return Some("a shared access signature");
    }
    match unbase64(key) {
        None => Some("not base64"),
        // Emulators accept keys of any length.
        Some(bytes) if bytes.len() != 64 && url.is_some_and(names_the_account) => Some("not a 64-byte key"),
        Some(_) => None,
    }
}

rule! {
    /// The secret key isn't an Azure account key.
    ///
    /// ## Why
    /// An account key is 64 bytes in base64: 88 characters ending in `==`. The SDK signs with any value, and Azure
    /// answers the first request with `AuthenticationFailed`. A connection string or a shared access signature doesn't
    /// work here; of a connection string, use only what follows `AccountKey=`.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
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
    /// Observed with the version of @azure/storage-blob Langfuse pins; Microsoft documentation, storage account access
    /// keys (512 bits).
    AZURE_KEY_MALFORMED = "azure-key-malformed", Error, Failure, azure_key_malformed
}

fn azure_key_malformed(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in azure_blocks(cx) {
        let Some((setting, key)) = block.secret.and_then(|s| Some((s, s.text()?))) else { continue };
        if is_explained_elsewhere(key.trim()) || looks_swapped(block) {
            continue;
        }
        let Some(what) = key_fault(block.endpoint_url(), key) else { continue };
        let mut finding = Finding::at(config, setting);
        if let Some(switch) = switch(config) {
            finding = finding.because(switch, "the Azure engine is on");
        }
        out.push(
            finding
                .message(format!(
                    "{} is {}, {what}; expected the account key, 88 characters of base64",
                    setting.name,
                    shown(setting)
                ))
                .help("Copy key1 or key2 from the account's \"Access keys\" page, not the connection string."),
        );
    }
}

/// Whether the account's field holds a key and the key's field does not.
fn looks_swapped(block: &Block<'_>) -> bool {
    let is_key = |t: &str| t.len() == 88 && t.ends_with("==") && unbase64(t).is_some_and(|b| b.len() == 64);
    text(block.key_id).is_some_and(is_key) && text(block.secret).is_some_and(|t| !is_key(t))
}

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

/// The account in the host, if the host is Azure's own.
fn account_in_host<'d>(block: &'d Block<'_>) -> Option<&'d str> {
    let label = block.endpoint_url().filter(|u| names_the_account(u))?.first_label();
    // The read-only copy of a geo-redundant account.
    Some(label.strip_suffix("-secondary").unwrap_or(label))
}

/// The account as written, unless another rule reports it.
fn account<'d>(block: &Block<'d>) -> Option<(&'d Setting, &'d str)> {
    let setting = block.key_id?;
    setting.text().filter(|t| !is_explained_elsewhere(t) && !looks_swapped(block)).map(|t| (setting, t))
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
        "azure-account-endpoint-mismatch", Warning, Failure, azure_account_endpoint_mismatch
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

/// The host with one label replaced, or dropped if `by` is empty.
fn with_label(host: &str, label: &str, by: &str) -> String {
    let kept = host.split('.').map(|l| if l.eq_ignore_ascii_case(label) { by } else { l });
    kept.filter(|l| !l.is_empty()).collect::<Vec<_>>().join(".")
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

rule! {
    /// The Azure media endpoint is private, but Langfuse is public.
    ///
    /// ## Why
    /// Web gives the media endpoint to browsers and SDKs. Outside the private network they can't reach it, and media
    /// has no separate external endpoint.
    ///
    /// ## Example
    /// ```dotenv
    /// NEXTAUTH_URL=https://langfuse.acme.dev
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=langfuse-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://blob.acme.internal
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// NEXTAUTH_URL=https://langfuse.acme.dev
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=langfuse-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// ```
    ///
    /// ## Seen in
    /// `web/src/features/media/server/getMediaStorageClient.ts` of Langfuse; langfuse/langfuse#14299 requests an
    /// external endpoint.
    AZURE_MEDIA_PRIVATE = "azure-media-private", Warning, Failure, azure_media_private
}

fn azure_media_private(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some(config) = cx.config(Containers::WEB).filter(|c| c.engine == Engine::Azure) else { return };
    let block = config.block(UseCase::Media);
    let (Some(endpoint), Some(url)) = (block.endpoint.filter(|_| block.in_use()), block.endpoint_url()) else { return };
    let outside = config.public_url.as_ref().is_some_and(Endpoint::is_public);
    // Plain HTTP has its own finding, with the same fix.
    let Some(public) = config.public_url_setting().filter(|_| outside && url.https && url.is_private()) else { return };
    out.push(
        Finding::at(config, endpoint)
            .containers(Containers::WEB)
            .because(public, "browsers open Langfuse at this URL")
            .message(format!(
                "{} is {} in web, a private address, but browsers and SDKs receive it",
                endpoint.name,
                shown(endpoint)
            ))
            .help(format!(
                "Give web the account's public URL, `{}=https://<account>.blob.core.windows.net`, and open the \
                 account's firewall to media users; the worker can keep the private URL.",
                endpoint.name
            )),
    );
}

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

rule! {
    /// The bucket isn't a valid Azure container name.
    ///
    /// ## Why
    /// Container names are 3 to 63 lowercase letters, digits and hyphens; they start and end with a letter or digit and
    /// have no consecutive hyphens. Azure answers any other name with HTTP 400, `InvalidResourceName`.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=Langfuse_Events
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
    /// langfuse/langfuse#13080; Microsoft documentation, naming and referencing containers.
    AZURE_CONTAINER_NAME_INVALID = "azure-container-name-invalid", Error, Failure, azure_container_name_invalid
}

/// Whether `name` is a valid container name, apart from `$root` and the other system containers.
fn is_container_name(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    has_length(name, 3, 63)
        && name.bytes().all(|b| fits(b) || b == b'-')
        && name.bytes().next().is_some_and(fits)
        && name.bytes().next_back().is_some_and(fits)
        && !name.contains("--")
}

fn azure_container_name_invalid(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in azure_blocks(cx) {
        let Some((setting, name)) = block.bucket.and_then(|s| Some((s, s.text()?))) else { continue };
        if is_container_name(name) || is_explained_elsewhere(name) {
            continue;
        }
        let meant = name.to_ascii_lowercase().replace(['_', '.', '/'], "-");
        let meant = Some(meant).filter(|m| is_container_name(m));
        let mut finding = Finding::at(config, setting);
        if let Some(switch) = switch(config) {
            finding = finding.because(switch, "on Azure the bucket is a container");
        }
        out.push(
            finding
                .message(format!(
                    "{} is {}, not a valid container name; expected 3 to 63 of `a-z`, `0-9` and single hyphens",
                    setting.name,
                    shown(setting)
                ))
                .help(meant.as_ref().map_or_else(
                    || "Use the container name shown in the Azure portal.".to_owned(),
                    |m| format!("Use the container name shown in the Azure portal, such as `{}={m}`.", setting.name),
                ))
                .fix(meant.and_then(|m| {
                    let edits = replace_value(setting, &m)?;
                    Some(DraftFix::risky(format!("set to `{m}`"), edits))
                })),
        );
    }
}

rule! {
    /// Azure containers must exist: Langfuse doesn't create them.
    ///
    /// ## Why
    /// LANGFUSE_AZURE_SKIP_CONTAINER_CHECK is `true` by default since v3.93.0, so Langfuse doesn't create a missing
    /// container: requests fail with `ContainerNotFound`. The Langfuse documentation still says that it "will attempt
    /// to create it".
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_AZURE_SKIP_CONTAINER_CHECK=false
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#8317
    AZURE_CONTAINER_NOT_CREATED = "azure-container-not-created", Hint, Advice, azure_container_not_created
}

/// The first release that doesn't create containers by default (langfuse/langfuse#8317).
const CHECK_SKIPPED: Version = Version { major: 3, minor: 93, patch: 0 };

fn azure_container_not_created(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const SKIP: Var = var("LANGFUSE_AZURE_SKIP_CONTAINER_CHECK");
    for config in cx.configs.iter().filter(|c| c.engine == Engine::Azure && !c.environment.open) {
        let known = config.environment.set_value(SKIP).is_some() || cx.is_older(config.containers, CHECK_SKIPPED);
        let (Some(switch), Some(_)) = (switch(config), config.block(UseCase::Events).bucket) else { continue };
        if known {
            continue;
        }
        let names: Vec<String> = config.used().filter_map(|b| b.bucket).map(shown).collect();
        let place = match cx.deployment.wrapper {
            Wrapper::Compose => {
                " under `environment:` of both services, because the official compose file doesn't forward it"
            }
            Wrapper::Helm => " in `langfuse.additionalEnv`",
            Wrapper::Raw | Wrapper::K8s => "",
        };
        out.push(
            Finding::missing(config, SKIP)
                .span(switch.span())
                .looks_at(Some(switch))
                .message(format!(
                    "{} is not set and defaults to `true`: Langfuse creates no containers and needs {} to exist",
                    SKIP.name(),
                    names.join(", ")
                ))
                .help(format!("Create the containers yourself, or set `{}=false`{place}.", SKIP.name())),
        );
    }
}

rule! {
    /// This Langfuse release garbles text that it reads from Azure.
    ///
    /// ## Why
    /// Before v3.202.0 Langfuse decoded what it reads from Azure chunk by chunk. A multibyte character split across two
    /// chunks became U+FFFD, mostly in traces in languages other than English.
    ///
    /// ## Example
    /// ```dotenv version=3.190.0
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv version=4.16.0
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#14471, langfuse/langfuse#14504
    AZURE_ENDPOINT_GARBLED = "azure-endpoint-garbled", Hint, Risk, azure_endpoint_garbled
}

/// The first release that decodes the data as a whole (langfuse/langfuse#14504).
const DECODES_WHOLE: Version = Version { major: 3, minor: 202, patch: 0 };

fn azure_endpoint_garbled(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| c.engine == Engine::Azure && cx.is_older(c.containers, DECODES_WHOLE)) {
        let Some(switch) = switch(config) else { continue };
        let version = cx.version(config.containers).map_or(String::new(), |v| v.to_string());
        out.push(
            Finding::at(config, switch)
                .message(format!("Langfuse {version} turns some characters it reads from Azure into U+FFFD"))
                .help("Upgrade to v3.202.0 or later."),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_container_names() {
        for good in ["abc", "langfuse-events", "1-2-3"] {
            assert!(is_container_name(good), "{good}");
        }
        for bad in ["ab", "-ab", "ab-", "a--b", "A-b", "a_b", "a.b", ""] {
            assert!(!is_container_name(bad), "{bad}");
        }
    }

    #[test]
    fn a_key_is_64_bytes_of_base64_on_azure_itself() {
        let azure = Endpoint::parse("https://acme.blob.core.windows.net").ok();
        let azurite = Endpoint::parse("http://azurite:10000/acme").ok();
        let short = "c2hvcnQ=";
        assert_eq!(key_fault(azure.as_ref(), short), Some("not a 64-byte key"));
        assert_eq!(key_fault(azurite.as_ref(), short), None);
        assert_eq!(key_fault(azurite.as_ref(), "not base64!"), Some("not base64"));
        assert_eq!(key_fault(None, "AccountName=a;AccountKey=c2hvcnQ="), Some("a connection string"));
        assert_eq!(key_fault(None, "sv=2022-11-02&sig=abc%3D"), Some("a shared access signature"));
    }

    #[test]
    fn a_label_is_replaced_or_dropped() {
        assert_eq!(with_label("a.dfs.core.windows.net", "dfs", "blob"), "a.blob.core.windows.net");
        assert_eq!(with_label("a.PrivateLink.blob.core.windows.net", "privatelink", ""), "a.blob.core.windows.net");
    }
}
