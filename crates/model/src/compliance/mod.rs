//! Controls of published frameworks, the evidence that bears on them, and what an assessment says of each.
//!
//! In: nothing. Out: plain data. A [`Catalog`] and [`AutomaticTest`]s come from `content`, [`EvidenceFact`]s, [`Attestation`]s
//! and the [`Scope`] from whoever keeps them; `ledger` makes an [`Assessment`] of them and `report` writes it.

mod assessment;
mod catalog;
mod evidence;

pub use assessment::{
    ASSESSMENT_SCHEMA, AssessedFramework, Assessment, Automation, ControlResult, ControlStatus, ControlTest,
    EvidenceRef, ManualPart, ManualState, OpenFinding, StatusCounts, TestOutcome, TestResult,
};
pub use catalog::{
    AutomaticTest, Catalog, CatalogControl, ControlGroup, ControlMapping, Covers, Requirement, SignInAsk,
    Wording,
};
pub use evidence::{AssetKind, Attestation, EvidenceFact, FindingState, Scope, ScopeItem, Shown};
