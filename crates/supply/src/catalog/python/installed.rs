//! Installed distributions: `*.dist-info/METADATA`, `*.egg-info/PKG-INFO` and their older places.
//! <https://packaging.python.org/en/latest/specifications/core-metadata/>

use super::{PYPI, purl};
use crate::catalog::form::place;
use crate::catalog::{Cataloger, Inventory, Package, Unreadable};
use bartizan_engine::Input;

/// Reads the metadata of installed distributions.
pub struct InstalledDistribution;

/// Longest text of `License` that is taken for the name of one rather than its words, in bytes.
const LONGEST_LICENSE: usize = 80;

impl Cataloger for InstalledDistribution {
    fn id(&self) -> &'static str {
        "python-installed"
    }

    fn title(&self) -> &'static str {
        "Installed distributions of Python"
    }

    fn tells_installed(&self, _path: &str) -> bool {
        true
    }

    fn reads(&self, path: &str) -> bool {
        path.ends_with(".dist-info/METADATA")
            || path.ends_with(".egg-info/PKG-INFO")
            || path.ends_with("EGG-INFO/PKG-INFO")
            || path.ends_with(".egg-info")
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        // Early metadata has names of authors in any encoding; what is read here is ASCII.
        let text = String::from_utf8_lossy(input.bytes);
        let fields = Fields::read(&text);
        let name = fields.first("Name");
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            return Err(Unreadable(
                "it is no metadata of a distribution: no `Name`".to_owned(),
            ));
        };
        out.add(Package {
            purl: purl(name, fields.first("Version")),
            ecosystem: Some(PYPI),
            licenses: fields.licenses(),
            at: place(&text, name),
            ..Package::default()
        });
        Ok(())
    }
}

/// The fields before the first empty line, each on a line of its own; what goes on over several lines is marked.
struct Fields<'t>(Vec<(&'t str, &'t str, bool)>);

impl<'t> Fields<'t> {
    fn read(text: &'t str) -> Self {
        let mut fields: Vec<(&str, &str, bool)> = Vec::new();
        for line in text
            .trim_start_matches('\u{feff}')
            .lines()
            .take_while(|line| !line.is_empty())
        {
            if line.starts_with([' ', '\t']) {
                if let Some((_, _, long)) = fields.last_mut() {
                    *long = true;
                }
            } else if let Some((key, value)) = line.split_once(':') {
                fields.push((key.trim(), value.trim(), false));
            }
        }
        Self(fields)
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &(&'t str, &'t str, bool)> {
        self.0
            .iter()
            .filter(move |(key, _, _)| key.eq_ignore_ascii_case(name))
    }

    fn first(&self, name: &str) -> Option<&'t str> {
        self.all(name).next().map(|(_, value, _)| *value)
    }

    /// The expression where there is one, else the name, else what the classifiers say.
    fn licenses(&self) -> Vec<String> {
        if let Some(expression) = self.first("License-Expression") {
            return vec![expression.to_owned()];
        }
        let named = self.all("License").find(|(_, value, long)| {
            !long && !value.is_empty() && value.len() <= LONGEST_LICENSE && *value != "UNKNOWN"
        });
        if let Some((_, name, _)) = named {
            return vec![(*name).to_owned()];
        }
        let classifiers = self
            .all("Classifier")
            .filter_map(|(_, value, _)| value.strip_prefix("License :: "));
        classifiers
            .filter_map(|classifier| classifier.rsplit(" :: ").next())
            .filter(|name| *name != "OSI Approved")
            .map(str::to_owned)
            .collect()
    }
}
