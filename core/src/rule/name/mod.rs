//! Names: retired, never read, misspelled, in the wrong block, newer than the release.

mod core_data_name_mixed_up;
mod environment_of_an_application;
mod external_endpoint_never_read;
mod oci_name_without_langfuse;
mod storage_settings_before_v3;
mod storage_settings_in_instrumented_app;
mod variable_in_wrong_block;
mod variable_never_read;
mod variable_newer_than_langfuse;
mod variable_retired;
mod variable_unknown;

use super::finding::DraftFix;
use super::{Context, Finding, Findings, Rule};
use crate::config::Config;
use crate::report::Severity;
use crate::source::{Duplicate, Setting, Wrapper};
use crate::text::suggest::nearest;
use crate::variable::invented::{FORKS, advice};
use crate::variable::{
    Containers, Gone, Kept, Retired, Role, UseCase, Var, Version, find, fold, retired, slot, storage, var,
};

pub(super) static RULES: &[&Rule] = &[
    &variable_never_read::VARIABLE_NEVER_READ,
    &variable_retired::VARIABLE_RETIRED,
    &external_endpoint_never_read::EXTERNAL_ENDPOINT_NEVER_READ,
    &oci_name_without_langfuse::OCI_NAME_WITHOUT_LANGFUSE,
    &core_data_name_mixed_up::CORE_DATA_NAME_MIXED_UP,
    &variable_unknown::VARIABLE_UNKNOWN,
    &variable_in_wrong_block::VARIABLE_IN_WRONG_BLOCK,
    &variable_newer_than_langfuse::VARIABLE_NEWER_THAN_LANGFUSE,
    &environment_of_an_application::ENVIRONMENT_OF_AN_APPLICATION,
    &storage_settings_before_v3::STORAGE_SETTINGS_BEFORE_V3,
    &storage_settings_in_instrumented_app::STORAGE_SETTINGS_IN_INSTRUMENTED_APP,
];

pub(super) use environment_of_an_application::key_of_application;

/// Variables that only Langfuse's server reads.
const SERVER: [&str; 8] = [
    "DATABASE_URL",
    "DATABASE_HOST",
    "NEXTAUTH_SECRET",
    "SALT",
    "CLICKHOUSE_URL",
    "REDIS_HOST",
    "REDIS_CONNECTION_STRING",
    "ENCRYPTION_KEY",
];

const V3: Version = Version { major: 3, minor: 0, patch: 0 };

/// A name that the Langfuse release in use doesn't read.
#[derive(Clone, Copy)]
struct Unread<'d> {
    name: &'d str,
    setting: &'d Setting,
    /// Whether a container receives it; a line in a compose project's `.env` usually reaches none.
    received: bool,
    config: &'d Config<'d>,
}

impl<'d> Unread<'d> {
    fn finding(&self) -> Finding<'d> {
        let finding = Finding::at(self.config, self.setting).span(self.setting.place.map(|p| p.name));
        if self.received { finding } else { finding.containers(Containers::BOTH) }
    }

    /// Whether the value is `replacement`'s default, so that ignoring it changes nothing.
    fn is_default_of(&self, replacement: Var) -> bool {
        let (Some(text), Some(default)) = (self.setting.text(), replacement.row().default) else { return false };
        // The chart prints its own default as `1e+09`.
        let number = crate::text::number::js_number;
        text == default || number(text).is_some_and(|n| number(default) == Some(n))
    }

    fn rename(&self, replacement: Var) -> Option<Vec<(crate::text::span::Span, String)>> {
        super::finding::rename(self.setting, replacement.name())
    }
}

/// The names picked by `wanted` that the table lacks or lists as unused, up to [`MOST`]; then the names beyond it. The
/// limit is there because each name is compared with every other and with the table.
fn unread<'d>(cx: &Context<'d>, wanted: impl Fn(&str) -> bool) -> (Vec<Unread<'d>>, Vec<&'d str>) {
    const UNUSED: [Var; 2] =
        [var("LANGFUSE_S3_CORE_DATA_EXPORT_SSE"), var("LANGFUSE_S3_CORE_DATA_EXPORT_SSE_KMS_KEY_ID")];
    let mut found: Vec<Unread<'d>> = Vec::new();
    let mut left = std::collections::BTreeSet::new();
    for config in cx.configs {
        let unknown = config.environment.iter().filter(|s| s.var.is_none());
        let unused = UNUSED.into_iter().filter_map(|v| config.environment.set_value(v));
        for setting in unknown.chain(unused) {
            if !setting.is_set() || setting.from_wrapper() || !wanted(&setting.name) {
                continue;
            }
            // Both containers may receive the same line.
            if found.len() >= MOST {
                left.insert(setting.name.as_ref());
            } else if !cx.is_referred_to(&setting.name) {
                found.push(Unread { name: &setting.name, setting, received: true, config });
            }
        }
    }
    // Under compose an unknown name in `.env` reaches no container.
    for setting in cx.deployment.compose.iter().flat_map(|c| &c.unrecognized).filter(|s| wanted(&s.name)) {
        let Some(config) = cx.configs.first() else { break };
        if found.len() >= MOST {
            left.insert(setting.name.as_ref());
        } else if !cx.is_referred_to(&setting.name) {
            found.push(Unread { name: &setting.name, setting, received: false, config });
        }
    }
    for known in &found {
        left.remove(known.name);
    }
    (found, left.into_iter().collect())
}

/// The most names reported in one run.
const MOST: usize = 500;

/// Whether `replacement` is free: the operator doesn't set it in any line or container.
fn is_free(cx: &Context<'_>, replacement: Var) -> bool {
    let unset = |c: &Config<'_>| c.environment.get(replacement).is_none_or(Setting::from_wrapper);
    let mut unforwarded = cx.deployment.compose.iter().flat_map(|c| &c.unforwarded);
    cx.configs.iter().all(unset) && !unforwarded.any(|s| s.var == Some(replacement))
}

/// Whether a value for `replacement` would reach the containers: compose forwards only what its file lists.
fn is_forwarded(cx: &Context<'_>, unread: &Unread<'_>, replacement: Var) -> bool {
    unread.received || cx.configs.iter().any(|c| c.environment.get(replacement).is_some())
}

/// The end of a help text: where to add a variable that compose doesn't forward.
fn forwarding(cx: &Context<'_>, unread: &Unread<'_>, replacement: Var) -> &'static str {
    if is_forwarded(cx, unread, replacement) { "" } else { " Also add it under `environment:` of both services." }
}

/// Reports the names in [`crate::variable::RETIRED`] that `pick` accepts, and offers a rename if the value means the
/// same under the new name.
fn retired_names(
    cx: &Context<'_>,
    out: &mut Findings<'_, '_>,
    pick: fn(&Retired) -> bool,
    judge: fn(&Context<'_>, &Unread<'_>) -> Option<Severity>,
) {
    let (all, _) = unread(cx, |n| retired(n).is_some_and(pick));
    for d in &all {
        // The name is the chart's, not from the values: the chart rules report the value's own path.
        if d.setting.from_wrapper()
            || d.setting.place.is_some_and(|p| !p.named) && cx.deployment.wrapper == Wrapper::Helm
        {
            continue;
        }
        let Some(entry) = retired(d.name) else { continue };
        let Some(mut severity) = judge(cx, d) else { continue };
        let replacement = entry.instead.and_then(find);
        let free = replacement.is_some_and(|h| is_free(cx, h));
        if replacement.is_some_and(|h| d.is_default_of(h)) {
            severity = Severity::Hint;
        }
        let help = match (replacement, entry.kept) {
            (Some(replacement), _) if free => {
                format!("Rename it to {}.{}", replacement.name(), forwarding(cx, d, replacement))
            }
            (Some(replacement), _) => format!("Delete the line: {} is already set.", replacement.name()),
            (None, Kept::Changed(said)) => format!("Delete the line: {}", lower_first(said)),
            (None, Kept::AsItIs) => "Delete the line; nothing reads it.".to_owned(),
        };
        let fix =
            replacement.filter(|h| free && entry.kept == Kept::AsItIs && may_rename(cx, d, *h, &all)).and_then(|h| {
                let edits = d.rename(h)?;
                let title = format!("rename to {}", h.name());
                Some(if changes_much(h) { DraftFix::risky(title, edits) } else { DraftFix::safe(title, edits) })
            });
        let how = match entry.gone {
            Gone::Removed => "Langfuse no longer reads",
            Gone::Never => "Langfuse has never read",
        };
        out.push(
            d.finding()
                .severity(severity)
                .message(format!("{how} {}; {}", d.name, lower_first(entry.note.trim_end_matches('.'))))
                .help(help)
                .fix(fix),
        );
    }
}

/// Whether a rename to `replacement` fixes this finding and causes no other.
fn may_rename(cx: &Context<'_>, unread: &Unread<'_>, replacement: Var, all: &[Unread<'_>]) -> bool {
    let row = replacement.row();
    let twins = all.iter().filter(|d| d.name != unread.name && replacement_of(d.name) == Some(replacement)).count();
    // In a use case that is off, the setting would have no effect.
    let live =
        row.use_case.is_none_or(|u| cx.configs.iter().any(|c| c.block(u).in_use()) || row.role == Some(Role::Enabled));
    // A KMS key has an effect only with `aws:kms`.
    let with_kms = row.role != Some(Role::SseKmsKeyId)
        || row
            .use_case
            .is_some_and(|u| cx.configs.iter().any(|c| crate::config::text(c.block(u).sse) == Some("aws:kms")))
        || all.iter().any(|d| {
            let sse = replacement_of(d.name)
                .is_some_and(|h| h.row().role == Some(Role::Sse) && h.row().use_case == row.use_case);
            sse && d.setting.text() == Some("aws:kms")
        });
    twins == 0 && live && with_kms && is_forwarded(cx, unread, replacement) && fits(unread, replacement)
}

/// Whether Langfuse would start with the value in `replacement`.
fn fits(unread: &Unread<'_>, replacement: Var) -> bool {
    unread.setting.text().is_none_or(|t| !replacement.row().rejects(t))
}

/// The variable meant by a retired or misspelled name.
fn replacement_of(name: &str) -> Option<Var> {
    retired(name).map_or_else(|| meant(name).and_then(|m| m.replacement), |r| r.instead.and_then(find))
}

/// Whether a value for `replacement` changes where Langfuse looks for existing objects, or enables a use case or an
/// engine that may need more than this value.
fn changes_much(replacement: Var) -> bool {
    matches!(replacement.row().role, Some(Role::Prefix | Role::Bucket | Role::Enabled))
        || replacement.name().starts_with("LANGFUSE_USE_")
}

fn lower_first(text: &str) -> String {
    // Names in capitals and "Langfuse" stay as they are.
    let proper =
        text.as_bytes().get(1).is_some_and(|b| !b.is_ascii_lowercase() && *b != b' ') || text.starts_with("Langfuse");
    let mut chars = text.chars();
    match chars.next() {
        Some(c) if !proper => c.to_ascii_lowercase().to_string() + chars.as_str(),
        _ => text.to_owned(),
    }
}

/// What a name was meant to be.
#[derive(Clone)]
struct Meant {
    replacement: Option<Var>,
    /// Whether only case, dashes or dots are wrong.
    certain: bool,
    /// Advice if no variable fits, or the variable alone isn't enough.
    note: Option<String>,
}

fn meant(name: &str) -> Option<Meant> {
    let folded: String = name.bytes().map(|b| char::from(fold(b))).collect();
    if !name.is_ascii() {
        return None;
    }
    let live = |v: &Var| !v.row().unused && !v.row().context;
    if let Some(replacement) = find(&folded).filter(live) {
        return Some(Meant { replacement: Some(replacement), certain: true, note: None });
    }
    let guess = |replacement: Var| Some(Meant { replacement: Some(replacement), certain: false, note: None });
    if let Some(base) = folded.strip_suffix("_FILE") {
        return of_file(base);
    }
    for fork in FORKS {
        let real = folded.strip_prefix(fork).and_then(|rest| find(&format!("LANGFUSE_{rest}")));
        if let Some(replacement) = real.filter(live) {
            return guess(replacement);
        }
    }
    if let Some((_, replacement)) = WHOLE.iter().find(|(alias, _)| *alias == folded) {
        return find(replacement).and_then(guess);
    }
    if let Some(replacement) = find(&format!("LANGFUSE_{folded}")).filter(live) {
        return guess(replacement);
    }
    let without_s3 = folded.strip_prefix("LANGFUSE_").and_then(|rest| find(&format!("LANGFUSE_S3_{rest}")));
    if let Some(replacement) = without_s3.filter(live) {
        return guess(replacement);
    }
    if let Some(meant) = by_parts(&folded) {
        return Some(meant);
    }
    if let Some(note) = advice(&folded, &role_of) {
        return Some(Meant { replacement: None, certain: false, note: Some(note) });
    }
    let near = nearest(&folded, storage().filter(live).map(Var::name)).filter(|n| is_typo(&folded, n))?;
    find(near).and_then(guess)
}

/// What `BASE_FILE` was meant to be: images that read Docker secrets have such names.
fn of_file(base: &str) -> Option<Meant> {
    let real = find(base).filter(|v| !v.row().unused && !v.row().context);
    let variable = real.or_else(|| meant(base)?.replacement)?;
    let name = variable.name();
    let note = format!(
        "Langfuse reads no file for a variable: set {name} itself. To keep it in a Docker secret, let the container's \
         command set it: `export {name}=\"$(cat /run/secrets/NAME)\"`, then the image's own command."
    );
    Some(Meant { replacement: None, certain: false, note: Some(note) })
}

/// Whether the two differ by a typo within a word, not by a different word.
fn is_typo(name: &str, near: &str) -> bool {
    let common = name.bytes().zip(near.bytes()).take_while(|(a, b)| a == b).count();
    let word = name.get(..common).and_then(|t| t.rfind('_')).map_or(0, |i| i.saturating_add(1));
    let (Some(a), Some(b)) = (name.get(word..), near.get(word..)) else { return false };
    let same_end = a.bytes().rev().zip(b.bytes().rev()).take_while(|(x, y)| x == y).count();
    // Also extend to a whole word at the end.
    let cut = |t: &str| {
        let at = t.len().saturating_sub(same_end);
        let end = t.get(at..).and_then(|rest| rest.find('_')).map_or(t.len(), |i| at.saturating_add(i));
        t.get(..end).unwrap_or(t).to_owned()
    };
    let (a, b) = (cut(a), cut(b));
    // A missing or doubled word boundary leaves one side empty.
    a.is_empty() || b.is_empty() || nearest(&a, [b.as_str()]).is_some()
}

/// A use case and a field of its block, each under its own name or another common one.
fn by_parts(folded: &str) -> Option<Meant> {
    const SESSION: &str = "Langfuse has no session-token variable. For temporary credentials, leave the use case's keys unset and set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN on the container.";
    let rest = folded.strip_prefix("LANGFUSE_").unwrap_or(folded);
    let rest = rest.strip_prefix("S3_")?;
    let stem = STEMS.iter().find_map(|(stem, use_case)| {
        rest.strip_prefix(stem).and_then(|r| r.strip_prefix('_')).map(|field| (*use_case, field))
    });
    let (use_case, field) = stem?;
    if field.ends_with("SESSION_TOKEN") {
        return Some(Meant { replacement: None, certain: false, note: Some(SESSION.to_owned()) });
    }
    let replacement = slot(use_case, role_of(field)?)?;
    Some(Meant { replacement: Some(replacement), certain: false, note: None })
}

/// What people call the use cases, longest first.
const STEMS: [(&str, UseCase); 19] = [
    ("EVENT_UPLOADS", UseCase::Events),
    ("EVENTS_UPLOAD", UseCase::Events),
    ("EVENT_UPLOAD", UseCase::Events),
    ("EVENTS", UseCase::Events),
    ("EVENT", UseCase::Events),
    ("MEDIA_UPLOADS", UseCase::Media),
    ("MEDIAS_UPLOAD", UseCase::Media),
    ("MEDIA_UPLOAD", UseCase::Media),
    ("MEDIA", UseCase::Media),
    ("BATCH_EXPORT_UPLOAD", UseCase::Exports),
    ("BATCH_EXPORTS", UseCase::Exports),
    ("BATCH_EXPORT", UseCase::Exports),
    ("BATCHEXPORT", UseCase::Exports),
    ("EXPORTS", UseCase::Exports),
    ("EXPORT", UseCase::Exports),
    ("BATCH", UseCase::Exports),
    ("CORE_DATA_UPLOAD", UseCase::CoreData),
    ("CORE_DATA_EXPORT", UseCase::CoreData),
    ("CORE_DATA", UseCase::CoreData),
];

/// The field that people mean by `word`.
fn role_of(word: &str) -> Option<Role> {
    Some(match word {
        "BUCKET" | "BUCKET_NAME" | "BUCKETNAME" | "CONTAINER" | "CONTAINER_NAME" => Role::Bucket,
        "PREFIX" | "KEY_PREFIX" | "BUCKET_PREFIX" | "FOLDER" => Role::Prefix,
        "REGION" | "REGION_NAME" | "BUCKET_REGION" | "AWS_REGION" => Role::Region,
        "ENDPOINT" | "URL" | "URI" | "HOST" | "ENDPOINT_URL" | "BASE_URL" | "ENDPOINT_URI" => Role::Endpoint,
        "EXTERNAL_ENDPOINT" | "EXTERNAL_URL" | "PUBLIC_ENDPOINT" | "PUBLIC_URL" => Role::ExternalEndpoint,
        "ACCESS_KEY_ID" | "ACCESS_KEY" | "ACCESSKEY" | "ACCESSKEYID" | "ACCESS_ID" | "KEY_ID" | "ACCESS_KEYID"
        | "AWS_ACCESS_KEY_ID" => Role::AccessKeyId,
        "SECRET_ACCESS_KEY"
        | "SECRET_KEY"
        | "SECRET"
        | "SECRETKEY"
        | "SECRETACCESSKEY"
        | "ACCESS_KEY_SECRET"
        | "ACCESS_SECRET_KEY"
        | "SECRET_ACCESS"
        | "SECRET_ACCESS_KEY_ID"
        | "SECRET_KEY_ID"
        | "AWS_SECRET_ACCESS_KEY" => Role::SecretAccessKey,
        "FORCE_PATH_STYLE"
        | "PATH_STYLE"
        | "FORCE_PATHSTYLE"
        | "FORCEPATHSTYLE"
        | "PATHSTYLE"
        | "USE_PATH_STYLE"
        | "S3_FORCE_PATH_STYLE"
        | "PATH_STYLE_ACCESS"
        | "USE_PATH_STYLE_ENDPOINT" => Role::ForcePathStyle,
        "SSE" | "SERVER_SIDE_ENCRYPTION" | "ENCRYPTION" => Role::Sse,
        "SSE_KMS_KEY_ID" | "SSE_KMS_KEY" | "KMS_KEY_ID" | "KMS_KEY" | "SSE_KEY_ID" => Role::SseKmsKeyId,
        "ENABLED" | "IS_ENABLED" | "ENABLE" => Role::Enabled,
        _ => return None,
    })
}

/// Names that none of the general steps maps to the right one.
const WHOLE: [(&str, &str); 21] = [
    ("LANGFUSE_USE_GCS", "LANGFUSE_USE_GOOGLE_CLOUD_STORAGE"),
    ("LANGFUSE_USE_GCP", "LANGFUSE_USE_GOOGLE_CLOUD_STORAGE"),
    ("LANGFUSE_USE_GOOGLE", "LANGFUSE_USE_GOOGLE_CLOUD_STORAGE"),
    ("LANGFUSE_USE_GOOGLE_CLOUD", "LANGFUSE_USE_GOOGLE_CLOUD_STORAGE"),
    ("LANGFUSE_USE_GOOGLE_STORAGE", "LANGFUSE_USE_GOOGLE_CLOUD_STORAGE"),
    ("LANGFUSE_USE_AZURE", "LANGFUSE_USE_AZURE_BLOB"),
    ("LANGFUSE_USE_AZURE_STORAGE", "LANGFUSE_USE_AZURE_BLOB"),
    ("LANGFUSE_USE_AZURE_BLOB_STORAGE", "LANGFUSE_USE_AZURE_BLOB"),
    ("LANGFUSE_AZURE_BLOB", "LANGFUSE_USE_AZURE_BLOB"),
    ("LANGFUSE_USE_OCI", "LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE"),
    ("LANGFUSE_USE_ORACLE", "LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE"),
    ("LANGFUSE_USE_OCI_OBJECT_STORAGE", "LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE"),
    ("LANGFUSE_USE_OCI_NATIVE", "LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE"),
    ("LANGFUSE_GCS_CREDENTIALS", "LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS"),
    ("LANGFUSE_GCS_CREDENTIALS_JSON", "LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS"),
    ("LANGFUSE_GOOGLE_CLOUD_CREDENTIALS", "LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS"),
    ("LANGFUSE_GOOGLE_APPLICATION_CREDENTIALS", "LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS"),
    ("LANGFUSE_S3_MAX_CONTENT_LENGTH", "LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH"),
    ("LANGFUSE_S3_DOWNLOAD_URL_EXPIRY_SECONDS", "LANGFUSE_S3_MEDIA_DOWNLOAD_URL_EXPIRY_SECONDS"),
    ("LANGFUSE_OCI_PROFILE", "LANGFUSE_OCI_CONFIG_PROFILE"),
    ("LANGFUSE_OCI_AUTH", "LANGFUSE_OCI_AUTH_TYPE"),
];

/// Of two lines with the same name, the one in another use case's block, and the variable that block lacks.
pub(super) fn misplaced<'d>(cx: &Context<'d>, duplicate: &'d Duplicate) -> Option<(&'d Setting, Var)> {
    /// A mistake like this happens once or twice; a file with more duplicates has a different problem.
    const MOST: usize = 32;
    if cx.deployment.duplicates.len() > MOST {
        return None;
    }
    let row = duplicate.kept.var?.row();
    let (own, role) = (row.use_case?, row.role?);
    let candidates = UseCase::ALL.into_iter().filter(|u| *u != own).filter_map(|u| Some((u, slot(u, role)?)));
    for (use_case, intended) in candidates {
        if cx.configs.is_empty() || !is_free(cx, intended) {
            continue;
        }
        for setting in [&duplicate.kept, &duplicate.lost] {
            let Some((before, after)) = neighbours(cx, setting) else { continue };
            let inside = [before, after].contains(&Some(use_case)) && ![before, after].contains(&Some(own));
            if inside {
                return Some((setting, intended));
            }
        }
    }
    None
}

/// The use cases of the storage settings right before and right after `setting` in its file.
fn neighbours(cx: &Context<'_>, setting: &Setting) -> Option<(Option<UseCase>, Option<UseCase>)> {
    let here = setting.place?.name;
    let mut before: Option<(usize, UseCase)> = None;
    let mut after: Option<(usize, UseCase)> = None;
    let all = cx.configs.iter().flat_map(|c| c.environment.iter());
    let lost = cx.deployment.duplicates.iter().map(|d| &d.lost);
    for other in all.chain(lost) {
        let (Some(name), Some(use_case)) = (other.place.map(|p| p.name), other.var.and_then(|v| v.row().use_case))
        else {
            continue;
        };
        if name.file != here.file || name == here {
            continue;
        }
        if name.start < here.start && before.is_none_or(|(at, _)| at < name.start) {
            before = Some((name.start, use_case));
        }
        if name.start > here.start && after.is_none_or(|(at, _)| at > name.start) {
            after = Some((name.start, use_case));
        }
    }
    Some((before.map(|(_, u)| u), after.map(|(_, u)| u)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(name: &str) -> Option<&'static str> {
        meant(name).and_then(|m| m.replacement).map(Var::name)
    }

    #[test]
    fn an_invented_name_leads_to_the_real_ones() {
        for (name, real) in [
            ("LANGFUSE_S3_UPLOAD_REGION", "LANGFUSE_S3_EVENT_UPLOAD_REGION"),
            ("LANGFUSE_S3_UPLOAD_SECRET_ACCESS_KEY", "LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY"),
            ("LANGFUSE_S3_BUCKET", "LANGFUSE_S3_BATCH_EXPORT_BUCKET"),
            ("LANGFUSE_BLOB_STORAGE_PROVIDER", "LANGFUSE_USE_AZURE_BLOB"),
            ("LANGFUSE_BLOB_STORAGE_BUCKET", "LANGFUSE_S3_EVENT_UPLOAD_BUCKET"),
            ("LANGFUSE_GCS_BUCKET_NAME", "LANGFUSE_USE_GOOGLE_CLOUD_STORAGE"),
            ("LANGFUSE_GCS_PROJECT_ID", "LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS"),
            ("LANGFUSE_AZURE_BLOB_CONTAINER_NAME", "LANGFUSE_S3_EVENT_UPLOAD_BUCKET"),
            ("LANGFUSE_MINIO_ENDPOINT", "LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT"),
            ("LANGFUSE_OCI_BUCKET", "LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE"),
            ("LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY_FILE", "LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY"),
        ] {
            let note = meant(name).and_then(|m| m.note).unwrap_or_default();
            assert!(note.contains(real), "{name}: {note}");
        }
    }

    #[test]
    fn finds_what_was_meant() {
        for (name, replacement) in [
            ("langfuse_s3_event_upload_bucket", Some("LANGFUSE_S3_EVENT_UPLOAD_BUCKET")),
            ("LANGFUSE-S3-EVENT-UPLOAD-BUCKET", Some("LANGFUSE_S3_EVENT_UPLOAD_BUCKET")),
            ("LANGFUSE_S3_EVENT_UPLOAD_SECRET_KEY", Some("LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY")),
            ("LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY", Some("LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID")),
            ("LANGFUSE_S3_MEDIA_UPLOAD_BUCKET_NAME", Some("LANGFUSE_S3_MEDIA_UPLOAD_BUCKET")),
            ("LANGFUSE_S3_MEDIA_UPLOAD_URL", Some("LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT")),
            ("LANGFUSE_S3_BATCH_EXPORT_PATH_STYLE", Some("LANGFUSE_S3_BATCH_EXPORT_FORCE_PATH_STYLE")),
            ("LANGFUSE_S3_EVENTS_BUCKET", Some("LANGFUSE_S3_EVENT_UPLOAD_BUCKET")),
            ("LANGFUSE_S3_EVENT_UPLAOD_REGION", Some("LANGFUSE_S3_EVENT_UPLOAD_REGION")),
            ("LANGFUSE_S3_EVENT_UPLOAD_BUCKETS", Some("LANGFUSE_S3_EVENT_UPLOAD_BUCKET")),
            ("LANFUSE_S3_EVENT_UPLOAD_BUCKET", Some("LANGFUSE_S3_EVENT_UPLOAD_BUCKET")),
            ("S3_EVENT_UPLOAD_BUCKET", Some("LANGFUSE_S3_EVENT_UPLOAD_BUCKET")),
            ("LANGFUSE_MEDIA_UPLOAD_BUCKET", Some("LANGFUSE_S3_MEDIA_UPLOAD_BUCKET")),
            ("LANGFUSE_USE_GCS", Some("LANGFUSE_USE_GOOGLE_CLOUD_STORAGE")),
            ("LANGFUSE_USE_AZURE", Some("LANGFUSE_USE_AZURE_BLOB")),
            ("LANGFUSE_S3_BATCH_EXPORT_IS_ENABLED", Some("LANGFUSE_S3_BATCH_EXPORT_ENABLED")),
            ("LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGHT", Some("LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH")),
            ("BATCH_EXPORT_ROWS_LIMIT", Some("BATCH_EXPORT_ROW_LIMIT")),
            ("LANGFUSE_S3_EVENT_UPLOAD_XYZ", None),
            ("LANGFUSE_S3_MEDIA_UPLOAD_EXTERNAL_URL", None),
            ("LANGFUSE_S3_BUCKET", None),
            ("LITEFUSE_S3_EVENT_UPLOAD_BUCKET", Some("LANGFUSE_S3_EVENT_UPLOAD_BUCKET")),
            ("LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY_FILE", None),
            ("LANGFUSE_USE_CALLBACK", None),
            ("LANGFUSE_INIT_PROJECT_ID", None),
            ("LANGFUSE_LOG_LEVEL", None),
            ("LANGFUSE_PUBLIC_KEY", None),
            ("LANGFUSE_MEDIA_UPLOAD_ENABLED", None),
            ("DATABASE_URL", None),
        ] {
            assert_eq!(guessed(name), replacement, "{name}");
        }
    }
}
