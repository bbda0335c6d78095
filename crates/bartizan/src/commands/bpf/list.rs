//! `bartizan bpf list`: what is in the kernel, held against a manifest where one is named.

use bartizan_engine::system::{Machine, System};
use bartizan_sensor::inventory::Inventory;

use super::show;
use crate::args::BpfListArgs;
use crate::error::{Code, Error, Outcome};
use crate::loaders;
use crate::loaders::judge::{Whose, whose};
use crate::output;
use crate::table::counted;
use crate::terminal::Terminal;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Text,
    Json,
}

const FORMATS: [(&str, Format); 2] = [("text", Format::Text), ("json", Format::Json)];

pub(super) fn run(args: &BpfListArgs, terminal: Terminal) -> Outcome {
    let (format, file) = output::destination(&args.output.output, "bpf list", &FORMATS)?;
    // What is wrong with the manifest is said before anything else is done.
    let listed = match (&args.manifest, &args.key) {
        (Some(manifest), Some(key)) => Some(loaders::verified(manifest, key, Machine.now())?),
        _ => None,
    };
    let mut inventory = Inventory::take().map_err(|error| Error::usage(error.to_string(), error.help()))?;
    inventory.add_attachments();
    let judged: Vec<Whose> = inventory
        .programs
        .iter()
        .map(|program| whose(&inventory, program, listed.as_deref()))
        .collect();
    let text = match format {
        Format::Text => show::text(&inventory, &judged),
        Format::Json => output::pretty(&show::json(&inventory, &judged, listed.is_some()))?,
    };
    match file {
        Some(file) => output::write_file(&file, text.as_bytes())?,
        None => output::print(text)?,
    }
    for why in &inventory.unread {
        terminal.warn(bartizan_model::text::line(why));
    }
    let unvouched = judged.iter().filter(|whose| !whose.is_vouched()).count();
    let capable = inventory.processes.values();
    terminal.note(format!(
        "{}, {}, {}; {} may load more{}",
        counted(inventory.programs.len(), "program"),
        counted(inventory.maps.len(), "map"),
        counted(inventory.links.len(), "link"),
        match capable.filter(|holder| !holder.capabilities.is_empty()).count() {
            1 => "1 process".to_owned(),
            count => format!("{count} processes"),
        },
        match (&listed, unvouched) {
            (None, _) => String::new(),
            (Some(_), 0) => "; all belong to who is on the manifest".to_owned(),
            (Some(_), 1) => "; 1 program does not belong to who is on the manifest".to_owned(),
            (Some(_), count) => format!("; {count} programs do not belong to who is on the manifest"),
        }
    ));
    Ok(if unvouched > 0 && !args.exit_zero {
        Code::Failed as u8
    } else if inventory.unread.is_empty() {
        0
    } else {
        Code::Unknown as u8
    })
}
