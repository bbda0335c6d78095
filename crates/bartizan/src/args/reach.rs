//! Options of `bartizan reach`.

use clap::{Args, ValueHint};
use std::path::PathBuf;

pub(super) const REACH: &str = "\
Say who can connect to whom, from manifests: workloads, addresses outside the cluster, and the controllers that publish \
workloads. Policies are NetworkPolicy, AdminNetworkPolicy and BaselineAdminNetworkPolicy, those of Cilium, and \
AuthorizationPolicy, PeerAuthentication and Sidecar of Istio; what publishes is Ingress, routes of the Gateway API and Routes \
of OpenShift. What connections depend on beside ports stands in brackets: (only GET /api/*).

With --from and --to, each line is followed by the policies and rules that decide it. What was not understood and may \
change the answer is said on standard error, and the exit code is then 4.";

pub(super) const REACH_EXAMPLES: &str = "\
Examples:
  bartizan reach deploy/                                     every pair
  bartizan reach deploy/ --from shop/web                     what a workload can reach
  bartizan reach deploy/ --from external --to shop/database  whether the outside can, and why
  bartizan reach deploy/ --exposure                          what is published, and by what
  bartizan reach deploy/ -o dot | dot -Tsvg > reach.svg      a drawing

Exit codes:
  0    every object was understood
  3    there are no manifests, or nobody has that name
  4    unknown: something was not understood or could not be read";

/// `bartizan reach`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ReachArgs {
    /// Directory or file with manifests (YAML, JSON), k8s:DIR with lists of a cluster, or another target of `bartizan scan` (- for standard input)
    #[arg(value_name = "DIR", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) target: String,

    /// Only what this one connects to: namespace/name, a whole name as printed, an address, or `external`
    #[arg(long, value_name = "WHO")]
    pub(crate) from: Option<String>,

    /// Only what connects to this one
    #[arg(long, value_name = "WHO")]
    pub(crate) to: Option<String>,

    /// Say what is published to the outside, and by what, instead of who connects to whom
    #[arg(long, conflicts_with = "from")]
    pub(crate) exposure: bool,

    /// Render charts of Helm with the values in this file besides their own (repeatable; the last one wins)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) values: Vec<PathBuf>,

    /// Print as text, json or dot, to FILE or else to standard output
    #[arg(
        short,
        long,
        value_name = "FORMAT[=FILE]",
        default_value = "text",
        help_heading = "Output"
    )]
    pub(crate) output: String,
}
