"""Processor seconds, wall time and peak memory of a leak scan of a large source tree.

Needs $BARTIZAN_CORPORA/tree (bench/corpus_tree.sh builds it). The tools take turns; one round before the measured ones
fills the page cache and the caches that tools keep of their compiled rules.
"""

import argparse
import pathlib
import tempfile

from harness import measure, places, tools
from harness.section import Section, not_measured, ratio

NAME = "leak_tree"
TITLE = "Leaked credentials: source tree"
LEAST, MOST_MEMORY = 150, 150 * 2**20
TARGET = f"at least {LEAST} MB per processor second (200 the aim) and at most 150 MiB of memory, cache disabled"
WARM = "bartizan, cache warm"


def measured(root, rounds, scratch):
    """(runs by tool name, failures, commands shown, findings by tool name, absent tools)."""
    cold = tools.Bartizan()
    warm = tools.Bartizan(data_dir=pathlib.Path(scratch, "data"))
    warm.name = WARM
    compared = [cold, warm, tools.Kingfisher(), tools.Betterleaks(), tools.Gitleaks()]
    present, absent = tools.installed(compared)
    jobs, commands, reports = {}, [], {}
    for number, tool in enumerate(present):
        report = pathlib.Path(scratch, f"{number}.json")
        argv = tool.tree(root, report)
        jobs[tool.name] = _job(tool, argv, root, report)
        commands.append(places.shown(argv, scratch))
        reports[tool.name] = (tool, report)
    _, broken = measure.interleave(jobs, 1)
    runs, failures = measure.interleave({name: job for name, job in jobs.items() if name not in broken}, rounds)
    findings = {name: len(reports[name][0].read(reports[name][1], root)) for name in runs}
    return runs, broken | failures, commands, findings, absent


def _job(tool, argv, root, report):
    def job():
        report.unlink(missing_ok=True)
        out = report if tool.prints_report else None
        return measure.checked(argv, tool.accept, cwd=root, stdout=out, stderr=report.with_suffix(".err"))

    return job


def run(rounds=3):
    """Measures the figure with `rounds` runs a tool."""
    root = places.corpus("tree")
    if root is None:
        return not_measured(NAME, TITLE, TARGET, "there is no tree in $BARTIZAN_CORPORA; see bench/corpus_tree.sh")
    files, size = places.tree_size(root)
    with tempfile.TemporaryDirectory() as scratch:
        runs, failures, commands, findings, absent = measured(root, rounds, scratch)
    section = Section(NAME, TITLE, TARGET, commands=commands)
    section.columns = ["tool", "CPU s", "MB per CPU s", "wall s", "peak MiB", "findings", "speed against best peer"]
    speeds = {name: size / 1e6 / measure.median(got, "cpu") for name, got in runs.items()}
    best = max((speed for name, speed in speeds.items() if not name.startswith("bartizan")), default=0)
    for name, got in runs.items():
        section.rows.append(
            [
                name,
                f"{measure.median(got, 'cpu'):.2f}",
                f"{speeds[name]:.1f}",
                f"{measure.median(got, 'wall'):.2f}",
                f"{measure.median(got, 'rss') / 2**20:.0f}",
                findings[name],
                ratio(speeds[name], best),
            ]
        )
    section.notes = [f"{files} files, {size / 1e6:.1f} MB; medians of {rounds} runs a tool, in turn"]
    section.notes.append("ripsecrets and detect-secrets are left out: each needs minutes of processor time on such a tree")
    section.notes += [f"{name}: {why}" for name, why in failures.items()]
    section.notes += [f"{name}: not installed" for name in absent]
    if "bartizan" in runs:
        section.reached = speeds["bartizan"] >= LEAST and measure.median(runs["bartizan"], "rss") <= MOST_MEMORY
    return section


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    print(run(parser.parse_args().rounds).markdown())
