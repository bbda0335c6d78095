//! What was rendered, by the file that it comes from.

use bartizan_document::{Dialect, Limits, read};

/// Objects that come from one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The file, as the program names it; empty where it does not say.
    pub source: String,
    /// The objects, as documents of YAML.
    pub text: String,
}

/// What `helm template` printed: each document says in a comment which template made it. The file is relative to the chart.
#[must_use]
pub fn of_chart(output: &str) -> Vec<Piece> {
    let mut pieces = Pieces::default();
    let mut source = String::new();
    for document in documents(output) {
        // A template that makes several documents is named at each.
        let named = document
            .lines()
            .take(3)
            .find_map(|line| line.strip_prefix("# Source: "));
        if let Some(named) = named {
            named
                .trim()
                .split_once('/')
                .map_or("", |(_, path)| path)
                .clone_into(&mut source);
        }
        pieces.add(&source, document);
    }
    pieces.made
}

/// What `kustomize build` printed with origins among the annotations. The file is relative to the directory that was built.
#[must_use]
pub fn of_kustomization(output: &str) -> Vec<Piece> {
    let mut pieces = Pieces::default();
    for document in documents(output) {
        let origin = document.contains(ORIGIN).then(|| origin(document)).flatten();
        pieces.add(&origin.unwrap_or_default(), document);
    }
    pieces.made
}

/// The annotation in which `kustomize` says where an object comes from.
const ORIGIN: &str = "config.kubernetes.io/origin";

fn origin(document: &str) -> Option<String> {
    let limits = Limits::default();
    let object = read(document, Dialect::Kubernetes, limits)
        .documents
        .into_iter()
        .next()?
        .root;
    let origin = object.at(&["metadata", "annotations", ORIGIN])?.text()?;
    let origin = read(origin, Dialect::Kubernetes, limits)
        .documents
        .into_iter()
        .next()?
        .root;
    let path = origin
        .text_of("path")
        .or_else(|| origin.text_of("configuredIn"))?;
    Some(path.to_owned())
}

#[derive(Default)]
struct Pieces {
    made: Vec<Piece>,
    by_source: std::collections::HashMap<String, usize>,
}

impl Pieces {
    fn add(&mut self, source: &str, document: &str) {
        if document
            .lines()
            .all(|line| line.trim().is_empty() || line.starts_with('#'))
        {
            return;
        }
        let at = *self.by_source.entry(source.to_owned()).or_insert_with(|| {
            self.made.push(Piece {
                source: source.to_owned(),
                text: String::new(),
            });
            self.made.len() - 1
        });
        if let Some(piece) = self.made.get_mut(at) {
            piece.text.push_str("---\n");
            piece.text.push_str(document);
        }
    }
}

/// The documents of a stream, each with its line break at the end and without the line that begins it.
fn documents(output: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(output);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            if line.trim_end() == "---" {
                rest = text.get(at + line.len()..);
                return text.get(..at);
            }
            at += line.len();
        }
        rest = None;
        Some(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_of_a_chart_go_to_their_templates() {
        let pieces = of_chart(
            "---\n# Source: shop/templates/a.yaml\nkind: A\n---\n# Source: shop/charts/db/templates/b.yaml\nkind: B\n---\n\
             # Source: shop/templates/a.yaml\nkind: C\n---\n# Source: shop/templates/none.yaml\n",
        );
        let named: Vec<(&str, usize)> = pieces
            .iter()
            .map(|piece| (piece.source.as_str(), piece.text.matches("kind").count()))
            .collect();
        assert_eq!(
            named,
            [("templates/a.yaml", 2), ("charts/db/templates/b.yaml", 1)]
        );
    }

    #[test]
    fn objects_of_a_kustomization_go_to_their_origins() {
        let pieces = of_kustomization(
            "kind: A\nmetadata:\n  annotations:\n    config.kubernetes.io/origin: |\n      path: ../base/a.yaml\n---\nkind: B\n",
        );
        let named: Vec<&str> = pieces.iter().map(|piece| piece.source.as_str()).collect();
        assert_eq!(named, ["../base/a.yaml", ""]);
    }

    #[test]
    fn a_line_within_a_text_that_begins_no_document_splits_nothing() {
        assert_eq!(documents("a: |\n  ---\nb: 1\n").count(), 1);
    }
}
