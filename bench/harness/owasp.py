"""The OWASP Benchmarks: what a tool's findings are worth by their expected results.

In: a checkout and a tool's findings as (path, CWE number). Out: for each category the true and the false positive rate, and the mean over
categories of their difference, as the benchmark's own scorecards compute it. The directories `results` and `scorecard` are never scanned.
"""

import collections
import csv
import dataclasses
import json
import pathlib
import re

from harness import measure, places
from harness.section import Section, not_measured

ALSO = {327: {326}, 328: {327, 916}, 330: {338}, 78: {77}, 94: {95}, 611: {776}, 614: {1004}, 643: {91}, 79: {80}}
"""Numbers that count for a category beside its own: weaknesses that name the same thing more narrowly or more widely. The same for every tool."""


@dataclasses.dataclass(frozen=True)
class Case:
    """One test of a benchmark."""

    name: str
    category: str
    real: bool
    cwe: int


def cases(root):
    """The expected results of a checkout."""
    (table,) = sorted(root.glob("expectedresults-*.csv"))
    with table.open(encoding="utf-8") as lines:
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines) if row and not row[0].startswith("#")]
    return [Case(name, category, real == "true", int(cwe)) for name, category, real, cwe, *_ in rows]


def score(expected, found):
    """(mean of TPR - FPR over categories, {category: (TPR, FPR, tests)}). `found` is a set of (test name, CWE)."""
    counts = collections.defaultdict(lambda: [0, 0, 0, 0])
    for case in expected:
        hit = any((case.name, cwe) in found for cwe in {case.cwe} | ALSO.get(case.cwe, set()))
        counts[case.category][(0 if hit else 1) if case.real else (2 if hit else 3)] += 1
    share = lambda part, rest: part / (part + rest) if part + rest else 0.0
    rates = {name: (share(tp, fn), share(fp, tn), tp + fn + fp + tn) for name, (tp, fn, fp, tn) in sorted(counts.items())}
    return sum(tpr - fpr for tpr, fpr, _ in rates.values()) / len(rates), rates


def tests_of(findings):
    """The findings as (test name, CWE), by the file that they lie in."""
    return {(pathlib.PurePath(path).stem, cwe) for path, cwe in findings}


def _numbers(texts):
    return [int(match[1]) for text in texts if (match := re.search(r"(\d+)", str(text)))]


def of_bartizan(report):
    """(path, CWE) of every place that a report names."""
    return [(place["path"], cwe) for one in report["findings"] for place in one["locations"] for cwe in _numbers(one["cwe"])]


def of_semgrep(report):
    """(path, CWE) by the metadata of the rules."""
    out = []
    for one in report["results"]:
        texts = one["extra"]["metadata"].get("cwe", [])
        out += [(one["path"], cwe) for cwe in _numbers([texts] if isinstance(texts, str) else texts)]
    return out


def of_bandit(report):
    """(path, CWE) as bandit says."""
    return [(one["filename"], int(one["issue_cwe"]["id"])) for one in report["results"] if one.get("issue_cwe", {}).get("id")]


def run(name, title, target, least, corpus, below, peers, runs, scratch, budget=None):
    """Measures one benchmark. `below` is the directory with its programs, `peers` maps a name to (argv, exit codes, reader)."""
    program, root = places.product(), places.corpus(corpus)
    if not program or not root:
        return not_measured(name, title, target, "the product is not built" if root else f"the corpus `{corpus}` is not there")
    scanned = root / below
    ours = [program, "scan", "--isolated", "--no-cache", "--only", "code/*", "-q", "-o", "json", scanned]
    tools = {"bartizan": (ours, (0, 1, 4), of_bartizan), **peers(scanned)}
    tools = {tool: how for tool, how in tools.items() if how[0][0]}
    report = {tool: pathlib.Path(scratch, f"{tool}.json") for tool in tools}
    job = lambda tool: lambda: measure.checked(tools[tool][0], tools[tool][1], stdout=report[tool], timeout=3600)
    got, failures = measure.interleave({tool: job(tool) for tool in tools}, 1)
    more, _ = measure.interleave({tool: job(tool) for tool in got if tool == "bartizan"}, runs - 1)
    section = Section(name, title, target, columns=["tool", "score", "processor s", "most memory, MB", "findings"])
    expected, notes = cases(root), []
    for tool in got:
        each = got[tool] + more.get(tool, [])
        findings = tools[tool][2](json.loads(report[tool].read_text(encoding="utf-8")))
        mean, rates = score(expected, tests_of(findings))
        cpu, memory = measure.median(each, "cpu"), max(one.rss for one in each) / 1e6
        section.rows.append([tool, f"{mean:.3f}", f"{cpu:.1f}", f"{memory:.0f}", f"{len(findings):,}"])
        notes.append(f"{tool}, TPR − FPR: " + ", ".join(f"{one} {tpr:.2f} − {fpr:.2f}" for one, (tpr, fpr, _) in rates.items()))
        if tool == "bartizan":
            section.reached = mean >= least and (budget is None or (cpu <= budget[0] and memory <= budget[1]))
    section.notes = [
        f"{len(expected):,} tests; a finding counts for the test in whose file it lies, by its CWE",
        *notes,
        f"bartizan {runs} runs, the others one",
        *(f"{tool}: {why}" for tool, why in failures.items()),
    ]
    section.commands = [places.shown(how[0]) for how in tools.values()]
    return section
