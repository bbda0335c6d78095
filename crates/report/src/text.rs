//! Making hostile text harmless, and laying text out in columns.
//!
//! Terminals act on C0 and C1 control characters, and bidirectional controls make text read differently from its
//! bytes (<https://trojansource.codes/>). Both are shown as visible escapes.

use bartizan_model::text::{is_unsafe, push_visible};
use std::borrow::Cow;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// `text` as one harmless line: control characters become visible escapes.
pub(crate) fn line(text: &str) -> String {
    escape(text, |_| false)
}

/// `text` with its line ends, every line harmless.
pub(crate) fn lines(text: &str) -> String {
    escape(&text.replace("\r\n", "\n"), |c| c == '\n')
}

fn escape(text: &str, keep: impl Fn(char) -> bool) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if keep(c) => safe.push(c),
            '\t' => safe.push(' '),
            c => push_visible(&mut safe, c),
        }
    }
    safe
}

/// A source line made harmless character by character, so that positions in it stay true. Tabs stay.
pub(crate) fn source_line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| is_unsafe(c) && c != '\t') {
        return Cow::Borrowed(text);
    }
    let visible = |c: char| match c {
        '\t' => c,
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        c if is_unsafe(c) => '\u{fffd}',
        c => c,
    };
    Cow::Owned(text.chars().map(visible).collect())
}

/// Columns `text` takes on a terminal.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// `text` cut to `columns`, with an ellipsis where something was cut.
pub(crate) fn fit(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let mut cut = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += most_columns(c);
        if used + 1 > columns {
            break;
        }
        cut.push(c);
    }
    cut.push('…');
    Cow::Owned(cut)
}

/// The most columns that `c` adds to a text. Characters that join take fewer together than apart; only the selector of
/// the emoji presentation widens what stands before it (<https://www.unicode.org/reports/tr51/#Display>). A control
/// character counts as one, as it does in [`width`].
fn most_columns(c: char) -> usize {
    match c {
        '\u{fe0f}' => 1,
        c => c.width().unwrap_or(1),
    }
}

/// `text` broken at spaces into lines of at most `columns`; a longer word stands on its own line. Line ends in `text`
/// stay, and the indentation of a line is kept on the lines it is broken into.
pub(crate) fn wrap(text: &str, columns: usize) -> String {
    let mut wrapped = String::with_capacity(text.len() + 16);
    for (number, line) in text.lines().enumerate() {
        if number > 0 {
            wrapped.push('\n');
        }
        let indent: String = line.chars().take_while(|c| *c == ' ').collect();
        let mut used = 0;
        for word in line.split_whitespace() {
            let size = width(word);
            if used == 0 {
                wrapped.push_str(&indent);
                used = indent.len();
            } else if used + 1 + size > columns {
                wrapped.push('\n');
                wrapped.push_str(&indent);
                used = indent.len();
            } else {
                wrapped.push(' ');
                used += 1;
            }
            wrapped.push_str(word);
            used += size;
        }
    }
    wrapped
}

/// The first paragraph of a Markdown text as running text: what a manual says in short.
pub(crate) fn first_paragraph(markdown: &str) -> String {
    // A word in code may begin a sentence; a fence does not.
    let is_prose = |line: &&str| !line.starts_with(['#', '|', '>']) && !line.starts_with("```");
    let body = markdown
        .lines()
        .map(str::trim)
        .skip_while(|line| line.is_empty() || !is_prose(line));
    let paragraph: Vec<&str> = body.take_while(|line| !line.is_empty()).collect();
    plain(&paragraph.join(" "))
}

/// Markdown without its emphasis marks and link targets, for a terminal.
pub(crate) fn plain(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    let mut rest = markdown;
    while let Some((before, from)) = rest.split_once('[') {
        text.push_str(before);
        match from
            .split_once("](")
            .and_then(|(label, tail)| Some((label, tail.split_once(')')?.1)))
        {
            Some((label, after)) if !label.contains('[') && !label.contains('\n') => {
                text.push_str(label);
                rest = after;
            }
            _ => {
                text.push('[');
                rest = from;
            }
        }
    }
    text.push_str(rest);
    text.replace("**", "")
}

/// `count` and its noun: `1 file`, `2 files`.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(count))
}

/// A number with its thousands set apart: `12,345`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn terminal_controls_become_visible() {
        assert_eq!(
            line("a\u{1b}[31m\nb\u{9b}c\u{202e}d\te"),
            "a\\u{1b}[31m\\nb\\u{9b}c\\u{202e}d e"
        );
        assert_eq!(lines("a\r\nb\u{7}"), "a\nb\\u{7}");
        assert_eq!(
            source_line("\u{1b}\ta\u{202e}\u{9b}"),
            "\u{241b}\ta\u{fffd}\u{fffd}"
        );
    }

    #[test]
    fn text_is_wrapped_at_spaces_and_keeps_its_indentation() {
        assert_eq!(
            wrap("one two three\n  four five six", 9),
            "one two\nthree\n  four\n  five\n  six"
        );
        assert_eq!(wrap("averyveryverylongword b", 5), "averyveryverylongword\nb");
    }

    #[test]
    fn a_cut_text_ends_in_an_ellipsis_and_fits() {
        assert_eq!(fit("abcdef", 6), "abcdef");
        assert_eq!(fit("abcdefg", 6), "abcde…");
        assert_eq!(fit("日本語", 5), "日本…");
        assert_eq!(fit("*\u{fe0f}ab", 2), "*…");
        assert_eq!(fit("*\u{fe0f}ab", 3), "*\u{fe0f}…");
    }

    #[test]
    fn a_manual_in_short_is_its_first_paragraph_without_marks() {
        let manual = "# Title\n\nA **key** in\nthe [docs](https://example.com/a). Arrays a[0].\n\nMore.";
        assert_eq!(first_paragraph(manual), "A key in the docs. Arrays a[0].");
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(counted(1, "file"), "1 file");
    }

    proptest! {
        #[test]
        fn a_source_line_keeps_its_number_of_characters(text in "\\PC*|.*") {
            prop_assert_eq!(source_line(&text).chars().count(), text.chars().count());
        }

        #[test]
        fn nothing_unsafe_is_left(text in any::<String>()) {
            prop_assert!(!line(&text).chars().any(is_unsafe));
            prop_assert!(!lines(&text).chars().any(|c| is_unsafe(c) && c != '\n'));
        }

        #[test]
        fn a_fitted_text_never_exceeds_its_columns(
            // Beside any text: what changes the width of its neighbours (selectors, joiners, flags, skin tones, jamo).
            text in prop_oneof![
                any::<String>(),
                "[*#0-9a♥☺👩💻🇦🇧🏽\u{fe0e}\u{fe0f}\u{200d}\u{20e3}\u{1100}\u{1160}\u{11a8}\u{644}\u{627}\u{338}=]{0,40}",
            ],
            columns in 1usize..40,
        ) {
            let text = line(&text);
            prop_assert!(width(&fit(&text, columns)) <= columns);
        }
    }
}
