//! The check `deploy/tenancy`: notes the text of each manifest, and judges what keeps tenants apart once every file was read, because
//! namespaces, policies and bindings lie in several files. Where no tenant is declared it judges nothing.

use super::checks::{self, undecided::Undecided};
use super::matrix::{Broken, Matrix, Party};
use super::world::{At, File, World};
use super::{Declared, rules};
use crate::facts;
use bartizan_document::{has_objects, is_manifest};
use bartizan_engine::rule::{About, Enabled, Lines, MOST_PLACES, Severity};
use bartizan_engine::{Check, CheckError, Fact, Input, Meta, Sink};
use bartizan_model::{AssetId, EvidenceStep, Finding, FingerprintBuilder, Fix, Location, RuleInfo, Snippet};
use bartizan_source::{FileMeta, Interest};
use memchr::memmem;
use std::collections::BTreeMap;

/// Changes when the same manifest is noted differently; part of the key of cached results.
const REVISION: &[u8] = b"1";
/// Largest manifest that is read, in bytes.
const LARGEST: u64 = 64 << 20;
/// What there is none of where nothing is judged.
const NO_TENANT: &str = "no tenant is declared";
/// Most reasons that one finding shows.
const MOST_REASONS: usize = 10;

/// What the check judges by.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How tenants are declared.
    pub declared: Declared,
    /// The rules in force.
    pub enabled: Enabled,
    /// Whether the verdict depends on it having run everywhere.
    pub required: bool,
}

/// What keeps tenants apart.
pub struct TenancyCheck {
    meta: Meta,
    options: Options,
}

impl TenancyCheck {
    /// Its id.
    pub const ID: &'static str = "deploy/tenancy";

    /// The check with every rule that is in force.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            meta: Meta {
                id: Self::ID,
                title: "Isolation of tenants",
                required: options.required,
                // Of a file only its text is noted, and what is made of it is kept nowhere: the rules do not count.
                digest: Meta::digest_of(FingerprintBuilder::new(Self::ID).part(REVISION)),
            },
            options,
        }
    }

    /// Whether any of the texts can declare a tenant.
    fn may_have_tenants(&self, facts: &[Fact]) -> bool {
        self.options.declared.has_names()
            || facts.iter().any(|fact| {
                let has = |word: &[u8]| memmem::find(fact.data.as_bytes(), word).is_some();
                let mut keys = self.options.declared.labels().iter();
                has(b"Namespace") && keys.any(|key| has(key.as_bytes()))
            })
    }
}

impl Check for TenancyCheck {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        rules()
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        if is_manifest(&file.path) {
            Interest::Entire(LARGEST)
        } else {
            Interest::No
        }
    }

    fn recognises(&self, _file: &FileMeta, head: &[u8]) -> bool {
        has_objects(head)
    }

    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError> {
        if has_objects(input.bytes) {
            out.fact(input.text()?.to_owned());
        }
        Ok(())
    }

    fn finish(&self, facts: &[Fact], out: &mut Sink) -> Result<(), CheckError> {
        if checks::ALL
            .iter()
            .all(|about| !self.options.enabled.has(about.id))
        {
            return Ok(());
        }
        if !self.may_have_tenants(facts) {
            out.not_applicable(NO_TENANT);
            return Ok(());
        }
        let facts = facts::within(facts, "of manifests", out);
        let files = facts.into_iter().map(|fact| File {
            path: &fact.path,
            text: &fact.data,
        });
        let files: Vec<File<'_>> = files.collect();
        let world = World::read(&files, &self.options.declared);
        if world.tenants().is_empty() {
            out.not_applicable(NO_TENANT);
            return Ok(());
        }
        let matrix = Matrix::new(&world);
        for note in matrix.notes() {
            out.error(format!("{}: {}", note.place, note.message));
        }
        let told = Told { world: &world };
        let mut groups: BTreeMap<(&str, Party, &str), Vec<&Broken>> = BTreeMap::new();
        for one in matrix
            .broken()
            .iter()
            .filter(|one| self.options.enabled.has(one.about.id))
        {
            let key = (one.about.id, one.mend, one.key.as_str());
            groups.entry(key).or_default().push(one);
        }
        for ((_, mend, key), all) in groups {
            if let Some(finding) = told.finding(mend, key, &all) {
                out.finding(finding);
            }
        }
        Ok(())
    }
}

struct Told<'w, 't> {
    world: &'w World<'t>,
}

impl Told<'_, '_> {
    /// Does something with the file of a place.
    fn with<T>(&self, at: At, run: impl FnOnce(&Input<'_>) -> T) -> Option<T> {
        let file = self.world.file_at(at)?;
        let meta = FileMeta::new(file.path, file.text.len() as u64);
        Some(run(&Input::whole(&meta, file.text.as_bytes())))
    }

    fn location(&self, at: At) -> Option<Location> {
        self.with(at, |input| input.locate(at.span.range()))
    }

    fn snippet(&self, at: At) -> Option<Snippet> {
        self.with(at, |input| Lines::new(input, 0).snippet(&at.span.range()))
            .flatten()
    }

    fn name(&self, party: Party) -> &str {
        match party {
            Party::Tenant(at) => self.world.tenant(at).map_or("", |tenant| &tenant.name),
            Party::Platform => "{platform}",
            Party::Outside => "{outside}",
        }
    }

    /// One finding of everything that one rule says of one party in one respect.
    fn finding(&self, mend: Party, key: &str, all: &[&Broken]) -> Option<Finding> {
        let worst = all.iter().max_by_key(|one| one.severity)?;
        let about: &About = worst.about;
        let mut places: Vec<At> = Vec::new();
        let of_all = std::iter::once(worst).chain(all).flat_map(|one| &one.proofs);
        for at in of_all.filter_map(|proof| proof.at) {
            if places.len() < MOST_PLACES && !places.contains(&at) {
                places.push(at);
            }
        }
        if places.is_empty() {
            places.extend(match mend {
                Party::Tenant(at) => self.world.place_of(at),
                Party::Platform | Party::Outside => None,
            });
        }
        let first = places.first().copied();
        let path = first
            .and_then(|at| self.world.file_at(at))
            .map_or("", |file| file.path);
        let fingerprint = FingerprintBuilder::new(about.id)
            .part(self.name(mend).as_bytes())
            .part(key.as_bytes())
            .finish();
        let asset = match mend {
            Party::Tenant(_) => AssetId::from_text(format!("tenant:{}", self.name(mend))),
            Party::Platform | Party::Outside => AssetId::file(path),
        };
        Some(Finding {
            title: about.title.to_owned(),
            message: message(worst, all.len()),
            controls: about.controls(),
            cwe: about.cwe.iter().map(ToString::to_string).collect(),
            fix: Some(Fix {
                description: worst.fix.clone(),
                edits: Vec::new(),
            }),
            locations: places.iter().filter_map(|at| self.location(*at)).collect(),
            evidence: self.evidence(worst, all),
            snippet: first.and_then(|at| self.snippet(at)),
            ..Finding::new(
                about.id,
                (worst.severity.unwrap_or(Severity::Info), about.confidence),
                fingerprint,
                asset,
            )
        })
    }

    fn evidence(&self, worst: &Broken, all: &[&Broken]) -> Vec<EvidenceStep> {
        let proofs = worst.proofs.iter().map(|proof| EvidenceStep {
            message: proof.text.clone(),
            location: proof.at.and_then(|at| self.location(at)),
        });
        let mut steps: Vec<EvidenceStep> = proofs.collect();
        let others = all.iter().filter(|one| !std::ptr::eq(**one, worst));
        steps.extend(others.take(MOST_REASONS).map(|one| {
            EvidenceStep {
                message: one.reason.clone(),
                location: one
                    .proofs
                    .iter()
                    .find_map(|proof| proof.at)
                    .and_then(|at| self.location(at)),
            }
        }));
        steps
    }
}

fn message(worst: &Broken, count: usize) -> String {
    let more = count.saturating_sub(1);
    match (more, worst.about.id == Undecided::ABOUT.id) {
        (0, _) => worst.reason.clone(),
        (more, false) => format!("{}; and {more} more of the kind", worst.reason),
        (more, true) => format!("{}; and {more} more reasons", worst.reason),
    }
}
