"""Start-up time: the wall time of printing the version."""

import argparse

from harness import measure, places
from harness.section import Section, not_measured

NAME = "startup"
TITLE = "Start-up"
MOST = 0.005
TARGET = f"`bartizan version` within {MOST * 1000:.0f} ms (median)"
BATCH = 10


def commands():
    """{name: arguments} of those that are installed, and the names of those that are not."""
    wanted = {
        "bartizan version": (places.product(), ["version"]),
        "ruff --version": (places.peer("ruff"), ["--version"]),
        "zizmor --version": (places.peer("zizmor"), ["--version"]),
    }
    present = {name: [program, *words] for name, (program, words) in wanted.items() if program}
    return present, [name for name in wanted if name not in present]


def run(runs=50):
    """Measures the figure with `runs` runs a command, in batches that take turns."""
    present, absent = commands()
    if not present:
        return not_measured(NAME, TITLE, TARGET, "none of the commands is installed")
    jobs = {name: _job(argv) for name, argv in present.items()}
    measure.interleave(jobs, 1)
    got, failures = measure.interleave(jobs, -(-runs // BATCH))
    section = Section(NAME, TITLE, TARGET, columns=["command", "median ms", "95th percentile ms"])
    for name, each in got.items():
        walls = [one.wall for one in each]
        median = measure.median(each, "wall")
        section.rows.append([name, f"{median * 1e3:.2f}", f"{measure.percentile(walls, 0.95) * 1e3:.2f}"])
        if name == "bartizan version":
            section.reached = median <= MOST
    section.notes = [f"{-(-runs // BATCH) * BATCH} runs a command, in batches of {BATCH} that take turns"]
    section.notes += [f"{name}: {why}" for name, why in failures.items()] + [f"{name}: not installed" for name in absent]
    section.commands = list(present)
    return section


def _job(argv):
    return lambda: measure.checked(argv, (0,), runs=BATCH)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    print(run(parser.parse_args().runs).markdown())
