//! What a rule about confusion or tampering is.

use super::document::Document;
use super::own::Own;
use super::report::{Note, Report, Verdicts};
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
    pub(crate) fn controls(&self) -> Vec<Control> {
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

/// What a rule knows besides documents.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whole<'a> {
    /// Names that are the reader's own.
    pub(crate) own: &'a Own,
    /// Whether every file of the target is looked at, so that what was not seen is not there.
    pub(crate) complete: bool,
}

/// Judges documents.
pub(crate) trait Rule: Send + Sync {
    /// What is known of it.
    fn about(&self) -> &'static About;

    /// Judges one document, and notes what is to be judged with others.
    fn judge(&self, document: &Document, whole: Whole<'_>, out: &mut Report<'_>);

    /// Judges the notes of all documents, ordered by path.
    fn finish(&self, _notes: &[Note], _whole: Whole<'_>, _out: &mut Verdicts<'_>) {}
}

/// The requirement that components come from the expected place, <https://owasp.org/www-project-application-security-verification-standard/>.
pub(crate) const EXPECTED_PLACE: (&str, &str) = ("OWASP-ASVS-5.0", "15.2.4");

/// Declares a rule: the doc comment is its manual.
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
            pub const ABOUT: crate::tampering::rule::About = crate::tampering::rule::About {
                id: $id,
                title: $title,
                severity: bartizan_model::Severity::$severity,
                confidence: bartizan_model::Confidence::$confidence,
                cwe: &$cwe,
                controls: &$controls,
                manual: concat!($($line, "\n"),*),
                remediation: $remediation,
                references: &$references,
            };
        }
    };
}
pub(crate) use rule;
