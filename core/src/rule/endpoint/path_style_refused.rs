//! `path-style-refused`.

use super::{s3_blocks, write};
use crate::provider::Addressing;
use crate::report::Severity;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};

rule! {
    /// Path style is on for a store that doesn't support it.
    ///
    /// ## Why
    /// Alibaba Cloud OSS answers path style with `SecondLevelDomainForbidden`, Tencent COS also rejects it, and Tigris
    /// documents virtual-hosted style only. The official compose file sets path style to `true`, so change it when you
    /// move from its MinIO to one of these stores.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=oss-cn-hangzhou
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://oss-cn-hangzhou.aliyuncs.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=LTAI5tQ7RT2MNBVCXZ5K3P9d
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=c81f0a6be2945d7730fa1c62b8e04d
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=oss-cn-hangzhou
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://oss-cn-hangzhou.aliyuncs.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=LTAI5tQ7RT2MNBVCXZ5K3P9d
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=c81f0a6be2945d7730fa1c62b8e04d
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=false
    /// ```
    ///
    /// ## Seen in
    /// treeverse/lakeFS#3490, fluent/fluent-bit#10390, coze-dev/coze-studio#2308; the Tigris section of the Langfuse
    /// documentation.
    PATH_STYLE_REFUSED = "path-style-refused", Error, Failure, path_style_refused
}

fn path_style_refused(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx) {
        let Some(provider) = block.provider.filter(|p| p.addressing == Addressing::VirtualOnly) else { continue };
        let (Some(style), Some(endpoint)) = (block.path_style, block.endpoint) else { continue };
        let Some(variable) = style.var.filter(|_| block.forces_path_style()) else { continue };
        // Tigris documents this, but no failure has been observed.
        let documented_only = provider.id == "tigris";
        let support = if documented_only { "may not support" } else { "doesn't support" };
        let fix = replace_value(style, "false").map(|e| {
            if documented_only { DraftFix::risky("set to `false`", e) } else { DraftFix::safe("set to `false`", e) }
        });
        out.push(
            Finding::at(config, style)
                .for_block(block)
                .because(endpoint, format!("this is {}", provider.name))
                .severity(if documented_only { Severity::Warning } else { Severity::Error })
                .message(format!("{} is `true`, but {} {support} path style", style.name, provider.name))
                .help(format!("{}.", write(cx, variable, "false")))
                .fix(fix),
        );
    }
}
