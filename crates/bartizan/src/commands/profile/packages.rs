//! `bartizan profile packages`: which packages of a root a workload uses, and which it never touched.
//!
//! In: the profile, and the root: its components and what package managers tell of files. Out: text, JSON, or a statement of links for the control plane.

use std::fmt::Write as _;
use std::path::Path;

use bartizan_ledger::statement::LINKS;
use bartizan_model::text::line;
use bartizan_model::{Component, PackageUrl};
use bartizan_profile::Profile;
use bartizan_server::bill_statement;
use bartizan_supply::in_use::{InUse, LISTS, Owners, in_use};
use serde::Serialize;

use super::root::Root;
use crate::args::{Common, PackagesArgs, ScanArgs};
use crate::error::{Code, Error, Outcome};
use crate::output;
use crate::profiles;
use crate::scan::{self, Inventory, Request};
use crate::table::{columns, counted};
use crate::terminal::Terminal;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Text,
    Json,
    Statement,
}

const FORMATS: [(&str, Format); 3] = [
    ("text", Format::Text),
    ("json", Format::Json),
    ("statement", Format::Statement),
];
/// Largest list of files that is read, in bytes
const LARGEST: u64 = 256 << 20;

pub(super) fn run(common: &Common, args: &PackagesArgs, terminal: Terminal) -> Outcome {
    let (format, file) = output::destination(&args.output.format, "profile packages", &FORMATS)?;
    let profile = profiles::existing(common, &args.which)?;
    let root = Root::open(common, &args.image, &args.root, terminal)?;
    let (components, is_whole) = components(common, root.path(), terminal)?;
    let owners = owners(root.path(), &components, terminal)?;
    let found = in_use(&components, &owners, profile.touched());
    let text = match format {
        Format::Text => text(&profile, &found),
        Format::Json => output::pretty(&Told::of(&profile, &found))?,
        Format::Statement => statement(&profile, args.asset.as_deref(), &found)?,
    };
    match file {
        Some(file) => output::write_file(&file, text.as_bytes())?,
        None => output::print(text)?,
    }
    for manager in owners.opaque() {
        terminal.warn(format!("which files packages of {manager} own is not read here"));
    }
    if !profile.extent.unreadable.is_none() {
        terminal.warn("something was missed when the workload was learned: a package may be used that is said not to be");
    }
    let is_known = is_whole && found.unknown.is_empty() && profile.extent.unreadable.is_none();
    Ok(if is_known { 0 } else { Code::Unknown as u8 })
}

/// The components of a root, and whether all of it was read.
fn components(common: &Common, root: &Path, terminal: Terminal) -> Result<(Vec<Component>, bool), Error> {
    let scan = ScanArgs::of(&format!("rootfs:{}", root.display()));
    let done = scan::run(&Request {
        common,
        scan: &scan,
        stage: None,
        inventory: Inventory::Only,
        unsaved: None,
        terminal,
    })?;
    let report = done.report;
    if report.components.is_empty() {
        return Err(Error::nothing(
            format!("there is no package below `{}`", root.display()),
            "name the root of the workload with --root DIR",
        ));
    }
    let is_whole = report.verdict.exit_code() != Code::Unknown as u8;
    Ok((report.components, is_whole))
}

/// What package managers, and Python packages, tell of their files.
fn owners(root: &Path, components: &[Component], terminal: Terminal) -> Result<Owners, Error> {
    let mut owners = Owners::default();
    let mut paths: Vec<String> = Vec::new();
    for list in LISTS {
        let Ok(entries) = std::fs::read_dir(root.join(list)) else {
            continue;
        };
        for entry in entries {
            let entry = entry.map_err(|error| Error::reading(&root.join(list), &error))?;
            let name = entry.file_name();
            match name.to_str().filter(|_| entry.path().is_file()) {
                Some(name) => paths.push(format!("{list}/{name}")),
                // A directory of a package: that there is one tells which manager it is.
                None if entry.path().is_dir() => {
                    owners.add(&format!("{list}/{}/desc", name.to_string_lossy()), b"-")
                }
                None => {}
            }
        }
    }
    let proofs = components.iter().flat_map(|component| &component.locations);
    let metadata = proofs.filter_map(|proof| proof.path.strip_suffix(".dist-info/METADATA"));
    paths.extend(metadata.map(|place| format!("{place}.dist-info/RECORD")));
    for path in paths {
        let full = root.join(&path);
        match std::fs::metadata(&full) {
            Ok(about) if about.len() <= LARGEST => {
                let bytes = std::fs::read(&full).map_err(|error| Error::reading(&full, &error))?;
                owners.add(&path, &bytes);
            }
            Ok(_) => terminal.warn(format!("`{}` is too large to be read", line(&path))),
            // Not every Python package has one; its files are then not known, which is told.
            Err(_) => {}
        }
    }
    Ok(owners)
}

/// The JSON form
#[derive(Serialize)]
struct Told<'a> {
    workload: &'a str,
    used: Vec<Used<'a>>,
    unused: Vec<String>,
    unknown: Vec<String>,
    unowned: &'a std::collections::BTreeSet<String>,
}

#[derive(Serialize)]
struct Used<'a> {
    purl: String,
    file: &'a str,
}

impl<'a> Told<'a> {
    fn of(profile: &'a Profile, found: &'a InUse) -> Self {
        let texts =
            |all: &std::collections::BTreeSet<PackageUrl>| all.iter().map(ToString::to_string).collect();
        let used = found.used.iter().map(|(purl, file)| Used {
            purl: purl.to_string(),
            file,
        });
        Self {
            workload: &profile.workload,
            used: used.collect(),
            unused: texts(&found.unused),
            unknown: texts(&found.unknown),
            unowned: &found.unowned,
        }
    }
}

fn text(profile: &Profile, found: &InUse) -> String {
    let all = found.used.len() + found.unused.len();
    let mut text = format!(
        "{} uses {} of {}\n",
        line(&profile.workload),
        found.used.len(),
        counted(all, "package")
    );
    let rows: Vec<[String; 3]> = found
        .used
        .iter()
        .map(|(purl, file)| {
            let version = purl.version().unwrap_or_default();
            [purl.usual_name(), version.to_owned(), line(file).into_owned()]
        })
        .collect();
    text.push_str(&columns(&rows));
    let names = |all: &std::collections::BTreeSet<PackageUrl>| {
        all.iter()
            .map(PackageUrl::usual_name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    for (what, which) in [
        ("never touched", &found.unused),
        ("of unknown files", &found.unknown),
    ] {
        if !which.is_empty() {
            let _ = writeln!(text, "{what}: {}", names(which));
        }
    }
    text
}

/// Links of the kind `loads` from what uses to what is used.
fn statement(profile: &Profile, asset: Option<&str>, found: &InUse) -> Result<String, Error> {
    let source = asset.map_or_else(|| format!("workload:{}", profile.workload), str::to_owned);
    let links: Vec<_> = found
        .used
        .keys()
        .map(|purl| serde_json::json!({ "source": source, "kind": "loads", "target": purl.to_string() }))
        .collect();
    let document = serde_json::to_vec(&links).map_err(std::io::Error::from)?;
    let statement = bill_statement(LINKS, &source, &document).map_err(std::io::Error::from)?;
    let mut text = String::from_utf8_lossy(&statement).into_owned();
    text.push('\n');
    Ok(text)
}
