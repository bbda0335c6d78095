//! What moves a component that the project does not ask for itself.
//!
//! In: the component, the version that it should have, and who depends on whom. Out: the way from what the project asks for to it,
//! and what to do in words: refresh the lock file where all that ask for the component admit that version, else upgrade what the
//! project asks for.

use super::paths::Paths;
use crate::version::requirement;
use bartizan_model::{Component, Way};

/// Ecosystems in which a package's version follows from what others ask for, and a lock file keeps it. In others one upgrades a
/// component by itself: packages of a distribution; or lets the project ask for it: Go, Maven, NuGet.
const FOLLOWING: &[&str] = &["Hex", "Packagist", "Pub", "PyPI", "RubyGems", "crates.io", "npm"];
/// Components of a way that are named.
const MOST_NAMED: usize = 6;

/// None for what the project asks for itself, and what nothing is known to depend on.
pub(super) fn to(component: &Component, version: &str, paths: &Paths<'_>) -> Option<(Way, String)> {
    let ecosystem = component.ecosystem.as_deref()?;
    if component.direct == Some(true) || !FOLLOWING.contains(&ecosystem) {
        return None;
    }
    let mut verdict = Verdict::Admitted(None);
    for parent in paths.parents(component) {
        verdict = verdict.and(asked(parent, component, ecosystem, version));
    }
    let path = match verdict {
        // The way that stands in the way.
        Verdict::Refused(who, _) => {
            let path = paths.to(who);
            if path.is_empty() { vec![who] } else { path }
        }
        _ => {
            let mut path = paths.to(component);
            path.pop();
            path
        }
    };
    let description = verdict.in_words(component, version, &path)?;
    let admitted = match verdict {
        Verdict::Admitted(_) => Some(true),
        Verdict::Refused(..) => Some(false),
        Verdict::Unknown => None,
    };
    let path = path.iter().map(|one| one.purl.clone()).collect();
    Some((Way { path, admitted }, description))
}

/// What those that ask for a component say to a version of it. The gravest counts.
enum Verdict<'a> {
    /// They admit it; by which range, one of them.
    Admitted(Option<(&'a Component, &'a str)>),
    /// It cannot be told of one.
    Unknown,
    /// One does not admit it, by this range.
    Refused(&'a Component, &'a str),
}

impl<'a> Verdict<'a> {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Refused(who, range), _) | (_, Self::Refused(who, range)) => Self::Refused(who, range),
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Admitted(a), Self::Admitted(b)) => Self::Admitted(a.or(b)),
        }
    }

    fn in_words(&self, component: &Component, version: &str, path: &[&Component]) -> Option<String> {
        let (first, what, by) = (named(path.first()?), named(component), in_words(path));
        Some(match self {
            Self::Admitted(Some((who, range))) => format!(
                "refresh the lock file until {what} is {version}: {} asks for `{range}`, which admits it",
                named(who)
            ),
            Self::Refused(_, range) => format!(
                "upgrade {first} until {what} is {version} or later: it comes by {by}, which asks for `{range}`"
            ),
            Self::Admitted(None) | Self::Unknown => {
                format!(
                    "refresh the lock file or upgrade {first} until {what} is {version} or later: it comes by {by}"
                )
            }
        })
    }
}

/// What one component says to a version of another.
fn asked<'a>(parent: &'a Component, component: &Component, ecosystem: &str, version: &str) -> Verdict<'a> {
    let mut verdict: Option<Verdict<'a>> = None;
    let ranges = parent
        .asks_for
        .iter()
        .filter(|one| one.component == component.purl);
    for range in ranges.map(|one| one.range.as_str()) {
        let one = match requirement::admits(ecosystem, range, version) {
            Some(true) => Verdict::Admitted(Some((parent, range))),
            Some(false) => Verdict::Refused(parent, range),
            None => Verdict::Unknown,
        };
        verdict = Some(match verdict {
            Some(before) => before.and(one),
            None => one,
        });
    }
    verdict.unwrap_or(Verdict::Unknown)
}

fn named(component: &Component) -> String {
    format!(
        "`{}` {}",
        component.name,
        component.version.as_deref().unwrap_or_default()
    )
    .trim_end()
    .to_owned()
}

fn in_words(path: &[&Component]) -> String {
    let steps: Vec<String> = path.iter().take(MOST_NAMED).map(|one| named(one)).collect();
    let more = if path.len() > MOST_NAMED { " → …" } else { "" };
    format!("{}{more}", steps.join(" → "))
}
