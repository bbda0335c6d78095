//! Tests of rules in Markdown: what a rule finds in which files.
//!
//! A page is named after its rule. Every case is one or more code blocks whose info string ends with a path, followed by a block `findings`
//! with the findings of the page's rule, one `path:line:column severity` a line. A heading names the cases below it. A block
//! `toml settings` holds for the whole page.

use std::path::Path;

/// The cases of one rule.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Name of the rule without its family: the name of the file.
    pub rule: String,
    /// Text of the block `toml settings`; empty where there is none.
    pub settings: String,
    /// What it finds in what.
    pub cases: Vec<Case>,
}

/// One case.
#[derive(Debug, Clone)]
pub struct Case {
    /// The heading above it.
    pub name: String,
    /// Paths and texts.
    pub files: Vec<(String, String)>,
    /// Its lines of findings, sorted.
    pub expected: Vec<String>,
}

impl Case {
    /// Paths and bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<(&str, &[u8])> {
        let files = self.files.iter();
        files
            .map(|(path, text)| (path.as_str(), text.as_bytes()))
            .collect()
    }
}

/// The pages in a directory, ordered by rule.
///
/// # Errors
/// When the directory cannot be read, holds no page, or a page has findings without files, or files without findings.
pub fn pages(directory: &Path) -> std::io::Result<Vec<Page>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            found.push(page(&name, &std::fs::read_to_string(&path)?).map_err(std::io::Error::other)?);
        }
    }
    if found.is_empty() {
        return Err(std::io::Error::other(format!(
            "{} holds no page",
            directory.display()
        )));
    }
    found.sort_by(|one, other| one.rule.cmp(&other.rule));
    Ok(found)
}

fn page(name: &str, text: &str) -> Result<Page, String> {
    let mut page = Page {
        rule: name.to_owned(),
        ..Page::default()
    };
    let mut heading = String::new();
    let mut files: Vec<(String, String)> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(title) = line.strip_prefix("## ") {
            title.clone_into(&mut heading);
            continue;
        }
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let body = lines.by_ref().take_while(|line| *line != "```");
        let body: String = body.map(|line| format!("{line}\n")).collect();
        match info {
            "findings" if files.is_empty() => return Err(format!("{name}: {heading}: findings of no file")),
            "findings" => {
                let mut expected: Vec<String> = body.lines().map(str::to_owned).collect();
                expected.sort();
                page.cases.push(Case {
                    name: heading.clone(),
                    files: std::mem::take(&mut files),
                    expected,
                });
            }
            "toml settings" => page.settings = body,
            _ => files.push((info.rsplit(' ').next().unwrap_or_default().to_owned(), body)),
        }
    }
    if files.is_empty() {
        Ok(page)
    } else {
        Err(format!("{name}: {heading}: files without findings"))
    }
}
