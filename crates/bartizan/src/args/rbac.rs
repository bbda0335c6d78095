//! Options of `bartizan rbac`.

use super::output::TextOrJson;
use clap::{Args, ValueHint};

pub(super) const RBAC: &str = "\
Say who may do what in a cluster, from manifests: for each subject that a binding names, the grants that it has by name \
and through the groups that the API server puts it into, and whether it can take the cluster.

With --can, only whom that request is allowed, and by which grants; with --paths, what each subject can become by steps that \
are each allowed, with the grant of every step. What every cluster has, as `cluster-admin`, `edit` and `view`, is known. What \
is not known and may change the answer is said on standard error, and the exit code is then 4.";

pub(super) const RBAC_EXAMPLES: &str = "\
Examples:
  bartizan rbac deploy/                                       every subject and its grants
  bartizan rbac deploy/ --subject shop/cart --paths           what an account can become, and how
  bartizan rbac deploy/ --can get secrets -n shop             who can read secrets there
  bartizan rbac deploy/ --can create pods/exec                who can in every namespace
  bartizan rbac deploy/ --subject group:team --can patch deployments.apps -n shop
  bartizan rbac deploy/ -o json | jq '.subjects[].grants[].id'

Exit codes:
  0    answered; with --subject and --can: allowed
  1    with --subject and --can: not allowed
  3    there are no manifests, or no binding names that subject
  4    unknown: something was not understood or could not be read, or a role is not known";

/// `bartizan rbac`.
#[derive(Debug, Clone, Args)]
pub(crate) struct RbacArgs {
    /// Directory or file with manifests (YAML, JSON), or another target of `bartizan scan` (- for standard input)
    #[arg(value_name = "DIR", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) target: String,

    /// Only this one: NAMESPACE/NAME for a service account, user:NAME or group:NAME
    #[arg(long, value_name = "WHO")]
    pub(crate) subject: Option<String>,

    /// Who can: a verb, and a resource as RESOURCE[.GROUP][/SUBRESOURCE], or a path that begins with /
    #[arg(long, num_args = 2, value_names = ["VERB", "RESOURCE"])]
    pub(crate) can: Vec<String>,

    /// The namespace of what is asked for; every namespace at once where there is none
    #[arg(short, long, value_name = "NAMESPACE", requires = "can")]
    pub(crate) namespace: Option<String>,

    /// The name of the object that is asked for
    #[arg(long, value_name = "NAME", requires = "can")]
    pub(crate) name: Option<String>,

    /// Say what each subject can become, step by step, instead of its grants
    #[arg(long, conflicts_with = "can")]
    pub(crate) paths: bool,

    #[command(flatten)]
    pub(crate) output: TextOrJson,
}
