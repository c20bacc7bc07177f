//! Which values are placeholders of a template or a documentation, in any of the languages these are written in. A
//! random secret that happens to contain such letters isn't one.

use crate::provider;
use crate::variable::Kind;

/// Whether `text` is what a template or documentation has in place of a value.
#[must_use]
pub fn is_placeholder(kind: Kind, text: &str) -> bool {
    let marks = marks(text);
    if marks & BRACKET != 0 && has_brackets(kind, text) {
        return true;
    }
    match kind {
        Kind::Bucket | Kind::Region | Kind::KeyId | Kind::Secret | Kind::KmsKey | Kind::Text => {
            is_aws_sample(text) || is_left_out(kind, text, marks) || has_placeholder_words(kind, text, marks)
        }
        Kind::Endpoint => endpoint_is_placeholder(text, marks),
        _ => false,
    }
}

/// `<` or `{`.
const BRACKET: u8 = 1;
const DOT: u8 = 2;
/// A part of a character beyond ASCII.
const BEYOND_ASCII: u8 = 4;

/// Neither a letter nor a digit.
const SEPARATOR: u8 = 8;

/// What `text` contains, of what the checks look for: one pass settles nearly every value.
#[allow(clippy::indexing_slicing, reason = "a byte is always within 256 cells")]
fn marks(text: &str) -> u8 {
    text.bytes().fold(0, |all, byte| all | MARKS[usize::from(byte)])
}

#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "evaluated by the compiler")]
static MARKS: [u8; 256] = {
    let mut marks = [SEPARATOR; 256];
    let mut byte = 0;
    while byte < marks.len() {
        #[allow(clippy::cast_possible_truncation, reason = "there are 256 cells")]
        let of = byte as u8;
        if of.is_ascii_alphanumeric() {
            marks[byte] = 0;
        } else if !of.is_ascii() {
            marks[byte] |= BEYOND_ASCII;
        }
        byte += 1;
    }
    marks[b'<' as usize] |= BRACKET;
    marks[b'{' as usize] |= BRACKET;
    marks[b'.' as usize] |= DOT;
    marks
};

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

/// The sample keys in AWS's documentation, such as `AKIAIOSFODNN7EXAMPLE`, and key IDs of which only the prefix is
/// written.
#[must_use]
pub fn is_aws_sample(text: &str) -> bool {
    let id = text.len() >= 16
        && ["AKIA", "ASIA", "AIDA", "AROA"].iter().any(|p| text.starts_with(p))
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    id && (text.ends_with("EXAMPLE") || text.get(4..).is_some_and(|t| t.bytes().all(|b| b == b'X')))
        || (38..=42).contains(&text.len()) && text.ends_with("EXAMPLEKEY")
}

/// Whether a part of the value is left out: dots, asterisks or `xxx` in its place.
fn is_left_out(kind: Kind, text: &str, marks: u8) -> bool {
    let whole = text.len() >= 3
        && text.bytes().next().is_some_and(|first| {
            let first = first.to_ascii_lowercase();
            matches!(first, b'x' | b'*' | b'.') && text.bytes().all(|b| b.to_ascii_lowercase() == first)
        });
    let dotted = match kind {
        Kind::Secret => text.ends_with("..."),
        Kind::Text => false,
        _ => marks & DOT != 0 && text.contains("..."),
    };
    whole || dotted || marks & BEYOND_ASCII != 0 && text.contains('…')
}

/// One or two words that mean "fill in", wherever they are among other words.
const ANYWHERE: [&[&str]; 32] = [
    &["changeme"],
    &["changethis"],
    &["changeit"],
    &["replaceme"],
    &["replacethis"],
    &["fixme"],
    &["change", "me"],
    &["change", "this"],
    &["change", "it"],
    &["replace", "me"],
    &["replace", "this"],
    &["replace", "with"],
    &["fill", "in"],
    &["fill", "me"],
    &["insert", "your"],
    &["put", "your"],
    &["enter", "your"],
    // Spanish, Portuguese, French, German, Vietnamese.
    &["cambiame"],
    &["cambiar"],
    &["reemplazar"],
    &["reemplaza"],
    &["substituir"],
    &["substitua"],
    &["alterar"],
    &["remplacer"],
    &["remplacez"],
    &["aendern"],
    &["ersetzen"],
    &["eintragen"],
    &["thay", "doi"],
    &["thay", "bang"],
    &["cua", "ban"],
];

/// Words that mean the reader's own, as the first of several.
const POSSESSIVES: [&str; 15] = [
    "your", "tu", "su", "seu", "sua", "teu", "dein", "deine", "ihr", "ihre", "votre", "vos", "ton", "altere", "troque",
];

/// What these words stand before.
const NOUNS: [&str; 40] = [
    "access",
    "account",
    "api",
    "bucket",
    "clave",
    "chave",
    "cle",
    "cloud",
    "company",
    "container",
    "contrasena",
    "cuenta",
    "endpoint",
    "geheimnis",
    "id",
    "key",
    "konto",
    "langfuse",
    "llave",
    "minio",
    "mot",
    "name",
    "nombre",
    "nome",
    "nom",
    "passwort",
    "password",
    "project",
    "r2",
    "region",
    "s3",
    "schluessel",
    "secret",
    "secreto",
    "segredo",
    "senha",
    "storage",
    "store",
    "token",
    "usuario",
];

/// Words that are a placeholder in a credential, and elsewhere only alone: buckets may have them in their names.
const IN_CREDENTIALS: [&str; 7] = ["todo", "tbd", "dummy", "example", "fake", "placeholder", "redacted"];

/// Whole values that documentation prints.
const fn whole(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Bucket => &[
            "my-bucket",
            "my_bucket",
            "mybucket",
            "my-bucket-name",
            "my-s3-bucket",
            "bucket-name",
            "bucket_name",
            "bucketname",
            "yourbucket",
            "example-bucket",
            "examplebucket",
            "doc-example-bucket",
            "amzn-s3-demo-bucket",
            "todo",
            "tbd",
            "dummy",
        ],
        Kind::Region => &["my-bucket-region", "my-region", "bucket-region", "region", "todo", "tbd", "dummy"],
        Kind::KeyId => {
            &["mystorageaccount", "yourstorageaccount", "my-access-key-id", "my-access-key", "access-key-id"]
        }
        Kind::Secret => &["my-secret-access-key", "my-secret-key", "secret-access-key"],
        _ => &[],
    }
}

fn has_placeholder_words(kind: Kind, text: &str, marks: u8) -> bool {
    if marks & BEYOND_ASCII != 0 {
        return in_other_scripts(kind, text);
    }
    let bytes = text.as_bytes();
    let listed = if marks & SEPARATOR == 0 {
        may_be_listed(bytes)
    } else {
        bytes.split(|b| !b.is_ascii_alphanumeric()).any(may_be_listed)
    };
    if !listed {
        return false;
    }
    if whole(kind).iter().any(|w| same(text, w)) {
        return true;
    }
    // A random secret may contain `xxx` between other signs.
    if kind == Kind::Secret && !bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"-_ .!<>[](){}*".contains(b)) {
        return false;
    }
    let Some(words) = Words::of(text) else { return false };
    let words = words.all();
    let credential = matches!(kind, Kind::KeyId | Kind::Secret);
    let alone = words.len() == 1 && kind != Kind::Endpoint;
    let elided = |w: &str| w.len() >= 3 && (w.bytes().all(|b| b == b'x') || w.bytes().all(|b| b == b'X'));
    let among = |list: &[&str], word: &str| list.iter().any(|w| same(word, w));
    let is_phrase = |of: &[&str], phrase: &[&str]| of.iter().zip(phrase).all(|(word, p)| same(word, p));
    ANYWHERE.iter().any(|phrase| words.windows(phrase.len()).any(|of| is_phrase(of, phrase)))
        || words.windows(2).enumerate().any(|(at, pair)| {
            let [own, what] = pair else { return false };
            // A bucket may be called know-your-customer.
            same(own, "your") && (credential || at == 0) || among(&POSSESSIVES, own) && among(&NOUNS, what)
        })
        || (credential || alone) && words.iter().any(|w| among(&IN_CREDENTIALS, w) || elided(w))
}

/// By first letter, the lengths of the words that a listed phrase or value begins with, a bit each. Letter and length rule
/// nearly every word of a real value out.
static LENGTHS: [u32; 26] = lengths();

#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "evaluated by the compiler")]
const fn lengths() -> [u32; 26] {
    let mut lengths = [0; 26];
    let mut at = 0;
    while at < ANYWHERE.len() {
        lengths = with_length(lengths, ANYWHERE[at][0]);
        at += 1;
    }
    at = 0;
    while at < POSSESSIVES.len() {
        lengths = with_length(lengths, POSSESSIVES[at]);
        at += 1;
    }
    at = 0;
    while at < IN_CREDENTIALS.len() {
        lengths = with_length(lengths, IN_CREDENTIALS[at]);
        at += 1;
    }
    let kinds = [Kind::Bucket, Kind::Region, Kind::KeyId, Kind::Secret];
    at = 0;
    while at < kinds.len() {
        let values = whole(kinds[at]);
        let mut value = 0;
        while value < values.len() {
            lengths = with_length(lengths, values[value]);
            value += 1;
        }
        at += 1;
    }
    // `xxx` of any length.
    lengths[(b'x' - b'a') as usize] = u32::MAX;
    lengths
}

/// Adds the first word of `text`.
#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "evaluated by the compiler")]
const fn with_length(mut lengths: [u32; 26], text: &str) -> [u32; 26] {
    let bytes = text.as_bytes();
    let mut length = 0;
    while length < bytes.len() && bytes[length].is_ascii_alphanumeric() {
        length += 1;
    }
    lengths[(bytes[0] - b'a') as usize] |= 1 << length;
    lengths
}

/// Whether a listed phrase or value may begin with `word`.
fn may_be_listed(word: &[u8]) -> bool {
    let Some(first) = word.first() else { return false };
    let letter = usize::from(first.to_ascii_lowercase().wrapping_sub(b'a'));
    let length = u32::try_from(word.len()).unwrap_or(u32::MAX);
    LENGTHS.get(letter).is_some_and(|lengths| lengths.checked_shr(length).is_some_and(|bits| bits & 1 == 1))
}

/// A value of more words is prose.
const MOST_WORDS: usize = 12;

/// The words of a value, between separators: `[REDACTED]`, `__REPLACE_ME__`, `tid_YOUR_ACCESS_KEY`.
struct Words<'t> {
    words: [&'t str; MOST_WORDS],
    count: usize,
}

impl<'t> Words<'t> {
    /// The words of `text`; `None` if there are none or too many, or if one isn't wordy.
    fn of(text: &'t str) -> Option<Self> {
        let mut words = [""; MOST_WORDS];
        let mut count = 0_usize;
        for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()) {
            *words.get_mut(count).filter(|_| is_wordy(word))? = word;
            count = count.saturating_add(1);
        }
        (count > 0).then_some(Self { words, count })
    }

    fn all(&self) -> &[&'t str] {
        self.words.get(..self.count).unwrap_or(&[])
    }
}

/// Whether `word` reads as a word, a number or a short name such as `R2`: random letters and digits mix cases and kinds.
fn is_wordy(word: &str) -> bool {
    const LONGEST: usize = 16;
    let rest = word.get(1..).unwrap_or("");
    let even = rest.bytes().all(|b| !b.is_ascii_uppercase()) || word.bytes().all(|b| !b.is_ascii_lowercase());
    let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
    let tail = word.get(letters..).unwrap_or("");
    let elided = word.bytes().all(|b| matches!(b, b'x' | b'X'));
    elided || even && tail.bytes().all(|b| b.is_ascii_digit()) && tail.len() <= 4 && word.len() <= LONGEST
}

/// The same in letters beyond ASCII. No bucket, region or key ID has any; a secret counts by its words.
fn in_other_scripts(kind: Kind, text: &str) -> bool {
    const WORDS: [&str; 16] = [
        "你的",
        "您的",
        "填写",
        "填入",
        "替换",
        "更换",
        "修改",
        "密钥",
        "密码",
        "thay đổi",
        "của bạn",
        "ändern",
        "cámbia",
        "contraseña",
        "à remplacer",
        "à remplir",
    ];
    let ideograph = |c: char| matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3040}'..='\u{30ff}' | '\u{ac00}'..='\u{d7af}');
    let lower = text.to_lowercase().replace(['_', '-'], " ");
    kind != Kind::Secret && text.contains(ideograph) || WORDS.iter().any(|w| lower.contains(w))
}

fn endpoint_is_placeholder(text: &str, marks: u8) -> bool {
    if marks & BEYOND_ASCII != 0 && text.contains('…') {
        return true;
    }
    let Some(rest) = text.split_once(':').and_then(|(_, rest)| rest.strip_prefix("//")) else {
        return has_placeholder_words(Kind::Endpoint, text, marks) || is_left_out(Kind::Text, text, marks);
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
    const ACCOUNTS: [&str; 8] = [
        "account_id",
        "account-id",
        "accountid",
        "mystorageaccount",
        "yourstorageaccount",
        "yournamespace",
        "yourregion",
        "yourdomain",
    ];
    // Hetzner's host has that name.
    let hetzner = same(label, "your-objectstorage");
    ACCOUNTS.iter().any(|w| same(label, w))
        || same(label, "my-bucket-region")
        || !hetzner && has_placeholder_words(Kind::Endpoint, label, marks(label))
        || label.len() >= 3 && label.bytes().all(|b| matches!(b, b'x' | b'X'))
        // `s3.region.amazonaws.com`; elsewhere it may be a name like any other.
        || same(label, "region") && host.ends_with(".amazonaws.com")
}

fn same(text: &str, word: &str) -> bool {
    text.eq_ignore_ascii_case(word)
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
            (Kind::Bucket, "my-bucket"),
            (Kind::Region, "my-bucket-region"),
            (Kind::KeyId, "AKIAIOSFODNN7EXAMPLE"),
            (Kind::KeyId, "AKIAI44QH8DHBEXAMPLE"),
            (Kind::KeyId, "AKIAXXXXXXXXXXXXXXXX"),
            (Kind::KeyId, "AKIA..."),
            (Kind::Secret, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            (Kind::Secret, "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY"),
            (Kind::Secret, "CHANGEME"),
            (Kind::Secret, "change-me"),
            (Kind::Secret, "Change_Me_Please"),
            (Kind::Secret, "REPLACE_ME_MINIO_SECRET"),
            (Kind::Secret, "replace-with-minio-password"),
            (Kind::Secret, "YOUR_R2_SECRET_ACCESS_KEY"),
            (Kind::Secret, "minio-password-CHANGEME"),
            (Kind::Secret, "TODO"),
            (Kind::Secret, "dummy-secret"),
            (Kind::Secret, "tu_clave_secreta"),
            (Kind::Secret, "votre-cle-secrete"),
            (Kind::Secret, "您的密钥"),
            (Kind::Secret, "thay_doi_mat_khau"),
            (Kind::KeyId, "tid_YOUR_ACCESS_KEY"),
            (Kind::Secret, "tsec_YOUR_SECRET"),
            (Kind::KeyId, "mystorageaccount"),
            (Kind::Endpoint, "https://.blob.core.windows.net"),
            (Kind::Endpoint, "https://..."),
            (Kind::Endpoint, "https://mystorageaccount.blob.core.windows.net"),
            (Kind::Endpoint, "https://<account>.r2.cloudflarestorage.com"),
            (Kind::Endpoint, "https://ACCOUNT_ID.r2.cloudflarestorage.com"),
            (Kind::Endpoint, "https://your-bucket.fsn1.your-objectstorage.com"),
            (Kind::Secret, "xxxxxxxx"),
            (Kind::Secret, "***"),
            (Kind::Bucket, "your-bucket"),
            (Kind::Bucket, "put-your-bucket-here"),
            (Kind::Bucket, "[REDACTED]"),
        ] {
            assert!(is_placeholder(kind, text), "{text}");
        }
        for (kind, text) in [
            (Kind::Bucket, "my-bucket-of-traces"),
            (Kind::Bucket, "mybucket-name"),
            (Kind::Bucket, "yours-truly"),
            (Kind::Bucket, "xxl-store"),
            (Kind::Bucket, "langfuse"),
            (Kind::Bucket, "todo-app-events"),
            (Kind::Bucket, "example-corp-langfuse"),
            (Kind::Bucket, "know-your-customer-events"),
            (Kind::Bucket, "acme-redacted-traces"),
            (Kind::Secret, "a<b>c"),
            (Kind::Secret, "cHanGe9f8e7d6c5b4a39281706"),
            (Kind::Secret, "aTODO7xxx9fChangeMe3/kLq+dummy"),
            (Kind::Secret, "Qk3/TODO+9aZ"),
            (Kind::Secret, "q8Zr0Vt+Lk3/Bn6mXw2Yc9Hd5Jf7Gs1Ta4Ue8PoR"),
            (Kind::Secret, "correct-horse-battery-staple"),
            (Kind::KeyId, "minio"),
            (Kind::KeyId, "tid_abcdef"),
            (Kind::Endpoint, "https://s3.example.com"),
            (Kind::Endpoint, "https://fsn1.your-objectstorage.com"),
            (Kind::Endpoint, "http://minio:9000"),
            (Kind::Endpoint, "https://s3.eu-west-1.amazonaws.com"),
            (Kind::Endpoint, "https://region.example.com"),
            (Kind::Prefix, "events/"),
            (Kind::Secret, "0:aa\"A\" :xxX:0"),
            (Kind::Secret, "k8-xxX-9f"),
        ] {
            assert!(!is_placeholder(kind, text), "{text}");
        }
    }
}
