//! What one file says about packages, in the same words for every ecosystem.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What a file says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Document {
    /// Type of package URL of what it speaks of: `npm`, `pypi`…
    pub(crate) kind: &'static str,
    /// The tool whose file it is, as people call it.
    pub(crate) tool: &'static str,
    pub(crate) part: Part,
    /// Where packages are looked up.
    pub(crate) sources: Vec<Source>,
    /// Settings that matter here.
    pub(crate) switches: Vec<Switch>,
    /// What the project asks for.
    pub(crate) asked: Vec<Asked>,
    /// What is locked.
    pub(crate) locked: Vec<Locked>,
    /// What a lock file records of manifests.
    pub(crate) recorded: Recorded,
    /// Digests of a manifest as its lock file may know it; of a lock file the one that it knows.
    pub(crate) contents: Vec<String>,
    /// Whether some of what is asked for is asked for only under conditions.
    pub(crate) conditional: bool,
    /// What was not understood.
    pub(crate) problems: Vec<String>,
}

/// What a file is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Part {
    /// Configures a tool.
    #[default]
    Settings,
    /// Says what is asked for.
    Manifest,
    /// Says what that came to.
    Lock,
}

/// A place where packages are looked up.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// Its address.
    pub(crate) url: String,
    pub(crate) role: SourceRole,
    pub(crate) at: Range<usize>,
}

/// What is looked up at a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SourceRole {
    /// Everything.
    Main,
    /// Everything, besides what other sources have: the text says how it competes with them.
    Extra(&'static str),
    /// What names choose: an npm scope, a pattern; or only what is asked of it by name (empty).
    Only(String),
}

/// A setting.
#[derive(Debug, Clone)]
pub(crate) struct Switch {
    pub(crate) what: SwitchKind,
    /// The setting as it is written, without values that may be secret.
    pub(crate) written: String,
    /// What it does: a clause after "because".
    pub(crate) effect: &'static str,
    pub(crate) at: Range<usize>,
}

/// What a setting does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SwitchKind {
    /// Encryption or certificates are not demanded.
    Unencrypted,
    /// Digests are not compared.
    Unverified,
    /// Digests are compared less than could be.
    LessVerified,
    /// The order of indexes does not protect a name.
    AnyIndex,
    /// A source stands in for another.
    Replaced,
    /// Install scripts run for every package.
    ScriptsForAll,
    /// No install script runs, or only those that are listed.
    ScriptsChosen,
}

/// A package that the project asks for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pub(crate) name: String,
    /// The version or address as it is written.
    pub(crate) spec: String,
    pub(crate) from: From,
    /// Whether the version is one, rather than a range.
    pub(crate) version: Version,
    /// The name by which the manifest itself calls it, where that is another.
    pub(crate) alias: Option<String>,
    /// Whether it is asked for only under conditions, so that it may be locked nowhere.
    pub(crate) conditional: bool,
    /// Whether digests stand beside it.
    pub(crate) digest: bool,
    pub(crate) at: Range<usize>,
}

/// How far a version is determined.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Version {
    /// The file does not tell, or it does not matter here.
    #[default]
    Unknown,
    /// One version.
    Exact,
    /// A range, which a lock file may settle.
    Range,
    /// Whatever is newest, which may change under the same name.
    Newest,
}

/// Where a package comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum From {
    /// An index or registry.
    #[default]
    Registry,
    /// A version control repository.
    Repository { url: String, commit: Commit },
    /// A file at an address.
    Archive { url: String },
    /// The project itself, or a directory beside it.
    Here,
}

/// How a revision of a repository is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Commit {
    /// By its digest.
    Digest,
    /// By a tag or branch, which can be moved.
    Name,
    /// Not at all.
    None,
}

/// A package of a lock file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Locked {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) from: From,
    /// The address it is fetched from, or that of its registry.
    pub(crate) url: Option<String>,
    pub(crate) digest: Digest,
    /// The digest itself, where rules compare it.
    pub(crate) hash: Option<String>,
    /// Whether it runs code of its own when it is installed.
    pub(crate) script: bool,
    pub(crate) at: Range<usize>,
}

/// The digest of a package in a lock file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Digest {
    /// The format has none here.
    #[default]
    NotExpected,
    /// There should be one, and is none.
    Missing,
    /// One that can be forged, by the name of its algorithm.
    Weak(&'static str),
    /// One that cannot.
    Strong,
}

/// What a lock file records of the manifests it was made from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Recorded {
    /// Nothing that can be compared.
    #[default]
    Nothing,
    /// For each project (its directory relative to the lock file; empty for the lock file's own): names and what was
    /// asked for them.
    Requests(Vec<(String, Vec<(String, String)>)>),
    /// Patterns `name@request` that some project asked for.
    Patterns(Vec<String>),
    /// Names that everything asked for must be among.
    Names(Vec<String>),
}

impl Document {
    /// A document of this tool that says nothing yet.
    pub(crate) fn of(kind: &'static str, tool: &'static str, part: Part) -> Self {
        Self {
            kind,
            tool,
            part,
            ..Self::default()
        }
    }

    /// Adds a setting.
    pub(crate) fn switch(
        &mut self,
        what: SwitchKind,
        written: impl Into<String>,
        effect: &'static str,
        at: Range<usize>,
    ) {
        self.switches.push(Switch {
            what,
            written: written.into(),
            effect,
            at,
        });
    }

    /// Adds a source.
    pub(crate) fn source(&mut self, url: impl Into<String>, role: SourceRole, at: Range<usize>) {
        self.sources.push(Source {
            url: url.into(),
            role,
            at,
        });
    }
}

impl Commit {
    /// How a word names a revision: forty or more hexadecimal digits are a digest, and so are as few as seven, which git
    /// takes for one.
    pub(crate) fn of(word: Option<&str>) -> Self {
        match word {
            None | Some("") => Self::None,
            Some(word) if word.len() >= 7 && word.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                Self::Digest
            }
            Some(_) => Self::Name,
        }
    }
}

/// The name under which a package is the same however it is written.
pub(crate) fn normal(kind: &str, name: &str) -> String {
    match kind {
        "pypi" => {
            let mut out = String::with_capacity(name.len());
            for letter in name.chars() {
                match letter {
                    '-' | '_' | '.' if out.ends_with('-') => {}
                    '-' | '_' | '.' => out.push('-'),
                    letter => out.push(letter.to_ascii_lowercase()),
                }
            }
            out
        }
        "nuget" | "composer" => name.to_ascii_lowercase(),
        "cargo" => name.replace('_', "-"),
        _ => name.to_owned(),
    }
}
