"""Processor time of the quality gate at a commit: one staged file of Django, held against the whole tree for duplicates; beside peers.

The corpus `django` is an unpacked source distribution of Django 5.2. Files are drawn evenly from those of its package; each gets one more
function, is staged alone, and is asked about by the gate of the stage commit with `quality.gate = "new"`: once with nothing kept from earlier
runs, and once with what the run on the file before it left. jscpd looks for duplicates in the package, since it has no notion of what is
staged, and lizard counts the complexity of the staged file alone: each does a part of what the gate does.
"""

import argparse
import pathlib
import shutil
import tempfile

from gate_latency import git
from harness import measure, places
from harness.section import Section, not_measured
from staged_django import make_repository, spread, stage

NAME = "staged_quality"
TITLE = "Quality gate of one staged file"
COLD, WARM = 2.0, 0.5
TARGET = f"at most {COLD} processor seconds (median) without a cache and {WARM} with one, one staged file in Django 5.2"
SETTINGS = '[quality]\ngate = "new"\n'
ADDED = """

def added_by_the_bench(first, second):
    if first and second:
        return first
    return second
"""
ACCEPTED = (0, 1, 4)


def prepare(corpus, root):
    """A committed copy of the corpus with the settings of the gate; returns its Python files of some length."""
    files = make_repository(corpus, root)
    (root / "bartizan.toml").write_text(SETTINGS, encoding="utf-8")
    git(root, "add", "-f", "bartizan.toml")
    git(root, "-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-q", "-m", "settings")
    return files


def gate(root, data):
    """The command of the gate with its data in this directory."""
    return [places.product(), "gate", "--stage", "commit", "--staged", "--data-dir", data]


def peers(root):
    """{name: function from a file to the command} of those that are installed."""
    jscpd, lizard = places.peer("jscpd"), places.peer("lizard")
    found = {}
    if jscpd:
        limits = ["--min-tokens", "100", "--min-lines", "10", "--format", "python", "--silent"]
        found["jscpd, duplicates of the package"] = lambda _: [jscpd, *limits, root / "django"]
    if lizard:
        found["lizard, complexity of the file"] = lambda file: [lizard, file]
    return found


def run(count=20):
    """Measures the figure with `count` files."""
    corpus = places.corpus("django")
    if not corpus or not places.product():
        why = "the product is not built" if corpus else "the corpus `django` is not there"
        return not_measured(NAME, TITLE, TARGET, why)
    section = Section(NAME, TITLE, TARGET, columns=["tool", "median processor s", "most", "most memory, MB", "files"])
    with tempfile.TemporaryDirectory() as scratch:
        root, cold, warm = (pathlib.Path(scratch, name) for name in ("django", "cold", "warm"))
        files = spread(prepare(corpus, root), count + 1)
        found = peers(root)
        runs = {"bartizan, without a cache": [], "bartizan, with a cache": [], **{name: [] for name in found}}
        measured = {"cwd": root, "stdout": pathlib.Path(scratch, "out"), "stderr": pathlib.Path(scratch, "errors")}
        stage(root, files[0], ADDED)
        measure.checked(gate(root, warm), ACCEPTED, **measured)
        for file in files[1:]:
            stage(root, file, ADDED)
            shutil.rmtree(cold, ignore_errors=True)
            runs["bartizan, without a cache"] += measure.checked(gate(root, cold), ACCEPTED, **measured)
            runs["bartizan, with a cache"] += measure.checked(gate(root, warm), ACCEPTED, **measured)
            for name, command in found.items():
                runs[name] += measure.checked(command(file), (0, 1), **measured)
        section.commands = [places.shown(command, scratch) for command in (gate(root, cold), gate(root, warm))]
        section.commands += [places.shown(command(files[1]), scratch) for command in found.values()]
    for name, each in runs.items():
        cpu, memory = [one.cpu for one in each], max(one.rss for one in each) / 1e6
        section.rows.append([name, f"{measure.median(each, 'cpu'):.3f}", f"{max(cpu):.3f}", f"{memory:.0f}", len(each)])
    medians = [measure.median(runs[f"bartizan, {how} a cache"], "cpu") for how in ("without", "with")]
    section.reached = medians[0] <= COLD and medians[1] <= WARM
    section.notes = [f"{count} files at even distances, each staged alone; the cache is what the gate left of the file before"]
    section.notes += [f"{name}: not installed" for name in ("jscpd", "lizard") if not places.peer(name)]
    return section


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20)
    print(run(parser.parse_args().count).markdown())
