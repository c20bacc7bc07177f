//! `endpoint-without-scheme`.

use super::{
    Remedy, broken, bucket_in_host, is_explained_elsewhere, is_external, is_public, is_service, no_s3_api, remedy,
    s3_blocks, wants_path_style,
};
use crate::config::Block;
use crate::config::endpoint::{Endpoint, EndpointError};
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Setting;
use crate::text::secret::REDACTED;
use crate::variable::UseCase;

rule! {
    /// The endpoint has no `https://` or `http://` before the host.
    ///
    /// ## Why
    /// The AWS SDK parses the endpoint as a URL. It rejects `s3.example.com` with "Invalid URL"; in `minio:9000` it
    /// reads `minio` as the scheme and fails with "Custom endpoint `minio://9000` was not a valid URI". Langfuse
    /// starts, but every upload fails.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=minio:9000
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
    /// Both error messages, from the SDK version Langfuse pins.
    ENDPOINT_WITHOUT_SCHEME = "endpoint-without-scheme", Error, Failure, endpoint_without_scheme
}

fn endpoint_without_scheme(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        for (setting, error) in broken(block) {
            let text = setting.text().unwrap_or("").trim();
            let single_slash = text.get(..5).is_some_and(|t| t.eq_ignore_ascii_case("http:"))
                || text.get(..6).is_some_and(|t| t.eq_ignore_ascii_case("https:"));
            // The URL standard repairs `http:/host`, and so does the SDK.
            if error != EndpointError::NoScheme || is_explained_elsewhere(text) || single_slash {
                continue;
            }
            let rest = text.trim_start_matches('/');
            let (user_info, visible) = rest.rsplit_once('@').map_or((false, rest), |(_, host)| (true, host));
            let http = format!("http://{visible}");
            let https = format!("https://{visible}");
            let guessed = Endpoint::parse(&http).ok();
            let tls = guessed.is_some_and(|u| is_public(&u) || u.port == Some(443));
            let guess = if tls { https } else { http };
            let url = Endpoint::parse(&guess).ok();
            let value = if user_info { format!("`{REDACTED}@{visible}`") } else { shown(setting) };
            let mut remedy = match url {
                Some(_) => remedy(cx, config, block, setting, &guess),
                None => Remedy {
                    help: "Set a URL with a scheme, such as `https://s3.example.com` or `http://minio:9000`".into(),
                    edits: None,
                    drops: false,
                },
            };
            let service = url.is_some_and(|u| is_service(u.host));
            if user_info || !url.is_some_and(|u| stays_quiet(block, setting, &u)) || block.is_aws() {
                remedy.edits = None;
            }
            out.push(
                Finding::at(config, setting)
                    .for_block(block)
                    .looks_at(block.bucket)
                    .message(format!(
                        "{} is {value}, which has no scheme; the SDK rejects it with \"Invalid URL\" or \"was not a \
                         valid URI\"",
                        setting.name
                    ))
                    .help(format!("{}.", remedy.help))
                    .fix(remedy.fix(&format!("set to `{guess}`"), service)),
            );
        }
    }
}

/// Whether no other rule fires for `url` here: a fix must not trade one finding for another.
fn stays_quiet(block: &Block<'_>, setting: &Setting, url: &Endpoint<'_>) -> bool {
    let plain = url.path.is_empty() && url.query.is_none() && url.fragment.is_none() && url.user_info.is_none();
    let reachable = match block.use_case {
        // The rules about media and exports check whether links are reachable.
        UseCase::Media => false,
        UseCase::Exports => is_public(url) && !is_external(setting),
        UseCase::Events | UseCase::CoreData => !url.is_loopback(),
    };
    let bucket = block.bucket.and_then(Setting::text).unwrap_or("");
    plain
        && reachable
        && !url.host.contains('_')
        && !matches!(url.port, Some(80 | 9001 | 9090 | 9091))
        && bucket_in_host(bucket, url).is_none()
        && no_s3_api(url).is_none()
        && (block.forces_path_style() || !wants_path_style(block, url))
}
