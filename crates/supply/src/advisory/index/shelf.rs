//! The part of an index that speaks of one ecosystem.
//!
//! In: the bytes of its section. Out: the advisories of a package, found by its name in the order of names; only what is asked for is
//! read.

use super::IndexError;
use super::build::flag;
use super::bytes::{Cursor, Malformed, utf8};
use super::ids::Prefixes;
use crate::advisory::exploit::Exploit;
use crate::advisory::range::{AffectedVersions, Event, RangeKind};
use crate::advisory::severity::Rating;
use crate::ecosystem::Ecosystem;
use bartizan_model::Severity;
use std::ops::Range;

/// Names that are written one after the other without what they share.
pub(super) const GROUP: usize = 16;
/// Bytes before the advisories.
pub(super) const HEAD: usize = 16;

/// What is known of one ecosystem.
pub struct Shelf {
    bytes: Vec<u8>,
    entries: Range<usize>,
    names: Range<usize>,
    groups: Range<usize>,
    releases: Vec<Box<str>>,
    prefixes: Prefixes,
}

/// An advisory, without the packages that it speaks of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Advisory {
    /// Its id.
    pub id: String,
    /// Other ids of the same vulnerability.
    pub aliases: Vec<String>,
    /// Ids of the vulnerabilities that a distribution's advisory answers to.
    pub upstream: Vec<String>,
    /// How bad it is.
    pub rating: Rating,
    /// What is known of exploitation of any of these ids.
    pub exploit: Exploit,
}

/// What is known of one package.
#[derive(Debug, Clone, Copy)]
pub struct Package<'a> {
    entries: Cursor<'a>,
    releases: &'a [Box<str>],
}

/// One entry of an advisory about the package.
#[derive(Debug, Clone, Default)]
pub struct Listed<'a> {
    /// The release or repository that it is narrowed to, the suffix of the ecosystem; after a blank the stream of a module.
    pub release: Option<&'a str>,
    /// How bad it is there, where that is said.
    pub rating: Option<Rating>,
    /// Ranges of versions.
    pub ranges: Vec<(RangeKind, Vec<Event<'a>>)>,
    /// Listed versions that lie in no range.
    pub versions: Vec<String>,
    /// Whether there is a range of commits.
    pub commits: bool,
    pub(super) imports: Option<u64>,
}

impl Listed<'_> {
    /// Its versions, ready to be asked.
    #[must_use]
    pub fn compile(&self, ecosystem: &Ecosystem) -> AffectedVersions {
        let commits = self.commits.then_some((RangeKind::Git, &[][..]));
        let ranges = self
            .ranges
            .iter()
            .map(|(kind, events)| (*kind, events.as_slice()));
        AffectedVersions::compile(
            ecosystem,
            ranges.chain(commits),
            self.versions.iter().map(String::as_str),
        )
    }
}

impl Shelf {
    pub(super) fn open(bytes: Vec<u8>, prefixes: Prefixes) -> Result<Self, IndexError> {
        let mut cursor = Cursor(&bytes);
        let mut starts = [0; 4];
        for start in &mut starts {
            *start = usize::try_from(cursor.u32()?).map_err(|_| Malformed)?;
        }
        let [entries, names, groups, releases] = starts;
        if !(HEAD <= entries && entries <= names && names <= groups && groups <= releases) {
            return Err(Malformed.into());
        }
        let mut cursor = Cursor(bytes.get(releases..).ok_or(Malformed)?);
        let count = cursor.count()?;
        let mut texts = Vec::with_capacity(count);
        for _ in 0..count {
            texts.push(cursor.text()?.into());
        }
        Ok(Self {
            entries: entries..names,
            names: names..groups,
            groups: groups..releases,
            releases: texts,
            prefixes,
            bytes,
        })
    }

    /// What is known of a package, by its name as [`crate::advisory::naming::name`] writes it.
    ///
    /// # Errors
    /// When the bytes are damaged.
    pub fn find(&self, name: &str) -> Result<Option<Package<'_>>, IndexError> {
        let groups = self.part(&self.groups)?;
        let (mut low, mut high) = (0, groups.len() / 4);
        // The last group that does not begin after the name.
        while low < high {
            let middle = low + (high - low) / 2;
            let mut group = self.group(groups, middle)?;
            if group.text()? <= name {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        match low.checked_sub(1) {
            Some(at) => Ok(self.find_in(self.group(groups, at)?, name)?),
            None => Ok(None),
        }
    }

    fn find_in(&self, mut group: Cursor<'_>, name: &str) -> Result<Option<Package<'_>>, Malformed> {
        let mut current = group.text()?.as_bytes().to_vec();
        let mut offset = usize::try_from(group.varint()?).map_err(|_| Malformed)?;
        for _ in 0..GROUP {
            let length = usize::try_from(group.varint()?).map_err(|_| Malformed)?;
            if current == name.as_bytes() {
                let entries = self.part(&self.entries)?.get(offset..).ok_or(Malformed)?;
                return Ok(Some(Package {
                    entries: Cursor(Cursor(entries).take(length)?),
                    releases: &self.releases,
                }));
            }
            offset = offset.checked_add(length).ok_or(Malformed)?;
            if group.0.is_empty() || utf8(&current)? > name {
                return Ok(None);
            }
            group.suffix(&mut current)?;
        }
        Ok(None)
    }

    fn group(&self, groups: &[u8], at: usize) -> Result<Cursor<'_>, Malformed> {
        let start = |at: usize| {
            let mut cursor = Cursor(groups.get(at * 4..).ok_or(Malformed)?);
            usize::try_from(cursor.u32()?).map_err(|_| Malformed)
        };
        let names = self.part(&self.names)?;
        let from = start(at)?;
        let to = start(at + 1).unwrap_or(names.len());
        names.get(from..to).map(Cursor).ok_or(Malformed)
    }

    fn part(&self, range: &Range<usize>) -> Result<&[u8], Malformed> {
        self.bytes.get(range.clone()).ok_or(Malformed)
    }

    /// The advisory at a place that an entry names.
    ///
    /// # Errors
    /// When the bytes are damaged.
    pub fn advisory(&self, at: u64) -> Result<Advisory, IndexError> {
        let at = usize::try_from(at).map_err(|_| Malformed)?;
        let end = self.entries.start;
        Ok(self.read_advisory(Cursor(self.bytes.get(at..end).ok_or(Malformed)?))?)
    }

    fn read_advisory(&self, mut cursor: Cursor<'_>) -> Result<Advisory, Malformed> {
        let flags = cursor.u8()?;
        let id = self.prefixes.get(&mut cursor)?;
        let mut rating = Rating::default();
        if flags & flag::SCORE != 0 {
            (rating.score, rating.automatable) = score(cursor.u8()?);
        }
        rating.total_impact = flags & flag::TOTAL != 0;
        if flags & flag::WORD != 0 {
            rating.word = word(cursor.u8()?);
        }
        let mut exploit = Exploit {
            known: flags & flag::KNOWN != 0,
            ransomware: flags & flag::RANSOMWARE != 0,
            probability: None,
        };
        if flags & flag::PREDICTED != 0 {
            exploit.probability = u16::try_from(cursor.varint()?).ok();
        }
        let mut ids = |present: bool| -> Result<Vec<String>, Malformed> {
            let count = if present { cursor.count()? } else { 0 };
            (0..count).map(|_| self.prefixes.get(&mut cursor)).collect()
        };
        Ok(Advisory {
            aliases: ids(flags & flag::ALIASES != 0)?,
            upstream: ids(flags & flag::UPSTREAM != 0)?,
            id,
            rating,
            exploit,
        })
    }
}

impl<'a> Package<'a> {
    /// The entries about the package whose release or repository `wants` takes, by the place of their advisory. Of the others
    /// nothing is decoded.
    ///
    /// # Errors
    /// When the bytes are damaged.
    pub fn listed(
        &self,
        mut wants: impl FnMut(Option<&str>) -> bool,
        mut each: impl FnMut(u64, Listed<'a>) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        let mut cursor = self.entries;
        for _ in 0..cursor.count()? {
            let advisory = cursor.varint()?;
            let mut body = None;
            for _ in 0..cursor.count()? {
                let mut listed = self.read_head(&mut cursor, &mut body)?;
                if wants(listed.release) {
                    body.ok_or(Malformed)?.decode(&mut listed)?;
                    each(advisory, listed)?;
                }
            }
        }
        Ok(())
    }

    /// What stands before the body of an entry, and the body where it is not that of the entry before.
    fn read_head(
        &self,
        cursor: &mut Cursor<'a>,
        body: &mut Option<Body<'a>>,
    ) -> Result<Listed<'a>, Malformed> {
        let flags = cursor.u8()?;
        let mut listed = Listed {
            commits: flags & flag::COMMITS != 0,
            ..Listed::default()
        };
        if flags & flag::RELEASE != 0 {
            let at = usize::try_from(cursor.varint()?).map_err(|_| Malformed)?;
            listed.release = Some(self.releases.get(at).ok_or(Malformed)?);
        }
        if flags & flag::RATING != 0 {
            let (score, automatable) = score(cursor.u8()?);
            let last = cursor.u8()?;
            listed.rating = Some(Rating {
                score,
                word: word(last & !flag::TOTAL),
                automatable,
                total_impact: last & flag::TOTAL != 0,
            });
        }
        if flags & flag::IMPORTS != 0 {
            listed.imports = Some(cursor.varint()?);
        }
        if flags & flag::AS_BEFORE == 0 {
            *body = Some(Body {
                flags,
                cursor: *cursor,
            });
            Body::pass(flags, cursor)?;
        }
        Ok(listed)
    }
}

/// Ranges and versions of an entry, not decoded yet.
#[derive(Clone, Copy)]
struct Body<'a> {
    flags: u8,
    cursor: Cursor<'a>,
}

impl<'a> Body<'a> {
    fn decode(self, listed: &mut Listed<'a>) -> Result<(), Malformed> {
        let mut cursor = self.cursor;
        let count = Self::ranges(self.flags, &mut cursor)?;
        listed.ranges.reserve_exact(count);
        for _ in 0..count {
            listed.ranges.push(read_range(&mut cursor)?);
        }
        if self.flags & flag::VERSIONS != 0 {
            listed.versions = read_versions(&mut cursor)?;
        }
        Ok(())
    }

    /// Moves behind a body without decoding it.
    fn pass(flags: u8, cursor: &mut Cursor<'a>) -> Result<(), Malformed> {
        for _ in 0..Self::ranges(flags, cursor)? {
            let events = cursor.varint()? >> 1;
            for _ in 0..events {
                let length = match cursor.u8()? & 0x3f {
                    0x3f => cursor.count()?,
                    length => usize::from(length),
                };
                cursor.take(length)?;
            }
        }
        if flags & flag::VERSIONS != 0 {
            for _ in 0..cursor.count()? {
                cursor.varint()?;
                let rest = cursor.count()?;
                cursor.take(rest)?;
            }
        }
        Ok(())
    }

    fn ranges(flags: u8, cursor: &mut Cursor<'_>) -> Result<usize, Malformed> {
        if flags & flag::ONE_RANGE != 0 {
            Ok(1)
        } else {
            cursor.count()
        }
    }
}

fn read_range<'a>(cursor: &mut Cursor<'a>) -> Result<(RangeKind, Vec<Event<'a>>), Malformed> {
    let head = cursor.varint()?;
    let kind = if head & 1 == 0 {
        RangeKind::Ecosystem
    } else {
        RangeKind::SemVer
    };
    let count = usize::try_from(head >> 1).map_err(|_| Malformed)?;
    if count > cursor.0.len() {
        return Err(Malformed);
    }
    let mut events = Vec::with_capacity(count);
    for _ in 0..count {
        let head = cursor.u8()?;
        let version = match head & 0x3f {
            0 => "0",
            0x3f => cursor.text()?,
            length => cursor.utf8(usize::from(length))?,
        };
        events.push(match head >> 6 {
            0 => Event::Introduced(version),
            1 => Event::Fixed(version),
            2 => Event::LastAffected(version),
            _ => Event::Limit(version),
        });
    }
    Ok((kind, events))
}

fn read_versions(cursor: &mut Cursor<'_>) -> Result<Vec<String>, Malformed> {
    let count = cursor.count()?;
    let mut current = Vec::new();
    let mut versions = Vec::with_capacity(count);
    for _ in 0..count {
        cursor.suffix(&mut current)?;
        versions.push(utf8(&current)?.to_owned());
    }
    Ok(versions)
}

/// A score, where there is one, and whether attacks can be automated.
fn score(byte: u8) -> (Option<u8>, bool) {
    let score = byte & !flag::AUTOMATABLE;
    ((score <= 100).then_some(score), byte & flag::AUTOMATABLE != 0)
}

fn word(byte: u8) -> Option<Severity> {
    Severity::ALL.get(usize::from(byte)).copied()
}
