"""Processor time of static analysis at a commit: one staged file of Django, all own rules, nothing kept from earlier runs; beside Semgrep.

The corpus `django` is an unpacked source distribution of Django 5.2. Files are drawn evenly from those of its package; each gets one more
line, is staged alone, and is judged with what it imports. Semgrep judges the same file by its open rules for Python.
"""

import argparse
import pathlib
import shutil
import tempfile

from gate_latency import git
from harness import measure, places
from harness.section import Section, not_measured

NAME = "staged_django"
TITLE = "Static analysis of one staged file"
SECONDS = 0.2
TARGET = f"at most {SECONDS} processor seconds (median), one staged file in Django 5.2, without a cache"
LEAST_BYTES = 2_000


def make_repository(corpus, root):
    """A committed copy of the corpus; returns its Python files of some length, by their paths."""
    shutil.copytree(corpus, root, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    git(root, "init", "-q")
    git(root, "add", "-f", ".")
    git(root, "-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-q", "-m", "start")
    return sorted(path for path in (root / "django").rglob("*.py") if path.stat().st_size >= LEAST_BYTES)


def spread(files, count):
    """`count` of the files, at even distances."""
    return [files[len(files) * place // count] for place in range(min(count, len(files)))]


def stage(root, file, added="\n# One more line.\n"):
    """Stages what is added at the end of a file, and nothing else."""
    git(root, "reset", "-q", "--hard")
    with file.open("a", encoding="utf-8") as text:
        text.write(added)
    git(root, "add", "-f", str(file))


def commands(root):
    """{tool: (function from a file to its command, accepted exit codes)} of those that are installed."""
    program, semgrep, rules = places.product(), places.peer("semgrep"), places.corpus("semgrep-rules", "python")
    ours = [program, "scan", "--staged", "--isolated", "--no-cache", "--only", "code/*", "-q", "-o", "json", root]
    theirs = [semgrep, "scan", "--metrics=off", "--disable-version-check", "--no-git-ignore", "-q", "--json", "--config", rules]
    found = {"bartizan": (lambda file: ours, (0, 1, 4))} if program else {}
    if semgrep and rules:
        found["semgrep"] = (lambda file: [*theirs, file], (0, 1))
    return found


def run(count=20, peers=3):
    """Measures the figure with `count` files, the first `peers` of which the peer judges, too."""
    corpus = places.corpus("django")
    if not corpus or not places.product():
        why = "the product is not built" if corpus else "the corpus `django` is not there"
        return not_measured(NAME, TITLE, TARGET, why)
    section = Section(NAME, TITLE, TARGET, columns=["tool", "median processor s", "most", "most memory, MB", "files"])
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch, "django")
        files = spread(make_repository(corpus, root), count)
        runs = {name: [] for name in commands(root)}
        for place, file in enumerate(files):
            stage(root, file)
            for name, (command, accept) in commands(root).items():
                if name == "bartizan" or place < peers:
                    output = pathlib.Path(scratch, "report.json")
                    runs[name] += measure.checked(command(file), accept, cwd=root, stdout=output, timeout=900)
        shown = {name: places.shown(command(files[0]), scratch) for name, (command, _) in commands(root).items()}
    for name, each in runs.items():
        cpu, memory = [one.cpu for one in each], max(one.rss for one in each) / 1e6
        section.rows.append([name, f"{measure.median(each, 'cpu'):.3f}", f"{max(cpu):.3f}", f"{memory:.0f}", len(each)])
    section.reached = measure.median(runs["bartizan"], "cpu") <= SECONDS
    section.notes = [f"{len(files)} files at even distances, each staged alone; the peer judges the first {peers} of them"]
    section.commands = list(shown.values())
    return section


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20)
    print(run(parser.parse_args().count).markdown())
