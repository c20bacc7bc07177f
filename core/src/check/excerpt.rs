//! Excerpts of code: only what is literally there is judged.

use super::{Options, drafted};
use crate::config::Config;
use crate::report::{Applicability, Diagnostic, Edit};
use crate::rule::{Context, Drafts};
use crate::source::{Deployment, Environment, Kind, Place, Setting};
use crate::variable::{Containers, Role, Var};

/// Rules that judge one value alone, and look at the endpoint only for the interface that it belongs to. Without an
/// endpoint in sight, that's Amazon's.
const OF_THE_VALUE_ALONE: [&str; 1] = ["region-is-availability-zone"];

/// What the rules find in excerpts, without anything that follows from what is missing: a finding counts if it's there
/// both when what the excerpt doesn't set is unset, and when it's set to an unknown value.
pub(super) fn of_excerpts(
    deployment: &Deployment,
    excerpts: &[&(Containers, Environment)],
    wanted: Containers,
    options: &Options,
) -> Drafts {
    let supposed = |wanted: &dyn Fn(Var) -> bool| -> Vec<(Containers, Environment)> {
        excerpts.iter().map(|(containers, environment)| (*containers, environment.with_unknowns(wanted))).collect()
    };
    let drafts = |environments: &[&(Containers, Environment)]| {
        let configs: Vec<Config<'_>> = environments.iter().map(|(c, e)| Config::new(c.and(wanted), e)).collect();
        drafted(&Context::new(deployment, &configs, options.version), options)
    };
    let mut found = drafts(excerpts);
    found.keep_common(&drafts(&supposed(&|_| true).iter().collect::<Vec<_>>()));
    let mut alone = drafts(&supposed(&|v| v.row().role != Some(Role::Endpoint)).iter().collect::<Vec<_>>());
    alone.keep_rules(|slug| OF_THE_VALUE_ALONE.contains(&slug));
    found.add(alone);
    found.keep_variables(|name| excerpts.iter().any(|(_, e)| e.by_name(name).is_some()));
    found
}

/// Leaves a fix to a person unless each of its edits stays inside a string literal and needs no escape there.
pub(super) fn keep_safe_fixes(deployment: &Deployment, diagnostics: &mut [Diagnostic]) {
    let is_excerpt = |file: &str| deployment.texts.iter().position(|t| t.name == file && t.kind.is_excerpt());
    if !deployment.texts.iter().any(|t| t.kind.is_excerpt()) {
        return;
    }
    let places: Vec<Place> = settings(deployment).filter_map(|s| s.place).filter(|p| p.plain).collect();
    for fix in diagnostics.iter_mut().filter_map(|d| d.fix.as_mut()) {
        let fits = |edit: &Edit| {
            let Some(file) = is_excerpt(&edit.span.file) else { return true };
            let end = edit.span.offset.saturating_add(edit.span.length);
            let inside = |p: &Place| p.value.file == file && p.value.start <= edit.span.offset && end <= p.value.end;
            edit.replacement.chars().all(is_harmless) && places.iter().any(inside)
        };
        if !fix.edits.iter().all(fits) {
            fix.edits.clear();
            fix.applicability = Applicability::Manual;
        }
    }
}

fn settings(deployment: &Deployment) -> impl Iterator<Item = &Setting> {
    deployment.environments.iter().filter(|(_, e)| e.excerpt).flat_map(|(_, e)| e.iter())
}

/// Whether a character means itself in every string literal and template.
fn is_harmless(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | '+' | '=' | ',' | '@')
}

/// The excerpts among the files, each with how to get at the whole environment, and whether it sets any variable.
pub(crate) fn notes(deployment: &Deployment) -> impl Iterator<Item = Note<'_>> {
    deployment.texts.iter().enumerate().filter_map(|(number, text)| {
        let Kind::Excerpt(language) = text.kind else { return None };
        let sets = settings(deployment).any(|s| s.place.is_some_and(|p| p.name.file == number));
        Some(Note { file: &text.name, title: language.title(), whole: language.whole(), sets })
    })
}

/// What a report says about an excerpt.
pub(crate) struct Note<'d> {
    /// The file.
    pub(crate) file: &'d str,
    /// Its language.
    pub(crate) title: &'static str,
    /// How to get at the whole environment.
    pub(crate) whole: &'static str,
    /// Whether it sets any variable.
    pub(crate) sets: bool,
}
