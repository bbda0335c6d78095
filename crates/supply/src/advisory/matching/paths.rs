//! Why a component is there: the shortest way to it from what the project itself asks for.

use bartizan_model::{Component, PackageUrl};
use std::collections::{HashMap, HashSet, VecDeque};

/// Components that are looked at for one way.
const MOST_VISITED: usize = 10_000;

/// Who depends on whom.
pub(super) struct Paths<'a> {
    parents: HashMap<&'a PackageUrl, Vec<&'a Component>>,
}

impl<'a> Paths<'a> {
    pub(super) fn new(components: &'a [Component]) -> Self {
        let mut parents: HashMap<&PackageUrl, Vec<&Component>> = HashMap::new();
        for component in components {
            for child in &component.depends_on {
                parents.entry(child).or_default().push(component);
            }
        }
        Self { parents }
    }

    /// What depends on a component.
    pub(super) fn parents(&self, component: &Component) -> &[&'a Component] {
        self.parents.get(&component.purl).map_or(&[], Vec::as_slice)
    }

    /// From a component that the project asks for, or that nothing depends on, to this one. Empty where nothing depends on it.
    pub(super) fn to(&self, component: &'a Component) -> Vec<&'a Component> {
        if component.direct == Some(true) {
            return Vec::new();
        }
        let mut came_from: HashMap<&PackageUrl, &Component> = HashMap::new();
        let mut seen = HashSet::from([&component.purl]);
        let mut queue = VecDeque::from([component]);
        while let Some(current) = queue.pop_front() {
            let parents = self.parents.get(&current.purl).map_or(&[][..], Vec::as_slice);
            let is_start = current.direct == Some(true) || parents.is_empty();
            if is_start && current.purl != component.purl {
                let mut path = vec![current];
                while let Some(next) = path.last().and_then(|last| came_from.get(&last.purl)) {
                    path.push(next);
                }
                return path;
            }
            for parent in parents {
                if seen.len() < MOST_VISITED && seen.insert(&parent.purl) {
                    came_from.insert(&parent.purl, current);
                    queue.push_back(parent);
                }
            }
        }
        Vec::new()
    }
}
