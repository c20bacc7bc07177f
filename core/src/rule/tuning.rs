//! Tuning: limits that the store or the SDK doesn't support, settings whose switch is off, web and worker that differ.

use super::endpoint::{s3_blocks, write};
use super::finding::{DraftFix, replace_value};
use super::{Context, Finding, Findings, Rule, rule};
use crate::config::{Config, Engine};
use crate::provider;
use crate::source::Setting;
use crate::text::mask::{quoted, shown};
use crate::text::number::js_number;
use crate::variable::{Containers, UseCase, Var, Version, var};

pub(super) static RULES: &[&Rule] = &[
    &KEY_SEGMENT_TOO_LONG_FOR_STORE,
    &KEY_SEGMENT_DIFFERS,
    &LIST_PAGE_OVER_THOUSAND,
    &SOCKET_LIMIT_WITHOUT_HTTPS,
    &SETTING_WITHOUT_ITS_SWITCH,
    &SLOWDOWN_NOT_RECOGNIZED,
    &LARGE_EXPORT_UNBUFFERED,
    &MD5_UNDER_FIPS,
];

const SEGMENT: Var = var("LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES");
const BUFFERED: Var = var("LANGFUSE_S3_UPLOAD_ENABLE_BUFFERED");
const SLOWDOWN: Var = var("LANGFUSE_S3_RATE_ERROR_SLOWDOWN_ENABLED");

/// The number in `variable`, if the operator chose one that Langfuse accepts and that isn't the default.
fn chosen<'d>(cx: &Context<'_>, config: &Config<'d>, variable: Var) -> Option<(&'d Setting, f64)> {
    let setting = config.environment.set_value(variable)?;
    let text = setting.text()?;
    let row = variable.row();
    let default = cx.deployment.is_default(config.containers, setting);
    if default || !row.readers.meets(config.containers) || row.rejects(text) {
        return None;
    }
    let number = js_number(text)?;
    let default = row.default.and_then(js_number);
    // `50.0` is also the default.
    (default.is_none_or(|d| (d - number).abs() > f64::EPSILON)).then_some((setting, number))
}

rule! {
    /// Keys may have segments that the store can't hold.
    ///
    /// ## Why
    /// MinIO, SeaweedFS and Versity store keys as file names, which ext4 and xfs limit to 255 bytes. An event with a
    /// longer ID is refused (`XMinioInvalidObjectName`), and the trace is lost. Langfuse keeps IDs up to this limit; it
    /// cuts and hashes longer ones.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES=1024
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
    /// LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES=255
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#13476, langfuse/langfuse#14090, minio/minio#20952
    KEY_SEGMENT_TOO_LONG_FOR_STORE = "key-segment-too-long-for-store", Warning, Failure, key_segment_too_long_for_store
}

fn key_segment_too_long_for_store(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| c.engine == Engine::S3) {
        let Some((setting, _)) = chosen(cx, config, SEGMENT).filter(|(_, n)| *n > 255.0) else { continue };
        let block = config.block(UseCase::Events);
        let (Some(endpoint), Some(url)) = (block.endpoint, block.endpoint_url()) else { continue };
        let bundled = url.host.ends_with("-s3-all-in-one");
        let versity = url.first_label().get(..7).is_some_and(|t| t.eq_ignore_ascii_case("versity"));
        let store = match block.provider {
            Some(p) if *p == provider::MINIO || *p == provider::SEAWEEDFS => p.name,
            _ if bundled => provider::SEAWEEDFS.name,
            _ if versity => "Versity",
            _ => continue,
        };
        out.push(
            Finding::at(config, setting)
                .for_block(block)
                .because(endpoint, format!("this is {store}"))
                .message(format!(
                    "{} is {}, but {store} stores keys as file names, which most file systems limit to 255 bytes",
                    setting.name,
                    shown(setting)
                ))
                .help(format!("{} in web and worker.", write(cx, SEGMENT, "255")))
                .fix(replace_value(setting, "255").map(|e| DraftFix::risky("write `255`", e))),
        );
    }
}

rule! {
    /// Web and worker cut keys at different lengths.
    ///
    /// ## Why
    /// Langfuse cuts and hashes an ID over the limit. Web and worker both write events, and with two limits the events
    /// of one long ID end up under two names. Each job reads the name that it carries, so nothing is lost, but the
    /// worker merges only the events under one name.
    ///
    /// ## Example
    /// ```dotenv file=web.env container=web
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES=255
    /// ```
    /// ```dotenv file=worker.env container=worker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv file=web.env container=web
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES=255
    /// ```
    /// ```dotenv file=worker.env container=worker
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES=255
    /// ```
    ///
    /// ## Seen in
    /// The comments on the variable in Langfuse's `packages/shared/src/env.ts` and `worker/src/env.ts`.
    KEY_SEGMENT_DIFFERS = "key-segment-differs", Warning, Failure, key_segment_differs
}

fn key_segment_differs(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let (Some(web), Some(worker)) = (cx.config(Containers::WEB), cx.config(Containers::WORKER)) else { return };
    if std::ptr::eq(web, worker) {
        return;
    }
    // The effective limit; none if it can't be seen or Langfuse doesn't start with it.
    let limit = |config: &Config<'_>| match config.environment.set_value(SEGMENT) {
        Some(setting) => setting.text().filter(|t| !SEGMENT.row().rejects(t)).and_then(js_number),
        None if config.environment.open => None,
        None => SEGMENT.row().default.and_then(js_number),
    };
    let (Some(a), Some(b)) = (limit(web), limit(worker)) else { return };
    if (a - b).abs() < f64::EPSILON {
        return;
    }
    let (in_web, in_worker) = (web.environment.set_value(SEGMENT), worker.environment.set_value(SEGMENT));
    let mut finding = match (in_worker, in_web) {
        (Some(own), _) => Finding::at(worker, own),
        (None, Some(other)) => Finding::at(web, other),
        (None, None) => return,
    };
    if let (Some(_), Some(other)) = (in_worker, in_web) {
        finding = finding.because(other, "web's limit");
    }
    let smaller = if a < b { a } else { b };
    out.push(
        finding
            .containers(Containers::BOTH)
            .message(format!(
                "{} is {a} in web and {b} in worker, so events with longer IDs have two names and aren't merged",
                SEGMENT.name()
            ))
            .help(format!("{} in both.", write(cx, SEGMENT, &smaller.to_string()))),
    );
}

rule! {
    /// A listing requests more keys than S3 returns.
    ///
    /// ## Why
    /// S3 returns at most 1000 keys, no matter how many are requested, and Langfuse reads only one page. The events of
    /// an observation beyond that are left out of the merge, with this value as with 1000.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_LIST_MAX_KEYS=5000
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_LIST_MAX_KEYS=1000
    /// ```
    ///
    /// ## Seen in
    /// Amazon S3 API reference, `ListObjectsV2`; `listFiles` in Langfuse's
    /// `packages/shared/src/server/services/StorageService.ts`.
    LIST_PAGE_OVER_THOUSAND = "list-page-over-thousand", Warning, Ignored, list_page_over_thousand
}

fn list_page_over_thousand(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const LIST: Var = var("LANGFUSE_S3_LIST_MAX_KEYS");
    for config in cx.configs.iter().filter(|c| c.engine == Engine::S3) {
        let Some((setting, _)) = chosen(cx, config, LIST).filter(|(_, n)| *n > 1000.0) else { continue };
        out.push(
            Finding::at(config, setting)
                .message(format!("{} is {}, but S3 lists at most 1000 keys", setting.name, shown(setting)))
                .help(format!("{}.", write(cx, LIST, "1000")))
                .fix(replace_value(setting, "1000").map(|e| DraftFix::safe("write `1000`", e))),
        );
    }
}

rule! {
    /// The number of sockets is set, but no endpoint uses HTTPS.
    ///
    /// ## Why
    /// `LANGFUSE_S3_CONCURRENT_WRITES` is the socket limit of the HTTPS agent, for reads and writes. Requests to
    /// `http://` endpoints use another agent, which it doesn't affect.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_CONCURRENT_WRITES=200
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
    /// `createS3RequestHandler` in Langfuse's `packages/shared/src/server/services/StorageService.ts`.
    SOCKET_LIMIT_WITHOUT_HTTPS = "socket-limit-without-https", Hint, Ignored, socket_limit_without_https
}

fn socket_limit_without_https(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const WRITES: Var = var("LANGFUSE_S3_CONCURRENT_WRITES");
    for config in cx.configs.iter().filter(|c| c.engine == Engine::S3) {
        let Some((setting, _)) = chosen(cx, config, WRITES) else { continue };
        let plain = config.used().all(|b| b.endpoint_url().is_some_and(|u| !u.https));
        let Some(endpoint) = config.block(UseCase::Events).endpoint.filter(|_| plain) else { continue };
        out.push(
            Finding::at(config, setting)
                .because(endpoint, "plain HTTP")
                .message(format!(
                    "{} is {}, but it limits only HTTPS sockets, and no endpoint here uses HTTPS",
                    setting.name,
                    shown(setting)
                ))
                .help(format!("Remove {}; it matters again with an HTTPS endpoint.", setting.name)),
        );
    }
}

/// Switches and the settings that depend on them.
const GATED: [(Var, &[Var]); 3] = [
    (
        BUFFERED,
        &[
            var("LANGFUSE_S3_UPLOAD_MAX_PART_ATTEMPTS"),
            var("LANGFUSE_S3_UPLOAD_MAX_CONCURRENT_PARTS"),
            var("BATCH_EXPORT_S3_PART_SIZE_MIB"),
        ],
    ),
    (SLOWDOWN, &[var("LANGFUSE_S3_RATE_ERROR_SLOWDOWN_TTL_SECONDS")]),
    (var("LANGFUSE_OBSERVATION_FIELD_OVERFLOW_ENABLED"), &[var("LANGFUSE_OBSERVATION_FIELD_SIZE_LIMIT_BYTES")]),
];

rule! {
    /// A setting is tuned while its switch is off.
    ///
    /// ## Why
    /// On S3, Langfuse passes attempts, concurrency and part size to the uploader only if
    /// `LANGFUSE_S3_UPLOAD_ENABLE_BUFFERED` is `true`; otherwise the SDK uses its own 5 MiB parts. Likewise, the
    /// slow-down time and the field limit have no effect without their switches.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// BATCH_EXPORT_S3_PART_SIZE_MIB=50
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_UPLOAD_ENABLE_BUFFERED=true
    /// BATCH_EXPORT_S3_PART_SIZE_MIB=50
    /// ```
    ///
    /// ## Seen in
    /// `uploadFileBuffered` in Langfuse's `packages/shared/src/server/services/StorageService.ts`.
    SETTING_WITHOUT_ITS_SWITCH = "setting-without-its-switch", Warning, Ignored, setting_without_its_switch
}

fn setting_without_its_switch(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs {
        for (switch, settings) in GATED {
            // Azure and Oracle use the part size regardless and don't support the other two.
            if switch == BUFFERED && config.engine != Engine::S3 {
                continue;
            }
            let set = config.environment.set_value(switch);
            let off = match set {
                Some(s) => s.text() == Some("false"),
                None => !config.environment.open,
            };
            if !off {
                continue;
            }
            for (setting, _) in settings.iter().filter_map(|v| chosen(cx, config, *v)) {
                // The container that reads a setting may not be the one that has the switch.
                let mut finding = Finding::at(config, setting);
                if let Some(set) = set {
                    finding = finding.because(set, "switched off here");
                }
                let is = if set.is_some() { "is `false`" } else { "is not set" };
                let help = if switch == SLOWDOWN {
                    // The switch itself does little, so the help doesn't suggest it.
                    format!("Remove {}.", setting.name)
                } else {
                    format!("{}, or remove {}.", write(cx, switch, "true"), setting.name)
                };
                out.push(
                    finding
                        .message(format!("{} has no effect, because {} {is}", setting.name, switch.name()))
                        .help(help),
                );
            }
        }
    }
}

rule! {
    /// The slow-down switch is on, but Langfuse hardly ever detects a slow-down.
    ///
    /// ## Why
    /// When the store answers `SlowDown`, a project should move to a slower queue. The check looks at the error's name
    /// and text, but by then Langfuse has wrapped it ("Failed to upload JSON to S3"), and the store's own error is only
    /// its cause. According to the code of v4.16.0, uploads and downloads never trigger it.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_RATE_ERROR_SLOWDOWN_ENABLED=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// `handleStorageError` in Langfuse's `packages/shared/src/server/services/StorageService.ts` and
    /// `isS3SlowDownError` in its `packages/shared/src/server/redis/s3SlowdownTracking.ts`.
    SLOWDOWN_NOT_RECOGNIZED = "slowdown-not-recognized", Hint, Ignored, slowdown_not_recognized
}

fn slowdown_not_recognized(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs {
        let Some(setting) = config.environment.set_value(SLOWDOWN).filter(|s| s.text() == Some("true")) else {
            continue;
        };
        out.push(
            Finding::at(config, setting)
                .message(format!(
                    "{} is `true`, but Langfuse wraps the store's error before it looks for SlowDown, so it probably \
                     never acts",
                    setting.name
                ))
                .help("Don't rely on it: ask the store for a higher rate limit, or lower the load."),
        );
    }
}

rule! {
    /// The row limit of exports was raised, but large files are uploaded without retries.
    ///
    /// ## Why
    /// Without `LANGFUSE_S3_UPLOAD_ENABLE_BUFFERED` an export is sent in parts of 5 MiB, of which S3 accepts 10,000:
    /// about 48 GiB. A part that fails isn't retried, and the whole export starts over. With it, parts have the size of
    /// `BATCH_EXPORT_S3_PART_SIZE_MIB` and are retried individually.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// BATCH_EXPORT_ROW_LIMIT=20000000
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// LANGFUSE_S3_UPLOAD_ENABLE_BUFFERED=true
    /// BATCH_EXPORT_ROW_LIMIT=20000000
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#12360, which introduced the buffered upload.
    LARGE_EXPORT_UNBUFFERED = "large-export-unbuffered", Hint, Advice, large_export_unbuffered
}

fn large_export_unbuffered(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const ROWS: Var = var("BATCH_EXPORT_ROW_LIMIT");
    const SINCE: Version = Version { major: 3, minor: 156, patch: 0 };
    for (config, block) in s3_blocks(cx).filter(|(_, b)| b.use_case == UseCase::Exports) {
        let Some((setting, _)) = chosen(cx, config, ROWS).filter(|(_, n)| *n > 1_500_000.0) else { continue };
        let set = config.environment.set_value(BUFFERED);
        let off = match set {
            Some(s) => s.text() == Some("false"),
            None => !config.environment.open,
        };
        if !off || cx.is_older(Containers::WORKER, SINCE) {
            continue;
        }
        out.push(
            Finding::at(config, setting)
                .for_block(block)
                .looks_at(set)
                .message(format!(
                    "{} is {}, but large exports are uploaded in 5 MiB parts without retries",
                    setting.name,
                    shown(setting)
                ))
                .help(format!("{}.", write(cx, BUFFERED, "true"))),
        );
    }
}

rule! {
    /// Deletes are set to carry an MD5 checksum, but Node runs in FIPS mode, which has no MD5.
    ///
    /// ## Why
    /// With `MD5` the SDK computes a Content-MD5 for each multi-object delete. In FIPS mode Node offers no MD5, so
    /// retention and project deletion fail. Stores that require MD5 usually also accept SHA256.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM=MD5
    /// NODE_OPTIONS=--force-fips
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM=SHA256
    /// NODE_OPTIONS=--force-fips
    /// ```
    ///
    /// ## Seen in
    /// The comment on the variable in Langfuse's `packages/shared/src/env.ts`.
    MD5_UNDER_FIPS = "md5-under-fips", Hint, Failure, md5_under_fips
}

fn md5_under_fips(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const ALGORITHM: Var = var("LANGFUSE_S3_DELETE_OBJECTS_CHECKSUM_ALGORITHM");
    for config in cx.configs.iter().filter(|c| c.engine == Engine::S3) {
        let Some(setting) = config.environment.set_value(ALGORITHM).filter(|s| s.text() == Some("MD5")) else {
            continue;
        };
        let Some(node) = config.environment.by_name("NODE_OPTIONS") else { continue };
        let fips = |option: &str| matches!(option, "--force-fips" | "--enable-fips");
        if !node.text().is_some_and(|t| t.split_whitespace().any(fips)) {
            continue;
        }
        out.push(
            Finding::at(config, setting)
                .because(node, "FIPS mode is enabled here")
                .message(format!("{} is {}, which Node doesn't have in FIPS mode", setting.name, quoted("MD5")))
                .help(format!("{}.", write(cx, ALGORITHM, "SHA256")))
                .fix(replace_value(setting, "SHA256").map(|e| DraftFix::risky("write `SHA256`", e))),
        );
    }
}
