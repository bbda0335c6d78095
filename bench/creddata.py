"""Line-level precision, recall and F1 on CredData (https://github.com/Samsung/CredData), tuned-on and held-out apart.

Needs $BARTIZAN_CORPORA/creddata with `data/` and `meta/` as CredData's own download script leaves them; repositories
whose files are absent are left out and counted. The repositories are split by the parity of the first byte of
SHA-256 of their id: even is the half that rules and weights may be tuned on, odd is held out and only ever scored.
"""

import csv
import hashlib
import os
import tempfile

import leaky_repo
from harness import measure, places, score, tools
from harness.section import Section, not_measured

NAME = "creddata"
TITLE = "Leaked credentials: labelled real code (CredData)"
LEAST_F1, PRECISION = 0.7, 0.95
TARGET = f"F1 of at least {LEAST_F1} on the held-out repositories; recall at precision ≥ {PRECISION} is reported"
HALVES = ("tuned on", "held out")


def half(repo):
    """Which half a repository belongs to."""
    return HALVES[hashlib.sha256(repo.encode()).digest()[0] % 2]


def read_labels(root):
    """(labels of files that are there, number of labels whose file is not)."""
    labels, lost = [], 0
    meta = root / "meta"
    for path in sorted(meta.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                label = label_of(row)
                if os.path.isfile(root / "data" / label.path):
                    labels.append(label)
                else:
                    lost += 1
    return labels, lost


def label_of(row):
    """A row of CredData's metadata; its paths start with `data/`."""
    path = row["FilePath"].removeprefix("data/")
    return score.Label(row["RepoName"], path, int(row["LineStart"]), int(row["LineEnd"]), row["GroundTruth"])


def _row(tool, level, one):
    name = tool.name if level is None else f"{tool.name}, confidence ≥ {level}"
    return [
        name,
        f"{one.precision:.3f}",
        f"{one.recall:.3f}",
        f"**{one.f1:.3f}**",
        f"{one.found}/{one.missed}/{one.false}",
        one.unlabelled,
        f"{one.strict_f1:.3f}",
    ]


def run():
    """Measures the figure."""
    root = places.corpus("creddata", "meta")
    if root is None:
        return not_measured(NAME, TITLE, TARGET, "creddata is not in $BARTIZAN_CORPORA")
    root = root.parent
    labels, lost = read_labels(root)
    present, absent = tools.installed(leaky_repo.compared(slow=False))
    section = Section(NAME, TITLE, TARGET)
    section.columns = ["half and tool", "precision", "recall", "F1", "found/missed/false", "on unlabelled lines", "strict F1"]
    section.notes = [f"{name}: not installed" for name in absent]
    section.notes += [_describe(name, labels) for name in HALVES]
    section.notes.append(f"{lost} labels left out because their file was not obtainable")
    section.notes.append("detect-secrets is left out: it did not end within ten minutes on these files")
    section.notes.append("strict F1 holds every finding on a line that nobody labelled to be false")
    rows = {name: [] for name in HALVES}
    with tempfile.TemporaryDirectory() as scratch:
        for tool in present:
            try:
                hits, argv = leaky_repo.scan(tool, root / "data", scratch)
            except measure.CommandFailed as failure:
                section.notes.append(f"{tool.name}: {failure}")
                continue
            section.commands.append(places.shown(argv, scratch))
            for name in HALVES:
                scores = score.sweep([label for label in labels if half(label.repo) == name], hits)
                rows[name] += [[f"{name}: {row[0]}", *row[1:]] for row in (_row(tool, *one) for one in scores)]
                if isinstance(tool, tools.Bartizan):
                    section.notes.append(
                        f"bartizan, {name}: recall {score.recall_at(scores, PRECISION):.3f} at precision ≥ {PRECISION}"
                    )
                    if name == HALVES[1]:
                        section.reached = max(one.f1 for _, one in scores) >= LEAST_F1
    section.rows = [row for name in HALVES for row in rows[name]]
    return section


def _describe(name, labels):
    mine = [label for label in labels if half(label.repo) == name]
    count = {truth: sum(1 for one in score.units(mine) if one.truth == truth) for truth in "TFX"}
    repos = len({label.repo for label in mine})
    return f"{name}: {repos} repositories, labelled ranges T {count['T']}, F {count['F']}, X {count['X']}"


if __name__ == "__main__":
    print(run().markdown())
