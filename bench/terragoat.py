"""Configurations of terragoat: processor time, memory, and which of the flaws that its README names are found, beside checkov.

The README is a table of checks by id, file and resource. `terragoat.tsv` sorts the checks: which are flaws, and by which rules they are to be found;
which are a matter of operations, style or another provider, and why. A flaw counts as found where one of its rules reports the resource.
"""

import argparse
import collections
import csv
import fnmatch
import pathlib
import re

from harness import places
from harness.report import Tool, commands, measured
from harness.section import Section, not_measured

NAME = "terragoat"
TITLE = "Configurations of terragoat"
SECONDS = 0.5
TARGET = f"at most {SECONDS} processor seconds, and every planted flaw that its README names"
ROW = re.compile(r"^\|\s*\d+\s*\|\s*(CKV2?_\w+)\s*\|\s*(\S+\.tf)\s*\|\s*(\S+)\s*\|")
FOUND = re.compile(r"^`([^`]+)`")


def kinds():
    """For each check its kind, and the rules or the reason."""
    with pathlib.Path(__file__).with_name("terragoat.tsv").open(encoding="utf-8") as lines:
        rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
        return {row["check"]: (row["kind"], row["why"]) for row in rows}


def sort(table, check, resource):
    """The kind of a row and why: of the check for that type of resource, or of the check; what is not sorted is a flaw that nothing finds."""
    of_type = f"{check}@{resource.split('.')[0]}"
    return table.get(of_type) or table.get(check) or ("flaw", "")


def planted(readme):
    """(check, resource) of each row of the README."""
    matches = (ROW.match(line) for line in readme.splitlines())
    return sorted({(match[1], match[3]) for match in matches if match})


def found(report):
    """For each resource the rules that report it, without their family."""
    rules = collections.defaultdict(set)
    for one in report["findings"]:
        if match := FOUND.match(one["message"]):
            rules[match[1]].add(one["rule"].removeprefix("deploy/"))
    return rules


def missed(rows, table, rules):
    """The flaws, and those among them that no rule reports."""
    flaws = [(check, resource) for check, resource in rows if sort(table, check, resource)[0] == "flaw"]
    hit = lambda check, resource: any(fnmatch.fnmatch(rule, sort(table, check, resource)[1]) for rule in rules.get(resource, ()))
    return flaws, [(check, resource) for check, resource in flaws if not hit(check, resource)]


def run(runs=7):
    """Measures the figure with `runs` runs a tool."""
    program, root = places.product(), places.corpus("terragoat")
    if not program or not root:
        return not_measured(NAME, TITLE, TARGET, "the product is not built" if root else "the corpus `terragoat` is not there")
    terraform = root / "terraform"
    section = Section(NAME, TITLE, TARGET, columns=["tool", "processor s", "wall s", "most memory, MB", "findings"])
    tools = {
        "bartizan": Tool([program, "scan", "--isolated", "--no-cache", "--only", "deploy/*", "-q", "-o", "json", terraform], (0, 1, 4)),
        "checkov": Tool([places.peer("checkov"), "-d", terraform, "--framework", "terraform", "-o", "json", "--compact", "--quiet"], (0, 1)),
    }
    answers, notes = measured(tools, runs)
    rows, table = planted((root / "README.md").read_text(encoding="utf-8")), kinds()
    ours = answers["bartizan"].report if "bartizan" in answers else {"findings": []}
    flaws, left = missed(rows, table, found(ours))
    for name, one in answers.items():
        count = len(one.report["findings"]) if name == "bartizan" else one.report.get("summary", {}).get("failed", 0)
        section.rows.append([name, *one.cells(), f"{count:,}"])
        if name == "bartizan":
            section.reached = one.cpu <= SECONDS and not left
    sorts = collections.Counter(sort(table, check, resource)[0] for check, resource in rows)
    others = ", ".join(f"{count} {kind}" for kind, count in sorts.most_common() if kind != "flaw")
    section.notes = [
        f"{len(rows)} rows of the README: {len(flaws)} flaws, of which {len(flaws) - len(left)} are found; the others: {others} (bench/terragoat.tsv)",
        *([f"not found: {', '.join(f'{check} {resource}' for check, resource in left)}"] if left else []),
        f"{runs} runs a tool, which take turns",
        *notes,
    ]
    section.commands = commands(tools)
    return section


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    print(run(parser.parse_args().runs).markdown())
