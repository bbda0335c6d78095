//! Which lines of a text a change brought.
//!
//! In: a text before and after. Out: runs of lines of the latter that the former does not have in this order. Lines that occur once in both are
//! matched first (the "patience" order of B. Cohen), and what lies between by a shortest edit script (E. Myers, "An O(ND) difference algorithm and
//! its variations", 1986), so that the same lines are told that `git diff` tells, or nearly.

use std::collections::HashMap;

/// Edits of a stretch without a line that is matched at once, at most; a longer script is not looked for, and the stretch is new.
const MOST_EDITS: usize = 1_000;

/// Runs of lines, first and last, from 1, that are in `after` and were not in `before`.
#[must_use]
pub fn changed_lines(before: &str, after: &str) -> Vec<(u32, u32)> {
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let old = numbered(before, &mut numbers);
    let new = numbered(after, &mut numbers);
    let mut kept = vec![false; new.len()];
    keep(&old, &new, &mut kept);
    runs(kept.iter().map(|kept| !kept))
}

/// The lines of a text by numbers that are the same for the same lines. How a line ends makes no difference.
fn numbered<'a>(text: &'a str, numbers: &mut HashMap<&'a str, u32>) -> Vec<u32> {
    let number = |line: &'a str| {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        *numbers.entry(line).or_insert(next)
    };
    text.lines().map(number).collect()
}

/// Runs of what is true, first and last, counted from 1.
pub(super) fn runs(flags: impl Iterator<Item = bool>) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for (line, flag) in (1..).zip(flags) {
        match runs.last_mut() {
            Some((_, last)) if flag && *last + 1 == line => *last = line,
            _ if flag => runs.push((line, line)),
            _ => {}
        }
    }
    runs
}

/// Marks the lines of `new` that stand in `old`, in an order that both have.
fn keep(old: &[u32], new: &[u32], kept: &mut [bool]) {
    let same = |(a, b): &(&u32, &u32)| a == b;
    let head = old.iter().zip(new).take_while(same).count();
    let (old, new) = (tail(old, head), tail(new, head));
    let end = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    let count = new.len() - end;
    mark(kept, 0, head);
    mark(kept, head + count, end);
    let (old, new) = (start(old, old.len() - end), start(new, count));
    if old.is_empty() || new.is_empty() {
        return;
    }
    let Some(kept) = kept.get_mut(head..head + count) else {
        return;
    };
    let anchors = anchors(old, new);
    if anchors.is_empty() {
        return shortest(old, new, kept);
    }
    let (mut from_old, mut from_new) = (0, 0);
    for (in_old, in_new) in anchors.into_iter().chain([(old.len(), new.len())]) {
        let (left, right) = (old.get(from_old..in_old), new.get(from_new..in_new));
        if let (Some(left), Some(right), Some(kept)) = (left, right, kept.get_mut(from_new..in_new)) {
            keep(left, right, kept);
        }
        mark(kept, in_new, 1);
        (from_old, from_new) = (in_old + 1, in_new + 1);
    }
}

fn start(lines: &[u32], count: usize) -> &[u32] {
    lines.get(..count).unwrap_or_default()
}

fn tail(lines: &[u32], from: usize) -> &[u32] {
    lines.get(from..).unwrap_or_default()
}

fn mark(kept: &mut [bool], from: usize, count: usize) {
    for flag in kept.iter_mut().skip(from).take(count) {
        *flag = true;
    }
}

/// Lines that occur once in both: the longest series of them that stands in the same order, as places in both.
fn anchors(old: &[u32], new: &[u32]) -> Vec<(usize, usize)> {
    let (left, right) = (single(old), single(new));
    let mut pairs: Vec<(usize, usize)> = right
        .iter()
        .filter_map(|(line, in_new)| Some(((*left.get(line)?)?, (*in_new)?)))
        .collect();
    pairs.sort_unstable_by_key(|(_, in_new)| *in_new);
    // For each length the series that ends earliest in the old text: where its last pair is, and which pair is before each.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::new();
    let in_old = |at: usize| pairs.get(at).map_or(usize::MAX, |pair| pair.0);
    for at in 0..pairs.len() {
        let length = ends.partition_point(|end| in_old(*end) < in_old(at));
        before.push(length.checked_sub(1).and_then(|one| ends.get(one)).copied());
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut series = Vec::new();
    let mut next = ends.last().copied();
    while let Some(at) = next {
        series.extend(pairs.get(at));
        next = before.get(at).copied().flatten();
    }
    series.reverse();
    series
}

/// Where each line stands; none where it stands several times.
fn single(lines: &[u32]) -> HashMap<u32, Option<usize>> {
    let mut places = HashMap::new();
    for (at, line) in lines.iter().enumerate() {
        places
            .entry(*line)
            .and_modify(|place| *place = None)
            .or_insert(Some(at));
    }
    places
}

/// Marks what a shortest edit script leaves as it is.
fn shortest(old: &[u32], new: &[u32], kept: &mut [bool]) {
    let most = (old.len() + new.len()).min(MOST_EDITS);
    // How far each diagonal reaches in the old text, from `-edits` to `edits`, after each number of edits.
    let mut reached: Vec<Vec<usize>> = Vec::new();
    for edits in 0..=most {
        let mut row = Vec::with_capacity(2 * edits + 1);
        for at in 0..=2 * edits {
            let mut x = furthest(reached.last(), at);
            let mut y = down(x, at, edits);
            while x < old.len() && old.get(x) == new.get(y) {
                (x, y) = (x + 1, y + 1);
            }
            row.push(x);
            if x >= old.len() && y >= new.len() {
                reached.push(row);
                return walk_back(&reached, old.len(), new.len(), kept);
            }
        }
        reached.push(row);
    }
}

/// Where the diagonal at this place of a row begins: one line of the new text more, or one of the old text.
fn furthest(above: Option<&Vec<usize>>, at: usize) -> usize {
    let Some(above) = above else { return 0 };
    let (added, removed) = ways(above, at);
    added.max(removed).unwrap_or(0)
}

/// How far the text before reaches where a line is added, and where one is removed. The row above is shorter by one at both ends.
fn ways(above: &[usize], at: usize) -> (Option<usize>, Option<usize>) {
    let removed = at.checked_sub(2).and_then(|at| above.get(at));
    (above.get(at).copied(), removed.map(|x| x + 1))
}

/// The place in the new text of a place in the old one, on a diagonal: `x - y` is `at - edits`.
const fn down(x: usize, at: usize, edits: usize) -> usize {
    (x + edits).saturating_sub(at)
}

/// Follows the script from its end, and marks the lines that stay.
fn walk_back(reached: &[Vec<usize>], old: usize, new: usize, kept: &mut [bool]) {
    let mut at = (old + reached.len()).saturating_sub(new + 1);
    let mut x = old;
    for edits in (0..reached.len()).rev() {
        let above = edits.checked_sub(1).and_then(|row| reached.get(row));
        let begin = furthest(above, at);
        let from = down(begin, at, edits);
        mark(kept, from, x.saturating_sub(begin));
        let Some(above) = above else { return };
        let (added, removed) = ways(above, at);
        if added >= removed {
            x = begin;
        } else {
            x = begin.saturating_sub(1);
            at -= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_that_were_added_or_written_anew_are_told() {
        assert_eq!(changed_lines("a\nb\nc\n", "a\nb\nc\n"), []);
        assert_eq!(changed_lines("a\nb\nc\n", "a\nx\nb\nc\ny\nz\n"), [(2, 2), (5, 6)]);
        assert_eq!(changed_lines("a\nb\nc\n", "a\nB\nc\n"), [(2, 2)]);
        assert_eq!(changed_lines("a\nb\nc\n", "a\r\nc\r\n"), []);
        assert_eq!(changed_lines("", "a\nb"), [(1, 2)]);
        assert_eq!(changed_lines("a\n", ""), []);
    }

    #[test]
    fn a_function_that_is_put_between_others_is_new_and_they_are_not() {
        let one = |name: &str| format!("def {name}():\n    if x:\n        return\n\n");
        let before = one("a") + &one("c");
        let after = one("a") + &one("b") + &one("c");
        let lines: u32 = changed_lines(&before, &after)
            .iter()
            .map(|(first, last)| last - first + 1)
            .sum();
        assert_eq!(lines, 4);
    }

    #[test]
    fn a_text_of_which_nothing_stays_is_new_as_a_whole() {
        let text = |word: &str| {
            (0..3_000)
                .map(|line| format!("{word} {}\n", line % 7))
                .collect::<String>()
        };
        assert_eq!(changed_lines(&text("a"), &text("b")), [(1, 3_000)]);
    }

    proptest! {
        #[test]
        fn what_is_not_new_stood_there_in_this_order(before in "[abc\n]{0,60}", after in "[abc\n]{0,60}") {
            let changed = changed_lines(&before, &after);
            let is_new = |line: u32| changed.iter().any(|(first, last)| (*first..=*last).contains(&line));
            let mut old = before.lines();
            for (number, line) in (1..).zip(after.lines()) {
                if !is_new(number) {
                    prop_assert!(old.any(|other| other == line), "{number}: {line}");
                }
            }
        }

        #[test]
        fn no_more_lines_are_new_than_have_to_be(text in "[ab\n]{0,30}", at in 0..20_usize) {
            let lines: Vec<&str> = text.lines().collect();
            let at = at.min(lines.len());
            let mut longer = lines.clone();
            longer.insert(at, "new");
            let ended = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
            let told = changed_lines(&ended(&lines), &ended(&longer));
            prop_assert_eq!(told.iter().map(|(first, last)| last - first + 1).sum::<u32>(), 1);
        }
    }
}
