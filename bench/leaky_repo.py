"""Risk lines of leaky-repo (https://github.com/Plazmaz/leaky-repo) that each tool finds, and findings on its clean files.

Needs $BARTIZAN_CORPORA/leaky-repo, a checkout with its .leaky-meta/secrets.csv. The scan runs on a copy without
.leaky-meta, which holds the answers.
"""

import csv
import os
import pathlib
import shutil
import tempfile

from harness import measure, places, score, tools
from harness.section import Section, not_measured

NAME = "leaky_repo"
TITLE = "Leaked credentials: leaky-repo"
LEAST = 70
TARGET = f"at least {LEAST} of the risk lines, and no finding on the clean files"
BINARY = {".db"}
"""Browser databases: they hold key material, but the corpus does not label them, so they are neither."""


def expected(text):
    """File name to (risk lines, informative lines), from secrets.csv."""
    rows = csv.reader(line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return {row[0]: (int(row[1]), int(row[2])) for row in rows}


def clean_files(names, counts):
    """The text files without a line at risk."""
    return [name for name in names if counts.get(name, (0, 0))[0] == 0 and pathlib.PurePath(name).suffix not in BINARY]


def scan(tool, root, scratch):
    """The tool's hits on a directory."""
    report = pathlib.Path(scratch, "report.json")
    errors = pathlib.Path(scratch, "errors")
    report.unlink(missing_ok=True)
    argv = tool.tree(root, report)
    measure.checked(argv, tool.accept, cwd=root, stdout=report if tool.prints_report else None, stderr=errors)
    return tool.read(report, root), argv


def compared(slow=True):
    """The tools that take part in the accuracy figures; `slow` adds the one that is too slow for large trees."""
    quick = [
        tools.Bartizan(),
        tools.Kingfisher(),
        tools.Kingfisher("low"),
        tools.Betterleaks(),
        tools.Gitleaks(),
        tools.Ripsecrets(),
    ]
    return quick + [tools.DetectSecrets()] if slow else quick


def run():
    """Measures the figure."""
    corpus = places.corpus("leaky-repo")
    if corpus is None:
        return not_measured(NAME, TITLE, TARGET, "leaky-repo is not in $BARTIZAN_CORPORA")
    counts = expected((corpus / ".leaky-meta" / "secrets.csv").read_text(encoding="utf-8"))
    present, absent = tools.installed(compared())
    section = Section(NAME, TITLE, TARGET)
    section.columns = ["tool", "risk lines found", "files at risk with a finding", "beyond the labels", "on clean files"]
    section.notes = [f"{name}: not installed" for name in absent]
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch, "leaky-repo")
        shutil.copytree(corpus, root, ignore=shutil.ignore_patterns(".git", ".leaky-meta"))
        names = [os.path.relpath(os.path.join(at, name), root) for at, _, found in os.walk(root) for name in found]
        clean = clean_files(names, counts)
        for tool in present:
            try:
                hits, argv = scan(tool, root, scratch)
            except measure.CommandFailed as failure:
                section.notes.append(f"{tool.name}: {failure}")
                continue
            got = score.risk_score(counts, clean, hits)
            section.rows.append(
                [tool.name, f"{got.found} of {got.total}", f"{got.files} of {got.files_at_risk}", got.beyond, got.on_clean]
            )
            section.commands.append(places.shown(argv, scratch))
            if isinstance(tool, tools.Bartizan):
                section.reached = got.found >= LEAST and got.on_clean == 0
    section.notes.append(f"clean files: {', '.join(sorted(clean))}")
    return section


if __name__ == "__main__":
    print(run().markdown())
