//! Buckets: missing, not a name, a name the store doesn't allow. Azure containers have their own module.

use super::endpoint::{s3_blocks, write};
use super::finding::{DraftFix, replace_value};
use super::{Context, Finding, Findings, Rule, rule};
use crate::config::addressing::is_dns_label;
use crate::config::{Block, Config, Engine};
use crate::provider::{self, Provider};
use crate::report::Severity;
use crate::source::Setting;
use crate::text::mask::{quoted, shown};
use crate::variable::{Containers, Role, UseCase, Var, slot, var};

pub(super) static RULES: &[&Rule] = &[
    &BUCKET_MISSING,
    &MEDIA_BUCKET_MISSING,
    &BUCKET_NOT_A_NAME,
    &BUCKET_NAME_INVALID,
    &BUCKET_NAME_LEGACY,
    &BUCKET_NAME_RESERVED_BY_GOOGLE,
];

/// Points at the empty setting if there is one.
fn absent<'d>(config: &Config<'d>, variable: Var) -> Finding<'d> {
    match config.environment.get(variable) {
        Some(empty) => Finding::at(config, empty),
        None => Finding::missing(config, variable),
    }
}

rule! {
    /// Exports or core data are enabled without a bucket.
    ///
    /// ## Why
    /// Langfuse starts and the button in the UI works, but each job fails: "No S3 bucket configured for exports."
    /// Langfuse doesn't fall back to the events bucket.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// `worker/src/features/batchExport/handleBatchExportJob.ts` and `worker/src/queues/coreDataS3ExportQueue.ts` of
    /// Langfuse.
    BUCKET_MISSING = "bucket-missing", Error, Failure, bucket_missing
}

fn bucket_missing(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    // The worker writes the files; web only signs links to them.
    let worker = |c: &&Config<'_>| !c.environment.open && c.containers.meets(Containers::WORKER);
    for config in cx.configs.iter().filter(worker) {
        for block in config.used().filter(|b| b.bucket.is_none()) {
            // Without an events bucket Langfuse doesn't start; without a media bucket, media is off.
            let Some(enabled) = block.enabled else { continue };
            let Some(variable) = slot(block.use_case, Role::Bucket) else { continue };
            let (what, example) = match block.use_case {
                UseCase::CoreData => ("every core data export fails", "acme-core-data"),
                _ => ("every export fails with \"No S3 bucket configured for exports.\"", "acme-exports"),
            };
            out.push(
                absent(config, variable)
                    .for_block(block)
                    .containers(Containers::WORKER)
                    .because(enabled, "enabled here")
                    .message(format!("{} is not set, so {what}", variable.name()))
                    .help(format!("{}, or set {} to `false`.", write(cx, variable, example), enabled.name)),
            );
        }
    }
}

rule! {
    /// Media has no bucket.
    ///
    /// ## Why
    /// Without one, multi-modal tracing is off. SDKs that find an image in a trace still request an upload URL and log
    /// the HTTP 500 they get, and retention skips media. If other media settings are set, the bucket was forgotten.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_PREFIX=media/
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_PREFIX=media/
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6168
    MEDIA_BUCKET_MISSING = "media-bucket-missing", Warning, Failure, media_bucket_missing
}

fn media_bucket_missing(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const BUCKET: Var = var("LANGFUSE_S3_MEDIA_UPLOAD_BUCKET");
    // With these on, the worker requires the bucket, which is a different, more serious problem.
    const WANTED: [Var; 2] =
        [var("LANGFUSE_OTEL_MEDIA_UPLOAD_ENABLED"), var("LANGFUSE_OBSERVATION_FIELD_OVERFLOW_ENABLED")];
    for config in cx.configs.iter().filter(|c| !c.environment.open) {
        let block = config.block(UseCase::Media);
        if block.bucket.is_some() || WANTED.into_iter().any(|v| config.environment.is_true(v)) {
            continue;
        }
        // A value that the chart sets for every use case says nothing about media.
        let shared = |s: &Setting| {
            s.place.is_some() && config.block(UseCase::Events).fields().any(|event| event.place == s.place)
        };
        let other = block.fields().find(|s| !cx.deployment.is_default(config.containers, s) && !shared(s));
        let mut finding = absent(config, BUCKET)
            .severity(if other.is_some() { Severity::Warning } else { Severity::Hint })
            .message(format!("{} is not set, so media is off: SDKs that find an image log errors", BUCKET.name()))
            .help(match other {
                Some(_) => format!("{}.", write(cx, BUCKET, "acme-media")),
                None => {
                    format!(
                        "{} if traces contain images, audio or files; otherwise leave it unset.",
                        write(cx, BUCKET, "acme-media")
                    )
                }
            });
        if let Some(other) = other {
            finding = finding.because(other, "another media setting is set here");
        }
        out.push(finding);
    }
}

/// The bucket, and the path in it, from a value that is more than a bucket name.
fn name_and_path(text: &str) -> Option<(&str, &str)> {
    let bare = match text.split_once(":::") {
        Some((arn, rest)) if arn.starts_with("arn:") => rest,
        _ if text.starts_with("arn:") => return None,
        _ => match text.split_once("://") {
            Some((scheme, _)) if scheme.to_ascii_lowercase().starts_with("http") => return None,
            Some((_, rest)) => rest,
            None => text,
        },
    };
    let bare = bare.trim_start_matches('/');
    let (name, path) = bare.split_once('/').unwrap_or((bare, ""));
    is_dns_label(name).then_some((name, path.trim_matches(|c| matches!(c, '/' | '*'))))
}

/// Whether another use case has that bucket: sharing it might make their prefixes collide.
fn is_taken(config: &Config<'_>, block: &Block<'_>, name: &str) -> bool {
    config.used().any(|b| b.use_case != block.use_case && b.bucket.and_then(Setting::text) == Some(name))
}

/// Values that other rules report: spaces, quotes, `$`, placeholders.
fn is_explained_elsewhere(text: &str) -> bool {
    text.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '$' | '<' | '>'))
}

rule! {
    /// The bucket is a URI, an ARN or a path instead of a name.
    ///
    /// ## Why
    /// The SDK fails before it sends a request: "InvalidBucketName: Bucket name shouldn't contain '/'" for `s3://acme`
    /// and `acme/events`, "Invalid ARN" for `arn:aws:s3:::acme`. What follows the bucket belongs in the prefix. The ARN
    /// of an access point is accepted.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=s3://acme-langfuse/events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_PREFIX=events/
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// Both error messages, from the SDK version Langfuse pins.
    BUCKET_NOT_A_NAME = "bucket-not-a-name", Error, Failure, bucket_not_a_name
}

fn bucket_not_a_name(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let Some((bucket, text)) = block.bucket.and_then(|b| Some((b, b.text()?))) else { continue };
        let is_arn = text.starts_with("arn:");
        if !is_arn && !text.contains('/') {
            continue;
        }
        // `arn:aws:s3:eu-west-1:123456789012:accesspoint/name` has an account, which a bucket's ARN doesn't.
        let access_point = is_arn && text.split(':').nth(4).is_some_and(|account| !account.is_empty());
        if access_point || is_explained_elsewhere(text) {
            continue;
        }
        let Some(variable) = bucket.var else { continue };
        let meant = name_and_path(text);
        let (help, fix) = match meant {
            Some((name, "")) => {
                let edits = replace_value(bucket, name).filter(|_| !is_taken(config, block, name));
                let fix = edits.map(|e| DraftFix::safe(format!("set to `{name}`"), e));
                (format!("{}.", write(cx, variable, name)), fix)
            }
            Some((name, path)) => {
                let prefix = match (slot(block.use_case, Role::Prefix), block.prefix) {
                    (Some(prefix), None) => format!("{}.", write(cx, prefix, &format!("{path}/"))),
                    _ => format!("Put {} before the prefix.", quoted(&format!("{path}/"))),
                };
                (format!("{}. {prefix}", write(cx, variable, name)), None)
            }
            None => ("Set only the bucket name, such as `acme-langfuse`.".to_owned(), None),
        };
        out.push(
            Finding::at(config, bucket)
                .for_block(block)
                .message(format!("{} is {}; expected a bucket name", bucket.name, shown(bucket)))
                .help(help)
                .fix(fix),
        );
    }
}

/// Why `name` isn't a valid Amazon S3 bucket name.
fn amazon_fault(name: &str) -> Option<&'static str> {
    const STARTS: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];
    let bytes = name.as_bytes();
    let edge = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    if !(3..=63).contains(&bytes.len()) {
        Some("names must have 3 to 63 characters")
    } else if !bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-')) {
        Some("names can contain only lowercase letters, digits, dots and hyphens")
    } else if !edge(bytes.first()) || !edge(bytes.last()) {
        Some("names must start and end with a letter or digit")
    } else if name.contains("..") {
        Some("names can't have two dots in a row")
    } else if bytes.iter().all(|b| b.is_ascii_digit() || *b == b'.') && name.parse::<std::net::Ipv4Addr>().is_ok() {
        Some("names can't look like an IP address")
    } else if STARTS.iter().any(|s| name.starts_with(s)) {
        Some("this name prefix is reserved")
    } else if name.strip_suffix(".mrap").is_some() {
        Some("this name suffix is reserved for Multi-Region Access Points, which are addressed by ARN")
    } else {
        None
    }
}

/// Whether uppercase letters and underscores are the only problem: us-east-1 allowed them until 2018.
fn is_legacy_only(name: &str) -> bool {
    let bytes = name.as_bytes();
    (3..=63).contains(&bytes.len())
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        && bytes.iter().any(|b| b.is_ascii_uppercase() || *b == b'_')
        && !name.contains("..")
}

fn may_be_legacy(config: &Config<'_>, block: &Block<'_>, name: &str) -> bool {
    let region = config.region(block).and_then(Setting::text);
    is_legacy_only(name) && region.is_none_or(|r| r == "us-east-1")
}

rule! {
    /// The bucket name is invalid on Amazon S3.
    ///
    /// ## Why
    /// Names have 3 to 63 lowercase letters, digits, dots and hyphens, start and end with a letter or digit, and can't
    /// be an IP address; some prefixes and suffixes are reserved. The SDK still sends the request, and Amazon S3
    /// answers `InvalidBucketName` or `NoSuchBucket`. Dots are fine: on HTTPS the SDK then switches to path style.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=Acme-Langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// Amazon S3 user guide, "General purpose bucket naming rules".
    BUCKET_NAME_INVALID = "bucket-name-invalid", Error, Failure, bucket_name_invalid
}

fn bucket_name_invalid(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx).filter(|(_, b)| b.is_aws()) {
        let Some((bucket, text)) = block.bucket.and_then(|b| Some((b, b.text()?))) else { continue };
        let Some(why) = amazon_fault(text) else { continue };
        let other_rule = text.starts_with("arn:") || text.contains('/') || is_explained_elsewhere(text);
        if other_rule || may_be_legacy(config, block, text) {
            continue;
        }
        let lower = text.to_ascii_lowercase();
        let fix = (amazon_fault(&lower).is_none() && !is_taken(config, block, &lower))
            .then(|| replace_value(bucket, &lower))
            .flatten();
        out.push(
            Finding::at(config, bucket)
                .for_block(block)
                .looks_at(block.endpoint)
                .message(format!(
                    "{} is {}, which isn't a valid Amazon S3 bucket name: {why}",
                    bucket.name,
                    shown(bucket)
                ))
                .help("Use the name shown in the S3 console.")
                .fix(fix.map(|e| DraftFix::risky(format!("set to `{lower}`"), e))),
        );
    }
}

/// Whether `provider` rejects `name`: services accept lowercase only; self-hosted stores and Oracle are less strict.
fn refuses(provider: &Provider, name: &str) -> bool {
    let service = provider.hosts.iter().any(|h| h.starts_with('.'));
    let lax = provider.id == "oci" || *provider == provider::AZURE || *provider == provider::AWS;
    let underscore = name.contains('_') && *provider != provider::GCS;
    service && !lax && (underscore || name.bytes().any(|b| b.is_ascii_uppercase()))
}

rule! {
    /// The bucket name has uppercase letters or underscores.
    ///
    /// ## Why
    /// Amazon S3 allowed such names only in us-east-1 and only until 2018; the other services expect lowercase letters.
    /// MinIO and other self-hosted stores are less strict, so the name may come from one of them. The SDK falls back to
    /// path style for such names.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme_langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// ```
    ///
    /// ## Seen in
    /// Amazon S3 user guide, "General purpose bucket naming rules"; path style observed with the SDK version Langfuse
    /// pins.
    BUCKET_NAME_LEGACY = "bucket-name-legacy", Warning, Failure, bucket_name_legacy
}

fn bucket_name_legacy(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let Some((bucket, text)) = block.bucket.and_then(|b| Some((b, b.text()?))) else { continue };
        if !text.bytes().any(|b| b.is_ascii_uppercase() || b == b'_') || text.contains('/') {
            continue;
        }
        let why = match block.provider {
            Some(_) if block.is_aws() && may_be_legacy(config, block, text) => {
                "on Amazon S3 only buckets created in us-east-1 before 2018 have such names".to_owned()
            }
            Some(provider) if refuses(provider, text) => {
                format!("{} expects lowercase letters, digits and hyphens", provider.name)
            }
            _ => continue,
        };
        if text.starts_with("arn:") || is_explained_elsewhere(text) {
            continue;
        }
        out.push(
            Finding::at(config, bucket)
                .for_block(block)
                .looks_at(block.endpoint)
                .message(format!("{} is {}; {why}", bucket.name, shown(bucket)))
                .help("Compare it letter by letter with the name in the store's console."),
        );
    }
}

rule! {
    /// The bucket name is reserved by Google.
    ///
    /// ## Why
    /// Google Cloud Storage doesn't allow names that start with `goog` or contain `google` or something close, such as
    /// `g00gle`, so this bucket can't exist: `NoSuchBucket`, or 404 on the native engine.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-google-langfuse
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-langfuse
    /// ```
    ///
    /// ## Seen in
    /// Google Cloud documentation, "About Cloud Storage buckets".
    BUCKET_NAME_RESERVED_BY_GOOGLE = "bucket-name-reserved-by-google", Warning, Failure, bucket_name_reserved_by_google
}

fn bucket_name_reserved_by_google(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| matches!(c.engine, Engine::Gcs | Engine::S3)) {
        for block in config.used() {
            if config.engine == Engine::S3 && !block.is(&provider::GCS) {
                continue;
            }
            let Some((bucket, text)) = block.bucket.and_then(|b| Some((b, b.text()?))) else { continue };
            let holds =
                |word: &str| text.as_bytes().windows(word.len()).any(|w| w.eq_ignore_ascii_case(word.as_bytes()));
            let begins = text.get(..4).is_some_and(|t| t.eq_ignore_ascii_case("goog"));
            if !begins && !holds("google") && !holds("g00gle") {
                continue;
            }
            out.push(
                Finding::at(config, bucket)
                    .for_block(block)
                    .message(format!("{} is {}, a name Google reserves", bucket.name, shown(bucket)))
                    .help("Use the name shown in the Google Cloud console."),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_name_in_what_people_paste() {
        for (text, parts) in [
            ("s3://acme-langfuse", Some(("acme-langfuse", ""))),
            ("s3://acme/events/", Some(("acme", "events"))),
            ("gs://acme", Some(("acme", ""))),
            ("arn:aws:s3:::acme", Some(("acme", ""))),
            ("arn:aws:s3:::acme/*", Some(("acme", ""))),
            ("arn:aws-cn:s3:::acme/a/b/*", Some(("acme", "a/b"))),
            ("acme/", Some(("acme", ""))),
            ("/acme", Some(("acme", ""))),
            ("acme/events", Some(("acme", "events"))),
            ("https://acme.s3.amazonaws.com", None),
            ("arn:aws:s3", None),
            ("s3://A", None),
        ] {
            assert_eq!(name_and_path(text), parts, "{text}");
        }
    }

    #[test]
    fn checks_amazon_bucket_names() {
        for name in ["acme", "a.b.c", "123", "acme-s3alias", "acme--use1-az4--x-s3", "1.2.3.4.5"] {
            assert_eq!(amazon_fault(name), None, "{name}");
        }
        for name in
            ["ab", "Acme", "ac_me", "-acme", "acme.", "a..b", "192.168.5.4", "xn--acme", "sthree-a", "acme.mrap"]
        {
            assert!(amazon_fault(name).is_some(), "{name}");
        }
    }
}
