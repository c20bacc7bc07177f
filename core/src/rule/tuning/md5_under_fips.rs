//! `md5-under-fips`.

use crate::config::Engine;
use crate::rule::endpoint::write;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};
use crate::text::printable::quoted;
use crate::variable::{Var, var};

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
    MD5_UNDER_FIPS = "md5-under-fips", Error, Failure, md5_under_fips
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
                .message(format!(
                    "{} is {}, which Node doesn't have in FIPS mode: retention and project deletion fail",
                    setting.name,
                    quoted("MD5")
                ))
                .help(format!("{}.", write(cx, ALGORITHM, "SHA256")))
                .fix(replace_value(setting, "SHA256").map(|e| DraftFix::risky("write `SHA256`", e))),
        );
    }
}
