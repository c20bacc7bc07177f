//! JSON as JavaScript handles it: what `JSON.parse` reads and `JSON.stringify` writes.
//!
//! Langfuse reads and writes every object through those two functions, and they change it. Numbers become doubles and
//! are reformatted, a duplicate name keeps its first position and its last value, names that are array indices come
//! first, and unpaired surrogates survive. Source: ECMA-262, `JSON`, `OrdinaryOwnPropertyKeys`, `Number::toString`.
//!
//! Values borrow from the source text: a string or number that JavaScript writes unchanged isn't copied.

mod number;
mod parse;
mod string;
mod write;

pub use number::Number;
pub(super) use parse::Parser;
pub use parse::{DEEPEST, JsonError, parse};
pub use string::Text;
pub(super) use string::push_quoted;
pub(super) use write::write_object;
pub use write::{Style, write};

use crate::text::order;
use std::fmt;

/// A value that `JSON.parse` can return.
#[derive(Clone, PartialEq, Debug)]
pub enum Value<'t> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number<'t>),
    /// A string.
    String(Text<'t>),
    /// An array.
    Array(Vec<Value<'t>>),
    /// An object.
    Object(Object<'t>),
}

impl<'t> Value<'t> {
    /// The string, if it is one.
    pub fn as_text(&self) -> Option<&Text<'t>> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The object, if it is one.
    pub fn as_object(&self) -> Option<&Object<'t>> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }

    /// The elements, if it's an array.
    pub fn as_array(&self) -> Option<&[Value<'t>]> {
        if let Self::Array(elements) = self { Some(elements) } else { None }
    }
}

/// Its compact JSON.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Vec::new();
        write(self, Style::default(), &mut out);
        f.write_str(&String::from_utf8_lossy(&out))
    }
}

/// Members in JavaScript's order, with unique names.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Object<'t>(Vec<(Text<'t>, Value<'t>)>);

impl<'t> Object<'t> {
    /// From members in the order of assignment.
    #[must_use]
    pub fn from_members(members: Vec<(Text<'t>, Value<'t>)>) -> Self {
        let mut builder = Builder::default();
        for (name, value) in members {
            builder.push(name, value);
        }
        builder.finish()
    }

    /// From members that are already in order, with unique names.
    pub(super) fn in_order(members: Vec<(Text<'t>, Value<'t>)>) -> Self {
        Self(members)
    }

    /// Names and values.
    pub fn members(&self) -> &[(Text<'t>, Value<'t>)] {
        &self.0
    }

    /// The value of `name`.
    pub fn get(&self, name: &str) -> Option<&Value<'t>> {
        self.0.iter().find(|(n, _)| n.as_bytes() == name.as_bytes()).map(|(_, v)| v)
    }
}

/// Up to this number, members are compared one by one; more are sorted once, at the end.
const FEW: usize = 16;

/// Builds an object member by member.
#[derive(Default)]
struct Builder<'t> {
    members: Vec<(Text<'t>, Value<'t>)>,
    /// One bit per name so far, by its length, first and last byte: a clear bit means that a name is new.
    seen: u64,
    /// Whether a name may be a duplicate or an array index.
    unsettled: bool,
}

impl<'t> Builder<'t> {
    fn push(&mut self, name: Text<'t>, value: Value<'t>) {
        let bytes = name.as_bytes();
        let first = bytes.first().copied().unwrap_or(0);
        let mixed = u32::from(first)
            .wrapping_mul(31)
            .wrapping_add(u32::from(bytes.last().copied().unwrap_or(0)))
            .wrapping_mul(7)
            .wrapping_add(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        let bit = 1_u64.rotate_left(mixed);
        if first.is_ascii_digit() {
            self.unsettled = true;
        } else if self.seen & bit != 0 && !self.unsettled {
            self.unsettled = self.members.len() > FEW || self.members.iter().any(|(n, _)| *n == name);
        }
        self.seen |= bit;
        self.members.push((name, value));
    }

    fn finish(self) -> Object<'t> {
        Object(if self.unsettled { settle(self.members) } else { self.members })
    }
}

/// Removes duplicates, keeping the first position and the last value; array indices first. Sorting keeps this at
/// O(n log n) even for adversarial input.
pub(super) fn settle<'t, V>(members: impl IntoIterator<Item = (Text<'t>, V)>) -> Vec<(Text<'t>, V)> {
    let mut placed: Vec<(usize, Text<'t>, V)> =
        members.into_iter().enumerate().map(|(place, (name, value))| (place, name, value)).collect();
    order::sort_by(&mut placed, |a, b| a.1.cmp(&b.1));
    let mut once: Vec<(u64, usize, Text<'t>, V)> = Vec::with_capacity(placed.len());
    for (place, name, value) in placed {
        match once.last_mut().filter(|last| last.2 == name) {
            Some(last) => last.3 = value,
            None => once.push((array_index(&name).map_or(u64::MAX, u64::from), place, name, value)),
        }
    }
    order::sort_by_key(&mut once, |member| (member.0, member.1));
    once.into_iter().map(|(_, _, name, value)| (name, value)).collect()
}

/// `name` as an array index: digits without leading zeros, below 2³² - 1.
fn array_index(name: &Text<'_>) -> Option<u32> {
    let digits = name.as_str().filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?;
    (digits == "0" || !digits.starts_with('0')).then(|| digits.parse().ok())?.filter(|n| *n != u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(text: &str) -> String {
        parse(text).unwrap().to_string()
    }

    #[test]
    fn members_are_in_javascript_order() {
        for (text, compact) in [
            (r#"{"b":1,"a":2,"b":3}"#, r#"{"b":3,"a":2}"#),
            (r#"{"b":1,"2":1,"10":1,"0":1,"-1":1,"01":1}"#, r#"{"0":1,"2":1,"10":1,"b":1,"-1":1,"01":1}"#),
            (
                r#"{"4294967295":1,"b":1,"4294967294":2,"4294967296":3}"#,
                r#"{"4294967294":2,"4294967295":1,"b":1,"4294967296":3}"#,
            ),
            (r#"{"__proto__":{"x":1},"constructor":2}"#, r#"{"__proto__":{"x":1},"constructor":2}"#),
            (r#"{"a":1,"\u0061":2}"#, r#"{"a":2}"#),
            ("{}", "{}"),
        ] {
            assert_eq!(again(text), compact);
        }
    }

    #[test]
    fn many_duplicates_are_handled_like_few() {
        let twice = |count: usize| {
            let names: Vec<String> = (0..count).chain(0..count).map(|i| format!("\"k{i}\":{i}")).collect();
            again(&format!("{{{}}}", names.join(",")))
        };
        for count in [3, 100] {
            let once: Vec<String> = (0..count).map(|i| format!("\"k{i}\":{i}")).collect();
            assert_eq!(twice(count), format!("{{{}}}", once.join(",")));
        }
    }
}
