//! The secrets of one deployment, redacted in all output about it.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::scan::{Range, exposed, is_random, merged};
use super::url::{bare_user_info, user_info};
use super::{hides, is_public_key_id};
use crate::config::endpoint::Endpoint;
use crate::config::placeholder::is_placeholder;
use crate::order;
use crate::provider;
use crate::source::{Deployment, IneffectiveKind, Setting};
use crate::text::base64;
use crate::text::printable::escaped;
use crate::text::secret::REDACTED;
use crate::variable::{Kind, Var, find, names_a_secret};

/// The shortest secret that is searched for in all output. Shorter ones are only redacted in place, because replacing
/// every `a` of a report would make it unreadable.
const SHORTEST: usize = 6;

/// No bucket name followed by a path is longer; a PEM key has thousands of slashes.
const LONGEST_APART: usize = 256;

/// Passwords that Langfuse's own compose file publishes and that also appear as host and bucket names: redacting them
/// everywhere would hide half of a report and protect nothing. In a secret's place they're redacted.
const COMMON: [&str; 4] = ["langfuse", "minio", "clickhouse", "postgres"];

/// The secrets of one deployment, in every form in which output may contain them.
#[derive(Clone, Default)]
pub struct Redactor {
    /// Sorted, to find a prefix of a text by binary search.
    forms: Vec<String>,
    /// For each form, the longest other one that is a prefix of it.
    shorter: Vec<Option<u32>>,
    /// The forms reversed, once they're needed.
    backwards: OnceCell<Vec<Vec<u8>>>,
    known: BTreeSet<String>,
    /// For each file, the bytes that contain secrets.
    places: Vec<Vec<Range>>,
    /// Storage accounts in the endpoints' hosts. On Azure the account is the key ID and isn't a secret;
    /// redacting it would hide the endpoint in every message and disable its fixes.
    accounts: Vec<String>,
}

impl Redactor {
    /// Collects the secrets of `deployment`: what each container receives, what's overridden or only named, and what
    /// the files themselves reveal.
    #[must_use]
    pub fn new(deployment: &Deployment) -> Self {
        let places = vec![Vec::new(); deployment.texts.len()];
        let mut masker = Self { accounts: accounts(deployment), places, ..Self::default() };
        let environments = deployment.environments.iter().flat_map(|(_, e)| e.iter());
        let lost = deployment.duplicates.iter().flat_map(|d| [&d.lost, &d.kept]);
        let unforwarded = deployment.compose.iter().flat_map(|c| c.unforwarded.iter().chain(&c.unrecognized));
        let store = deployment.compose.iter().filter_map(|c| c.store.as_ref());
        let store = store.flat_map(|s| s.user.iter().chain(&s.password));
        for setting in environments.chain(lost).chain(unforwarded).chain(&deployment.from_secret) {
            masker.add_setting(deployment, setting);
        }
        deployment.shell_secrets.iter().for_each(|secret| masker.add(secret.expose()));
        for setting in store {
            if let Some(text) = setting.text().filter(|t| !is_public_key_id(t)) {
                masker.add(text);
                masker.add_place(deployment, setting);
            }
        }
        // Keys at a level where the chart doesn't read them reach no container, but are still secrets.
        for unused in
            deployment.helm.iter().flat_map(|h| &h.ineffective).filter(|s| s.kind == IneffectiveKind::WrongLevel)
        {
            let key = unused.path.rsplit('.').next().unwrap_or("");
            if key == "secretAccessKey" || (key == "accessKeyId" && !is_public_key_id(&unused.value)) {
                masker.add(&unused.value);
            }
        }
        for line in &deployment.lines {
            let row = find(&line.name).map(Var::row);
            let secret = row.map_or_else(|| names_a_secret(&line.name), |r| r.secret);
            let key_id = row.is_some_and(|r| r.kind == Kind::KeyId);
            // A name that comes from a `$` in a secret is part of the secret.
            if secret || key_id {
                line.unset.iter().for_each(|name| masker.add(name));
            }
            for text in [line.value.as_deref().unwrap_or(""), deployment.slice(line.place.value)] {
                let public = key_id && (is_public_key_id(text) || masker.is_account(text))
                    || row.is_some_and(|r| is_placeholder(r.kind, text));
                if (secret || key_id) && !public {
                    masker.add(text);
                    masker.hide(line.place.value.file, (line.place.value.start, line.place.value.end));
                }
            }
        }
        let refused = !deployment.refusals.is_empty();
        for (number, text) in deployment.texts.iter().enumerate() {
            let found = exposed(&text.text, Some(text.kind), refused);
            found.doubtful.into_iter().for_each(|range| masker.hide(number, range));
            for (start, end) in found.secrets {
                let written = text.text.get(start..end).unwrap_or("");
                if !masker.is_account(written) && !is_placeholder(Kind::Secret, written) {
                    masker.add(written);
                    masker.hide(number, (start, end));
                }
            }
        }
        masker.finish();
        masker
    }

    fn is_account(&self, text: &str) -> bool {
        self.accounts.iter().any(|a| a == text)
    }

    fn hide(&mut self, file: usize, range: Range) {
        if let Some(places) = self.places.get_mut(file) {
            places.push(range);
        }
    }

    /// Redacts the bytes of a secret's value in place, and searches for them as written, with escapes.
    fn add_place(&mut self, deployment: &Deployment, setting: &Setting) {
        let Some(span) = setting.place.map(|p| p.value).filter(|s| !s.is_empty()) else { return };
        self.hide(span.file, (span.start, span.end));
        self.add(deployment.slice(span));
    }

    fn add_setting(&mut self, deployment: &Deployment, setting: &Setting) {
        let Some(text) = setting.text() else { return };
        let account = setting.var.is_some_and(|v| v.row().kind == Kind::KeyId) && self.is_account(text);
        if hides(setting) && !account {
            // An unknown variable's value isn't necessarily a secret: other values may be equal to it.
            if setting.is_secret() || setting.var.is_some() || is_random(text) {
                self.add(text);
                self.add_place(deployment, setting);
            } else if let Some(span) = setting.place.map(|p| p.value) {
                self.hide(span.file, (span.start, span.end));
            }
        }
        if setting.is_plain && !text.contains([':', '=', '@']) {
            return;
        }
        // A value may contain another assignment, a presigned URL, a private key.
        let inside = exposed(text, None, false);
        for (start, end) in inside.secrets.into_iter().chain(inside.doubtful) {
            self.add(text.get(start..end).unwrap_or(""));
        }
        let endpoint = setting.var.is_some_and(|v| v.row().kind == Kind::Endpoint);
        let bare = endpoint.then(|| bare_user_info(text)).flatten();
        let linked = text.split_once("://").and_then(|(_, rest)| user_info(rest));
        for (info, _) in bare.into_iter().chain(linked) {
            self.add(info);
            self.add(info.split_once(':').map_or("", |(_, password)| password));
        }
    }

    /// Adds one secret with its escaped forms: as it is, trimmed, base64, percent-encoded, inside a JSON string.
    pub fn add(&mut self, secret: &str) {
        let trimmed = secret.trim();
        let bare = trimmed.trim_matches(['"', '\'', '`', ',']);
        for text in [secret, trimmed, bare] {
            self.keep(text);
        }
        // Rules split endpoints and buckets at slashes, even if a secret was pasted into one.
        if trimmed.contains('/') && is_random(trimmed) {
            trimmed.split('/').for_each(|piece| self.add(piece));
            // The rest after a slash may consist of short pieces only; also without the empty ones.
            if trimmed.len() <= LONGEST_APART {
                for (at, _) in trimmed.match_indices('/') {
                    let rest: Vec<&str> =
                        trimmed.get(at..).unwrap_or("").split('/').filter(|p| !p.is_empty()).collect();
                    self.keep(trimmed.get(at..).unwrap_or("").trim_start_matches('/'));
                    self.keep(&rest.join("/"));
                }
            }
        }
        for template in secret.split("${").skip(1) {
            // The default of a variable, or the message if it has no value.
            let inner = template.split_once('}').map_or(template, |(inner, _)| inner);
            let words = inner.split_once([':', '-', '?', '+']).map_or("", |(_, words)| words);
            self.add(words.trim_start_matches(['-', '?', '+']));
        }
        // A multi-line secret is also searched line by line: a snippet shows one line.
        if secret.contains('\n') {
            secret.lines().for_each(|line| self.add(line));
        }
    }

    /// Must be called after the last [`Redactor::add`].
    pub fn finish(&mut self) {
        order::sort(&mut self.forms);
        self.forms.dedup();
        self.shorter.clear();
        let mut around: Vec<u32> = Vec::new();
        for (number, form) in self.forms.iter().enumerate() {
            let begins = |at: &u32| self.form(*at).is_some_and(|other| form.starts_with(other));
            while around.last().is_some_and(|at| !begins(at)) {
                around.pop();
            }
            self.shorter.push(around.last().copied());
            around.push(u32::try_from(number).unwrap_or(u32::MAX));
        }
        for places in &mut self.places {
            *places = merged(std::mem::take(places));
        }
    }

    fn form(&self, at: u32) -> Option<&str> {
        self.forms.get(usize::try_from(at).ok()?).map(String::as_str)
    }

    /// The longest form that is a prefix of `text`.
    fn at_start(&self, text: &str) -> Option<&str> {
        let behind = self.forms.partition_point(|form| form.as_str() <= text);
        // The longest form that is a prefix is the one before that position, or a prefix of it.
        let mut at = u32::try_from(behind.checked_sub(1)?).ok();
        while let Some(number) = at {
            let form = self.form(number)?;
            if text.starts_with(form) {
                return Some(form);
            }
            at = self.shorter.get(usize::try_from(number).ok()?).copied().flatten();
        }
        None
    }

    /// The bytes of every known secret in `text`, sorted; they may overlap.
    fn occurrences<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Range> + 't {
        let starts = if self.forms.is_empty() { "" } else { text }.char_indices();
        starts.filter_map(|(at, _)| Some((at, at.saturating_add(self.at_start(text.get(at..)?)?.len()))))
    }

    /// `text` with every known secret as `***`.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        // Truncated secrets first: if one ends in another secret, it couldn't be recognized afterwards.
        let text = if text.contains(CUT) { Cow::Owned(self.mask_cut(text)) } else { Cow::Borrowed(text) };
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for (start, end) in merged(self.occurrences(&text).collect()) {
            out.push_str(text.get(at..start).unwrap_or(""));
            out.push_str(REDACTED);
            at = end;
        }
        out.push_str(text.get(at..).unwrap_or(""));
        out
    }

    /// Like [`Self::mask`], for the rest of a secret in a shortened value.
    fn mask_cut(&self, text: &str) -> String {
        let mut parts: Vec<String> = text.split(CUT).map(str::to_owned).collect();
        let last = parts.len().saturating_sub(1);
        for (number, part) in parts.iter_mut().enumerate() {
            if number < last {
                let mut starts = part.char_indices().map(|(at, _)| at);
                let head = starts.find(|at| part.get(*at..).is_some_and(|rest| self.begins(rest)));
                if let Some(at) = head {
                    part.replace_range(at.., REDACTED);
                }
            }
            if number > 0 {
                let ends = part.char_indices().map(|(at, c)| at.saturating_add(c.len_utf8()));
                let tail = ends.rev().find(|end| part.get(..*end).is_some_and(|rest| self.ends(rest)));
                if let Some(end) = tail {
                    part.replace_range(..end, REDACTED);
                }
            }
        }
        parts.join(&CUT.to_string())
    }

    /// Whether a form begins with `text`, and `text` is long enough to be sure.
    fn begins(&self, text: &str) -> bool {
        let at = self.forms.partition_point(|form| form.as_str() < text);
        text.len() >= SHORTEST && self.forms.get(at).is_some_and(|form| form.starts_with(text))
    }

    /// Whether a form ends with `text`, and `text` is long enough to be sure.
    fn ends(&self, text: &str) -> bool {
        let backwards = self.backwards.get_or_init(|| {
            let mut all: Vec<Vec<u8>> = self.forms.iter().map(|f| f.bytes().rev().collect()).collect();
            order::sort(&mut all);
            all
        });
        let text: Vec<u8> = text.bytes().rev().collect();
        let at = backwards.partition_point(|form| *form < text);
        text.len() >= SHORTEST && backwards.get(at).is_some_and(|form| form.starts_with(&text))
    }

    /// Adds `text` in every form in which output may contain it.
    fn keep(&mut self, text: &str) {
        if text.len() < SHORTEST || COMMON.contains(&text) || !self.known.insert(text.to_owned()) {
            return;
        }
        let json = serde_json::to_string(text).unwrap_or_default();
        let json = json.get(1..json.len().saturating_sub(1)).unwrap_or("").to_owned();
        let encoded = base64::encode(text.as_bytes());
        let forms = [
            encoded.trim_end_matches('=').to_owned(),
            encoded.trim_end_matches('=').replace('+', "-").replace('/', "_"),
            base64::encode(format!("{text}\n").as_bytes()),
            percent(text),
            percent(text).to_ascii_lowercase(),
            text.replace('\'', "''"),
            json,
            escaped(text),
        ];
        // Most secrets look the same in most forms.
        self.forms.extend(forms.into_iter().filter(|form| form != text));
        self.forms.push(text.to_owned());
    }

    /// Whether `text` contains a known secret.
    #[must_use]
    pub fn finds(&self, text: &str) -> bool {
        self.occurrences(text).next().is_some()
    }

    /// The bytes to redact in `line`, a piece of file number `file` that begins at `start`: those in a secret's
    /// place, and known secrets anywhere. Sorted, without overlap, as offsets in the file.
    #[must_use]
    pub fn hidden(&self, file: usize, start: usize, line: &str) -> Vec<Range> {
        let end = start.saturating_add(line.len());
        let places = self.places.get(file).map_or(&[][..], Vec::as_slice);
        let first = places.partition_point(|(_, to)| *to <= start);
        let here = places.get(first..).unwrap_or(&[]).iter().take_while(|(from, _)| *from < end).copied();
        let mut found: Vec<Range> = here.collect();
        found.extend(self.occurrences(line).map(|(from, to)| (start.saturating_add(from), start.saturating_add(to))));
        merged(found)
    }

    /// Whether the bytes `start..end` of file number `file` are redacted in place.
    #[must_use]
    pub fn is_hidden(&self, file: usize, start: usize, end: usize) -> bool {
        let places = self.places.get(file).map_or(&[][..], Vec::as_slice);
        let first = places.partition_point(|(_, to)| *to <= start);
        places.get(first).is_some_and(|(from, _)| *from < end.max(start.saturating_add(1)))
    }

    /// The length of the longest form of a secret, in bytes.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.forms.iter().map(String::len).max().unwrap_or(0)
    }
}

/// The mark in a shortened value.
const CUT: char = '…';

/// The storage accounts in the hosts of Azure endpoints.
fn accounts(deployment: &Deployment) -> Vec<String> {
    let settings = deployment.environments.iter().flat_map(|(_, e)| e.iter());
    let endpoints = settings.filter(|s| s.var.is_some_and(|v| v.row().kind == Kind::Endpoint));
    let urls = endpoints.filter_map(|s| Endpoint::parse(s.text()?).ok());
    let on_azure = urls.filter(|u| provider::by_host(u.host).is_some_and(|p| *p == provider::AZURE));
    on_azure.map(|u| u.first_label().to_owned()).collect()
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
    use crate::source::Value;

    fn setting(name: &'static str, value: &str) -> Setting {
        Setting::new(name, Value::Known(value.into()))
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
            Redactor::new(&deployment).mask("acmestorage, acmestorage1")
        };
        assert_eq!(of("acmestorage.blob.core.windows.net"), "acmestorage, ***");
        assert_eq!(of("s3.example.com"), "***, ***");
    }

    #[test]
    fn what_is_left_of_a_secret_behind_a_slash_is_one() {
        let mut masker = Redactor::default();
        masker.add("0a0/AaA/aa00aaAaAAaa0AAa00++a//Aaaa/00A/0==");
        masker.finish();
        for left in ["`AaA/aa00aaAaAAaa0AAa00++a//Aaaa/00A/0==/`", "`AaA/aa00aaAaAAaa0AAa00++a/Aaaa/00A/0==/`"] {
            assert_eq!(masker.mask(left), "`***/`");
        }
    }

    #[test]
    fn what_an_unknown_name_inside_a_value_holds_is_a_secret() {
        let mut environment = crate::source::Environment::default();
        environment.set(setting("LANGFUSE_S3_EVENT_UPLOAD_BUCKET", "acme LANGFUSE_S3_EVENT_UPLOAD_PWORD=third333"));
        let mut deployment = Deployment::new(crate::source::Wrapper::Raw);
        deployment.environments.push((crate::variable::Containers::BOTH, environment));
        assert_eq!(Redactor::new(&deployment).mask("`acme …PWORD=third333`"), "`acme …PWORD=***`");
    }

    fn of(secret: &str) -> Redactor {
        let mut masker = Redactor::default();
        masker.add(secret);
        masker.finish();
        masker
    }

    #[test]
    fn every_form_of_a_secret_is_found() {
        let m = of("p@ss/w\"rd+1");
        for text in
            ["x p@ss/w\"rd+1 y", "cEBzcy93InJkKzE=", "p%40ss%2Fw%22rd%2B1", "p%40ss%2fw%22rd%2b1", "p@ss/w\\\"rd+1"]
        {
            assert!(m.mask(text).contains(REDACTED) && m.finds(text), "{text}");
        }
        assert_eq!(m.mask("nothing here"), "nothing here");
        assert_eq!(of("langfuse").mask("the bucket langfuse"), "the bucket langfuse");
    }

    #[test]
    fn what_a_shortened_value_still_holds_is_found() {
        let m = of("kD9xQw7ZpL2mNv4RtY8s");
        assert_eq!(m.mask("`a b kD9xQw7ZpL2m…v4RtY8s and` so…"), "`a b ***…*** and` so…");
        assert_eq!(m.mask("`kD9xQ…tY8s`"), "`kD9xQ…tY8s`");
        let m = of("+AAAA+00a++a+aAAaaAAaa+++A+a0aaaa+aA//AA/0A+aAaaa==");
        assert_eq!(m.mask("+AA…aa+aA//AA/0A+aAaaa==`"), "+AA…***`");
    }

    #[test]
    fn of_secrets_that_begin_alike_the_longest_counts() {
        let mut masker = Redactor::default();
        for secret in ["secret", "secret-1", "secret-11", "secret-2-long-one", "cret-11-and-more"] {
            masker.add(secret);
        }
        masker.finish();
        for (text, shown) in [
            ("x secret-11 y", "x *** y"),
            ("x secret-12 y", "x ***2 y"),
            ("x secret-2-long y", "x ***-2-long y"),
            ("x secret-11-and-more y", "x *** y"),
            ("x secre y", "x secre y"),
        ] {
            assert_eq!(masker.mask(text), shown);
        }
    }

    #[test]
    fn a_line_hides_places_and_copies() {
        let mut m = of("kD9xQw7ZpL2mNv4RtY8s");
        m.places = vec![vec![(10, 14), (30, 40)]];
        assert_eq!(m.hidden(0, 8, "abcdef kD9xQw7ZpL2mNv4RtY8s"), [(10, 14), (15, 40)]);
    }
}
