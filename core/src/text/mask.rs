//! Keeping secrets out of everything that is printed: by variable, by name, and by position in a URL.

use std::fmt::Write as _;

use crate::config::endpoint::Endpoint;
use crate::provider;
use crate::source::{Deployment, HelmSlipKind, Setting, Value};
use crate::variable::Kind;

/// What stands in a secret's place.
pub const MASK: &str = "***";

/// Shortest secret that is looked for in running text. Shorter ones are masked where they stand, because replacing
/// every `a` of a report would hide the report.
const SHORTEST: usize = 6;

/// Key ids that are published samples or begin with a provider's own prefix: safe to print, and worth printing.
const PUBLIC_KEY_IDS: [&str; 6] =
    ["minio", "minioadmin", "langfuse", "devstoreaccount1", "AKIAIOSFODNN7EXAMPLE", "test"];

/// The value of `setting` for people: in back quotes, control characters escaped, long values shortened, secrets as
/// `***`.
#[must_use]
pub fn shown(setting: &Setting) -> String {
    match &setting.value {
        Value::Unknown => "a value that cannot be seen from here".into(),
        Value::Reference { name, key, secret } => {
            let kind = if *secret { "Secret" } else { "ConfigMap" };
            format!("key `{}` of {kind} `{}`", escaped(key), escaped(name))
        }
        Value::Known(text) if hides(setting) => {
            if text.is_empty() {
                "an empty text".into()
            } else {
                format!("`{MASK}`")
            }
        }
        Value::Known(text) => {
            let endpoint = setting.var.is_some_and(|v| v.row().kind == Kind::Endpoint);
            match endpoint.then(|| bare_user_info(text)).flatten() {
                Some((_, rest)) => quoted(&format!("{MASK}@{}", mask_query(rest))),
                None => quoted(&masked_url(text)),
            }
        }
    }
}

/// `text` in back quotes, control characters escaped, shortened in the middle when long.
#[must_use]
pub fn quoted(text: &str) -> String {
    const LONGEST: usize = 96;
    let count = text.chars().count();
    if count <= LONGEST {
        return format!("`{}`", escaped(text));
    }
    let head: String = text.chars().take(60).collect();
    let tail: String = text.chars().skip(count.saturating_sub(20)).collect();
    format!("`{}…{}` ({count} characters)", escaped(&head), escaped(&tail))
}

/// `text` with control, format and bidirectional characters as `\u{…}`, so that a value can neither move the cursor
/// nor pretend to be another.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_unprintable(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// Control characters and the ones that change how others look.
#[must_use]
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}')
}

/// Whether the value of `setting` must not be printed. A key id is printed only where it cannot be a secret that
/// stands in the wrong field.
#[must_use]
pub fn hides(setting: &Setting) -> bool {
    let key_id = setting.var.is_some_and(|v| v.row().kind == Kind::KeyId);
    if key_id {
        return setting.text().is_some_and(|t| !is_public_key_id(t));
    }
    setting.is_secret()
}

fn is_public_key_id(text: &str) -> bool {
    let upper = |t: &str| t.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    PUBLIC_KEY_IDS.contains(&text)
        || (text.starts_with("AKIA") || text.starts_with("ASIA")) && text.len() <= 24 && upper(text)
        || text.starts_with("GOOG") && text.len() <= 64 && upper(text)
}

/// `text` without user-info and without what a SAS or presigned query signs with.
#[must_use]
pub fn masked_url(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return mask_query(text);
    };
    match user_info(rest) {
        Some((_, after)) => format!("{scheme}://{MASK}@{}", mask_query(after)),
        None => format!("{scheme}://{}", mask_query(rest)),
    }
}

/// User-info and what follows it, of a URL behind its `://`. A password with a slash in it makes the URL another one, but
/// it is still a password: everything up to the last `@` counts where a colon stands in it.
fn user_info(rest: &str) -> Option<(&str, &str)> {
    let (before, after) = rest.rsplit_once('@')?;
    (before.contains(':') || !before.contains(['/', '?', '#'])).then_some((before, after))
}

/// User-info and the rest of an endpoint whose scheme is missing: `user:password@host`.
fn bare_user_info(text: &str) -> Option<(&str, &str)> {
    if text.contains("://") {
        return None;
    }
    let text = text.trim().trim_start_matches('/');
    let end = text.find(['/', '?', '#']).unwrap_or(text.len());
    let at = text.get(..end)?.rfind('@')?;
    Some((text.get(..at)?, text.get(at.checked_add(1)?..)?))
}

fn mask_query(text: &str) -> String {
    let mut out = text.to_owned();
    for (start, end) in signed_values(text).into_iter().rev() {
        out.replace_range(start..end, MASK);
    }
    out
}

/// The bytes of every value that signs a link or an account, wherever it stands in `text`; sorted, without overlap.
fn signed_values(text: &str) -> Vec<(usize, usize)> {
    const NAMES: [&str; 7] =
        ["sig=", "signature=", "x-amz-security-token=", "accountkey=", "token=", "password=", "secret="];
    let lower = text.to_ascii_lowercase();
    let mut found: Vec<(usize, usize)> = NAMES
        .iter()
        .flat_map(|name| lower.match_indices(name).map(|(at, name)| at.saturating_add(name.len())))
        .map(|start| {
            let rest = text.get(start..).unwrap_or("");
            let length = rest.find(['&', ';', '#', ' ', '"', '\'', '\n', '\r']).unwrap_or(rest.len());
            (start, start.saturating_add(length))
        })
        .filter(|(start, end)| end > start)
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The secrets of one deployment, in every form in which an output may hold them.
#[derive(Clone, Default)]
pub struct Masker {
    /// Longest first, so that a secret that contains another is masked whole.
    forms: Vec<String>,
    /// Storage accounts that an endpoint's host names. On Azure they stand in the key id's place and are no secret;
    /// masking them would hide the endpoint in every message and take the fixes of endpoints away.
    accounts: Vec<String>,
}

impl Masker {
    /// Collects the secrets of `deployment`: what each container receives, what is lost, what is only named.
    #[must_use]
    pub fn new(deployment: &Deployment) -> Self {
        let mut masker = Self { accounts: accounts(deployment), ..Self::default() };
        let environments = deployment.environments.iter().flat_map(|(_, e)| e.iter());
        let lost = deployment.duplicates.iter().flat_map(|d| [&d.lost, &d.kept]);
        let unforwarded = deployment.compose.iter().flat_map(|c| c.unforwarded.iter().chain(&c.strangers));
        let store = deployment.compose.iter().filter_map(|c| c.store.as_ref());
        let store = store.flat_map(|s| s.user.iter().chain(&s.password));
        for setting in environments.chain(lost).chain(unforwarded) {
            masker.add_setting(setting);
        }
        for setting in store {
            if let Some(text) = setting.text().filter(|t| !PUBLIC_KEY_IDS.contains(t)) {
                masker.add(text);
            }
        }
        // Keys at a level where the chart does not read them reach no container, and are secrets all the same.
        for slip in deployment.helm.iter().flat_map(|h| &h.slips).filter(|s| s.kind == HelmSlipKind::WrongLevel) {
            let key = slip.path.rsplit('.').next().unwrap_or("");
            if key == "secretAccessKey" || (key == "accessKeyId" && !is_public_key_id(&slip.value)) {
                masker.add(&slip.value);
            }
        }
        for line in &deployment.lines {
            // A name that a secret's `$` made is a piece of the secret.
            let secret_like = crate::variable::names_a_secret(&line.name);
            line.unset.iter().filter(|_| secret_like).for_each(|name| masker.add(name));
            let row = crate::variable::find(&line.name).map(crate::variable::Var::row);
            let secret = row.map_or_else(|| crate::variable::names_a_secret(&line.name), |r| r.secret);
            let key_id = row.is_some_and(|r| r.kind == Kind::KeyId);
            if secret || key_id {
                for text in [line.value.as_deref().unwrap_or(""), deployment.slice(line.place.value)] {
                    if !(key_id && (is_public_key_id(text) || masker.is_account(text))) {
                        masker.add(text);
                    }
                }
            }
        }
        masker.finish();
        masker
    }

    fn is_account(&self, text: &str) -> bool {
        self.accounts.iter().any(|a| a == text)
    }

    fn add_setting(&mut self, setting: &Setting) {
        let Some(text) = setting.text() else { return };
        for (start, end) in signed_values(text) {
            self.add(text.get(start..end).unwrap_or(""));
        }
        // `A=x B_SECRET=y` on one line: a value that holds another assignment.
        for word in text.split([' ', ';', '\t', '\n']) {
            if let Some((_, value)) = word.split_once('=').filter(|(n, _)| crate::variable::names_a_secret(n)) {
                self.add(value);
            }
        }
        let account = setting.var.is_some_and(|v| v.row().kind == Kind::KeyId) && self.is_account(text);
        if hides(setting) && !account {
            self.add(text);
        }
        let endpoint = setting.var.is_some_and(|v| v.row().kind == Kind::Endpoint);
        if let Some((user_info, _)) = endpoint.then(|| bare_user_info(text)).flatten() {
            self.add(user_info);
            self.add(user_info.split_once(':').map_or("", |(_, password)| password));
        }
        if let Some((_, rest)) = text.split_once("://") {
            if let Some((user_info, _)) = user_info(rest) {
                self.add(user_info);
                self.add(user_info.split_once(':').map_or("", |(_, password)| password));
            }
        }
    }

    /// Adds one secret with its escaped forms: as it is, trimmed, base64, percent-encoded, inside a JSON string.
    pub fn add(&mut self, secret: &str) {
        let trimmed = secret.trim();
        for text in [secret, trimmed] {
            if text.len() < SHORTEST {
                continue;
            }
            let json = serde_json::to_string(text).unwrap_or_default();
            let json = json.get(1..json.len().saturating_sub(1)).unwrap_or("").to_owned();
            let forms = [
                text.to_owned(),
                base64(text.as_bytes()),
                base64(format!("{text}\n").as_bytes()),
                percent(text),
                json,
                escaped(text),
            ];
            for form in forms {
                if !self.forms.contains(&form) {
                    self.forms.push(form);
                }
            }
        }
        // A secret over several lines is looked for line by line too: a snippet shows one.
        for line in secret.lines().filter(|l| l.len() >= 16 && l.len() < secret.len()) {
            if !self.forms.iter().any(|f| f == line) {
                self.forms.push(line.to_owned());
            }
        }
    }

    /// To be called after the last [`Masker::add`].
    pub fn finish(&mut self) {
        self.forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    }

    /// `text` with every known secret as `***`.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for form in &self.forms {
            if out.contains(form.as_str()) {
                out = out.replace(form.as_str(), MASK);
            }
        }
        out
    }

    /// Whether `text` holds a known secret.
    #[must_use]
    pub fn finds(&self, text: &str) -> bool {
        self.forms.iter().any(|f| text.contains(f.as_str()))
    }
}

/// The storage accounts that the hosts of Azure endpoints name.
fn accounts(deployment: &Deployment) -> Vec<String> {
    let settings = deployment.environments.iter().flat_map(|(_, e)| e.iter());
    let endpoints = settings.filter(|s| s.var.is_some_and(|v| v.row().kind == Kind::Endpoint));
    let urls = endpoints.filter_map(|s| Endpoint::parse(s.text()?).ok());
    let on_azure = urls.filter(|u| provider::by_host(u.host).is_some_and(|p| *p == provider::AZURE));
    on_azure.map(|u| u.first_label().to_owned()).collect()
}

/// Standard base64 with padding.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |n: u32| ALPHABET.get((n & 63) as usize).map_or('=', |b| char::from(*b));
    let mut out = String::with_capacity(bytes.len().div_ceil(3).saturating_mul(4));
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let n = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        out.push(digit(n >> 18));
        out.push(digit(n >> 12));
        out.push(if chunk.len() > 1 { digit(n >> 6) } else { '=' });
        out.push(if chunk.len() > 2 { digit(n) } else { '=' });
    }
    out
}

/// The bytes of standard base64, padding optional, white space between digits ignored; `None` where it is none.
#[must_use]
pub fn unbase64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let (mut bits, mut held) = (0_u32, 0_u32);
    let mut padding = 0_u32;
    for b in text.bytes() {
        let value = match b {
            b'A'..=b'Z' => b.wrapping_sub(b'A'),
            b'a'..=b'z' => b.wrapping_sub(b'a').wrapping_add(26),
            b'0'..=b'9' => b.wrapping_sub(b'0').wrapping_add(52),
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                padding = padding.saturating_add(1);
                continue;
            }
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            _ => return None,
        };
        if padding > 0 {
            return None;
        }
        bits = (bits << 6) | u32::from(value);
        held = held.saturating_add(6);
        if held >= 8 {
            held = held.saturating_sub(8);
            out.push(u8::try_from((bits >> held) & 0xff).ok()?);
        }
    }
    (padding <= 2 && held < 6).then_some(out)
}

fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for b in text.bytes() {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(b));
        } else {
            let _ = write!(out, "%{b:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(name: &'static str, value: &str) -> Setting {
        Setting::new(name, Value::Known(value.into()))
    }

    #[test]
    fn values_are_shown_by_what_they_are() {
        assert_eq!(shown(&setting("LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY", "hunter2hunter2")), "`***`");
        assert_eq!(
            shown(&setting("LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID", "AKIAQ7RT2MNBVCXZ5K3P")),
            "`AKIAQ7RT2MNBVCXZ5K3P`"
        );
        assert_eq!(
            shown(&setting("LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzzzz")),
            "`***`"
        );
        assert_eq!(shown(&setting("LANGFUSE_S3_EVENT_SECERT_KEY", "abcdefgh")), "`***`");
        assert_eq!(
            shown(&setting("LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT", "https://u:pw@h/?sig=abc&x=1")),
            "`https://***@h/?sig=***&x=1`"
        );
        assert_eq!(shown(&setting("LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT", "u:pw@minio:9000")), "`***@minio:9000`");
        assert_eq!(
            shown(&setting("LANGFUSE_S3_EVENT_UPLOAD_BUCKET", "a\x1b[31m\u{202e}b")),
            "`a\\u{1b}[31m\\u{202e}b`"
        );
    }

    #[test]
    fn an_account_that_the_host_names_is_no_secret() {
        let of = |host: &str| {
            let mut environment = crate::source::Environment::default();
            environment.set(setting("LANGFUSE_S3_EVENT_UPLOAD_ENDPOINT", &format!("https://{host}")));
            environment.set(setting("LANGFUSE_S3_EVENT_UPLOAD_ACCESS_KEY_ID", "acmestorage"));
            environment.set(setting("LANGFUSE_S3_EVENT_UPLOAD_SECRET_ACCESS_KEY", "acmestorage1"));
            let mut deployment = Deployment::new(crate::source::Wrapper::Raw);
            deployment.environments.push((crate::variable::Containers::BOTH, environment));
            Masker::new(&deployment).mask("acmestorage, acmestorage1")
        };
        assert_eq!(of("acmestorage.blob.core.windows.net"), "acmestorage, ***");
        assert_eq!(of("s3.example.com"), "***, ***");
    }

    #[test]
    fn every_form_of_a_secret_is_found() {
        let mut m = Masker::default();
        m.add("p@ss/w\"rd+1");
        m.finish();
        for text in ["x p@ss/w\"rd+1 y", "cEBzcy93InJkKzE=", "p%40ss%2Fw%22rd%2B1", "p@ss/w\\\"rd+1"] {
            assert!(m.mask(text).contains(MASK) && m.finds(text), "{text}");
        }
        assert_eq!(m.mask("nothing here"), "nothing here");
    }

    #[test]
    fn base64_goes_both_ways() {
        for text in ["", "a", "ab", "abc", "abcd\n", "ü日😀"] {
            assert_eq!(unbase64(&base64(text.as_bytes())).as_deref(), Some(text.as_bytes()));
        }
        assert_eq!(base64(b"hello"), "aGVsbG8=");
        for bad in ["a", "*", "aGVsbG8=x", "====="] {
            assert_eq!(unbase64(bad), None, "{bad}");
        }
    }
}
