//! CycloneDX and SPDX in JSON.
//!
//! In: the bytes of one object. Out: what a [`Bill`] holds. The object is read once from front to back; one element at a
//! time is held, and texts are borrowed from the input where JSON allows it. serde_json bounds the depth of nesting.
//! <https://cyclonedx.org/docs/1.6/json/>, <https://github.com/spdx/spdx-spec/blob/v2.3/schemas/spdx-schema.json>.

use super::bill::{Bill, Item, cyclonedx_scope, hash, is_no_software};
use super::spdx;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Versions of CycloneDX that are known.
pub(super) const CYCLONEDX: [&str; 5] = ["1.2", "1.3", "1.4", "1.5", "1.6"];

/// Reads a document.
pub(super) fn read(bytes: &[u8], bill: &mut Bill) {
    // serde_json looks only at texts it hands over; RFC 8259 section 8.1 asks the whole document to be UTF-8.
    if let Err(error) = std::str::from_utf8(bytes) {
        bill.problem(format!("it is not UTF-8 from byte {} on", error.valid_up_to()));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let mut document = Document {
        bill,
        form: None,
        version: String::new(),
        spdx: spdx::Pending::default(),
    };
    let result = Top(&mut document)
        .deserialize(&mut reader)
        .and_then(|()| reader.end());
    let Document {
        bill,
        form,
        version,
        spdx,
    } = document;
    spdx.settle(bill);
    if let Err(error) = result {
        bill.problem(format!(
            "it breaks off or is no JSON of this kind, what follows is not read: {error}"
        ));
    }
    match form {
        None => bill.problem("it is neither CycloneDX (no `bomFormat`) nor SPDX 2 (no `spdxVersion`)"),
        Some(Form::Cyclonedx) if !CYCLONEDX.contains(&version.as_str()) => {
            bill.problem(format!(
                "CycloneDX {} is not known; 1.2 to 1.6 are",
                version.escape_debug()
            ));
        }
        Some(Form::Spdx) if !spdx::VERSIONS.contains(&version.as_str()) => {
            bill.problem(format!(
                "{} is not known; SPDX-2.2 and SPDX-2.3 are",
                version.escape_debug()
            ));
        }
        Some(_) => {}
    }
}

#[derive(Clone, Copy)]
enum Form {
    Cyclonedx,
    Spdx,
}

struct Document<'b> {
    bill: &'b mut Bill,
    form: Option<Form>,
    version: String,
    spdx: spdx::Pending,
}

struct Top<'d, 'b>(&'d mut Document<'b>);

impl<'de> DeserializeSeed<'de> for Top<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Top<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bill of materials")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let document = self.0;
        while let Some(Text(key)) = map.next_key::<Text<'de>>()? {
            let bill = &mut *document.bill;
            match key.as_ref() {
                "bomFormat" => {
                    map.next_value::<IgnoredAny>()?;
                    document.form = Some(Form::Cyclonedx);
                }
                "specVersion" => document.version = map.next_value::<Text<'de>>()?.0.into_owned(),
                "spdxVersion" => {
                    document.version = map.next_value::<Text<'de>>()?.0.into_owned();
                    document.form = Some(Form::Spdx);
                }
                "metadata" => {
                    let about = map.next_value::<Metadata<'de>>()?.component;
                    if let Some(about) = about.filter(|about| !about.reference.0.is_empty()) {
                        bill.root(&about.reference.0);
                    }
                }
                "components" => map.next_value_seed(each(|one: CycloneComponent<'de>| one.add_to(bill)))?,
                "dependencies" => map.next_value_seed(each(|one: Dependency<'de>| {
                    for on in &one.depends_on {
                        bill.depends(&one.reference.0, &on.0);
                    }
                }))?,
                "packages" => {
                    map.next_value_seed(each(|one: spdx::Package<'de>| document.spdx.package(one)))?
                }
                "relationships" => {
                    map.next_value_seed(each(|one: spdx::Relationship<'de>| {
                        document.spdx.relate(&one, bill)
                    }))?;
                }
                "hasExtractedLicensingInfos" => {
                    map.next_value_seed(each(|one: spdx::Extracted<'de>| document.spdx.extracted(one)))?;
                }
                "documentDescribes" => {
                    map.next_value_seed(each(|one: Text<'de>| document.spdx.describes(&one.0, bill)))?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// A list whose elements are handed on one by one; null is an empty list.
struct Elements<T, F>(F, std::marker::PhantomData<T>);

fn each<T, F: FnMut(T)>(take: F) -> Elements<T, F> {
    Elements(take, std::marker::PhantomData)
}

impl<'de, T: Deserialize<'de>, F: FnMut(T)> DeserializeSeed<'de> for Elements<T, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(T)> Visitor<'de> for Elements<T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        while let Some(one) = list.next_element()? {
            (self.0)(one);
        }
        Ok(())
    }
}

/// A text, borrowed where it has no escapes. A null is an empty text, a number its digits.
#[derive(Default, Clone)]
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Texts)
    }
}

struct Texts;

impl<'de> Visitor<'de> for Texts {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E: Error>(self) -> Result<Text<'de>, E> {
        Ok(Text::default())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(number.to_string())))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(number.to_string())))
    }
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow, default)]
    component: Option<CycloneComponent<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Dependency<'a> {
    #[serde(borrow, rename = "ref")]
    reference: Text<'a>,
    #[serde(borrow)]
    depends_on: Vec<Text<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct CycloneComponent<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow, rename = "bom-ref")]
    reference: Text<'a>,
    #[serde(borrow)]
    group: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    version: Text<'a>,
    #[serde(borrow)]
    scope: Text<'a>,
    #[serde(borrow)]
    purl: Text<'a>,
    #[serde(borrow)]
    hashes: Option<Vec<CycloneHash<'a>>>,
    #[serde(borrow)]
    licenses: Option<Vec<LicenseChoice<'a>>>,
    #[serde(borrow)]
    properties: Option<Vec<Property<'a>>>,
    #[serde(borrow)]
    evidence: Option<Evidence<'a>>,
    #[serde(borrow)]
    components: Option<Vec<CycloneComponent<'a>>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct CycloneHash<'a> {
    #[serde(borrow)]
    alg: Text<'a>,
    #[serde(borrow)]
    content: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct LicenseChoice<'a> {
    #[serde(borrow)]
    license: Option<License<'a>>,
    #[serde(borrow)]
    expression: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct License<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Property<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    value: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Evidence<'a> {
    #[serde(borrow)]
    occurrences: Option<Vec<Occurrence<'a>>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Occurrence<'a> {
    #[serde(borrow)]
    location: Text<'a>,
    line: Option<u32>,
}

impl CycloneComponent<'_> {
    fn add_to(self, bill: &mut Bill) {
        let own = |text: Text<'_>| text.0.into_owned();
        let parts = self.components;
        if !is_no_software(&self.kind.0) {
            let hashes = self.hashes.into_iter().flatten();
            let licenses = self.licenses.into_iter().flatten().map(|choice| {
                let license = choice.license.unwrap_or_default();
                [choice.expression, license.id, license.name]
                    .into_iter()
                    .find(|text| !text.0.is_empty())
                    .map(own)
                    .unwrap_or_default()
            });
            let facts = self.properties.into_iter().flatten().filter_map(|property| {
                let name = property.name.0.strip_prefix("bartizan:")?.to_owned();
                Some((name, property.value.0.into_owned()))
            });
            let occurrences = self
                .evidence
                .unwrap_or_default()
                .occurrences
                .into_iter()
                .flatten();
            let item = Item {
                scope: cyclonedx_scope(&self.scope.0),
                hashes: hashes
                    .filter_map(|one| hash(&one.alg.0, &one.content.0))
                    .collect(),
                licenses: licenses.filter(|text| !text.is_empty()).collect(),
                facts: facts.collect(),
                places: occurrences
                    .map(|one| (own(one.location), one.line.unwrap_or(1)))
                    .collect(),
                purl: own(self.purl),
                group: own(self.group),
                name: own(self.name),
                version: own(self.version),
            };
            bill.add(&self.reference.0, item);
        }
        for part in parts.into_iter().flatten() {
            part.add_to(bill);
        }
    }
}
