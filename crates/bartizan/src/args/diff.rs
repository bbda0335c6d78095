//! Options of `bartizan diff`.

use super::output::TextOrJson;
use clap::{Args, ValueHint};
use std::path::PathBuf;

pub(super) const DIFF: &str = "\
Say what staging would not have caught: the security-relevant differences of two environments, from manifests, charts and kustomizations. \
Objects are paired by kind and name, whatever the environments add to names; defaults are filled in, and order, quantities, replicas and \
addresses are no difference.

What production allows and staging does not comes first, then what is merely different, then what is stricter in production.";

pub(super) const DIFF_EXAMPLES: &str = "\
Examples:
  bartizan diff deploy/overlays/staging deploy/overlays/production
  bartizan diff charts/shop charts/shop --staging-values staging.yaml --production-values production.yaml
  bartizan diff k8s:recorded/staging k8s:recorded/production
  bartizan diff staging/ production/ -o json=drift.json --fail-on medium

Exit codes:
  0    nothing at or above --fail-on
  1    a difference at or above --fail-on
  3    there are no manifests in one of them
  4    unknown: something was not understood or could not be read";

/// `bartizan diff`.
#[derive(Debug, Clone, Args)]
pub(crate) struct DiffArgs {
    /// Directory or file with the manifests of staging, or k8s:DIR
    #[arg(value_name = "STAGING", value_hint = ValueHint::AnyPath)]
    pub(crate) staging: String,

    /// The same of production
    #[arg(value_name = "PRODUCTION", value_hint = ValueHint::AnyPath)]
    pub(crate) production: String,

    /// Render charts of staging with the values in this file besides their own (repeatable; the last one wins)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) staging_values: Vec<PathBuf>,

    /// Render charts of production with the values in this file besides their own (repeatable; the last one wins)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) production_values: Vec<PathBuf>,

    /// Deny on a difference of this severity or a higher one
    #[arg(long, value_name = "SEVERITY", default_value = "high", value_parser = ["critical", "high", "medium", "low", "info"])]
    pub(crate) fail_on: String,

    #[command(flatten)]
    pub(crate) output: TextOrJson,
}
