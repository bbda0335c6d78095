//! Specifications of installed gems: `specifications/NAME-VERSION.gemspec`, as RubyGems writes them.
//! <https://guides.rubygems.org/specification-reference/>
//!
//! RubyGems writes name and version as plain strings, and into a line `# stub:` as well. A specification that a person wrote and keeps
//! elsewhere computes them; it describes the project itself and is not read.

use crate::catalog::form::{place, purl};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;

/// Reads installed gems.
pub struct GemInstalled;

impl Cataloger for GemInstalled {
    fn id(&self) -> &'static str {
        "gem-installed"
    }

    fn title(&self) -> &'static str {
        "Installed gems of Ruby"
    }

    fn tells_installed(&self, _path: &str) -> bool {
        true
    }

    fn reads(&self, path: &str) -> bool {
        let name = file_name(path);
        let above = path
            .strip_suffix(name)
            .unwrap_or_default()
            .trim_end_matches("default/");
        name.ends_with(".gemspec") && (above.ends_with("/specifications/") || above == "specifications/")
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let text = String::from_utf8_lossy(input.bytes);
        let stub = text.lines().find_map(|line| line.strip_prefix("# stub: "));
        let mut words = stub.into_iter().flat_map(str::split_whitespace);
        let (mut name, mut version, platform) = (words.next(), words.next(), words.next());
        for line in text.lines().map(str::trim) {
            name = name.or_else(|| assigned(line, "name"));
            version = version.or_else(|| assigned(line, "version"));
        }
        let (Some(name), Some(version)) = (name, version) else {
            return Err(Unreadable(
                "it does not give name and version as plain text, as specifications of installed gems do"
                    .to_owned(),
            ));
        };
        let licenses = text.lines().filter_map(|line| {
            let line = line.trim();
            let list = value_of(line, "licenses").or_else(|| value_of(line, "license"))?;
            Some(strings(list))
        });
        let mut purl = purl("gem", None, name, Some(version));
        if let Some(platform) = platform.filter(|one| *one != "ruby") {
            purl.qualifiers.insert("platform".to_owned(), platform.to_owned());
        }
        out.add(Package {
            purl,
            ecosystem: Some("RubyGems"),
            licenses: licenses.flatten().map(str::to_owned).collect(),
            at: place(&text, name),
            ..Package::default()
        });
        Ok(())
    }
}

/// What stands behind `s.KEY =`.
fn value_of<'t>(line: &'t str, key: &str) -> Option<&'t str> {
    let (left, value) = line.split_once('=')?;
    let (_, attribute) = left.trim().split_once('.')?;
    (attribute == key).then(|| value.trim())
}

/// The plain string that is assigned: `s.name = "rack".freeze`, `s.version = Gem::Version.new("1.0")`.
fn assigned<'t>(line: &'t str, key: &str) -> Option<&'t str> {
    let value = value_of(line, key)?;
    let value = value
        .strip_prefix("Gem::Version.new")
        .unwrap_or(value)
        .trim_start_matches(['(', ' ']);
    value
        .starts_with(['"', '\''])
        .then(|| strings(value).next())
        .flatten()
}

/// The quoted strings of a value.
fn strings(value: &str) -> impl Iterator<Item = &str> {
    value
        .split(['"', '\''])
        .skip(1)
        .step_by(2)
        .filter(|one| !one.is_empty() && !one.contains('#'))
}
