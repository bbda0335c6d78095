//! Powers: what a grant allows that lets somebody become somebody else, or read or change what is not theirs.
//!
//! In: rules. Out: the powers that each gives. A power by itself is what the documentation of Kubernetes warns of; what follows from it in
//! a given cluster is worked out in [`super::graph`].
//!
//! Source: <https://kubernetes.io/docs/concepts/security/rbac-good-practices/>.

use super::rule::Rule;

/// The group of roles and bindings.
const RBAC: &str = "rbac.authorization.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";

/// Something that a grant lets do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Power {
    /// Every verb on every resource.
    Everything,
    /// Creates pods.
    CreatePods,
    /// Creates or changes what makes pods.
    CreateWorkloads,
    /// Changes pods that run: their images.
    ChangePods,
    /// Runs programs in pods that run.
    Exec,
    /// Reads secrets.
    ReadSecrets,
    /// Creates secrets.
    CreateSecrets,
    /// Asks for tokens of service accounts.
    RequestTokens,
    /// Acts as other users.
    ImpersonateUsers,
    /// Acts as a member of other groups.
    ImpersonateGroups,
    /// Acts as service accounts.
    ImpersonateAccounts,
    /// Grants cluster roles that it does not hold.
    BindClusterRoles,
    /// Grants roles that it does not hold.
    BindRoles,
    /// Writes into cluster roles what it does not hold.
    EscalateClusterRoles,
    /// Writes into roles what it does not hold.
    EscalateRoles,
    /// Changes cluster roles.
    ChangeClusterRoles,
    /// Changes roles.
    ChangeRoles,
    /// Writes bindings of the cluster.
    WriteClusterBindings,
    /// Writes bindings of a namespace.
    WriteBindings,
    /// Speaks to kubelets.
    ProxyNodes,
    /// Asks for certificates.
    CreateRequests,
    /// Approves requests for certificates.
    ApproveRequests,
    /// May approve for a signer.
    ApproveSigners,
    /// Changes what others create.
    MutateRequests,
    /// Reads what others create.
    ReadRequests,
    /// Makes volumes of directories of nodes.
    CreateVolumes,
    /// Claims volumes.
    ClaimVolumes,
    /// Changes namespaces, and so their labels.
    ChangeNamespaces,
    /// Changes or deletes nodes.
    ChangeNodes,
    /// Defines kinds of objects.
    DefineKinds,
    /// Says who answers for a group of the API.
    RedirectApi,
    /// Connects to ports of pods.
    ForwardPorts,
}

/// Where a grant must hold to give a power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    /// In the cluster, for what it is about lies in no namespace.
    Cluster,
    /// In a namespace or in the cluster.
    Namespace,
}

struct Means(
    Power,
    Level,
    &'static [&'static str],
    &'static str,
    &'static str,
    &'static str,
);

const WRITE: &[&str] = &["create", "update", "patch"];
const CHANGE: &[&str] = &["update", "patch"];
const READ: &[&str] = &["get", "list", "watch"];

/// Power, level, one of the verbs, group, resource, subresource.
const ALL: &[Means] = &{
    use Level::{Cluster, Namespace};
    use Power as P;
    [
        Means(P::CreatePods, Namespace, &["create"], "", "pods", ""),
        Means(P::CreateWorkloads, Namespace, WRITE, "apps", "deployments", ""),
        Means(P::CreateWorkloads, Namespace, WRITE, "apps", "daemonsets", ""),
        Means(P::CreateWorkloads, Namespace, WRITE, "apps", "statefulsets", ""),
        Means(P::CreateWorkloads, Namespace, WRITE, "apps", "replicasets", ""),
        Means(P::CreateWorkloads, Namespace, WRITE, "batch", "cronjobs", ""),
        Means(P::CreateWorkloads, Namespace, &["create"], "batch", "jobs", ""),
        Means(
            P::CreateWorkloads,
            Namespace,
            WRITE,
            "",
            "replicationcontrollers",
            "",
        ),
        Means(P::ChangePods, Namespace, CHANGE, "", "pods", ""),
        Means(P::Exec, Namespace, &["create", "get"], "", "pods", "exec"),
        Means(P::Exec, Namespace, &["create", "get"], "", "pods", "attach"),
        Means(P::Exec, Namespace, CHANGE, "", "pods", "ephemeralcontainers"),
        Means(P::ReadSecrets, Namespace, READ, "", "secrets", ""),
        Means(P::CreateSecrets, Namespace, &["create"], "", "secrets", ""),
        Means(
            P::RequestTokens,
            Namespace,
            &["create"],
            "",
            "serviceaccounts",
            "token",
        ),
        Means(P::ImpersonateUsers, Cluster, &["impersonate"], "", "users", ""),
        Means(P::ImpersonateGroups, Cluster, &["impersonate"], "", "groups", ""),
        Means(
            P::ImpersonateAccounts,
            Namespace,
            &["impersonate"],
            "",
            "serviceaccounts",
            "",
        ),
        Means(
            P::BindClusterRoles,
            Namespace,
            &["bind"],
            RBAC,
            "clusterroles",
            "",
        ),
        Means(P::BindRoles, Namespace, &["bind"], RBAC, "roles", ""),
        Means(
            P::EscalateClusterRoles,
            Cluster,
            &["escalate"],
            RBAC,
            "clusterroles",
            "",
        ),
        Means(P::EscalateRoles, Namespace, &["escalate"], RBAC, "roles", ""),
        Means(P::ChangeClusterRoles, Cluster, CHANGE, RBAC, "clusterroles", ""),
        Means(P::ChangeRoles, Namespace, CHANGE, RBAC, "roles", ""),
        Means(
            P::WriteClusterBindings,
            Cluster,
            WRITE,
            RBAC,
            "clusterrolebindings",
            "",
        ),
        Means(P::WriteBindings, Namespace, WRITE, RBAC, "rolebindings", ""),
        Means(P::ProxyNodes, Cluster, &["get", "create"], "", "nodes", "proxy"),
        Means(
            P::CreateRequests,
            Cluster,
            &["create"],
            CERTIFICATES,
            "certificatesigningrequests",
            "",
        ),
        Means(
            P::ApproveRequests,
            Cluster,
            CHANGE,
            CERTIFICATES,
            "certificatesigningrequests",
            "approval",
        ),
        Means(
            P::ApproveSigners,
            Cluster,
            &["approve"],
            CERTIFICATES,
            "signers",
            "",
        ),
        Means(
            P::MutateRequests,
            Cluster,
            WRITE,
            ADMISSION,
            "mutatingwebhookconfigurations",
            "",
        ),
        Means(
            P::ReadRequests,
            Cluster,
            WRITE,
            ADMISSION,
            "validatingwebhookconfigurations",
            "",
        ),
        Means(
            P::CreateVolumes,
            Cluster,
            &["create"],
            "",
            "persistentvolumes",
            "",
        ),
        Means(
            P::ClaimVolumes,
            Namespace,
            &["create"],
            "",
            "persistentvolumeclaims",
            "",
        ),
        // A namespace lies in itself.
        Means(P::ChangeNamespaces, Namespace, CHANGE, "", "namespaces", ""),
        Means(
            P::ChangeNodes,
            Cluster,
            &["update", "patch", "delete"],
            "",
            "nodes",
            "",
        ),
        Means(
            P::DefineKinds,
            Cluster,
            WRITE,
            "apiextensions.k8s.io",
            "customresourcedefinitions",
            "",
        ),
        Means(
            P::RedirectApi,
            Cluster,
            WRITE,
            "apiregistration.k8s.io",
            "apiservices",
            "",
        ),
        Means(
            P::ForwardPorts,
            Namespace,
            &["create", "get"],
            "",
            "pods",
            "portforward",
        ),
    ]
};

impl Power {
    /// What it is called in JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        self.both().0
    }

    /// What it lets do.
    #[must_use]
    pub const fn words(self) -> &'static str {
        self.both().1
    }

    const fn both(self) -> (&'static str, &'static str) {
        match self {
            Self::Everything => ("everything", "do everything"),
            Self::CreatePods => ("create-pods", "create pods"),
            Self::CreateWorkloads => ("create-workloads", "create or change what makes pods"),
            Self::ChangePods => ("change-pods", "change the images of pods that run"),
            Self::Exec => ("exec", "run programs in pods"),
            Self::ReadSecrets => ("read-secrets", "read secrets"),
            Self::CreateSecrets => ("create-secrets", "create secrets"),
            Self::RequestTokens => ("request-tokens", "ask for tokens of service accounts"),
            Self::ImpersonateUsers => ("impersonate-users", "act as other users"),
            Self::ImpersonateGroups => ("impersonate-groups", "act as a member of other groups"),
            Self::ImpersonateAccounts => ("impersonate-accounts", "act as service accounts"),
            Self::BindClusterRoles => ("bind-cluster-roles", "grant cluster roles that it does not hold"),
            Self::BindRoles => ("bind-roles", "grant roles that it does not hold"),
            Self::EscalateClusterRoles => (
                "escalate-cluster-roles",
                "write into cluster roles what it does not hold",
            ),
            Self::EscalateRoles => ("escalate-roles", "write into roles what it does not hold"),
            Self::ChangeClusterRoles => ("change-cluster-roles", "change cluster roles"),
            Self::ChangeRoles => ("change-roles", "change roles"),
            Self::WriteClusterBindings => ("write-cluster-role-bindings", "write ClusterRoleBindings"),
            Self::WriteBindings => ("write-role-bindings", "write RoleBindings"),
            Self::ProxyNodes => (
                "proxy-nodes",
                "speak to kubelets, past admission and the audit log",
            ),
            Self::CreateRequests => ("create-certificate-requests", "ask for certificates"),
            Self::ApproveRequests => (
                "approve-certificate-requests",
                "approve requests for certificates",
            ),
            Self::ApproveSigners => ("approve-signers", "approve for a signer"),
            Self::MutateRequests => ("mutate-requests", "change by a webhook what others create"),
            Self::ReadRequests => ("read-requests", "read by a webhook what others create"),
            Self::CreateVolumes => ("create-volumes", "make volumes of directories of nodes"),
            Self::ClaimVolumes => ("claim-volumes", "claim volumes"),
            Self::ChangeNamespaces => (
                "change-namespaces",
                "change labels of namespaces, by which pods and connections are held back",
            ),
            Self::ChangeNodes => ("change-nodes", "change or delete nodes"),
            Self::DefineKinds => ("define-kinds", "define kinds of objects, and who converts them"),
            Self::RedirectApi => ("redirect-api", "say who answers for a group of the API"),
            Self::ForwardPorts => ("forward-ports", "connect to ports of pods, past network policies"),
        }
    }
}

/// A power that a rule gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) power: Power,
    /// Whether the grant must hold in the whole cluster.
    pub(super) of_cluster: bool,
    /// Whether it is about named objects only.
    pub(super) named: bool,
}

/// The powers that a rule gives where it holds.
pub(super) fn powers(rule: &Rule) -> Vec<Given> {
    let mut all: Vec<Given> = Vec::new();
    let named = !rule.names.is_empty();
    if rule.is_everything() {
        all.push(Given {
            power: Power::Everything,
            of_cluster: false,
            named: false,
        });
    }
    for Means(power, level, verbs, group, resource, subresource) in ALL {
        // A request to create an object has no name yet, so a rule about named objects does not allow it.
        let mut verbs = verbs
            .iter()
            .filter(|verb| !named || !subresource.is_empty() || **verb != "create");
        let gives = verbs.any(|verb| rule.gives(verb, group, resource, subresource));
        if gives && all.iter().all(|one| one.power != *power) {
            all.push(Given {
                power: *power,
                of_cluster: *level == Level::Cluster,
                named,
            });
        }
    }
    all
}
