//! What changed from one bill of materials to another: what came, what went, and what has another version.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};

/// A component, as far as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its number.
    pub id: i64,
    /// What all versions of it share.
    pub package: String,
    /// Its version.
    pub version: Option<String>,
    /// The ecosystem that says how versions are ordered.
    pub ecosystem: Option<String>,
}

/// What changed; numbers of components, each list in the order of packages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Packages that were not there in any version that is not paired.
    pub added: Vec<i64>,
    /// Packages that are gone.
    pub removed: Vec<i64>,
    /// From a version to a newer one.
    pub upgraded: Vec<(i64, i64)>,
    /// From a version to an older one.
    pub downgraded: Vec<(i64, i64)>,
    /// From a version to another one of which nobody can say whether it is newer.
    pub changed: Vec<(i64, i64)>,
}

/// How two versions of an ecosystem stand to each other; none where that cannot be told.
pub type Order<'o> = dyn Fn(Option<&str>, &str, &str) -> Option<Ordering> + 'o;

/// Compares what only the one has with what only the other has. `order` says which of two versions in an ecosystem is newer; none where nobody
/// can say.
#[must_use]
pub fn compare(before: &[Item], after: &[Item], order: &Order<'_>) -> Difference {
    let mut packages: BTreeMap<&str, (Vec<&Item>, Vec<&Item>)> = BTreeMap::new();
    let ids = |items: &[Item]| items.iter().map(|item| item.id).collect::<HashSet<_>>();
    let (had, has) = (ids(before), ids(after));
    for item in before.iter().filter(|item| !has.contains(&item.id)) {
        packages.entry(&item.package).or_default().0.push(item);
    }
    for item in after.iter().filter(|item| !had.contains(&item.id)) {
        packages.entry(&item.package).or_default().1.push(item);
    }
    let mut difference = Difference::default();
    for (mut gone, mut new) in packages.into_values() {
        let by_version = |one: &&Item, other: &&Item| {
            let versions = one.version.as_deref().zip(other.version.as_deref());
            let ordered = versions.and_then(|(a, b)| order(one.ecosystem.as_deref(), a, b));
            ordered.unwrap_or(Ordering::Equal).then(one.id.cmp(&other.id))
        };
        // Two versions of one package are paired in their order: an order that runs in a circle pairs them somehow, and loses none.
        insertion_sort(&mut gone, by_version);
        insertion_sort(&mut new, by_version);
        let pairs = gone.len().min(new.len());
        for (from, to) in gone.iter().zip(&new) {
            let versions = from.version.as_deref().zip(to.version.as_deref());
            let pair = (from.id, to.id);
            match versions.and_then(|(a, b)| order(to.ecosystem.as_deref(), a, b)) {
                Some(Ordering::Less) => difference.upgraded.push(pair),
                Some(Ordering::Greater) => difference.downgraded.push(pair),
                Some(Ordering::Equal) | None => difference.changed.push(pair),
            }
        }
        difference
            .removed
            .extend(gone.iter().skip(pairs).map(|item| item.id));
        difference
            .added
            .extend(new.iter().skip(pairs).map(|item| item.id));
    }
    difference
}

/// Versions of one package that are put in order; of more than that nobody expects pairs.
const MOST: usize = 500;

/// Sorts few entries; unlike the sort of the standard library it takes an order that is none.
fn insertion_sort<T>(list: &mut [T], order: impl Fn(&T, &T) -> Ordering) {
    if list.len() > MOST {
        return;
    }
    for end in 1..list.len() {
        let mut at = end;
        while at > 0
            && list
                .get(at - 1)
                .zip(list.get(at))
                .is_some_and(|(one, other)| order(one, other) == Ordering::Greater)
        {
            list.swap(at - 1, at);
            at -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: i64, package: &str, version: &str) -> Item {
        Item {
            id,
            package: package.to_owned(),
            version: (!version.is_empty()).then(|| version.to_owned()),
            ecosystem: None,
        }
    }

    #[test]
    fn versions_that_moved_are_told_apart_from_what_came_and_went() {
        let order = |_: Option<&str>, a: &str, b: &str| Some(a.parse::<u32>().ok()?.cmp(&b.parse().ok()?));
        let before = [
            item(1, "same", "1"),
            item(2, "up", "1"),
            item(3, "down", "5"),
            item(4, "gone", "1"),
            item(5, "odd", "x"),
            item(6, "two", "9"),
            item(7, "two", "2"),
        ];
        let after = [
            item(1, "same", "1"),
            item(12, "up", "2"),
            item(13, "down", "4"),
            item(14, "new", "1"),
            item(15, "odd", ""),
            item(16, "two", "3"),
            item(17, "two", "10"),
            item(18, "two", "11"),
        ];
        let found = compare(&before, &after, &order);
        assert_eq!(found.upgraded, [(7, 16), (6, 17), (2, 12)]);
        assert_eq!(found.downgraded, [(3, 13)]);
        assert_eq!(found.changed, [(5, 15)]);
        assert_eq!(found.added, [14, 18]);
        assert_eq!(found.removed, [4]);
        assert_eq!(compare(&after, &after, &order), Difference::default());
    }
}
