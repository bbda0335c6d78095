//! Known vulnerabilities and malicious packages: advisories read, kept in one index, and matched with components.
//!
//! In: OSV records, the catalogue of exploited vulnerabilities (KEV) and exploit predictions (EPSS); an inventory. Out: an
//! index file, and findings. [`record`] and [`exploit`] read, [`index`] keeps, [`matching`] answers.

mod check;
pub mod exploit;
pub mod index;
pub mod matching;
mod module;
pub mod naming;
pub mod range;
pub mod record;
mod rules;
pub mod severity;

pub use check::AdvisoryCheck;
pub use rules::{MALICIOUS, VULNERABLE, rules};
