//! The manifest of who may load programs into the kernel: executables with their digests, as a signed statement.
//!
//! In: executables and a key, or a manifest and the public key that must have signed it. Out: the envelope, or the executables. It is an in-toto Statement
//! in a DSSE envelope: each executable is a subject, and the predicate says until when it holds and which types of programs each may load. [`judge`] holds
//! what is loaded against it.

pub(crate) mod judge;

use std::collections::BTreeMap;
use std::fs::File;
use std::num::NonZeroUsize;
use std::path::Path;

use bartizan_ledger::statement::{STATEMENT_TYPE, Statement, Subject};
use bartizan_model::Timestamp;
use bartizan_model::guard::{Listed, Loader, PROGRAM_TYPES, program_type};
use bartizan_model::text::line;
use bartizan_sensor::digest_of_listed;
use bartizan_trust::dsse::{Envelope, IN_TOTO};
use bartizan_trust::keys::PublicKey;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::input;

/// The type of its predicate
const PREDICATE: &str = "https://bartizan.dev/bpf-loaders/v1";
/// Bytes of a manifest and of a key at most
const LARGEST: u64 = 4 << 20;
const LARGEST_KEY: u64 = 64 << 10;
const SHA256: &str = "sha256";

const MAKE: &str = "make it with `bartizan bpf manifest EXECUTABLE… --sign KEY`";

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Predicate {
    /// Nothing of it holds from this time on
    expires: Timestamp,
    /// Names of the types of programs that a subject may load, by its name; one that is not there may load all
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    types: BTreeMap<String, Vec<String>>,
}

/// An executable as it is now, by its path without links.
pub(crate) fn listed(path: &Path) -> Result<Listed, Error> {
    let unread = |error: std::io::Error| Error::reading(path, &error);
    let whole = std::fs::canonicalize(path).map_err(unread)?;
    let Some(name) = whole.to_str() else {
        return Err(Error::usage(
            format!("the path of `{}` is no text", line(&path.to_string_lossy())),
            "a manifest is JSON: give the executable another name",
        ));
    };
    if !whole.is_file() {
        return Err(Error::usage(
            format!("`{}` is no file", path.display()),
            "name executables",
        ));
    }
    Ok(Listed {
        path: name.into(),
        digest: File::open(&whole).and_then(digest_of_listed).map_err(unread)?,
    })
}

/// The statement that lists these until then.
pub(crate) fn statement(loaders: &[Loader], expires: Timestamp) -> String {
    let subject: Vec<_> = loaders
        .iter()
        .map(|loader| serde_json::json!({ "name": loader.file.path, "digest": { SHA256: loader.file.digest } }))
        .collect();
    let types = loaders.iter().filter_map(|loader| {
        let names = loader.types.as_ref()?.iter().filter_map(|number| {
            let number = usize::try_from(*number).ok()?;
            PROGRAM_TYPES.get(number).map(|name| (*name).to_owned())
        });
        Some((loader.file.path.to_string(), names.collect()))
    });
    let predicate = Predicate {
        expires,
        types: types.collect(),
    };
    serde_json::json!({
        "_type": STATEMENT_TYPE,
        "subject": subject,
        "predicateType": PREDICATE,
        "predicate": predicate,
    })
    .to_string()
}

/// Who may load programs by a manifest that this key has signed and that holds at this time.
pub(crate) fn verified(manifest: &Path, key: &Path, now: Timestamp) -> Result<Vec<Loader>, Error> {
    let shown = manifest.display();
    let envelope = Envelope::parse(&input::file(manifest, LARGEST)?)
        .map_err(|error| Error::usage(format!("`{shown}` is no signed manifest: {error}"), MAKE))?;
    let pem = String::from_utf8_lossy(&input::file(key, LARGEST_KEY)?).into_owned();
    let trusted = [PublicKey::from_pem(&pem).map_err(|error| Error {
        message: format!("`{}`: {error}", key.display()),
        ..Error::from(error)
    })?];
    let verified = envelope
        .verify(IN_TOTO, &trusted, NonZeroUsize::MIN)
        .map_err(|_| {
            Error::usage(
                format!(
                    "`{shown}` is not signed with the key of `{}`, or was altered since",
                    key.display()
                ),
                format!("{MAKE}, and name the public half of that key"),
            )
        })?;
    loaders(verified.payload, now)
        .map_err(|why| Error::usage(format!("the manifest `{shown}` does not hold: {why}"), MAKE))
}

/// What a statement lists, whose signature was found to be right.
fn loaders(payload: &[u8], now: Timestamp) -> Result<Vec<Loader>, String> {
    let statement = Statement::read(payload).map_err(|error| error.to_string())?;
    if statement.predicate_type != PREDICATE {
        return Err(format!(
            "it says something else, of the type `{}`",
            line(&statement.predicate_type)
        ));
    }
    let predicate: Predicate =
        serde_json::from_str(statement.predicate()).map_err(|error| error.to_string())?;
    if predicate.expires <= now {
        return Err(format!("it expired at {}", predicate.expires));
    }
    if let Some(name) = predicate
        .types
        .keys()
        .find(|name| !statement.subject.iter().any(|subject| subject.name == **name))
    {
        return Err(format!(
            "it has types for `{}`, which it does not list",
            line(name)
        ));
    }
    statement
        .subject
        .iter()
        .map(|subject| loader(subject, predicate.types.get(&subject.name)))
        .collect()
}

fn loader(subject: &Subject, types: Option<&Vec<String>>) -> Result<Loader, String> {
    let digest = subject.digest.get(SHA256).map(String::as_str).unwrap_or_default();
    let file = Listed {
        path: subject.name.as_str().into(),
        digest: digest.into(),
    };
    if !file.is_sound() {
        return Err(format!("`{}` is no path with a SHA-256", line(&subject.name)));
    }
    let number =
        |name: &String| program_type(name).ok_or_else(|| format!("`{}` is no type of program", line(name)));
    Ok(Loader {
        file,
        types: types
            .map(|types| types.iter().map(number).collect())
            .transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    fn agent() -> Loader {
        Loader {
            file: Listed {
                path: "/usr/sbin/agent".into(),
                digest: "a".repeat(64).into(),
            },
            types: Some(vec![29, 6]),
        }
    }

    #[test]
    fn what_is_written_is_read_again_until_it_expires() {
        let text = statement(&[agent()], at(NOW));
        assert_eq!(loaders(text.as_bytes(), at(NOW - 1)), Ok(vec![agent()]));
        let error = loaders(text.as_bytes(), at(NOW)).unwrap_err();
        assert!(error.contains("expired"), "{error}");
    }

    #[test]
    fn a_manifest_that_lost_something_lists_nobody() {
        let text = statement(&[agent()], at(NOW));
        for (from, to, why) in [
            ("bpf-loaders", "links", "something else"),
            ("\"expires\"", "\"until\"", "unknown field"),
            ("/usr/sbin/agent\"", "agent\"", "no path"),
            ("aaaa", "AAAA", "no path"),
            ("\"lsm\"", "\"lms\"", "no type of program"),
            ("sha256", "sha512", "no path"),
            ("\"types\":{\"/usr", "\"types\":{\"/opt", "does not list"),
            ("Statement/v1", "Statement/v9", "its type is"),
        ] {
            let altered = text.replace(from, to);
            assert_ne!(altered, text, "{from}");
            let error = loaders(altered.as_bytes(), at(0)).unwrap_err();
            assert!(error.contains(why), "{from}: {error}");
        }
        for length in 0..text.len() {
            assert!(loaders(&text.as_bytes()[..length], at(0)).is_err());
        }
    }
}
