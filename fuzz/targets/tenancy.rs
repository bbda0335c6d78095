//! Manifests come from anywhere: reading ends, and whatever was understood is judged without an accident.

#![no_main]

use bartizan_deploy::tenancy::{Declared, File, Matrix, World};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let files = [File {
        path: "fuzz.yaml",
        text,
    }];
    let world = World::read(&files, &Declared::default());
    let matrix = Matrix::new(&world);
    for one in matrix.broken() {
        assert!(!one.reason.contains(char::is_control), "{:?}", one.reason);
        for proof in &one.proofs {
            assert!(!proof.text.contains(char::is_control));
            let _ = matrix.place(proof);
        }
    }
    assert!(matrix.pairs().count() <= 1_100_000);
});
