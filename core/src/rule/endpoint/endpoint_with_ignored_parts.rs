//! `endpoint-with-ignored-parts`.

use super::{endpoints, is_explained_elsewhere, s3_blocks};
use crate::config::endpoint::Endpoint;
use crate::provider::{self};
use crate::redact::shown;
use crate::rule::finding::DraftFix;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Setting;
use crate::text::span::Span;

rule! {
    /// The endpoint has credentials, a query or a fragment, which the SDK ignores.
    ///
    /// ## Why
    /// The AWS SDK keeps only scheme, host, port and path of the URL. A user and password before `@` don't authenticate
    /// anyone, and a query such as a SAS token is not sent. Keys belong in the key variables.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.example.com?tenant=acme
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.example.com
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// ```
    ///
    /// ## Seen in
    /// Requests observed with the SDK version Langfuse pins.
    ENDPOINT_WITH_IGNORED_PARTS = "endpoint-with-ignored-parts", Hint, Ignored, endpoint_with_ignored_parts
}

fn endpoint_with_ignored_parts(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in s3_blocks(cx).filter(|(_, b)| !b.is(&provider::AZURE)) {
        for (setting, url) in endpoints(block) {
            let parts = match (url.user_info.is_some(), url.query.is_some() || url.fragment.is_some()) {
                (false, false) => continue,
                (true, false) => "the credentials before `@`",
                (false, true) => "everything after `?` or `#`",
                (true, true) => "the credentials before `@` and everything after `?` or `#`",
            };
            if is_explained_elsewhere(url.raw) {
                continue;
            }
            out.push(
                Finding::at(config, setting)
                    .for_block(block)
                    .message(format!("{} is {}; the SDK ignores {parts}", setting.name, shown(setting)))
                    .help("Set only scheme, host and port; keys go in _ACCESS_KEY_ID and _SECRET_ACCESS_KEY.")
                    .fix(ignored_parts(setting, url).map(|e| DraftFix::safe("remove what the SDK ignores", e))),
            );
        }
    }
}

/// Deletes credentials, query and fragment with edits that don't repeat them.
fn ignored_parts(setting: &Setting, url: &Endpoint<'_>) -> Option<Vec<(Span, String)>> {
    let place = setting.place.filter(|p| p.plain)?;
    let text = setting.text()?;
    let begin = text.len().checked_sub(text.trim_start().len())?;
    let mut edits = Vec::new();
    let mut cut = |from: usize, to: usize| {
        let (start, end) = (place.value.start.saturating_add(from), place.value.start.saturating_add(to));
        edits.push((Span::new(place.value.file, start, end), String::new()));
    };
    if let Some(user_info) = url.user_info {
        let from = begin.checked_add(url.raw.find("://")?)?.checked_add(3)?;
        cut(from, from.checked_add(user_info.len())?.checked_add(1)?);
    }
    if url.query.is_some() || url.fragment.is_some() {
        cut(begin.checked_add(url.raw.find(['?', '#'])?)?, begin.checked_add(url.raw.len())?);
    }
    Some(edits)
}
