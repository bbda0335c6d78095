//! An inventory as text and as JSON. Names that others chose are rendered harmless.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use bartizan_detect::harmless;
use bartizan_model::Timestamp;
use bartizan_sensor::inventory::{Attachment, Holder, Inventory, Kept, Link, Map, Program};
use serde_json::{Value, json};

use crate::loaders::judge::Whose;
use crate::table::columns;

const SCHEMA: &str = "bartizan/bpf/v1";

/// For people: each program with where it is attached and who keeps it, then maps, then who could load more.
pub(super) fn text(inventory: &Inventory, judged: &[Whose]) -> String {
    let mut text = String::new();
    for (program, whose) in inventory.programs.iter().zip(judged) {
        let _ = writeln!(
            text,
            "program {}  {}  {}  {}{}{}{}",
            program.id,
            harmless(program.kind.as_bytes()),
            name(&program.name),
            program.tag,
            program
                .loaded
                .map_or_else(String::new, |at| format!("  loaded {}", day(at))),
            program
                .user
                .map_or_else(String::new, |user| format!(" by user {user}")),
            if *whose == Whose::Own {
                "  Bartizan's own"
            } else {
                ""
            },
        );
        for link in inventory.links.iter().filter(|link| link.program == program.id) {
            let _ = writeln!(text, "  attached   {}", attached(link));
            keepers(&mut text, inventory, &link.kept, " by the link");
        }
        for attachment in inventory.attachments_of(program) {
            let _ = writeln!(text, "  attached   {} without a link", without_link(attachment));
        }
        keepers(&mut text, inventory, &program.kept, "");
        match &program.maps {
            Some(maps) if !maps.is_empty() => {
                let maps: Vec<String> = maps.iter().map(ToString::to_string).collect();
                let _ = writeln!(text, "  maps       {}", maps.join(", "));
            }
            _ => {}
        }
        match whose {
            Whose::Own | Whose::Listed => {}
            Whose::Nobody => {
                text.push_str(
                    "  not on the manifest: no process holds it, so that whose it is is not known\n",
                );
            }
            Whose::Unlisted(pids) => {
                let pids = pids.iter().map(|pid| process(inventory, *pid));
                let _ = writeln!(
                    text,
                    "  not on the manifest: {}",
                    pids.collect::<Vec<_>>().join("; ")
                );
            }
        }
    }
    for map in &inventory.maps {
        let [key, value] = map.sizes;
        let _ = writeln!(
            text,
            "map {}  {}  {}  {} of {key} and {value} bytes",
            map.id,
            harmless(map.kind.as_bytes()),
            name(&map.name),
            map.entries
        );
        keepers(&mut text, inventory, &map.kept, "");
    }
    let rows: Vec<[String; 5]> = capable(inventory).map(row).collect();
    text.push_str(&columns(&rows));
    text
}

/// Processes with a capability by which programs are loaded
fn capable(inventory: &Inventory) -> impl Iterator<Item = &Holder> {
    let holders = inventory.processes.values();
    holders.filter(|holder| !holder.capabilities.is_empty())
}

fn row(holder: &Holder) -> [String; 5] {
    let container = holder
        .shown_container(harmless)
        .map_or_else(String::new, |container| {
            let name = if container.name.is_empty() {
                container.id
            } else {
                container.name
            };
            format!(" in the container {name}")
        });
    let reach = match holder.of_host {
        Some(true) => "",
        Some(false) => " within a namespace of users",
        None => " in a namespace of users that could not be read",
    };
    [
        format!("process {}", holder.pid),
        name(&holder.name),
        holder.capabilities.join(" "),
        digest(holder),
        format!("{}{container}{reach}", harmless(&holder.path)),
    ]
}

fn digest(holder: &Holder) -> String {
    holder
        .digest
        .as_deref()
        .map_or_else(|| "no digest".to_owned(), |digest| format!("sha256:{digest}"))
}

/// `what` says by which thing a process keeps it, where that is another one
fn keepers(text: &mut String, inventory: &Inventory, kept: &Kept, what: &str) {
    for pid in &kept.holders {
        let _ = writeln!(text, "  held by    {}{what}", process(inventory, *pid));
    }
    for pin in &kept.pins {
        let _ = writeln!(text, "  pinned at  {}", path(pin));
    }
}

fn process(inventory: &Inventory, pid: u32) -> String {
    let holder = inventory.processes.get(&pid);
    holder.map_or_else(
        || format!("process {pid}"),
        |holder| {
            format!(
                "process {pid} {} {} {}",
                name(&holder.name),
                harmless(&holder.path),
                digest(holder)
            )
        },
    )
}

fn attached(link: &Link) -> String {
    let place = link.place.as_deref().map_or_else(
        || "where the kernel does not tell".to_owned(),
        |place| harmless(place.as_bytes()),
    );
    let how = link
        .attached
        .as_deref()
        .map_or_else(String::new, |how| format!(" as {}", harmless(how.as_bytes())));
    format!(
        "{place}{how} (link {}, {})",
        link.id,
        harmless(link.kind.as_bytes())
    )
}

fn without_link(attachment: &Attachment) -> String {
    let [place, how] = [&attachment.place, &attachment.attached].map(|text| harmless(text.as_bytes()));
    format!("{place} as {how}")
}

fn name(name: &[u8]) -> String {
    match name {
        [] => "-".to_owned(),
        name => harmless(name),
    }
}

fn path(path: &Path) -> String {
    harmless(path.as_os_str().as_encoded_bytes())
}

fn day(at: SystemTime) -> Timestamp {
    let seconds = at.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Timestamp::from_unix_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
}

/// For programs: one object. Whose a program is stands there only where a manifest was asked.
pub(super) fn json(inventory: &Inventory, judged: &[Whose], by_manifest: bool) -> Value {
    let programs = inventory.programs.iter().zip(judged);
    json!({
        "schema": SCHEMA,
        "programs": programs
            .map(|(program, whose)| of_program(inventory, program, whose, by_manifest))
            .collect::<Vec<_>>(),
        "maps": inventory.maps.iter().map(of_map).collect::<Vec<_>>(),
        "links": inventory.links.iter().map(of_link).collect::<Vec<_>>(),
        "processes": inventory.processes.values().map(of_process).collect::<Vec<_>>(),
        "unread": inventory.unread.iter().map(|why| harmless(why.as_bytes())).collect::<Vec<_>>(),
    })
}

fn of_program(inventory: &Inventory, program: &Program, whose: &Whose, by_manifest: bool) -> Value {
    let on_manifest = by_manifest.then(|| whose.is_vouched());
    let unlisted = match whose {
        Whose::Unlisted(pids) => pids.clone(),
        _ => Vec::new(),
    };
    let links = inventory.links.iter().filter(|link| link.program == program.id);
    json!({
        "id": program.id,
        "type": harmless(program.kind.as_bytes()),
        "name": harmless(&program.name),
        "tag": program.tag,
        "loaded": program.loaded.map(day),
        "user": program.user,
        "maps": program.maps,
        "links": links.map(|link| link.id).collect::<Vec<_>>(),
        "attached_without_link": inventory.attachments_of(program).map(of_attachment).collect::<Vec<_>>(),
        "holders": program.kept.holders,
        "pins": pins(&program.kept),
        "own": *whose == Whose::Own,
        "on_manifest": on_manifest,
        "unlisted_holders": unlisted,
    })
}

fn of_map(map: &Map) -> Value {
    let [key, value] = map.sizes;
    json!({
        "id": map.id,
        "type": harmless(map.kind.as_bytes()),
        "name": harmless(&map.name),
        "key_bytes": key,
        "value_bytes": value,
        "entries": map.entries,
        "holders": map.kept.holders,
        "pins": pins(&map.kept),
    })
}

fn of_link(link: &Link) -> Value {
    let shown = |text: &Option<String>| text.as_deref().map(|text| harmless(text.as_bytes()));
    json!({
        "id": link.id,
        "type": harmless(link.kind.as_bytes()),
        "program": link.program,
        "place": shown(&link.place),
        "attached_as": shown(&link.attached),
        "holders": link.kept.holders,
        "pins": pins(&link.kept),
    })
}

fn of_attachment(attachment: &Attachment) -> Value {
    json!({
        "place": harmless(attachment.place.as_bytes()),
        "attached_as": attachment.attached,
    })
}

fn of_process(holder: &Holder) -> Value {
    json!({
        "pid": holder.pid,
        "name": harmless(&holder.name),
        "path": harmless(&holder.path),
        "sha256": holder.digest,
        "capabilities": holder.capabilities,
        "host_users": holder.of_host,
        "container": holder.shown_container(harmless),
        "own": holder.own,
    })
}

fn pins(kept: &Kept) -> Vec<String> {
    kept.pins.iter().map(|pin| path(pin)).collect()
}
