//! Markdown of manuals as text for a terminal: wrapped, with headings, lists and code in colours.

use crate::terminal::Terminal;

/// Columns of text where the terminal's width is unknown, and at most.
const COLUMNS: usize = 100;

/// A page in the making.
pub(super) struct Page {
    text: String,
    color: bool,
    columns: usize,
    /// Whether a heading was the last thing written: its text follows without a gap.
    after_heading: bool,
}

impl Page {
    pub(super) fn new(terminal: Terminal) -> Self {
        let width = usize::from(terminal.width);
        let columns = if width == 0 {
            COLUMNS
        } else {
            width.clamp(40, COLUMNS)
        };
        Self {
            text: String::new(),
            color: terminal.color_out,
            columns,
            after_heading: false,
        }
    }

    /// The page as text.
    pub(super) fn finish(self) -> String {
        self.text
    }

    /// The heading of the whole.
    pub(super) fn title(&mut self, title: &str) {
        self.gap();
        let title = self.styled("1", title);
        self.text.push_str(&title);
        self.text.push('\n');
    }

    /// A heading within.
    pub(super) fn heading(&mut self, heading: &str) {
        self.gap();
        let heading = self.styled("1;36", heading);
        self.text.push_str(&heading);
        self.text.push('\n');
        self.after_heading = true;
    }

    /// One line as it is.
    pub(super) fn plain(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Paragraphs, lists and code blocks.
    pub(super) fn markdown(&mut self, markdown: &str) {
        if !std::mem::take(&mut self.after_heading) {
            self.gap();
        }
        let mut paragraph = String::new();
        let mut hanging = 0;
        let mut code = false;
        for line in markdown.trim().lines() {
            let trimmed = line.trim();
            if trimmed.starts_with("```") {
                self.flush(&mut paragraph, hanging);
                code = !code;
            } else if code || (line.starts_with("    ") && paragraph.is_empty()) {
                self.text.push_str(&format!("    {}\n", line.trim_end()));
            } else if trimmed.is_empty() {
                self.flush(&mut paragraph, hanging);
                hanging = 0;
                if !self.text.ends_with("\n\n") {
                    self.text.push('\n');
                }
            } else if let Some(bullet) = bullet(trimmed) {
                self.flush(&mut paragraph, hanging);
                hanging = bullet;
                paragraph.push_str(trimmed);
            } else {
                if !paragraph.is_empty() {
                    paragraph.push(' ');
                }
                paragraph.push_str(trimmed.trim_start_matches("# ").trim_start_matches("## "));
            }
        }
        self.flush(&mut paragraph, hanging);
    }

    fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn flush(&mut self, paragraph: &mut String, hanging: usize) {
        if paragraph.is_empty() {
            return;
        }
        let mut width = 0;
        for (index, word) in paragraph.split(' ').filter(|word| !word.is_empty()).enumerate() {
            let length = word.chars().count();
            if index > 0 && width + 1 + length > self.columns {
                self.text.push('\n');
                self.text.push_str(&" ".repeat(hanging));
                width = hanging;
            } else if index > 0 {
                self.text.push(' ');
                width += 1;
            }
            self.text.push_str(word);
            width += length;
        }
        self.text.push('\n');
        paragraph.clear();
    }

    fn styled(&self, code: &str, text: &str) -> String {
        if self.color {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// Width of the mark of a list item: `- ` or `1. `.
fn bullet(line: &str) -> Option<usize> {
    if line.starts_with("- ") || line.starts_with("* ") {
        return Some(2);
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = line.get(digits..)?;
    (digits > 0 && rest.starts_with(". ")).then_some(digits + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        Page {
            text: String::new(),
            color: false,
            columns: 40,
            after_heading: false,
        }
    }

    #[test]
    fn paragraphs_are_wrapped_and_list_items_hang() {
        let mut page = page();
        page.title("A title");
        page.markdown("one two three four five six seven eight nine ten\n\n1. first item with quite a few words in it\n2. second");
        assert_eq!(
            page.finish(),
            "A title\n\none two three four five six seven eight\nnine ten\n\n1. first item with quite a few words in\n   it\n2. second\n"
        );
    }

    #[test]
    fn code_is_left_as_it_is() {
        let mut page = page();
        page.markdown("before\n\n```sh\na   b\n```\nafter");
        assert_eq!(page.finish(), "before\n\n    a   b\nafter\n");
    }
}
