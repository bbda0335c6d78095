//! Composer: `composer.json` and `composer.lock`. <https://getcomposer.org/doc/04-schema.md>

use crate::catalog::Unreadable;
use crate::tampering::document::{
    Asked, Commit, Document, From, Locked, Part, Recorded, SourceRole, SwitchKind, Version,
};
use crate::tampering::form::content_hash;
use crate::tampering::form::json::{self, Json};

const SHARED: &str =
    "with `canonical: false` a higher version of the same name is taken from another repository";
const INSECURE: &str = "whoever is between can exchange a package";

pub(super) fn read_manifest(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let json = json::read(text)?;
    let mut document = Document::of("composer", "Composer", Part::Manifest);
    if let Some(repositories) = json.get("repositories") {
        let members = repositories.members().iter().map(|member| &member.json);
        for one in repositories.items().iter().chain(members) {
            let Some(url) = one.member("url") else { continue };
            let role = match one.is("canonical", "false") {
                true => SourceRole::Extra(SHARED),
                false => SourceRole::Main,
            };
            if one
                .text_of("type")
                .is_some_and(|kind| matches!(kind, "composer" | "vcs" | "git"))
            {
                document.source(url.json.text().unwrap_or_default(), role, url.at.clone());
            }
        }
    }
    if let Some(config) = json.get("config") {
        for (key, word) in [("secure-http", "false"), ("disable-tls", "true")] {
            if let Some(member) = config.member(key).filter(|_| config.is(key, word)) {
                document.switch(
                    SwitchKind::Unencrypted,
                    format!("{key}: {word}"),
                    INSECURE,
                    member.at.clone(),
                );
            }
        }
    }
    for member in ["require", "require-dev"]
        .iter()
        .flat_map(|group| json.members_of(group))
    {
        // The platform has no slash in its names: php, ext-json.
        let Some(spec) = member.json.text().filter(|_| member.key.contains('/')) else {
            continue;
        };
        document.asked.push(Asked {
            name: member.key.to_string(),
            spec: spec.to_owned(),
            version: version(spec),
            at: member.at.clone(),
            ..Asked::default()
        });
    }
    let replaced = json
        .members_of("replace")
        .iter()
        .chain(json.members_of("provide"));
    document.contents = content_hash::composer(&json).into_iter().collect();
    document.recorded = Recorded::Names(replaced.map(|member| member.key.to_string()).collect());
    Ok(vec![document])
}

fn version(spec: &str) -> Version {
    let spec = spec.trim();
    let branch = (spec.starts_with("dev-") || spec.ends_with("-dev")) && !spec.contains('#');
    if branch || matches!(spec, "*" | "@dev" | "*@dev") {
        Version::Newest
    } else {
        Version::Unknown
    }
}

pub(super) fn read_lock(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let json = json::read(text)?;
    let mut document = Document::of("composer", "Composer", Part::Lock);
    let mut names = Vec::new();
    for entry in ["packages", "packages-dev"]
        .iter()
        .filter_map(|key| json.get(key))
        .flat_map(Json::items)
    {
        let Some(name) = entry.member("name") else {
            continue;
        };
        let text = name.json.text().unwrap_or_default();
        names.push(text.to_owned());
        let also = entry
            .members_of("provide")
            .iter()
            .chain(entry.members_of("replace"));
        names.extend(also.map(|member| member.key.to_string()));
        document.locked.push(locked(text, name.at.clone(), entry));
    }
    document.contents = json
        .text_of("content-hash")
        .map(str::to_owned)
        .into_iter()
        .collect();
    document.recorded = Recorded::Names(names);
    Ok(vec![document])
}

fn locked(name: &str, at: std::ops::Range<usize>, entry: &Json<'_>) -> Locked {
    let (source, dist) = (entry.get("source"), entry.get("dist"));
    let notified = entry.text_of("notification-url");
    let from = if dist.is_some_and(|dist| dist.text_of("type") == Some("path")) {
        From::Here
    } else if notified.is_some() {
        From::Registry
    } else if let Some(url) = source.and_then(|source| source.text_of("url")) {
        let commit = Commit::of(source.and_then(|source| source.text_of("reference")));
        From::Repository {
            url: url.to_owned(),
            commit,
        }
    } else {
        From::Registry
    };
    Locked {
        name: name.to_owned(),
        version: entry.text_of("version").unwrap_or_default().to_owned(),
        from,
        url: notified.map(str::to_owned),
        at,
        ..Locked::default()
    }
}
