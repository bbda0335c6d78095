//! `image/add-from-url`: the image holds a download that nobody verified.

use super::{Facts, ImageCheck, advice, in_config, info};
use crate::image::history::Instruction;
use bartizan_model::{Confidence, Finding, RuleInfo, Severity};
use bartizan_source::image::line_of;

/// Looks for downloads by ADD in the history.
pub(super) struct AddFromUrl;

impl ImageCheck for AddFromUrl {
    fn rule(&self) -> RuleInfo {
        info(
            "image/add-from-url",
            "Unverified download by ADD",
            (Severity::Medium, Confidence::High),
            &["CWE-494"],
            [
                "A step of the history is `ADD` with an address. Whatever the server gave at the time of the build went into the \
                 image, with nothing to compare it with: who controls the server, its name or the way to it chooses what the \
                 image holds. The next build may get something else.",
                "1. Name what is expected: `ADD --checksum=sha256:… URL DESTINATION`.\n\
                 2. Or download in a `RUN` that verifies a digest or signature and deletes what it does not need in the same step.\n\
                 3. Prefer a package of the distribution, which is signed.",
            ],
            &["https://docs.docker.com/reference/dockerfile/#add---checksum"],
        )
    }

    fn needs_configuration(&self) -> bool {
        true
    }

    fn run(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let Some(making) = facts.making else {
            return Vec::new();
        };
        let config = &making.image.config;
        let mut found = Vec::new();
        for (number, step) in config.history.iter().enumerate() {
            let instruction = Instruction::of(&step.created_by);
            let words: Vec<&str> = instruction.rest.split(' ').collect();
            let is_verified = words.iter().any(|word| word.starts_with("--checksum="));
            let addresses = words
                .iter()
                .map(|word| word.trim_matches(['[', ']', '"', ',']))
                .filter(|word| word.starts_with("http://") || word.starts_with("https://"));
            if instruction.word != "ADD" || is_verified {
                continue;
            }
            for address in addresses {
                let shown = without_credentials(address);
                let message = format!(
                    "`{shown}` was added without anything to verify it by, {}",
                    making.attribution.step(number)
                );
                let place = in_config(line_of(config, number));
                let mut finding = facts.finding(&self.rule(), address, message, place);
                finding.fix = Some(advice(
                    "name its digest: `ADD --checksum=sha256:… URL DESTINATION`",
                ));
                found.push(finding);
            }
        }
        found
    }
}

/// An address without user, password and query, any of which may be a credential.
fn without_credentials(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let host = host.rsplit('@').next().unwrap_or(host);
    let text = format!("{scheme}://{host}{path}");
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}
