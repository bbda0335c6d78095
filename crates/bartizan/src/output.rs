//! Where results go: standard output, or files that are written whole or not at all.

use crate::error::Error;
use crate::manifests::line;
use bartizan_engine::system::{Machine, System};
use bartizan_report::Format;
use std::io::Write;
use std::path::{Path, PathBuf};

/// One `-o FORMAT[=FILE]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Destination {
    pub(crate) format: Format,
    /// Absent for standard output.
    pub(crate) file: Option<PathBuf>,
}

/// Reads every `-o`.
pub(crate) fn destinations(texts: &[String]) -> Result<Vec<Destination>, Error> {
    let mut all: Vec<Destination> = Vec::new();
    for text in texts {
        let (word, file) = match text.split_once('=') {
            Some((word, file)) if !file.is_empty() => (word, Some(PathBuf::from(file))),
            Some((word, _)) => {
                return Err(Error::usage(
                    format!("`-o {text}` names no file"),
                    format!("write `-o {word}=FILE`, or `-o {word}` for standard output"),
                ));
            }
            None => (text.as_str(), None),
        };
        let file = file.filter(|file| file.as_os_str() != "-");
        let format = word.parse::<Format>().map_err(|error| {
            Error::usage(
                error.to_string(),
                "give one of them with `-o FORMAT` or `-o FORMAT=FILE`",
            )
        })?;
        let place = file.as_deref().map(place_of);
        let clash = all
            .iter()
            .find(|other| other.file.as_deref().map(place_of) == place);
        if let Some(clash) = clash {
            let place = file.as_ref().map_or_else(
                || "standard output".to_owned(),
                |file| format!("`{}`", file.display()),
            );
            return Err(Error::usage(
                format!("the formats {} and {format} both go to {place}", clash.format),
                format!("write one of them to another file: `-o {format}=FILE`"),
            ));
        }
        all.push(Destination { format, file });
    }
    Ok(all)
}

/// Reads the `-o FORMAT[=FILE]` of a verb that gives one answer, in one of these formats; no file for standard output.
pub(crate) fn destination<F: Copy>(
    text: &str,
    verb: &str,
    formats: &[(&str, F)],
) -> Result<(F, Option<PathBuf>), Error> {
    let (word, file) = text
        .split_once('=')
        .map_or((text, None), |(word, file)| (word, Some(file)));
    let Some((_, format)) = formats.iter().find(|(name, _)| *name == word) else {
        let names: Vec<&str> = formats.iter().map(|(name, _)| *name).collect();
        let (last, others) = names.split_last().unwrap_or((&"", &[]));
        return Err(Error::usage(
            format!("`{}` is no format of `bartizan {verb}`", line(word)),
            format!("the formats are {} and {last}", others.join(", ")),
        ));
    };
    match file {
        Some("") => Err(Error::usage(
            format!("`-o {text}` names no file"),
            format!("write `-o {word}=FILE`, or `-o {word}` for standard output"),
        )),
        file => Ok((*format, file.filter(|file| *file != "-").map(PathBuf::from))),
    }
}

/// The same for every spelling of one file, whether it is there yet or not.
fn place_of(file: &Path) -> PathBuf {
    let full = std::path::absolute(file).unwrap_or_else(|_| file.to_path_buf());
    std::fs::canonicalize(&full).unwrap_or_else(|_| match (full.parent(), full.file_name()) {
        (Some(parent), Some(name)) => std::fs::canonicalize(parent)
            .unwrap_or_else(|_| parent.to_path_buf())
            .join(name),
        _ => full.clone(),
    })
}

/// Refuses to write a report over what is to be scanned.
pub(crate) fn spare(targets: &[String], destinations: &[Destination]) -> Result<(), Error> {
    let over = destinations.iter().filter_map(|destination| {
        let file = destination.file.as_deref()?;
        let target = targets.iter().find(|target| {
            let path = Path::new(crate::place::bill(target).unwrap_or(target));
            path.is_file() && place_of(path) == place_of(file)
        })?;
        Some((destination.format, target))
    });
    match over.into_iter().next() {
        None => Ok(()),
        Some((format, target)) => Err(Error::usage(
            format!("the format {format} would be written over the target `{target}`"),
            "name another file",
        )),
    }
}

/// Replaces a file in one step.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    Machine
        .replace(path, bytes)
        .map_err(|error| Error::writing(path, &error))
}

/// Writes a file in one step as its content comes, so that it is never held in memory.
pub(crate) fn stream_file<T>(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<T>,
) -> Result<T, Error> {
    // Through a link, so that the link stays a link; a device or a pipe is written to as it is.
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    if std::fs::metadata(&target).is_ok_and(|about| !about.is_file()) {
        let file = std::fs::OpenOptions::new().write(true).open(&target);
        return file
            .and_then(|mut file| write(&mut file))
            .map_err(|error| Error::writing(path, &error));
    }
    let mut new = target.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    let written = std::fs::File::create(&new).and_then(|mut file| {
        let written = write(&mut file)?;
        file.sync_all()?;
        std::fs::rename(&new, &target)?;
        Ok(written)
    });
    written.map_err(|error| {
        let _ = std::fs::remove_file(&new);
        Error::writing(path, &error)
    })
}

/// Writes a file that only its owner can read, whole or not at all; its directory is made where it is missing.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    use std::os::unix::fs::OpenOptionsExt;
    let failed = |error: &std::io::Error| Error::writing(path, error);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(|error| failed(&error))?;
    }
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    // What an earlier run left behind may have other permissions.
    let _ = std::fs::remove_file(&new);
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&new)
        .map_err(|error| failed(&error))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::rename(&new, path))
        .map_err(|error| failed(&error))
}

/// Writes text to standard output. A reader that has gone away (`| head`) is no error.
pub(crate) fn print(text: impl AsRef<[u8]>) -> Result<(), Error> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_ref()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// JSON over several lines.
pub(crate) fn pretty(value: &impl serde::Serialize) -> Result<String, Error> {
    let mut text = serde_json::to_string_pretty(value).map_err(std::io::Error::from)?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str]) -> Result<Vec<Destination>, String> {
        destinations(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
            .map_err(|error| error.message)
    }

    #[test]
    fn a_format_goes_to_standard_output_or_to_a_file() {
        let all = read(&["pretty", "json=a=b.json"]).unwrap();
        assert_eq!(
            all[0],
            Destination {
                format: Format::Pretty,
                file: None
            }
        );
        assert_eq!(
            all[1],
            Destination {
                format: Format::Json,
                file: Some(PathBuf::from("a=b.json"))
            }
        );
    }

    fn stream(path: &Path) {
        let wrote = stream_file(path, |out| out.write_all(b"new"));
        assert!(wrote.is_ok(), "{}", path.display());
    }

    #[test]
    fn a_stream_replaces_a_file_and_leaves_links_and_pipes_what_they_are() {
        let directory = tempfile::tempdir().unwrap();
        let [file, link, pipe] = ["file", "link", "pipe"].map(|name| directory.path().join(name));
        std::fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        stream(&link);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "new");
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || std::fs::read_to_string(pipe).unwrap()
        });
        stream(&pipe);
        assert_eq!(reader.join().unwrap(), "new");
        assert!(!std::fs::metadata(&pipe).unwrap().is_file());
    }

    #[test]
    fn a_stream_that_fails_leaves_the_file_as_it_was() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        std::fs::write(&file, "old").unwrap();
        let failed = stream_file(&file, |out| {
            out.write_all(b"half")?;
            Err::<(), _>(std::io::Error::from(std::io::ErrorKind::StorageFull))
        });
        assert!(failed.is_err());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "old");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn two_formats_to_one_place_are_refused() {
        assert!(
            read(&["pretty", "json"])
                .unwrap_err()
                .contains("both go to standard output")
        );
        assert!(
            read(&["pretty", "json=-"])
                .unwrap_err()
                .contains("both go to standard output")
        );
        assert!(
            read(&["json=x", "concise=x"])
                .unwrap_err()
                .contains("both go to `x`")
        );
        assert!(
            read(&["json=x", "concise=./x"])
                .unwrap_err()
                .contains("both go to")
        );
        assert!(read(&["json="]).unwrap_err().contains("names no file"));
    }
}
