"""Manifests of kubernetes/examples: processor time, memory, findings, and how many of them are rated high, beside checkov."""

import argparse
import collections
import re

from harness import places
from harness.report import Tool, commands, measured
from harness.section import Section, not_measured

NAME = "kubernetes_examples"
TITLE = "Manifests of kubernetes/examples"
SECONDS, MEGABYTES, HIGH = 0.3, 60, 15
TARGET = f"at most {SECONDS} processor seconds and {MEGABYTES} MB, fewer than {HIGH} findings rated high per hundred resources"
GRAVE = ("high", "critical")
OBJECT = re.compile(r"^kind:\s*\S", re.MULTILINE)


def corpus():
    """The directory of the manifests: a corpus, or in $BARTIZAN_TESTDATA (default `../shared/testdata`)."""
    data = places.testdata() / "deploy" / "kubernetes-examples"
    return places.corpus("kubernetes-examples") or (data if data.exists() else None)


def resources(root):
    """How many objects the manifests hold: documents with a `kind` at the margin."""
    files = [path for path in root.rglob("*") if path.suffix in (".yaml", ".yml", ".json") and path.is_file()]
    return sum(len(OBJECT.findall(path.read_text(encoding="utf-8", errors="replace"))) for path in files)


def ours(report):
    """(findings, findings rated high) in a report of bartizan."""
    rated = collections.Counter(one["severity"] for one in report["findings"])
    return sum(rated.values()), sum(rated[word] for word in GRAVE)


def theirs(report):
    """Findings in a report of checkov; it rates none without an account."""
    parts = report if isinstance(report, list) else [report]
    return sum(part.get("summary", {}).get("failed", 0) for part in parts), None


def run(runs=5):
    """Measures the figure with `runs` runs a tool."""
    program, root = places.product(), corpus()
    if not program or not root:
        return not_measured(NAME, TITLE, TARGET, "the product is not built" if root else "the manifests are not there")
    section = Section(NAME, TITLE, TARGET, columns=["tool", "processor s", "wall s", "most memory, MB", "findings", "high", "high per 100 resources"])
    count = resources(root)
    tools = {
        "bartizan": Tool([program, "scan", "--isolated", "--no-cache", "--only", "deploy/*", "-q", "-o", "json", root], (0, 1, 4)),
        "checkov": Tool([places.peer("checkov"), "-d", root, "--framework", "kubernetes", "-o", "json", "--compact", "--quiet"], (0, 1)),
    }
    counts = {"bartizan": ours, "checkov": theirs}
    answers, notes = measured(tools, runs)
    for name, one in answers.items():
        findings, high = counts[name](one.report)
        share = "not rated" if high is None else f"{100 * high / count:.1f}"
        section.rows.append([name, *one.cells(), f"{findings:,}", "–" if high is None else high, share])
        if name == "bartizan":
            section.reached = one.cpu <= SECONDS and one.memory <= MEGABYTES and 100 * high / count < HIGH
    section.notes = [f"{count} resources; {runs} runs a tool, which take turns", *notes]
    section.commands = commands(tools)
    return section


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    print(run(parser.parse_args().runs).markdown())
