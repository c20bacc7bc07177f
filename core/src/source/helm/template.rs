//! Values files that another program renders first: `values.yaml.tpl`, `values.yaml.j2`, `values.yaml.gotmpl`.

use crate::source::wrapper::{FILLED, without_templates};

/// The text with its expressions replaced by words of the same length, so that locations stay.
pub(super) struct Masked {
    pub(super) text: String,
    /// Whether lines are left out or repeated depending on something.
    pub(super) conditional: bool,
}

/// Whether a file of this name is rendered before it holds values.
pub(in crate::source) fn is_template(name: &str) -> bool {
    const ENDINGS: [&str; 7] = ["tpl", "tmpl", "tftpl", "gotmpl", "j2", "jinja", "jinja2"];
    name.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.iter().any(|e| ending.eq_ignore_ascii_case(e)))
}

pub(super) fn masked(text: &str) -> Masked {
    let mut conditional = false;
    let lines: String = text
        .split_inclusive('\n')
        .map(|line| {
            let trimmed = line.trim_start_matches('\u{feff}').trim();
            let alone = [("%{", "}"), ("{%", "%}"), ("{{", "}}")]
                .into_iter()
                .any(|(open, close)| trimmed.starts_with(open) && trimmed.ends_with(close));
            if !alone {
                return interpolations(line);
            }
            conditional = true;
            line.bytes().map(|b| if matches!(b, b'\n' | b'\r') { char::from(b) } else { ' ' }).collect()
        })
        .collect();
    Masked { text: without_templates(&lines), conditional }
}

/// The line with a word in place of each `${…}`.
fn interpolations(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((inside, after)) = after.split_once('}') else { break };
        out.push_str(before);
        // `${` and `}` are three bytes, as the mark is.
        out.push_str(FILLED);
        out.extend(std::iter::repeat_n('_', inside.len()));
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_become_words_of_the_same_length() {
        for (text, expected, conditional) in [
            ("a: \"${b}\"\n", "a: \"¤__\"\n", false),
            ("a: [${b}, ${c.d}]\n", "a: [¤__, ¤____]\n", false),
            ("a: {{ b }}\n", "a: ¤_____\n", false),
            ("%{ if a }\nb: 1\n%{ endif }\n", "         \nb: 1\n          \n", true),
            ("{% if a %}\nb: ${\n", "          \nb: ${\n", true),
        ] {
            let masked = masked(text);
            assert_eq!((masked.text.as_str(), masked.conditional), (expected, conditional));
            assert_eq!(masked.text.len(), text.len());
        }
    }
}
