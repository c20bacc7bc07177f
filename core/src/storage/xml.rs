//! Parses the small XML documents of stores' responses, and escapes text for those in requests. Responses aren't
//! trusted: no entity is expanded beyond XML's own five and characters by number, and depth is limited.

use std::borrow::Cow;
use std::fmt;

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attributes;
use quick_xml::{Reader, XmlVersion};

/// The namespace of S3's documents.
pub const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// Whether XML 1.0 can't carry `c`, not even as a character reference.
#[must_use]
pub fn is_unwritable(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// Appends `text` as an element's content. Line ends that a parser would normalize become character references: a key
/// with a carriage return must name the same object when the store has parsed it.
/// Sources: XML 1.0 and 1.1, both section 2.11 (end-of-line handling); the reference for a tab costs nothing and keeps
/// the text usable as an attribute. quick-xml's `escape` leaves all of them as they are.
pub fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#x9;"),
            '\n' => out.push_str("&#xA;"),
            '\r' => out.push_str("&#xD;"),
            '\u{85}' => out.push_str("&#x85;"),
            '\u{2028}' => out.push_str("&#x2028;"),
            c => out.push(c),
        }
    }
}

/// The deepest document that is read. S3's deepest response has six levels.
const DEEPEST: usize = 32;

/// Malformed or truncated XML. Everything before the error has been visited.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the store's response is malformed XML")
    }
}

impl std::error::Error for Malformed {}

/// Calls `visit` at the end of every element with the names from the root down to it, without prefixes, and with its
/// own text.
///
/// # Errors
/// [`Malformed`] at the first error, at an unknown entity, below 32 levels, and if the document is truncated.
pub fn walk(text: &str, mut visit: impl FnMut(&[String], &str)) -> Result<(), Malformed> {
    walk_elements(text, |path, element| visit(path, &element.text))
}

/// An element that has ended.
#[derive(Default, Debug)]
pub struct Element {
    /// Its own text.
    pub text: String,
    attributes: String,
}

impl Element {
    /// The value of an attribute, by its name without prefix.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<String> {
        let mut all = Attributes::new(&self.attributes, 0).flatten();
        let found = all.find(|a| a.key.local_name().as_ref() == name.as_bytes())?;
        found.normalized_value(XmlVersion::Implicit1_0).ok().map(Cow::into_owned)
    }
}

/// [`walk`] with the attributes.
///
/// # Errors
/// As [`walk`].
pub fn walk_elements(text: &str, mut visit: impl FnMut(&[String], &Element)) -> Result<(), Malformed> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().expand_empty_elements = true;
    let mut path: Vec<String> = Vec::new();
    // One text per open element, so that whitespace between children doesn't end up in a leaf.
    let mut open: Vec<Element> = Vec::new();
    let mut complete = false;
    loop {
        match reader.read_event().map_err(|_| Malformed)? {
            Event::Start(start) => {
                if path.len() >= DEEPEST || (complete && path.is_empty()) {
                    return Err(Malformed);
                }
                path.push(String::from_utf8_lossy(start.local_name().as_ref()).into_owned());
                let attributes = String::from_utf8_lossy(start.attributes_raw()).into_owned();
                open.push(Element { text: String::new(), attributes });
            }
            Event::End(_) => {
                let own = open.pop().ok_or(Malformed)?;
                visit(&path, &own);
                path.pop();
                complete = true;
            }
            Event::Text(content) => {
                let content = content.xml10_content().map_err(|_| Malformed)?;
                match open.last_mut() {
                    Some(own) => own.text.push_str(&content),
                    None if content.trim().is_empty() => {}
                    None => return Err(Malformed),
                }
            }
            Event::CData(content) => {
                let content = content.xml10_content().map_err(|_| Malformed)?;
                open.last_mut().ok_or(Malformed)?.text.push_str(&content);
            }
            Event::GeneralRef(reference) => {
                let own = &mut open.last_mut().ok_or(Malformed)?.text;
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
    fn attributes_are_read_on_demand() {
        let mut seen = Vec::new();
        let text = "<a x:Encoded='t&amp;r' n=\"1\"><b/><c Encoded></c></a>";
        let result = walk_elements(text, |_, element| seen.push(element.attribute("Encoded")));
        assert_eq!((seen, result), (vec![None, None, Some("t&r".to_owned())], Ok(())));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text = "a&b<c>\"'\t\n\r\u{85}\u{2028} é€";
        let mut out = String::from("<K>");
        push_escaped(&mut out, text);
        out.push_str("</K>");
        assert_eq!(leaves(&out).0, [("K".to_owned(), text.to_owned())]);
        assert!(is_unwritable('\u{1}') && !text.chars().any(is_unwritable));
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
