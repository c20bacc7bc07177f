//! Timestamps of events: what Langfuse's schema accepts, and their order.

use crate::text::timestamp::Timestamp;

/// The calendar repeats after this many years, and after this many seconds.
const CYCLES: (u64, i64) = (2000, 5 * 146_097 * 86_400);

/// Milliseconds since the Unix epoch, negative before it.
///
/// `None` for what zod's `iso.datetime({ offset: true })` rejects: `T` and `Z` must be uppercase, seconds and their
/// fraction may be missing, an offset has a colon and is below 24 hours, the date exists, years have four digits.
/// Fraction digits after the third are dropped, as in JavaScript's `Date`.
pub(super) fn parse(text: &str) -> Option<i64> {
    let (year, rest) = text.split_at_checked(4)?;
    let (date_minute, rest) = rest.split_at_checked(12)?;
    let seconds = match rest.as_bytes() {
        [b':', b'6', ..] | [b'.', ..] | [.., b'z'] => return None,
        [b':', ..] => "",
        _ => ":00",
    };
    if !date_minute.starts_with('-') || date_minute.as_bytes().get(6) != Some(&b'T') {
        return None;
    }
    // `Timestamp` starts in 1970. Shifting to a year with the same calendar avoids both ends of its range.
    let (years, shift) = CYCLES;
    let year = Some(year).filter(|y| y.bytes().all(|b| b.is_ascii_digit()))?.parse::<u64>().ok()?;
    let (year, shift) = if year < 5000 {
        (year.saturating_add(years), shift.saturating_neg())
    } else {
        (year.saturating_sub(years), shift)
    };
    let moment = Timestamp::parse(&format!("{year:04}{date_minute}{seconds}{rest}")).ok()?;
    let fraction = rest.split_once('.').map_or("", |(_, fraction)| fraction);
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).chain(*b"000").take(3);
    let millis = digits.fold(0_i64, |n, b| n.saturating_mul(10).saturating_add(i64::from(b & 15)));
    let unix = i64::try_from(moment.unix()).ok()?.saturating_add(shift);
    Some(unix.saturating_mul(1000).saturating_add(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_match_javascript() {
        for (text, millis) in [
            ("2026-01-01T00:00Z", 1_767_225_600_000),
            ("2026-01-01T00:00:00Z", 1_767_225_600_000),
            ("2026-01-01T00:00:00.1234567Z", 1_767_225_600_123),
            ("2026-01-01T00:00:00.5Z", 1_767_225_600_500),
            ("0000-02-29T00:00:00Z", -62_162_121_600_000),
            ("2026-01-01T00:00:00+23:59", 1_767_139_260_000),
            ("2026-01-01T00:00:00-00:00", 1_767_225_600_000),
            ("2026-01-01T00:00+02:00", 1_767_218_400_000),
            ("2026-01-01T00:00:00.9996Z", 1_767_225_600_999),
            ("0001-01-01T00:00:00.999999999-23:59", -62_135_510_459_001),
            ("1970-01-01T00:00:00+00:01", -60_000),
            ("9999-12-31T23:59:59.999-23:59", 253_402_387_139_999),
        ] {
            assert_eq!(parse(text), Some(millis), "{text}");
        }
    }

    #[test]
    fn rejects_what_zod_rejects() {
        for text in [
            "",
            "2026",
            "2026-01-01",
            "2026-01-01t00:00:00Z",
            "2026-01-01T00:00:00z",
            "2026-01-01 00:00:00Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00.5Z",
            "2026-01-01T24:00:00Z",
            "2026-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2026-01-01T00:00:60Z",
            "2026-01-01T00:00:00+24:00",
            "2026-01-01T00:00:00+0200",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00",
            "20260101T000000Z",
            "+026-01-01T00:00:00Z",
            "2026-01-01T00:00:00Z ",
            "2026-13-01T00:00:00Z",
            "2026-01-01T00:00:0Z",
            "2026-01-01T00:00:00é",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
