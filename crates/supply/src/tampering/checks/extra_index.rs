//! `supply/extra-index`: several indexes may answer for the same name.

use crate::tampering::document::{Document, From, Part, SourceRole, SwitchKind};
use crate::tampering::host;
use crate::tampering::report::{Found, Report};
use crate::tampering::rule::{About, EXPECTED_PLACE, Rule, Whole, rule};
use bartizan_model::Severity;

rule! {
    /// A second index is asked for every name, and the tool does not say which index a name must come from. Whoever publishes
    /// a package with the name of one of your own on the public index, with a higher version, gets it installed on your build
    /// machines: dependency confusion. The names of internal packages leak easily, through lock files, bundles and error
    /// messages, and to register them costs nothing.
    ///
    /// pip merges `--extra-index-url` and `--find-links` with the index; poetry its `supplemental` and several `primary`
    /// sources; uv with `index-strategy = "unsafe-best-match"`; pdm its sources; bundler several global `source`s; NuGet its
    /// `packageSources` without a mapping; Composer repositories with `canonical: false`.
    ///
    /// A second index that is a public one is reported as low: what it serves is anybody's too, but no name of yours is there
    /// to be taken. So is a requirements file in which every entry has a digest, because nothing else is then installed.
    ExtraIndex {
        id: "supply/extra-index",
        title: "Several indexes may answer for a name",
        severity: High,
        confidence: High,
        cwe: ["CWE-427"],
        controls: [EXPECTED_PLACE],
        remediation: "Let each name come from one place.\n\
            - pip: one `--index-url` of a proxy that serves both and blocks your names upstream; or `--require-hashes`.\n\
            - uv: `[[tool.uv.index]] name = \"acme\", url = \"…\", explicit = true` and `[tool.uv.sources] acme-lib = { index = \"acme\" }`.\n\
            - poetry: `priority = \"explicit\"` and `acme-lib = { version = \"…\", source = \"acme\" }`.\n\
            - bundler: `source \"https://gems.acme.example\" do … end` around your own gems.\n\
            - NuGet: `<packageSourceMapping>` with `<package pattern=\"Acme.*\" />` for your source.\n\
            - Composer: leave out `canonical: false`, or `exclude` your names there.\n\
            Name your own packages in `[supply.own]` of bartizan.toml: those that come from a public registry are then reported.",
        references: [
            "https://pip.pypa.io/en/stable/cli/pip_install/#cmdoption-extra-index-url",
            "https://docs.astral.sh/uv/concepts/indexes/",
            "https://learn.microsoft.com/en-us/nuget/consume-packages/package-source-mapping",
        ],
    }
}

impl Rule for ExtraIndex {
    fn about(&self) -> &'static About {
        &Self::ABOUT
    }

    fn judge(&self, document: &Document, _: Whole<'_>, out: &mut Report<'_>) {
        if document.part == Part::Lock {
            return;
        }
        let from_index = || document.asked.iter().filter(|one| one.from == From::Registry);
        let all_hashed = from_index().next().is_some() && from_index().all(|one| one.digest);
        for source in &document.sources {
            let SourceRole::Extra(effect) = source.role else {
                continue;
            };
            let shown = host::shown(&source.url);
            let public = host::public(document.kind, &source.url).is_some();
            out.finding(
                Found {
                    message: format!("`{shown}` may answer for every name besides the first index: {effect}"),
                    key: host::host(&source.url).unwrap_or_default(),
                    fix: fix(document.tool).to_owned(),
                    severity: (public || all_hashed).then_some(Severity::Low),
                    ..Found::default()
                },
                &source.at,
            );
        }
        for switch in document
            .switches
            .iter()
            .filter(|one| one.what == SwitchKind::AnyIndex)
        {
            out.finding(
                Found {
                    message: format!("`{}`: {}", switch.written, switch.effect),
                    key: switch.written.clone(),
                    fix: fix(document.tool).to_owned(),
                    ..Found::default()
                },
                &switch.at,
            );
        }
    }
}

fn fix(tool: &str) -> &'static str {
    match tool {
        "uv" => "leave out `index-strategy` and bind your own names to your index in `[tool.uv.sources]`",
        "poetry" => "give the source `priority = \"explicit\"` and name it in each of your own dependencies",
        "pdm" => {
            "give the source `include_packages` with your own names, or set `respect-source-order = true`"
        }
        "bundler" => "put your own gems into a block `source \"…\" do … end`",
        "NuGet" => "add `<packageSourceMapping>` that binds your own names to your source",
        "Composer" => "leave out `canonical: false`",
        _ => "ask one index only (`--index-url`), or install with `--require-hashes`",
    }
}
