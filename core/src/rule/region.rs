//! Regions: missing, `auto` in the wrong place, contradicting the endpoint, misspelled.

use super::finding::{DraftFix, replace_value};
use super::{Context, Finding, Findings, Rule, rule};
use crate::config::{Block, Config, Credentials, Engine, text};
use crate::provider::{self, AWS_REGIONS};
use crate::report::Severity;
use crate::source::Wrapper;
use crate::text::mask::shown;
use crate::text::suggest::nearest;
use crate::variable::{Role, slot, var};

pub(super) static RULES: &[&Rule] = &[
    &REGION_MISSING,
    &REGION_AUTO_WITHOUT_ENDPOINT,
    &REGION_AUTO_ON_AWS,
    &REGION_ENDPOINT_MISMATCH,
    &REGION_IS_AVAILABILITY_ZONE,
    &REGION_MISSPELLED,
    &REGION_NOT_OF_PROVIDER,
];

/// The active use cases on the S3 engine; the other engines ignore the region.
fn s3_blocks<'c, 'd>(cx: &'c Context<'d>) -> impl Iterator<Item = (&'d Config<'d>, &'d Block<'d>)> + use<'c, 'd> {
    cx.configs.iter().filter(|c| c.engine == Engine::S3).flat_map(|c| c.used().map(move |b| (c, b)))
}

rule! {
    /// A use case has no region, which the S3 client requires.
    ///
    /// ## Why
    /// The AWS SDK for JavaScript fails with "Region is missing" on the first request, even if an endpoint is set:
    /// MinIO and R2 also need a region. The SDK falls back to `AWS_REGION`, but not to `AWS_DEFAULT_REGION`. ECS and
    /// EKS inject `AWS_REGION`; plain EC2, Docker and virtual machines don't, so a use case without keys gets a warning
    /// and one with keys an error.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// The IAM role example in the documentation, which sets only the bucket.
    REGION_MISSING = "region-missing", Error, Failure, region_missing
}

fn region_missing(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const DEFAULT_REGION: crate::variable::Var = var("AWS_DEFAULT_REGION");
    // ECS and EKS inject AWS_REGION along with these.
    const PLATFORM: [crate::variable::Var; 3] = [
        var("AWS_WEB_IDENTITY_TOKEN_FILE"),
        var("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
        var("AWS_CONTAINER_CREDENTIALS_FULL_URI"),
    ];
    for (config, block) in s3_blocks(cx) {
        let platform = |v| config.environment.set_value(v).is_some();
        let injected = cx.deployment.platform_identity || PLATFORM.into_iter().any(platform);
        if config.region(block).is_some() || config.region_may_come_from_elsewhere() || injected {
            continue;
        }
        let Some(variable) = slot(block.use_case, Role::Region) else { continue };
        let chain = matches!(block.credentials(), Credentials::Chain) && block.is_aws();
        let condition = if chain { " unless the platform (ECS, EKS) injects AWS_REGION" } else { "" };
        let example = if block.is_aws() {
            "eu-west-1"
        } else if block.is(&provider::R2) {
            "auto"
        } else {
            "us-east-1"
        };
        let mut finding = Finding::missing(config, variable)
            .looks_at(block.bucket)
            .looks_at(block.endpoint)
            .severity(if chain { Severity::Warning } else { Severity::Error })
            .message(format!(
                "{} is not set, so every request fails with \"Region is missing\"{condition}",
                variable.name()
            ))
            .help(format!(
                "Set the bucket's region: `{}={example}`. For a store without regions, use `us-east-1`.",
                variable.name()
            ));
        if let Some(default) = config.environment.set_value(DEFAULT_REGION) {
            finding = finding.because(default, "Langfuse's AWS SDK doesn't read AWS_DEFAULT_REGION");
        }
        out.push(finding);
    }
}

rule! {
    /// Region `auto` without an endpoint sends requests to a host that doesn't exist.
    ///
    /// ## Why
    /// Without an endpoint the SDK builds the host from the region: `s3.auto.amazonaws.com`. That host doesn't resolve
    /// (`getaddrinfo ENOTFOUND s3.auto.amazonaws.com`), and every ingestion request fails with HTTP 500.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=auto
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse-k8s#157
    REGION_AUTO_WITHOUT_ENDPOINT = "region-auto-without-endpoint", Error, Failure, region_auto_without_endpoint
}

fn region_auto_without_endpoint(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let Some(region) = config.region(block).filter(|r| r.text() == Some("auto")) else { continue };
        if block.endpoint.is_some() || sdk_endpoint(config) {
            continue;
        }
        let remedy = match cx.deployment.wrapper {
            Wrapper::Helm => {
                "Set `s3.region` to the bucket's region, or `s3.endpoint` if the store isn't Amazon S3.".to_owned()
            }
            _ => format!(
                "On Amazon S3, set the bucket's region, such as `{}=eu-west-1`; for another store, set {}.",
                region.name,
                block.name(Role::Endpoint)
            ),
        };
        out.push(
            Finding::at(config, region)
                .for_block(block)
                .looks_at(block.bucket)
                .message(format!(
                    "{} is `auto` and {} is not set: requests go to s3.auto.amazonaws.com, which doesn't exist",
                    region.name,
                    block.name(Role::Endpoint)
                ))
                .help(remedy),
        );
    }
}

/// Whether the SDK gets an endpoint from its own environment variables.
fn sdk_endpoint(config: &Config<'_>) -> bool {
    ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"]
        .into_iter()
        .any(|n| config.environment.by_name(n).is_some_and(crate::source::Setting::is_set))
}

rule! {
    /// Region `auto` with an Amazon S3 endpoint.
    ///
    /// ## Why
    /// Amazon S3 checks the region in the signature:
    /// `AuthorizationHeaderMalformed: the region 'auto' is wrong; expecting …`.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=auto
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.eu-west-1.amazonaws.com
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse-k8s#93
    REGION_AUTO_ON_AWS = "region-auto-on-aws", Error, Failure, region_auto_on_aws
}

fn region_auto_on_aws(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let (Some(url), Some(endpoint)) = (block.endpoint_url(), block.endpoint) else { continue };
        let Some(region) = config.region(block).filter(|r| r.text() == Some("auto") && block.is_aws()) else {
            continue;
        };
        let right = url.aws_region();
        let fix = right
            .and_then(|r| replace_value(region, r))
            .map(|e| DraftFix::safe(format!("set to `{}`", right.unwrap_or("")), e));
        out.push(
            Finding::at(config, region)
                .for_block(block)
                .because(endpoint, "this is an Amazon S3 endpoint")
                .message(format!(
                    "{} is `auto`, which Amazon S3 rejects with AuthorizationHeaderMalformed",
                    region.name
                ))
                .help(match right {
                    Some(r) => format!("Set the endpoint's region: `{}={r}`.", region.name),
                    None => format!(
                        "Set the bucket's region, such as `{}=eu-west-1`, and remove the endpoint.",
                        region.name
                    ),
                })
                .fix(fix),
        );
    }
}

rule! {
    /// The region differs from the one in the endpoint's host.
    ///
    /// ## Why
    /// Requests are signed for one region and sent to another. Amazon S3 answers
    /// `AuthorizationHeaderMalformed … expecting …`, or `PermanentRedirect`, which the SDK doesn't follow.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.eu-west-1.amazonaws.com
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#9333
    REGION_ENDPOINT_MISMATCH = "region-endpoint-mismatch", Error, Failure, region_endpoint_mismatch
}

fn region_endpoint_mismatch(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let (Some(region), Some(endpoint)) = (config.region(block), block.endpoint) else { continue };
        let (Some(written), Some(url)) = (region.text().filter(|r| *r != "auto"), block.endpoint_url()) else {
            continue;
        };
        // The global host is in us-east-1.
        let global = url.is_under("s3.amazonaws.com");
        let Some(in_host) =
            url.aws_region().or(global.then_some("us-east-1")).filter(|r| !r.eq_ignore_ascii_case(written))
        else {
            continue;
        };
        let fix = (!global).then(|| replace_value(region, in_host)).flatten();
        out.push(
            Finding::at(config, region)
                .for_block(block)
                .because(endpoint, format!("this host belongs to `{in_host}`"))
                .severity(if global { Severity::Warning } else { Severity::Error })
                .message(format!(
                    "{} is {}, but the endpoint belongs to `{in_host}`; Amazon S3 rejects the signature or redirects",
                    region.name,
                    shown(region)
                ))
                .help(format!(
                    "Keep the bucket's region and remove {}: the SDK derives the endpoint from the region.",
                    block.name(Role::Endpoint)
                ))
                .fix(fix.map(|e| DraftFix::risky(format!("set to `{in_host}`"), e))),
        );
    }
}

rule! {
    /// The region is an availability zone.
    ///
    /// ## Why
    /// `eu-west-1a` is a zone of the region `eu-west-1`. The SDK builds the host `s3.eu-west-1a.amazonaws.com`, which
    /// doesn't exist.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1a
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// Host observed with the SDK version Langfuse pins.
    REGION_IS_AVAILABILITY_ZONE = "region-is-availability-zone", Error, Failure, region_is_availability_zone
}

fn region_is_availability_zone(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx).filter(|(_, b)| b.is_aws()) {
        let Some(region) = config.region(block) else { continue };
        let Some(parent) = zone_of(region.text().unwrap_or("")) else { continue };
        let fix = replace_value(region, parent).map(|e| DraftFix::safe(format!("set to `{parent}`"), e));
        out.push(
            Finding::at(config, region)
                .for_block(block)
                .message(format!(
                    "{} is {}, an availability zone; expected the region `{parent}`",
                    region.name,
                    shown(region)
                ))
                .help(format!("Set `{}={parent}`.", region.name))
                .fix(fix),
        );
    }
}

fn zone_of(text: &str) -> Option<&str> {
    let parent = text.strip_suffix(|c: char| c.is_ascii_lowercase())?;
    AWS_REGIONS.contains(&parent).then_some(parent)
}

rule! {
    /// The region isn't an AWS region code: wrong case, a display name or a typo.
    ///
    /// ## Why
    /// The SDK uses the value as written in the host name and the signature. `EU-WEST-1` is signed in capitals and
    /// rejected; `eu-wset-1` is a host that doesn't exist; "US East (Ohio)" isn't a valid host name.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=EU-West-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// Host and credential scope observed with the SDK version Langfuse pins.
    REGION_MISSPELLED = "region-misspelled", Error, Failure, region_misspelled
}

fn region_misspelled(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx).filter(|(_, b)| b.is_aws()) {
        let Some(region) = config.region(block) else { continue };
        let Some(written) = region.text() else { continue };
        let right = written == "auto" || AWS_REGIONS.contains(&written) || zone_of(written).is_some();
        // Other rules report spaces, quotes, `$` and placeholders.
        let other_rule = written.contains(|c: char| c.is_control() || matches!(c, '"' | '\'' | '$' | '<' | '>'))
            || written.trim() != written
            || written.starts_with("my-");
        if right || other_rule {
            continue;
        }
        let meant = display_name(written).or_else(|| nearest(written, AWS_REGIONS.iter().copied()));
        let shaped = written.split('-').count() >= 3
            && written.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && written.ends_with(|c: char| c.is_ascii_digit());
        // A region newer than this list is well-formed and isn't one letter away from a known one.
        if shaped && meant.is_none_or(|m| m.len() == written.len() && differs_in_number_only(m, written)) {
            continue;
        }
        let capitals = meant.is_some_and(|m| m.eq_ignore_ascii_case(written));
        let fix = meant.and_then(|m| {
            let edits = replace_value(region, m)?;
            let title = format!("set to `{m}`");
            Some(if capitals { DraftFix::safe(title, edits) } else { DraftFix::risky(title, edits) })
        });
        out.push(
            Finding::at(config, region)
                .for_block(block)
                .message(format!("{} is {}, which isn't an Amazon S3 region", region.name, shown(region)))
                .help(meant.map_or_else(
                    || "Use the region code that the console shows next to the bucket, such as `eu-west-1`.".to_owned(),
                    |m| format!("Did you mean `{}={m}`?", region.name),
                ))
                .fix(fix),
        );
    }
}

fn differs_in_number_only(a: &str, b: &str) -> bool {
    a.bytes().zip(b.bytes()).all(|(x, y)| x == y || (x.is_ascii_digit() && y.is_ascii_digit()))
}

/// Region names from the console, which people paste.
fn display_name(text: &str) -> Option<&'static str> {
    const NAMES: [(&str, &str); 16] = [
        ("n. virginia", "us-east-1"),
        ("ohio", "us-east-2"),
        ("n. california", "us-west-1"),
        ("oregon", "us-west-2"),
        ("ireland", "eu-west-1"),
        ("london", "eu-west-2"),
        ("paris", "eu-west-3"),
        ("frankfurt", "eu-central-1"),
        ("zurich", "eu-central-2"),
        ("stockholm", "eu-north-1"),
        ("milan", "eu-south-1"),
        ("spain", "eu-south-2"),
        ("mumbai", "ap-south-1"),
        ("singapore", "ap-southeast-1"),
        ("sydney", "ap-southeast-2"),
        ("tokyo", "ap-northeast-1"),
    ];
    let lower = text.to_ascii_lowercase();
    NAMES.iter().find(|(name, _)| lower.contains(name)).map(|(_, code)| *code)
}

rule! {
    /// The store behind the endpoint doesn't accept the region.
    ///
    /// ## Why
    /// Cloudflare R2 accepts `auto` and a few aliases of it (`us-east-1` among them), and rejects requests signed for
    /// any other region.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=5f4dcc3b5aa765d61d8327deb882cf99
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
    /// Cloudflare R2 documentation, S3 API compatibility.
    REGION_NOT_OF_PROVIDER = "region-not-of-provider", Warning, Failure, region_not_of_provider
}

fn region_not_of_provider(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let (Some(provider), Some(region)) = (block.provider, config.region(block)) else { continue };
        let Some(written) = text(Some(region)) else { continue };
        let Some(first) = provider.regions.first().filter(|_| !provider.regions.contains(&written)) else { continue };
        let fix = replace_value(region, first).map(|e| DraftFix::safe(format!("set to `{first}`"), e));
        let mut finding = Finding::at(config, region).for_block(block);
        if let Some(endpoint) = block.endpoint {
            finding = finding.because(endpoint, format!("this is {}", provider.name));
        }
        out.push(
            finding
                .message(format!("{} is {}, which {} doesn't accept", region.name, shown(region), provider.name))
                .help(format!("Set `{}={first}`.", region.name))
                .fix(fix),
        );
    }
}
