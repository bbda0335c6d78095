//! `supply/own-name-from-public-registry`: a package with a name of your own, from where anybody publishes.

use crate::tampering::document::{Document, From, Part, SourceRole, normal};
use crate::tampering::host;
use crate::tampering::report::{Found, Note, Place, Report, Verdicts};
use crate::tampering::rule::{About, EXPECTED_PLACE, Rule, Whole, rule};
use bartizan_model::Confidence;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

rule! {
    /// A package whose name is one of your own, by `[supply.own]` in bartizan.toml, comes from a public registry: the lock file
    /// says so, a second index is asked beside your own, or nothing beside the manifest says that another registry is to be
    /// asked. What lies there under that name was not published by you, or could be replaced by somebody who publishes it: this is
    /// how dependency confusion looks when it has happened.
    ///
    /// By lock file, the confidence is high. Where only the settings are missing it is medium, because the registry may be set
    /// on the machine; that is judged for npm and Python, and only when the whole target is looked at.
    OwnNameFromPublicRegistry {
        id: "supply/own-name-from-public-registry",
        title: "A package of your own name from a public registry",
        severity: Critical,
        confidence: High,
        cwe: ["CWE-427", "CWE-829"],
        controls: [EXPECTED_PLACE],
        remediation: "1. Look at what was installed: if it is not yours, treat every machine that installed it as compromised.\n\
            2. Bind the name to your registry. npm: `@acme:registry=https://npm.acme.example/` in .npmrc; uv: an `explicit` index and \
            `[tool.uv.sources]`; Maven, NuGet, Gradle: a mapping or a content filter.\n\
            3. Register the scope, prefix or name on the public registry, so that nobody else can.\n\
            4. Make the lock file anew.",
        references: [
            "https://docs.npmjs.com/cli/v11/using-npm/scope",
            "https://docs.astral.sh/uv/concepts/indexes/#pinning-a-package-to-an-index",
            "https://learn.microsoft.com/en-us/nuget/consume-packages/package-source-mapping",
        ],
    }
}

#[derive(Serialize, Deserialize)]
enum Noted {
    /// Own names that a manifest asks for, with the tool and whether the file itself names an index that is not public.
    Asked(String, Vec<(String, Place)>, bool),
    /// Settings that name an index that is not public: for everything, or for these scopes.
    Index(String, Option<Vec<String>>),
    /// Own names that a lock file has from elsewhere.
    Elsewhere(String, BTreeSet<String>),
}

impl Rule for OwnNameFromPublicRegistry {
    fn about(&self) -> &'static About {
        &Self::ABOUT
    }

    fn judge(&self, document: &Document, whole: Whole<'_>, out: &mut Report<'_>) {
        if whole.own.is_empty() {
            return;
        }
        let kind = document.kind;
        if document.part == Part::Lock {
            locked(document, whole, out);
            return;
        }
        let mut confused = BTreeSet::new();
        let extra = document
            .sources
            .iter()
            .find(|one| matches!(one.role, SourceRole::Extra(_)));
        let asked = || {
            let from_index = document.asked.iter().filter(|one| one.from == From::Registry);
            from_index.filter(|one| whole.own.has(kind, &one.name))
        };
        // With digests, another package of the name is refused.
        if let Some(extra) = extra {
            for one in asked().filter(|one| !one.digest) {
                confused.insert(one.name.clone());
                let message = format!(
                    "`{}` is a name of your own, and may be answered by {} as well as by `{}`",
                    one.name.escape_debug(),
                    host::first(kind),
                    host::shown(&extra.url)
                );
                report(kind, &one.name, message, &one.at, out);
            }
        }
        let in_house = |url: &str| host::public(kind, url).is_none();
        let own_sources: Vec<_> = document.sources.iter().filter(|one| in_house(&one.url)).collect();
        let names = asked().filter(|one| !confused.contains(&one.name));
        let names: Vec<_> = names.map(|one| (one.name.clone(), out.place(&one.at))).collect();
        if !names.is_empty() && matches!(kind, "npm" | "pypi") {
            out.note(&Noted::Asked(kind.to_owned(), names, !own_sources.is_empty()));
        }
        if !own_sources.is_empty() {
            let scopes = own_sources.iter().map(|one| match &one.role {
                SourceRole::Only(scope) if scope.starts_with('@') => Some(scope.clone()),
                _ => None,
            });
            out.note(&Noted::Index(kind.to_owned(), scopes.collect()));
        }
    }

    fn finish(&self, notes: &[Note], whole: Whole<'_>, out: &mut Verdicts<'_>) {
        if !whole.complete {
            return;
        }
        let read: Vec<(&Note, Noted)> = notes
            .iter()
            .filter_map(|note| Some((note, note.read()?)))
            .collect();
        for (note, noted) in &read {
            let Noted::Asked(kind, names, has_index) = noted else {
                continue;
            };
            for (name, place) in names {
                if *has_index || is_answered(note, kind, name, &read) {
                    continue;
                }
                out.finding(
                    Found {
                        confidence: Some(Confidence::Medium),
                        ..found(
                            kind,
                            name,
                            format!(
                                "`{}` is a name of your own, and nothing here says that it does not come from {}",
                                name.escape_debug(),
                                host::first(kind)
                            ),
                        )
                    },
                    &[(note.path.as_str(), *place)],
                );
            }
        }
    }
}

/// Whether settings above a manifest, or a lock file beside it, say that a name comes from elsewhere.
fn is_answered(note: &Note, kind: &str, name: &str, read: &[(&Note, Noted)]) -> bool {
    read.iter().any(|(other, noted)| match noted {
        Noted::Index(of, scopes) if of == kind && note.path.starts_with(other.directory()) => {
            let scope = name.split('/').next().unwrap_or_default();
            scopes
                .as_ref()
                .is_none_or(|scopes| scopes.iter().any(|one| one == scope))
        }
        Noted::Elsewhere(of, names) => {
            of == kind && note.path.starts_with(other.directory()) && names.contains(&normal(kind, name))
        }
        _ => false,
    })
}

fn locked(document: &Document, whole: Whole<'_>, out: &mut Report<'_>) {
    let kind = document.kind;
    let mut elsewhere = BTreeSet::new();
    for one in document
        .locked
        .iter()
        .filter(|one| whole.own.has(kind, &one.name))
    {
        let url = one.url.as_deref();
        // Lock files of poetry and Cargo name no registry where it is the usual one.
        let unsaid = url.is_none() && document.tool == "poetry";
        let public = unsaid || url.is_some_and(|url| host::public(kind, url).is_some());
        if one.from == From::Registry && public {
            let message = format!(
                "`{}` {} is a name of your own, and is locked from {}",
                one.name.escape_debug(),
                one.version.escape_debug(),
                url.map_or_else(
                    || host::first(kind).to_owned(),
                    |url| format!("`{}`", host::shown(url))
                )
            );
            report(kind, &one.name, message, &one.at, out);
        } else if one.from != From::Registry || url.is_some() {
            elsewhere.insert(normal(kind, &one.name));
        }
    }
    if !elsewhere.is_empty() {
        out.note(&Noted::Elsewhere(kind.to_owned(), elsewhere));
    }
}

fn report(kind: &str, name: &str, message: String, at: &std::ops::Range<usize>, out: &mut Report<'_>) {
    out.finding(found(kind, name, message), at);
}

fn found(kind: &str, name: &str, message: String) -> Found {
    Found {
        message,
        key: name.to_owned(),
        fix: match kind {
            "npm" => "bind its scope to your registry in .npmrc, and make the lock file anew",
            "pypi" => "bind the name to your index, or ask one index only",
            _ => "bind the name to your registry, and make the lock file anew",
        }
        .to_owned(),
        ..Found::default()
    }
}
