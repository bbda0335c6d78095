//! What the root of a system adds to a scan, once all of its files were read.
//!
//! In: everything in it, with permissions and owners. Out: findings of the rules `image/*` that need no configuration of an image;
//! the others are said to be skipped.

use super::rules::Selection;
use bartizan_engine::Outcome;
use bartizan_model::CheckStatus;
use bartizan_source::image::Tree;
use bartizan_supply::image::checks::{self, ALL, ConfigurationCheck, Facts};

/// Judges what is in the root, and says what cannot be judged.
pub(super) fn judge(tree: &Tree, selection: &Selection, outcome: &mut Outcome) {
    let mut found = checks::run(&Facts {
        tree,
        making: None,
        minimal: None,
        is_command_harmless: false,
    });
    found.retain(|finding| selection.in_force.contains(&finding.rule));
    let unjudged: Vec<String> = ALL
        .iter()
        .filter(|check| check.needs_configuration())
        .map(|check| check.rule().id)
        .filter(|id| selection.in_force.contains(id))
        .collect();
    for run in &mut outcome.checks {
        if run.check == ConfigurationCheck::FILES {
            run.findings = found.len() as u64;
            run.files = tree.iter().count() as u64;
        } else if run.check == ConfigurationCheck::ID && !unjudged.is_empty() {
            run.status = CheckStatus::Skipped {
                reason: format!(
                    "the root of a system has no configuration, no history and no command, without which nobody can judge {}",
                    unjudged.join(", ")
                ),
            };
        }
    }
    outcome.findings.append(&mut found);
}
