//! What registries answer and what stands in files of credentials may be anything, and so may the name of an image: reading ends,
//! what is read as a name reads as itself again and can be asked for, and what is read as a manifest has parts with digests that
//! are safe as file names.

#![no_main]

use bartizan_source::http::Scheme;
use bartizan_source::registry::{AuthFile, Challenge, Manifest, Platform, Reference};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let known: Reference = "host.example:5000/acme/app:1".parse().expect("it is a name");
    if let Ok(file) = AuthFile::parse(bytes) {
        let _ = file.of(&known);
    }
    match Manifest::read(bytes, None) {
        Ok(Manifest::Image { config, layers, .. }) => {
            for part in layers.iter().chain([&config]) {
                assert!(part.digest.hex().bytes().all(|byte| byte.is_ascii_hexdigit()));
            }
        }
        Ok(Manifest::Index(_)) | Err(_) => {}
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for challenge in Challenge::read(text) {
        assert!(!challenge.scheme.is_empty());
        let _ = challenge.parameter("realm");
    }
    if let Ok(platform) = text.parse::<Platform>() {
        assert_eq!(platform.to_string().parse::<Platform>().as_ref(), Ok(&platform));
    }
    if let Ok(reference) = text.parse::<Reference>() {
        assert_eq!(reference.to_string().parse::<Reference>().as_ref(), Ok(&reference));
        assert!(reference.url(Scheme::Https).is_some());
    }
});
