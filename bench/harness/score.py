"""Scores findings against labelled lines. In: labels and hits. Out: counts, precision, recall and F1."""

import collections
import dataclasses

from harness.tools import LEVELS


@dataclasses.dataclass(frozen=True)
class Label:
    """A labelled range of lines: `truth` is T (a credential), F (not one) or X (undecided)."""

    repo: str
    path: str
    first: int
    last: int
    truth: str


@dataclasses.dataclass(frozen=True)
class Score:
    """`found` and `missed` credentials, `false` alarms on lines labelled F, `unlabelled` findings on other lines."""

    found: int
    missed: int
    false: int
    unlabelled: int

    @property
    def precision(self):
        """Share of credentials among the labelled lines that were reported; 0 when none was."""
        return _share(self.found, self.found + self.false)

    @property
    def recall(self):
        """Share of the credentials that were reported."""
        return _share(self.found, self.found + self.missed)

    @property
    def f1(self):
        """Harmonic mean of precision and recall."""
        return _share(2 * self.found, 2 * self.found + self.false + self.missed)

    @property
    def strict_precision(self):
        """Precision when a finding on a line that nobody labelled is held to be false."""
        return _share(self.found, self.found + self.false + self.unlabelled)

    @property
    def strict_f1(self):
        """F1 when a finding on a line that nobody labelled is held to be false."""
        return _share(2 * self.found, 2 * self.found + self.false + self.unlabelled + self.missed)


def _share(part, whole):
    return part / whole if whole else 0.0


def units(labels):
    """One label for each range of lines: a credential on it outweighs all else, and F outweighs X."""
    best = {}
    for label in labels:
        key = (label.path, label.first, label.last)
        if key not in best or "TFX".index(label.truth) < "TFX".index(best[key].truth):
            best[key] = label
    return list(best.values())


def score(labels, hits):
    """Scores hits against labels of the same files. A label is reported when a hit shares a line with it.

    An F range that shares a line with a T range is left out: a hit there cannot be told to be false.
    """
    by_path = collections.defaultdict(list)
    for label in units(labels):
        by_path[label.path].append(label)
    hits_by_path = collections.defaultdict(set)
    for hit in hits:
        hits_by_path[hit.path].add((hit.line, hit.end_line))
    found = missed = false = unlabelled = 0
    for path, here in by_path.items():
        true_ranges = [(label.first, label.last) for label in here if label.truth == "T"]
        ranges = hits_by_path.get(path, set())
        for label in here:
            reported = any(_meet((label.first, label.last), one) for one in ranges)
            if label.truth == "T":
                found += reported
                missed += not reported
            elif label.truth == "F" and not any(_meet((label.first, label.last), one) for one in true_ranges):
                false += reported
        unlabelled += len(
            {one[0] for one in ranges if not any(_meet((label.first, label.last), one) for label in here)}
        )
    return Score(found, missed, false, unlabelled)


def _meet(one, other):
    return one[0] <= other[1] and other[0] <= one[1]


def sweep(labels, hits):
    """(least confidence kept, score) for each level the tool states; one entry, level None, when it states none."""
    if not any(hit.confidence for hit in hits):
        return [(None, score(labels, hits))]
    return [
        (level, score(labels, [hit for hit in hits if (hit.confidence or LEVELS[-1]) in LEVELS[: place + 1]]))
        for place, level in enumerate(LEVELS)
    ]


def recall_at(scores, precision):
    """The best recall among the scores whose precision is at least `precision`; 0 when none is."""
    return max((one.recall for _, one in scores if one.precision >= precision), default=0.0)


@dataclasses.dataclass(frozen=True)
class RiskScore:
    """leaky-repo: risk lines found of all, files with a finding of those at risk, findings beyond what is labelled."""

    found: int
    total: int
    files: int
    files_at_risk: int
    beyond: int
    on_clean: int


def risk_score(expected, clean, hits):
    """Scores hits against the counts of risk lines by file.

    `expected` maps a file to (risk lines, informative lines). The corpus states how many lines are at risk, not which,
    so a file's distinct reported lines count as found up to its number of risk lines.
    """
    lines = collections.defaultdict(set)
    for hit in hits:
        lines[hit.path].add(hit.line)
    found = sum(min(len(lines[path]), risk) for path, (risk, _) in expected.items())
    at_risk = [path for path, (risk, _) in expected.items() if risk]
    return RiskScore(
        found=found,
        total=sum(risk for risk, _ in expected.values()),
        files=sum(1 for path in at_risk if lines[path]),
        files_at_risk=len(at_risk),
        beyond=sum(max(0, len(lines[path]) - sum(counts)) for path, counts in expected.items()),
        on_clean=sum(len(lines[path]) for path in clean),
    )
