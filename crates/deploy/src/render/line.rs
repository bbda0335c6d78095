//! Which line of a template a line of what was rendered comes from.
//!
//! In: both texts and a line of the second. Out: the line of the first on which the same key stands, or the nearest key above it that
//! stands there, or the line that says what kind of object it is. A template is no YAML, so both texts are read line by line: what a line
//! is within follows from how far it is indented. Lines count from 1.

use std::collections::HashMap;

/// Deepest nesting that is followed.
const DEEPEST: usize = 64;

/// The lines of a text with the keys that lead to each.
#[derive(Debug)]
pub struct Lines<'t> {
    /// For each line its object and the way to it; lines that are no keys have the way of the line above.
    lines: Vec<(usize, Way<'t>)>,
    objects: Vec<Outline<'t>>,
}

type Way<'t> = Vec<Step<'t>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Step<'t> {
    Key(&'t str),
    Item(usize),
}

#[derive(Debug, Default)]
struct Outline<'t> {
    first_line: usize,
    kind: Option<(&'t str, usize)>,
    name: Option<&'t str>,
    /// The first line of each way, and of each way whichever item of lists it goes through.
    exact: HashMap<Way<'t>, usize>,
    loose: HashMap<Way<'t>, usize>,
}

impl<'t> Lines<'t> {
    /// Reads a text.
    #[must_use]
    pub fn of(text: &'t str) -> Self {
        let mut reading = Reading {
            out: Self {
                lines: Vec::new(),
                objects: vec![Outline::default()],
            },
            stack: Vec::new(),
        };
        for (at, line) in text.lines().enumerate() {
            reading.line(at + 1, line);
        }
        reading.out
    }

    /// The line of this text that a line of what was made of it comes from.
    #[must_use]
    pub fn source_of(&self, rendered: &Lines<'_>, line: usize) -> usize {
        let Some((object, way)) = line.checked_sub(1).and_then(|at| rendered.lines.get(at)) else {
            return 1;
        };
        let Some(outline) = rendered.objects.get(*object) else {
            return 1;
        };
        let Some(own) = self.like(rendered, *object, outline) else {
            return 1;
        };
        for length in (1..=way.len()).rev() {
            let way = way.get(..length).unwrap_or_default();
            if let Some(line) = own.exact.get(way).or_else(|| own.loose.get(&loose(way))) {
                return *line;
            }
        }
        own.kind.map_or(own.first_line.max(1), |(_, line)| line)
    }

    /// The object of this text that is the most like one of what was made of it.
    fn like(&self, rendered: &Lines<'_>, at: usize, outline: &Outline<'_>) -> Option<&Outline<'t>> {
        let kind = outline.kind.map(|(kind, _)| kind);
        let same = |one: &&Outline<'_>| one.kind.map(|(kind, _)| kind) == kind && kind.is_some();
        let named = self.objects.iter().filter(same).filter(|one| {
            let names = one.name.zip(outline.name);
            names.is_some_and(|(own, name)| !own.contains("{{") && name.contains(own))
        });
        let number = rendered.objects.iter().take(at).filter(same).count();
        named
            .max_by_key(|one| one.name.map_or(0, str::len))
            .or_else(|| self.objects.iter().filter(same).nth(number))
            .or_else(|| self.objects.iter().find(same))
            .or_else(|| self.objects.iter().find(|one| !one.exact.is_empty()))
            .or_else(|| self.objects.first())
    }
}

fn loose<'t>(way: &[Step<'t>]) -> Way<'t> {
    way.iter()
        .map(|step| match step {
            Step::Item(_) => Step::Item(0),
            key @ Step::Key(_) => *key,
        })
        .collect()
}

struct Reading<'t> {
    out: Lines<'t>,
    /// How far each step of the way is indented.
    stack: Vec<(usize, Step<'t>)>,
}

impl<'t> Reading<'t> {
    fn line(&mut self, number: usize, line: &'t str) {
        let bare = line.trim();
        if bare == "---" {
            self.stack.clear();
            self.out.objects.push(Outline::default());
        } else if !bare.is_empty() && !bare.starts_with('#') && !bare.starts_with("{{") {
            self.step(number, line);
        }
        let way = self.stack.iter().map(|(_, step)| *step).collect();
        self.out.lines.push((self.out.objects.len() - 1, way));
    }

    fn step(&mut self, number: usize, line: &'t str) {
        let mut rest = line.trim_start_matches(' ');
        let mut indent = line.len() - rest.len();
        loop {
            let after = if rest == "-" {
                Some("")
            } else {
                rest.strip_prefix("- ")
            };
            let Some(after) = after else { break };
            self.item(number, indent);
            let inner = after.trim_start_matches(' ');
            indent += rest.len() - inner.len();
            rest = inner;
        }
        let Some((key, value)) = entry(rest) else { return };
        while self.stack.last().is_some_and(|(at, _)| *at >= indent) {
            self.stack.pop();
        }
        if self.stack.len() < DEEPEST {
            self.stack.push((indent, Step::Key(key)));
        }
        self.note(number);
        self.tell(number, key, value);
    }

    fn item(&mut self, number: usize, indent: usize) {
        let mut next = 0;
        while let Some((at, step)) = self.stack.last() {
            match step {
                Step::Item(before) if *at == indent => next = before + 1,
                // Items may stand as far left as the key that they belong to.
                Step::Key(_) if *at == indent => break,
                _ if *at < indent => break,
                _ => {}
            }
            self.stack.pop();
        }
        if self.stack.len() < DEEPEST {
            self.stack.push((indent, Step::Item(next)));
        }
        self.note(number);
    }

    fn note(&mut self, number: usize) {
        let way: Way<'t> = self.stack.iter().map(|(_, step)| *step).collect();
        if let Some(object) = self.out.objects.last_mut() {
            if object.first_line == 0 {
                object.first_line = number;
            }
            object.loose.entry(loose(&way)).or_insert(number);
            object.exact.entry(way).or_insert(number);
        }
    }

    fn tell(&mut self, number: usize, key: &str, value: &'t str) {
        let parents: Vec<Step<'_>> = self.stack.iter().rev().skip(1).map(|(_, step)| *step).collect();
        let Some(object) = self.out.objects.last_mut() else {
            return;
        };
        match (key, parents.as_slice()) {
            ("kind", []) => object.kind = object.kind.or(Some((value, number))),
            ("name", [Step::Key("metadata")]) => object.name = object.name.or(Some(value)),
            _ => {}
        }
    }
}

/// The key and the value of a line that is an entry of a map.
fn entry(text: &str) -> Option<(&str, &str)> {
    let (key, value) = match text.strip_suffix(':') {
        Some(key) if !key.contains(": ") => (key, ""),
        _ => text.split_once(": ")?,
    };
    let quotes = ['"', '\''];
    let key = key.trim().trim_matches(quotes);
    let value = value.trim().trim_matches(quotes);
    (!key.is_empty() && !key.starts_with('{')).then_some((key, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEMPLATE: &str = "{{- if .Values.on }}
apiVersion: v1
kind: Service
metadata:
  name: x
---
apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      containers:
      {{- range .Values.all }}
      - name: {{ .name }}
        securityContext:
          {{- toYaml .context | nindent 10 }}
        image: {{ .image }}
      {{- end }}
{{- end }}
";

    const RENDERED: &str = "---
# Source: shop/templates/a.yaml
apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      containers:
      - name: a
        securityContext:
          privileged: true
        image: i
      - name: b
        securityContext:
          privileged: true
        image: j
";

    fn line(number: usize) -> usize {
        Lines::of(TEMPLATE).source_of(&Lines::of(RENDERED), number)
    }

    #[test]
    fn a_key_that_stands_in_the_template_is_found_there() {
        assert_eq!(line(12), 17, "the image of the first container");
        assert_eq!(
            line(16),
            17,
            "the image of the second one, which the same line makes"
        );
    }

    #[test]
    fn a_key_that_values_bring_is_found_at_the_key_above() {
        assert_eq!(line(11), 15);
        assert_eq!(line(15), 15);
    }

    #[test]
    fn an_object_is_found_by_its_kind_and_name() {
        let base = "kind: A\nmetadata:\n  name: web\nspec: 1\n---\nkind: A\nmetadata:\n  name: db\nspec: 2\n";
        let made = "kind: A\nmetadata:\n  name: prod-db\nspec: 2\n";
        assert_eq!(Lines::of(base).source_of(&Lines::of(made), 4), 9);
    }

    #[test]
    fn without_any_likeness_it_is_the_beginning() {
        assert_eq!(Lines::of("").source_of(&Lines::of(RENDERED), 9), 1);
        assert_eq!(Lines::of(TEMPLATE).source_of(&Lines::of(""), 9), 1);
    }

    proptest! {
        #[test]
        fn a_text_comes_from_itself(keys in proptest::collection::hash_set("[a-z]{1,6}", 1..12)) {
            let text: String = keys.iter().map(|key| format!("{key}: 1\n")).collect();
            let lines = Lines::of(&text);
            for number in 1..=keys.len() {
                prop_assert_eq!(lines.source_of(&lines, number), number);
            }
        }

        #[test]
        fn whatever_the_texts_are_there_is_a_line(one in "[-a: {}\n]{0,80}", other in "[-a: {}\n]{0,80}", number in 0usize..50) {
            let at = Lines::of(&one).source_of(&Lines::of(&other), number);
            prop_assert!(at >= 1 && at <= one.lines().count().max(1));
        }
    }
}
