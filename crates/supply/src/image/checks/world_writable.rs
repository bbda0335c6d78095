//! `image/world-writable`: everybody in the container may change it.

use super::{Facts, ImageCheck, advice, info};
use bartizan_model::{Confidence, Finding, RuleInfo, Severity};
use bartizan_source::image::NodeKind;

const WRITE_BY_OTHERS: u32 = 0o002;
const STICKY: u32 = 0o1000;

/// Looks for files and directories that every user may write to.
pub(super) struct WorldWritable;

impl ImageCheck for WorldWritable {
    fn rule(&self) -> RuleInfo {
        info(
            "image/world-writable",
            "File or directory that everybody may write to",
            (Severity::Medium, Confidence::High),
            &["CWE-732"],
            [
                "Every user in the container may change the file, or add, remove and replace what is in the directory, because \
                 others may write and no sticky bit protects what belongs to somebody else. Whoever took over the service with \
                 few rights changes a program or a configuration there and waits until somebody with more rights uses it. Often \
                 the trace of a `chmod -R 777`. Of a directory and what lies in it, the directory alone is named.",
                "1. Give the directory to the user that needs it: `COPY --chown=10001`, or `chown` in the step that makes it.\n\
                 2. Take the right away from others: `chmod o-w`.\n\
                 3. What everybody must write to, such as `/tmp`, has the sticky bit: `chmod 1777`.",
            ],
            &["https://docs.docker.com/reference/dockerfile/#copy---chown---chmod"],
        )
    }

    fn run(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let mut found: Vec<Finding> = Vec::new();
        let mut covered: Option<(String, usize, usize)> = None;
        for (path, node) in facts.tree.iter() {
            let is_open = node.mode & WRITE_BY_OTHERS != 0;
            let is_directory = node.kind == NodeKind::Directory;
            let is_safe = is_directory && node.mode & STICKY != 0;
            let is_content = matches!(node.kind, NodeKind::File | NodeKind::Directory);
            if !is_open || is_safe || !is_content {
                continue;
            }
            if let Some((directory, count, _)) = &mut covered
                && path.starts_with(directory.as_str())
            {
                *count += 1;
                continue;
            }
            finish(&mut found, covered.take());
            let what = if is_directory { "directory" } else { "file" };
            let message = format!(
                "every user may write to this {what} (mode {:04o}){}",
                node.mode,
                facts.brought(node)
            );
            let mut finding = facts.finding(&self.rule(), &path, message, facts.place(&path, node));
            finding.fix = Some(advice(format!("take the right away: `RUN chmod o-w /{path}`")));
            if is_directory {
                covered = Some((format!("{path}/"), 0, found.len()));
            }
            found.push(finding);
        }
        finish(&mut found, covered);
        found
    }
}

/// Says how many more there are below a directory.
fn finish(found: &mut [Finding], covered: Option<(String, usize, usize)>) {
    if let Some((_, count, at)) = covered
        && count > 0
        && let Some(finding) = found.get_mut(at)
    {
        finding.message = format!("{}; so are {count} more below it", finding.message);
    }
}
