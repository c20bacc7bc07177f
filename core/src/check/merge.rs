//! One cause, one diagnostic: the same mistake in several use cases becomes one finding.

use crate::order;
use crate::report::diagnostic::Slug;
use crate::report::{Applicability, Diagnostic, Edit, Impact, Related, Severity, fix};
use crate::variable::UseCase;

/// Merges the findings that say the same about different use cases. The first in the report keeps its variable and
/// span; the others become related locations, and their edits join its fix.
///
/// What Langfuse's own schema rejects stays apart: Langfuse names each of these variables in its log.
pub(super) fn merge(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut merged: Vec<(Option<Cause>, Diagnostic)> = Vec::with_capacity(diagnostics.len());
    for diagnostic in diagnostics {
        let cause = Cause::of(&diagnostic);
        let twin = cause
            .as_ref()
            .and_then(|cause| merged.iter_mut().find(|(c, d)| c.as_ref() == Some(cause) && can_absorb(d, &diagnostic)));
        match twin {
            Some((_, first)) => {
                let mut other = diagnostic;
                // One value for several use cases: the finding is about the first of them.
                if other.span.is_some() && other.span == first.span && other.use_cases < first.use_cases {
                    std::mem::swap(first, &mut other);
                }
                absorb(first, other);
            }
            None => merged.push((cause, diagnostic)),
        }
    }
    merged.into_iter().map(|(_, d)| d).collect()
}

/// What makes two findings one: all that they say, without what differs between use cases by definition.
#[derive(PartialEq, Eq)]
struct Cause {
    rule: Slug,
    severity: Severity,
    message: String,
    help: String,
    fix: Option<(Applicability, String)>,
}

impl Cause {
    fn of(d: &Diagnostic) -> Option<Self> {
        let [use_case] = d.use_cases.as_slice() else { return None };
        (d.impact != Impact::Startup).then(|| Self {
            rule: d.rule.clone(),
            severity: d.severity,
            message: without(&d.message, *use_case),
            help: without(&d.help, *use_case),
            fix: d.fix.as_ref().map(|f| (f.applicability, without(&f.title, *use_case))),
        })
    }
}

/// `text` without the use case's name and its variables' prefix. Inside backticks only the prefix goes: the rest
/// there is a value.
fn without(text: &str, use_case: UseCase) -> String {
    let text = text.replace(use_case.stem(), "");
    let mut out = String::with_capacity(text.len());
    for (i, part) in text.split('`').enumerate() {
        if i > 0 {
            out.push('`');
        }
        if i % 2 == 1 {
            out.push_str(part);
        } else {
            out.push_str(&part.replace(use_case.name(), ""));
        }
    }
    out
}

/// Whether `other` is about another use case and its edits can be made together with those of `first`.
fn can_absorb(first: &Diagnostic, other: &Diagnostic) -> bool {
    let (ours, theirs) = (edits(first), edits(other));
    !first.use_cases.iter().any(|u| other.use_cases.contains(u))
        && ours.iter().all(|a| theirs.iter().all(|b| a == b || !fix::overlap(a, b)))
}

fn edits(d: &Diagnostic) -> &[Edit] {
    d.fix.as_ref().map_or(&[], |fix| &fix.edits)
}

fn absorb(first: &mut Diagnostic, other: Diagnostic) {
    first.use_cases.extend(other.use_cases);
    order::sort(&mut first.use_cases);
    first.containers = first.containers.or(other.containers);
    if other.span != first.span || other.span.is_none() {
        let message = other.variable.map_or_else(|| "the same here".to_owned(), |v| format!("the same for {v}"));
        first.related.push(Related { message, span: other.span });
    }
    if let (Some(fix), Some(more)) = (&mut first.fix, other.fix) {
        if fix.title != more.title {
            fix.title = format!("{}; {}", fix.title, more.title);
        }
        fix.edits.extend(more.edits);
        order::sort(&mut fix.edits);
        fix.edits.dedup();
    }
}
