//! Options of `bartizan tenant`.

use super::output::TextOrJson;
use clap::{Args, Subcommand, ValueEnum, ValueHint};
use std::path::PathBuf;

pub(super) const TENANT: &str = "\
Tenants that share a cluster: what keeps them apart, and the manifests of a new one.

Tenants are declared by labels of namespaces (bartizan.dev/tenant and others that are common; the setting \
deploy.tenant-labels names other keys) or by the setting deploy.tenants. One tenant may have several namespaces; what no \
tenant owns is the platform's.";

const MATRIX: &str = "\
Say for each tenant, and for each two of them, the platform and the outside, what keeps them apart: quotas, levels of pod \
security, images, rights over what holds a tenant back; connections, labels that would open them, rights of the API, volumes, \
nodes, classes, the mesh, hosts. Each cell is isolated, broken or unknown; what is not isolated is proved below the table by \
the objects that break it.";

const MATRIX_EXAMPLES: &str = "\
Examples:
  bartizan tenant matrix deploy/                every tenant and every two
  bartizan tenant matrix deploy/ -o json        the same for programs
  kubectl get ns,pods,netpol,... -A -o yaml | bartizan tenant matrix -

Exit codes:
  0    every cell is isolated, or broken below high
  1    a cell is broken at high or above
  3    there are no manifests, or they declare no tenant
  4    unknown: a cell cannot be decided, or something could not be read";

const SCAFFOLD: &str = "\
Write the manifests of a new tenant: for each namespace itself with the level of pod security, a quota and bounds for \
containers, policies that deny all connections and then allow names and the tenant itself, a role for its administrators \
without the verbs that escalate, and with --mesh istio the policies of the mesh. `bartizan tenant matrix` finds nothing to \
say of them.";

const SCAFFOLD_EXAMPLES: &str = "\
Examples:
  bartizan tenant scaffold acme > acme.yaml
  bartizan tenant scaffold acme --namespace acme-prod --namespace acme-dev --dir tenants/
  bartizan tenant scaffold acme --mesh istio | kubectl apply --dry-run=server -f -";

/// `bartizan tenant`.
#[derive(Debug, Subcommand)]
pub(crate) enum TenantVerb {
    /// Say what keeps tenants apart, from manifests
    #[command(long_about = MATRIX, after_long_help = MATRIX_EXAMPLES)]
    Matrix(MatrixArgs),

    /// Write the manifests of a new tenant that is kept apart
    #[command(long_about = SCAFFOLD, after_long_help = SCAFFOLD_EXAMPLES)]
    Scaffold(ScaffoldArgs),
}

/// `bartizan tenant matrix`.
#[derive(Debug, Clone, Args)]
pub(crate) struct MatrixArgs {
    /// Directory or file with manifests (YAML, JSON), or another target of `bartizan scan` (- for standard input)
    #[arg(value_name = "DIR", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) target: String,

    #[command(flatten)]
    pub(crate) output: TextOrJson,
}

/// Which mesh there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MeshChoice {
    /// No mesh.
    None,
    /// Istio.
    Istio,
}

/// `bartizan tenant scaffold`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ScaffoldArgs {
    /// Name of the tenant
    #[arg(value_name = "NAME")]
    pub(crate) name: String,

    /// A namespace of the tenant; repeat for several [default: the name of the tenant]
    #[arg(long, value_name = "N")]
    pub(crate) namespace: Vec<String>,

    /// The mesh that its pods are in
    #[arg(long, value_enum, default_value = "none", value_name = "MESH")]
    pub(crate) mesh: MeshChoice,

    /// Write tenant-NAME.yaml into this directory instead of printing
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) dir: Option<PathBuf>,
}
