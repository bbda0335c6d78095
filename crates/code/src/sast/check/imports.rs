//! Which files the imports of a file may mean.
//!
//! In: the path of a file and its tree. Out: which other paths it asks for. Where a package lies is not known, so a path is asked for by its end.

use bartizan_syntax::{Ast, Kind, Language, NodeId};
use std::collections::HashSet;

/// Ends of module paths of JavaScript that may be left out.
const ENDINGS: [&str; 8] = [
    ".js",
    ".ts",
    ".tsx",
    ".jsx",
    ".mjs",
    "/index.js",
    "/index.ts",
    "/index.tsx",
];

/// Files that are asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Whole paths.
    exact: HashSet<String>,
    /// Ends of paths, whole components.
    ends: HashSet<String>,
    /// Ends of directories.
    directories: HashSet<String>,
}

impl Wanted {
    /// Whether a path is among them.
    pub(super) fn holds(&self, path: &str) -> bool {
        let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
        self.exact.contains(path)
            || ends(path).any(|end| self.ends.contains(end))
            || ends(directory).any(|end| self.directories.contains(end))
    }

    /// Adds the files that the imports of a file may mean.
    pub(super) fn add(&mut self, path: &str, ast: &Ast) {
        for id in ast.ids() {
            import(path, ast, id, self);
        }
    }
}

fn import(path: &str, ast: &Ast, id: NodeId, wanted: &mut Wanted) {
    match (ast.kind(id), ast.language()) {
        (Kind::Import | Kind::ImportFrom, Language::Python) => python(path, ast, id, wanted),
        (Kind::Import | Kind::ImportFrom, Language::Java) => {
            if let Some(name) = ast.child(id, 0) {
                wanted
                    .ends
                    .insert(format!("{}.java", ast.text(name).replace('.', "/")));
            }
        }
        (Kind::Import | Kind::ImportFrom, Language::Go) => {
            if let Some(name) = ast
                .child(id, 0)
                .map(|name| ast.text(name))
                .filter(|name| name.contains('/'))
            {
                wanted
                    .directories
                    .extend(name.rsplit('/').next().map(str::to_owned));
            }
        }
        (Kind::Import | Kind::ImportFrom | Kind::Export, _) => {
            if let Some(name) = ast.child(id, 0).filter(|&name| ast.kind(name) == Kind::Path) {
                script(path, ast.text(name), wanted);
            }
        }
        // `require("./x")`
        (Kind::Call, Language::JavaScript | Language::TypeScript | Language::Tsx) => {
            let callee = ast.child(id, 0).filter(|&callee| ast.text(callee) == "require");
            let first = callee
                .and(ast.child(id, 1))
                .and_then(|arguments| ast.child(arguments, 0));
            if let Some(name) = first.filter(|&name| ast.kind(name) == Kind::Str) {
                script(path, ast.text(name), wanted);
            }
        }
        _ => {}
    }
}

/// `a/b/c`, `b/c`, `c`.
fn ends(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |rest| rest.split_once('/').map(|(_, rest)| rest))
}

fn python(path: &str, ast: &Ast, id: NodeId, wanted: &mut Wanted) {
    let Some(module) = ast.child(id, 0).map(|module| ast.text(module)) else {
        return;
    };
    let dots = module.bytes().take_while(|&byte| byte == b'.').count();
    let rest = module.trim_start_matches('.').replace('.', "/");
    let items = ast
        .children(id)
        .iter()
        .skip(1)
        .filter(|&&item| ast.kind(item) == Kind::ImportItem);
    let names = items.filter_map(|&item| Some(ast.text(ast.child(item, 0)?)));
    let mut modules = vec![rest.clone()];
    modules.extend(names.map(|name| {
        if rest.is_empty() {
            name.to_owned()
        } else {
            format!("{rest}/{name}")
        }
    }));
    for module in modules.into_iter().filter(|module| !module.is_empty()) {
        for end in [format!("{module}.py"), format!("{module}/__init__.py")] {
            if dots == 0 {
                wanted.ends.insert(end);
            } else if let Some(home) = above(path, dots) {
                wanted.exact.insert(format!("{home}{end}"));
            }
        }
    }
}

/// The directory so many levels above a file, one being its own; empty at the top, else ending with `/`.
fn above(path: &str, levels: usize) -> Option<String> {
    let mut rest = path;
    for _ in 0..levels {
        rest = match rest.rsplit_once('/') {
            Some((above, _)) => above,
            None if rest.is_empty() => return None,
            None => "",
        };
    }
    Some(if rest.is_empty() {
        String::new()
    } else {
        format!("{rest}/")
    })
}

fn script(path: &str, module: &str, wanted: &mut Wanted) {
    if !module.starts_with('.') {
        return;
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in module.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                if parts.pop().is_none() {
                    return;
                }
            }
            name => parts.push(name),
        }
    }
    let whole = parts.join("/");
    wanted
        .exact
        .extend(ENDINGS.iter().map(|end| format!("{whole}{end}")));
    wanted.exact.insert(whole);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use bartizan_syntax::parse;

    fn asks(path: &str, text: &str, other: &str) -> bool {
        let language = Language::of_path(path).unwrap();
        let mut wanted = Wanted::default();
        wanted.add(path, &parse(text, language).ast);
        wanted.holds(other)
    }

    #[test]
    fn modules_of_python_are_found_from_the_top_and_from_where_the_file_lies() {
        assert!(asks("web/views.py", "from store import find", "web/store.py"));
        assert!(asks("web/views.py", "import a.b.c", "src/a/b/c/__init__.py"));
        assert!(asks(
            "web/api/views.py",
            "from ..models import ship",
            "web/models.py"
        ));
        assert!(asks(
            "web/api/views.py",
            "from . import helpers",
            "web/api/helpers.py"
        ));
        assert!(!asks(
            "web/api/views.py",
            "from . import helpers",
            "web/helpers.py"
        ));
        assert!(!asks(
            "web/views.py",
            "from store import find",
            "web/bookstore.py"
        ));
    }

    #[test]
    fn modules_of_scripts_are_found_by_their_way() {
        assert!(asks(
            "src/app.js",
            "const q = require('./lib/query');",
            "src/lib/query.js"
        ));
        assert!(asks("src/app.ts", "import { q } from '../db';", "db/index.ts"));
        assert!(!asks(
            "src/app.ts",
            "import { q } from 'express';",
            "express/index.js"
        ));
        assert!(!asks("app.js", "require('../../x')", "x.js"));
    }

    #[test]
    fn classes_of_java_and_packages_of_go_are_found_by_their_ends() {
        assert!(asks(
            "src/A.java",
            "import com.acme.Store;",
            "core/src/main/java/com/acme/Store.java"
        ));
        assert!(asks(
            "main.go",
            "package main\nimport \"example.com/acme/store\"\n",
            "internal/store/find.go"
        ));
        assert!(!asks("main.go", "package main\nimport \"fmt\"\n", "fmt/print.go"));
    }
}
