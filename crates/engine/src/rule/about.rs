//! What is known of a rule before it judges anything.

use bartizan_model::{Confidence, Control, RuleInfo, Severity};

/// What is known of a rule before it judges.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// `supply/<name>`.
    pub id: &'static str,
    /// One line.
    pub title: &'static str,
    /// Severity of its findings unless one says otherwise.
    pub severity: Severity,
    /// Confidence of its findings unless one says otherwise.
    pub confidence: Confidence,
    /// Weaknesses, as `CWE-427`.
    pub cwe: &'static [&'static str],
    /// Requirements of published standards: framework and number.
    pub controls: &'static [(&'static str, &'static str)],
    /// The doc comment of the rule.
    pub manual: &'static str,
    /// Markdown: how to mend it.
    pub remediation: &'static str,
    /// Addresses of public documentation.
    pub references: &'static [&'static str],
}

impl About {
    /// Its requirements of published standards.
    #[must_use]
    pub fn controls(&self) -> Vec<Control> {
        let controls = self.controls.iter();
        controls
            .map(|(framework, id)| Control {
                framework: (*framework).to_owned(),
                id: (*id).to_owned(),
            })
            .collect()
    }

    /// The manual, as `explain` prints it.
    #[must_use]
    pub fn info(&self) -> RuleInfo {
        let manual: Vec<&str> = self
            .manual
            .lines()
            .map(|line| line.strip_prefix(' ').unwrap_or(line))
            .collect();
        RuleInfo {
            id: self.id.to_owned(),
            title: self.title.to_owned(),
            severity: self.severity,
            confidence: self.confidence,
            cwe: self.cwe.iter().map(ToString::to_string).collect(),
            controls: self.controls(),
            manual: manual.join("\n").trim().to_owned(),
            remediation: self.remediation.to_owned(),
            references: self.references.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Declares a rule: the doc comment is its manual.
#[macro_export]
macro_rules! rule {
    (
        $(#[doc = $line:literal])*
        $name:ident {
            id: $id:literal,
            title: $title:literal,
            severity: $severity:ident,
            confidence: $confidence:ident,
            cwe: $cwe:expr,
            controls: $controls:expr,
            remediation: $remediation:expr,
            references: $references:expr $(,)?
        }
    ) => {
        $(#[doc = $line])*
        pub struct $name;

        impl $name {
            /// What is known of the rule.
            pub const ABOUT: $crate::rule::About = $crate::rule::About {
                id: $id,
                title: $title,
                severity: $crate::rule::Severity::$severity,
                confidence: $crate::rule::Confidence::$confidence,
                cwe: &$cwe,
                controls: &$controls,
                manual: concat!($($line, "\n"),*),
                remediation: $remediation,
                references: &$references,
            };
        }
    };
}
