//! Settings of npm (<https://docs.npmjs.com/cli/v11/configuring-npm/npmrc>), yarn 1
//! (<https://classic.yarnpkg.com/en/docs/yarnrc>), yarn 2 and later (<https://yarnpkg.com/configuration/yarnrc>), pnpm
//! (<https://pnpm.io/settings>) and bun (<https://bun.com/docs/runtime/bunfig>).

use super::lines::{ini, lines};
use crate::catalog::Unreadable;
use crate::catalog::form::outline::{self, Entry, Separator};
use crate::catalog::form::table;
use crate::tampering::document::{Document, Part, SourceRole, SwitchKind};
use std::ops::Range;

const NO_CERTIFICATES: &str = "whoever is between can answer in the registry's name";
const NO_CHECKSUMS: &str = "an archive that was exchanged is taken without a word";
const ALL_BUILDS: &str = "every package that is ever pulled in may run code when it is installed";

pub(super) fn read_npmrc(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let mut document = Document::of("npm", "npm", Part::Settings);
    for entry in ini(text) {
        setting(&mut document, entry.key, entry.value, entry.at);
    }
    Ok(vec![document])
}

pub(super) fn read_yarnrc(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let mut document = Document::of("npm", "yarn", Part::Settings);
    for line in lines(text).filter(|line| !line.text.starts_with('#')) {
        let (key, value) = match line.text.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
            Some(parts) => parts,
            None => line
                .text
                .split_once(char::is_whitespace)
                .unwrap_or((line.text, "")),
        };
        setting(&mut document, key, value.trim().trim_matches('"'), line.at);
    }
    Ok(vec![document])
}

fn setting(document: &mut Document, key: &str, value: &str, at: Range<usize>) {
    let written = || format!("{key}={value}");
    let off = matches!(value, "false" | "0");
    match key {
        "registry" => document.source(value, SourceRole::Main, at),
        "strict-ssl" if off => document.switch(SwitchKind::Unencrypted, written(), NO_CERTIFICATES, at),
        "ignore-scripts" if value == "true" => {
            document.switch(SwitchKind::ScriptsChosen, written(), "", at);
        }
        "verify-store-integrity" if off => {
            document.switch(SwitchKind::Unverified, written(), NO_CHECKSUMS, at);
        }
        "dangerously-allow-all-builds" if value == "true" => {
            document.switch(SwitchKind::ScriptsForAll, written(), ALL_BUILDS, at);
        }
        _ => {
            if let Some(scope) = key
                .strip_suffix(":registry")
                .filter(|scope| scope.starts_with('@'))
            {
                document.source(value, SourceRole::Only(scope.to_owned()), at);
            }
        }
    }
}

pub(super) fn read_yarnrc_yml(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let settings = outline::read(text, Separator::Colon)?;
    let mut document = Document::of("npm", "yarn", Part::Settings);
    for entry in &settings.entries {
        let written = || format!("{}: {}", entry.key, entry.value);
        let at = entry.at.clone();
        match (entry.key.as_ref(), entry.value.as_ref()) {
            ("npmRegistryServer", url) => document.source(url, SourceRole::Main, at),
            ("npmScopes", _) => {
                for scope in &entry.entries {
                    if let Some(server) = scope.get("npmRegistryServer") {
                        let role = SourceRole::Only(format!("@{}", scope.key));
                        document.source(server.value.as_ref(), role, server.at.clone());
                    }
                }
            }
            ("enableStrictSsl", "false") => {
                document.switch(SwitchKind::Unencrypted, written(), NO_CERTIFICATES, at);
            }
            ("unsafeHttpWhitelist", _) => {
                let hosts: Vec<&str> = entry.entries.iter().map(|one| one.value.as_ref()).collect();
                let local = |host: &&str| host.starts_with("localhost") || host.starts_with("127.");
                if !hosts.is_empty() && !hosts.iter().all(local) {
                    let written = format!("unsafeHttpWhitelist: {}", hosts.join(", "));
                    document.switch(SwitchKind::Unencrypted, written, NO_CERTIFICATES, at);
                }
            }
            ("checksumBehavior", "ignore" | "update") => {
                document.switch(SwitchKind::Unverified, written(), NO_CHECKSUMS, at);
            }
            ("enableScripts", "false") => document.switch(SwitchKind::ScriptsChosen, written(), "", at),
            _ => {}
        }
    }
    Ok(vec![document])
}

pub(super) fn read_pnpm_workspace(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let settings = outline::read(text, Separator::Colon)?;
    let mut document = Document::of("npm", "pnpm", Part::Settings);
    for entry in &settings.entries {
        let written = || format!("{}: {}", entry.key, entry.value);
        let at = entry.at.clone();
        match (entry.key.as_ref(), entry.value.as_ref()) {
            ("registry", url) => document.source(url, SourceRole::Main, at),
            ("registries", _) => registries(entry, &mut document),
            ("strictSsl", "false") => {
                document.switch(SwitchKind::Unencrypted, written(), NO_CERTIFICATES, at);
            }
            ("verifyStoreIntegrity", "false") => {
                document.switch(SwitchKind::Unverified, written(), NO_CHECKSUMS, at);
            }
            ("dangerouslyAllowAllBuilds", "true") => {
                document.switch(SwitchKind::ScriptsForAll, written(), ALL_BUILDS, at);
            }
            ("ignoreScripts", "true")
            | ("onlyBuiltDependencies" | "neverBuiltDependencies" | "allowBuilds", _) => {
                document.switch(SwitchKind::ScriptsChosen, entry.key.as_ref(), "", at);
            }
            _ => {}
        }
    }
    Ok(vec![document])
}

fn registries(entry: &Entry<'_>, document: &mut Document) {
    for one in &entry.entries {
        let role = match one.key.as_ref() {
            "default" => SourceRole::Main,
            scope => SourceRole::Only(scope.to_owned()),
        };
        document.source(one.value.as_ref(), role, one.at.clone());
    }
}

pub(super) fn read_bunfig(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let mut document = Document::of("npm", "bun", Part::Settings);
    table::read(text, "settings of bun", |settings| {
        let Some(install) = settings.table("install") else {
            return;
        };
        let url = |table: table::Table<'_>, key: &str| {
            let inner = table.table(key).and_then(|one| one.text("url"));
            table.text(key).or(inner).map(str::to_owned)
        };
        if let Some(registry) = url(install, "registry") {
            document.source(registry, SourceRole::Main, install.key_place("registry"));
        }
        let scopes = install.table("scopes");
        for scope in scopes.into_iter().flat_map(table::Table::keys) {
            let found = scopes.and_then(|scopes| Some((url(scopes, scope)?, scopes.key_place(scope))));
            if let Some((url, at)) = found {
                let name = format!("@{}", scope.trim_start_matches('@'));
                document.source(url, SourceRole::Only(name), at);
            }
        }
    })?;
    Ok(vec![document])
}
