//! Values that can't be intended: whitespace, placeholders, sample credentials.

mod placeholder_left;
mod sample_credentials;
mod whitespace_in_key_id;
mod whitespace_in_name;
mod whitespace_in_region;
mod whitespace_in_secret;

use super::finding::trim_value;
use super::text::comment_at;
use super::{Context, Rule};
use crate::config::{Block, Config, Credentials, Engine};
use crate::provider;
use crate::source::{Setting, Wrapper};
use crate::text::printable::is_unprintable;
use crate::variable::{Kind, Role, Var};

pub(super) static RULES: &[&Rule] = &[
    &whitespace_in_key_id::WHITESPACE_IN_KEY_ID,
    &whitespace_in_secret::WHITESPACE_IN_SECRET,
    &whitespace_in_region::WHITESPACE_IN_REGION,
    &whitespace_in_name::WHITESPACE_IN_NAME,
    &placeholder_left::PLACEHOLDER_LEFT,
    &sample_credentials::SAMPLE_CREDENTIALS,
];

/// Whether Langfuse acts on `setting` in `config`: a container reads it, its use case is in use, and the active engine
/// doesn't ignore it.
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

/// Whether a use case in use relies on the AWS SDK's default credential chain.
fn uses_chain(config: &Config<'_>) -> bool {
    config.used().any(|b| !matches!(b.credentials(), Credentials::Pair(..)))
}

/// Whether `c` is whitespace or invisible.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_unprintable(c)
}

/// Whether `text` has whitespace around it, or a newline or an invisible character in it. A comment in a value has its
/// own rule.
fn has_stray_whitespace(kind: Kind, text: &str) -> bool {
    // Nearly every value is plain and returns here.
    if text.bytes().all(|b| b > b' ' && b < 0x7f) {
        return false;
    }
    let blank = text.starts_with(is_blank) || text.ends_with(is_blank) || text.contains(is_unprintable);
    blank && comment_at(kind, text).is_none()
}

/// Trims the value of `setting`; `None` if that doesn't fix it.
fn trimmed(setting: &Setting) -> Option<Vec<(crate::text::span::Span, String)>> {
    let text = setting.text()?;
    let head = text.len().saturating_sub(text.trim_start_matches(is_blank).len());
    let tail = text.len().saturating_sub(text.trim_end_matches(is_blank).len());
    let inner = text.trim_matches(is_blank);
    (!inner.is_empty() && !inner.contains(is_unprintable)).then(|| trim_value(setting, head, tail)).flatten()
}

/// Where the whitespace is: "ends with a newline".
fn whitespace_in(text: &str) -> &'static str {
    let inner = text.trim_matches(is_blank);
    if inner.is_empty() {
        "is only whitespace"
    } else if text.ends_with(['\n', '\r']) {
        "ends with a newline"
    } else if text.starts_with(is_blank) && text.ends_with(is_blank) {
        "has whitespace around it"
    } else if text.ends_with(is_blank) {
        "ends with whitespace"
    } else if text.starts_with(is_blank) {
        "begins with whitespace"
    } else if inner.contains(['\n', '\r']) {
        "contains a newline"
    } else {
        "contains an invisible character"
    }
}

/// What to do about it; a Secret usually gets its newline from `echo`.
fn without_whitespace(cx: &Context<'_>, setting: &Setting) -> String {
    let ends = setting.text().is_some_and(|t| t.ends_with('\n'));
    match cx.deployment.wrapper {
        Wrapper::Helm | Wrapper::K8s if ends => format!(
            "Create the Secret again without the newline that `echo` adds: `printf %s … | base64`, or \
             `kubectl create secret generic … --from-literal={}=…`.",
            setting.name
        ),
        _ => format!("Write the value of {} without it; Langfuse trims nothing.", setting.name),
    }
}

/// The settings of one field over all use cases in use that have keys, and the SDK's own variable if a use case needs
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

/// Whether the line of `setting` lost a variable; the rule about that says it better.
pub(super) fn came_to_nothing(cx: &Context<'_>, setting: &Setting) -> bool {
    let name = setting.place.map(|p| p.name);
    cx.deployment.lines.iter().any(|l| !l.unset.is_empty() && Some(l.place.name) == name)
}

/// Whether `text` is what a template or documentation has in place of a value.
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

/// Whether `text` has brackets that mean "fill in". A secret may contain any character by chance, a prefix braces on
/// purpose.
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

/// The sample keys in AWS's documentation: IDs such as `AKIAIOSFODNN7EXAMPLE` with their secrets.
fn is_aws_sample(text: &str) -> bool {
    text.len() == 20 && text.starts_with('A') && text.ends_with("EXAMPLE")
        || text.len() == 40 && text.ends_with("EXAMPLEKEY")
}

fn word_is_placeholder(kind: Kind, text: &str) -> bool {
    // The first byte settles nearly every value.
    match text.as_bytes().first().map(u8::to_ascii_lowercase) {
        Some(b'm') => match kind {
            Kind::Bucket => same(text, "my-bucket-name"),
            Kind::Region => same(text, "my-bucket-region") || same(text, "my-region"),
            Kind::KeyId => ["mystorageaccount", "my-access-key-id", "my-access-key"].iter().any(|w| same(text, w)),
            Kind::Secret => ["my-secret-access-key", "my-secret-key"].iter().any(|w| same(text, w)),
            _ => false,
        },
        Some(b'y') => {
            let prefixed = ["your-", "your_", "your "].iter().any(|p| begins(text, p));
            match kind {
                Kind::Bucket => ["your-bucket", "your_bucket", "yourbucket"].iter().any(|p| begins(text, p)),
                Kind::KeyId => prefixed || same(text, "yourstorageaccount"),
                _ => prefixed,
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
    // If no label begins like a placeholder, there is nothing to parse.
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
    // A provider's own suffix may look like anything: Hetzner's hosts end in `your-objectstorage.com`.
    let theirs = provider::own_suffix(host).map_or(0, str::len);
    let filled_in = host.get(..host.len().saturating_sub(theirs)).unwrap_or(host);
    host.starts_with('.') || filled_in.split('.').any(|label| label_is_placeholder(label, host))
}

fn label_is_placeholder(label: &str, host: &str) -> bool {
    match label.as_bytes().first().map(u8::to_ascii_lowercase) {
        Some(b'a') => ["account_id", "account-id", "accountid"].iter().any(|w| same(label, w)),
        Some(b'm') => same(label, "mystorageaccount") || same(label, "my-bucket-region"),
        Some(b'y') => {
            let words = ["yourstorageaccount", "yournamespace", "yourregion", "yourdomain"];
            // Hetzner's host has that name.
            let hetzner = same(label, "your-objectstorage");
            begins(label, "your-") && !hetzner || begins(label, "your_") || words.iter().any(|w| same(label, w))
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

/// Whether the letters of `text`, ignoring separators and brackets, spell `word`.
fn spells(text: &str, word: &str) -> bool {
    let letters = text.bytes().filter(|b| !matches!(b, b'-' | b'_' | b' ' | b'!' | b'[' | b']' | b'(' | b')'));
    letters.map(|b| b.to_ascii_lowercase()).eq(word.bytes())
}

/// Whether the two keys are a published sample.
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
    fn distinguishes_placeholders_from_values() {
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
    fn says_where_the_whitespace_is() {
        for (text, said) in [
            ("a\n", "ends with a newline"),
            (" a", "begins with whitespace"),
            (" a ", "has whitespace around it"),
            ("a\nb", "contains a newline"),
            ("a\u{200b}b", "contains an invisible character"),
            ("  ", "is only whitespace"),
        ] {
            assert!(has_stray_whitespace(Kind::Secret, text));
            assert_eq!(whitespace_in(text), said);
        }
        assert!(!has_stray_whitespace(Kind::Secret, "a b") && !has_stray_whitespace(Kind::Secret, "ü"));
        assert!(!has_stray_whitespace(Kind::Region, "eu-west-1\t# Ireland"));
    }
}
