//! Timestamps in the format of signatures. The clock is always an argument: nothing here reads the time.

use std::fmt;

/// Seconds of a day.
const DAY: u64 = 86_400;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Beginning with the weekday of the epoch.
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

/// A whole second between 1970-01-01 and 9999-12-31, UTC: the years that fit a signature's four digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Timestamp(u64);

/// A string or number that isn't such a second.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoTimestamp;

impl fmt::Display for NoTimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a time between 1970 and 9999, such as 2026-01-31T08:00:00Z or 20260131T080000Z")
    }
}

impl std::error::Error for NoTimestamp {}

/// A day of the Gregorian calendar.
struct Civil {
    year: u64,
    month: u64,
    day: u64,
}

impl Timestamp {
    /// 9999-12-31T23:59:59Z.
    pub const LAST: Self = Self(253_402_300_799);

    /// `seconds` since the Unix epoch.
    ///
    /// # Errors
    /// [`NoTimestamp`] after the year 9999.
    pub fn from_unix(seconds: u64) -> Result<Self, NoTimestamp> {
        if seconds <= Self::LAST.0 { Ok(Self(seconds)) } else { Err(NoTimestamp) }
    }

    /// Seconds since the Unix epoch.
    #[must_use]
    pub fn unix(self) -> u64 {
        self.0
    }

    /// Reads `YYYYMMDDTHHMMSSZ` (`X-Amz-Date`) or RFC 3339, whose fraction is cut off and whose offset is honoured. A
    /// leap second counts as the second after it.
    ///
    /// # Errors
    /// [`NoTimestamp`] for anything else, including days that don't exist.
    pub fn parse(text: &str) -> Result<Self, NoTimestamp> {
        let mut rest = Cursor(text.as_bytes());
        let basic = text.as_bytes().get(4).is_some_and(u8::is_ascii_digit);
        let year = rest.number(4)?;
        rest.skip_unless(basic, b"-")?;
        let month = rest.number(2)?;
        rest.skip_unless(basic, b"-")?;
        let day = rest.number(2)?;
        rest.skip(if basic { b"T" } else { b"Tt " })?;
        let hour = rest.number(2)?;
        rest.skip_unless(basic, b":")?;
        let minute = rest.number(2)?;
        rest.skip_unless(basic, b":")?;
        let second = rest.number(2)?;
        if !basic && rest.skip(b".").is_ok() {
            rest.number(1)?;
            while rest.number(1).is_ok() {}
        }
        let offset = if basic { rest.skip(b"Z").map(|()| 0)? } else { rest.offset()? };
        if !rest.0.is_empty() {
            return Err(NoTimestamp);
        }
        Self::of(&Civil { year, month, day }, [hour, minute, second], offset)
    }

    /// Reads the date of an HTTP header, `Fri, 26 Jun 2015 23:39:12 GMT`. The day of the week is not checked.
    ///
    /// # Errors
    /// [`NoTimestamp`] for anything else, the two obsolete notations of RFC 9110 included.
    pub fn parse_http(text: &str) -> Result<Self, NoTimestamp> {
        let (_, date) = text.trim().split_once(", ").ok_or(NoTimestamp)?;
        let mut rest = Cursor(date.as_bytes());
        let day = rest.number(2)?;
        rest.skip(b" ")?;
        let name = rest.take(3)?;
        let month = MONTHS.iter().zip(1..).find(|(n, _)| n.as_bytes() == name).ok_or(NoTimestamp)?.1;
        rest.skip(b" ")?;
        let year = rest.number(4)?;
        rest.skip(b" ")?;
        let hour = rest.number(2)?;
        rest.skip(b":")?;
        let minute = rest.number(2)?;
        rest.skip(b":")?;
        let second = rest.number(2)?;
        if rest.0 != b" GMT" {
            return Err(NoTimestamp);
        }
        Self::of(&Civil { year, month, day }, [hour, minute, second], 0)
    }

    /// A moment of the calendar, `offset` seconds away from where `clock` shows that time.
    fn of(date: &Civil, clock: [u64; 3], offset: i64) -> Result<Self, NoTimestamp> {
        let [hour, minute, second] = clock;
        if hour > 23 || minute > 59 || second > 60 {
            return Err(NoTimestamp);
        }
        let days = days_since_epoch(date).ok_or(NoTimestamp)?;
        let local = [days.saturating_mul(DAY), hour.saturating_mul(3600), minute.saturating_mul(60), second];
        let local = local.into_iter().fold(0_u64, u64::saturating_add);
        local.checked_add_signed(offset).ok_or(NoTimestamp).and_then(Self::from_unix)
    }

    /// That many seconds later; [`Timestamp::LAST`] at most.
    #[must_use]
    pub fn after(self, seconds: u32) -> Self {
        Self::from_unix(self.0.saturating_add(seconds.into())).unwrap_or(Self::LAST)
    }

    /// The same moment as the standard library counts it.
    #[must_use]
    pub fn system_time(self) -> std::time::SystemTime {
        let since = std::time::Duration::from_secs(self.0);
        std::time::SystemTime::UNIX_EPOCH.checked_add(since).unwrap_or(std::time::SystemTime::UNIX_EPOCH)
    }

    /// The number of its day since the epoch: signing keys are cached by it.
    #[must_use]
    pub fn day(self) -> u64 {
        self.0 / DAY
    }

    /// Appends `YYYYMMDD`.
    pub fn push_date(self, out: &mut String) {
        let Civil { year, month, day } = civil(self.day());
        push_digits(out, year, 4);
        push_digits(out, month, 2);
        push_digits(out, day, 2);
    }

    /// Appends `YYYYMMDDTHHMMSSZ`.
    pub fn push_date_time(self, out: &mut String) {
        self.push_date(out);
        out.push('T');
        self.push_clock(out, "");
        out.push('Z');
    }

    /// Appends `YYYY-MM-DDTHH:MM:SSZ`.
    pub fn push_rfc3339(self, out: &mut String) {
        let Civil { year, month, day } = civil(self.day());
        push_digits(out, year, 4);
        out.push('-');
        push_digits(out, month, 2);
        out.push('-');
        push_digits(out, day, 2);
        out.push('T');
        self.push_clock(out, ":");
        out.push('Z');
    }

    /// Appends the date as HTTP headers carry it, `Fri, 26 Jun 2015 23:39:12 GMT`.
    pub fn push_http(self, out: &mut String) {
        let Civil { year, month, day } = civil(self.day());
        let name = |names: &[&'static str], at: u64| usize::try_from(at).ok().and_then(|at| names.get(at).copied());
        out.push_str(name(&WEEKDAYS, self.day() % 7).unwrap_or(""));
        out.push_str(", ");
        push_digits(out, day, 2);
        out.push(' ');
        out.push_str(name(&MONTHS, month.saturating_sub(1)).unwrap_or(""));
        out.push(' ');
        push_digits(out, year, 4);
        out.push(' ');
        self.push_clock(out, ":");
        out.push_str(" GMT");
    }

    fn push_clock(self, out: &mut String, between: &str) {
        let second = self.0 % DAY;
        push_digits(out, second / 3600, 2);
        out.push_str(between);
        push_digits(out, second / 60 % 60, 2);
        out.push_str(between);
        push_digits(out, second % 60, 2);
    }
}

/// As `X-Amz-Date` writes it.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(16);
        self.push_date_time(&mut text);
        f.write_str(&text)
    }
}

struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, bytes: usize) -> Result<&'a [u8], NoTimestamp> {
        let (head, tail) = self.0.split_at_checked(bytes).ok_or(NoTimestamp)?;
        self.0 = tail;
        Ok(head)
    }

    fn number(&mut self, digits: usize) -> Result<u64, NoTimestamp> {
        let (head, tail) = self.0.split_at_checked(digits).ok_or(NoTimestamp)?;
        let value = head.iter().try_fold(0_u64, |n, b| {
            b.is_ascii_digit().then(|| n.saturating_mul(10).saturating_add(u64::from(b.wrapping_sub(b'0'))))
        });
        let value = value.ok_or(NoTimestamp)?;
        self.0 = tail;
        Ok(value)
    }

    fn skip(&mut self, any_of: &[u8]) -> Result<(), NoTimestamp> {
        let (first, tail) = self.0.split_first().ok_or(NoTimestamp)?;
        if !any_of.contains(first) {
            return Err(NoTimestamp);
        }
        self.0 = tail;
        Ok(())
    }

    fn skip_unless(&mut self, basic: bool, any_of: &[u8]) -> Result<(), NoTimestamp> {
        if basic { Ok(()) } else { self.skip(any_of) }
    }

    /// Seconds to add to local time.
    fn offset(&mut self) -> Result<i64, NoTimestamp> {
        if self.skip(b"Zz").is_ok() {
            return Ok(0);
        }
        let east = self.skip(b"+").is_ok();
        if !east {
            self.skip(b"-")?;
        }
        let hours = self.number(2)?;
        self.skip(b":")?;
        let minutes = self.number(2)?;
        if hours > 23 || minutes > 59 {
            return Err(NoTimestamp);
        }
        let seconds = hours.saturating_mul(3600).saturating_add(minutes.saturating_mul(60));
        let seconds = i64::try_from(seconds).map_err(|_| NoTimestamp)?;
        Ok(if east { seconds.saturating_neg() } else { seconds })
    }
}

/// The day that is `days` after 1970-01-01. The calendar is counted in years that begin in March, so that the leap day
/// is the last one, and in eras of 400 years, which all have the same length.
#[allow(clippy::arithmetic_side_effects, reason = "`days` is at most that of the year 9999, so no term leaves u64")]
fn civil(days: u64) -> Civil {
    let shifted = days.min(Timestamp::LAST.day()) + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    Civil { year: year_of_era + era * 400 + u64::from(month <= 2), month, day }
}

/// The inverse of [`civil`]; `None` if the day doesn't exist, or before the epoch.
#[allow(clippy::arithmetic_side_effects, reason = "a year has four digits and month and day are checked first")]
fn days_since_epoch(date: &Civil) -> Option<u64> {
    let &Civil { year, month, day } = date;
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let longest = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1970..=9999).contains(&year) || !(1..=longest).contains(&day) {
        return None;
    }
    let year = year - u64::from(month <= 2);
    let (era, of_era) = (year / 400, year % 400);
    let from_march = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * from_march + 2) / 5 + day - 1;
    (era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year).checked_sub(719_468)
}

fn push_digits(out: &mut String, value: u64, digits: u32) {
    if digits > 1 {
        push_digits(out, value / 10, digits.saturating_sub(1));
    }
    out.push(u8::try_from(value % 10).map_or('0', |d| char::from(d.wrapping_add(b'0'))));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_notations() {
        let second = Timestamp::from_unix(1_369_353_600).unwrap();
        for text in [
            "20130524T000000Z",
            "2013-05-24T00:00:00Z",
            "2013-05-24t00:00:00.999z",
            "2013-05-24 02:00:00+02:00",
            "2013-05-23T19:30:00-04:30",
            "2013-05-23T23:59:60Z",
        ] {
            assert_eq!(Timestamp::parse(text), Ok(second), "{text}");
        }
        assert_eq!(second.to_string(), "20130524T000000Z");
    }

    #[test]
    fn refuses_what_is_no_second() {
        for text in [
            "",
            "2013",
            "20130524",
            "2013-05-24",
            "2013-05-24T00:00:00",
            "20130524T000000",
            "20130524T000000+00:00",
            "2013-02-29T00:00:00Z",
            "2013-13-01T00:00:00Z",
            "2013-00-10T00:00:00Z",
            "2013-05-24T24:00:00Z",
            "2013-05-24T00:00:00.Z",
            "2013-05-24T00:00:00Zx",
            "1969-12-31T23:59:59Z",
            "9999-12-31T23:59:59-01:00",
            "２０１３-05-24T00:00:00Z",
        ] {
            assert_eq!(Timestamp::parse(text), Err(NoTimestamp), "{text}");
        }
        assert_eq!(Timestamp::from_unix(u64::MAX), Err(NoTimestamp));
    }

    #[test]
    fn writes_and_reads_what_http_and_rfc_3339_want() {
        for (unix, http, rfc) in [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00Z"),
            (1_435_361_952, "Fri, 26 Jun 2015 23:39:12 GMT", "2015-06-26T23:39:12Z"),
            (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT", "2024-02-29T00:00:00Z"),
        ] {
            let at = Timestamp::from_unix(unix).unwrap();
            let mut out = String::new();
            at.push_http(&mut out);
            assert_eq!((out.as_str(), Timestamp::parse_http(&out)), (http, Ok(at)));
            out.clear();
            at.push_rfc3339(&mut out);
            assert_eq!((out.as_str(), Timestamp::parse(&out)), (rfc, Ok(at)));
        }
        for text in
            ["", "Fri", "Fri, 26 Jun 2015 23:39:12", "Fri, 26 Jan 2015 24:00:00 GMT", "Friday, 26-Jun-15 23:39:12 GMT"]
        {
            assert_eq!(Timestamp::parse_http(text), Err(NoTimestamp), "{text}");
        }
        assert_eq!(Timestamp::from_unix(1).unwrap().after(59).unix(), 60);
        assert_eq!(Timestamp::LAST.after(1), Timestamp::LAST);
    }

    #[test]
    fn every_day_goes_both_ways() {
        for day in 0..=Timestamp::LAST.day() {
            assert_eq!(days_since_epoch(&civil(day)), Some(day));
        }
        assert_eq!(Timestamp::LAST.to_string(), "99991231T235959Z");
        assert_eq!(Timestamp::parse("2024-02-29T12:00:00Z").unwrap().to_string(), "20240229T120000Z");
    }
}
