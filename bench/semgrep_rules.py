"""Rules of semgrep/semgrep-rules against the test files beside them: how many pairs of a rule and a test file agree in every line.

A pair is a rule and a test file that has an annotation for it. Files that show what a fix makes of a test file (`.fixed.`) are none. Lines
whose annotation speaks of another engine (`deepruleid`, `proruleid`) or of a known fault (`todoruleid`, `todook`) count neither way.
"""

import re
import subprocess

from harness import places
from harness.section import Section, not_measured

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
    root = places.corpus("semgrep-rules")
    product = places.product()
    runner = product.with_name("examples") / "semgrep_rules" if product else None
    if not root:
        return not_measured(NAME, TITLE, TARGET, "the corpus `semgrep-rules` is not there")
    if not runner or not runner.is_file():
        why = "the runner is not built: `cargo build --release -p bartizan-code --example semgrep_rules`"
        return not_measured(NAME, TITLE, TARGET, why)
    argv = [str(runner), str(root), *DIRECTORIES]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    table = counted(done.stdout)
    section = Section(NAME, TITLE, TARGET, columns=["rules of", "pairs", "agree", "share"])
    for directory, (agree, pairs) in table.items():
        section.rows.append([directory, pairs, agree, f"{agree / pairs:.1%}"])
    agree, pairs = table["all"]
    section.reached = agree / pairs >= LEAST
    section.notes.append("Those that do not agree, and why: [docs/semgrep-rules.md](../docs/semgrep-rules.md).")
    section.commands.append("target/release/examples/semgrep_rules ~/bench/corpora/semgrep-rules --failures " + " ".join(DIRECTORIES))
    return section
