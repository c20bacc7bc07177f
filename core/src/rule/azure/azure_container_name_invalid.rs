//! `azure-container-name-invalid`.

use super::{azure_blocks, is_explained_elsewhere};
use crate::redact::shown;
use crate::rule::engine::switch;
use crate::rule::finding::{DraftFix, replace_value};
use crate::rule::{Context, Finding, Findings, rule};
use crate::variable::has_length;

rule! {
    /// The bucket isn't a valid Azure container name.
    ///
    /// ## Why
    /// Container names are 3 to 63 lowercase letters, digits and hyphens; they start and end with a letter or digit and
    /// have no consecutive hyphens. Azure answers any other name with HTTP 400, `InvalidResourceName`.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=Langfuse_Events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_USE_AZURE_BLOB=true
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=langfuse-events
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://acmestorage.blob.core.windows.net
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=acmestorage
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#13080; Microsoft documentation, naming and referencing containers.
    AZURE_CONTAINER_NAME_INVALID = "azure-container-name-invalid", Error, Failure, azure_container_name_invalid
}

/// Whether `name` is a valid container name, apart from `$root` and the other system containers.
fn is_container_name(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    has_length(name, 3, 63)
        && name.bytes().all(|b| fits(b) || b == b'-')
        && name.bytes().next().is_some_and(fits)
        && name.bytes().next_back().is_some_and(fits)
        && !name.contains("--")
}

fn azure_container_name_invalid(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, block) in azure_blocks(cx) {
        let Some((setting, name)) = block.bucket.and_then(|s| Some((s, s.text()?))) else { continue };
        if is_container_name(name) || is_explained_elsewhere(name) {
            continue;
        }
        let meant = name.to_ascii_lowercase().replace(['_', '.', '/'], "-");
        let meant = Some(meant).filter(|m| is_container_name(m));
        let mut finding = Finding::at(config, setting);
        if let Some(switch) = switch(config) {
            finding = finding.because(switch, "on Azure the bucket is a container");
        }
        out.push(
            finding
                .message(format!(
                    "{} is {}, not a valid container name; expected 3 to 63 of `a-z`, `0-9` and single hyphens",
                    setting.name,
                    shown(setting)
                ))
                .help(meant.as_ref().map_or_else(
                    || "Use the container name shown in the Azure portal.".to_owned(),
                    |m| format!("Use the container name shown in the Azure portal, such as `{}={m}`.", setting.name),
                ))
                .fix(meant.and_then(|m| {
                    let edits = replace_value(setting, &m)?;
                    Some(DraftFix::risky(format!("set to `{m}`"), edits))
                })),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_container_names() {
        for good in ["abc", "langfuse-events", "1-2-3"] {
            assert!(is_container_name(good), "{good}");
        }
        for bad in ["ab", "-ab", "ab-", "a--b", "A-b", "a_b", "a.b", ""] {
            assert!(!is_container_name(bad), "{bad}");
        }
    }
}
