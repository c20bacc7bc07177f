//! YAML scalars as the real readers resolve them: compose-go (go-yaml v4) and helm (sigs.k8s.io/yaml). A number or a
//! date without quotes reaches the container as Go prints it, not as written.

use saphyr_parser::ScalarStyle;

use crate::text::base64;

/// Which reader resolves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reader {
    /// compose-go: the keywords of YAML 1.2, dates are dates.
    Compose,
    /// helm and kubectl: the keywords of YAML 1.1 (`yes`, `on`, `y`), every number a double.
    Helm,
}

/// What a scalar is to its reader.
#[derive(Clone, PartialEq, Debug)]
pub enum Scalar {
    /// Null.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number; its text as Go prints it.
    Number(String),
    /// A string.
    Text(String),
}

impl Scalar {
    /// As Go's `%v` prints it; `None` for null.
    #[must_use]
    pub fn text(self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Bool(b) => Some(b.to_string()),
            Self::Number(t) | Self::Text(t) => Some(t),
        }
    }

    /// Whether it's true in helm's templates: not null, false, zero or empty.
    #[must_use]
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(b) => *b,
            Self::Number(n) => !matches!(n.as_str(), "0" | "-0"),
            Self::Text(t) => !t.is_empty(),
        }
    }
}

/// Resolves the scalar `text` of that style and tag.
#[must_use]
pub fn resolve(text: &str, style: ScalarStyle, tag: &str, reader: Reader) -> Scalar {
    if tag.ends_with("tag:yaml.org,2002:str") || tag == "!!str" {
        return Scalar::Text(text.to_owned());
    }
    if tag.ends_with("tag:yaml.org,2002:binary") || tag == "!!binary" {
        let decoded = base64::decode(text).and_then(|b| String::from_utf8(b).ok());
        return Scalar::Text(decoded.unwrap_or_else(|| text.to_owned()));
    }
    if style != ScalarStyle::Plain && tag.is_empty() {
        return Scalar::Text(text.to_owned());
    }
    // A custom tag makes an empty value a string.
    let own_tag = tag.starts_with('!') && !tag.starts_with("!!");
    if text.is_empty() && own_tag && reader == Reader::Compose {
        return Scalar::Text(String::new());
    }
    if matches!(text, "" | "~" | "null" | "Null" | "NULL") && style == ScalarStyle::Plain {
        return Scalar::Null;
    }
    if let Some(b) = boolean(text, reader) {
        return Scalar::Bool(b);
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return Scalar::Text(text.to_owned());
    }
    if reader == Reader::Compose {
        if let Some(time) = timestamp(text) {
            return Scalar::Text(time);
        }
    }
    number(text, reader).map_or_else(|| Scalar::Text(text.to_owned()), Scalar::Number)
}

fn boolean(text: &str, reader: Reader) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" if reader == Reader::Helm => Some(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" if reader == Reader::Helm => Some(false),
        _ => None,
    }
}

fn number(text: &str, reader: Reader) -> Option<String> {
    let plain = text.replace('_', "");
    if reader == Reader::Compose && plain == "-0" {
        return Some(plain);
    }
    if let Some(n) = integer(&plain) {
        return Some(match reader {
            Reader::Compose => n.to_string(),
            // These readers go through JSON: an integer becomes a double.
            #[allow(clippy::cast_precision_loss, reason = "the reader does the same")]
            Reader::Helm => go_float(n as f64),
        });
    }
    let n: f64 = is_float(&plain).then(|| plain.parse().ok()).flatten()?;
    n.is_finite().then(|| go_float(n))
}

/// Go's `ParseInt(text, 0, 64)` and `ParseUint`: a sign, then decimal, `0x`, `0o`, `0b` or an octal with a leading
/// zero.
fn integer(text: &str) -> Option<i128> {
    let (negative, body) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = body.to_ascii_lowercase();
    let (radix, digits) = match lower.get(..2) {
        Some("0x") => (16, lower.get(2..)?),
        Some("0o") => (8, lower.get(2..)?),
        Some("0b") => (2, lower.get(2..)?),
        Some(_) if lower.starts_with('0') => (8, lower.get(1..)?),
        _ => (10, lower.as_str()),
    };
    if digits.is_empty() || digits.starts_with(['+', '-']) {
        return None;
    }
    let n = i128::from_str_radix(digits, radix).ok()?;
    let n = if negative { n.checked_neg()? } else { n };
    (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&n).then_some(n)
}

/// `^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`
fn is_float(text: &str) -> bool {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (body.get(..at).unwrap_or(""), body.get(at.saturating_add(1)..)),
        None => (body, None),
    };
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mantissa = digits(whole) && digits(fraction) && (!whole.is_empty() || !fraction.is_empty());
    let exponent = exponent.is_none_or(|e| {
        let e = e.strip_prefix(['-', '+']).unwrap_or(e);
        !e.is_empty() && digits(e)
    });
    mantissa && exponent
}

/// Go's `%v` of a double: shortest digits, an exponent from 1e6 and below 1e-4.
#[must_use]
pub fn go_float(n: f64) -> String {
    if n == 0.0 {
        return if n.is_sign_negative() { "-0".into() } else { "0".into() };
    }
    let scientific = format!("{n:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let Ok(exponent) = exponent.parse::<i32>() else { return scientific };
    // `%v` is `%g` with the shortest digits: a decimal exponent below -4 or from 21 on; fmt lowers 21 to 6 digits.
    if (-4..6).contains(&exponent) {
        return format!("{n}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}

/// A date, with or without time, as Go prints a `time.Time`.
fn timestamp(text: &str) -> Option<String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits != 4 || text.as_bytes().get(4) != Some(&b'-') {
        return None;
    }
    let (date, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (text.get(..at)?, Some((text.as_bytes().get(at)?, text.get(at.saturating_add(1)..)?))),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year: u32 = parts.next()?.parse().ok()?;
    let (month, day) = (short(parts.next()?)?, short(parts.next()?)?);
    if parts.next().is_some() || !(1..=12).contains(&month) || day < 1 || day > days(year, month) {
        return None;
    }
    let (clock, zone) = match time {
        None => ("00:00:00".to_owned(), "+0000 UTC".to_owned()),
        Some((separator, rest)) => {
            // With a space between date and time there is no zone; with `T` there must be one.
            let (clock, zone) = if *separator == b' ' {
                (rest, "+0000 UTC".to_owned())
            } else {
                let at = rest.find(['Z', '+', '-'])?;
                let (clock, zone) = rest.split_at(at);
                (clock, offset(zone)?)
            };
            (time_of_day(clock)?, zone)
        }
    };
    Some(format!("{year:04}-{month:02}-{day:02} {clock} {zone}"))
}

fn short(text: &str) -> Option<u32> {
    ((1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn time_of_day(text: &str) -> Option<String> {
    let (clock, fraction) = text.split_once('.').map_or((text, ""), |(c, f)| (c, f));
    let mut parts = clock.split(':');
    let (h, m, s) = (short(parts.next()?)?, short(parts.next()?)?, short(parts.next()?)?);
    if parts.next().is_some() || h > 23 || m > 59 || s > 59 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let fraction = fraction.get(..fraction.len().min(9))?.trim_end_matches('0');
    let dot = if fraction.is_empty() { "" } else { "." };
    Some(format!("{h:02}:{m:02}:{s:02}{dot}{fraction}"))
}

fn offset(zone: &str) -> Option<String> {
    if zone == "Z" {
        return Some("+0000 UTC".into());
    }
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let both = format!("{}{hours}{minutes}", zone.get(..1)?);
    let fits = hours.len() == 2 && minutes.len() == 2 && short(hours)? < 25 && short(minutes)? < 60;
    if !fits {
        return None;
    }
    Some(if both.ends_with("0000") { "+0000 UTC".into() } else { format!("{both} {both}") })
}

fn days(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compose(text: &str) -> Option<String> {
        resolve(text, ScalarStyle::Plain, "", Reader::Compose).text()
    }

    #[test]
    fn compose_prints_scalars_as_go_does() {
        for (text, value) in [
            ("0x10", "16"),
            ("0o17", "15"),
            ("017", "15"),
            ("0b11", "3"),
            ("1_000", "1000"),
            ("1e3", "1000"),
            ("1e6", "1e+06"),
            ("1.0", "1"),
            ("1.50", "1.5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("-0", "-0"),
            ("+5", "5"),
            ("09", "9"),
            ("0x", "0x"),
            ("2024-01-02", "2024-01-02 00:00:00 +0000 UTC"),
            ("2024-1-2", "2024-01-02 00:00:00 +0000 UTC"),
            ("2024-01-02 03:04:05", "2024-01-02 03:04:05 +0000 UTC"),
            ("2024-13-02", "2024-13-02"),
            ("2024-01-02T03:04:05.5+02:00", "2024-01-02 03:04:05.5 +0200 +0200"),
            ("yes", "yes"),
            ("True", "true"),
            ("18446744073709551616", "1.8446744073709552e+19"),
            ("9223372036854775808", "9223372036854775808"),
            ("123456789.0", "1.23456789e+08"),
            ("1e400", "1e400"),
            ("0.0000001", "1e-07"),
            ("_1", "_1"),
            ("1_", "1"),
            ("0b2", "0b2"),
            ("-0x10", "-16"),
            ("1.2.3", "1.2.3"),
            ("00", "0"),
            ("-0.0", "-0"),
            ("1,000", "1,000"),
        ] {
            assert_eq!(compose(text).as_deref(), Some(value), "{text}");
        }
        assert_eq!(compose("~"), None);
    }

    #[test]
    fn binary_is_decoded() {
        for reader in [Reader::Compose, Reader::Helm] {
            let read = resolve("aGk=", ScalarStyle::Plain, "tag:yaml.org,2002:binary", reader);
            assert_eq!(read, Scalar::Text("hi".into()));
        }
    }

    #[test]
    fn helm_reads_yes_as_true_and_every_number_as_a_double() {
        let helm = |t: &str| resolve(t, ScalarStyle::Plain, "", Reader::Helm).text().unwrap();
        assert_eq!((helm("y").as_str(), helm("off").as_str(), helm("1000000000").as_str()), ("true", "false", "1e+09"));
        assert_eq!(helm("2024-01-02"), "2024-01-02");
    }
}
