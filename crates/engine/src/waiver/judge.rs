//! Sets waivers on findings and judges the waivers.

use super::candidate::{Candidate, Standing};
use super::file::FileWaiver;
use super::rules;
use crate::InlineWaiver;
use crate::suggest::did_you_mean;
use bartizan_model::{AssetId, Date, Finding, FingerprintBuilder, Fix, RuleInfo};
use std::collections::{HashMap, HashSet};

/// What a waiver must keep to.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// The present day.
    pub today: Date,
    /// Days ahead that a waiver of a finding of severity high or critical may reach.
    pub max_days: u64,
}

/// What was looked at, so that a waiver of something that was not is not called unused.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// Ids of every rule there is.
    pub known: &'a HashSet<String>,
    /// Ids of the rules that were in force.
    pub in_force: &'a HashSet<String>,
    /// Whether the files looked at are as they stand now, not versions from history.
    pub present: bool,
    /// Whether the scan looked at every file that the waiver file speaks of.
    pub whole: bool,
    /// Directory of the target, relative to the waiver file's: empty, or ending with `/`.
    pub prefix: &'a str,
}

/// What came of applying waivers.
#[derive(Debug, Default)]
pub struct Applied {
    /// The findings given, with their waivers, and after them the findings about waivers.
    pub findings: Vec<Finding>,
    /// For each entry of the waiver file: how many findings it covers.
    pub used: Vec<usize>,
    /// For each entry of the waiver file: the rule of the finding that speaks of it, if one does.
    pub faults: Vec<Option<&'static str>>,
}

/// What became of a waiver.
#[derive(Clone, Copy, Default)]
struct Outcome {
    covered: usize,
    undated: usize,
    distant: usize,
    /// Findings it matches and does not cover, for another reason.
    void: usize,
}

/// What is wrong with a waiver.
struct Fault {
    rule: &'static str,
    message: String,
}

/// Sets the waiver of every finding that one covers, and adds the findings about waivers.
#[must_use]
pub fn apply(
    mut findings: Vec<Finding>,
    inline: &[(String, InlineWaiver)],
    file: &[FileWaiver],
    terms: Terms,
    scope: Scope<'_>,
) -> Applied {
    let comments = Judged::of(comments(inline));
    let entries = Judged::of(file.iter().map(Candidate::of_entry).collect());
    let (mut comments, mut entries) = (comments, entries);
    let mut beside: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, (candidate, _)) in comments.0.iter().enumerate() {
        beside
            .entry(candidate.location.path.clone())
            .or_default()
            .push(index);
    }
    for finding in &mut findings {
        entries.cover_by_entry(finding, terms, scope.prefix);
        comments.cover_by_comment(finding, terms, &beside);
    }
    let manuals = rules::all();
    let mut about = comments
        .faults(terms, scope, &manuals)
        .into_iter()
        .flatten()
        .collect::<Vec<_>>();
    let of_entries = entries.faults(terms, scope, &manuals);
    let faults = of_entries
        .iter()
        .map(|finding| finding.as_ref().and_then(|f| manuals_id(&f.rule)))
        .collect();
    about.extend(of_entries.into_iter().flatten());
    findings.append(&mut about);
    Applied {
        findings,
        used: entries.0.iter().map(|(_, outcome)| outcome.covered).collect(),
        faults,
    }
}

fn manuals_id(id: &str) -> Option<&'static str> {
    [
        rules::UNUSED,
        rules::EXPIRED,
        rules::NO_REASON,
        rules::NO_DATE,
        rules::TOO_LONG,
    ]
    .into_iter()
    .find(|rule| *rule == id)
}

/// Comments with the line each covers. Several alone, one above the other, all cover the line below the last.
fn comments(inline: &[(String, InlineWaiver)]) -> Vec<Candidate> {
    let alone: HashSet<(&str, u32)> = inline
        .iter()
        .filter(|(_, comment)| comment.alone)
        .map(|(path, comment)| (path.as_str(), comment.line))
        .collect();
    inline
        .iter()
        .map(|(path, comment)| {
            let mut line = comment.line;
            while alone.contains(&(path.as_str(), line)) {
                line = line.saturating_add(1);
            }
            Candidate::of_comment(path, comment, line)
        })
        .collect()
}

/// Waivers, each with what became of it.
struct Judged(Vec<(Candidate, Outcome)>);

impl Judged {
    fn of(candidates: Vec<Candidate>) -> Self {
        Self(
            candidates
                .into_iter()
                .map(|candidate| (candidate, Outcome::default()))
                .collect(),
        )
    }

    /// An entry covers a finding when it names it and reaches every place of it.
    fn cover_by_entry(&mut self, finding: &mut Finding, terms: Terms, prefix: &str) {
        for (candidate, outcome) in &mut self.0 {
            let matches = candidate.names(finding)
                && finding
                    .locations
                    .iter()
                    .all(|place| candidate.reaches(place, prefix));
            if matches
                && outcome.note(candidate.standing(finding.severity, terms))
                && finding.waiver.is_none()
            {
                finding.waiver = Some(candidate.waiver.clone());
            }
        }
    }

    /// Comments cover a finding when each of its places has one: the same secret twice in a file needs two.
    fn cover_by_comment(
        &mut self,
        finding: &mut Finding,
        terms: Terms,
        beside: &HashMap<String, Vec<usize>>,
    ) {
        let mut matching: Vec<(usize, Standing)> = Vec::new();
        let mut covered_places = 0;
        for place in &finding.locations {
            let mut covered = false;
            for &index in beside.get(&place.path).map_or(&[][..], Vec::as_slice) {
                let Some((candidate, _)) = self.0.get(index) else {
                    continue;
                };
                if candidate.names(finding) && candidate.reaches(place, "") {
                    let standing = candidate.standing(finding.severity, terms);
                    covered |= standing == Standing::Covers;
                    matching.push((index, standing));
                }
            }
            covered_places += usize::from(covered);
        }
        let all = covered_places == finding.locations.len();
        for (index, standing) in matching {
            let Some((candidate, outcome)) = self.0.get_mut(index) else {
                continue;
            };
            let effective = if standing == Standing::Covers && !all {
                Standing::Void
            } else {
                standing
            };
            if outcome.note(effective) && finding.waiver.is_none() {
                finding.waiver = Some(candidate.waiver.clone());
            }
        }
    }

    fn faults(&self, terms: Terms, scope: Scope<'_>, manuals: &[RuleInfo]) -> Vec<Option<Finding>> {
        self.0
            .iter()
            .map(|(candidate, outcome)| {
                let fault = fault(candidate, *outcome, terms, scope)?;
                let manual = manuals.iter().find(|manual| manual.id == fault.rule)?;
                scope
                    .in_force
                    .contains(fault.rule)
                    .then(|| finding(candidate, fault, manual))
            })
            .collect()
    }
}

impl Outcome {
    /// Counts one match; whether it covers.
    const fn note(&mut self, standing: Standing) -> bool {
        match standing {
            Standing::Covers => self.covered += 1,
            Standing::Undated => self.undated += 1,
            Standing::Distant => self.distant += 1,
            Standing::Void => self.void += 1,
        }
        matches!(standing, Standing::Covers)
    }
}

fn fault(candidate: &Candidate, outcome: Outcome, terms: Terms, scope: Scope<'_>) -> Option<Fault> {
    let subject = candidate.subject();
    let of = |rule, message: String| Some(Fault { rule, message });
    if !candidate.has_reason() {
        return of(
            rules::NO_REASON,
            format!("the waiver of {subject} gives no reason"),
        );
    }
    if candidate.has_expired(terms) {
        let day = candidate
            .waiver
            .until
            .map(|day| day.to_string())
            .unwrap_or_default();
        return of(rules::EXPIRED, format!("the waiver of {subject} ended on {day}"));
    }
    if let Some(text) = &candidate.bad_date {
        return of(
            rules::NO_DATE,
            format!("the waiver of {subject} ends on `{text}`, which is no day like 2027-03-01"),
        );
    }
    if outcome.undated > 0 {
        return of(
            rules::NO_DATE,
            format!("the waiver of {subject} covers a severe finding and has no last day"),
        );
    }
    if outcome.distant > 0 {
        let latest = terms
            .today
            .plus_days(u16::try_from(terms.max_days).unwrap_or(u16::MAX));
        let message = format!("the waiver of {subject} covers a severe finding and reaches beyond {latest}");
        return of(rules::TOO_LONG, message);
    }
    if outcome.covered + outcome.void > 0 {
        return None;
    }
    unused(candidate, &subject, scope).map(|message| Fault {
        rule: rules::UNUSED,
        message,
    })
}

/// What is wrong with a waiver that matched nothing, if it is certain that it should have.
fn unused(candidate: &Candidate, subject: &str, scope: Scope<'_>) -> Option<String> {
    let is_comment = candidate.line.is_some();
    if is_comment && !scope.present || !is_comment && !scope.whole {
        return None;
    }
    let named: Vec<&String> = scope.known.iter().filter(|id| candidate.names_rule(id)).collect();
    if let (true, Some(rule)) = (named.is_empty(), &candidate.waiver.rule) {
        // A rule of a family that has no rules here may well exist for another scan.
        let family = rule.split_once('/').map_or("", |(family, _)| family);
        let ours = scope
            .known
            .iter()
            .any(|id| id.split_once('/').is_some_and(|(known, _)| known == family));
        let near = did_you_mean(rule, scope.known.iter().map(String::as_str));
        return ours.then(|| match near {
            Some(near) => format!("there is no rule {subject}; {near}"),
            None => format!("there is no rule {subject}"),
        });
    }
    named
        .iter()
        .all(|id| scope.in_force.contains(*id))
        .then(|| format!("the waiver of {subject} covers no finding"))
}

fn finding(candidate: &Candidate, fault: Fault, manual: &RuleInfo) -> Finding {
    let waiver = &candidate.waiver;
    let place = &candidate.location;
    let identity = [&waiver.rule, &waiver.fingerprint, &waiver.scope]
        .into_iter()
        .fold(
            FingerprintBuilder::new(fault.rule).file_name_of(&place.path),
            |builder, part| builder.part(part.as_deref().unwrap_or_default().as_bytes()),
        );
    Finding {
        check: super::inline::ID.to_owned(),
        title: manual.title.clone(),
        message: fault.message,
        locations: vec![place.clone()],
        controls: manual.controls.clone(),
        fix: Some(Fix {
            description: remedy(fault.rule).to_owned(),
            edits: Vec::new(),
        }),
        ..Finding::new(
            fault.rule,
            (manual.severity, manual.confidence),
            identity.part(waiver.reason.as_bytes()).finish(),
            AssetId::file(&place.path),
        )
    }
}

fn remedy(rule: &str) -> &'static str {
    match rule {
        rules::UNUSED => "Remove the waiver (`bartizan waive prune` does so in the waiver file).",
        rules::EXPIRED => {
            "Mend the finding it covered and remove the waiver, or decide again with a new day."
        }
        rules::NO_REASON => "Say why the risk is accepted, after `--` or as `reason`.",
        rules::NO_DATE => "Add `until` and a day such as 2027-03-01.",
        _ => "Choose an earlier day.",
    }
}
