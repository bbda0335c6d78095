//! What projects of Maven inherit and import from each other.
//!
//! In: the project files of a target, as [`super::pom`] hands them on. Out: their dependencies, and what stands in files that are not
//! there. <https://maven.apache.org/guides/introduction/introduction-to-the-pom.html>,
//! <https://maven.apache.org/guides/introduction/introduction-to-dependency-mechanism.html>: a project inherits the properties and the
//! managed versions of its parent; its own count before these, and both before those of a list of versions that it imports.

use super::MAVEN;
use super::pom::{self, Coordinates, Dependency, Project};
use crate::catalog::form::purl;
use bartizan_model::{Component, Scope};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Most replacements in one value: a property may name others, or itself.
const MOST_REPLACEMENTS: usize = 32;
/// Longest value, in bytes.
const LONGEST: usize = 4096;
/// Most parents above one another, and most lists of versions imported by one another.
const MOST_STEPS: usize = 32;
/// Most properties and managed versions that are looked at for a target: projects that all import each other take no quadratic time.
const MOST_MANAGED: usize = 4_000_000;

/// Puts the dependencies of project files in the place of the files.
pub(crate) fn resolved(components: Vec<Component>) -> (Vec<Component>, Vec<String>) {
    let is_whole = |one: &Component| one.cataloger == pom::ID && one.purl.name() == pom::WHOLE;
    if !components.iter().any(is_whole) {
        return (components, Vec::new());
    }
    let (files, mut others): (Vec<_>, Vec<_>) = components.into_iter().partition(is_whole);
    let tree = Tree::of(files);
    let (mut notes, mut budget) = (Vec::new(), MOST_MANAGED);
    for file in &tree.files {
        let context = Context::of(&tree, file, MOST_STEPS, &mut budget);
        let mut elsewhere = BTreeSet::new();
        for dependency in &file.project.dependencies {
            let component = context.component(dependency, &mut elsewhere);
            let own = |one: &Component| tree.is_own(one);
            others.extend(component.filter(|one| !own(one)));
        }
        notes.extend(note(&file.path, &elsewhere, &context.absent));
    }
    if budget == 0 {
        notes.push(format!(
            "project files of Maven manage more than {MOST_MANAGED} versions; not all were looked at"
        ));
    }
    (others, notes)
}

fn note(path: &str, elsewhere: &BTreeSet<String>, absent: &BTreeSet<String>) -> Option<String> {
    let first = elsewhere.first()?;
    let what = match elsewhere.len() {
        1 => format!("the version of {first} is"),
        more => format!("the versions of {first} and {} more are", more - 1),
    };
    let absent: Vec<&str> = absent.iter().map(String::as_str).collect();
    let place = if absent.is_empty() {
        "in no file of the target".to_owned()
    } else {
        format!("in {}, which the target does not have", absent.join(", "))
    };
    Some(
        format!("{path}: {what} {place}; what was built tells: scan the archive, or `sbom:FILE`")
            .escape_debug()
            .to_string(),
    )
}

struct File {
    path: String,
    project: Project,
}

/// The project files of a target, by place and by coordinates.
struct Tree {
    files: Vec<File>,
    by_path: HashMap<String, usize>,
    by_name: HashMap<(String, String), Vec<usize>>,
    /// Versions of the files, written by themselves or by their parents.
    versions: Vec<Option<String>>,
}

impl Tree {
    fn of(components: Vec<Component>) -> Self {
        let mut files: Vec<File> = components
            .into_iter()
            .filter_map(|component| {
                let path = component.locations.first()?.path.clone();
                let project = serde_json::from_str(&component.name).ok()?;
                Some(File { path, project })
            })
            .collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let mut by_name: HashMap<(String, String), Vec<usize>> = HashMap::new();
        for (index, file) in files.iter().enumerate() {
            if let Some(name) = name_of(&file.project) {
                by_name.entry(name).or_default().push(index);
            }
        }
        let by_path = files
            .iter()
            .enumerate()
            .map(|(index, file)| (file.path.clone(), index));
        let mut tree = Self {
            by_path: by_path.collect(),
            by_name,
            versions: Vec::new(),
            files,
        };
        let raw =
            |file: &File| own_or_inherited(&file.project, |one| one.version.as_deref()).map(str::to_owned);
        tree.versions = tree.files.iter().map(raw).collect();
        let resolved = tree.files.iter().zip(&tree.versions).map(|(file, raw)| {
            let raw = raw.as_deref().filter(|raw| raw.contains("${"))?;
            resolve(raw, &properties(&tree, file).0)
        });
        let resolved: Vec<_> = resolved.collect();
        for (version, resolved) in tree.versions.iter_mut().zip(resolved) {
            *version = resolved.or(version.take());
        }
        tree
    }

    /// The file of a project's parent: where it says that it stands, else wherever a project of these coordinates does.
    fn parent(&self, file: &File) -> Option<&File> {
        let parent = file.project.parent.as_ref()?;
        let wanted = &parent.coordinates;
        let relative = parent.relative_path.as_deref().unwrap_or("../pom.xml");
        let there = joined(&file.path, relative)
            .into_iter()
            .find_map(|path| self.files.get(*self.by_path.get(&path)?))
            .filter(|there| {
                let name = name_of(&there.project);
                name.is_some_and(|(group, artifact)| {
                    Some(&group) == wanted.group.as_ref() && Some(&artifact) == wanted.artifact.as_ref()
                })
            });
        there.or_else(|| self.find(wanted))
    }

    fn find(&self, wanted: &Coordinates) -> Option<&File> {
        let name = (wanted.group.clone()?, wanted.artifact.clone()?);
        let index = self.of_version(&name, wanted.version.as_deref())?;
        self.files.get(index)
    }

    fn of_version(&self, name: &(String, String), version: Option<&str>) -> Option<usize> {
        let mut found = self.by_name.get(name)?.iter().copied();
        found.find(|index| {
            self.versions
                .get(*index)
                .is_some_and(|one| one.as_deref() == version)
        })
    }

    /// Whether a component is a project of the target itself.
    fn is_own(&self, component: &Component) -> bool {
        let group = component.purl.namespace().unwrap_or_default().to_owned();
        let name = (group, component.purl.name().to_owned());
        self.of_version(&name, component.purl.version()).is_some()
    }
}

fn own_or_inherited<'p>(
    project: &'p Project,
    part: impl Fn(&'p Coordinates) -> Option<&'p str>,
) -> Option<&'p str> {
    part(&project.coordinates).or_else(|| part(&project.parent.as_ref()?.coordinates))
}

fn name_of(project: &Project) -> Option<(String, String)> {
    let group = own_or_inherited(project, |one| one.group.as_deref())?;
    Some((group.to_owned(), project.coordinates.artifact.clone()?))
}

/// The paths that a relative path may mean from a file: that file, or `pom.xml` in that directory. None where it leads out.
fn joined(from: &str, relative: &str) -> Vec<String> {
    if relative.is_empty() {
        return Vec::new();
    }
    let mut steps: Vec<&str> = from.split('/').collect();
    steps.pop();
    for step in relative.split(['/', '\\']) {
        match step {
            "" | "." => {}
            ".." => {
                if steps.pop().is_none() {
                    return Vec::new();
                }
            }
            step => steps.push(step),
        }
    }
    let path = steps.join("/");
    let below = if path.is_empty() {
        "pom.xml".to_owned()
    } else {
        format!("{path}/pom.xml")
    };
    vec![path, below]
}

/// What `${…}` may name: properties, and parts of the project and its parent; and the parents that are not there.
fn properties(tree: &Tree, file: &File) -> (BTreeMap<String, String>, BTreeSet<String>) {
    let mut all = BTreeMap::new();
    for key in ["groupId", "artifactId", "version"] {
        let part = |one: &Coordinates| part_of(one, key).map(str::to_owned);
        let inherited = file
            .project
            .parent
            .as_ref()
            .and_then(|parent| part(&parent.coordinates));
        if let Some(value) = &inherited {
            all.insert(format!("project.parent.{key}"), value.clone());
        }
        if let Some(value) = part(&file.project.coordinates).or(inherited) {
            for prefix in ["project.", "pom.", ""] {
                all.insert(format!("{prefix}{key}"), value.clone());
            }
        }
    }
    let mut absent = BTreeSet::new();
    let mut at = Some(file);
    for _ in 0..MOST_STEPS {
        let Some(here) = at else { break };
        for (key, value) in &here.project.properties {
            all.entry(key.clone()).or_insert_with(|| value.clone());
        }
        at = tree.parent(here);
        if let (None, Some(parent)) = (at, &here.project.parent) {
            absent.insert(shown(&parent.coordinates));
        }
    }
    (all, absent)
}

fn part_of<'c>(coordinates: &'c Coordinates, key: &str) -> Option<&'c str> {
    match key {
        "groupId" => coordinates.group.as_deref(),
        "artifactId" => coordinates.artifact.as_deref(),
        _ => coordinates.version.as_deref(),
    }
}

fn shown(coordinates: &Coordinates) -> String {
    let part = |key| part_of(coordinates, key).unwrap_or("?");
    format!("{}:{}:{}", part("groupId"), part("artifactId"), part("version"))
}

/// Replaces what is in `${…}`; none where a property is not known, or they go round.
fn resolve(text: &str, properties: &BTreeMap<String, String>) -> Option<String> {
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

/// What a managed version is for: group, name, type and classifier.
type Key = (String, String, String, String);

/// What holds for the dependencies of one project.
struct Context {
    properties: BTreeMap<String, String>,
    managed: HashMap<Key, (Option<String>, Option<String>)>,
    /// Parents and lists of versions that are not there.
    absent: BTreeSet<String>,
}

impl Context {
    fn of(tree: &Tree, file: &File, steps: usize, budget: &mut usize) -> Self {
        let (properties, absent) = properties(tree, file);
        *budget = budget.saturating_sub(properties.len());
        let mut context = Self {
            properties,
            managed: HashMap::new(),
            absent,
        };
        let mut imported = Vec::new();
        let mut at = Some(file);
        for _ in 0..MOST_STEPS {
            let Some(here) = at else { break };
            for managed in &here.project.managed {
                if *budget == 0 {
                    return context;
                }
                *budget -= 1;
                if managed.scope.as_deref() == Some("import") && managed.kind.as_deref() == Some("pom") {
                    imported.push(managed);
                } else if let Some(key) = context.key(managed) {
                    let version = managed.coordinates.version.as_deref();
                    let version = version.and_then(|text| context.resolve(text));
                    let scope = managed.scope.as_deref().and_then(|text| context.resolve(text));
                    context.managed.entry(key).or_insert((version, scope));
                }
            }
            at = tree.parent(here);
        }
        for list in imported {
            context.import(tree, &list.coordinates, steps, budget);
        }
        context
    }

    fn import(&mut self, tree: &Tree, list: &Coordinates, steps: usize, budget: &mut usize) {
        let part = |text: &Option<String>| text.as_deref().and_then(|text| self.resolve(text));
        let wanted = Coordinates {
            group: part(&list.group),
            artifact: part(&list.artifact),
            version: part(&list.version),
        };
        let found = tree.find(&wanted).filter(|_| steps > 0);
        let Some(file) = found else {
            self.absent.insert(shown(&wanted));
            return;
        };
        let other = Self::of(tree, file, steps - 1, budget);
        *budget = budget.saturating_sub(other.managed.len());
        for (key, value) in other.managed {
            self.managed.entry(key).or_insert(value);
        }
        self.absent.extend(other.absent);
    }

    fn resolve(&self, text: &str) -> Option<String> {
        resolve(text, &self.properties)
    }

    fn key(&self, one: &Dependency) -> Option<Key> {
        let part = |text: &Option<String>| text.as_deref().and_then(|text| self.resolve(text));
        Some((
            part(&one.coordinates.group)?,
            part(&one.coordinates.artifact)?,
            part(&one.kind).unwrap_or_else(|| "jar".to_owned()),
            part(&one.classifier).unwrap_or_default(),
        ))
    }

    fn component(&self, one: &Dependency, elsewhere: &mut BTreeSet<String>) -> Option<Component> {
        let Some(key) = self.key(one) else {
            elsewhere.insert(shown(&one.coordinates));
            return None;
        };
        let managed = self.managed.get(&key);
        let version = match &one.coordinates.version {
            Some(text) => self.resolve(text),
            None => managed.and_then(|(version, _)| version.clone()),
        };
        let (group, artifact, kind, classifier) = key;
        if version.is_none() {
            elsewhere.insert(format!("{group}:{artifact}"));
        }
        let scope = one.scope.as_deref().and_then(|text| self.resolve(text));
        let scope = scope.or_else(|| managed.and_then(|(_, scope)| scope.clone()));
        let mut parts = purl(
            "maven",
            Some(&group),
            &artifact,
            version.as_deref().and_then(exact),
        );
        for (key, value, usual) in [("type", kind, "jar"), ("classifier", classifier, "")] {
            if value != usual {
                parts.qualifiers.insert(key.to_owned(), value);
            }
        }
        let location = one.at.clone()?;
        let Ok(purl) = parts.build() else {
            elsewhere.insert(format!("{group}:{artifact}"));
            return None;
        };
        let mut component = Component::new(purl, format!("{group}:{artifact}"), pom::ID, location);
        component.ecosystem = Some(MAVEN.to_owned());
        component.direct = Some(true);
        component.scope = match scope.as_deref() {
            Some("test") => Scope::Development,
            _ if one.optional => Scope::Optional,
            _ => Scope::Runtime,
        };
        Some(component)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parent_stands_where_the_relative_path_leads() {
        assert_eq!(
            joined("a/b/pom.xml", "../pom.xml"),
            ["a/pom.xml", "a/pom.xml/pom.xml"]
        );
        assert_eq!(joined("a/pom.xml", "../../pom.xml"), Vec::<String>::new());
        assert_eq!(joined("a/pom.xml", ".."), ["", "pom.xml"]);
        assert_eq!(joined("a/pom.xml", ""), Vec::<String>::new());
    }
}
