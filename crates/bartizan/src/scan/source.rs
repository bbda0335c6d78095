//! From targets and flags to one source.

use super::sparing::{Excluding, Spared};
use super::{Inventory, Place, Request, pulled, several::Several};
use crate::error::Error;
use crate::place;
use crate::render::{self, Rendering, Scope};
use bartizan_engine::config::Config;
use bartizan_engine::globs::PathGlobs;
use bartizan_source::image::{ImageLimits, Platform};
use bartizan_source::{
    ArchiveLimits, DirSource, GitChangedSource, Source, SourceOptions, TextSource, WindowSize,
};
use std::path::Path;
use std::sync::Arc;

/// Bytes that a window repeats of the one before it: longer than any credential but some private keys.
const OVERLAP: usize = 64 * 1024;

/// Limits and preferences of sources.
pub(crate) fn options(config: &Config, place: &Place) -> SourceOptions {
    let defaults = SourceOptions::default();
    SourceOptions {
        respect_ignore: config.flag("scan.respect-gitignore"),
        windows: WindowSize::new(
            usize::try_from(config.number("scan.max-window")).unwrap_or(usize::MAX),
            OVERLAP,
        ),
        archives: ArchiveLimits {
            depth: u32::try_from(config.number("scan.archive-depth")).unwrap_or(u32::MAX),
            expanded: config.number("scan.archive-bytes"),
            members: config.number("scan.archive-members"),
            ratio: config.number("scan.archive-ratio"),
            ..defaults.archives
        },
        images: ImageLimits {
            layer_bytes: config.number("image.layer-bytes"),
            members: config.number("image.members"),
        },
        max_object: config.number("scan.max-object"),
        threads: usize::try_from(config.number("scan.jobs")).unwrap_or(0),
        repository: place.start.clone(),
        ..defaults
    }
}

/// Opens what the request names.
pub(super) fn open(request: &Request<'_>, config: &Config, place: &Place) -> Result<Box<dyn Source>, Error> {
    let select = &request.scan.select;
    let options = SourceOptions {
        platform: platform(select.platform.as_deref())?,
        ..options(config, place)
    };
    let targets = request.scan.targets.as_slice();
    let source = match targets {
        _ if let Some(unsaved) = request.unsaved => Box::new(TextSource::new(
            &unsaved.path,
            Arc::clone(&unsaved.bytes),
            &options,
        )),
        [one] if select.staged => {
            directory_for("--staged", one)?;
            bartizan_source::open("git:STAGED", &options)?
        }
        _ if select.staged => {
            return Err(Error::usage(
                "`--staged` takes one repository",
                "leave out the targets: everything that is staged is looked at",
            ));
        }
        [one] if select.changed.is_some() => open_changed(one, select.changed.as_deref(), &options)?,
        _ if select.changed.is_some() => {
            return Err(Error::usage(
                "`--changed` takes one directory",
                "name the directory that holds all of them",
            ));
        }
        [one] if place::bill(one).is_none() => match place::pulled(one) {
            Some(name) => pulled::open(one, name, request, (config, place), &options)?,
            None => bartizan_source::open(one, &options)?,
        },
        many if many.iter().any(|target| place::is_image(target)) => {
            return Err(Error::usage(
                "an image is looked at alone",
                "name one image and no other target; its layers are judged together",
            ));
        }
        many if many
            .iter()
            .filter(|target| place::bill(target).unwrap_or(target) == "-")
            .count()
            > 1 =>
        {
            return Err(Error::usage(
                "standard input is named twice",
                "it can be read once: leave out one `-`",
            ));
        }
        many => {
            let parts = many
                .iter()
                .map(|target| Ok((target.clone(), open_one(target, &options)?)));
            Box::new(Several::new(parts.collect::<Result<Vec<_>, Error>>()?))
        }
    };
    exclude(source, config, place)
}

/// The source with what charts and kustomizations in it deploy, where that is judged and they lie on disk or in the index.
pub(super) fn rendered(
    source: Box<dyn Source>,
    request: &Request<'_>,
    (config, place): (&Config, &Place),
    selection: &super::rules::Selection,
) -> Result<(Box<dyn Source>, Option<Rendering>), Error> {
    let select = &request.scan.select;
    let targets = request.scan.targets.as_slice();
    let is_staged = select.staged || targets.iter().all(|target| target == "git:STAGED");
    let is_there = is_staged || targets.iter().all(|target| Path::new(target).is_dir());
    let is_judged = request.inventory != Inventory::Only && selection.family("deploy");
    if !is_there || !is_judged || request.unsaved.is_some() {
        return Ok((source, None));
    }
    let root = match targets {
        [one] => place.current.join(one),
        _ => place.current.clone(),
    };
    let scope = match () {
        () if is_staged => Scope::Staged(&place.start),
        () if select.changed.is_some() => Scope::Changed(&root),
        () => Scope::All(&root),
    };
    let spared = spared(config, place)?;
    let is_left_out = |path: &str| spared.as_ref().is_some_and(|spared| spared.matches(path));
    render::of(source, scope, &render::Options::of(config), &is_left_out)
}

fn platform(text: Option<&str>) -> Result<Option<Platform>, Error> {
    let parsed = text.map(|text| {
        text.parse::<Platform>().map_err(|error| {
            Error::usage(
                error.to_string(),
                "write OS/ARCHITECTURE or OS/ARCHITECTURE/VARIANT, for instance `linux/arm64` or `linux/arm/v7`",
            )
        })
    });
    parsed.transpose()
}

/// A bill of materials is a file like any other; what it is read as follows from the name under which `Several` lists it.
fn open_one(target: &str, options: &SourceOptions) -> Result<Box<dyn Source>, Error> {
    let Some(file) = place::bill(target) else {
        return Ok(bartizan_source::open(target, options)?);
    };
    if file == "-" {
        return Ok(bartizan_source::open(file, options)?);
    }
    if file.is_empty() || Path::new(file).is_dir() {
        return Err(Error::usage(
            format!("`{target}` names no file"),
            "write `sbom:FILE`, with a bill of materials of CycloneDX or SPDX",
        ));
    }
    if !Path::new(file).exists() {
        return Err(bartizan_source::SourceError::NotFound(file.to_owned()).into());
    }
    Ok(Box::new(DirSource::open(file, options)?))
}

fn open_changed(target: &str, base: Option<&str>, options: &SourceOptions) -> Result<Box<dyn Source>, Error> {
    let directory = directory_for("--changed", target)?;
    let base = base.filter(|base| !base.is_empty());
    Ok(Box::new(GitChangedSource::open(directory, base, options)?))
}

/// The directory whose repository a flag asks for: a target of another kind excludes the flag, and a name that is wrong
/// must not pass for a repository in which nothing changed.
fn directory_for<'t>(flag: &str, target: &'t str) -> Result<&'t Path, Error> {
    let is_other = target == "-" || target.starts_with("git:");
    let is_other = is_other || place::is_built(target) || place::is_recorded(target);
    if is_other || place::bill(target).is_some() {
        return Err(Error::usage(
            format!("`{flag}` and the target `{target}` exclude each other"),
            format!("leave out `{flag}`, or name a directory"),
        ));
    }
    let directory = Path::new(target);
    if directory.is_dir() {
        return Ok(directory);
    }
    if directory.exists() {
        return Err(Error::usage(
            format!("`{flag}` takes a directory, and `{target}` is none"),
            "name the directory that holds it",
        ));
    }
    Err(bartizan_source::SourceError::NotFound(target.to_owned()).into())
}

/// The source without the files that `scan.exclude` names.
pub(super) fn exclude(
    source: Box<dyn Source>,
    config: &Config,
    place: &Place,
) -> Result<Box<dyn Source>, Error> {
    Ok(match spared(config, place)? {
        Some(spared) => Box::new(Excluding { source, spared }),
        None => source,
    })
}

/// What `scan.exclude` leaves out; none where it names nothing.
fn spared(config: &Config, place: &Place) -> Result<Option<Spared>, Error> {
    let globs = config.list("scan.exclude");
    if globs.is_empty() {
        return Ok(None);
    }
    Ok(Some(Spared {
        globs: PathGlobs::new(globs)?,
        prefix: prefix(config, "scan.exclude", place),
    }))
}

/// What to put before paths of the target to compare them with the globs of a setting.
pub(super) fn prefix(config: &Config, key: &str, place: &Place) -> String {
    place::prefix(config.base(key), &place.start).unwrap_or_default()
}

/// An empty directory or range is no answer; an empty index or difference is one. An inventory has an answer of its own.
pub(super) fn nothing_there(request: &Request<'_>, outcome: &bartizan_engine::Outcome) -> Result<(), Error> {
    let select = &request.scan.select;
    let looked = outcome.stats.files > 0 || !outcome.skipped.is_empty();
    if request.inventory == Inventory::Only || looked || select.staged || select.changed.is_some() {
        return Ok(());
    }
    Err(Error::nothing(
        format!(
            "there is nothing to look at in `{}`",
            request.scan.targets.join(" ")
        ),
        "name another target; `--no-gitignore` looks at ignored files, and `scan.exclude` may leave out too much",
    ))
}
