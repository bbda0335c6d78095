//! Terraform: configurations as the resources that they declare.
//!
//! In: files, as path and text. Out: [`Resource`]s whose attributes are known, or unknown with the reason, each with its place; and what
//! could not be read. Nothing is asked of providers or registries: modules are followed by local paths only.
//!
//! Source: <https://developer.hashicorp.com/terraform/language>.

mod beside;
mod directory;
pub(crate) mod eval;
mod files;
pub(crate) mod functions;
mod instance;
mod json;
mod overriding;
pub(crate) mod plan;
mod policy_document;
mod resource;
mod value;
mod versions;

pub(crate) use functions::cidr;
pub use resource::Resource;
pub use value::{Map, Place, Places, Reason, Val};
pub(crate) use value::{equal, every, some};

use crate::paths::{directory_of, joined};
use directory::Directory;
use hcl_edit::structure::Body;
use instance::{Instance, Scope, World};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
pub(crate) use versions::Versions;

/// Largest file that is read, in bytes.
pub const LARGEST: usize = 4 << 20;

/// One file.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// Its path, with `/`.
    pub path: &'a str,
    /// What it holds.
    pub text: &'a str,
}

/// What files declare.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The resources of every configuration, in order of their addresses within it.
    pub resources: Vec<Resource>,
    /// What could not be read, by file.
    pub problems: Vec<(usize, String)>,
    /// Modules that were not read because they lie elsewhere.
    pub unread: Vec<(Place, String)>,
}

/// Whether a file is Terraform's, by its name.
#[must_use]
pub fn is_terraform(path: &str) -> bool {
    is_configuration(path) || is_values(path) || is_lock(path)
}

fn is_configuration(path: &str) -> bool {
    path.ends_with(".tf") || path.ends_with(".tf.json")
}

/// Whether Terraform takes values of variables from a file without being told to.
fn is_values(path: &str) -> bool {
    let name = name_of(path);
    let name = name.strip_suffix(".json").unwrap_or(name);
    name == "terraform.tfvars" || name.ends_with(".auto.tfvars")
}

/// Whether a file says which versions of providers are installed.
fn is_lock(path: &str) -> bool {
    name_of(path) == ".terraform.lock.hcl"
}

/// Whether a file is a template, by its name.
pub(crate) fn is_template(path: &str) -> bool {
    [".tftpl", ".tpl", ".tmpl"].iter().any(|end| path.ends_with(end))
}

/// Whether a file may be a plan or a document that a configuration reads, by its name.
pub(crate) fn is_json(path: &str) -> bool {
    path.ends_with(".json") && !is_terraform(path)
}

/// Whether JSON may be a document that a configuration reads: a policy, or definitions of containers.
pub(crate) fn is_document(text: &[u8]) -> bool {
    let has = |field: &[u8]| memchr::memmem::find(text, field).is_some();
    has(b"\"Statement\"") || has(b"\"image\"")
}

/// Largest file of its kind that is read, in bytes.
pub(crate) fn largest(path: &str) -> usize {
    if is_json(path) {
        plan::LARGEST
    } else if is_template(path) {
        files::LARGEST
    } else {
        LARGEST
    }
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Reads configurations. A directory that no other calls is one of its own; one that is called is read with what each call gives it.
#[must_use]
pub fn load(files: &[File<'_>]) -> Loaded {
    let mut read = Read::default();
    let mut bodies: Vec<Option<Body>> = files
        .iter()
        .enumerate()
        .map(|(at, file)| {
            read.body(at, file).unwrap_or_else(|problem| {
                read.problems.push((at, problem));
                None
            })
        })
        .collect();
    let Read {
        plans,
        mut problems,
        translated,
    } = read;
    overriding::merge(files, &mut bodies);
    let world = World {
        directories: directories(files, &bodies),
        texts: files.iter().map(|file| (file.path, file.text)).collect(),
        translated,
        ..World::default()
    };
    let mut resources = walk(&world);
    beside::place(plans, &mut resources);
    let said = world.problems.into_inner().into_iter();
    problems.extend(said.map(|(at, text)| (at.file, text)));
    if world.budget.left.get() == 0 {
        problems.push((
            0,
            "the configurations make more values than are followed; the rest is not known".to_owned(),
        ));
    }
    Loaded {
        resources,
        problems,
        unread: world.unread.into_inner().into_iter().collect(),
    }
}

/// What was made of files.
#[derive(Default)]
struct Read {
    plans: Vec<Resource>,
    problems: Vec<(usize, String)>,
    translated: BTreeMap<usize, json::Origins>,
}

impl Read {
    /// What a file declares; none where it is something else than a configuration.
    fn body(&mut self, at: usize, file: &File<'_>) -> Result<Option<Body>, String> {
        if is_json(file.path) {
            if plan::is_one(file.text.as_bytes()) {
                self.plans.extend(plan::resources(file.path, at, file.text)?);
            }
            return Ok(None);
        }
        if !is_terraform(file.path) {
            return Ok(None);
        }
        if file.text.len() > LARGEST {
            return Err(format!("it is larger than {LARGEST} bytes"));
        }
        if file.path.ends_with(".json") {
            let json::Translated { body, origins } = if is_values(file.path) {
                json::values(file.text)?
            } else {
                json::configuration(file.text)?
            };
            self.translated.insert(at, origins);
            return Ok(Some(body));
        }
        let read = hcl_edit::parser::parse_body(file.text);
        let read = read.map_err(|error| {
            let line = error.location().line();
            format!("line {line}: no valid HCL: {}", error.message())
        });
        read.map(Some)
    }
}

fn directories<'f>(files: &[File<'_>], bodies: &'f [Option<Body>]) -> BTreeMap<String, Directory<'f>> {
    let mut directories = BTreeMap::<String, Directory<'_>>::new();
    let (mut values, mut locks) = (Vec::new(), Vec::new());
    for (at, (file, body)) in files.iter().zip(bodies).enumerate() {
        let Some(body) = body else { continue };
        if is_values(file.path) {
            let rank = match name_of(file.path) {
                "terraform.tfvars" => 0,
                "terraform.tfvars.json" => 1,
                _ => 2,
            };
            values.push((rank, file.path, at, body));
        } else if is_lock(file.path) {
            locks.push((directory_of(file.path), body));
        } else {
            let directory = directories.entry(directory_of(file.path).to_owned()).or_default();
            directory.add(at, body);
        }
    }
    for (path, body) in locks {
        if let Some(directory) = directories.get_mut(path) {
            directory.add_lock(body);
        }
    }
    values.sort_by_key(|(rank, path, ..)| (*rank, *path));
    for (_, path, at, body) in values {
        if let Some(directory) = directories.get_mut(directory_of(path)) {
            directory.add_values(at, body);
        }
    }
    directories
}

fn walk(world: &World<'_>) -> Vec<Resource> {
    let mut called = BTreeSet::new();
    for (path, directory) in &world.directories {
        for call in directory.modules.values() {
            let source = call.it.body.get_attribute("source");
            let source = source
                .and_then(|source| source.value.as_str())
                .unwrap_or_default();
            if source.starts_with('.') {
                called.extend(joined(path, source).filter(|to| to != path));
            }
        }
    }
    let mut resources = Vec::new();
    let mut visited = BTreeSet::new();
    for path in world.directories.keys().filter(|path| !called.contains(*path)) {
        configuration(world, path, &mut visited, &mut resources);
    }
    // What only calls in circles lead to was not read from outside.
    for path in world.directories.keys() {
        if !visited.contains(path) {
            configuration(world, path, &mut visited, &mut resources);
        }
    }
    resources
}

/// Reads what is in a directory and in what it calls. All of it shares the versions of providers: each module constrains them.
fn configuration(
    world: &World<'_>,
    path: &str,
    visited: &mut BTreeSet<String>,
    resources: &mut Vec<Resource>,
) {
    let before = resources.len();
    let mut within = BTreeSet::new();
    follow(world, &Instance::root(path), &mut within, resources);
    let mut versions: BTreeMap<&str, Versions> = BTreeMap::new();
    let directories = within.iter().filter_map(|path| world.directories.get(path));
    for (name, constraint) in directories.flat_map(|directory| &directory.required) {
        let range = versions.entry(name).or_default();
        *range = range.and(constraint);
    }
    if let Some(directory) = world.directories.get(path) {
        for (name, version) in &directory.installed {
            versions.insert(name, Versions::default().and(version));
        }
    }
    for resource in resources.iter_mut().skip(before) {
        let range = versions.get(versions::provider_of(&resource.kind));
        resource.versions = range.copied().unwrap_or_default();
    }
    visited.append(&mut within);
}

fn follow<'f>(
    world: &World<'f>,
    instance: &Rc<Instance<'f>>,
    visited: &mut BTreeSet<String>,
    out: &mut Vec<Resource>,
) {
    visited.insert(instance.directory.clone());
    let scope = Scope { world, instance };
    resource::of(&scope, out);
    let Some(directory) = scope.directory() else {
        return;
    };
    for (name, call) in &directory.modules {
        if resource::is_absent(&scope, &call.it.body) {
            if let Some(child) = scope.child(name) {
                visited.insert(child.directory.clone());
            }
            continue;
        }
        if let Some(child) = scope.child(name) {
            follow(world, &child, visited, out);
        }
    }
}

#[cfg(test)]
mod tests;
