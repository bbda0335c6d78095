//! Settings and manifests of Python tools: pip (<https://pip.pypa.io/en/stable/topics/configuration/>), poetry
//! (<https://python-poetry.org/docs/repositories/>), uv (<https://docs.astral.sh/uv/concepts/indexes/>), pdm
//! (<https://pdm-project.org/latest/usage/config/>) and pipenv (<https://pipenv.pypa.io/en/latest/pipfile.html>).

use super::lines::ini;
use super::python::{SECOND_INDEX, address_origin, asked, option, version};
use crate::catalog::Unreadable;
use crate::catalog::form::table::{self, Table};
use crate::tampering::document::{
    Asked, Commit, Document, From, Part, Recorded, SourceRole, SwitchKind, Version,
};
use crate::tampering::form::content_hash;
use std::ops::Range;

const UV_ANY: &str =
    "uv then takes a version from whichever index has one, not from the first that knows the name";
const POETRY_SECOND: &str = "poetry takes the best version of a name from all indexes that are not explicit";
const PDM_SECOND: &str =
    "pdm takes the best version of a name from all sources unless `respect-source-order` is set";
const NO_CERTIFICATES: &str = "whoever is between can answer in the index's name";

pub(super) fn read_pip_conf(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let mut document = Document::of("pypi", "pip", Part::Settings);
    for entry in ini(text) {
        let key = entry.key.replace('_', "-");
        if entry.section.starts_with(':') {
            continue;
        }
        for value in entry.value.split_whitespace() {
            option(&key, value, entry.at.clone(), &mut document);
        }
    }
    Ok(vec![document])
}

pub(super) fn read_uv_toml(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let mut document = Document::of("pypi", "uv", Part::Settings);
    table::read(text, "settings of uv", |settings| uv(settings, &mut document))?;
    Ok(vec![document])
}

pub(super) fn read_pyproject(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let mut document = Document::of("pypi", "pip", Part::Manifest);
    table::read(text, "project file of Python", |project| {
        let tool = project.table("tool");
        let named = |name: &str| tool.and_then(|tool| tool.table(name));
        if let Some(settings) = named("uv") {
            document.tool = "uv";
            uv(settings, &mut document);
        }
        if let Some(settings) = named("poetry") {
            document.tool = "poetry";
            poetry(settings, &mut document);
        }
        if let Some(settings) = named("pdm") {
            document.tool = "pdm";
            pdm(settings, &mut document);
        }
        standard(project, &mut document);
        document.contents = content_hash::poetry(project);
    })?;
    Ok(vec![document])
}

/// <https://packaging.python.org/en/latest/specifications/pyproject-toml/>
fn standard(project: Table<'_>, document: &mut Document) {
    let mut lists: Vec<(&str, Range<usize>)> = Vec::new();
    if let Some(metadata) = project.table("project") {
        lists.extend(metadata.placed_texts("dependencies"));
        document.recorded = Recorded::Names(metadata.text("name").map(str::to_owned).into_iter().collect());
        if let Some(extras) = metadata.table("optional-dependencies") {
            lists.extend(extras.keys().flat_map(|extra| extras.placed_texts(extra)));
        }
    }
    // Of these only newer versions of poetry take notice.
    let groups = project
        .table("dependency-groups")
        .filter(|_| document.tool != "poetry");
    if let Some(groups) = groups {
        lists.extend(groups.keys().flat_map(|group| groups.placed_texts(group)));
    }
    document.asked.extend(lists.into_iter().filter_map(|(text, at)| {
        let one = asked(text, at)?;
        // Ranges are right here: a lock file settles them.
        Some(Asked {
            version: Version::Unknown,
            ..one
        })
    }));
}

fn uv(settings: Table<'_>, document: &mut Document) {
    for inner in [Some(settings), settings.table("pip")].into_iter().flatten() {
        if let Some(url) = inner.text("index-url") {
            document.source(url, SourceRole::Main, inner.key_place("index-url"));
        }
        for (url, at) in inner.placed_texts("extra-index-url") {
            document.source(url, SourceRole::Only(String::new()), at);
        }
        if let Some(strategy) = inner
            .text("index-strategy")
            .filter(|one| one.starts_with("unsafe"))
        {
            let written = format!("index-strategy = \"{strategy}\"");
            document.switch(
                SwitchKind::AnyIndex,
                written,
                UV_ANY,
                inner.key_place("index-strategy"),
            );
        }
        for (host, at) in inner.placed_texts("allow-insecure-host") {
            let written = format!("allow-insecure-host {host}");
            document.switch(SwitchKind::Unencrypted, written, NO_CERTIFICATES, at);
        }
    }
    for index in settings.tables("index") {
        let Some(url) = index.text("url") else {
            continue;
        };
        let role = if index.is("default") {
            SourceRole::Main
        } else {
            SourceRole::Only(String::new())
        };
        document.source(url, role, index.key_place("url"));
    }
    let sources = settings.table("sources");
    for name in sources.into_iter().flat_map(Table::keys) {
        let Some(sources) = sources else { continue };
        let one = sources.table(name).or_else(|| sources.tables(name).next());
        document
            .asked
            .extend(one.and_then(|one| elsewhere(name, one, sources.key_place(name))));
    }
}

fn poetry(settings: Table<'_>, document: &mut Document) {
    let sources: Vec<Table<'_>> = settings.tables("source").collect();
    let primary = |one: &Table<'_>| match one.text("priority") {
        Some(priority) => matches!(priority, "primary" | "default"),
        None => !one.is("secondary"),
    };
    let primaries = sources.iter().filter(|one| primary(one)).count();
    for source in &sources {
        let Some(url) = source.text("url") else {
            continue;
        };
        let role = match source.text("priority") {
            Some("explicit") => SourceRole::Only(String::new()),
            Some("supplemental" | "secondary") => SourceRole::Extra(POETRY_SECOND),
            _ if source.is("secondary") || (primaries > 1 && primary(source)) => {
                SourceRole::Extra(POETRY_SECOND)
            }
            _ => SourceRole::Main,
        };
        document.source(url, role, source.key_place("url"));
    }
    let groups = settings.table("group");
    let grouped = groups
        .into_iter()
        .flat_map(|groups| groups.keys().filter_map(move |name| groups.table(name)))
        .filter_map(|group| group.table("dependencies"));
    let own = ["dependencies", "dev-dependencies"];
    let own = own.iter().filter_map(|key| settings.table(key));
    for group in own.chain(grouped) {
        requests(group, document);
    }
}

/// Requests as poetry and pipenv write them: `name = "range"` or `name = { … }`.
fn requests(group: Table<'_>, document: &mut Document) {
    for name in group.keys().filter(|name| *name != "python") {
        let at = group.key_place(name);
        let table = group.table(name);
        if let Some(found) = table.and_then(|one| elsewhere(name, one, at.clone())) {
            document.asked.push(found);
            continue;
        }
        let path = table.is_some_and(|one| one.text("path").or(one.text("file")).is_some());
        let spec = group
            .text(name)
            .or(table.and_then(|one| one.text("version")))
            .unwrap_or_default();
        document.asked.push(Asked {
            name: name.to_owned(),
            spec: spec.to_owned(),
            from: if path { From::Here } else { From::Registry },
            conditional: table.is_some_and(|one| {
                ["python", "platform", "markers"]
                    .iter()
                    .any(|key| one.text(key).is_some())
            }),
            at,
            ..Asked::default()
        });
    }
}

/// A request that leads to a repository or an address.
fn elsewhere(name: &str, one: Table<'_>, at: Range<usize>) -> Option<Asked> {
    let from = if let Some(url) = one.text("git") {
        let commit = match (one.text("rev"), one.text("tag").or(one.text("branch"))) {
            (Some(rev), _) => Commit::of(Some(rev)),
            (None, Some(_)) => Commit::Name,
            (None, None) => Commit::of(one.text("ref")),
        };
        From::Repository {
            url: url.to_owned(),
            commit,
        }
    } else {
        let url = one.text("url").or(one.text("file"))?;
        address_origin(url).0
    };
    (from != From::Here).then(|| Asked {
        name: name.to_owned(),
        from,
        at,
        ..Asked::default()
    })
}

fn pdm(settings: Table<'_>, document: &mut Document) {
    let sources: Vec<Table<'_>> = settings.tables("source").collect();
    let in_order = settings
        .table("resolution")
        .is_some_and(|one| one.is("respect-source-order"));
    for source in &sources {
        let Some(url) = source
            .text("url")
            .filter(|_| source.text("type") != Some("find_links"))
        else {
            continue;
        };
        let at = source.key_place("url");
        if source.is_not("verify_ssl") {
            document.switch(
                SwitchKind::Unencrypted,
                "verify_ssl = false",
                NO_CERTIFICATES,
                at.clone(),
            );
        }
        let chosen = source.texts("include_packages").next().is_some();
        let role = if chosen {
            SourceRole::Only(String::new())
        } else if in_order || source.text("name") == Some("pypi") {
            SourceRole::Main
        } else {
            SourceRole::Extra(PDM_SECOND)
        };
        document.source(url, role, at);
    }
}

pub(super) fn read_pipfile(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let mut document = Document::of("pypi", "pipenv", Part::Manifest);
    table::read(text, "Pipfile", |pipfile| {
        for source in pipfile.tables("source") {
            let at = source.key_place("url");
            if source.is_not("verify_ssl") {
                document.switch(
                    SwitchKind::Unencrypted,
                    "verify_ssl = false",
                    NO_CERTIFICATES,
                    at.clone(),
                );
            }
            if let Some(url) = source.text("url") {
                document.source(url, SourceRole::Main, at);
            }
        }
        let search = pipfile
            .table("pipenv")
            .is_some_and(|one| one.is("install_search_all_sources"));
        if search {
            let at = pipfile.key_place("pipenv");
            document.switch(
                SwitchKind::AnyIndex,
                "install_search_all_sources = true",
                SECOND_INDEX,
                at,
            );
        }
        for group in ["packages", "dev-packages"] {
            if let Some(group) = pipfile.table(group) {
                requests(group, &mut document);
            }
        }
    })?;
    for one in &mut document.asked {
        if version(&one.spec) == Version::Exact {
            one.version = Version::Exact;
        }
    }
    Ok(vec![document])
}
