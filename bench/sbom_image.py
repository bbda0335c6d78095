"""The bill of materials of a container image of about 400 MB: wall and processor time, memory, and components, beside syft and trivy.

Needs $BARTIZAN_CORPORA/image (bench/corpus_image.sh builds it): an OCI layout with two layers, Debian with runtimes and an installed npm tree.
Every tool reads the layout itself and writes CycloneDX in JSON to a file.
"""

import argparse
import os
import pathlib
import tempfile

import sbom_compare
import sbom_tree
from harness import measure, places
from harness.section import Section, not_measured, ratio

NAME = "sbom_image"
TITLE = "Bill of materials: a container image"
MOST_MIB = 200
TARGET = f"less wall time than syft and trivy, at most {MOST_MIB} MiB"
IMAGE = "app"


def commands(layout, scratch):
    """{name: (arguments, report)} of the tools that are installed, and the names of the others."""
    report = {name: pathlib.Path(scratch, f"{name}.json") for name in ("bartizan", "trivy", "syft")}
    offline = ["--offline-scan", "--skip-db-update", "--skip-java-db-update", "--quiet", "--cache-backend", "memory", "--cache-dir", f"{scratch}/cache"]
    trivy, syft = places.peer("trivy"), places.peer("syft")
    wanted = {
        "bartizan": [places.product(), "sbom", f"oci:{layout}:{IMAGE}", "-o", f"cyclonedx={report['bartizan']}", "--no-progress", "--no-cache"],
        "trivy": [trivy, "image", *offline, "--format", "cyclonedx", "--output", report["trivy"], "--input", f"{layout}:{IMAGE}"],
        "syft": [syft, "scan", f"oci-dir:{layout}", "-q", "-o", f"cyclonedx-json={report['syft']}"],
    }
    present = {name: (argv, report[name]) for name, argv in wanted.items() if argv[0]}
    return present, [name for name in wanted if name not in present]


def run(rounds=5):
    """Measures the figure with `rounds` runs a tool."""
    layout = places.corpus("image")
    if layout is None:
        return not_measured(NAME, TITLE, TARGET, "there is no image in $BARTIZAN_CORPORA; see bench/corpus_image.sh")
    if places.product() is None:
        return not_measured(NAME, TITLE, TARGET, "the product is not built")
    _, size = places.tree_size(layout)
    environment = {**os.environ, "SYFT_CHECK_FOR_APP_UPDATE": "false"}
    with tempfile.TemporaryDirectory() as scratch:
        sbom_compare.java_index(f"{scratch}/cache")
        present, absent = commands(layout, scratch)
        jobs = {name: sbom_tree.job(argv, report, environment) for name, (argv, report) in present.items()}
        _, broken = measure.interleave(jobs, 1)
        runs, failures = measure.interleave({name: job for name, job in jobs.items() if name not in broken}, rounds)
        found = {name: sbom_tree.listed(present[name][1]) for name in runs}
        shown = [places.shown(argv, scratch) for argv, _ in present.values()]
    section = Section(NAME, TITLE, TARGET, commands=shown)
    section.columns = ["tool", "wall s", "CPU s", "peak MiB", "components", "that bartizan has not", "wall against bartizan"]
    own = measure.median(runs["bartizan"], "wall") if "bartizan" in runs else 0
    for name, got in runs.items():
        wall, memory = measure.median(got, "wall"), measure.median(got, "rss") / 2**20
        missing = len(found[name] - found.get("bartizan", set()))
        cpu = measure.median(got, "cpu")
        section.rows.append([name, f"{wall:.2f}", f"{cpu:.2f}", f"{memory:.0f}", len(found[name]), missing, ratio(wall, own)])
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    section.notes = [f"{size / 1e6:.0f} MB as stored; medians of {rounds} runs a tool, in turn; load average {load}"]
    for name in runs:
        missing = sorted(found[name] - found.get("bartizan", set()))
        if missing:
            words = ", ".join(f"{one}@{version}" for _, one, version in missing[:12])
            section.notes.append(f"only {name}: {words}" + (" …" if len(missing) > 12 else ""))
    section.notes += [f"{name}: {why}" for name, why in (broken | failures).items()]
    section.notes += [f"{name}: not installed" for name in absent]
    if own:
        peers = [measure.median(got, "wall") for name, got in runs.items() if name != "bartizan"]
        memory = measure.median(runs["bartizan"], "rss") / 2**20
        section.reached = all(own < peer for peer in peers) and memory <= MOST_MIB
    return section


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    print(run(parser.parse_args().rounds).markdown())
