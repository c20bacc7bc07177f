//! From inputs to a report.

pub(crate) mod excerpt;
mod merge;
mod suppress;

use excerpt::of_excerpts;

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Config;
use crate::files::{Files, Replaced};
use crate::order;
use crate::redact::Redactor;
use crate::report::diagnostic::{Read, Slug};
use crate::report::{Applicability, Diagnostic, Impact, Report, fix};
use crate::rule::{self, Context, Drafts, Findings};
use crate::source::{self, Deployment, Given, Input, ReadError};
use crate::text::printable::escaped;
use crate::text::span::Span;
use crate::variable::{Containers, UseCase, Version};

/// What to check.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Langfuse's release, if the user set it; else it's detected from the image tags.
    pub version: Option<Version>,
    /// Only this container.
    pub container: Option<Containers>,
    /// Rules not to report.
    pub ignore: Vec<String>,
    /// The only rules to report, besides those about files that can't be read; empty for all.
    pub only: Vec<String>,
    /// The only rules to run; empty for all.
    pub select: &'static [&'static str],
}

/// Runs every rule over `deployment`.
#[must_use]
pub fn check(deployment: &Deployment, options: &Options) -> Report {
    merged(check_each(deployment, options))
}

/// `report` with one finding per cause.
fn merged(mut report: Report) -> Report {
    let diagnostics = merge::merge(std::mem::take(&mut report.diagnostics));
    report.with(diagnostics)
}

/// As [`check`], but each use case has its own findings.
fn check_each(deployment: &Deployment, options: &Options) -> Report {
    let mut diagnostics = diagnose(deployment, options);
    if !diagnostics.is_empty() {
        mask(deployment, &mut diagnostics);
    }
    Report::new(deployment.texts.iter().map(Read::of).collect(), diagnostics)
}

/// The rules' findings, with secrets.
fn diagnose(deployment: &Deployment, options: &Options) -> Vec<Diagnostic> {
    let wanted = options.container.unwrap_or(Containers::BOTH);
    let judged = deployment.judged();
    let environments = judged.as_ref().unwrap_or(&deployment.environments);
    let (excerpts, whole): (Vec<_>, Vec<_>) =
        environments.iter().filter(|(c, _)| c.meets(wanted)).partition(|(_, e)| e.excerpt);
    let mut drafts = Drafts::default();
    if !whole.is_empty() || excerpts.is_empty() {
        let configs: Vec<Config<'_>> = whole.iter().map(|(c, e)| Config::new(c.and(wanted), e)).collect();
        drafts = drafted(&Context::new(deployment, &configs, options.version), options);
    }
    if !excerpts.is_empty() {
        drafts.add(of_excerpts(deployment, &excerpts, wanted, options));
    }
    let context = Context::new(deployment, &[], options.version);
    let mut diagnostics: Vec<Diagnostic> = drafts.into_all().into_iter().map(|d| d.finish(&context)).collect();
    excerpt::keep_safe_fixes(deployment, &mut diagnostics);
    suppress::apply(deployment, &mut diagnostics, &options.ignore);
    if !options.only.is_empty() {
        diagnostics.retain(|d| d.impact == Impact::Unread || options.only.iter().any(|slug| *slug == d.rule));
    }
    diagnostics
}

/// What the rules draft about one context.
fn drafted(context: &Context<'_>, options: &Options) -> Drafts {
    let mut drafts = Drafts::default();
    let application = rule::is_application(context);
    let every = !application && options.select.is_empty() && options.ignore.is_empty();
    let wanted = |rule: &rule::Rule| {
        (options.select.is_empty() || options.select.contains(&rule.slug))
            && (!application || rule.slug == rule::OF_AN_APPLICATION)
            && !options.ignore.iter().any(|slug| slug == rule.slug)
    };
    for rule in rule::all() {
        if !every && !wanted(rule) {
            continue;
        }
        #[cfg(test)]
        tests::RULES_RUN.set(tests::RULES_RUN.get().saturating_add(1));
        (rule.check)(context, &mut Findings::new(rule, context, &mut drafts));
    }
    drafts
}

/// Reads `inputs`, runs every rule, and tries each fix: one that would reveal another finding, because the fixed
/// value can now be checked, needs review and is no longer safe.
///
/// # Errors
/// As [`source::read`].
pub fn examine(
    inputs: &[Input],
    reading: &source::Options,
    options: &Options,
    files: &dyn Files,
) -> Result<(Deployment, Report), ReadError> {
    let deployment = source::read(inputs, reading, files)?;
    let mut report = check_each(&deployment, options);
    Trial { inputs, reading, options, files, deployment: &deployment }.run(&mut report);
    Ok((deployment, merged(report)))
}

/// Tries fixes on copies of the inputs.
struct Trial<'t> {
    inputs: &'t [Input],
    reading: &'t source::Options,
    options: &'t Options,
    files: &'t dyn Files,
    deployment: &'t Deployment,
}

/// A finding without its location and wording.
type Key = (Slug, Option<String>, Option<UseCase>);

impl Trial<'_> {
    /// At most this many fixes are tried individually; the rest waits for the next run.
    const MOST: usize = 64;
    /// At most this many bytes are read again for it: with a large file, fewer fixes are tried.
    const BYTES: usize = 16 << 20;

    fn run(&self, report: &mut Report) {
        let before = keys(&report.diagnostics);
        let with_edits = |r: &Report, a: Applicability| -> Vec<usize> {
            let wanted = |d: &Diagnostic| d.fix.as_ref().is_some_and(|f| f.applicability == a && !f.edits.is_empty());
            r.diagnostics.iter().enumerate().filter(|(_, d)| wanted(d)).map(|(i, _)| i).collect()
        };
        let mut accepted: Vec<Diagnostic> = Vec::new();
        let bytes: usize = self.deployment.texts.iter().map(|t| t.text.len()).sum();
        let most = Self::MOST.min(Self::BYTES.checked_div(bytes).unwrap_or(Self::MOST));
        for (applicability, lesser) in
            [(Applicability::Safe, Applicability::Unsafe), (Applicability::Unsafe, Applicability::Manual)]
        {
            for (tried, index) in with_edits(report, applicability).into_iter().enumerate() {
                let Some(diagnostic) = report.diagnostics.get_mut(index) else { continue };
                accepted.push(diagnostic.clone());
                if tried < most && self.adds_nothing(&accepted, &before) {
                    continue;
                }
                accepted.pop();
                if let Some(fix) = &mut diagnostic.fix {
                    fix.applicability = lesser;
                    if lesser == Applicability::Manual {
                        fix.edits.clear();
                    }
                }
            }
        }
    }

    fn adds_nothing(&self, accepted: &[Diagnostic], before: &BTreeSet<Key>) -> bool {
        let trial = Report::new(Vec::new(), accepted.to_vec());
        let texts = self.deployment.texts.iter().map(|t| (t.name.as_str(), t.text.as_str()));
        let changed = fix::apply(texts, &trial, true);
        let mut inputs = self.inputs.to_vec();
        replace(&mut inputs, &changed);
        source::read(&inputs, self.reading, &Replaced::new(self.files, &changed))
            .is_ok_and(|deployment| keys(&diagnose(&deployment, self.options)).is_subset(before))
    }
}

fn keys(diagnostics: &[Diagnostic]) -> BTreeSet<Key> {
    order::filled(diagnostics.iter().map(|d| (d.rule.clone(), d.variable.clone(), d.use_cases.first().copied())))
}

/// Gives the inputs among `changed` their new texts; [`Replaced`] does so for the files that they name.
pub fn replace(inputs: &mut [Input], changed: &BTreeMap<String, String>) {
    for (name, text) in changed {
        for input in inputs.iter_mut().filter(|i| i.name == *name) {
            input.given = Given::Bytes(text.clone().into_bytes());
        }
    }
}

/// The last line of defence: no secret leaves in anything that a rule wrote.
fn mask(deployment: &Deployment, diagnostics: &mut [Diagnostic]) {
    let masker = Redactor::new(deployment);
    for d in diagnostics {
        let known = |name: &String| crate::variable::find(name).is_some();
        // A rule's text is one line without anything that a terminal or a log would interpret.
        let clean = |text: &str| escaped(&masker.mask(text));
        // A comment after a secret may contain one: what it names isn't quoted.
        if d.rule == rule::suppression::UNUSED_SUPPRESSION.slug
            && let Some(at) = &d.span
            && let Some(file) = deployment.texts.iter().position(|t| t.name == at.file)
            && masker.is_hidden(file, at.offset, at.offset.saturating_add(at.length))
        {
            let slug = deployment.slice(Span::new(file, at.offset, at.offset.saturating_add(at.length)));
            d.message = suppress::unused(None, rule::by_slug(slug).is_none());
        }
        d.variable = d.variable.take().map(|name| if known(&name) { name } else { clean(&name) });
        d.message = clean(&d.message);
        d.help = clean(&d.help);
        for related in &mut d.related {
            related.message = clean(&related.message);
        }
        if let Some(fix) = &mut d.fix {
            fix.title = clean(&fix.title);
            if fix.edits.iter().any(|e| masker.finds(&e.replacement)) {
                fix.edits.clear();
                fix.applicability = Applicability::Manual;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use crate::api;
    use crate::rule;

    thread_local! {
        /// How many rules this thread has run.
        pub(super) static RULES_RUN: Cell<usize> = const { Cell::new(0) };
    }

    /// How many rules `run` runs.
    fn rules_run<T>(run: impl FnOnce() -> T) -> usize {
        RULES_RUN.set(0);
        run();
        RULES_RUN.get()
    }

    #[test]
    fn who_only_needs_the_deployment_runs_no_rule() {
        let subject =
            api::Subject::parse(r#"{"files":[{"file":".env","text":"LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-b\nLANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=True"}]}"#)
                .expect("valid input");
        let options = api::Options::default();
        let report = api::to_json(&api::check(&subject, &options).expect("a report"));
        let fixable = report.contains("\"edits\":[{");
        assert!(fixable, "every fix is tried by checking again: {report}");
        assert!(rules_run(|| api::check(&subject, &options).expect("a report")) > rule::all().count());
        assert_eq!(rules_run(|| api::read(&subject, &options).expect("a deployment")), 0);
        assert_eq!(rules_run(|| api::render(&report, "text", Some(&subject), &options).expect("a text")), 0);
        assert_eq!(rules_run(|| api::resolve(&subject, &options).expect("variables")), 3);
    }
}
