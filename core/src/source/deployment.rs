//! Everything that was read.

use super::environment::{Duplicate, Environment, MOST_DUPLICATES};
use super::error::ReadError;
use super::facts::{ComposeFacts, HelmFacts, Line, Missing, Refusal, UnopenedFile};
use super::file::Text;
use super::kind::{Dialect, Wrapper};
use super::replica::Replica;
use super::setting::Setting;
use crate::text::secret::Secret;
use crate::text::span::{Location, Span};
use crate::variable::{Containers, Version};

/// Everything that a set of files says about one deployment.
#[derive(Debug)]
pub struct Deployment {
    /// The files, in the order in which they were read.
    pub texts: Vec<Text>,
    /// How Langfuse is deployed.
    pub wrapper: Wrapper,
    /// What the containers receive: one environment for both, or one each. Empty if a file was refused.
    pub environments: Vec<(Containers, Environment)>,
    /// The Langfuse release of web and worker, from the image tags.
    pub versions: Vec<(Containers, Version, Option<Span>)>,
    /// Files that their real readers would refuse.
    pub refusals: Vec<Refusal>,
    /// What docker compose requires and what isn't here: it starts nothing without.
    pub missing: Vec<Missing>,
    /// Duplicate variables in one file.
    pub duplicates: Vec<Duplicate>,
    /// How many more there are than are kept.
    pub duplicates_left: usize,
    /// Dotenv files that were named but that nothing reads.
    pub unread: Vec<String>,
    /// Files that other files name and that weren't opened: what they set is unknown.
    pub unopened: Vec<UnopenedFile>,
    /// Values of shell variables that the files refer to and whose names mark them as secrets.
    pub shell_secrets: Vec<Secret>,
    /// Services and pods that run the same container as one that is checked, with other settings.
    pub replicas: Vec<Replica>,
    /// Entries of Kubernetes Secrets whose names aren't settings, whether or not a container receives them.
    pub from_secret: Vec<Setting>,
    /// Files of no known kind, or with nothing for Langfuse: they aren't judged.
    pub foreign: Vec<ReadError>,
    /// Lines of the dotenv files.
    pub lines: Vec<Line>,
    /// Dotenv files that the dialects read differently: file, first such line, the dialect that differs.
    pub disagreements: Vec<(Span, Dialect)>,
    /// Facts from a compose file.
    pub compose: Option<ComposeFacts>,
    /// Facts from chart values.
    pub helm: Option<HelmFacts>,
    /// The selected dotenv dialect.
    pub dialect: Dialect,
    /// Whether the command or `--deployment` shows which program reads the dotenv file.
    pub dialect_known: bool,
    /// The program that reads the dotenv file in this deployment, if it isn't [`Self::dialect`]'s.
    pub read_by: Option<Dialect>,
    /// Where the platform provides AWS credentials (an EKS annotation, ECS): region and keys may be injected.
    pub platform_identity: bool,
}

impl Deployment {
    /// An empty deployment under `wrapper`.
    #[must_use]
    pub fn new(wrapper: Wrapper) -> Self {
        Self {
            texts: Vec::new(),
            wrapper,
            environments: Vec::new(),
            versions: Vec::new(),
            refusals: Vec::new(),
            missing: Vec::new(),
            duplicates: Vec::new(),
            duplicates_left: 0,
            unread: Vec::new(),
            unopened: Vec::new(),
            shell_secrets: Vec::new(),
            replicas: Vec::new(),
            from_secret: Vec::new(),
            foreign: Vec::new(),
            lines: Vec::new(),
            disagreements: Vec::new(),
            compose: None,
            helm: None,
            dialect: Dialect::Compose,
            dialect_known: false,
            read_by: None,
            platform_identity: false,
        }
    }

    /// Whether the real reader refuses the files as they are here.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        !self.refusals.is_empty() || !self.missing.is_empty()
    }

    /// The environments to judge, if they differ from what the real reader resolves: where a name without a value is
    /// expanded, another machine or a platform has the value.
    #[must_use]
    pub fn judged(&self) -> Option<Vec<(Containers, Environment)>> {
        let partly = self.environments.iter().any(|(_, e)| !e.unseen.is_empty());
        partly.then(|| self.environments.iter().map(|(c, e)| (*c, e.judged())).collect())
    }

    /// What `container` (web or worker) receives; `None` if a file was refused or no file applies to it.
    #[must_use]
    pub fn environment(&self, container: Containers) -> Option<&Environment> {
        self.environments.iter().find(|(c, _)| c.meets(container)).map(|(_, e)| e)
    }

    /// Records a duplicate variable, if a rule reports it.
    pub fn keep_duplicate(&mut self, duplicate: Duplicate) {
        if !Duplicate::matters(&duplicate.lost) {
            return;
        }
        if self.duplicates.len() < MOST_DUPLICATES {
            self.duplicates.push(duplicate);
        } else {
            self.duplicates_left = self.duplicates_left.saturating_add(1);
        }
    }

    /// `span` in lines and columns.
    #[must_use]
    pub fn locate(&self, span: Span) -> Option<Location> {
        let text = self.texts.get(span.file)?;
        Some(text.lines().locate(&text.name, &text.text, span))
    }

    /// The bytes at `span`.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.texts.get(span.file).and_then(|t| t.text.get(span.start..span.end)).unwrap_or("")
    }
}
