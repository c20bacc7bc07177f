//! Number ranges as regular expressions, because a schema compares numbers, but the values of an environment are
//! strings.

use crate::order;
use crate::variable::Range;

/// A number with an exponent or a radix, by its form alone: a regular expression can't calculate, so any size passes.
const BY_FORM: &str = r"\+?(\d+\.?\d*|\.\d+)[eE][+-]?\d+|0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+";

/// Zero in plain digits, with a minus.
const MINUS_ZERO: &str = r"-(0+\.?0*|\.0+)([eE][+-]?\d+)?";

/// Any plain number.
const PLAIN: &str = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+";

/// The largest integer up to which a double represents every one: JavaScript's `Number.MAX_SAFE_INTEGER`.
const SAFE: u64 = 9_007_199_254_740_991;

/// Matches strings that JavaScript's `Number()` reads as a number in `range`, and the empty one, which counts as unset.
/// Exact for plain decimals; a number with an exponent or in another radix passes at any size.
#[must_use]
pub fn pattern(range: Range) -> String {
    let body = body(range).unwrap_or_else(|| PLAIN.to_owned());
    // Whitespace alone is zero.
    if range.accepts(0.0) { format!(r"^\s*({body})?\s*$") } else { format!(r"^$|^\s*({body})\s*$") }
}

/// Matches the numbers of `range` between whitespace; `None` if a bound is negative or has a fraction.
fn body(range: Range) -> Option<String> {
    let low = whole(range.min.or(range.above)?)?;
    let high = match range.max {
        Some(max) => Some(whole(max)?),
        None => range.whole.then_some(SAFE),
    };
    let from = if range.min.is_some() { low } else { low.checked_add(1)? };
    let fraction = if range.whole { r"(\.0*)?" } else { r"(\.\d*)?" };
    let mut ways = Vec::new();
    match high {
        // The largest one has no fraction.
        Some(high) => {
            ways.extend(between(from, high.checked_sub(1)?).map(|digits| format!(r"\+?0*({digits}){fraction}")));
            ways.push(format!(r"\+?0*{high}(\.0*)?"));
        }
        None => ways.push(format!(r"\+?0*({}){fraction}", at_least(from)?)),
    }
    if range.min == Some(0.0) {
        ways.push(if range.whole { r"\+?\.0+" } else { r"\+?\.\d+" }.to_owned());
        ways.push(MINUS_ZERO.to_owned());
    } else if range.min.is_none() && !range.whole {
        // Above the bound by a fraction.
        ways.push(if low == 0 { r"\+?0*\.\d*[1-9]\d*".to_owned() } else { format!(r"\+?0*{low}\.\d*[1-9]\d*") });
    }
    ways.push(BY_FORM.to_owned());
    Some(ways.join("|"))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "exact in the range of the comparison")]
fn whole(bound: f64) -> Option<u64> {
    (bound.fract() == 0.0 && (0.0..9_007_199_254_740_992.0).contains(&bound)).then_some(bound as u64)
}

/// The integers from `low` on, without leading zeros.
fn at_least(low: u64) -> Option<String> {
    let length = low.to_string().len();
    let nines = 10_u64.checked_pow(u32::try_from(length).ok()?)?.checked_sub(1)?;
    Some(format!(r"{}|[1-9]\d{{{length},}}", between(low, nines)?))
}

/// The integers from `low` to `high`, without leading zeros; `None` if there are none.
fn between(low: u64, high: u64) -> Option<String> {
    let mut ends = vec![high];
    // Split where the last digits of the lower bound are all nines and those of the upper one are zeros.
    let mut unit = 10_u64;
    while let Some(end) = filled(low, unit).filter(|end| *end < high) {
        ends.push(end);
        let Some(next) = unit.checked_mul(10) else { break };
        unit = next;
    }
    let mut unit = 10_u64;
    while let Some(end) = high.checked_add(1).map(|n| n.saturating_sub(n.checked_rem(unit).unwrap_or(0))) {
        let Some(end) = end.checked_sub(1).filter(|end| *end >= low) else { break };
        ends.push(end);
        let Some(next) = unit.checked_mul(10) else { break };
        unit = next;
    }
    order::sort(&mut ends);
    ends.dedup();
    let mut from = low;
    let mut ways = Vec::new();
    for end in ends.into_iter().filter(|_| low <= high) {
        ways.push(digits(from, end));
        from = end.saturating_add(1);
    }
    (!ways.is_empty()).then(|| ways.join("|"))
}

/// `n` with its digits below `unit` as nines.
fn filled(n: u64, unit: u64) -> Option<u64> {
    n.checked_sub(n.checked_rem(unit)?)?.checked_add(unit)?.checked_sub(1)
}

/// Two numbers of one length whose differing digits, except the first, run over their whole range.
fn digits(low: u64, high: u64) -> String {
    let (low, high) = (low.to_string(), high.to_string());
    let pairs = low.chars().zip(high.chars());
    pairs
        .map(|(a, b)| match (a, b) {
            ('0', '9') => r"\d".to_owned(),
            (a, b) if a == b => a.to_string(),
            (a, b) => format!("[{a}-{b}]"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::Regex;

    use super::*;
    use crate::variable::{Kind, all};

    fn ranges() -> Vec<Range> {
        let mut found: Vec<Range> = Vec::new();
        for variable in all() {
            if let Kind::Number(range) = variable.row().kind {
                if !found.contains(&range) {
                    found.push(range);
                }
            }
        }
        found
    }

    #[test]
    fn every_whole_number_near_a_bound_is_told_right() {
        for range in ranges() {
            let regex = Regex::new(&pattern(range)).unwrap();
            for n in 0..3000_u64 {
                for text in [n.to_string(), format!("{n}.0"), format!("{n}.5"), format!("00{n}"), format!(" {n}\n")] {
                    assert_eq!(regex.is_match(&text), Kind::Number(range).accepts(&text), "{text:?} in {range}");
                }
            }
        }
    }

    #[test]
    fn odd_texts_are_told_right() {
        for range in ranges() {
            let regex = Regex::new(&pattern(range)).unwrap();
            assert!(regex.is_match(""), "the empty text counts as unset");
            for text in [
                " ",
                "-1",
                "-0",
                "+5",
                ".5",
                "5.",
                "0.0",
                "-0.5",
                "0.000001",
                ".0",
                "1_000",
                "1GB",
                "ten",
                "1,5",
                "--1",
                "9007199254740991",
                "9007199254740993",
                "18446744073709551616",
                "Infinity",
                "NaN",
                "0x",
                "1e",
                "\"5\"",
            ] {
                assert_eq!(regex.is_match(text), Kind::Number(range).accepts(text), "{text:?} in {range}");
            }
            // An expression cannot calculate.
            assert!(regex.is_match("1e9") && regex.is_match("0x10"));
        }
    }

    proptest! {
        #[test]
        fn plain_decimals_are_told_as_the_startup_check_tells_them(
            text in r"[ \t]{0,2}[+-]?[0-9]{0,5}(\.[0-9]{0,3})?[ \n]{0,2}",
            which in any::<prop::sample::Index>(),
        ) {
            let all = ranges();
            let range = all[which.index(all.len())];
            let accepted = text.is_empty() || Kind::Number(range).accepts(&text);
            prop_assert_eq!(Regex::new(&pattern(range)).unwrap().is_match(&text), accepted, "{:?} in {}", text, range);
        }

        #[test]
        fn any_two_bounds_make_their_range(low in 0..20_000_u64, more in 0..20_000_u64, n in 0..60_000_u64) {
            let regex = Regex::new(&format!("^({})$", between(low, low + more).unwrap())).unwrap();
            prop_assert_eq!(regex.is_match(&n.to_string()), (low..=low + more).contains(&n));
        }
    }
}
