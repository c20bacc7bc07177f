//! The rules: a directory per family, a file per rule, named after the rule.
//!
//! To add a rule, add a file with a [`rule!`](crate::rule::rule) item and its function to a family's directory, and list
//! it in the family's `RULES`. Its doc comment is its page: `explain`, docs/rules.md and the tests read it. A test runs the page's
//! "Example", which must trigger the rule, and its "Use instead", which must be clean under all rules.

mod finding;
#[cfg(feature = "pages")]
pub mod page;

mod azure;
mod bucket;
mod compose;
mod containers;
mod credential;
mod encryption;
mod endpoint;
mod engine;
mod export;
mod gcs;
mod helm;
mod media;
mod name;
mod oci;
mod prefix;
mod region;
mod source;
mod startup;
pub(crate) mod suppression;
mod text;
mod tuning;
mod value;

use std::cell::OnceCell;
use std::collections::BTreeSet;

pub use finding::{DraftFix, Drafts, Finding, Findings};

use crate::config::{Block, Config, Engine};
use crate::order;
use crate::report::{Impact, Severity};
use crate::source::{Deployment, Kind, Setting};
use crate::variable::{Containers, Var, Version};

/// One rule.
pub struct Rule {
    /// Names the mistake; the ID in reports and suppressions.
    pub slug: &'static str,
    /// The default severity. A finding may override it, and a finding on defaults alone is a hint.
    pub severity: Severity,
    /// The impact.
    pub impact: Impact,
    /// What is wrong, on one line: the first line of the page.
    pub title: &'static str,
    /// The page in Markdown: what it is about, then the headings Why, Example, Use instead, Seen in.
    #[cfg(feature = "pages")]
    pub page: &'static str,
    /// Finds the mistake.
    pub check: fn(&Context<'_>, &mut Findings<'_, '_>),
}

/// Declares a rule as a static; the doc comment becomes its page, and its first line the title.
macro_rules! rule {
    (#[doc = $title:literal] $(#[doc = $doc:literal])* $name:ident = $slug:literal, $severity:ident, $impact:ident, $check:path) => {
        #[doc = $title]
        $(#[doc = $doc])*
        pub(crate) static $name: $crate::rule::Rule = $crate::rule::Rule {
            slug: $slug,
            severity: $crate::report::Severity::$severity,
            impact: $crate::report::Impact::$impact,
            title: $title.trim_ascii_start(),
            #[cfg(feature = "pages")]
            page: concat!($title, "\n", $($doc, "\n"),*),
            check: $check,
        };
    };
}
pub(crate) use rule;

/// Every family in documentation order: title and rules.
pub static FAMILIES: &[(&str, &[&Rule])] = &[
    ("Startup", startup::RULES),
    ("Reading files", source::RULES),
    ("Values", value::RULES),
    ("Names", name::RULES),
    ("Credentials", credential::RULES),
    ("Region", region::RULES),
    ("Endpoint", endpoint::RULES),
    ("Bucket", bucket::RULES),
    ("Prefixes and shared buckets", prefix::RULES),
    ("Media", media::RULES),
    ("Exports", export::RULES),
    ("Engine", engine::RULES),
    ("Azure Blob Storage", azure::RULES),
    ("Google Cloud Storage", gcs::RULES),
    ("Oracle Object Storage", oci::RULES),
    ("Encryption", encryption::RULES),
    ("Tuning", tuning::RULES),
    ("Docker Compose", compose::RULES),
    ("Helm", helm::RULES),
    ("Web and worker", containers::RULES),
    ("Suppression", suppression::RULES),
];

/// Every rule, family by family.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().flat_map(|(_, rules)| rules.iter().copied())
}

/// The rule with that slug.
#[must_use]
pub fn by_slug(slug: &str) -> Option<&'static Rule> {
    all().find(|r| r.slug == slug)
}

/// The only rule that runs on the environment of an application: nothing of the others' business is in it.
pub(crate) const OF_AN_APPLICATION: &str = "environment-of-an-application";

/// Whether the files are the environment of an application that sends traces.
pub(crate) fn is_application(cx: &Context<'_>) -> bool {
    name::key_of_application(cx).is_some()
}

/// What a rule can inspect.
pub struct Context<'d> {
    /// The files and what they say.
    pub deployment: &'d Deployment,
    /// The configuration of each container: one for both, or one each.
    pub configs: &'d [Config<'d>],
    /// Langfuse's version, if given by flag.
    pub version: Option<Version>,
    /// The active use cases on the S3 engine, computed once: most rules are about these.
    blocks: Vec<(&'d Config<'d>, &'d Block<'d>)>,
    /// What Langfuse's own schema rejects, computed once for the startup rules.
    pub rejected: Vec<Rejected<'d>>,
    /// Where the names of settings stand: file and first byte, sorted.
    names: OnceCell<Vec<(usize, usize)>>,
    /// Names that a text uses as `$NAME` or `${NAME…}`.
    referred: OnceCell<BTreeSet<&'d str>>,
}

/// A value that keeps Langfuse from starting.
#[derive(Clone, Copy)]
pub struct Rejected<'d> {
    /// The configuration it belongs to.
    pub config: &'d Config<'d>,
    /// The setting.
    pub setting: &'d Setting,
    /// Its row in the variable table.
    pub var: Var,
}

/// The active use cases on the S3 engine. The other engines ignore regions and keys, or have one account key for each
/// use case, and they read endpoints differently.
fn s3_blocks<'c, 'd>(cx: &'c Context<'d>) -> impl Iterator<Item = (&'d Config<'d>, &'d Block<'d>)> + use<'c, 'd> {
    cx.blocks.iter().copied()
}

impl<'d> Context<'d> {
    /// The context of `deployment` with `configs`.
    #[must_use]
    pub fn new(deployment: &'d Deployment, configs: &'d [Config<'d>], version: Option<Version>) -> Self {
        let mut rejected = Vec::new();
        for config in configs {
            for setting in config.environment.iter() {
                let (Some(var), Some(text)) = (setting.var, setting.text()) else { continue };
                let row = var.row();
                if !row.context && row.readers.meets(config.containers) && row.rejects(text) {
                    rejected.push(Rejected { config, setting, var });
                }
            }
        }
        let s3 = configs.iter().filter(|c| c.engine == Engine::S3);
        let blocks = s3.flat_map(|c| c.used().map(move |b| (c, b))).collect();
        Self { deployment, configs, version, blocks, rejected, names: OnceCell::new(), referred: OnceCell::new() }
    }

    /// Whether the entry of `setting` holds no other variable, so that deleting it takes nothing else along.
    pub(crate) fn stands_alone(&self, setting: &Setting) -> bool {
        let names = self.names.get_or_init(|| {
            let received = self.deployment.environments.iter().flat_map(|(_, e)| e.iter());
            let lost = self.deployment.duplicates.iter().map(|d| &d.lost);
            let mut names: Vec<(usize, usize)> =
                received.chain(lost).filter_map(|s| s.place).map(|p| (p.name.file, p.name.start)).collect();
            order::sort(&mut names);
            names
        });
        let Some(place) = setting.place else { return false };
        let Some(entry) = place.entry else { return false };
        let own = (place.name.file, place.name.start);
        let first = names.partition_point(|name| *name < (entry.file, entry.start));
        let inside = names.get(first..).unwrap_or(&[]).iter().take_while(|name| **name < (entry.file, entry.end));
        inside.into_iter().all(|name| *name == own)
    }

    /// Whether a text uses the name as `$NAME`, `${NAME…}` or `$(NAME)`: then it is a variable of the operator's own.
    pub(crate) fn is_referred_to(&self, name: &str) -> bool {
        let expanding = |k: Kind| matches!(k, Kind::Compose | Kind::Dotenv) || k.is_manifest();
        let referred = self.referred.get_or_init(|| {
            let texts = self.deployment.texts.iter().filter(|t| expanding(t.kind) && t.text.contains('$'));
            order::filled(texts.flat_map(|t| {
                t.text.match_indices('$').filter_map(|(at, _)| {
                    let rest = t.text.get(at.saturating_add(1)..)?;
                    let rest = rest.strip_prefix(['{', '(']).unwrap_or(rest);
                    let name = |b: u8| b == b'_' || b.is_ascii_alphanumeric();
                    rest.get(..rest.bytes().position(|b| !name(b)).unwrap_or(rest.len()))
                })
            }))
        });
        referred.contains(name)
    }

    /// The configuration of `container` (web or worker).
    #[must_use]
    pub fn config(&self, container: Containers) -> Option<&'d Config<'d>> {
        self.configs.iter().find(|c| c.containers.meets(container))
    }

    /// Langfuse's version in `containers`: from the flag, else from the image tag.
    #[must_use]
    pub fn version(&self, containers: Containers) -> Option<Version> {
        self.version.or_else(|| {
            self.deployment.versions.iter().find(|(c, _, _)| c.meets(containers)).map(|(_, version, _)| *version)
        })
    }

    /// Whether Langfuse in `containers` is known to be older than `gate`.
    #[must_use]
    pub fn is_older(&self, containers: Containers, gate: Version) -> bool {
        self.version(containers).is_some_and(|v| v < gate)
    }

    /// Whether `host` is a service of the compose file.
    #[must_use]
    pub fn is_service(&self, host: &str) -> bool {
        self.deployment.compose.as_ref().is_some_and(|c| c.services.iter().any(|s| s == host))
    }
}
