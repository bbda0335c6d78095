//! Results of layers that are kept between scans: the same answers without reading, and never those of another rule or content.

use crate::images::{Image, complaint};
use crate::sandbox::{RULE, token};
use serde_json::Value;

/// An image with what the whole must be judged for: a credential that is deleted again, a damaged archive, a set-user-id program.
fn image() -> Image {
    let image = Image::new();
    let root = image.sandbox.root().join("base");
    std::fs::create_dir_all(root.join("usr/bin")).unwrap();
    std::fs::write(root.join("usr/bin/raise"), "#!/bin/sh\n").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o4755);
    std::fs::set_permissions(root.join("usr/bin/raise"), mode).unwrap();
    std::fs::write(root.join("damaged.gz"), b"\x1f\x8b\x08\0\0\0\0\0\0\x03damaged").unwrap();
    image
        .insert(&[root.to_str().unwrap(), "/"], "ADD rootfs.tar /")
        .configure(&["--config.cmd", "/usr/bin/raise"], "CMD")
        .layer("/app/key", &format!("key = {}\n", token(1)), "COPY . /app")
        .deleted("/app/key", "RUN rm /app/key");
    image
}

/// The report but for what differs from run to run.
fn report(image: &Image, more: &[&str]) -> (Value, u64) {
    let rule = image.sandbox.root().join("rule.yaml");
    let mut report = image.json(&[&["--rules", rule.to_str().unwrap()], more].concat());
    let cached = report["stats"]["cached"].as_u64().unwrap_or(0);
    for key in ["started", "stats"] {
        report.as_object_mut().unwrap().remove(key);
    }
    for finding in report["findings"].as_array_mut().unwrap() {
        for key in ["first_seen", "due"] {
            finding.as_object_mut().unwrap().remove(key);
        }
    }
    (report, cached)
}

#[test]
fn a_second_scan_says_the_same_and_reads_nothing_but_the_configuration() {
    let image = image();
    let (first, cached) = report(&image, &[]);
    assert_eq!(cached, 0);
    assert_eq!(first["skipped"][0]["path"], "damaged.gz", "{first}");
    let (second, cached) = report(&image, &[]);
    assert_eq!(first, second);
    assert!(cached >= 3, "{cached}");
    let (third, cached) = report(&image, &["--no-cache"]);
    assert_eq!((first, 0), (third, cached));
}

#[test]
fn an_image_with_one_more_layer_takes_the_results_of_the_layers_below() {
    let image = image();
    let (before, _) = report(&image, &[]);
    image.layer("/app/key", "key = none\n", "COPY . /app");
    let (after, cached) = report(&image, &[]);
    assert!(cached >= 3, "{cached}");
    let message = |report: &Value| {
        let findings = report["findings"].as_array().unwrap().iter();
        let mut found = findings.filter(|finding| finding["rule"] == "leak/harbour-token");
        found.next().unwrap()["message"].as_str().unwrap().to_owned()
    };
    assert!(
        message(&before).contains("deleted by layer 3 of 3"),
        "{}",
        message(&before)
    );
    assert!(message(&after).contains("layer 2 of 4") && message(&after).contains("by layer 3 of 4"));
}

#[test]
fn a_changed_rule_and_other_globs_are_never_answered_by_kept_results() {
    let image = image();
    assert_eq!(image.scan(&[]).code, 1);
    // Nothing denies, and the damaged archive leaves it unknown.
    assert_eq!(image.scan(&["--exclude", "app/**"]).code, 4);
    assert_eq!(image.scan(&["--exclude", "app/**,damaged.gz"]).code, 0);
    assert_eq!(image.scan(&[]).code, 1);
    let other = RULE.replace("hbr_[a-z0-9]{24}", "hbr_[a-z0-9]{23}x");
    std::fs::write(image.sandbox.root().join("rule.yaml"), other).unwrap();
    assert_eq!(image.scan(&[]).code, 4);
}

#[test]
fn a_layer_that_was_changed_since_ends_with_4_although_its_results_are_kept() {
    let image = image();
    assert_eq!(image.scan(&[]).code, 1);
    for blob in image.blobs() {
        let mut bytes = std::fs::read(&blob).unwrap();
        if bytes.starts_with(&[0x1f, 0x8b]) {
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
            std::fs::write(blob, bytes).unwrap();
        }
    }
    let (code, is_silent, told) = complaint(&image.sandbox, &["scan", "oci:image:app"]);
    assert_eq!((code, is_silent), (Some(4), true), "{told}");
    let (code, is_silent, told) = complaint(
        &image.sandbox,
        &[
            "scan",
            "oci:image:app",
            "--rules",
            "../rule.yaml",
            "--only",
            "leak/harbour-token,waiver/*",
        ],
    );
    assert_eq!((code, is_silent), (Some(4), true), "{told}");
}

#[test]
fn kept_results_that_were_damaged_are_as_good_as_none() {
    let image = image();
    let (first, _) = report(&image, &[]);
    let kept = image.sandbox.root().join("data/bartizan/cache/layers");
    for (number, entry) in std::fs::read_dir(kept).unwrap().enumerate() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let cut = if number == 0 { 0 } else { bytes.len() / 2 };
        std::fs::write(path, &bytes[..cut]).unwrap();
    }
    assert_eq!(report(&image, &[]), (first, 0));
}
