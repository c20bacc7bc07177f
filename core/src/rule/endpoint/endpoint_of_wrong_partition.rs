//! `endpoint-of-wrong-partition`.

use super::{ends_with, remedy, s3_blocks};
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};

rule! {
    /// The endpoint's domain and its region belong to different AWS partitions.
    ///
    /// ## Why
    /// AWS serves its China regions under `amazonaws.com.cn` and all others under `amazonaws.com`. Without an endpoint
    /// the SDK builds `s3.cn-north-1.amazonaws.com.cn`.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=cn-north-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.cn-north-1.amazonaws.com
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=cn-north-1
    /// ```
    ///
    /// ## Seen in
    /// Host observed with the SDK version Langfuse pins.
    ENDPOINT_OF_WRONG_PARTITION = "endpoint-of-wrong-partition", Warning, Failure, endpoint_of_wrong_partition
}

fn endpoint_of_wrong_partition(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx).filter(|(_, b)| b.is_aws()) {
        let (Some(setting), Some(url)) = (block.endpoint, block.endpoint_url()) else { continue };
        if !ends_with(url.host, ".cn") && !url.host.contains("cn-") {
            continue;
        }
        let Some(region) = url.aws_region() else { continue };
        let chinese_host = ends_with(url.host, ".cn");
        let chinese_region = region.get(..3).is_some_and(|t| t.eq_ignore_ascii_case("cn-"));
        if chinese_host == chinese_region {
            continue;
        }
        let end = if chinese_region { "amazonaws.com.cn" } else { "amazonaws.com" };
        let right = format!("https://s3.{region}.{end}");
        let help = remedy(cx, config, block, setting, &right).help;
        out.push(
            Finding::at(config, setting)
                .for_block(block)
                .message(format!(
                    "{} is {}, but `{region}` is served under {end}, so this host may not exist",
                    setting.name,
                    shown(setting)
                ))
                .help(format!("{help}.")),
        );
    }
}
