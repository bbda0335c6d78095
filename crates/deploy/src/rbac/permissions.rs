//! Every grant of a cluster, and which of them allow a request.
//!
//! In: manifests. Out: for a subject its grants, for a request the grants that allow it. Who is in a group that no binding of its own
//! fills (a company's own groups) is the authenticator's knowledge and not in manifests: such groups are subjects of their own.
//!
//! Source: <https://kubernetes.io/docs/reference/access-authn-authz/rbac/>.

use super::builtin::builtin;
use super::manifest::{Account, Binding, Item, Manifest, Role, Workload};
use super::rule::{Request, Rule};
use super::subject::{MASTERS, Subject};
use bartizan_engine::rule::Place;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Most rules that roles take in from others, of all roles together.
const MOST_TAKEN_IN: usize = 1_000_000;

/// Something that could not be read or is not understood, so that the answer may not be whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The file.
    pub path: String,
    /// The line, from 1; 0 where it is the whole file.
    pub line: u32,
    /// What it is, and why.
    pub message: String,
}

/// One object and the file that it was read from; none for what comes with every cluster.
#[derive(Debug, Clone)]
pub(super) struct Held<T> {
    pub(super) file: Option<u32>,
    pub(super) item: T,
}

/// A rule, by the role that it is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct RuleAt {
    pub(super) role: u32,
    pub(super) index: u32,
}

/// A grant, by numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct GrantAt {
    pub(super) binding: u32,
    /// Which of the subjects of the binding.
    pub(super) subject: u32,
    pub(super) rule: RuleAt,
}

/// One rule that one binding grants one subject.
#[derive(Debug, Clone, Copy)]
pub struct Grant<'p> {
    /// The binding.
    pub binding: &'p Binding,
    /// The file of the binding; none where it comes with every cluster.
    pub binding_path: Option<&'p str>,
    /// Whom the binding names: the subject, or a group that it is in.
    pub subject: &'p Subject,
    /// Where it names it.
    pub subject_place: Place,
    /// The role in which the rule is written: the one that the binding refers to, or one that it takes in.
    pub role: &'p Role,
    /// The file of that role; none where it comes with every cluster.
    pub role_path: Option<&'p str>,
    /// The rule.
    pub rule: &'p Rule,
    /// Its place in its role, from 0.
    pub index: usize,
}

impl Grant<'_> {
    /// The namespace in which it holds; none where it holds in the whole cluster.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.binding.namespace.as_deref()
    }

    /// What tells it from others: the same in two runs, wherever the objects are written.
    #[must_use]
    pub fn id(&self) -> String {
        format!(
            "{}|{}|{}|{}",
            self.binding.title(),
            self.subject,
            self.role.title(),
            self.index
        )
    }
}

impl Binding {
    /// What people call it: `RoleBinding shop/readers`.
    #[must_use]
    pub fn title(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("RoleBinding {namespace}/{}", self.name),
            None => format!("ClusterRoleBinding {}", self.name),
        }
    }

    /// What people call the role that it refers to.
    #[must_use]
    pub fn role_title(&self) -> String {
        match &self.namespace {
            Some(namespace) if !self.of_cluster_role => format!("Role {namespace}/{}", self.role),
            _ => format!("ClusterRole {}", self.role),
        }
    }
}

impl Role {
    /// What people call it: `ClusterRole view`.
    #[must_use]
    pub fn title(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("Role {namespace}/{}", self.name),
            None => format!("ClusterRole {}", self.name),
        }
    }
}

/// Who may do what.
#[derive(Debug, Default)]
pub struct Permissions {
    files: Vec<String>,
    pub(super) roles: Vec<Held<Role>>,
    /// The rules of each role, those that it takes in included.
    pub(super) rules: Vec<Vec<RuleAt>>,
    pub(super) bindings: Vec<Held<Binding>>,
    /// The roles that each binding refers to; more than one where objects of one name were read.
    pub(super) referred: Vec<Vec<u32>>,
    /// Bindings that were read and are as every cluster has them.
    usual: HashSet<u32>,
    /// Bindings that name a subject, and which of their subjects it is.
    by_subject: HashMap<Subject, Vec<(u32, u32)>>,
    pub(super) accounts: BTreeMap<(String, String), Held<Account>>,
    pub(super) workloads: Vec<Held<Workload>>,
    /// Namespaces that were read, and the level of pods that they enforce.
    pub(super) namespaces: BTreeMap<String, Option<String>>,
    /// Secrets that are tokens of accounts: namespace, name, account.
    pub(super) tokens: BTreeSet<(String, String, String)>,
    objects: usize,
    notes: Vec<Note>,
    unread: Vec<Note>,
}

impl Permissions {
    /// What manifests grant, beside what every cluster grants. Objects of them take the place of those of the same name that come with
    /// every cluster.
    #[must_use]
    pub fn of(manifests: impl IntoIterator<Item = Manifest>) -> Self {
        let mut all = Self::default();
        for manifest in manifests {
            all.add(manifest);
        }
        all.add_builtin();
        all.take_in();
        all.refer();
        all
    }

    fn add(&mut self, manifest: Manifest) {
        let file = u32::try_from(self.files.len()).ok();
        self.objects += manifest.count;
        let note = |(line, message): (u32, String)| Note {
            path: manifest.path.clone(),
            line,
            message,
        };
        self.notes.extend(manifest.notes.into_iter().map(note));
        self.unread.extend(manifest.unread.into_iter().map(note));
        self.files.push(manifest.path.clone());
        for item in manifest.items {
            match item {
                Item::Role(item) => self.roles.push(Held { file, item }),
                Item::Binding(item) => self.bindings.push(Held { file, item }),
                Item::Workload(item) => self.workloads.push(Held { file, item }),
                Item::Account(item) => {
                    let key = (item.namespace.clone(), item.name.clone());
                    self.accounts.insert(key, Held { file, item });
                }
                Item::Namespace(name, level) => {
                    self.namespaces.insert(name, level);
                }
                Item::Token(namespace, name, account) => {
                    self.tokens.insert((namespace, name, account));
                }
            }
        }
    }

    fn add_builtin(&mut self) {
        let (roles, bindings) = builtin();
        let held = self.roles.iter();
        let known: HashSet<_> = held
            .map(|role| (role.item.namespace.clone(), role.item.name.clone()))
            .collect();
        let new = roles.into_iter();
        let new = new.filter(|role| !known.contains(&(role.namespace.clone(), role.name.clone())));
        self.roles.extend(new.map(|item| Held { file: None, item }));
        let same = |one: &Binding, other: &Binding| {
            (&one.namespace, &one.name, &one.role) == (&other.namespace, &other.name, &other.role)
                && one
                    .subjects
                    .iter()
                    .all(|(subject, _)| other.subjects.iter().any(|(known, _)| known == subject))
        };
        let by_name: HashMap<&str, &Binding> = bindings.iter().map(|one| (one.name.as_str(), one)).collect();
        for (at, held) in (0..).zip(&self.bindings) {
            let known = by_name.get(held.item.name.as_str());
            if known.is_some_and(|known| same(&held.item, known)) {
                self.usual.insert(at);
            }
        }
        let held = self.bindings.iter();
        let known: HashSet<_> = held
            .map(|binding| (binding.item.namespace.clone(), binding.item.name.clone()))
            .collect();
        let new = bindings.into_iter();
        let new = new.filter(|one| !known.contains(&(one.namespace.clone(), one.name.clone())));
        self.bindings.extend(new.map(|item| Held { file: None, item }));
    }

    /// Works out the rules of each role: its own, and those of the roles that it takes in, and that those take in.
    fn take_in(&mut self) {
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let cluster: Vec<usize> = (0..self.roles.len())
            .filter(|at| {
                self.roles
                    .get(*at)
                    .is_some_and(|role| role.item.namespace.is_none())
            })
            .collect();
        let mut taken = 0;
        let mut all = Vec::with_capacity(self.roles.len());
        for at in 0..self.roles.len() {
            let mut seen = BTreeSet::from([at]);
            let mut open = vec![at];
            while let Some(role) = open.pop().and_then(|at| self.roles.get(at)) {
                if role.item.aggregates.is_empty() || taken > MOST_TAKEN_IN {
                    continue;
                }
                taken += cluster.len();
                for other in &cluster {
                    let Some(labels) = self.roles.get(*other).map(|other| &other.item.labels) else {
                        continue;
                    };
                    let matches = role.item.aggregates.iter().any(|one| one.matches(labels));
                    if matches && seen.insert(*other) {
                        open.push(*other);
                    }
                }
            }
            let mut rules = Vec::new();
            for role in &seen {
                let count = self.roles.get(*role).map_or(0, |role| role.item.rules.len());
                rules.extend((0..count).map(|index| RuleAt {
                    role: number(*role),
                    index: number(index),
                }));
            }
            if seen.len() > 1 {
                taken += rules.len();
            }
            all.push(rules);
        }
        self.rules = all;
        if taken > MOST_TAKEN_IN {
            self.notes.push(Note {
                path: String::new(),
                line: 0,
                message: format!(
                    "roles take in the rules of others in more than {MOST_TAKEN_IN} steps: what the last of them take in is not known"
                ),
            });
        }
    }

    /// Finds the role of each binding, and the bindings of each subject. Of several roles of one name those in the same file count, else
    /// those in the same directory, else all of them.
    fn refer(&mut self) {
        let mut by_name: HashMap<(Option<&str>, &str), Vec<u32>> = HashMap::new();
        for (at, role) in (0..).zip(&self.roles) {
            let key = (role.item.namespace.as_deref(), role.item.name.as_str());
            by_name.entry(key).or_default().push(at);
        }
        let directory = |file: Option<u32>| {
            let path = file.and_then(|file| self.files.get(file as usize));
            path.map(|path| bartizan_engine::rule::directory(path))
        };
        let mut by_subject: HashMap<Subject, Vec<(u32, u32)>> = HashMap::new();
        for (at, binding) in (0..).zip(&self.bindings) {
            for (subject, (named, _)) in (0..).zip(&binding.item.subjects) {
                by_subject.entry(named.clone()).or_default().push((at, subject));
            }
            let item = &binding.item;
            let scope = item.namespace.as_deref().filter(|_| !item.of_cluster_role);
            let found = by_name.get(&(scope, item.role.as_str()));
            let found = found.map(Vec::as_slice).unwrap_or_default();
            let of = |role: &u32| self.roles.get(*role as usize).and_then(|role| role.file);
            let near = |same: &dyn Fn(&u32) -> bool| {
                let near: Vec<u32> = found.iter().filter(|role| same(role)).copied().collect();
                (!near.is_empty()).then_some(near)
            };
            let referred = match found {
                [] | [_] => found.to_vec(),
                _ => near(&|role| of(role) == binding.file)
                    .or_else(|| near(&|role| directory(of(role)) == directory(binding.file)))
                    .unwrap_or_else(|| found.to_vec()),
            };
            self.referred.push(referred);
        }
        self.by_subject = by_subject;
    }

    /// How many objects were read, of whatever kind.
    #[must_use]
    pub const fn objects(&self) -> usize {
        self.objects
    }

    /// What an API server would refuse or is not understood, and so may change the answer.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// What could not be read at all.
    #[must_use]
    pub fn unread(&self) -> &[Note] {
        &self.unread
    }

    /// Everybody whom a binding that was read names, in order; bindings that are as every cluster has them do not count.
    #[must_use]
    pub fn subjects(&self) -> Vec<&Subject> {
        let read = |at: &(u32, u32)| {
            let binding = self.bindings.get(at.0 as usize);
            binding.is_some_and(|binding| binding.file.is_some()) && !self.usual.contains(&at.0)
        };
        let named = self.by_subject.iter();
        let named = named.filter(|(_, at)| at.iter().any(read));
        let mut all: Vec<&Subject> = named.map(|(subject, _)| subject).collect();
        all.sort();
        all
    }

    /// Every subject that a binding names, those of bindings that come with every cluster included.
    pub(super) fn named(&self) -> impl Iterator<Item = &Subject> {
        self.by_subject.keys()
    }

    /// Bindings that name exactly this subject, and which of their subjects it is.
    pub(super) fn bindings_of(&self, subject: &Subject) -> &[(u32, u32)] {
        self.by_subject
            .get(subject)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// The grants of a binding to one of its subjects.
    pub(super) fn grants_at(&self, (binding, subject): (u32, u32)) -> impl Iterator<Item = GrantAt> + '_ {
        let roles = self.referred.get(binding as usize).into_iter().flatten();
        let rules = roles.filter_map(|role| self.rules.get(*role as usize)).flatten();
        rules.map(move |rule| GrantAt {
            binding,
            subject,
            rule: *rule,
        })
    }

    /// A grant with what it is made of.
    pub(super) fn grant(&self, at: GrantAt) -> Option<Grant<'_>> {
        let path = |file: Option<u32>| self.files.get(file? as usize).map(String::as_str);
        let binding = self.bindings.get(at.binding as usize)?;
        let role = self.roles.get(at.rule.role as usize)?;
        let (subject, place) = binding.item.subjects.get(at.subject as usize)?;
        Some(Grant {
            binding: &binding.item,
            binding_path: path(binding.file),
            subject,
            subject_place: *place,
            role: &role.item,
            role_path: path(role.file),
            rule: role.item.rules.get(at.rule.index as usize)?,
            index: at.rule.index as usize,
        })
    }

    /// Whether the pods of a workload are given the token of their account.
    #[must_use]
    pub fn has_token(&self, workload: &Workload) -> bool {
        let account = (workload.namespace.clone(), workload.account.clone());
        let account = self.accounts.get(&account);
        workload
            .automount
            .or_else(|| account.and_then(|account| account.item.automount))
            .unwrap_or(true)
    }

    /// The path of a file, by its number.
    pub(super) fn path(&self, file: Option<u32>) -> Option<&str> {
        self.files.get(file? as usize).map(String::as_str)
    }

    /// Everything that a subject is granted, by name and through the groups that the API server puts it into, in the order of the
    /// bindings.
    #[must_use]
    pub fn grants(&self, subject: &Subject) -> Vec<Grant<'_>> {
        let mut bindings = self.bindings_of(subject).to_vec();
        for group in subject.groups() {
            bindings.extend(self.bindings_of(&group));
        }
        bindings.sort_unstable();
        let grants = bindings.into_iter().flat_map(|at| self.grants_at(at));
        grants.filter_map(|at| self.grant(at)).collect()
    }

    /// The grants that allow a subject a request. Empty where none does: it is then refused, unless a binding of it is
    /// [unknown](Self::unknown), or it is a member of `system:masters`, whom nothing is refused ([`is_master`](Self::is_master)).
    #[must_use]
    pub fn allows(&self, subject: &Subject, request: &Request<'_>) -> Vec<Grant<'_>> {
        let mut bindings = self.bindings_of(subject).to_vec();
        for group in subject.groups() {
            bindings.extend(self.bindings_of(&group));
        }
        bindings.sort_unstable();
        let all = bindings.into_iter().filter(|at| self.holds(at.0, request));
        let all = all.flat_map(|at| self.grants_at(at));
        let all = all.filter_map(|at| self.grant(at));
        all.filter(|grant| grant.rule.allows(request)).collect()
    }

    /// The grants that allow a request, one a subject and binding: who can.
    #[must_use]
    pub fn who_can(&self, request: &Request<'_>) -> Vec<Grant<'_>> {
        let mut all = Vec::new();
        for (binding, held) in (0..).zip(&self.bindings) {
            if !self.holds(binding, request) {
                continue;
            }
            let mut rules = self.grants_at((binding, 0));
            let allowing = rules.find(|at| {
                let grant = self.grant(*at);
                grant.is_some_and(|grant| grant.rule.allows(request))
            });
            let Some(first) = allowing else { continue };
            let subjects = (0..).zip(&held.item.subjects);
            all.extend(subjects.filter_map(|(subject, _)| self.grant(GrantAt { subject, ..first })));
        }
        all.sort_by_key(|grant| grant.subject);
        all
    }

    /// Whether a binding is asked about a request at all.
    fn holds(&self, binding: u32, request: &Request<'_>) -> bool {
        let binding = self.bindings.get(binding as usize);
        binding.is_some_and(|binding| match &binding.item.namespace {
            None => true,
            Some(namespace) => request.asked_namespace() == namespace && !namespace.is_empty(),
        })
    }

    /// Whether a subject is the group whom nothing is refused.
    #[must_use]
    pub fn is_master(subject: &Subject) -> bool {
        matches!(subject, Subject::Group(name) if name == MASTERS)
    }

    /// Bindings that were read and refer to a role that was not read and does not come with every cluster, with their files.
    pub fn dangling(&self) -> impl Iterator<Item = (&str, &Binding)> {
        let bindings = self.bindings.iter().zip(&self.referred);
        let dangling = bindings.filter(|(_, roles)| roles.is_empty());
        dangling.filter_map(|(held, _)| Some((self.path(held.file)?, &held.item)))
    }

    /// Bindings that name a subject, or a group that it is in, and refer to a role that was not read and does not come with every
    /// cluster: what they grant is not known.
    #[must_use]
    pub fn unknown(&self, subject: &Subject) -> Vec<&Binding> {
        let mut subjects = subject.groups();
        subjects.push(subject.clone());
        let mut bindings: Vec<u32> = subjects
            .iter()
            .flat_map(|one| self.bindings_of(one))
            .map(|at| at.0)
            .collect();
        bindings.sort_unstable();
        bindings.dedup();
        let unknown = bindings
            .into_iter()
            .filter(|at| self.referred.get(*at as usize).is_some_and(Vec::is_empty));
        let unknown = unknown.filter_map(|at| self.bindings.get(at as usize));
        unknown.map(|held| &held.item).collect()
    }
}
