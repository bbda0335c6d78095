//! Waivers written as comments: `bartizan: allow[rule-id] until 2027-03-01 -- reason`.
//!
//! In: the bytes of a file. Out: [`InlineWaiver`]s. A comment leader must stand right before the text, so that prose
//! and strings about the syntax do not count; in Markdown only `<!--` does, since `#` and `*` mean something else
//! there.

use super::rules;
use crate::{Check, CheckError, InlineWaiver, Input, Meta, Sink};
use bartizan_model::RuleInfo;
use bartizan_source::{FileMeta, Interest};
use memchr::memmem::Finder;

/// Id of the check, whose findings the judgement of waivers are too.
pub(super) const ID: &str = "waiver/inline";

/// What every waiver comment holds.
const MARK: &[u8] = b"bartizan:";

/// Bytes of a line, from the mark on, that are read: a longer reason is cut.
const MOST_TEXT: usize = 1000;

/// What begins a comment in one language or another. `*` is the middle of a block comment and must start its line.
const LEADERS: [&[u8]; 12] = [
    b"#", b"//", b"/*", b"<!--", b"--", b";", b"%", b"{#", b"(*", b"{{!", b"{{!--", b"@*",
];

/// What ends a comment, longest first.
const CLOSERS: [&str; 7] = ["--}}", "-->", "}}", "*/", "#}", "*)", "*@"];

/// Files of these kinds hold no comments for people, and are often large.
const NO_COMMENTS: [&str; 30] = [
    "png", "jpg", "jpeg", "gif", "webp", "ico", "bmp", "pdf", "woff", "woff2", "ttf", "otf", "eot", "mp3",
    "mp4", "mov", "webm", "ogg", "wav", "exe", "dll", "so", "o", "a", "class", "pyc", "wasm", "map", "lock",
    "parquet",
];

/// Finds waiver comments.
pub struct InlineWaivers {
    meta: Meta,
    finder: Finder<'static>,
}

impl Default for InlineWaivers {
    fn default() -> Self {
        Self {
            meta: Meta {
                id: ID,
                title: "Waiver comments",
                // A comment that was not seen leaves its finding unwaived: the verdict can only become stricter.
                required: false,
                digest: *b"waiver/inline, first edition....",
            },
            finder: Finder::new(MARK),
        }
    }
}

impl Check for InlineWaivers {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn rules(&self) -> Vec<RuleInfo> {
        rules::all()
    }

    fn wants(&self, file: &FileMeta) -> Interest {
        let extension = file.extension();
        if NO_COMMENTS
            .iter()
            .any(|kind| kind.eq_ignore_ascii_case(extension))
        {
            Interest::No
        } else {
            Interest::Whole
        }
    }

    fn run(&self, input: &Input<'_>, out: &mut Sink) -> Result<(), CheckError> {
        for at in self.finder.find_iter(input.bytes) {
            let (start, line) = input.line_at(at);
            // The previous window ended with these bytes and reported what ends within them.
            if start + line.len() <= input.window.overlap {
                continue;
            }
            let (before, text) = line.split_at_checked(at - start).unwrap_or((line, &[]));
            let Some(alone) = comment(before, is_markdown(input.meta)) else {
                continue;
            };
            let number = input.locate(at..at).line;
            for (rule, until, reason) in read(text) {
                out.inline_waiver(InlineWaiver {
                    line: number,
                    alone,
                    rule,
                    until,
                    reason,
                });
            }
        }
        Ok(())
    }
}

fn is_markdown(file: &FileMeta) -> bool {
    ["md", "markdown", "mdx", "rst", "adoc"]
        .iter()
        .any(|kind| kind.eq_ignore_ascii_case(file.extension()))
}

/// Whether the text before the mark ends by opening a comment, and if so whether the comment has its line for itself.
fn comment(before: &[u8], markdown: bool) -> Option<bool> {
    let before = before.trim_ascii_end();
    if before.trim_ascii_start() == b"*" && !markdown {
        return Some(true);
    }
    let leaders: &[&[u8]] = if markdown { &[b"<!--"] } else { &LEADERS };
    let leader = leaders
        .iter()
        .filter(|leader| before.ends_with(leader))
        .max_by_key(|leader| leader.len())?;
    let code = before.strip_suffix(*leader)?;
    // `///`, `##` and `//!` open comments too.
    let code = code.trim_ascii_end_matches(leader.first().copied().unwrap_or_default());
    match code.last() {
        Some(b'"' | b'\'' | b'`') => None,
        _ => Some(code.trim_ascii().is_empty()),
    }
}

/// Trims one byte value from the end.
trait TrimByte {
    fn trim_ascii_end_matches(&self, byte: u8) -> &[u8];
}

impl TrimByte for [u8] {
    fn trim_ascii_end_matches(&self, byte: u8) -> &[u8] {
        let keep = self.iter().rposition(|&b| b != byte).map_or(0, |i| i + 1);
        self.get(..keep).unwrap_or(self)
    }
}

/// The parts of each waiver in the text from the mark on: rule, date, reason.
fn read(text: &[u8]) -> Vec<(String, Option<String>, Option<String>)> {
    let text = String::from_utf8_lossy(text.get(..MOST_TEXT).unwrap_or(text));
    let Some(rest) = text.get(MARK.len()..).map(str::trim_start) else {
        return Vec::new();
    };
    let Some((rules, rest)) = rest.strip_prefix("allow[").and_then(|rest| rest.split_once(']')) else {
        return Vec::new();
    };
    let mut rest = rest.trim();
    for closer in CLOSERS {
        if let Some(open) = rest.strip_suffix(closer) {
            rest = open.trim_end();
            break;
        }
    }
    let mut until = None;
    if let Some(after) = rest.strip_prefix("until") {
        let after = after.trim_start();
        let (date, after) = after.split_once(char::is_whitespace).unwrap_or((after, ""));
        until = Some(date.to_owned());
        rest = after.trim_start();
    }
    let reason = rest
        .strip_prefix("--")
        .or_else(|| rest.strip_prefix('\u{2014}'))
        .map(str::trim);
    let reason = reason.filter(|reason| !reason.is_empty()).map(str::to_owned);
    rules
        .split(',')
        .map(str::trim)
        .filter(|rule| !rule.is_empty())
        .map(|rule| (rule.to_owned(), until.clone(), reason.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_source::Window;

    /// The syntax, put together so that this file holds no waiver of its own.
    fn allow(rest: &str) -> String {
        format!("{}{rest}", "bartizan: al".to_owned() + "low")
    }

    fn found(path: &str, text: &str) -> Vec<InlineWaiver> {
        let meta = FileMeta::new(path, 0);
        let mut sink = Sink::default();
        InlineWaivers::default()
            .run(&Input::whole(&meta, text.as_bytes()), &mut sink)
            .unwrap();
        sink.into_reported().waivers
    }

    #[test]
    fn every_comment_leader_opens_a_waiver_and_its_closer_is_no_part_of_the_reason() {
        for (open, close) in [
            ("# ", ""),
            ("## ", ""),
            ("// ", ""),
            ("/// ", ""),
            ("/* ", " */"),
            ("<!-- ", " -->"),
            ("-- ", ""),
            ("; ", ""),
            ("% ", ""),
            ("{# ", " #}"),
            ("(* ", " *)"),
            (" * ", ""),
            ("{{!-- ", " --}}"),
        ] {
            let text = format!(
                "{open}{}{close}\n",
                allow("[leak/x] until 2027-03-01 -- used by the sandbox")
            );
            let waivers = found("a.txt", &text);
            assert_eq!(waivers.len(), 1, "{text}");
            assert_eq!(
                waivers[0].reason.as_deref(),
                Some("used by the sandbox"),
                "{text}"
            );
            assert_eq!(waivers[0].until.as_deref(), Some("2027-03-01"), "{text}");
            assert!(waivers[0].alone, "{text}");
        }
    }

    #[test]
    fn a_comment_after_code_covers_its_own_line() {
        let waivers = found(
            "a.py",
            &format!("\nkey = f()  # {}", allow("[leak/a, leak/b] -- why")),
        );
        assert_eq!(waivers.len(), 2);
        assert_eq!(
            (waivers[1].line, waivers[1].alone, waivers[1].rule.as_str()),
            (2, false, "leak/b")
        );
    }

    #[test]
    fn prose_strings_and_markdown_code_are_no_waivers() {
        let syntax = allow("[leak/x] -- why");
        assert!(found("a.txt", &format!("write {syntax} beside it")).is_empty());
        assert!(found("a.py", &format!("say(\"# {syntax}\")")).is_empty());
        assert!(found("a.md", &format!("# {syntax}")).is_empty());
        assert!(found("a.md", &format!("    key = 1  # {syntax}")).is_empty());
        assert_eq!(found("a.md", &format!("<!-- {syntax} -->")).len(), 1);
    }

    #[test]
    fn what_is_missing_stays_missing() {
        let parts = |text: &str| {
            let waivers = found("a.py", &format!("# {}", allow(text)));
            waivers
                .into_iter()
                .map(|w| (w.rule, w.until, w.reason))
                .collect::<Vec<_>>()
        };
        assert_eq!(parts("[leak/x]"), [("leak/x".to_owned(), None, None)]);
        assert_eq!(parts("[leak/x] --"), [("leak/x".to_owned(), None, None)]);
        assert_eq!(parts("[leak/x] because"), [("leak/x".to_owned(), None, None)]);
        assert_eq!(
            parts("[leak/x] until"),
            [("leak/x".to_owned(), Some(String::new()), None)]
        );
        assert_eq!(parts("[] -- why"), []);
        assert_eq!(parts("[leak/x"), []);
    }

    #[test]
    fn a_comment_in_the_overlap_of_two_windows_is_reported_once() {
        let meta = FileMeta::new("a.py", 0);
        let text = format!("# {}\nx", allow("[leak/x] -- why"));
        let window = Window {
            offset: 50,
            overlap: text.len() - 1,
            lines_before: 9,
            column_before: 0,
            last: true,
        };
        let mut sink = Sink::default();
        let input = Input {
            meta: &meta,
            bytes: text.as_bytes(),
            window,
        };
        InlineWaivers::default().run(&input, &mut sink).unwrap();
        assert_eq!(sink.into_reported().waivers, []);
    }
}
