//! The rules whose findings come from advisories, with their manuals.

use bartizan_model::{Confidence, RuleInfo, Severity};

/// A component with a known vulnerability.
pub const VULNERABLE: &str = "supply/vulnerable-package";
/// A component that does harm on purpose.
pub const MALICIOUS: &str = "supply/malicious-package";

/// Both rules.
#[must_use]
pub fn rules() -> Vec<RuleInfo> {
    vec![
        RuleInfo {
            id: MALICIOUS.to_owned(),
            title: "Malicious package".to_owned(),
            severity: Severity::Critical,
            confidence: Confidence::High,
            cwe: vec!["CWE-506".to_owned()],
            controls: Vec::new(),
            manual: "An advisory of the OSV database says that this version was published to do harm: it steals \
                     credentials, opens a way in, or destroys data. Such code often runs while the package is installed, \
                     before anything of it is called."
                .to_owned(),
            remediation: "1. Treat every machine that installed it as compromised: replace what it could read, tokens of \
                          the build first.\n\
                          2. Remove the package and its entry in the lock file, and empty the caches of package managers.\n\
                          3. Find out how it came in: a name that is nearly another's, an account that was taken over, a \
                          public package with the name of an internal one."
                .to_owned(),
            references: vec!["https://github.com/ossf/malicious-packages".to_owned()],
        },
        RuleInfo {
            id: VULNERABLE.to_owned(),
            title: "Package with a known vulnerability".to_owned(),
            severity: Severity::High,
            confidence: Confidence::High,
            cwe: vec!["CWE-1395".to_owned()],
            controls: Vec::new(),
            manual: "The version of this component lies in the range that an advisory names as affected. The severity is \
                     the advisory's: that of its CVSS vector, or its word where it has none; medium where it says \
                     nothing. Packages of a distribution are judged by the distribution's advisories only, because it mends \
                     old versions without changing their number. Whether the vulnerable code is reached is not judged."
                .to_owned(),
            remediation: "1. Upgrade to the version that the finding names, or a later one. Where the component is required \
                          by another, upgrade that one, or pin the component.\n\
                          2. Where no fixed version is published, read the advisory for a configuration that avoids the \
                          problem, replace the component, or accept the risk with `bartizan waive add`."
                .to_owned(),
            references: vec!["https://ossf.github.io/osv-schema/".to_owned()],
        },
    ]
}
