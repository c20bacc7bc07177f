//! No output holds a secret: random secrets, in every shape in which a text may hold one, through every renderer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs
)]

mod common;

use std::collections::BTreeMap;

use langfuse_blob_core::check;
use langfuse_blob_core::files::NoFiles;
use langfuse_blob_core::render::{github, json, sarif, text};
use langfuse_blob_core::report::fix;
use langfuse_blob_core::resolve::received;
use langfuse_blob_core::source::{Deployment, Dialect, Given, Input, Kind, Options, Value, Wrapper};
use langfuse_blob_core::text::base64;
use langfuse_blob_core::variable::Containers;
use proptest::prelude::*;

/// A text around a secret.
struct Shape {
    kind: Kind,
    text: String,
    /// The `.env` beside it.
    beside: Option<String>,
}

fn of(kind: Kind, text: String) -> Shape {
    Shape { kind, text, beside: None }
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// As a JSON or YAML text in double quotes.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// Every character as `\u00XX`.
fn escaped(text: &str) -> String {
    text.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect()
}

/// As a YAML or shell text in single quotes.
fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Names under which secrets are kept, well spelt or not.
const NAMES: [&str; 22] = [
    "LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY",
    "LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID",
    "LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACESS_KEY",
    "LANGFUSE_S3_EVENT_UPLOAD_SECERT_ACCESS",
    "LANGFUSE_S3_EVENT_UPLOAD_SCERET",
    "LANGFUSE_S3_MEDIA_UPLOAD_PASWORD",
    "LANGFUSE_S3_MEDIA_UPLOAD_SECRET_KEY",
    "LANGFUSE_S3_BATCH_EXPORT_PASS",
    "LANGFUSE_S3_BATCH_EXPORT_TOKN",
    "LANGFUSE_AZURE_BLOB_CREDENTIAL",
    "LANGFUSE_AZURE_BLOB_CONNECTION_STRING",
    "LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_ACCESS_KEY_ID",
    "S3_SECRET_ACCESS_KEY",
    "MINIO_ROOT_PASSWORD",
    "langfuse_s3_event_upload_secret_access_key",
    "LANGFUSE_S3_EVENT_UPLOAD_SK",
    "LANGFUSE_S3_MEDIA_UPLOAD_TKN",
    "LANGFUSE_AZURE_BLOB_CONN",
    "S3_STORAGE_LOGIN",
];

/// Lines around the secret that rules have something to say about, on the same line where the format allows it.
const BESIDE: &str = "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=Acme_Events\nLANGFUSE_S3_EVENT_UPLOAD_REGION=auto\nLANGFUSE_S3_CONCURRENT_READS=ten\n";

fn dotenv(s: &str, name: &str) -> Vec<String> {
    let own = single(s);
    let web = percent(s);
    let b64 = base64::encode(s.as_bytes());
    vec![
        format!("{BESIDE}{name}={own}\n"),
        format!("{name}={s}\n{BESIDE}"),
        format!("{name}={s}\n{name}=other\n{BESIDE}"),
        format!("{name}='{s} '\n{BESIDE}"),
        format!("export {name}=\"{s}\" # {s}\n"),
        format!("# {name}={s}\n# langfuse-blob: ignore region-missing\n{BESIDE}"),
        format!("# {name}={s} langfuse-blob: ignore nothing-{s}\n# langfuse-blob: ignore {s}\n{name}={own}\n"),
        format!("LANGFUSE_S3_EVENT_UPLOAD_BUCKET=x {name}={s}\n"),
        format!("LANGFUSE_S3_EVENT_UPLOAD_BUCKET=\"x {name}={s} y\"\n"),
        format!("{name}={own}\nLANGFUSE_S3_EVENT_UPLOAD_BUCKET={own}\nLANGFUSE_S3_EVENT_UPLOAD_REGION={own}\n"),
        format!("{name}={own}\nLANGFUSE_S3_EVENT_UPLOAD_PREFIX={b64}\nLANGFUSE_S3_MEDIA_UPLOAD_PREFIX=/{web}\n"),
        format!("{name}={own}\nLANGFUSE_S3_EVENT_UPLOAD_BUCKET={}{s}{}\n", "a".repeat(48), "b".repeat(60)),
        format!("{name}={own}\nLANGFUSE_S3_EVENT_UPLOAD_BUCKET={}{s}\n", "a_".repeat(60)),
        format!("{BESIDE}LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://u:{web}@minio:9000/x\n"),
        format!("LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=u:{s}@minio:9000\n"),
        format!("LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://{s}@files.example.com\n"),
        format!("LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://a.blob.core.windows.net/c?sv=2020&sig={web}\n"),
        format!("LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://h.io/?sig=aaaaaaa&sig={web}&x=1\n"),
        format!("LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=minio:9000?token={web}\n"),
        format!("LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000/a?access_token={web}#x\n"),
        format!(
            "LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://minio:9000/?X-Amz-Signature={web}&X-Amz-Security-Token={web}\n"
        ),
        format!("LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://h.io/go?to=https%3A%2F%2Fa%3Fsig%3D{}\n", percent(&web)),
        format!(
            "LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=DefaultEndpointsProtocol=https;AccountName=a;AccountKey={s};EndpointSuffix=x\n"
        ),
        format!(
            "LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS='{{\"type\":\"service_account\",\"private_key\":\"-----BEGIN PRIVATE KEY-----\\n{s}\\n-----END PRIVATE KEY-----\\n\"}}'\nLANGFUSE_USE_GOOGLE_CLOUD_STORAGE=true\nLANGFUSE_S3_EVENT_UPLOAD_BUCKET=x\n"
        ),
        format!("LANGFUSE_S3_EVENT_UPLOAD_BUCKET=\"-----BEGIN PRIVATE KEY-----\n{s}\n-----END PRIVATE KEY-----\"\n"),
        format!(
            "LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=BlobEndpoint=https://a.blob.core.windows.net;SharedAccessSignature=sv=1&sig={web}\n"
        ),
        format!("LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http:/u:{s}@minio:9000\n"),
        format!("LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=\"https://h.io/#access_token={web}\"\n"),
        format!("LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://h.io/?code={s}\nAWS_ENDPOINT_URL_S3=//u:{s}@minio:9000\n"),
        format!("DATABASE_URL=postgres://u:{s}@db/x LANGFUSE_S3_EVENT_UPLOAD_BUCKET=Acme_Events\n"),
        format!("LANGFUSE_S3_EVENT_UPLOAD_BUCKET=Acme_Events # {name}={s}\n"),
        format!("{name} = {s}\n{BESIDE}"),
        format!("{name}: {s}\n{BESIDE}"),
        // Refused by their readers.
        format!("{name}=\"{s}\n{BESIDE}"),
        format!("{name}='{s}\n"),
        format!("MY {name}={s}\n"),
        format!("{name}=-----BEGIN PRIVATE KEY-----\n{s}\n-----END PRIVATE KEY-----\n"),
        format!("{name}=${{NO_SUCH_NAME:?{s}}}\n"),
        format!("{name}=${{{s}\n"),
        format!("{BESIDE}{name}={s}\n!{s}\n"),
        format!("{name}=x\n{s} {s}\n"),
        format!("LANGFUSE_S3_EVENT_UPLOAD_BUCKET=${{{name}:?{s}}}\n"),
        format!("LANGFUSE_S3_EVENT_UPLOAD_BUCKET=${{{name}:-{s}}}_x\n"),
    ]
}

fn json_texts(s: &str, name: &str) -> Vec<String> {
    let (own, hidden) = (quoted(s), escaped(s));
    let region = "\"LANGFUSE_S3_EVENT_UPLOAD_REGION\":\"auto\",\"LANGFUSE_S3_CONCURRENT_READS\":\"ten\"";
    vec![
        format!("{{\"{name}\":{own},{region}}}"),
        format!("{{{region},\"{name}\":{own},\"{name}\":\"other\"}}"),
        format!("{{\"{name}\":\"other\",\"{name}\":{own}}}"),
        format!("{{\"{name}\":\"{hidden}\",{region}}}"),
        format!("{{\n  \"{name}\": {},\n  {region}\n}}\n", quoted(&format!("{s}\n"))),
        format!("{{\"web\":{{\"{name}\":{own},{region}}},\"worker\":{{{region}}}}}"),
        format!("{{\"{name}\":{{\"value\":{own}}},{region}}}"),
        format!("{{\"{name}\":[{own}]}}"),
        format!("{{\"{name}\":{own} {region}}}"),
        format!("{{\"{name}\":{own},\n\"x\":}}"),
        format!("{{\"{name}\":\"{s}\n\"}}"),
        format!("{{\"LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT\":\"https://h.io/?token={}\",{region}}}", percent(s)),
        own,
    ]
}

fn compose(s: &str, name: &str) -> Vec<String> {
    let (own, raw) = (quoted(&s.replace('$', "$$")), single(&s.replace('$', "$$")));
    let service = |environment: &str| {
        format!(
            "services:\n  langfuse-web:\n    image: langfuse/langfuse:3\n    environment:\n{environment}      LANGFUSE_S3_EVENT_UPLOAD_REGION: auto\n"
        )
    };
    vec![
        service(&format!("      {name}: {own}\n")),
        service(&format!("      {name}: {raw} # {name}={s}\n")),
        service(&format!("      {name}: ${{NO_SUCH_NAME:-{s}}}\n")),
        service(&format!("      {name}: \"${{NO_SUCH_NAME:?{s}}}\"\n")),
        service(&format!("      LANGFUSE_S3_EVENT_UPLOAD_BUCKET: ${{{name}:-{s}}}\n")),
        service(&format!("      LANGFUSE_S3_EVENT_UPLOAD_BUCKET: ${{{name}:?{s}}}\n")),
        service(&format!("      {name}: |\n        {s}\n        second line\n")),
        service(&format!("      {name}: >-\n        first\n        {s}\n")),
        service(&format!("      {name}: first\n        {s}\n")),
        service(&format!("      {name}: \"first\n\n        {s}\"\n")),
        service(&format!("      {name}: {own}\n      {name}: {own}\n")),
        service(&format!("      {name}: [{own}]\n")),
        service(&format!("      ? {name}\n      : {own}\n")),
        service(&format!("\t{name}: {own}\n")),
        service(&format!("      {name}: {own} {own}\n")),
        format!(
            "x: &pw {own}\n{}",
            service(&format!("      {name}: *pw\n      LANGFUSE_S3_EVENT_UPLOAD_BUCKET: *pw\n"))
        ),
        service(&format!("      {name}: &pw {raw} # {s}\n")),
        service(&format!("      {name}: !!str {raw}\n")),
        service(&format!("      - '{name}={s}'\n")),
        format!(
            "services: {{langfuse-web: {{image: langfuse/langfuse:3, environment: ['{name}={s}', \"LANGFUSE_S3_EVENT_UPLOAD_REGION=auto\"], command: [sh, -c, 'export {name}={s}; run']}}}}\n"
        ),
        format!(
            "x: &x {{{name}: {own}, LANGFUSE_S3_CONCURRENT_READS: ten}}\nservices: {{langfuse-web: {{image: langfuse/langfuse, environment: *x}}}}\n"
        ),
        format!(
            "services:\n  langfuse-web:\n    image: langfuse/langfuse:3\n    environment:\n      - {name}={s}\n      - {name}=other\n      - LANGFUSE_S3_EVENT_UPLOAD_REGION=auto\n"
        ),
        format!(
            "services:\n  langfuse-web:\n    image: langfuse/langfuse:3\n    environment:\n      - \"{name} ={s}\"\n"
        ),
        format!(
            "services:\n  langfuse-web:\n    image: langfuse/langfuse:3\n  minio:\n    image: minio/minio\n    environment: {{MINIO_ROOT_USER: {own}, MINIO_ROOT_PASSWORD: {own}}}\n    ports: ['9000:9000']\n"
        ),
    ]
}

fn helm(s: &str, name: &str) -> Vec<String> {
    let own = quoted(s);
    vec![
        format!("s3:\n  deploy: false\n  secretAccessKey:\n    value: {own}\n"),
        format!("s3:\n  deploy: false\n  secretAccessKey: {{value: {own}}}\n  accessKeyId: {{value: {own}}}\n"),
        format!("s3:\n  secretAccessKey: {own}\n"),
        format!("s3:\n  accessKeyId: {own}\n"),
        format!("langfuse:\n  s3:\n    secretAccessKey:\n      value: {own}\n"),
        format!("secretAccessKey: {own}\n"),
        format!(
            "s3:\n  eventUpload:\n    secretAccessKey:\n      value: {own}\n      secretKeyRef: {{name: a, key: b}}\n"
        ),
        format!(
            "langfuse:\n  additionalEnv:\n    - name: {name}\n      value: {own}\n    - name: {name}\n      value: other\n"
        ),
        format!("langfuse:\n  web:\n    pod:\n      additionalEnv:\n        - {{name: {name}, value: {own}}}\n"),
        format!(
            "langfuse:\n  worker:\n    pod:\n      additionalEnv:\n        - value: {own}\n          name: {name}\n"
        ),
        format!("langfuse:\n  additionalEnv:\n    {name}: {own}\n"),
        format!("langfuse:\n  additionalEnv:\n    - name: {name}\n      value: |\n        {s}\n"),
        format!("s3:\n  gcs:\n    credentials:\n      value: {own}\n  storageProvider: gcs\n"),
        format!("s3: {{deploy: false, secretAccessKey: {{value: {own}}}, secretAccessKey: {{value: x}}}}\n"),
        format!(
            "{{langfuse: {{salt: {{value: {own}}}, encryptionKey: {{value: {own}}}}}, postgresql: {{auth: {{password: {own}}}}}, s3: {{deploy: false}}}}\n"
        ),
        format!("pw: &pw {own}\ns3:\n  deploy: false\n  bucket: *pw\n  secretAccessKey: {{value: *pw}}\n"),
        format!("s3:\n  secretAccessKey:\n    value: {own}\n   broken: {own}\n"),
    ]
}

fn k8s(s: &str, name: &str) -> Vec<String> {
    let (own, encoded) = (quoted(s), base64::encode(format!("{s}\n").as_bytes()));
    let pod = |env: &str| {
        format!(
            "kind: Deployment\nspec: {{template: {{spec: {{containers: [{{name: langfuse-web, image: langfuse/langfuse, {env}}}]}}}}}}\n"
        )
    };
    let all = pod("envFrom: [{secretRef: {name: s}}]");
    let one =
        pod("env: [{name: LANGFUSE_S3_EVENT_UPLOAD_BUCKET, valueFrom: {secretKeyRef: {name: s, key: whatever}}}]");
    vec![
        format!("kind: Secret\nmetadata: {{name: s}}\ndata:\n  {name}: {encoded}\n---\n{all}"),
        format!("kind: Secret\nmetadata: {{name: s}}\nstringData:\n  {name}: {own}\n---\n{all}"),
        format!(
            "kind: Secret\nmetadata: {{name: s}}\nstringData:\n  AWS_whatever: {own}\n  LANGFUSE_S3_whatever: {own}\n---\n{all}"
        ),
        format!("kind: Secret\nmetadata: {{name: s}}\ndata: {{whatever: {encoded}}}\n---\n{one}"),
        format!(
            "kind: Secret\nmetadata: {{name: s}}\nstringData: {{whatever: {own}, LANGFUSE_S3_EVENT_UPLOAD_REGION: auto}}\n---\n{all}"
        ),
        format!("kind: Secret\nmetadata: {{name: s}}\nstringData:\n  whatever: |\n    {s}\n    b: c\n---\n{one}"),
        format!("kind: Secret\nmetadata: {{name: s}}\nstringData: {{whatever: {own}, other: 5}}\n---\n{all}"),
        format!("kind: Secret\nmetadata: {{name: s}}\nstringData:\n  whatever: {own}\n  whatever: {own}\n"),
        format!("kind: Secret\nmetadata: {{name: s}}\ndata:\n  whatever: {encoded}\n bad\n"),
        format!("kind: Secret\nmetadata: {{name: s}}\nstringData:\n  whatever: first\n    {s}: {own}\n  x: [\n"),
        format!(
            "{{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[{{\"kind\":\"Secret\",\"metadata\":{{\"name\":\"s\"}},\"data\":{{\"whatever\":\"{encoded}\"}}}},]]}}"
        ),
        pod(&format!("env: [{{name: {name}, value: {own}}}, {{name: LANGFUSE_S3_EVENT_UPLOAD_REGION, value: auto}}]")),
        pod(&format!("env: [{{name: {name}, value: {own}}}, {{name: {name}, value: other}}]")),
        pod(&format!("env: [{{value: {own}, name: {name}}}, {{name: LANGFUSE_S3_EVENT_UPLOAD_REGION, value: auto}}]")),
        pod(&format!(
            "command: [sh, -c, '{name}={s} run'], env: [{{name: LANGFUSE_S3_EVENT_UPLOAD_REGION, value: auto}}]"
        )),
        pod(&format!(
            "env: [{{name: {name}, value: {own}}}, {{name: LANGFUSE_S3_EVENT_UPLOAD_BUCKET, value: $({name})}}]"
        )),
        pod(&format!("env: [{{name: {name}, value: {own}}}, {{name: A, value: true}}]")),
        format!(
            "kind: ConfigMap\nmetadata: {{name: c}}\ndata:\n  {name}: {own}\n  LANGFUSE_S3_EVENT_UPLOAD_REGION: auto\n"
        ),
    ]
}

fn env_output(s: &str, name: &str) -> Vec<String> {
    vec![
        format!("{BESIDE}{name}={s}\nLANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=https://u:{}@h\n", percent(s)),
        format!("{name}=-----BEGIN PRIVATE KEY-----\n{s}\n-----END PRIVATE KEY-----\n{BESIDE}"),
        format!("{name}={s}\n{name}=other\n{BESIDE}"),
        format!("X=-----BEGIN RSA PRIVATE KEY-----\n{s}\n{BESIDE}"),
    ]
}

/// Every shape of every kind.
fn shapes(s: &str, name: &str) -> Vec<Shape> {
    let mut all: Vec<Shape> = Vec::new();
    for (kind, texts) in [
        (Kind::Dotenv, dotenv(s, name)),
        (Kind::Json, json_texts(s, name)),
        (Kind::Compose, compose(s, name)),
        (Kind::Helm, helm(s, name)),
        (Kind::K8s, k8s(s, name)),
        (Kind::Env, env_output(s, name)),
    ] {
        all.extend(texts.into_iter().map(|text| of(kind, text)));
    }
    let forwarding = format!(
        "services:\n  langfuse-web:\n    image: langfuse/langfuse:3\n    environment:\n      {name}: ${{{name}:-none}}\n      LANGFUSE_S3_EVENT_UPLOAD_BUCKET: ${{BUCKET}}\n"
    );
    for beside in [
        format!("{name}={}\nBUCKET={}\n", single(s), single(s)),
        format!("LANGFUSE_S3_MEDIA_UPLOAD_SECRT={}\n", single(s)),
        format!("{name}='{s}\n"),
    ] {
        all.push(Shape { kind: Kind::Compose, text: forwarding.clone(), beside: Some(beside) });
    }
    all
}

/// Every output about `shape`, by name.
fn outputs(shape: &Shape, dialect: Option<Dialect>, wrapper: Option<Wrapper>) -> Vec<(&'static str, String)> {
    let input = Input {
        name: "x.txt".into(),
        given: Given::Bytes(shape.text.clone().into_bytes()),
        kind: Some(shape.kind),
        container: None,
    };
    let options = Options { dialect, deployment: wrapper, ..Options::default() };
    let files: BTreeMap<&str, &str> = shape.beside.iter().map(|text| (".env", text.as_str())).collect();
    match check::examine(&[input], &options, &check::Options::default(), &files) {
        Ok((deployment, report)) => rendered(&deployment, &report),
        Err(error) => vec![("undecodable", error.to_string())],
    }
}

fn rendered(deployment: &Deployment, report: &langfuse_blob_core::report::Report) -> Vec<(&'static str, String)> {
    let mut out = vec![
        ("text", text::render(report, deployment, text::Style::default())),
        ("coloured text", text::render(report, deployment, text::Style { colour: true })),
        ("json", json::render(report)),
        ("sarif", sarif::render(report)),
        ("github", github::render(report)),
    ];
    for container in [Containers::WEB, Containers::WORKER] {
        let shown = received(deployment, container, false).unwrap_or_default();
        out.extend(shown.into_iter().map(|r| ("show", format!("{} {} {}", r.name, r.value, r.origin))));
    }
    // What `--fix` says about itself.
    let files = deployment.texts.iter().map(|t| (t.name.as_str(), t.text.as_str()));
    let changed = fix::apply(files, report, true);
    out.extend(changed.into_keys().map(|name| ("fix", name)));
    out
}

/// A piece of `secret`, or another form of it, that stands in `out`.
fn leak(out: &str, secret: &str) -> Option<String> {
    const PIECE: usize = 10;
    let json = quoted(secret);
    let encoded = base64::encode(secret.as_bytes());
    let whole = [
        json[1..json.len() - 1].to_owned(),
        percent(secret),
        encoded[..encoded.len() - 4].to_owned(),
        secret.replace('\'', "''"),
    ];
    let chars: Vec<char> = secret.chars().collect();
    let pieces = chars.windows(PIECE).map(|w| w.iter().collect::<String>());
    whole.into_iter().chain(pieces).find(|piece| out.contains(piece.as_str()))
}

/// What programs make for secrets: letters and digits, base64, hexadecimal.
fn made() -> impl Strategy<Value = String> {
    let classes = |s: &String| {
        let has = |f: fn(&u8) -> bool| s.as_bytes().iter().any(f);
        has(u8::is_ascii_digit) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase)
    };
    prop_oneof![
        "[A-Za-z0-9]{20,44}".prop_filter("a key has letters and digits", classes),
        "[A-Za-z0-9+/]{40,86}==".prop_filter("a key has letters and digits", classes),
        "[0-9a-f]{32}".prop_filter("letters and digits", |s| s.bytes().any(|b| b.is_ascii_digit())),
        "[0-9a-f]{64}".prop_filter("letters and digits", |s| s.bytes().any(|b| b.is_ascii_digit())),
    ]
}

/// What people make up, in shapes that can carry it.
fn odd() -> impl Strategy<Value = String> {
    "[A-Za-z0-9][A-Za-z0-9+/=@%\"\\\\'$#:;, -]{12,40}[A-Za-z0-9]"
}

fn dialects() -> impl Strategy<Value = Option<Dialect>> {
    prop::sample::select(vec![None, Some(Dialect::Docker), Some(Dialect::Node)])
}

fn wrappers() -> impl Strategy<Value = Option<Wrapper>> {
    prop::sample::select(vec![None, Some(Wrapper::Raw), Some(Wrapper::Compose)])
}

/// Key ids that begin as the providers' do are printed on purpose.
fn is_key_id(secret: &str) -> bool {
    secret.starts_with("AKIA") || secret.starts_with("ASIA") || secret.starts_with("GOOG")
}

fn assert_silent(shape: &Shape, secret: &str, dialect: Option<Dialect>, wrapper: Option<Wrapper>) {
    for (renderer, out) in outputs(shape, dialect, wrapper) {
        if let Some(piece) = leak(&out, secret) {
            panic!(
                "{renderer} of {:?} as {dialect:?}/{wrapper:?} holds {piece}\n{}\n---\n{out}",
                shape.kind, shape.text
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: common::cases(2000), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_renderer_prints_a_secret(
        secret in made(),
        name in prop::sample::select(NAMES.to_vec()),
        shape in any::<prop::sample::Index>(),
        dialect in dialects(),
        wrapper in wrappers(),
    ) {
        prop_assume!(!is_key_id(&secret));
        let all = shapes(&secret, name);
        assert_silent(&all[shape.index(all.len())], &secret, dialect, wrapper);
    }

    #[test]
    fn no_renderer_prints_a_secret_that_somebody_made_up(
        secret in odd(),
        name in prop::sample::select(NAMES.to_vec()),
        which in 0..12_usize,
    ) {
        prop_assume!(!is_key_id(&secret));
        let own = single(&secret);
        let escaped = quoted(&secret);
        // Only shapes in which the format itself carries any character.
        let shape = match which {
            0 => of(Kind::Json, json_texts(&secret, name).swap_remove(0)),
            1 => of(Kind::Json, json_texts(&secret, name).swap_remove(1)),
            2 => of(Kind::Json, json_texts(&secret, name).swap_remove(3)),
            3 => of(Kind::Compose, compose(&secret, name).swap_remove(0)),
            4 => of(Kind::Compose, compose(&secret, name).swap_remove(1)),
            5 => of(Kind::Helm, helm(&secret, name).swap_remove(0)),
            6 => of(Kind::Helm, helm(&secret, name).swap_remove(7)),
            7 => of(Kind::K8s, k8s(&secret, name).swap_remove(0)),
            8 => of(Kind::K8s, k8s(&secret, name).swap_remove(1)),
            9 => of(Kind::K8s, k8s(&secret, name).swap_remove(4)),
            10 => of(Kind::Helm, format!("s3:\n  secretAccessKey:\n    value: {own}\n    value: {escaped}\n")),
            _ => of(Kind::Env, format!("{name}={secret}\nLANGFUSE_S3_EVENT_UPLOAD_REGION=auto\n")),
        };
        assert_silent(&shape, &secret, None, None);
    }
}

#[test]
fn every_shape_keeps_every_secret() {
    let secrets =
        ["kD9xQw7ZpL2mNv4RtY8s", "q7Rk2LmZx7Vt4Yb9Nw3Hs6Jd1Fg5Kc0Qa8Xe2Tz=", "2c26b46b68ffc68ff99b453c1d304134"];
    let mut leaks = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for (name, secret) in NAMES.into_iter().zip(secrets.into_iter().cycle()) {
        for shape in shapes(secret, name) {
            for dialect in [None, Some(Dialect::Docker), Some(Dialect::Node)] {
                if dialect.is_some() && shape.kind != Kind::Dotenv {
                    continue;
                }
                for (renderer, out) in outputs(&shape, dialect, None) {
                    let piece = leak(&out, secret);
                    // One report a shape says enough.
                    if piece.is_some() && seen.insert(shape.text.replace(name, "").replace(secret, "")) {
                        leaks.push(format!("{renderer} of {:?}, {piece:?}:\n{}---\n{out}", shape.kind, shape.text));
                    }
                }
            }
        }
    }
    assert!(leaks.is_empty(), "{} shapes leak\n\n{}", leaks.len(), leaks.join("\n\n=====\n"));
}

#[test]
fn variables_without_a_text_keep_secrets_too() {
    let secret = "kD9xQw7ZpL2mNv4RtY8s";
    for name in NAMES {
        let given = Given::Variables(vec![
            (name.into(), Value::Known(secret.into())),
            ("LANGFUSE_S3_EVENT_UPLOAD_BUCKET".into(), Value::Known(format!("x {secret} y"))),
            ("LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT".into(), Value::Known(format!("https://h.io/?key={secret}"))),
        ]);
        let input = Input { name: "environment".into(), given, kind: None, container: None };
        let (deployment, report) =
            check::examine(&[input], &Options::default(), &check::Options::default(), &NoFiles).unwrap();
        for (renderer, out) in rendered(&deployment, &report) {
            assert_eq!(leak(&out, secret), None, "{renderer} with {name}\n{out}");
        }
    }
}
