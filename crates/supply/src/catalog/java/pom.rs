//! `pom.xml`, of Maven. <https://maven.apache.org/pom.html>
//!
//! Read is what stands in the file itself: properties, managed versions, dependencies and those of profiles. What a parent
//! or an imported list of versions says is not known here; a dependency whose version stands there has none, aloud.

use super::MAVEN;
use crate::catalog::form::purl;
use crate::catalog::form::xml::{self, Element};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Scope;
use std::collections::HashMap;

/// Reads project files of Maven.
pub struct Pom;

/// Most replacements in one value: a property may name others, or itself.
const MOST_REPLACEMENTS: usize = 32;
/// Longest value, in bytes.
const LONGEST: usize = 4096;

impl Cataloger for Pom {
    fn id(&self) -> &'static str {
        "maven-pom"
    }

    fn title(&self) -> &'static str {
        "Project files of Maven"
    }

    fn reads(&self, path: &str) -> bool {
        // Within a JAR it describes what the JAR was built from, not what it holds.
        file_name(path) == "pom.xml" && !path.contains("META-INF/maven/")
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        // Names and versions are ASCII, whatever the encoding of the rest.
        let document = xml::read(&String::from_utf8_lossy(input.bytes))?;
        let Some(project) = document.get("project") else {
            return Err(Unreadable("it is no project file of Maven".to_owned()));
        };
        let properties = properties(project);
        let managed = managed(project, &properties);
        let reader = Reader { properties, managed };
        for dependency in dependencies(project) {
            reader.read(dependency, false, out);
        }
        for profile in project.all("profiles").flat_map(|list| list.all("profile")) {
            for dependency in dependencies(profile) {
                reader.read(dependency, true, out);
            }
        }
        Ok(())
    }
}

fn dependencies(element: &Element) -> impl Iterator<Item = &Element> {
    element
        .all("dependencies")
        .flat_map(|list| list.all("dependency"))
}

/// What `${…}` may name: properties, and parts of the project and its parent.
fn properties(project: &Element) -> HashMap<String, String> {
    let mut all = HashMap::new();
    for property in project.all("properties").flat_map(|list| &list.elements) {
        all.insert(property.name.clone(), property.text.clone());
    }
    let parent = project.get("parent");
    for key in ["groupId", "artifactId", "version"] {
        let inherited = parent.and_then(|parent| parent.text_of(key));
        if let Some(value) = inherited {
            all.insert(format!("project.parent.{key}"), value.to_owned());
        }
        if let Some(value) = project.text_of(key).or(inherited) {
            for prefix in ["project.", "pom.", ""] {
                all.entry(format!("{prefix}{key}"))
                    .or_insert_with(|| value.to_owned());
            }
        }
    }
    all
}

/// Versions by group and name, of `dependencyManagement`.
fn managed(
    project: &Element,
    properties: &HashMap<String, String>,
) -> HashMap<(String, String), (String, Option<String>)> {
    let mut all = HashMap::new();
    for dependency in project.all("dependencyManagement").flat_map(dependencies) {
        let text = |key| dependency.text_of(key).and_then(|text| resolve(text, properties));
        if let (Some(group), Some(name), Some(version)) =
            (text("groupId"), text("artifactId"), text("version"))
        {
            all.entry((group, name)).or_insert((version, text("scope")));
        }
    }
    all
}

/// Replaces what is in `${…}`; none where a property is not known, or they go round.
fn resolve(text: &str, properties: &HashMap<String, String>) -> Option<String> {
    let mut text = text.trim().to_owned();
    for _ in 0..MOST_REPLACEMENTS {
        let Some(start) = text.find("${") else {
            return Some(text);
        };
        let length = text.get(start..)?.find('}')?;
        let value = properties.get(text.get(start + 2..start + length)?)?;
        text.replace_range(start..=start + length, value);
        if text.len() > LONGEST {
            return None;
        }
    }
    None
}

struct Reader {
    properties: HashMap<String, String>,
    managed: HashMap<(String, String), (String, Option<String>)>,
}

impl Reader {
    fn read(&self, dependency: &Element, in_profile: bool, out: &mut Inventory<'_>) {
        let text = |key| {
            dependency
                .text_of(key)
                .and_then(|text| resolve(text, &self.properties))
        };
        let (Some(group), Some(name)) = (text("groupId"), text("artifactId")) else {
            let written = |key| {
                dependency
                    .text_of(key)
                    .unwrap_or_default()
                    .escape_debug()
                    .to_string()
            };
            out.problem(format!(
                "the name of `{}:{}` stands in another file",
                written("groupId"),
                written("artifactId")
            ));
            return;
        };
        let managed = self.managed.get(&(group.clone(), name.clone()));
        let own = dependency.text_of("version");
        let version = match own {
            Some(_) => text("version"),
            None => managed.map(|(version, _)| version.clone()),
        };
        if version.is_none() {
            out.problem(format!(
                "the version of `{}:{}` stands in another file",
                group.escape_debug(),
                name.escape_debug()
            ));
        }
        let scope = text("scope").or_else(|| managed.and_then(|(_, scope)| scope.clone()));
        let optional = in_profile || dependency.text_of("optional") == Some("true");
        let mut purl = purl("maven", Some(&group), &name, version.as_deref().and_then(exact));
        for (key, usual) in [("type", "jar"), ("classifier", "")] {
            if let Some(value) = text(key).filter(|value| value != usual) {
                purl.qualifiers.insert(key.to_owned(), value);
            }
        }
        out.add(Package {
            purl,
            name: format!("{group}:{name}"),
            ecosystem: Some(MAVEN),
            scope: match scope.as_deref() {
                Some("test") => Scope::Development,
                _ if optional => Scope::Optional,
                _ => Scope::Runtime,
            },
            direct: Some(true),
            at: dependency.at.clone(),
            ..Package::default()
        });
    }
}

/// The one version that a requirement admits: `1.0` and `[1.0]`; a range names none.
fn exact(requirement: &str) -> Option<&str> {
    let one = requirement
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(requirement);
    (!one.contains(['[', ']', '(', ')', ','])).then_some(one)
}
