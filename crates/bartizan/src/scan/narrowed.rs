//! What a request leaves out though it belongs to the target: a report that leaves something out is no evidence that nothing is there.

use super::judged::Scanned;
use super::rules::Selection;

/// One line for each thing that is left out, in a stable order; none where the whole target is judged by every rule.
pub(super) fn narrowed(scanned: &Scanned<'_>, selection: &Selection) -> Vec<String> {
    let (config, select) = (scanned.config, &scanned.request.scan.select);
    let mut lines = Vec::new();
    if selection.enabled().is_some() {
        let rules = format!("{} of {} rules", selection.in_force.len(), selection.known.len());
        lines.push(format!("only {rules} judged"));
    }
    if select.staged || scanned.target.kind == "git-index" {
        lines.push("only what is staged was looked at".to_owned());
    }
    if select.changed.is_some() {
        lines.push("only files that changed were looked at".to_owned());
    }
    match scanned.target.kind.as_str() {
        "git-range" => lines.push("only a range of commits was looked at".to_owned()),
        "file" | "stdin" => lines.push("only one file was looked at".to_owned()),
        "dir" => {
            let root = std::fs::canonicalize(&config.root).unwrap_or_else(|_| config.root.clone());
            if !root.starts_with(&scanned.place.start) {
                lines.push("only a part of the repository was looked at".to_owned());
            }
        }
        _ => {}
    }
    let left_out = config.list("scan.exclude");
    if !left_out.is_empty() {
        lines.push(format!("left out: {}", left_out.join(", ")));
    }
    let allowed = config.list("leak.allow-paths");
    if !allowed.is_empty() {
        lines.push(format!("credentials are allowed in: {}", allowed.join(", ")));
    }
    if config.text("leak.generic") == "off" {
        lines.push("credentials without a format of their own were not looked for".to_owned());
    }
    lines
}
