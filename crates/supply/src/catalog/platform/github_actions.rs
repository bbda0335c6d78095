//! Actions and reusable workflows that workflows of GitHub use.
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsuses>
//!
//! An action is a repository, so its package URL is of the type `github`; an image in the place of one (`docker://`) is of the type
//! `docker`.

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
        if let Some(runs) = file.get("runs") {
            read_steps(runs, out);
            // An action may be an image; `Dockerfile` builds one of its own.
            let image = runs.get("image");
            if let Some((image, name)) =
                image.and_then(|one| Some((one, one.value.strip_prefix("docker://")?)))
            {
                add_image(name, image, out);
            }
        }
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
    if let Some(image) = value.strip_prefix("docker://") {
        return add_image(image, uses, out);
    }
    if value.starts_with(['.', '/']) {
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

/// An image: `[HOST/]PATH[:TAG][@DIGEST]`; without a host it is of Docker's hub.
/// <https://github.com/package-url/purl-spec/blob/main/types-doc/docker-definition.md>
fn add_image(image: &str, uses: &Entry<'_>, out: &mut Inventory<'_>) {
    let (named, digest) = image
        .split_once('@')
        .map_or((image, None), |(named, digest)| (named, Some(digest)));
    let slash = named.rfind('/').map_or(0, |at| at + 1);
    let (path, tag) = match named.get(slash..).and_then(|last| last.find(':')) {
        Some(colon) => named.split_at_checked(slash + colon).unwrap_or((named, "")),
        None => (named, ""),
    };
    let is_host = |first: &str| first.contains(['.', ':']) || first == "localhost";
    let (host, path) = path
        .split_once('/')
        .filter(|(first, _)| is_host(first))
        .map_or((None, path), |(host, path)| (Some(host), path));
    let (namespace, name) = path
        .rsplit_once('/')
        .map_or((None, path), |(above, name)| (Some(above), name));
    let version = digest
        .or(tag.strip_prefix(':'))
        .filter(|one| !one.contains("${{"));
    let mut purl = purl("docker", namespace, name, version);
    if let Some(host) = host {
        purl.qualifiers
            .insert("repository_url".to_owned(), host.to_owned());
    }
    out.add(Package {
        purl,
        name: image.to_owned(),
        scope: Scope::Development,
        direct: Some(true),
        at: uses.at.clone(),
        ..Package::default()
    });
}
