//! The edges by which one subject has more than it was granted.
//!
//! In: the powers of a subject, and of the groups that it is in. Out: edges of the graph, each with the grants that open it. Where two powers
//! are needed, at least one is the subject's own: what a group has by itself, its members have through it.
//!
//! Source: <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks>.

use super::graph::{Edge, Graph, Have};
use super::manifest::DEFAULT;
use super::permissions::{GrantAt, Permissions};
use super::power::Power;
use super::subject::{MASTERS, Subject};
use super::summary::{Held, Summaries, Summary};
use super::way::{self, Way};
use std::collections::BTreeSet;

/// The signer of certificates for users, and that of certificates for kubelets.
const USER_SIGNER: &str = "kubernetes.io/kube-apiserver-client";
const NODE_SIGNER: &str = "kubernetes.io/kube-apiserver-client-kubelet";
/// The levels of pods that keep a pod from taking its node.
const HOLDING: [&str; 2] = ["baseline", "restricted"];
/// The edges of one subject.
pub(super) struct Opening<'g, 'p> {
    pub(super) permissions: &'p Permissions,
    pub(super) summaries: &'g Summaries,
    pub(super) subject: &'g Subject,
    pub(super) own: &'g Summary,
    pub(super) groups: Vec<&'g Summary>,
    pub(super) graph: &'g mut Graph,
}

/// Where a power holds: the number of a namespace in the summaries; none for the whole cluster.
type Scope = Option<u32>;

impl Opening<'_, '_> {
    pub(super) fn open(&mut self) {
        if Permissions::is_master(self.subject) {
            self.to(Have::Cluster, &way::MASTER, &[]);
        }
        for held in self.own.of(Power::Everything) {
            match held.scope {
                None => self.to(Have::Cluster, &way::EVERYTHING, &[held.grant]),
                Some(_) => self.open_accounts(held.scope, &way::EVERYTHING, &[held.grant]),
            }
        }
        for (power, way) in [
            (Power::CreatePods, &way::CREATE_PODS),
            (Power::CreateWorkloads, &way::CREATE_WORKLOADS),
        ] {
            for held in self.own.of(power).filter(|held| !held.named) {
                self.open_accounts(held.scope, way, &[held.grant]);
                self.privileged(*held);
            }
        }
        for (power, way) in [(Power::Exec, &way::EXEC), (Power::ChangePods, &way::CHANGE_PODS)] {
            for held in self.own.of(power).filter(|held| !held.named) {
                let have = match held.scope {
                    None => Have::AnyRunning,
                    Some(_) => Have::Running(self.namespace(held.scope)),
                };
                self.to(have, way, &[held.grant]);
            }
        }
        for held in self.own.of(Power::ProxyNodes) {
            self.to(Have::AnyRunning, &way::PROXY, &[held.grant]);
        }
        self.tokens();
        self.impersonation();
        self.bindings();
        self.escalation();
        self.certificates();
        for held in self.own.of(Power::MutateRequests).filter(|held| !held.named) {
            self.to(Have::AnyAccount, &way::WEBHOOK, &[held.grant]);
        }
        self.volumes();
    }

    fn namespace(&mut self, scope: Scope) -> u32 {
        let name = scope.and_then(|scope| self.summaries.namespace(scope));
        self.graph.namespace(name.unwrap_or(DEFAULT))
    }

    fn to(&mut self, have: Have, way: &'static Way, grants: &[GrantAt]) {
        let to = self.graph.node(have);
        self.open_node(to, way, grants);
    }

    fn open_node(&mut self, to: u32, way: &'static Way, grants: &[GrantAt]) {
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

    fn open_accounts(&mut self, scope: Scope, way: &'static Way, grants: &[GrantAt]) {
        match scope {
            None => self.to(Have::AnyAccount, way, grants),
            Some(_) => {
                let namespace = self.namespace(scope);
                self.to(Have::Accounts(namespace), way, grants);
            }
        }
    }

    fn open_named(&mut self, subject: &Subject, way: &'static Way, grants: &[GrantAt]) {
        if let Some(to) = self.graph.number(subject) {
            self.open_node(to, way, grants);
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
            self.to(Have::Nodes, &way::PRIVILEGED, &[held.grant]);
        } else if let Some(change) = self.all(Power::ChangeNamespaces, held.scope) {
            self.to(Have::Nodes, &way::PRIVILEGED, &[change, held.grant]);
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
            self.accounts_of(*held, &way::REQUEST_TOKEN);
        }
        for (scope, held, create) in self.both(Power::ReadSecrets, Power::CreateSecrets) {
            if !held.named {
                self.open_accounts(scope, &way::MAKE_TOKEN, &[create, held.grant]);
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
                self.open_named(&account, &way::READ_TOKEN, &[held.grant]);
            }
        }
    }

    /// Edges to the accounts that a grant is about.
    fn accounts_of(&mut self, held: Held, way: &'static Way) {
        if !held.named {
            return self.open_accounts(held.scope, way, &[held.grant]);
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
            self.open_named(&account, way, &[held.grant]);
        }
    }

    fn impersonation(&mut self) {
        for held in self.own.of(Power::ImpersonateAccounts) {
            self.accounts_of(*held, &way::IMPERSONATE);
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
                self.open_named(&user, &way::IMPERSONATE, &[held.grant]);
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
                self.to(Have::Cluster, &way::IMPERSONATE_MASTERS, &[with, held.grant]);
            }
            for name in names {
                self.open_named(&Subject::Group(name), &way::IMPERSONATE, &[with, held.grant]);
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
                Some(true) if scope.is_none() => self.to(Have::Cluster, &way::BIND, &[held.grant, write]),
                Some(_) if scope.is_none() => self.to(Have::AnyAccount, &way::BIND, &[held.grant, write]),
                _ => {}
            }
        }
        for (scope, held, write) in self.both(Power::BindClusterRoles, Power::WriteBindings) {
            if self.best_of(held, true).is_some() {
                self.open_accounts(scope, &way::BIND, &[held.grant, write]);
            }
        }
        for (scope, held, write) in self.both(Power::BindRoles, Power::WriteBindings) {
            for namespace in self.roles_that_run(scope, held) {
                let namespace = self.graph.namespace(&namespace);
                self.to(Have::Accounts(namespace), &way::BIND, &[held.grant, write]);
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
                self.to(Have::Cluster, &way::ESCALATE, &[held.grant, change]);
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
                self.to(Have::Accounts(namespace), &way::ESCALATE, &[held.grant, change]);
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
                self.to(Have::AnyUser, &way::CERTIFICATE, &grants);
            }
            if speaks(NODE_SIGNER, &names) {
                self.to(Have::AnyRunning, &way::NODE_CERTIFICATE, &grants);
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
            self.to(Have::Nodes, &way::VOLUME, &[make, claim, pods.grant]);
        }
    }
}
