//! `bartizan push`, and `scan --push`: send evidence to the control plane.

use super::sign;
use crate::args::{Common, PushArgs, SendArgs};
use crate::error::{Error, Outcome};
use crate::place;
use crate::plane::Plane;
use crate::scan::{Done, Place, common_flags, load_config};
use crate::table::counted;
use crate::terminal::Terminal;
use bartizan_engine::config::Config;
use bartizan_model::{AssetId, REPORT_SCHEMA, Report};
use bartizan_report::{Context, Format, render};
use bartizan_server::{CYCLONEDX, SPDX, bill_statement};
use bartizan_trust::keys::SigningKey;
use serde::Deserialize;
use std::io::Read;
use std::path::Path;

/// What the control plane made of it.
#[derive(Deserialize)]
struct Receipt {
    seq: i64,
    new: bool,
    asset: Option<String>,
    opened: u64,
    reopened: u64,
    fixed: u64,
    seen: u64,
    components: u64,
    problems: Vec<String>,
}

/// What of a document tells what it is.
#[derive(Deserialize)]
struct Head {
    schema: Option<String>,
    #[serde(rename = "_type")]
    kind: Option<String>,
    #[serde(rename = "payloadType")]
    payload_type: Option<String>,
    #[serde(rename = "bomFormat")]
    bom_format: Option<String>,
    #[serde(rename = "spdxVersion")]
    spdx_version: Option<String>,
}

/// Sends files.
pub(crate) fn run(common: &Common, args: &PushArgs, terminal: Terminal) -> Outcome {
    let current = place::current()?;
    let start = place::start_of(".", &current);
    let config = load_config(common, &Place { current, start }, common_flags(common))?;
    let plane = Plane::open(common, &config)?;
    let key = args.sign.as_deref().map(sign::key).transpose()?;
    for file in &args.files {
        let bytes = read(file)?;
        let statement = statement_of(&bytes, file, args.asset.as_deref())?;
        send(&plane, &signed(statement, key.as_ref())?, terminal)?;
    }
    Ok(0)
}

/// Sends the report of a scan that was just made.
pub(crate) fn report(common: &Common, done: &Done, args: &SendArgs) -> Result<(), Error> {
    let config: &Config = &done.config;
    let plane = Plane::open(common, config)?;
    let mut report = done.report.clone();
    name(&mut report, args.asset.as_deref(), &config.root);
    let key = args.sign.as_deref().map(sign::key).transpose()?;
    send(&plane, &signed(statement(&report)?, key.as_ref())?, done.terminal)
}

/// What is sent: the statement itself, or an envelope with it that the key has signed.
fn signed(statement: Vec<u8>, key: Option<&SigningKey>) -> Result<Vec<u8>, Error> {
    match key {
        Some(key) => sign::sealed(&statement, key).map(String::into_bytes),
        None => Ok(statement),
    }
}

/// Says of what the report is a state, where it does not say so itself.
fn name(report: &mut Report, asset: Option<&str>, root: &Path) {
    let target = &mut report.target;
    if let Some(asset) = asset {
        target.asset = Some(AssetId::from_text(asset));
        return;
    }
    if target.asset.is_some() || target.repository.is_some() || target.image.is_some() {
        return;
    }
    // A path means nothing elsewhere; the name of the directory does.
    let path = root.join(target.name.strip_prefix("k8s:").unwrap_or(&target.name));
    let path = std::fs::canonicalize(&path).unwrap_or(path);
    if let Some(name) = path.file_name() {
        let scheme = match target.kind.as_str() {
            known @ ("sbom" | "cluster") => known,
            _ => "dir",
        };
        target.asset = Some(AssetId::from_text(format!("{scheme}:{}", name.to_string_lossy())));
    }
}

fn statement(report: &Report) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let rules = std::collections::BTreeMap::new();
    let context = Context {
        rules: &rules,
        color: false,
        width: 80,
        verbose: 0,
        quiet: true,
        now: Some(report.started),
        group_by: bartizan_report::GroupBy::default(),
    };
    render(Format::Statement, report, &context, &mut bytes)?;
    Ok(bytes)
}

fn read(file: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    if file.as_os_str() == "-" {
        std::io::stdin()
            .read_to_end(&mut bytes)
            .map_err(|error| Error::reading(file, &error))?;
    } else {
        bytes = std::fs::read(file).map_err(|error| Error::reading(file, &error))?;
    }
    Ok(bytes)
}

/// What is sent for a document: a report and a bill of materials become a statement about them.
fn statement_of(bytes: &[u8], file: &Path, asset: Option<&str>) -> Result<Vec<u8>, Error> {
    let strange = |why: String| {
        Error::usage(
            format!(
                "`{}` is nothing that a control plane takes: {why}",
                file.display()
            ),
            "send what `bartizan scan -o json`, `bartizan scan -o statement` or `bartizan sbom -o cyclonedx` prints",
        )
    };
    let head: Head = serde_json::from_slice(bytes).map_err(|error| strange(error.to_string()))?;
    let named = |what: &str| match asset {
        Some(_) => Err(Error::usage(
            format!("`{}` is {what} and says itself what it is about", file.display()),
            "leave --asset out",
        )),
        None => Ok(bytes.to_vec()),
    };
    if head.kind.is_some() {
        return named("a statement");
    }
    if head.payload_type.is_some() {
        return named("an envelope");
    }
    if head.schema.as_deref() == Some(REPORT_SCHEMA) {
        let mut report: Report = serde_json::from_slice(bytes).map_err(|error| strange(error.to_string()))?;
        let current = place::current()?;
        name(&mut report, asset, &current);
        return statement(&report);
    }
    let kind = match (head.bom_format, head.spdx_version) {
        (Some(_), _) => CYCLONEDX,
        (None, Some(_)) => SPDX,
        (None, None) => return Err(strange("it is JSON of no form that we know".to_owned())),
    };
    let own = file.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = asset
        .map(str::to_owned)
        .or(own)
        .unwrap_or_else(|| "sbom:unnamed".to_owned());
    bill_statement(kind, &name, bytes).map_err(|error| strange(error.to_string()))
}

fn send(plane: &Plane, statement: &[u8], terminal: Terminal) -> Result<(), Error> {
    let receipt: Receipt = plane.post("/api/v1/statements", "application/vnd.in-toto+json", statement)?;
    let about = receipt
        .asset
        .map_or_else(String::new, |asset| format!(" of {asset}"));
    if !receipt.new {
        terminal.note(format!(
            "sent before: statement {} of the ledger{about}",
            receipt.seq
        ));
        return Ok(());
    }
    let mut parts = Vec::new();
    for (count, word) in [
        (receipt.opened, "new"),
        (receipt.reopened, "back"),
        (receipt.fixed, "fixed"),
        (receipt.seen, "known"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    if parts.is_empty() {
        parts.push("none".to_owned());
    }
    if receipt.components > 0 {
        let components = usize::try_from(receipt.components).unwrap_or(usize::MAX);
        parts.push(counted(components, "component"));
    }
    terminal.note(format!(
        "statement {} of the ledger{about}: findings {}",
        receipt.seq,
        parts.join(", ")
    ));
    for problem in receipt.problems {
        terminal.note(problem);
    }
    Ok(())
}
