//! The parser of assignments around a keyword: any bytes, any place in them, any path.

#![no_main]

use bartizan_code::leak::generic::fuzz;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, u8, &[u8])| {
    let (at, length, bytes) = input;
    for path in ["a.py", "a.env", "a.yaml", "a.json", "a.xml", "Dockerfile", "a.sh", "a.sql"] {
        fuzz(path, bytes, usize::from(at), usize::from(length));
    }
});
