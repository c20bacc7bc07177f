//! Credentials: half pairs, missing pairs, keys of another store, swapped pairs, the wrong identity.

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

/// The purposes in use on the S3 engine: Azure has an account key for each, the others ignore keys.
fn s3_blocks<'c, 'd>(cx: &'c Context<'d>) -> impl Iterator<Item = (&'d Config<'d>, &'d Block<'d>)> + use<'c, 'd> {
    cx.configs.iter().filter(|c| c.engine == Engine::S3).flat_map(|c| c.used().map(move |b| (c, b)))
}

/// Whether requests really go to Amazon: without an endpoint the SDK may be given one behind Langfuse's back.
fn is_amazon(config: &Config<'_>, block: &Block<'_>) -> bool {
    const OVERRIDES: [Var; 2] = [var("AWS_ENDPOINT_URL"), var("AWS_ENDPOINT_URL_S3")];
    block.is_aws()
        && (block.endpoint.is_some() || OVERRIDES.into_iter().all(|v| config.environment.set_value(v).is_none()))
}

rule! {
    /// Of an access key pair only one half is set.
    ///
    /// ## Why
    /// Langfuse uses the pair only if both halves are there. With one it drops the other in silence, and the AWS SDK looks
    /// for credentials elsewhere: "Could not load credentials from any providers", or it finds another identity and the
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
            "Langfuse drops it, and the AWS SDK signs in as whoever it finds, or not at all"
        } else {
            "Langfuse drops it, and every request fails for want of credentials"
        };
        let mut finding = Finding::at(config, half);
        if let Some(empty) = config.environment.get(missing) {
            finding = finding.because(empty, "empty, which counts as unset");
        }
        let roles = if is_amazon(config, block) { ", or leave out both to use a role" } else { "" };
        out.push(
            finding
                .message(format!("{} is set without {}: {consequence}", half.name, missing.name()))
                .help(format!("Set {} too{roles}.", missing.name())),
        );
    }
}

rule! {
    /// A store that is not Amazon's is used without keys.
    ///
    /// ## Why
    /// Without a pair the AWS SDK goes through its default chain: variables, profile, container and instance roles. MinIO,
    /// R2, Google Cloud Storage and the like know none of these identities. The SDK says "Could not load credentials from
    /// any providers", the media API answers 500 "Failed to get media upload URL".
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
        // Azure's blobs speak another protocol altogether, which is another rule's to say.
        if block.provider.is_some_and(|p| p.ambient_credentials) || block.is(&provider::AZURE) {
            continue;
        }
        let environment = config.environment;
        let there = |v| environment.set_value(v).is_some();
        // A profile or an address of one's own may hand out keys of any store.
        let given = CHAIN.into_iter().all(there) || SOURCES.into_iter().any(there);
        let Some(variable) = slot(block.use_case, Role::AccessKeyId).filter(|_| !given && !environment.open) else {
            continue;
        };
        let store = block.provider.map_or(url.host, |p| p.name);
        out.push(
            Finding::missing(config, variable)
                .because(endpoint, "this store is not Amazon's")
                .looks_at(environment.get(variable))
                .message(format!(
                    "{} and its secret are not set, and no AWS role or profile opens {}",
                    variable.name(),
                    crate::text::mask::escaped(store)
                ))
                .help(format!(
                    "Set {} and {} to a key pair of that store.",
                    variable.name(),
                    block.name(Role::SecretAccessKey)
                )),
        );
    }
}

rule! {
    /// A temporary AWS key stands where only permanent ones work.
    ///
    /// ## Why
    /// Key ids that begin with `ASIA` come from AWS STS and are valid only with a session token. Langfuse's purposes have a
    /// key id and a secret and nothing for the token, so S3 answers `InvalidAccessKeyId` or `InvalidToken`. And the key
    /// ends with its session, after hours.
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
    /// `StorageService.ts` of Langfuse, which hands on two fields; AWS documentation of `GetAccessKeyInfo`, on prefixes.
    TEMPORARY_KEY = "temporary-key", Error, Failure, temporary_key
}

fn temporary_key(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        // A store of one's own hands out names as it likes; another provider's are told apart by their shape.
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
                    "{} is {}, a temporary key, and Langfuse has no variable for its session token",
                    id.name,
                    shown(id)
                ))
                .help(format!(
                    "Use the key of an IAM user (`AKIA…`) or a role; or leave {} and {} out and give the container AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.",
                    id.name,
                    block.name(Role::SecretAccessKey)
                )),
        );
    }
}

rule! {
    /// Key id and secret stand in each other's place.
    ///
    /// ## Why
    /// The store knows no key of that name and answers `InvalidAccessKeyId`, Cloudflare R2 `Credential access key has
    /// length 64, should be 32`. And the secret is sent and logged as a key id, which is no secret.
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
    /// grafana/loki#9224, for the answer of R2; AWS documentation of `GetAccessKeyInfo`, for what key ids look like.
    KEY_PAIR_SWAPPED = "key-pair-swapped", Error, Failure, key_pair_swapped
}

fn key_pair_swapped(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let Credentials::Pair(id, secret) = block.credentials() else { continue };
        let Some(why) = is_swapped(block.provider, id, secret) else { continue };
        let twice = cx.deployment.duplicates.iter().any(|d| d.kept.name == id.name || d.kept.name == secret.name);
        // Where the other half fits as well, both are right once they change places; a temporary key never is.
        let both = block.provider.is_some_and(|p| id.text().is_some_and(|t| p.secret.fits(t)));
        let temporary = secret.text().is_some_and(|t| t.starts_with("ASIA"));
        // The names change places, so that no secret has to be written.
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
                    format!("{} and {} hold each other's value", id.name, secret.name)
                } else {
                    format!("{} holds a key id, and {} holds none", secret.name, id.name)
                })
                .help(
                    "Swap the two names. The secret went out as a key id if Langfuse has run with it: make a new pair.",
                )
                .fix(fix),
        );
    }
}

/// Whether the secret is a key id by its shape and the key id is none; the reason, if so.
fn is_swapped(provider: Option<&Provider>, id: &Setting, secret: &Setting) -> Option<&'static str> {
    const ID: &str = "this has the shape of a key id";
    let (id, secret) = (id.text()?, secret.text()?);
    let provider = provider?;
    if provider.key_id == Shape::Any || provider.secret == Shape::Any || !provider.key_id.fits(secret) {
        return None;
    }
    if is_placeholder(Kind::KeyId, id) || is_placeholder(Kind::Secret, secret) {
        return None;
    }
    // A shape that is a mere length needs the other half's to agree, or any text of that length would do.
    let by_length = matches!(provider.key_id, Shape::Length(_)) && !provider.secret.fits(id);
    (!provider.key_id.fits(id) && !by_length).then_some(ID)
}

rule! {
    /// A key does not look like the keys of the store that it is for.
    ///
    /// ## Why
    /// Providers' keys have shapes of their own: Amazon's ids begin with `AKIA` and go with secrets of 40 characters,
    /// Cloudflare R2's have 32 characters and 64, Google's HMAC ids begin with `GOOG`, Tigris' with `tid_` and `tsec_`. A key
    /// of another shape is usually another provider's, an account's password or a service-account file, and ends with
    /// `InvalidAccessKeyId`, `SignatureDoesNotMatch` or, on R2, `Credential access key has length 20, should be 32`.
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
            // R2 refuses an id of another length outright; the rest is told by experience.
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
            let what = if is_id { "key id" } else { "secret" };
            let length = setting.text().map_or(0, |t| t.chars().count());
            let found = match shape {
                Shape::Length(_) => format!("{} has {length} characters", setting.name),
                _ => format!("{} is {}", setting.name, shown(setting)),
            };
            out.push(
                finding
                    .message(format!("{found}; a {what} of {} is {}", provider.name, shape.describe()))
                    .help(whence(cx, block, provider)),
            );
        }
    }
}

/// Whether another rule says what is wrong with `setting`.
fn has_another_rule(cx: &Context<'_>, setting: &Setting) -> bool {
    let Some(text) = setting.text() else { return true };
    let kind = setting.var.map_or(Kind::Secret, |v| v.row().kind);
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '$' | '"' | '\'' | '`');
    text.contains(odd) || is_placeholder(kind, text) || came_to_nothing(cx, setting)
}

/// Where the right keys come from.
fn whence(cx: &Context<'_>, block: &Block<'_>, provider: &Provider) -> String {
    let names = format!("{} and {}", block.name(Role::AccessKeyId), block.name(Role::SecretAccessKey));
    match provider.id {
        "aws" if block.endpoint.is_none() && cx.deployment.wrapper != Wrapper::Compose => format!(
            "Set {names} to the access key of an IAM user, or {} if the store is not Amazon S3.",
            block.name(Role::Endpoint)
        ),
        "aws" => format!("Set {names} to the access key of an IAM user."),
        "r2" => format!("Set {names} to the pair that Cloudflare shows for an R2 API token, not to the token itself."),
        "gcs" => format!(
            "Set {names} to an HMAC key (Cloud Storage, Settings, Interoperability); a service-account file works only with LANGFUSE_USE_GOOGLE_CLOUD_STORAGE."
        ),
        _ => format!("Set {names} to a key pair of {}.", provider.name),
    }
}

rule! {
    /// A purpose without keys would use an identity that is there for something else.
    ///
    /// ## Why
    /// Where a purpose has no pair, the AWS SDK takes `AWS_ACCESS_KEY_ID` or `AWS_PROFILE` before any role. Langfuse's
    /// compose file hands these on for Amazon Bedrock. That identity rarely may use the bucket: S3 answers `AccessDenied`,
    /// although the role of the machine would have been allowed.
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
    /// `docker-compose.yml` of Langfuse, which forwards `AWS_ACCESS_KEY_ID` and `AWS_PROFILE`.
    IDENTITY_OF_ANOTHER_SERVICE = "identity-of-another-service", Warning, Risk, identity_of_another_service
}

fn identity_of_another_service(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const KEY_ID: Var = var("AWS_ACCESS_KEY_ID");
    const SECRET: Var = var("AWS_SECRET_ACCESS_KEY");
    const TOKEN: Var = var("AWS_SESSION_TOKEN");
    const PROFILE: Var = var("AWS_PROFILE");
    for config in cx.configs.iter().filter(|c| c.engine == Engine::S3) {
        let environment = config.environment;
        // The SDK takes the variables only as a pair.
        let pair = environment.set_value(KEY_ID).filter(|_| environment.set_value(SECRET).is_some());
        let Some(identity) = pair.or_else(|| environment.set_value(PROFILE)) else { continue };
        // Temporary keys have no other way in than these variables, so they are meant for S3 if for anything.
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
                        "{} is not set, so {} go to S3 as the identity of {}",
                        variable.name(),
                        block.use_case.name(),
                        identity.name
                    ))
                    .help(format!(
                        "Set {} and {} for this purpose, or take {} out of Langfuse's containers if a role is to be used.",
                        variable.name(),
                        block.name(Role::SecretAccessKey),
                        identity.name
                    )),
            );
        }
    }
}

rule! {
    /// Two purposes use the same bucket with different keys.
    ///
    /// ## Why
    /// It may be on purpose: a policy for each prefix. More often one pair was rotated and the other forgotten, or one block
    /// was never filled in after copying. Then one purpose fails alone, weeks later.
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
                .because(second, "on this bucket")
                .looks_at(Some(first))
                .message(format!(
                    "{} and {} share the bucket {} and use different keys",
                    one.use_case.name(),
                    other.use_case.name(),
                    shown(second)
                ))
                .help("Use one pair for both, unless each has a policy for its own prefix."),
        );
    }
}

/// Two different purposes in use on the S3 engine, each combination once.
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

/// Whether both purposes are at one store: web's address of the media store may differ from the others', so the
/// comparison is by host, and two hidden endpoints are not compared.
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
    /// One key id is given with two different secrets.
    ///
    /// ## Why
    /// A store has one secret for a key id, so one of the two purposes signs with a wrong one and gets
    /// `SignatureDoesNotMatch`. It happens when a key is rotated in one block and not in the other.
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
    /// langfuse/langfuse#5138, where one of three blocks had other keys than meant.
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
                .because(b, "the same key id in both")
                .looks_at(Some(a))
                .message(format!(
                    "{} and {} differ, although both go with the key id {}",
                    first.name,
                    second.name,
                    shown(b)
                ))
                .help(format!("Give {} and {} the secret that belongs to this key id.", first.name, second.name)),
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
    fn a_pair_is_swapped_only_where_the_shapes_say_so() {
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
