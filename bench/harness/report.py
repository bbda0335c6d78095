"""Tools that write a report to standard output, measured side by side. In: how each is run. Out: its figures and its report."""

import dataclasses
import json
import pathlib
import tempfile
import typing

from . import measure, places


class Tool(typing.NamedTuple):
    """How a tool is run: its command, of which the program may be absent, and the exit codes that are no failure."""

    argv: list
    accept: tuple


@dataclasses.dataclass(frozen=True)
class Measured:
    """What a tool cost, and the JSON that it wrote."""

    runs: list
    report: object

    @property
    def cpu(self):
        """The median of processor seconds."""
        return measure.median(self.runs, "cpu")

    @property
    def wall(self):
        """The median of seconds on the wall."""
        return measure.median(self.runs, "wall")

    @property
    def memory(self):
        """The most memory of any run, in MB."""
        return max(one.rss for one in self.runs) / 1e6

    def cells(self):
        """Processor seconds, seconds on the wall and memory, as a table shows them."""
        return [f"{self.cpu:.2f}", f"{self.wall:.2f}", f"{self.memory:.0f}"]


def measured(tools, runs):
    """Runs the tools that are there `runs` times in turn, after one run that does not count.

    Returns what each gave, by name; and notes: failures, and tools that are not installed.
    """
    present = {name: tool for name, tool in tools.items() if tool.argv[0]}
    with tempfile.TemporaryDirectory() as scratch:
        reports = {name: pathlib.Path(scratch, f"{name}.json") for name in present}
        jobs = {name: _job(tool, reports[name]) for name, tool in present.items()}
        measure.interleave(jobs, 1)
        got, failures = measure.interleave(jobs, runs)
        answers = {name: Measured(each, json.loads(reports[name].read_text(encoding="utf-8"))) for name, each in got.items()}
    notes = [f"{name}: {why}" for name, why in failures.items()]
    notes += [f"{name}: not installed" for name in tools if name not in present]
    return answers, notes


def commands(tools):
    """The commands of the tools that are there, as they are shown."""
    return [places.shown(tool.argv) for tool in tools.values() if tool.argv[0]]


def _job(tool, report):
    return lambda: measure.checked(tool.argv, tool.accept, stdout=report)
