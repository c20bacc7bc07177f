//! One fault of a store, one finding: what a step finds for several use cases in the same words.

use crate::order;
use crate::report::{Diagnostic, Related};
use crate::variable::UseCase;

/// Merges findings that differ only in their use case. The first keeps its variable and span; the others become related
/// locations.
pub(super) fn merge(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut merged: Vec<Diagnostic> = Vec::with_capacity(diagnostics.len());
    for other in diagnostics {
        let twin = merged.iter_mut().find(|first| {
            first.rule == other.rule
                && first.severity == other.severity
                && said(first) == said(&other)
                && help(first) == help(&other)
                && !first.use_cases.iter().any(|u| other.use_cases.contains(u))
        });
        match twin {
            Some(first) => absorb(first, other),
            None => merged.push(other),
        }
    }
    merged
}

fn names(use_cases: &[UseCase]) -> String {
    use_cases.iter().map(|u| u.name()).collect::<Vec<_>>().join(", ")
}

/// The message without the use cases that it begins with.
fn said(d: &Diagnostic) -> &str {
    d.message.strip_prefix(&names(&d.use_cases)).unwrap_or(&d.message)
}

/// The help without what's different in the names of the use cases' variables.
fn help(d: &Diagnostic) -> String {
    d.use_cases.first().map_or_else(|| d.help.clone(), |use_case| d.help.replace(use_case.stem(), ""))
}

fn absorb(first: &mut Diagnostic, other: Diagnostic) {
    let rest = said(first).to_owned();
    first.use_cases.extend(other.use_cases);
    order::sort(&mut first.use_cases);
    first.message = format!("{}{rest}", names(&first.use_cases));
    first.containers = first.containers.or(other.containers);
    if other.span.is_some() && other.span != first.span {
        let message = other.variable.map_or_else(|| "the same here".to_owned(), |v| format!("the same for {v}"));
        first.related.push(Related { message, span: other.span });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Impact, Severity};
    use crate::variable::Containers;

    fn found(use_case: UseCase, containers: Containers, text: &str) -> Diagnostic {
        Diagnostic {
            rule: "connection-refused".into(),
            severity: Severity::Error,
            impact: Impact::Failure,
            variable: Some(format!("{}_ENDPOINT", use_case.stem())),
            containers,
            use_cases: vec![use_case],
            message: format!("{}, connect: {text}", use_case.name()),
            help: format!("Check {}_ENDPOINT.", use_case.stem()),
            docs: String::new(),
            span: None,
            related: Vec::new(),
            fix: None,
        }
    }

    #[test]
    fn one_fault_of_one_store_is_one_finding() {
        let merged = merge(vec![
            found(UseCase::Events, Containers::WORKER, "a:9000 refused"),
            found(UseCase::Media, Containers::WEB, "b:9000 refused"),
            found(UseCase::Exports, Containers::WEB, "a:9000 refused"),
        ]);
        let said: Vec<&str> = merged.iter().map(|d| d.message.as_str()).collect();
        assert_eq!(said, ["events, exports, connect: a:9000 refused", "media, connect: b:9000 refused"]);
        assert!(merged.iter().any(|d| d.containers == Containers::BOTH && d.use_cases.len() == 2));
    }
}
