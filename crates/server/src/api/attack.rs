//! Attack paths: how somebody would get from the internet to the data, and which edges to cut.

use super::blast::valuable;
use super::hops::{Hop, Named, node};
use super::shown::{DECISIONS, word};
use crate::app::App;
use crate::auth::Caller;
use crate::graphs::View;
use crate::http::{Json, Problem};
use axum::extract::State;
use bartizan_ledger::graph::Way;
use bartizan_ledger::graph::attack::{self, Entry, Paths, Question, Route};
use bartizan_store::{Session, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};
use utoipa::ToSchema;

/// How somebody would get from the internet to the data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub(super) struct AttackPaths {
    /// Things on paths, at most 150, by layer and row.
    pub nodes: Vec<Node>,
    /// Steps between them.
    pub steps: Vec<Step>,
    /// The most probable path to each target, the most probable first; at most 20.
    pub routes: Vec<Path>,
    /// Edges to cut, the one that protects most targets by itself first.
    pub cuts: Vec<Cut>,
    /// How many edges the smallest set has that protects all targets; absent where there is none of at most 64.
    pub smallest: Option<u64>,
    /// Where one gets in from the internet.
    pub entries: u64,
    /// What is worth getting to.
    pub targets: u64,
    /// How many of these can be got to.
    pub targets_reached: u64,
    /// Things on paths, those that are not shown included.
    pub on_paths: u64,
    /// Whether all of the graph was looked at: where not, what is counted is a part.
    pub is_complete: bool,
    /// What the graph lacks to say more.
    pub missing: Vec<String>,
}

/// A thing on a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Node {
    /// Its number.
    pub id: i64,
    /// Its identity.
    pub key: String,
    /// Its kind.
    pub kind: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The layer to draw it in, from the left, from 0.
    pub layer: u64,
    /// The row within the layer, from the top, from 0.
    pub row: u64,
    /// Whether one gets in here from the internet.
    pub is_entry: bool,
    /// Whether it is worth getting to.
    pub is_target: bool,
    /// The most urgent decision among what is open on it and on what it is made from; absent where nothing is known.
    pub decision: Option<String>,
}

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub(super) struct Step {
    /// Number of the thing that it begins at.
    pub from: i64,
    /// Number of the thing that it ends at.
    pub to: i64,
    /// What it is, as the middle of a sentence.
    pub by: String,
    /// The chance with which it is reckoned, 0 to 1: it puts paths in order and foretells nothing.
    pub chance: f64,
    /// Whether one of the paths takes it.
    pub is_on_path: bool,
}

/// A path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub(super) struct Path {
    /// The chance with which all of it is reckoned, 0 to 1.
    pub chance: f64,
    /// Its steps.
    pub steps: Vec<Hop>,
}

/// An edge to cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Cut {
    /// The edge as it is told: the one thing.
    pub source: String,
    /// How they are joined.
    pub kind: String,
    /// The other thing.
    pub target: String,
    /// Number of the thing that the step over it begins at.
    pub from: i64,
    /// Number of the thing that the step over it ends at.
    pub to: i64,
    /// Targets that cannot be got to any more once this edge alone is cut.
    pub protects: u64,
    /// Whether it belongs to the smallest set that protects all of them.
    pub in_smallest: bool,
}

/// How somebody would get from the internet to the data, as far as the graph knows, and which edges to cut.
#[utoipa::path(get, operation_id = "attack_paths", path = "/api/v1/attack-paths", tag = "questions", responses((status = 200, body = AttackPaths)))]
pub(super) async fn paths(State(app): State<App>, caller: Caller) -> Result<Json<AttackPaths>, Problem> {
    let graphs = std::sync::Arc::clone(app.graphs());
    app.read(caller.tenant, move |session| {
        let view = graphs.of(session)?;
        let entries = entries(session, &view)?;
        let targets: HashSet<u32> = valuable(session)?.into_iter().collect();
        let open: Vec<(u32, u8)> = session
            .open_by_asset()?
            .into_iter()
            .filter_map(|row| Some((node(row.asset)?, u8::try_from(row.decision.clamp(0, 3)).ok()?)))
            .collect();
        let found = attack::paths(&Question {
            graph: &view.graph,
            entries: &entries,
            targets: &targets,
            open: &open,
        });
        let missing = missing(&view, &entries, &targets, &found);
        Ok(Json(show(
            session,
            found,
            (entries.len(), targets.len()),
            missing,
        )?))
    })
    .await
}

/// Where one gets in: what is labelled as open to everybody, and addresses that something exposes unless they are labelled otherwise.
fn entries(session: &mut Session<'_>, view: &View) -> Result<Vec<Entry>, StoreError> {
    let mut labelled: HashMap<u32, String> = HashMap::new();
    for (id, labels) in session.labelled_assets()? {
        let labels: BTreeMap<String, String> = serde_json::from_str(&labels).unwrap_or_default();
        if let (Some(node), Some(exposure)) = (node(id), labels.get("exposure")) {
            labelled.insert(node, exposure.clone());
        }
    }
    let mut entries: Vec<Entry> = labelled
        .iter()
        .filter(|(_, exposure)| *exposure == "open")
        .map(|(node, _)| Entry {
            node: *node,
            needs_weakness: view.kind(*node) != "endpoint",
        })
        .collect();
    let is_exposed = |node: &u32| view.graph.onward(*node).any(|(way, _)| way == Way::Enters);
    let addresses = view
        .of_kind("endpoint")
        .filter(|node| !labelled.contains_key(node));
    entries.extend(addresses.filter(is_exposed).map(|node| Entry {
        node,
        needs_weakness: false,
    }));
    entries.sort_unstable_by_key(|entry| entry.node);
    Ok(entries)
}

/// What the graph lacks to say more, with what to do about it.
fn missing(view: &View, entries: &[Entry], targets: &HashSet<u32>, found: &Paths) -> Vec<String> {
    let mut missing = Vec::new();
    if view.graph.edges() == 0 {
        missing.push(
            "Nothing says what exposes, reaches, runs on or assumes what: send a statement `https://bartizan.dev/links/v1`, or link two things."
                .to_owned(),
        );
    }
    if entries.is_empty() {
        missing.push(
            "Nothing is known to be open to the internet: label a thing `exposure=open`, or link what `exposes` an `endpoint:`."
                .to_owned(),
        );
    }
    if targets.is_empty() {
        missing.push("Nothing is known to be worth getting to: label things `mission=high`, or `data` with what they hold.".to_owned());
    }
    if missing.is_empty() && found.targets == 0 {
        missing.push(
            "No edge leads from what is open to what is worth getting to. Either nobody gets there, or what `reaches`, `assumes` or `runs_on` what was not told."
                .to_owned(),
        );
    }
    missing
}

fn show(
    session: &mut Session<'_>,
    found: Paths,
    (entries, targets): (usize, usize),
    missing: Vec<String>,
) -> Result<AttackPaths, StoreError> {
    let of_routes = found
        .routes
        .iter()
        .flat_map(|route| route.nodes.iter().map(|(node, _)| *node));
    let of_cuts = found.cuts.iter().flat_map(|cut| [cut.from, cut.to]);
    let shown = found.nodes.iter().map(|shown| shown.node);
    let named = Named::of(session, shown.chain(of_routes).chain(of_cuts))?;
    let node = |shown: &attack::Shown| {
        let row = named.row(shown.node);
        Node {
            id: i64::from(shown.node),
            key: named.key(shown.node),
            kind: row.map(|row| row.kind.clone()).unwrap_or_default(),
            owner: row.and_then(|row| row.owner.clone()),
            layer: shown.place.layer as u64,
            row: shown.place.row as u64,
            is_entry: shown.is_entry,
            is_target: shown.is_target,
            decision: shown
                .weakness
                .map(|weakness| word(&DECISIONS, i64::from(weakness))),
        }
    };
    let step = |step: &attack::Step| Step {
        from: i64::from(step.from),
        to: i64::from(step.to),
        by: step.way.words().to_owned(),
        chance: step.chance,
        is_on_path: step.is_told,
    };
    let path = |route: &Route| Path {
        chance: route.chance,
        steps: route
            .nodes
            .iter()
            .map(|(node, way)| Hop {
                id: i64::from(*node),
                key: named.key(*node),
                by: way.map(|way| way.words().to_owned()),
            })
            .collect(),
    };
    let cut = |cut: &attack::Cut| {
        let (source, target) = if cut.way.is_backwards() {
            (cut.to, cut.from)
        } else {
            (cut.from, cut.to)
        };
        Cut {
            source: named.key(source),
            kind: cut.way.kind().to_owned(),
            target: named.key(target),
            from: i64::from(cut.from),
            to: i64::from(cut.to),
            protects: cut.protects as u64,
            in_smallest: cut.in_smallest,
        }
    };
    Ok(AttackPaths {
        nodes: found.nodes.iter().map(node).collect(),
        steps: found.steps.iter().map(step).collect(),
        routes: found.routes.iter().map(path).collect(),
        cuts: found.cuts.iter().map(cut).collect(),
        smallest: found.smallest.map(|size| size as u64),
        entries: entries as u64,
        targets: targets as u64,
        targets_reached: found.targets as u64,
        on_paths: found.on_paths as u64,
        is_complete: !found.is_cut,
        missing,
    })
}
