//! Archives come from anywhere: for any bytes, expanding them ends, stays within its bounds, delivers windows in order and names
//! members so that no name leads out of the archive.

#![no_main]

use bartizan_model::Skipped;
use bartizan_source::{
    ArchiveLimits, Consumer, FileMeta, Interest, Source, SourceOptions, StdinSource, Unit, WindowSize,
};
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

const EXPANDED: u64 = 1 << 20;

#[derive(Default)]
struct Checked {
    bytes: u64,
    end: u64,
    skipped: Vec<String>,
}

impl Consumer for Checked {
    fn wants(&mut self, meta: &FileMeta) -> Interest {
        assert!(!meta.path.split(['/', '!']).any(|part| part == ".."), "{}", meta.path);
        Interest::Whole
    }

    fn unit(&mut self, unit: Unit<'_>) {
        let window = unit.window;
        assert!(window.overlap <= unit.bytes.len());
        assert!(window.offset == 0 || window.offset + window.overlap as u64 == self.end);
        self.end = window.offset + unit.bytes.len() as u64;
        self.bytes += (unit.bytes.len() - window.overlap) as u64;
    }

    fn skipped(&mut self, skipped: Skipped) {
        self.skipped.push(skipped.path);
    }

    fn stopped(&self) -> bool {
        false
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((first, bytes)) = data.split_first() else { return };
    // Standard input cannot be sought: a zip archive is read by its directory only inside another archive.
    let input = if first & 1 == 0 { bytes.to_vec() } else { as_member(bytes) };
    let size = input.len() as u64;
    let options = SourceOptions {
        windows: WindowSize::new(4096, 256),
        archives: ArchiveLimits { expanded: EXPANDED, members: 100, nested: 64 << 10, ..ArchiveLimits::default() },
        ..SourceOptions::default()
    };
    let source = StdinSource::new(Box::new(Cursor::new(input)), &options);
    let mut checked = Checked::default();
    for entry in source.list(&mut Vec::new()).expect("standard input is always listed") {
        source.read(&entry, &mut Vec::new(), &mut checked);
    }
    assert!(checked.bytes <= EXPANDED + size, "{} bytes of {size}", checked.bytes);
});

/// A tar archive with one member.
fn as_member(bytes: &[u8]) -> Vec<u8> {
    let mut archive = vec![0; 512];
    archive[0] = b'm';
    archive[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
    archive[156] = b'0';
    archive[257..262].copy_from_slice(b"ustar");
    archive[148..156].fill(b' ');
    let sum: u32 = archive.iter().map(|byte| u32::from(*byte)).sum();
    archive[148..154].copy_from_slice(format!("{sum:06o}").as_bytes());
    archive.extend_from_slice(bytes);
    archive.resize(archive.len().next_multiple_of(512), 0);
    archive
}
