//! What a rule about confusion or tampering is.

use super::document::Document;
use super::own::Own;
use super::report::{Note, Report, Verdicts};
pub(crate) use bartizan_engine::rule;
pub use bartizan_engine::rule::About;

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
