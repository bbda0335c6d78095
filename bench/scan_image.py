"""The whole scan of a container image: the first, one that takes the results of layers from the last, and one without them.

Needs $BARTIZAN_CORPORA/image (bench/corpus_image.sh builds it): an OCI layout with two layers, Debian with runtimes and an installed npm tree.
The findings of all three must be the same.
"""

import argparse
import json
import os
import pathlib
import tempfile

from harness import measure, places
from harness.section import Section, not_measured, ratio

NAME = "scan_image"
TITLE = "A container image, scanned and scanned again"
MOST_MIB, MOST_SHARE = 200, 0.2
TARGET = f"a second scan in at most {MOST_SHARE:.0%} of the time of the first, with the same findings; at most {MOST_MIB} MiB"
IMAGE = "app"


def findings(report):
    """What is told, but for when."""
    told = json.loads(pathlib.Path(report).read_text(encoding="utf-8"))
    return [{key: value for key, value in one.items() if key not in ("first_seen", "due")} for one in told["findings"]]


def run(rounds=5):
    """Measures the figure with `rounds` runs of each kind."""
    layout = places.corpus("image")
    if layout is None:
        return not_measured(NAME, TITLE, TARGET, "there is no image in $BARTIZAN_CORPORA; see bench/corpus_image.sh")
    if places.product() is None:
        return not_measured(NAME, TITLE, TARGET, "the product is not built")
    _, size = places.tree_size(layout)
    runs, found = {"first": [], "again": [], "without a cache": []}, {}
    with tempfile.TemporaryDirectory() as scratch:
        argv = [places.product(), "scan", f"oci:{layout}:{IMAGE}", "-o", f"json={scratch}/report.json", "--no-progress"]
        for number in range(rounds):
            # A data directory of its own makes every first scan a first one.
            data = ["--data-dir", f"{scratch}/data{number}"]
            for name, more in (("first", data), ("again", data), ("without a cache", [*data, "--no-cache"])):
                runs[name] += measure.checked([*argv, *more], {0, 1}, cwd=scratch)
                found.setdefault(name, findings(f"{scratch}/report.json"))
        kept = sum(path.stat().st_size for path in pathlib.Path(scratch, "data0/cache/layers").iterdir())
        shown = [places.shown([*argv, "--data-dir", f"{scratch}/data"], scratch)]
    section = Section(NAME, TITLE, TARGET, commands=shown)
    section.columns = ["scan", "wall s", "CPU s", "peak MiB", "findings", "wall against the first"]
    first = measure.median(runs["first"], "wall")
    for name, got in runs.items():
        wall, cpu, memory = (measure.median(got, what) for what in ("wall", "cpu", "rss"))
        row = [name, f"{wall:.2f}", f"{cpu:.2f}", f"{memory / 2**20:.0f}", len(found[name]), ratio(wall, first)]
        section.rows.append(row)
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    section.notes = [
        f"{size / 1e6:.0f} MB as stored; the kept results take {kept / 1e6:.1f} MB; medians of {rounds} runs; load average {load}"
    ]
    same = found["first"] == found["again"] == found["without a cache"]
    if not same:
        section.notes.append("the findings differ")
    memory = max(measure.median(got, "rss") for got in runs.values()) / 2**20
    section.reached = same and measure.median(runs["again"], "wall") <= MOST_SHARE * first and memory <= MOST_MIB
    return section


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    print(run(parser.parse_args().rounds).markdown())
