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
//! let nothing = Evidence { facts: &[], attestations: &[] };
//! let now = Timestamp::from_unix_seconds(1_790_000_000);
//! let assessment = assess(&framework, bartizan_content::controls::tests(), &scope, nothing, now);
//! assert_eq!(assessment.counts.total(), 323);
//! assert_eq!(assessment.counts.satisfied, 0);
//! ```

mod assess;
mod facts;
mod framework;
mod outcome;
pub mod profile;

pub use assess::{Evidence, assess};
pub use facts::{Provenance, of_report};
pub use framework::{Framework, FrameworkError, framework, keys, of_profile};
