//! `pom.xml`, of Maven. <https://maven.apache.org/pom.html>
//!
//! Read is what stands in the file itself: its parent, properties, managed versions, dependencies and those of profiles. Versions
//! may stand in another file of the target, so what is read is handed as a whole, in the name of one component of its own, to
//! [`super::maven`], which makes dependencies of it once all files are read.

use crate::catalog::form::purl;
use crate::catalog::form::xml::{self, Element};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Location;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Reads project files of Maven.
pub struct Pom;

pub(super) const ID: &str = "maven-pom";
/// Name of the package URL under which a whole file is handed on; the path of the file is a qualifier.
pub(super) const WHOLE: &str = "maven-project";

/// What a project file says, nothing of it replaced yet.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Project {
    pub(super) parent: Option<Parent>,
    pub(super) coordinates: Coordinates,
    pub(super) properties: BTreeMap<String, String>,
    pub(super) managed: Vec<Dependency>,
    pub(super) dependencies: Vec<Dependency>,
}

/// Where a project inherits from.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Parent {
    pub(super) coordinates: Coordinates,
    /// Where its file stands; none where it is the directory above, empty where it is not among the files.
    pub(super) relative_path: Option<String>,
}

/// Group, name and version as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Coordinates {
    pub(super) group: Option<String>,
    pub(super) artifact: Option<String>,
    pub(super) version: Option<String>,
}

/// A dependency, or a managed version, as written.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Dependency {
    pub(super) coordinates: Coordinates,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) classifier: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) scope: Option<String>,
    pub(super) optional: bool,
    pub(super) at: Option<Location>,
}

impl Cataloger for Pom {
    fn id(&self) -> &'static str {
        ID
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
        let read = project_of(project, out);
        let name = serde_json::to_string(&read)
            .map_err(|error| Unreadable(format!("it cannot be handed on: {error}")))?;
        let mut purl = purl("generic", None, WHOLE, None);
        purl.qualifiers.insert("path".to_owned(), input.path().to_owned());
        out.add(Package {
            purl,
            name,
            ..Package::default()
        });
        Ok(())
    }
}

fn project_of(project: &Element, out: &mut Inventory<'_>) -> Project {
    let parent = project.get("parent").map(|parent| Parent {
        coordinates: coordinates(parent),
        relative_path: parent.get("relativePath").map(|path| path.text.clone()),
    });
    let properties = project.all("properties").flat_map(|list| &list.elements);
    let managed = project.all("dependencyManagement").flat_map(dependencies);
    let profiles = project.all("profiles").flat_map(|list| list.all("profile"));
    let own = dependencies(project).map(|one| (one, false));
    let of_profiles = profiles.flat_map(dependencies).map(|one| (one, true));
    Project {
        parent,
        coordinates: coordinates(project),
        properties: properties
            .map(|one| (one.name.clone(), one.text.clone()))
            .collect(),
        managed: managed.map(|one| dependency(one, false, None)).collect(),
        dependencies: own
            .chain(of_profiles)
            .map(|(one, in_profile)| dependency(one, in_profile, Some(out.locate(one.at.clone()))))
            .collect(),
    }
}

fn dependencies(element: &Element) -> impl Iterator<Item = &Element> {
    element
        .all("dependencies")
        .flat_map(|list| list.all("dependency"))
}

fn coordinates(element: &Element) -> Coordinates {
    let text = |key| element.text_of(key).map(str::to_owned);
    Coordinates {
        group: text("groupId"),
        artifact: text("artifactId"),
        version: text("version"),
    }
}

fn dependency(element: &Element, in_profile: bool, at: Option<Location>) -> Dependency {
    let text = |key| element.text_of(key).map(str::to_owned);
    Dependency {
        coordinates: coordinates(element),
        kind: text("type"),
        classifier: text("classifier"),
        scope: text("scope"),
        optional: in_profile || element.text_of("optional") == Some("true"),
        at,
    }
}
