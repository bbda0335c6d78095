//! `bartizan sign`: make a key, or put a signature around a statement.

use crate::args::{Common, SignArgs};
use crate::error::{Error, Outcome};
use crate::output;
use crate::terminal::Terminal;
use bartizan_trust::dsse::{DsseError, Envelope, IN_TOTO};
use bartizan_trust::keys::{KeyError, SigningKey, SigningKind};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Bytes of a key at most.
const LONGEST: u64 = 64 * 1024;

/// Makes a key, or signs.
pub(crate) fn run(_: &Common, args: &SignArgs, terminal: Terminal) -> Outcome {
    if let Some(path) = &args.new_key {
        return new_key(path, terminal);
    }
    let Some(file) = &args.file else {
        return Err(Error::usage(
            "nothing to sign was named",
            "name a statement, or `-` for standard input",
        ));
    };
    let key = key(args.key.as_deref().unwrap_or(Path::new("")))?;
    let bytes = read(file)?;
    let envelope = sealed(&bytes, &key)?;
    output::print(format!("{envelope}\n"))?;
    Ok(0)
}

/// Makes a key, readable by its owner alone, with its public half beside it.
fn new_key(path: &Path, terminal: Terminal) -> Outcome {
    let public = PathBuf::from(format!("{}.pub", path.display()));
    for there in [path, &public] {
        if std::fs::symlink_metadata(there).is_ok() {
            return Err(Error::usage(
                format!("`{}` is there already", there.display()),
                "name another file: what an old key has signed needs its public half",
            ));
        }
    }
    let key = SigningKey::generate(SigningKind::Ed25519)?;
    output::write_private(path, key.to_pem().as_bytes())?;
    output::write_file(&public, key.public().to_pem().as_bytes())?;
    terminal.note(format!(
        "key {}: `{}` stays secret, `{}` is registered with the control plane",
        key.public().id(),
        path.display(),
        public.display()
    ));
    Ok(0)
}

/// The private key in a file.
pub(crate) fn key(path: &Path) -> Result<SigningKey, Error> {
    let mut text = String::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LONGEST).read_to_string(&mut text))
        .map_err(|error| Error::reading(path, &error))?;
    let key = SigningKey::from_pem(&text);
    text.clear();
    key.map_err(|error| Error {
        message: format!("`{}`: {error}", path.display()),
        ..Error::from(error)
    })
}

/// The envelope around a statement with a signature of the key; to an envelope the signature is added.
pub(crate) fn sealed(bytes: &[u8], key: &SigningKey) -> Result<String, Error> {
    #[derive(Deserialize)]
    struct Head {
        #[serde(rename = "payloadType")]
        envelope: Option<IgnoredAny>,
        #[serde(rename = "_type")]
        statement: Option<IgnoredAny>,
    }
    let strange = |why: &str| {
        Error::usage(
            format!("this is no statement: {why}"),
            "sign what `bartizan scan -o statement` prints, or send a report with `bartizan push --sign KEY`",
        )
    };
    let head: Head = serde_json::from_slice(bytes).map_err(|error| strange(&error.to_string()))?;
    let mut envelope = match (head.envelope, head.statement) {
        (Some(_), _) => Envelope::parse(bytes)?,
        (None, Some(_)) => Envelope::new(IN_TOTO, bytes.to_vec())?,
        (None, None) => return Err(strange("it has no `_type`")),
    };
    envelope.sign(key)?;
    Ok(envelope.to_json())
}

fn read(file: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let done = if file.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    done.map_err(|error| Error::reading(file, &error))?;
    Ok(bytes)
}

impl From<KeyError> for Error {
    fn from(error: KeyError) -> Self {
        let help = error
            .help()
            .unwrap_or_else(|| "make a key with `bartizan sign --new-key FILE`".to_owned());
        Self::usage(error.to_string(), help)
    }
}

impl From<DsseError> for Error {
    fn from(error: DsseError) -> Self {
        let help = match &error {
            DsseError::Payload(_) | DsseError::TooLong(_) => {
                "send it without a signature, or scan the target in parts"
            }
            _ => "sign the statement itself",
        };
        Self::usage(error.to_string(), help)
    }
}
