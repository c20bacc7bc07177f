//! `key-of-another-store`.

use super::{is_amazon, is_swapped, s3_blocks};
use crate::config::{Block, Credentials};
use crate::provider::{self, Provider, Shape};
use crate::redact::shown;
use crate::report::Severity;
use crate::rule::value::{came_to_nothing, is_placeholder, is_sample_pair};
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::{Setting, Wrapper};
use crate::variable::{Kind, Role};

rule! {
    /// A key doesn't look like a key of its store.
    ///
    /// ## Why
    /// Each provider's keys have their own shape: Amazon's IDs begin with `AKIA` and come with secrets of 40
    /// characters, Cloudflare R2's have 32 and 64 characters, Google's HMAC IDs begin with `GOOG`, Tigris' with `tid_`
    /// and `tsec_`. A key of another shape usually belongs to another provider, or is an account password or a
    /// service-account file. It causes `InvalidAccessKeyId`, `SignatureDoesNotMatch` or, on R2, `Credential access key
    /// has length 20, should be 32`.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=auto
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=auto
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=5f4dcc3b5aa765d61d8327deb882cf99
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
    /// ```
    ///
    /// ## Seen in
    /// grafana/loki#9224; Google Cloud documentation, HMAC keys; the Langfuse documentation's section on Tigris; AWS
    /// documentation of `AccessKey`.
    KEY_OF_ANOTHER_STORE = "key-of-another-store", Warning, Failure, key_of_another_store
}

fn key_of_another_store(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let (Some(provider), Credentials::Pair(id, secret)) = (block.provider, block.credentials()) else { continue };
        let odd = |setting: &Setting, shape: Shape| setting.text().is_some_and(|t| !shape.fits(t));
        let (odd_id, odd_secret) = (odd(id, provider.key_id), odd(secret, provider.secret));
        if !odd_id && !odd_secret {
            continue;
        }
        let amazon_by_default = block.is_aws() && !is_amazon(config, block);
        if amazon_by_default || is_sample_pair(id, secret) || is_swapped(block.provider, id, secret).is_some() {
            continue;
        }
        for (setting, shape, has_special_chars) in
            [(id, provider.key_id, odd_id), (secret, provider.secret, odd_secret)]
        {
            let is_id = setting.var.is_some_and(|v| v.row().kind == Kind::KeyId);
            if !has_special_chars || has_another_rule(cx, setting) {
                continue;
            }
            // R2 rejects an ID of another length outright; the other shapes are known from experience.
            let certain = is_id && *provider == provider::R2;
            let mut finding = Finding::at(config, setting).looks_at(block.bucket).severity(if certain {
                Severity::Error
            } else {
                Severity::Warning
            });
            finding = match block.endpoint {
                Some(endpoint) => finding.because(endpoint, format!("this is {}", provider.name)),
                None => finding,
            };
            let what = if is_id { "key ID" } else { "secret" };
            let length = setting.text().map_or(0, |t| t.chars().count());
            let doubt = if certain { "" } else { ", which the store may refuse" };
            let found = match shape {
                Shape::Length(_) => format!("{} has {length} characters", setting.name),
                _ => format!("{} is {}", setting.name, shown(setting)),
            };
            out.push(
                finding
                    .message(format!("{found}{doubt}; expected a {what} of {}: {}", provider.name, shape.describe()))
                    .help(key_source(cx, block, provider)),
            );
        }
    }
}

/// Whether another rule reports what's wrong with `setting`.
fn has_another_rule(cx: &Context<'_>, setting: &Setting) -> bool {
    let Some(text) = setting.text() else { return true };
    let kind = setting.var.map_or(Kind::Secret, |v| v.row().kind);
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '$' | '"' | '\'' | '`');
    text.contains(odd) || is_placeholder(kind, text) || came_to_nothing(cx, setting)
}

/// Where to get the right keys.
fn key_source(cx: &Context<'_>, block: &Block<'_>, provider: &Provider) -> String {
    let names = format!("{} and {}", block.name(Role::AccessKeyId), block.name(Role::SecretAccessKey));
    match provider.id {
        "aws" if block.endpoint.is_none() && cx.deployment.wrapper != Wrapper::Compose => format!(
            "Set {names} to an IAM user's access key, or set {} if the store isn't Amazon S3.",
            block.name(Role::Endpoint)
        ),
        "aws" => format!("Set {names} to an IAM user's access key."),
        "r2" => format!("Set {names} to the keys that Cloudflare shows for an R2 API token, not to the token itself."),
        "gcs" => format!(
            "Set {names} to an HMAC key (Cloud Storage, Settings, Interoperability); a service-account file works only \
             with LANGFUSE_USE_GOOGLE_CLOUD_STORAGE."
        ),
        _ => format!("Set {names} to keys from {}.", provider.name),
    }
}
