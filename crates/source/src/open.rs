//! From the spelling of a target to its source.

use crate::{
    DirSource, GitHistorySource, GitIndexSource, GitRangeSource, RecordedSource, RootSource, Source,
    SourceError, SourceOptions, StdinSource, image,
};

/// Opens what `target` spells: a path, `-` for standard input, or one of the forms that begin with a scheme.
///
/// # Errors
/// When the spelling is not understood or there is nothing to open.
pub fn open(target: &str, options: &SourceOptions) -> Result<Box<dyn Source>, SourceError> {
    if target == "-" {
        return Ok(Box::new(StdinSource::new(Box::new(std::io::stdin()), options)));
    }
    if let Some(what) = target.strip_prefix("git:") {
        return match what {
            "" => Err(SourceError::Spelling(target.to_owned())),
            "ALL" => Ok(Box::new(GitHistorySource::open(&options.repository, options)?)),
            "STAGED" => Ok(Box::new(GitIndexSource::open(&options.repository, options)?)),
            range => Ok(Box::new(GitRangeSource::open(
                &options.repository,
                range,
                options,
            )?)),
        };
    }
    if let Some(image) = image::open_image(target, options) {
        return Ok(Box::new(image?));
    }
    if let Some((scheme, what)) = target.split_once(':') {
        match scheme {
            "k8s" => return Ok(Box::new(RecordedSource::open(target, what, options)?)),
            "rootfs" => return Ok(Box::new(RootSource::open(target, what, options)?)),
            _ => {}
        }
    }
    if let Some((scheme, _)) = target.split_once(':')
        && let Some((_, instead)) = UNSUPPORTED.iter().find(|(name, _)| *name == scheme)
    {
        return Err(SourceError::Unsupported {
            target: target.to_owned(),
            instead,
        });
    }
    Ok(Box::new(DirSource::open(target, options)?))
}

/// Schemes of the command line contract that no source reads, and what reaches the same end.
const UNSUPPORTED: &[(&str, &str)] = &[
    ("image", "name it alone: `bartizan scan image:NAME`"),
    (
        "sbom",
        "name it without `--staged` and `--changed`: `bartizan sbom sbom:FILE`",
    ),
    (
        "host",
        "scan the directories of interest as paths, for instance `/etc`",
    ),
    ("url", "fetch it and scan the file, or pipe it to `-`"),
];
