//! Numbers as JavaScript writes them.

use std::borrow::Cow;
use std::fmt::Write as _;

/// A double, stored as JavaScript's text for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Number<'t>(Cow<'t, str>);

impl<'t> Number<'t> {
    /// As `JSON.stringify` writes it. Infinite numbers are `null`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// From a literal in JSON's grammar.
    pub(super) fn of_literal(literal: &'t str) -> Self {
        if is_written_so(literal) {
            return Self(Cow::Borrowed(literal));
        }
        // Rust's grammar includes JSON's, so parsing can't fail; NaN is unreachable.
        Self::from(literal.parse::<f64>().unwrap_or(f64::NAN))
    }
}

impl From<f64> for Number<'_> {
    fn from(value: f64) -> Self {
        let mut text = String::new();
        push(value, &mut text);
        Self(Cow::Owned(text))
    }
}

/// Whether JavaScript writes this literal unchanged. A double always preserves fifteen significant digits, so only the
/// notation matters.
fn is_written_so(literal: &str) -> bool {
    let digits = literal.strip_prefix('-').unwrap_or(literal);
    if digits.len() > 16 {
        return false;
    }
    match digits.split_once('.') {
        None => digits.len() <= 15 && literal != "-0" && digits.bytes().all(|b| b.is_ascii_digit()),
        Some((whole, fraction)) => {
            // Seven or more decimal places after a zero may need an exponent.
            !fraction.ends_with('0')
                && fraction.bytes().all(|b| b.is_ascii_digit())
                && (whole != "0" || fraction.len() < 7 || !fraction.starts_with("000000"))
        }
    }
}

/// If two shortest texts are equally close to `value`, JavaScript uses the one with an even last digit, and Rust the
/// greater one. Source: ECMA-262, `Number::toString`, the note on step 5, which every engine follows.
fn even_of_two(value: f64, digits: String) -> String {
    /// With fewer digits, neighboring doubles are far enough apart.
    const FEWEST: usize = 15;
    let Some((rest, last)) = digits.split_at_checked(digits.len().saturating_sub(1)) else { return digits };
    let even = match last {
        "1" => '0',
        "3" => '2',
        "5" => '4',
        "7" => '6',
        "9" => '8',
        _ => return digits,
    };
    if digits.len() < FEWEST {
        return digits;
    }
    let lower = format!("{rest}{even}");
    // Halfway between the two: the next digit is 5, and nothing follows it.
    let exact: String = format!("{value:.30e}").chars().take_while(|c| *c != 'e').filter(|c| *c != '.').collect();
    let half = exact.strip_prefix(&lower).and_then(|more| more.strip_prefix('5'));
    if half.is_some_and(|more| more.bytes().all(|b| b == b'0')) { lower } else { digits }
}

/// `Number::toString` in base 10, except for `null` where `JSON.stringify` writes it.
fn push(value: f64, out: &mut String) {
    if !value.is_finite() {
        out.push_str("null");
        return;
    }
    if value == 0.0 {
        out.push('0');
        return;
    }
    // Rust's shortest digits are the ones that ECMA-262 requires; only the notation differs.
    let scientific = format!("{:e}", value.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    let digits = even_of_two(value.abs(), digits);
    let point = exponent.parse::<i32>().unwrap_or(0).saturating_add(1);
    if value < 0.0 {
        out.push('-');
    }
    let zeros = |out: &mut String, count: usize| out.extend(std::iter::repeat_n('0', count));
    match (usize::try_from(point), point) {
        (Ok(whole @ 1..=21), _) => match digits.split_at_checked(whole) {
            Some((before, "")) => out.push_str(before),
            Some((before, after)) => {
                out.push_str(before);
                out.push('.');
                out.push_str(after);
            }
            None => {
                out.push_str(&digits);
                zeros(out, whole.saturating_sub(digits.len()));
            }
        },
        (_, -5..=0) => {
            out.push_str("0.");
            zeros(out, usize::try_from(point.unsigned_abs()).unwrap_or(0));
            out.push_str(&digits);
        }
        _ => {
            let (first, rest) = digits.split_at_checked(1).unwrap_or((&digits, ""));
            out.push_str(first);
            if !rest.is_empty() {
                out.push('.');
                out.push_str(rest);
            }
            let _ = write!(out, "e{:+}", point.saturating_sub(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn are_written_as_javascript_writes_them() {
        for (literal, text) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("1.0", "1"),
            ("1.50", "1.5"),
            ("0.1", "0.1"),
            ("0.000001", "0.000001"),
            ("0.0000001", "1e-7"),
            ("0.0000012", "0.0000012"),
            ("-0.00000012", "-1.2e-7"),
            ("1e21", "1e+21"),
            ("123456789012345678901", "123456789012345680000"),
            ("1e20", "100000000000000000000"),
            ("9007199254740993", "9007199254740992"),
            ("1E400", "null"),
            ("-1e400", "null"),
            ("1e-400", "0"),
            ("5e-324", "5e-324"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
            ("123456789012345.7", "123456789012345.7"),
            ("100000000000000", "100000000000000"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("12e-1", "1.2"),
            // Halfway between two texts of seventeen digits: the even one.
            ("1204566955566406.25", "1204566955566406.2"),
            ("170255292857.578125", "170255292857.57812"),
            ("1204566955566406.75", "1204566955566406.8"),
        ] {
            assert_eq!(Number::of_literal(literal).as_str(), text, "{literal}");
        }
    }
}
