//! The answers, and the defaults for what wasn't answered.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::field::{Id, Kind};
use super::{Error, FIELDS, Format, Trust};
use crate::config::Engine;
use crate::config::endpoint::Endpoint;
use crate::order;
use crate::provider::setup::{Native, Place, Setup};
use crate::provider::{self, Provider};
use crate::source::Wrapper;
use crate::storage::Target;
use crate::text::printable::{is_unprintable, quoted};
use crate::text::secret::Secret;
use crate::text::suggest::nearest;
use crate::variable::{UseCase, slot};

/// The answers, each validated by its field's kind.
#[derive(Clone, Debug, Default)]
pub struct Answers(BTreeMap<Id, Secret>);

impl Answers {
    /// No answers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the answer to the field called `name` on the command line. An empty string means no answer, except for a
    /// prefix.
    ///
    /// # Errors
    /// There is no such field, or the answer is invalid.
    pub fn set_named(&mut self, name: &str, text: &str) -> Result<(), Error> {
        let Some(id) = Id::from_name(name) else {
            let meant = nearest(name, FIELDS.iter().map(|f| f.name));
            return Err(Error::together(
                format!("unknown field {name:?}"),
                meant.map_or_else(|| "Remove it.".into(), |m| format!("Did you mean `{m}`?")),
            ));
        };
        self.set(id, text)
    }

    /// Sets the answer to `id`.
    ///
    /// # Errors
    /// The answer is invalid.
    pub fn set(&mut self, id: Id, text: &str) -> Result<(), Error> {
        let kind = id.field().kind;
        if text.is_empty() && kind != Kind::Prefix {
            self.0.remove(&id);
            return Ok(());
        }
        let text = if matches!(kind, Kind::Url) { text.trim_end_matches('/') } else { text };
        accept(id, kind, text)?;
        self.0.insert(id, Secret::new(text));
        Ok(())
    }

    /// The answer to `id`.
    #[must_use]
    pub fn get(&self, id: Id) -> Option<&str> {
        self.0.get(&id).map(Secret::expose)
    }

    /// Options and answers, for APIs. Contains the secrets.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let answers = self.0.iter().map(|(id, text)| (id.option(), serde_json::Value::from(text.expose())));
        serde_json::Value::Object(order::filled(answers))
    }

    /// The fields that were answered.
    pub fn given(&self) -> impl Iterator<Item = Id> {
        self.0.keys().copied()
    }
}

/// Whether `text` is a valid answer of `kind`.
fn accept(id: Id, kind: Kind, text: &str) -> Result<(), Error> {
    let odd = text.chars().any(|c| is_unprintable(c) || c.is_whitespace());
    match kind {
        Kind::Secret => {
            let odd = text.trim() != text || text.chars().any(|c| matches!(c, '\r' | '\0'));
            let lines = text.contains('\n') && !text.starts_with('{');
            if odd || lines {
                return Err(Error::wrong(
                    id,
                    "it has surrounding whitespace or contains a line break",
                    "Pass only the secret.",
                ));
            }
        }
        _ if odd => {
            return Err(Error::wrong(
                id,
                format!("{} contains whitespace or a control character", quoted(text)),
                "Remove it.",
            ));
        }
        // Every parser reads these literally, quoted or not.
        Kind::Word => only(id, text, "._-:/+=@", || "Use only letters, digits and ._-:/+=@.".into())?,
        Kind::Label => only(id, text, "_-", || {
            let what = id.field().label.to_ascii_lowercase();
            format!("Give only the {what}, not the URL that contains it: letters, digits, - and _.")
        })?,
        Kind::Bucket => only(id, text, "._-", || {
            "Give only the bucket name, without scheme, host or path: letters, digits, dots and dashes. A path goes into the prefix.".into()
        })?,
        Kind::Prefix => only(id, text, "._-/=", || "Use only letters, digits and ._-/=.".into())?,
        Kind::Url => {
            let example = id.field().example;
            let fine = Endpoint::parse(text).is_ok_and(|e| {
                e.user_info.is_none() && e.query.is_none() && e.fragment.is_none() && !text.contains(['$', '"', '\''])
            });
            if !fine {
                return Err(Error::wrong(
                    id,
                    "expected a plain http or https URL",
                    format!("Give scheme and host, such as `{example}`, without user, query and fragment."),
                ));
            }
        }
        Kind::Number(min, max) => {
            if !text.parse::<u32>().is_ok_and(|n| (min..=max).contains(&n)) {
                return Err(Error::wrong(
                    id,
                    format!("{} isn't an integer from {min} to {max}", quoted(text)),
                    "Use only digits.",
                ));
            }
        }
        Kind::Flag => one_of(id, text, &[("true", ""), ("false", "")])?,
        Kind::Several(list) => text.split(',').try_for_each(|word| one_of(id, word, list))?,
        Kind::Provider | Kind::Choice(_) => one_of(id, text, &kind.choices())?,
    }
    Ok(())
}

/// Allows only ASCII letters, digits and the characters in `more`.
fn only(id: Id, text: &str, more: &str, help: impl FnOnce() -> String) -> Result<(), Error> {
    match text.chars().find(|c| !c.is_ascii_alphanumeric() && !more.contains(*c)) {
        Some(c) => Err(Error::wrong(id, format!("{} contains {c:?}", quoted(text)), help())),
        None => Ok(()),
    }
}

fn one_of(id: Id, text: &str, list: &[(&str, &str)]) -> Result<(), Error> {
    if list.iter().any(|(word, _)| *word == text) {
        return Ok(());
    }
    let words: Vec<&str> = list.iter().map(|(word, _)| *word).collect();
    let help = match nearest(text, words.iter().copied()) {
        Some(meant) => format!("Did you mean `{meant}`?"),
        None => format!("Use one of {}.", words.join(", ")),
    };
    Err(Error::wrong(id, format!("{} isn't a valid choice", quoted(text)), help))
}

/// Answers with their defaults, for one format.
#[derive(Clone, Copy)]
pub struct Draft<'a> {
    /// What to write.
    pub format: Format,
    answers: &'a Answers,
    random: &'a [u8],
}

impl<'a> Draft<'a> {
    /// The draft of `answers`. `random`: bytes for the password of a store that the file creates; may be empty if only
    /// questions are needed.
    #[must_use]
    pub fn new(format: Format, answers: &'a Answers, random: &'a [u8]) -> Self {
        Self { format, answers, random }
    }

    /// The answer.
    #[must_use]
    pub fn given(&self, id: Id) -> Option<&'a str> {
        self.answers.get(id)
    }

    /// The answer, or else the default, if the question applies.
    #[must_use]
    pub fn text(&self, id: Id) -> Option<String> {
        let field = id.field();
        if !(field.applies)(self) {
            return None;
        }
        self.given(id).map(str::to_owned).or_else(|| (field.default)(self))
    }

    /// Whether a flag is on.
    pub(super) fn flag(&self, id: Id) -> bool {
        self.text(id).as_deref() == Some("true")
    }

    /// The store.
    pub(super) fn provider(&self) -> Option<&'static Provider> {
        provider::by_id(&self.text(Id::Provider)?)
    }

    /// What a new configuration needs to know about the store.
    pub(super) fn setup(&self) -> Option<&'static Setup> {
        self.provider().map(Provider::setup)
    }

    /// Whether the store has that ID.
    pub(super) fn is(&self, id: &str) -> bool {
        self.provider().is_some_and(|p| p.id == id)
    }

    /// The Langfuse engine for the store.
    pub(super) fn engine(&self) -> Engine {
        let native = match self.setup().map(|s| s.native) {
            Some(Native::Only) => true,
            Some(Native::Better | Native::Possible) => self.text(Id::Engine).as_deref() == Some("native"),
            Some(Native::None) | None => false,
        };
        match self.provider().map(|p| p.id) {
            Some("azure") if native => Engine::Azure,
            Some("gcs") if native => Engine::Gcs,
            Some("oci") if native => Engine::Oci,
            _ => Engine::S3,
        }
    }

    /// The deployment method.
    pub(super) fn deployment(&self) -> Wrapper {
        self.text(Id::Deployment).and_then(|d| Wrapper::from_name(&d)).unwrap_or(Wrapper::Raw)
    }

    /// Whether `use_case` is enabled.
    pub(super) fn uses(&self, use_case: UseCase) -> bool {
        use_case == UseCase::Events
            || self.text(Id::UseCases).is_some_and(|list| list.split(',').any(|word| word == use_case.name()))
    }

    /// Whether each use case has a separate bucket.
    pub(super) fn separate(&self) -> bool {
        self.flag(Id::SeparateBuckets)
    }

    /// Whether the file contains permissions.
    pub(super) fn says_rights(&self) -> bool {
        matches!(self.format, Format::IamPolicy | Format::Terraform)
    }

    pub(super) fn trust(&self) -> Option<Trust> {
        self.text(Id::Trust).and_then(|word| Trust::from_name(&word))
    }

    /// The default bucket of the use case called `word`.
    pub(super) fn bucket_of(&self, word: &str) -> Option<String> {
        let base = self.text(Id::Bucket)?;
        Some(if self.separate() { format!("{base}-{word}") } else { base })
    }

    /// The default prefix of `use_case`. A separate bucket needs none, but the official compose file replaces an empty
    /// prefix with its default.
    pub(super) fn prefix_of(&self, use_case: UseCase) -> String {
        let bucket = self.text(Id::bucket_of(use_case));
        let shared = UseCase::ALL
            .into_iter()
            .any(|other| other != use_case && self.uses(other) && self.text(Id::bucket_of(other)) == bucket);
        if shared || self.deployment() == Wrapper::Compose { format!("{}/", use_case.name()) } else { String::new() }
    }

    /// Whether Langfuse needs the store's URL.
    pub(super) fn needs_endpoint(&self) -> bool {
        self.format.configures_langfuse() && matches!(self.engine(), Engine::S3 | Engine::Azure)
    }

    /// The URL of the store that comes with the deployment, unless another endpoint was given: MinIO with the official
    /// compose file, SeaweedFS with the chart.
    pub(super) fn bundled(&self) -> Option<String> {
        if self.given(Id::Endpoint).is_some() {
            return None;
        }
        match (self.deployment(), self.provider()?.id) {
            (Wrapper::Compose, "minio") => Some("http://minio:9000".into()),
            (Wrapper::Helm, "seaweedfs") => {
                let service = crate::source::helm::bundled_service(&self.text(Id::Release)?, "s3");
                Some(format!("http://{service}:8333"))
            }
            _ => None,
        }
    }

    /// Whether the file also creates the store, so that its keys can be generated.
    pub(super) fn makes_store(&self) -> bool {
        self.format == Format::DockerRun || self.bundled().is_some()
    }

    /// The default URL of the store.
    pub(super) fn endpoint(&self) -> Option<String> {
        if let Some(bundled) = self.bundled() {
            return Some(bundled);
        }
        let region = self.text(Id::Region);
        match (self.engine(), self.setup()?.place) {
            (Engine::Gcs, _) => None,
            // The official compose file replaces a missing endpoint with its MinIO.
            (Engine::Oci, _) => (self.deployment() == Wrapper::Compose)
                .then(|| region.map(|r| format!("https://objectstorage.{r}.oraclecloud.com")))?,
            (_, Place::Amazon) if self.deployment() == Wrapper::Compose => {
                Target::new(None, &region?, "bucket", true).ok().map(|t| t.origin())
            }
            (_, Place::Amazon | Place::Own) => None,
            (_, Place::Hosted(template)) => {
                let mut url = template.to_owned();
                for (name, value) in [("{account}", self.text(Id::Account)), ("{region}", region)] {
                    if url.contains(name) {
                        url = url.replace(name, &value?);
                    }
                }
                Some(url)
            }
        }
    }

    /// Whether Langfuse is opened on the machine it runs on, as far as the answers say.
    pub(super) fn is_opened_here(&self) -> bool {
        self.given(Id::PublicUrl).is_none_or(|url| Endpoint::parse(url).is_ok_and(|e| e.is_loopback()))
    }

    /// Whether Langfuse is used only from its own machine, as far as the answers say.
    fn is_used_here(&self) -> bool {
        self.is_opened_here() && self.given(Id::Sdks) != Some("elsewhere")
    }

    /// Whether browsers and SDKs can't reach the endpoint that Langfuse uses. If everything runs on this machine
    /// without containers, one address works for all.
    pub(super) fn is_inside(&self) -> bool {
        let all_here = self.deployment() == Wrapper::Raw && self.is_used_here();
        self.text(Id::Endpoint)
            .is_some_and(|url| Endpoint::parse(&url).is_ok_and(|e| !(e.is_public() || all_here && e.is_loopback())))
    }

    /// The default public URL: what the official compose file publishes, if Langfuse is opened on the same machine.
    pub(super) fn store_public_url(&self) -> Option<String> {
        let compose = self.deployment() == Wrapper::Compose && self.bundled().is_some();
        let published = slot(UseCase::Exports, crate::variable::Role::ExternalEndpoint)?.row().compose?.web;
        (compose && self.is_used_here()).then(|| published.into())
    }

    /// Whether the platform can give Langfuse an identity for this store, instead of keys.
    pub(super) fn knows_roles(&self) -> bool {
        self.is("aws") || self.engine() == Engine::Gcs
    }

    /// Whether Langfuse authenticates with key ID and secret.
    pub(super) fn takes_pair(&self) -> bool {
        let chart_makes_it = self.deployment() == Wrapper::Helm && self.bundled().is_some();
        matches!(self.engine(), Engine::S3 | Engine::Azure)
            && !chart_makes_it
            && self.text(Id::Credentials).is_none_or(|c| c == "keys")
    }

    /// Whether the file contains the credentials themselves.
    pub(super) fn writes_secrets(&self) -> bool {
        match self.format {
            Format::Env | Format::Json | Format::K8s | Format::DockerRun => true,
            Format::Compose | Format::Helm => self.flag(Id::InlineSecrets),
            Format::IamPolicy | Format::Cors | Format::Lifecycle | Format::Terraform => false,
        }
    }

    /// A password from the random bytes, 40 hexadecimal digits; `None` if there are too few.
    pub(super) fn password(&self) -> Option<String> {
        let bytes = self.random.get(..20)?;
        Some(bytes.iter().fold(String::new(), |mut out, b| {
            let _ = write!(out, "{b:02x}");
            out
        }))
    }
}
