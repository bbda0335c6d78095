//! What staging would not have caught: security-relevant differences of two environments.
//!
//! In: the manifests of both, rendered. Out: [`Drift`]s. Objects are paired by kind and name, whatever the environments add to names; of each pair
//! only what decides about security is compared, with defaults filled in, order left aside and quantities read as what they are. What is
//! laxer in production was never tried out, and neither was what is different there; what is stricter there is said too, and weighs less.
//!
//! Sources: the defaults are those of the API reference, <https://kubernetes.io/docs/reference/kubernetes-api/>.

mod access;
mod environment;
mod facts;
mod image;
mod matching;
mod pod;
mod quantity;
mod toggle;
mod traffic;

pub use environment::{Environment, Place};

use bartizan_model::Severity;
use facts::Fact;

/// Which way two environments differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Production allows what staging does not.
    Laxer,
    /// They differ, and neither allows more than the other.
    Different,
    /// Staging allows what production does not.
    Stricter,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// Which way.
    pub direction: Direction,
    /// How bad it is.
    pub severity: Severity,
    /// What it has to do with, one word: `image`, `privileges`, `access`, `network`, `exposure`, `tls`, `settings`, `limits`, `admission`, `storage`,
    /// `workload`.
    pub area: &'static str,
    /// The object in production, or in staging where production has none.
    pub object: String,
    /// What of it differs.
    pub what: String,
    /// In staging.
    pub staging: Side,
    /// In production.
    pub production: Side,
}

/// What one environment says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The value; `absent` or what its absence means where nothing is said.
    pub value: String,
    /// Where; of what is absent the object, where there is one.
    pub place: Option<Place>,
}

/// What the comparison of two environments came to.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// The differences: the worst first, and then by object.
    pub drifts: Vec<Drift>,
    /// How many pairs of objects were compared.
    pub pairs: usize,
    /// Objects that only staging has.
    pub only_staging: Vec<String>,
    /// Objects that only production has.
    pub only_production: Vec<String>,
}

/// Compares two environments.
#[must_use]
pub fn compare(staging: &Environment, production: &Environment) -> Comparison {
    let matched = matching::matched(staging, production);
    let mut out = Comparison {
        pairs: matched.pairs.len(),
        ..Comparison::default()
    };
    for (one, other) in &matched.pairs {
        let (Some(one), Some(other)) = (staging.object(*one), production.object(*other)) else {
            continue;
        };
        let names = (staging.naming(), production.naming());
        let facts = (facts::of(&one.object, names.0), facts::of(&other.object, names.1));
        let ends = (staging.place(one, None), production.place(other, None));
        for (fact, other_fact) in facts::pairs(&facts.0, &facts.1) {
            let places = (
                fact.map_or_else(|| ends.0.clone(), |fact| staging.place(one, Some(fact.at))),
                other_fact.map_or_else(|| ends.1.clone(), |fact| production.place(other, Some(fact.at))),
            );
            out.drifts
                .extend(drift(&other.object.title(), (fact, other_fact), places));
        }
    }
    for at in &matched.only_staging {
        let Some(one) = staging.object(*at) else { continue };
        out.only_staging.push(one.object.title());
        if let Some(fact) = facts::presence(&one.object) {
            let places = (staging.place(one, None), None);
            out.drifts
                .extend(drift(&one.object.title(), (Some(&fact), None), places));
        }
    }
    for at in &matched.only_production {
        let Some(one) = production.object(*at) else {
            continue;
        };
        out.only_production.push(one.object.title());
        if let Some(fact) = facts::presence(&one.object) {
            let places = (None, production.place(one, None));
            out.drifts
                .extend(drift(&one.object.title(), (None, Some(&fact)), places));
        }
    }
    out.only_staging.sort();
    out.only_production.sort();
    out.drifts.sort_by(|one, other| order(one).cmp(&order(other)));
    out
}

fn order(drift: &Drift) -> (Direction, std::cmp::Reverse<Severity>, &str, &str, &str, &str) {
    (
        drift.direction,
        std::cmp::Reverse(drift.severity),
        &drift.object,
        &drift.what,
        &drift.staging.value,
        &drift.production.value,
    )
}

/// What two facts of the same thing differ in, one of which may be missing.
fn drift(
    object: &str,
    (staging, production): (Option<&Fact>, Option<&Fact>),
    places: (Option<Place>, Option<Place>),
) -> Option<Drift> {
    let known = staging.or(production)?;
    let lax = |fact: Option<&Fact>| fact.map_or(known.absent.0, |fact| fact.lax);
    let value =
        |fact: Option<&Fact>| fact.map_or_else(|| known.absent.1.to_owned(), |fact| fact.value.clone());
    let direction = match lax(production).cmp(&lax(staging)) {
        std::cmp::Ordering::Greater => Direction::Laxer,
        std::cmp::Ordering::Less => Direction::Stricter,
        std::cmp::Ordering::Equal => {
            if value(staging) == value(production) || staging.zip(production).is_none() {
                return None;
            }
            Direction::Different
        }
    };
    let severity = match direction {
        Direction::Laxer => known.severity,
        Direction::Different => known.differs?,
        Direction::Stricter => Severity::Info,
    };
    Some(Drift {
        direction,
        severity,
        area: known.area,
        object: object.to_owned(),
        what: known.what.clone(),
        staging: Side {
            value: value(staging),
            place: places.0,
        },
        production: Side {
            value: value(production),
            place: places.1,
        },
    })
}

#[cfg(test)]
mod tests;
