//! Files around a change in short: the landmarks by which duplicates are found, so that only files are read that hold some of the change.

use super::REVISION;
use super::measure::{Measured, parsed};
use crate::quality::duplication::{Limits, Tokens, all_windows, landmarks};
use crate::quality::role::is_generated;
use bartizan_engine::rule::Lines;
use bartizan_engine::{Input, Meta, Part, Sketches};
use bartizan_model::FingerprintBuilder;

/// Bytes of a landmark.
const BYTES: usize = size_of::<u64>();

/// Tells files by the landmarks of their tokens, eight bytes each.
pub(super) struct Landmarks;

impl Sketches for Landmarks {
    fn digest(&self) -> [u8; 32] {
        let limits = format!("{:?}", Limits::default());
        Meta::digest_of(
            FingerprintBuilder::new("quality/landmarks")
                .part(REVISION)
                .part(limits.as_bytes()),
        )
    }

    fn sketch(&self, input: &Input<'_>) -> Vec<u8> {
        let Ok((text, _)) = Lines::of_text(input) else {
            return Vec::new();
        };
        if is_generated(text) {
            return Vec::new();
        }
        let tokens = Tokens::of(&parsed(input.path(), text).ast, text);
        let landmarks = landmarks(&tokens, Limits::default());
        landmarks.into_iter().flat_map(u64::to_le_bytes).collect()
    }

    fn matching(&self, parts: &[(String, Part)], sketches: &[&[u8]]) -> Vec<usize> {
        let own = parts.iter().filter_map(|(_, part)| match part.downcast_ref() {
            Some(Measured::Own(own)) => own.tokens.as_ref(),
            _ => None,
        });
        let windows = all_windows(own, Limits::default());
        let is_shared = |sketch: &[u8]| {
            let landmarks = sketch
                .chunks_exact(BYTES)
                .filter_map(|bytes| bytes.try_into().ok());
            landmarks
                .map(u64::from_le_bytes)
                .any(|landmark| windows.contains(&landmark))
        };
        let matching = sketches
            .iter()
            .enumerate()
            .filter(|(_, sketch)| is_shared(sketch));
        matching.map(|(at, _)| at).collect()
    }
}
