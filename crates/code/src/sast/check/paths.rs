//! Which files are the program that is judged, as their paths say.
//!
//! In: the path of a file. Out: whether it is code that people wrote and that runs where users reach it. Tests, copies of other projects and
//! what a program squeezed are not: nobody attacks a test, what is copied is mended where it comes from, and what is squeezed has a source.

/// Directories of tests, by the conventions of their runners.
const TESTS: [&str; 8] = [
    "test",
    "tests",
    "__tests__",
    "__mocks__",
    "testdata",
    "spec",
    "e2e",
    "cypress",
];
/// Directories of what other projects wrote.
const COPIES: [&str; 6] = [
    "node_modules",
    "bower_components",
    "vendor",
    "third_party",
    "third-party",
    "site-packages",
];
const SQUEEZED: [&str; 3] = [".min.js", ".min.mjs", ".bundle.js"];
/// Beginnings of endings: `ships.test.ts`.
const OF_TESTS: [&str; 3] = [".test.", ".spec.", ".cy."];

/// Whether a file was squeezed by a program or copied from another project.
pub(crate) fn is_foreign(path: &str) -> bool {
    SQUEEZED.iter().any(|end| path.ends_with(end)) || lies_in(path, &COPIES)
}

/// Whether a file is a test, or serves tests alone.
pub(super) fn is_test(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    lies_in(path, &TESTS)
        || name.ends_with("_test.go")
        || name == "conftest.py"
        || OF_TESTS.iter().any(|mark| {
            name.split_once(mark).is_some_and(|(_, end)| {
                matches!(end, "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts")
            })
        })
}

fn lies_in(path: &str, directories: &[&str]) -> bool {
    let above = path.rsplit_once('/').map_or("", |(above, _)| above);
    above.split('/').any(|part| directories.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_known_by_their_directories_and_by_what_their_runners_ask_for() {
        for path in [
            "tests/ships.py",
            "src/test/java/com/acme/ShipTest.java",
            "web/__tests__/ships.js",
            "ships_test.go",
            "web/ships.spec.ts",
            "web/ships.test.jsx",
            "api/conftest.py",
        ] {
            assert!(is_test(path), "{path}");
        }
        for path in [
            "test.py",
            "src/latest/ships.py",
            "BenchmarkTest00001.java",
            "contest.go",
            "ships.test.html",
            "testing/ships.py",
        ] {
            assert!(!is_test(path), "{path}");
        }
    }

    #[test]
    fn what_others_wrote_is_foreign_and_a_file_called_so_is_not() {
        assert!(is_foreign("vendor/example.com/ship/ship.go"));
        assert!(is_foreign("static/jquery.min.js"));
        assert!(!is_foreign("vendor.py"));
        assert!(!is_foreign("src/vendors/list.py"));
    }
}
