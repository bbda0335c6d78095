//! Columns in characters. The vocabulary counts bytes; people and SARIF count characters. Only a source line can turn
//! one into the other, so an answer is given only where the snippet holds the line from its beginning.

use bartizan_model::{Finding, Snippet};

/// The line of `snippet` that holds the highlight of a finding whose primary location starts at `line`.
pub(crate) fn highlighted_line(snippet: &Snippet, line: u32) -> Option<(usize, &str)> {
    let index = usize::try_from(line.checked_sub(snippet.first_line)?).ok()?;
    snippet.lines.get(index).map(|text| (index, text.as_str()))
}

/// Byte offsets within `line` of the characters `start` to `end`, both clamped to the line.
pub(crate) fn byte_range(line: &str, (start, end): (u32, u32)) -> std::ops::Range<usize> {
    let offset = |chars: u32| {
        let chars = usize::try_from(chars).unwrap_or(usize::MAX);
        line.char_indices().nth(chars).map_or(line.len(), |(at, _)| at)
    };
    let from = offset(start);
    from..offset(end).max(from)
}

/// Start column and, where the span ends on the same line, end column of the primary location in characters from 1.
/// `None` where the snippet is missing or was cut on the left.
pub(crate) fn columns(finding: &Finding) -> Option<(u32, Option<u32>)> {
    let location = finding.primary()?;
    let snippet = finding.snippet.as_ref()?;
    let (_, line) = highlighted_line(snippet, location.line)?;
    let (start, end) = snippet.highlight;
    let prefix = byte_range(line, (0, start)).end;
    // A line cut on the left begins with an ellipsis, whose bytes could make up for what was cut.
    let is_whole = !line.starts_with('…') && u32::try_from(prefix).ok()? == location.column.checked_sub(1)?;
    let is_inside = end >= start && usize::try_from(end).is_ok_and(|end| end <= line.chars().count());
    let end = (location.end_line == location.line && is_inside).then_some(end + 1);
    is_whole.then_some((start + 1, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_found_by_their_bytes_and_clamped_to_the_line() {
        assert_eq!(byte_range("é=ab", (2, 4)), 3..5);
        assert_eq!(byte_range("ab", (1, 99)), 1..2);
        assert_eq!(byte_range("ab", (9, 3)), 2..2);
        assert_eq!(byte_range("", (0, 0)), 0..0);
    }
}
