//! Globs over paths and over rule ids.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// A glob that does not parse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{glob}` is not a glob: {cause}")]
pub struct InvalidGlob {
    /// As written.
    pub glob: String,
    /// What is wrong with it.
    pub cause: String,
}

/// Globs over `/`-separated relative paths, read as `.gitignore` reads them: a glob without a `/` (but at its end)
/// matches at any depth, one with a `/` from the root; `*` stays within a component, `**` does not; a glob that
/// matches a directory matches everything below it.
#[derive(Debug, Clone)]
pub struct PathGlobs(GlobSet);

impl PathGlobs {
    /// Compiles the globs.
    ///
    /// # Errors
    /// When one of them does not parse.
    pub fn new<S: AsRef<str>>(globs: impl IntoIterator<Item = S>) -> Result<Self, InvalidGlob> {
        let mut set = GlobSetBuilder::new();
        for glob in globs {
            let glob = glob.as_ref();
            let body = glob.trim_end_matches('/');
            let anchored = body.contains('/');
            let body = body.trim_start_matches("./").trim_start_matches('/');
            let from_root = if anchored {
                body.to_owned()
            } else {
                format!("**/{body}")
            };
            set.add(compile(&from_root, glob, true)?);
            set.add(compile(&format!("{from_root}/**"), glob, true)?);
        }
        Ok(Self(finish(set)?))
    }

    /// Whether any of the globs matches the path.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        self.0.is_match(path)
    }

    /// Whether there is no glob at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Globs over rule ids: `leak/*`, `*`, or an id as it is.
#[derive(Debug, Clone)]
pub struct RuleGlobs(GlobSet);

impl RuleGlobs {
    /// Compiles the globs.
    ///
    /// # Errors
    /// When one of them does not parse.
    pub fn new<S: AsRef<str>>(globs: impl IntoIterator<Item = S>) -> Result<Self, InvalidGlob> {
        let mut set = GlobSetBuilder::new();
        for glob in globs {
            set.add(compile(glob.as_ref(), glob.as_ref(), false)?);
        }
        Ok(Self(finish(set)?))
    }

    /// Globs that match nothing.
    #[must_use]
    pub fn none() -> Self {
        Self(GlobSet::empty())
    }

    /// Whether any of the globs matches the rule id.
    #[must_use]
    pub fn matches(&self, rule: &str) -> bool {
        self.0.is_match(rule)
    }

    /// Whether there is no glob at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether the text is a pattern rather than a plain name.
#[must_use]
pub fn is_glob(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

fn compile(pattern: &str, written: &str, separators: bool) -> Result<globset::Glob, InvalidGlob> {
    GlobBuilder::new(pattern)
        .literal_separator(separators)
        .backslash_escape(true)
        .build()
        .map_err(|error| InvalidGlob {
            glob: written.to_owned(),
            cause: error.kind().to_string(),
        })
}

fn finish(set: GlobSetBuilder) -> Result<GlobSet, InvalidGlob> {
    set.build().map_err(|error| InvalidGlob {
        glob: error.glob().unwrap_or_default().to_owned(),
        cause: error.kind().to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_without_a_slash_matches_at_any_depth_and_below_a_directory() {
        let globs = PathGlobs::new(["vendor", "*.min.js"]).unwrap();
        for path in [
            "vendor/a.py",
            "x/vendor/y/a.py",
            "vendor",
            "a.min.js",
            "x/y/a.min.js",
        ] {
            assert!(globs.matches(path), "{path}");
        }
        assert!(!globs.matches("vendored/a.py"));
    }

    #[test]
    fn a_glob_with_a_slash_starts_at_the_root() {
        let globs = PathGlobs::new(["/docs", "tests/*.py", "a/**/b"]).unwrap();
        for path in ["docs/x.md", "tests/a.py", "a/b", "a/x/y/b"] {
            assert!(globs.matches(path), "{path}");
        }
        for path in ["x/docs/y.md", "tests/deep/a.py", "x/tests/a.py"] {
            assert!(!globs.matches(path), "{path}");
        }
    }

    #[test]
    fn a_rule_glob_crosses_the_slash_of_the_family() {
        let globs = RuleGlobs::new(["*"]).unwrap();
        assert!(globs.matches("leak/x"));
        let globs = RuleGlobs::new(["leak/aws-*"]).unwrap();
        assert!(globs.matches("leak/aws-access-key-id") && !globs.matches("leak/github-pat"));
    }

    #[test]
    fn a_broken_glob_is_named() {
        assert_eq!(PathGlobs::new(["ok", "[x"]).unwrap_err().glob, "[x");
    }
}
