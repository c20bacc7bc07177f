//! What strangers write: secrets in every odd shape, names that try to command a terminal or a CI runner, texts that are
//! out of all proportion.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    missing_docs
)]

use std::time::Instant;

use langfuse_blob_core::check;
use langfuse_blob_core::command::{self, Command, Context, Show, Sources};
use langfuse_blob_core::files::{Files, NoFiles, Opened, Within};
use langfuse_blob_core::render::{github, json, sarif, text};
use langfuse_blob_core::report::Report;
use langfuse_blob_core::source::{Deployment, Given, Input, Kind, Options};
use langfuse_blob_core::text::printable::{is_command, is_unprintable};

fn examined(name: &str, kind: Option<Kind>, text: &str) -> Option<(Deployment, Report)> {
    let given = Given::Bytes(text.as_bytes().to_vec());
    let input = Input { name: name.into(), given, kind, container: None };
    check::examine(&[input], &Options::default(), &check::Options::default(), &NoFiles).ok()
}

/// The files of a verb; `-` is standard input.
struct Lying<'l>(&'l [(&'l str, Opened)]);

impl Files for Lying<'_> {
    fn open(&self, path: &str, _: &Within) -> Opened {
        self.0.iter().find(|(name, _)| *name == path).map_or(Opened::Missing, |(_, opened)| opened.clone())
    }

    fn standard_input(&self) -> Result<Vec<u8>, String> {
        match self.open("-", &Within::Anywhere) {
            Opened::Bytes(bytes) => Ok(bytes),
            _ => Err("nothing".to_owned()),
        }
    }
}

/// Calls a verb with these files, as the binary does: its standard output and its standard error.
fn called(command: &Command, files: &[(&str, Opened)], colour: bool) -> (String, String) {
    let files = Lying(files);
    let context = Context { style: text::Style { colour }, ..Context::new(&files) };
    match command::run(command, &context) {
        Ok(output) => (output.stdout, output.stderr.join("\n")),
        Err(error) => (String::new(), error.lines().join("\n")),
    }
}

/// Everything that it would print.
fn ran(command: &Command, files: &[(&str, Opened)], colour: bool) -> String {
    let (stdout, stderr) = called(command, files, colour);
    format!("{stdout}\n{stderr}\n")
}

fn sources(name: &str, kind: Option<Kind>) -> Sources {
    Sources { files: vec![name.into()], input: kind, ..Sources::default() }
}

fn checking(sources: Sources) -> command::Check {
    let format = langfuse_blob_core::render::ReportFormat::Text;
    let (ignore, select) = (Vec::new(), Vec::new());
    command::Check { sources, format, fix: false, unsafe_fixes: false, strict: false, ignore, select }
}

/// Everything that is printed about one text, by the name of the output.
fn outputs(name: &str, kind: Option<Kind>, text: &str) -> Vec<(&'static str, String)> {
    let Some((deployment, report)) = examined(name, kind, text) else { return Vec::new() };
    let style = |colour| text::Style { colour };
    let mut out = vec![
        ("text", text::render(&report, &deployment, style(false))),
        ("coloured text", text::render(&report, &deployment, style(true))),
        ("json", json::render(&report)),
        ("sarif", sarif::render(&report)),
        ("github", github::render(&report)),
    ];
    let files = [(name, Opened::Bytes(text.as_bytes().to_vec()))];
    for json in [false, true] {
        let show = Show { sources: sources(name, kind), json, reveal: false };
        out.push(("show", ran(&Command::Show(show), &files, false)));
    }
    // The report that stands beside the fixed text, on standard error.
    let fix = command::Check { fix: true, unsafe_fixes: true, ..checking(sources("-", kind)) };
    let piped = [("-", Opened::Bytes(text.as_bytes().to_vec()))];
    out.push(("--fix -", called(&Command::Check(fix), &piped, false).1));
    out
}

// --- secrets ----------------------------------------------------------------------------------------------------

/// Names that hide their value: known, misspelled, of other programs.
const NAMES: [&str; 17] = [
    "LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY",
    "LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID",
    "LANGFUSE_S3_MEDIA_UPLOAD_SECRET_ACCESS_KEY",
    "LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACESS_KEY",
    "LANGFUSE_S3_EVENT_UPLOAD_SECERT_ACCESS",
    "LANGFUSE_S3_EVENT_UPLOAD_SCERET",
    "LANGFUSE_S3_MEDIA_UPLOAD_PASWORD",
    "LANGFUSE_S3_BATCH_EXPORT_TOKN",
    "LANGFUSE_AZURE_BLOB_STORAGE_KEY",
    "LANGFUSE_GOOGLE_CLOUD_STORAGE_CREDENTIALS",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "MINIO_ROOT_PASSWORD",
    "langfuse_s3_event_upload_secret_access_key",
    "LANGFUSE_S3_EVENT_UPLOAD_SK",
    "SECRET",
    "ENCRYPTION_KEY",
];

/// Value forms: `S` is the secret, `R` what else stands on the line and is none the less.
const FORMS: [&str; 46] = [
    "S",
    "\"S\"",
    "'S'",
    "\"S\"R",
    "'S'R",
    "\"ab\"R",
    "'x'R",
    "\"S\" R",
    "'S' R",
    "\"x\" R",
    "\"S\" # R",
    "'S' # old: R",
    "\"new\" # old: R",
    "S # R",
    "S\t# R",
    "S#R",
    "\"S\"#R",
    "\"S\"\t#R",
    "\"S\"'R'",
    "\"S\"\"R\"",
    "'S'\"R\"",
    "\"S\";R",
    "\"S\",R",
    "\"S\", R",
    "`S`R",
    "`S` R",
    "\"a\\\"S\"R",
    "\"a\\\\\"R",
    "$'S'R",
    "\"\" R",
    "''R",
    " # R",
    "\"S R\"",
    "S R",
    "S=R",
    "\"S\"=R",
    "S: R",
    "${X:-S} # R",
    "\"${X:-S}\"R",
    "true # R",
    "\"true\" R",
    "null # R",
    "S\tR",
    "[S] R",
    "{S} # R",
    "\"S\n R\"",
];

/// The texts around one name and one value.
fn texts(name: &str, value: &str) -> Vec<(Kind, String)> {
    let inner = value.trim_matches(['"', '\'']);
    let own = serde_json::to_string(inner).unwrap();
    let note = inner.lines().next().unwrap_or("");
    let compose = |environment: &str| {
        format!("services:\n  langfuse-web:\n    image: langfuse/langfuse:3\n    environment:{environment}\n")
    };
    let pod = |env: &str| {
        format!(
            "kind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: langfuse-web\n          image: langfuse/langfuse:3\n          env:{env}\n"
        )
    };
    vec![
        (Kind::Dotenv, format!("{name}={value}\n")),
        (
            Kind::Dotenv,
            format!(
                "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=Acme_Events\nexport {name} = {value}\nLANGFUSE_S3_CONCURRENT_READS=ten\n"
            ),
        ),
        (
            Kind::Dotenv,
            format!("# {name}={value} langfuse-blob: ignore nothing\nLANGFUSE_S3_EVENT_UPLOAD_BUCKET=Acme_Events\n"),
        ),
        (Kind::Env, format!("{name}={value}\nLANGFUSE_S3_EVENT_UPLOAD_REGION=auto\n")),
        (Kind::Json, format!("{{\"{name}\":{value},\"LANGFUSE_S3_EVENT_UPLOAD_REGION\":\"auto\"}}")),
        (Kind::Json, format!("{{\"n\":{{\"{name}\":{own}}},\"LANGFUSE_S3_EVENT_UPLOAD_REGION\":\"auto\"}}")),
        (
            Kind::Json,
            format!(
                "[{{\"name\":\"{name}\",\"value\":{own}}},{{\"name\":\"LANGFUSE_S3_EVENT_UPLOAD_REGION\",\"value\":\"auto\"}}]"
            ),
        ),
        (Kind::Json, format!("{{\n  \"{name}\": {own},\n  \"LANGFUSE_S3_CONCURRENT_READS\": \"ten\"\n}}\n")),
        (Kind::Compose, compose(&format!("\n      {name}: {value}\n      LANGFUSE_S3_CONCURRENT_READS: ten"))),
        (Kind::Compose, compose(&format!("\n      - {name}={value}\n      - LANGFUSE_S3_CONCURRENT_READS=ten"))),
        (Kind::Compose, compose(&format!(" {{{name}: {own}, LANGFUSE_S3_CONCURRENT_READS: ten}} # {note}"))),
        (
            Kind::Helm,
            format!(
                "langfuse:\n  additionalEnv:\n    - name: {name}\n      value: {value}\n    - name: LANGFUSE_S3_CONCURRENT_READS\n      value: ten\n"
            ),
        ),
        (Kind::Helm, format!("s3:\n  deploy: false\n  secretAccessKey:\n    value: {value}\n  bucket: Acme_Events\n")),
        (Kind::Helm, format!("s3:\n  deploy: false\n  secretAccessKey: {value}\n  secret: {own}\n")),
        (
            Kind::K8s,
            pod(&format!(
                "\n            - name: {name}\n              value: {value}\n            - name: LANGFUSE_S3_CONCURRENT_READS\n              value: ten"
            )),
        ),
        (
            Kind::K8s,
            pod(&format!(
                "\n            - {{name: {name}, value: {own}}} # {note}\n            - {{value: {own}, name: {name}}}"
            )),
        ),
        (Kind::K8s, format!("kind: Secret\nmetadata: {{name: s}}\nstringData:\n  {name}: {value}\n")),
        (
            Kind::Ecs,
            format!(
                "{{\"containerDefinitions\": [{{\"image\": \"langfuse/langfuse:3\", \"environment\": [\n  {{ \"name\": \"{name}\", \"value\": {own} }},\n  {{ \"name\": \"LANGFUSE_S3_CONCURRENT_READS\", \"value\": \"ten\" }}\n]}}]}}\n"
            ),
        ),
        (
            Kind::DockerInspect,
            format!(
                "[{{\"Config\": {{\"Image\": \"langfuse/langfuse:3\", \"Env\": [\n  {},\n  \"LANGFUSE_S3_CONCURRENT_READS=ten\"\n]}}}}]\n",
                serde_json::to_string(&format!("{name}={inner}")).unwrap()
            ),
        ),
        (
            Kind::ArgoCd,
            format!(
                "kind: Application\nspec:\n  source:\n    chart: langfuse\n    helm:\n      values: |\n        langfuse:\n          additionalEnv:\n            - name: {name}\n              value: {value}\n        s3: {{deploy: false, bucket: Acme_Events}}\n"
            ),
        ),
        (
            Kind::Render,
            format!(
                "services:\n  - name: langfuse-web\n    envVars:\n      - key: {name}\n        value: {value}\n      - key: LANGFUSE_S3_CONCURRENT_READS\n        value: ten\n"
            ),
        ),
        (
            Kind::Kustomize,
            format!(
                "configMapGenerator:\n  - name: langfuse\n    literals:\n      - {name}={inner}\n      - LANGFUSE_S3_CONCURRENT_READS=ten\n"
            ),
        ),
        (
            Kind::CloudFormation,
            format!(
                "Resources:\n  A:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      ContainerDefinitions:\n        - Name: langfuse-web\n          Image: langfuse/langfuse:3\n          Environment:\n            - Name: {name}\n              Value: {value}\n            - {{Name: LANGFUSE_S3_CONCURRENT_READS, Value: ten}}\n"
            ),
        ),
        (
            Kind::Flux,
            format!(
                "kind: HelmRelease\nspec:\n  values:\n    image: {{repository: langfuse/langfuse}}\n    env:\n      {name}: {value}\n      LANGFUSE_S3_CONCURRENT_READS: ten\n"
            ),
        ),
        (
            Kind::Nomad,
            format!(
                "{{\"Job\": {{\"TaskGroups\": [{{\"Tasks\": [{{\"Name\": \"langfuse-web\", \"Env\": {{\n\"{name}\": {own},\n\"LANGFUSE_S3_CONCURRENT_READS\": \"ten\"}}}}]}}]}}}}\n"
            ),
        ),
        (Kind::Systemd, format!("[Service]\nEnvironment=\"{name}={inner}\" LANGFUSE_S3_CONCURRENT_READS=ten\n")),
        (Kind::Quadlet, format!("[Container]\nEnvironment={name}={value} LANGFUSE_S3_CONCURRENT_READS=ten\n")),
    ]
}

/// Two that no program makes and two that one does.
const SECRETS: [(&str, &str); 2] =
    [("tangerine-dreams", "quiet-marmalade"), ("kD9xQw7ZpL2mNv4RtY8s", "Vb3Hs6Jd1Fg5Kc0QaT")];

#[test]
fn two_thousand_odd_shapes_keep_their_secret() {
    let mut leaks = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    let mut count = 0;
    for (n, name) in NAMES.iter().enumerate() {
        for (f, form) in FORMS.iter().enumerate() {
            let (secret, rest) = SECRETS[(n + f) % SECRETS.len()];
            let value: String = form
                .chars()
                .map(|c| match c {
                    'S' => secret.to_owned(),
                    'R' => rest.to_owned(),
                    c => c.to_string(),
                })
                .collect();
            for (t, (kind, text)) in texts(name, &value).into_iter().enumerate() {
                // Every name meets every form, and every form every kind of file; not all of them one another.
                if (n + f + t) % 5 != 0 {
                    continue;
                }
                count += 1;
                for (output, out) in outputs("x.txt", Some(kind), &text) {
                    let leak = [secret, rest].into_iter().find(|part| out.contains(part));
                    if leak.is_some() && seen.insert((t, f)) {
                        let at = out.lines().find(|l| [secret, rest].iter().any(|p| l.contains(p))).unwrap_or("");
                        leaks.push(format!("{output} of {kind:?} {text:?}\n    {at}"));
                    }
                }
            }
        }
    }
    assert!(count >= 2000, "{count}");
    assert!(leaks.is_empty(), "{} of {count} leak\n{}", leaks.len(), leaks.join("\n"));
}

#[test]
fn a_links_fragment_is_redacted() {
    for (kind, text) in [
        (Kind::Env, "LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://localhost:9000/x#FRAGMENT\n"),
        (Kind::Dotenv, "LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=http://localhost:9000/x#FRAGMENT\n"),
        (Kind::Dotenv, "LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=localhost:9000#FRAGMENT\n"),
        (Kind::Json, "{\"LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT\":\"https://files.example.com/#a=FRAGMENT\"}"),
        (Kind::Dotenv, "LANGFUSE_S3_EVENT_UPLOAD_BUCKET=https://files.example.com/#FRAGMENT\n"),
    ] {
        for fragment in ["kD9xQw7ZpL2m", "id_token=kD9xQw7ZpL2m", "tangerine-dreams"] {
            for (output, out) in outputs("x.txt", Some(kind), &text.replace("FRAGMENT", fragment)) {
                let leak = ["kD9xQw7ZpL2m", "tangerine-dreams"].into_iter().find(|part| out.contains(part));
                assert_eq!(leak, None, "{output} of {text}\n{out}");
            }
        }
    }
}

#[test]
fn the_caret_stays_under_what_it_points_at() {
    let lines = |text: &str, rule: &str| {
        let (deployment, mut report) = examined("x.env", Some(Kind::Dotenv), text).unwrap();
        report.diagnostics.retain(|d| d.rule == rule);
        let out = text::render(&report, &deployment, text::Style::default());
        let line = out.lines().position(|l| l.starts_with("1 | ")).unwrap();
        let at: Vec<&str> = out.lines().skip(line).take(2).collect();
        (at[0].to_owned(), at[1].split(" Langfuse").next().unwrap().trim_end().to_owned())
    };
    let (shown, caret) = lines("LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=\"ab\"REAL\n", "event-bucket-missing");
    assert_eq!(shown, "1 | LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=***");
    assert_eq!(caret, "  |                                            ^^^");
}

// --- names and characters ---------------------------------------------------------------------------------------

/// What moves a cursor, forges a line, turns text around or commands a runner.
const HOSTILE: [&str; 12] = [
    "\u{1b}[31mred\u{1b}]0;title\u{7}",
    "a\n::error::forged",
    "a\r\n::add-mask::forged",
    "::stop-commands::forged",
    " ::warning::forged",
    "x ##[add-mask]forged",
    "##[error]forged",
    "\u{85}\u{9b}31m\u{7f}\u{8}",
    "\u{202e}gnp.exe\u{2066}\u{2069}\u{200f}",
    "a\u{2028}::error::forged\u{2029}b",
    "\u{61c}\u{feff}\u{200b}\u{ad}",
    "\u{e0041}\u{fff9}\u{180e}",
];

/// What of `out` a terminal, a log or a runner would obey; line ends and colours are the renderer's own.
fn obeyed(output: &str, out: &str) -> Option<String> {
    let colours =
        ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[1;31m", "\u{1b}[1;32m", "\u{1b}[1;33m", "\u{1b}[1;34m", "\u{1b}[1;36m"];
    let bare = if output.contains("coloured") {
        colours.iter().fold(out.to_owned(), |text, colour| text.replace(colour, ""))
    } else {
        out.to_owned()
    };
    bare.lines().find_map(|line| {
        let own =
            ["::error ", "::warning ", "::notice "].iter().find(|own| output == "github" && line.starts_with(**own));
        let rest = own.map_or(line, |own| &line[own.len()..]);
        let odd = rest.chars().any(|c| is_unprintable(c) && c != '\t');
        (odd || is_command(rest) || (output == "github" && own.is_none())).then(|| line.to_owned())
    })
}

#[test]
fn no_name_and_no_value_commands_a_terminal_or_a_runner() {
    let mut bad = Vec::new();
    for hostile in HOSTILE {
        let own = serde_json::to_string(hostile).unwrap();
        let flat = hostile.replace(['\n', '\r'], "");
        let object = serde_json::json!({
            format!("LANGFUSE_S3_{hostile}"): hostile,
            "LANGFUSE_S3_EVENT_UPLOAD_BUCKET": hostile,
            "LANGFUSE_S3_EVENT_UPLOAD_PREFIX": hostile,
            "LANGFUSE_S3_EVENT_UPLOAD_REGION": hostile,
            "LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT": format!("http://{hostile}"),
            "LANGFUSE_S3_CONCURRENT_READS": hostile,
        });
        let texts = [
            (Kind::Json, object.to_string()),
            (Kind::Json, format!("{{\"a\":\n{hostile}")),
            (
                Kind::Dotenv,
                format!(
                    "LANGFUSE_S3_EVENT_UPLOAD_BUCKET={flat}\nLANGFUSE_S3_EVENT_UPLOAD_PREFIX=\"{hostile}\"\nLANGFUSE_S3_MEDIA_UPLOAD_ENDPOINT=h # {flat}\n"
                ),
            ),
            (Kind::Dotenv, format!("LANGFUSE_S3_EVENT_UPLOAD_REGION=auto # langfuse-blob: ignore {flat}\n{flat}=x\n")),
            (Kind::Dotenv, format!("LANGFUSE_S3_EVENT_UPLOAD_BUCKET=${{X:?{hostile}}}\n")),
            (Kind::Env, format!("LANGFUSE_S3_EVENT_UPLOAD_BUCKET={hostile}\nLANGFUSE_S3_EVENT_UPLOAD_REGION={flat}\n")),
            (
                Kind::Compose,
                format!(
                    "services:\n  {own}:\n    image: langfuse/langfuse:3\n    environment:\n      LANGFUSE_S3_EVENT_UPLOAD_BUCKET: {own}\n      {own}: {own}\n  langfuse-web:\n    image: langfuse/langfuse:3\n    env_file: {own}\n    extends: {own}\n"
                ),
            ),
            (
                Kind::Helm,
                format!(
                    "s3:\n  deploy: false\n  bucket: {own}\n  {own}: {own}\n  storageProvider: {own}\nlangfuse:\n  additionalEnv:\n    - name: {own}\n      value: {own}\n"
                ),
            ),
            (
                Kind::K8s,
                format!(
                    "kind: Deployment\nmetadata: {{name: {own}}}\nspec: {{template: {{spec: {{containers: [{{name: {own}, image: langfuse/langfuse, env: [{{name: {own}, value: {own}}}, {{name: LANGFUSE_S3_EVENT_UPLOAD_BUCKET, valueFrom: {{secretKeyRef: {{name: {own}, key: {own}}}}}}}], envFrom: [{{secretRef: {{name: {own}}}}}]}}]}}}}}}\n"
                ),
            ),
        ];
        for (kind, text) in texts {
            for name in ["x.env", hostile, &format!("web={hostile}")] {
                for (output, out) in outputs(name, Some(kind), &text) {
                    if let Some(line) = obeyed(output, &out) {
                        bad.push(format!("{output} of {kind:?} in {name:?}: {line:?}"));
                    }
                }
            }
        }
        // Files that can't be opened, decoded or taken for a configuration.
        for opened in [
            Opened::Missing,
            Opened::Denied,
            Opened::Directory,
            Opened::TooLarge,
            Opened::Failed(hostile.to_owned()),
            Opened::Bytes(b"a\0b".to_vec()),
            Opened::Bytes(b"\xff\xfea".to_vec()),
            Opened::Bytes(b"A=\xff".to_vec()),
        ] {
            let check = checking(sources(hostile, None));
            let out = ran(&Command::Check(check), &[(hostile, opened)], false);
            if let Some(line) = obeyed("failure", &out) {
                bad.push(format!("failure of {hostile:?}: {line:?}"));
            }
        }
        let check = command::Check { ignore: vec![hostile.to_owned()], ..checking(Sources::default()) };
        for command in [Command::Explain(Some(hostile.to_owned())), Command::Check(check)] {
            let out = ran(&command, &[], false);
            if let Some(line) = obeyed("failure", &out) {
                bad.push(format!("{command:?}: {line:?}"));
            }
        }
    }
    assert!(bad.is_empty(), "{} outputs\n{}", bad.len(), bad.join("\n"));
}

// --- proportion -------------------------------------------------------------------------------------------------

/// Seconds that this thread has had of a processor; where the system does not say, of the clock.
fn spent() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(text.split_whitespace().next()?.parse::<f64>().ok()? / 1e9)
}

/// Seconds that `check` takes with a text, rendering included.
fn seconds(kind: Kind, text: &str) -> f64 {
    let (begun, before) = (Instant::now(), spent());
    let (deployment, report) = examined("x.env", Some(kind), text).unwrap();
    let out = text::render(&report, &deployment, text::Style::default());
    assert!(out.len() < 4_000_000, "{} bytes of report", out.len());
    spent().zip(before).map_or_else(|| begun.elapsed().as_secs_f64(), |(now, before)| now - before)
}

type Grown = (&'static str, Kind, fn(usize) -> String);

/// Texts that grow with a number.
const GROWN: [Grown; 21] = [
    ("one name again and again", Kind::Dotenv, |n| "A=b\n".repeat(n * 8)),
    ("one of ours again and again", Kind::Dotenv, |n| (0..n).map(|i| format!("SALT=v{i}\n")).collect()),
    ("distinct names", Kind::Dotenv, |n| (0..n).map(|i| format!("N{i}=b\n")).collect()),
    ("distinct names of ours", Kind::Dotenv, |n| (0..n).map(|i| format!("LANGFUSE_S3_{i}_BUCKT=b\n")).collect()),
    ("names that are used", Kind::Dotenv, |n| {
        (0..n).map(|i| format!("LANGFUSE_S3_{i}=b\nB{i}=$LANGFUSE_S3_{i}\n")).collect()
    }),
    ("secrets", Kind::Dotenv, |n| (0..n).map(|i| format!("MY_SECRET_{i}=value-{i}-abc\n")).collect()),
    ("secrets that begin alike", Kind::Dotenv, |n| {
        (0..n).map(|i| format!("AWS_SECRET_{i}='{}'\n", "a".repeat(i % 64 + 6))).collect()
    }),
    ("comments on lines", Kind::Dotenv, |n| (0..n).map(|i| format!("A{i}=b # c\n")).collect()),
    ("suppressions", Kind::Dotenv, |n| "# langfuse-blob: ignore nothing-here\n".repeat(n)),
    ("entries of a compose list", Kind::Compose, |n| {
        let entries: String = (0..n).map(|i| format!("      - A{i}=b\n")).collect();
        format!("services:\n  langfuse-web:\n    image: langfuse/langfuse:3\n    environment:\n{entries}")
    }),
    ("names alone in a compose list", Kind::Compose, |n| {
        let entries: String = (0..n).map(|i| format!("      - A{i}\n")).collect();
        format!("services:\n  langfuse-web:\n    image: langfuse/langfuse:3\n    environment:\n{entries}")
    }),
    ("services", Kind::Compose, |n| {
        let services: String = (0..n).map(|i| format!("  s{i}: {{image: x}}\n")).collect();
        format!("services:\n  langfuse-web:\n    image: langfuse/langfuse:3\n{services}")
    }),
    ("members of a JSON object on one line", Kind::Json, |n| {
        let members: Vec<String> = (0..n).map(|i| format!("\"MY_SECRET_{i}\":\"v{i}\"")).collect();
        format!("{{{}}}", members.join(","))
    }),
    ("containers of a task definition", Kind::Ecs, |n| {
        let one = "{\"image\": \"langfuse/langfuse:3\", \"environment\": [{\"name\": \"A\", \"value\": \"b\"}]}";
        format!("{{\"containerDefinitions\": [\n{}]}}", vec![one; n].join(",\n"))
    }),
    ("applications", Kind::ArgoCd, |n| {
        let one = |i| {
            format!(
                "---\nkind: Application\nmetadata: {{name: a{i}}}\nspec:\n  source:\n    chart: other\n    helm:\n      values: |\n        a: b\n"
            )
        };
        (0..n / 4).map(one).collect()
    }),
    ("releases", Kind::Flux, |n| {
        let one = |i| {
            format!(
                "---\nkind: HelmRelease\nmetadata: {{name: a{i}}}\nspec: {{valuesFrom: [{{kind: ConfigMap, name: a{i}}}]}}\n"
            )
        };
        (0..n).map(one).collect()
    }),
    ("parameters", Kind::ArgoCd, |n| {
        let one = |i| format!("        - {{name: s3.a{i}, value: b}}\n");
        format!(
            "kind: Application\nspec:\n  source:\n    chart: langfuse\n    helm:\n      parameters:\n{}",
            (0..n / 4).map(one).collect::<String>()
        )
    }),
    ("assignments of a unit", Kind::Systemd, |n| format!("[Service]\n{}", "Environment=A=b\n".repeat(n))),
    ("assignments on one line", Kind::Dotenv, |n| format!("A={}\n", "B_SECRET=x ".repeat(n))),
    ("links on one line", Kind::Dotenv, |n| format!("A={}\n", "a://b?token=c%26".repeat(n))),
    ("templates beside one another", Kind::Dotenv, |n| format!("A={}\n", "${B_SECRET:-x}".repeat(n))),
];

#[test]
fn time_grows_with_the_text_and_not_with_its_square() {
    for (what, kind, text) in GROWN {
        const SMALL: usize = 1_000;
        const FACTOR: usize = 8;
        let (small, large) = (text(SMALL), text(SMALL * FACTOR));
        let least = |text: &str| (0..2).map(|_| seconds(kind, text)).fold(f64::MAX, f64::min);
        let (before, after) = (least(&small), least(&large));
        println!(
            "{what}: {before:.4} s, {after:.4} s, {:.1} times for {FACTOR} times the text",
            after / before.max(0.001)
        );
        // A square would be 64 times; below some tenths of a second other things than the text decide.
        assert!(after < 0.2 || after < before.max(0.008) * 32.0, "{what}: {before:.4} s, then {after:.4} s");
    }
}

#[test]
fn what_is_nested_too_deep_is_refused_without_reading_on() {
    let nested = |levels: usize| format!("{}x{}", "${A:-".repeat(levels), "}".repeat(levels));
    for levels in [100, 5_000, 50_000] {
        for (kind, text) in [
            (Kind::Dotenv, format!("B={}\n", nested(levels))),
            (
                Kind::Compose,
                format!(
                    "services:\n  langfuse-web:\n    image: langfuse/langfuse:3\n    environment:\n      B: '{}'\n",
                    nested(levels)
                ),
            ),
            (
                Kind::Compose,
                format!(
                    "services:\n  langfuse-web:\n    image: langfuse/langfuse:3\n    environment: ['B={}']\n",
                    nested(levels)
                ),
            ),
        ] {
            let (_, report) = examined("x.env", Some(kind), &text).unwrap();
            let refused = report.diagnostics.iter().find(|d| d.rule == "file-refused-by-reader").unwrap();
            assert!(refused.message.contains("more than 64 nested variables"), "{}", refused.message);
        }
    }
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(50_000), close.repeat(50_000));
    for (kind, text, says) in [
        (Kind::Json, deep("{\"a\":", "}"), "nested too deeply"),
        (Kind::Json, deep("[", "]"), "nested too deeply"),
        (Kind::Compose, deep("{a: ", "}"), "levels deep"),
        (Kind::Helm, deep("[", "]"), "levels deep"),
        (Kind::K8s, "- ".repeat(50_000), "levels deep"),
    ] {
        let (_, report) = examined("x.env", Some(kind), &text).unwrap();
        let refused = report.diagnostics.iter().find(|d| d.rule == "file-refused-by-reader").unwrap();
        assert!(refused.message.contains(says), "{kind:?}: {}", refused.message);
    }
}
