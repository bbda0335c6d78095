//! Manifests, lock files and settings come from anywhere: the rules about confusion and tampering end on any bytes, point inside
//! them, tell no secret of an address, and say the same twice. The first byte chooses the file.

#![no_main]

use bartizan_supply::tampering::{Options, TamperingCheck, scan};
use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

const PATHS: &[&str] = &[
    "package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", ".npmrc", ".yarnrc", ".yarnrc.yml",
    "pnpm-workspace.yaml", "bunfig.toml", "requirements.txt", "pip.conf", "pyproject.toml", "uv.toml", "Pipfile", "poetry.lock",
    "uv.lock", "pdm.lock", "Pipfile.lock", "Cargo.toml", "Cargo.lock", ".cargo/config.toml", "vendor/a/.cargo-checksum.json",
    "go.mod", "go.sum", "vendor/modules.txt", "pom.xml", "settings.xml", "build.gradle", "nuget.config", "App.csproj", "Gemfile",
    "Gemfile.lock", "composer.json", "composer.lock", "Dockerfile", ".env", ".github/workflows/ci.yml",
];

fuzz_target!(|data: &[u8]| {
    static CHECK: OnceLock<TamperingCheck> = OnceLock::new();
    let check = CHECK.get_or_init(|| TamperingCheck::new(Options { complete: true, ..Options::default() }));
    let Some((first, bytes)) = data.split_first() else { return };
    let path = PATHS[usize::from(*first) % PATHS.len()];
    let reported = scan(check, &[(path, bytes)]);
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
    for finding in &reported.findings {
        for place in &finding.locations {
            assert!(place.line >= 1 && place.end_line as usize <= lines, "{place:?} of {lines} lines");
        }
    }
    let again = scan(check, &[(path, bytes)]);
    assert_eq!(reported.findings, again.findings);
    assert_eq!(reported.errors, again.errors);
});
