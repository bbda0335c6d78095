//! `supply/unpinned-repository`: code of a repository whose revision can move.

use crate::tampering::document::{Commit, Document, From, Part};
use crate::tampering::host;
use crate::tampering::report::{Found, Report};
use crate::tampering::rule::{About, Rule, Whole, rule};
use bartizan_model::Severity;

rule! {
    /// A dependency is taken from a version control repository by a branch, a tag, or nothing, all of which can be moved to
    /// other code: by its owner, by whoever takes the account over, or by whoever registers the name after it was given up.
    /// No registry keeps what was there before, and no digest says what it must be.
    ///
    /// pip installs what it finds at each run, so the severity is medium there. cargo, npm, bundler, poetry and uv write the
    /// commit into their lock file: without a digest in the manifest every update takes what is there then, which is low.
    UnpinnedRepository {
        id: "supply/unpinned-repository",
        title: "Dependency from a repository without a commit",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-829", "CWE-494"],
        controls: [],
        remediation: "Name the commit by its full digest.\n\
            - pip: `acme-lib @ git+https://git.acme.example/lib.git@<40 digits>`\n\
            - cargo: `acme-lib = { git = \"…\", rev = \"<40 digits>\" }`\n\
            - npm: `\"acme-lib\": \"git+https://git.acme.example/lib.git#<40 digits>\"`\n\
            - bundler: `gem \"acme-lib\", git: \"…\", ref: \"<40 digits>\"`\n\
            Better, publish it to a registry of your own, with versions.",
        references: [
            "https://pip.pypa.io/en/stable/topics/vcs-support/",
            "https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html#specifying-dependencies-from-git-repositories",
        ],
    }
}

impl Rule for UnpinnedRepository {
    fn about(&self) -> &'static About {
        &Self::ABOUT
    }

    fn judge(&self, document: &Document, _: Whole<'_>, out: &mut Report<'_>) {
        if document.part == Part::Lock {
            return;
        }
        let unlocked = document.tool == "pip";
        for one in &document.asked {
            let From::Repository { url, commit } = &one.from else {
                continue;
            };
            let by = match commit {
                Commit::Digest => continue,
                Commit::Name => "by a branch or tag",
                Commit::None => "without saying which revision",
            };
            out.finding(
                Found {
                    message: format!(
                        "`{}` is taken from `{}` {by}, which can become other code",
                        one.name.escape_debug(),
                        host::shown(url)
                    ),
                    key: one.name.clone(),
                    fix: "name the commit by its full digest".to_owned(),
                    severity: (!unlocked).then_some(Severity::Low),
                    ..Found::default()
                },
                &one.at,
            );
        }
    }
}
