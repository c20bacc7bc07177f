//! `path-style-missing`.

use super::{is_service_in_namespace, s3_blocks, wants_path_style, write};
use crate::config::addressing::{Style, style_of};
use crate::config::is_hidden;
use crate::report::Severity;
use crate::rule::compose::meant_for_amazon;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Setting;
use crate::text::printable::quoted;
use crate::variable::{Role, slot};

rule! {
    /// Path style is off for a store that has no per-bucket host names.
    ///
    /// ## Why
    /// Without path style the SDK adds the bucket to the host: `langfuse.minio`. Compose services, Kubernetes services
    /// and `localhost` aren't reachable under such a name: `getaddrinfo ENOTFOUND langfuse.minio`. With an IP address
    /// the SDK switches to path style automatically.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
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
    /// langfuse/langfuse#4369, langfuse/langfuse#5998
    PATH_STYLE_MISSING = "path-style-missing", Error, Failure, path_style_missing
}

fn path_style_missing(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let (Some(setting), Some(url)) = (block.endpoint, block.endpoint_url()) else { continue };
        if block.forces_path_style() || is_hidden(block.path_style) || !wants_path_style(block, url) {
            continue;
        }
        let absent = block.path_style.is_none();
        if style_of(block) == Style::Path || absent && config.environment.open {
            continue;
        }
        let Some(variable) = slot(block.use_case, Role::ForcePathStyle) else { continue };
        // If the endpoint is the mistake, path style is fine as it is.
        if meant_for_amazon(cx, config, block).is_some() {
            continue;
        }
        // Another rule reports values that the schema rejects.
        if block.path_style.and_then(Setting::text).is_some_and(|t| variable.row().rejects(t)) {
            continue;
        }
        let host = format!("{}.{}", block.bucket.and_then(Setting::text).unwrap_or(""), url.host);
        let certain = url.is_internal() || url.is_loopback() || is_service_in_namespace(url);
        let doubt = match (url.is_loopback(), certain) {
            (true, _) => "no store serves",
            (false, true) => "doesn't exist",
            (false, false) => "may not exist: it needs a wildcard DNS record",
        };
        let finding = match block.path_style {
            Some(set) => Finding::at(config, set).fix(replace_value(set, "true").map(|e| {
                if certain { DraftFix::safe("set to `true`", e) } else { DraftFix::risky("set to `true`", e) }
            })),
            None => Finding::missing(config, variable),
        };
        out.push(
            finding
                .for_block(block)
                .because(setting, "the store's endpoint")
                .looks_at(block.bucket)
                .severity(if certain { Severity::Error } else { Severity::Warning })
                .message(format!(
                    "{} is not `true`, so requests go to {}, which {doubt}",
                    variable.name(),
                    quoted(&host)
                ))
                .help(format!("{}.", write(cx, variable, "true"))),
        );
    }
}
