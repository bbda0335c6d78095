//! AuthorizationPolicy: what a workload of the mesh lets whom do.
//!
//! Those that hand a request to somebody else are asked first, then those that deny, and where any allows, only what one allows is
//! let through. Fields that only requests have make an allowance or a refusal one on requests: a connection without requests meets no
//! such allowance and every such refusal.
//!
//! Source: <https://istio.io/latest/docs/reference/config/security/authorization-policy/>,
//! <https://istio.io/latest/docs/tasks/security/authorization/authz-tcp/>.

use super::super::condition::Demand;
use super::super::policy::{Undecided, list};
use super::super::ports::Ports;
use super::super::selector::Selector;
use super::source::{Fit, Source, joined, known};
use crate::istio::ROOT;
use crate::kube::Object;
use bartizan_document::{Node, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// Most sources and operations of a rule together, and most rules of a policy.
const MOST: usize = 1000;

/// What a policy does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Does {
    Allow,
    Deny,
    /// Lets a provider decide.
    Asks(Box<str>),
}

/// A policy that decides.
#[derive(Debug)]
pub(in super::super) struct Authorization {
    pub(super) title: Arc<str>,
    pub(super) namespace: String,
    pub(super) selector: Selector,
    pub(super) does: Does,
    pub(super) rules: Vec<Rule>,
}

/// A rule, with sources by their numbers.
#[derive(Debug)]
pub(super) struct Rule {
    /// Its place from 1.
    pub(super) name: String,
    /// One of them; anybody where there is none.
    from: Vec<u32>,
    /// All of them.
    when: Vec<u32>,
    /// One of them; anything where there is none.
    to: Vec<Operation>,
    /// What else is asked, in words, each with whether only requests have it.
    asked: Vec<(String, bool)>,
    ports: Ports,
}

/// Connections that a rule names.
#[derive(Debug)]
pub(super) struct Match {
    pub(super) ports: Ports,
    /// What is asked of them beside.
    pub(super) demand: Option<Demand>,
    /// Whether that is something that only requests have.
    pub(super) of_requests: bool,
}

#[derive(Debug)]
struct Operation {
    ports: Ports,
    /// What is asked of the request, in words; empty for nothing.
    asked: String,
}

/// Sources of all rules, each once.
#[derive(Debug, Default)]
pub(in super::super) struct Sources {
    pub(super) all: Vec<Source>,
    known: HashMap<Source, u32>,
}

impl Sources {
    fn number(&mut self, source: Source) -> u32 {
        let next = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        *self.known.entry(source).or_insert_with_key(|source| {
            self.all.push(source.clone());
            next
        })
    }
}

impl Authorization {
    /// Reads one; none where it decides nothing about pods, with what of it is not followed.
    ///
    /// # Errors
    ///
    /// What Istio would not accept, in words.
    pub(super) fn read(
        object: &Object,
        namespace: &str,
        sources: &mut Sources,
    ) -> Result<(Option<Self>, Undecided), String> {
        let empty = Node {
            value: Value::Null,
            ..object.root.clone()
        };
        let spec = object.root.get("spec").unwrap_or(&empty);
        let mut undecided = Undecided::new();
        let dry = object
            .root
            .at(&["metadata", "annotations", "istio.io/dry-run"])
            .and_then(Node::text);
        let does = match spec.text_of("action") {
            None | Some("ALLOW") => Does::Allow,
            Some("DENY") => Does::Deny,
            Some("AUDIT") => return Ok((None, undecided)),
            Some("CUSTOM") => {
                let provider = spec.at(&["provider", "name"]).and_then(Node::text);
                Does::Asks(provider.ok_or("it names no provider to ask")?.into())
            }
            Some(other) => return Err(format!("{other:?} is no action")),
        };
        let is_targeted = ["targetRef", "targetRefs"]
            .iter()
            .any(|key| spec.get(key).is_some_and(|node| !node.is_null()));
        let selector = spec.at(&["selector", "matchLabels"]);
        if is_targeted && selector.is_some() {
            return Err("a selector stands beside what it targets".to_owned());
        }
        let nodes = list(spec, "rules")?;
        if nodes.len() > MOST {
            return Err(format!("it has more than {MOST} rules"));
        }
        let rules = nodes.iter().enumerate().map(|(at, node)| {
            Rule::read(node, at, namespace, sources).map_err(|why| format!("rule {}: {why}", at + 1))
        });
        let rules = rules.collect::<Result<Vec<Rule>, String>>()?;
        if dry == Some("true") {
            return Ok((None, undecided));
        }
        if is_targeted {
            undecided
                .push("it governs gateways or waypoints, and what these refuse is not followed".to_owned());
            return Ok((None, undecided));
        }
        let policy = Self {
            title: format!("{} {namespace}/{}", object.kind, object.name).into(),
            namespace: namespace.to_owned(),
            selector: selector.map(Selector::equal).transpose()?.unwrap_or_default(),
            does,
            rules,
        };
        Ok((Some(policy), undecided))
    }

    /// Whether it is for pods of a namespace.
    pub(super) fn is_for(&self, namespace: &str) -> bool {
        self.namespace == namespace || self.namespace == ROOT
    }
}

impl Rule {
    fn read(node: &Node, at: usize, namespace: &str, sources: &mut Sources) -> Result<Self, String> {
        known(node, &["from", "to", "when"])?;
        let (from, to) = (list(node, "from")?, list(node, "to")?);
        if from.len().saturating_mul(to.len().max(1)) > MOST {
            return Err(format!(
                "it has more than {MOST} pairs of a source and an operation"
            ));
        }
        let mut rule = Self {
            name: (at + 1).to_string(),
            from: Vec::new(),
            when: Vec::new(),
            to: Vec::new(),
            asked: Vec::new(),
            ports: Ports::all(),
        };
        for one in from {
            let source = one.get("source").ok_or("an entry of from has no source")?;
            rule.from.push(sources.number(Source::read(source, namespace)?));
        }
        for one in to {
            let operation = one.get("operation").ok_or("an entry of to has no operation")?;
            rule.to.push(Operation::read(operation)?);
        }
        for one in list(node, "when")? {
            let key = one.text_of("key").ok_or("a condition has no key")?;
            let (values, not) = (list(one, "values")?, list(one, "notValues")?);
            if values.is_empty() && not.is_empty() {
                return Err(format!("the condition {key} has no values"));
            }
            if let Some(source) = Source::condition(one, key, namespace)? {
                rule.when.push(sources.number(source));
            } else if key == "destination.port" {
                rule.ports = rule.ports.intersection(&ports(one, "values", "notValues")?);
            } else {
                let of_requests = key.starts_with("request.");
                for (told, values) in [("of", values), ("not of", not)] {
                    if !values.is_empty() {
                        let told = format!("{key} {told} {}", joined(values));
                        rule.asked.push((told, of_requests));
                    }
                }
            }
        }
        Ok(rule)
    }

    /// Numbers of the sources that decide whether it fits.
    pub(super) fn sources(&self) -> impl Iterator<Item = u32> {
        self.from.iter().chain(&self.when).copied()
    }

    /// What it names for one who connects; `fit` says how far sources fit.
    pub(super) fn matches(&self, by: &Arc<str>, all: &Sources, fit: impl Fn(u32) -> Fit) -> Vec<Match> {
        let mut matched = Vec::new();
        let also = self.when.iter().fold(Fit::YES, |sum, at| sum.and(fit(*at)));
        let anybody = self.from.is_empty().then_some(None);
        for from in self.from.iter().map(Some).chain(anybody) {
            let of_from = from.map_or(Fit::YES, |at| fit(*at));
            if of_from.and(also) == Fit::NO {
                continue;
            }
            let (mut told, mut decided) = (Vec::new(), true);
            let mut of_requests = self.asked.iter().any(|(_, of_requests)| *of_requests);
            let sources = from.into_iter().chain(&self.when);
            for source in sources.filter_map(|at| Some((fit(*at), all.all.get(*at as usize)?))) {
                decided &= source.1.told(source.0, &mut told);
                of_requests |= source.1.asks_requests();
            }
            let anything = self.to.is_empty().then_some(None);
            for to in self.to.iter().map(Some).chain(anything) {
                let ports = to.map_or_else(|| self.ports.clone(), |to| self.ports.intersection(&to.ports));
                let asked = to.map(|to| to.asked.as_str()).filter(|asked| !asked.is_empty());
                let words = asked.into_iter().map(str::to_owned);
                let words: Vec<String> = words
                    .chain(self.asked.iter().map(|(told, _)| told.clone()))
                    .chain(told.iter().cloned())
                    .collect();
                let of_requests = of_requests || asked.is_some();
                let demand = (!words.is_empty()).then(|| Demand {
                    by: by.clone(),
                    what: words.join(", ").into(),
                    decided,
                });
                if !ports.is_empty() {
                    matched.push(Match {
                        ports,
                        demand,
                        of_requests,
                    });
                }
            }
        }
        matched
    }
}

impl Operation {
    fn read(node: &Node) -> Result<Self, String> {
        const KNOWN: [&str; 8] = [
            "hosts",
            "notHosts",
            "ports",
            "notPorts",
            "methods",
            "notMethods",
            "paths",
            "notPaths",
        ];
        known(node, &KNOWN)?;
        let of = |key: &str| Ok::<_, String>(joined(list(node, key)?));
        let (methods, paths) = (of("methods")?, of("paths")?);
        let mut asked = match (methods.is_empty(), paths.is_empty()) {
            (false, false) => format!("{methods} {paths}"),
            (false, true) => methods,
            (true, false) => format!("requests to {paths}"),
            (true, true) => String::new(),
        };
        for (key, told) in [
            ("hosts", "of host"),
            ("notHosts", "not of host"),
            ("notMethods", "not by"),
            ("notPaths", "not to"),
        ] {
            let values = of(key)?;
            if !values.is_empty() {
                let before = if asked.is_empty() { "requests" } else { &asked };
                asked = format!("{before} {told} {values}");
            }
        }
        Ok(Self {
            ports: ports(node, "ports", "notPorts")?,
            asked,
        })
    }
}

fn ports(node: &Node, key: &str, not: &str) -> Result<Ports, String> {
    let all = |key: &str| {
        let nodes = list(node, key)?;
        let mut sum = Ports::default();
        for node in nodes {
            let number = node.text().and_then(|text| text.parse::<u16>().ok());
            let number = number
                .filter(|number| *number != 0)
                .ok_or("a port is no number in text")?;
            sum = sum.union(&Ports::range(number, number));
        }
        Ok::<_, String>((!nodes.is_empty()).then_some(sum))
    };
    let named = all(key)?.unwrap_or_else(Ports::all);
    Ok(named.minus(&all(not)?.unwrap_or_default()))
}
