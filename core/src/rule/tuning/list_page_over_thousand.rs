//! `list-page-over-thousand`.

use super::chosen;
use crate::config::Engine;
use crate::redact::shown;
use crate::rule::endpoint::write;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::{Var, var};

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
