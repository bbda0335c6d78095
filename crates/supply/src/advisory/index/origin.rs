//! Where an index was made from: kept in the index itself, so that it can never be said of another one.
//!
//! In: what `db update` read. Out: the section `#sources`, and the list again from it.

use super::bytes::{Cursor, Malformed, put_text, put_varint};

/// What was read there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OriginKind {
    /// Records in the form of OSV.
    Records,
    /// The catalogue of known exploited vulnerabilities.
    Known,
    /// The table of exploit predictions.
    Predicted,
}

impl OriginKind {
    const ALL: [Self; 3] = [Self::Records, Self::Known, Self::Predicted];

    /// One word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Records => "osv",
            Self::Known => "kev",
            Self::Predicted => "epss",
        }
    }
}

/// A place that an index was made from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// What was read there.
    pub kind: OriginKind,
    /// The path or address, without anything secret.
    pub place: String,
    /// How many files were read there; 1 where it is a file.
    pub files: u64,
}

pub(super) fn write(origins: &[Origin]) -> Vec<u8> {
    let mut out = Vec::new();
    for origin in origins {
        let kind = OriginKind::ALL.iter().position(|kind| *kind == origin.kind);
        put_varint(&mut out, kind.unwrap_or_default() as u64);
        put_varint(&mut out, origin.files);
        put_text(&mut out, &origin.place);
    }
    out
}

/// Kinds that this program does not know are left out: a newer one may have written them.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Origin>, Malformed> {
    let mut cursor = Cursor(bytes);
    let mut origins = Vec::new();
    while !cursor.0.is_empty() {
        let kind = usize::try_from(cursor.varint()?).map_err(|_| Malformed)?;
        let (files, place) = (cursor.varint()?, cursor.text()?.to_owned());
        if let Some(kind) = OriginKind::ALL.get(kind) {
            origins.push(Origin {
                kind: *kind,
                place,
                files,
            });
        }
    }
    Ok(origins)
}
