"""Opengrep's rules about data that crosses functions, against the test file beside each: how many files agree in every line.

The rules are run as they are (`pattern-sources`, `pattern-sinks`, …). A file agrees when the lines that its rules report are exactly those of
its annotations. Files of languages that are not read are named and count neither way.
"""

import re

from harness import rules
from harness.section import Section

NAME = "opengrep_xfn"
TITLE = "Data across functions: rules of Opengrep against their own tests"
LEAST = 0.85
TARGET = f"at least {LEAST:.0%} of the files agree in every line"
LANGUAGES = "python,javascript,typescript,java,go,ruby,php,csharp,kotlin,rust,c,cpp,scala"
FILES = re.compile(r"^files of (\w+): (\d+) of (\d+)$")
UNREAD = re.compile(r"^not read: (\d+) (\.\w+)$")


def counted(text):
    """({language: (agreeing, all)}, {extension: files that are not read}) of what the runner prints."""
    lines = text.splitlines()
    files = (FILES.match(line) for line in lines)
    unread = (UNREAD.match(line) for line in lines)
    return (
        {match[1]: (int(match[2]), int(match[3])) for match in files if match},
        {match[2]: int(match[1]) for match in unread if match},
    )


def run(runs=1):
    """Measures the figure; `runs` is not used, since the result does not vary."""
    del runs
    printed, missing = rules.told(globals(), "opengrep-xfn", "--languages", LANGUAGES, ".")
    if missing:
        return missing
    files, unread = counted(printed)
    section = Section(NAME, TITLE, TARGET, columns=["language", "files", "agree", "share"])
    agreeing, total = (sum(column) for column in zip(*files.values()))
    for language, (agree, count) in {**files, "all": (agreeing, total)}.items():
        section.rows.append([language, count, agree, f"{agree / count:.1%}"])
    section.reached = agreeing / total >= LEAST
    named = ", ".join(f"{count} {extension}" for extension, count in unread.items())
    left = sum(unread.values())
    section.notes.append(
        f"Of languages that are not read, and not counted: {left} files ({named}). Counted as missed, {agreeing / (total + left):.1%} would agree."
    )
    section.notes.append("Those that do not agree, and why: [docs/semgrep-rules.md](../docs/semgrep-rules.md).")
    section.commands.append("target/release/examples/semgrep_rules ~/bench/corpora/opengrep-xfn --failures --languages " + LANGUAGES + " .")
    return section
