//! The command line of `bartizan policy`.

use clap::{Subcommand, ValueHint};
use std::path::PathBuf;

/// `bartizan policy`.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyVerb {
    /// Run the tests that policies bring along
    ///
    /// Below PATH: Rego, loaded together, each rule whose name begins with test_; Suites of Gatekeeper; Tests of Kyverno whose policies
    /// are in CEL. A test that cannot be told, for a function that is not supported or a limit that was reached, is unknown and never passed.
    ///
    /// Exit codes: 0 all passed, 1 one failed, 3 there are no tests, 4 one could not be told or a file could not be read.
    Test {
        /// Files and directories with policies and their tests
        #[arg(value_name = "PATH", required = true, value_hint = ValueHint::AnyPath)]
        paths: Vec<PathBuf>,

        /// Name the lines of Rego that no test evaluates
        #[arg(long)]
        coverage: bool,

        /// What `time.now_ns()` gives, in nanoseconds since 1970; without it, a test that asks is unknown
        #[arg(long, value_name = "NANOSECONDS")]
        now: Option<i64>,
    },
}
