//! `key-segment-too-long-for-store`.

use super::{SEGMENT, chosen};
use crate::config::Engine;
use crate::provider;
use crate::provider::setup::FILE_NAME_SEGMENT;
use crate::redact::shown;
use crate::rule::endpoint::write;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::ChartStore;
use crate::source::helm::bundled_store_at;
use crate::variable::UseCase;

rule! {
    /// Keys may have segments that the store can't hold.
    ///
    /// ## Why
    /// MinIO, SeaweedFS, RustFS and Versity store keys as file names, which ext4 and xfs limit to 255 bytes. An event with
    /// a longer ID is refused (`XMinioInvalidObjectName`), and the trace is lost. Langfuse keeps IDs up to this limit; it
    /// cuts and hashes longer ones. 200 leaves room for what a store appends, such as SeaweedFS's `.versions`.
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
    /// LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES=200
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
        let bundled = bundled_store_at(url.host);
        let versity = url.first_label().get(..7).is_some_and(|t| t.eq_ignore_ascii_case("versity"));
        let store = match block.provider {
            Some(p) if p.setup().keys_are_file_names => p.name,
            _ if bundled == Some(ChartStore::SeaweedFs) => provider::SEAWEEDFS.name,
            _ if bundled == Some(ChartStore::MinIo) => provider::MINIO.name,
            _ if versity => "Versity",
            _ => continue,
        };
        out.push(
            Finding::at(config, setting)
                .for_block(block)
                .because(endpoint, format!("this is {store}"))
                .message(format!(
                    "{} is {}, but {store} stores keys as file names, which most file systems limit to 255 bytes: events with longer IDs may be lost",
                    setting.name,
                    shown(setting)
                ))
                .help(format!("{} in web and worker.", write(cx, SEGMENT, FILE_NAME_SEGMENT)))
                .fix(replace_value(setting, FILE_NAME_SEGMENT).map(|e| DraftFix::risky(format!("write `{FILE_NAME_SEGMENT}`"), e))),
        );
    }
}
