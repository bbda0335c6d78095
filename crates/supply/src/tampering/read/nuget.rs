//! NuGet: `nuget.config` (<https://learn.microsoft.com/en-us/nuget/reference/nuget-config-file>) and project files
//! (<https://learn.microsoft.com/en-us/nuget/consume-packages/package-references-in-project-files>).

use crate::catalog::form::xml::{self, Element};
use crate::catalog::{Unreadable, file_name};
use crate::tampering::document::{Asked, Document, Part, SourceRole, SwitchKind, Version};
use crate::tampering::host;

const SECOND: &str = "without `packageSourceMapping` NuGet takes a package from whichever source answers first or has the higher version";
const INSECURE: &str = "whoever is between can exchange a package";
const UNLOCKED: &str = "a restore on the build machine may change what is locked instead of failing";

/// Whether a path is that of a project or of versions for projects.
pub(super) fn is_project(path: &str) -> bool {
    let name = file_name(path);
    [".csproj", ".fsproj", ".vbproj"]
        .iter()
        .any(|end| name.ends_with(end))
        || matches!(name, "Directory.Packages.props" | "Directory.Build.props")
}

pub(super) fn read_config(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let xml = xml::read(text)?;
    let mut document = Document::of("nuget", "NuGet", Part::Settings);
    let Some(configuration) = xml.get("configuration") else {
        return Ok(Vec::new());
    };
    let listed = configuration.get("packageSources");
    let disabled: Vec<&str> = configuration
        .get("disabledPackageSources")
        .into_iter()
        .flat_map(|all| all.all("add"))
        .filter_map(|one| one.attribute("key"))
        .collect();
    let sources: Vec<(&Element, &str)> = listed
        .into_iter()
        .flat_map(|all| all.all("add"))
        .filter(|one| one.attribute("key").is_none_or(|key| !disabled.contains(&key)))
        .filter_map(|one| Some((one, one.attribute("value")?)))
        .collect();
    let mapped = configuration
        .get("packageSourceMapping")
        .is_some_and(|mapping| mapping.all("packageSource").next().is_some());
    let cleared = listed.is_some_and(|all| all.get("clear").is_some());
    let remote = |url: &str| url.contains("://");
    let public = sources
        .iter()
        .any(|(_, url)| host::public("nuget", url).is_some());
    let inherited = usize::from(!cleared && !public);
    let competing = sources.iter().filter(|(_, url)| remote(url)).count() + inherited;
    for (add, url) in &sources {
        let in_house = remote(url) && host::public("nuget", url).is_none();
        let role = if competing > 1 && !mapped && in_house {
            SourceRole::Extra(SECOND)
        } else if mapped && in_house {
            SourceRole::Only(String::new())
        } else {
            SourceRole::Main
        };
        document.source((*url).to_owned(), role, add.at.clone());
        if add
            .attribute("allowInsecureConnections")
            .is_some_and(|one| one.eq_ignore_ascii_case("true"))
        {
            let written = "allowInsecureConnections=\"true\"";
            document.switch(SwitchKind::Unencrypted, written, INSECURE, add.at.clone());
        }
    }
    Ok(vec![document])
}

pub(super) fn read_project(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let xml = xml::read(text)?;
    let mut document = Document::of("nuget", "NuGet", Part::Manifest);
    let Some(project) = xml.get("Project") else {
        return Ok(Vec::new());
    };
    let mut locks = None;
    let mut locked_mode = false;
    for group in project.all("PropertyGroup") {
        if let Some(one) = group
            .get("RestorePackagesWithLockFile")
            .filter(|one| one.text.eq_ignore_ascii_case("true"))
        {
            locks = Some(one.at.clone());
        }
        locked_mode |= group.get("RestoreLockedMode").is_some();
    }
    if let Some(at) = locks.filter(|_| !locked_mode) {
        let written = "RestorePackagesWithLockFile without RestoreLockedMode";
        document.switch(SwitchKind::LessVerified, written, UNLOCKED, at);
    }
    for group in project.all("ItemGroup") {
        let references = group.all("PackageReference").chain(group.all("PackageVersion"));
        for one in references.chain(group.all("GlobalPackageReference")) {
            let Some(name) = one.attribute("Include") else {
                continue;
            };
            let spec = one
                .attribute("Version")
                .or(one.text_of("Version"))
                .unwrap_or_default();
            document.asked.push(Asked {
                name: name.to_owned(),
                spec: spec.to_owned(),
                version: if spec.contains('*') {
                    Version::Newest
                } else {
                    Version::Unknown
                },
                at: one.at.clone(),
                ..Asked::default()
            });
        }
    }
    Ok(vec![document])
}
