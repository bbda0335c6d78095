//! Charts through `helm template`.

use super::program::Program;
use super::{Made, Options, Rendered, Tree, text_of};
use bartizan_deploy::render::{Chart, of_chart};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

pub(super) struct Helm<'t> {
    tree: &'t Tree,
    values: &'t [PathBuf],
    home: &'t Path,
    program: Option<Program>,
}

impl<'t> Helm<'t> {
    pub(super) fn new(tree: &'t Tree, options: &'t Options, home: &'t Path) -> Self {
        let program = (!tree.charts.is_empty())
            .then(|| Program::find("helm", &tree.scanned))
            .flatten();
        Self {
            tree,
            values: &options.values,
            home,
            program,
        }
    }

    /// What a chart deploys.
    pub(super) fn make(&self, chart: &str) -> Made {
        let mut made = Made::default();
        let directory = self.tree.root.join(chart);
        let file = format!("{chart}Chart.yaml");
        let read = text_of(&directory.join("Chart.yaml"))
            .ok()
            .and_then(|text| Chart::read(&text));
        let templates = [format!("{chart}templates/"), format!("{chart}charts/")];
        if read.as_ref().is_some_and(|chart| chart.is_library) {
            // It makes nothing itself; what it lends is judged where it is used.
            made.templates.extend(templates);
            return made;
        }
        match self.render(&directory, read) {
            Ok(output) => {
                made.templates.extend(templates);
                self.take(chart, &output, &mut made);
            }
            Err(reason) => {
                made.unrendered.extend(templates);
                made.skip(
                    &file,
                    format!("the chart was not rendered, so what it deploys was not judged: {reason}"),
                );
            }
        }
        made
    }

    fn render(&self, directory: &Path, chart: Option<Chart>) -> Result<String, String> {
        let chart = chart
            .ok_or("`Chart.yaml` names no chart; mend it, or leave the directory out with `--exclude`")?;
        let program = self.program.as_ref().ok_or(
            "`helm` is not on the PATH; install it, or render the chart into files with `helm template`",
        )?;
        stays_within(directory, &self.tree.bounds)?;
        let release = chart.release();
        let mut arguments: Vec<&OsStr> = vec![
            OsStr::new("template"),
            OsStr::new(&release),
            directory.as_os_str(),
        ];
        for file in self.values {
            arguments.push(OsStr::new("--values"));
            arguments.push(file.as_os_str());
        }
        program.run(self.home, &arguments).map_err(|reason| {
            let help = if reason.contains("dependenc") || reason.contains("charts/ directory") {
                "vendor what it depends on with `helm dependency build`: nothing is fetched here"
            } else {
                "name the values that it needs with `--values FILE`"
            };
            format!("{reason}; {help}")
        })
    }

    fn take(&self, chart: &str, output: &str, made: &mut Made) {
        let with = if self.values.is_empty() {
            "its values.yaml".to_owned()
        } else {
            let named = self.values.iter().filter_map(|file| file.file_name());
            let named: Vec<_> = named.map(OsStr::to_string_lossy).collect();
            format!("its values.yaml and {}", named.join(", "))
        };
        let name = if chart.is_empty() { "./" } else { chart };
        for piece in of_chart(output) {
            let path = format!("{chart}{}", piece.source);
            made.files.insert(
                format!("{}!/{}", chart.trim_end_matches('/'), piece.source),
                Rendered {
                    origin: self.origin(chart, &path),
                    text: piece.text,
                    how: format!(
                        "rendered by `helm template` from the chart `{}` with {with}",
                        name.trim_end_matches('/')
                    ),
                },
            );
        }
    }

    /// The file that a template is; for one in a packed chart the nearest file that there is, which names it.
    fn origin(&self, chart: &str, path: &str) -> String {
        let is_there = self.tree.root.join(path).is_file();
        if is_there {
            path.to_owned()
        } else {
            format!("{chart}Chart.yaml")
        }
    }
}

/// Helm follows links, so that a link in a chart would bring in files from anywhere.
fn stays_within(directory: &Path, bounds: &Path) -> Result<(), String> {
    const MOST: usize = 20_000;
    let mut left = vec![directory.to_path_buf()];
    let mut seen = 0;
    while let Some(directory) = left.pop() {
        let entries = std::fs::read_dir(&directory).map_err(|error| {
            format!(
                "`{}` cannot be read: {}",
                directory.display(),
                crate::error::plain(&error)
            )
        })?;
        for entry in entries.flatten() {
            seen += 1;
            if seen > MOST {
                return Err(format!(
                    "it has more than {MOST} files; leave out what is no part of it"
                ));
            }
            let path = entry.path();
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_symlink() {
                let is_inside = std::fs::canonicalize(&path).is_ok_and(|to| to.starts_with(bounds));
                if !is_inside {
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    return Err(format!(
                        "the link `{name}` in it leads elsewhere; put the file itself there"
                    ));
                }
            } else if kind.is_dir() {
                left.push(path);
            }
        }
    }
    Ok(())
}
