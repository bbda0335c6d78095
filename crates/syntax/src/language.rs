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
    /// Ruby
    Ruby,
    /// PHP, with the text around it
    Php,
    /// C#
    CSharp,
    /// Kotlin
    Kotlin,
    /// Rust
    Rust,
    /// C
    C,
    /// C++
    Cpp,
    /// Scala
    Scala,
    /// Bash
    Bash,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 15] = [
        Self::Python,
        Self::JavaScript,
        Self::TypeScript,
        Self::Tsx,
        Self::Java,
        Self::Go,
        Self::Ruby,
        Self::Php,
        Self::CSharp,
        Self::Kotlin,
        Self::Rust,
        Self::C,
        Self::Cpp,
        Self::Scala,
        Self::Bash,
    ];

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
            "rb" | "rake" | "gemspec" => Self::Ruby,
            "php" | "phtml" => Self::Php,
            "cs" | "csx" => Self::CSharp,
            "kt" | "kts" => Self::Kotlin,
            "rs" => Self::Rust,
            "c" | "h" => Self::C,
            "cc" | "cpp" | "cxx" | "hh" | "hpp" | "hxx" => Self::Cpp,
            "scala" | "sbt" => Self::Scala,
            "sh" | "bash" => Self::Bash,
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
            Self::Ruby => "ruby",
            Self::Php => "php",
            Self::CSharp => "csharp",
            Self::Kotlin => "kotlin",
            Self::Rust => "rust",
            Self::C => "c",
            Self::Cpp => "cpp",
            Self::Scala => "scala",
            Self::Bash => "bash",
        }
    }

    /// Whether a type stands before the name that is of it (`T x`), rather than after a colon.
    #[must_use]
    pub const fn types_stand_first(self) -> bool {
        matches!(self, Self::Java | Self::CSharp | Self::C | Self::Cpp)
    }

    /// Whether its front end is written in full and built-in rules judge it. The others are read for rules of patterns and of data.
    #[must_use]
    pub const fn is_judged(self) -> bool {
        matches!(
            self,
            Self::Python | Self::JavaScript | Self::TypeScript | Self::Tsx | Self::Java | Self::Go
        )
    }

    /// Whether data can be followed through it.
    #[must_use]
    pub const fn is_followed(self) -> bool {
        self.is_judged()
            || matches!(
                self,
                Self::Kotlin
                    | Self::Rust
                    | Self::C
                    | Self::Cpp
                    | Self::Scala
                    | Self::Ruby
                    | Self::Php
                    | Self::CSharp
            )
    }
}
