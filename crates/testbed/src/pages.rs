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

impl Page {
    /// Where what a rule finds is not what the page says, one text a case. `found` gives the lines of its findings in a case, in any order, or
    /// why the files could not be judged.
    pub fn differences(
        &self,
        rule: &str,
        mut found: impl FnMut(&Case) -> Result<Vec<String>, String>,
    ) -> Vec<String> {
        let cases = self.cases.iter();
        let different = cases.filter_map(|case| match found(case) {
            Err(why) => Some(format!("{rule}: {}: {why}", case.name)),
            Ok(mut actual) => {
                actual.sort();
                (actual != case.expected).then(|| {
                    format!(
                        "{rule}: {}\n--- expected\n{}\n--- found\n{}",
                        case.name,
                        case.expected.join("\n"),
                        actual.join("\n")
                    )
                })
            }
        });
        different.collect()
    }

    /// Whether the page has a case with findings and one without.
    #[must_use]
    pub fn tries_both(&self) -> bool {
        let has = |quiet: bool| self.cases.iter().any(|case| case.expected.is_empty() == quiet);
        has(true) && has(false)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# A rule\n\n## Fires\n\n```yaml a.yaml\nx: 1\n```\n\n```findings\nb\na\n```\n\n## Is quiet\n\n```yaml a.yaml\nx: 2\n```\n\n```findings\n```\n";

    #[test]
    fn only_cases_that_differ_are_told_whatever_the_order_of_findings() {
        let page = page("rule", PAGE).unwrap();
        assert!(page.tries_both());
        let as_said = |case: &Case| -> Result<Vec<String>, String> {
            Ok(if case.name == "Fires" {
                vec!["a".to_owned(), "b".to_owned()]
            } else {
                Vec::new()
            })
        };
        assert_eq!(page.differences("x/rule", as_said), Vec::<String>::new());
        let nothing = page.differences("x/rule", |_| Ok(Vec::new()));
        assert_eq!(nothing, ["x/rule: Fires\n--- expected\na\nb\n--- found\n"]);
        let failed = page.differences("x/rule", |_| Err("not read".to_owned()));
        assert_eq!(failed, ["x/rule: Fires: not read", "x/rule: Is quiet: not read"]);
    }

    #[test]
    fn findings_without_files_and_files_without_findings_are_refused() {
        assert!(page("rule", "```findings\n```\n").is_err());
        assert!(page("rule", "```yaml a.yaml\n```\n").is_err());
    }
}
