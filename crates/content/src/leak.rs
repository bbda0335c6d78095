//! The format of `content/rules/leak/<id>.yaml`: one rule for one kind of credential.
//!
//! ```yaml
//! id: leak/example-api-token
//! title: Example Cloud API token
//! provider: Example Cloud
//! severity: high                      # critical, high, medium, low, info
//! confidence: high                    # high, medium, low
//! cwe: [798]
//! pattern: '\b(?P<secret>exc_[A-Za-z0-9]{32})\b'   # the group `secret` (or the whole match) is the credential
//! literals: [exc_]                    # optional: text every match contains; derived from the pattern when absent
//! near: { pattern: '(?i)example', bytes: 120 }     # optional: must also match this many bytes around
//! paths: ['*.env']                    # optional: globs on the path or the file name, any of which must match
//! require:                            # optional: what the credential itself must satisfy
//!   entropy: 3.0                      # bits per character, Shannon
//!   digits: 2                         # at least so many of each
//!   upper: 1
//!   lower: 1
//!   distinct: 8                       # different characters
//!   check: github-crc32               # structure or checksum, see `Structure`
//!   not: ['(?i)example']              # patterns the credential must not match
//! manual: |
//!   Markdown: what this credential opens, how it leaks.
//! remediation: |
//!   Markdown: how to revoke and replace it at this provider, in steps.
//! references: ['https://docs.example.com/tokens']
//! examples:
//!   fire:
//!     - generate: 'EXC_TOKEN=exc_[A-Za-z0-9]{32}'     # expanded with a fixed seed when tests run
//!       file: '.env'                                  # optional: name of the file it stands in
//!       seal: github-crc32                            # optional: computes the checksum at the end of the secret
//!   quiet:
//!     - generate: 'exc_[x]{32}'
//!     - text: 'EXC_TOKEN=${EXC_TOKEN}'
//! ```

use bartizan_model::{Confidence, Severity};
use serde::{Deserialize, Serialize};

/// One rule for one kind of credential.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LeakRule {
    /// `leak/name`.
    pub id: String,
    /// One line naming the credential.
    pub title: String,
    /// Who issues it; empty for kinds that have no issuer.
    #[serde(default)]
    pub provider: String,
    /// How bad a leak of it is.
    pub severity: Severity,
    /// How sure a match is.
    pub confidence: Confidence,
    /// CWE numbers; 798 where none is nearer.
    pub cwe: Vec<u32>,
    /// Pattern in the syntax of the `regex` crate, over bytes with UTF-8 classes.
    pub pattern: String,
    /// Number of the group that is the credential, for patterns without a group named `secret`; by default the first
    /// group that takes part in the match, or the whole match when there is none.
    #[serde(default)]
    pub group: Option<u32>,
    /// Literals of which every match contains one, in the case written. A rule for which there are none must be limited
    /// by `paths`; it looks at the first 64 KiB of such files.
    #[serde(default)]
    pub literals: Vec<String>,
    /// Whether the case of `literals` does not matter; true as well when a part of the pattern ignores case.
    #[serde(default)]
    pub literals_ignore_case: bool,
    /// Context that must stand near the match.
    #[serde(default)]
    pub near: Option<Near>,
    /// Globs of which one must match the path or the file name; none means any path.
    #[serde(default)]
    pub paths: Vec<String>,
    /// Pattern that must match somewhere in the path.
    #[serde(default)]
    pub path_pattern: Option<String>,
    /// Pattern that must match nowhere in the path.
    #[serde(default)]
    pub not_path_pattern: Option<String>,
    /// What the credential itself must satisfy.
    #[serde(default)]
    pub require: Require,
    /// Markdown: what it finds and why that matters.
    pub manual: String,
    /// Markdown: how to revoke and replace it.
    pub remediation: String,
    /// Addresses of public documentation.
    #[serde(default)]
    pub references: Vec<String>,
    /// What must and what must not fire.
    pub examples: LeakExamples,
}

/// Context that must stand near a match.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Near {
    /// Pattern of the context.
    pub pattern: String,
    /// How many bytes before and after the match are looked at.
    pub bytes: u32,
}

/// What a credential must satisfy beyond its pattern.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Require {
    /// Least Shannon entropy, in bits per character; 0 means none.
    pub entropy: f32,
    /// Least number of digits.
    pub digits: u32,
    /// Least number of upper-case letters.
    pub upper: u32,
    /// Least number of lower-case letters.
    pub lower: u32,
    /// Least number of different characters.
    pub distinct: u32,
    /// Structure or checksum to verify.
    pub check: Option<Structure>,
    /// Patterns the credential must not match.
    pub not: Vec<String>,
    /// Patterns that the whole match must not match.
    pub not_whole: Vec<String>,
}

/// Structures and checksums that can be verified without asking the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Structure {
    /// The last six characters are the base-62 CRC-32 of what follows the last `_` before them (GitHub, npm). Where they
    /// are not, the finding is reported with low severity and confidence.
    GithubCrc32,
    /// The last eight characters are the CRC-32 of what stands before the last `_`, in hexadecimal, lowest byte first
    /// (Grafana). Where they are not, the finding is reported with low severity and confidence.
    GrafanaCrc32,
    /// A JSON Web Token whose header names an algorithm other than `none`.
    Jwt,
    /// An unencrypted private key in PEM, OpenSSH or PuTTY form.
    PrivateKey,
    /// An AWS access key id that decodes to an account number.
    AwsKeyId,
    /// Digits whose last one is a Luhn check digit.
    Luhn,
    /// Base64 (either alphabet) that decodes.
    Base64,
    /// Base64 that decodes to `user:password`, neither of them empty.
    BasicAuth,
    /// Hexadecimal digits that are no run of a counter or of one digit.
    Hex,
}

/// What must and what must not fire.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeakExamples {
    /// Text in which the rule must find something; at least one.
    pub fire: Vec<LeakExample>,
    /// Text in which the rule must find nothing; at least one.
    pub quiet: Vec<LeakExample>,
}

/// One example: literal text or a generator pattern, never a live-looking credential.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LeakExample {
    /// A pattern to expand (a subset of regular expressions: literals, classes, groups, alternatives, bounded
    /// repetition).
    pub generate: Option<String>,
    /// Text as it is.
    pub text: Option<String>,
    /// Name of the file the text stands in.
    pub file: Option<String>,
    /// Structure to compute after expansion, on the text the rule's group `secret` matches.
    pub seal: Option<Structure>,
}
