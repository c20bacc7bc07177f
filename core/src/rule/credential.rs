//! Credentials: incomplete, missing, temporary, swapped, of another store, of another identity.

use super::finding::{DraftFix, rename};
use super::value::{came_to_nothing, is_placeholder, is_sample_pair};
use super::{Context, Finding, Findings, Rule, rule};
use crate::config::{Block, Config, Credentials, Engine};
use crate::provider::{self, Provider, Shape};
use crate::report::Severity;
use crate::source::{Setting, Wrapper};
use crate::text::mask::shown;
use crate::variable::{Kind, Role, Var, slot, var};

pub(super) static RULES: &[&Rule] = &[
    &KEY_PAIR_HALF_SET,
    &KEYS_MISSING_FOR_STORE,
    &TEMPORARY_KEY,
    &KEY_PAIR_SWAPPED,
    &KEY_OF_ANOTHER_STORE,
    &IDENTITY_OF_ANOTHER_SERVICE,
    &KEYS_DIFFER_ON_ONE_BUCKET,
    &ONE_KEY_TWO_SECRETS,
];

/// The use cases in use on the S3 engine. Azure has an account key for each; the other engines ignore keys.
fn s3_blocks<'c, 'd>(cx: &'c Context<'d>) -> impl Iterator<Item = (&'d Config<'d>, &'d Block<'d>)> + use<'c, 'd> {
    cx.configs.iter().filter(|c| c.engine == Engine::S3).flat_map(|c| c.used().map(move |b| (c, b)))
}

/// Whether requests really go to Amazon: without an endpoint, the AWS SDK may take one from its own variables.
fn is_amazon(config: &Config<'_>, block: &Block<'_>) -> bool {
    const OVERRIDES: [Var; 2] = [var("AWS_ENDPOINT_URL"), var("AWS_ENDPOINT_URL_S3")];
    block.is_aws()
        && (block.endpoint.is_some() || OVERRIDES.into_iter().all(|v| config.environment.set_value(v).is_none()))
}

rule! {
    /// Only one of the two keys is set.
    ///
    /// ## Why
    /// Langfuse uses keys only if both are set. If only one is, Langfuse silently drops it, and the AWS SDK looks for
    /// credentials elsewhere: "Could not load credentials from any providers", or it finds another identity and the
    /// store answers `AccessDenied`.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#5138, langfuse/langfuse-k8s#116
    KEY_PAIR_HALF_SET = "key-pair-half-set", Error, Failure, key_pair_half_set
}

fn key_pair_half_set(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let Credentials::Half(half, missing) = block.credentials() else { continue };
        let Some(missing) = slot(block.use_case, missing).filter(|_| !config.environment.open) else { continue };
        let consequence = if is_amazon(config, block) {
            "Langfuse drops it, and the AWS SDK's default credential chain finds another identity or none"
        } else {
            "Langfuse drops it, and every request fails without credentials"
        };
        let mut finding = Finding::at(config, half);
        if let Some(empty) = config.environment.get(missing) {
            finding = finding.because(empty, "empty, which counts as unset");
        }
        let roles = if is_amazon(config, block) { ", or remove both to use a role" } else { "" };
        out.push(
            finding
                .message(format!("{} is set without {}: {consequence}", half.name, missing.name()))
                .help(format!("Also set {}{roles}.", missing.name())),
        );
    }
}

rule! {
    /// A store other than Amazon S3 is used without keys.
    ///
    /// ## Why
    /// Without keys, the AWS SDK tries its default credential chain: variables, profile, container and instance roles.
    /// MinIO, R2, Google Cloud Storage and similar stores accept none of these identities. The SDK says "Could not load
    /// credentials from any providers", and the media API answers 500 "Failed to get media upload URL".
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6168
    KEYS_MISSING_FOR_STORE = "keys-missing-for-store", Warning, Failure, keys_missing_for_store
}

fn keys_missing_for_store(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const CHAIN: [Var; 2] = [var("AWS_ACCESS_KEY_ID"), var("AWS_SECRET_ACCESS_KEY")];
    const SOURCES: [Var; 2] = [var("AWS_PROFILE"), var("AWS_CONTAINER_CREDENTIALS_FULL_URI")];
    for (config, block) in s3_blocks(cx) {
        let (Credentials::Chain, Some(endpoint), Some(url)) =
            (block.credentials(), block.endpoint, block.endpoint_url())
        else {
            continue;
        };
        // Azure Blob Storage speaks another protocol; another rule reports that.
        if block.provider.is_some_and(|p| p.ambient_credentials) || block.is(&provider::AZURE) {
            continue;
        }
        let environment = config.environment;
        let there = |v| environment.set_value(v).is_some();
        // A profile or a custom credentials endpoint can supply keys for any store.
        let given = CHAIN.into_iter().all(there) || SOURCES.into_iter().any(there);
        let Some(variable) = slot(block.use_case, Role::AccessKeyId).filter(|_| !given && !environment.open) else {
            continue;
        };
        let store = block.provider.map_or(url.host, |p| p.name);
        out.push(
            Finding::missing(config, variable)
                .because(endpoint, "this isn't Amazon S3")
                .looks_at(environment.get(variable))
                .message(format!(
                    "{} and its secret are not set, and no AWS role or profile works on {}",
                    variable.name(),
                    crate::text::mask::escaped(store)
                ))
                .help(format!(
                    "Set {} and {} to keys from that store.",
                    variable.name(),
                    block.name(Role::SecretAccessKey)
                )),
        );
    }
}

rule! {
    /// A temporary AWS key is used where only permanent keys work.
    ///
    /// ## Why
    /// Key IDs that begin with `ASIA` come from AWS STS and are valid only with a session token. Langfuse has a key ID
    /// and a secret for each use case and nothing for the token, so S3 answers `InvalidAccessKeyId` or `InvalidToken`.
    /// The key also expires with its session, after hours.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=ASIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=hX9vL2mQ8rT4wY6zB1nC3kF5pJ7sD0gAeUiO9M2x
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// AWS_ACCESS_KEY_ID=ASIAQ7RT2MNBVCXZ5K3P
    /// AWS_SECRET_ACCESS_KEY=hX9vL2mQ8rT4wY6zB1nC3kF5pJ7sD0gAeUiO9M2x
    /// AWS_SESSION_TOKEN=IQoJb3JpZ2luX2VjEXkaCWV1LXdlc3QtMSJHMEUCIQD
    /// ```
    ///
    /// ## Seen in
    /// Langfuse's `StorageService.ts`, which passes on two fields; AWS documentation of `GetAccessKeyInfo`, on
    /// prefixes.
    TEMPORARY_KEY = "temporary-key", Error, Failure, temporary_key
}

fn temporary_key(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        // A self-hosted store can issue any key ID; another rule recognizes other providers' keys by their shape.
        if block.provider.is_some_and(|p| *p != provider::AWS) {
            continue;
        }
        let Credentials::Pair(id, _) = block.credentials() else { continue };
        let temporary = |t: &&str| t.starts_with("ASIA") && Shape::AwsKeyId.fits(t) && !is_placeholder(Kind::KeyId, t);
        if !id.text().as_ref().is_some_and(temporary) {
            continue;
        }
        out.push(
            Finding::at(config, id)
                .message(format!(
                    "{} is {}, a temporary key, but Langfuse has no variable for its session token",
                    id.name,
                    shown(id)
                ))
                .help(format!(
                    "Use an IAM user's key (`AKIA…`) or a role; or remove {} and {} and give the container \
                     AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.",
                    id.name,
                    block.name(Role::SecretAccessKey)
                )),
        );
    }
}

rule! {
    /// Key ID and secret are swapped.
    ///
    /// ## Why
    /// The store finds no such key ID and answers `InvalidAccessKeyId`, Cloudflare R2 `Credential access key has length
    /// 64, should be 32`. The secret is also sent and logged as a key ID, and key IDs aren't kept secret.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=hX9vL2mQ8rT4wY6zB1nC3kF5pJ7sD0gAeUiO9M2x
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=AKIAQ7RT2MNBVCXZ5K3P
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=hX9vL2mQ8rT4wY6zB1nC3kF5pJ7sD0gAeUiO9M2x
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// ```
    ///
    /// ## Seen in
    /// grafana/loki#9224, for R2's answer; AWS documentation of `GetAccessKeyInfo`, for the shape of key IDs.
    KEY_PAIR_SWAPPED = "key-pair-swapped", Error, Failure, key_pair_swapped
}

fn key_pair_swapped(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let Credentials::Pair(id, secret) = block.credentials() else { continue };
        let Some(why) = is_swapped(block.provider, id, secret) else { continue };
        let twice = cx.deployment.duplicates.iter().any(|d| d.kept.name == id.name || d.kept.name == secret.name);
        // If the other value also fits, swapping fixes both. A temporary key is never right.
        let both = block.provider.is_some_and(|p| id.text().is_some_and(|t| p.secret.fits(t)));
        let temporary = secret.text().is_some_and(|t| t.starts_with("ASIA"));
        // Swap the names, so that the fix contains no secret.
        let fix = match (rename(id, &secret.name), rename(secret, &id.name)) {
            (Some(mut edits), Some(back)) if !twice && both && !temporary => {
                edits.extend(back);
                Some(DraftFix::safe("swap the two names", edits))
            }
            _ => None,
        };
        let mut finding = Finding::at(config, id).because(secret, why);
        if let Some(endpoint) = block.endpoint {
            finding = finding.looks_at(Some(endpoint));
        }
        out.push(
            finding
                .severity(if both { Severity::Error } else { Severity::Warning })
                .message(if both {
                    format!("{} and {} are swapped", id.name, secret.name)
                } else {
                    format!("{} is a key ID, and {} isn't", secret.name, id.name)
                })
                .help(
                    "Swap the two names. If Langfuse has run like this, it sent the secret as a key ID: create new \
                     keys.",
                )
                .fix(fix),
        );
    }
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
        for (setting, shape, is_odd) in [(id, provider.key_id, odd_id), (secret, provider.secret, odd_secret)] {
            let is_id = setting.var.is_some_and(|v| v.row().kind == Kind::KeyId);
            if !is_odd || has_another_rule(cx, setting) {
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
            let found = match shape {
                Shape::Length(_) => format!("{} has {length} characters", setting.name),
                _ => format!("{} is {}", setting.name, shown(setting)),
            };
            out.push(
                finding
                    .message(format!("{found}; expected a {what} of {}: {}", provider.name, shape.describe()))
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

rule! {
    /// A use case without keys would use an identity meant for something else.
    ///
    /// ## Why
    /// If a use case has no keys, the AWS SDK uses `AWS_ACCESS_KEY_ID` or `AWS_PROFILE` before any role. Langfuse's
    /// compose file forwards these for Amazon Bedrock. That identity rarely has access to the bucket: S3 answers
    /// `AccessDenied`, although the machine's role would have been allowed.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// AWS_ACCESS_KEY_ID=AKIAW8SU3NPCXDYA6L4Q
    /// AWS_SECRET_ACCESS_KEY=kY0wM3nR9sU5xZ7aC2oD4lG6qK8tE1hBfVjP0N3y
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// AWS_ACCESS_KEY_ID=AKIAW8SU3NPCXDYA6L4Q
    /// AWS_SECRET_ACCESS_KEY=kY0wM3nR9sU5xZ7aC2oD4lG6qK8tE1hBfVjP0N3y
    /// ```
    ///
    /// ## Seen in
    /// Langfuse's `docker-compose.yml`, which forwards `AWS_ACCESS_KEY_ID` and `AWS_PROFILE`.
    IDENTITY_OF_ANOTHER_SERVICE = "identity-of-another-service", Warning, Risk, identity_of_another_service
}

fn identity_of_another_service(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const KEY_ID: Var = var("AWS_ACCESS_KEY_ID");
    const SECRET: Var = var("AWS_SECRET_ACCESS_KEY");
    const TOKEN: Var = var("AWS_SESSION_TOKEN");
    const PROFILE: Var = var("AWS_PROFILE");
    for config in cx.configs.iter().filter(|c| c.engine == Engine::S3) {
        let environment = config.environment;
        // The SDK uses these variables only if both are set.
        let pair = environment.set_value(KEY_ID).filter(|_| environment.set_value(SECRET).is_some());
        let Some(identity) = pair.or_else(|| environment.set_value(PROFILE)) else { continue };
        // Temporary keys can be passed only in these variables, so if anything, they're meant for S3.
        let own_pair = |b: &Block<'_>| matches!(b.credentials(), Credentials::Pair(..));
        if environment.set_value(TOKEN).is_some() && !config.used().any(own_pair) || environment.open {
            continue;
        }
        for block in config.used().filter(|b| matches!(b.credentials(), Credentials::Chain) && is_amazon(config, b)) {
            let Some(variable) = slot(block.use_case, Role::AccessKeyId) else { continue };
            out.push(
                Finding::missing(config, variable)
                    .looks_at(block.bucket)
                    .because(identity, "this identity signs its requests")
                    .message(format!(
                        "{} is not set, so requests for {} are signed with the identity from {}",
                        variable.name(),
                        block.use_case.name(),
                        identity.name
                    ))
                    .help(format!(
                        "Set {} and {} for this use case, or remove {} from Langfuse's containers to use a role.",
                        variable.name(),
                        block.name(Role::SecretAccessKey),
                        identity.name
                    )),
            );
        }
    }
}

rule! {
    /// Two use cases access the same bucket with different keys.
    ///
    /// ## Why
    /// This can be intentional: a policy for each prefix. More often one key was rotated and the other forgotten, or a
    /// copied block was never filled in. Then a single use case fails, weeks later.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_MEDIA_UPLOAD_PREFIX=media/
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=AKIAW8SU3NPCXDYA6L4Q
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=kY0wM3nR9sU5xZ7aC2oD4lG6qK8tE1hBfVjP0N3y
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_MEDIA_UPLOAD_PREFIX=media/
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#5138
    KEYS_DIFFER_ON_ONE_BUCKET = "keys-differ-on-one-bucket", Hint, Advice, keys_differ_on_one_bucket
}

fn keys_differ_on_one_bucket(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, one, other) in pairs_of_blocks(cx) {
        let (Credentials::Pair(a, _), Credentials::Pair(b, _)) = (one.credentials(), other.credentials()) else {
            continue;
        };
        let (Some(first), Some(second)) = (one.bucket, other.bucket) else { continue };
        let same_bucket = first.text().is_some() && first.text() == second.text() && is_one_store(one, other);
        if !same_bucket || a.text().is_none() || b.text().is_none() || a.text() == b.text() {
            continue;
        }
        out.push(
            Finding::at(config, b)
                .because(a, format!("the key for {}", one.use_case.name()))
                .because(second, "for this bucket")
                .looks_at(Some(first))
                .message(format!(
                    "{} and {} share the bucket {} but use different keys",
                    one.use_case.name(),
                    other.use_case.name(),
                    shown(second)
                ))
                .help("Use the same keys for both, unless each has a policy for its own prefix."),
        );
    }
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

rule! {
    /// One key ID is set with two different secrets.
    ///
    /// ## Why
    /// A store has one secret per key ID, so one of the two use cases signs with the wrong one and gets
    /// `SignatureDoesNotMatch`. It happens when a key is rotated in one block but not in the other.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#5138, where one of three blocks had the wrong keys.
    ONE_KEY_TWO_SECRETS = "one-key-two-secrets", Warning, Failure, one_key_two_secrets
}

fn one_key_two_secrets(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, one, other) in pairs_of_blocks(cx) {
        let (Credentials::Pair(a, first), Credentials::Pair(b, second)) = (one.credentials(), other.credentials())
        else {
            continue;
        };
        let same_id = a.text().is_some() && a.text() == b.text();
        let known = first.text().is_some() && second.text().is_some();
        if !same_id || !known || first.text() == second.text() || !is_one_store(one, other) {
            continue;
        }
        out.push(
            Finding::at(config, second)
                .because(first, "the other secret")
                .because(b, "the same key ID in both")
                .looks_at(Some(a))
                .message(format!(
                    "{} and {} differ, although both belong to the key ID {}",
                    first.name,
                    second.name,
                    shown(b)
                ))
                .help(format!("Set {} and {} to the secret of this key ID.", first.name, second.name)),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
