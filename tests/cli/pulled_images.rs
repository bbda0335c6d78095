//! `image:NAME`: pulled from a real registry, scanned, and kept for the next scan.

use crate::daemon::Authority;
use crate::docker_registry::Registry;
use crate::images::{Image, complaint, deleted_token};
use std::path::PathBuf;

/// An image in a registry that wants a password, and the credentials for it where Docker keeps them.
fn pushed(over_tls: bool) -> (Image, Registry, String) {
    let image = deleted_token();
    let scratch = image.sandbox.root().join("registry");
    std::fs::create_dir(&scratch).unwrap();
    let authority = over_tls.then(|| Authority::make(&scratch));
    let registry = Registry::start(&scratch, authority.as_ref(), true);
    registry.push(&image.sandbox.path("image"), "app", "acme/app:1.2", &[]);
    let name = registry.image("acme/app:1.2");
    (image, registry, name)
}

/// Logs in as `docker login` does.
fn log_in(image: &Image, registry: &Registry, word: &str) {
    let script = format!("printf 'us:{word}' | base64");
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .output()
        .unwrap();
    let auth = String::from_utf8(output.stdout).unwrap();
    let directory: PathBuf = image.sandbox.root().join("home/.docker");
    std::fs::create_dir_all(&directory).unwrap();
    let config = format!(
        r#"{{"auths":{{"127.0.0.1:{}":{{"auth":"{}"}}}}}}"#,
        registry.port,
        auth.trim()
    );
    std::fs::write(directory.join("config.json"), config).unwrap();
}

#[test]
fn an_image_is_pulled_with_the_credentials_of_docker_and_kept() {
    let (image, registry, name) = pushed(false);
    log_in(&image, &registry, "word");
    let target = format!("image:{name}");
    let report = crate::images::written(&image.sandbox, &["scan", &target, "-o", "json"]);
    assert_eq!(report["target"]["kind"], "image");
    assert_eq!(report["target"]["name"], target.as_str());
    assert_eq!(report["target"]["image"]["names"][0], name.as_str());
    let answer = image.sandbox.scan(&[&target]);
    assert_eq!(answer.code, 1, "{answer}");
    assert!(answer.out.contains("deleted by"), "{answer}");
    // What is kept needs no registry.
    drop(registry);
    let answer = image.sandbox.scan(&[&target, "--offline"]);
    assert_eq!(answer.code, 1, "{answer}");
    let other = target.replace(":1.2", ":1.3");
    let (code, nothing, told) = complaint(&image.sandbox, &["scan", &other, "--offline"]);
    assert!(
        code == Some(2) && nothing && told.contains("leave out --offline"),
        "{told}"
    );
    assert_eq!(image.sandbox.run(&["sbom", &target, "--offline"]).code, 0);
}

#[test]
fn what_a_registry_refuses_is_named_with_a_way_out() {
    let (image, registry, name) = pushed(false);
    let target = format!("image:{name}");
    let told = |arguments: &[&str], expected: i32, says: &str| {
        let (code, nothing, told) = complaint(&image.sandbox, &[&["scan"], arguments].concat());
        assert_eq!(code, Some(expected), "{told}");
        assert!(nothing && told.contains(says), "{told}");
    };
    told(&[&target], 4, "docker login");
    log_in(&image, &registry, "wrong");
    told(&[&target], 4, "docker login");
    log_in(&image, &registry, "word");
    told(&[&target.replace("1.2", "9")], 3, "check the spelling");
    told(&[&target, "--platform", "linux/s390x"], 3, "s390x");
    told(&["image:Acme/App"], 2, "[registry[:port]/]repository");
    told(&[&target, "."], 2, "an image is looked at alone");
    told(&[&target, "--staged"], 2, "");
}

#[test]
fn a_registry_must_prove_who_it_is_unless_the_user_says_otherwise() {
    let (image, registry, name) = pushed(true);
    log_in(&image, &registry, "word");
    let target = format!("image:{name}");
    let (code, nothing, told) = complaint(&image.sandbox, &["scan", &target]);
    assert!(code == Some(4) && nothing, "{told}");
    assert!(told.contains("certificate"), "{told}");
    let host = format!("127.0.0.1:{}", registry.port);
    let answer = image.sandbox.scan(&[&target, "--insecure-registry", &host]);
    assert_eq!(answer.code, 1, "{answer}");
}
