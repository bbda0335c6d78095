//! The rules of the agent: those of the product, and those of files, with what is wrong about them said.

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;

use bartizan_detect::{Loader, Paths, Rules, Weight};

use super::text_of;
use crate::error::Error;
use crate::table::counted;
use crate::terminal::Terminal;

/// What stands for the rules of the product among names of files
const BUILT_IN: &str = "builtin";
/// Bytes of one file of rules at most
const LARGEST: u64 = 16 << 20;

/// Rules that are ready, and how many are not.
pub(super) struct Loaded {
    pub(super) rules: Arc<Rules>,
    pub(super) refused: usize,
}

impl Loaded {
    /// Names of the rules that run.
    pub(super) fn names(&self) -> Vec<String> {
        let names = self.rules.all().iter().map(|rule| rule.name.to_string());
        names.collect()
    }
}

/// Reads all files, in order; without any, the rules of the product where they are what the agent is `alone` for.
pub(super) fn load(paths: &[PathBuf], alone: bool, terminal: Terminal) -> Result<Loaded, Error> {
    let mut loader = Loader::new();
    if paths.is_empty() && alone {
        loader.add_pack();
    }
    for path in paths {
        if path.as_os_str() == BUILT_IN {
            loader.add_pack();
            continue;
        }
        for file in crate::foreign::files(path)? {
            let named = file.path == *path;
            let yaml = file
                .path
                .extension()
                .is_some_and(|end| end == "yaml" || end == "yml");
            if named || yaml {
                loader.add(&file.path.display().to_string(), &text_of(&file.path, LARGEST)?);
            }
        }
    }
    let (rules, problems) = loader.finish();
    for problem in &problems {
        terminal.warn(problem);
    }
    if rules.all().is_empty() && !paths.is_empty() {
        return Err(Error::usage(
            "there is no rule that runs",
            "name files of Falco's rules with --rules FILE|DIR, or `builtin` for those of the product",
        ));
    }
    let refused = problems
        .iter()
        .filter(|problem| problem.weight == Weight::Error)
        .count();
    Ok(Loaded {
        rules: Arc::new(rules),
        refused,
    })
}

/// What runs, and what the kernel has to tell for it.
pub(super) fn shown(loaded: &Loaded) -> String {
    let mut text = String::new();
    for rule in loaded.rules.all() {
        let _ = writeln!(
            text,
            "{:<13}  {}",
            rule.priority.name(),
            bartizan_model::text::visible(rule.name.as_bytes())
        );
    }
    text.push('\n');
    for (call, needs) in &loaded.rules.needs().calls {
        let when = match (needs.success, needs.failure) {
            (true, true) => "always",
            (true, false) => "when it succeeds",
            _ => "when it fails",
        };
        let which = match &needs.paths {
            Paths::All => String::new(),
            Paths::Some { exact, prefix, names } => format!(
                ", of {}, {} of paths and {}",
                counted(exact.len(), "path"),
                counted(prefix.len(), "beginning"),
                counted(names.len(), "name")
            ),
        };
        let _ = writeln!(text, "{call:<17} {when}{which}");
    }
    text
}
