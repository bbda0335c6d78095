//! Who can become whom, as a graph.
//!
//! In: every grant, as powers. Out: nodes (subjects, the accounts of a namespace, the nodes of the cluster, the cluster) and edges, each
//! with the way and the grants that open it. Each edge is something that the documentation of Kubernetes says a power allows.
//!
//! Source: <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks>.

use super::manifest::DEFAULT;
use super::permissions::{GrantAt, Permissions};
use super::power::{Given, Power, powers};
use super::subject::{MASTERS, Subject};
use super::summary::{Held, Summaries, Summary};
use std::collections::{BTreeSet, HashMap};

/// The signer of certificates for users, and that of certificates for kubelets.
const USER_SIGNER: &str = "kubernetes.io/kube-apiserver-client";
const NODE_SIGNER: &str = "kubernetes.io/kube-apiserver-client-kubelet";
/// The levels of pods that keep a pod from taking its node.
const HOLDING: [&str; 2] = ["baseline", "restricted"];

/// Somebody or something that can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Have {
    Subject(u32),
    /// Any account of a namespace.
    Accounts(u32),
    AnyAccount,
    /// Any account whose token a pod of a namespace is given.
    Running(u32),
    AnyRunning,
    AnyUser,
    Nodes,
    Cluster,
}

/// How one has something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) to: u32,
    /// What is done; none where nothing has to be: a member of a group, one account of any.
    pub(super) way: Option<&'static Way>,
    pub(super) grants: Vec<GrantAt>,
    /// Whether it needs something that manifests of roles do not say.
    pub(super) assumes: bool,
}

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

const EVERYTHING: Way = way("everything", "may do everything");
const MASTER: Way = way("system-masters", "is refused nothing, whatever roles say");
const CREATE_PODS: Way = way(
    "create-pods",
    "creates a pod that runs as another account of the namespace",
);
const CREATE_WORKLOADS: Way = way(
    "create-workloads",
    "creates or changes a workload whose pods run as another account of the namespace",
);
const CHANGE_PODS: Way = way(
    "change-pods",
    "changes the image of a pod that runs as another account",
);
const EXEC: Way = way(
    "exec",
    "runs a program in a pod that has the token of another account",
);
const PROXY: Way = way(
    "proxy-nodes",
    "runs a program in any pod through the kubelet of its node",
);
const READ_TOKEN: Way = way(
    "read-token-secret",
    "reads a secret that is the token of an account",
);
const MAKE_TOKEN: Way = way(
    "make-token-secret",
    "creates a secret that becomes the token of an account, and reads it",
);
const REQUEST_TOKEN: Way = way("request-token", "asks for a token of an account");
const IMPERSONATE: Way = way("impersonate", "acts as somebody else");
const IMPERSONATE_MASTERS: Way = way("impersonate-masters", "acts as a member of system:masters");
const BIND: Way = way("bind", "binds a role that it does not hold to itself");
const ESCALATE: Way = way(
    "escalate",
    "writes into a role that is bound to it what it does not hold",
);
const CERTIFICATE: Way = way("certificate", "approves a certificate for any user");
const NODE_CERTIFICATE: Way = way("node-certificate", "approves a certificate for a node");
const WEBHOOK: Way = way(
    "mutating-webhook",
    "changes pods of others while they are created, so that they run as another account",
);
const VOLUME: Way = way(
    "host-path-volume",
    "makes a volume of a directory of a node and gives it to a pod",
);
const PRIVILEGED: Way = Way {
    id: "privileged-pod",
    words: "creates a pod with the rights of its node",
    assumes: "nothing but the level of the namespace keeps such pods away",
};
const FROM_NODE: Way = way("from-node", "takes tokens of the pods that run on a node");

/// Nodes and edges.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Have>,
    pub(super) subjects: Vec<Subject>,
    pub(super) namespaces: Vec<String>,
    pub(super) edges: Vec<Vec<Edge>>,
    numbers: HashMap<Have, u32>,
    subject_numbers: HashMap<Subject, u32>,
    namespace_numbers: HashMap<String, u32>,
}

impl Graph {
    /// The graph of what permissions allow.
    pub(super) fn of(permissions: &Permissions) -> Self {
        let mut graph = Self::default();
        for have in [
            Have::Cluster,
            Have::Nodes,
            Have::AnyAccount,
            Have::AnyRunning,
            Have::AnyUser,
        ] {
            graph.node(have);
        }
        for subject in everybody(permissions) {
            graph.subject(&subject);
        }
        let summaries = Summaries::of(permissions);
        graph.belonging(permissions);
        for at in 0..graph.subjects.len() {
            let Some(subject) = graph.subjects.get(at).cloned() else {
                break;
            };
            Opening {
                permissions,
                summaries: &summaries,
                subject: &subject,
                own: summaries.of_subject(&subject),
                groups: subject
                    .groups()
                    .iter()
                    .map(|one| summaries.of_subject(one))
                    .collect(),
                graph: &mut graph,
            }
            .open();
        }
        graph
    }

    fn node(&mut self, have: Have) -> u32 {
        if let Some(number) = self.numbers.get(&have) {
            return *number;
        }
        let number = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.nodes.push(have);
        self.edges.push(Vec::new());
        self.numbers.insert(have, number);
        number
    }

    fn subject(&mut self, subject: &Subject) -> u32 {
        if let Some(number) = self.subject_numbers.get(subject) {
            return self.node(Have::Subject(*number));
        }
        let number = u32::try_from(self.subjects.len()).unwrap_or(u32::MAX);
        self.subjects.push(subject.clone());
        self.subject_numbers.insert(subject.clone(), number);
        self.node(Have::Subject(number))
    }

    fn namespace(&mut self, name: &str) -> u32 {
        if let Some(number) = self.namespace_numbers.get(name) {
            return *number;
        }
        let number = u32::try_from(self.namespaces.len()).unwrap_or(u32::MAX);
        self.namespaces.push(name.to_owned());
        self.namespace_numbers.insert(name.to_owned(), number);
        number
    }

    /// The number of a subject's node, where it is known.
    pub(super) fn number(&self, subject: &Subject) -> Option<u32> {
        let number = self.subject_numbers.get(subject)?;
        self.numbers.get(&Have::Subject(*number)).copied()
    }

    /// The number of what is always there.
    pub(super) fn number_of(&self, have: Have) -> u32 {
        self.numbers.get(&have).copied().unwrap_or_default()
    }

    pub(super) fn is_subject(&self, node: u32) -> Option<&Subject> {
        match self.nodes.get(node as usize)? {
            Have::Subject(subject) => self.subjects.get(*subject as usize),
            _ => None,
        }
    }

    fn edge(&mut self, from: u32, edge: Edge) {
        if let Some(edges) = self.edges.get_mut(from as usize).filter(|_| edge.to != from) {
            edges.push(edge);
        }
    }

    /// An edge that nothing has to be done for.
    fn is(&mut self, from: u32, to: u32) {
        self.edge(
            from,
            Edge {
                to,
                way: None,
                grants: Vec::new(),
                assumes: false,
            },
        );
    }

    /// Members of groups, accounts of namespaces, accounts that pods run as.
    fn belonging(&mut self, permissions: &Permissions) {
        let any = self.node(Have::AnyAccount);
        let user = self.node(Have::AnyUser);
        for at in 0..self.subjects.len() {
            let Some(subject) = self.subjects.get(at).cloned() else {
                break;
            };
            let node = self.subject(&subject);
            for group in subject.groups() {
                if let Some(group) = self.number(&group) {
                    self.is(node, group);
                }
            }
            match &subject {
                Subject::Account { namespace, .. } => {
                    let of = self.namespace(namespace);
                    let known = self.numbers.contains_key(&Have::Accounts(of));
                    let accounts = self.node(Have::Accounts(of));
                    if !known {
                        self.is(any, accounts);
                    }
                    self.is(accounts, node);
                }
                Subject::User(_) => self.is(user, node),
                // A certificate can put its holder into any group but this.
                Subject::Group(name) if name != MASTERS && !subject.is_anonymous() => self.is(user, node),
                Subject::Group(_) => {}
            }
        }
        let running = self.node(Have::AnyRunning);
        let mut seen = BTreeSet::new();
        for workload in &permissions.workloads {
            let workload = &workload.item;
            let account = (workload.namespace.clone(), workload.account.clone());
            if !permissions.has_token(workload) || !seen.insert(account) {
                continue;
            }
            let of = self.namespace(&workload.namespace);
            let here = self.node(Have::Running(of));
            let node = self.subject(&Subject::account(&workload.namespace, &workload.account));
            self.is(here, node);
            self.is(running, node);
        }
        let (nodes, running) = (self.node(Have::Nodes), running);
        self.edge(
            nodes,
            Edge {
                to: running,
                way: Some(&FROM_NODE),
                grants: Vec::new(),
                assumes: false,
            },
        );
    }
}

/// Every subject there is something to say about, in an order of its own.
fn everybody(permissions: &Permissions) -> BTreeSet<Subject> {
    let mut all: BTreeSet<Subject> = permissions.named().cloned().collect();
    let accounts = permissions.accounts.keys();
    all.extend(accounts.map(|(namespace, name)| Subject::account(namespace, name)));
    let workloads = permissions.workloads.iter().map(|workload| &workload.item);
    all.extend(workloads.map(|one| Subject::account(&one.namespace, &one.account)));
    let tokens = permissions.tokens.iter();
    all.extend(tokens.map(|(namespace, _, account)| Subject::account(namespace, account)));
    all
}

/// The edges of one subject.
struct Opening<'g, 'p> {
    permissions: &'p Permissions,
    summaries: &'g Summaries,
    subject: &'g Subject,
    own: &'g Summary,
    groups: Vec<&'g Summary>,
    graph: &'g mut Graph,
}

/// Where a power holds: the number of a namespace in the summaries; none for the whole cluster.
type Scope = Option<u32>;

impl Opening<'_, '_> {
    fn open(&mut self) {
        if Permissions::is_master(self.subject) {
            self.to(Have::Cluster, &MASTER, &[]);
        }
        for held in self.own.of(Power::Everything) {
            match held.scope {
                None => self.to(Have::Cluster, &EVERYTHING, &[held.grant]),
                Some(_) => self.to_accounts(held.scope, &EVERYTHING, &[held.grant]),
            }
        }
        for (power, way) in [
            (Power::CreatePods, &CREATE_PODS),
            (Power::CreateWorkloads, &CREATE_WORKLOADS),
        ] {
            for held in self.own.of(power).filter(|held| !held.named) {
                self.to_accounts(held.scope, way, &[held.grant]);
                self.privileged(*held);
            }
        }
        for (power, way) in [(Power::Exec, &EXEC), (Power::ChangePods, &CHANGE_PODS)] {
            for held in self.own.of(power).filter(|held| !held.named) {
                let have = match held.scope {
                    None => Have::AnyRunning,
                    Some(_) => Have::Running(self.namespace(held.scope)),
                };
                self.to(have, way, &[held.grant]);
            }
        }
        for held in self.own.of(Power::ProxyNodes) {
            self.to(Have::AnyRunning, &PROXY, &[held.grant]);
        }
        self.tokens();
        self.impersonation();
        self.bindings();
        self.escalation();
        self.certificates();
        for held in self.own.of(Power::MutateRequests).filter(|held| !held.named) {
            self.to(Have::AnyAccount, &WEBHOOK, &[held.grant]);
        }
        self.volumes();
    }

    fn namespace(&mut self, scope: Scope) -> u32 {
        let name = scope.and_then(|scope| self.summaries.namespace(scope));
        self.graph.namespace(name.unwrap_or(DEFAULT))
    }

    fn to(&mut self, have: Have, way: &'static Way, grants: &[GrantAt]) {
        let to = self.graph.node(have);
        self.to_node(to, way, grants);
    }

    fn to_node(&mut self, to: u32, way: &'static Way, grants: &[GrantAt]) {
        let from = self.graph.subject(self.subject);
        self.graph.edge(
            from,
            Edge {
                to,
                way: Some(way),
                grants: grants.to_vec(),
                assumes: !way.assumes.is_empty(),
            },
        );
    }

    fn to_accounts(&mut self, scope: Scope, way: &'static Way, grants: &[GrantAt]) {
        match scope {
            None => self.to(Have::AnyAccount, way, grants),
            Some(_) => {
                let namespace = self.namespace(scope);
                self.to(Have::Accounts(namespace), way, grants);
            }
        }
    }

    fn to_named(&mut self, subject: &Subject, way: &'static Way, grants: &[GrantAt]) {
        if let Some(to) = self.graph.number(subject) {
            self.to_node(to, way, grants);
        }
    }

    /// Names that a grant is about.
    fn names(&self, grant: GrantAt) -> &[String] {
        let role = self.permissions.roles.get(grant.rule.role as usize);
        let rule = role.and_then(|role| role.item.rules.get(grant.rule.index as usize));
        rule.map(|rule| rule.names.as_slice()).unwrap_or_default()
    }

    /// Pods that take their node, where the level of the namespace does not keep them away, or its labels can be changed.
    fn privileged(&mut self, held: Held) {
        let name = held.scope.and_then(|scope| self.summaries.namespace(scope));
        let level = name.and_then(|name| self.permissions.namespaces.get(name));
        let holds = level.is_some_and(|level| level.as_deref().is_some_and(|level| HOLDING.contains(&level)));
        if !holds {
            self.to(Have::Nodes, &PRIVILEGED, &[held.grant]);
        } else if let Some(change) = self.all(Power::ChangeNamespaces, held.scope) {
            self.to(Have::Nodes, &PRIVILEGED, &[change, held.grant]);
        }
    }

    /// A grant of a power to the subject or to its groups that holds in a scope, and not for named objects only.
    fn all(&self, power: Power, scope: Scope) -> Option<GrantAt> {
        let mut summaries = std::iter::once(self.own).chain(self.groups.iter().copied());
        summaries.find_map(|summary| summary.first(power, scope))
    }

    /// Grants of two powers that hold together somewhere, at least one of them the subject's own; the first may be for named objects.
    fn both(&self, one: Power, other: Power) -> Vec<(Scope, Held, GrantAt)> {
        let mut both = Vec::new();
        for held in self.own.of(one) {
            if let Some(grant) = self.all(other, held.scope) {
                both.push((held.scope, *held, grant));
            } else if held.scope.is_none() {
                let others = std::iter::once(self.own).chain(self.groups.iter().copied());
                let others = others
                    .flat_map(|summary| summary.of(other))
                    .filter(|held| !held.named);
                both.extend(others.map(|grant| (grant.scope, *held, grant.grant)));
            }
        }
        for grant in self.own.of(other).filter(|held| !held.named) {
            for group in &self.groups {
                let held = group.of(one);
                let held = held.filter(|held| {
                    held.scope.is_none() || grant.scope.is_none() || held.scope == grant.scope
                });
                both.extend(held.map(|held| (held.scope.or(grant.scope), *held, grant.grant)));
            }
        }
        both
    }

    fn tokens(&mut self) {
        for held in self.own.of(Power::RequestTokens) {
            self.accounts_of(*held, &REQUEST_TOKEN);
        }
        for (scope, held, create) in self.both(Power::ReadSecrets, Power::CreateSecrets) {
            if !held.named {
                self.to_accounts(scope, &MAKE_TOKEN, &[create, held.grant]);
            }
        }
        for held in self.own.of(Power::ReadSecrets) {
            let namespace = held.scope.and_then(|scope| self.summaries.namespace(scope));
            let tokens = self.permissions.tokens.iter().filter(|(of, name, _)| {
                namespace.is_none_or(|namespace| namespace == of)
                    && (!held.named || self.names(held.grant).contains(name))
            });
            let accounts: Vec<Subject> = tokens
                .map(|(namespace, _, account)| Subject::account(namespace, account))
                .collect();
            for account in accounts {
                self.to_named(&account, &READ_TOKEN, &[held.grant]);
            }
        }
    }

    /// Edges to the accounts that a grant is about.
    fn accounts_of(&mut self, held: Held, way: &'static Way) {
        if !held.named {
            return self.to_accounts(held.scope, way, &[held.grant]);
        }
        let accounts: Vec<Subject> = match held.scope.and_then(|scope| self.summaries.namespace(scope)) {
            Some(namespace) => {
                let names = self.names(held.grant).iter();
                names.map(|name| Subject::account(namespace, name)).collect()
            }
            None => {
                let names: BTreeSet<&str> = self.names(held.grant).iter().map(String::as_str).collect();
                let subjects = self.graph.subjects.iter();
                let named = subjects.filter(
                    |one| matches!(one, Subject::Account { name, .. } if names.contains(name.as_str())),
                );
                named.cloned().collect()
            }
        };
        for account in accounts {
            self.to_named(&account, way, &[held.grant]);
        }
    }

    fn impersonation(&mut self) {
        for held in self.own.of(Power::ImpersonateAccounts) {
            self.accounts_of(*held, &IMPERSONATE);
        }
        for held in self.own.of(Power::ImpersonateUsers) {
            let users: Vec<Subject> = if held.named {
                let names = self.names(held.grant).iter();
                names.map(|name| Subject::User(name.clone())).collect()
            } else {
                let subjects = self.graph.subjects.iter();
                let users = subjects.filter(|one| matches!(one, Subject::User(_)));
                users.cloned().collect()
            };
            for user in users {
                self.to_named(&user, &IMPERSONATE, &[held.grant]);
            }
        }
        // A group can be put on only together with a user or an account.
        let with = [Power::ImpersonateUsers, Power::ImpersonateAccounts];
        let with = with.into_iter().find_map(|power| {
            let mut held = self
                .own
                .of(power)
                .chain(self.groups.iter().flat_map(|one| one.of(power)));
            held.next().map(|held| held.grant)
        });
        let Some(with) = with else { return };
        for held in self.own.of(Power::ImpersonateGroups) {
            let names = self.names(held.grant).to_vec();
            if !held.named || names.iter().any(|name| name == MASTERS) {
                self.to(Have::Cluster, &IMPERSONATE_MASTERS, &[with, held.grant]);
            }
            for name in names {
                self.to_named(&Subject::Group(name), &IMPERSONATE, &[with, held.grant]);
            }
        }
    }

    /// Roles that a grant of `bind` is about, as far as holding them leads anywhere: the power and whether it is everything.
    fn best_of(&self, held: Held, cluster: bool) -> Option<bool> {
        if !held.named {
            return Some(cluster);
        }
        let names: BTreeSet<&str> = self.names(held.grant).iter().map(String::as_str).collect();
        let mut best = None;
        for (role, powers) in self.permissions.roles.iter().zip(&self.summaries.of_roles) {
            if role.item.namespace.is_some() == cluster || !names.contains(role.item.name.as_str()) {
                continue;
            }
            let has = |power| {
                powers
                    .iter()
                    .any(|(given, _)| given.power == power && !given.named)
            };
            if has(Power::Everything) {
                best = Some(true);
            } else if has(Power::CreatePods) || has(Power::CreateWorkloads) {
                best = best.or(Some(false));
            }
        }
        best
    }

    fn bindings(&mut self) {
        for (scope, held, write) in self.both(Power::BindClusterRoles, Power::WriteClusterBindings) {
            match self.best_of(held, true) {
                Some(true) if scope.is_none() => self.to(Have::Cluster, &BIND, &[held.grant, write]),
                Some(_) if scope.is_none() => self.to(Have::AnyAccount, &BIND, &[held.grant, write]),
                _ => {}
            }
        }
        for (scope, held, write) in self.both(Power::BindClusterRoles, Power::WriteBindings) {
            if self.best_of(held, true).is_some() {
                self.to_accounts(scope, &BIND, &[held.grant, write]);
            }
        }
        for (scope, held, write) in self.both(Power::BindRoles, Power::WriteBindings) {
            for namespace in self.roles_that_run(scope, held) {
                let namespace = self.graph.namespace(&namespace);
                self.to(Have::Accounts(namespace), &BIND, &[held.grant, write]);
            }
        }
    }

    /// Namespaces in which there is a role that creates pods and may be bound.
    fn roles_that_run(&self, scope: Scope, held: Held) -> BTreeSet<String> {
        let names: BTreeSet<&str> = self.names(held.grant).iter().map(String::as_str).collect();
        let within = scope.and_then(|scope| self.summaries.namespace(scope));
        let roles = self.permissions.roles.iter().zip(&self.summaries.of_roles);
        let strong = roles.filter(|(role, powers)| {
            let runs = [Power::CreatePods, Power::CreateWorkloads];
            (!held.named || names.contains(role.item.name.as_str()))
                && powers
                    .iter()
                    .any(|(given, _)| runs.contains(&given.power) && !given.named)
        });
        let namespaces = strong.filter_map(|(role, _)| role.item.namespace.as_deref());
        let namespaces = namespaces.filter(|one| within.is_none_or(|within| within == *one));
        namespaces.map(str::to_owned).collect()
    }

    fn escalation(&mut self) {
        for (scope, held, change) in self.both(Power::EscalateClusterRoles, Power::ChangeClusterRoles) {
            if scope.is_none() && !held.named {
                self.to(Have::Cluster, &ESCALATE, &[held.grant, change]);
            }
        }
        for (scope, held, change) in self.both(Power::EscalateRoles, Power::ChangeRoles) {
            if held.named {
                continue;
            }
            let within = scope
                .and_then(|scope| self.summaries.namespace(scope))
                .map(str::to_owned);
            let bindings = self.permissions.bindings_of(self.subject).iter();
            let bindings = bindings.filter_map(|at| self.permissions.bindings.get(at.0 as usize));
            let own = bindings.filter(|binding| !binding.item.of_cluster_role);
            let own = own.filter_map(|binding| binding.item.namespace.clone());
            let own: BTreeSet<String> = own
                .filter(|one| within.as_ref().is_none_or(|within| within == one))
                .collect();
            for namespace in own {
                let namespace = self.graph.namespace(&namespace);
                self.to(Have::Accounts(namespace), &ESCALATE, &[held.grant, change]);
            }
        }
    }

    fn certificates(&mut self) {
        let (Some(create), Some(approve)) = (
            self.all(Power::CreateRequests, None),
            self.all(Power::ApproveRequests, None),
        ) else {
            return;
        };
        let summaries = std::iter::once(self.own).chain(self.groups.iter().copied());
        let signers: Vec<Held> = summaries
            .flat_map(|one| one.of(Power::ApproveSigners))
            .copied()
            .collect();
        for signer in signers {
            let speaks = |of: &str, names: &[String]| {
                !signer.named || names.iter().any(|name| name == of || name == "kubernetes.io/*")
            };
            let names = self.names(signer.grant).to_vec();
            let grants = [create, approve, signer.grant];
            if speaks(USER_SIGNER, &names) {
                self.to(Have::AnyUser, &CERTIFICATE, &grants);
            }
            if speaks(NODE_SIGNER, &names) {
                self.to(Have::AnyRunning, &NODE_CERTIFICATE, &grants);
            }
        }
    }

    fn volumes(&mut self) {
        let Some(make) = self.all(Power::CreateVolumes, None) else {
            return;
        };
        let runs = [Power::CreatePods, Power::CreateWorkloads];
        let found = runs.into_iter().find_map(|power| {
            let pairs = self.both(power, Power::ClaimVolumes);
            pairs.into_iter().find(|(_, held, _)| !held.named)
        });
        if let Some((_, pods, claim)) = found {
            self.to(Have::Nodes, &VOLUME, &[make, claim, pods.grant]);
        }
    }
}

/// The powers that the rules of a role give, each with the number of its rule in [`Permissions::rules`].
pub(super) fn of_role(permissions: &Permissions, role: usize) -> Vec<(Given, u32)> {
    let rules = permissions.rules.get(role).into_iter().flatten();
    let mut all = Vec::new();
    for (at, rule) in (0..).zip(rules) {
        let holder = permissions.roles.get(rule.role as usize);
        let Some(rule) = holder.and_then(|role| role.item.rules.get(rule.index as usize)) else {
            continue;
        };
        for given in powers(rule) {
            let known = |one: &(Given, u32)| one.0 == given && !given.named;
            if !all.iter().any(known) {
                all.push((given, at));
            }
        }
    }
    all
}
