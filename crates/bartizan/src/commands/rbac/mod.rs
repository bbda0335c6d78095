//! `bartizan rbac`: who may do what in a cluster, from manifests.

mod print;
mod read;
mod resource;

use crate::args::RbacArgs;
use crate::error::{Code, Error, Outcome};
use crate::manifests::line;
use crate::output;
use crate::table::counted;
use crate::terminal::Terminal;
use bartizan_deploy::rbac::{Binding, Escalations, Note, Permissions, Request, Subject};
use print::{Asked, Format};

/// Most notes that are printed without `-v`.
const SHOWN: usize = 20;

/// Reads manifests, and prints who may do what.
pub(crate) fn run(args: &RbacArgs, terminal: Terminal) -> Outcome {
    let (format, file) = output::destination(
        &args.output.output,
        "rbac",
        &[("text", Format::Text), ("json", Format::Json)],
    )?;
    let (permissions, mut notes) = read::permissions(&args.target)?;
    notes.extend(permissions.unread().iter().chain(permissions.notes()).cloned());
    if permissions.objects() == 0 && notes.is_empty() {
        return Err(Error::nothing(
            format!("there are no manifests in `{}`", args.target),
            "name a directory with objects of Kubernetes in files *.yaml, *.yml or *.json",
        ));
    }
    let escalations = permissions.escalations();
    let meant = args.subject.as_deref().map(Subject::written);
    let subjects = subjects(&permissions, &escalations, meant.as_ref())?;
    let can = match args.can.as_slice() {
        [verb, resource] => Some(resource::request(
            verb,
            resource,
            args.namespace.as_deref().unwrap_or_default(),
            args.name.as_deref().unwrap_or_default(),
        )),
        _ => None,
    };
    notes.extend(unknown(&permissions, &subjects, meant.as_ref()));
    say(&notes, terminal);
    let asked = match &can {
        Some(request) => Asked::Can(request),
        None if args.paths => Asked::Paths,
        None => Asked::Grants,
    };
    let answer = print::Answer {
        permissions: &permissions,
        escalations: &escalations,
        subjects: &subjects,
        notes: &notes,
    };
    let text = answer.printed(format, &asked, meant.as_ref());
    match file {
        Some(file) => output::stream_file(&file, |out| out.write_all(text.as_bytes()))?,
        None => output::print(&text)?,
    }
    terminal.line(format_args!(
        "{} from {}",
        counted(subjects.len(), "subject"),
        counted(permissions.objects(), "object")
    ));
    Ok(code(&permissions, &notes, can.as_ref(), meant.as_ref()))
}

fn code(permissions: &Permissions, notes: &[Note], can: Option<&Request<'_>>, meant: Option<&Subject>) -> u8 {
    if let (Some(request), Some(subject)) = (can, meant) {
        if Permissions::is_master(subject) || !permissions.allows(subject, request).is_empty() {
            return 0;
        }
        if notes.is_empty() {
            return Code::Failed as u8;
        }
    }
    if notes.is_empty() { 0 } else { Code::Unknown as u8 }
}

fn subjects(
    permissions: &Permissions,
    escalations: &Escalations<'_>,
    meant: Option<&Subject>,
) -> Result<Vec<Subject>, Error> {
    let Some(meant) = meant else {
        return Ok(permissions.subjects().into_iter().cloned().collect());
    };
    let is_known = escalations.knows(meant) || Permissions::is_master(meant);
    if is_known {
        return Ok(vec![meant.clone()]);
    }
    Err(Error::nothing(
        format!("no manifest names {}", line(&meant.to_string())),
        "name a service account as NAMESPACE/NAME, others as user:NAME or group:NAME",
    ))
}

/// Bindings whose grants are not known, as notes.
fn unknown(permissions: &Permissions, subjects: &[Subject], meant: Option<&Subject>) -> Vec<Note> {
    let about: Vec<&Binding> = subjects.iter().flat_map(|one| permissions.unknown(one)).collect();
    let all = permissions.dangling();
    let all =
        all.filter(|(_, one)| meant.is_none() || about.iter().any(|binding| std::ptr::eq(*binding, *one)));
    all.map(|(path, binding)| dangling(path, binding)).collect()
}

fn dangling(path: &str, binding: &Binding) -> Note {
    Note {
        path: path.to_owned(),
        line: binding.role_place.0,
        message: format!(
            "{} refers to {}, which no manifest has and no cluster brings: what it grants is not known",
            binding.title(),
            binding.role_title()
        ),
    }
}

fn say(notes: &[Note], terminal: Terminal) {
    let shown = if terminal.verbose > 0 { notes.len() } else { SHOWN };
    for note in notes.iter().take(shown) {
        terminal.warn(format_args!(
            "{}:{}: {}",
            line(&note.path),
            note.line,
            line(&note.message)
        ));
    }
    if notes.len() > shown {
        terminal.warn(format_args!("and {} more; `-v` names them", notes.len() - shown));
    }
}
