//! Who can become whom, as a graph.
//!
//! In: every grant, as powers. Out: nodes (subjects, the accounts of a namespace, the nodes of the cluster, the cluster) and edges, each
//! with the way and the grants that open it. Each edge is something that the documentation of Kubernetes says a power allows.
//!
//! Source: <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks>.

use super::opening::Opening;
use super::permissions::{GrantAt, Permissions};
use super::subject::{MASTERS, Subject};
use super::summary::Summaries;
use super::way::{self, Way};
use std::collections::{BTreeSet, HashMap};

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

    pub(super) fn node(&mut self, have: Have) -> u32 {
        if let Some(number) = self.numbers.get(&have) {
            return *number;
        }
        let number = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.nodes.push(have);
        self.edges.push(Vec::new());
        self.numbers.insert(have, number);
        number
    }

    pub(super) fn subject(&mut self, subject: &Subject) -> u32 {
        if let Some(number) = self.subject_numbers.get(subject) {
            return self.node(Have::Subject(*number));
        }
        let number = u32::try_from(self.subjects.len()).unwrap_or(u32::MAX);
        self.subjects.push(subject.clone());
        self.subject_numbers.insert(subject.clone(), number);
        self.node(Have::Subject(number))
    }

    pub(super) fn namespace(&mut self, name: &str) -> u32 {
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

    pub(super) fn edge(&mut self, from: u32, edge: Edge) {
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
                way: Some(&way::FROM_NODE),
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
