//! XML 1.0 (<https://www.w3.org/TR/xml/>) as a tree of elements. Namespaces are dropped; document types and entities other
//! than the five of the standard are not expanded; nesting is bounded.

use crate::catalog::Unreadable;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::ops::Range;

/// Deepest nesting.
const DEEPEST: usize = 128;

/// An element.
#[derive(Debug, Clone, Default)]
pub(crate) struct Element {
    /// Name without its namespace.
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    /// The text directly in it, trimmed.
    pub(crate) text: String,
    pub(crate) elements: Vec<Element>,
    /// Its opening tag.
    pub(crate) at: Range<usize>,
}

impl Element {
    /// The first element of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&Element> {
        self.elements.iter().find(|element| element.name == name)
    }

    /// The text of the first element of a name; none where it is empty.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.get(name)
            .map(|element| element.text.as_str())
            .filter(|text| !text.is_empty())
    }

    /// The elements of a name.
    pub(crate) fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.elements.iter().filter(move |element| element.name == name)
    }

    /// The value of an attribute; none where it is empty.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }
}

/// Reads a document; the element that is returned holds its root.
///
/// # Errors
/// Text that is no XML, is cut off, or is nested too deeply.
pub(crate) fn read(text: &str) -> Result<Element, Unreadable> {
    let mut reader = Reader::from_str(text);
    let mut open = vec![Element::default()];
    loop {
        let start = usize::try_from(reader.buffer_position()).unwrap_or(0);
        let event = reader
            .read_event()
            .map_err(|error| Unreadable(format!("it is no XML: {error}")))?;
        let end = usize::try_from(reader.buffer_position()).unwrap_or(0);
        match event {
            Event::Start(tag) => {
                if open.len() > DEEPEST {
                    return Err(Unreadable(format!("elements nested deeper than {DEEPEST}")));
                }
                open.push(element(&tag, start..end));
            }
            Event::Empty(tag) => {
                let empty = element(&tag, start..end);
                if let Some(holder) = open.last_mut() {
                    holder.elements.push(empty);
                }
            }
            Event::End(_) => close(&mut open),
            Event::Text(text) => push(&mut open, &text),
            Event::CData(text) => push(&mut open, &text),
            Event::GeneralRef(name) => {
                let whole = format!("&{};", &*name);
                let text =
                    quick_xml::escape::unescape(&whole).map_or(String::new(), |text| text.into_owned());
                push(&mut open, &text);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let whole = open.len() == 1;
    match open.pop() {
        Some(document) if whole && !document.elements.is_empty() => Ok(document),
        _ => Err(Unreadable("it is no whole XML document".to_owned())),
    }
}

fn element(tag: &BytesStart<'_>, at: Range<usize>) -> Element {
    let attributes = tag.attributes().flatten().map(|attribute| {
        let key = attribute.key.local_name().as_ref().to_owned();
        let raw = &attribute.value;
        let value =
            quick_xml::escape::unescape(raw).map_or_else(|_| raw.to_string(), |text| text.into_owned());
        (key, value.trim().to_owned())
    });
    Element {
        name: tag.local_name().as_ref().to_owned(),
        attributes: attributes.collect(),
        at,
        ..Element::default()
    }
}

fn push(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn close(open: &mut Vec<Element>) {
    if open.len() < 2 {
        return;
    }
    if let Some(mut closed) = open.pop() {
        closed.text = closed.text.trim().to_owned();
        if let Some(holder) = open.last_mut() {
            holder.elements.push(closed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_attributes_and_text_are_read_without_namespaces() {
        let text =
            "<?xml version='1.0'?>\n<m:a xmlns:m='x'><b c='1 &amp; 2'/><d> e&lt;f <![CDATA[g]]></d></m:a>";
        let read = read(text).unwrap();
        let root = read.get("a").unwrap();
        assert_eq!(root.get("b").unwrap().attribute("c"), Some("1 & 2"));
        assert_eq!(root.text_of("d"), Some("e<f g"));
        assert_eq!(&text[root.get("d").unwrap().at.clone()], "<d>");
    }

    #[test]
    fn what_is_cut_off_or_too_deep_is_an_error() {
        assert!(read("<a><b>").is_err());
        assert!(read("no xml").is_err());
        assert!(read(&"<a>".repeat(10_000)).is_err());
    }
}
