//! Values that cannot be meant: white space, placeholders, sample credentials.

use super::compose::opens_bundled_store;
use super::finding::{DraftFix, trim_value};
use super::source::{comment_at, in_quotes};
use super::{Context, Finding, Findings, Rule, rule};
use crate::config::{Block, Config, Credentials, Engine};
use crate::provider;
use crate::report::Severity;
use crate::source::{Setting, Wrapper};
use crate::text::mask::{hides, is_unprintable, shown};
use crate::variable::{Kind, Role, Var, var};

pub(super) static RULES: &[&Rule] = &[
    &WHITESPACE_IN_KEY_ID,
    &WHITESPACE_IN_SECRET,
    &WHITESPACE_IN_REGION,
    &WHITESPACE_IN_NAME,
    &PLACEHOLDER_LEFT,
    &SAMPLE_CREDENTIALS,
];

/// Whether Langfuse acts on `setting` in `config`: a container reads it, its purpose is in use, and the engine in force
/// does not ignore it.
pub(super) fn counts(config: &Config<'_>, setting: &Setting) -> bool {
    let Some(row) = setting.var.map(Var::row) else { return false };
    if row.unused || !row.readers.meets(config.containers) {
        return false;
    }
    let engine = config.engine;
    if let Some(use_case) = row.use_case {
        return config.block(use_case).in_use()
            && match row.role {
                Some(Role::Region) => matches!(engine, Engine::S3 | Engine::Oci),
                Some(Role::ForcePathStyle | Role::Sse | Role::SseKmsKeyId) => engine == Engine::S3,
                Some(Role::AccessKeyId | Role::SecretAccessKey) => matches!(engine, Engine::S3 | Engine::Azure),
                Some(Role::Endpoint | Role::ExternalEndpoint) => engine != Engine::Gcs,
                _ => true,
            };
    }
    if row.context {
        return engine == Engine::S3
            && match row.name {
                "AWS_REGION" => config.used().any(|b| b.region.is_none()),
                "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" | "AWS_SESSION_TOKEN" => uses_chain(config),
                _ => false,
            };
    }
    match row.name {
        n if n.starts_with("LANGFUSE_OCI_") => engine == Engine::Oci,
        n if n.contains("GOOGLE_CLOUD_STORAGE_CREDENTIALS") || n == "GOOGLE_CLOUD_UNIVERSE_DOMAIN" => {
            engine == Engine::Gcs
        }
        _ => true,
    }
}

/// Whether a purpose in use signs in with the AWS default chain.
fn uses_chain(config: &Config<'_>) -> bool {
    config.used().any(|b| !matches!(b.credentials(), Credentials::Pair(..)))
}

/// Whether `c` is white space, or nothing that can be seen at all.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_unprintable(c)
}

/// Whether `text` has blanks around it, or a line end or an invisible character in it. A comment in a value has a rule
/// of its own.
fn is_soiled(kind: Kind, text: &str) -> bool {
    // Nearly every value is plain, and this is the way out for those.
    if text.bytes().all(|b| b > b' ' && b < 0x7f) {
        return false;
    }
    let blank = text.starts_with(is_blank) || text.ends_with(is_blank) || text.contains(is_unprintable);
    blank && comment_at(kind, text).is_none()
}

/// Cuts the blanks around the value of `setting`; `None` where something else is left to do.
fn trimmed(setting: &Setting) -> Option<Vec<(crate::text::span::Span, String)>> {
    let text = setting.text()?;
    let head = text.len().saturating_sub(text.trim_start_matches(is_blank).len());
    let tail = text.len().saturating_sub(text.trim_end_matches(is_blank).len());
    let inner = text.trim_matches(is_blank);
    (!inner.is_empty() && !inner.contains(is_unprintable)).then(|| trim_value(setting, head, tail)).flatten()
}

/// Where the blanks are: "ends with a line end".
fn blanks(text: &str) -> &'static str {
    let inner = text.trim_matches(is_blank);
    if inner.is_empty() {
        "is white space only"
    } else if text.ends_with(['\n', '\r']) {
        "ends with a line end"
    } else if text.starts_with(is_blank) && text.ends_with(is_blank) {
        "has white space around it"
    } else if text.ends_with(is_blank) {
        "ends with white space"
    } else if text.starts_with(is_blank) {
        "begins with white space"
    } else if inner.contains(['\n', '\r']) {
        "has a line end in it"
    } else {
        "has an invisible character in it"
    }
}

/// What to do about them; a Secret is usually made with a line end by `echo`.
fn without_blanks(cx: &Context<'_>, setting: &Setting) -> String {
    let ends = setting.text().is_some_and(|t| t.ends_with('\n'));
    match cx.deployment.wrapper {
        Wrapper::Helm | Wrapper::K8s if ends => format!(
            "Make the Secret again without the line end that `echo` adds: `printf %s … | base64`, or `kubectl create secret generic … --from-literal={}=…`.",
            setting.name
        ),
        _ => format!("Write the value of {} without it; Langfuse trims nothing.", setting.name),
    }
}

/// The settings of one field over all purposes in use that sign in with keys, and the SDK's own where a purpose needs
/// it.
fn credentials<'c, 'd>(
    cx: &'c Context<'d>,
    pick: fn(&Block<'d>) -> Option<&'d Setting>,
    chain: Var,
) -> impl Iterator<Item = (&'d Config<'d>, &'d Setting)> + use<'c, 'd> {
    let with_keys = cx.configs.iter().filter(|c| matches!(c.engine, Engine::S3 | Engine::Azure));
    with_keys.flat_map(move |config| {
        let own = config.used().filter_map(pick);
        let ambient = config.environment.set_value(chain).filter(|s| counts(config, s));
        own.chain(ambient).map(move |s| (config, s))
    })
}

rule! {
    /// An access key id has white space or a line end around it.
    ///
    /// ## Why
    /// Langfuse hands the text on as it is. The id goes into the `Authorization` header: with a line end in it Node
    /// refuses the request with "Invalid character in header content", with a space the store does not know the key and
    /// answers 403.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID="AKIAQ7RT2MNBVCXZ5K3P "
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID="AKIAQ7RT2MNBVCXZ5K3P"
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=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
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#14314, which trims the keys that are entered in the UI; variables are still not trimmed.
    WHITESPACE_IN_KEY_ID = "whitespace-in-key-id", Error, Failure, whitespace_in_key_id
}

fn whitespace_in_key_id(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, setting) in credentials(cx, |b| b.key_id, var("AWS_ACCESS_KEY_ID")) {
        let Some(text) = setting.odd_text().filter(|t| is_soiled(Kind::KeyId, t)) else { continue };
        out.push(
            Finding::at(config, setting)
                .message(format!("{} {}; expected the key id alone", setting.name, blanks(text)))
                .help(without_blanks(cx, setting))
                .fix(trimmed(setting).map(|e| DraftFix::safe("cut the white space", e))),
        );
    }
}

rule! {
    /// A secret access key has white space or a line end around it.
    ///
    /// ## Why
    /// Nothing trims it, so every signature is made with the wrong key and the store answers `SignatureDoesNotMatch`. The
    /// value looks right wherever it is printed. In Kubernetes the line end comes from `echo secret | base64`, where
    /// `echo -n` was meant.
    ///
    /// ## Example
    /// ```json
    /// {
    ///   "LANGFUSE_S3_EVENT_UPLOAD_BUCKET": "acme-events",
    ///   "LANGFUSE_S3_EVENT_UPLOAD_REGION": "eu-west-1",
    ///   "LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID": "AKIAQ7RT2MNBVCXZ5K3P",
    ///   "LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY": "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\n"
    /// }
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {
    ///   "LANGFUSE_S3_EVENT_UPLOAD_BUCKET": "acme-events",
    ///   "LANGFUSE_S3_EVENT_UPLOAD_REGION": "eu-west-1",
    ///   "LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID": "AKIAQ7RT2MNBVCXZ5K3P",
    ///   "LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY": "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"
    /// }
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse#14314; Kubernetes documentation, "Managing Secrets using kubectl", on `echo -n`.
    WHITESPACE_IN_SECRET = "whitespace-in-secret", Error, Failure, whitespace_in_secret
}

fn whitespace_in_secret(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for (config, setting) in credentials(cx, |b| b.secret, var("AWS_SECRET_ACCESS_KEY")) {
        let Some(text) = setting.odd_text().filter(|t| is_soiled(Kind::Secret, t)) else { continue };
        out.push(
            Finding::at(config, setting)
                .message(format!("{} {}; expected the secret alone", setting.name, blanks(text)))
                .help(without_blanks(cx, setting))
                .fix(trimmed(setting).map(|e| DraftFix::safe("cut the white space", e))),
        );
    }
}

rule! {
    /// The region has white space, a line end or a stray quote in it.
    ///
    /// ## Why
    /// The region becomes a part of the host name. The AWS SDK looks at it before the first request and stops with "Region
    /// not accepted: … is not a valid hostname component".
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION="eu-west-1 "
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION="eu-west-1"
    /// ```
    ///
    /// ## Seen in
    /// Observed with the SDK version that Langfuse locks.
    WHITESPACE_IN_REGION = "whitespace-in-region", Error, Failure, whitespace_in_region
}

fn whitespace_in_region(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| c.engine == Engine::S3) {
        for block in config.used() {
            let Some(region) = config.region(block) else { continue };
            let Some(text) = region.odd_text() else { continue };
            let soiled = is_soiled(Kind::Region, text);
            // A pair of quotes has a rule of its own.
            let stray = !soiled
                && text.contains(['"', '\'', '`'])
                && in_quotes(text).is_none()
                && comment_at(Kind::Region, text).is_none();
            if !soiled && !stray {
                continue;
            }
            let inner = text.trim_matches(is_blank);
            let plain = inner.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            let fix = trimmed(region).filter(|_| soiled && plain).map(|e| DraftFix::safe("cut the white space", e));
            let what = if soiled { blanks(text) } else { "has a quote in it" };
            out.push(
                Finding::at(config, region)
                    .for_block(block)
                    .message(format!("{} is {}, which {what}; the SDK refuses it", region.name, shown(region)))
                    .help(if stray {
                        format!("Write the region's code alone, such as `{}=eu-west-1`.", region.name)
                    } else {
                        without_blanks(cx, region)
                    })
                    .fix(fix),
            );
        }
    }
}

rule! {
    /// A bucket or a prefix has white space around it.
    ///
    /// ## Why
    /// Nothing trims it. A bucket with a space is asked for as `my-bucket%20`, and the store answers `NoSuchBucket`; a
    /// prefix with a space makes keys with a space, beside the ones that are already there.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET="acme-events "
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET="acme-events"
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// ```
    ///
    /// ## Seen in
    /// Observed with the SDK version that Langfuse locks.
    WHITESPACE_IN_NAME = "whitespace-in-name", Warning, Failure, whitespace_in_name
}

fn whitespace_in_name(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs {
        for block in config.used() {
            for setting in [block.bucket, block.prefix].into_iter().flatten() {
                let kind = setting.var.map_or(Kind::Bucket, |v| v.row().kind);
                let Some(text) = setting.odd_text().filter(|t| is_soiled(kind, t) && counts(config, setting)) else {
                    continue;
                };
                let is_bucket = kind == Kind::Bucket;
                let fix = trimmed(setting).map(|edits| {
                    let title = "cut the white space";
                    // No bucket has such a name, but objects under such a prefix may be there.
                    if is_bucket { DraftFix::safe(title, edits) } else { DraftFix::risky(title, edits) }
                });
                out.push(
                    Finding::at(config, setting)
                        .message(format!("{} is {}, which {}", setting.name, shown(setting), blanks(text)))
                        .help(if is_bucket {
                            without_blanks(cx, setting)
                        } else {
                            format!(
                                "Write the prefix without it; objects already written under {} keep their keys.",
                                shown(setting)
                            )
                        })
                        .fix(fix),
                );
            }
        }
    }
}

rule! {
    /// A placeholder of a template was never filled in.
    ///
    /// ## Why
    /// Langfuse validates no text, so `<access-key-id>` or `my-bucket-name` starts well and fails at the first request:
    /// `NoSuchBucket`, `InvalidAccessKeyId`, "Invalid URL". The values of this rule are the ones of the documentation, of
    /// Langfuse's own templates and of providers' examples.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=my-bucket-name
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=my-bucket-region
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=eu-west-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=AKIAQ7RT2MNBVCXZ5K3P
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=hX9vL2mQ8rT4wY6zB1nC3kF5pJ7sD0gAeUiO9M2x
    /// ```
    ///
    /// ## Seen in
    /// langfuse/langfuse-k8s#196; the Langfuse documentation's examples; `.env.dev-oci.example` of Langfuse.
    PLACEHOLDER_LEFT = "placeholder-left", Error, Failure, placeholder_left
}

fn placeholder_left(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs {
        for block in config.used() {
            for setting in block.fields() {
                let Some(kind) = setting.var.map(|v| v.row().kind) else { continue };
                let Some(text) = setting.text().filter(|t| is_placeholder(kind, t)) else { continue };
                let credential = matches!(kind, Kind::KeyId | Kind::Secret);
                let own_store = block.endpoint_url().is_some_and(|u| !u.is_public());
                // The samples of AWS's documentation are the usual names of a store for trying things out.
                let trial = credential && own_store && is_aws_sample(text);
                let nameless = kind == Kind::Endpoint && came_to_nothing(cx, setting);
                if trial || nameless || !counts(config, setting) {
                    continue;
                }
                // A store of one's own may really have such a password.
                let works = credential && own_store || kind == Kind::Prefix;
                let severity = if works { Severity::Warning } else { Severity::Error };
                let mut finding = Finding::at(config, setting).severity(severity);
                if let Some(endpoint) = block.endpoint.filter(|_| credential) {
                    finding = finding.looks_at(Some(endpoint));
                }
                out.push(
                    finding
                        .message(if hides(setting) {
                            format!("{} still holds the placeholder of a template", setting.name)
                        } else {
                            format!("{} is {}, the placeholder of a template", setting.name, shown(setting))
                        })
                        .help(format!("Fill in {}.", wanted(kind))),
                );
            }
        }
    }
}

fn wanted(kind: Kind) -> &'static str {
    match kind {
        Kind::Bucket => "the name of your bucket",
        Kind::Region => "the region of your bucket, such as `eu-west-1`",
        Kind::Endpoint => "the URL of your store",
        Kind::KeyId => "the key id that your provider gave you",
        Kind::Secret => "the secret that your provider gave you with the key id",
        _ => "your own value",
    }
}

/// Whether the line of `setting` lost a variable: the rule on that says it better.
pub(super) fn came_to_nothing(cx: &Context<'_>, setting: &Setting) -> bool {
    let name = setting.place.map(|p| p.name);
    cx.deployment.lines.iter().any(|l| !l.unset.is_empty() && Some(l.place.name) == name)
}

/// Whether `text` is what a template or a documentation writes where a value belongs.
pub(super) fn is_placeholder(kind: Kind, text: &str) -> bool {
    let bytes = text.as_bytes();
    if (bytes.contains(&b'<') || bytes.contains(&b'{')) && has_brackets(kind, text) {
        return true;
    }
    match kind {
        Kind::Bucket | Kind::Region | Kind::KeyId | Kind::Secret | Kind::KmsKey | Kind::Text => {
            is_aws_sample(text) || word_is_placeholder(kind, text)
        }
        Kind::Endpoint => endpoint_is_placeholder(text),
        _ => false,
    }
}

/// Whether `text` has a pair of brackets that say "fill in". A secret may hold any character by chance, a prefix braces
/// on purpose.
fn has_brackets(kind: Kind, text: &str) -> bool {
    match kind {
        Kind::Secret => text.starts_with('<') && text.ends_with('>'),
        Kind::Prefix => text.contains('<') && text.contains('>'),
        Kind::Bucket | Kind::Region | Kind::KeyId | Kind::KmsKey | Kind::Endpoint | Kind::Text => {
            text.contains('<') && text.contains('>') || text.contains("{{") && text.contains("}}")
        }
        _ => false,
    }
}

/// The key pairs of AWS's documentation: ids such as `AKIAIOSFODNN7EXAMPLE` with their secrets.
fn is_aws_sample(text: &str) -> bool {
    text.len() == 20 && text.starts_with('A') && text.ends_with("EXAMPLE")
        || text.len() == 40 && text.ends_with("EXAMPLEKEY")
}

fn word_is_placeholder(kind: Kind, text: &str) -> bool {
    // A look at the first byte settles nearly every value.
    match text.as_bytes().first().map(u8::to_ascii_lowercase) {
        Some(b'm') => match kind {
            Kind::Bucket => same(text, "my-bucket-name"),
            Kind::Region => same(text, "my-bucket-region") || same(text, "my-region"),
            Kind::KeyId => ["mystorageaccount", "my-access-key-id", "my-access-key"].iter().any(|w| same(text, w)),
            Kind::Secret => ["my-secret-access-key", "my-secret-key"].iter().any(|w| same(text, w)),
            _ => false,
        },
        Some(b'y') => {
            let told = ["your-", "your_", "your "].iter().any(|p| begins(text, p));
            match kind {
                Kind::Bucket => ["your-bucket", "your_bucket", "yourbucket"].iter().any(|p| begins(text, p)),
                Kind::KeyId => told || same(text, "yourstorageaccount"),
                _ => told,
            }
        }
        Some(b't') => {
            (text.starts_with("tid_") || text.starts_with("tsec_")) && contains(text, "_your") || same(text, "todo")
        }
        Some(b'_' | b'c' | b'r' | b'[' | b'(') => {
            ["changeme", "changethis", "replaceme", "replacethis", "redacted"].iter().any(|w| spells(text, w))
        }
        Some(first @ (b'x' | b'*' | b'.')) => text.len() >= 3 && text.bytes().all(|b| b.to_ascii_lowercase() == first),
        _ => false,
    }
}

fn endpoint_is_placeholder(text: &str) -> bool {
    // Where no label begins like one that is looked for, there is nothing to take apart.
    let begun = text.as_bytes().windows(3).any(|w| {
        let &[before, first, second] = w else { return false };
        matches!(before, b'/' | b'.' | b'@')
            && matches!(
                (first.to_ascii_lowercase(), second.to_ascii_lowercase()),
                (b'.', _) | (b'a', b'c') | (b'm', b'y') | (b'y', b'o') | (b'x', b'x') | (b'r', b'e')
            )
    });
    if !begun && text.contains("//") {
        return false;
    }
    let Some(rest) = text.split_once(':').and_then(|(_, rest)| rest.strip_prefix("//")) else {
        return spells(text, "changeme") || spells(text, "replaceme");
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = authority.rsplit('@').next().unwrap_or("");
    let host = host.split(':').next().unwrap_or("");
    // What is the provider's own may look like anything: Hetzner's hosts end in `your-objectstorage.com`.
    let theirs = provider::own_suffix(host).map_or(0, str::len);
    let filled_in = host.get(..host.len().saturating_sub(theirs)).unwrap_or(host);
    host.starts_with('.') || filled_in.split('.').any(|label| label_is_placeholder(label, host))
}

fn label_is_placeholder(label: &str, host: &str) -> bool {
    match label.as_bytes().first().map(u8::to_ascii_lowercase) {
        Some(b'a') => ["account_id", "account-id", "accountid"].iter().any(|w| same(label, w)),
        Some(b'm') => same(label, "mystorageaccount") || same(label, "my-bucket-region"),
        Some(b'y') => {
            let told = ["yourstorageaccount", "yournamespace", "yourregion", "yourdomain"];
            // Hetzner's host is called that.
            let hetzner = same(label, "your-objectstorage");
            begins(label, "your-") && !hetzner || begins(label, "your_") || told.iter().any(|w| same(label, w))
        }
        Some(b'x') => label.len() >= 3 && label.bytes().all(|b| matches!(b, b'x' | b'X')),
        // `s3.region.amazonaws.com`; elsewhere it may be a name like any other.
        Some(b'r') => same(label, "region") && host.ends_with(".amazonaws.com"),
        _ => false,
    }
}

fn same(text: &str, word: &str) -> bool {
    text.eq_ignore_ascii_case(word)
}

fn begins(text: &str, start: &str) -> bool {
    text.as_bytes().get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
}

fn contains(text: &str, part: &str) -> bool {
    text.as_bytes().windows(part.len()).any(|w| w.eq_ignore_ascii_case(part.as_bytes()))
}

/// Whether the letters of `text`, whatever joins or surrounds them, are `word`.
fn spells(text: &str, word: &str) -> bool {
    let letters = text.bytes().filter(|b| !matches!(b, b'-' | b'_' | b' ' | b'!' | b'[' | b']' | b'(' | b')'));
    letters.map(|b| b.to_ascii_lowercase()).eq(word.bytes())
}

rule! {
    /// The sample credentials of a trial store are used on a store that is not local.
    ///
    /// ## Why
    /// `minio`/`miniosecret` are the defaults of Langfuse's compose file, `minioadmin` is MinIO's own, `devstoreaccount1`
    /// with its key belongs to the Azurite emulator. On a provider's store they mean that the defaults leaked through and
    /// every request ends with `InvalidAccessKeyId`; on a server of one's own that the whole world knows the keys.
    ///
    /// ## Example
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.example.com
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=minio
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=miniosecret
    /// ```
    ///
    /// ## Use instead
    /// ```dotenv
    /// LANGFUSE_S3_EVENT_UPLOAD_BUCKET=acme-events
    /// LANGFUSE_S3_EVENT_UPLOAD_REGION=us-east-1
    /// LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT=https://s3.example.com
    /// LANGFUSE_S3_EVENT_UPLOAD_FORCE_PATH_STYLE=true
    /// LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID=lf-events
    /// LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY=9f8e7d6c5b4a39281706
    /// ```
    ///
    /// ## Seen in
    /// `docker-compose.yml` of Langfuse; the Langfuse documentation's Azure example; MinIO documentation, root access.
    SAMPLE_CREDENTIALS = "sample-credentials", Warning, Failure, sample_credentials
}

fn sample_credentials(cx: &Context<'_>, out: &mut Findings<'_, '_>) {
    for config in cx.configs.iter().filter(|c| matches!(c.engine, Engine::S3 | Engine::Azure)) {
        for block in config.used() {
            let Credentials::Pair(id, secret) = block.credentials() else { continue };
            // Defaults of the compose file that went elsewhere have a rule among those of the wrapper.
            if !is_sample_pair(id, secret) || (id.from_wrapper() && config.engine == Engine::S3) {
                continue;
            }
            // Without an endpoint S3 is Amazon's; a hidden or broken one says nothing.
            let elsewhere = match (block.endpoint, block.endpoint_url()) {
                (None, _) => config.engine == Engine::S3 && block.is_aws(),
                (Some(_), Some(url)) => url.is_public(),
                (Some(_), None) => false,
            };
            if !elsewhere || opens_bundled_store(cx, block, id, secret) {
                continue;
            }
            let mut finding =
                Finding::at(config, id).for_block(block).because(secret, "its secret is the sample's too");
            let place = if let Some(endpoint) = block.endpoint {
                finding = finding.because(endpoint, "this store is not local");
                shown(endpoint)
            } else {
                "Amazon S3".to_owned()
            };
            out.push(
                finding
                    .looks_at(block.bucket)
                    .looks_at(config.region(block))
                    .message(format!("{} is {}, a published sample with its secret, on {place}", id.name, shown(id)))
                    .help(match cx.deployment.wrapper {
                        Wrapper::Compose => format!(
                            "Set {} and {} to keys of that store; left out, the compose file puts its MinIO's in their place.",
                            id.name, secret.name
                        ),
                        _ => format!("Set {} and {} to keys of that store.", id.name, secret.name),
                    }),
            );
        }
    }
}

/// Whether the pair is one that is published as a sample.
pub(super) fn is_sample_pair(id: &Setting, secret: &Setting) -> bool {
    const PAIRS: [(&str, &str); 3] = [
        ("minio", "miniosecret"),
        ("minioadmin", "minioadmin"),
        // The Azurite emulator's, the same in every installation.
        (
            "devstoreaccount1",
            "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
        ),
    ];
    let (Some(id), Some(secret)) = (id.text(), secret.text()) else { return false };
    PAIRS.contains(&(id, secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_placeholders_from_values() {
        for (kind, text) in [
            (Kind::KeyId, "<access-key-id>"),
            (Kind::KeyId, "<HMAC Access Key>"),
            (Kind::Bucket, "__REPLACE_ME__"),
            (Kind::Bucket, "my-bucket-name"),
            (Kind::Region, "my-bucket-region"),
            (Kind::KeyId, "AKIAIOSFODNN7EXAMPLE"),
            (Kind::Secret, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            (Kind::Secret, "CHANGEME"),
            (Kind::Secret, "change-me"),
            (Kind::KeyId, "tid_YOUR_ACCESS_KEY"),
            (Kind::Secret, "tsec_YOUR_SECRET"),
            (Kind::KeyId, "mystorageaccount"),
            (Kind::Endpoint, "https://.blob.core.windows.net"),
            (Kind::Endpoint, "https://mystorageaccount.blob.core.windows.net"),
            (Kind::Endpoint, "https://<account>.r2.cloudflarestorage.com"),
            (Kind::Endpoint, "https://ACCOUNT_ID.r2.cloudflarestorage.com"),
            (Kind::Endpoint, "https://your-bucket.fsn1.your-objectstorage.com"),
            (Kind::Secret, "xxxxxxxx"),
            (Kind::Secret, "***"),
            (Kind::Bucket, "your-bucket"),
        ] {
            assert!(is_placeholder(kind, text), "{text}");
        }
        for (kind, text) in [
            (Kind::Bucket, "my-bucket"),
            (Kind::Bucket, "mybucket-name"),
            (Kind::Bucket, "yours-truly"),
            (Kind::Bucket, "xxl-store"),
            (Kind::Bucket, "langfuse"),
            (Kind::Secret, "a<b>c"),
            (Kind::Secret, "cHanGe9f8e7d6c5b4a39281706"),
            (Kind::KeyId, "minio"),
            (Kind::KeyId, "tid_abcdef"),
            (Kind::Endpoint, "https://s3.example.com"),
            (Kind::Endpoint, "https://fsn1.your-objectstorage.com"),
            (Kind::Endpoint, "http://minio:9000"),
            (Kind::Endpoint, "https://s3.eu-west-1.amazonaws.com"),
            (Kind::Endpoint, "https://region.example.com"),
            (Kind::Endpoint, "https://fsn1.your-objectstorage.com"),
            (Kind::Prefix, "events/"),
        ] {
            assert!(!is_placeholder(kind, text), "{text}");
        }
    }

    #[test]
    fn says_where_the_white_space_is() {
        for (text, said) in [
            ("a\n", "ends with a line end"),
            (" a", "begins with white space"),
            (" a ", "has white space around it"),
            ("a\nb", "has a line end in it"),
            ("a\u{200b}b", "has an invisible character in it"),
            ("  ", "is white space only"),
        ] {
            assert!(is_soiled(Kind::Secret, text));
            assert_eq!(blanks(text), said);
        }
        assert!(!is_soiled(Kind::Secret, "a b") && !is_soiled(Kind::Secret, "ü"));
        assert!(!is_soiled(Kind::Region, "eu-west-1\t# Ireland"));
    }
}
