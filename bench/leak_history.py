"""Processor seconds of a leak scan of a whole git history.

Needs $BARTIZAN_CORPORA/history, a clone with at least 5,000 commits. Peers walk the patches of every commit or the
objects, as they do by default; the product reads every distinct blob once.
"""

import argparse
import pathlib
import subprocess
import tempfile

from harness import measure, places, tools
from harness.section import Section, not_measured, ratio

NAME = "leak_history"
TITLE = "Leaked credentials: git history"
MOST = 1.5
TARGET = f"at most {MOST} processor seconds for 5,000 commits"


def git(repository, *words):
    """The output of a git command."""
    done = subprocess.run(["git", "-C", str(repository), *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def describe(repository):
    """(number of commits, a sentence that names the history)."""
    commits = int(git(repository, "rev-list", "--count", "--all"))
    listed = git(repository, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectsize)")
    sizes = [int(line.split()[1]) for line in listed.splitlines() if line.startswith("blob")]
    head = git(repository, "rev-parse", "HEAD")
    return commits, f"{commits} commits up to {head[:12]}, {len(sizes)} blobs of {sum(sizes) / 1e6:.1f} MB"


def run(rounds=3):
    """Measures the figure with `rounds` runs a tool."""
    repository = places.corpus("history")
    if repository is None:
        return not_measured(NAME, TITLE, TARGET, "there is no history in $BARTIZAN_CORPORA")
    commits, sentence = describe(repository)
    present, absent = tools.installed([tools.Bartizan(), tools.Betterleaks(), tools.Gitleaks(), tools.Kingfisher()])
    section = Section(NAME, TITLE, TARGET)
    section.columns = ["tool", "CPU s", "CPU s for 5,000 commits", "wall s", "peak MiB", "time against best peer"]
    with tempfile.TemporaryDirectory() as scratch:
        jobs = {}
        for number, tool in enumerate(present):
            argv = tool.history(repository, pathlib.Path(scratch, f"{number}.json"))
            section.commands.append(places.shown(argv, scratch))
            jobs[tool.name] = _job(tool, argv, repository, pathlib.Path(scratch, f"{number}.err"))
        _, broken = measure.interleave(jobs, 1)
        runs, failures = measure.interleave({name: job for name, job in jobs.items() if name not in broken}, rounds)
    cpu = {name: measure.median(got, "cpu") for name, got in runs.items()}
    best = min((seconds for name, seconds in cpu.items() if name != "bartizan"), default=0)
    for name, got in runs.items():
        scaled = cpu[name] * 5000 / commits
        wall, peak = measure.median(got, "wall"), measure.median(got, "rss") / 2**20
        section.rows.append(
            [name, f"{cpu[name]:.2f}", f"{scaled:.2f}", f"{wall:.2f}", f"{peak:.0f}", ratio(cpu[name], best)]
        )
    section.notes = [f"{sentence}; medians of {rounds} runs a tool, in turn"]
    section.notes += [f"{name}: {why}" for name, why in (broken | failures).items()]
    section.notes += [f"{name}: not installed" for name in absent]
    if "bartizan" in cpu:
        section.reached = cpu["bartizan"] * 5000 / commits <= MOST
    return section


def _job(tool, argv, repository, errors):
    return lambda: measure.checked(argv, tool.accept, cwd=repository, stderr=errors)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    print(run(parser.parse_args().rounds).markdown())
