//! Rules that are ready to judge, and how they are loaded.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bartizan_model::runtime::Priority;

use super::leaf::{Compare, Test};
use super::matcher::How;
use super::needs::{Needs, Reached};
use super::nodes::{Node, NodeId, Nodes};
use super::resolve::{Resolver, Unresolved};
use super::specialize::specialize;
use crate::calls::{self, Kind};
use crate::falco::{Definitions, Place, RawRule};
use crate::fields::Read;
use crate::format::Format;
use crate::problem::{Problem, Weight};

/// What events a rule is about, where it does not say
const SYSCALL: &str = "syscall";

/// What is left of rules for a call
type Left = Box<[(RuleId, NodeId)]>;

/// Reads files of rules, one after the other: a later one may change what an earlier one defines.
#[derive(Debug, Default)]
pub struct Loader {
    definitions: Definitions,
}

/// Number of a rule among those that were loaded together
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub(crate) u32);

/// A rule that runs.
#[derive(Debug)]
pub struct Rule {
    /// Its name
    pub name: Box<str>,
    /// What it is about, for people
    pub description: Box<str>,
    /// How pressing its alerts are
    pub priority: Priority,
    /// Its tags
    pub tags: Vec<Box<str>>,
    /// The file that it was defined in first, and the line
    pub file: Box<str>,
    /// See `file`
    pub line: u32,
    pub(crate) format: Format,
    node: NodeId,
}

/// Rules that are ready to judge.
#[derive(Debug, Default)]
pub struct Rules {
    rules: Vec<Rule>,
    nodes: Nodes,
    by_call: HashMap<&'static str, Left>,
    /// For a call of which nothing is known
    otherwise: Left,
    needs: Needs,
}

impl Loader {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads one file. `name` is how problems call it.
    pub fn add(&mut self, name: &str, text: &str) -> &mut Self {
        self.definitions.add(name, text);
        self
    }

    /// The rules that run, and what is to be said of those that do not, in the order of files and lines.
    #[must_use]
    pub fn finish(mut self) -> (Rules, Vec<Problem>) {
        let mut problems = std::mem::take(&mut self.definitions.problems);
        let mut resolver = Resolver::new(&self.definitions);
        let mut rules = Vec::new();
        for raw in &self.definitions.rules {
            if raw.broken || !raw.enabled {
                continue;
            }
            match rule(raw, &mut resolver) {
                Ok(rule) => rules.push(rule),
                Err(error) => problems.push(problem(raw, error)),
            }
        }
        let mut loaded = Rules {
            rules,
            nodes: std::mem::take(&mut resolver.nodes),
            ..Rules::default()
        };
        loaded.index();
        loaded.notes(&mut problems);
        problems.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
        (loaded, problems)
    }
}

fn rule(raw: &RawRule, resolver: &mut Resolver<'_>) -> Result<Rule, Unresolved> {
    let fault = |place: Place, message: String, help: String| Unresolved {
        place,
        message,
        help,
        told: false,
        unknown_field: false,
    };
    if &*raw.source != SYSCALL {
        return Err(fault(
            raw.place.clone(),
            format!(
                "its source is `{}`, and only system calls are judged here",
                raw.source
            ),
            "leave the rule to whoever reads that source, or write `enabled: false`".to_owned(),
        ));
    }
    let mut node = resolver.text(&raw.condition)?;
    for exclusion in raw.exclusions() {
        let excluded = resolver.expression(&exclusion.condition, &exclusion.place)?;
        let not = resolver.nodes.not(excluded);
        node = resolver.nodes.and(&[node, not]);
    }
    let format = Format::new(raw.output.text()).map_err(|(offset, message, help)| {
        fault(
            raw.output.place(offset),
            format!("in its output: {message}"),
            help,
        )
    })?;
    Ok(Rule {
        name: raw.name.clone(),
        description: raw.description.trim().into(),
        priority: raw.priority,
        tags: raw.tags.clone(),
        file: (*raw.place.file).into(),
        line: raw.place.line,
        format,
        node,
    })
}

fn problem(raw: &RawRule, error: Unresolved) -> Problem {
    let place = if error.place.file.is_empty() {
        &raw.place
    } else {
        &error.place
    };
    let skipped = error.unknown_field && raw.may_be_unknown;
    let message = if error.told {
        format!("{}, as was told", error.message)
    } else if skipped {
        format!(
            "it is left out, as `skip-if-unknown-filter` asks: {}",
            error.message
        )
    } else {
        error.message
    };
    Problem {
        weight: if skipped { Weight::Note } else { Weight::Error },
        file: (*place.file).into(),
        line: place.line,
        rule: raw.name.clone(),
        message: message.into(),
        help: error.help.into(),
    }
}

impl Rules {
    /// All rules that run, in the order of their definition.
    #[must_use]
    pub fn all(&self) -> &[Rule] {
        &self.rules
    }

    /// Numbers of all rules, in the same order.
    pub fn ids(&self) -> impl Iterator<Item = RuleId> + use<> {
        (0..).map(RuleId).take(self.rules.len())
    }

    /// The rule of a number.
    #[must_use]
    pub fn get(&self, id: RuleId) -> Option<&Rule> {
        self.rules.get(id.0 as usize)
    }

    /// What the kernel has to tell for these rules, and never less.
    #[must_use]
    pub const fn needs(&self) -> &Needs {
        &self.needs
    }

    /// Names of hosts that rules compare addresses with (`fd.sip.name`).
    #[must_use]
    pub fn host_names(&self) -> BTreeSet<Box<str>> {
        crate::evaluate::host_names(self)
    }

    /// Whether a condition or an output asks for the digests of programs (`proc.hash`): reading these costs, so that who runs the rules has to ask for it.
    #[must_use]
    pub fn ask_for_digests(&self) -> bool {
        let mut asked = false;
        let mut each = |field: super::FieldRef| asked |= field.0.name == crate::fields::DIGEST;
        let mut seen = BTreeSet::new();
        for rule in &self.rules {
            rule.format.fields(&mut each);
            self.walk(rule.node, &mut seen, &mut |leaf| leaf.fields(&mut each));
        }
        asked
    }

    /// The calls that a rule may be true of.
    pub fn calls(&self, id: RuleId) -> impl Iterator<Item = &'static str> + '_ {
        let of = self.by_call.iter();
        let of = of.filter(move |(_, rules)| rules.iter().any(|(rule, _)| *rule == id));
        of.map(|(call, _)| *call)
    }

    pub(crate) const fn nodes(&self) -> &Nodes {
        &self.nodes
    }

    /// What is left of the rules that may be true of a call
    pub(crate) fn of_call(&self, call: &str) -> &[(RuleId, NodeId)] {
        self.by_call.get(call).unwrap_or(&self.otherwise)
    }

    /// Texts that fields of these names are compared with
    pub(crate) fn values_of(&self, field: impl Fn(&str) -> bool) -> BTreeSet<Box<str>> {
        let mut values = BTreeSet::new();
        for rule in &self.rules {
            self.walk(rule.node, &mut BTreeSet::new(), &mut |leaf| {
                if let (Some(asked), Test::Text(Compare::Equal, texts)) = (leaf.field(), &leaf.test)
                    && field(asked.name)
                {
                    values.extend(texts.iter().map(|text| String::from_utf8_lossy(text).into()));
                }
            });
        }
        values
    }

    fn walk(&self, id: NodeId, seen: &mut BTreeSet<NodeId>, each: &mut dyn FnMut(&super::Leaf)) {
        if !seen.insert(id) {
            return;
        }
        match self.nodes.get(id) {
            Node::Constant(_) => {}
            Node::Leaf(number) => {
                if let Some(leaf) = self.nodes.leaf_of(*number) {
                    each(leaf);
                }
            }
            Node::Not(inner) => self.walk(*inner, seen, each),
            Node::And(parts) | Node::Or(parts) => parts.iter().for_each(|part| self.walk(*part, seen, each)),
        }
    }

    /// Finds out what is left of each rule for each call. Calls that no rule tells apart are worked out once.
    fn index(&mut self) {
        let mut asked = Vec::new();
        for rule in &self.rules {
            self.walk(rule.node, &mut BTreeSet::new(), &mut |leaf| {
                if leaf
                    .field()
                    .is_some_and(|field| matches!(field.name, "evt.type" | "syscall.type"))
                    && !asked.contains(leaf)
                {
                    asked.push(leaf.clone());
                }
            });
        }
        let roots = self.ids().zip(&self.rules).map(|(id, rule)| (id, rule.node));
        let roots: Vec<_> = roots.collect();
        let matchers: Vec<_> = asked
            .iter()
            .filter_map(|leaf| super::Matcher::new(leaf).ok())
            .collect();
        let mut classes: HashMap<(Kind, Vec<bool>), Left> = HashMap::new();
        let mut reached: HashMap<Kind, Reached> = HashMap::new();
        let no = self.nodes.constant(false);
        for (call, kind) in calls::all() {
            let answers = matchers.iter().map(|matcher| match &matcher.how {
                How::Text(text) => text.matches(call.as_bytes()),
                _ => true,
            });
            let class = (kind, answers.collect());
            let rules = classes.entry(class).or_insert_with(|| {
                let mut done = HashMap::new();
                let special = roots
                    .iter()
                    .map(|(rule, node)| (*rule, specialize(&mut self.nodes, *node, call, kind, &mut done)));
                special.filter(|(_, node)| *node != no).collect()
            });
            for (_, node) in rules.iter() {
                let reached = reached.entry(kind).or_insert_with(|| Reached::of(kind));
                let reach = reached.reach(&self.nodes, *node, true);
                self.needs.add(call, kind, reach);
            }
            self.by_call.insert(call, rules.clone());
        }
        self.otherwise = roots.into();
    }

    /// What is worth knowing of rules that run
    fn notes(&self, problems: &mut Vec<Problem>) {
        for (id, rule) in self.ids().zip(&self.rules) {
            let mut unanswered = BTreeMap::new();
            self.walk(rule.node, &mut BTreeSet::new(), &mut |leaf| {
                leaf.subject.fields(&mut |field| {
                    if let Read::Never(why) = field.0.read {
                        unanswered.insert(field.0.name, why);
                    }
                });
            });
            let mut note = |message: String, help: &str| {
                problems.push(Problem {
                    weight: Weight::Note,
                    file: rule.file.clone(),
                    line: rule.line,
                    rule: rule.name.clone(),
                    message: message.into(),
                    help: help.into(),
                });
            };
            for (field, why) in unanswered {
                note(
                    format!("`{field}` never has an answer here: {why}"),
                    "comparisons with it are never true",
                );
            }
            if self.calls(id).next().is_none() {
                note(
                    "no event can match it".to_owned(),
                    "see its condition; a part of it is never true",
                );
            }
        }
    }
}
