"""Wall time of the commit gate: one staged file in a repository of 3,000 files, whole process.

The repository is generated from a fixed seed. Besides the time, the gate is asked once about a staged credential
(drawn from a pattern, never stored), because a gate that lets everything through is fast too.
"""

import argparse
import os
import pathlib
import random
import subprocess
import tempfile

from harness import measure, places, tools
from harness.generate import sample
from harness.section import Section, not_measured, ratio

NAME = "gate_latency"
TITLE = "Commit gate"
FILES, MOST = 3000, 0.060
TARGET = f"at most {MOST * 1000:.0f} ms at the 95th percentile, one staged file in a {FILES:,}-file repository"
WORDS = "account buffer client cursor delta event field group handle index job key limit model node offset page queue".split()
KEY_PATTERN = "AKIA[A-Z2-7]{16}"


def source_file(rng):
    """A few kilobytes of code-like text without anything secret in it."""
    lines = []
    for _ in range(rng.randint(20, 120)):
        name, other = rng.choice(WORDS), rng.choice(WORDS)
        lines.append(f"def {name}_{rng.randint(1, 99)}({other}, count={rng.randint(0, 9)}):")
        lines.append(f"    return {other}.{name}(count) + {rng.randint(0, 999)}")
    return "\n".join(lines) + "\n"


def make_repository(root, files=FILES, seed=7):
    """A committed repository of `files` files, with one of them changed and staged; returns that file."""
    rng = random.Random(seed)
    for number in range(files):
        path = root / f"package_{number % 60:02}" / f"part_{number % 7}" / f"module_{number:04}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source_file(rng), encoding="utf-8")
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-q", "-m", "start")
    changed = root / "package_00" / "part_0" / "module_0000.py"
    changed.write_text(changed.read_text(encoding="utf-8") + source_file(rng), encoding="utf-8")
    git(root, "add", ".")
    return changed


def git(root, *words):
    """Runs git in `root` without the configuration of whoever measures."""
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True, env=os.environ | quiet)


def stage_key(root, changed):
    """Puts a credential-shaped line into the staged file."""
    with changed.open("a", encoding="utf-8") as file:
        file.write(f'aws_access_key_id = "{sample(KEY_PATTERN, "gate")}"\n')
    git(root, "add", ".")


def run(runs=40):
    """Measures the figure with `runs` runs of the product and a quarter of that of each peer."""
    compared = [tools.Bartizan(), tools.Betterleaks(), tools.Gitleaks(), tools.Kingfisher()]
    present, absent = tools.installed(compared)
    if not present:
        return not_measured(NAME, TITLE, TARGET, "neither the product nor a peer is installed")
    section = Section(NAME, TITLE, TARGET)
    section.columns = ["tool", "median ms", "95th percentile ms", "CPU ms", "peak MiB", "p95 against best peer"]
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch, "repository")
        root.mkdir()
        changed = make_repository(root)
        jobs = {}
        for number, tool in enumerate(present):
            argv = tool.staged(root, pathlib.Path(scratch, f"{number}.json"))
            section.commands.append(places.shown(argv, scratch))
            jobs[tool.name] = _job(tool, argv, root, 4 if isinstance(tool, tools.Bartizan) else 1, scratch)
        measure.interleave(jobs, 1)
        got, failures = measure.interleave(jobs, max(1, runs // 4))
        stage_key(root, changed)
        section.notes.append(_refuses(present, root, scratch))
    tail = {name: measure.percentile([one.wall for one in each], 0.95) for name, each in got.items()}
    best = min((seconds for name, seconds in tail.items() if name != "bartizan"), default=0)
    for name, each in got.items():
        section.rows.append(
            [
                name,
                f"{measure.median(each, 'wall') * 1e3:.1f}",
                f"{tail[name] * 1e3:.1f}",
                f"{measure.median(each, 'cpu') * 1e3:.0f}",
                f"{measure.median(each, 'rss') / 2**20:.0f}",
                ratio(tail[name], best),
            ]
        )
    section.notes += [f"{name}: {len(each)} runs" for name, each in got.items()]
    section.notes += [f"{name}: {why}" for name, why in failures.items()] + [f"{name}: not installed" for name in absent]
    if "bartizan" in tail:
        section.reached = tail["bartizan"] <= MOST and section.notes[0].endswith("yes")
    return section


def _job(tool, argv, root, runs, scratch):
    errors = pathlib.Path(scratch, "errors")
    return lambda: measure.checked(argv, tool.accept, cwd=root, runs=runs, stderr=errors)


def _refuses(present, root, scratch):
    """A note that says whether the product's gate denies the staged credential."""
    gate = next((tool for tool in present if isinstance(tool, tools.Bartizan)), None)
    if gate is None:
        return "the product was not there to be asked about a staged credential"
    code = measure.run(gate.staged(root, pathlib.Path(scratch, "gate.json")), cwd=root)[0].code
    return "the gate denies a staged access key: " + ("yes" if code == 1 else f"no, exit code {code}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=40)
    print(run(parser.parse_args().runs).markdown())
