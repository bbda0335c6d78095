//! Pulling images from a real registry: docker-registry, pushed to by skopeo.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

#[path = "common/daemon.rs"]
mod daemon;
#[path = "common/docker_registry.rs"]
mod docker_registry;
#[path = "common/pulled.rs"]
mod pulled;
#[path = "common/puller.rs"]
mod puller;
#[path = "common/server.rs"]
mod server;

use bartizan_source::http::HttpError;
use bartizan_source::registry::RegistryError;
use daemon::Authority;
use docker_registry::Registry;
use pulled::Content;
use puller::{Puller, assert_whole, bytes};

#[test]
fn a_real_registry_gives_images_of_both_formats_with_a_password_and_over_tls() {
    let scratch = tempfile::tempdir().unwrap();
    let authority = Authority::make(scratch.path());
    let registry = Registry::start(scratch.path(), Some(&authority), true);
    let mut content = Content::default();
    let (base, own) = (bytes(200_000, 1), bytes(50_000, 2));
    content.image("app", "amd64", &[&base, &own, &base]);
    let layout = scratch.path().join("layout");
    content.write(&layout, "app");
    registry.push(
        &layout,
        "app",
        "acme/app:1",
        &["--dest-compress=false", "--preserve-digests"],
    );
    registry.push(&layout, "app", "acme/app:docker", &["--format=v2s2"]);

    let mut puller = Puller::new().with_password(registry.port, "us", "word");
    let error = puller.pull(&registry.image("acme/app:1")).unwrap_err();
    assert!(
        matches!(error, RegistryError::Http(HttpError::Certificate { .. })),
        "{error:?}"
    );
    puller.options.ca_files = vec![authority.authority.clone()];

    let pulled = puller.pull(&registry.image("acme/app:1")).unwrap();
    assert_eq!(pulled.media_type, pulled::MANIFEST);
    assert!(pulled.fetched > 250_000, "{}", pulled.fetched);
    assert_whole(&puller, &pulled, &content);
    drop(pulled);
    let again = puller.pull(&registry.image("acme/app:1")).unwrap();
    assert_eq!(again.fetched, 0, "layers are kept by digest");
    let pinned = format!("acme/app:whatever@{}", again.manifest_digest);
    assert_eq!(
        puller.pull(&registry.image(&pinned)).unwrap().manifest_digest,
        again.manifest_digest
    );

    let docker = puller.pull(&registry.image("acme/app:docker")).unwrap();
    assert_eq!(
        docker.media_type,
        "application/vnd.docker.distribution.manifest.v2+json"
    );
    assert_eq!(puller.wrong_blobs(), Vec::<String>::new());

    let error = puller.pull(&registry.image("acme/app:2")).unwrap_err();
    assert!(matches!(error, RegistryError::NotFound { .. }), "{error:?}");
    assert!(error.to_string().contains("acme/app:2"), "{error}");
    for (user, password) in [("us", "wrong"), ("", "")] {
        let mut puller = Puller::new();
        if !user.is_empty() {
            puller = puller.with_password(registry.port, user, password);
        }
        puller.options.ca_files = vec![authority.authority.clone()];
        let error = puller.pull(&registry.image("acme/app:1")).unwrap_err();
        assert!(matches!(error, RegistryError::Denied { .. }), "{error:?}");
        assert!(
            error.help().contains("docker login 127.0.0.1:"),
            "{}",
            error.help()
        );
        assert!(!error.to_string().contains("wrong"), "{error}");
    }

    let mut puller = Puller::new().with_password(registry.port, "us", "word");
    puller.insecure = vec![format!("127.0.0.1:{}", registry.port)];
    assert!(
        puller.pull(&registry.image("acme/app:1")).is_ok(),
        "any certificate will do where that is said"
    );
}

#[test]
fn a_real_registry_in_the_clear_on_this_machine_gives_the_image_of_a_platform() {
    let scratch = tempfile::tempdir().unwrap();
    let registry = Registry::start(scratch.path(), None, false);
    let mut content = Content::default();
    let (amd, arm) = (bytes(1000, 1), bytes(1000, 2));
    let images = [
        ("amd64", content.image("amd", "amd64", &[&amd])),
        ("arm64", content.image("arm", "arm64", &[&arm])),
    ];
    let index = content.index("all", &images);
    let layout = scratch.path().join("layout");
    content.write(&layout, "all");
    registry.push(
        &layout,
        "all",
        "team/sub/app:1",
        &["--all", "--dest-compress=false", "--preserve-digests"],
    );

    let puller = Puller::new();
    let name = registry.image("team/sub/app:1");
    let pulled = puller.pull_for(&name, Some("linux/arm64"), &()).unwrap();
    assert_eq!(pulled.manifest_digest.to_string(), images[1].1.0);
    assert_eq!(pulled.index_digest.as_ref().unwrap().to_string(), index);
    assert_eq!(pulled.platform.as_ref().unwrap().to_string(), "linux/arm64");
    assert_whole(&puller, &pulled, &content);
    let error = puller.pull_for(&name, Some("linux/s390x"), &()).unwrap_err();
    assert_eq!(error.help(), "name one that there is: linux/amd64, linux/arm64");
    let alone = registry.image(&format!("team/sub/app@{}", images[0].1.0));
    let error = puller.pull_for(&alone, Some("linux/arm64"), &()).unwrap_err();
    assert!(matches!(error, RegistryError::Platform { .. }), "{error:?}");
    assert!(puller.pull(&alone).is_ok());

    let mut offline = puller;
    offline.options.offline = true;
    assert_eq!(
        offline.pull_for(&name, Some("linux/arm64"), &()).unwrap().fetched,
        0
    );
    let error = offline.pull(&registry.image("other")).unwrap_err();
    assert!(matches!(error, RegistryError::NotKept { .. }), "{error:?}");
}
