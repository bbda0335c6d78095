//! Variables and commands that set package managers up, in environment files, Dockerfiles, continuous integration, make
//! files and shell scripts: read line by line, without a shell.
//!
//! Variables: Go (<https://go.dev/ref/mod#environment-variables>), pip
//! (<https://pip.pypa.io/en/stable/topics/configuration/#environment-variables>), uv
//! (<https://docs.astral.sh/uv/reference/environment/>), npm, yarn.

use super::lines::lines;
use super::python::options;
use crate::catalog::{Unreadable, file_name};
use crate::tampering::document::{Document, Part, SourceRole, SwitchKind};
use std::ops::Range;

const NO_SUMS: &str = "Go then takes a module whose digest differs from the one that everybody else saw";
const NO_PROXY: &str =
    "a module that its author replaced or took away is no longer answered as it was first seen";
const GO_PLAIN: &str = "Go then fetches modules without certificates or over plain http";
const NO_CERTIFICATES: &str = "whoever is between can answer in the registry's name";
const UV_ANY: &str =
    "uv then takes a version from whichever index has one, not from the first that knows the name";

/// Hosts of code that anybody may publish on: to leave all of them unchecked is to check nothing.
const CODE_HOSTS: [&str; 8] = [
    "github.com",
    "gitlab.com",
    "bitbucket.org",
    "golang.org",
    "google.golang.org",
    "gopkg.in",
    "k8s.io",
    "go.uber.org",
];

/// Whether a path is that of a file with variables or commands.
pub(super) fn is_environment(path: &str) -> bool {
    let name = file_name(path);
    let lower = name.to_ascii_lowercase();
    let yaml = lower.ends_with(".yml") || lower.ends_with(".yaml");
    lower == ".env"
        || lower.starts_with(".env.")
        || lower.ends_with(".env")
        || lower == "dockerfile"
        || lower.starts_with("dockerfile.")
        || lower.ends_with(".dockerfile")
        || lower == "containerfile"
        || matches!(
            lower.as_str(),
            "makefile" | "gnumakefile" | "jenkinsfile" | ".gitlab-ci.yml" | "azure-pipelines.yml"
        )
        || lower.ends_with(".sh")
        || (yaml && (path.contains(".github/") || path.contains(".circleci/") || path.contains(".gitlab/")))
}

pub(super) fn read(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let mut found = Found {
        go: Document::of("golang", "go", Part::Settings),
        python: Document::of("pypi", "pip", Part::Settings),
        npm: Document::of("npm", "npm", Part::Settings),
    };
    for line in lines(text).filter(|line| !line.text.starts_with('#')) {
        found.line(line.text, &line.at);
    }
    Ok(vec![found.go, found.python, found.npm])
}

struct Found {
    go: Document,
    python: Document,
    npm: Document,
}

impl Found {
    fn line(&mut self, line: &str, at: &Range<usize>) {
        let words: Vec<&str> = line.split_whitespace().collect();
        for (index, word) in words.iter().enumerate() {
            let next = words.get(index + 1).copied().unwrap_or_default();
            // `NAME=value`, `NAME: value` in YAML, `ENV NAME value` in a Dockerfile.
            let (name, value) = match word.split_once('=') {
                Some(pair) => pair,
                None => match word.strip_suffix(':') {
                    Some(name) => (name, next),
                    None if index == 1 && words.first() == Some(&"ENV") => (*word, next),
                    None => continue,
                },
            };
            let name = name
                .trim_start_matches(['-', '"', '\''])
                .trim_end_matches(['"', '\'', '?', ':']);
            let value = value.trim_matches(['"', '\'', ';', ',']);
            let start = at.start + offset(line, word);
            self.variable(name, value, start..start + word.len().max(1));
        }
        let installs = words.windows(2).any(|pair| {
            let program = pair
                .first()
                .and_then(|word| word.rsplit('/').next())
                .unwrap_or_default();
            let is_pip = program
                .trim_start_matches(['"', '\'', '[', '('])
                .starts_with("pip")
                || program == "pip3";
            is_pip
                && matches!(
                    pair.get(1),
                    Some(&("install" | "download" | "wheel" | "config" | "sync" | "compile"))
                )
        });
        if installs {
            let flags = words.iter().position(|word| {
                let name = word.split('=').next().unwrap_or_default();
                matches!(
                    name,
                    "--extra-index-url" | "--trusted-host" | "--index-url" | "-i" | "--find-links" | "-f"
                )
            });
            if let Some(rest) = flags.and_then(|first| words.get(first..)) {
                let start = at.start + rest.first().map_or(0, |word| offset(line, word));
                let end = rest
                    .iter()
                    .position(|word| matches!(*word, "&&" | "||" | ";" | "|"))
                    .unwrap_or(rest.len());
                options(
                    rest.get(..end).unwrap_or(rest),
                    &(start..at.end),
                    &mut self.python,
                );
                self.python.asked.clear();
            }
        }
        let sets = ["strict-ssl false", "strict-ssl=false"];
        if words.iter().any(|word| matches!(*word, "npm" | "yarn" | "pnpm"))
            && sets.iter().any(|one| line.contains(one))
        {
            self.npm.switch(
                SwitchKind::Unencrypted,
                "strict-ssl false",
                NO_CERTIFICATES,
                at.clone(),
            );
        }
    }

    fn variable(&mut self, name: &str, value: &str, at: Range<usize>) {
        if value.is_empty() {
            return;
        }
        let written = format!("{name}={value}");
        let go = &mut self.go;
        match name {
            "GOSUMDB" if value == "off" => go.switch(SwitchKind::Unverified, written, NO_SUMS, at),
            "GONOSUMDB" | "GONOSUMCHECK" | "GOPRIVATE" | "GONOPROXY" => {
                let broad = value.split(',').any(is_broad);
                let kind = if name == "GONOPROXY" {
                    SwitchKind::LessVerified
                } else {
                    SwitchKind::Unverified
                };
                let effect = if name == "GONOPROXY" { NO_PROXY } else { NO_SUMS };
                if broad || (name == "GONOSUMCHECK" && value == "1") {
                    go.switch(kind, written, effect, at);
                }
            }
            "GOFLAGS" if value.contains("-insecure") => {
                go.switch(SwitchKind::Unencrypted, "GOFLAGS=-insecure", GO_PLAIN, at);
            }
            "GOINSECURE" => go.switch(SwitchKind::Unencrypted, written, GO_PLAIN, at),
            "GOPROXY" if value == "direct" => go.switch(SwitchKind::LessVerified, written, NO_PROXY, at),
            "GOPROXY" => {
                for url in value.split([',', '|']).filter(|url| url.contains("://")) {
                    go.source(url, SourceRole::Main, at.clone());
                }
            }
            "PIP_EXTRA_INDEX_URL" | "PIP_INDEX_URL" | "PIP_TRUSTED_HOST" | "PIP_FIND_LINKS" => {
                let option = name
                    .trim_start_matches("PIP_")
                    .to_ascii_lowercase()
                    .replace('_', "-");
                super::python::option(&option, value, at, &mut self.python);
            }
            "UV_INDEX_URL" | "UV_DEFAULT_INDEX" => self.python.source(value, SourceRole::Main, at),
            "UV_INDEX_STRATEGY" if value.starts_with("unsafe") => {
                self.python.switch(SwitchKind::AnyIndex, written, UV_ANY, at);
            }
            "UV_INSECURE_HOST" => self
                .python
                .switch(SwitchKind::Unencrypted, written, NO_CERTIFICATES, at),
            "NPM_CONFIG_STRICT_SSL" | "npm_config_strict_ssl" | "YARN_ENABLE_STRICT_SSL"
                if matches!(value, "false" | "0") =>
            {
                self.npm
                    .switch(SwitchKind::Unencrypted, written, NO_CERTIFICATES, at);
            }
            "NPM_CONFIG_REGISTRY" | "npm_config_registry" | "YARN_NPM_REGISTRY_SERVER" => {
                self.npm.source(value, SourceRole::Main, at);
            }
            _ => {}
        }
    }
}

/// Whether a pattern of modules takes in what anybody publishes.
fn is_broad(pattern: &str) -> bool {
    let bare = pattern
        .trim()
        .trim_end_matches('/')
        .trim_end_matches("/*")
        .trim_end_matches("/**");
    let bare = bare.strip_prefix("*.").unwrap_or(bare);
    matches!(bare, "*" | "**" | "com" | "org" | "io" | "net") || CODE_HOSTS.contains(&bare)
}

/// Where a word of a line stands in it.
fn offset(line: &str, word: &str) -> usize {
    crate::catalog::form::place(line, word).start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_ones_own_are_not_broad() {
        for pattern in ["*", "github.com", "github.com/*", "*.com"] {
            assert!(is_broad(pattern), "{pattern}");
        }
        for pattern in ["github.com/acme/*", "*.acme.example", "go.acme.example"] {
            assert!(!is_broad(pattern), "{pattern}");
        }
    }
}
