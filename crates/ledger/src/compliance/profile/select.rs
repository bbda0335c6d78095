//! The import phase: which controls of a catalogue are in.
//!
//! A control that is in brings the controls above it along; what is left out stays out, and what stood below it moves up.

use super::has_prop;
use super::read::{Import, Select};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Identities that an import names and nothing has, told at most.
const MOST_TOLD: usize = 20;

/// What a list of directives names.
pub(super) struct Selection<'a> {
    all: bool,
    exact: HashSet<&'a str>,
    exact_with_children: HashSet<&'a str>,
    patterns: Vec<(&'a str, bool)>,
}

impl<'a> Selection<'a> {
    pub(super) fn new(all: bool, directives: &'a [Select]) -> Self {
        let mut selection = Self {
            all,
            exact: HashSet::new(),
            exact_with_children: HashSet::new(),
            patterns: Vec::new(),
        };
        for one in directives {
            let children = one.with_child_controls.as_deref() == Some("yes");
            for id in &one.with_ids {
                selection.exact.insert(id);
                if children {
                    selection.exact_with_children.insert(id);
                }
            }
            let patterns = one.matching.iter().filter_map(|one| one.pattern.as_deref());
            selection
                .patterns
                .extend(patterns.map(|pattern| (pattern, children)));
        }
        selection
    }

    /// Whether it names the control, and whether it names all below it too.
    pub(super) fn names(&self, id: &str) -> (bool, bool) {
        let mut named = (
            self.all || self.exact.contains(id),
            self.exact_with_children.contains(id),
        );
        for (pattern, children) in &self.patterns {
            if matches(pattern, id) {
                named = (true, named.1 || *children);
            }
        }
        named
    }
}

/// The part of a catalogue that an import takes.
pub(super) fn select(catalog: Value, import: &Import, warnings: &mut Vec<String>) -> Map<String, Value> {
    // An import that names nothing takes everything: the reference implementation reads it so.
    let all = import.include_all.is_some() || import.include_controls.is_empty();
    let chosen = Choice {
        included: Selection::new(all, &import.include_controls),
        excluded: Selection::new(false, &import.exclude_controls),
    };
    let Value::Object(mut fields) = catalog else {
        return Map::new();
    };
    let mut seen = HashSet::new();
    chosen.below(&mut fields, (false, false), &mut seen);
    let missing = |id: &&&str| !seen.contains(**id);
    let mut names: Vec<&&str> = chosen.included.exact.iter().filter(missing).collect();
    names.sort_unstable();
    warnings.extend(
        names
            .into_iter()
            .take(MOST_TOLD)
            .map(|id| format!("`{}` has no control `{id}`", import.href)),
    );
    fields
}

struct Choice<'a> {
    included: Selection<'a>,
    excluded: Selection<'a>,
}

impl Choice<'_> {
    /// Keeps of an object's groups and controls what is chosen. `inherited` says whether what stands above has all below it in, and
    /// out. Says whether anything is left.
    fn below(
        &self,
        fields: &mut Map<String, Value>,
        inherited: (bool, bool),
        seen: &mut HashSet<String>,
    ) -> bool {
        let mut any = false;
        if let Some(Value::Array(controls)) = fields.remove("controls") {
            let kept: Vec<Value> = controls
                .into_iter()
                .flat_map(|control| self.control(control, inherited, seen))
                .collect();
            any |= !kept.is_empty();
            put(fields, "controls", kept);
        }
        if let Some(Value::Array(groups)) = fields.remove("groups") {
            let mut kept = Vec::with_capacity(groups.len());
            for group in groups {
                let always = has_prop(&group, "keep", "always");
                let Value::Object(mut inner) = group else { continue };
                if self.below(&mut inner, inherited, seen) || always {
                    kept.push(Value::Object(inner));
                }
            }
            any |= !kept.is_empty();
            put(fields, "groups", kept);
        }
        any
    }

    /// The control with what is chosen below it, or only that.
    fn control(&self, control: Value, inherited: (bool, bool), seen: &mut HashSet<String>) -> Vec<Value> {
        let Value::Object(mut fields) = control else {
            return Vec::new();
        };
        let id = fields
            .get("id")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let (included, with_children) = self.included.names(&id);
        let (excluded, without_children) = self.excluded.names(&id);
        let below = (inherited.0 || with_children, inherited.1 || without_children);
        let any = self.below(&mut fields, below, seen);
        seen.insert(id);
        if excluded || inherited.1 {
            return match fields.remove("controls") {
                Some(Value::Array(children)) => children,
                _ => Vec::new(),
            };
        }
        if included || inherited.0 || any {
            vec![Value::Object(fields)]
        } else {
            Vec::new()
        }
    }
}

/// Sets a list, unless it is empty.
pub(super) fn put(fields: &mut Map<String, Value>, name: &str, list: Vec<Value>) {
    if !list.is_empty() {
        fields.insert(name.to_owned(), Value::Array(list));
    }
}

/// Whether `text` is of the form of `pattern`: `*` stands for any characters and `?` for one.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == b'?' || text.get(t) == Some(c) => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    p = at + 1;
                    t = from + 1;
                    star = Some((at, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern
        .get(p..)
        .is_some_and(|rest| rest.iter().all(|c| *c == b'*'))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_and_question_marks_stand_for_characters() {
        for (pattern, text, expected) in [
            ("ac*", "ac-1", true),
            ("*", "", true),
            ("ac-?", "ac-1", true),
            ("ac-?", "ac-10", false),
            ("*-1*.2", "ac-10.1.2", true),
            ("", "a", false),
            ("a*b*c", "aXbYd", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
