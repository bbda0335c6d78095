"""Processor time and memory of static analysis over all of Django: every own rule, data followed through the whole tree, nothing kept.

The corpus `django` is an unpacked source distribution of Django 5.2.
"""

import argparse
import json
import pathlib
import tempfile

from harness import measure, places
from harness.section import Section, not_measured

NAME = "tree_django"
TITLE = "Static analysis of a whole tree"
SECONDS, MEGABYTES = 10.0, 500.0
TARGET = f"Django 5.2 within {SECONDS:.0f} processor seconds and {MEGABYTES:.0f} MB"


def run(runs=3):
    """Measures the figure with `runs` runs of the product."""
    program, corpus = places.product(), places.corpus("django")
    if not program or not corpus:
        why = "the product is not built" if corpus else "the corpus `django` is not there"
        return not_measured(NAME, TITLE, TARGET, why)
    argv = [program, "scan", "--isolated", "--no-cache", "--only", "code/*", "-q", "-o", "json", corpus]
    with tempfile.TemporaryDirectory() as scratch:
        output = pathlib.Path(scratch, "report.json")
        got = measure.checked(argv, (0, 1, 4), runs=runs, stdout=output, timeout=1800)
        report = json.loads(output.read_text(encoding="utf-8"))
    cpu, memory = measure.median(got, "cpu"), max(one.rss for one in got) / 1e6
    files, size = places.tree_size(corpus)
    section = Section(NAME, TITLE, TARGET, columns=["tool", "processor s", "most memory, MB", "findings"])
    section.rows = [["bartizan", f"{cpu:.1f}", f"{memory:.0f}", f"{len(report['findings']):,}"]]
    section.reached = cpu <= SECONDS and memory <= MEGABYTES
    section.notes = [f"{files:,} files, {size / 1e6:.0f} MB; {runs} runs"]
    section.commands = [places.shown(argv)]
    return section


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    print(run(parser.parse_args().runs).markdown())
