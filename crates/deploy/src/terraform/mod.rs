//! Terraform: configurations as the resources that they declare.
//!
//! In: files, as path and text. Out: [`Resource`]s whose attributes are known, or unknown with the reason, each with its place; and what
//! could not be read. Nothing is asked of providers or registries: modules are followed by local paths only.
//!
//! Source: <https://developer.hashicorp.com/terraform/language>.

mod directory;
pub(crate) mod eval;
pub(crate) mod functions;
mod instance;
mod overriding;
pub(crate) mod plan;
mod policy_document;
mod resource;
mod text_functions;
mod value;

pub use resource::Resource;
pub(crate) use text_functions::cidr;
pub use value::{Map, Place, Places, Reason, Val};
pub(crate) use value::{equal, every, some};

use directory::{Directory, directory_of, joined};
use hcl_edit::structure::Body;
use instance::{Instance, Scope, World};
use std::collections::BTreeSet;
use std::rc::Rc;

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
    path.ends_with(".tf") || is_values(path)
}

/// Whether a file may be a plan, by its name.
pub(crate) fn is_json(path: &str) -> bool {
    path.ends_with(".json")
}

/// Largest file of its kind that is read, in bytes.
pub(crate) fn largest(path: &str) -> usize {
    if is_json(path) { plan::LARGEST } else { LARGEST }
}

/// Whether Terraform takes values of variables from a file without being told to.
fn is_values(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name == "terraform.tfvars" || name.ends_with(".auto.tfvars")
}

/// Reads configurations. A directory that no other calls is one of its own; one that is called is read with what each call gives it.
#[must_use]
pub fn load(files: &[File<'_>]) -> Loaded {
    let mut problems = Vec::new();
    let mut plans = Vec::new();
    let mut bodies: Vec<Option<Body>> = files
        .iter()
        .enumerate()
        .map(|(at, file)| {
            if is_json(file.path) {
                match plan::resources(file.path, at, file.text) {
                    Ok(resources) => plans.extend(resources),
                    Err(problem) => problems.push((at, problem)),
                }
                return None;
            }
            if file.text.len() > LARGEST {
                problems.push((at, format!("it is larger than {LARGEST} bytes")));
                return None;
            }
            let read = hcl_edit::parser::parse_body(file.text);
            read.map_err(|error| {
                let place = error.location();
                problems.push((
                    at,
                    format!("line {}: no valid HCL: {}", place.line(), error.message()),
                ));
            })
            .ok()
        })
        .collect();
    overriding::merge(files, &mut bodies);
    let world = World {
        directories: directories(files, &bodies),
        ..World::default()
    };
    let mut resources = walk(&world);
    resources.extend(plans);
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

fn directories<'f>(
    files: &[File<'_>],
    bodies: &'f [Option<Body>],
) -> std::collections::BTreeMap<String, Directory<'f>> {
    let mut directories = std::collections::BTreeMap::<String, Directory<'_>>::new();
    let mut values = Vec::new();
    for (at, (file, body)) in files.iter().zip(bodies).enumerate() {
        let Some(body) = body else { continue };
        if is_values(file.path) {
            values.push((!file.path.ends_with("terraform.tfvars"), file.path, at, body));
        } else {
            let directory = directories.entry(directory_of(file.path).to_owned()).or_default();
            directory.add(at, body);
        }
    }
    values.sort_by_key(|(late, path, ..)| (*late, *path));
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
        follow(world, &Instance::root(path), &mut visited, &mut resources);
    }
    // What only calls in circles lead to was not read from outside.
    for path in world.directories.keys() {
        if !visited.contains(path) {
            follow(world, &Instance::root(path), &mut visited, &mut resources);
        }
    }
    resources
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
