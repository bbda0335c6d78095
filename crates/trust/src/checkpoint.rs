//! Checkpoints: what a log says of itself at one size, as the text of a signed note.
//!
//! In: origin, size and root of a log, or a note and the keys to trust; out: the note, or what it says. C2SP tlog-checkpoint:
//! <https://c2sp.org/tlog-checkpoint>.

use crate::encoding;
use crate::note::{Note, NoteError, NoteSigner, VerifierKey};
use std::fmt;
use std::str::FromStr;

/// What a log says of itself at one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: [u8; 32],
    extensions: Vec<String>,
}

/// Why a text is no checkpoint, or not one that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// A line is missing, empty, or has control characters.
    #[error("not a checkpoint: three lines or more, none of them empty: the origin, the size and the root")]
    Lines,
    /// The size is no number in its shortest form.
    #[error("the size of a checkpoint is a number below 2^64 without leading zeros")]
    Size,
    /// The root is not the base64 of 32 bytes.
    #[error("the root of a checkpoint is the base64 of 32 bytes")]
    Root,
    /// The checkpoint is of another log.
    #[error("the checkpoint is of the log `{found}`, and one of `{wanted}` was expected")]
    Origin {
        /// The log it is of.
        found: String,
        /// The log that was asked for.
        wanted: String,
    },
    /// The note is not in its form, or no trusted key has signed it.
    #[error(transparent)]
    Note(#[from] NoteError),
}

impl Checkpoint {
    /// A checkpoint of the log named `origin`, by custom a URL without its scheme, with `size` entries under `root`.
    ///
    /// # Errors
    /// When the origin is empty or has control characters.
    pub fn new(origin: impl Into<String>, size: u64, root: [u8; 32]) -> Result<Self, CheckpointError> {
        Self::with_extensions(origin, size, root, Vec::new())
    }

    /// The same, with lines below the root. Nobody who audits a log can check them: it is better to have none.
    ///
    /// # Errors
    /// When the origin or a line is empty or has control characters.
    pub fn with_extensions(
        origin: impl Into<String>,
        size: u64,
        root: [u8; 32],
        extensions: Vec<String>,
    ) -> Result<Self, CheckpointError> {
        let checkpoint = Self {
            origin: origin.into(),
            size,
            root,
            extensions,
        };
        let lines = checkpoint.extensions.iter().chain([&checkpoint.origin]);
        if lines.into_iter().all(|line| is_line(line)) {
            Ok(checkpoint)
        } else {
            Err(CheckpointError::Lines)
        }
    }

    /// The log's name.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Entries in the log.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the Merkle tree over them.
    #[must_use]
    pub const fn root(&self) -> &[u8; 32] {
        &self.root
    }

    /// The lines below the root.
    #[must_use]
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// The checkpoint as a note, signed by each of `signers`; the first is by custom named as the origin.
    ///
    /// # Errors
    /// When there is no signer or there are too many, or the note is too long.
    pub fn sign(&self, signers: &[NoteSigner<'_>]) -> Result<Note, NoteError> {
        Note::sign(self.to_string(), signers)
    }

    /// The checkpoint that `note` is, when it is of the log `origin` and a key of `trusted` has signed it.
    ///
    /// # Errors
    /// When none has, when a signature that names a trusted key does not hold, and when it is no checkpoint or one of another log.
    pub fn verify(note: &Note, origin: &str, trusted: &[VerifierKey]) -> Result<Self, CheckpointError> {
        let checkpoint: Self = note.verify(trusted)?.text.parse()?;
        if checkpoint.origin != origin {
            return Err(CheckpointError::Origin {
                found: checkpoint.origin,
                wanted: origin.to_owned(),
            });
        }
        Ok(checkpoint)
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}\n{}\n{}",
            self.origin,
            self.size,
            encoding::encode(&self.root)
        )?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut lines = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::Lines);
        };
        let digits =
            size.bytes().all(|byte| byte.is_ascii_digit()) && (size == "0" || !size.starts_with('0'));
        let size = if digits { size.parse().ok() } else { None };
        let size = size.ok_or(CheckpointError::Size)?;
        let root = encoding::decode(root)
            .and_then(|root| root.try_into().ok())
            .ok_or(CheckpointError::Root)?;
        Self::with_extensions(origin, size, root, lines.map(str::to_owned).collect())
    }
}

fn is_line(line: &str) -> bool {
    !line.is_empty() && line.bytes().all(|byte| byte >= b' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{SigningKey, SigningKind};
    use proptest::prelude::*;

    /// A checkpoint of the Go checksum database, and its key as the Go toolchain has it (cmd/go/internal/modfetch/key.go).
    const GO: &str = "go.sum database tree\n6476701\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n\n\
        — sum.golang.org Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=\n";
    const GO_KEY: &str = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

    #[test]
    fn a_checkpoint_of_the_go_checksum_database_is_verified() {
        let note = Note::parse(GO.as_bytes()).unwrap();
        let trusted = [GO_KEY.parse().unwrap()];
        let checkpoint = Checkpoint::verify(&note, "go.sum database tree", &trusted).unwrap();
        assert_eq!(checkpoint.size(), 6_476_701);
        assert_eq!(checkpoint.root()[..2], [0x99, 0xbf]);
        assert_eq!(checkpoint.extensions(), [""; 0]);
        assert_eq!(checkpoint.to_string(), note.unverified_text());
        let other = Checkpoint::verify(&note, "example.org/log", &trusted);
        assert!(matches!(other, Err(CheckpointError::Origin { .. })), "{other:?}");
        assert_eq!(
            Checkpoint::verify(&note, "go.sum database tree", &[]),
            Err(NoteError::Unsigned.into())
        );
    }

    #[test]
    fn the_text_of_the_specification_goes_both_ways() {
        let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
        let checkpoint: Checkpoint = text.parse().unwrap();
        assert_eq!(
            (checkpoint.origin(), checkpoint.size()),
            ("example.com/behind-the-sofa", 20_852_163)
        );
        assert_eq!(checkpoint.to_string(), text);
    }

    #[test]
    fn a_checkpoint_that_was_signed_is_verified_and_one_that_was_changed_is_not() {
        let key = SigningKey::generate(SigningKind::Ed25519).unwrap();
        let signer = NoteSigner::new("example.org/log", &key).unwrap();
        let trusted = [signer.verifier_key().clone()];
        let checkpoint = Checkpoint::new("example.org/log", 7, [9; 32]).unwrap();
        let note = checkpoint.sign(&[signer]).unwrap().to_string();
        let read = Note::parse(note.as_bytes()).unwrap();
        assert_eq!(
            Checkpoint::verify(&read, "example.org/log", &trusted),
            Ok(checkpoint)
        );
        let changed = Note::parse(note.replace("\n7\n", "\n8\n").as_bytes()).unwrap();
        let refused = Checkpoint::verify(&changed, "example.org/log", &trusted);
        assert!(
            matches!(
                refused,
                Err(CheckpointError::Note(NoteError::BadSignature { .. }))
            ),
            "{refused:?}"
        );
    }

    #[test]
    fn other_texts_are_refused() {
        let root = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        for (text, error) in [
            (String::new(), CheckpointError::Lines),
            ("\n".to_owned(), CheckpointError::Lines),
            (format!("o\n1\n{root}"), CheckpointError::Lines),
            ("o\n1\n".to_owned(), CheckpointError::Lines),
            (format!("\n1\n{root}\n"), CheckpointError::Lines),
            (format!("o\n1\n{root}\n\n"), CheckpointError::Lines),
            (format!("o\n1\n{root}\nx\n\n"), CheckpointError::Lines),
            (format!("o\r\n1\n{root}\n"), CheckpointError::Lines),
            (format!("o\n\n{root}\n"), CheckpointError::Size),
            (format!("o\n01\n{root}\n"), CheckpointError::Size),
            (format!("o\n00\n{root}\n"), CheckpointError::Size),
            (format!("o\n+1\n{root}\n"), CheckpointError::Size),
            (format!("o\n-1\n{root}\n"), CheckpointError::Size),
            (
                format!("o\n18446744073709551616\n{root}\n"),
                CheckpointError::Size,
            ),
            (format!("o\n1\n{}\n", &root[..43]), CheckpointError::Root),
            (format!("o\n1\n{}\n", &root[4..]), CheckpointError::Root),
            (format!("o\n1\nAAAA{root}\n"), CheckpointError::Root),
            (format!("o\n1\n{} \n", root), CheckpointError::Root),
            ("o\n1\n\n".to_owned(), CheckpointError::Root),
        ] {
            assert_eq!(text.parse::<Checkpoint>(), Err(error), "{text:?}");
        }
        assert_eq!(Checkpoint::new("", 0, [0; 32]), Err(CheckpointError::Lines));
        assert_eq!(Checkpoint::new("a\nb", 0, [0; 32]), Err(CheckpointError::Lines));
    }

    proptest! {
        #[test]
        fn a_checkpoint_reads_as_it_was_written(
            origin in "[^\\p{Cc}]{1,30}",
            size: u64,
            root: [u8; 32],
            extensions in prop::collection::vec("[^\\p{Cc}]{1,30}", 0..4),
        ) {
            let checkpoint = Checkpoint::with_extensions(origin, size, root, extensions).unwrap();
            prop_assert_eq!(checkpoint.to_string().parse(), Ok(checkpoint));
        }

        #[test]
        fn what_is_read_is_written_the_same(text in "[a\\n]{0,4}\n[0-9]{1,3}\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n[b\\n]{0,6}") {
            if let Ok(checkpoint) = text.parse::<Checkpoint>() {
                prop_assert_eq!(checkpoint.to_string(), text);
            }
        }
    }
}
