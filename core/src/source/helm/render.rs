//! What the templates render: `langfuse.s3Env` and what it calls, and the lists of further variables.

use saphyr_parser::ScalarStyle;

use super::bundled::{all_in_one, bundled_service, cut, full_name};
use super::chart::{Endpoints, Feature, StoreKeys, Templates};
use super::validate::is_credential;
use super::values::{Checked, Found, Part, Values, bucket, parts, place, refused};
use crate::source::environment::{Duplicate, Entries, Environment};
use crate::source::facts::ChartStore;
use crate::source::reference::reference;
use crate::source::scalar::{self, Scalar};
use crate::source::setting::{Origin, Place, Setting, Value};
use crate::text::span::Span;
use crate::variable::{Containers, Engine, UseCase};

/// The chart with values, as a release.
pub(super) struct Chart<'v> {
    pub(super) values: &'v Values,
    pub(super) release: &'v str,
    pub(super) templates: &'static Templates,
    /// Whether the version's own checks aren't known, so that nothing is refused.
    pub(super) lenient: bool,
}

impl Chart<'_> {
    /// What each container receives; `duplicates` collects duplicates in the lists of variables.
    pub(super) fn environments(&self, duplicates: &mut Vec<Duplicate>) -> Checked<Vec<(Containers, Environment)>> {
        let mut out = Vec::new();
        for (container, component) in [(Containers::WEB, "web"), (Containers::WORKER, "worker")] {
            let mut environment = Environment::default();
            self.common(&mut environment)?;
            duplicates.extend(self.additional(&mut environment, &["langfuse", "additionalEnv"]).duplicates);
            if self.templates.has(Feature::ComponentEnv) {
                let own = ["langfuse", component, "pod", "additionalEnv"];
                duplicates.extend(self.additional(&mut environment, &own).duplicates);
            }
            let from = [vec!["langfuse", "additionalEnvFrom"], vec!["langfuse", component, "pod", "additionalEnvFrom"]];
            for path in from.iter().filter(|_| self.templates.has(Feature::EnvFrom)) {
                environment.open |= !self.values.items(path).is_empty();
            }
            out.push((container, environment));
        }
        Ok(out)
    }

    fn set(&self, environment: &mut Environment, name: &str, found: &Found) {
        let mut setting = Setting::new(name.to_owned(), Value::Known(found.text()));
        if found.place.is_none() {
            setting.origin = Origin::Wrapper;
        }
        setting.place = found.place;
        environment.set(setting);
    }

    /// `langfuse.s3Env` and Langfuse's own URL.
    fn common(&self, environment: &mut Environment) -> Checked<()> {
        let values = self.values;
        self.set(environment, "NEXTAUTH_URL", &values.get(&["langfuse", "nextauth", "url"], "http://localhost:3000"));
        let deploy = values.get(&["s3", "deploy"], "true").is_truthy();
        let provider = values.get(&["s3", "storageProvider"], "s3");
        let switch = Found { scalar: Scalar::Bool(true), place: provider.place.map(|p| Place { plain: false, ..p }) };
        match provider.text().as_str() {
            _ if !self.templates.has(Feature::Providers) => {}
            "azure" => self.switch_on(environment, Engine::Azure, &switch),
            "gcs" => {
                self.switch_on(environment, Engine::Gcs, &switch);
                if let Some(value) = self.value_or_secret(&["s3", "gcs", "credentials"])? {
                    self.set_value(environment, "LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS", value);
                }
            }
            _ => {}
        }
        for part in parts() {
            if part.use_case == UseCase::Exports {
                let switch = values.get(&["s3", part.key, "enabled"], "true");
                self.set(environment, "LANGFUSE_S3_BATCH_EXPORT_ENABLED", &switch);
                if !switch.is_truthy() {
                    continue;
                }
            }
            self.part(environment, &part, deploy)?;
        }
        let dead = [
            ("maxContentLength", "LANGFUSE_S3_MEDIA_UPLOAD_MAX_CONTENT_LENGTH", "1000000000"),
            ("downloadUrlExpirySeconds", "LANGFUSE_S3_MEDIA_UPLOAD_DOWNLOAD_URL_EXPIRY_SECONDS", "3600"),
        ];
        for (key, name, default) in dead {
            self.set(environment, name, &values.get(&["s3", "mediaUpload", key], default));
        }
        if !self.is_null(&["s3", "concurrency"]) {
            for (key, name) in [("reads", "LANGFUSE_S3_CONCURRENT_READS"), ("writes", "LANGFUSE_S3_CONCURRENT_WRITES")]
            {
                if !self.is_null(&["s3", "concurrency", key]) {
                    self.set(environment, name, &values.get(&["s3", "concurrency", key], "50"));
                }
            }
        }
        Ok(())
    }

    fn switch_on(&self, environment: &mut Environment, engine: Engine, found: &Found) {
        if let Some(switch) = engine.switch() {
            self.set(environment, switch.name(), found);
        }
    }

    /// Whether the files remove a default with `null`.
    fn is_null(&self, path: &[&str]) -> bool {
        self.values.node(path).is_some_and(|(file, _, value)| file.yaml.is_null(value))
    }

    fn part(&self, environment: &mut Environment, part: &Part, deploy: bool) -> Checked<()> {
        let values = self.values;
        let name = |suffix: &str| format!("{}_{suffix}", part.stem);
        let own = |key: &str| values.get(&["s3", part.key, key], "");
        let or_shared = |key: &str, default: &str| {
            let own = own(key);
            if own.is_truthy() { own } else { values.get(&["s3", key], default) }
        };
        let bucket = bucket(values, self.templates, part, deploy);
        if !bucket.is_truthy() && self.lenient {
            environment.set(Setting::new(name("BUCKET"), Value::Unknown));
        } else if !bucket.is_truthy() {
            return refused(
                values.span(&["s3", "bucket"]).or_else(|| values.span(&["s3"])),
                format!("s3.{}.bucket is required", part.key),
                "Set `s3.bucket`, or the bucket of each type.",
            );
        }
        if bucket.is_truthy() {
            self.set(environment, &name("BUCKET"), &bucket);
        }
        // The shared prefix is not used for events.
        let prefix = if part.use_case == UseCase::Events { own("prefix") } else { or_shared("prefix", "") };
        if prefix.is_truthy() {
            self.set(environment, &name("PREFIX"), &prefix);
        }
        let region = or_shared("region", "auto");
        if region.is_truthy() {
            self.set(environment, &name("REGION"), &region);
        }
        if let Some(endpoint) = self.endpoint(part, deploy) {
            self.set(environment, &name("ENDPOINT"), &endpoint);
        }
        self.keys(environment, part, deploy)?;
        // The chart's own `null` for each type keeps the key, so the variable is always set, if only to nothing.
        let style = own("forcePathStyle");
        let style = if style.is_truthy() { style } else { values.get(&["s3", "forcePathStyle"], "true") };
        self.set(environment, &name("FORCE_PATH_STYLE"), &style);
        Ok(())
    }

    /// The endpoint of a block.
    fn endpoint(&self, part: &Part, deploy: bool) -> Option<Found> {
        let at = |path: &[&str]| Some(self.values.get(path, "")).filter(Found::is_truthy);
        let own = || at(&["s3", part.key, "endpoint"]);
        let shared = || at(&["s3", "endpoint"]);
        let events = || at(&["s3", UseCase::Events.chart_key()?, "endpoint"]);
        let bundled = || deploy.then(|| Found { scalar: Scalar::Text(self.bundled_endpoint()), place: None });
        match self.templates.endpoints {
            Endpoints::OfEvents => events().or_else(shared).or_else(bundled),
            Endpoints::Own => own().or_else(shared),
            // The template of the bundled store's endpoint looks at that of events first.
            Endpoints::OwnOrBundled => own().or_else(shared).or_else(|| deploy.then(events).flatten()).or_else(bundled),
        }
    }

    /// The access key of a block; without one, the bundled store's.
    fn keys(&self, environment: &mut Environment, part: &Part, deploy: bool) -> Checked<()> {
        for (key, suffix, user_key, secret_key) in [
            ("accessKeyId", "ACCESS_KEY_ID", "rootUserSecretKey", "accessKey"),
            ("secretAccessKey", "SECRET_ACCESS_KEY", "rootPasswordSecretKey", "secretKey"),
        ] {
            let name = format!("{}_{suffix}", part.stem);
            let value = match self.value_or_secret(&["s3", part.key, key])? {
                Some(value) => Some(value),
                None => self.value_or_secret(&["s3", key])?,
            };
            if let Some(value) = value {
                self.set_value(environment, &name, value);
            } else if deploy {
                let mut setting = match self.templates.keys {
                    StoreKeys::Secret => {
                        let (object, key) = self.bundled_key(user_key, secret_key)?;
                        Setting::new(name, Value::Reference { name: object, key, secret: true })
                    }
                    keys => match self.key_of_auth(user_key, keys == StoreKeys::TextOrSecret) {
                        Ok(reference) => Setting::new(name, reference),
                        Err(text) => {
                            self.set(environment, &name, &text);
                            continue;
                        }
                    },
                };
                setting.origin = Origin::Wrapper;
                environment.set(setting);
            }
        }
        Ok(())
    }

    /// A key of the bundled MinIO: in the Secret that `s3.auth` names, or its text.
    fn key_of_auth(&self, secret_key: &str, named: bool) -> Result<Value, Found> {
        let at = |key: &str| self.values.get(&["s3", "auth", key], "");
        let (secret, key) = (at("existingSecret"), at(secret_key));
        if named && secret.is_truthy() && key.is_truthy() {
            return Ok(Value::Reference { name: secret.text(), key: key.text(), secret: true });
        }
        Err(match secret_key {
            "rootUserSecretKey" => self.values.get(&["s3", "auth", "rootUser"], "minio"),
            _ => at("rootPassword"),
        })
    }

    /// The Secret with the bundled store's keys, and the key of one of them.
    fn bundled_key(&self, user_key: &str, secret_key: &str) -> Checked<(String, String)> {
        let values = self.values;
        let existing = values.get(&["s3", "auth", "existingSecret"], "");
        if !existing.is_truthy() {
            let path = ["s3", "allInOne", "s3", "existingConfigSecret"];
            return Ok((values.text_or(&path, "langfuse-s3-auth"), secret_key.to_owned()));
        }
        let key = values.get(&["s3", "auth", user_key], "");
        if !key.is_truthy() && !self.lenient {
            return refused(
                existing.place.map(|p| p.value),
                format!("s3.auth.{user_key} is required when s3.auth.existingSecret is set"),
                format!("Name the key of the Secret: `s3.auth.{user_key}`."),
            );
        }
        Ok((existing.text(), key.text()))
    }

    /// The endpoint of the bundled store.
    fn bundled_endpoint(&self) -> String {
        match self.templates.store {
            ChartStore::MinIo => self.minio_endpoint(),
            ChartStore::SeaweedFs => self.seaweedfs_endpoint(),
        }
    }

    /// `langfuse.fullname` with the sub-chart's name. The Service itself is named after the release alone.
    fn minio_endpoint(&self) -> String {
        let values = self.values;
        let whole = values.text_or(&["fullnameOverride"], "");
        let chart = values.text_or(&["nameOverride"], "langfuse");
        let full = if whole.is_empty() { full_name(self.release, &chart) } else { whole };
        format!("http://{}-{}:9000", cut(&full, 63), values.text_or(&["s3", "nameOverride"], "s3"))
    }

    fn seaweedfs_endpoint(&self) -> String {
        let values = self.values;
        let sub = values.text_or(&["s3", "fullnameOverride"], "");
        let sub_name = values.text_or(&["s3", "nameOverride"], "");
        let chart = if sub_name.is_empty() { "s3" } else { &sub_name };
        let service = if sub.is_empty() { bundled_service(self.release, chart) } else { all_in_one(&sub) };
        let port = values.text_or(&["s3", "allInOne", "s3", "port"], "8333");
        format!("http://{service}:{port}")
    }

    /// `langfuse.getValueOrSecret`.
    fn value_or_secret(&self, path: &[&str]) -> Checked<Option<(Value, Option<Place>)>> {
        if !self.lenient {
            is_credential(self.values, path)?;
        }
        let at = |rest: &[&str]| self.values.get(&[path, rest].concat(), "");
        let (value, name, key) = (at(&["value"]), at(&["secretKeyRef", "name"]), at(&["secretKeyRef", "key"]));
        let downward = |rest| if self.templates.has(Feature::Downward) { at(rest) } else { Found::default("") };
        let field = downward(&["fieldRef", "fieldPath"]);
        let resource = downward(&["resourceFieldRef", "resource"]);
        let secret = name.is_truthy() && key.is_truthy();
        let ways = [value.is_truthy(), secret, field.is_truthy(), resource.is_truthy()];
        let place = |found: &Found| found.place;
        if secret || field.is_truthy() || resource.is_truthy() {
            if ways.into_iter().filter(|w| *w).count() > 1 && !self.lenient {
                return refused(
                    place(&value).or(place(&name)).map(|p| p.name),
                    format!("value and secretKeyRef are both set for {}", path.join(".")),
                    "Keep one of them, preferably the Secret.",
                );
            }
            if secret {
                // The template doesn't quote the names, so YAML resolves them again.
                let again = |f: &Found| {
                    scalar::resolve(&f.text(), ScalarStyle::Plain, "", scalar::Reader::Helm).text().unwrap_or_default()
                };
                let value = Value::Reference { name: again(&name), key: again(&key), secret: true };
                return Ok(Some((value, place(&key).map(|p| Place { plain: false, ..p }))));
            }
            return Ok(Some((Value::Unknown, place(&field).or(place(&resource)))));
        }
        Ok(value.is_truthy().then(|| (Value::Known(value.text()), place(&value))))
    }

    fn set_value(&self, environment: &mut Environment, name: &str, (value, place): (Value, Option<Place>)) {
        let mut setting = Setting::new(name.to_owned(), value);
        setting.place = place;
        environment.set(setting);
    }

    /// Entries of an `additionalEnv`: they follow the chart's own, and the last one of a name wins.
    fn additional(&self, environment: &mut Environment, path: &[&str]) -> Entries {
        let mut listed = Entries::default();
        for (file, item) in self.values.items(path) {
            let yaml = &file.yaml;
            let Some(name_id) = yaml.get(item, "name") else { continue };
            let Some((name, _)) = yaml.scalar(name_id) else { continue };
            let (start, end, _) = yaml.content(name_id);
            let name_span = Span::new(file.number, start, end);
            if let Some(value) = yaml.get(item, "value") {
                let Some((text, style)) = yaml.scalar(value) else { continue };
                let tag = yaml.node(value).map_or("", |n| n.tag.as_str());
                let resolved = scalar::resolve(text, style, tag, scalar::Reader::Helm).text().unwrap_or_default();
                let same = resolved == text;
                let place = place(file, None, value, text, true);
                let place = Place { name: name_span, plain: place.plain && same, ..place };
                listed.put(environment, Setting::new(name.to_owned(), Value::Known(resolved)).at(place));
            } else if let Some(from) = yaml.get(item, "valueFrom") {
                let value = reference(yaml, from);
                let place = Place {
                    name: name_span,
                    value: Span::at(file.number, end),
                    entry: None,
                    plain: false,
                    quote: None,
                    named: true,
                };
                listed.put(environment, Setting::new(name.to_owned(), value).at(place));
            } else {
                listed.put(environment, Setting::new(name.to_owned(), Value::Known(String::new())));
            }
        }
        listed
    }
}
