//! `supply/install-script`: packages run code while they are installed.

use crate::tampering::document::{Document, SwitchKind};
use crate::tampering::report::{Found, Note, Place, Report, Verdicts, directory, key_of, named};
use crate::tampering::rule::{About, Rule, Whole, rule};
use bartizan_model::Severity;
use serde::{Deserialize, Serialize};

rule! {
    /// Packages run code of their own while they are installed, with everything that the build machine can reach: tokens,
    /// source code, the network. This is how most malicious packages of npm act, long before anything of them is called.
    /// Few packages need it, mostly to fetch or build native code.
    ///
    /// The rule lists them, as information, where the lock file knows them (`hasInstallScript` of npm, `requiresBuild` of
    /// pnpm) and no setting chooses between them. A setting that lets every package run scripts is low.
    InstallScript {
        id: "supply/install-script",
        title: "Packages that run code when they are installed",
        severity: Info,
        confidence: High,
        cwe: ["CWE-829"],
        controls: [],
        remediation: "- npm: `ignore-scripts=true` in .npmrc, and run the few that are needed by name (`npm rebuild esbuild`).\n\
            - pnpm: leave `dangerouslyAllowAllBuilds` out, and list those that may build in `onlyBuiltDependencies` of pnpm-workspace.yaml.\n\
            - yarn: `enableScripts: false` in .yarnrc.yml, and `dependenciesMeta: { esbuild: { built: true } }` in package.json.",
        references: [
            "https://docs.npmjs.com/cli/v11/using-npm/scripts",
            "https://pnpm.io/settings#onlybuiltdependencies",
        ],
    }
}

#[derive(Serialize, Deserialize)]
enum Noted {
    /// A lock file: how many packages, the first names, the first places.
    Lock(usize, Vec<String>, Vec<Place>),
    /// Settings that choose.
    Chosen,
}

impl Rule for InstallScript {
    fn about(&self) -> &'static About {
        &Self::ABOUT
    }

    fn judge(&self, document: &Document, _: Whole<'_>, out: &mut Report<'_>) {
        for switch in &document.switches {
            match switch.what {
                SwitchKind::ScriptsForAll => out.finding(
                    Found {
                        message: format!("`{}`: {}", switch.written, switch.effect),
                        key: switch.written.clone(),
                        fix: "list the packages that may run code when they are installed".to_owned(),
                        severity: Some(Severity::Low),
                        ..Found::default()
                    },
                    &switch.at,
                ),
                SwitchKind::ScriptsChosen => out.note(&Noted::Chosen),
                _ => {}
            }
        }
        let found: Vec<_> = document.locked.iter().filter(|one| one.script).collect();
        if !found.is_empty() {
            let names = found.iter().take(6).map(|one| one.name.clone()).collect();
            let places = found.iter().take(crate::tampering::report::MOST_PLACES);
            let places = places.map(|one| out.place(&one.at)).collect();
            out.note(&Noted::Lock(found.len(), names, places));
        }
    }

    fn finish(&self, notes: &[Note], _: Whole<'_>, out: &mut Verdicts<'_>) {
        let read: Vec<(&Note, Noted)> = notes
            .iter()
            .filter_map(|note| Some((note, note.read()?)))
            .collect();
        let chosen: Vec<&str> = read
            .iter()
            .filter(|(_, noted)| matches!(noted, Noted::Chosen))
            .map(|(note, _)| note.directory())
            .collect();
        for (note, noted) in &read {
            let Noted::Lock(count, names, places) = noted else {
                continue;
            };
            if chosen
                .iter()
                .any(|above| directory(&note.path).starts_with(above))
            {
                continue;
            }
            let at: Vec<_> = places.iter().map(|place| (note.path.as_str(), *place)).collect();
            let shown = named(
                names
                    .iter()
                    .take(*count)
                    .map(String::as_str)
                    .take(5)
                    .collect::<Vec<_>>()
                    .into_iter(),
            );
            let more = if *count > 5 {
                format!(" and {} more", count - 5)
            } else {
                String::new()
            };
            out.finding(
                Found {
                    message: format!("{count} packages run code when they are installed: {shown}{more}"),
                    key: format!("{count} {}", key_of(names.iter().map(String::as_str))),
                    fix: "choose which packages may run code, and turn it off for all others".to_owned(),
                    ..Found::default()
                },
                &at,
            );
        }
    }
}
