//! What an image adds to a scan, once all of its layers were read.
//!
//! In: the source, the components and findings of its files. Out: components of which a container sees the evidence; findings that
//! say which layer and whose instruction brought them, and whether a later layer hides them; findings about the image itself.

use super::rules::Selection;
use crate::error::Error;
use bartizan_engine::Outcome;
use bartizan_engine::config::Config;
use bartizan_engine::system::System;
use bartizan_model::{CheckStatus, Component, EvidenceStep, Finding, Location, Skipped};
use bartizan_source::Source;
use bartizan_source::image::{CONFIG_PATH, Fate, Image, step_of};
use bartizan_supply::image::checks::{self, ConfigurationCheck, Facts, Making};
use bartizan_supply::image::minimal::{self, ContentsCheck, Minimal, Noted, Observed};
use bartizan_supply::image::{Attribution, KnownBy, LONGEST_DOCKERFILE};
use bartizan_supply::in_use::Owners;
use std::collections::{BTreeMap, BTreeSet};

/// Longest step of the history that is shown with its values, in bytes.
const LONGEST_STEP: usize = 2_000;
/// Places of one finding that are told of one by one.
const MOST_PLACES: usize = 20;
/// Problems of the merged view that are told one by one.
const MOST_PROBLEMS: usize = 20;

/// An image, and who made its layers.
pub(super) struct Made {
    image: Image,
    attribution: Attribution,
    /// What was noted of its files.
    noted: Noted,
    /// Whether its configuration was searched for credentials and holds none.
    is_harmless: bool,
}

impl Made {
    /// What is known of the image that was read; none where the source is none.
    pub(super) fn of(
        source: &dyn Source,
        system: &dyn System,
        config: &Config,
        noted: Noted,
    ) -> Result<Option<Self>, Error> {
        let Some(image) = source.image().transpose()? else {
            return Ok(None);
        };
        let dockerfile = match config.path("image.dockerfile") {
            Some(path) => {
                let text = system
                    .read_text(&path)
                    .map_err(|error| Error::reading(&path, &error))?;
                if text.len() > LONGEST_DOCKERFILE {
                    return Err(Error::usage(
                        format!("`{}` is too long for a Dockerfile", path.display()),
                        format!("it may have {LONGEST_DOCKERFILE} bytes"),
                    ));
                }
                Some((config.text("image.dockerfile").to_owned(), text))
            }
            None => None,
        };
        let dockerfile = dockerfile
            .as_ref()
            .map(|(name, text)| (name.as_str(), text.as_str()));
        let attribution = Attribution::of(&image, dockerfile);
        Ok(Some(Self {
            image,
            attribution,
            noted,
            is_harmless: false,
        }))
    }

    /// Shows the steps of the history as they stand, where every rule about credentials looked at them and found nothing there.
    pub(super) fn show_harmless_steps(self, findings: &[Finding], is_searched: bool) -> Self {
        let mut places = findings
            .iter()
            .filter(|finding| finding.rule.starts_with("leak/"))
            .flat_map(|finding| &finding.locations)
            .filter(|place| place.path == CONFIG_PATH);
        let holding: BTreeSet<usize> = places
            .clone()
            .filter_map(|place| step_of(&self.image.config, place.line))
            .collect();
        let attribution = self
            .attribution
            .clone()
            .showing(|step| is_searched && !holding.contains(&step) && self.is_short(step));
        let is_harmless = is_searched && places.next().is_none();
        Self {
            attribution,
            is_harmless,
            ..self
        }
    }

    /// Whether a step is short enough that no rule passes over it as text that nobody wrote.
    fn is_short(&self, step: usize) -> bool {
        let step = self.image.config.history.get(step);
        step.is_some_and(|step| step.created_by.len() <= LONGEST_STEP)
    }

    /// Whether a Dockerfile was named that does not fit the image.
    pub(super) const fn is_dockerfile_of_another(&self, config_names_one: bool) -> bool {
        config_names_one && !matches!(self.attribution.base.ends, Some((_, KnownBy::Dockerfile)))
    }

    /// Leaves out components of which no container sees the evidence. Of the others the place that is seen stays, and the place in
    /// the lowest layer since which the component was there without a break.
    pub(super) fn leave_what_is_seen(&self, components: &mut Vec<Component>) {
        for component in components.iter_mut() {
            let mut by_path: BTreeMap<String, Vec<Location>> = BTreeMap::new();
            for location in std::mem::take(&mut component.locations) {
                by_path.entry(location.path.clone()).or_default().push(location);
            }
            for (path, places) in by_path {
                component.locations.extend(self.seen(&path, places));
            }
            component.tidy();
        }
        components.retain(|component| !component.locations.is_empty());
    }

    fn seen(&self, path: &str, places: Vec<Location>) -> Vec<Location> {
        if places.iter().any(|place| place.layer.is_none()) {
            return places;
        }
        let carriers = self.image.tree.carriers(path);
        let stands_in = |place: &Location, layer: usize| {
            let digest = place.layer.as_deref().unwrap_or_default();
            self.image.numbers_of(digest).any(|number| number == layer)
        };
        let seen = carriers.iter().copied().filter(|layer| {
            let is_visible = self.image.tree.fate(*layer, path) == Some(Fate::Visible);
            is_visible && places.iter().any(|place| stands_in(place, *layer))
        });
        let Some(seen) = seen.max() else {
            return Vec::new();
        };
        let below = carriers.iter().rev().copied().filter(|layer| *layer <= seen);
        let unbroken = below.take_while(|layer| places.iter().any(|place| stands_in(place, *layer)));
        let first = unbroken.last().unwrap_or(seen);
        places
            .into_iter()
            .filter(|place| stands_in(place, seen) || stands_in(place, first))
            .collect()
    }

    /// Adds what is wrong with the image itself, and to every other finding who brought it.
    pub(super) fn judge(&self, selection: &Selection, observed: Option<&Observed>, outcome: &mut Outcome) {
        for finding in &mut outcome.findings {
            self.attribute(finding);
        }
        let problems = self.image.tree.problems();
        let told = problems.iter().take(MOST_PROBLEMS).cloned();
        let more = problems.len().saturating_sub(MOST_PROBLEMS);
        let more = (more > 0).then(|| format!("and {more} more of the kind"));
        outcome.skipped.extend(told.chain(more).map(|reason| Skipped {
            path: "(merged layers)".to_owned(),
            reason,
            required: false,
        }));
        outcome.skipped.sort();
        let minimal = self.minimal(observed, outcome);
        let Some(run) = outcome
            .checks
            .iter_mut()
            .find(|run| run.check == ConfigurationCheck::ID)
        else {
            return;
        };
        let mut found = checks::run(&Facts {
            tree: &self.image.tree,
            making: Some(Making {
                image: &self.image,
                attribution: &self.attribution,
            }),
            minimal: minimal.as_ref(),
            is_command_harmless: self.is_harmless,
        });
        found.retain(|finding| selection.in_force.contains(&finding.rule));
        run.findings = found.len() as u64;
        run.files = self.image.tree.iter().count() as u64;
        if !self.image.is_whole {
            run.status = CheckStatus::Partial {
                errors: vec![
                    "not every layer could be read, so the files of the image are not all known".to_owned(),
                ],
            };
        }
        outcome.findings.append(&mut found);
    }

    /// Whether any of these paths leads to something in the image.
    pub(super) fn holds(&self, paths: &BTreeSet<String>) -> bool {
        paths.iter().any(|path| self.image.tree.resolve(path).is_some())
    }

    /// What package managers tell of the files of the image.
    pub(super) fn owners(&self) -> Owners {
        self.noted.owners(&self.image)
    }

    /// What the service of the image needs; why that cannot be told is the status of its check.
    fn minimal(&self, observed: Option<&Observed>, outcome: &mut Outcome) -> Option<Minimal> {
        let run = outcome
            .checks
            .iter_mut()
            .find(|run| run.check == ContentsCheck::ID)?;
        let found = (&outcome.components[..], &outcome.findings[..]);
        match minimal::judge(&self.image, &self.noted, found, observed) {
            Ok(minimal) => Some(minimal),
            Err(reason) => {
                if run.status.is_complete() {
                    run.status = CheckStatus::Skipped { reason };
                }
                None
            }
        }
    }

    /// Says who brought what a finding is about, and names the image as the asset of what is in its files.
    fn attribute(&self, finding: &mut Finding) {
        if finding.asset.as_str().starts_with("file:") {
            finding.asset = self.image.identity.asset();
        }
        let is_package = finding.rule.starts_with("supply/");
        if is_package {
            finding.locations.sort_by_key(|place| self.number(place));
        }
        let mut told: Vec<EvidenceStep> = Vec::new();
        for place in finding.locations.iter().take(MOST_PLACES) {
            let Some(message) = self.brought(place) else {
                continue;
            };
            if told.is_empty() {
                let joint = if is_package { "brought in by" } else { "in" };
                let joint = if place.path == CONFIG_PATH { "" } else { joint };
                finding.message = format!("{}, {joint} {message}", finding.message).replace("  ", " ");
            }
            told.push(EvidenceStep {
                message,
                location: Some(place.clone()),
            });
        }
        if let Some(first) = told.first_mut() {
            first.message = format!(
                "{} (where the base image ends is {})",
                first.message,
                self.attribution.how()
            );
        }
        finding.evidence.append(&mut told);
    }

    /// Number of the layer of a place; the highest of all where it has none.
    fn number(&self, place: &Location) -> usize {
        let digest = place.layer.as_deref().unwrap_or_default();
        self.image.numbers_of(digest).next().unwrap_or(usize::MAX)
    }

    /// Who brought what stands at a place, and what became of it since.
    fn brought(&self, place: &Location) -> Option<String> {
        if place.path == CONFIG_PATH {
            let step = step_of(&self.image.config, place.line)?;
            return Some(format!(
                "in the history of the image, {}",
                self.attribution.step(step)
            ));
        }
        let digest = place.layer.as_deref()?;
        let fate = |layer: usize| self.image.tree.fate(layer, &place.path);
        let seen = self
            .image
            .numbers_of(digest)
            .find(|layer| fate(*layer) == Some(Fate::Visible));
        let layer = seen.or_else(|| self.image.numbers_of(digest).next())?;
        let brought = self.attribution.layer(layer);
        let since = match fate(layer) {
            Some(Fate::Visible) => return Some(brought),
            Some(Fate::Deleted(by)) => format!("deleted by {}", self.attribution.layer(by)),
            Some(Fate::Replaced(by)) => format!("replaced by {}", self.attribution.layer(by)),
            None => "no container sees it".to_owned(),
        };
        Some(format!(
            "{brought}; {since}; whoever has the image can still read it"
        ))
    }
}
