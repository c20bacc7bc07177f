//! `keys-differ-from-store`.

use super::{is_at, is_compose_default, meant_for_amazon, other, s3_blocks, store};
use crate::config::{Config, Credentials};
use crate::redact::shown;
use crate::report::Severity;
use crate::rule::{Context, Finding, Findings, rule};
use crate::source::Setting;
use crate::variable::Containers;

rule! {
    /// Langfuse's keys don't match those of the compose file's store.
    ///
    /// ## Why
    /// The official file has `minio` and `miniosecret` in four places: as MinIO's root user and as the keys of each use
    /// case. If only one place changes, MinIO answers `InvalidAccessKeyId` or `SignatureDoesNotMatch` and ingestion
    /// fails with HTTP 500.
    ///
    /// ## Example
    /// ```dotenv deployment=compose
    /// MINIO_ROOT_USER=lf-store
    /// MINIO_ROOT_PASSWORD=9f8e7d6c5b4a39281706
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv deployment=compose
    /// MINIO_ROOT_USER=lf-store
    /// MINIO_ROOT_PASSWORD=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-store
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_MEDIA_UPLOAD_ACCESS_KEY_ID=lf-store
    /// LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID=lf-store
    /// LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// ```
    ///
    /// ## Seen in
    /// Langfuse's `docker-compose.yml`.
    KEYS_DIFFER_FROM_STORE = "keys-differ-from-store", Error, Failure, keys_differ_from_store
}

fn keys_differ_from_store(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let Some((_, store)) = store(cx) else { return };
    let mut left: Vec<(&Config<'_>, &Setting, &Setting)> = Vec::new();
    for (config, block) in s3_blocks(cx).filter(|(_, b)| is_at(b, store)) {
        let Credentials::Pair(id, secret) = block.credentials() else { continue };
        let pairs = [(id, store.user.as_ref()), (secret, store.password.as_ref())];
        let Some((key, root)) = pairs.into_iter().find_map(|(key, root)| Some((key, other(key, root)?))) else {
            continue;
        };
        if is_compose_default(cx, config, key) {
            if left.iter().all(|(_, k, _)| k.name != key.name) {
                left.push((config, key, root));
            }
            continue;
        }
        // Another rule reports Amazon's keys at the bundled store.
        if meant_for_amazon(cx, config, block).is_some() {
            continue;
        }
        // Another key ID may be that of a user that somebody created in the store.
        let certain = !std::ptr::eq(key, id);
        let doubt = if certain { "" } else { ", so the store may refuse it" };
        out.push(
            Finding::at(config, key)
                .for_block(block)
                .because(root, format!("{} of `{}`", root.name, store.service))
                .severity(if certain { Severity::Error } else { Severity::Warning })
                .message(format!(
                    "{} is {}, but {} of the compose file's store is {}{doubt}",
                    key.name,
                    shown(key),
                    root.name,
                    differing(key, root)
                ))
                .help(format!(
                    "Set MINIO_ROOT_USER and MINIO_ROOT_PASSWORD to the values of {} and {}, or create a MinIO user \
                     with these keys.",
                    id.name, secret.name
                )),
        );
    }
    // The operator changed the store's side: report it there, once for all use cases that still have the default.
    for root in [store.user.as_ref(), store.password.as_ref()].into_iter().flatten() {
        let mut forgotten = left.iter().filter(|(_, _, r)| std::ptr::eq(*r, root));
        let Some((config, first, _)) = forgotten.next() else { continue };
        let mut names = first.name.to_string();
        let mut finding =
            Finding::at(config, root).containers(Containers::BOTH).because(first, "still the compose file's default");
        for (_, key, _) in forgotten {
            names.push_str(", ");
            names.push_str(&key.name);
            finding = finding.because(key, "still the compose file's default");
        }
        out.push(
            finding
                .message(format!(
                    "{} was changed, but not the keys Langfuse uses, so the store refuses every request: {names}",
                    root.name
                ))
                .help(
                    "Set the _ACCESS_KEY_ID of each use case to MINIO_ROOT_USER, and its _SECRET_ACCESS_KEY to \
                     MINIO_ROOT_PASSWORD.",
                ),
        );
    }
}

/// The store's side of a comparison. Secrets aren't shown, only that they differ.
fn differing(key: &Setting, root: &Setting) -> String {
    if key.is_secret() || root.is_secret() { "different".into() } else { shown(root) }
}
