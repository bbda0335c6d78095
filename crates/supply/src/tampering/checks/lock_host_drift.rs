//! `supply/lock-host-drift`: some entries of a lock file come from another host than the rest.

use crate::tampering::document::{Document, From, Part};
use crate::tampering::host;
use crate::tampering::report::{Found, MOST_PLACES, Note, Place, Report, Verdicts, key_of, named};
use crate::tampering::rule::{About, EXPECTED_PLACE, Rule, Whole, rule};
use bartizan_model::Severity;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

rule! {
    /// Entries of a lock file are fetched from a host that is neither a registry that the settings beside it name (.npmrc,
    /// .yarnrc, .yarnrc.yml) nor the one that the rest of the file comes from. Package managers go where the lock file says,
    /// whatever registry is configured: one changed line in a pull request fetches a package from anywhere, and a line that
    /// leads to the public registry passes by the proxy that checks what comes in.
    ///
    /// A host that has all packages of a scope and none without scope is the registry of that scope, and is not reported; nor
    /// are two names of the same public registry. An unknown host is high, a public registry medium.
    LockHostDrift {
        id: "supply/lock-host-drift",
        title: "A lock file fetches from an unexpected host",
        severity: High,
        confidence: Medium,
        cwe: ["CWE-829"],
        controls: [EXPECTED_PLACE],
        remediation: "1. Find out who brought the lines in, and whether anything was installed from there.\n\
            2. Make the entries anew: delete them, and run the package manager with the registry that you mean.\n\
            3. Where the host is right, say so in .npmrc: `@acme:registry=https://npm.acme.example/`.",
        references: [
            "https://docs.npmjs.com/cli/v11/configuring-npm/npmrc",
            "https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json",
        ],
    }
}

#[derive(Serialize, Deserialize)]
enum Noted {
    /// Hosts that settings name.
    Settings(Vec<String>),
    /// Hosts of a lock file.
    Lock(BTreeMap<String, Host>),
}

/// What a lock file has from one host.
#[derive(Default, Serialize, Deserialize)]
struct Host {
    count: usize,
    /// How many have no scope.
    bare: usize,
    scopes: BTreeSet<String>,
    names: Vec<String>,
    places: Vec<Place>,
}

impl Rule for LockHostDrift {
    fn about(&self) -> &'static About {
        &Self::ABOUT
    }

    fn judge(&self, document: &Document, _: Whole<'_>, out: &mut Report<'_>) {
        if document.kind != "npm" {
            return;
        }
        if document.part != Part::Lock {
            let hosts: Vec<String> = document
                .sources
                .iter()
                .filter_map(|one| host::host(&one.url))
                .collect();
            if !hosts.is_empty() {
                out.note(&Noted::Settings(hosts));
            }
            return;
        }
        let mut hosts: BTreeMap<String, Host> = BTreeMap::new();
        for one in document.locked.iter().filter(|one| one.from == From::Registry) {
            let Some(name) = one.url.as_deref().and_then(host::host) else {
                continue;
            };
            let found = hosts.entry(name).or_default();
            found.count += 1;
            match one.name.split_once('/') {
                Some((scope, _)) => {
                    found.scopes.insert(scope.to_owned());
                }
                None => found.bare += 1,
            }
            if found.places.len() < MOST_PLACES {
                found.names.push(one.name.clone());
                found.places.push(out.place(&one.at));
            }
        }
        if hosts.len() > 1 {
            out.note(&Noted::Lock(hosts));
        }
    }

    fn finish(&self, notes: &[Note], _: Whole<'_>, out: &mut Verdicts<'_>) {
        let read: Vec<(&Note, Noted)> = notes
            .iter()
            .filter_map(|note| Some((note, note.read()?)))
            .collect();
        for (note, noted) in &read {
            let Noted::Lock(hosts) = noted else { continue };
            let configured: BTreeSet<&str> = read
                .iter()
                .filter(|(other, _)| note.path.starts_with(other.directory()))
                .filter_map(|(_, noted)| match noted {
                    Noted::Settings(hosts) => Some(hosts),
                    Noted::Lock(_) => None,
                })
                .flatten()
                .map(String::as_str)
                .collect();
            drift(&note.path, hosts, &configured, out);
        }
    }
}

fn drift(path: &str, hosts: &BTreeMap<String, Host>, configured: &BTreeSet<&str>, out: &mut Verdicts<'_>) {
    let total: usize = hosts.values().map(|host| host.count).sum();
    let Some((usual, _)) = hosts.iter().max_by_key(|(_, host)| host.count) else {
        return;
    };
    for (name, found) in hosts {
        let same = host::is_first("npm", name) && host::is_first("npm", usual);
        if name == usual || same || configured.contains(name.as_str()) || of_scopes(name, hosts) {
            continue;
        }
        let public = host::public("npm", &format!("https://{name}/")).is_some();
        let at: Vec<_> = found.places.iter().map(|place| (path, *place)).collect();
        out.finding(
            Found {
                message: format!(
                    "{} of {total} packages come from `{}`, the others from `{}`: {}",
                    found.count,
                    name.escape_debug(),
                    usual.escape_debug(),
                    named(found.names.iter().map(String::as_str))
                ),
                key: format!("{name} {}", key_of(found.names.iter().map(String::as_str))),
                fix: "make the entries anew from the registry that you mean, or name the host in .npmrc"
                    .to_owned(),
                severity: public.then_some(Severity::Medium),
                ..Found::default()
            },
            &at,
        );
    }
}

/// Whether a host has whole scopes and nothing else.
fn of_scopes(name: &str, hosts: &BTreeMap<String, Host>) -> bool {
    let Some(own) = hosts.get(name) else {
        return false;
    };
    let shared = |scope: &String| {
        hosts
            .iter()
            .any(|(other, host)| other != name && host.scopes.contains(scope))
    };
    own.bare == 0 && !own.scopes.iter().any(shared)
}
