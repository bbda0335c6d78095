//! Which language a file is written in.

/// A language with a front end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// Python 3
    Python,
    /// JavaScript, with JSX
    JavaScript,
    /// TypeScript without JSX
    TypeScript,
    /// TypeScript with JSX; a grammar of its own, the same language to rules
    Tsx,
    /// Java
    Java,
    /// Go
    Go,
}

impl Language {
    /// The language that the name of a file tells by its extension.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        let (_, extension) = path.rsplit_once('.')?;
        Some(match extension {
            "py" | "pyi" | "pyw" => Self::Python,
            "js" | "jsx" | "mjs" | "cjs" => Self::JavaScript,
            "ts" | "mts" | "cts" => Self::TypeScript,
            "tsx" => Self::Tsx,
            "java" => Self::Java,
            "go" => Self::Go,
            _ => return None,
        })
    }

    /// The name of the language as rules write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::JavaScript => "javascript",
            Self::TypeScript | Self::Tsx => "typescript",
            Self::Java => "java",
            Self::Go => "go",
        }
    }
}
