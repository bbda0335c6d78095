//! What `Chart.yaml` says.

use bartizan_document::{Dialect, Limits, read};

/// A chart of Helm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Its name.
    pub name: String,
    /// Whether it only lends templates to others and makes nothing itself.
    pub is_library: bool,
}

impl Chart {
    /// Reads `Chart.yaml`; none where it names no chart.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let limits = Limits {
            nodes: 10_000,
            ..Limits::default()
        };
        let document = read(text, Dialect::Kubernetes, limits)
            .documents
            .into_iter()
            .next()?;
        let name = document.root.text_of("name")?;
        Some(Self {
            name: name.to_owned(),
            is_library: document.root.text_of("type") == Some("library"),
        })
    }

    /// A name under which it can be rendered: its own, as far as names of releases may hold it.
    #[must_use]
    pub fn release(&self) -> String {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let name: String = self
            .name
            .to_ascii_lowercase()
            .chars()
            .filter(|c| allowed(*c))
            .take(53)
            .collect();
        let name = name.trim_matches('-');
        if name.is_empty() {
            "release".to_owned()
        } else {
            name.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_is_read_and_named_as_releases_may_be() {
        let chart = Chart::read("name: My_Shop\ntype: library\n").unwrap();
        assert!(chart.is_library);
        assert_eq!(chart.release(), "myshop");
        assert_eq!(Chart::read("- 1"), None);
        let odd = Chart {
            name: "--ü--".to_owned(),
            is_library: false,
        };
        assert_eq!(odd.release(), "release");
    }
}
