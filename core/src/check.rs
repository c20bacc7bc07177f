//! The whole way from inputs to a report.

use crate::config::Config;
use crate::report::diagnostic::Read;
use crate::report::{Diagnostic, Report, suppress};
use crate::rule::{self, Context, Findings};
use crate::source::Deployment;
use crate::text::mask::Masker;
use crate::variable::{Containers, Version};

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Langfuse's release, where the user said so; else the image tags count.
    pub version: Option<Version>,
    /// Only this container.
    pub container: Option<Containers>,
    /// Rules not to report.
    pub ignore: Vec<String>,
}

/// Runs every rule over `deployment`.
#[must_use]
pub fn check(deployment: &Deployment, options: &Options) -> Report {
    let wanted = options.container.unwrap_or(Containers::BOTH);
    let configs: Vec<Config<'_>> = deployment
        .environments
        .iter()
        .filter(|(c, _)| c.meets(wanted))
        .map(|(c, e)| Config::new(c.and(wanted), e))
        .collect();
    let context = Context { deployment, configs: &configs, version: options.version };
    let mut drafts = Vec::new();
    for rule in rule::all() {
        if options.ignore.iter().any(|slug| slug == rule.slug) {
            continue;
        }
        (rule.check)(&context, &mut Findings::new(rule, &context, &mut drafts));
    }
    let mut diagnostics: Vec<Diagnostic> = drafts.into_iter().map(|d| d.finish(&context)).collect();
    suppress::apply(deployment, &mut diagnostics, &options.ignore);
    if !diagnostics.is_empty() {
        mask(deployment, &mut diagnostics);
    }
    let read = deployment
        .texts
        .iter()
        .map(|t| Read { file: t.name.clone(), kind: t.kind, containers: t.containers })
        .collect();
    Report::new(read, diagnostics)
}

/// The last line of defence: whatever a rule wrote, no secret leaves.
fn mask(deployment: &Deployment, diagnostics: &mut [Diagnostic]) {
    let masker = Masker::new(deployment);
    for d in diagnostics {
        d.message = masker.mask(&d.message);
        d.help = masker.mask(&d.help);
        for related in &mut d.related {
            related.message = masker.mask(&related.message);
        }
        if let Some(fix) = &mut d.fix {
            fix.title = masker.mask(&fix.title);
            if fix.edits.iter().any(|e| masker.finds(&e.replacement)) {
                fix.edits.clear();
                fix.applicability = crate::report::Applicability::Manual;
            }
        }
    }
}
