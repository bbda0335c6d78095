//! What stands somewhere else, too, as passages: runs that share lines are one.
//!
//! In: pairs of places of the same tokens, of which one is told. Out: for each passage that is told all places that hold some of it. A pattern
//! that repeats itself makes many pairs and one passage.

use crate::quality::duplication::Part;

/// Lines that stand somewhere else, too.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Passage {
    /// Where it is told
    pub(super) here: Part,
    /// Tokens of the longest run in it
    pub(super) tokens: usize,
    /// How many runs were put together
    pub(super) runs: usize,
    /// Where else it stands; what holds most of it first
    pub(super) others: Vec<Part>,
}

/// A pair of places: where it is told, where else it stands, and how many tokens they share.
pub(super) type Pair = (Part, Part, usize);

/// Puts pairs together that are told in the same lines, in the order of files and lines.
pub(super) fn passages(mut pairs: Vec<Pair>) -> Vec<Passage> {
    pairs.sort_unstable();
    let mut passages = Vec::new();
    let mut rest = pairs.as_slice();
    while let Some(&(mut here, _, _)) = rest.first() {
        let mut runs = 0;
        for (next, _, _) in rest {
            if next.file != here.file || next.first_line > here.last_line {
                break;
            }
            here.last_line = here.last_line.max(next.last_line);
            runs += 1;
        }
        let (own, left) = rest.split_at(runs);
        passages.push(Passage {
            here,
            tokens: own.iter().map(|(_, _, tokens)| *tokens).max().unwrap_or(0),
            runs,
            others: others(here, own),
        });
        rest = left;
    }
    passages
}

/// The other places, those put together that share lines.
fn others(here: Part, pairs: &[Pair]) -> Vec<Part> {
    let mut places: Vec<(Part, usize)> = pairs
        .iter()
        .filter_map(|(_, there, tokens)| Some((outside(here, *there)?, *tokens)))
        .collect();
    if places.is_empty() {
        // All of it lies within the passage, which repeats itself.
        places.extend(pairs.first().map(|(_, there, tokens)| (*there, *tokens)));
    }
    places.sort_unstable();
    let mut merged: Vec<(Part, usize)> = Vec::new();
    for (place, tokens) in places {
        match merged.last_mut() {
            Some((last, most)) if last.file == place.file && place.first_line <= last.last_line => {
                last.last_line = last.last_line.max(place.last_line);
                *most = tokens.max(*most);
            }
            _ => merged.push((place, tokens)),
        }
    }
    merged.sort_by_key(|(_, tokens)| std::cmp::Reverse(*tokens));
    merged.into_iter().map(|(place, _)| place).collect()
}

/// A place without the lines that are told themselves; none where nothing is left of it.
fn outside(here: Part, there: Part) -> Option<Part> {
    let is_apart =
        here.file != there.file || there.last_line < here.first_line || there.first_line > here.last_line;
    if is_apart {
        return Some(there);
    }
    if there.first_line < here.first_line {
        let last_line = here.first_line - 1;
        return Some(Part { last_line, ..there });
    }
    let first_line = here.last_line + 1;
    (there.last_line >= first_line).then_some(Part { first_line, ..there })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(file: usize, first_line: u32, last_line: u32) -> Part {
        Part {
            file,
            first_line,
            last_line,
        }
    }

    #[test]
    fn runs_that_share_lines_are_one_passage_and_others_are_not() {
        let found = passages(vec![
            (part(1, 40, 52), part(0, 1, 13), 110),
            (part(1, 34, 45), part(0, 30, 41), 120),
            (part(1, 53, 64), part(0, 80, 91), 130),
            (part(2, 40, 52), part(0, 1, 13), 110),
        ]);
        let expected = [
            (part(1, 34, 52), 120, 2, vec![part(0, 30, 41), part(0, 1, 13)]),
            (part(1, 53, 64), 130, 1, vec![part(0, 80, 91)]),
            (part(2, 40, 52), 110, 1, vec![part(0, 1, 13)]),
        ];
        let expected = expected.map(|(here, tokens, runs, others)| Passage {
            here,
            tokens,
            runs,
            others,
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn a_pattern_that_repeats_itself_names_the_lines_before_it() {
        let found = passages(vec![
            (part(0, 11, 20), part(0, 1, 10), 100),
            (part(0, 16, 30), part(0, 1, 15), 150),
            (part(0, 26, 50), part(0, 1, 25), 250),
        ]);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].here, &found[0].others),
            (part(0, 11, 50), &vec![part(0, 1, 10)])
        );
    }

    #[test]
    fn a_passage_all_of_which_lies_within_itself_still_names_a_place() {
        let found = passages(vec![
            (part(0, 1, 20), part(0, 15, 34), 100),
            (part(0, 12, 40), part(0, 5, 33), 150),
        ]);
        assert_eq!((found[0].here, found[0].others.len()), (part(0, 1, 40), 1));
    }
}
