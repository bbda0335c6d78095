//! Notes against published ones, and what makes a note be refused.

use super::*;
use crate::keys::{PublicKey, SigningKey, SigningKind};
use proptest::prelude::*;

/// The example of the specification.
const VERIFIER: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const NOTE: &str = "This is an example message.\n\n\
    — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

/// The example of Go's implementation (golang.org/x/mod/sumdb/note).
const GO_VERIFIER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const GO_TEXT: &str =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const GO_LINE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn vkey(text: &str) -> VerifierKey {
    text.parse().unwrap()
}

fn parse(text: &str) -> Result<Note, NoteError> {
    Note::parse(text.as_bytes())
}

fn key() -> SigningKey {
    SigningKey::generate(SigningKind::Ed25519).unwrap()
}

#[test]
fn the_published_notes_are_verified() {
    let note = parse(NOTE).unwrap();
    let trusted = [vkey(VERIFIER)];
    let verified = note.verify(&trusted).unwrap();
    assert_eq!(verified.text, "This is an example message.\n");
    assert_eq!(verified.keys, [&trusted[0]]);
    assert_eq!(note.to_string(), NOTE);

    let note = parse(&format!("{GO_TEXT}\n{GO_LINE}")).unwrap();
    assert_eq!(note.verify(&[vkey(GO_VERIFIER)]).unwrap().text, GO_TEXT);
}

#[test]
fn keys_print_as_they_were_read() {
    for text in [VERIFIER, GO_VERIFIER] {
        assert_eq!(vkey(text).to_string(), text);
    }
    assert_eq!(
        (vkey(VERIFIER).name(), vkey(VERIFIER).id()),
        ("example.com/foo", 0x530d_903a)
    );
}

#[test]
fn a_part_of_a_key_or_one_changed_anywhere_is_refused() {
    for begin in 0..GO_VERIFIER.len() {
        for end in begin..=GO_VERIFIER.len() {
            let part = &GO_VERIFIER[begin..end];
            assert_eq!(part.parse::<VerifierKey>().is_ok(), part == GO_VERIFIER, "{part}");
        }
    }
    for at in 0..GO_VERIFIER.len() {
        let mut changed = GO_VERIFIER.as_bytes().to_vec();
        changed[at] += 1;
        let changed = String::from_utf8(changed).unwrap();
        assert!(changed.parse::<VerifierKey>().is_err(), "{changed}");
    }
}

#[test]
fn keys_of_other_types_and_forms_are_told_apart() {
    let refused = |text: &str| text.parse::<VerifierKey>().unwrap_err();
    // The key of Rekor in notes: ECDSA, after its type byte the public key information.
    let ecdsa = "rekor.sigstore.dev+c0d23d6a+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNhtmPtrWm3U1eQXBogSMdGvXwBcK5AW5i0hrZLOC96l+smGNM7n\
                 wZ4QvFK/4sueRoVj//QP22Ni4Qt9DPfkWLc=";
    assert_eq!(
        refused(ecdsa),
        VerifierKeyError::Type("rekor.sigstore.dev".to_owned())
    );
    let renamed = GO_VERIFIER.replace("Peter", "Pater");
    assert!(matches!(
        refused(&renamed),
        VerifierKeyError::Id { id: 0xc74f_20a3, .. }
    ));
    assert_eq!(
        refused(&GO_VERIFIER.replace("c74f", "C74F")),
        VerifierKeyError::Form
    );
    assert_eq!(
        refused(&GO_VERIFIER.replace("Peter", " ")),
        VerifierKeyError::Name
    );
    assert_eq!(
        refused(&format!("{}{GO_VERIFIER}", "a".repeat(1000))),
        VerifierKeyError::Form
    );
    let small = "x+00000000+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert_eq!(refused(small), VerifierKeyError::Key(KeyError::SmallOrder));
}

#[test]
fn names_of_keys_have_neither_spaces_nor_plus() {
    let key = key();
    for name in [
        "",
        "a b",
        "a+b",
        "a\u{a0}b",
        "a\u{2028}b",
        "a\tb",
        "a\nb",
        "\u{1}",
        &"a".repeat(1000),
    ] {
        assert_eq!(
            NoteSigner::new(name, &key).map(|_| ()),
            Err(VerifierKeyError::Name),
            "{name:?}"
        );
    }
    assert!(NoteSigner::new("bücher.example/é", &key).is_ok());
    let ecdsa = SigningKey::generate(SigningKind::EcdsaP256).unwrap();
    assert_eq!(
        NoteSigner::new("a", &ecdsa).map(|_| ()),
        Err(VerifierKeyError::Type("a".to_owned()))
    );
}

#[test]
fn signatures_of_unknown_keys_are_ignored_and_kept() {
    let (ours, theirs) = (key(), key());
    let ours = NoteSigner::new("ours.example", &ours).unwrap();
    let theirs = NoteSigner::new("theirs.example", &theirs).unwrap();
    let mut note = Note::sign("text\n", &[theirs]).unwrap();
    assert_eq!(
        note.verify(&[ours.verifier_key().clone()]),
        Err(NoteError::Unsigned)
    );
    note.add(&ours).unwrap();
    let read = parse(&note.to_string()).unwrap();
    assert_eq!(read, note);
    let trusted = [ours.verifier_key().clone()];
    assert_eq!(read.verify(&trusted).unwrap().keys, [&trusted[0]]);
    // An unknown type of signature is of some other length.
    let line = "— witness.example AAAAAQIDBA==\n";
    let with = parse(&format!("{note}{line}")).unwrap();
    assert_eq!(with.signatures().len(), 3);
    assert!(with.verify(&trusted).is_ok());
    assert!(with.to_string().ends_with(line));
}

#[test]
fn a_bad_signature_of_a_known_key_spoils_the_note() {
    let (first, second) = (key(), key());
    let first = NoteSigner::new("first.example", &first).unwrap();
    let second = NoteSigner::new("second.example", &second).unwrap();
    let trusted = [first.verifier_key().clone(), second.verifier_key().clone()];
    let good = Note::sign("text\n", std::slice::from_ref(&first)).unwrap();
    let other = Note::sign("another text\n", &[second]).unwrap();
    let both = Note {
        text: good.text.clone(),
        signatures: [good.signatures, other.signatures].concat(),
    };
    let refused = both.verify(&trusted).unwrap_err();
    assert!(
        matches!(&refused, NoteError::BadSignature { name, .. } if name == "second.example"),
        "{refused}"
    );
    assert!(both.verify(&trusted[..1]).is_ok());
}

#[test]
fn a_key_that_signed_twice_counts_once() {
    let note = parse(&format!("{GO_TEXT}\n{GO_LINE}{GO_LINE}")).unwrap();
    let trusted = [vkey(GO_VERIFIER), vkey(GO_VERIFIER)];
    assert_eq!(note.verify(&trusted).unwrap().keys.len(), 1);
}

#[test]
fn two_keys_of_one_name_and_number_are_ambiguous() {
    let known = vkey(GO_VERIFIER);
    let public = PublicKey::from_ed25519(key().public().ed25519().unwrap()).unwrap();
    let mut other = VerifierKey::new(known.name(), public).unwrap();
    other.force_id(known.id());
    let note = parse(&format!("{GO_TEXT}\n{GO_LINE}")).unwrap();
    let trusted = [known, other];
    let refused = note.verify(&trusted);
    assert!(matches!(refused, Err(NoteError::Ambiguous { .. })), "{refused:?}");
}

#[test]
fn a_text_may_have_blank_lines_and_lines_that_look_like_signatures() {
    let key = key();
    let signer = NoteSigner::new("a", &key).unwrap();
    for text in [
        "\n",
        "\n\n",
        "a\n\nb\n",
        &format!("a\n\n{GO_LINE}"),
        &format!("{GO_LINE}\n"),
    ] {
        let note = Note::sign(text, std::slice::from_ref(&signer)).unwrap();
        let read = parse(&note.to_string()).unwrap();
        assert_eq!(read.verify(&[signer.verifier_key().clone()]).unwrap().text, text);
    }
}

#[test]
fn texts_that_no_note_has_are_not_signed() {
    let key = key();
    let signer = NoteSigner::new("a", &key).unwrap();
    for text in ["", "a", "a\r\n", "a\0\n", "\u{1b}[2J\n", "a\tb\n"] {
        assert_eq!(
            Note::sign(text, std::slice::from_ref(&signer)),
            Err(NoteError::Text),
            "{text:?}"
        );
    }
    assert_eq!(Note::sign("a\n", &[]), Err(NoteError::Unsigned));
    let long = format!("{}\n", "a".repeat(MAX_NOTE));
    assert!(matches!(
        Note::sign(long, std::slice::from_ref(&signer)),
        Err(NoteError::TooLong(_))
    ));
    let many = vec![signer; MAX_SIGNATURES + 1];
    assert_eq!(Note::sign("a\n", &many), Err(NoteError::Signatures));
    assert_eq!(
        Note::sign("a\n", &many[1..]).unwrap().signatures().len(),
        MAX_SIGNATURES
    );
}

#[test]
fn what_is_no_note_is_refused() {
    let line = GO_LINE;
    let bare = line.trim_end();
    for (note, error) in [
        (String::new(), NoteError::Text),
        (GO_TEXT.to_owned(), NoteError::Form),
        (format!("{GO_TEXT}\n"), NoteError::Form),
        (format!("\n{line}"), NoteError::Form),
        (format!("{GO_TEXT}{line}"), NoteError::Form),
        (format!("{GO_TEXT}\n{bare}"), NoteError::Text),
        (format!("{GO_TEXT}\n{line}\n"), NoteError::Form),
        (format!("{GO_TEXT}\r\n{line}"), NoteError::Text),
        (format!("{GO_TEXT}\n{line}x\n"), NoteError::Signature(2)),
        (format!("{GO_TEXT}\n- {}", &line[4..]), NoteError::Signature(1)),
        (format!("{GO_TEXT}\n{bare} \n"), NoteError::Signature(1)),
        (
            format!("{GO_TEXT}\n{}\n", bare.replace("x08go", "x08g*")),
            NoteError::Signature(1),
        ),
        (format!("{GO_TEXT}\n— a+b AAAAAAA=\n"), NoteError::Signature(1)),
        (format!("{GO_TEXT}\n—  AAAAAAA=\n"), NoteError::Signature(1)),
        (format!("{GO_TEXT}\n— a AAAAAA==\n"), NoteError::Signature(1)),
        (format!("{GO_TEXT}\n— a AAA=\n"), NoteError::Signature(1)),
        (
            format!("{GO_TEXT}\n{}", line.repeat(MAX_SIGNATURES + 1)),
            NoteError::Signatures,
        ),
    ] {
        assert_eq!(parse(&note), Err(error), "{note}");
    }
    assert_eq!(Note::parse(b"a\xff\n\n"), Err(NoteError::Text));
    assert_eq!(
        Note::parse(&vec![b'\n'; MAX_NOTE + 1]),
        Err(NoteError::TooLong(MAX_NOTE + 1))
    );
}

proptest! {
    #[test]
    fn a_note_that_was_signed_reads_and_verifies(text in "([^\\p{Cc}]|\\n){0,80}", name in "[!-*,-~]{1,20}") {
        let key = key();
        let signer = NoteSigner::new(name, &key).unwrap();
        let note = Note::sign(format!("{text}\n"), std::slice::from_ref(&signer)).unwrap();
        let read = Note::parse(note.to_string().as_bytes()).unwrap();
        prop_assert_eq!(&read, &note);
        prop_assert!(read.verify(&[signer.verifier_key().clone()]).is_ok());
    }

    #[test]
    fn a_byte_changed_anywhere_is_noticed(at: prop::sample::Index, with in 1_u8..) {
        let mut note = NOTE.as_bytes().to_vec();
        let at = at.index(note.len());
        note[at] ^= with;
        if let Ok(note) = Note::parse(&note) {
            prop_assert!(note.verify(&[vkey(VERIFIER)]).is_err());
        }
    }
}
