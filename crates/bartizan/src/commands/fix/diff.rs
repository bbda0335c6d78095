//! What two texts differ in, in the unified form that `diff -u` and `patch` know.
//!
//! In: two texts. Out: the difference. It is always one that turns the first into the second; where edits are far apart, as here, it is short.

use std::fmt::Write as _;

/// Lines around a change that are shown.
const CONTEXT: usize = 3;
/// How far ahead lines that agree again are looked for.
const FURTHEST: usize = 2_000;

/// A run of lines that differ: lines of the old text from and to, and of the new.
type Change = ((usize, usize), (usize, usize));

/// The difference; empty where there is none.
pub(super) fn unified(path: &str, before: &str, after: &str) -> String {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let changes = changes(&old, &new);
    if changes.is_empty() {
        return String::new();
    }
    let mut out = format!("--- a/{path}\n+++ b/{path}\n");
    let mut at = 0;
    while let Some(first) = changes.get(at) {
        let mut end = at + 1;
        while let (Some(last), Some(next)) = (changes.get(end - 1), changes.get(end)) {
            if next.0.0 - last.0.1 > 2 * CONTEXT {
                break;
            }
            end += 1;
        }
        let group = changes.get(at..end).unwrap_or_default();
        hunk(&old, &new, (first, group), &mut out);
        at = end;
    }
    out
}

fn hunk(old: &[&str], new: &[&str], (first, group): (&Change, &[Change]), out: &mut String) {
    let Some(last) = group.last() else { return };
    let lead = first.0.0.min(CONTEXT);
    let trail = (old.len() - last.0.1).min(CONTEXT);
    let (old_start, old_end) = (first.0.0 - lead, last.0.1 + trail);
    let (new_start, new_end) = (first.1.0 - lead, last.1.1 + trail);
    let shown = |start: usize, end: usize| {
        let count = end - start;
        format!("{},{count}", if count == 0 { start } else { start + 1 })
    };
    let _ = writeln!(
        out,
        "@@ -{} +{} @@",
        shown(old_start, old_end),
        shown(new_start, new_end)
    );
    let mut put = |sign: char, lines: Option<&[&str]>| {
        for line in lines.unwrap_or_default() {
            let _ = write!(out, "{sign}{line}");
            if !line.ends_with('\n') {
                out.push_str("\n\\ No newline at end of file\n");
            }
        }
    };
    let mut at = old_start;
    for ((from, to), (new_from, new_to)) in group {
        put(' ', old.get(at..*from));
        put('-', old.get(*from..*to));
        put('+', new.get(*new_from..*new_to));
        at = *to;
    }
    put(' ', old.get(at..old_end));
}

fn changes(old: &[&str], new: &[&str]) -> Vec<Change> {
    let mut changes = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if old.get(i) == new.get(j) && i < old.len() {
            (i, j) = (i + 1, j + 1);
            continue;
        }
        let (skip, add) = again(old.get(i..).unwrap_or_default(), new.get(j..).unwrap_or_default());
        changes.push(((i, i + skip), (j, j + add)));
        (i, j) = (i + skip, j + add);
    }
    changes
}

/// How many lines of each to pass until both agree again: the fewest.
fn again(old: &[&str], new: &[&str]) -> (usize, usize) {
    for total in 1..FURTHEST.min(old.len() + new.len() + 1) {
        for skip in 0..=total.min(old.len()) {
            let add = total - skip;
            let ends = skip == old.len() && add == new.len();
            if ends || (skip < old.len() && old.get(skip) == new.get(add)) {
                return (skip, add);
            }
        }
    }
    (old.len(), new.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_shown_with_what_is_around_it() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n";
        let after = "1\n2\n3\n4\nx\n5\n6\n7\n8\n9\n10\n11\n12\ny\n14\n";
        assert_eq!(
            unified("f", before, after),
            "--- a/f\n+++ b/f\n@@ -2,6 +2,7 @@\n 2\n 3\n 4\n+x\n 5\n 6\n 7\n@@ -10,5 +11,5 @@\n 10\n 11\n 12\n-13\n+y\n 14\n"
        );
        assert_eq!(unified("f", before, before), "");
        assert!(unified("f", "a", "a\nb").contains("\\ No newline at end of file"));
    }

    proptest::proptest! {
        #[test]
        fn changes_turn_the_first_into_the_second(old in "[abc\n]{0,40}", new in "[abc\n]{0,40}") {
            let before: Vec<&str> = old.split_inclusive('\n').collect();
            let after: Vec<&str> = new.split_inclusive('\n').collect();
            let mut out = String::new();
            let mut at = 0;
            for ((from, to), (new_from, new_to)) in changes(&before, &after) {
                out.extend(before[at..from].iter().copied());
                out.extend(after[new_from..new_to].iter().copied());
                at = to;
            }
            out.extend(before[at..].iter().copied());
            assert_eq!(out, new);
        }
    }
}
