//! What settings and the kind of a target leave out though it belongs to what is assessed: a report that leaves something out is no
//! evidence that nothing is there. What a request leaves out stands in the report's `target.partial`, `tool.only` and `tool.skip`.

use super::judged::Scanned;

/// One line for each thing that is left out, in a stable order.
pub(super) fn narrowed(scanned: &Scanned<'_>) -> Vec<String> {
    let config = scanned.config;
    let mut lines = Vec::new();
    match scanned.target.kind.as_str() {
        "git-index" => lines.push("only what is staged was looked at".to_owned()),
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
    let asked = &scanned.request.scan.select.exclude;
    let settings = config
        .list("scan.exclude")
        .iter()
        .filter(|glob| !asked.contains(glob));
    lines.extend(settings.map(|glob| format!("without `{glob}`")));
    let allowed = config.list("leak.allow-paths");
    if !allowed.is_empty() {
        lines.push(format!("credentials are allowed in: {}", allowed.join(", ")));
    }
    if config.text("leak.generic") == "off" {
        lines.push("credentials without a format of their own were not looked for".to_owned());
    }
    lines
}
