//! `JSON.stringify`.

use super::{Object, Text, Value};

/// How to write a value.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Style {
    /// Two spaces per level, as `JSON.stringify(value, null, 2)`; otherwise compact.
    pub indented: bool,
    /// Decode `\uXXXX` inside string values, but not in names ([`Text::unescaped`]).
    pub unescaped: bool,
}

/// Appends `value` as JSON, in UTF-8.
pub fn write(value: &Value<'_>, style: Style, out: &mut Vec<u8>) {
    push(value, style, 0, out);
}

/// As [`write`], for an object.
pub(in crate::object) fn write_object(object: &Object<'_>, style: Style, out: &mut Vec<u8>) {
    push_object(object, style, 0, out);
}

fn push(value: &Value<'_>, style: Style, level: usize, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => out.extend_from_slice(number.as_str().as_bytes()),
        Value::String(text) if style.unescaped => text.unescaped().push_json(out),
        Value::String(text) => text.push_json(out),
        Value::Array(elements) => {
            push_all(elements.iter().map(|element| (None, element)), *b"[]", style, level, out);
        }
        Value::Object(object) => push_object(object, style, level, out),
    }
}

fn push_object(object: &Object<'_>, style: Style, level: usize, out: &mut Vec<u8>) {
    push_all(object.members().iter().map(|(name, value)| (Some(name), value)), *b"{}", style, level, out);
}

fn push_all<'v, 't: 'v>(
    all: impl Iterator<Item = (Option<&'v Text<'t>>, &'v Value<'t>)>,
    [open, close]: [u8; 2],
    style: Style,
    level: usize,
    out: &mut Vec<u8>,
) {
    let inner = level.saturating_add(1);
    let mut empty = true;
    out.push(open);
    for (name, value) in all {
        if !empty {
            out.push(b',');
        }
        empty = false;
        push_break(style, inner, out);
        if let Some(name) = name {
            name.push_json(out);
            out.push(b':');
            if style.indented {
                out.push(b' ');
            }
        }
        push(value, style, inner, out);
    }
    if !empty {
        push_break(style, level, out);
    }
    out.push(close);
}

fn push_break(style: Style, level: usize, out: &mut Vec<u8>) {
    if style.indented {
        out.push(b'\n');
        out.extend(std::iter::repeat_n(b' ', level.saturating_mul(2)));
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn indents_as_javascript_does() {
        let mut out = Vec::new();
        let value = parse(r#"{"a":[],"b":{},"c":[1,{"d":null}]}"#).unwrap();
        write(&value, Style { indented: true, unescaped: false }, &mut out);
        let text = "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    1,\n    {\n      \"d\": null\n    }\n  ]\n}";
        assert_eq!(String::from_utf8(out).unwrap(), text);
    }

    #[test]
    fn names_keep_their_escapes_and_values_lose_them() {
        let mut out = Vec::new();
        write(&parse(r#"{"\\u0041":"\\u0041"}"#).unwrap(), Style { indented: false, unescaped: true }, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), r#"{"\\u0041":"A"}"#);
    }
}
