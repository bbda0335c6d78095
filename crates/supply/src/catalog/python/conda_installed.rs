//! `conda-meta/*.json`: what conda installed into an environment.
//! <https://docs.conda.io/projects/conda/en/stable/dev-guide/specs/package-metadata.html>

use crate::catalog::form::{hash, place, purl};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use serde::Deserialize;

/// Reads packages that conda installed.
pub struct CondaInstalled;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Record {
    name: String,
    version: Option<String>,
    build: Option<String>,
    build_string: Option<String>,
    channel: Option<String>,
    subdir: Option<String>,
    license: Option<String>,
    md5: Option<String>,
    sha256: Option<String>,
}

impl Cataloger for CondaInstalled {
    fn id(&self) -> &'static str {
        "conda-installed"
    }

    fn title(&self) -> &'static str {
        "Packages that conda installed"
    }

    fn tells_installed(&self, _path: &str) -> bool {
        true
    }

    fn reads(&self, path: &str) -> bool {
        let name = file_name(path);
        let above = path.strip_suffix(name).unwrap_or_default();
        name.ends_with(".json") && (above == "conda-meta/" || above.ends_with("/conda-meta/"))
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let record: Record = serde_json::from_slice(input.bytes)
            .map_err(|error| Unreadable(format!("it is no record of conda: {error}")))?;
        let mut purl = purl("conda", None, &record.name, record.version.as_deref());
        let channel = record
            .channel
            .as_deref()
            .and_then(|one| channel(one, record.subdir.as_deref()));
        for (key, value) in [
            (
                "build",
                record.build.as_deref().or(record.build_string.as_deref()),
            ),
            ("channel", channel),
            ("subdir", record.subdir.as_deref()),
        ] {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                purl.qualifiers.insert(key.to_owned(), value.to_owned());
            }
        }
        let digests = [("md5", &record.md5), ("sha256", &record.sha256)];
        out.add(Package {
            purl,
            licenses: record.license.into_iter().filter(|one| !one.is_empty()).collect(),
            hashes: digests
                .iter()
                .filter_map(|(algorithm, digits)| hash(algorithm, digits.as_deref()?))
                .collect(),
            at: std::str::from_utf8(input.bytes).map_or(0..0, |text| {
                let line = text
                    .lines()
                    .find(|line| line.trim_start().starts_with("\"name\""));
                line.map_or(0..0, |line| place(text, line.trim()))
            }),
            ..Package::default()
        });
        Ok(())
    }
}

/// The name of a channel in its address: `conda-forge` of `https://conda.anaconda.org/conda-forge/linux-64`.
fn channel<'a>(address: &'a str, subdir: Option<&str>) -> Option<&'a str> {
    let mut steps = address
        .trim_end_matches('/')
        .rsplit('/')
        .filter(|step| Some(*step) != subdir && *step != "noarch");
    steps.next().filter(|step| !step.is_empty())
}
