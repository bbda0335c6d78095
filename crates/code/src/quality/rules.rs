//! The rules about the quality of code: what `explain` says of each.

use bartizan_engine::rule;
use bartizan_engine::rule::About;
use bartizan_model::RuleInfo;

const COMPLEXITY: &str = "https://www.sonarsource.com/resources/cognitive-complexity/";
const METRICS: &str =
    "https://docs.sonarsource.com/sonarqube-server/user-guide/code-metrics/metrics-definition/";

rule! {
    /// A function whose flow is hard to follow: each break of the linear flow (a condition, a loop, a `catch`, a run of `&&` or `||`, a
    /// jump to a label, recursion) adds one, and one more for every level that it is nested in. More than `quality.max-cognitive` (15)
    /// is told.
    ///
    /// Who changes such a function has to hold all of its cases in mind, and misses one. Of a change only functions are told that it
    /// wrote or made more complex than they were.
    CognitiveComplexity {
        id: "quality/cognitive-complexity",
        title: "A function is hard to follow",
        severity: Medium,
        confidence: High,
        cwe: ["CWE-1120"],
        controls: [("NIST-SSDF-1.1", "PW.5.1")],
        remediation: "Return early instead of nesting. Give conditions and the bodies of loops names by making them functions. Replace chains of \
                      conditions by a table or by types that answer for themselves.",
        references: [COMPLEXITY],
    }
}

rule! {
    /// A function with many ways through it: one more than its conditions, loops, cases, handlers of errors and logical operators. More
    /// than `quality.max-cyclomatic` (20) is told.
    ///
    /// Each way needs a test. Of a change only functions are told that it wrote or made more complex than they were.
    CyclomaticComplexity {
        id: "quality/cyclomatic-complexity",
        title: "A function has too many ways through it",
        severity: Low,
        confidence: High,
        cwe: ["CWE-1121"],
        controls: [("NIST-SSDF-1.1", "PW.5.1")],
        remediation: "Split the function where it does several things. Replace long chains of cases by a table that is looked up.",
        references: [
            "https://doi.org/10.1109/TSE.1976.233837",
            "https://cwe.mitre.org/data/definitions/1121.html",
        ],
    }
}

rule! {
    /// A function of more lines than `quality.max-function-lines` (100), its head included.
    ///
    /// What does not fit on a screen is not seen as a whole. Of a change only functions are told that it wrote or made longer.
    FunctionSize {
        id: "quality/function-size",
        title: "A function is too long",
        severity: Low,
        confidence: High,
        cwe: ["CWE-1120"],
        controls: [("NIST-SSDF-1.1", "PW.5.1")],
        remediation: "Make functions of its steps, and name each for what it gives.",
        references: [METRICS],
    }
}

rule! {
    /// A file of more lines than `quality.max-file-lines` (1000).
    ///
    /// Such a file has several subjects, and who looks for one reads past the others. Of a change only files are told that it wrote or made
    /// longer.
    FileSize {
        id: "quality/file-size",
        title: "A file is too long",
        severity: Low,
        confidence: High,
        cwe: ["CWE-1080"],
        controls: [("NIST-SSDF-1.1", "PW.5.1")],
        remediation: "Cut it between its subjects.",
        references: ["https://cwe.mitre.org/data/definitions/1080.html"],
    }
}

rule! {
    /// At least 100 tokens over at least 10 lines that stand somewhere else, too. Comments, imports and the layout make no difference, nor
    /// what texts and numbers hold; names do. Tests are not compared.
    ///
    /// What stands twice is mended once. Of a change only what it brought is told; it is compared with all files of the same languages.
    Duplicate {
        id: "quality/duplicate",
        title: "The same code stands twice",
        severity: Low,
        confidence: High,
        cwe: ["CWE-1041"],
        controls: [("NIST-SSDF-1.1", "PW.5.1")],
        remediation: "Make one function of both, with what differs as its parameters, and call it from either place.",
        references: ["https://cwe.mitre.org/data/definitions/1041.html", METRICS],
    }
}

rule! {
    /// Lines that no test runs, in a file of which fewer than `quality.min-coverage` (80) in a hundred are run: as reports of coverage tell
    /// (`quality.coverage`, `--coverage`). Of a change only its own lines count. A file that no report knows, in a language of which some
    /// report tells, was never loaded by a test: its statements count as not run.
    Uncovered {
        id: "quality/uncovered",
        title: "Tests do not run these lines",
        severity: Low,
        confidence: High,
        cwe: [],
        controls: [("NIST-SSDF-1.1", "PW.8.2")],
        remediation: "Write tests that run them, or remove them where nothing needs them. Code that cannot be tested is left out by \
                      `quality.coverage-exclude`.",
        references: [METRICS],
    }
}

rule! {
    /// A condition of the quality gate: of the lines that can run, fewer than `quality.min-coverage` (80) in a hundred are run by tests.
    Coverage {
        id: "quality/coverage",
        title: "Too little is run by tests",
        severity: High,
        confidence: High,
        cwe: [],
        controls: [("NIST-SSDF-1.1", "PW.8.2")],
        remediation: "The findings of `quality/uncovered` name the lines. Test them, make a new report and scan again.",
        references: [METRICS],
    }
}

rule! {
    /// A condition of the quality gate: of the lines, more than `quality.max-duplication` (3) in a hundred stand somewhere else, too.
    Duplication {
        id: "quality/duplication",
        title: "Too much stands twice",
        severity: High,
        confidence: High,
        cwe: ["CWE-1041"],
        controls: [("NIST-SSDF-1.1", "PW.5.1")],
        remediation: "The findings of `quality/duplicate` name the places.",
        references: [METRICS],
    }
}

rule! {
    /// A condition of the quality gate: of the lines with code or comments, fewer than `quality.min-comments` in a hundred are comments.
    Comments {
        id: "quality/comments",
        title: "Too little is explained",
        severity: High,
        confidence: High,
        cwe: ["CWE-1116"],
        controls: [("NIST-SSDF-1.1", "PW.5.1")],
        remediation: "Say why, where the code cannot: units, ranges, cases of errors, where a rule comes from.",
        references: [METRICS],
    }
}

rule! {
    /// A condition of the quality gate: for a hundred lines of code there are fewer than `quality.min-tests` lines of code of tests.
    Tests {
        id: "quality/tests",
        title: "There are too few tests",
        severity: High,
        confidence: High,
        cwe: [],
        controls: [("NIST-SSDF-1.1", "PW.8.2")],
        remediation: "Write tests of what the change does. `quality.tests` says which files are tests where their names do not.",
        references: [METRICS],
    }
}

rule! {
    /// A condition of the quality gate: the rating of maintainability is worse than `quality.min-rating` (A).
    ///
    /// It follows from the time that it takes to mend what the rules above tell, as a share of the time that it takes to write the code (30
    /// minutes a line of code): A to 5 %, B to 10 %, C to 20 %, D to 50 %, E above. Mending takes, in minutes: a complex function 5 and one
    /// more for each point over the limit (cognitive), 10 and one more for each way over it (cyclomatic); a long function 20; a long file
    /// 60; a duplicate 10. What is waived costs nothing.
    Maintainability {
        id: "quality/maintainability",
        title: "Code is hard to change",
        severity: High,
        confidence: High,
        cwe: ["CWE-1120"],
        controls: [("NIST-SSDF-1.1", "PW.5.1")],
        remediation: "Mend what the findings of `quality/*` name, the most complex function first.",
        references: [METRICS],
    }
}

rule! {
    /// A condition of the quality gate: the rating of security is worse than `quality.min-rating` (A).
    ///
    /// It follows from the worst finding of the static analysis (`code/*`) and of the search for credentials (`leak/*`) that is not waived:
    /// none A, low B, medium C, high D, critical E. Of a change only findings on its lines count. Where the static analysis is off, there
    /// is no rating.
    Security {
        id: "quality/security",
        title: "Code has flaws",
        severity: High,
        confidence: High,
        cwe: [],
        controls: [("NIST-SSDF-1.1", "PW.7.2")],
        remediation: "Mend the findings of `code/*` and `leak/*`, the most severe first.",
        references: [METRICS],
    }
}

/// Every rule, those of conditions last.
pub(super) const ALL: [About; 12] = [
    CognitiveComplexity::ABOUT,
    CyclomaticComplexity::ABOUT,
    Duplicate::ABOUT,
    FileSize::ABOUT,
    FunctionSize::ABOUT,
    Uncovered::ABOUT,
    Comments::ABOUT,
    Coverage::ABOUT,
    Duplication::ABOUT,
    Maintainability::ABOUT,
    Security::ABOUT,
    Tests::ABOUT,
];

/// The rules of conditions: their findings say why the gate does not let pass.
pub const CONDITIONS: [&About; 6] = [
    &Comments::ABOUT,
    &Coverage::ABOUT,
    &Duplication::ABOUT,
    &Maintainability::ABOUT,
    &Security::ABOUT,
    &Tests::ABOUT,
];

/// What is known of every rule.
#[must_use]
pub fn rules() -> Vec<RuleInfo> {
    ALL.iter().map(About::info).collect()
}
