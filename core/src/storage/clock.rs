//! The store's clock: the `Date` of a response, to check this machine's clock.

use http::HeaderMap;

use crate::sign::Timestamp;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The time in a response's `Date`; `None` if there is none, or it's in an obsolete format.
#[must_use]
pub fn of_store(headers: &HeaderMap) -> Option<Timestamp> {
    parse(headers.get("date")?.to_str().ok()?)
}

/// Parses an HTTP date: `Sun, 06 Nov 1994 08:49:37 GMT`. Source: RFC 9110, 5.6.7; its two obsolete formats aren't
/// supported.
#[must_use]
pub fn parse(text: &str) -> Option<Timestamp> {
    let (_, rest) = text.trim().split_once(", ")?;
    let mut words = rest.split(' ');
    let (day, month, year) = (words.next()?, words.next()?, words.next()?);
    let (time, zone) = (words.next()?, words.next()?);
    let month = MONTHS.iter().position(|m| *m == month)?.saturating_add(1);
    if zone != "GMT" || words.next().is_some() {
        return None;
    }
    Timestamp::parse(&format!("{year}-{month:02}-{day}T{time}Z")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_servers_write() {
        let mut headers = HeaderMap::new();
        assert_eq!(of_store(&headers), None);
        headers.insert("date", "Fri, 24 May 2013 00:00:00 GMT".parse().unwrap());
        assert_eq!(of_store(&headers).unwrap().to_string(), "20130524T000000Z");
        for text in [
            "",
            "Fri, 24 May 2013 00:00:00 CET",
            "Fri, 24 Mai 2013 00:00:00 GMT",
            "Fri, 31 Feb 2013 00:00:00 GMT",
            "Fri, 24 May 2013 00:00:00 GMT x",
            "Friday, 24-May-13 00:00:00 GMT",
            "2013-05-24T00:00:00Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
