//! Numbers as JavaScript's `Number(text)` reads them, because Langfuse coerces every number that way.

/// `Number(text)`: `None` is NaN. Surrounding whitespace is trimmed, the empty string is 0, `0x`, `0o` and `0b` are
/// supported, separators and units aren't. Source: ECMA-262, `StringToNumber`.
#[must_use]
pub fn js_number(text: &str) -> Option<f64> {
    // Plain digits, short enough to be exact: nearly every value.
    if (1..=15).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) {
        let digit = |n: u64, b: u8| n.wrapping_mul(10).wrapping_add(u64::from(b.wrapping_sub(b'0')));
        #[allow(clippy::cast_precision_loss, reason = "15 digits fit a double exactly")]
        return Some(text.bytes().fold(0, digit) as f64);
    }
    let t = text.trim_matches(is_js_space);
    if t.is_empty() {
        return Some(0.0);
    }
    if let Some((radix, digits)) = prefixed(t) {
        return radix_number(digits, radix);
    }
    let (negative, body) = match t.as_bytes().first() {
        Some(b'-') => (true, t.get(1..).unwrap_or("")),
        Some(b'+') => (false, t.get(1..).unwrap_or("")),
        _ => (false, t),
    };
    let value = if body == "Infinity" {
        f64::INFINITY
    } else if is_decimal_literal(body) {
        body.parse::<f64>().ok()?
    } else {
        return None;
    };
    Some(if negative { -value } else { value })
}

fn prefixed(t: &str) -> Option<(u32, &str)> {
    let radix = match t.get(..2)? {
        "0x" | "0X" => 16,
        "0o" | "0O" => 8,
        "0b" | "0B" => 2,
        _ => return None,
    };
    Some((radix, t.get(2..)?))
}

fn radix_number(digits: &str, radix: u32) -> Option<f64> {
    if digits.is_empty() {
        return None;
    }
    digits.chars().try_fold(0.0_f64, |sum, c| c.to_digit(radix).map(|d| sum.mul_add(f64::from(radix), f64::from(d))))
}

/// `12`, `1.`, `.5`, `1e3`, `1.5E-7`: what `f64::from_str` accepts, less its names for infinity and NaN.
fn is_decimal_literal(body: &str) -> bool {
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (body.get(..at).unwrap_or(""), body.get(at.saturating_add(1)..)),
        None => (body, None),
    };
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mantissa_ok = digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    let exponent_ok = exponent.is_none_or(|e| {
        let e = e.strip_prefix(['+', '-']).unwrap_or(e);
        !e.is_empty() && digits(e)
    });
    mantissa_ok && exponent_ok
}

/// JavaScript's whitespace and line terminators, as `trim` and `\s` define them.
#[must_use]
pub fn is_js_space(c: char) -> bool {
    matches!(
        c,
        '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::js_number;

    #[test]
    fn reads_what_javascript_reads() {
        for (text, value) in [
            ("", 0.0),
            ("  ", 0.0),
            ("\t7\n", 7.0),
            (" 3600 ", 3600.0),
            ("+5", 5.0),
            ("-0", -0.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e3", 1000.0),
            ("0x10", 16.0),
            ("0o17", 15.0),
            ("0b11", 3.0),
            ("\u{feff}4", 4.0),
            ("010", 10.0),
        ] {
            assert_eq!(js_number(text), Some(value), "{text:?}");
        }
        assert_eq!(js_number("1E400"), Some(f64::INFINITY));
        assert_eq!(js_number("-Infinity"), Some(f64::NEG_INFINITY));
    }

    #[test]
    fn refuses_what_javascript_refuses() {
        for text in [
            "1_000", "1,000", "1GB", "3600s", "e1", "1e", "--5", "12abc", "NaN", "inf", "infinity", "0x", "0xg",
            "-0x10", "٩", ".", "1e+", "\"5\"", "null",
        ] {
            assert_eq!(js_number(text), None, "{text:?}");
        }
    }
}
