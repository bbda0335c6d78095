//! `gradle.lockfile`. <https://docs.gradle.org/current/userguide/dependency_locking.html>
//!
//! A line is `group:name:version=configuration,…`. Names of configurations that Gradle's own plugins make say when a
//! package is needed; of others nothing is said.

use super::MAVEN;
use crate::catalog::form::{place, purl, text};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Scope;

/// Reads lock files of Gradle.
pub struct GradleLockfile;

impl Cataloger for GradleLockfile {
    fn id(&self) -> &'static str {
        "gradle-lockfile"
    }

    fn title(&self) -> &'static str {
        "Lock files of Gradle"
    }

    fn reads(&self, path: &str) -> bool {
        let name = file_name(path);
        matches!(name, "gradle.lockfile" | "buildscript-gradle.lockfile")
            || name.ends_with(".lockfile") && path.contains("gradle/dependency-locks/")
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let text = text(input)?;
        let buildscript = file_name(input.path()).starts_with("buildscript");
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') || line.starts_with("empty=") {
                continue;
            }
            // Before Gradle 7 each configuration has a file of its own, named for it.
            let (module, configurations) = line.split_once('=').unwrap_or((line, ""));
            let mut parts = module.split(':');
            let (Some(group), Some(name), Some(version), None) =
                (parts.next(), parts.next(), parts.next(), parts.next())
            else {
                out.problem(format!("`{}` is no entry", line.escape_debug()));
                continue;
            };
            let configurations = if configurations.is_empty() {
                file_name(input.path()).trim_end_matches(".lockfile")
            } else {
                configurations
            };
            out.add(Package {
                purl: purl("maven", Some(group), name, Some(version)),
                name: format!("{group}:{name}"),
                ecosystem: Some(MAVEN),
                scope: if buildscript {
                    Scope::Development
                } else {
                    scope(configurations)
                },
                at: place(text, line),
                ..Package::default()
            });
        }
        Ok(())
    }
}

fn scope(configurations: &str) -> Scope {
    let mut scope = Scope::Development;
    for one in configurations.split(',') {
        let name = one.trim().to_ascii_lowercase();
        let building = name.contains("test")
            || name.ends_with("compileclasspath")
            || name.ends_with("annotationprocessor")
            || name == "developmentonly"
            || name == "classpath";
        if building {
            continue;
        }
        if name.ends_with("runtimeclasspath") {
            return Scope::Runtime;
        }
        scope = Scope::Unknown;
    }
    scope
}
