//! Lists of cases in YAML, with the files that they name.

use super::Totals;
use crate::error::Error;
use crate::policies::documents;
use bartizan_policy::rego::Surroundings;
use bartizan_policy::{Cause, Limits, suite};
use serde_json::Value;
use std::path::{Component, Path};

/// Runs the cases of a file, where it is a list of cases.
pub(super) fn run(path: &Path, surroundings: Surroundings, totals: &mut Totals) -> Result<(), Error> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::reading(path, &error))?;
    if !["test.gatekeeper.sh", "cli.kyverno.io"]
        .iter()
        .any(|word| text.contains(word))
    {
        return Ok(());
    }
    let all = match documents(&text) {
        Ok(all) => all,
        Err(cause) => {
            totals.unreadable(path, &cause);
            return Ok(());
        }
    };
    let beside = |named: &str| read(path, named);
    for document in &all {
        let of = |key: &str| document.get(key).and_then(Value::as_str).unwrap_or_default();
        let cases = match (of("apiVersion").split('/').next(), of("kind")) {
            (Some("test.gatekeeper.sh"), "Suite") => {
                suite::gatekeeper(document, &beside, Limits::default(), surroundings)
            }
            (Some("cli.kyverno.io"), "Test") => suite::kyverno(document, &beside),
            _ => continue,
        };
        cases.iter().for_each(|case| totals.case(path, case));
    }
    Ok(())
}

/// The documents of a file that stands where `named` says, beside the list of cases.
fn read(list: &Path, named: &str) -> Result<Vec<Value>, Cause> {
    if named.is_empty() {
        return Err(Cause::Unreadable("the list of cases names no file".to_owned()));
    }
    if Path::new(named)
        .components()
        .any(|part| matches!(part, Component::RootDir | Component::Prefix(_)))
    {
        return Err(Cause::NotKnown(format!(
            "`{named}`, which is not beside the list of cases"
        )));
    }
    let path = list.parent().unwrap_or(Path::new(".")).join(named);
    let text = std::fs::read_to_string(&path)
        .map_err(|error| Cause::Unreadable(format!("{}: {error}", path.display())))?;
    documents(&text).map_err(|cause| match cause {
        Cause::Unreadable(why) => Cause::Unreadable(format!("{}: {why}", path.display())),
        other => other,
    })
}
