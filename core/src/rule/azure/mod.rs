//! Azure Blob Storage: the switch, the account and its key, the endpoint, the container.

mod azure_account_and_key_swapped;
mod azure_account_endpoint_mismatch;
mod azure_account_incomplete;
mod azure_account_name_invalid;
mod azure_container_name_invalid;
mod azure_container_not_created;
mod azure_endpoint_data_lake;
mod azure_endpoint_garbled;
mod azure_endpoint_not_account;
mod azure_endpoint_privatelink;
mod azure_external_endpoint_without_container;
mod azure_key_malformed;
mod azure_media_private;
mod azure_not_enabled;

use super::engine::is_of_another_engine;
use super::{Context, Rule};
use crate::config::endpoint::Endpoint;
use crate::config::{Block, Config, Engine, text};
use crate::source::Setting;
use crate::text::base64;

pub(super) static RULES: &[&Rule] = &[
    &azure_not_enabled::AZURE_NOT_ENABLED,
    &azure_account_incomplete::AZURE_ACCOUNT_INCOMPLETE,
    &azure_key_malformed::AZURE_KEY_MALFORMED,
    &azure_account_and_key_swapped::AZURE_ACCOUNT_AND_KEY_SWAPPED,
    &azure_account_name_invalid::AZURE_ACCOUNT_NAME_INVALID,
    &azure_account_endpoint_mismatch::AZURE_ACCOUNT_ENDPOINT_MISMATCH,
    &azure_endpoint_not_account::AZURE_ENDPOINT_NOT_ACCOUNT,
    &azure_endpoint_data_lake::AZURE_ENDPOINT_DATA_LAKE,
    &azure_endpoint_privatelink::AZURE_ENDPOINT_PRIVATELINK,
    &azure_media_private::AZURE_MEDIA_PRIVATE,
    &azure_external_endpoint_without_container::AZURE_EXTERNAL_ENDPOINT_WITHOUT_CONTAINER,
    &azure_container_name_invalid::AZURE_CONTAINER_NAME_INVALID,
    &azure_container_not_created::AZURE_CONTAINER_NOT_CREATED,
    &azure_endpoint_garbled::AZURE_ENDPOINT_GARBLED,
];

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

/// Whether the account's field holds a key and the key's field does not.
fn looks_swapped(block: &Block<'_>) -> bool {
    let is_key = |t: &str| t.len() == 88 && t.ends_with("==") && base64::decode(t).is_some_and(|b| b.len() == 64);
    text(block.key_id).is_some_and(is_key) && text(block.secret).is_some_and(|t| !is_key(t))
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

/// The host with one label replaced, or dropped if `by` is empty.
fn with_label(host: &str, label: &str, by: &str) -> String {
    let kept = host.split('.').map(|l| if l.eq_ignore_ascii_case(label) { by } else { l });
    kept.filter(|l| !l.is_empty()).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_replaced_or_dropped() {
        assert_eq!(with_label("a.dfs.core.windows.net", "dfs", "blob"), "a.blob.core.windows.net");
        assert_eq!(with_label("a.PrivateLink.blob.core.windows.net", "privatelink", ""), "a.blob.core.windows.net");
    }
}
