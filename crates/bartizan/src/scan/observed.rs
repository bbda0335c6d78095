//! What workloads of an image were seen to use.
//!
//! In: the profiles that `--profile` or the setting names, and the image. Out: which packages are in use, noted in the findings about them, so that what is never
//! loaded comes later; and what the advice on a smaller image goes by.

use super::{Request, image::Made};
use crate::error::Error;
use crate::terminal::Terminal;
use crate::{place, profiles};
use bartizan_engine::Outcome;
use bartizan_engine::config::{Config, Origin};
use bartizan_model::text::line;
use bartizan_model::{Finding, PackageUrl, Skipped};
use bartizan_profile::{Profile, Stability};
use bartizan_supply::image::minimal::Observed;
use bartizan_supply::in_use::{InUse, in_use};
use std::collections::HashSet;

const SETTING: &str = "image.profiles";

/// Profiles of the workloads that run an image.
pub(super) struct Watched(Vec<Profile>);

impl Watched {
    /// Reads the profiles; none where no image is looked at, which is an error where the command line names one.
    pub(super) fn read(config: &Config, request: &Request<'_>, terminal: Terminal) -> Result<Self, Error> {
        let is_image = matches!(request.scan.targets.as_slice(), [one] if place::is_image(one));
        if !is_image {
            if matches!(config.origin(SETTING), Origin::Flag(_)) {
                return Err(Error::usage(
                    "a profile tells what of an image is used, and no image is looked at",
                    "name one: image:NAME, oci:DIR or docker-archive:FILE; `bartizan profile packages` tells it of a root",
                ));
            }
            return Ok(Self(Vec::new()));
        }
        let names = config.list(SETTING).iter().zip(config.paths(SETTING));
        let profiles = names.map(|(name, path)| {
            let file = if path.is_file() {
                path
            } else {
                profiles::file_of(config, name)?
            };
            profiles::read(&file)?.ok_or_else(|| profiles::missing(name))
        });
        let profiles: Vec<Profile> = profiles.collect::<Result<_, _>>()?;
        for profile in profiles
            .iter()
            .filter(|profile| !profile.extent.unreadable.is_none())
        {
            terminal.warn(format_args!(
                "something was missed when `{}` was learned: a package may be used that is said not to be",
                line(&profile.workload)
            ));
        }
        Ok(Self(profiles))
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was seen of the image, noted in the findings about its packages; none where nobody watched.
    ///
    /// # Errors
    /// When a profile used no file of the image: it is that of something else.
    pub(super) fn of(&self, made: &Made, outcome: &mut Outcome) -> Result<Option<Observed>, Error> {
        if self.is_empty() {
            return Ok(None);
        }
        let mut observed = Observed {
            is_enough: true,
            ..Observed::default()
        };
        for profile in &self.0 {
            let paths = profile.touched().map(str::to_owned).collect();
            if !made.holds(&paths) {
                return Err(Error::usage(
                    format!("no file that `{}` used is in the image", line(&profile.workload)),
                    "name the profile of a workload that runs this image, or learn it with `bartizan profile learn`",
                ));
            }
            observed.paths.extend(paths);
            let stability = Stability::of(profile);
            observed.is_enough &= stability.enough;
            observed.said.push(format!(
                "watched: `{}`, stability {:.2}. {}",
                line(&profile.workload),
                stability.score,
                stability.sentence(profile)
            ));
        }
        observed.owners = made.owners();
        let paths = observed.paths.iter().map(String::as_str);
        observed.in_use = in_use(&outcome.components, &observed.owners, paths);
        note(&mut outcome.findings, &observed.in_use);
        outcome.skipped.extend(observed.owners.opaque().iter().map(|manager| Skipped {
            path: "(packages in use)".to_owned(),
            reason: format!("which files packages of {manager} own is not read here, so that nobody can tell whether they are used"),
            required: false,
        }));
        Ok(Some(observed))
    }
}

/// Notes in findings about packages whether these are in use, where it is known.
fn note(findings: &mut [Finding], in_use: &InUse) {
    let texts = |all: &mut dyn Iterator<Item = &PackageUrl>| -> HashSet<String> {
        all.map(ToString::to_string).collect()
    };
    let used = texts(&mut in_use.used.keys());
    let unused = texts(&mut in_use.unused.iter());
    for finding in findings {
        let Some(risk) = &mut finding.risk else {
            continue;
        };
        let package = finding.asset.as_str();
        risk.loaded = used
            .contains(package)
            .then_some(true)
            .or(unused.contains(package).then_some(false));
    }
}
