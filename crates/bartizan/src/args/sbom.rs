//! Options of `bartizan sbom`.

use super::SelectArgs;
use clap::{Args, ValueEnum, ValueHint};

/// `bartizan sbom`.
#[derive(Debug, Clone, Args)]
pub(crate) struct SbomArgs {
    /// Path, git:RANGE, git:ALL, image:NAME, oci:DIR, docker-archive:FILE, rootfs:DIR, or sbom:FILE for a bill of materials (sbom:- on standard input)
    #[arg(value_name = "TARGET", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) targets: Vec<String>,

    /// What to look at.
    #[command(flatten)]
    pub(crate) select: SelectArgs,

    /// Print in this format, to FILE or else to standard output (repeatable)
    ///
    /// Formats: cyclonedx (1.6, JSON), spdx (2.3, JSON), json, jsonl, statement. At most one goes to standard output. A file is written whole or not at all.
    #[arg(short, long, value_name = "FORMAT[=FILE]", default_value = "cyclonedx", value_hint = ValueHint::Other, help_heading = "Output")]
    pub(crate) output: Vec<String>,

    /// What the format statement carries
    #[arg(
        long,
        value_name = "FORM",
        value_enum,
        default_value = "cyclonedx",
        help_heading = "Output"
    )]
    pub(crate) predicate: Predicate,
}

/// The predicate of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Predicate {
    /// <https://cyclonedx.org/bom>
    Cyclonedx,
    /// <https://spdx.dev/Document>
    Spdx,
}
