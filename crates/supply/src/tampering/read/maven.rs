//! Maven (<https://maven.apache.org/pom.html>, <https://maven.apache.org/settings.html>) and the scripts of Gradle
//! (<https://docs.gradle.org/current/userguide/declaring_repositories.html>), read line by line.

use super::lines::{Line, lines, quoted};
use crate::catalog::form::xml::{self, Element};
use crate::catalog::{Unreadable, file_name};
use crate::tampering::document::{Asked, Document, Part, SourceRole, SwitchKind, Version};
use crate::tampering::host;

const CHECKSUMS: &str = "an artifact whose checksum is wrong is built in all the same";
const MIRROR: &str = "every repository that any project names, in-house ones too, is answered by that one";
const INSECURE: &str = "Gradle then goes over plain http, where whoever is between can exchange an artifact";

/// Whether a path is that of settings of Maven.
pub(super) fn is_settings(path: &str) -> bool {
    matches!(file_name(path), "settings.xml" | "settings-security.xml")
}

/// Whether a path is that of a script of Gradle.
pub(super) fn is_gradle(path: &str) -> bool {
    let name = file_name(path);
    name.ends_with(".gradle") || name.ends_with(".gradle.kts") || name.ends_with(".versions.toml")
}

pub(super) fn read_pom(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let xml = xml::read(text)?;
    let mut document = Document::of("maven", "Maven", Part::Manifest);
    if let Some(project) = xml.get("project") {
        let parent = project.get("parent").and_then(|parent| parent.text_of("groupId"));
        let own = project.text_of("groupId").or(parent).unwrap_or_default();
        read_project(project, own, &mut document);
        for profile in project
            .get("profiles")
            .into_iter()
            .flat_map(|all| all.all("profile"))
        {
            read_project(profile, own, &mut document);
        }
    }
    Ok(vec![document])
}

fn read_project(project: &Element, own: &str, document: &mut Document) {
    repositories(project, document);
    let managed = project.get("dependencyManagement");
    for holder in std::iter::once(project).chain(managed) {
        let dependencies = holder.get("dependencies");
        for one in dependencies.into_iter().flat_map(|all| all.all("dependency")) {
            dependency(one, own, document);
        }
    }
    if let Some(parent) = project.get("parent") {
        dependency(parent, parent.text_of("groupId").unwrap_or(own), document);
    }
    let plugins = project.get("build").and_then(|build| build.get("plugins"));
    for one in plugins.into_iter().flat_map(|all| all.all("plugin")) {
        dependency(one, own, document);
    }
}

fn repositories(holder: &Element, document: &mut Document) {
    for (list, item) in [
        ("repositories", "repository"),
        ("pluginRepositories", "pluginRepository"),
    ] {
        for one in holder.get(list).into_iter().flat_map(|all| all.all(item)) {
            if let Some(url) = one.get("url") {
                document.source(url.text.as_str(), SourceRole::Main, url.at.clone());
            }
            for kind in ["releases", "snapshots"] {
                let policy = one.get(kind).and_then(|policies| policies.get("checksumPolicy"));
                if let Some(policy) = policy.filter(|policy| policy.text == "ignore") {
                    let written = format!("{kind}: checksumPolicy ignore");
                    document.switch(SwitchKind::Unverified, written, CHECKSUMS, policy.at.clone());
                }
            }
        }
    }
}

fn dependency(one: &Element, own: &str, document: &mut Document) {
    let group = one.text_of("groupId").unwrap_or("org.apache.maven.plugins");
    let Some(artifact) = one.text_of("artifactId") else {
        return;
    };
    let version = one.get("version");
    let spec = version.map_or("", |version| version.text.as_str());
    document.asked.push(Asked {
        name: format!("{group}:{artifact}"),
        spec: spec.to_owned(),
        // Snapshots of the project's own group are what it is made of while it is developed.
        version: match version_of(spec) {
            Version::Newest if spec.ends_with("-SNAPSHOT") && group == own => Version::Unknown,
            other => other,
        },
        at: version.unwrap_or(one).at.clone(),
        ..Asked::default()
    });
}

/// How far a version is determined.
/// <https://docs.gradle.org/current/userguide/dependency_versions.html>
fn version_of(spec: &str) -> Version {
    let open = (spec.starts_with('[') || spec.starts_with('(')) && spec.contains(",)");
    let newest = matches!(spec, "LATEST" | "RELEASE")
        || spec.starts_with("latest.")
        || spec.ends_with("-SNAPSHOT")
        || spec.ends_with('+')
        || open;
    match newest {
        true => Version::Newest,
        false => Version::Unknown,
    }
}

pub(super) fn read_settings(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    // Other tools have files of this name.
    if !text.contains("<settings") {
        return Ok(Vec::new());
    }
    let xml = xml::read(text)?;
    let mut document = Document::of("maven", "Maven", Part::Settings);
    let Some(settings) = xml.get("settings") else {
        return Ok(Vec::new());
    };
    for mirror in settings
        .get("mirrors")
        .into_iter()
        .flat_map(|all| all.all("mirror"))
    {
        let Some(url) = mirror.get("url") else { continue };
        let of = mirror.text_of("mirrorOf").unwrap_or_default();
        // Maven itself ships a mirror that blocks plain http.
        if mirror.text_of("blocked") == Some("true") {
            continue;
        }
        document.source(url.text.as_str(), SourceRole::Main, url.at.clone());
        if of.split(',').any(|one| one.trim() == "*") {
            let written = format!("mirrorOf {of} ({})", host::shown(&url.text));
            document.switch(SwitchKind::Replaced, written, MIRROR, mirror.at.clone());
        }
    }
    for profile in settings
        .get("profiles")
        .into_iter()
        .flat_map(|all| all.all("profile"))
    {
        repositories(profile, &mut document);
    }
    Ok(vec![document])
}

pub(super) fn read_gradle(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let mut document = Document::of("maven", "Gradle", Part::Manifest);
    // Addresses elsewhere are those of licences, of the project's page, of where it is published.
    let (mut depth, mut repositories) = (0_usize, None);
    for line in lines(text) {
        let comments = ["//", "*", "/*", "#"];
        if comments.iter().any(|comment| line.text.starts_with(comment)) {
            continue;
        }
        if repositories.is_none() && line.text.starts_with("repositories") && line.text.contains('{') {
            repositories = Some(depth);
        }
        gradle_line(&line, repositories.is_some(), &mut document);
        for byte in line.text.bytes() {
            match byte {
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        if repositories.is_some_and(|outside| depth <= outside) {
            repositories = None;
        }
    }
    Ok(vec![document])
}

fn gradle_line(line: &Line<'_>, in_repositories: bool, document: &mut Document) {
    let squeezed: String = line
        .text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let insecure = [
        "allowInsecureProtocol=true",
        "isAllowInsecureProtocol=true",
        "allowInsecureProtocol(true)",
    ];
    if insecure.iter().any(|one| squeezed.contains(one)) {
        document.switch(
            SwitchKind::Unencrypted,
            "allowInsecureProtocol = true",
            INSECURE,
            line.at.clone(),
        );
    }
    for (text, at) in quoted(line) {
        if text.starts_with("http://") || text.starts_with("https://") {
            if in_repositories && !text.contains(' ') {
                document.source(text, SourceRole::Main, at);
            }
            continue;
        }
        let parts: Vec<&str> = text.split(':').collect();
        let [group, artifact, version, ..] = parts.as_slice() else {
            continue;
        };
        let is_name = |word: &str| {
            let mut bytes = word.bytes();
            !word.is_empty() && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        };
        if is_name(group) && is_name(artifact) && !text.contains(' ') {
            document.asked.push(Asked {
                name: format!("{group}:{artifact}"),
                spec: (*version).to_owned(),
                version: version_of(version),
                at,
                ..Asked::default()
            });
        }
    }
}
