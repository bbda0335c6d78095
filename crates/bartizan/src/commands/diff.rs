//! `bartizan diff`: what staging would not have caught.

use crate::args::DiffArgs;
use crate::error::{Code, Error, Outcome};
use crate::manifests::{self, line, say};
use crate::output;
use crate::render::Rendering;
use crate::table::counted;
use crate::terminal::Terminal;
use bartizan_deploy::parity::{Comparison, Direction, Drift, Environment, Place, Side, compare};
use bartizan_deploy::reach::Note;
use bartizan_model::Severity;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Compares two environments.
pub(crate) fn run(args: &DiffArgs, terminal: Terminal) -> Outcome {
    let (is_json, file) =
        output::destination(&args.output.output, "diff", &[("text", false), ("json", true)])?;
    let fail_on: Severity = args.fail_on.parse().unwrap_or(Severity::High);
    let staging = Half::read(&args.staging, &args.staging_values)?;
    let production = Half::read(&args.production, &args.production_values)?;
    let mut comparison = compare(&staging.environment, &production.environment);
    staging.write(&mut comparison, |drift| &mut drift.staging);
    production.write(&mut comparison, |drift| &mut drift.production);
    let unread = [staging.unread, production.unread].concat();
    let denied = comparison
        .drifts
        .iter()
        .filter(|drift| drift.severity >= fail_on)
        .count();
    let verdict = match (denied, unread.is_empty()) {
        (0, true) => "allow",
        (0, false) => "unknown",
        _ => "deny",
    };
    let text = if is_json {
        object(&comparison, &unread, verdict).to_string() + "\n"
    } else {
        worded(&comparison)
    };
    match file {
        Some(file) => output::stream_file(&file, |out| out.write_all(text.as_bytes()))?,
        None => output::print(&text)?,
    }
    say(&unread, terminal);
    terminal.line(format_args!("{verdict}; {}", summary(&comparison, unread.len())));
    Ok(match verdict {
        "deny" => 1,
        "unknown" => Code::Unknown as u8,
        _ => 0,
    })
}

fn summary(comparison: &Comparison, unread: usize) -> String {
    let count = |direction| {
        comparison
            .drifts
            .iter()
            .filter(|drift| drift.direction == direction)
            .count()
    };
    let mut said = format!(
        "{} in {} of objects: {} laxer in production, {} different, {} stricter; {} only in staging, {} only in production",
        counted(comparison.drifts.len(), "difference"),
        counted(comparison.pairs, "pair"),
        count(Direction::Laxer),
        count(Direction::Different),
        count(Direction::Stricter),
        counted(comparison.only_staging.len(), "object"),
        comparison.only_production.len(),
    );
    if unread > 0 {
        said.push_str(&format!(
            "; not complete: {} not understood or not read",
            counted(unread, "thing")
        ));
    }
    said
}

/// One of the environments, and where it was read from.
struct Half {
    environment: Environment,
    unread: Vec<Note>,
    rendering: Option<Rendering>,
    target: String,
}

impl Half {
    fn read(target: &str, values: &[PathBuf]) -> Result<Self, Error> {
        let read = manifests::read(target, values, |_, text| text.to_owned())?;
        let files = read
            .files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()));
        let environment = Environment::of(files);
        let own = environment.unread().iter().cloned();
        let own = own.map(|(place, message)| Note { place, message });
        let unread: Vec<Note> = read.unread.into_iter().chain(own).collect();
        if environment.objects() == 0 && unread.is_empty() {
            return Err(Error::nothing(
                format!("there are no manifests in `{target}`"),
                "name a directory with objects of Kubernetes in files *.yaml, *.yml or *.json",
            ));
        }
        let name = |note: Note| Note {
            place: under(target, &note.place),
            ..note
        };
        Ok(Self {
            environment,
            unread: unread.into_iter().map(name).collect(),
            rendering: read.rendering,
            target: target.to_owned(),
        })
    }

    /// Puts the places that people wrote, seen from here, for those of what was rendered.
    fn write(&self, comparison: &mut Comparison, side: impl Fn(&mut Drift) -> &mut Side) {
        let mut places: Vec<(String, u32)> = Vec::new();
        let mut at = Vec::new();
        for (number, drift) in comparison.drifts.iter_mut().enumerate() {
            if let Some(place) = &side(drift).place {
                places.push((place.path.clone(), place.line));
                at.push(number);
            }
        }
        if let Some(rendering) = &self.rendering {
            rendering.written(&mut places);
        }
        for (number, (path, line)) in at.into_iter().zip(places) {
            if let Some(drift) = comparison.drifts.get_mut(number) {
                let path = under(&self.target, &path);
                side(drift).place = Some(Place { path, line });
            }
        }
    }
}

/// A path of a target, seen from the current directory.
fn under(target: &str, path: &str) -> String {
    let directory = target.strip_prefix("k8s:").unwrap_or(target);
    if path == target || directory == "." || !std::path::Path::new(directory).is_dir() {
        return path.to_owned();
    }
    format!("{}/{path}", directory.trim_end_matches('/'))
}

const fn heading(direction: Direction) -> &'static str {
    match direction {
        Direction::Laxer => "Staging would not have caught, because production allows more:",
        Direction::Different => "Staging would not have caught, because production is different:",
        Direction::Stricter => "Staging allows more than production:",
    }
}

fn worded(comparison: &Comparison) -> String {
    let mut text = String::new();
    let mut before = None;
    for drift in &comparison.drifts {
        if before != Some(drift.direction) {
            if before.is_some() {
                text.push('\n');
            }
            text.push_str(heading(drift.direction));
            text.push('\n');
            before = Some(drift.direction);
        }
        text.push_str(&format!(
            "  {}[{}] {}: {}\n",
            drift.severity,
            drift.area,
            line(&drift.object),
            line(&drift.what)
        ));
        for (name, side) in [("staging", &drift.staging), ("production", &drift.production)] {
            let place = side.place.as_ref();
            let place = place.map_or(String::new(), |place| {
                format!("  ({}:{})", line(&place.path), place.line)
            });
            text.push_str(&format!("      {name}: {}{place}\n", line(&side.value)));
        }
    }
    text
}

fn object(comparison: &Comparison, unread: &[Note], verdict: &str) -> Value {
    let side = |side: &Side| {
        let place = side.place.as_ref();
        json!({"value": side.value, "path": place.map(|one| &one.path), "line": place.map(|one| one.line)})
    };
    let drifts = comparison.drifts.iter().map(|drift| {
        let direction = match drift.direction {
            Direction::Laxer => "laxer",
            Direction::Different => "different",
            Direction::Stricter => "stricter",
        };
        json!({
            "direction": direction,
            "severity": drift.severity.to_string(),
            "area": drift.area,
            "object": drift.object,
            "what": drift.what,
            "staging": side(&drift.staging),
            "production": side(&drift.production),
        })
    });
    json!({
        "schema": "bartizan/diff/v1",
        "verdict": verdict,
        "differences": drifts.collect::<Vec<_>>(),
        "pairs": comparison.pairs,
        "only_staging": comparison.only_staging,
        "only_production": comparison.only_production,
        "unread": unread.iter().map(|note| json!({"place": note.place, "reason": note.message})).collect::<Vec<_>>(),
    })
}
