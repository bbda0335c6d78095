//! Keys and signatures to and fro between Bartizan and OpenSSL.
#![allow(clippy::unwrap_used, reason = "the helpers of tests may fail as tests do")]
#![allow(
    clippy::disallowed_methods,
    reason = "the tests run openssl on files of their own"
)]

use bartizan_trust::keys::{BadSignature, KeyError, KeyKind, PublicKey, SigningKey, SigningKind};
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const MESSAGE: &str = "what is signed, to the byte\n";

/// A directory with MESSAGE in the file `message`.
fn place() -> TempDir {
    let dir = TempDir::new().unwrap();
    std::fs::write(dir.path().join("message"), MESSAGE).unwrap();
    dir
}

fn openssl(dir: &Path, arguments: &str) -> bool {
    let output = Command::new("openssl")
        .args(arguments.split(' '))
        .current_dir(dir)
        .output()
        .unwrap();
    output.status.success()
}

/// The private key that `openssl genpkey` makes of `options`, in PEM, and its public half.
fn made(dir: &Path, options: &str) -> (String, String) {
    assert!(openssl(dir, &format!("genpkey {options} -out key")), "{options}");
    assert!(openssl(dir, "pkey -in key -pubout -out key.pub"));
    let read = |name: &str| std::fs::read_to_string(dir.join(name)).unwrap();
    (read("key"), read("key.pub"))
}

#[test]
fn keys_that_openssl_made_sign_what_it_verifies() {
    for (options, sign, verify) in [
        (
            "-algorithm ed25519",
            SigningKind::Ed25519,
            "pkeyutl -verify -rawin -pubin -inkey key.pub -in message -sigfile sig",
        ),
        (
            "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
            SigningKind::EcdsaP256,
            "dgst -sha256 -verify key.pub -signature sig message",
        ),
    ] {
        let dir = place();
        let (private, public) = made(dir.path(), options);
        let key = SigningKey::from_pem(&private).unwrap();
        assert_eq!(key.kind(), sign);
        assert_eq!(key.public(), &PublicKey::from_pem(&public).unwrap());
        assert_eq!(key.public().to_pem(), public);
        std::fs::write(dir.path().join("sig"), key.sign(MESSAGE.as_bytes()).unwrap()).unwrap();
        assert!(openssl(dir.path(), verify), "{options}");
        std::fs::write(dir.path().join("sig"), key.sign(b"something else").unwrap()).unwrap();
        assert!(!openssl(dir.path(), verify), "{options}");
    }
}

#[test]
fn what_openssl_signs_is_verified() {
    for (options, kind, sign) in [
        (
            "-algorithm ed25519",
            KeyKind::Ed25519,
            "pkeyutl -sign -rawin -inkey key -in message -out sig",
        ),
        (
            "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
            KeyKind::EcdsaP256,
            "dgst -sha256 -sign key -out sig message",
        ),
        (
            "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
            KeyKind::Rsa,
            "dgst -sha256 -sign key -out sig message",
        ),
        (
            "-algorithm RSA -pkeyopt rsa_keygen_bits:3072",
            KeyKind::Rsa,
            "dgst -sha256 -sign key -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -out sig message",
        ),
    ] {
        let dir = place();
        let (_, public) = made(dir.path(), options);
        assert!(openssl(dir.path(), sign), "{sign}");
        let key = PublicKey::from_pem(&public).unwrap();
        let signature = std::fs::read(dir.path().join("sig")).unwrap();
        assert_eq!(key.kind(), kind);
        assert_eq!(key.verify(MESSAGE.as_bytes(), &signature), Ok(()), "{options}");
        assert_eq!(
            key.verify(b"something else", &signature),
            Err(BadSignature),
            "{options}"
        );
        for at in [0, signature.len() / 2, signature.len() - 1] {
            let mut changed = signature.clone();
            changed[at] ^= 1;
            assert_eq!(
                key.verify(MESSAGE.as_bytes(), &changed),
                Err(BadSignature),
                "{options} {at}"
            );
        }
    }
}

#[test]
fn openssl_reads_the_keys_that_are_made_here() {
    for kind in [SigningKind::Ed25519, SigningKind::EcdsaP256] {
        let dir = place();
        let key = SigningKey::generate(kind).unwrap();
        std::fs::write(dir.path().join("key"), key.to_pem().as_bytes()).unwrap();
        assert!(
            openssl(dir.path(), "pkey -in key -pubout -out key.pub"),
            "{kind:?}"
        );
        let public = std::fs::read_to_string(dir.path().join("key.pub")).unwrap();
        assert_eq!(public, key.public().to_pem());
    }
}

#[test]
fn keys_of_openssl_that_are_not_accepted_are_told_why() {
    let dir = place();
    let public = |options: &str| PublicKey::from_pem(&made(dir.path(), options).1);
    assert_eq!(
        public("-algorithm RSA -pkeyopt rsa_keygen_bits:1024"),
        Err(KeyError::RsaSize(1024))
    );
    assert_eq!(
        public("-algorithm EC -pkeyopt ec_paramgen_curve:P-384"),
        Err(KeyError::Algorithm)
    );
    assert_eq!(public("-algorithm ed448"), Err(KeyError::Algorithm));
    assert_eq!(public("-algorithm x25519"), Err(KeyError::Algorithm));
    assert_eq!(
        public("-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048"),
        Err(KeyError::Algorithm)
    );

    let private = |options: &str| SigningKey::from_pem(&made(dir.path(), options).0).map(|_| ());
    assert_eq!(
        private("-algorithm RSA -pkeyopt rsa_keygen_bits:2048"),
        Err(KeyError::Algorithm)
    );
    let other_curve = private("-algorithm EC -pkeyopt ec_paramgen_curve:P-384");
    assert!(
        matches!(other_curve, Err(KeyError::Rejected(_))),
        "{other_curve:?}"
    );
    assert!(openssl(
        dir.path(),
        "genpkey -algorithm ed25519 -aes256 -pass pass:test -out encrypted"
    ));
    let encrypted = std::fs::read_to_string(dir.path().join("encrypted")).unwrap();
    let refused = SigningKey::from_pem(&encrypted).map(|_| ()).unwrap_err();
    assert!(refused.help().unwrap().contains("openssl pkcs8"), "{refused}");
}
