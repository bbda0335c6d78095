"""Measured runs of outside commands. In: argument lists. Out: `Run` records and their medians."""

import dataclasses
import json
import os
import pathlib
import statistics
import subprocess
import sys

LAUNCHER = pathlib.Path(__file__).with_name("launch.py")


@dataclasses.dataclass(frozen=True)
class Run:
    """One finished command: wall and processor seconds (user and system), peak resident bytes, exit code."""

    wall: float
    cpu: float
    rss: int
    code: int
    timed_out: bool


class CommandFailed(Exception):
    """A measured command ended in a way that makes its figures meaningless."""


def run(argv, cwd=".", runs=1, stdout=None, stderr=None, timeout=1800, env=None):
    """Runs `argv` (an absolute executable first) `runs` times and returns what each run cost."""
    spec = {
        "argv": [str(part) for part in argv],
        "cwd": str(cwd),
        # The scripts' own variables are no settings of the product, which refuses what it does not know.
        "env": {k: v for k, v in (os.environ if env is None else env).items() if not k.startswith("BARTIZAN_")},
        "stdout": str(stdout) if stdout else None,
        "stderr": str(stderr) if stderr else None,
        "runs": runs,
        "timeout": timeout,
    }
    done = subprocess.run(
        [sys.executable, "-S", str(LAUNCHER)], input=json.dumps(spec), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise CommandFailed(f"{argv[0]} could not be started: {done.stderr.strip()[-400:]}")
    return [Run(**json.loads(line)) for line in done.stdout.splitlines()]


def checked(argv, accept, **options):
    """Like `run`, but refuses runs that timed out or ended with a code outside `accept`."""
    runs = run(argv, **options)
    for one in runs:
        if one.timed_out:
            raise CommandFailed(f"stopped after {options.get('timeout', 1800)} s")
        if one.code not in accept:
            raise CommandFailed(f"ended with exit code {one.code}{_last_words(options.get('stderr'))}")
    return runs


def _last_words(stderr):
    """The end of what the command wrote to standard error, to explain a failure."""
    if not stderr or not os.path.exists(stderr):
        return ""
    text = pathlib.Path(stderr).read_text(encoding="utf-8", errors="replace").strip()
    return f": {text[-300:]}" if text else ""


def interleave(jobs, rounds):
    """Calls every job once a round, so that a slow spell of the machine falls on all alike.

    `jobs` maps a name to a function returning a list of runs. A job that fails is dropped and its reason kept.
    Returns (runs by name, failures by name).
    """
    runs = {name: [] for name in jobs}
    failures = {}
    for _ in range(rounds):
        for name, job in jobs.items():
            if name in failures:
                continue
            try:
                runs[name].extend(job())
            except CommandFailed as failure:
                failures[name] = str(failure)
    return {name: got for name, got in runs.items() if name not in failures}, failures


def median(runs, field):
    """The median of one field of several runs."""
    return statistics.median(getattr(one, field) for one in runs)


def percentile(values, share):
    """The nearest-rank percentile: the smallest value that at least `share` (0..1] of the values do not exceed."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values")
    rank = max(1, -(-len(ordered) * share // 1))
    return ordered[int(rank) - 1]
