//! `bartizan tenant`: what keeps tenants apart, and the manifests of a new one.

use crate::args::{Common, MatrixArgs, MeshChoice, ScaffoldArgs, TenantVerb};
use crate::error::{Code, Error, Outcome};
use crate::manifests::{self, line, say};
use crate::output;
use crate::place;
use crate::scan::{Place, common_flags, load_config};
use crate::table::{columns, counted};
use crate::terminal::Terminal;
use bartizan_deploy::reach::Note;
use bartizan_deploy::tenancy::scaffold::{Mesh, NewTenant};
use bartizan_deploy::tenancy::{Aspect, Broken, Declared, File, Matrix, Party, State, World};
use bartizan_engine::config::Config;
use bartizan_model::Severity;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Most rows of pairs, and most breaks, that are printed without `-v`.
const SHOWN: usize = 60;

/// Prints the matrix, or writes the manifests of a tenant.
pub(crate) fn run(common: &Common, verb: &TenantVerb, terminal: Terminal) -> Outcome {
    match verb {
        TenantVerb::Matrix(args) => matrix(common, args, terminal),
        TenantVerb::Scaffold(args) => scaffold(args, terminal),
    }
}

/// How tenants are declared, by the settings.
pub(crate) fn declared(config: &Config) -> Result<Declared, Error> {
    let (labels, tenants) = ("deploy.tenant-labels", "deploy.tenants");
    Declared::new(config.list(labels), config.list(tenants)).map_err(|error| {
        Error::usage(
            format!("{error} ({})", config.origin(tenants)),
            "for instance `tenants = [\"acme: acme-prod acme-dev\"]` under `[deploy]`",
        )
    })
}

fn matrix(common: &Common, args: &MatrixArgs, terminal: Terminal) -> Outcome {
    let (is_json, file) = output::destination(
        &args.output.output,
        "tenant matrix",
        &[("text", false), ("json", true)],
    )?;
    let current = place::current()?;
    let start = place::start_of(&args.target, &current);
    let config = load_config(common, &Place { current, start }, common_flags(common))?;
    let declared = declared(&config)?;
    let read = manifests::read(&args.target, &[], |_, text| text.to_owned())?;
    let (texts, unread) = (read.files, read.unread);
    let files = texts.iter().map(|(path, text)| File { path, text });
    let files: Vec<File<'_>> = files.collect();
    let world = World::read(&files, &declared);
    if world.objects() == 0 && unread.is_empty() && world.notes().is_empty() {
        return Err(Error::nothing(
            format!("there are no manifests in `{}`", args.target),
            "name a directory with objects of Kubernetes in files *.yaml, *.yml or *.json",
        ));
    }
    if world.tenants().is_empty() {
        say(&unread, terminal);
        say(world.notes(), terminal);
        return Err(Error::nothing(
            format!("the manifests in `{}` declare no tenant", args.target),
            "label namespaces with bartizan.dev/tenant, or name tenants in the setting deploy.tenants",
        ));
    }
    let matrix = Matrix::new(&world);
    let notes: Vec<Note> = unread.into_iter().chain(matrix.notes().iter().cloned()).collect();
    say(&notes, terminal);
    let text = if is_json {
        format!("{:#}\n", as_json(&world, &matrix, &notes))
    } else {
        as_text(&world, &matrix, terminal.verbose > 0)
    };
    match file {
        Some(file) => output::write_file(&file, text.as_bytes())?,
        None => output::print(text)?,
    }
    let broken = matrix
        .broken()
        .iter()
        .filter(|one| one.severity.is_some())
        .count();
    let unknown = matrix.broken().len() - broken;
    terminal.line(format_args!(
        "{} in {}; {broken} broken, {unknown} unknown; {} not understood or not read",
        counted(world.tenants().len(), "tenant"),
        counted(world.objects(), "object"),
        counted(notes.len(), "thing")
    ));
    Ok(match matrix.worst() {
        State::Broken(severity) if severity >= Severity::High => Code::Failed as u8,
        _ if unknown > 0 || !notes.is_empty() => Code::Unknown as u8,
        _ => 0,
    })
}

fn worded(state: State) -> String {
    match state {
        State::Absent => "-".to_owned(),
        State::Isolated | State::Unknown => state.name().to_owned(),
        State::Broken(severity) => format!("broken {severity}"),
    }
}

fn as_text(world: &World<'_>, matrix: &Matrix<'_, '_>, all: bool) -> String {
    let mut rows = vec![["tenant", "namespaces", "quota", "pods", "images", "guards"].map(str::to_owned)];
    let own = [Aspect::Quota, Aspect::Pods, Aspect::Images, Aspect::Guards];
    for (at, tenant) in (0..).zip(world.tenants()) {
        let [quota, pods, images, guards] = own.map(|aspect| worded(matrix.own(at, aspect)));
        let namespaces = tenant.namespaces.len().to_string();
        rows.push([tenant.name.clone(), namespaces, quota, pods, images, guards]);
    }
    let mut text = columns(&rows);
    text.push('\n');
    pairs(matrix, all, &mut text);
    let mut broken: Vec<&Broken> = matrix.broken().iter().collect();
    broken.sort_by_key(|one| std::cmp::Reverse(one.severity));
    let most = if all { broken.len() } else { SHOWN };
    for one in broken.iter().take(most) {
        text.push('\n');
        proof(matrix, one, &mut text);
    }
    if broken.len() > most {
        let _ = writeln!(text, "\nand {} more; `-v` prints them", broken.len() - most);
    }
    text
}

fn pairs(matrix: &Matrix<'_, '_>, all: bool, text: &mut String) {
    let between = [
        Aspect::Network,
        Aspect::Labels,
        Aspect::Rbac,
        Aspect::Volumes,
        Aspect::Nodes,
        Aspect::Classes,
        Aspect::Mesh,
        Aspect::Hosts,
    ];
    let head = [
        "from", "to", "network", "labels", "rbac", "volumes", "nodes", "classes", "mesh", "hosts",
    ];
    let mut rows = vec![head.map(str::to_owned)];
    let count = matrix.pairs().count();
    let (mut isolated, mut left) = (0, 0);
    for (from, to) in matrix.pairs() {
        let states = between.map(|aspect| matrix.between(from, to, aspect));
        let is_isolated = states.iter().all(|state| *state <= State::Isolated);
        if !all && count > SHOWN && (is_isolated || rows.len() > SHOWN) {
            isolated += usize::from(is_isolated);
            left += usize::from(!is_isolated);
            continue;
        }
        let [network, labels, rbac, volumes, nodes, classes, mesh, hosts] = states.map(worded);
        let name = |party| matrix.name(Some(party)).to_owned();
        let (from, to) = (name(from), name(to));
        rows.push([
            from, to, network, labels, rbac, volumes, nodes, classes, mesh, hosts,
        ]);
    }
    text.push_str(&columns(&rows));
    if isolated > 0 {
        let _ = writeln!(
            text,
            "and {} that {} isolated in everything",
            counted(isolated, "pair"),
            is(isolated)
        );
    }
    if left > 0 {
        let _ = writeln!(
            text,
            "and {} that {} not; `-v` prints all",
            counted(left, "pair"),
            is(left)
        );
    }
}

const fn is(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

fn proof(matrix: &Matrix<'_, '_>, one: &Broken, text: &mut String) {
    let state = one.severity.map_or(State::Unknown, State::Broken);
    let whom = if one.aspect.is_own() {
        matrix.name(one.from).to_owned()
    } else {
        format!("{} -> {}", matrix.name(one.from), matrix.name(one.to))
    };
    let _ = writeln!(text, "{} {}: {whom}", worded(state), one.aspect.name());
    let _ = writeln!(text, "  {}", line(&one.reason));
    for proof in &one.proofs {
        let place = matrix.place(proof).unwrap_or_else(|| "-".to_owned());
        let _ = writeln!(text, "    {place}  {}", line(&proof.text));
    }
    let _ = writeln!(text, "  fix: {}", line(&one.fix));
    let _ = writeln!(text, "  rule: {}", one.about.id);
}

fn as_json(world: &World<'_>, matrix: &Matrix<'_, '_>, notes: &[Note]) -> Value {
    let tenants = (0..).zip(world.tenants()).map(|(at, tenant)| {
        let own = Aspect::ALL.into_iter().filter(|aspect| aspect.is_own());
        let cells: serde_json::Map<String, Value> = own
            .map(|aspect| (aspect.name().to_owned(), json!(matrix.own(at, aspect).name())))
            .collect();
        json!({"name": tenant.name, "namespaces": tenant.namespaces, "cells": cells})
    });
    let pairs = matrix.pairs().map(|(from, to)| {
        let cells = Aspect::ALL.into_iter().filter_map(|aspect| {
            let state = matrix.between(from, to, aspect);
            (state != State::Absent).then(|| (aspect.name().to_owned(), json!(state.name())))
        });
        let cells: serde_json::Map<String, Value> = cells.collect();
        json!({"from": matrix.name(Some(from)), "to": matrix.name(Some(to)), "cells": cells})
    });
    let broken = matrix.broken().iter().map(|one| {
        let proofs = one
            .proofs
            .iter()
            .map(|proof| json!({"text": proof.text, "place": matrix.place(proof)}));
        let name = |party: Option<Party>| party.map(|party| matrix.name(Some(party)));
        json!({
            "state": one.severity.map_or("unknown", |_| "broken"),
            "severity": one.severity.map(|severity| severity.to_string()),
            "aspect": one.aspect.name(),
            "from": name(one.from),
            "to": if one.aspect.is_own() { None } else { name(one.to) },
            "rule": one.about.id,
            "reason": one.reason,
            "fix": one.fix,
            "proofs": proofs.collect::<Vec<_>>(),
        })
    });
    let notes = notes
        .iter()
        .map(|note| json!({"place": note.place, "message": note.message}));
    json!({
        "schema": "bartizan/tenancy/v1",
        "tenants": tenants.collect::<Vec<_>>(),
        "pairs": pairs.collect::<Vec<_>>(),
        "broken": broken.collect::<Vec<_>>(),
        "notes": notes.collect::<Vec<_>>(),
    })
}

fn scaffold(args: &ScaffoldArgs, terminal: Terminal) -> Outcome {
    let mesh = match args.mesh {
        MeshChoice::None => Mesh::None,
        MeshChoice::Istio => Mesh::Istio,
    };
    let tenant = NewTenant::new(&args.name, &args.namespace, mesh)
        .map_err(|error| Error::usage(error.to_string(), "for instance `bartizan tenant scaffold acme`"))?;
    let text = tenant.manifests();
    let Some(directory) = &args.dir else {
        output::print(text)?;
        return Ok(0);
    };
    let file = directory.join(format!("tenant-{}.yaml", tenant.name()));
    if file.exists() {
        return Err(Error::usage(
            format!("`{}` is there already", file.display()),
            "remove it, or name another directory",
        ));
    }
    output::write_file(&file, text.as_bytes())?;
    terminal.line(format_args!("wrote {}", file.display()));
    Ok(0)
}
