//! Explains a control of a published framework: what it asks for, and which evidence bears on it.

use super::text::Page;
use crate::practices;
use bartizan_content::controls;
use bartizan_engine::suggest::did_you_mean;
use bartizan_ledger::compliance;
use bartizan_model::compliance::{
    AutomaticTest, Catalog, CatalogControl, Covers, Requirement, SignInAsk, Wording,
};
use bartizan_model::{Control, RuleInfo};
use std::collections::BTreeMap;

/// The page of the control that `name` means, or of several where catalogues share a number. Says whether there is one.
pub(super) fn named(name: &str, page: &mut Page) -> bool {
    let found: Vec<_> = match controls::find(name) {
        Some(one) => vec![one],
        None => controls::catalogs()
            .iter()
            .filter_map(|catalog| Some((catalog, catalog.find(name)?)))
            .collect(),
    };
    for (catalog, control) in &found {
        explain(catalog, control, page);
    }
    !found.is_empty()
}

fn explain(catalog: &Catalog, control: &CatalogControl, page: &mut Page) {
    page.title(&format!("{} {}: {}", catalog.name, control.id, control.title));
    let group = catalog.groups.iter().find(|group| group.id == control.group);
    page.plain(&format!(
        "{}, {}:{}",
        group.map_or("", |group| group.title.as_str()),
        catalog.key,
        control.id
    ));
    if control.withdrawn {
        page.markdown("Its publisher withdrew it: the number is kept and asks for nothing.");
        return;
    }
    if let Some(practice) = practices::find(&catalog.framework, &control.id) {
        page.markdown(practice.asks);
    }
    let baselines = baselines(catalog, control);
    if !baselines.is_empty() {
        page.markdown(&format!("Asked for by {}.", baselines.join(", ")));
    }
    let own = Control {
        framework: catalog.framework.clone(),
        id: control.id.clone(),
    };
    evidence(&own, page);
    page.heading("References");
    page.markdown(&format!("- {}", catalog.source));
    if catalog.wording == Wording::Own {
        page.markdown("The words here are ours; those of the standard are its publisher's and stand there.");
    }
}

/// Baselines that select the control.
fn baselines(catalog: &Catalog, control: &CatalogControl) -> Vec<&'static str> {
    let keys = controls::profiles().iter().map(|profile| profile.key);
    keys.filter(|key| {
        compliance::framework(key).is_ok_and(|framework| {
            framework.catalog.key == catalog.key && framework.controls.iter().any(|one| one.id == control.id)
        })
    })
    .collect()
}

fn evidence(control: &Control, page: &mut Page) {
    let tests: Vec<&AutomaticTest> = controls::bearing_on(control).collect();
    if tests.is_empty() {
        page.markdown("No evidence that this version gathers bears on it: a person must attest it.");
        return;
    }
    page.heading("Evidence that bears on it");
    let (mut lines, mut left) = (Vec::new(), Vec::new());
    let mut is_whole = false;
    for test in tests {
        let Some(mapping) = test.controls.iter().find(|mapping| mapping.control == *control) else {
            continue;
        };
        lines.push(format!(
            "- {}: {}. {} Needs {}, no older than {} days. From: {}.",
            test.id,
            test.title,
            mapping.why,
            needs(test),
            test.within_days,
            mapping.source
        ));
        match &mapping.covers {
            Covers::Whole => is_whole = true,
            Covers::Part { left: one } => left.push(format!("- {one}")),
        }
    }
    page.markdown(&lines.join("\n"));
    if !is_whole {
        left.sort_unstable();
        left.dedup();
        page.heading("What is left to a person");
        page.markdown(&left.join("\n"));
    }
}

/// What a test needs, in words.
fn needs(test: &AutomaticTest) -> String {
    let over = test.over.as_str();
    match &test.requires {
        Requirement::Findings {
            rules,
            checks,
            at_least,
        } => format!(
            "that {} ran over every {over} and no finding of {} of severity {at_least} or above is open",
            checks.join(" and "),
            rules.join(", ")
        ),
        Requirement::Objectives { rules, checks } => format!(
            "that {} ran over every {over} and no finding of {} is or was closed past its day",
            checks.join(" and "),
            rules.join(", ")
        ),
        Requirement::Statement { types } => {
            format!("a statement about every {over} of type {}", types.join(" or "))
        }
        Requirement::Ledger => "a verification of the audit ledger that found it whole".to_owned(),
        Requirement::SignIns(SignInAsk::Recorded) => "records of sign-ins".to_owned(),
        Requirement::SignIns(SignInAsk::SecondFactor) => "sign-ins of people with a second factor".to_owned(),
    }
}

/// The controls on which findings of a rule bear, one line a framework.
pub(super) fn behind(rule: &RuleInfo, page: &mut Page) {
    let mut by_framework: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for control in controls::of_rule(&rule.id) {
        by_framework
            .entry(control.framework)
            .or_default()
            .push(control.id);
    }
    if by_framework.is_empty() {
        return;
    }
    page.heading("Controls it bears on");
    let lines: Vec<String> = by_framework
        .iter()
        .map(|(framework, ids)| format!("- {framework}: {}", ids.join(", ")))
        .collect();
    page.markdown(&lines.join("\n"));
}

/// What may have been meant by the name of a control that does not exist; none where it names no catalogue.
pub(super) fn meant(name: &str) -> Option<String> {
    let (key, id) = name.split_once(':')?;
    let catalog = controls::catalog_of(key)?;
    let ids = catalog.controls.iter().map(|control| control.id.as_str());
    Some(
        did_you_mean(id, ids)
            .unwrap_or_else(|| format!("see the numbers of {}: {}", catalog.name, catalog.source)),
    )
}
