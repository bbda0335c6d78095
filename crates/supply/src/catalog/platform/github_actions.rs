//! Actions and reusable workflows that workflows of GitHub use.
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsuses>
//!
//! An action is a repository, so its package URL is of the type `github`. Images (`docker://`) are no actions.

use crate::catalog::form::outline::{self, Entry, Separator};
use crate::catalog::form::{purl, text};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable, file_name};
use bartizan_engine::Input;
use bartizan_model::Scope;

/// Reads workflows and actions of GitHub.
pub struct GithubActions;

impl Cataloger for GithubActions {
    fn id(&self) -> &'static str {
        "github-actions"
    }

    fn title(&self) -> &'static str {
        "Actions that workflows of GitHub use"
    }

    fn reads(&self, path: &str) -> bool {
        let name = file_name(path);
        let above = path.strip_suffix(name).unwrap_or_default();
        matches!(name, "action.yml" | "action.yaml")
            || above.ends_with(".github/workflows/") && (name.ends_with(".yml") || name.ends_with(".yaml"))
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let file = outline::read(text(input)?, Separator::Colon)?;
        for job in file.entries_of("jobs") {
            // A job may be another workflow as a whole.
            job.get("uses").into_iter().for_each(|uses| add(uses, out));
            read_steps(job, out);
        }
        file.get("runs")
            .into_iter()
            .for_each(|runs| read_steps(runs, out));
        Ok(())
    }
}

fn read_steps(holder: &Entry<'_>, out: &mut Inventory<'_>) {
    for step in holder.entries_of("steps") {
        step.get("uses").into_iter().for_each(|uses| add(uses, out));
    }
}

fn add(uses: &Entry<'_>, out: &mut Inventory<'_>) {
    let value = uses.value.as_ref();
    if value.starts_with(['.', '/']) || value.starts_with("docker://") {
        return;
    }
    let (action, reference) = value.split_once('@').unwrap_or((value, ""));
    let mut parts = action.splitn(3, '/');
    let (Some(owner), Some(name)) = (parts.next(), parts.next().filter(|name| !name.is_empty())) else {
        out.problem(format!("`{}` names no action", value.escape_debug()));
        return;
    };
    let mut purl = purl(
        "github",
        Some(owner),
        name,
        Some(reference).filter(|one| !one.contains("${{")),
    );
    purl.subpath = parts.next().map(str::to_owned);
    out.add(Package {
        purl,
        name: action.to_owned(),
        ecosystem: Some("GitHub Actions"),
        scope: Scope::Development,
        direct: Some(true),
        at: uses.at.clone(),
        ..Package::default()
    });
}
