//! Keeps the text of secrets out of everything that is written: masks it for people.

use bartizan_engine::Input;
use bartizan_model::Snippet;
use std::ops::Range;

/// Longest line shown, in characters.
const WIDEST: usize = 160;
/// Characters kept before the highlighted part of a line that is cut.
const LEAD: usize = 60;

/// A secret as it may be shown: its first characters when it is long enough to spare them, and its length.
pub(crate) fn masked(secret: &[u8]) -> String {
    let text: String = String::from_utf8_lossy(secret)
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let length = text.chars().count();
    let shown = spared(length);
    let head: String = text.chars().take(shown).collect();
    format!("{head}**** ({length} characters)")
}

/// The line of the first of `secrets` with every one of `secrets` masked, the first highlighted.
pub(crate) fn snippet(
    input: &Input<'_>,
    primary: &Range<usize>,
    secrets: &[Range<usize>],
    first_line: u32,
) -> Snippet {
    let (line_start, line) = input.line_at(primary.start);
    let keep = spared(primary.len());
    let mut shown = String::new();
    let mut highlight = (0, 0);
    let mut at = 0;
    while at < line.len() {
        let offset = line_start + at;
        if let Some(secret) = secrets.iter().find(|secret| secret.contains(&offset)) {
            let end = secret.end.min(line_start + line.len());
            let from = shown.chars().count();
            push_masked(
                &mut shown,
                line,
                at,
                end - line_start,
                if secret == primary { keep } else { 0 },
            );
            if secret.start == primary.start {
                highlight = (from, shown.chars().count());
            }
            at = end - line_start;
        } else {
            let end =
                next_secret(secrets, offset).map_or(line.len(), |start| (start - line_start).min(line.len()));
            push_plain(&mut shown, line.get(at..end).unwrap_or_default());
            at = end.max(at + 1);
        }
    }
    cut(&shown, highlight, first_line)
}

/// How many characters of a secret may be shown, given its length: none of a short one.
const fn spared(length: usize) -> usize {
    match length {
        0..=11 => 0,
        12..=23 => 2,
        _ => 4,
    }
}

fn next_secret(secrets: &[Range<usize>], offset: usize) -> Option<usize> {
    secrets
        .iter()
        .map(|secret| secret.start)
        .filter(|start| *start > offset)
        .min()
}

fn push_plain(shown: &mut String, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    shown.extend(text.chars().map(|c| match c {
        '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }));
}

/// One star for each character, after the first `keep`, which are shown.
fn push_masked(shown: &mut String, line: &[u8], from: usize, to: usize, keep: usize) {
    let text = String::from_utf8_lossy(line.get(from..to).unwrap_or_default());
    let stars = text
        .chars()
        .enumerate()
        .map(|(i, c)| if i < keep && c.is_ascii_graphic() { c } else { '*' });
    shown.extend(stars);
}

/// Cuts the line so that the highlight is seen.
fn cut(shown: &str, highlight: (usize, usize), first_line: u32) -> Snippet {
    let length = shown.chars().count();
    let (mut start, mut end) = highlight;
    if length <= WIDEST {
        let text = shown.trim_end().to_owned();
        return Snippet {
            first_line,
            lines: vec![text],
            highlight: (clamp(start), clamp(end)),
        };
    }
    let from = start.saturating_sub(LEAD).min(length.saturating_sub(WIDEST));
    let mut text: String = shown.chars().skip(from).take(WIDEST).collect();
    start -= from;
    end = (end - from).min(WIDEST);
    if from > 0 {
        text = format!("…{}", text.chars().skip(1).collect::<String>());
    }
    if from + WIDEST < length {
        text.pop();
        text.push('…');
    }
    Snippet {
        first_line,
        lines: vec![text],
        highlight: (clamp(start), clamp(end)),
    }
}

fn clamp(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_source::FileMeta;
    use proptest::prelude::*;

    fn meta() -> FileMeta {
        FileMeta {
            path: "a".into(),
            size: 0,
            commit: None,
            author: None,
            layer: None,
        }
    }

    #[test]
    fn short_secrets_show_nothing_and_long_ones_their_kind() {
        assert_eq!(masked(b"hunter2"), "**** (7 characters)");
        assert_eq!(masked(&[b'k'; 40]), "kkkk**** (40 characters)");
    }

    #[test]
    fn every_secret_of_the_line_is_masked() {
        let meta = meta();
        let text = b"user=root pass=hunter2 other=swordfish1\nnext";
        let input = Input::whole(&meta, text);
        let shown = snippet(&input, &(15..22), &[15..22, 29..39], 1);
        assert_eq!(shown.lines, ["user=root pass=******* other=**********"]);
        assert_eq!(shown.highlight, (15, 22));
    }

    proptest! {
        #[test]
        fn no_snippet_shows_a_secret(before in "[a-z =\\t]{0,300}", secret in "[A-Z0-9]{8,60}", after in "[a-z \\n]{0,300}") {
            let meta = meta();
            let text = format!("{before}{secret}{after}");
            let range = before.len()..before.len() + secret.len();
            let shown = snippet(&Input::whole(&meta, text.as_bytes()), &range, std::slice::from_ref(&range), 1);
            prop_assert!(!shown.lines.concat().contains(&secret));
            prop_assert!(shown.lines.concat().chars().count() <= WIDEST);
            prop_assert!(!masked(secret.as_bytes()).contains(&secret));
        }
    }
}
