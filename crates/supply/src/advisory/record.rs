//! OSV records, <https://ossf.github.io/osv-schema/>.
//!
//! In: the bytes of one record. Out: [`Record`], with what is needed to match and to report. A field of another form than the schema's
//! is left out where it is not needed for matching; what matching needs and cannot be read makes the record unreadable, because a
//! record that is half read gives wrong answers that look right.

use super::module;
use super::range::{Event, RangeKind};
use super::severity::Rating;
use bartizan_model::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// Largest record, in bytes.
pub const LARGEST: usize = 32 << 20;
/// Longest id, name, ecosystem or version, in bytes.
pub const LONGEST_TEXT: usize = 4096;

/// One advisory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Its id.
    pub id: String,
    /// Other ids of the same vulnerability.
    pub aliases: Vec<String>,
    /// Ids of the vulnerabilities that a distribution's advisory answers to.
    pub upstream: Vec<String>,
    /// When it was published, where that is said.
    pub published: Option<Timestamp>,
    /// When it was last changed.
    pub modified: Option<Timestamp>,
    /// Whether it was taken back.
    pub withdrawn: bool,
    /// How bad it is.
    pub rating: Rating,
    /// The packages it speaks of.
    pub affected: Vec<Affected>,
}

/// One package that an advisory speaks of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Affected {
    /// Ecosystem, as the record spells it.
    pub ecosystem: String,
    /// Name, as the record spells it.
    pub name: String,
    /// Ranges of affected versions.
    pub ranges: Vec<RecordRange>,
    /// Affected versions that are listed.
    pub versions: Vec<String>,
    /// Packages and symbols of Go that the vulnerability lies in.
    pub imports: Vec<Import>,
    /// How bad it is in this package, where that is said.
    pub rating: Rating,
    /// Where it is fixed by a build in a module, the stream of the module (`nodejs:16`) that the record names.
    pub stream: Option<String>,
}

/// A range, its events in the order of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRange {
    /// What its versions are.
    pub kind: RangeKind,
    /// Its events.
    pub events: Vec<RecordEvent>,
}

/// An event, with its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordEvent {
    /// Affected from here on.
    Introduced(String),
    /// Fixed here.
    Fixed(String),
    /// Affected up to and with this.
    LastAffected(String),
    /// Nothing is said from here on.
    Limit(String),
}

/// A package of a Go module.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    /// Import path.
    pub path: String,
    /// Functions and methods; none means all of the package.
    pub symbols: Vec<String>,
}

/// Why a record cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// It is larger than [`LARGEST`].
    #[error("it has {0} bytes; a record has at most {LARGEST}")]
    TooLarge(usize),
    /// It is no JSON of the schema's form.
    #[error("it is no OSV record: {0}")]
    Form(String),
    /// It has no id, or one that cannot be used.
    #[error("its id is empty, too long or has control characters")]
    Id,
    /// A text that matching needs is longer than [`LONGEST_TEXT`].
    #[error("a name or version in it has {0} bytes; at most {LONGEST_TEXT} are read")]
    TooLong(usize),
}

impl Record {
    /// Reads one record.
    ///
    /// # Errors
    /// When it is too large, is no OSV record, or has no usable id.
    pub fn read(bytes: &[u8]) -> Result<Self, RecordError> {
        if bytes.len() > LARGEST {
            return Err(RecordError::TooLarge(bytes.len()));
        }
        let json: Json =
            serde_json::from_slice(bytes).map_err(|error| RecordError::Form(error.to_string()))?;
        json.into_record()
    }
}

impl RecordEvent {
    /// The event as the evaluation of ranges takes it.
    #[must_use]
    pub fn as_event(&self) -> Event<'_> {
        match self {
            Self::Introduced(version) => Event::Introduced(version),
            Self::Fixed(version) => Event::Fixed(version),
            Self::LastAffected(version) => Event::LastAffected(version),
            Self::Limit(version) => Event::Limit(version),
        }
    }
}

#[derive(Deserialize)]
struct Json {
    id: String,
    #[serde(default)]
    aliases: Option<Vec<String>>,
    #[serde(default)]
    upstream: Option<Vec<String>>,
    #[serde(default)]
    summary: Value,
    #[serde(default)]
    published: Value,
    #[serde(default)]
    modified: Value,
    #[serde(default)]
    withdrawn: Value,
    #[serde(default)]
    severity: Value,
    #[serde(default)]
    affected: Option<Vec<JsonAffected>>,
    #[serde(default)]
    database_specific: Value,
}

#[derive(Deserialize)]
struct JsonAffected {
    package: Option<JsonPackage>,
    #[serde(default)]
    ranges: Option<Vec<JsonRange>>,
    #[serde(default)]
    versions: Option<Vec<String>>,
    #[serde(default)]
    severity: Value,
    #[serde(default)]
    ecosystem_specific: Value,
    #[serde(default)]
    database_specific: Value,
}

#[derive(Deserialize)]
struct JsonPackage {
    ecosystem: String,
    name: String,
}

#[derive(Deserialize)]
struct JsonRange {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    events: Vec<JsonEvent>,
}

#[derive(Deserialize)]
struct JsonEvent {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
    limit: Option<String>,
}

impl Json {
    fn into_record(self) -> Result<Record, RecordError> {
        if !is_id(&self.id) {
            return Err(RecordError::Id);
        }
        let others = |ids: Option<Vec<String>>| {
            let mut ids: Vec<String> = ids.unwrap_or_default();
            ids.retain(|id| is_id(id) && *id != self.id);
            ids.sort();
            ids.dedup();
            ids
        };
        let words = [field(&self.database_specific, "severity")];
        let mut affected = Vec::new();
        let stream = self.summary.as_str().and_then(module::named_in);
        for one in self.affected.into_iter().flatten() {
            affected.extend(one.into_affected(stream)?);
        }
        Ok(Record {
            aliases: others(self.aliases),
            upstream: others(self.upstream),
            published: time(&self.published),
            modified: time(&self.modified),
            withdrawn: self.withdrawn.as_str().is_some_and(|text| !text.is_empty()),
            rating: rating(&self.severity, words),
            affected,
            id: self.id,
        })
    }
}

impl JsonAffected {
    /// None where no package is named: such an entry speaks of repositories alone.
    fn into_affected(self, stream: Option<&str>) -> Result<Option<Affected>, RecordError> {
        let Some(package) = self.package else {
            return Ok(None);
        };
        let mut ranges = Vec::new();
        for range in self.ranges.into_iter().flatten() {
            ranges.extend(range.into_range()?);
        }
        if package.ecosystem == "Go" {
            by_release(&mut ranges, field(&self.ecosystem_specific, "custom_ranges"))?;
        }
        let versions = self.versions.unwrap_or_default();
        for text in versions.iter().chain([&package.ecosystem, &package.name]) {
            bounded(text)?;
        }
        let words = [
            field(&self.ecosystem_specific, "severity"),
            field(&self.ecosystem_specific, "urgency"),
            field(&self.database_specific, "severity"),
        ];
        let cvss = field(&self.database_specific, "cvss").clone();
        let severity = if self.severity.is_null() {
            Value::Array(vec![serde_json::json!({ "score": cvss })])
        } else {
            self.severity
        };
        let mut events = ranges.iter().flat_map(|range: &RecordRange| &range.events);
        let is_modular =
            events.any(|event| matches!(event, RecordEvent::Fixed(version) if module::is_modular(version)));
        Ok(Some(Affected {
            stream: stream.filter(|_| is_modular).map(str::to_owned),
            rating: rating(&severity, words),
            imports: imports(field(&self.ecosystem_specific, "imports"))?,
            ecosystem: package.ecosystem,
            name: package.name,
            ranges,
            versions,
        }))
    }
}

impl JsonRange {
    /// None for a kind that the schema does not define.
    fn into_range(self) -> Result<Option<RecordRange>, RecordError> {
        let kind = match self.kind.as_str() {
            "ECOSYSTEM" => RangeKind::Ecosystem,
            "SEMVER" => RangeKind::SemVer,
            "GIT" => RangeKind::Git,
            _ => return Ok(None),
        };
        let mut events = Vec::with_capacity(self.events.len());
        for event in self.events {
            let all = [
                event.introduced.map(RecordEvent::Introduced),
                event.fixed.map(RecordEvent::Fixed),
                event.last_affected.map(RecordEvent::LastAffected),
                event.limit.map(RecordEvent::Limit),
            ];
            events.extend(all.into_iter().flatten());
        }
        for event in &events {
            let (Event::Introduced(text)
            | Event::Fixed(text)
            | Event::LastAffected(text)
            | Event::Limit(text)) = event.as_event();
            bounded(text)?;
        }
        Ok(Some(RecordRange { kind, events }))
    }
}

/// Takes ranges of the project's releases where the Go vulnerability database has them beside those of the module: it does where a
/// project's tags are none of a module (`controller-v1.11.5`), and then calls every version of the module affected, because none that
/// the module can have is fixed, <https://go.dev/doc/security/vuln/database>. Releases are then judged by their own ranges, and what the
/// module can have, versions before `0.0.0` with the time of a commit, stays affected.
fn by_release(ranges: &mut Vec<RecordRange>, custom: &Value) -> Result<(), RecordError> {
    let custom: Vec<JsonRange> = serde_json::from_value(custom.clone()).unwrap_or_default();
    let mut releases = Vec::new();
    for range in custom {
        releases.extend(range.into_range()?.filter(is_of_releases));
    }
    if releases.is_empty() {
        return Ok(());
    }
    for range in ranges.iter_mut() {
        if matches!(range.events.as_slice(), [RecordEvent::Introduced(from)] if from == "0") {
            range.events.push(RecordEvent::Limit("0.0.0".to_owned()));
        }
    }
    ranges.extend(releases.into_iter().map(|range| RecordRange {
        kind: RangeKind::SemVer,
        ..range
    }));
    Ok(())
}

/// Whether every version of a range is `0` or begins with three numbers.
fn is_of_releases(range: &RecordRange) -> bool {
    let is_release = |event: &RecordEvent| {
        let (Event::Introduced(text) | Event::Fixed(text) | Event::LastAffected(text) | Event::Limit(text)) =
            event.as_event();
        let numbers = text.split(['-', '+']).next().unwrap_or_default().split('.');
        let are_numbers = numbers.clone().all(|part| part.parse::<u64>().is_ok());
        text == "0" || (are_numbers && numbers.count() == 3)
    };
    !range.events.is_empty() && range.events.iter().all(is_release)
}

fn imports(value: &Value) -> Result<Vec<Import>, RecordError> {
    let mut imports = Vec::new();
    for one in value.as_array().into_iter().flatten() {
        let Some(path) = field(one, "path").as_str() else {
            continue;
        };
        bounded(path)?;
        let symbols = field(one, "symbols").as_array().into_iter().flatten();
        let mut symbols: Vec<String> = symbols.filter_map(Value::as_str).map(str::to_owned).collect();
        for symbol in &symbols {
            bounded(symbol)?;
        }
        symbols.sort();
        symbols.dedup();
        imports.push(Import {
            path: path.to_owned(),
            symbols,
        });
    }
    imports.sort();
    imports.dedup();
    Ok(imports)
}

fn rating<'a>(severity: &'a Value, words: impl IntoIterator<Item = &'a Value>) -> Rating {
    let entries = severity.as_array().map_or(&[][..], Vec::as_slice);
    // Ubuntu gives its word as a score of the type `Ubuntu`.
    let scores = || entries.iter().filter_map(|entry| field(entry, "score").as_str());
    Rating::of(
        scores(),
        words.into_iter().filter_map(Value::as_str).chain(scores()),
    )
}

/// A member of an object; null where there is none, or no object.
fn field<'a>(value: &'a Value, name: &str) -> &'a Value {
    value.get(name).unwrap_or(&Value::Null)
}

fn time(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

fn is_id(text: &str) -> bool {
    (1..=256).contains(&text.len()) && !text.chars().any(|c| c.is_control() || c.is_whitespace())
}

const fn bounded(text: &str) -> Result<(), RecordError> {
    if text.len() > LONGEST_TEXT {
        Err(RecordError::TooLong(text.len()))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::Severity;

    #[test]
    fn what_matching_and_reporting_need_is_read() {
        let record = Record::read(
            br#"{"id":"GO-1","aliases":["CVE-2020-1","GO-1"],"modified":"2024-01-02T03:04:05.678Z","withdrawn":null,
            "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
            "affected":[{"package":{"ecosystem":"Go","name":"example.com/m"},
              "ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.0"}]},{"type":"GIT","events":[]}],
              "versions":["1.0.0"],
              "ecosystem_specific":{"imports":[{"path":"example.com/m/p","symbols":["B","A"]}]}},
             {"ranges":[]}]}"#,
        )
        .unwrap();
        assert_eq!(record.aliases, ["CVE-2020-1"]);
        assert!(!record.withdrawn);
        assert_eq!(record.modified.unwrap().to_string(), "2024-01-02T03:04:05Z");
        assert_eq!(record.rating.severity(), Some(Severity::Critical));
        let [affected] = record.affected.as_slice() else {
            panic!("{:?}", record.affected)
        };
        assert_eq!(affected.ranges[0].events[1], RecordEvent::Fixed("1.2.0".into()));
        assert_eq!(affected.ranges[1].kind, RangeKind::Git);
        assert_eq!(affected.imports[0].symbols, ["A", "B"]);
    }

    #[test]
    fn releases_of_a_project_whose_tags_are_none_of_a_module_are_judged_by_their_own_ranges() {
        let record = |custom: &str| {
            let text = format!(
                r#"{{"id":"GO-1","affected":[{{"package":{{"ecosystem":"Go","name":"example.com/m"}},
                "ranges":[{{"type":"SEMVER","events":[{{"introduced":"0"}}]}}],
                "ecosystem_specific":{{"custom_ranges":[{{"type":"ECOSYSTEM","events":[{custom}]}}]}}}}]}}"#
            );
            Record::read(text.as_bytes()).unwrap().affected[0].ranges.clone()
        };
        let ranges = record(r#"{"introduced":"0"},{"fixed":"1.11.5"},{"introduced":"1.12.0-beta.0"}"#);
        assert_eq!(ranges[0].events[1], RecordEvent::Limit("0.0.0".into()));
        assert_eq!((ranges[1].kind, ranges[1].events.len()), (RangeKind::SemVer, 3));
        // An order that is none of semantic versions says nothing here.
        let ranges = record(r#"{"introduced":"0"},{"fixed":"edge-24.6.2"}"#);
        assert_eq!((ranges.len(), ranges[0].events.len()), (1, 1));
    }

    #[test]
    fn words_stand_in_for_vectors_wherever_databases_put_them() {
        for text in [
            r#"{"id":"A","database_specific":{"severity":"HIGH"}}"#,
            r#"{"id":"A","severity":[{"type":"Ubuntu","score":"high"}]}"#,
        ] {
            assert_eq!(
                Record::read(text.as_bytes()).unwrap().rating.severity(),
                Some(Severity::High),
                "{text}"
            );
        }
        let text = r#"{"id":"A","affected":[{"package":{"ecosystem":"Debian:12","name":"x"},"ecosystem_specific":{"urgency":"unimportant"}}]}"#;
        let record = Record::read(text.as_bytes()).unwrap();
        assert_eq!(record.affected[0].rating.severity(), Some(Severity::Info));
    }

    #[test]
    fn hostile_records_are_refused_and_say_why() {
        let deep = format!("{{\"id\":\"A\",\"x\":{}", "[".repeat(100_000));
        let long = format!(
            r#"{{"id":"A","affected":[{{"package":{{"ecosystem":"npm","name":"{}"}}}}]}}"#,
            "a".repeat(5000)
        );
        for text in [
            "",
            "{",
            "[]",
            "null",
            "{}",
            r#"{"id":""}"#,
            r#"{"id":"a\nb"}"#,
            r#"{"id":7}"#,
            &deep,
            &long,
        ] {
            assert!(Record::read(text.as_bytes()).is_err(), "{text:.60}");
        }
        assert!(Record::read(b"{\"id\":\"\xff\"}").is_err());
    }
}
