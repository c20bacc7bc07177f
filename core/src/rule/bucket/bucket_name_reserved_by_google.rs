//! `bucket-name-reserved-by-google`.

use crate::config::Engine;
use crate::provider::{self};
use crate::redact::shown;
use crate::rule::{Context, Finding, Findings, rule};

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
    BUCKET_NAME_RESERVED_BY_GOOGLE = "bucket-name-reserved-by-google", Error, Failure, bucket_name_reserved_by_google
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
                    .message(format!(
                        "{} is {}, a name Google reserves, so this bucket can't exist",
                        bucket.name,
                        shown(bucket)
                    ))
                    .help("Use the name shown in the Google Cloud console."),
            );
        }
    }
}
