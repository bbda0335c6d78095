//! The words that Bartizan answers with, and the numbers that it ends with.

/// Words that Bartizan answers with, and numbers it ends with: names, and what they mean.
pub(crate) const ANSWERS: &[(&[&str], &str, &str)] = &[
    (
        &["allow", "0"],
        "Allow (exit code 0)",
        "Everything that had to be looked at was looked at, and no unwaived finding is at or above the threshold \
         (`--fail-on`, high unless configured).",
    ),
    (
        &["deny", "1"],
        "Deny (exit code 1)",
        "An unwaived finding is at or above the threshold, or a waiver has expired. The last line names the rules. Mend the \
         findings; `bartizan explain RULE` says how. `--exit-zero` turns this code, and only this one, into 0.",
    ),
    (
        &["2", "usage"],
        "Usage (exit code 2)",
        "The command line, a configuration, waiver, baseline or rule file is wrong, or a report could not be written. The \
         message says which, where, and what to do.",
    ),
    (
        &["3", "nothing"],
        "Nothing matched (exit code 3)",
        "The request matches nothing: no such path, an empty directory or range, rules that do not exist, a gate of a stage \
         that has no checks. It is not 0 so that a mistyped path in a pipeline does not look like a clean one.",
    ),
    (
        &["unknown", "4"],
        "Unknown (exit code 4)",
        "Nothing speaks against it so far, but something that had to be looked at was not: a file that could not be read, an \
         archive that is cut short, a check that failed. Silence would be mistaken for safety. The report lists what is \
         missing under `skipped` and `checks`; make it readable, or leave it out with `scan.exclude`.",
    ),
    (
        &["70", "bug"],
        "Defect (exit code 70)",
        "Something in Bartizan broke. Please report it, with the message and the command line.",
    ),
    (
        &["130", "interrupted"],
        "Interrupted (exit code 130)",
        "Ctrl-C or a termination signal. No half-written file is left behind; a second signal ends the process at once.",
    ),
    (
        &["waived", "waiver"],
        "Waived",
        "Somebody accepted the finding, for a reason and, from severity high on, until a day. It stays in every report with \
         that record and denies nothing. See `bartizan waive --help`.",
    ),
    (
        &["baseline", "new-only"],
        "Baseline",
        "Findings that were there when the baseline was made are left out by `--new-only` and `--baseline FILE`; how many is \
         said. See `bartizan baseline --help`.",
    ),
    (
        &["confidence"],
        "Confidence",
        "How sure a check is. High: proven by structure, such as a format with a checksum. Medium: more likely true than not. \
         Low: a hint. At the commit gate the findings of the classifier for generic credentials are advice unless \
         `leak.generic` is \"block\".",
    ),
    (
        &["critical", "high", "medium", "low", "info", "severity"],
        "Severity",
        "Critical: exploitable now, with large consequences. High: exploitable with some luck or access. Medium: weakens a \
         defence. Low: hygiene. Info: worth knowing, nothing to mend.",
    ),
];
