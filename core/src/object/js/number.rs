//! Numbers as JavaScript writes them.

use std::borrow::Cow;

use ryu_js::Buffer;

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
        // Rust's grammar includes JSON's, so parsing can't fail; NaN is unreachable.
        let value = literal.parse::<f64>().unwrap_or(f64::NAN);
        let mut buffer = Buffer::new();
        let text = written(&mut buffer, value);
        Self(if text == literal { Cow::Borrowed(literal) } else { Cow::Owned(text.to_owned()) })
    }
}

impl From<f64> for Number<'_> {
    fn from(value: f64) -> Self {
        Self(Cow::Owned(written(&mut Buffer::new(), value).to_owned()))
    }
}

/// `Number::toString`, except for `null` where `JSON.stringify` writes it.
fn written(buffer: &mut Buffer, value: f64) -> &str {
    if value.is_finite() { buffer.format_finite(value) } else { "null" }
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
            ("5e-7", "5e-7"),
            ("1e-6", "0.000001"),
            ("999999999999999900000", "999999999999999900000"),
            ("2e-323", "2e-323"),
            ("9007199254740992.0", "9007199254740992"),
            ("2.2250738585072014e-308", "2.2250738585072014e-308"),
        ] {
            assert_eq!(Number::of_literal(literal).as_str(), text, "{literal}");
        }
    }
}
