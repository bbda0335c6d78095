//! Runs the catalogers over lock files that real tools wrote, kept outside the repository: `$BARTIZAN_TESTDATA/supply/lockfiles`,
//! by default in `../shared/testdata` beside the workspace. Where they are absent this is said, and nothing is tested.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test fails by panicking, and reads its cases from disk"
)]

use bartizan_engine::Input;
use bartizan_model::{Component, Scope};
use bartizan_source::FileMeta;
use bartizan_supply::catalog::{read_with, registry};
use bartizan_supply::inventory::finish;
use std::path::{Path, PathBuf};

/// The name under which the catalogers know the files of a directory.
const NAMES: &[(&str, &str)] = &[
    ("cpp/conanlock", "conan.lock"),
    ("dart/pubspec", "pubspec.lock"),
    ("dotnet/depsjson", "app.deps.json"),
    ("dotnet/packagesconfig", "packages.config"),
    ("dotnet/packageslockjson", "packages.lock.json"),
    ("dotnet/projectassetsjson", "obj/project.assets.json"),
    ("elixir/mixlock", "mix.lock"),
    ("erlang/mixlock", "mix.lock"),
    ("golang/gomod", "go.mod"),
    ("haskell/cabal", "cabal.project.freeze"),
    ("haskell/stacklock", "stack.yaml.lock"),
    ("java/gradlelockfile", "gradle.lockfile"),
    (
        "java/gradleverificationmetadataxml",
        "gradle/verification-metadata.xml",
    ),
    ("java/pomxml", "pom.xml"),
    ("javascript/bunlock", "bun.lock"),
    ("javascript/packagejson", "node_modules/some/package.json"),
    ("javascript/packagelockjson", "package-lock.json"),
    ("javascript/pnpmlock", "pnpm-lock.yaml"),
    ("javascript/yarnlock", "yarn.lock"),
    ("julia/manifesttoml", "Manifest.toml"),
    ("php/composerlock", "composer.lock"),
    ("python/condameta", "conda-meta/some.json"),
    ("python/pdmlock", "pdm.lock"),
    ("python/pipfilelock", "Pipfile.lock"),
    ("python/poetrylock", "poetry.lock"),
    ("python/pylock", "pylock.toml"),
    ("python/requirements", "requirements.txt"),
    ("python/uvlock", "uv.lock"),
    ("python/wheelegg", "some.dist-info/METADATA"),
    ("r/renvlock", "renv.lock"),
    ("ruby/gemfilelock", "Gemfile.lock"),
    ("ruby/gemspec", "specifications/some.gemspec"),
    ("rust/cargolock", "Cargo.lock"),
    ("swift/podfilelock", "Podfile.lock"),
    ("swift/packageresolved", "Package.resolved"),
];

fn languages() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/testdata");
    let nested = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/testdata");
    let given = std::env::var_os("BARTIZAN_TESTDATA").map(PathBuf::from);
    let root = given.unwrap_or(if beside.is_dir() { beside } else { nested });
    let languages = root.join("supply/lockfiles/extractor/filesystem/language");
    if languages.is_dir() {
        return Some(languages);
    }
    eprintln!(
        "skipped: {} is absent; BARTIZAN_TESTDATA names another place",
        languages.display()
    );
    None
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(name: &str, bytes: &[u8]) -> (Vec<Component>, Vec<String>) {
    let meta = FileMeta {
        path: name.into(),
        size: bytes.len() as u64,
        commit: None,
        author: None,
        layer: None,
    };
    let input = Input::whole(&meta, bytes);
    let cataloger = registry::ALL
        .iter()
        .find(|cataloger| cataloger.reads(name))
        .unwrap_or_else(|| panic!("nothing reads {name}"));
    let (components, mut problems) = read_with(*cataloger, &input);
    // What a project of Maven depends on is known once all files are read.
    if !matches!(cataloger.id(), "maven-pom" | "go-mod") {
        return (components, problems);
    }
    let finished = finish(components);
    problems.extend(finished.notes);
    (finished.components, problems)
}

#[test]
fn every_file_is_read_whole_and_cut_off_anywhere_without_a_panic() {
    let Some(languages) = languages() else { return };
    let mut count = 0;
    for (directory, name) in NAMES {
        for path in files(&languages.join(directory).join("testdata")) {
            let bytes = std::fs::read(&path).unwrap();
            let (components, _) = read(name, &bytes);
            let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
            for component in &components {
                let place = component.locations.first().unwrap();
                assert!(
                    place.line >= 1 && place.end_line as usize <= lines,
                    "{}: {place:?}",
                    path.display()
                );
            }
            let step = (bytes.len() / 60).max(1);
            for end in (0..bytes.len()).step_by(step) {
                read(name, &bytes[..end]);
            }
            count += 1;
        }
    }
    assert!(count > 200, "{count} files");
}

/// A file, how many components it has, and one of these: package URL, scope, and the line on which it begins.
type Spot = (&'static str, &'static str, usize, &'static str, Scope, u32);

/// What single files hold, counted and looked up in the files themselves.
const SPOTS: &[Spot] = &[
    (
        "cpp/conanlock",
        "nested-dependencies.v1.revisions.json",
        5,
        "pkg:conan/libpng@1.6.39",
        Scope::Runtime,
        27,
    ),
    (
        "dart/pubspec",
        "mixed-packages.lock",
        4,
        "pkg:pub/build_runner@2.2.1",
        Scope::Development,
        11,
    ),
    (
        "dotnet/packagesconfig",
        "valid",
        2,
        "pkg:nuget/Microsoft.Net.Compilers@1.0.0",
        Scope::Development,
        4,
    ),
    (
        "erlang/mixlock",
        "two-packages.lock",
        2,
        "pkg:hex/plug_crypto@1.2.2",
        Scope::Unknown,
        3,
    ),
    (
        "golang/gomod",
        "indirect-packages.mod",
        5,
        "pkg:golang/github.com/mattn/go-isatty@v0.0.14",
        Scope::Unknown,
        12,
    ),
    (
        "golang/gomod",
        "replace-mixed.mod",
        2,
        "pkg:golang/example.com/fork/net@v1.4.5",
        Scope::Unknown,
        2,
    ),
    (
        "java/gradlelockfile",
        "5-pkg",
        5,
        "pkg:maven/org.springframework.boot/spring-boot-devtools@2.7.6",
        Scope::Runtime,
        7,
    ),
    (
        "java/pomxml",
        "interpolation.xml",
        3,
        "pkg:maven/org.mine/my.package@2.3.4",
        Scope::Runtime,
        24,
    ),
    (
        "java/pomxml",
        "with-scope.xml",
        2,
        "pkg:maven/junit/junit@4.12",
        Scope::Development,
        9,
    ),
    (
        "javascript/bunlock",
        "nested-dependencies.json5",
        9,
        "pkg:npm/has-flag@4.0.0",
        Scope::Development,
        32,
    ),
    (
        "javascript/pnpmlock",
        "mixed-groups.v6.yaml",
        3,
        "pkg:npm/uuid@8.0.0",
        Scope::Optional,
        34,
    ),
    (
        "javascript/pnpmlock",
        "mixed-groups.v9.yaml",
        3,
        "pkg:npm/is-number@7.0.0",
        Scope::Development,
        29,
    ),
    (
        "javascript/yarnlock",
        "exclude-root.v2.lock",
        1,
        "pkg:npm/ansi-regex@6.1.0",
        Scope::Unknown,
        16,
    ),
    (
        "javascript/yarnlock",
        "with-aliases.v1.lock",
        3,
        "pkg:npm/ansi-regex@5.0.1",
        Scope::Unknown,
        5,
    ),
    (
        "php/composerlock",
        "two-packages.json",
        2,
        "pkg:composer/theseer/tokenizer@1.1.3",
        Scope::Development,
        43,
    ),
    (
        "python/pdmlock",
        "dev-dependency.toml",
        3,
        "pkg:pypi/pyroute2@0.7.11",
        Scope::Development,
        10,
    ),
    (
        "python/poetrylock",
        "multiple-packages.v2.lock",
        11,
        "pkg:pypi/async-timeout@5.0.1",
        Scope::Optional,
        3,
    ),
    (
        "python/requirements",
        "with_versions.txt",
        11,
        "pkg:pypi/qwerty@0.1",
        Scope::Unknown,
        5,
    ),
    (
        "python/uvlock",
        "grouped-packages.lock",
        14,
        "pkg:pypi/emoji@2.14.0",
        Scope::Runtime,
        59,
    ),
    (
        "haskell/stacklock",
        "valid",
        4,
        "pkg:hackage/postgresql-libpq@0.10.1.0",
        Scope::Unknown,
        29,
    ),
    (
        "r/renvlock",
        "two-packages.lock",
        2,
        "pkg:cran/mime@0.7",
        Scope::Unknown,
        19,
    ),
    (
        "python/pylock",
        "pip-full.toml",
        5,
        "pkg:pypi/packaging@25.0",
        Scope::Unknown,
        15,
    ),
    (
        "swift/podfilelock",
        "valid",
        2,
        "pkg:cocoapods/PINCache@3.0.3",
        Scope::Unknown,
        5,
    ),
    (
        "ruby/gemfilelock",
        "has-git-gem.lock",
        5,
        "pkg:gem/hanami-utils@2.0.0.alpha1",
        Scope::Unknown,
        15,
    ),
    (
        "rust/cargolock",
        "two-packages-with-local.lock",
        1,
        "pkg:cargo/addr2line@0.15.2",
        Scope::Unknown,
        5,
    ),
    (
        "swift/packageresolved",
        "valid",
        3,
        "pkg:swift/github.com/apple/swift-atomics@1.1.0",
        Scope::Unknown,
        22,
    ),
];

#[test]
fn files_hold_what_was_counted_in_them() {
    let Some(languages) = languages() else { return };
    for (directory, file, count, purl, scope, line) in SPOTS {
        let (_, name) = NAMES.iter().find(|(known, _)| known == directory).unwrap();
        let bytes = std::fs::read(languages.join(directory).join("testdata").join(file)).unwrap();
        let (components, _) = read(name, &bytes);
        assert_eq!(components.len(), *count, "{directory}/{file}");
        let found = components.iter().find(|one| one.purl.to_string() == *purl);
        let found = found.unwrap_or_else(|| panic!("{directory}/{file}: no {purl}"));
        assert_eq!((found.scope, found.locations[0].line), (*scope, *line), "{purl}");
    }
}
