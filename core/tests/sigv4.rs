//! Signatures against Amazon's published examples and against the whole-request signer of aws-sigv4.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::time::Duration;

use aws_credential_types::Credentials as Theirs;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SessionTokenMode, SignableBody, SignableRequest, SignatureLocation,
    SigningSettings, UriPathNormalizationMode, sign as sign_theirs,
};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_runtime_api::client::identity::Identity;
use http::Method;
use langfuse_blob_core::sign::{
    Credentials, KeyCache, Payload, S3, Scope, Signable, SigningKey, Timestamp, header, query,
};
use langfuse_blob_core::storage::delete_object::DeleteObject;
use langfuse_blob_core::storage::get_object::{ByteRange, GetObject};
use langfuse_blob_core::storage::head_object::HeadObject;
use langfuse_blob_core::storage::presign::{Disposition, Operation, Request, presign};
use langfuse_blob_core::storage::put_object::PutObject;
use langfuse_blob_core::storage::{Encryption, KeyError, RequestError, Signer, Target};
use langfuse_blob_core::text::secret::Secret;
use proptest::prelude::*;

const AT: &str = "20130524T000000Z";

fn amazons() -> Credentials {
    Credentials {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".into(),
        secret: Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        session_token: None,
    }
}

fn scope(region: &str) -> Scope<'_> {
    Scope { region, service: S3, at: Timestamp::parse(AT).unwrap() }
}

/// Amazon S3 API reference, "Signature Calculations for the Authorization Header", examples.
#[test]
fn amazons_examples_of_header_signing() {
    let text = Payload::of(b"Welcome to Amazon S3.");
    let none: &[(&str, &str)] = &[];
    let put = [("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")];
    for (method, path, query, headers, payload, signed, signature) in [
        (
            "GET",
            "/test.txt",
            "",
            [("Range", "bytes=0-9")].as_slice(),
            &Payload::EMPTY,
            "host;range;x-amz-content-sha256;x-amz-date",
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            "PUT",
            "/test%24file.text",
            "",
            put.as_slice(),
            &text,
            "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        (
            "GET",
            "/",
            "lifecycle",
            none,
            &Payload::EMPTY,
            "host;x-amz-content-sha256;x-amz-date",
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ),
        (
            "GET",
            "/",
            "max-keys=2&prefix=J",
            none,
            &Payload::EMPTY,
            "host;x-amz-content-sha256;x-amz-date",
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ] {
        let request = Signable { method, host: "examplebucket.s3.amazonaws.com", path, query, headers, payload };
        let ours = header::sign(&request, &scope("us-east-1"), &amazons(), &mut KeyCache::new()).unwrap();
        assert_eq!(
            ours.authorization,
            format!(
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, \
                 SignedHeaders={signed}, Signature={signature}"
            )
        );
        assert_eq!(ours.date, AT);
    }
}

/// Amazon S3 API reference, "Authenticating Requests: Using Query Parameters", example.
#[test]
fn amazons_example_of_a_presigned_link() {
    let host = "examplebucket.s3.amazonaws.com";
    let payload = &Payload::UNSIGNED;
    let request = Signable { method: "GET", host, path: "/test.txt", query: "", headers: &[], payload };
    let ours = query::sign(&request, 86_400, &scope("us-east-1"), &amazons(), &mut KeyCache::new()).unwrap();
    assert_eq!(
        ours,
        "X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
         &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400\
         &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404\
         &X-Amz-SignedHeaders=host"
    );
}

/// What the oracle adds to a request: headers, then parts of the query.
type Added = (Vec<(String, String)>, Vec<(String, String)>);

struct Question<'a> {
    method: &'a str,
    url: &'a str,
    headers: &'a [(&'a str, &'a str)],
    payload: &'a Payload,
    region: &'a str,
    credentials: &'a Credentials,
    at: Timestamp,
    expires: Option<u32>,
}

fn theirs(q: &Question<'_>) -> Added {
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings.session_token_mode = SessionTokenMode::Include;
    if let Some(expires) = q.expires {
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(Duration::from_secs(u64::from(expires)));
    } else {
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    let token = q.credentials.session_token.as_ref().map(|t| t.expose().to_owned());
    let credentials = Theirs::from_keys(&q.credentials.access_key_id, q.credentials.secret.expose(), token);
    let identity: Identity = credentials.into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(q.region)
        .name(S3)
        .time(q.at.system_time())
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let body = match q.payload.as_str() {
        "UNSIGNED-PAYLOAD" => SignableBody::UnsignedPayload,
        hash => SignableBody::Precomputed(hash.to_owned()),
    };
    let request = SignableRequest::new(q.method, q.url, q.headers.iter().copied(), body).unwrap();
    let (instructions, _) = sign_theirs(request, &params).unwrap().into_parts();
    let headers = instructions.headers().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    let params = instructions.params().iter().map(|(n, v)| ((*n).to_owned(), v.to_string())).collect();
    (headers, params)
}

fn encoded(key: &str) -> String {
    Target::new(Some("http://h"), "r", "b", true).unwrap().path(key)
}

fn keys() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z0-9._-]{1,8}",
        Just("/".to_owned()),
        Just("//".to_owned()),
        prop::sample::select(vec![
            " ", "+", "%", "%2F", "%zz", "'", "\"", "&", "=", "?", "#", "😀", "日本", "ü", "é", "~", "!*()", "\\",
            "\u{1}", ":@", "$,;", "[]{}", "<>", "^`|",
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 1..10)
        .prop_map(|p| p.concat())
        .prop_filter("a dot segment", |k| !k.split('/').any(|s| s == "." || s == ".."))
}

fn who() -> impl Strategy<Value = Credentials> {
    let token = prop::option::of("[a-zA-Z0-9+/=]{40}");
    ("[A-Z0-9]{16,20}", "[a-zA-Z0-9+/=&%]{24,40}", token).prop_map(|(access_key_id, secret, token)| Credentials {
        access_key_id,
        secret: Secret::new(secret),
        session_token: token.map(Secret::new),
    })
}

fn when() -> impl Strategy<Value = Timestamp> {
    (0..=4_102_444_800_u64).prop_map(|s| Timestamp::from_unix(s).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(common::cases(400)))]

    #[test]
    fn header_signatures_are_those_of_aws_sigv4(
        key in keys(), prefix in keys(), credentials in who(), at in when(), value in "[ -~]{0,20}", put: bool, port: bool,
    ) {
        let host = if port { "minio.example:9000" } else { "minio.example" };
        let path = encoded(&key);
        let query = format!("list-type=2&prefix={}&flag=", encoded(&prefix).replace('/', "%2F"));
        let url = format!("http://{host}{path}?{query}");
        let headers =
            [("content-type", "text/plain;  charset=utf-8"), ("x-amz-meta-a", value.as_str()), ("user-agent", "me")];
        let payload = if put { Payload::of(key.as_bytes()) } else { Payload::UNSIGNED };
        let method = if put { "PUT" } else { "GET" };
        let question = Question {
            method, url: &url, headers: &headers, payload: &payload, region: "eu-west-1", credentials: &credentials, at,
            expires: None,
        };
        let (mut expected, _) = theirs(&question);
        expected.sort();
        let request = Signable { method, host, path: &path, query: &query, headers: &headers, payload: &payload };
        let scope = Scope { region: "eu-west-1", service: S3, at };
        let ours = header::sign(&request, &scope, &credentials, &mut KeyCache::new()).unwrap();
        let mut ours: Vec<(String, String)> = ours.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
        ours.sort();
        prop_assert_eq!(ours, expected);
    }

    #[test]
    fn query_signatures_are_those_of_aws_sigv4(
        key in keys(), name in keys(), credentials in who(), at in when(), expires in 1..=604_800_u32,
    ) {
        let path = encoded(&key);
        let name = encoded(&name).replace('/', "%2F");
        let query = format!("response-content-disposition={name}&x-id=GetObject");
        let url = format!("https://h.example{path}?{query}");
        let headers = [("content-type", "image/png")];
        let payload = &Payload::UNSIGNED;
        let question = Question {
            method: "GET", url: &url, headers: &headers, payload, region: "auto", credentials: &credentials, at,
            expires: Some(expires),
        };
        let (_, mut expected) = theirs(&question);
        expected.sort();
        let request =
            Signable { method: "GET", host: "h.example", path: &path, query: &query, headers: &headers, payload };
        let scope = Scope { region: "auto", service: S3, at };
        let ours = query::sign(&request, expires, &scope, &credentials, &mut KeyCache::new()).unwrap();
        let parts: Vec<&str> = ours.split('&').collect();
        prop_assert!(parts.is_sorted());
        let mut ours: Vec<(String, String)> = parts
            .into_iter()
            .filter_map(|p| p.split_once('='))
            .filter(|(n, _)| n.starts_with("X-Amz-"))
            .map(|(n, v)| (n.to_owned(), String::from_utf8(langfuse_blob_core::sign::encode::decode(v, false)).unwrap()))
            .collect();
        ours.sort();
        prop_assert_eq!(ours, expected);
    }

    #[test]
    fn operations_are_signed_as_they_are_sent(key in keys(), credentials in who(), at in when(), body in ".{0,30}") {
        let target = Target::new(Some("http://h.example:9000/base"), "eu-west-1", "langfuse", false).unwrap();
        let payload = Payload::of(body.as_bytes());
        let put = PutObject {
            key: &key,
            content_type: Some("application/json"),
            content_length: u64::try_from(body.len()).unwrap(),
            payload: &payload,
            checksum: None,
            encryption: Encryption { sse: Some("aws:kms"), kms_key_id: Some("arn:aws:kms:eu-west-1:1:key/2") },
            if_absent: true,
        };
        let mut cache = KeyCache::new();
        let mut signer = Signer { credentials: &credentials, keys: &mut cache, at };
        let get = GetObject { key: &key, range: ByteRange::From(5), if_match: Some("\"abc\""), with_checksum: false };
        for (payload, request) in [
            (&payload, put.request(&target, &mut signer).unwrap()),
            (&Payload::EMPTY, get.request(&target, &mut signer).unwrap()),
            (&Payload::EMPTY, HeadObject { key: &key }.request(&target, &mut signer).unwrap()),
            (&Payload::EMPTY, DeleteObject { key: &key, version: None }.request(&target, &mut signer).unwrap()),
        ] {
            let url = request.uri().to_string();
            let added = ["authorization", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token"];
            let all: Vec<(&str, &str)> =
                request.headers().iter().map(|(n, v)| (n.as_str(), v.to_str().unwrap())).collect();
            let own: Vec<(&str, &str)> = all.iter().copied().filter(|(n, _)| !added.contains(n)).collect();
            let question = Question {
                method: request.method().as_str(), url: &url, headers: &own, payload, region: "eu-west-1",
                credentials: &credentials, at, expires: None,
            };
            for (name, value) in theirs(&question).0 {
                prop_assert_eq!(all.iter().find(|(n, _)| *n == name).map(|(_, v)| *v), Some(value.as_str()));
            }
            prop_assert!(url.starts_with("http://langfuse.h.example:9000/base/"));
        }
    }

    #[test]
    fn nothing_prints_a_secret(key in keys(), credentials in who(), at in when()) {
        let target = Target::new(Some("http://h.example"), "eu-west-1", "langfuse", true).unwrap();
        let scope = Scope { region: "eu-west-1", service: S3, at };
        let mut cache = KeyCache::new();
        let request = Request {
            operation: Operation::Get { disposition: Disposition::Inline }, endpoint: None, region: "eu-west-1",
            bucket: "langfuse", key: &key, force_path_style: false, credentials: &credentials, expires_in: 60, at,
        };
        let link = presign(&request, &mut cache).unwrap();
        let signing = SigningKey::derive(&credentials.secret, &scope);
        let signable =
            Signable { method: "GET", host: "h", path: "/", query: "", headers: &[], payload: &Payload::EMPTY };
        let signed = header::sign(&signable, &scope, &credentials, &mut cache).unwrap();
        let mut signer = Signer { credentials: &credentials, keys: &mut cache, at };
        let head = HeadObject { key: &key }.request(&target, &mut signer).unwrap();
        let too_long = presign(&Request { expires_in: u32::MAX, ..request }, signer.keys).unwrap_err();
        let bad = Credentials { access_key_id: format!("{}\n", credentials.secret.expose()), ..credentials.clone() };
        let bad = header::sign(&signable, &scope, &bad, signer.keys).unwrap_err();
        let printed = [
            format!("{credentials:?}"), format!("{request:?}"), format!("{signing:?}"), format!("{signed:?}"),
            format!("{signer:?}"), format!("{head:?}"), format!("{too_long:?} {too_long}"), format!("{bad:?} {bad}"),
            link.replace("X-Amz-Security-Token", ""),
        ];
        for text in &printed {
            prop_assert!(!text.contains(credentials.secret.expose()), "{}", text);
        }
        // A link has to carry the token; nothing else may show it.
        let token = credentials.session_token.as_ref().map_or("none", Secret::expose);
        for text in printed.iter().take(8) {
            prop_assert!(token == "none" || !text.contains(token), "{}", text);
        }
    }
}

#[test]
fn keys_that_cannot_be_sent_build_no_request() {
    let (credentials, mut cache) = (amazons(), KeyCache::new());
    let target = Target::new(None, "us-east-1", "langfuse", false).unwrap();
    let mut signer = Signer { credentials: &credentials, keys: &mut cache, at: Timestamp::parse(AT).unwrap() };
    let long = "a".repeat(1025);
    for (key, error) in
        [("", KeyError::Empty), ("a/../b", KeyError::DotSegment), (long.as_str(), KeyError::TooLong(1025))]
    {
        let refused = HeadObject { key }.request(&target, &mut signer).unwrap_err();
        assert_eq!(refused, RequestError::Key(error));
    }
    let longest = "\u{1}".repeat(1024);
    let sent = GetObject { key: &longest, range: ByteRange::Between(0, 9), if_match: None, with_checksum: false };
    let sent = sent.request(&target, &mut signer).unwrap();
    assert_eq!(sent.method(), Method::GET);
    assert_eq!(sent.headers()["range"], "bytes=0-9");
    assert_eq!(sent.uri().query(), Some("x-id=GetObject"));
}
