//! `check --fix --diff`: the fixes as a unified diff.

use langfuse_blob_core::command::{self, Context, Sources, Write};
use langfuse_blob_core::redact::Redactor;
use langfuse_blob_core::text::printable;
use similar::TextDiff;

use crate::failure::Failure;

/// The changes to files of `sources`, with their secrets redacted.
///
/// # Errors
/// The files can't be read.
pub fn of(writes: &[Write], sources: &Sources, context: &Context<'_>) -> Result<String, Failure> {
    if writes.is_empty() {
        return Ok(String::new());
    }
    let gathered = command::gather_known(&sources.files, sources, context)?;
    let mut redactor = Redactor::new(&gathered.deployment);
    redactor.finish();
    Ok(writes.iter().map(|write| unified(write, &redactor)).collect())
}

fn unified(write: &Write, redactor: &Redactor) -> String {
    // Redacted before they're compared: a secret of several lines has no place in the diff where it could be found.
    let before = redactor.mask(&String::from_utf8_lossy(&write.before));
    let after = redactor.mask(&write.text);
    let (old, new) = (format!("a/{}", write.name), format!("b/{}", write.name));
    let text = TextDiff::from_lines(&before, &after).unified_diff().header(&old, &new).to_string();
    text.split_inclusive('\n').map(line).collect()
}

/// A line in which nothing moves the cursor or acts as a workflow command.
fn line(line: &str) -> String {
    match line.strip_suffix('\n') {
        Some(text) => format!("{}\n", printable::line(text)),
        None => printable::line(line).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use langfuse_blob_core::source::{Deployment, Wrapper};

    use super::*;

    #[test]
    fn a_change_is_shown_with_its_lines_around_it() {
        let before = (1..=9).map(|n| format!("A{n}=1\n")).collect::<String>();
        let text = before.replace("A5=1", "A5=2");
        let write = Write { name: "deploy/.env".into(), before: before.into_bytes(), text };
        let mut redactor = Redactor::new(&Deployment::new(Wrapper::Raw));
        redactor.finish();
        assert_eq!(
            unified(&write, &redactor),
            "--- a/deploy/.env\n+++ b/deploy/.env\n@@ -2,7 +2,7 @@\n A2=1\n A3=1\n A4=1\n-A5=1\n+A5=2\n A6=1\n A7=1\n A8=1\n"
        );
    }
}
