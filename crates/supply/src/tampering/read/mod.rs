//! Reads files into documents. One reader knows one ecosystem's files; what it knows of a file it says in the words of
//! [`Document`], and nothing else.

mod cargo;
mod composer;
mod environment;
mod gem;
mod go;
mod lines;
mod maven;
mod npm;
mod npm_lock;
mod npm_settings;
mod nuget;
mod python;
mod python_lock;
mod python_settings;
mod yarn_pnpm;

use super::document::Document;
use crate::catalog::{LARGEST_FILE, Unreadable, file_name};

/// Largest file that people write by hand and that is read, in bytes.
const LARGEST_WRITTEN: u64 = 8 << 20;

/// Reads the files of one form.
pub(crate) struct Reader {
    /// Whether it reads the file at a path.
    reads: fn(&str) -> bool,
    /// Largest file, in bytes.
    pub(crate) largest: u64,
    /// Whether bytes that are no text are passed over: comments of scripts may be in any encoding.
    pub(crate) lenient: bool,
    /// Text without a byte order mark, and the path.
    pub(crate) read: fn(&str, &str) -> Result<Vec<Document>, Unreadable>,
}

const fn written(
    reads: fn(&str) -> bool,
    read: fn(&str, &str) -> Result<Vec<Document>, Unreadable>,
) -> Reader {
    Reader {
        reads,
        largest: LARGEST_WRITTEN,
        lenient: false,
        read,
    }
}

const fn locked(
    reads: fn(&str) -> bool,
    read: fn(&str, &str) -> Result<Vec<Document>, Unreadable>,
) -> Reader {
    Reader {
        reads,
        largest: LARGEST_FILE,
        lenient: false,
        read,
    }
}

static READERS: &[Reader] = &[
    written(|path| file_name(path) == "package.json", npm::read),
    locked(
        |path| matches!(file_name(path), "package-lock.json" | "npm-shrinkwrap.json"),
        npm_lock::read,
    ),
    locked(|path| file_name(path) == "yarn.lock", yarn_pnpm::read_yarn),
    locked(|path| file_name(path) == "pnpm-lock.yaml", yarn_pnpm::read_pnpm),
    locked(|path| file_name(path) == "bun.lock", npm_lock::read_bun),
    written(|path| file_name(path) == ".npmrc", npm_settings::read_npmrc),
    written(|path| file_name(path) == ".yarnrc", npm_settings::read_yarnrc),
    written(
        |path| file_name(path) == ".yarnrc.yml",
        npm_settings::read_yarnrc_yml,
    ),
    written(
        |path| file_name(path) == "pnpm-workspace.yaml",
        npm_settings::read_pnpm_workspace,
    ),
    written(|path| file_name(path) == "bunfig.toml", npm_settings::read_bunfig),
    locked(python::is_requirements, python::read_requirements),
    written(
        |path| matches!(file_name(path), "pip.conf" | "pip.ini" | ".pip.conf"),
        python_settings::read_pip_conf,
    ),
    written(
        |path| file_name(path) == "pyproject.toml",
        python_settings::read_pyproject,
    ),
    written(|path| file_name(path) == "uv.toml", python_settings::read_uv_toml),
    written(|path| file_name(path) == "Pipfile", python_settings::read_pipfile),
    locked(|path| file_name(path) == "poetry.lock", python_lock::read_poetry),
    locked(|path| file_name(path) == "uv.lock", python_lock::read_uv),
    locked(|path| file_name(path) == "pdm.lock", python_lock::read_pdm),
    locked(
        |path| file_name(path) == "Pipfile.lock",
        python_lock::read_pipfile_lock,
    ),
    written(|path| file_name(path) == "Cargo.toml", cargo::read_manifest),
    locked(|path| file_name(path) == "Cargo.lock", cargo::read_lock),
    written(
        |path| path.ends_with(".cargo/config.toml") || path.ends_with(".cargo/config"),
        cargo::read_config,
    ),
    written(|path| file_name(path) == "go.mod", go::read_mod),
    locked(
        |path| file_name(path) == "go.sum" || file_name(path) == "go.work.sum",
        go::read_sum,
    ),
    locked(
        |path| file_name(path) == ".cargo-checksum.json",
        cargo::read_vendored,
    ),
    locked(|path| path.ends_with("vendor/modules.txt"), go::read_vendored),
    written(|path| file_name(path) == "pom.xml", maven::read_pom),
    written(maven::is_settings, maven::read_settings),
    written(maven::is_gradle, maven::read_gradle),
    written(
        |path| file_name(path).eq_ignore_ascii_case("nuget.config"),
        nuget::read_config,
    ),
    written(nuget::is_project, nuget::read_project),
    written(
        |path| matches!(file_name(path), "Gemfile" | "gems.rb"),
        gem::read_gemfile,
    ),
    locked(
        |path| matches!(file_name(path), "Gemfile.lock" | "gems.locked"),
        gem::read_lock,
    ),
    written(|path| file_name(path) == "composer.json", composer::read_manifest),
    locked(|path| file_name(path) == "composer.lock", composer::read_lock),
    Reader {
        lenient: true,
        ..written(environment::is_environment, environment::read)
    },
];

/// The reader of a file; none where none reads it. What package managers installed is not the project's to set right.
pub(crate) fn reader_of(path: &str) -> Option<&'static Reader> {
    if path.contains("node_modules/") || path.contains("site-packages/") {
        return None;
    }
    READERS.iter().find(|reader| (reader.reads)(path))
}
