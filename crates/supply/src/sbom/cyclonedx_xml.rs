//! CycloneDX in XML.
//!
//! In: the bytes of one document. Out: what a [`Bill`] holds. Entities of the document's own are never resolved, so that
//! nothing grows and nothing is fetched. <https://cyclonedx.org/docs/1.6/xml/>.

use super::bill::{Bill, Item, cyclonedx_scope, hash, is_no_software};
use super::json::CYCLONEDX;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Deepest nesting of elements.
const DEEPEST: usize = 128;

/// What the address of the format begins with; the version follows.
const NAMESPACE: &str = "http://cyclonedx.org/schema/bom/";

/// Reads a document.
pub(super) fn read(bytes: &[u8], bill: &mut Bill) {
    let mut document = Document {
        bill,
        version: None,
        elements: Vec::new(),
        open: Vec::new(),
        text: String::new(),
        attribute: String::new(),
        from: None,
    };
    let result = document.run(bytes);
    let Document {
        bill, version, open, ..
    } = document;
    if let Err(problem) = result {
        bill.problem(format!(
            "it breaks off or is no XML, what follows is not read: {problem}"
        ));
    }
    if !open.is_empty() {
        bill.problem("a component is not closed and not read");
    }
    match version {
        None => bill.problem("it is XML and no CycloneDX: its first element is no `bom` of that namespace"),
        Some(version) if !CYCLONEDX.contains(&version.as_str()) => {
            let version: String = version.chars().take(80).collect();
            bill.problem(format!(
                "CycloneDX {} is not known; 1.2 to 1.6 are",
                version.escape_debug()
            ));
        }
        Some(_) => {}
    }
}

struct Document<'b> {
    bill: &'b mut Bill,
    version: Option<String>,
    /// Local names of the elements that are open.
    elements: Vec<String>,
    /// The components that are open, innermost last.
    open: Vec<Open>,
    text: String,
    /// `alg` of a hash, `name` of a property: what the innermost element has.
    attribute: String,
    /// The element whose dependencies are listed.
    from: Option<String>,
}

#[derive(Default)]
struct Open {
    depth: usize,
    reference: String,
    kind: String,
    /// Whether the document is about it.
    is_root: bool,
    item: Item,
    place: (String, u32),
}

impl Document<'_> {
    fn run(&mut self, bytes: &[u8]) -> Result<(), String> {
        let mut reader = Reader::from_reader(bytes);
        loop {
            match reader.read_event().map_err(|error| error.to_string())? {
                Event::Start(start) => self.start(&start)?,
                Event::Empty(start) => {
                    self.start(&start)?;
                    self.end();
                }
                Event::End(_) => self.end(),
                Event::Text(text) => self.text.push_str(&text.xml10_content()),
                Event::CData(text) => self.text.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) => self.text.push(resolved(&reference)?),
                Event::Eof if self.elements.is_empty() => return Ok(()),
                Event::Eof => return Err("it ends within an element".to_owned()),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), String> {
        if self.elements.len() >= DEEPEST {
            return Err(format!("elements nested deeper than {DEEPEST}"));
        }
        self.text.clear();
        let name = start.local_name().as_ref().to_owned();
        let parents: Vec<&str> = self.elements.iter().map(String::as_str).collect();
        match (parents.as_slice(), name.as_str()) {
            ([], "bom") => self.version = version(start)?,
            (["bom", "metadata"], "component") => self.open(start, true)?,
            (["bom", rest @ ..], "component") if is_listed(rest) => self.open(start, false)?,
            (["bom", "dependencies"], "dependency") => self.from = attribute(start, "ref")?,
            (["bom", "dependencies", "dependency"], "dependency") => {
                if let (Some(from), Some(on)) = (&self.from, attribute(start, "ref")?) {
                    self.bill.depends(from, &on);
                }
            }
            ([.., "hashes"], "hash") => self.attribute = attribute(start, "alg")?.unwrap_or_default(),
            ([.., "properties"], "property") => {
                self.attribute = attribute(start, "name")?.unwrap_or_default()
            }
            _ => {}
        }
        self.elements.push(name);
        Ok(())
    }

    fn open(&mut self, start: &BytesStart<'_>, is_root: bool) -> Result<(), String> {
        self.open.push(Open {
            depth: self.elements.len() + 1,
            reference: attribute(start, "bom-ref")?.unwrap_or_default(),
            kind: attribute(start, "type")?.unwrap_or_default(),
            is_root,
            ..Open::default()
        });
        Ok(())
    }

    fn end(&mut self) {
        let text = std::mem::take(&mut self.text);
        let depth = self.elements.len();
        if self.open.last().is_some_and(|open| open.depth == depth) {
            self.close();
        } else if let Some(open) = self.open.last_mut() {
            let path: Vec<&str> = self
                .elements
                .iter()
                .skip(open.depth)
                .map(String::as_str)
                .collect();
            open.take(&path, text.trim(), &self.attribute);
        }
        self.elements.pop();
    }

    fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        if open.is_root {
            if !open.reference.is_empty() {
                self.bill.root(&open.reference);
            }
        } else if !is_no_software(&open.kind) {
            self.bill.add(&open.reference, open.item);
        }
    }
}

impl Open {
    /// Takes the text of the element at `path` within the component.
    fn take(&mut self, path: &[&str], text: &str, attribute: &str) {
        let item = &mut self.item;
        match path {
            ["group"] => text.clone_into(&mut item.group),
            ["name"] => text.clone_into(&mut item.name),
            ["version"] => text.clone_into(&mut item.version),
            ["purl"] => text.clone_into(&mut item.purl),
            ["scope"] => item.scope = cyclonedx_scope(text),
            ["hashes", "hash"] => item.hashes.extend(hash(attribute, text)),
            ["licenses", "expression"] | ["licenses", "license", "id" | "name"] if !text.is_empty() => {
                item.licenses.push(text.to_owned());
            }
            ["properties", "property"] => {
                if let Some(name) = attribute.strip_prefix("bartizan:") {
                    item.facts.push((name.to_owned(), text.to_owned()));
                }
            }
            ["evidence", "occurrences", "occurrence", "location"] => text.clone_into(&mut self.place.0),
            ["evidence", "occurrences", "occurrence", "line"] => self.place.1 = text.parse().unwrap_or(1),
            ["evidence", "occurrences", "occurrence"] => {
                let place = std::mem::take(&mut self.place);
                if !place.0.is_empty() {
                    item.places.push(place);
                }
            }
            _ => {}
        }
    }
}

/// Whether components stand in lists of components only, up to the document itself: those of tools and pedigrees do not.
fn is_listed(mut path: &[&str]) -> bool {
    loop {
        match path {
            ["components"] => return true,
            ["components", "component", rest @ ..] => path = rest,
            _ => return false,
        }
    }
}

fn version(start: &BytesStart<'_>) -> Result<Option<String>, String> {
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| error.to_string())?;
        if let Some(version) = value.strip_prefix(NAMESPACE) {
            return Ok(Some(version.to_owned()));
        }
    }
    Ok(None)
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Result<Option<String>, String> {
    let found = start.try_get_attribute(name).map_err(|error| error.to_string())?;
    found
        .map(|attribute| {
            attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map(std::borrow::Cow::into_owned)
        })
        .transpose()
        .map_err(|error| error.to_string())
}

fn resolved(reference: &BytesRef<'_>) -> Result<char, String> {
    if let Some(character) = reference.resolve_char_ref().map_err(|error| error.to_string())? {
        return Ok(character);
    }
    match reference.xml10_content().as_ref() {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        other => {
            let other: String = other.chars().take(40).collect();
            Err(format!("the entity `{}` is not resolved", other.escape_debug()))
        }
    }
}
