//! Writing an index.
//!
//! In: records, and what is known of exploitation. Out: the bytes of the file. Of records with the same id the one that was changed
//! last counts, and of those that were changed at the same time the first that was added; their order makes no other difference.
//! Listed versions that lie in a range of the same entry are left out: the range answers the same.

use super::bytes::{Cursor, Malformed, put_count, put_suffix, put_text, put_varint, utf8};
use super::ids::PrefixWriter;
use super::origin::{self, Origin};
use super::shelf::{GROUP, HEAD};
use super::{Counts, IDS, IMPORTS, MAGIC, SOURCES, VERSION};
use crate::advisory::exploit::Exploits;
use crate::advisory::module;
use crate::advisory::naming;
use crate::advisory::range::{AffectedVersions, Event, Membership, RangeKind};
use crate::advisory::record::{Affected, Import, Record, RecordRange};
use crate::advisory::severity::Rating;
use crate::ecosystem::Ecosystem;
use bartizan_model::{Severity, Timestamp};
use std::collections::{BTreeMap, HashMap};

/// Bits of an advisory's and of an entry's first byte.
pub(super) mod flag {
    pub(in super::super) const SCORE: u8 = 1;
    pub(in super::super) const WORD: u8 = 2;
    pub(in super::super) const KNOWN: u8 = 4;
    pub(in super::super) const RANSOMWARE: u8 = 8;
    pub(in super::super) const PREDICTED: u8 = 16;
    pub(in super::super) const ALIASES: u8 = 32;
    pub(in super::super) const UPSTREAM: u8 = 64;
    pub(in super::super) const TOTAL: u8 = 128;

    /// In the byte of a score, which is 100 at most.
    pub(in super::super) const AUTOMATABLE: u8 = 128;

    pub(in super::super) const RELEASE: u8 = 1;
    pub(in super::super) const RATING: u8 = 2;
    pub(in super::super) const IMPORTS: u8 = 4;
    pub(in super::super) const COMMITS: u8 = 8;
    pub(in super::super) const VERSIONS: u8 = 16;
    pub(in super::super) const AS_BEFORE: u8 = 32;
    pub(in super::super) const ONE_RANGE: u8 = 64;
}

/// Where a rating has no score: more than the greatest of them.
pub(super) const NO_SCORE: u8 = 0x7f;
/// Where a rating has no word.
pub(super) const NO_WORD: u8 = 0x7f;

/// Collects records for an index.
#[derive(Default)]
pub struct Builder {
    records: HashMap<Box<str>, Kept>,
    unknown_ecosystem: u64,
    newest: Option<Timestamp>,
    origins: Vec<Origin>,
}

/// An index is larger than its form allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the advisories of one ecosystem take more than four gigabytes")]
pub struct TooLarge;

/// What an index needs of a record.
struct Kept {
    modified: Option<Timestamp>,
    withdrawn: bool,
    aliases: Vec<Box<str>>,
    upstream: Vec<Box<str>>,
    rating: Rating,
    affected: Vec<KeptAffected>,
}

struct KeptAffected {
    ecosystem: &'static str,
    release: Option<Box<str>>,
    name: Box<str>,
    rating: Rating,
    imports: Vec<Import>,
    /// COMMITS, VERSIONS and ONE_RANGE.
    flags: u8,
    /// Ranges and versions, as they are written.
    body: Box<[u8]>,
}

impl Builder {
    /// Without records.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a record.
    pub fn add(&mut self, record: Record) {
        self.newest = self.newest.max(record.modified);
        if let Some(known) = self.records.get(record.id.as_str())
            && known.modified >= record.modified
        {
            return;
        }
        let mut affected = Vec::new();
        if !record.withdrawn {
            for one in record.affected {
                match Ecosystem::parse(&one.ecosystem) {
                    Ok(ecosystem) => affected.push(KeptAffected::of(&ecosystem, one)),
                    Err(_) => self.unknown_ecosystem += 1,
                }
            }
        }
        let boxed = |ids: Vec<String>| ids.into_iter().map(String::into_boxed_str).collect();
        let kept = Kept {
            modified: record.modified,
            withdrawn: record.withdrawn,
            aliases: boxed(record.aliases),
            upstream: boxed(record.upstream),
            rating: record.rating,
            affected,
        };
        self.records.insert(record.id.into(), kept);
    }

    /// Says where records, or what is known of exploitation, came from.
    pub fn came_from(&mut self, origin: Origin) {
        self.origins.push(origin);
    }

    /// Records so far, those that were taken back included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The bytes of the index.
    ///
    /// # Errors
    /// When the advisories of one ecosystem take more than four gigabytes.
    pub fn finish(self, exploits: &Exploits, built: Timestamp) -> Result<Vec<u8>, TooLarge> {
        let mut in_use: Vec<(&str, &Kept)> = self
            .records
            .iter()
            .filter(|(_, kept)| !kept.affected.is_empty())
            .map(|(id, kept)| (&**id, kept))
            .collect();
        in_use.sort_by_key(|(id, _)| *id);
        let others = in_use
            .iter()
            .flat_map(|(_, kept)| kept.aliases.iter().chain(&kept.upstream));
        let ids = in_use.iter().map(|(id, _)| *id);
        let writer = Writer {
            prefixes: PrefixWriter::new(ids.chain(others.map(|id| &**id))),
            exploits,
            records: &in_use,
        };
        let mut imports = Imports::default();
        let mut sections = Vec::new();
        let mut packages = 0;
        for (ecosystem, by_name) in by_package(&in_use) {
            packages += by_name.len() as u64;
            let bytes = writer.shelf(&by_name, &mut imports)?;
            sections.push((ecosystem, bytes, by_name.len() as u64));
        }
        let records = in_use.len() as u64;
        sections.push((IDS, writer.prefixes.into_bytes(), 0));
        sections.push((IMPORTS, imports.bytes, 0));
        sections.push((SOURCES, origin::write(&self.origins), 0));
        let counts = Counts {
            built: Some(built),
            newest: self.newest,
            records,
            withdrawn: self.records.values().filter(|kept| kept.withdrawn).count() as u64,
            packages,
            unknown_ecosystem: self.unknown_ecosystem,
            exploited: exploits.known,
            exploited_date: exploits.known_date,
            predicted: exploits.predicted,
            predicted_date: exploits.predicted_date,
        };
        file(&counts, &sections)
    }
}

impl KeptAffected {
    fn of(ecosystem: &Ecosystem, affected: Affected) -> Self {
        let is_judged = |range: &&RecordRange| range.kind != RangeKind::Git;
        let ranges: Vec<(RangeKind, Vec<Event<'_>>)> = affected
            .ranges
            .iter()
            .filter(is_judged)
            .map(|range| {
                let events = range.events.iter().map(|event| event.as_event());
                (range.kind, events.collect())
            })
            .collect();
        let compiled = AffectedVersions::compile(
            ecosystem,
            ranges.iter().map(|(kind, events)| (*kind, events.as_slice())),
            [],
        );
        let mut versions: Vec<&str> = affected.versions.iter().map(String::as_str).collect();
        versions.retain(|version| compiled.contains(version) != Membership::Affected);
        versions.sort_unstable();
        versions.dedup();

        let mut flags = 0;
        if ranges.len() < affected.ranges.len() {
            flags |= flag::COMMITS;
        }
        let mut body = Vec::new();
        if ranges.len() == 1 {
            flags |= flag::ONE_RANGE;
        } else {
            put_count(&mut body, ranges.len());
        }
        for (kind, events) in &ranges {
            put_range(&mut body, *kind, events);
        }
        if !versions.is_empty() {
            flags |= flag::VERSIONS;
            put_count(&mut body, versions.len());
            let mut before = "";
            for version in versions {
                put_suffix(&mut body, before, version);
                before = version;
            }
        }
        Self {
            ecosystem: ecosystem.name(),
            release: module::joined(ecosystem.suffix(), affected.stream.as_deref()).map(Box::from),
            name: naming::name(ecosystem.name(), &affected.name).into(),
            rating: affected.rating,
            imports: affected.imports,
            flags,
            body: body.into(),
        }
    }
}

fn put_range(out: &mut Vec<u8>, kind: RangeKind, events: &[Event<'_>]) {
    put_varint(
        out,
        (events.len() as u64) << 1 | u64::from(kind == RangeKind::SemVer),
    );
    for event in events {
        let (kind, version) = match event {
            Event::Introduced(version) => (0, version),
            Event::Fixed(version) => (1, version),
            Event::LastAffected(version) => (2, version),
            Event::Limit(version) => (3, version),
        };
        match u8::try_from(version.len()) {
            _ if *version == "0" => out.push(kind << 6),
            Ok(length @ 1..=0x3e) => {
                out.push(kind << 6 | length);
                out.extend_from_slice(version.as_bytes());
            }
            _ => {
                out.push(kind << 6 | 0x3f);
                put_text(out, version);
            }
        }
    }
}

/// For each ecosystem and name: the records, each with its entries about that package.
type ByName<'a> = BTreeMap<&'a str, Vec<(usize, Vec<&'a KeptAffected>)>>;

fn by_package<'a>(records: &[(&str, &'a Kept)]) -> BTreeMap<&'static str, ByName<'a>> {
    let mut all: BTreeMap<&'static str, ByName<'a>> = BTreeMap::new();
    for (number, (_, kept)) in records.iter().enumerate() {
        for affected in &kept.affected {
            let name = all
                .entry(affected.ecosystem)
                .or_default()
                .entry(&affected.name)
                .or_default();
            match name.last_mut() {
                Some((last, entries)) if *last == number => entries.push(affected),
                _ => name.push((number, vec![affected])),
            }
        }
    }
    all
}

struct Writer<'a> {
    prefixes: PrefixWriter,
    exploits: &'a Exploits,
    records: &'a [(&'a str, &'a Kept)],
}

impl Writer<'_> {
    fn shelf(&self, by_name: &ByName<'_>, imports: &mut Imports) -> Result<Vec<u8>, TooLarge> {
        let releases = releases(by_name);
        let places: HashMap<&str, usize> = releases
            .iter()
            .enumerate()
            .map(|(at, release)| (*release, at))
            .collect();
        let (mut advisories, mut entries, mut names, mut groups) =
            (vec![0; HEAD], Vec::new(), Vec::new(), Vec::new());
        let mut advisory_places: HashMap<usize, u64> = HashMap::new();
        let mut before = "";
        for (number, (name, records)) in by_name.iter().enumerate() {
            let start = entries.len();
            put_count(&mut entries, records.len());
            for (record, affected) in records {
                let place = *advisory_places.entry(*record).or_insert_with(|| {
                    let place = advisories.len() as u64;
                    self.put_advisory(&mut advisories, *record);
                    place
                });
                put_varint(&mut entries, place);
                put_count(&mut entries, affected.len());
                let mut last: Option<&KeptAffected> = None;
                for one in affected {
                    put_listed(&mut entries, one, last, &places, imports);
                    last = Some(one);
                }
            }
            if number % GROUP == 0 {
                put_u32(&mut groups, names.len())?;
                put_text(&mut names, name);
                put_count(&mut names, start);
            } else {
                put_suffix(&mut names, before, name);
            }
            put_count(&mut names, entries.len() - start);
            before = name;
        }
        let mut bytes = Vec::new();
        let mut at = advisories.len();
        for part in [&entries, &names, &groups] {
            put_u32(&mut bytes, at)?;
            at += part.len();
        }
        put_u32(&mut bytes, at)?;
        bytes.extend_from_slice(advisories.get(HEAD..).unwrap_or_default());
        for part in [entries, names, groups] {
            bytes.extend_from_slice(&part);
        }
        put_count(&mut bytes, releases.len());
        for release in releases {
            put_text(&mut bytes, release);
        }
        Ok(bytes)
    }

    fn put_advisory(&self, out: &mut Vec<u8>, record: usize) {
        let Some((id, kept)) = self.records.get(record) else {
            return;
        };
        let ids = || {
            [*id]
                .into_iter()
                .chain(kept.aliases.iter().chain(&kept.upstream).map(|id| &**id))
        };
        let exploit = self.exploits.of(ids());
        let mut flags = 0;
        let conditions = [
            (flag::SCORE, kept.rating.score.is_some()),
            (flag::WORD, kept.rating.word.is_some()),
            (flag::KNOWN, exploit.known),
            (flag::RANSOMWARE, exploit.ransomware),
            (flag::PREDICTED, exploit.probability.is_some()),
            (flag::ALIASES, !kept.aliases.is_empty()),
            (flag::UPSTREAM, !kept.upstream.is_empty()),
            (flag::TOTAL, kept.rating.total_impact),
        ];
        for (bit, condition) in conditions {
            if condition {
                flags |= bit;
            }
        }
        out.push(flags);
        self.prefixes.put(out, id);
        out.extend(score_of(kept.rating));
        out.extend(kept.rating.word.map(place_of));
        if let Some(probability) = exploit.probability {
            put_varint(out, u64::from(probability));
        }
        for list in [&kept.aliases, &kept.upstream] {
            if !list.is_empty() {
                put_count(out, list.len());
                list.iter().for_each(|id| self.prefixes.put(out, id));
            }
        }
    }
}

/// Releases of an ecosystem, most used first.
fn releases<'a>(by_name: &ByName<'a>) -> Vec<&'a str> {
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    let entries = by_name.values().flatten().flat_map(|(_, entries)| entries);
    for release in entries.filter_map(|entry| entry.release.as_deref()) {
        *uses.entry(release).or_default() += 1;
    }
    let mut releases: Vec<(&str, usize)> = uses.into_iter().collect();
    releases.sort_by_key(|(_, uses)| std::cmp::Reverse(*uses));
    releases.into_iter().map(|(release, _)| release).collect()
}

fn put_listed(
    out: &mut Vec<u8>,
    one: &KeptAffected,
    before: Option<&KeptAffected>,
    releases: &HashMap<&str, usize>,
    imports: &mut Imports,
) {
    let release = one.release.as_deref().and_then(|release| releases.get(release));
    let shape = |entry: &KeptAffected| entry.flags & (flag::VERSIONS | flag::ONE_RANGE);
    let as_before = before.is_some_and(|before| before.body == one.body && shape(before) == shape(one));
    let mut flags = one.flags;
    let conditions = [
        (flag::RELEASE, release.is_some()),
        (flag::RATING, one.rating != Rating::default()),
        (flag::IMPORTS, !one.imports.is_empty()),
        (flag::AS_BEFORE, as_before),
    ];
    for (bit, condition) in conditions {
        if condition {
            flags |= bit;
        }
    }
    out.push(flags);
    if let Some(release) = release {
        put_count(out, *release);
    }
    if one.rating != Rating::default() {
        out.push(score_of(one.rating).unwrap_or(NO_SCORE));
        let total = if one.rating.total_impact { flag::TOTAL } else { 0 };
        out.push(one.rating.word.map_or(NO_WORD, place_of) | total);
    }
    if !one.imports.is_empty() {
        put_varint(out, imports.put(&one.name, &one.imports));
    }
    if !as_before {
        out.extend_from_slice(&one.body);
    }
}

/// The score, and whether attacks can be automated.
fn score_of(rating: Rating) -> Option<u8> {
    let automatable = if rating.automatable { flag::AUTOMATABLE } else { 0 };
    rating.score.map(|score| score | automatable)
}

fn place_of(word: Severity) -> u8 {
    let place = Severity::ALL.iter().position(|known| *known == word);
    place
        .and_then(|place| u8::try_from(place).ok())
        .unwrap_or(u8::MAX)
}

/// Packages and symbols of Go, the same ones once.
#[derive(Default)]
struct Imports {
    bytes: Vec<u8>,
    places: HashMap<Vec<u8>, u64>,
}

impl Imports {
    fn put(&mut self, package: &str, imports: &[Import]) -> u64 {
        let mut bytes = Vec::new();
        put_count(&mut bytes, imports.len());
        let mut path = package;
        for import in imports {
            put_suffix(&mut bytes, path, &import.path);
            path = &import.path;
            put_count(&mut bytes, import.symbols.len());
            let mut before = "";
            for symbol in &import.symbols {
                put_suffix(&mut bytes, before, symbol);
                before = symbol;
            }
        }
        if let Some(place) = self.places.get(&bytes) {
            return *place;
        }
        let place = self.bytes.len() as u64;
        self.bytes.extend_from_slice(&bytes);
        self.places.insert(bytes, place);
        place
    }
}

/// What [`Imports::put`] wrote at a place.
pub(super) fn read_imports(bytes: &[u8], at: u64, package: &str) -> Result<Vec<Import>, Malformed> {
    let at = usize::try_from(at).map_err(|_| Malformed)?;
    let mut cursor = Cursor(bytes.get(at..).ok_or(Malformed)?);
    let count = cursor.count()?;
    let mut path = package.as_bytes().to_vec();
    let mut imports = Vec::with_capacity(count);
    for _ in 0..count {
        cursor.suffix(&mut path)?;
        let count = cursor.count()?;
        let mut symbol = Vec::new();
        let mut symbols = Vec::with_capacity(count);
        for _ in 0..count {
            cursor.suffix(&mut symbol)?;
            symbols.push(utf8(&symbol)?.to_owned());
        }
        imports.push(Import {
            path: utf8(&path)?.to_owned(),
            symbols,
        });
    }
    Ok(imports)
}

fn file(counts: &Counts, sections: &[(&str, Vec<u8>, u64)]) -> Result<Vec<u8>, TooLarge> {
    let seconds = |at: Option<Timestamp>| {
        at.and_then(|at| u64::try_from(at.unix_seconds()).ok())
            .map_or(0, |seconds| seconds + 1)
    };
    let mut directory = Vec::new();
    for number in [
        seconds(counts.built),
        seconds(counts.newest),
        counts.records,
        counts.withdrawn,
        counts.packages,
        counts.unknown_ecosystem,
        counts.exploited,
        counts.predicted,
    ] {
        put_varint(&mut directory, number);
    }
    for date in [counts.exploited_date, counts.predicted_date] {
        put_text(
            &mut directory,
            &date.map_or_else(String::new, |date| date.to_string()),
        );
    }
    for (name, bytes, packages) in sections {
        put_text(&mut directory, name);
        put_count(&mut directory, bytes.len());
        put_varint(&mut directory, *packages);
        directory.extend_from_slice(blake3::hash(bytes).as_bytes());
    }
    let mut file = MAGIC.to_vec();
    file.extend_from_slice(&VERSION.to_le_bytes());
    put_u32(&mut file, directory.len())?;
    file.extend_from_slice(blake3::hash(&directory).as_bytes());
    file.extend_from_slice(&directory);
    for (_, bytes, _) in sections {
        file.extend_from_slice(bytes);
    }
    Ok(file)
}

fn put_u32(out: &mut Vec<u8>, number: usize) -> Result<(), TooLarge> {
    let number = u32::try_from(number).map_err(|_| TooLarge)?;
    out.extend_from_slice(&number.to_le_bytes());
    Ok(())
}
