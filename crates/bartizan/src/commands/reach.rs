//! `bartizan reach`: who can connect to whom, from manifests.

use crate::args::ReachArgs;
use crate::error::{Code, Error, Outcome};
use crate::manifests::{self, line, say};
use crate::output;
use crate::place;
use crate::table::counted;
use crate::terminal::Terminal;
use bartizan_deploy::reach::{
    Action, Condition, Connections, Direction, Edge, Effect, Layer, Manifest, Manifests, Note, Protocol,
    Published, Reach, Reason,
};
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Text,
    Json,
    Dot,
}

const FORMATS: [(&str, Format); 3] = [
    ("text", Format::Text),
    ("json", Format::Json),
    ("dot", Format::Dot),
];

/// Reads manifests, and prints who can connect to whom.
pub(crate) fn run(args: &ReachArgs, terminal: Terminal) -> Outcome {
    let (format, file) = output::destination(&args.output, "reach", &FORMATS)?;
    if args.exposure && format == Format::Dot {
        return Err(Error::usage(
            "what is published is not drawn",
            "the formats of `bartizan reach --exposure` are text and json",
        ));
    }
    let (manifests, unread) = read(&args.target, &args.values)?;
    if manifests.objects() == 0 && unread.is_empty() && manifests.notes().is_empty() {
        return Err(Error::nothing(
            format!("there are no manifests in `{}`", args.target),
            "name a directory with objects of Kubernetes in files *.yaml, *.yml or *.json",
        ));
    }
    let mut reach = Reach::new(&manifests).map_err(|error| Error {
        message: error.to_string(),
        help: Some("name a directory with a part of the manifests".to_owned()),
        code: Code::Unknown,
    })?;
    let notes: Vec<Note> = unread.into_iter().chain(reach.notes().iter().cloned()).collect();
    let sources = named(reach.sources(args.from.as_deref()), args.from.as_deref())?;
    let destinations = named(reach.destinations(args.to.as_deref()), args.to.as_deref())?;
    say(&notes, terminal);
    let mut print = |out: &mut dyn Write| {
        let mut printer = Printer::new(format, out);
        if args.exposure {
            for way in reach.published(args.to.as_deref()) {
                printer.published(&way)?;
            }
        } else if args.from.is_some() && args.to.is_some() {
            explained(&mut reach, &sources, &destinations, &mut printer)?;
        } else {
            reach.edges(&sources, &destinations, |edge| printer.edge(edge, &[]))?;
        }
        printer.end()
    };
    let printed = match file {
        Some(file) => output::stream_file(&file, print)?,
        None => match print(&mut std::io::stdout().lock()) {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => 0,
            other => other?,
        },
    };
    let what = if args.exposure { "way in" } else { "connection" };
    let plural = if args.exposure { "ways in" } else { "connections" };
    let what = if printed == 1 { what } else { plural };
    let said = format!("{printed} {what} from {}", counted(manifests.objects(), "object"));
    if notes.is_empty() {
        terminal.line(said);
        return Ok(0);
    }
    terminal.line(format_args!(
        "{said}; not complete: {} not understood or not read",
        counted(notes.len(), "thing")
    ));
    Ok(Code::Unknown as u8)
}

fn named(found: Vec<usize>, meant: Option<&str>) -> Result<Vec<usize>, Error> {
    match meant {
        Some(meant) if found.is_empty() => Err(Error::nothing(
            format!("nobody is called `{}`", line(meant)),
            "name one as `bartizan reach` prints it, as namespace/name, or by an address outside the cluster",
        )),
        _ => Ok(found),
    }
}

/// Manifests of a target, and what of it was not read.
fn read(target: &str, values: &[PathBuf]) -> Result<(Manifests, Vec<Note>), Error> {
    let read = manifests::read(target, values, Manifest::read)?;
    let mut files: Vec<Manifest> = read.files.into_iter().map(|(_, manifest)| manifest).collect();
    if place::is_recorded(target) {
        Manifest::leave_to_owners(&mut files);
    }
    let mut manifests = Manifests::default();
    for manifest in files {
        manifests.add(manifest);
    }
    Ok((manifests, read.unread))
}

fn explained(
    reach: &mut Reach<'_>,
    sources: &[usize],
    destinations: &[usize],
    printer: &mut Printer<'_>,
) -> std::io::Result<()> {
    for source in sources {
        for destination in destinations {
            let reasons = reach.why(*source, *destination);
            if reasons.is_empty() {
                continue;
            }
            let mut found = None;
            let done: Result<(), std::convert::Infallible> =
                reach.edges(&[*source], &[*destination], |edge| {
                    found = Some((edge.connections.clone(), edge.conditions.to_vec()));
                    Ok(())
                });
            let Ok(()) = done;
            let (connections, conditions) = found.unwrap_or_default();
            if let Some((source, destination)) = reach.names(*source, *destination) {
                let edge = Edge {
                    source,
                    destination,
                    connections: &connections,
                    text: &connections.to_string(),
                    conditions: &conditions,
                };
                printer.edge(edge, &reasons)?;
            }
        }
    }
    Ok(())
}

/// Bytes that are gathered before they are written.
const GATHERED: usize = 1 << 20;

struct Printer<'o> {
    format: Format,
    out: &'o mut dyn Write,
    gathered: Vec<u8>,
    count: usize,
}

impl<'o> Printer<'o> {
    fn new(format: Format, out: &'o mut dyn Write) -> Self {
        let begin: &[u8] = match format {
            Format::Text => b"",
            Format::Json => b"[",
            Format::Dot => b"digraph reach {\n  rankdir=LR;\n",
        };
        Self {
            format,
            out,
            gathered: begin.to_vec(),
            count: 0,
        }
    }

    fn write(&mut self, parts: &[&str]) -> std::io::Result<()> {
        for part in parts {
            self.gathered.extend_from_slice(part.as_bytes());
        }
        if self.gathered.len() >= GATHERED {
            self.out.write_all(&self.gathered)?;
            self.gathered.clear();
        }
        Ok(())
    }

    fn edge(&mut self, edge: Edge<'_>, why: &[Reason]) -> std::io::Result<()> {
        let Edge {
            source,
            destination,
            text,
            ..
        } = edge;
        let depends = depends(edge.conditions, edge.connections);
        match self.format {
            Format::Text => {
                self.write(&[source, " => ", destination, " : ", text, &depends, "\n"])?;
                for reason in why {
                    self.write(&["    ", &worded(reason), "\n"])?;
                }
            }
            Format::Json => {
                let mut object =
                    json!({"src": source, "dst": destination, "protocols": protocols(edge.connections)});
                if let Some(object) = object.as_object_mut() {
                    if !why.is_empty() {
                        object.insert("because".to_owned(), why.iter().map(reason).collect());
                    }
                    insert_conditions(object, edge.conditions);
                }
                return self.object(&object);
            }
            Format::Dot => {
                self.write(&[
                    "  \"",
                    source,
                    "\" -> \"",
                    destination,
                    "\" [label=\"",
                    text,
                    &depends.replace('\\', "\\\\").replace('"', "\\\""),
                    "\"];\n",
                ])?;
            }
        }
        self.count += 1;
        Ok(())
    }

    fn published(&mut self, way: &Published) -> std::io::Result<()> {
        if self.format == Format::Json {
            let protocols = protocols(&way.connections);
            let mut object = json!({"workload": way.workload, "by": way.by, "protocols": protocols});
            if let Some(object) = object.as_object_mut() {
                insert_conditions(object, &way.conditions);
            }
            return self.object(&object);
        }
        let connections = way.connections.to_string();
        self.count += 1;
        let depends = depends(&way.conditions, &way.connections);
        let by = line(&way.by);
        self.write(&[&way.workload, " <= ", &by, " : ", &connections, &depends, "\n"])
    }

    fn object(&mut self, object: &Value) -> std::io::Result<()> {
        let comma = if self.count == 0 { "\n" } else { ",\n" };
        self.count += 1;
        self.write(&[comma, &object.to_string()])
    }

    fn end(mut self) -> std::io::Result<usize> {
        let end = match self.format {
            Format::Text => "",
            Format::Json if self.count == 0 => "]\n",
            Format::Json => "\n]\n",
            Format::Dot => "}\n",
        };
        self.write(&[end])?;
        self.out.write_all(&self.gathered)?;
        self.out.flush()?;
        Ok(self.count)
    }
}

fn protocols(connections: &Connections) -> Vec<Value> {
    let protocols = Protocol::ALL.into_iter();
    let protocols = protocols.filter(|protocol| !connections.ports(*protocol).is_empty());
    protocols
        .map(|protocol| {
            let ports = connections.ports(protocol).intervals();
            json!({"protocol": protocol.name(), "ports": ports})
        })
        .collect()
}

const fn side(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "ingress",
        Direction::Egress => "egress",
    }
}

const fn does(action: Action) -> &'static str {
    match action {
        Action::Allow => "allows",
        Action::Deny => "denies",
        Action::Pass => "passes on",
    }
}

/// What connections depend on, in brackets; nothing where on nothing.
fn depends(conditions: &[Condition], of: &Connections) -> String {
    if conditions.is_empty() {
        return String::new();
    }
    let told: Vec<String> = conditions.iter().map(|one| line(&one.told(of))).collect();
    format!(" ({})", told.join("; "))
}

fn insert_conditions(object: &mut serde_json::Map<String, Value>, conditions: &[Condition]) {
    if conditions.is_empty() {
        return;
    }
    let conditions = conditions.iter().map(|one| {
        let alternatives = one.alternatives.iter();
        let alternatives: Vec<Value> = alternatives
            .map(|one| json!({"by": one.by, "what": one.what, "decided": one.decided}))
            .collect();
        json!({
            "effect": match one.effect {
                Effect::Only => "only",
                Effect::Except => "except",
            },
            "protocols": protocols(&one.connections),
            "alternatives": alternatives,
        })
    });
    object.insert("conditions".to_owned(), conditions.collect());
}

fn worded(reason: &Reason) -> String {
    let side = match reason.layer {
        Layer::Network => side(reason.direction),
        Layer::Mesh => "mesh",
    };
    let asked = reason.condition.as_ref();
    let asked = asked.map_or_else(String::new, |asked| format!(" for {}", line(asked)));
    match (&reason.policy, &reason.rule, &reason.says) {
        (Some(policy), Some(rule), Some(says)) => format!(
            "{side}: {policy}, rule {}, {} about {}{asked}",
            line(rule),
            line(says),
            reason.connections
        ),
        (Some(policy), Some(rule), None) => format!(
            "{side}: {policy}, rule {}, {} {}{asked}",
            line(rule),
            does(reason.action),
            reason.connections
        ),
        (Some(policy), None, Some(says)) => {
            format!("{side}: {policy} {}: {}", line(says), reason.connections)
        }
        (Some(policy), None, None) => {
            format!("{side}: {policy} governs it, and no rule of it names the other")
        }
        (None, _, Some(says)) => format!("{side}: {}", line(says)),
        (None, _, None) => format!("{side}: no policy decides on what is left, which is allowed"),
    }
}

fn reason(reason: &Reason) -> Value {
    let mut object = json!({
        "layer": match reason.layer {
            Layer::Network => "network",
            Layer::Mesh => "mesh",
        },
        "side": side(reason.direction),
        "policy": reason.policy,
        "rule": reason.rule,
        "action": match reason.action {
            Action::Allow => "allow",
            Action::Deny => "deny",
            Action::Pass => "pass",
        },
        "protocols": protocols(&reason.connections),
    });
    let more = [("condition", &reason.condition), ("says", &reason.says)];
    for (key, text) in more
        .into_iter()
        .filter_map(|(key, text)| Some((key, text.as_ref()?)))
    {
        if let Some(object) = object.as_object_mut() {
            object.insert(key.to_owned(), text.as_str().into());
        }
    }
    object
}
