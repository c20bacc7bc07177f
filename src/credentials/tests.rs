//! The chain against mock AWS endpoints: caching, renewal and messages.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::tempdir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::transport::{Options, Transport};

/// Answers request number `n`, counted from 1, with its head: returns status and body.
type Answers = dyn Fn(u32, &str) -> (u16, String) + Send + Sync;

struct StandIn {
    origin: String,
    asked: Arc<AtomicU32>,
}

impl StandIn {
    async fn start(answers: impl Fn(u32, &str) -> (u16, String) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicU32::new(0));
        let (count, answers): (_, Arc<Answers>) = (asked.clone(), Arc::new(answers));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await.unwrap());
                }
                let number = count.fetch_add(1, Ordering::SeqCst) + 1;
                let (status, body) = answers(number, &String::from_utf8(head).unwrap());
                let length = body.len();
                let answer =
                    format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        Self { origin, asked }
    }

    fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }
}

fn issued(id: &str, seconds_left: u64) -> String {
    let end = Timestamp::from_unix(now().unix() + seconds_left).unwrap();
    format!(r#"{{"AccessKeyId":"{id}","SecretAccessKey":"hush-{id}","Token":"hush-token","Expiration":"{end}"}}"#)
}

/// A chain over only `variables`; the home directory doesn't exist unless they set it.
fn chain(variables: &[(&str, &str)]) -> Chain {
    let mut values: BTreeMap<&str, &str> = BTreeMap::from([("HOME", "/nonexistent/home")]);
    values.extend(variables.iter().copied());
    let transport = Transport::new(&Options::default()).unwrap().direct().unwrap();
    let process = |name: &str| values.get(name).map(|v| (*v).to_owned());
    Chain::new(&Variables { file: &|_| None, process: &process, trust: Trust::Data }, None, &transport).unwrap()
}

#[tokio::test]
async fn one_request_serves_all_tasks_until_five_minutes_before_expiry() {
    let server = StandIn::start(|n, _| (200, issued(&format!("AK{n}"), if n == 1 { 299 } else { 3600 }))).await;
    let url = format!("{}/role", server.origin);
    let chain = Arc::new(chain(&[("AWS_CONTAINER_CREDENTIALS_FULL_URI", &url)]));
    let ask = || {
        let chain = chain.clone();
        tokio::spawn(async move { chain.credentials().await.unwrap() })
    };
    assert_eq!(ask().await.unwrap().credentials.access_key_id, "AK1");
    let tasks: Vec<_> = (0..20).map(|_| ask()).collect();
    for task in tasks {
        let issued = task.await.unwrap();
        assert_eq!((issued.credentials.access_key_id.as_str(), issued.source), ("AK2", Source::Container));
    }
    assert_eq!(server.asked(), 2);
}

#[tokio::test]
async fn if_renewal_fails_cached_credentials_serve_until_they_expire() {
    let server = StandIn::start(|n, _| if n == 1 { (200, issued("AK1", 200)) } else { (404, "hush".into()) }).await;
    let url = format!("{}/role", server.origin);
    let chain = chain(&[("AWS_CONTAINER_CREDENTIALS_FULL_URI", &url)]);
    for _ in 0..2 {
        assert_eq!(chain.credentials().await.unwrap().credentials.access_key_id, "AK1");
    }
    let past = Timestamp::from_unix(now().unix() - 1).unwrap();
    chain.kept.lock().await.as_mut().unwrap().expires = Some(past);
    let error = chain.credentials().await.unwrap_err().to_string();
    assert!(error.ends_with("container: 127.0.0.1 responded with HTTP 404") && !error.contains("hush"), "{error}");
}

#[tokio::test]
async fn the_container_endpoint_receives_the_token_of_the_file() {
    let directory = tempdir().unwrap();
    let file = directory.path().join("token");
    let server = StandIn::start(|_, head| match head {
        head if head.contains("authorization: from-the-file\r\n") => (200, issued("AK", 3600)),
        _ => (401, String::new()),
    })
    .await;
    let url = format!("{}/v1/credentials", server.origin);
    let variables = [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", url.as_str()),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "from-the-variable"),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file.to_str().unwrap()),
    ];
    let missing = chain(&variables).credentials().await.unwrap_err().to_string();
    assert!(missing.contains("can't be read"), "{missing}");
    std::fs::write(&file, "from-the-file").unwrap();
    assert_eq!(chain(&variables).credentials().await.unwrap().credentials.access_key_id, "AK");
    std::fs::write(&file, "from-the-file\n").unwrap();
    let odd = chain(&variables).credentials().await.unwrap_err().to_string();
    assert!(odd.contains("line break") && !odd.contains("from-the-file"), "{odd}");
}

#[tokio::test]
async fn instance_requests_have_a_session_token_unless_the_service_issues_none() {
    fn answers(v2: bool) -> impl Fn(u32, &str) -> (u16, String) {
        move |_, head| {
            let shown = head.contains("x-aws-ec2-metadata-token: session\r\n");
            match head {
                head if head.starts_with("PUT /latest/api/token ") && v2 => {
                    assert!(head.contains("x-aws-ec2-metadata-token-ttl-seconds: 21600\r\n"), "{head}");
                    (200, "session".into())
                }
                _ if shown != v2 => (401, String::new()),
                head if head.starts_with("GET /latest/meta-data/iam/security-credentials/ ") => {
                    (200, "my-role\n".into())
                }
                head if head.starts_with("GET /latest/meta-data/iam/security-credentials/my-role ") => {
                    (200, issued("AK", 3600))
                }
                _ => (404, String::new()),
            }
        }
    }
    let v2 = StandIn::start(answers(true)).await;
    let found = chain(&[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &v2.origin)]).credentials().await.unwrap();
    assert_eq!((found.source, v2.asked()), (Source::Instance, 3));

    let v1 = StandIn::start(answers(false)).await;
    let mut variables = vec![("AWS_EC2_METADATA_SERVICE_ENDPOINT", v1.origin.as_str())];
    assert!(chain(&variables).credentials().await.is_ok());
    variables.push(("AWS_EC2_METADATA_V1_DISABLED", "true"));
    let error = chain(&variables).credentials().await.unwrap_err().to_string();
    assert!(error.contains("version 1 is disabled"), "{error}");
}

#[tokio::test]
async fn finding_nothing_gives_one_sentence_that_lists_what_was_tried() {
    let error = chain(&[("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_EC2_METADATA_DISABLED", "true")]).credentials().await;
    assert_eq!(
        error.unwrap_err().to_string(),
        "no AWS credentials: environment: AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY isn't; \
         profile: default is in neither /nonexistent/home/.aws/config (no such file) and \
         /nonexistent/home/.aws/credentials (no such file); \
         web identity: AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN aren't set; \
         instance metadata: disabled by AWS_EC2_METADATA_DISABLED"
    );
}

#[tokio::test]
async fn an_identity_center_session_is_renewed_and_written_back() {
    let server = StandIn::start(|_, head| match head {
        head if head.starts_with("POST /token ") => {
            (200, r#"{"accessToken":"hush-new","expiresIn":28800,"refreshToken":"hush-next"}"#.into())
        }
        head if head.contains("x-amz-sso_bearer_token: hush-new\r\n") => {
            assert!(head.starts_with("GET /federation/credentials?role_name=Dev%20Ops&account_id=1 "), "{head}");
            let end = (now().unix() + 3600) * 1000;
            let text = format!(r#""accessKeyId":"AK","secretAccessKey":"s","sessionToken":"t","expiration":{end}"#);
            (200, format!(r#"{{"roleCredentials":{{{text}}}}}"#))
        }
        _ => (401, String::new()),
    })
    .await;
    let directory = tempdir().unwrap();
    let aws = directory.path().join(".aws");
    std::fs::create_dir_all(aws.join("sso/cache")).unwrap();
    std::fs::write(
        aws.join("config"),
        "[sso-session s]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n\
         [default]\nsso_session = s\nsso_account_id = 1\nsso_role_name = Dev Ops\n",
    )
    .unwrap();
    let variables = [("HOME", directory.path().to_str().unwrap()), ("AWS_ENDPOINT_URL", server.origin.as_str())];
    let login = chain(&variables).credentials().await.unwrap_err();
    assert!(login.to_string().contains("run `aws sso login`") && login.tried.len() == 2, "{login}");

    // The SHA-1 of `s`.
    let cache = aws.join("sso/cache/a0f1490a20d0211c997b44bc357e1972deab8ae3.json");
    let old = r#"{"accessToken":"hush-old","expiresAt":"2020-01-01T00:00:00Z","clientId":"c","clientSecret":"hush",
        "refreshToken":"hush-once","region":"kept"}"#;
    std::fs::write(&cache, old).unwrap();
    assert_eq!(chain(&variables).credentials().await.unwrap().credentials.access_key_id, "AK");
    let written: serde_json::Value = serde_json::from_slice(&std::fs::read(&cache).unwrap()).unwrap();
    assert_eq!((&written["refreshToken"], &written["region"]), (&"hush-next".into(), &"kept".into()));
    assert!(Timestamp::parse(written["expiresAt"].as_str().unwrap()).unwrap() > now());
    assert_eq!(server.asked(), 2);
    chain(&variables).credentials().await.unwrap();
    assert_eq!(server.asked(), 3);
}

#[cfg(unix)]
#[tokio::test]
async fn output_of_a_program_is_never_shown() {
    let directory = tempdir().unwrap();
    let config = directory.path().join("config");
    let error = async |command: &str| {
        std::fs::write(&config, format!("[default]\ncredential_process = {command}\n")).unwrap();
        let variables = [("AWS_CONFIG_FILE", config.to_str().unwrap()), ("AWS_EC2_METADATA_DISABLED", "true")];
        chain(&variables).credentials().await.map(|i| i.credentials.access_key_id).map_err(|e| e.to_string())
    };
    let failed = error("echo hush; echo hush >&2; exit 3").await.unwrap_err();
    assert!(failed.contains("exit status: 3") && !failed.contains("hush"), "{failed}");
    let odd = error("echo hush").await.unwrap_err();
    assert!(odd.contains("didn't print valid credentials") && !odd.contains("hush"), "{odd}");
    let json = r#"printf '{"Version":1,"AccessKeyId":"%s","SecretAccessKey":"s"%s}' "A K" "#;
    assert_eq!(error(&format!("{json} ''")).await.unwrap(), "A K");
    let past = format!("{json} ',\"Expiration\":\"2020-01-01T00:00:00Z\"'");
    assert!(error(&past).await.unwrap_err().contains("have expired"));
}

#[tokio::test]
async fn the_region_matches_the_sdk() {
    let directory = tempdir().unwrap();
    let config = directory.path().join("config");
    std::fs::write(&config, "[default]\nregion = eu-west-1\n[profile p]\nregion = eu-west-2\n").unwrap();
    let region = async |more: &[(&str, &str)]| {
        let variables: Vec<_> =
            [("AWS_CONFIG_FILE", config.to_str().unwrap())].into_iter().chain(more.iter().copied()).collect();
        chain(&variables).region().await.unwrap()
    };
    assert_eq!(region(&[("AWS_DEFAULT_REGION", "us-west-1")]).await, "eu-west-1");
    assert_eq!(region(&[("AWS_PROFILE", "p"), ("AWS_REGION", "")]).await, "eu-west-2");
    assert_eq!(region(&[("AWS_PROFILE", "p"), ("AWS_REGION", "us-east-2")]).await, "us-east-2");
    assert_eq!(chain(&[]).region().await, None);
}

#[test]
fn debug_output_contains_no_secret() {
    let shown = format!("{:?}", chain(&[("AWS_SECRET_ACCESS_KEY", "hush"), ("AWS_SESSION_TOKEN", "hush")]));
    assert!(shown.contains("AWS_SESSION_TOKEN") && !shown.contains("hush"), "{shown}");
}
