//! An index file may be anything, and a section may pass its digest and still be of no form that was ever written: opening and
//! searching end with an error or a result.

#![no_main]

use bartizan_supply::advisory::index::Index;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    try_it(bytes);
    // A whole index with the input as the section of one ecosystem.
    let (ids, shelf) = bytes.split_at(bytes.len().min(usize::from(bytes.first().copied().unwrap_or(0))));
    try_it(&around(&[("#ids", ids), ("npm", shelf), ("#imports", shelf), ("#sources", shelf)]));
});

fn try_it(bytes: &[u8]) {
    let Ok(index) = Index::open(bytes) else { return };
    let _ = index.verify();
    let _ = index.origins();
    let Ok(Some(shelf)) = index.shelf("npm") else { return };
    for name in ["", "a", "left", "zz"] {
        let Ok(Some(package)) = shelf.find(name) else { continue };
        let _ = package.listed(
            |release| release.is_none_or(|release| release.len() < 8),
            |place, listed| {
                let _ = shelf.advisory(place);
                let _ = index.imports(name, &listed);
                Ok(())
            },
        );
    }
}

fn around(sections: &[(&str, &[u8])]) -> Vec<u8> {
    let varint = |out: &mut Vec<u8>, mut number: usize| {
        while number >= 0x80 {
            out.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        out.push(number as u8);
    };
    let mut directory = vec![0; 10];
    for (name, bytes) in sections {
        varint(&mut directory, name.len());
        directory.extend_from_slice(name.as_bytes());
        varint(&mut directory, bytes.len());
        directory.push(1);
        directory.extend_from_slice(blake3::hash(bytes).as_bytes());
    }
    let mut file = b"BZTADVIX\x01\0\0\0".to_vec();
    file.extend_from_slice(&(directory.len() as u32).to_le_bytes());
    file.extend_from_slice(blake3::hash(&directory).as_bytes());
    file.extend_from_slice(&directory);
    for (_, bytes) in sections {
        file.extend_from_slice(bytes);
    }
    file
}
