//! Keys that were made here, published signatures, and texts that are no keys. tests/openssl.rs has keys that OpenSSL made.

use super::*;
use proptest::prelude::*;

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

/// DER of one element.
fn der(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = u16::try_from(contents.len()).unwrap();
    let head = match length {
        ..0x80 => vec![tag, length as u8],
        0x80..0x100 => vec![tag, 0x81, length as u8],
        _ => [&[tag, 0x82][..], &length.to_be_bytes()].concat(),
    };
    [&head[..], contents].concat()
}

/// Public key information of an RSA key of these numbers.
fn rsa(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let algorithm = der(0x30, &unhex("06092a864886f70d0101010500"));
    let numbers = der(0x30, &[der(2, modulus), der(2, exponent)].concat());
    der(
        0x30,
        &[algorithm, der(3, &[&[0][..], &numbers].concat())].concat(),
    )
}

/// A modulus of so many bits, of which the first and the last are set.
fn modulus(bits: usize) -> Vec<u8> {
    let mut bytes = vec![0x55; bits.div_ceil(8)];
    let top = (bits - 1) % 8;
    bytes[0] = 1 << top;
    *bytes.last_mut().unwrap() |= 1;
    if top == 7 {
        bytes.insert(0, 0);
    }
    bytes
}

#[test]
fn the_second_signature_of_rfc_8032_is_verified() {
    let key = unhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    let key = PublicKey::from_ed25519(key.try_into().unwrap()).unwrap();
    let signature = unhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    );
    assert_eq!(key.verify(&[0x72], &signature), Ok(()));
    assert_eq!(key.verify(&[0x73], &signature), Err(BadSignature));
    assert_eq!(key.verify(&[0x72], &signature[..63]), Err(BadSignature));
    assert_eq!(key.verify(&[0x72], &[]), Err(BadSignature));
}

#[test]
fn what_a_new_key_signs_its_public_half_verifies() {
    for kind in [SigningKind::Ed25519, SigningKind::EcdsaP256] {
        let key = SigningKey::generate(kind).unwrap();
        let other = SigningKey::generate(kind).unwrap();
        let signature = key.sign(b"message").unwrap();
        assert_eq!(key.kind(), kind);
        assert_eq!(key.public().verify(b"message", &signature), Ok(()));
        assert_eq!(key.public().verify(b"massage", &signature), Err(BadSignature));
        assert_eq!(other.public().verify(b"message", &signature), Err(BadSignature));
    }
}

#[test]
fn keys_read_as_they_were_written() {
    for kind in [SigningKind::Ed25519, SigningKind::EcdsaP256] {
        let key = SigningKey::generate(kind).unwrap();
        let read = SigningKey::from_pem(&key.to_pem()).unwrap();
        assert_eq!(read.public(), key.public());
        assert_eq!(read.to_pem(), key.to_pem());
        let public = PublicKey::from_pem(&key.public().to_pem()).unwrap();
        assert_eq!(&public, key.public());
        let signature = read.sign(b"message").unwrap();
        assert_eq!(public.verify(b"message", &signature), Ok(()));
    }
}

#[test]
fn a_private_key_does_not_show_itself() {
    for kind in [SigningKind::Ed25519, SigningKind::EcdsaP256] {
        let key = SigningKey::generate(kind).unwrap();
        let shown = format!("{key:?}");
        let id = key.public().id();
        assert_eq!(shown, format!("SigningKey {{ public: {:?}, .. }}", key.public()));
        assert!(shown.contains(&id.to_string()) && shown.len() < 200, "{shown}");
    }
}

#[test]
fn a_key_is_named_by_the_hash_of_its_public_key_information() {
    // RFC 8410, section 10.1; the hash as `openssl pkey -pubin -outform DER | sha256sum` gives it.
    let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";
    let key = PublicKey::from_pem(pem).unwrap();
    assert_eq!(key.kind(), KeyKind::Ed25519);
    assert_eq!(key.to_pem(), pem);
    assert_eq!(
        key.id().to_string(),
        "sha256:a1e9156054e04fac899ae9f275132cdc07a5dbc4ea2c2ad3a1ffc6e0d253681f"
    );
}

#[test]
fn points_of_small_order_are_refused_with_either_sign() {
    let small = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];
    for point in small {
        let mut point: [u8; 32] = unhex(point).try_into().unwrap();
        assert_eq!(PublicKey::from_ed25519(point), Err(KeyError::SmallOrder));
        point[31] |= 0x80;
        assert_eq!(PublicKey::from_ed25519(point), Err(KeyError::SmallOrder));
    }
}

#[test]
fn rsa_keys_are_of_2048_to_8192_bits() {
    let exponent = [1, 0, 1];
    for bits in [2048, 2049, 3072, 4096, 8192] {
        let key = PublicKey::from_spki(&rsa(&modulus(bits), &exponent)).unwrap();
        assert_eq!(key.kind(), KeyKind::Rsa);
        assert_eq!(PublicKey::from_pem(&key.to_pem()), Ok(key));
    }
    for bits in [512, 1024, 2047, 8193, 16384] {
        assert_eq!(
            PublicKey::from_spki(&rsa(&modulus(bits), &exponent)),
            Err(KeyError::RsaSize(bits)),
            "{bits}"
        );
    }
}

#[test]
fn rsa_keys_that_are_not_in_their_form_are_refused() {
    let good = modulus(2048);
    let mut even = good.clone();
    *even.last_mut().unwrap() &= 0xfe;
    let negative = &good[1..];
    let padded = [&[0][..], &good].concat();
    for (modulus, exponent) in [
        (even.as_slice(), [3].as_slice()),
        (negative, &[3]),
        (&padded, &[3]),
        (&good, &[1]),
        (&good, &[2]),
        (&good, &[0]),
        (&good, &[]),
        (&good, &[0, 3]),
        (&good, &[0xff]),
        (&good, &[1, 0, 0, 0, 1]),
    ] {
        assert_eq!(
            PublicKey::from_spki(&rsa(modulus, exponent)),
            Err(KeyError::Form),
            "{exponent:?}"
        );
    }
    let spki = rsa(&good, &[3]);
    assert!(PublicKey::from_spki(&spki).is_ok());
    for cut in 0..spki.len() {
        assert!(PublicKey::from_spki(&spki[..cut]).is_err(), "{cut}");
    }
    assert_eq!(
        PublicKey::from_spki(&[&spki[..], &[0]].concat()),
        Err(KeyError::Form)
    );
}

#[test]
fn keys_of_other_algorithms_are_told() {
    // X25519 (RFC 8410), P-384 with an empty point, and the RSA that is for PSS only (RFC 4055).
    let x25519 = unhex(&format!("302a300506032b656e032100{}", "11".repeat(32)));
    let p384 = unhex("3015301006072a8648ce3d020106052b81040022030100");
    let pss = der(
        0x30,
        &[der(0x30, &unhex("06092a864886f70d01010a")), der(3, &[0])].concat(),
    );
    for spki in [x25519, p384, pss] {
        assert_eq!(
            PublicKey::from_spki(&spki),
            Err(KeyError::Algorithm),
            "{spki:02x?}"
        );
    }
}

#[test]
fn points_that_are_compressed_or_short_are_refused() {
    let key = SigningKey::generate(SigningKind::EcdsaP256).unwrap();
    let spki = key.public().spki();
    for changed in [
        &spki[..spki.len() - 1],
        &[spki, &[0]].concat(),
        &[&spki[..26], &[2], &spki[27..]].concat(),
    ] {
        assert_eq!(PublicKey::from_spki(changed), Err(KeyError::Form));
    }
}

#[test]
fn a_label_that_is_not_expected_tells_what_to_do() {
    let block = |label: &str| format!("-----BEGIN {label}-----\nMAA=\n-----END {label}-----\n");
    for (label, command) in [
        ("PRIVATE KEY", "-pubout"),
        ("RSA PRIVATE KEY", "-pubout"),
        ("CERTIFICATE", "x509"),
        ("RSA PUBLIC KEY", "RSAPublicKey_in"),
    ] {
        let error = PublicKey::from_pem(&block(label)).unwrap_err();
        assert_eq!(
            error,
            KeyError::Label {
                found: label.to_owned(),
                wanted: "PUBLIC KEY"
            }
        );
        assert!(error.help().unwrap().contains(command), "{label}");
    }
    for (label, command) in [
        ("ENCRYPTED PRIVATE KEY", "pkcs8 -in"),
        ("EC PRIVATE KEY", "-topk8"),
        ("RSA PRIVATE KEY", "-topk8"),
    ] {
        let error = SigningKey::from_pem(&block(label)).unwrap_err();
        assert!(error.help().unwrap().contains(command), "{label}");
    }
    assert_eq!(
        SigningKey::from_pem(&block("PUBLIC KEY")).unwrap_err().help(),
        None
    );
}

#[test]
fn texts_that_are_too_long_or_no_keys_are_refused() {
    let long = "a".repeat(1 << 20);
    assert_eq!(PublicKey::from_pem(&long), Err(KeyError::TooLong(1 << 20)));
    assert_eq!(
        SigningKey::from_pem(&long).map(|_| ()),
        Err(KeyError::TooLong(1 << 20))
    );
    assert_eq!(PublicKey::from_pem(""), Err(KeyError::Pem));
    assert_eq!(PublicKey::from_spki(&[]), Err(KeyError::Form));
    assert_eq!(
        PublicKey::from_spki(&vec![0x30; 1 << 20]),
        Err(KeyError::TooLong(1 << 20))
    );
    let nothing = "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";
    assert_eq!(SigningKey::from_pem(nothing).map(|_| ()), Err(KeyError::Form));
}

#[test]
fn a_private_key_cut_short_is_refused() {
    for kind in [SigningKind::Ed25519, SigningKind::EcdsaP256] {
        let key = SigningKey::generate(kind).unwrap();
        let pem = key.to_pem();
        let (_, pkcs8) = crate::pem::decode(&pem).unwrap();
        for cut in 0..pkcs8.len() {
            let text = crate::pem::encode("PRIVATE KEY", &pkcs8[..cut]);
            assert!(SigningKey::from_pem(&text).is_err(), "{kind:?} {cut}");
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_end_in_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "(-|B|E|G|I|N| |\\n|=|A){0,60}") {
        let _ = PublicKey::from_spki(&bytes);
        let _ = PublicKey::from_pem(&text);
        let _ = SigningKey::from_pem(&crate::pem::encode("PRIVATE KEY", &bytes));
    }
}
