//! `variable-never-read`.

use super::retired_names;
use crate::report::Severity;
use crate::rule::{Context, Findings, rule};
use crate::variable::{Gone, Retired};

rule! {
    /// No release of Langfuse has ever read this variable.
    ///
    /// ## Why
    /// Langfuse doesn't check names: it silently ignores variables it doesn't read. The names in this rule still appear
    /// in charts, samples and guides; the Helm chart itself sets two of them, with no effect.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_MAX_CONTENT_LENGTH=2000000000
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH=2000000000
    /// ```
    ///
    /// ## Seen in
    /// The Langfuse chart's templates, compared with `web/src/env.mjs` of Langfuse.
    VARIABLE_NEVER_READ = "variable-never-read", Warning, Ignored, variable_never_read
}

fn variable_never_read(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let pick = |r: &Retired| {
        r.gone == Gone::Never
            && !r.name.ends_with("_EXTERNAL_ENDPOINT")
            && !r.name.starts_with("OCI_")
            && !r.name.contains("CORE_DATA")
    };
    retired_names(cx, out, pick, |_, _| Some(Severity::Warning));
}
