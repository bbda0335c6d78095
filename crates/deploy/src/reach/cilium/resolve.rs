//! Services and blocks of addresses that rules name, where manifests tell what they are.

use super::super::address::except;
use super::super::cluster::Manifests;
use super::super::condition::Demand;
use super::super::front::Service;
use super::super::policy::{Group, Namespaces, Only, Peer, Pods, Policy, Rule, Services};
use super::both;
use super::peers::EVERY;

/// The policies of manifests, with what they name by reference put in its place.
pub(in super::super) fn resolved(manifests: &Manifests) -> Vec<Policy> {
    let policies = manifests.policies.iter();
    policies
        .map(|policy| {
            let mut policy = policy.clone();
            let rules = [policy.ingress.as_mut(), policy.egress.as_mut()];
            for rules in rules.into_iter().flatten() {
                let refers = |rule: &Rule| {
                    rule.peers
                        .iter()
                        .any(|peer| matches!(peer, Peer::Services(_) | Peer::Group(..)))
                };
                if rules.iter().any(refers) {
                    let title = policy.title.as_str();
                    *rules = std::mem::take(rules)
                        .into_iter()
                        .flat_map(|rule| replaced(rule, title, manifests))
                        .collect();
                }
            }
            policy
        })
        .collect()
}

fn replaced(rule: Rule, title: &str, manifests: &Manifests) -> Vec<Rule> {
    let (mut known, mut doubtful) = (Vec::new(), Vec::new());
    for peer in &rule.peers {
        match peer {
            Peer::Services(services) => of_services(services, manifests, &mut known, &mut doubtful),
            Peer::Group(group, excepted) => {
                let groups = manifests.groups.iter().filter(|one| match group {
                    Group::Named(name) => one.name == *name,
                    Group::Selected(selector) => selector.matches(&one.labels),
                });
                let mut ranges = Vec::new();
                let mut count = 0;
                for group in groups {
                    count += 1;
                    ranges.extend(group.blocks.iter().flat_map(|block| except(*block, excepted)));
                }
                if count == 0 {
                    let name = match group {
                        Group::Named(name) => format!("CiliumCIDRGroup {name}"),
                        Group::Selected(_) => "a CiliumCIDRGroup with such labels".to_owned(),
                    };
                    doubtful.push(format!(
                        "whether its address is in {name}, which is in no manifest"
                    ));
                } else {
                    known.push(Peer::Addresses(ranges));
                }
            }
            other => known.push(other.clone()),
        }
    }
    let mut rules = Vec::new();
    if !known.is_empty() {
        rules.push(Rule {
            peers: known,
            ..rule.clone()
        });
    }
    for what in doubtful {
        let only = Only {
            demand: Demand {
                by: title.into(),
                what: what.into(),
                decided: false,
            },
            restricts: false,
        };
        rules.push(Rule {
            peers: vec![Peer::Addresses(vec![EVERY])],
            only: Some(match &rule.only {
                Some(asked) => both(asked, &only),
                None => only,
            }),
            ..rule.clone()
        });
    }
    rules
}

fn of_services(
    services: &Services,
    manifests: &Manifests,
    known: &mut Vec<Peer>,
    doubtful: &mut Vec<String>,
) {
    let mut add = |namespace: &str, service: &Service| match &service.selector {
        Some(selector) => known.push(Peer::Pods(Pods {
            namespaces: Namespaces::Named(namespace.to_owned()),
            pods: selector.clone(),
            managed: true,
        })),
        None => doubtful.push(format!(
            "whether its address is one of {}, which selects no pods",
            service.title
        )),
    };
    match services {
        Services::Named { namespace, name } => {
            match manifests.services.get(&(namespace.clone(), name.clone())) {
                Some(service) => add(namespace, service),
                None => doubtful.push(format!(
                    "whether its address is one of Service {namespace}/{name}, which is in no manifest"
                )),
            }
        }
        Services::Selected { namespace, labels } => {
            for ((of, _), service) in &manifests.services {
                if namespace.as_ref().is_none_or(|namespace| namespace == of)
                    && labels.matches(&service.labels)
                {
                    add(of, service);
                }
            }
        }
    }
}
