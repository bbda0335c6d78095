//! What evidence says of the controls of a framework.
//!
//! In: a [`Framework`] (a catalogue, or a baseline that an OSCAL profile selects from it), the automatic tests that bear on its controls,
//! what belongs to the system, facts and attestations. Out: an [`Assessment`](bartizan_model::compliance::Assessment), in which a control
//! is satisfied only where fresh and complete evidence says so, and a person where evidence cannot.
//!
//! ```
//! use bartizan_ledger::compliance::{Evidence, assess, framework};
//! use bartizan_model::{Timestamp, compliance::Scope};
//!
//! let framework = framework("fedramp:moderate").unwrap();
//! let scope = Scope { system: "harbour".into(), assets: Vec::new() };
//! let nothing = Evidence { facts: &[], totals: None, attestations: &[] };
//! let now = Timestamp::from_unix_seconds(1_790_000_000);
//! let assessment = assess(&framework, bartizan_content::controls::tests(), &scope, nothing, now);
//! assert_eq!(assessment.counts.total(), 323);
//! assert_eq!(assessment.counts.satisfied, 0);
//! ```

mod assess;
mod facts;
mod framework;
mod outcome;
mod policy;
pub mod profile;
mod totals;

pub use assess::{Evidence, Outcomes, assess};
pub use facts::{Provenance, narrowed, of_report};
pub use framework::{Framework, FrameworkError, framework, keys, of_profile};
pub use policy::{CompliancePolicy, CompliancePolicyError};
pub use totals::{CountedFindings, FindingTotals, totals};
