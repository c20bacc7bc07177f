//! Credentials: incomplete, missing, temporary, swapped, of another store, of another identity.

mod identity_of_another_service;
mod key_of_another_store;
mod key_pair_half_set;
mod key_pair_swapped;
mod keys_differ_on_one_bucket;
mod keys_missing_for_store;
mod keys_only_for_some_use_cases;
mod one_key_two_secrets;
mod temporary_key;

use super::value::is_placeholder;
use super::{Context, Rule, s3_blocks};
use crate::config::{Block, Config, Engine};
use crate::provider::{Provider, Shape};
use crate::source::Setting;
use crate::variable::{Kind, Var, var};

pub(super) static RULES: &[&Rule] = &[
    &key_pair_half_set::KEY_PAIR_HALF_SET,
    &keys_missing_for_store::KEYS_MISSING_FOR_STORE,
    &temporary_key::TEMPORARY_KEY,
    &key_pair_swapped::KEY_PAIR_SWAPPED,
    &key_of_another_store::KEY_OF_ANOTHER_STORE,
    &identity_of_another_service::IDENTITY_OF_ANOTHER_SERVICE,
    &keys_differ_on_one_bucket::KEYS_DIFFER_ON_ONE_BUCKET,
    &keys_only_for_some_use_cases::KEYS_ONLY_FOR_SOME_USE_CASES,
    &one_key_two_secrets::ONE_KEY_TWO_SECRETS,
];

/// Whether requests really go to Amazon: without an endpoint, the AWS SDK may take one from its own variables.
fn is_amazon(config: &Config<'_>, block: &Block<'_>) -> bool {
    const OVERRIDES: [Var; 2] = [var("AWS_ENDPOINT_URL"), var("AWS_ENDPOINT_URL_S3")];
    block.is_aws()
        && (block.endpoint.is_some() || OVERRIDES.into_iter().all(|v| config.environment.set_value(v).is_none()))
}

/// Whether the secret looks like a key ID and the key ID doesn't; the reason, if so.
fn is_swapped(provider: Option<&Provider>, id: &Setting, secret: &Setting) -> Option<&'static str> {
    const ID: &str = "this looks like a key ID";
    let (id, secret) = (id.text()?, secret.text()?);
    let provider = provider?;
    if provider.key_id == Shape::Any || provider.secret == Shape::Any || !provider.key_id.fits(secret) {
        return None;
    }
    if is_placeholder(Kind::KeyId, id) || is_placeholder(Kind::Secret, secret) {
        return None;
    }
    // If the shape is only a length, the other value must also fit, or any text of that length would match.
    let by_length = matches!(provider.key_id, Shape::Length(_)) && !provider.secret.fits(id);
    (!provider.key_id.fits(id) && !by_length).then_some(ID)
}

/// Every combination of two use cases in use on the S3 engine, once each.
fn pairs_of_blocks<'c, 'd>(
    cx: &'c Context<'d>,
) -> impl Iterator<Item = (&'d Config<'d>, &'d Block<'d>, &'d Block<'d>)> + use<'c, 'd> {
    cx.configs.iter().filter(|c| c.engine == Engine::S3).flat_map(|config| {
        config
            .used()
            .enumerate()
            .flat_map(move |(i, one)| config.used().skip(i.saturating_add(1)).map(move |other| (config, one, other)))
    })
}

/// Whether both use cases are at one store. Web's media endpoint may differ from the others, so this compares hosts;
/// two hidden endpoints can't be compared.
fn is_one_store(one: &Block<'_>, other: &Block<'_>) -> bool {
    match (one.endpoint, other.endpoint) {
        (None, None) => true,
        (Some(_), Some(_)) => match (one.endpoint_url(), other.endpoint_url()) {
            (Some(a), Some(b)) => {
                a.host.eq_ignore_ascii_case(b.host) && a.effective_port() == b.effective_port() && a.path == b.path
            }
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider;
    use crate::source::Value;

    fn pair(id: &str, secret: &str) -> (Setting, Setting) {
        let known = |name: &'static str, text: &str| Setting::new(name, Value::Known(text.to_owned()));
        (
            known("LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID", id),
            known("LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY", secret),
        )
    }

    #[test]
    fn keys_count_as_swapped_only_by_their_shape() {
        let aws_secret = "hX9vL2mQ8rT4wY6zB1nC3kF5pJ7sD0gAeUiO9M2x";
        let (r2_id, r2_secret) =
            ("5f4dcc3b5aa765d61d8327deb882cf99", "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae");
        for (provider, id, secret, swapped) in [
            (&provider::AWS, aws_secret, "AKIAQ7RT2MNBVCXZ5K3P", true),
            (&provider::AWS, "AKIAQ7RT2MNBVCXZ5K3P", aws_secret, false),
            (&provider::AWS, "minio", aws_secret, false),
            (&provider::R2, r2_secret, r2_id, true),
            (&provider::R2, "minio", r2_id, false),
            (&provider::R2, r2_id, r2_secret, false),
            (&provider::GCS, aws_secret, "GOOG1EXYZ", true),
            (&provider::MINIO, "a-long-name-for-a-user", "short", false),
        ] {
            let (id, secret) = pair(id, secret);
            assert_eq!(is_swapped(Some(provider), &id, &secret).is_some(), swapped, "{}", provider.id);
        }
    }
}
