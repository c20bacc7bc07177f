//! Reading the small XML documents that stores answer with. Nothing in them is believed: no entity is expanded beyond
//! XML's own five and characters by number, and depth is limited.

use std::fmt;

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::Event;

/// The deepest document that is read. S3's deepest answer has six levels.
const DEEPEST: usize = 32;

/// A text that is no XML, or ends too early. Whatever came before the fault has been visited.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the store's answer is no well-formed XML")
    }
}

impl std::error::Error for Malformed {}

/// Calls `visit` at the end of every element with the names from the root down to it, without prefixes, and with its
/// own text.
///
/// # Errors
/// [`Malformed`] at the first fault, at an unknown entity, below 32 levels, and where the document isn't complete.
pub fn walk(text: &str, mut visit: impl FnMut(&[String], &str)) -> Result<(), Malformed> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().expand_empty_elements = true;
    let mut path: Vec<String> = Vec::new();
    // One text an open element, so that white space between children doesn't end up in a leaf.
    let mut texts: Vec<String> = Vec::new();
    let mut complete = false;
    loop {
        match reader.read_event().map_err(|_| Malformed)? {
            Event::Start(start) => {
                if path.len() >= DEEPEST || (complete && path.is_empty()) {
                    return Err(Malformed);
                }
                path.push(String::from_utf8_lossy(start.local_name().as_ref()).into_owned());
                texts.push(String::new());
            }
            Event::End(_) => {
                let own = texts.pop().ok_or(Malformed)?;
                visit(&path, &own);
                path.pop();
                complete = true;
            }
            Event::Text(content) => {
                let content = content.xml10_content().map_err(|_| Malformed)?;
                match texts.last_mut() {
                    Some(own) => own.push_str(&content),
                    None if content.trim().is_empty() => {}
                    None => return Err(Malformed),
                }
            }
            Event::CData(content) => {
                let content = content.xml10_content().map_err(|_| Malformed)?;
                texts.last_mut().ok_or(Malformed)?.push_str(&content);
            }
            Event::GeneralRef(reference) => {
                let own = texts.last_mut().ok_or(Malformed)?;
                if let Some(c) = reference.resolve_char_ref().map_err(|_| Malformed)? {
                    own.push(c);
                } else {
                    let name = reference.decode().map_err(|_| Malformed)?;
                    own.push_str(resolve_xml_entity(&name).ok_or(Malformed)?);
                }
            }
            Event::Eof => return if complete && path.is_empty() { Ok(()) } else { Err(Malformed) },
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(text: &str) -> (Vec<(String, String)>, Result<(), Malformed>) {
        let mut seen = Vec::new();
        let result = walk(text, |path, own| seen.push((path.join("/"), own.to_owned())));
        (seen, result)
    }

    #[test]
    fn visits_elements_with_their_text() {
        let (seen, result) = leaves(
            "\u{feff}<?xml version=\"1.0\"?>\n<s3:L xmlns:s3=\"x\"> <K a=\"1\">a&amp;b&#x20AC;&#10;</K><E/>\
             <C><![CDATA[<&]]>d</C></s3:L>\n",
        );
        let expected = [("L/K", "a&b€\n"), ("L/E", ""), ("L/C", "<&d"), ("L", " ")];
        assert_eq!(seen, expected.map(|(p, t)| (p.to_owned(), t.to_owned())));
        assert_eq!(result, Ok(()));
    }

    #[test]
    fn hostile_documents_end_in_an_error() {
        let bomb = "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><l>&b;</l>";
        let deep = "<a>".repeat(100_000);
        for text in ["", "   ", "text", "<a>", "<a></b>", "</a>", "<a/><b/>", "<a/>x", "<a>&nope;</a>", bomb, &deep] {
            assert_eq!(leaves(text).1, Err(Malformed), "{}", text.get(..40).unwrap_or(text));
        }
    }
}
