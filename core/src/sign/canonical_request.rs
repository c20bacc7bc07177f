//! Step 1: the request in the canonical form that both sides can rebuild.

use std::borrow::Cow;

use super::{SignError, Signable, encode};
use crate::order;
use crate::text::printable::escaped;

/// Headers that are never signed: hop-by-hop ones, and those that proxies, browsers and Google's front end rewrite in
/// transit (`accept-encoding`). `authorization` carries the signature itself.
/// Source: the AWS SDK for JavaScript's list, and rclone's notes on Google Cloud Storage for `accept-encoding`.
const UNSIGNED: [&str; 16] = [
    "accept-encoding",
    "authorization",
    "cache-control",
    "connection",
    "expect",
    "from",
    "keep-alive",
    "max-forwards",
    "pragma",
    "referer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-amzn-trace-id",
];

/// The signed headers: sorted by lowercase name, one entry per name.
#[derive(Debug)]
pub(super) struct Headers<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Headers<'a> {
    /// The signed headers of `request`, its host, and `more`, which replace the request's own of the same names.
    pub(super) fn new(request: &Signable<'a>, more: &[(&'static str, &'a str)]) -> Result<Self, SignError> {
        let mut list = Vec::with_capacity(request.headers.len().saturating_add(more.len()).saturating_add(1));
        for (name, value) in request.headers {
            let lower = lower_name(name)?;
            let replaced = more.iter().any(|(n, _)| *n == lower);
            if !replaced && is_signed(&lower) {
                list.push((lower, plain_value(name, value)?));
            }
        }
        if !list.iter().any(|(name, _)| name == "host") {
            list.push(("host".into(), plain_value("host", request.host)?));
        }
        for (name, value) in more {
            list.push(((*name).into(), plain_value(name, value)?));
        }
        // Stable, because the values of a repeated header are joined in the order in which they're sent.
        order::sort_by(&mut list, |(a, _), (b, _)| a.cmp(b));
        list.dedup_by(|(name, value), (kept, joined)| {
            let same = name == kept;
            if same {
                joined.to_mut().push(',');
                joined.to_mut().push_str(value);
            }
            same
        });
        Ok(Self(list))
    }

    /// Appends the names, with `separator` between them.
    pub(super) fn push_names(&self, out: &mut String, separator: &str) {
        for (at, (name, _)) in self.0.iter().enumerate() {
            if at > 0 {
                out.push_str(separator);
            }
            out.push_str(name);
        }
    }
}

/// The parts of a query, canonical and sorted.
#[derive(Debug)]
pub(super) struct Query<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Query<'a> {
    pub(super) fn new(query: &'a str) -> Self {
        let mut list = Vec::with_capacity(16);
        for part in query.split('&').filter(|p| !p.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            list.push((encode::canonical_query_part(name), encode::canonical_query_part(value)));
        }
        order::sort(&mut list);
        Self(list)
    }

    /// Adds a part; `value` is not yet encoded.
    pub(super) fn add(&mut self, name: &'static str, value: &str) {
        let mut encoded = String::with_capacity(value.len().saturating_add(16));
        encode::push_query(&mut encoded, value);
        let part = (Cow::Borrowed(name), Cow::Owned(encoded));
        let at = self.0.binary_search(&part).unwrap_or_else(|at| at);
        self.0.insert(at, part);
    }

    /// Appends the query, without `?`.
    pub(super) fn push(&self, out: &mut String) {
        for (at, (name, value)) in self.0.iter().enumerate() {
            if at > 0 {
                out.push('&');
            }
            out.push_str(name);
            out.push('=');
            out.push_str(value);
        }
    }
}

/// The canonical request: method, path, query, headers with their names and payload, one per line.
pub(super) fn build(request: &Signable<'_>, query: &Query<'_>, headers: &Headers<'_>) -> Result<String, SignError> {
    if request.method.is_empty() || !request.method.bytes().all(is_token) {
        return Err(SignError::Method);
    }
    let odd = |b: u8| b <= b' ' || b == 0x7f || matches!(b, b'/' | b'?' | b'#' | b'@' | b'\\');
    if request.host.is_empty() || request.host.bytes().any(odd) {
        return Err(SignError::Host);
    }
    let mut out = String::with_capacity(1024);
    out.push_str(request.method);
    out.push('\n');
    out.push_str(&encode::canonical_path(request.path));
    out.push('\n');
    query.push(&mut out);
    out.push('\n');
    for (name, value) in &headers.0 {
        out.push_str(name);
        out.push(':');
        out.push_str(value);
        out.push('\n');
    }
    out.push('\n');
    headers.push_names(&mut out, ";");
    out.push('\n');
    out.push_str(request.payload.as_str());
    Ok(out)
}

fn is_signed(name: &str) -> bool {
    !(UNSIGNED.contains(&name) || name.starts_with("proxy-") || name.starts_with("sec-"))
}

fn is_token(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b)
}

fn lower_name(name: &str) -> Result<Cow<'_, str>, SignError> {
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(SignError::Header(escaped(name)));
    }
    let capitals = name.bytes().any(|b| b.is_ascii_uppercase());
    Ok(if capitals { Cow::Owned(name.to_ascii_lowercase()) } else { Cow::Borrowed(name) })
}

/// A header's value as both sides see it: trimmed, with one space between words.
fn plain_value<'a>(name: &str, value: &'a str) -> Result<Cow<'a, str>, SignError> {
    if value.bytes().any(|b| b != b'\t' && b.is_ascii_control()) {
        return Err(SignError::Header(escaped(name)));
    }
    let value = value.trim_matches([' ', '\t']);
    if !value.contains("  ") {
        return Ok(Cow::Borrowed(value));
    }
    let words: Vec<&str> = value.split(' ').filter(|w| !w.is_empty()).collect();
    Ok(Cow::Owned(words.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::super::Payload;
    use super::*;

    fn canonical(headers: &[(&str, &str)], query: &str) -> Result<String, SignError> {
        let request =
            Signable { method: "GET", host: "h:9", path: "/a//b", query, headers, payload: &Payload::UNSIGNED };
        build(&request, &Query::new(query), &Headers::new(&request, &[("x-amz-date", "D")])?)
    }

    #[test]
    fn is_built_as_the_specification_says() {
        let headers = [
            ("X-B", "  two   words "),
            ("x-a", "1"),
            ("X-A", "2"),
            ("User-Agent", "me"),
            ("X-Amz-Date", "stale"),
            ("Connection", "close"),
        ];
        assert_eq!(
            canonical(&headers, "b=2&a=x+y&a=%2f&flag").unwrap(),
            "GET\n/a//b\na=%2F&a=x%20y&b=2&flag=\nhost:h:9\nx-a:1,2\nx-amz-date:D\nx-b:two words\n\n\
             host;x-a;x-amz-date;x-b\nUNSIGNED-PAYLOAD"
        );
    }

    #[test]
    fn a_host_that_is_sent_is_the_one_signed() {
        assert!(canonical(&[("Host", "other")], "").unwrap().contains("\nhost:other\n"));
    }

    #[test]
    fn headers_cannot_add_lines() {
        assert_eq!(canonical(&[("x-a", "1\nx-b:2")], ""), Err(SignError::Header("x-a".into())));
        assert_eq!(canonical(&[("x\na", "1")], ""), Err(SignError::Header("x\\na".into())));
    }
}
