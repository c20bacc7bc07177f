//! Names: retired, never read, misspelt, in the wrong block, newer than the release.

use super::finding::DraftFix;
use super::{Context, Finding, Findings, Rule, rule};
use crate::config::Config;
use crate::report::Severity;
use crate::source::{Duplicate, Setting, Wrapper};
use crate::text::mask::{quoted, shown};
use crate::text::suggest::nearest;
use crate::variable::{
    Containers, Gone, Kept, Retired, Role, UseCase, Var, Version, find, retired, slot, storage, var,
};

pub(super) static RULES: &[&Rule] = &[
    &VARIABLE_NEVER_READ,
    &VARIABLE_RETIRED,
    &EXTERNAL_ENDPOINT_NEVER_READ,
    &OCI_NAME_WITHOUT_LANGFUSE,
    &CORE_DATA_NAME_MIXED_UP,
    &VARIABLE_UNKNOWN,
    &VARIABLE_IN_WRONG_BLOCK,
    &VARIABLE_NEWER_THAN_LANGFUSE,
    &STORAGE_SETTINGS_BEFORE_V3,
    &STORAGE_SETTINGS_IN_INSTRUMENTED_APP,
];

const V3: Version = Version { major: 3, minor: 0, patch: 0 };

/// Names with these beginnings belong to Langfuse's storage; case, dashes and dots do not count.
const PREFIXES: [&str; 10] = [
    "LANGFUSE_S3_",
    "LANGFUSE_AZURE_",
    "LANGFUSE_OCI_",
    "LANGFUSE_USE_",
    "LANGFUSE_GCS",
    "LANGFUSE_GOOGLE_CLOUD_",
    "BATCH_EXPORT_",
    "S3_EVENT_UPLOAD_",
    "S3_MEDIA_UPLOAD_",
    "S3_BATCH_EXPORT_",
];

/// Whether a name that the table lacks is meant for Langfuse's storage all the same.
pub(crate) fn is_ours(name: &str) -> bool {
    PREFIXES.iter().any(|p| begins(name, p)) || retired(name).is_some()
}

fn fold(b: u8) -> u8 {
    if matches!(b, b'-' | b'.') { b'_' } else { b.to_ascii_uppercase() }
}

fn begins(name: &str, prefix: &str) -> bool {
    name.as_bytes().get(..prefix.len()).is_some_and(|head| head.iter().copied().map(fold).eq(prefix.bytes()))
}

/// A name that no release in question reads, wherever it stands.
#[derive(Clone, Copy)]
struct Dead<'d> {
    name: &'d str,
    setting: &'d Setting,
    /// Whether a container receives it; a line of a compose project's `.env` usually reaches none.
    received: bool,
    config: &'d Config<'d>,
}

impl<'d> Dead<'d> {
    fn finding(&self) -> Finding<'d> {
        let finding = Finding::at(self.config, self.setting).span(self.setting.place.map(|p| p.name));
        if self.received { finding } else { finding.containers(Containers::BOTH) }
    }

    /// Whether the value is what `heir` has anyway: then nothing is lost with it.
    fn says_the_default_of(&self, heir: Var) -> bool {
        let (Some(text), Some(default)) = (self.setting.text(), heir.row().default) else { return false };
        // The chart prints its own default as `1e+09`.
        let number = crate::text::number::js_number;
        text == default || number(text).is_some_and(|n| number(default) == Some(n))
    }

    fn rename(&self, heir: Var) -> Option<Vec<(crate::text::span::Span, String)>> {
        super::finding::rename(self.setting, heir.name())
    }
}

/// Every name that the table lacks, or lists as read by nobody, and that `wanted` picks; and the names of those that
/// are left out, because each is compared with every other and with the table.
fn dead<'d>(cx: &Context<'d>, wanted: impl Fn(&str) -> bool) -> (Vec<Dead<'d>>, Vec<&'d str>) {
    const UNUSED: [Var; 2] =
        [var("LANGFUSE_S3_CORE_DATA_EXPORT_SSE"), var("LANGFUSE_S3_CORE_DATA_EXPORT_SSE_KMS_KEY_ID")];
    let mut found: Vec<Dead<'d>> = Vec::new();
    let mut left = std::collections::BTreeSet::new();
    for config in cx.configs {
        let unknown = config.environment.iter().filter(|s| s.var.is_none());
        let unused = UNUSED.into_iter().filter_map(|v| config.environment.set_value(v));
        for setting in unknown.chain(unused) {
            if !setting.is_set() || setting.from_wrapper || !wanted(&setting.name) {
                continue;
            }
            // Both containers may receive one line.
            if found.len() >= MOST {
                left.insert(setting.name.as_ref());
            } else if !cx.is_referred_to(&setting.name) {
                found.push(Dead { name: &setting.name, setting, received: true, config });
            }
        }
    }
    // Under compose an unknown name of the `.env` reaches no container.
    for setting in cx.deployment.compose.iter().flat_map(|c| &c.strangers).filter(|s| wanted(&s.name)) {
        let Some(config) = cx.configs.first() else { break };
        if found.len() >= MOST {
            left.insert(setting.name.as_ref());
        } else if !cx.is_referred_to(&setting.name) {
            found.push(Dead { name: &setting.name, setting, received: false, config });
        }
    }
    for known in &found {
        left.remove(known.name);
    }
    (found, left.into_iter().collect())
}

/// Names without a reader that are reported in one run.
const MOST: usize = 500;

/// Whether `heir` is free: no line and no container has a value for it from the operator.
fn is_free(cx: &Context<'_>, heir: Var) -> bool {
    let unset = |c: &Config<'_>| c.environment.get(heir).is_none_or(|s| s.from_wrapper);
    let mut unforwarded = cx.deployment.compose.iter().flat_map(|c| &c.unforwarded);
    cx.configs.iter().all(unset) && !unforwarded.any(|s| s.var == Some(heir))
}

/// Whether a value under the name `heir` would reach the containers: compose forwards only what its file lists.
fn is_forwarded(cx: &Context<'_>, dead: &Dead<'_>, heir: Var) -> bool {
    dead.received || cx.configs.iter().any(|c| c.environment.get(heir).is_some())
}

/// The ending of a help text that says where a variable that compose does not forward must go.
fn forwarding(cx: &Context<'_>, dead: &Dead<'_>, heir: Var) -> &'static str {
    if is_forwarded(cx, dead, heir) { "" } else { " Name it under `environment` of both services, too." }
}

/// Says of each entry of [`crate::variable::RETIRED`] that `pick` takes what became of it, renaming where the value
/// means the same under the other name.
fn retired_names(
    cx: &Context<'_>,
    out: &mut Findings<'_, '_>,
    pick: fn(&Retired) -> bool,
    judge: fn(&Context<'_>, &Dead<'_>) -> Option<Severity>,
) {
    let (all, _) = dead(cx, |n| retired(n).is_some_and(pick));
    for d in &all {
        // A name that the chart wrote, not the values: the rules about the chart speak of the value's own path.
        if d.setting.from_wrapper || d.setting.place.is_some_and(|p| !p.named) && cx.deployment.wrapper == Wrapper::Helm
        {
            continue;
        }
        let Some(entry) = retired(d.name) else { continue };
        let Some(mut severity) = judge(cx, d) else { continue };
        let heir = entry.instead.and_then(find);
        let free = heir.is_some_and(|h| is_free(cx, h));
        if heir.is_some_and(|h| d.says_the_default_of(h)) {
            severity = Severity::Hint;
        }
        let help = match (heir, entry.kept) {
            (Some(heir), _) if free => format!("Rename it to {}.{}", heir.name(), forwarding(cx, d, heir)),
            (Some(heir), _) => format!("Delete the line: {} is set already.", heir.name()),
            (None, Kept::Changed(said)) => format!("Delete the line: {}", lower_first(said)),
            (None, Kept::AsItIs) => "Delete the line; nothing reads it.".to_owned(),
        };
        let fix = heir.filter(|h| free && entry.kept == Kept::AsItIs && may_rename(cx, d, *h, &all)).and_then(|h| {
            let edits = d.rename(h)?;
            let title = format!("rename it to {}", h.name());
            Some(if changes_much(h) { DraftFix::risky(title, edits) } else { DraftFix::safe(title, edits) })
        });
        let how = match entry.gone {
            Gone::Removed => "is no longer read by Langfuse",
            Gone::Never => "is read by no release of Langfuse",
        };
        out.push(
            d.finding()
                .severity(severity)
                .message(format!("{} {how}; {}", d.name, lower_first(entry.note.trim_end_matches('.'))))
                .help(help)
                .fix(fix),
        );
    }
}

/// Whether a rename to `heir` brings one offence less and none more.
fn may_rename(cx: &Context<'_>, dead: &Dead<'_>, heir: Var, all: &[Dead<'_>]) -> bool {
    let row = heir.row();
    let twins = all.iter().filter(|d| d.name != dead.name && heir_of(d.name) == Some(heir)).count();
    // A purpose that is switched off would get a setting without effect.
    let live =
        row.use_case.is_none_or(|u| cx.configs.iter().any(|c| c.block(u).in_use()) || row.role == Some(Role::Enabled));
    // A KMS key means something only beside `aws:kms`.
    let beside_kms = row.role != Some(Role::SseKmsKeyId)
        || row
            .use_case
            .is_some_and(|u| cx.configs.iter().any(|c| crate::config::text(c.block(u).sse) == Some("aws:kms")))
        || all.iter().any(|d| {
            let sse =
                heir_of(d.name).is_some_and(|h| h.row().role == Some(Role::Sse) && h.row().use_case == row.use_case);
            sse && d.setting.text() == Some("aws:kms")
        });
    twins == 0 && live && beside_kms && is_forwarded(cx, dead, heir) && fits(dead, heir)
}

/// Whether Langfuse would start with the value under the name `heir`.
fn fits(dead: &Dead<'_>, heir: Var) -> bool {
    dead.setting.text().is_none_or(|t| !heir.row().rejects(t))
}

/// The variable that a retired or misspelt name stands for.
fn heir_of(name: &str) -> Option<Var> {
    retired(name).map_or_else(|| meant(name).and_then(|m| m.heir), |r| r.instead.and_then(find))
}

/// Whether a value for `heir` changes where existing objects are looked for, or brings a purpose or an engine to life
/// that may want more than this one value.
fn changes_much(heir: Var) -> bool {
    matches!(heir.row().role, Some(Role::Prefix | Role::Bucket | Role::Enabled))
        || heir.name().starts_with("LANGFUSE_USE_")
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

rule! {
    /// A variable that no release of Langfuse has ever read.
    ///
    /// ## Why
    /// Langfuse does not look at names: what it does not know is ignored in silence. The names of this rule stand in charts,
    /// samples and guides all the same; the Helm chart itself emits two of them, without effect.
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
    /// ## Instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_MAX_CONTENT_LENGTH=2000000000
    /// ```
    ///
    /// ## Seen in
    /// The Langfuse chart's templates, against `web/src/env.mjs` of Langfuse.
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

rule! {
    /// A variable that Langfuse once read and reads no longer.
    ///
    /// ## Why
    /// It is ignored in silence. `LANGFUSE_S3_EVENT_UPLOAD_ENABLED=false` does not switch event upload off: since v3.0.0
    /// it is mandatory. The `S3_*` names are those of Langfuse v2 for exports.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENABLED=false
    /// ```
    ///
    /// ## Instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse-terraform-azure#16, langfuse/langfuse#6383; removed in langfuse/langfuse#4498 and
    /// langfuse/langfuse#4511
    VARIABLE_RETIRED = "variable-retired", Warning, Ignored, variable_retired
}

fn variable_retired(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    retired_names(
        cx,
        out,
        |r| r.gone == Gone::Removed,
        |cx, d| {
            if cx.is_older(d.config.containers, V3) {
                return None;
            }
            // Names as general as these may be another program's, where Langfuse has its own.
            let others = d.name.starts_with("S3_") && heir_of(d.name).is_some_and(|h| !is_free(cx, h));
            Some(if others { Severity::Hint } else { Severity::Warning })
        },
    );
}

rule! {
    /// Only exports have an external endpoint; events and media have none.
    ///
    /// ## Why
    /// `LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT` exists since v3.43.0, so people set its twin for media. Nobody reads
    /// it: media links are still signed for `LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT`, and browsers and SDKs are sent to a host
    /// that they cannot reach. Web only signs links and the worker transfers, so each of the two containers gets its
    /// own value of `LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT`.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_EXTERNAL_ENDPOINT=https://media.example.com
    /// ```
    ///
    /// ## Instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_MEDIA_UPLOAD_BUCKET=acme-media
    /// LANGFUSE_S3_MEDIA_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#14299, langfuse/langfuse#14300
    EXTERNAL_ENDPOINT_NEVER_READ = "external-endpoint-never-read", Error, Ignored, external_endpoint_never_read
}

fn external_endpoint_never_read(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    let (all, _) = dead(cx, |n| n.ends_with("_EXTERNAL_ENDPOINT") && retired(n).is_some());
    for d in &all {
        let media = d.name.contains("_MEDIA_");
        let help = if !media {
            "Delete the line: nobody is ever sent to the events' store.".to_owned()
        } else if cx.deployment.wrapper == Wrapper::Compose {
            "Delete the line. Give langfuse-web the public URL and langfuse-worker the internal one as LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT, each under its own `environment`.".to_owned()
        } else if cx.deployment.wrapper == Wrapper::Helm {
            "Delete the line. Give web alone the public URL: LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT under `langfuse.web.pod.additionalEnv`.".to_owned()
        } else {
            "Delete the line. Give web the public URL and worker the internal one as LANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT."
                .to_owned()
        };
        out.push(
            d.finding()
                .message(format!(
                    "{} is read by no release of Langfuse: only exports have an external endpoint",
                    d.name
                ))
                .help(help),
        );
    }
}

rule! {
    /// The OCI configuration stands under Oracle's names instead of Langfuse's.
    ///
    /// ## Why
    /// Langfuse reads `LANGFUSE_OCI_CONFIG_FILE` and `LANGFUSE_OCI_CONFIG_PROFILE`. Its own sample for Oracle uses the names
    /// without `LANGFUSE_`, which nobody reads, so sign-in with `oci_profile` or `session_token` finds no profile.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE=true
    /// LANGFUSE_OCI_AUTH_TYPE=oci_profile
    /// OCI_CONFIG_FILE=/etc/oci/config
    /// OCI_CONFIG_PROFILE=LANGFUSE
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-frankfurt-1
    /// ```
    ///
    /// ## Instead
    /// ```dotenv
    /// LANGFUSE_USE_OCI_NATIVE_OBJECT_STORAGE=true
    /// LANGFUSE_OCI_AUTH_TYPE=oci_profile
    /// LANGFUSE_OCI_CONFIG_FILE=/etc/oci/config
    /// LANGFUSE_OCI_CONFIG_PROFILE=LANGFUSE
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-frankfurt-1
    /// ```
    ///
    /// ## Seen in
    /// `.env.dev-oci.example` of Langfuse, against `packages/shared/src/env.ts`.
    OCI_NAME_WITHOUT_LANGFUSE = "oci-name-without-langfuse", Error, Failure, oci_name_without_langfuse
}

fn oci_name_without_langfuse(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    const AUTH: Var = var("LANGFUSE_OCI_AUTH_TYPE");
    retired_names(
        cx,
        out,
        |r| r.name.starts_with("OCI_"),
        |cx, d| {
            let by_file = matches!(d.config.environment.text(AUTH), Some("oci_profile" | "session_token"));
            let oci = d.config.engine == crate::config::Engine::Oci;
            // Elsewhere the names are Oracle's own tools', and fine.
            (oci && by_file && heir_of(d.name).is_some_and(|h| is_free(cx, h))).then_some(Severity::Error)
        },
    );
}

rule! {
    /// A core-data setting stands under a name that mixes up its two prefixes.
    ///
    /// ## Why
    /// The switch is `LANGFUSE_S3_CORE_DATA_EXPORT_IS_ENABLED`; everything else of the block begins with
    /// `LANGFUSE_S3_CORE_DATA_UPLOAD_`. Two names with `EXPORT` are declared in Langfuse's schema, yet no code reads them.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_CORE_DATA_EXPORT_IS_ENABLED=true
    /// LANGFUSE_S3_CORE_DATA_EXPORT_BUCKET=acme-core
    /// LANGFUSE_S3_CORE_DATA_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_CORE_DATA_EXPORT_IS_ENABLED=true
    /// LANGFUSE_S3_CORE_DATA_UPLOAD_BUCKET=acme-core
    /// LANGFUSE_S3_CORE_DATA_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// `packages/shared/src/env.ts` against `worker/src/env.ts` of Langfuse.
    CORE_DATA_NAME_MIXED_UP = "core-data-name-mixed-up", Error, Ignored, core_data_name_mixed_up
}

fn core_data_name_mixed_up(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    retired_names(cx, out, |r| r.name.contains("CORE_DATA"), |_, _| Some(Severity::Error));
}

rule! {
    /// A name that looks like one of Langfuse's storage variables and is none.
    ///
    /// ## Why
    /// Langfuse checks no names. A misspelt variable is ignored in silence, its default is used, and the mistake shows days
    /// later somewhere else: a pair of keys that is not complete, a bucket that is asked for on Amazon. Names are
    /// case-sensitive and are written with underscores.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_KEY=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
    /// ```
    ///
    /// ## Instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Seen in
    /// `packages/shared/src/env.ts` of Langfuse, which names what it reads and nothing else.
    VARIABLE_UNKNOWN = "variable-unknown", Warning, Ignored, variable_unknown
}

fn variable_unknown(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    /// A text of thousands of strange names is told what they are, not what each might have been.
    const MOST: usize = 200;
    let (all, left) = dead(cx, |n| retired(n).is_none() && is_suspect(n));
    if all.is_empty() {
        return;
    }
    let guesses: Vec<Option<Meant>> =
        all.iter().enumerate().map(|(i, d)| if i < MOST { meant(d.name) } else { None }).collect();
    for (d, guess) in all.iter().zip(&guesses) {
        let heir = guess.and_then(|g| g.heir);
        if heir.is_none() && !PREFIXES.iter().any(|p| begins(d.name, p)) {
            continue;
        }
        let free = heir.is_some_and(|h| is_free(cx, h));
        let help = match (heir, guess.and_then(|g| g.note)) {
            (Some(heir), _) if free => format!("Did you mean {}?{}", heir.name(), forwarding(cx, d, heir)),
            (Some(heir), _) => format!("Delete the line: {} is set already.", heir.name()),
            (None, Some(note)) => note.to_owned(),
            (None, None) => "Delete the line, or look the name up with `langfuse-blob explain`.".to_owned(),
        };
        // Two names for the same variable must not both be given its name; one name in both containers is one line.
        let rivals =
            all.iter().zip(&guesses).any(|(o, g)| o.name != d.name && heir.is_some() && g.and_then(|g| g.heir) == heir);
        let fix = heir.filter(|h| free && !rivals && is_forwarded(cx, d, *h) && fits(d, *h)).and_then(|h| {
            let edits = d.rename(h)?;
            let title = format!("rename it to {}", h.name());
            let certain = guess.is_some_and(|g| g.certain) && !changes_much(h);
            Some(if certain { DraftFix::safe(title, edits) } else { DraftFix::risky(title, edits) })
        });
        let harmless = heir.is_some_and(|h| d.says_the_default_of(h));
        out.push(
            d.finding()
                .severity(if harmless { Severity::Hint } else { Severity::Warning })
                .message(format!("{} is no variable of Langfuse, so it is ignored", quoted(d.name)))
                .help(help)
                .fix(fix),
        );
    }
    // Of a name outside the prefixes nothing is said unless its guess is good, and here nobody guesses.
    let left = left.into_iter().filter(|name| PREFIXES.iter().any(|p| begins(name, p)));
    out.push_rest(left.count(), "names are no variables of Langfuse");
}

/// Whether `name` may be a storage variable misspelt. Wider than [`PREFIXES`]: what lies outside them counts only where
/// the variable that is meant is found.
fn is_suspect(name: &str) -> bool {
    const INSIDE: [&str; 4] = ["S3_EVENT", "S3_MEDIA", "S3_BATCH", "S3_CORE"];
    const AMONG_LANGFUSES: [&str; 4] = ["UPLOAD", "EXPORT", "BLOB", "OVERFLOW"];
    let holds = |w: &str| name.as_bytes().windows(w.len()).any(|n| n.iter().copied().map(fold).eq(w.bytes()));
    PREFIXES.iter().any(|p| begins(name, p))
        || (begins(name, "LANG") && AMONG_LANGFUSES.into_iter().any(holds))
        || INSIDE.into_iter().any(holds)
}

/// What a name was meant to be.
#[derive(Clone, Copy)]
struct Meant {
    heir: Option<Var>,
    /// Whether only case, dashes or dots are wrong.
    certain: bool,
    /// What to know where no variable fits.
    note: Option<&'static str>,
}

fn meant(name: &str) -> Option<Meant> {
    let folded: String = name.bytes().map(|b| char::from(fold(b))).collect();
    if !name.is_ascii() {
        return None;
    }
    let live = |v: &Var| !v.row().unused && !v.row().context;
    if let Some(heir) = find(&folded).filter(live) {
        return Some(Meant { heir: Some(heir), certain: true, note: None });
    }
    let guess = |heir: Var| Some(Meant { heir: Some(heir), certain: false, note: None });
    if let Some((_, heir)) = WHOLE.iter().find(|(alias, _)| *alias == folded) {
        return find(heir).and_then(guess);
    }
    if let Some(heir) = find(&format!("LANGFUSE_{folded}")).filter(live) {
        return guess(heir);
    }
    let without_s3 = folded.strip_prefix("LANGFUSE_").and_then(|rest| find(&format!("LANGFUSE_S3_{rest}")));
    if let Some(heir) = without_s3.filter(live) {
        return guess(heir);
    }
    if let Some(meant) = by_parts(&folded) {
        return Some(meant);
    }
    let near = nearest(&folded, storage().filter(live).map(Var::name)).filter(|n| is_slip(&folded, n))?;
    find(near).and_then(guess)
}

/// Whether the two differ by a slip within a word, not by another word.
fn is_slip(name: &str, near: &str) -> bool {
    let common = name.bytes().zip(near.bytes()).take_while(|(a, b)| a == b).count();
    let word = name.get(..common).and_then(|t| t.rfind('_')).map_or(0, |i| i.saturating_add(1));
    let (Some(a), Some(b)) = (name.get(word..), near.get(word..)) else { return false };
    let same_end = a.bytes().rev().zip(b.bytes().rev()).take_while(|(x, y)| x == y).count();
    // Back to a whole word at the end, too.
    let cut = |t: &str| {
        let at = t.len().saturating_sub(same_end);
        let end = t.get(at..).and_then(|rest| rest.find('_')).map_or(t.len(), |i| at.saturating_add(i));
        t.get(..end).unwrap_or(t).to_owned()
    };
    let (a, b) = (cut(a), cut(b));
    // A missing or doubled word boundary leaves one side empty.
    a.is_empty() || b.is_empty() || nearest(&a, [b.as_str()]).is_some()
}

/// A purpose and a field of its block, each under its own or another usual name.
fn by_parts(folded: &str) -> Option<Meant> {
    const SESSION: &str = "There is no variable for a session token. For temporary credentials leave the keys of the purpose unset and give the container AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.";
    const EACH: &str = "There is no variable for all purposes at once: write one each for events, media and exports, such as LANGFUSE_S3_EVENT_UPLOAD_BUCKET, LANGFUSE_S3_MEDIA_UPLOAD_BUCKET and LANGFUSE_S3_BATCH_EXPORT_BUCKET.";
    const AZURE: &str = "On Azure the purpose's own variables are used: the account is LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID, its key LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY, the container LANGFUSE_S3_EVENT_UPLOAD_BUCKET, the URL LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT; likewise for media and exports.";
    let note = |note| Some(Meant { heir: None, certain: false, note: Some(note) });
    if folded.starts_with("LANGFUSE_AZURE_") {
        let words = ["ACCOUNT", "KEY", "CONNECTION", "CONTAINER_NAME", "ENDPOINT", "BLOB", "STORAGE", "SAS"];
        return if words.iter().any(|w| folded.contains(w)) { note(AZURE) } else { None };
    }
    let rest = folded.strip_prefix("LANGFUSE_").unwrap_or(folded);
    let rest = rest.strip_prefix("S3_")?;
    let stem = STEMS.iter().find_map(|(stem, use_case)| {
        rest.strip_prefix(stem).and_then(|r| r.strip_prefix('_')).map(|field| (*use_case, field))
    });
    let Some((use_case, field)) = stem else {
        return if role_of(rest).is_some() { note(EACH) } else { None };
    };
    if field.ends_with("SESSION_TOKEN") {
        return note(SESSION);
    }
    let heir = slot(use_case, role_of(field)?)?;
    Some(Meant { heir: Some(heir), certain: false, note: None })
}

/// What people call the purposes, longest first.
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

/// Names for which no rule of thumb leads to the right one.
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

rule! {
    /// A setting of one purpose stands in the block of another, which lacks it.
    ///
    /// ## Why
    /// Blocks are copied and their names edited; one that was forgotten still names the first purpose. The last line of a
    /// name wins, so the first purpose gets the wrong value and the second none: with half a pair of keys Langfuse drops
    /// the pair, and exports alone fail with "Could not load credentials from any providers".
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAW8SU3NPCXDYA6L4Q
    /// LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=kY0wM3nR9sU5xZ7aC2oD4lG6qK8tE1hBfVjP0N3y
    /// ```
    ///
    /// ## Instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// LANGFUSE_S3_BATCH_EXPORT_ENABLED=true
    /// LANGFUSE_S3_BATCH_EXPORT_BUCKET=acme-exports
    /// LANGFUSE_S3_BATCH_EXPORT_REGION=eu-west-1
    /// LANGFUSE_S3_BATCH_EXPORT_ACCESS_KEY_ID=AKIAW8SU3NPCXDYA6L4Q
    /// LANGFUSE_S3_BATCH_EXPORT_SECRET_ACCESS_KEY=kY0wM3nR9sU5xZ7aC2oD4lG6qK8tE1hBfVjP0N3y
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#5138
    VARIABLE_IN_WRONG_BLOCK = "variable-in-wrong-block", Error, Failure, variable_in_wrong_block
}

fn variable_in_wrong_block(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for duplicate in &cx.deployment.duplicates {
        let Some((setting, intended)) = misplaced(cx, duplicate) else { continue };
        let Some(config) = cx.configs.first() else { continue };
        let other = if setting.place == duplicate.lost.place { &duplicate.kept } else { &duplicate.lost };
        let purpose = intended.row().use_case.map_or("", UseCase::name);
        let edits = super::finding::rename(setting, intended.name());
        out.push(
            Finding::at(config, setting)
                .because(other, "the purpose's own line")
                .message(format!(
                    "{} stands for the second time, among the settings for {purpose}, which have no {}",
                    setting.name,
                    intended.name()
                ))
                .help(format!("Rename this line to {}.", intended.name()))
                .fix(edits.map(|e| DraftFix::risky(format!("rename it to {}", intended.name()), e))),
        );
    }
}

/// The one of two lines of the same name that stands in another purpose's block, and the variable that block lacks.
pub(super) fn misplaced<'d>(cx: &Context<'d>, duplicate: &'d Duplicate) -> Option<(&'d Setting, Var)> {
    /// A slip happens once or twice; a text with more doubles than this has another story.
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

/// The purposes of the storage settings right before and right after `setting` in its text.
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

rule! {
    /// The Langfuse release in use does not know the variable yet.
    ///
    /// ## Why
    /// A release ignores what came after it, in silence. Images are pinned and documentation is not, so settings are
    /// copied that the running release has never heard of: Google's own API before v3.46.0, encryption before v3.62.0.
    ///
    /// ## Example
    /// ```dotenv version=3.60.0
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_SSE=AES256
    /// ```
    ///
    /// ## Instead
    /// ```dotenv version=3.62.0
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_SSE=AES256
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6317, where the engine switch had no effect; release tags of Langfuse.
    VARIABLE_NEWER_THAN_LANGFUSE = "variable-newer-than-langfuse", Warning, Ignored, variable_newer_than_langfuse
}

fn variable_newer_than_langfuse(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    if cx.version.is_none() && cx.deployment.versions.is_empty() {
        return;
    }
    for config in cx.configs {
        for setting in config.environment.iter() {
            let Some(row) = setting.var.map(Var::row) else { continue };
            let Some(since) = row.since.filter(|_| setting.is_set() && !row.unused) else { continue };
            let mut older = Containers::NONE;
            for one in [Containers::WEB, Containers::WORKER] {
                if config.containers.and(row.readers).meets(one) && cx.is_older(one, since) {
                    older = older.or(one);
                }
            }
            if older.is_empty() || cx.deployment.is_default(older, setting) {
                continue;
            }
            let running = cx.version(older).map_or_else(String::new, |v| format!("; this is {v}"));
            let mut finding = Finding::at(config, setting).containers(older);
            let tag = cx.deployment.versions.iter().find(|(c, _, _)| c.meets(older)).and_then(|(_, _, span)| *span);
            if let Some(span) = tag.filter(|_| cx.version.is_none()) {
                finding = finding.related(Some(span), "the release is named here");
            }
            out.push(
                finding
                    .message(format!(
                        "{} is {}, but Langfuse reads it only since {since}{running}",
                        row.name,
                        shown(setting)
                    ))
                    .help(format!("Upgrade Langfuse to {since} or later, or delete the line.")),
            );
        }
    }
}

rule! {
    /// Langfuse before v3 keeps events in Postgres and has no use for most storage settings.
    ///
    /// ## Why
    /// The object store came with v3. With a v2 image the settings are accepted and traces still go to Postgres; media and
    /// event buckets stay empty.
    ///
    /// ## Example
    /// ```dotenv version=2.95.0
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Instead
    /// ```dotenv version=3.0.0
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#4369; the Langfuse documentation's guide from v2 to v3.
    STORAGE_SETTINGS_BEFORE_V3 = "storage-settings-before-v3", Hint, Ignored, storage_settings_before_v3
}

fn storage_settings_before_v3(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| cx.is_older(c.containers, V3)) {
        let Some(setting) = config.block(UseCase::Events).bucket.or(config.block(UseCase::Media).bucket) else {
            continue;
        };
        out.push(
            Finding::at(config, setting)
                .message(format!("{} is set, but Langfuse before v3 keeps events in Postgres", setting.name))
                .help("Upgrade to v3 or later with Langfuse's own guide; until then these settings do nothing."),
        );
    }
}

rule! {
    /// Storage settings stand in the environment of the application that sends traces, not of Langfuse.
    ///
    /// ## Why
    /// The SDKs take `LANGFUSE_PUBLIC_KEY` and `LANGFUSE_SECRET_KEY` and upload media through links that Langfuse signs.
    /// They read no `LANGFUSE_S3_` variable: the settings belong to langfuse-web and langfuse-worker.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_PUBLIC_KEY=pk-lf-1
    /// LANGFUSE_SECRET_KEY=sk-lf-8d7c6b5a
    /// LANGFUSE_HOST=https://langfuse.example.com
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Instead
    /// ```dotenv
    /// DATABASE_URL=postgresql://langfuse@postgres:5432/langfuse
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#6188, langfuse/langfuse#5250
    STORAGE_SETTINGS_IN_INSTRUMENTED_APP = "storage-settings-in-instrumented-app", Hint, Ignored, storage_settings_in_instrumented_app
}

fn storage_settings_in_instrumented_app(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
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
    // In one file for a whole compose project, the application's keys may stand beside the server's.
    if cx.deployment.wrapper != Wrapper::Raw {
        return;
    }
    for config in cx.configs {
        let Some(bucket) = config.block(UseCase::Events).bucket else { continue };
        let unknown = || config.environment.iter().filter(|s| s.var.is_none());
        let Some(key) = unknown().find(|s| s.name == "LANGFUSE_PUBLIC_KEY") else { continue };
        if unknown().any(|s| SERVER.contains(&s.name.as_ref())) || config.public_url_setting().is_some() {
            continue;
        }
        out.push(
            Finding::at(config, bucket)
                .because(key, "this is for the application that sends traces")
                .message(format!("{} stands beside the keys of an SDK, which does not read it", bucket.name))
                .help("Set the storage variables on langfuse-web and langfuse-worker, not in the instrumented application."),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(name: &str) -> Option<&'static str> {
        meant(name).and_then(|m| m.heir).map(Var::name)
    }

    #[test]
    fn finds_what_was_meant() {
        for (name, heir) in [
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
            ("LANGFUSE_USE_CALLBACK", None),
            ("LANGFUSE_INIT_PROJECT_ID", None),
            ("LANGFUSE_LOG_LEVEL", None),
            ("LANGFUSE_PUBLIC_KEY", None),
            ("LANGFUSE_MEDIA_UPLOAD_ENABLED", None),
            ("DATABASE_URL", None),
        ] {
            assert_eq!(guessed(name), heir, "{name}");
        }
    }
}
