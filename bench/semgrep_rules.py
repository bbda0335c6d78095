"""Rules of semgrep/semgrep-rules against the test files beside them: how many pairs of a rule and a test file agree in every line.

A pair is a rule and a test file that has an annotation for it. Files that show what a fix makes of a test file (`.fixed.`) are none. Lines
whose annotation speaks of another engine (`deepruleid`, `proruleid`) or of a known fault (`todoruleid`, `todook`) count neither way.
"""

import re

from harness import rules
from harness.section import Section

NAME = "semgrep_rules"
TITLE = "Rules of Semgrep against their own tests"
LEAST = 0.90
TARGET = f"at least {LEAST:.0%} of the pairs agree in every line"
DIRECTORIES = ("python", "javascript", "typescript", "java", "go")
ROW = re.compile(r"^(\w[\w-]*): (\d+) of (\d+)$")


def counted(text):
    """{directory: (agreeing, all)} of what the runner prints."""
    matches = (ROW.match(line) for line in text.splitlines())
    return {match[1]: (int(match[2]), int(match[3])) for match in matches if match}


def run(runs=1):
    """Measures the figure; `runs` is not used, since the result does not vary."""
    del runs
    printed, missing = rules.told(globals(), "semgrep-rules", *DIRECTORIES)
    if missing:
        return missing
    table = counted(printed)
    section = Section(NAME, TITLE, TARGET, columns=["rules of", "pairs", "agree", "share"])
    for directory, (agree, pairs) in table.items():
        section.rows.append([directory, pairs, agree, f"{agree / pairs:.1%}"])
    agree, pairs = table["all"]
    section.reached = agree / pairs >= LEAST
    section.notes.append("Those that do not agree, and why: [docs/semgrep-rules.md](../docs/semgrep-rules.md).")
    section.commands.append("target/release/examples/semgrep_rules ~/bench/corpora/semgrep-rules --failures " + " ".join(DIRECTORIES))
    return section
