//! Edits of a text that belong together.
//!
//! In: a text and groups of edits. Out: the text with each group made wholly or, where it would touch another, not at all.

use std::ops::Range;

/// What stands in a range is replaced; an empty range is an insertion.
#[derive(Debug)]
pub(super) struct Edit {
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

/// Edits that only make sense together.
pub(super) type Group = Vec<Edit>;

/// What opens a body: no place has it twice.
pub(super) const BRACE: &str = "{ ";

pub(super) fn insert(at: usize, text: impl Into<String>) -> Edit {
    Edit {
        range: at..at,
        text: text.into(),
    }
}

pub(super) fn replace(range: Range<usize>, text: impl Into<String>) -> Edit {
    Edit {
        range,
        text: text.into(),
    }
}

pub(super) fn apply(text: &str, groups: Vec<Group>) -> String {
    let mut made: Vec<Edit> = Vec::new();
    for group in groups {
        let apart = group
            .iter()
            .all(|edit| made.iter().all(|other| apart(edit, other)));
        if apart {
            made.extend(group);
        }
    }
    // Of what begins at one place, insertions come first, in their order.
    made.sort_by_key(|edit| (edit.range.start, !edit.range.is_empty()));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in made {
        out.push_str(text.get(at..edit.range.start).unwrap_or_default());
        out.push_str(&edit.text);
        at = edit.range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

fn apart(one: &Edit, other: &Edit) -> bool {
    let twice = one.range == other.range && one.text == BRACE && other.text == BRACE;
    !twice && (one.range.end <= other.range.start || other.range.end <= one.range.start)
}

#[cfg(test)]
mod tests {
    use super::{apply, insert, replace};

    #[test]
    fn a_group_that_would_touch_another_is_left_out_wholly() {
        let groups = vec![
            vec![replace(2..4, "X")],
            vec![insert(0, "no"), replace(3..5, "Y")],
            vec![insert(6, "!")],
        ];
        assert_eq!(apply("abcdef", groups), "abXef!");
    }

    #[test]
    fn insertions_stand_before_what_begins_there() {
        let groups = vec![vec![replace(1..2, "X")], vec![insert(1, "-")]];
        assert_eq!(apply("abc", groups), "a-Xc");
    }
}
