//! Advisories are downloaded: a record that can be read can be put into an index, and the index opens and is searched.

#![no_main]

use bartizan_model::Timestamp;
use bartizan_supply::advisory::exploit::Exploits;
use bartizan_supply::advisory::index::{Builder, Index};
use bartizan_supply::advisory::record::Record;
use bartizan_supply::ecosystem::Ecosystem;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut exploits = Exploits::default();
    let _ = exploits.add_known(bytes);
    let _ = exploits.add_predicted(bytes);
    let Ok(record) = Record::read(bytes) else { return };
    let mut builder = Builder::new();
    builder.add(record.clone());
    let bytes = builder.finish(&exploits, Timestamp::from_unix_seconds(0)).expect("one record is small");
    let index = Index::open(bytes.as_slice()).expect("what was written opens");
    for affected in record.affected.iter().filter(|_| !record.withdrawn) {
        let Ok(ecosystem) = Ecosystem::parse(&affected.ecosystem) else { continue };
        let shelf = index.shelf(ecosystem.name()).expect("not damaged").expect("there");
        let name = bartizan_supply::advisory::naming::name(ecosystem.name(), &affected.name);
        let package = shelf.find(&name).expect("not damaged").expect("there");
        let mut entries = 0;
        let count = |_, _| {
            entries += 1;
            Ok(())
        };
        package.listed(|_| true, count).expect("not damaged");
        assert!(entries > 0);
    }
});
