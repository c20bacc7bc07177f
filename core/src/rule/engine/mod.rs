//! Engines: more than one enabled, settings that the active engine ignores, stores it can't talk to.

mod endpoint_of_another_engine;
mod engine_setting_without_switch;
mod engines_more_than_one;
mod setting_ignored_by_engine;

use super::value::is_placeholder;
use super::{Context, Rule};
use crate::config::{Block, Config, Engine, SWITCHES, text};
use crate::provider::{self, Provider};
use crate::source::{Setting, Wrapper};
use crate::text::base64;
use crate::variable::{Kind, Var, begins_with, var};

pub(super) static RULES: &[&Rule] = &[
    &engines_more_than_one::ENGINES_MORE_THAN_ONE,
    &endpoint_of_another_engine::ENDPOINT_OF_ANOTHER_ENGINE,
    &setting_ignored_by_engine::SETTING_IGNORED_BY_ENGINE,
    &engine_setting_without_switch::ENGINE_SETTING_WITHOUT_SWITCH,
];

/// The switch of the active engine; `None` on S3, the default when no switch is on.
pub(super) fn switch<'d>(config: &'d Config<'_>) -> Option<&'d Setting> {
    config.environment.get(config.engine.switch()?)
}

/// Whether more than one engine is enabled.
pub(super) fn is_contested(config: &Config<'_>) -> bool {
    SWITCHES.into_iter().filter(|(_, switch)| config.environment.is_true(*switch)).count() > 1
}

/// The store that an engine talks to; Google's engine has no endpoint setting.
fn store_of(engine: Engine) -> Option<&'static Provider> {
    match engine {
        Engine::Azure => Some(&provider::AZURE),
        Engine::Oci => provider::by_id("oci"),
        Engine::S3 | Engine::Gcs => None,
    }
}

/// Whether the endpoint of `block` belongs to a store that the active engine can't talk to: a known one of another
/// kind, or the MinIO of the official compose file. Rules about the other fields skip such a block.
pub(super) fn is_of_another_engine(cx: &Context<'_>, config: &Config<'_>, block: &Block<'_>) -> bool {
    let (Some(own), Some(endpoint)) = (store_of(config.engine), block.endpoint) else { return false };
    match block.provider {
        Some(found) => found != own,
        None => {
            cx.deployment.wrapper == Wrapper::Compose && cx.deployment.is_default(config.containers, endpoint)
                || config.engine == Engine::Azure && has_s3_keys(block)
        }
    }
}

/// Whether keys on the Azure engine are those of an S3 store: an account's key has 64 bytes, and no account is called
/// like an access key. Azurite accepts any key.
fn has_s3_keys(block: &Block<'_>) -> bool {
    let (Some(url), Some(id), Some(secret)) = (block.endpoint_url(), text(block.key_id), text(block.secret)) else {
        return false;
    };
    let emulator = url.port == Some(10000) || begins_with(url.host, "AZURITE") || id == "devstoreaccount1";
    let account = (3..=24).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let azure_key = base64::decode(secret).is_some_and(|b| b.len() == 64);
    let hint = is_placeholder(Kind::Secret, secret) || secret.contains("AccountKey=") || secret.contains("sig=");
    !emulator
        && !azure_key
        && !hint
        && (!account || base64::decode(secret).is_none() || url.is_internal() || url.is_loopback())
}

/// Settings that only one engine reads.
static OWN: [(Var, Engine); 4] = [
    (var("LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS"), Engine::Gcs),
    (var("LANGFUSE_OCI_AUTH_TYPE"), Engine::Oci),
    (var("LANGFUSE_OCI_CONFIG_FILE"), Engine::Oci),
    (var("LANGFUSE_OCI_CONFIG_PROFILE"), Engine::Oci),
];
