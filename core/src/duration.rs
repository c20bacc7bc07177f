//! Durations and moments as people type them: `45`, `30s`, `90m`, `3h`, `7d`, `2w`; a date, a time, or so long ago.

use crate::timestamp::Timestamp;

/// The units, and their seconds.
const UNITS: [(char, u64); 5] = [('s', 1), ('m', 60), ('h', 3600), ('d', 86_400), ('w', 604_800)];

/// The seconds of a duration: a whole number with a unit, several of them (`1h30m`), or a number of seconds. `None` for
/// anything else.
#[must_use]
pub fn seconds(text: &str) -> Option<u64> {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok();
    }
    let (mut total, mut rest) = (0_u64, text);
    loop {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, after) = rest.split_at_checked(digits)?;
        let unit = after.chars().next()?;
        let (_, factor) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(factor)?)?;
        rest = after.get(1..)?;
        if rest.is_empty() {
            return Some(total);
        }
    }
}

/// The moment that `text` names: RFC 3339, `2026-01-31`, `2026-01-31T12:00` or `2026-01-31 12:00:30` (UTC), or a duration
/// before `now`. `None` for anything else.
#[must_use]
pub fn moment(text: &str, now: Timestamp) -> Option<Timestamp> {
    if let Ok(at) = Timestamp::parse(text) {
        return Some(at);
    }
    if text.as_bytes().get(4) == Some(&b'-') {
        let full = match text.len() {
            10 => format!("{text}T00:00:00Z"),
            16 => format!("{text}:00Z"),
            19 => format!("{text}Z"),
            _ => return None,
        };
        return Timestamp::parse(&full).ok();
    }
    let ago = seconds(text).filter(|_| text.ends_with(|c: char| c.is_ascii_alphabetic()))?;
    Timestamp::from_unix(now.unix().checked_sub(ago)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, expected) in [
            ("45", Some(45)),
            ("30s", Some(30)),
            ("90m", Some(5400)),
            ("3h", Some(10_800)),
            ("7d", Some(604_800)),
            ("2w", Some(1_209_600)),
            ("1h30m", Some(5400)),
            ("0", Some(0)),
            ("", None),
            ("h", None),
            ("3 h", None),
            ("-3h", None),
            ("3.5h", None),
            ("3y", None),
            ("3h5", None),
            ("99999999999999999999", None),
            ("99999999999999999999d", None),
            ("18446744073709551615w", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }

    #[test]
    fn moments() {
        let now = Timestamp::parse("2026-11-29T12:00:00Z").unwrap();
        for (text, expected) in [
            ("2026-01-31T12:00:00Z", Some("2026-01-31T12:00:00Z")),
            ("2026-01-31T12:00:00+02:00", Some("2026-01-31T10:00:00Z")),
            ("2026-01-31", Some("2026-01-31T00:00:00Z")),
            ("2026-01-31T12:00", Some("2026-01-31T12:00:00Z")),
            ("2026-01-31 12:00:30", Some("2026-01-31T12:00:30Z")),
            ("3h", Some("2026-11-29T09:00:00Z")),
            ("2d", Some("2026-11-27T12:00:00Z")),
            ("45", None),
            ("yesterday", None),
            ("2026-02-30", None),
            ("9999w9999w", None),
            ("é026-01-31", None),
        ] {
            let expected = expected.map(|t| Timestamp::parse(t).unwrap());
            assert_eq!(moment(text, now), expected, "{text}");
        }
    }
}
