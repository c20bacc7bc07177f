//! The columns of the table.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use validator::{ValidateLength, ValidateRange};

use crate::text::number::js_number;

/// One environment variable.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// Full name.
    pub name: &'static str,
    /// The values it accepts. If the kind has a range or a list, Langfuse's schema rejects other values at startup.
    pub kind: Kind,
    /// Langfuse's default, as a string; `None` if unset stays unset.
    pub default: Option<&'static str>,
    /// The containers whose schema reads it.
    pub readers: Containers,
    /// When it's required.
    pub presence: Presence,
    /// Whether the value must never be printed.
    pub secret: bool,
    /// The first release that reads it; `None` if it's as old as v3.0.0 or the release is unknown.
    pub since: Option<Version>,
    /// The use case that it configures.
    pub use_case: Option<UseCase>,
    /// Its role in that use case's connection block.
    pub role: Option<Role>,
    /// Declared by Langfuse's schema, but no code reads it.
    pub unused: bool,
    /// Not a storage setting: read only as context.
    pub context: bool,
    /// The defaults with which the official docker-compose.yml passes it; `None`: it isn't passed.
    pub compose: Option<Compose>,
    /// Where the Helm chart sets it; `None`: only `additionalEnv` can.
    pub chart: Option<Chart>,
    /// One or two sentences for people.
    #[cfg(feature = "pages")]
    pub doc: &'static str,
}

impl Variable {
    /// A row with only name, kind, readers and documentation.
    pub(super) const fn new(name: &'static str, kind: Kind, readers: Containers, doc: &'static str) -> Self {
        #[cfg(not(feature = "pages"))]
        let _ = doc;
        Self {
            name,
            kind,
            default: None,
            readers,
            presence: Presence::Optional,
            secret: false,
            since: None,
            use_case: None,
            role: None,
            unused: false,
            context: false,
            compose: None,
            chart: None,
            #[cfg(feature = "pages")]
            doc,
        }
    }

    pub(super) const fn default(mut self, value: &'static str) -> Self {
        self.default = Some(value);
        self
    }

    pub(super) const fn since(mut self, major: u16, minor: u16) -> Self {
        self.since = Some(Version { major, minor, patch: 0 });
        self
    }

    pub(super) const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    pub(super) const fn presence(mut self, presence: Presence) -> Self {
        self.presence = presence;
        self
    }

    pub(super) const fn forwarded(mut self, default: &'static str) -> Self {
        self.compose = Some(Compose { web: default, worker: default });
        self
    }

    pub(super) const fn chart(mut self, path: &'static str, default: &'static str) -> Self {
        self.chart = Some(Chart { path, default });
        self
    }

    /// Whether `value` stops Langfuse from starting. The empty string means unset and never reaches this check.
    #[must_use]
    pub fn rejects(&self, value: &str) -> bool {
        !self.kind.accepts(value)
    }
}

/// The values that a variable accepts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Exactly `true` or `false`.
    Boolean,
    /// A number, read as JavaScript's `Number()`.
    Number(Range),
    /// One of a list, case-sensitive.
    Choice(&'static [&'static str]),
    /// A bucket, or a container on Azure. Not validated by Langfuse.
    Bucket,
    /// A key prefix. Not validated by Langfuse.
    Prefix,
    /// A region. Not validated by Langfuse.
    Region,
    /// A URL with scheme. Not validated by Langfuse.
    Endpoint,
    /// An access key ID, or the account on Azure.
    KeyId,
    /// A secret access key, or the account key on Azure.
    Secret,
    /// A KMS key ID or ARN.
    KmsKey,
    /// A JSON document or the path of a file in the container.
    JsonOrPath,
    /// A path inside the container.
    Path,
    /// A comma-separated list.
    List,
    /// Any string.
    Text,
}

impl Kind {
    /// Whether Langfuse's schema accepts `value`. Strings always pass.
    #[must_use]
    pub fn accepts(&self, value: &str) -> bool {
        match self {
            Self::Boolean => matches!(value, "true" | "false"),
            Self::Number(range) => js_number(value).is_some_and(|n| range.accepts(n)),
            Self::Choice(list) => list.contains(&value),
            _ => true,
        }
    }

    /// What's expected, for a message: "`true` or `false`", "an integer from 64 to 2048".
    #[must_use]
    pub fn expected(&self) -> String {
        match self {
            Self::Boolean => "exactly `true` or `false`".into(),
            Self::Number(range) => range.to_string(),
            Self::Choice(list) => {
                let quoted: Vec<String> = list.iter().map(|v| format!("`{v}`")).collect();
                match quoted.split_last() {
                    Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
                    _ => quoted.concat(),
                }
            }
            Self::Bucket => "a bucket name (on Azure: a container name)".into(),
            Self::Prefix => "a key prefix that ends in `/`".into(),
            Self::Region => "a region such as `eu-west-1`".into(),
            Self::Endpoint => "a URL with scheme, such as `https://s3.example.com`".into(),
            Self::KeyId => "an access key ID (on Azure: the account)".into(),
            Self::Secret => "a secret access key (on Azure: the account key)".into(),
            Self::KmsKey => "a KMS key ID or ARN".into(),
            Self::JsonOrPath => "a JSON document, or the path of a file in the container".into(),
            Self::Path => "a path inside the container".into(),
            Self::List => "a comma-separated list".into(),
            Self::Text => "a string".into(),
        }
    }

    /// The kind in one word, for tables and JSON.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Number(r) if r.whole => "integer",
            Self::Number(_) => "number",
            Self::Choice(_) => "choice",
            Self::Bucket => "bucket",
            Self::Prefix => "prefix",
            Self::Region => "region",
            Self::Endpoint => "url",
            Self::KeyId => "key id",
            Self::Secret => "secret",
            Self::KmsKey => "kms key",
            Self::JsonOrPath => "json or path",
            Self::Path => "path",
            Self::List => "list",
            Self::Text => "text",
        }
    }
}

/// The range of a number in Langfuse's schema. Infinite numbers are always rejected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// Smallest value allowed.
    pub min: Option<f64>,
    /// Largest value allowed.
    pub max: Option<f64>,
    /// Only values above this.
    pub above: Option<f64>,
    /// Only integers that a double represents exactly, as zod's `int()`.
    pub whole: bool,
}

impl Range {
    /// Greater than zero.
    pub const POSITIVE: Self = Self { min: None, max: None, above: Some(0.0), whole: false };
    /// An integer greater than zero.
    pub const POSITIVE_WHOLE: Self = Self { whole: true, ..Self::POSITIVE };
    /// Zero or more.
    pub const NOT_NEGATIVE: Self = Self { min: Some(0.0), max: None, above: None, whole: false };

    /// From `min` to `max`, both included.
    #[must_use]
    pub const fn between(min: f64, max: f64) -> Self {
        Self { min: Some(min), max: Some(max), above: None, whole: false }
    }

    /// The same range, integers only.
    #[must_use]
    pub const fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    /// Whether `n` is in the range.
    #[must_use]
    pub fn accepts(&self, n: f64) -> bool {
        /// 2^53 - 1, JavaScript's `Number.MAX_SAFE_INTEGER`.
        const SAFE: f64 = 9_007_199_254_740_991.0;
        n.is_finite()
            && n.validate_range(self.min, self.max, self.above, None)
            && (!self.whole || (n.fract() == 0.0 && n.validate_range(Some(-SAFE), Some(SAFE), None, None)))
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.whole { "an integer" } else { "a number" })?;
        match (self.min, self.max, self.above) {
            (Some(min), Some(max), _) => write!(f, " from {min} to {max}"),
            (Some(min), None, _) => write!(f, " of {min} or more"),
            (None, _, Some(above)) => write!(f, " greater than {above}"),
            (None, Some(max), None) => write!(f, " of {max} or less"),
            (None, None, None) => Ok(()),
        }
    }
}

/// A set of Langfuse's containers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Containers(u8);

impl Containers {
    /// None.
    pub const NONE: Self = Self(0);
    /// `langfuse-web`.
    pub const WEB: Self = Self(1);
    /// `langfuse-worker`.
    pub const WORKER: Self = Self(2);
    /// Both.
    pub const BOTH: Self = Self(3);

    const NAMES: [(Self, &'static str); 2] = [(Self::WEB, "web"), (Self::WORKER, "worker")];

    /// Whether any container of `other` is in it.
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The containers in both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The containers in either set.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether it is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The container of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.into_iter().find(|(_, own)| *own == name).map(|(container, _)| container)
    }

    /// `web`, `worker`.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().filter(move |(c, _)| self.meets(*c)).map(|(_, n)| n)
    }
}

impl fmt::Debug for Containers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl Serialize for Containers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.names())
    }
}

impl<'de> Deserialize<'de> for Containers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = <Vec<std::borrow::Cow<'de, str>>>::deserialize(deserializer)?;
        names.iter().try_fold(Self::NONE, |all, name| {
            let one = Self::from_name(name);
            one.map(|one| all.or(one)).ok_or_else(|| de::Error::custom(format_args!("unknown container {name:?}")))
        })
    }
}

/// When a variable is required.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Never.
    Optional,
    /// Langfuse doesn't start without it.
    Required,
    /// Required in the situation that the phrase names.
    When(&'static str),
}

/// [`UseCase::stem`] as a literal, for the tables.
macro_rules! stem {
    (Events) => {
        "LANGFUSE_S3_EVENT_UPLOAD"
    };
    (Media) => {
        "LANGFUSE_S3_MEDIA_UPLOAD"
    };
    (Exports) => {
        "LANGFUSE_S3_BATCH_EXPORT"
    };
    (CoreData) => {
        "LANGFUSE_S3_CORE_DATA_UPLOAD"
    };
}

/// [`UseCase::chart_key`] as a literal, for the tables.
macro_rules! chart_key {
    (Events) => {
        "eventUpload"
    };
    (Media) => {
        "mediaUpload"
    };
    (Exports) => {
        "batchExport"
    };
    (CoreData) => {
        ""
    };
}

pub(super) use {chart_key, stem};

/// A use case of Langfuse's storage.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum UseCase {
    /// Raw ingestion events, OTel batches and pending evaluations: `LANGFUSE_S3_EVENT_UPLOAD_*`.
    Events,
    /// Images, audio and files of traces: `LANGFUSE_S3_MEDIA_UPLOAD_*`.
    Media,
    /// Table exports: `LANGFUSE_S3_BATCH_EXPORT_*`.
    Exports,
    /// Core data, mostly Langfuse Cloud: `LANGFUSE_S3_CORE_DATA_UPLOAD_*`.
    CoreData,
}

impl UseCase {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Events, Self::Media, Self::Exports, Self::CoreData];

    /// Its name in flags and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Media => "media",
            Self::Exports => "exports",
            Self::CoreData => "core-data",
        }
    }

    /// The use case of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|u| u.name() == name)
    }

    /// The common prefix of its variables' names, such as `LANGFUSE_S3_EVENT_UPLOAD`.
    #[must_use]
    pub fn stem(self) -> &'static str {
        match self {
            Self::Events => stem!(Events),
            Self::Media => stem!(Media),
            Self::Exports => stem!(Exports),
            Self::CoreData => stem!(CoreData),
        }
    }

    /// Its key in the chart's `s3` values, such as `eventUpload`; `None`: the chart has no values for it.
    #[must_use]
    pub fn chart_key(self) -> Option<&'static str> {
        match self {
            Self::Events => Some(chart_key!(Events)),
            Self::Media => Some(chart_key!(Media)),
            Self::Exports => Some(chart_key!(Exports)),
            Self::CoreData => None,
        }
    }
}

/// A variable's role in a connection block.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs, reason = "the names are the variables' suffixes")]
pub enum Role {
    Bucket,
    Prefix,
    Region,
    Endpoint,
    ExternalEndpoint,
    AccessKeyId,
    SecretAccessKey,
    ForcePathStyle,
    Sse,
    SseKmsKeyId,
    Enabled,
}

impl Role {
    /// All of them, in documentation order.
    pub const ALL: [Self; 11] = [
        Self::Bucket,
        Self::Prefix,
        Self::Region,
        Self::Endpoint,
        Self::ExternalEndpoint,
        Self::AccessKeyId,
        Self::SecretAccessKey,
        Self::ForcePathStyle,
        Self::Sse,
        Self::SseKmsKeyId,
        Self::Enabled,
    ];
}

/// The defaults of the official docker-compose.yml, by container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compose {
    /// In `langfuse-web`.
    pub web: &'static str,
    /// In `langfuse-worker`.
    pub worker: &'static str,
}

impl Compose {
    /// The default in `container`.
    #[must_use]
    pub fn of(self, container: Containers) -> &'static str {
        if container == Containers::WEB { self.web } else { self.worker }
    }
}

/// Where the Helm chart sets a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chart {
    /// Path in the values, such as `s3.eventUpload.bucket`.
    pub path: &'static str,
    /// What the chart emits with default values; empty: nothing.
    pub default: &'static str,
}

/// A Langfuse release.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs, reason = "the parts of a version")]
pub struct Version {
    pub major: u16,
    pub minor: u16,
    pub patch: u16,
}

impl Version {
    /// `v4.16.0`, `4.16`, `4`: missing parts mean "the newest", because an image tag `4` follows its release line.
    /// `None` for anything else (`latest`, a digest).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let core = text.split(['-', '+']).next()?;
        let mut parts = core.split('.');
        let major = parts.next()?.parse().ok()?;
        let mut rest = || parts.next().map_or(Some(u16::MAX), |p| p.parse().ok());
        let (minor, patch) = (rest()?, rest()?);
        parts.next().is_none().then_some(Self { major, minor, patch })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.major)?;
        for part in [self.minor, self.patch] {
            if part == u16::MAX {
                return Ok(());
            }
            write!(f, ".{part}")?;
        }
        Ok(())
    }
}

/// Whether `text` has between `min` and `max` characters.
#[must_use]
pub fn has_length(text: &str, min: u64, max: u64) -> bool {
    text.validate_length(Some(min), Some(max), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_version_is_the_newest_of_its_line() {
        let gate = Version { major: 3, minor: 62, patch: 0 };
        assert!(Version::parse("3").is_some_and(|v| v > gate));
        assert!(Version::parse("v3.61.9").is_some_and(|v| v < gate));
        assert_eq!(Version::parse("latest"), None);
        assert_eq!(Version::parse("3.62.0-rc.1").map(|v| v.to_string()), Some("v3.62.0".into()));
        assert_eq!(Version::parse("4").map(|v| v.to_string()), Some("v4".into()));
        assert_eq!(Version::parse("1.2.3.4"), None);
    }

    #[test]
    fn a_range_says_what_it_accepts() {
        assert_eq!(Range::between(64.0, 2048.0).whole().to_string(), "an integer from 64 to 2048");
        assert_eq!(Range::POSITIVE.to_string(), "a number greater than 0");
        assert!(!Range::POSITIVE.accepts(f64::INFINITY));
        assert!(!Range::POSITIVE_WHOLE.accepts(9_007_199_254_740_993.0));
    }
}
