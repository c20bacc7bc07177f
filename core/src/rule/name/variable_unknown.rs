//! `variable-unknown`.

use super::{Meant, changes_much, fits, forwarding, is_forwarded, is_free, meant, unread};
use crate::report::Severity;
use crate::rule::finding::DraftFix;
use crate::rule::{Context, Findings, rule};
use crate::text::printable::quoted;
use crate::variable::{begins_with, fold, has_storage_prefix, retired};

rule! {
    /// The name looks like a Langfuse storage variable, but isn't one.
    ///
    /// ## Why
    /// Langfuse doesn't check names. It silently ignores a misspelled variable and uses the default, and the mistake
    /// shows up days later somewhere else: only one of the two keys is set, or the bucket is requested from Amazon.
    /// Names are case-sensitive and use underscores.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_KEY=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
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Seen in
    /// `packages/shared/src/env.ts` of Langfuse, which lists what it reads and nothing else.
    VARIABLE_UNKNOWN = "variable-unknown", Warning, Ignored, variable_unknown
}

fn variable_unknown(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    /// The most names to guess at: matching each against the table is slow in a file with thousands.
    const MOST: usize = 200;
    let (all, left) = unread(cx, |n| retired(n).is_none() && is_suspect(n));
    if all.is_empty() {
        return;
    }
    let guesses: Vec<Option<Meant>> =
        all.iter().enumerate().map(|(i, d)| if i < MOST { meant(d.name) } else { None }).collect();
    for (d, guess) in all.iter().zip(&guesses) {
        let replacement = guess.as_ref().and_then(|g| g.replacement);
        let note = guess.as_ref().and_then(|g| g.note.as_deref());
        if replacement.is_none() && note.is_none() && !has_storage_prefix(d.name) {
            continue;
        }
        let free = replacement.is_some_and(|h| is_free(cx, h));
        let help = match (replacement, note) {
            (Some(replacement), _) if free => {
                format!("Did you mean {}?{}", replacement.name(), forwarding(cx, d, replacement))
            }
            (Some(replacement), _) => format!("Delete the line: {} is already set.", replacement.name()),
            (None, Some(note)) => note.to_owned(),
            (None, None) => {
                "Look the name up with `langfuse-blob explain`; if nothing there is meant, delete the line.".to_owned()
            }
        };
        // Two names must not be renamed to the same variable; one name in both containers is one line.
        let rivals = all.iter().zip(&guesses).any(|(o, g)| {
            o.name != d.name && replacement.is_some() && g.as_ref().and_then(|g| g.replacement) == replacement
        });
        let fix = replacement.filter(|h| free && !rivals && is_forwarded(cx, d, *h) && fits(d, *h)).and_then(|h| {
            let edits = d.rename(h)?;
            let title = format!("rename to {}", h.name());
            let certain = guess.as_ref().is_some_and(|g| g.certain) && !changes_much(h);
            Some(if certain { DraftFix::safe(title, edits) } else { DraftFix::risky(title, edits) })
        });
        let harmless = replacement.is_some_and(|h| d.is_default_of(h));
        out.push(
            d.finding()
                .severity(if harmless { Severity::Hint } else { Severity::Warning })
                .message(format!("Langfuse doesn't read {}; the setting has no effect", quoted(d.name)))
                .help(help)
                .fix(fix),
        );
    }
    // A name outside the prefixes is reported only with a suggestion, and these have none.
    let left = left.into_iter().filter(|name| has_storage_prefix(name));
    out.push_rest(left.count(), "names aren't Langfuse variables");
}

/// Whether `name` may be a misspelled storage variable. Wider than [`has_storage_prefix`]: a name outside them counts only if the
/// intended variable is found.
fn is_suspect(name: &str) -> bool {
    const INSIDE: [&str; 4] = ["S3_EVENT", "S3_MEDIA", "S3_BATCH", "S3_CORE"];
    const AMONG_LANGFUSES: [&str; 12] = [
        "UPLOAD",
        "EXPORT",
        "BLOB",
        "OVERFLOW",
        "STORAGE",
        "BUCKET",
        "MINIO",
        "_R2_",
        "GCP",
        "ORACLE",
        "OBJECT_STOR",
        "_S3",
    ];
    let holds = |w: &str| name.as_bytes().windows(w.len()).any(|n| n.iter().copied().map(fold).eq(w.bytes()));
    has_storage_prefix(name)
        || ((begins_with(name, "LANG") || begins_with(name, "LITEFUSE")) && AMONG_LANGFUSES.into_iter().any(holds))
        || INSIDE.into_iter().any(holds)
}
