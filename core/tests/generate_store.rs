//! What is generated for the store: rights, rules, commands, Terraform; and what is refused, with which words.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::BTreeMap;

use langfuse_blob_core::generate::{
    Answers, ConfigPlan, Error, FieldFacts, FormState, GeneratedFiles, Id, OutputFormat, fields, generate,
    generate_files, missing, providers,
};
use langfuse_blob_core::provider::PROVIDERS;
use langfuse_blob_core::provider::lifecycle::Lifecycle;
use langfuse_blob_core::provider::setup::Region;
use langfuse_blob_core::source::Wrapper;
use langfuse_blob_core::variable::UseCase;

const RANDOM: &[u8] = b"0123456789abcdefghijklmnopqrst";

/// Answers in short: `name=value` words.
fn answers(words: &str) -> Answers {
    let mut all = Answers::new();
    for word in words.split_whitespace() {
        let (name, value) = word.split_once('=').expect("name=value");
        all.set_named(name, value).unwrap_or_else(|e| panic!("{word}: {e}"));
    }
    all
}

fn json(format: OutputFormat, words: &str) -> serde_json::Value {
    let output = generate(format, &answers(words), RANDOM).unwrap_or_else(|e| panic!("{words}: {e}"));
    serde_json::from_str(output.text.expose()).unwrap_or_else(|e| panic!("{words}: {e}\n{}", output.text.expose()))
}

/// Every action that a policy allows, with its resource; conditions behind the resource.
fn rights(policy: &serde_json::Value) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for statement in policy["Statement"].as_array().unwrap() {
        assert_eq!(statement["Effect"], "Allow");
        let condition = statement["Condition"]["StringLike"]["s3:prefix"].as_str();
        let resource = statement["Resource"].as_str().unwrap();
        let resource = condition.map_or(resource.to_owned(), |c| format!("{resource} if {c}"));
        let actions = match &statement["Action"] {
            serde_json::Value::String(one) => vec![one.clone()],
            many => many.as_array().unwrap().iter().map(|a| a.as_str().unwrap().to_owned()).collect(),
        };
        for action in actions {
            all.entry(action).or_default().push(resource.clone());
        }
    }
    all
}

#[test]
fn a_policy_allows_what_langfuse_does_and_no_more() {
    let shared = "provider=aws region=eu-west-1 bucket=acme use-cases=events,media,exports";
    let a = |key: &str| format!("arn:aws:s3:::acme/{key}*");
    let all = rights(&json(OutputFormat::IamPolicy, shared));
    let expected = [
        ("s3:AbortMultipartUpload", vec![a("exports/")]),
        ("s3:DeleteObject", vec![a("events/"), a("media/")]),
        ("s3:GetObject", vec![a("events/"), a("media/"), a("exports/")]),
        ("s3:ListBucket", vec!["arn:aws:s3:::acme if events/*".to_owned()]),
        ("s3:PutObject", vec![a("events/"), a("media/"), a("exports/")]),
    ];
    assert_eq!(all, expected.into_iter().map(|(k, v)| (k.to_owned(), v)).collect());

    let events = rights(&json(
        OutputFormat::IamPolicy,
        "provider=aws region=cn-north-1 bucket=acme separate-buckets=true use-cases=events",
    ));
    let arn = "arn:aws-cn:s3:::acme-events";
    assert_eq!(events["s3:ListBucket"], [arn]);
    assert_eq!(events["s3:DeleteObject"], [format!("{arn}/*")]);
    assert!(!events.contains_key("s3:AbortMultipartUpload"));

    let key = "arn:aws:kms:eu-west-1:111122223333:key/1a2b";
    let kms = rights(&json(OutputFormat::IamPolicy, &format!("{shared} sse=aws:kms kms-key-id={key}")));
    assert_eq!((&kms["kms:GenerateDataKey"], &kms["kms:Decrypt"]), (&vec![key.to_owned()], &vec![key.to_owned()]));
    for more in ["sse=AES256", "sse=aws:kms"] {
        assert!(
            !rights(&json(OutputFormat::IamPolicy, &format!("{shared} {more}"))).contains_key("kms:Decrypt"),
            "{more}"
        );
    }
    let alias =
        generate(OutputFormat::IamPolicy, &answers(&format!("{shared} sse=aws:kms kms-key-id=alias/langfuse")), RANDOM);
    assert!(alias.unwrap_err().to_string().starts_with("--kms-key-id: "));
}

#[test]
fn trust_policies_name_who_takes_the_role() {
    let base = "provider=aws region=eu-west-1 bucket=acme";
    let irsa = json(
        OutputFormat::IamPolicy,
        &format!(
            "{base} trust=irsa aws-account-id=111122223333 oidc-issuer=oidc.eks.eu-west-1.amazonaws.com/id/8C6F release=obs"
        ),
    );
    let statement = &irsa["trust"]["Statement"][0];
    assert_eq!(
        statement["Principal"]["Federated"],
        "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/8C6F"
    );
    let equals = &statement["Condition"]["StringEquals"];
    assert_eq!(equals["oidc.eks.eu-west-1.amazonaws.com/id/8C6F:sub"], "system:serviceaccount:langfuse:obs-langfuse");
    assert_eq!(equals["oidc.eks.eu-west-1.amazonaws.com/id/8C6F:aud"], "sts.amazonaws.com");
    assert!(rights(&irsa["policy"]).contains_key("s3:ListBucket"));

    let pods = json(OutputFormat::IamPolicy, &format!("{base} trust=pod-identity"));
    assert_eq!(pods["trust"]["Statement"][0]["Action"], serde_json::json!(["sts:AssumeRole", "sts:TagSession"]));
    let ecs = json(OutputFormat::IamPolicy, &format!("{base} trust=ecs aws-account-id=111122223333"));
    assert_eq!(ecs["trust"]["Statement"][0]["Condition"]["StringEquals"]["aws:SourceAccount"], "111122223333");
    let missing = generate(OutputFormat::IamPolicy, &answers(&format!("{base} trust=irsa")), RANDOM).unwrap_err();
    assert_eq!(missing, Error::Missing(vec![Id::AwsAccountId, Id::OidcIssuer]));
}

/// Every prefix that a lifecycle document deletes under, by bucket.
fn expiring(document: &serde_json::Value, bucket: &str) -> Vec<String> {
    let one = |rules: &serde_json::Value, bucket: &str| -> Vec<String> {
        let all = rules["Rules"].as_array().or_else(|| rules["rule"].as_array()).unwrap();
        let deletes = all.iter().filter(|r| r["Expiration"].is_object() || r["action"]["type"] == "Delete");
        let prefix = |r: &serde_json::Value| {
            let s3 = r["Filter"]["Prefix"].as_str();
            s3.or_else(|| r["condition"]["matchesPrefix"][0].as_str()).unwrap_or("").to_owned()
        };
        deletes.map(|r| format!("{bucket}/{}", prefix(r))).collect()
    };
    if let Some(rules) = document["rules"].as_array() {
        let filters = rules.iter().map(|r| &r["definition"]["filters"]["prefixMatch"][0]);
        return filters.map(|f| f.as_str().unwrap().to_owned()).collect();
    }
    if document["Rules"].is_array() || document["rule"].is_array() {
        return one(document, bucket);
    }
    document.as_object().unwrap().iter().flat_map(|(bucket, rules)| one(rules, bucket)).collect()
}

#[test]
fn no_expiry_covers_a_key_of_another_use_case() {
    let media_ids = ["clx1/abc.png", "otel-project/abc.png", "events/abc.png"];
    for store in ["provider=aws region=eu-west-1", "provider=minio", "provider=gcs", "provider=azure", "provider=r2"] {
        for buckets in ["bucket=acme", "bucket=acme separate-buckets=true", "bucket=acme media-bucket=acme-media"] {
            for events in ["events/", "", "raw/", "media/", "media/events/", "m"] {
                for media in ["media/", "", "events/media/", "media/x/"] {
                    let base = format!("{store} {buckets} retention-days=30");
                    let mut all = answers(&base);
                    all.set(Id::EventsPrefix, events).unwrap();
                    all.set(Id::MediaPrefix, media).unwrap();
                    let output = generate(OutputFormat::Lifecycle, &all, RANDOM).unwrap();
                    let document = serde_json::from_str(output.text.expose()).unwrap();
                    let filters = expiring(&document, "acme");
                    assert!(!filters.is_empty());
                    let plan = ConfigPlan::new(&all.draft(OutputFormat::Lifecycle, RANDOM)).unwrap();
                    let bucket = &plan.bucket(UseCase::Media).unwrap().name;
                    for id in media_ids {
                        let key = format!("{bucket}/{media}{id}");
                        let covered = filters.iter().any(|f| key.starts_with(f.as_str()));
                        assert!(!covered, "{base} {events:?} {media:?}: {key} under {filters:?}");
                    }
                    let narrow = filters.iter().all(|f| f.ends_with("otel/") || f.ends_with("evals/"));
                    let said = output.notes.iter().any(|n| n.contains("only `otel/` and `evals/` expire"));
                    assert_eq!(narrow, said, "{base} {events:?} {media:?}");
                }
            }
        }
    }
}

#[test]
fn expiry_asks_for_days_and_covers_events() {
    let none =
        generate(OutputFormat::Lifecycle, &answers("provider=aws region=eu-west-1 bucket=acme"), RANDOM).unwrap_err();
    assert_eq!(none, Error::Missing(vec![Id::RetentionDays]));
    let rules = json(OutputFormat::Lifecycle, "provider=aws region=eu-west-1 bucket=acme retention-days=30");
    assert_eq!(expiring(&rules, "acme"), ["acme/events/"]);
    assert_eq!(rules["Rules"][0]["Expiration"]["Days"], 30);
    // A bucket whose other contents are not known keeps everything but these two.
    let alone = "provider=aws region=eu-west-1 bucket=acme retention-days=30 use-cases=events events-prefix=";
    assert_eq!(expiring(&json(OutputFormat::Lifecycle, alone), "acme"), ["acme/otel/", "acme/evals/"]);
    let own = "provider=aws region=eu-west-1 bucket=acme separate-buckets=true retention-days=7";
    assert_eq!(expiring(&json(OutputFormat::Lifecycle, own), ""), ["acme-events/"]);
}

/// Every store gets rules that it accepts, and a command that goes to it and not to Amazon.
#[test]
fn every_store_gets_its_own_rules_and_command() {
    for provider in PROVIDERS {
        let setup = provider.setup();
        let region = match setup.region {
            Region::Asked(region) => format!(" region={region}"),
            Region::Usual(_) => String::new(),
        };
        let words = format!("provider={} bucket=acme retention-days=30{region}", provider.id);
        let output = match (generate(OutputFormat::Lifecycle, &answers(&words), RANDOM), setup.lifecycle) {
            (Ok(output), _) => output,
            (Err(error), Lifecycle::Never(instead)) => {
                assert_eq!((error.fields(), error.help()), (vec![Id::Provider], instead.to_owned()));
                continue;
            }
            (Err(error), _) => panic!("{words}: {error}"),
        };
        let text = output.text.expose();
        assert!(text.contains("events/"), "{words}\n{text}");
        let notes = output.notes.join("\n");
        let command = match setup.lifecycle {
            Lifecycle::Google => "gcloud storage buckets update gs://acme --lifecycle-file=",
            Lifecycle::Azure => "az storage account management-policy create --account-name ACCOUNT",
            Lifecycle::Oracle => "oci os object-lifecycle-policy put --bucket-name acme --items file://",
            _ => "aws s3api put-bucket-lifecycle-configuration --bucket acme",
        };
        assert!(notes.contains(command), "{words}\n{notes}");
        if let Lifecycle::S3(rules) = setup.lifecycle {
            assert_eq!(text.contains("AbortIncompleteMultipartUpload"), rules.aborts_uploads, "{words}\n{text}");
            assert_eq!(text.contains("NoncurrentVersionExpiration"), rules.deletes_versions, "{words}\n{text}");
            assert_eq!(notes.contains("--endpoint-url "), provider.id != "aws", "{words}\n{notes}");
            assert!(notes.contains(rules.note), "{words}\n{notes}");
        }
    }
    let oracle = "provider=oci region=eu-frankfurt-1 bucket=acme retention-days=30";
    let rules = json(OutputFormat::Lifecycle, oracle);
    assert_eq!(rules.as_array().unwrap().len(), 1);
    assert_eq!(rules[0]["objectNameFilter"]["inclusionPrefixes"][0], "events/");
    let minio = "provider=minio bucket=acme retention-days=30 endpoint=http://minio:9000 store-public-url=http://localhost:9090";
    let output = generate(OutputFormat::Lifecycle, &answers(minio), RANDOM).unwrap();
    assert!(output.notes[0].contains("--endpoint-url http://localhost:9090 --region us-east-1`"), "{:?}", output.notes);
}

#[test]
fn a_task_definition_refers_to_a_secret_and_names_the_role() {
    let base = "provider=aws region=eu-west-1 bucket=acme";
    let role = json(OutputFormat::Ecs, &format!("{base} role-arn=arn:aws:iam::111122223333:role/langfuse"));
    assert_eq!(role["taskRoleArn"], "arn:aws:iam::111122223333:role/langfuse");
    assert!(role["containerDefinitions"][0].get("secrets").is_none());
    let keys = json(OutputFormat::Ecs, &format!("{base} credentials=keys aws-account-id=111122223333"));
    let secrets = keys["containerDefinitions"][1]["secrets"].as_array().unwrap();
    assert_eq!(secrets[0]["name"], "LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID");
    assert_eq!(
        secrets[0]["valueFrom"],
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:langfuse-storage:access-key-id::"
    );
    let arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:storage-AbCdEf";
    let given = json(OutputFormat::Ecs, &format!("{base} access-key-id=AKIAQ7RT2MNBVCXZ5K3P secret-name={arn}"));
    let web = &given["containerDefinitions"][0];
    assert_eq!(web["secrets"][0]["valueFrom"], format!("{arn}:secret-access-key::"));
    assert_eq!(web["secrets"][0]["name"], "LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY");
    for wrong in ["arn:aws:ssm:eu-west-1:111122223333:parameter/key", &format!("{arn}:key::")] {
        let words = format!("{base} credentials=keys secret-name={wrong}");
        assert_eq!(generate(OutputFormat::Ecs, &answers(&words), RANDOM).unwrap_err().fields(), [Id::SecretName]);
    }
    let azure = generate(OutputFormat::Ecs, &answers("provider=azure account=acme bucket=acme"), RANDOM).unwrap();
    assert!(azure.beside.is_empty());
}

/// Nobody gets a role without knowing it.
#[test]
fn a_file_without_keys_says_what_langfuse_uses() {
    let said = |format, words: &str| {
        let output = generate(format, &answers(words), RANDOM).unwrap_or_else(|e| panic!("{words}: {e}"));
        output.notes.iter().any(|note| note.starts_with("No key"))
    };
    let aws = "provider=aws region=eu-west-1 bucket=acme";
    for format in [OutputFormat::Env, OutputFormat::Json, OutputFormat::Compose, OutputFormat::K8s] {
        assert!(said(format, aws) && said(format, "provider=gcs bucket=acme"), "{}", format.name());
        assert!(!said(format, &format!("{aws} credentials=role")), "{}", format.name());
    }
    let asked = |words: &str| FormState::new(OutputFormat::Env, &answers(words)).next_question().map(|q| q.id);
    assert_eq!(asked("bucket=acme"), Some(Id::Provider));
    assert_eq!(asked("provider=aws"), Some(Id::Bucket));
    assert_eq!(asked(aws), Some(Id::Credentials));
    assert_eq!(asked(&format!("{aws} credentials=keys")), Some(Id::AccessKeyId));
    assert_eq!(asked(&format!("{aws} credentials=role")), None);
    let help = |words: &str, id| {
        let form = FormState::new(OutputFormat::Env, &answers(words));
        form.questions.iter().find(|q| q.id == id).map(|q| q.help)
    };
    assert_eq!(help("provider=azure", Id::Bucket), Some("The container"));
    assert_eq!(help("provider=aws", Id::Bucket), Some("The bucket"));
    assert_eq!(help("provider=r2", Id::Account), Some("Cloudflare account ID"));
}

#[test]
fn cors_lets_the_origin_upload() {
    let base = "bucket=acme public-url=https://langfuse.example.com/base";
    let s3 = json(OutputFormat::Cors, &format!("provider=aws region=eu-west-1 {base}"));
    let rule = &s3["CORSRules"][0];
    assert_eq!(rule["AllowedOrigins"], serde_json::json!(["https://langfuse.example.com"]));
    assert_eq!(rule["AllowedMethods"], serde_json::json!(["GET", "PUT", "HEAD"]));
    assert_eq!(rule["AllowedHeaders"], serde_json::json!(["content-type", "x-amz-checksum-sha256"]));
    let azure = json(OutputFormat::Cors, &format!("provider=azure account=acme {base}"));
    let headers = &azure["properties"]["cors"]["corsRules"][0]["allowedHeaders"];
    assert_eq!(
        headers,
        &serde_json::json!(["content-type", "x-amz-checksum-sha256", "x-ms-blob-type", "x-ms-version"])
    );
    let gcs = json(OutputFormat::Cors, &format!("provider=gcs {base}"));
    assert_eq!(gcs[0]["responseHeader"], serde_json::json!(["content-type"]));
    let minio = generate(OutputFormat::Cors, &answers(&format!("provider=minio {base}")), RANDOM).unwrap();
    assert_eq!(minio.text.expose(), "MINIO_API_CORS_ALLOW_ORIGIN=https://langfuse.example.com\n");
    let missing =
        generate(OutputFormat::Cors, &answers("provider=aws region=eu-west-1 bucket=acme"), RANDOM).unwrap_err();
    assert_eq!(missing, Error::Missing(vec![Id::PublicUrl]));
}

#[test]
fn a_store_on_this_machine_gets_a_password_of_its_own() {
    let script = generate(OutputFormat::DockerRun, &answers("bucket=acme"), RANDOM).unwrap();
    let script = script.text.expose();
    let password = RANDOM.iter().take(20).fold(String::new(), |out, b| format!("{out}{b:02x}"));
    for part in [
        &format!("MINIO_ROOT_PASSWORD={password}"),
        "127.0.0.1:9090:9000",
        "mkdir -p /data/acme",
        "RELEASE.",
        "docker network create",
    ] {
        assert!(script.contains(part), "{part}\n{script}");
    }
    assert_eq!(
        generate(OutputFormat::DockerRun, &answers("bucket=acme"), &[]).unwrap_err(),
        Error::Missing(vec![Id::SecretAccessKey])
    );
    let port = generate(OutputFormat::DockerRun, &answers("bucket=acme host-port=9000"), RANDOM).unwrap_err();
    assert!(port.to_string().starts_with("--host-port: "), "{port}");
}

#[test]
fn terraform_holds_the_rules_for_each_cloud() {
    for (words, resources) in [
        (
            "provider=aws region=eu-west-1",
            vec![
                "aws_s3_bucket",
                "aws_iam_policy",
                "aws_s3_bucket_lifecycle_configuration",
                "aws_s3_bucket_cors_configuration",
            ],
        ),
        ("provider=gcs region=EU", vec!["google_storage_bucket", "google_service_account_iam_member"]),
        (
            "provider=azure account=acme region=westeurope",
            vec!["azurerm_storage_account", "azurerm_storage_management_policy"],
        ),
        (
            "provider=r2 account=8f14e45fceea167a5a36dedd4bea2543",
            vec!["cloudflare_r2_bucket", "cloudflare_r2_bucket_lifecycle", "cloudflare_r2_bucket_cors"],
        ),
    ] {
        let words = format!("{words} bucket=acme retention-days=30 public-url=https://langfuse.example.com");
        let output =
            generate(OutputFormat::Terraform, &answers(&words), RANDOM).unwrap_or_else(|e| panic!("{words}: {e}"));
        let text = output.text.expose();
        for resource in resources {
            assert!(text.contains(&format!("resource \"{resource}\" \"")), "{resource}\n{text}");
        }
        assert_eq!(text.matches('{').count(), text.matches('}').count(), "{text}");
        assert!(text.contains("https://langfuse.example.com"), "{text}");
    }
    let other = generate(OutputFormat::Terraform, &answers("provider=wasabi region=eu-central-1 bucket=acme"), RANDOM);
    assert!(other.unwrap_err().to_string().starts_with("--provider: "));
}

#[test]
fn errors_name_the_field_and_the_remedy() {
    let pair = "access-key-id=AKIAQ7RT2MNBVCXZ5K3P secret-access-key=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";
    for (format, words, field) in [
        (OutputFormat::Env, format!("provider=aws region=eu-west-1a bucket=acme {pair}"), "--region: "),
        (OutputFormat::Env, format!("provider=aws region=eu-west-1 bucket=Acme_Bucket {pair}"), "--bucket: "),
        (
            OutputFormat::Env,
            format!("provider=aws region=eu-west-1 bucket=acme media-prefix=events/ {pair}"),
            "--media-prefix: ",
        ),
        (
            OutputFormat::Env,
            format!("provider=aws region=eu-west-1 bucket=acme events-prefix=events {pair}"),
            "--events-prefix: ",
        ),
        (
            OutputFormat::Env,
            format!("provider=r2 account=8f14e45fceea167a5a36dedd4bea2543 bucket=acme {pair}"),
            "--access-key-id: ",
        ),
        (
            OutputFormat::Env,
            format!("provider=r2 account=8f14e45fceea167a5a36dedd4bea2543 bucket=acme sse=AES256 {pair}"),
            "--sse: ",
        ),
        (
            OutputFormat::Env,
            format!("provider=minio endpoint=http://s3.example.com bucket=acme {pair}"),
            "--endpoint: ",
        ),
        (
            OutputFormat::Env,
            format!(
                "provider=minio endpoint=http://minio:9000 store-public-url=http://s3.example.com bucket=acme {pair}"
            ),
            "--store-public-url: ",
        ),
        (
            OutputFormat::Env,
            format!("provider=aws region=eu-west-1 sse=AES256 langfuse-version=3.50 bucket=acme {pair}"),
            "--sse: ",
        ),
        (OutputFormat::Env, format!("provider=gcs engine=s3 bucket=acme {pair}"), "--engine: "),
        (OutputFormat::Helm, "provider=aws region=eu-west-1 bucket=acme deployment=compose".into(), "--deployment: "),
        (
            OutputFormat::Helm,
            "provider=aws region=eu-west-1 bucket=acme chart-version=1.5.0".into(),
            "--chart-version: ",
        ),
        (OutputFormat::IamPolicy, "provider=r2 bucket=acme".into(), "--provider: "),
        (OutputFormat::Env, "bucket=acme".into(), "missing: --provider"),
        (
            OutputFormat::Env,
            format!(
                "provider=oci engine=native oci-auth-type=instance_principal region=eu-frankfurt-1 bucket=acme {pair}"
            ),
            "--access-key-id: it has no effect",
        ),
        (
            OutputFormat::Env,
            "provider=minio bucket=acme".into(),
            "missing: --endpoint, --access-key-id, --secret-access-key",
        ),
        (
            OutputFormat::Env,
            format!("provider=minio endpoint=http://minio:9000 bucket=acme {pair}"),
            "missing: --store-public-url",
        ),
    ] {
        let error = generate(format, &answers(&words), RANDOM).expect_err(&words);
        assert!(error.to_string().starts_with(field), "{words}: {error}");
        assert!(error.help().len() > 10, "{words}: {error}");
    }
    let set = |name, text| Answers::new().set_named(name, text).unwrap_err().help();
    assert_eq!(set("provider", "mino"), "Did you mean `minio`?");
    assert_eq!(set("regoin", "x"), "Did you mean `region`?");
    assert!(set("endpoint", "minio:9000").contains("scheme"));
}

#[test]
fn a_secret_reaches_no_error() {
    let secret = "hunter2-hunter2-hunter2";
    for words in [
        format!(
            "provider=aws region=eu-west-1 bucket=acme access-key-id=AKIAQ7RT2MNBVCXZ5K3P secret-access-key={secret}"
        ),
        format!("provider=azure account=acmelangfuse bucket=acme secret-access-key={secret}"),
    ] {
        let error = generate(OutputFormat::Env, &answers(&words), RANDOM).unwrap_err();
        let all = format!("{error} {} {error:?} {:?}", error.help(), answers(&words));
        assert!(!all.contains(secret), "{all}");
    }
}

#[test]
fn providers_say_what_they_need() {
    let all = providers();
    assert_eq!(all.len(), PROVIDERS.len());
    let needs = |id: &str| all.iter().find(|p| p.id == id).unwrap().needs.clone();
    assert_eq!(needs("aws"), ["bucket", "region"]);
    assert_eq!(needs("r2"), ["bucket", "account", "access-key-id", "secret-access-key"]);
    assert_eq!(needs("minio"), ["bucket", "endpoint", "access-key-id", "secret-access-key"]);
    assert_eq!(needs("gcs"), ["bucket"]);
    assert_eq!(needs("azure"), ["bucket", "account", "access-key-id", "secret-access-key"]);
    // What is asked for is enough.
    assert!(missing(&answers("provider=aws bucket=a region=eu-west-1").draft(OutputFormat::Env, &[])).is_empty());
}

#[test]
fn a_form_asks_what_makes_sense() {
    let asked = |format, words: &str| -> Vec<(&str, bool)> {
        FormState::new(format, &answers(words)).questions.into_iter().map(|q| (q.name, q.needed)).collect()
    };
    let names = |list: &[(&'static str, bool)]| list.iter().map(|(n, _)| *n).collect::<Vec<_>>();
    let aws = asked(OutputFormat::Env, "provider=aws");
    assert!(aws.contains(&("region", true)) && aws.contains(&("role-arn", false)), "{aws:?}");
    assert!(!names(&aws).contains(&"account") && !names(&aws).contains(&"kms-key-id"), "{aws:?}");
    let kms = asked(OutputFormat::Env, "provider=aws sse=aws:kms use-cases=events");
    assert!(names(&kms).contains(&"kms-key-id") && !names(&kms).contains(&"media-bucket"), "{kms:?}");
    let azure = asked(OutputFormat::Env, "provider=azure");
    assert!(azure.contains(&("account", true)) && !names(&azure).contains(&"engine"), "{azure:?}");
    // A made-up password is no default that a form shows.
    let store = FormState::new(OutputFormat::DockerRun, &answers("")).questions;
    let secret = store.iter().find(|q| q.name == "secret-access-key").unwrap();
    assert_eq!((secret.kind, &secret.default), ("secret", &None));
    let json = serde_json::to_value(&store).unwrap();
    let port = json.as_array().unwrap().iter().find(|q| q["name"] == "host-port").unwrap();
    assert_eq!(
        (&port["range"], &port["default"], &port["option"]),
        (&serde_json::json!([1, 65535]), &"9090".into(), &"hostPort".into())
    );
    let provider = json.as_array().unwrap().first().unwrap();
    assert_eq!(provider["choices"][0], serde_json::json!({ "value": "aws", "meaning": "Amazon S3", "always": false }));
}

#[test]
fn a_form_keeps_what_counts_and_says_what_is_missing() {
    let form = |format, words: &str| FormState::new(format, &answers(words));
    let given = |form: &FormState| form.accepted.given().map(Id::name).collect::<Vec<_>>();
    let missing = |form: &FormState| form.missing().iter().map(|q| q.name).collect::<Vec<_>>();
    // Without KMS, its key has no effect; without its store, neither has the encryption.
    let kept = form(OutputFormat::Env, "provider=aws sse=aws:kms kms-key-id=k bucket=acme");
    assert_eq!(given(&kept), ["provider", "bucket", "sse", "kms-key-id"]);
    assert_eq!(missing(&kept), ["region"]);
    let kept = form(OutputFormat::Env, "provider=minio sse=aws:kms kms-key-id=k bucket=acme");
    assert_eq!(given(&kept), ["provider", "bucket"]);
    assert_eq!(missing(&kept), ["endpoint", "access-key-id", "secret-access-key"]);
    assert_eq!(missing(&form(OutputFormat::Env, "bucket=acme")), ["provider"]);
    // A generated password isn't missing.
    assert_eq!(missing(&form(OutputFormat::DockerRun, "")), [""; 0]);
    let can_generate = |provider: &str| {
        let form = form(OutputFormat::Env, &format!("provider={provider}"));
        form.questions.iter().any(|q| q.can_generate)
    };
    assert!(can_generate("minio") && !can_generate("r2") && !can_generate("seaweedfs"));
    let always: Vec<_> = form(OutputFormat::Env, "").questions.iter().flat_map(|q| q.choices.clone()).collect();
    assert_eq!(always.iter().filter(|c| c.always).map(|c| c.value).collect::<Vec<_>>(), ["events"]);
}

#[test]
fn answers_of_one_store_and_sensitive_ones_are_known() {
    let named = |keep: fn(&FieldFacts) -> bool| fields().iter().filter(|f| keep(f)).map(|f| f.name).collect::<Vec<_>>();
    assert_eq!(
        named(|f| f.of_store),
        [
            "engine",
            "region",
            "account",
            "endpoint",
            "store-public-url",
            "credentials",
            "access-key-id",
            "secret-access-key",
            "google-credentials"
        ]
    );
    assert_eq!(named(|f| f.sensitive), ["access-key-id", "secret-access-key", "google-credentials"]);
}

#[test]
fn all_files_of_a_format_are_generated_together() {
    let files = |format, words: &str| generate_files(format, &answers(words), RANDOM);
    let names = |files: &GeneratedFiles| files.files.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    let keys = "access-key-id=lfuser secret-access-key=abc12345 bucket=acme";
    let inside =
        format!("provider=minio endpoint=http://minio.internal:9000 store-public-url=https://s.acme.dev {keys}");
    let apart = files(OutputFormat::Env, &inside).unwrap();
    assert_eq!(names(&apart), ["web.env", "worker.env"]);
    assert_eq!(apart.checked, [["web.env"], ["worker.env"]]);
    let asked = files(OutputFormat::Env, &format!("{inside} container=web")).unwrap();
    assert_eq!((names(&asked), asked.generated.len()), (vec!["web.env"], 0));
    // What is missing is missing in both.
    assert!(matches!(files(OutputFormat::Env, "provider=minio"), Err(Error::Missing(_))));

    let compose = "provider=minio deployment=compose sdks=here";
    let made = files(OutputFormat::Compose, compose).unwrap();
    assert_eq!(names(&made), ["docker-compose.override.yml", ".env"]);
    assert_eq!(made.checked, [["docker-compose.override.yml", ".env"]]);
    let [(Id::SecretAccessKey, password)] = made.generated.as_slice() else { panic!("{made:?}") };
    let again = format!("{compose} secret-access-key={}", password.expose());
    let again = generate_files(OutputFormat::Compose, &answers(&again), &[]).unwrap();
    assert_eq!((again.files, again.generated), (made.files, vec![]));

    let rules = files(OutputFormat::Lifecycle, "provider=aws region=eu-west-1 bucket=acme retention-days=30").unwrap();
    assert!(rules.checked.is_empty());
    for deployment in [Wrapper::Raw, Wrapper::Compose, Wrapper::Helm, Wrapper::K8s] {
        let all = OutputFormat::for_deployment(deployment);
        assert!(
            matches!((all.first(), deployment), (Some(OutputFormat::Env), Wrapper::Raw))
                || all.first().is_some_and(|f| f.deployment() == deployment)
        );
        assert_eq!(all.iter().filter(|f| !f.configures_langfuse()).count(), 5);
    }
}
