//! The vocabulary of Bartizan: what every other crate speaks and nothing else crosses a crate border.
//!
//! In: nothing. Out: plain data types with their JSON form (`bartizan/report/v1`, see the command line contract).
//! There is no input or output, no clock and no runtime here.

mod asset;
mod check_run;
pub mod compliance;
mod component;
pub mod encoding;
mod finding;
mod fingerprint;
pub mod guard;
mod location;
mod package_url;
mod priority;
mod quality;
mod report;
mod rule;
pub mod runtime;
mod severity;
pub mod text;
mod time;
mod uuid;
mod verdict;
mod waiver;
mod zone;

pub use asset::AssetId;
pub use check_run::{CheckRun, CheckStatus, Skipped};
pub use component::{Component, Hash, Requirement, Scope, SourcePackage};
pub use finding::{EvidenceStep, Finding, Fix, Snippet, TextEdit};
pub use fingerprint::{Fingerprint, FingerprintBuilder, SecretKey};
pub use location::Location;
pub use package_url::{InvalidPackageUrl, MAX_PACKAGE_URL_LEN, PackageUrl, PackageUrlParts};
pub use priority::{Decision, Priority, Remedy, Risk, Upgrade, Way};
pub use quality::{
    Condition, ConditionState, Measured, Measures, Part, Quality, QualityGate, QualityScope, Rating,
};
pub use report::{ImageIdentity, REPORT_SCHEMA, Report, Stats, Target, Tool};
pub use rule::{Control, RuleInfo};
pub use severity::{Confidence, Severity, UnknownLevel};
pub use time::{Date, InvalidTime, Timestamp};
pub use uuid::uuid_of;
pub use verdict::Verdict;
pub use waiver::{Waiver, WaiverOrigin};
pub use zone::{UnknownZone, Zone};
