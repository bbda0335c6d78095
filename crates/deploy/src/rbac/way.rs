//! What is done with powers, in words.

/// What is done with powers.
#[derive(Debug, PartialEq, Eq)]
pub struct Way {
    /// What it is called in JSON.
    pub id: &'static str,
    /// What is done, in the third person.
    pub words: &'static str,
    /// What it needs that is not in roles and bindings; empty where nothing.
    pub assumes: &'static str,
}

const fn way(id: &'static str, words: &'static str) -> Way {
    Way {
        id,
        words,
        assumes: "",
    }
}

pub(super) const EVERYTHING: Way = way("everything", "may do everything");
pub(super) const MASTER: Way = way("system-masters", "is refused nothing, whatever roles say");
pub(super) const CREATE_PODS: Way = way(
    "create-pods",
    "creates a pod that runs as another account of the namespace",
);
pub(super) const CREATE_WORKLOADS: Way = way(
    "create-workloads",
    "creates or changes a workload whose pods run as another account of the namespace",
);
pub(super) const CHANGE_PODS: Way = way(
    "change-pods",
    "changes the image of a pod that runs as another account",
);
pub(super) const EXEC: Way = way(
    "exec",
    "runs a program in a pod that has the token of another account",
);
pub(super) const PROXY: Way = way(
    "proxy-nodes",
    "runs a program in any pod through the kubelet of its node",
);
pub(super) const READ_TOKEN: Way = way(
    "read-token-secret",
    "reads a secret that is the token of an account",
);
pub(super) const MAKE_TOKEN: Way = way(
    "make-token-secret",
    "creates a secret that becomes the token of an account, and reads it",
);
pub(super) const REQUEST_TOKEN: Way = way("request-token", "asks for a token of an account");
pub(super) const IMPERSONATE: Way = way("impersonate", "acts as somebody else");
pub(super) const IMPERSONATE_MASTERS: Way = way("impersonate-masters", "acts as a member of system:masters");
pub(super) const BIND: Way = way("bind", "binds a role that it does not hold to itself");
pub(super) const ESCALATE: Way = way(
    "escalate",
    "writes into a role that is bound to it what it does not hold",
);
pub(super) const CERTIFICATE: Way = way("certificate", "approves a certificate for any user");
pub(super) const NODE_CERTIFICATE: Way = way("node-certificate", "approves a certificate for a node");
pub(super) const WEBHOOK: Way = way(
    "mutating-webhook",
    "changes pods of others while they are created, so that they run as another account",
);
pub(super) const VOLUME: Way = way(
    "host-path-volume",
    "makes a volume of a directory of a node and gives it to a pod",
);
pub(super) const PRIVILEGED: Way = Way {
    id: "privileged-pod",
    words: "creates a pod with the rights of its node",
    assumes: "nothing but the level of the namespace keeps such pods away",
};
pub(super) const FROM_NODE: Way = way("from-node", "takes tokens of the pods that run on a node");
