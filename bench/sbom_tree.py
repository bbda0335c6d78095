"""The bill of materials of an installed npm tree: processor and wall time, memory, and components, beside syft and trivy.

Needs $BARTIZAN_CORPORA/node (bench/corpus_node.sh builds it). Every tool writes CycloneDX in JSON to a file. trivy is measured twice:
as a project (`fs`, which reads the lock file alone) and as a root file system (`rootfs`, which reads what is installed); bartizan and
syft read both in one run.
"""

import argparse
import json
import os
import pathlib
import tempfile

import sbom_compare
from harness import measure, places
from harness.section import Section, not_measured, ratio

NAME = "sbom_tree"
TITLE = "Bill of materials: an installed npm tree"
PEER = "trivy fs"
TARGET = f"no more processor time than `{PEER}`; every component that a peer lists, differences explained in bench/README.md"


def commands(root, scratch):
    """{name: (arguments, report)} of the tools that are installed, and the names of the others."""
    report = {name: pathlib.Path(scratch, f"{name.replace(' ', '-')}.json") for name in ("bartizan", "trivy fs", "trivy rootfs", "syft")}
    offline = ["--offline-scan", "--skip-db-update", "--skip-check-update", "--quiet", "--cache-dir", f"{scratch}/cache"]
    trivy, syft = places.peer("trivy"), places.peer("syft")
    wanted = {
        "bartizan": [places.product(), "sbom", root, "-o", f"cyclonedx={report['bartizan']}", "--no-progress", "--no-cache"],
        "trivy fs": [trivy, "fs", *offline, "--format", "cyclonedx", "--output", report["trivy fs"], root],
        "trivy rootfs": [trivy, "rootfs", *offline, "--format", "cyclonedx", "--output", report["trivy rootfs"], root],
        "syft": [syft, "scan", f"dir:{root}", "-q", "-o", f"cyclonedx-json={report['syft']}"],
    }
    present = {name: (argv, report[name]) for name, argv in wanted.items() if argv[0]}
    return present, [name for name in wanted if name not in present]


def listed(report):
    """The components of a bill of materials, as sbom_compare.py compares them."""
    document = json.loads(report.read_text(encoding="utf-8"))
    return {sbom_compare.key(one["purl"]) for one in document.get("components") or [] if one.get("purl")}


def run(rounds=7):
    """Measures the figure with `rounds` runs a tool."""
    root = places.corpus("node")
    if root is None:
        return not_measured(NAME, TITLE, TARGET, "there is no tree in $BARTIZAN_CORPORA; see bench/corpus_node.sh")
    if places.product() is None:
        return not_measured(NAME, TITLE, TARGET, "the product is not built")
    files, size = places.tree_size(root)
    environment = {**os.environ, "SYFT_CHECK_FOR_APP_UPDATE": "false"}
    with tempfile.TemporaryDirectory() as scratch:
        present, absent = commands(root, scratch)
        jobs = {name: job(argv, report, environment) for name, (argv, report) in present.items()}
        _, broken = measure.interleave(jobs, 1)
        runs, failures = measure.interleave({name: job for name, job in jobs.items() if name not in broken}, rounds)
        found = {name: listed(present[name][1]) for name in runs}
        shown = [places.shown(argv, scratch) for argv, _ in present.values()]
    section = Section(NAME, TITLE, TARGET, commands=shown)
    section.columns = ["tool", "CPU s", "wall s", "peak MiB", "components", "that bartizan has not", "CPU against trivy fs"]
    peer = measure.median(runs[PEER], "cpu") if PEER in runs else 0
    for name, got in runs.items():
        cpu = measure.median(got, "cpu")
        wall, memory = measure.median(got, "wall"), measure.median(got, "rss") / 2**20
        missing = len(found[name] - found.get("bartizan", set()))
        section.rows.append([name, f"{cpu:.2f}", f"{wall:.2f}", f"{memory:.0f}", len(found[name]), missing, ratio(cpu, peer)])
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    section.notes = [f"{files:,} files, {size / 1e6:.0f} MB; medians of {rounds} runs a tool, in turn; load average {load}"]
    for name in runs:
        missing = sorted(found[name] - found.get("bartizan", set()))
        if missing:
            words = ", ".join(f"{one}@{version}" for _, one, version in missing[:12])
            section.notes.append(f"only {name}: {words}" + (" …" if len(missing) > 12 else ""))
    section.notes += [f"{name}: {why}" for name, why in (broken | failures).items()]
    section.notes += [f"{name}: not installed" for name in absent]
    if "bartizan" in runs and peer:
        section.reached = measure.median(runs["bartizan"], "cpu") <= peer
    return section


def job(argv, report, environment):
    """A run of a tool that writes a report."""

    def work():
        report.unlink(missing_ok=True)
        return measure.checked(argv, (0, 4), env=environment, stderr=report.with_suffix(".err"), stdout=report.with_suffix(".out"))

    return work


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    print(run(parser.parse_args().rounds).markdown())
