//! A release of a chart that a document describes, and whether it's Langfuse.

use super::Layer;
use super::layer::Opened;
use super::umbrella;
use crate::source::environment::Environment;
use crate::source::helm::values::File;
use crate::source::platform;
use crate::source::reader::Reader;
use crate::variable::Containers;

/// A release of a chart.
#[derive(Default)]
pub(super) struct Release {
    /// The chart's name or path.
    pub(super) chart: Option<String>,
    /// The chart's version or range of versions.
    pub(super) version: Option<String>,
    /// The release's name.
    pub(super) name: Option<String>,
    /// Its values; later ones override earlier ones.
    pub(super) layers: Vec<Layer>,
    /// Whether it has further values that aren't in the document.
    pub(super) hidden: bool,
}

impl Release {
    /// Whether the chart is called as Langfuse's is.
    fn is_of_langfuse(&self) -> bool {
        self.chart.as_deref().is_some_and(|c| c.trim_end_matches('/').rsplit('/').next() == Some("langfuse"))
    }

    /// The version of Langfuse's chart, or the range of versions, if the document names one.
    pub(super) fn chart_version(&self) -> Option<String> {
        let version = self.version.as_deref()?.trim();
        let is_version = version.trim_start_matches(['v', '=', '~', '^']).starts_with(|c: char| c.is_ascii_digit());
        // What another program fills in names none.
        let plain = !version.contains([' ', '<', '>', '{', '$']);
        (is_version && plain && self.is_of_langfuse()).then(|| version.to_owned())
    }
}

/// What a release of Langfuse has.
pub(super) enum Content {
    /// Values of the Langfuse chart.
    Values { files: Vec<File>, hidden: bool },
    /// What containers receive by another chart's values.
    Containers(Vec<(Containers, Environment)>),
}

/// What the release has for Langfuse; `None` if it's something else.
pub(super) fn content(reader: &mut Reader<'_>, release: &Release, opened: Opened) -> Option<Content> {
    let Opened { mut files, hidden } = opened;
    let values = |files| Some(Content::Values { files, hidden });
    if release.is_of_langfuse() {
        let alias = files.iter().find_map(|f| umbrella::certain(&f.yaml, f.root));
        // A chart of one's own may have the same name.
        let own = release.chart.as_deref().is_some_and(|c| c.starts_with('.') || c.starts_with('/'));
        return match alias.filter(|_| own) {
            Some(alias) => values(below(files, &alias)),
            None => values(files),
        };
    }
    if let Some(alias) = files.iter().find_map(|f| umbrella::certain(&f.yaml, f.root)) {
        return values(below(files, &alias));
    }
    if files.iter().any(|f| umbrella::keys(&f.yaml, f.root) > 1) {
        return values(files);
    }
    let mut environments = Vec::new();
    for file in &files {
        let containers = platform::search(&file.yaml, &[file.root]);
        for (which, environment) in platform::environments(reader, file.number, &file.yaml, &containers, false) {
            if !environments.iter().any(|(c, _): &(Containers, Environment)| *c == which) {
                environments.push((which, environment));
            }
        }
    }
    if !environments.is_empty() {
        for (_, environment) in &mut environments {
            environment.open |= hidden;
        }
        return Some(Content::Containers(environments));
    }
    let named = release.chart.as_deref().is_none_or(|c| c.contains("langfuse"));
    files.retain(|f| !f.yaml.is_null(f.root));
    (named && files.iter().any(|f| umbrella::keys(&f.yaml, f.root) > 0)).then_some(Content::Values { files, hidden })
}

/// The parts of the values that the dependency `alias` gets.
fn below(files: Vec<File>, alias: &str) -> Vec<File> {
    let below = |f: File| f.yaml.get(f.root, alias).map(|root| File { root, ..f });
    files.into_iter().filter_map(below).collect()
}
