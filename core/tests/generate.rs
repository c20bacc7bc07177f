//! What is generated passes `check` without error and warning, and brings to each container what the plan says: for
//! every provider, deployment, set of use cases, with shared and with separate buckets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::arithmetic_side_effects, missing_docs)]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use langfuse_blob_core::check::{self, check};
use langfuse_blob_core::generate::{
    Access, Answers, ConfigPlan, Credential, Id, Output, OutputFormat, Value, generate, settings,
};
use langfuse_blob_core::provider::PROVIDERS;
use langfuse_blob_core::provider::setup::{Native, Place, Region};
use langfuse_blob_core::report::Severity;
use langfuse_blob_core::source::{self, Deployment, Given, Input, Options};
use langfuse_blob_core::variable::{Containers, UseCase};

const OFFICIAL: &str = include_str!("../../tests/fixtures/compose/official.yml");
const RANDOM: &[u8] = b"0123456789abcdefghijklmnopqrst";
const SHORT: &str = "LANGFUSE_S3_EVENT_KEY_MAX_SEGMENT_BYTES";
/// A secret with the characters that readers disagree on, for stores where any text will do.
const ODD_SECRET: &str = "p$a#s`s\"w{o}r=d+1/2";

/// One cell of the matrix.
#[derive(Clone, Debug)]
struct Case {
    name: String,
    answers: Answers,
}

impl Case {
    fn with(&self, what: &str, answers: &[(Id, &str)]) -> Self {
        let mut case = self.clone();
        case.name = format!("{} {what}", case.name);
        for (id, text) in answers {
            case.answers.set(*id, text).unwrap_or_else(|e| panic!("{}: {e}", case.name));
        }
        case
    }
}

/// Every provider with every way to sign in, and a pair in the form that it has there.
fn stores() -> Vec<Case> {
    let mut all = Vec::new();
    for provider in PROVIDERS {
        let setup = provider.setup();
        let case = Case { name: provider.id.into(), answers: Answers::new() }.with("", &[(Id::Provider, provider.id)]);
        let case = match setup.region {
            Region::Asked(region) => case.with("", &[(Id::Region, region)]),
            Region::Usual(_) => case,
        };
        let account = match provider.id {
            "r2" => "8f14e45fceea167a5a36dedd4bea2543",
            _ => "acmelangfuse",
        };
        let case = if setup.account.is_empty() { case } else { case.with("", &[(Id::Account, account)]) };
        let azure_key = format!("{}==", "k".repeat(86));
        let (id, secret) = match provider.id {
            "aws" => ("AKIAQ7RT2MNBVCXZ5K3P", "pq8Rk2LmZx7Vt4Yb9Nw3Hs6Jd1Fg5Kc0Qa8Xe2Tz"),
            "r2" => {
                ("0cc175b9c0f1b6a831c399e269772661", "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae")
            }
            "gcs" => ("GOOG1EXQ7RT2MNBVCXZ5K3PQ7RT2MNBVCXZ", "pq8Rk2LmZx7Vt4Yb9Nw3Hs6Jd1Fg5Kc0Qa8Xe2Tz"),
            "azure" => ("acmelangfuse", azure_key.as_str()),
            "tigris" => ("tid_aBcDeFgHiJkLmNo", "tsec_pq8Rk2LmZx7Vt4Yb9Nw3Hs6Jd1Fg5Kc"),
            _ => ("lf-store-reader", ODD_SECRET),
        };
        let pair = case.with("pair", &[(Id::AccessKeyId, id), (Id::SecretAccessKey, secret)]);
        if setup.native != Native::Only && setup.native != Native::None {
            all.push(pair.with("interface of S3", &[(Id::Engine, "s3")]));
        }
        match provider.id {
            "aws" => {
                all.push(pair.with("AES256", &[(Id::Sse, "AES256")]));
                let role = case.with("role", &[(Id::RoleArn, "arn:aws:iam::111122223333:role/langfuse")]);
                let key = "arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d";
                all.push(role.with("kms", &[(Id::Sse, "aws:kms"), (Id::KmsKeyId, key)]));
                all.push(role);
                all.push(case.with("role without name", &[]));
                all.push(case.with("china", &[(Id::Region, "cn-north-1")]));
                all.push(pair);
            }
            "gcs" => {
                let account = "langfuse@acme-prod.iam.gserviceaccount.com";
                all.push(case.with("identity", &[(Id::GoogleServiceAccount, account)]));
                all.push(case.with("key file", &[(Id::GoogleCredentials, "/etc/langfuse/gcs-key.json")]));
                let key = r#"{"type": "service_account", "client_email": "l@p.iam.gserviceaccount.com", "private_key": "-----BEGIN PRIVATE KEY-----\nMIIEvQ+A/B=\n-----END PRIVATE KEY-----\n"}"#;
                all.push(case.with("key", &[(Id::GoogleCredentials, key)]));
            }
            "oci" => {
                all.push(case.with("native", &[(Id::Engine, "native"), (Id::OciAuthType, "instance_principal")]));
            }
            _ if setup.place == Place::Own => {
                let inside = pair.with("inside", &[(Id::Endpoint, "http://store.storage.svc:8080")]);
                all.push(inside.with("https outside", &[(Id::StorePublicUrl, "https://store.example.com")]));
                all.push(pair.with("public", &[(Id::Endpoint, "https://store.example.com")]));
            }
            _ => all.push(pair),
        }
    }
    all
}

const USE_CASES: [&str; 8] = [
    "events",
    "events,media",
    "events,exports",
    "events,media,exports",
    "events,core-data",
    "events,media,core-data",
    "events,exports,core-data",
    "events,media,exports,core-data",
];

/// The matrix: stores by use cases by buckets by whether Langfuse's address is known.
fn matrix() -> Vec<Case> {
    let mut all = Vec::new();
    for store in stores() {
        // Google's S3 interface breaks uploads of media, and is refused with it.
        let interoperable = store.name.contains("gcs") && store.name.contains("interface of S3");
        for use_cases in USE_CASES.into_iter().filter(|u| !(interoperable && u.contains("media"))) {
            let case = store.with(use_cases, &[(Id::UseCases, use_cases), (Id::Bucket, "acme-langfuse")]);
            for case in [case.with("separate", &[(Id::SeparateBuckets, "true")]), case.with("shared", &[])] {
                all.push(case.with("public", &[(Id::PublicUrl, "https://langfuse.example.com")]));
                all.push(case);
            }
        }
    }
    all
}

fn input(name: &str, text: &str) -> Input {
    Input { name: name.into(), given: Given::Bytes(text.into()), kind: None, container: None }
}

/// Reads the first file with the others lying beside it.
fn read(files: &[(&str, &str)], options: &Options) -> Deployment {
    let (name, text) = files.first().copied().expect("one file at least");
    read_inputs(&[input(name, text)], files, options)
}

fn read_inputs(inputs: &[Input], files: &[(&str, &str)], options: &Options) -> Deployment {
    let files: BTreeMap<&str, &str> = files.iter().copied().collect();
    source::read(inputs, options, &files).unwrap()
}

/// Nothing above a hint.
fn assert_clean(case: &Case, text: &str, deployment: &Deployment) {
    let report = check(deployment, &check::Options::default());
    let bad: Vec<_> = report.diagnostics.iter().filter(|d| d.severity > Severity::Hint).collect();
    assert!(bad.is_empty(), "{}: {bad:#?}\n{text}", case.name);
}

/// What each container receives is what the plan says. A key pair that the file refers to comes as a reference.
fn assert_received(case: &Case, text: &str, plan: &ConfigPlan, deployment: &Deployment, containers: Containers) {
    for container in [Containers::WEB, Containers::WORKER].into_iter().filter(|c| c.meets(containers)) {
        let environment = deployment.environment(container).unwrap_or_else(|| panic!("{}\n{text}", case.name));
        for setting in settings(plan).into_iter().filter(|s| s.containers.meets(container)) {
            let received = environment.get(setting.var).map(|s| &s.value);
            let name = setting.var.name();
            match (&setting.value, received) {
                (Value::Text(wanted), Some(source::Value::Known(text))) => {
                    assert_eq!(text, wanted, "{}: {name}", case.name);
                }
                // The official compose file doesn't pass it, and a note says so.
                (Value::Text(_), None) if name == SHORT && text.contains("for the .env next to the official") => {}
                // An empty text and none are the same to Langfuse.
                (Value::Text(wanted), None) if wanted.is_empty() => {}
                (Value::Credential(which), Some(source::Value::Known(text))) => {
                    assert_eq!(Some(text.as_str()), plan.credential(*which), "{}: {name}", case.name);
                }
                (Value::Credential(which), Some(source::Value::Reference { name, key, secret: true })) => {
                    assert_eq!((name.as_str(), key.as_str()), ("langfuse-storage", which.key()), "{}", case.name);
                }
                // A task definition refers to a key of the secret.
                (Value::Credential(which), Some(source::Value::Unknown)) => {
                    let reference = format!(":secret:langfuse-storage:{}::\"", which.key());
                    assert!(text.contains(&reference), "{}: {name}\n{text}", case.name);
                }
                (wanted, received) => panic!("{}: {name}: {wanted:?}, received {received:?}\n{text}", case.name),
            }
        }
    }
}

fn written(case: &Case, format: OutputFormat) -> (Output, ConfigPlan) {
    let output = generate(format, &case.answers, RANDOM).unwrap_or_else(|e| panic!("{}: {e}\n{}", case.name, e.help()));
    let plan = ConfigPlan::new(&case.answers.draft(format, RANDOM)).expect("it was written");
    (output, plan)
}

#[test]
fn env_files_are_clean_and_round() {
    for case in matrix() {
        let whole = generate(OutputFormat::Env, &case.answers, RANDOM);
        let apart = matches!(&whole, Err(e) if e.help().contains("--container web"));
        let pieces = if apart { vec![Some("web"), Some("worker")] } else { vec![None] };
        let mut inputs = Vec::new();
        for piece in pieces {
            let case = piece.map_or(case.clone(), |c| case.with(c, &[(Id::Container, c)]));
            let (output, _) = written(&case, OutputFormat::Env);
            let mut one = input(&format!("{}.env", piece.unwrap_or("both")), output.text.expose());
            one.container = piece.map(|c| if c == "web" { Containers::WEB } else { Containers::WORKER });
            inputs.push((one, output.text.expose().to_owned()));
        }
        let text: String = inputs.iter().map(|(_, t)| t.as_str()).collect();
        let inputs: Vec<Input> = inputs.into_iter().map(|(i, _)| i).collect();
        let deployment = read_inputs(&inputs, &[], &Options::default());
        assert_clean(&case, &text, &deployment);
        let plan = ConfigPlan::new(&case.answers.draft(OutputFormat::Env, RANDOM)).unwrap();
        assert_received(&case, &text, &plan, &deployment, Containers::BOTH);
    }
}

/// SDKs on other machines need an address that leads to the store from there, also where Langfuse is opened here.
#[test]
fn sdks_elsewhere_need_an_address_from_outside() {
    let said = [
        (Id::Provider, "minio"),
        (Id::Bucket, "acme"),
        (Id::Endpoint, "http://localhost:9000"),
        (Id::AccessKeyId, "langfuse"),
        (Id::SecretAccessKey, "0123456789abcdef0123456789abcdef01234567"),
    ];
    let here = Case { name: "here".into(), answers: Answers::new() }.with("", &said);
    assert!(generate(OutputFormat::Env, &here.answers, RANDOM).is_ok());
    let elsewhere = here.with("elsewhere", &[(Id::Sdks, "elsewhere")]);
    let missing = generate(OutputFormat::Env, &elsewhere.answers, RANDOM).unwrap_err();
    assert_eq!(missing.fields(), [Id::StorePublicUrl]);
    let itself = elsewhere.with("itself", &[(Id::StorePublicUrl, "http://localhost:9000")]);
    let wrong = generate(OutputFormat::Env, &itself.answers, RANDOM).unwrap_err();
    assert!(wrong.to_string().contains("to themselves"), "{wrong}");
    let outside = elsewhere.with("outside", &[(Id::StorePublicUrl, "https://store.acme.dev"), (Id::Container, "web")]);
    assert!(generate(OutputFormat::Env, &outside.answers, RANDOM).is_ok());
}

#[test]
fn a_store_on_this_machine_serves_a_langfuse_on_this_machine() {
    let case = Case { name: "here".into(), answers: Answers::new() }.with(
        "",
        &[
            (Id::Provider, "minio"),
            (Id::Endpoint, "http://localhost:8333"),
            (Id::Bucket, "acme"),
            (Id::AccessKeyId, "lf-store-reader"),
            (Id::SecretAccessKey, ODD_SECRET),
        ],
    );
    for case in [case.clone(), case.with("named", &[(Id::PublicUrl, "http://localhost:3000")])] {
        let (output, plan) = written(&case, OutputFormat::Env);
        let text = output.text.expose();
        let deployment = read(&[(".env", text)], &Options::default());
        assert_clean(&case, text, &deployment);
        assert_received(&case, text, &plan, &deployment, Containers::BOTH);
    }
    let elsewhere = case.with("elsewhere", &[(Id::PublicUrl, "https://langfuse.example.com")]);
    let error = generate(OutputFormat::Env, &elsewhere.answers, RANDOM).unwrap_err();
    assert_eq!(error.fields(), [Id::StorePublicUrl]);
}

#[test]
fn every_reader_of_a_dotenv_reads_the_same() {
    use langfuse_blob_core::source::Dialect;
    for store in stores() {
        let case = store.with("", &[(Id::UseCases, "events"), (Id::Bucket, "acme-langfuse")]);
        for (word, dialect) in [("compose", Dialect::Compose), ("docker", Dialect::Docker), ("node", Dialect::Node)] {
            let case = case.with(word, &[(Id::Dialect, word)]);
            let (output, plan) = written(&case, OutputFormat::Env);
            let text = output.text.expose();
            let deployment = read(&[(".env", text)], &Options { dialect: Some(dialect), ..Options::default() });
            assert_clean(&case, text, &deployment);
            assert_received(&case, text, &plan, &deployment, Containers::BOTH);
        }
    }
}

/// Whether a .env beside the official compose file can say it: the file forwards no encryption, no core data and nothing
/// of Google, hands one value to both containers, and replaces what is empty.
fn a_dotenv_can_say(plan: &ConfigPlan) -> bool {
    let uses = |use_case| plan.bucket(use_case).is_some();
    let signs_in = matches!(plan.access, Access::Pair { .. } | Access::Oracle(_));
    let media = uses(UseCase::Media) && plan.outside.is_none();
    signs_in && media && plan.encryption.is_none() && !uses(UseCase::CoreData)
}

#[test]
fn env_files_beside_the_official_compose_file_are_clean_or_refused() {
    let mut clean = 0;
    for case in matrix() {
        let case = case.with("env of compose", &[(Id::Deployment, "compose")]);
        let plan = ConfigPlan::new(&case.answers.draft(OutputFormat::Env, RANDOM)).unwrap();
        let output = generate(OutputFormat::Env, &case.answers, RANDOM);
        assert_eq!(output.is_ok(), a_dotenv_can_say(&plan), "{}: {:?}", case.name, output.err());
        match output {
            Ok(output) => {
                clean += 1;
                let text = output.text.expose();
                for files in [
                    [("docker-compose.yml", OFFICIAL), (".env", text)],
                    [(".env", text), ("docker-compose.yml", OFFICIAL)],
                ] {
                    let deployment = read(&files, &Options::default());
                    assert_clean(&case, text, &deployment);
                    assert_received(&case, text, &plan, &deployment, Containers::BOTH);
                }
                let external = text.contains("LANGFUSE_S3_BATCH_EXPORT_EXTERNAL_ENDPOINT=");
                assert_eq!(external, plan.bucket(UseCase::Exports).is_some(), "{}\n{text}", case.name);
            }
            // What a .env cannot say, an override can; the next test writes it.
            Err(error) => assert!(error.help().contains("generate compose"), "{}: {error}", case.name),
        }
    }
    assert!(clean > 150, "{clean}");
}

/// The same with the secrets in the file; how they stand there has nothing to do with which use cases there are.
fn inline(case: &Case) -> Option<Case> {
    let all = case.answers.get(Id::UseCases) == USE_CASES.last().copied();
    all.then(|| case.with("inline", &[(Id::InlineSecrets, "true")]))
}

/// What a compose override refers to.
fn dotenv(plan: &ConfigPlan) -> String {
    let names = match plan.access {
        Access::Pair { .. } if plan.bundled => ["MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD"],
        _ => ["STORE_ACCESS_KEY_ID", "STORE_SECRET_ACCESS_KEY"],
    };
    let quote = |text: Option<&str>| text.map_or(String::new(), |t| format!("'{t}'"));
    format!(
        "{}={}\n{}={}\nSTORE_GOOGLE_CREDENTIALS={}\n",
        names[0],
        quote(plan.credential(Credential::KeyId)),
        names[1],
        quote(plan.credential(Credential::Secret)),
        quote(plan.credential(Credential::GoogleKey)),
    )
}

#[test]
fn compose_overrides_are_clean_and_round() {
    for case in matrix() {
        for (case, inline) in [(case.with("referred", &[]), false)].into_iter().chain(inline(&case).map(|c| (c, true)))
        {
            let (output, plan) = written(&case, OutputFormat::Compose);
            let text = output.text.expose();
            let dotenv = if inline { String::new() } else { dotenv(&plan) };
            let files = [("docker-compose.yml", OFFICIAL), ("docker-compose.override.yml", text), (".env", &dotenv)];
            let deployment = read(&files, &Options::default());
            assert_clean(&case, text, &deployment);
            assert_received(&case, text, &plan, &deployment, Containers::BOTH);
            if let (false, Some(secret)) = (inline, plan.credential(Credential::Secret)) {
                assert!(!text.contains(secret) && !text.contains("p$$a"), "{}\n{text}", case.name);
            }
        }
    }
}

#[test]
fn the_bundled_store_of_compose_is_configured() {
    let base = Case { name: "bundled".into(), answers: Answers::new() }.with("", &[(Id::Provider, "minio")]);
    let (output, plan) = written(&base.with("", &[(Id::Deployment, "compose")]), OutputFormat::Env);
    let files = [("docker-compose.yml", OFFICIAL), (".env", output.text.expose())];
    let deployment = read(&files, &Options::default());
    assert_clean(&base, output.text.expose(), &deployment);
    assert_received(&base, output.text.expose(), &plan, &deployment, Containers::BOTH);
    let outside = [(Id::PublicUrl, "https://langfuse.example.com"), (Id::StorePublicUrl, "https://store.example.com")];
    for case in [
        base.clone(),
        base.with("public", &outside),
        base.with("named", &[(Id::Bucket, "acme")]),
        base.with("separate", &[(Id::Bucket, "acme"), (Id::SeparateBuckets, "true")]),
        base.with("inline", &[(Id::InlineSecrets, "true")]),
    ] {
        let (output, plan) = written(&case, OutputFormat::Compose);
        let text = output.text.expose();
        let dotenv = if plan.inline_secrets { String::new() } else { dotenv(&plan) };
        let files = [("docker-compose.yml", OFFICIAL), ("docker-compose.override.yml", text), (".env", &dotenv)];
        let deployment = read(&files, &Options::default());
        assert_clean(&case, text, &deployment);
        assert_received(&case, text, &plan, &deployment, Containers::BOTH);
    }
}

#[test]
fn chart_values_are_clean_and_round() {
    for case in matrix() {
        for case in [case.with("referred", &[])].into_iter().chain(inline(&case)) {
            let (output, plan) = written(&case, OutputFormat::Helm);
            let text = output.text.expose();
            let deployment = read(&[("values.yaml", text)], &Options::default());
            assert_clean(&case, text, &deployment);
            assert_received(&case, text, &plan, &deployment, Containers::BOTH);
            let secret = plan.credential(Credential::Secret).filter(|_| !plan.inline_secrets);
            assert!(secret.is_none_or(|s| !text.contains(s)), "{}\n{text}", case.name);
        }
    }
}

#[test]
fn the_bundled_store_of_the_chart_is_configured() {
    let base = Case { name: "bundled".into(), answers: Answers::new() }.with(
        "",
        &[(Id::Provider, "seaweedfs"), (Id::StorePublicUrl, "https://store.example.com"), (Id::Release, "lf")],
    );
    for case in [
        base.clone(),
        base.with("public", &[(Id::PublicUrl, "https://langfuse.example.com")]),
        base.with("separate", &[(Id::Bucket, "acme"), (Id::SeparateBuckets, "true")]),
        base.with("events", &[(Id::Bucket, "acme"), (Id::SeparateBuckets, "true"), (Id::UseCases, "events")]),
    ] {
        let (output, plan) = written(&case, OutputFormat::Helm);
        let text = output.text.expose();
        let deployment = read(&[("values.yaml", text)], &Options { release: Some("lf".into()), ..Options::default() });
        assert_clean(&case, text, &deployment);
        assert_received(&case, text, &plan, &deployment, Containers::BOTH);
    }
}

/// Deployments that take what `k8s` wrote, as the comment at its top says.
fn deployments(manifests: &str) -> String {
    let mut out = String::new();
    for component in ["web", "worker"] {
        let mut from = String::new();
        for (kind, name) in [
            ("configMapRef", "langfuse-storage"),
            ("configMapRef", &format!("langfuse-storage-{component}")),
            ("secretRef", "langfuse-storage"),
        ] {
            if manifests.contains(&format!("- {kind}: {{name: {name}}}")) {
                let _ = writeln!(from, "            - {kind}: {{name: {name}}}");
            }
        }
        let image = if component == "web" { "langfuse/langfuse:4" } else { "langfuse/langfuse-worker:4" };
        let _ = write!(
            out,
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: langfuse-{component}}}\nspec:\n  template:\n    spec:\n      containers:\n        - name: langfuse-{component}\n          image: {image}\n          envFrom:\n{from}"
        );
    }
    out
}

#[test]
fn manifests_are_clean_and_round() {
    for case in matrix() {
        let (output, plan) = written(&case, OutputFormat::K8s);
        let text = output.text.expose();
        let alone = read(&[("storage.yaml", text)], &Options::default());
        assert_clean(&case, text, &alone);
        let whole = format!("{text}{}", deployments(text));
        let deployment = read(&[("storage.yaml", &whole)], &Options::default());
        assert_clean(&case, &whole, &deployment);
        assert_received(&case, &whole, &plan, &deployment, Containers::BOTH);
    }
}

#[test]
fn json_is_clean_and_round() {
    for case in matrix() {
        let (output, plan) = written(&case, OutputFormat::Json);
        let text = output.text.expose();
        let deployment = read(&[("storage.json", text)], &Options::default());
        assert_clean(&case, text, &deployment);
        assert_received(&case, text, &plan, &deployment, Containers::BOTH);
    }
}

#[test]
fn task_definitions_are_clean_and_round() {
    for case in matrix() {
        if case.name.contains("identity") {
            let chosen = case.with("role", &[(Id::Credentials, "role")]);
            let refused = generate(OutputFormat::Ecs, &chosen.answers, RANDOM).unwrap_err();
            assert_eq!(refused.fields(), [Id::Credentials], "{}", case.name);
            continue;
        }
        let (output, plan) = written(&case, OutputFormat::Ecs);
        let text = output.text.expose();
        let deployment = read(&[("task-definition.json", text)], &Options::default());
        assert_clean(&case, text, &deployment);
        assert_received(&case, text, &plan, &deployment, Containers::BOTH);
        let secret = plan.credential(Credential::Secret);
        assert!(secret.is_none_or(|s| !text.contains(s)), "{}\n{text}", case.name);
        let role = matches!(&plan.access, Access::Role { arn: Some(_) });
        assert_eq!(text.contains("\"taskRoleArn\""), role, "{}\n{text}", case.name);
        let told = output.notes.iter().any(|note| note.contains("secretsmanager create-secret"));
        assert_eq!(told, text.contains("\"valueFrom\""), "{}\n{:?}", case.name, output.notes);
    }
}

/// Stores whose keys are file names get short keys, in every format that can say it, unless Langfuse can't do it yet.
#[test]
fn keys_are_short_where_they_are_file_names() {
    for provider in PROVIDERS.iter().filter(|p| p.setup().place == Place::Own) {
        let base = Case { name: provider.id.into(), answers: Answers::new() }.with(
            "",
            &[
                (Id::Provider, provider.id),
                (Id::Endpoint, "https://store.example.com"),
                (Id::Bucket, "acme"),
                (Id::AccessKeyId, "lf-store-reader"),
                (Id::SecretAccessKey, "0123456789abcdef0123456789abcdef01234567"),
            ],
        );
        let wanted = matches!(provider.id, "minio" | "seaweedfs" | "rustfs");
        for format in OutputFormat::ALL.into_iter().filter(|f| f.configures_langfuse()) {
            let text = written(&base, format).0.text;
            assert_eq!(text.expose().contains(SHORT), wanted, "{} {}", provider.id, format.name());
            let old = base.with("old", &[(Id::LangfuseVersion, "3.188.0")]);
            assert!(!written(&old, format).0.text.expose().contains(SHORT), "{} {}", provider.id, format.name());
        }
        let (dotenv, _) = written(&base.with("beside", &[(Id::Deployment, "compose")]), OutputFormat::Env);
        assert!(!dotenv.text.expose().contains(SHORT), "{}", provider.id);
        assert_eq!(dotenv.notes.iter().any(|note| note.contains(SHORT)), wanted, "{:?}", dotenv.notes);
    }
}

/// Whatever is written, to Langfuse or to the store, names that cannot be are refused where they are given.
#[test]
fn an_address_is_no_name() {
    for (name, text) in [
        ("bucket", "s3://acme"),
        ("bucket", "arn:aws:s3:::acme"),
        ("bucket", "langfuse/events"),
        ("media-bucket", "https://acme"),
        ("region", "fsn1.your-objectstorage.com"),
        ("account", "0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com"),
        ("account", "https://acme"),
    ] {
        let refused = Answers::default().set_named(name, text).expect_err(text);
        assert!(refused.help().contains("only"), "{text}: {}", refused.help());
    }
}

#[test]
fn an_account_of_r2_has_its_digits() {
    let with = |account: &str| {
        let mut answers = Answers::default();
        for (name, text) in [("provider", "r2"), ("account", account), ("bucket", "acme"), ("use-cases", "events")] {
            answers.set_named(name, text).unwrap();
        }
        generate(OutputFormat::Cors, &answers, RANDOM).err().map(|e| e.to_string())
    };
    let cloudflares = "0123456789abcdef0123456789abcdef";
    assert!(with(&cloudflares[1..]).is_some_and(|e| e.contains("isn't an account ID")));
    assert!(with("acme").is_some_and(|e| e.contains("isn't an account ID")));
    assert!(!with(cloudflares).is_some_and(|e| e.contains("isn't an account ID")));
}
