//! The versions of the Langfuse chart, as far as their templates and defaults differ for storage.
//!
//! Source: the tags `langfuse-1.0.0` to `langfuse-2.0.0` of langfuse/langfuse-k8s, charts/langfuse: `values.yaml`,
//! `templates/_helpers.tpl` and `templates/validations.yaml`.

use std::fmt;

use crate::source::facts::ChartStore;
use crate::variable::Version;

/// The chart version whose templates render values of which nothing shows the version.
pub const CHART_VERSION: &str = "2.0.0";

/// Where a block without keys gets those of the bundled store from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum StoreKeys {
    /// `s3.auth.rootUser` and `s3.auth.rootPassword`.
    Text,
    /// Each of them, or the key of `s3.auth.existingSecret` that the values name for it.
    TextOrSecret,
    /// A Secret: the chart's, or `s3.auth.existingSecret`.
    Secret,
}

/// Which endpoint a block gets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Endpoints {
    /// That of events, else the shared one, else the bundled store's. The block's own has no effect.
    OfEvents,
    /// Its own, else the shared one.
    Own,
    /// Its own, else the shared one, else that of events, else the bundled store's.
    OwnOrBundled,
}

/// What the templates of the chart versions from `since` up to the next row do.
#[derive(Debug)]
pub(super) struct Templates {
    pub(super) since: Release,
    /// The last patch release of each minor version that has these templates.
    newest: &'static [Release],
    pub(super) store: ChartStore,
    /// The default of `s3.bucket`.
    pub(super) bucket: &'static str,
    pub(super) keys: StoreKeys,
    pub(super) endpoints: Endpoints,
}

/// Something that templates gained. Each is a change in [`TEMPLATES`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Feature {
    /// They read `s3.storageProvider` and `s3.gcs`.
    Providers,
    /// They read `langfuse.web.pod.additionalEnv` and the worker's.
    ComponentEnv,
    /// Credentials may come from `fieldRef` and `resourceFieldRef`.
    Downward,
    /// `s3.mediaUpload.enabled: false` skips the checks of its block.
    MediaSwitch,
    /// They read `langfuse.additionalEnvFrom`, and that of each component.
    EnvFrom,
}

impl Feature {
    /// The first release that has it.
    pub(super) fn since(self) -> Release {
        match self {
            Self::Providers => (1, 3, 0),
            Self::ComponentEnv => (1, 4, 1),
            Self::Downward => (1, 5, 2),
            Self::MediaSwitch => (1, 5, 5),
            Self::EnvFrom => (1, 5, 28),
        }
    }
}

impl Templates {
    /// Whether these templates have it.
    pub(super) fn has(&self, feature: Feature) -> bool {
        feature.since() <= self.since
    }
}

/// A release of the chart: major, minor, patch.
pub(super) type Release = (u16, u16, u16);

const FIRST: Templates = Templates {
    since: (1, 0, 0),
    newest: &[(1, 0, 0), (1, 1, 0)],
    store: ChartStore::MinIo,
    bucket: "",
    keys: StoreKeys::Text,
    endpoints: Endpoints::OfEvents,
};

const NAMED_KEYS: Templates = Templates { since: (1, 2, 1), newest: &[], keys: StoreKeys::TextOrSecret, ..FIRST };
const OWN_ENDPOINTS: Templates = Templates { since: (1, 2, 8), endpoints: Endpoints::Own, ..NAMED_KEYS };
const BUNDLED_ENDPOINT: Templates =
    Templates { since: (1, 2, 10), newest: &[(1, 2, 18)], endpoints: Endpoints::OwnOrBundled, ..OWN_ENDPOINTS };
const PROVIDERS: Templates = Templates { since: (1, 3, 0), newest: &[(1, 3, 6)], ..BUNDLED_ENDPOINT };
const COMPONENT_ENV: Templates = Templates { since: (1, 4, 1), newest: &[(1, 4, 1)], ..PROVIDERS };
const DOWNWARD: Templates = Templates { since: (1, 5, 2), newest: &[], ..COMPONENT_ENV };
const MEDIA_SWITCH: Templates = Templates { since: (1, 5, 5), ..DOWNWARD };
const ENV_FROM: Templates = Templates { since: (1, 5, 28), newest: &[(1, 5, 41)], ..MEDIA_SWITCH };
const SEAWEEDFS: Templates = Templates {
    since: (2, 0, 0),
    newest: &[(2, 0, 0)],
    store: ChartStore::SeaweedFs,
    bucket: "langfuse",
    keys: StoreKeys::Secret,
    ..ENV_FROM
};

/// Every change, in the order of the versions.
pub(super) static TEMPLATES: [Templates; 10] = [
    FIRST,
    NAMED_KEYS,
    OWN_ENDPOINTS,
    BUNDLED_ENDPOINT,
    PROVIDERS,
    COMPONENT_ENV,
    DOWNWARD,
    MEDIA_SWITCH,
    ENV_FROM,
    SEAWEEDFS,
];

/// The newest release before 2.0.0.
pub(super) const NEWEST_OF_1: Release = (1, 5, 41);
/// [`CHART_VERSION`].
pub(super) const NEWEST: Release = (2, 0, 0);

/// A version of the chart as somebody gives it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Asked {
    /// This release has known templates; of a range such as `1.5.x` or `^1.2.0`, the newest one.
    Known(Release),
    /// No known one; the nearest known one.
    Near(Release),
}

impl Asked {
    /// Reads `1.5.9`, `v1.5.9`, `1.5`, `1.5.x`, `~1.5.0` or `^1.2.0`. Any other range counts as unknown.
    pub(super) fn parse(text: &str) -> Self {
        let text = text.trim();
        let (core, range) = match text.strip_prefix(['~', '^']) {
            Some(rest) => (rest, text.get(..1).unwrap_or("")),
            None => (text.trim_start_matches('=').trim_start(), ""),
        };
        let wildcard = |part: &str| matches!(part, "x" | "X" | "*");
        let plain: Vec<&str> = core.trim().split('.').take_while(|part| !wildcard(part)).collect();
        let pre = core.contains('-');
        let Some(asked) = Version::parse(&plain.join(".")).filter(|_| !plain.is_empty()) else {
            return Self::Near(NEWEST);
        };
        // Charts before 1.0.0 have other values, of which none is known.
        if asked.major == 0 {
            return Self::Near(NEWEST);
        }
        let fits = |release: &Release| match range {
            "^" => release.0 == asked.major && (release.1, release.2) >= (lowest(asked.minor), lowest(asked.patch)),
            "~" => {
                release.0 == asked.major
                    && (asked.minor == u16::MAX || (release.1 == asked.minor && release.2 >= lowest(asked.patch)))
            }
            _ => {
                release.0 == asked.major
                    && (asked.minor == u16::MAX || release.1 == asked.minor)
                    && (asked.patch == u16::MAX || asked.patch <= release.2)
            }
        };
        let newest = || TEMPLATES.iter().flat_map(|t| t.newest).copied();
        let exact = range.is_empty() && asked.patch != u16::MAX;
        if let Some(release) = newest().filter(fits).max() {
            let release = if exact { (asked.major, asked.minor, asked.patch) } else { release };
            return if pre { Self::Near(release) } else { Self::Known(release) };
        }
        let wanted = (asked.major, asked.minor, asked.patch);
        Self::Near(newest().filter(|release| *release <= wanted).max().unwrap_or(NEWEST))
    }
}

/// The lowest value of a part that may be missing.
fn lowest(part: u16) -> u16 {
    if part == u16::MAX { 0 } else { part }
}

/// The templates of a known release.
pub(super) fn templates(release: Release) -> &'static Templates {
    TEMPLATES.iter().rev().find(|t| t.since <= release).unwrap_or(&FIRST)
}

/// `1.5.9`.
pub(super) struct Dotted(pub(super) Release);

impl fmt::Display for Dotted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor, patch) = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_known_or_has_a_nearest_known_one() {
        for (text, expected) in [
            ("1.5.9", Asked::Known((1, 5, 9))),
            ("v1.0.0", Asked::Known((1, 0, 0))),
            ("=1.2.18", Asked::Known((1, 2, 18))),
            ("1.5", Asked::Known((1, 5, 41))),
            ("1", Asked::Known((1, 5, 41))),
            ("1.5.x", Asked::Known((1, 5, 41))),
            ("1.2.*", Asked::Known((1, 2, 18))),
            ("^1.2.0", Asked::Known((1, 5, 41))),
            ("~1.2.3", Asked::Known((1, 2, 18))),
            ("2.0.0", Asked::Known((2, 0, 0))),
            ("2", Asked::Known((2, 0, 0))),
            ("2.0.1", Asked::Near((2, 0, 0))),
            ("3.1.0", Asked::Near((2, 0, 0))),
            ("1.5.99", Asked::Near((1, 5, 41))),
            ("1.6.0", Asked::Near((1, 5, 41))),
            ("1.4.7", Asked::Near((1, 4, 1))),
            ("1.0.0-rc.3", Asked::Near((1, 0, 0))),
            ("0.13.1", Asked::Near((2, 0, 0))),
            (">=1.0.0 <2.0.0", Asked::Near((2, 0, 0))),
            ("main", Asked::Near((2, 0, 0))),
            ("*", Asked::Near((2, 0, 0))),
        ] {
            assert_eq!(Asked::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn each_version_has_the_templates_of_the_last_change_before_it() {
        for feature in
            [Feature::Providers, Feature::ComponentEnv, Feature::Downward, Feature::MediaSwitch, Feature::EnvFrom]
        {
            assert!(TEMPLATES.iter().any(|t| t.since == feature.since()), "{feature:?}");
        }
        assert!(TEMPLATES.iter().zip(TEMPLATES.iter().skip(1)).all(|(a, b)| a.since < b.since));
        for (release, since) in [
            ((1, 0, 0), (1, 0, 0)),
            ((1, 2, 7), (1, 2, 1)),
            ((1, 2, 18), (1, 2, 10)),
            ((1, 4, 0), (1, 3, 0)),
            ((1, 5, 1), (1, 4, 1)),
            ((1, 5, 41), (1, 5, 28)),
            ((2, 0, 0), (2, 0, 0)),
        ] {
            assert_eq!(templates(release).since, since, "{release:?}");
        }
    }
}
