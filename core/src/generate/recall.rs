//! Answers from an existing configuration: to open a form on it, or to complete those of a command line.

use super::OutputFormat;
use super::answers::Answers;
use super::field::{AnswerKind, AnswersDraft, FIELDS, Id};
use crate::config::endpoint::Endpoint;
use crate::config::{Config, Engine};
use crate::order;
use crate::provider::setup::Place;
use crate::source::{Deployment, Wrapper};
use crate::variable::{Containers, Role, UseCase, Var, slot, var};

const PUBLIC_URL: Var = var("NEXTAUTH_URL");
const GOOGLE_KEY: Var = var("LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS");
const OCI_AUTH: Var = var("LANGFUSE_OCI_AUTH_TYPE");

/// The answers that would generate `deployment`, as far as the questions cover it: differences between the two
/// containers and settings without a question are lost. Answers that equal the default are left out.
#[must_use]
pub fn recall(deployment: &Deployment) -> Answers {
    let mut answers = Answers::new();
    let format = match deployment.wrapper {
        Wrapper::Raw => OutputFormat::Env,
        Wrapper::Compose => OutputFormat::Compose,
        Wrapper::Helm => OutputFormat::Helm,
        Wrapper::K8s => OutputFormat::K8s,
    };
    with_seen(deployment, |seen| seen.fill(&mut answers, format, deployment.wrapper, |_, _| true));
    answers
}

/// Adds to `answers`, for `format`, what `deployment` says and they leave open; returns the questions. A secret is taken
/// only if the format contains secrets. What holds for one store isn't taken for another, and no bucket beside one that
/// was given.
pub fn take(answers: &mut Answers, format: OutputFormat, deployment: &Deployment) -> Vec<Id> {
    const BUCKETS: [Id; 6] =
        [Id::SeparateBuckets, Id::Bucket, Id::EventsBucket, Id::MediaBucket, Id::ExportsBucket, Id::CoreDataBucket];
    let given = answers.clone();
    let with_bucket = BUCKETS.iter().any(|id| given.get(*id).is_some());
    let with_keys = given.draft(format, &[]).has_keys();
    let taken = with_seen(deployment, |seen| {
        let other_store = given.get(Id::Provider).is_some_and(|id| id != seen.provider());
        seen.fill(answers, format, deployment.wrapper, |id, draft| match id {
            _ if given.get(id).is_some() || (other_store && id.field().of_store) => false,
            Id::Deployment => {
                let implied = format == OutputFormat::Ecs || format.deployment() != Wrapper::Raw;
                let unfit = format == OutputFormat::Env && matches!(deployment.wrapper, Wrapper::Helm | Wrapper::K8s);
                let is_default = draft.text(id).as_deref() == Some(deployment.wrapper.name());
                !(implied || unfit || is_default)
            }
            Id::Credentials => !with_keys,
            Id::AccessKeyId => format.configures_langfuse(),
            Id::SecretAccessKey | Id::GoogleCredentials => format.configures_langfuse() && draft.writes_secrets(),
            _ => !(with_bucket && BUCKETS.contains(&id)),
        })
    });
    taken.unwrap_or_default()
}

/// What `look` finds in what the containers receive; `None` if no container is configured.
fn with_seen<T>(deployment: &Deployment, look: impl FnOnce(&Seen<'_>) -> T) -> Option<T> {
    let worker = deployment.environment(Containers::WORKER).or_else(|| deployment.environment(Containers::WEB));
    let web = deployment.environment(Containers::WEB).or(worker);
    let (worker, web) = (worker?, web?);
    Some(look(&Seen { web: &Config::new(Containers::WEB, web), worker: &Config::new(Containers::WORKER, worker) }))
}

struct Seen<'e> {
    web: &'e Config<'e>,
    worker: &'e Config<'e>,
}

impl Seen<'_> {
    /// Answers for `format` the questions that `may` be, and returns them. Answers that equal the default are left out.
    fn fill(
        &self,
        answers: &mut Answers,
        format: OutputFormat,
        wrapper: Wrapper,
        may: impl Fn(Id, &AnswersDraft<'_>) -> bool,
    ) -> Vec<Id> {
        let mut filled = Vec::new();
        for field in FIELDS {
            let text = match field.id {
                Id::Deployment => Some(wrapper.name().to_owned()),
                id => self.answer(id),
            };
            let Some(text) = text else { continue };
            let draft = answers.draft(format, &[]);
            let is_said = draft.text(field.id).as_deref() == Some(text.as_str());
            if (is_said && field.id != Id::Deployment) || !(field.applies)(&draft) || !may(field.id, &draft) {
                continue;
            }
            // `check` reports the values that a question rejects; the question is asked again.
            if answers.set(field.id, &text).is_ok() {
                filled.push(field.id);
            }
        }
        filled
    }

    fn answer(&self, id: Id) -> Option<String> {
        let role = |use_case, role: Role| self.role(use_case, role);
        let first = |role: Role| self.used().find_map(|u| self.role(u, role));
        let yes = |flag: bool| flag.then(|| "true".to_owned());
        match id {
            Id::Provider => Some(self.provider().to_owned()),
            Id::Engine => Some(if self.worker.engine == Engine::S3 { "s3" } else { "native" }.to_owned()),
            Id::UseCases => Some(self.used().map(UseCase::name).collect::<Vec<_>>().join(",")),
            Id::SeparateBuckets => yes(self.buckets().len() > 1),
            // If they differ, each is a separate answer, and they have no common beginning.
            Id::Bucket => match self.buckets().as_slice() {
                [only] => Some(only.clone()),
                _ => None,
            },
            Id::EventsBucket => role(UseCase::Events, Role::Bucket),
            Id::MediaBucket => role(UseCase::Media, Role::Bucket),
            Id::ExportsBucket => role(UseCase::Exports, Role::Bucket),
            Id::CoreDataBucket => role(UseCase::CoreData, Role::Bucket),
            Id::EventsPrefix => role(UseCase::Events, Role::Prefix),
            Id::MediaPrefix => role(UseCase::Media, Role::Prefix),
            Id::ExportsPrefix => role(UseCase::Exports, Role::Prefix),
            Id::CoreDataPrefix => role(UseCase::CoreData, Role::Prefix),
            Id::Region => first(Role::Region),
            Id::Account => self.account(),
            Id::Endpoint => first(Role::Endpoint).map(|url| url.trim_end_matches('/').to_owned()),
            Id::PublicUrl => self.web.environment.text(PUBLIC_URL).map(str::to_owned),
            Id::StorePublicUrl => self.outside(),
            Id::Credentials => {
                let google = self.worker.environment.text(GOOGLE_KEY).is_some();
                let pair = self.worker.block(UseCase::Events).key_id.is_some();
                Some(if google || pair { "keys" } else { "role" }.to_owned())
            }
            Id::AccessKeyId => first(Role::AccessKeyId),
            Id::SecretAccessKey => first(Role::SecretAccessKey),
            Id::GoogleCredentials => self.worker.environment.text(GOOGLE_KEY).map(str::to_owned),
            Id::OciAuthType => self.worker.environment.text(OCI_AUTH).map(str::to_owned),
            Id::Sse => first(Role::Sse),
            Id::KmsKeyId => first(Role::SseKmsKeyId),
            _ => None,
        }
        .filter(|text| !text.is_empty() || id.field().kind == AnswerKind::Prefix)
    }

    fn used(&self) -> impl Iterator<Item = UseCase> {
        self.worker.used().map(|block| block.use_case)
    }

    fn role(&self, use_case: UseCase, role: Role) -> Option<String> {
        let variable = slot(use_case, role)?;
        self.worker.environment.text(variable).map(str::to_owned)
    }

    fn buckets(&self) -> Vec<String> {
        let mut names: Vec<String> = self.used().filter_map(|u| self.role(u, Role::Bucket)).collect();
        order::sort(&mut names);
        names.dedup();
        names
    }

    /// The store; an unrecognized host is treated as self-hosted.
    fn provider(&self) -> &'static str {
        match self.worker.engine {
            Engine::Azure => "azure",
            Engine::Gcs => "gcs",
            Engine::Oci => "oci",
            Engine::S3 => self.worker.block(UseCase::Events).provider.map_or("minio", |p| p.id),
        }
    }

    /// The value of `{account}` in the endpoint.
    fn account(&self) -> Option<String> {
        if self.worker.engine == Engine::Azure {
            return self.role(UseCase::Events, Role::AccessKeyId);
        }
        let setup = crate::provider::by_id(self.provider())?.setup();
        let Place::Hosted(template) = setup.place else { return None };
        let (before, after) = template.split_once("{account}")?;
        let endpoint = self.role(UseCase::Events, Role::Endpoint)?;
        let account = endpoint.strip_prefix(before)?.strip_suffix(after)?;
        Some(account.to_owned())
    }

    /// Where browsers reach the store, if it differs: the web container's endpoint for media, or the external endpoint
    /// for exports.
    fn outside(&self) -> Option<String> {
        let media = self.web.block(UseCase::Media).endpoint.and_then(|s| s.text());
        let exports = self.worker.block(UseCase::Exports).external.and_then(|s| s.text());
        let inside = self.role(UseCase::Events, Role::Endpoint);
        let elsewhere = |url: &&str| Some(*url) != inside.as_deref() && Endpoint::parse(url).is_ok();
        media.filter(elsewhere).or(exports.filter(elsewhere)).map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::super::generate;
    use super::*;
    use crate::files::NoFiles;
    use crate::source::{Given, Input, Options, read};

    fn opened(name: &str, text: &str) -> Deployment {
        let input =
            Input { name: name.into(), given: Given::Bytes(text.as_bytes().to_vec()), kind: None, container: None };
        read(&[input], &Options::default(), &NoFiles).unwrap()
    }

    /// Opening a generated file and generating it again changes nothing.
    #[test]
    fn generated_files_are_recalled() {
        let pair = [
            ("access-key-id", "AKIAQ7EXAMPLEKEYID00"),
            ("secret-access-key", "s3cr3tS3cr3tS3cr3tS3cr3tS3cr3tS3cr3t0123"),
        ];
        let cases: &[(OutputFormat, &[(&str, &str)])] = &[
            (OutputFormat::Env, &[("provider", "minio"), ("bucket", "acme"), ("endpoint", "https://s3.acme.dev")]),
            (
                OutputFormat::Env,
                &[
                    ("provider", "aws"),
                    ("bucket", "acme"),
                    ("region", "eu-west-1"),
                    ("separate-buckets", "true"),
                    ("use-cases", "events,media"),
                ],
            ),
            (OutputFormat::Env, &[("provider", "azure"), ("bucket", "acme"), ("account", "acmelangfuse")]),
            (OutputFormat::Env, &[("provider", "gcs"), ("bucket", "acme"), ("use-cases", "events")]),
        ];
        for (format, said) in cases {
            let mut answers = Answers::new();
            for (name, text) in *said {
                answers.set_named(name, text).unwrap();
            }
            if matches!(said.first(), Some((_, "minio"))) {
                for (name, text) in pair {
                    answers.set_named(name, text).unwrap();
                }
            }
            if matches!(said.first(), Some((_, "azure"))) {
                answers.set_named("secret-access-key", &format!("{}==", "A".repeat(86))).unwrap();
            }
            let written = generate(*format, &answers, &[]).unwrap();
            let recalled = recall(&opened(".env", written.text.expose()));
            let again = generate(*format, &recalled, &[]).unwrap();
            assert_eq!(again.text.expose(), written.text.expose());
        }
    }

    #[test]
    fn what_is_given_comes_before_what_is_taken() {
        const SECRET: &str = "s3cr3tS3cr3tS3cr3tS3cr3tS3cr3tS3cr3t0123";
        let dotenv = format!(
            "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme\nLANGFUSE_S3_EVENT_UPLOAD_PREFIX=raw/\nLANGFUSE_S3_EVENT_UPLOAD_REGION=eu-central-003\n\
             LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.eu-central-003.backblazeb2.com\nLANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=003a1b2c3d\n\
             LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY={SECRET}\n"
        );
        let deployment = opened(".env", &dotenv);
        let taken = |format, given: &[(&str, &str)]| {
            let mut answers = Answers::new();
            for (name, text) in given {
                answers.set_named(name, text).unwrap();
            }
            let ids = take(&mut answers, format, &deployment);
            (ids, answers)
        };
        let (ids, answers) = taken(OutputFormat::Lifecycle, &[]);
        assert_eq!(
            ids,
            [Id::Provider, Id::UseCases, Id::Bucket, Id::EventsPrefix, Id::Region],
            "no key is taken where none is needed"
        );
        assert_eq!(answers.get(Id::Provider), Some("b2"));
        let (ids, answers) = taken(OutputFormat::Lifecycle, &[("bucket", "other"), ("events-prefix", "events/")]);
        assert_eq!(ids, [Id::Provider, Id::UseCases, Id::Region]);
        assert_eq!(answers.get(Id::Bucket), Some("other"));
        let (ids, answers) = taken(OutputFormat::Cors, &[("provider", "aws")]);
        assert_eq!(ids, [Id::UseCases, Id::Bucket, Id::EventsPrefix]);
        assert_eq!(answers.get(Id::Region), None, "another store has another region");
        for (format, holds) in [(OutputFormat::K8s, true), (OutputFormat::Ecs, false), (OutputFormat::Helm, false)] {
            let (ids, answers) = taken(format, &[]);
            assert_eq!(answers.get(Id::SecretAccessKey), holds.then_some(SECRET), "{}", format.name());
            assert!(ids.contains(&Id::AccessKeyId), "{}", format.name());
            let text = generate(format, &answers, &[]).unwrap().text;
            assert_eq!(text.expose().contains(SECRET), holds, "{}", format.name());
        }
    }

    #[test]
    fn invalid_answers_are_asked_again() {
        let deployment =
            opened(".env", "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=my bucket\nLANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1\n");
        let answers = recall(&deployment);
        assert_eq!((answers.get(Id::Bucket), answers.get(Id::Region)), (None, Some("eu-west-1")));
        assert_eq!(answers.get(Id::Provider), Some("aws"));
    }
}
