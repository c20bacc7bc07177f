//! What a rule reports when it fires, before it becomes a diagnostic.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Context, Rule};
use crate::config::{Block, Config};
use crate::order;
use crate::report::diagnostic::page_address;
use crate::report::{Applicability, Diagnostic, Edit, Fix, Impact, Related, Severity};
use crate::source::Setting;
use crate::text::span::Span;
use crate::variable::{Containers, Presence, UseCase, Var};

/// One finding under construction.
#[must_use = "a finding has no effect until it is pushed"]
pub struct Finding<'s> {
    containers: Containers,
    variable: Option<Cow<'static, str>>,
    use_case: Option<UseCase>,
    span: Option<Span>,
    severity: Option<Severity>,
    message: String,
    help: String,
    related: Vec<(Option<Span>, String)>,
    fix: Option<DraftFix>,
    looked_at: Vec<&'s Setting>,
    /// Variables that the finding complains are missing.
    absent: Vec<Var>,
    keeps_severity: bool,
    impact: Option<Impact>,
}

/// A fix with spans instead of locations.
pub struct DraftFix {
    /// What it does, as an imperative.
    pub title: String,
    /// Whether it can be applied without review.
    pub applicability: Applicability,
    /// Each span and its replacement.
    pub edits: Vec<(Span, String)>,
}

impl DraftFix {
    /// A fix that `--fix` applies.
    pub fn safe(title: impl Into<String>, edits: Vec<(Span, String)>) -> Self {
        Self { title: title.into(), applicability: Applicability::Safe, edits }
    }

    /// A fix that needs `--unsafe-fixes`.
    pub fn risky(title: impl Into<String>, edits: Vec<(Span, String)>) -> Self {
        Self { title: title.into(), applicability: Applicability::Unsafe, edits }
    }
}

impl<'s> Finding<'s> {
    /// A finding about `setting` as the containers of `config` receive it. Containers that don't read the variable are
    /// left out, unless none does.
    pub fn at(config: &Config<'_>, setting: &'s Setting) -> Self {
        let readers = setting.var.map_or(Containers::BOTH, |v| v.row().readers);
        let containers = config.containers.and(readers);
        let mut finding = Self::text(if containers.is_empty() { config.containers } else { containers });
        finding.variable = Some(setting.name.clone());
        finding.use_case = setting.var.and_then(|v| v.row().use_case);
        finding.span = setting.span();
        finding.looked_at.push(setting);
        if let (Some(via), Some(place)) = (setting.via, setting.place) {
            if via.file != place.value.file {
                finding.related.push((Some(via), "passed on here".into()));
            }
        }
        finding
    }

    /// A finding about a variable that isn't set. It points at the first field of its block that has a location.
    pub fn missing(config: &Config<'_>, variable: Var) -> Self {
        let row = variable.row();
        let mut finding = Self::text(config.containers.and(row.readers));
        finding.variable = Some(Cow::Borrowed(row.name));
        finding.use_case = row.use_case;
        finding.keeps_severity = row.presence == Presence::Required;
        finding.absent.push(variable);
        if let Some(use_case) = row.use_case {
            let neighbour = config.block(use_case).fields().find_map(Setting::span);
            finding.span = neighbour;
        }
        finding
    }

    /// A finding about a file rather than a setting.
    pub fn text(containers: Containers) -> Self {
        Self {
            containers,
            variable: None,
            use_case: None,
            span: None,
            severity: None,
            message: String::new(),
            help: String::new(),
            related: Vec::new(),
            fix: None,
            looked_at: Vec::new(),
            absent: Vec::new(),
            keeps_severity: false,
            impact: None,
        }
    }

    /// One sentence: what's wrong, with the value and what's expected.
    pub fn message(mut self, text: impl Into<String>) -> Self {
        self.message = text.into();
        self
    }

    /// What to do, as an imperative.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = text.into();
        self
    }

    /// The use case, if the variable doesn't imply it.
    pub fn for_block(mut self, block: &Block<'_>) -> Self {
        self.use_case = Some(block.use_case);
        self
    }

    /// Another setting that the rule looked at, and how it relates.
    pub fn because(mut self, setting: &'s Setting, message: impl Into<String>) -> Self {
        self.related.push((setting.span(), message.into()));
        self.looked_at.push(setting);
        self
    }

    /// Another setting that the rule looked at, without pointing at it.
    pub fn looks_at(mut self, setting: Option<&'s Setting>) -> Self {
        self.looked_at.extend(setting);
        self
    }

    /// A variable that is missing, which is part of the mistake: where the official file sets it, its absence
    /// isn't a default.
    pub fn lacks(mut self, variable: Option<Var>) -> Self {
        self.absent.extend(variable);
        self
    }

    /// The impact, instead of the rule's.
    pub fn impact(mut self, impact: Impact) -> Self {
        self.impact = Some(impact);
        self
    }

    /// Another location.
    pub fn related(mut self, span: Option<Span>, message: impl Into<String>) -> Self {
        self.related.push((span, message.into()));
        self
    }

    /// Where to point, instead of at the setting.
    pub fn span(mut self, span: Option<Span>) -> Self {
        self.span = span.or(self.span);
        self
    }

    /// The containers, instead of those that read the variable.
    pub fn containers(mut self, containers: Containers) -> Self {
        self.containers = containers;
        self
    }

    /// The variable, instead of the setting's.
    pub fn variable(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.variable = Some(name.into());
        self
    }

    /// The severity, instead of the rule's.
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Keeps the severity even if every value is a default: the file itself is at fault.
    pub fn keeps_severity(mut self) -> Self {
        self.keeps_severity = true;
        self
    }

    /// How to fix it; `None` leaves it to a person.
    pub fn fix(mut self, fix: impl Into<Option<DraftFix>>) -> Self {
        self.fix = fix.into();
        self
    }
}

/// Collects the findings of a rule.
pub struct Findings<'r, 'd> {
    rule: &'static Rule,
    context: &'r Context<'d>,
    drafts: &'r mut Drafts,
}

/// The findings so far, indexed by what makes two of them one: a file can have as many findings as lines.
#[derive(Default)]
pub struct Drafts {
    all: Vec<Draft>,
    index: BTreeMap<DraftKey, usize>,
}

type DraftKey = (&'static str, Option<Span>, Option<Cow<'static, str>>, Option<UseCase>);

impl Drafts {
    /// Keeps what `other` has as well, with the lesser severity.
    pub(crate) fn keep_common(&mut self, other: &Self) {
        let index = std::mem::take(&mut self.index);
        let mut all: Vec<Option<Draft>> = std::mem::take(&mut self.all).into_iter().map(Some).collect();
        for (key, at) in index {
            let twin = other.index.get(&key).and_then(|at| other.all.get(*at));
            let (Some(twin), Some(draft)) = (twin, all.get_mut(at)) else {
                if let Some(draft) = all.get_mut(at) {
                    *draft = None;
                }
                continue;
            };
            if let Some(draft) = draft {
                draft.severity = draft.severity.min(twin.severity);
            }
        }
        all.into_iter().flatten().for_each(|draft| self.put(draft));
    }

    /// Keeps what concerns no variable or one that `known` accepts.
    pub(crate) fn keep_variables(&mut self, known: impl Fn(&str) -> bool) {
        self.keep(&|draft| draft.variable.as_deref().is_none_or(&known));
    }

    /// Keeps the findings of the rules that `wanted` accepts.
    pub(crate) fn keep_rules(&mut self, wanted: impl Fn(&str) -> bool) {
        self.keep(&|draft| wanted(draft.rule.slug));
    }

    fn keep(&mut self, wanted: &dyn Fn(&Draft) -> bool) {
        self.index.clear();
        let all = std::mem::take(&mut self.all);
        all.into_iter().filter(wanted).for_each(|draft| self.put(draft));
    }

    /// Adds the findings of `other`.
    pub(crate) fn add(&mut self, other: Self) {
        other.all.into_iter().for_each(|draft| self.put(draft));
    }

    /// Adds one; one already there is merged with it.
    fn put(&mut self, draft: Draft) {
        let key = (draft.rule.slug, draft.span, draft.variable.clone(), draft.use_case);
        if let Some(twin) = self.index.get(&key).and_then(|at| self.all.get_mut(*at)) {
            twin.containers = twin.containers.or(draft.containers);
            twin.severity = twin.severity.max(draft.severity);
            return;
        }
        self.index.insert(key, self.all.len());
        self.all.push(draft);
    }

    /// The findings in the order they were reported.
    pub(crate) fn into_all(self) -> Vec<Draft> {
        self.all
    }
}

/// A finding of one rule with its final severity.
pub struct Draft {
    rule: &'static Rule,
    severity: Severity,
    impact: Impact,
    containers: Containers,
    variable: Option<Cow<'static, str>>,
    use_case: Option<UseCase>,
    span: Option<Span>,
    message: String,
    help: String,
    related: Vec<(Option<Span>, String)>,
    fix: Option<DraftFix>,
}

impl<'r, 'd> Findings<'r, 'd> {
    pub(crate) fn new(rule: &'static Rule, context: &'r Context<'d>, drafts: &'r mut Drafts) -> Self {
        Self { rule, context, drafts }
    }

    /// Reports how many more there are beyond those listed, if any: "12 more `what`".
    pub fn push_rest(&mut self, count: usize, what: &str) {
        if count > 0 {
            let rest = Finding::text(Containers::BOTH).keeps_severity();
            let rest = rest.message(format!("{count} more {what} (not listed)"));
            self.push(rest.help("Fix the ones above and check again."));
        }
    }

    /// Adds a finding. One that looks at defaults alone becomes a hint; one already reported for the other container is
    /// merged with it.
    pub fn push(&mut self, finding: Finding<'_>) {
        let deployment = self.context.deployment;
        let wanted = finding.severity.unwrap_or(self.rule.severity);
        // Nothing was looked at, and what's missing is the whole finding.
        let only_absent = finding.looked_at.is_empty() && !finding.absent.is_empty();
        let only_defaults = !finding.keeps_severity
            && !only_absent
            && finding.looked_at.iter().all(|s| deployment.is_untouched(finding.containers, s))
            && !finding.absent.iter().any(|v| deployment.sets_by_default(*v));
        let severity = if only_defaults { wanted.min(Severity::Hint) } else { wanted };
        self.drafts.put(Draft {
            rule: self.rule,
            severity,
            impact: finding.impact.unwrap_or(self.rule.impact),
            containers: finding.containers,
            variable: finding.variable,
            use_case: finding.use_case,
            span: finding.span,
            message: finding.message,
            help: finding.help,
            related: finding.related,
            fix: finding.fix,
        });
    }
}

impl Draft {
    /// The finished diagnostic.
    pub(crate) fn finish(self, context: &Context<'_>) -> Diagnostic {
        let locate = |span: Option<Span>| span.and_then(|s| context.deployment.locate(s));
        let fix = self.fix.map(|fix| {
            let mut edits: Vec<Edit> = fix
                .edits
                .into_iter()
                .filter_map(|(span, replacement)| {
                    context.deployment.locate(span).map(|span| Edit { span, replacement })
                })
                .collect();
            order::sort(&mut edits);
            Fix { title: fix.title, applicability: fix.applicability, edits }
        });
        Diagnostic {
            rule: self.rule.slug.into(),
            severity: self.severity,
            impact: self.impact,
            variable: self.variable.map(Cow::into_owned),
            containers: self.containers,
            use_cases: self.use_case.into_iter().collect(),
            message: self.message,
            help: self.help,
            docs: page_address(self.rule.slug),
            span: locate(self.span),
            related: self.related.into_iter().map(|(span, message)| Related { message, span: locate(span) }).collect(),
            fix,
        }
    }
}

/// Replaces the value of `setting` if its bytes are the value itself and `new` needs no quoting in any format;
/// otherwise `None`.
#[must_use]
pub fn replace_value(setting: &Setting, new: &str) -> Option<Vec<(Span, String)>> {
    let place = setting.place.filter(|p| p.plain && !p.value.is_empty())?;
    let harmless =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | '+' | '=' | '%' | ',');
    (!setting.is_secret() && new.chars().all(harmless) && !new.is_empty()).then(|| vec![(place.value, new.to_owned())])
}

/// Renames `setting` if its bytes are the variable's full name.
#[must_use]
pub fn rename(setting: &Setting, new: &str) -> Option<Vec<(Span, String)>> {
    let place = setting.place.filter(|p| p.named)?;
    Some(vec![(place.name, new.to_owned())])
}

/// Deletes the entry of `setting` if that leaves the file intact.
#[must_use]
pub fn delete(setting: &Setting) -> Option<Vec<(Span, String)>> {
    let entry = setting.place?.entry?;
    Some(vec![(entry, String::new())])
}

/// Cuts `head` bytes from the start and `tail` bytes from the end of the value without repeating the rest, so a fix
/// never contains a secret.
#[must_use]
pub fn trim_value(setting: &Setting, head: usize, tail: usize) -> Option<Vec<(Span, String)>> {
    let place = setting.place.filter(|p| p.plain && head.saturating_add(tail) < p.value.len())?;
    let Span { file, start, end } = place.value;
    let mut edits = Vec::new();
    if head > 0 {
        edits.push((Span::new(file, start, start.saturating_add(head)), String::new()));
    }
    if tail > 0 {
        edits.push((Span::new(file, end.saturating_sub(tail), end), String::new()));
    }
    Some(edits)
}

/// Appends `text` to the value.
#[must_use]
pub fn append_value(setting: &Setting, text: &str) -> Option<Vec<(Span, String)>> {
    let place = setting.place.filter(|p| p.plain && !p.value.is_empty())?;
    Some(vec![(Span::at(place.value.file, place.value.end), text.to_owned())])
}
