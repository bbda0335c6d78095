//! Opens an advisory index and matches an inventory with it, and prints what both cost, as JSON.
//!
//! `cargo run --release -p bartizan-supply --example match_index -- INDEX COMPONENTS [ROUNDS]`, where `COMPONENTS` has one component a
//! line: ecosystem, name and version, separated by tabs.

#![allow(clippy::print_stdout, reason = "a measuring tool prints its measure")]
#![allow(
    clippy::disallowed_methods,
    reason = "it reads its own input and measures time, which the crate itself never does"
)]

use bartizan_model::{Component, Location, PackageUrlParts};
use bartizan_supply::advisory::index::{Index, Storage};
use bartizan_supply::advisory::matching;
use std::error::Error;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::time::Instant;

struct OnDisk(File);

impl Storage for OnDisk {
    fn size(&self) -> Result<u64, String> {
        self.0
            .metadata()
            .map(|about| about.len())
            .map_err(|error| error.to_string())
    }

    fn read(&self, offset: u64, length: usize) -> Result<Vec<u8>, String> {
        let mut bytes = vec![0; length];
        self.0
            .read_exact_at(&mut bytes, offset)
            .map_err(|error| error.to_string())?;
        Ok(bytes)
    }
}

fn component(line: &str) -> Option<Component> {
    let mut cells = line.split('\t');
    let (ecosystem, name, version) = (cells.next()?, cells.next()?, cells.next()?);
    let purl = PackageUrlParts {
        kind: "generic".to_owned(),
        name: name.to_owned(),
        version: Some(version.to_owned()),
        ..PackageUrlParts::default()
    };
    let mut component = Component::new(purl.build().ok()?, name, "bench", Location::of_file("list"));
    component.ecosystem = Some(ecosystem.to_owned());
    Some(component)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "match_index INDEX COMPONENTS [ROUNDS]";
    let index = arguments.next().ok_or(usage)?;
    let components = arguments.next().ok_or(usage)?;
    let rounds: u32 = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let text = std::fs::read_to_string(components)?;
    let components: Vec<Component> = text.lines().filter_map(component).collect();
    let mut matched = Vec::new();
    let (mut findings, mut unjudged, mut records) = (0, 0, 0);
    let mut opened = Vec::new();
    for _ in 0..rounds.max(1) {
        let began = Instant::now();
        let index = Index::open(OnDisk(File::open(&index)?))?;
        opened.push(began.elapsed().as_secs_f64() * 1e3);
        let began = Instant::now();
        let matches = matching::find(&index, &components, 0)?;
        matched.push(began.elapsed().as_secs_f64() * 1e3);
        (findings, unjudged) = (matches.findings.len(), matches.unjudged.len());
        records = index.counts().records;
    }
    println!(
        "{{\"components\":{},\"records\":{records},\"findings\":{findings},\"unjudged\":{unjudged},\"open_ms\":{opened:?},\"match_ms\":{matched:?}}}",
        components.len()
    );
    Ok(())
}
