"""The tools compared: how each is told to scan a directory, a history or the index, and how its report is read.

Every report becomes a list of `Hit`s with paths relative to the scanned directory.
The peers run with their default rules and thresholds; what is switched off is what leaves the machine
(validation against providers, update checks) and what would merge equal secrets in different files into one finding.
"""

import dataclasses
import json
import os
import pathlib
import re

from harness import places

LEVELS = ("high", "medium", "low")


@dataclasses.dataclass(frozen=True)
class Hit:
    """One finding: file, first and last line (from 1), rule, and how sure the tool is (None when it does not say)."""

    path: str
    line: int
    end_line: int
    rule: str
    confidence: str | None = None


class Tool:
    """A scanner. Subclasses say how to call it; `accept` lists the exit codes of a completed scan."""

    name = ""
    command = ""
    accept = (0,)
    prints_report = False

    def executable(self):
        """The absolute path of the tool, or None when it is not installed."""
        return places.peer(self.command)

    def version(self):
        """The version line the tool prints."""
        return places.output_of([self.executable(), "--version"])

    def tree(self, root, report):
        """The arguments that scan a directory."""
        raise NotImplementedError

    def history(self, repository, report):
        """The arguments that scan every commit of a repository; None when the tool cannot."""
        return None

    def staged(self, repository, report):
        """The arguments that scan what is staged; None when the tool cannot."""
        return None

    def read(self, report, root):
        """The hits in a report written by `tree`."""
        raise NotImplementedError


class Bartizan(Tool):
    """This project's binary. Exit code 4 says that something could not be read; the scan itself is complete."""

    name = "bartizan"
    accept = (0, 4)

    def __init__(self, data_dir=None, formats_only=False):
        self.data_dir = data_dir
        self.formats_only = formats_only
        if formats_only:
            self.name = "bartizan, format rules only"

    def executable(self):
        return places.product()

    def version(self):
        return places.output_of([self.executable(), "version"])

    def _cache(self):
        return ["--data-dir", self.data_dir] if self.data_dir else ["--no-cache"]

    def _scan(self, target, report):
        common = ["-o", f"json={report}", "--no-progress", "--exit-zero", "--only", "leak/*"]
        skipped = ["--skip", "leak/generic-*"] if self.formats_only else []
        return [self.executable(), "scan", target, *common, *skipped, *self._cache()]

    def tree(self, root, report):
        return self._scan(root, report)

    def history(self, repository, report):
        return self._scan("git:ALL", report)

    def staged(self, repository, report):
        return [self.executable(), "gate", "--stage", "commit", "--staged"]

    def read(self, report, root):
        hits = []
        for finding in _load(report).get("findings", []):
            # A credential that stands in several places is one finding with several locations.
            for location in finding.get("locations", []):
                first = int(location.get("line") or 1)
                last = int(location.get("end_line") or first)
                hits.append(Hit(location["path"], first, last, finding["rule"], finding.get("confidence")))
        return hits


class Kingfisher(Tool):
    """kingfisher; exit codes 200 and 205 say that findings were reported."""

    name = "kingfisher"
    command = "kingfisher"
    accept = (0, 200, 205)

    def __init__(self, confidence=None):
        self.confidence = confidence
        if confidence:
            self.name = f"kingfisher --confidence {confidence}"

    def _scan(self, target, report, *more):
        chosen = ["--confidence", self.confidence] if self.confidence else []
        common = ["--no-validate", "--no-dedup", "--no-update-check", "--quiet", "--format", "json", "--output", report]
        return [self.executable(), "scan", target, *common, *chosen, *more]

    def tree(self, root, report):
        return self._scan(root, report, "--git-history", "none")

    def history(self, repository, report):
        return self._scan(repository, report)

    def staged(self, repository, report):
        return self._scan(repository, report, "--staged")

    def read(self, report, root):
        hits = []
        for entry in _load(report).get("findings", []):
            found = entry["finding"]
            first = int(found["line"])
            last = first + found.get("snippet", "").strip("\n").count("\n")
            hits.append(Hit(_relative(found["path"], root), first, last, entry["rule"]["id"], found.get("confidence")))
        return hits


class Betterleaks(Tool):
    """betterleaks, the successor of gitleaks."""

    name = "betterleaks"
    command = "betterleaks"

    def _common(self, report):
        return ["--output", report, "--silent", "--exit-code", "0"]

    def tree(self, root, report):
        return [self.executable(), "fs", root, *self._common(report)]

    def history(self, repository, report):
        return [self.executable(), "git", repository, *self._common(report)]

    def staged(self, repository, report):
        return [self.executable(), "git", repository, "--staged", *self._common(report)]

    def read(self, report, root):
        hits = []
        for found in _load(report).get("findings", []):
            at = found["location"]
            first = int(at["start_line"])
            last = int(at.get("end_line") or first)
            hits.append(Hit(_relative(at["path"], root), first, last, found["rule_id"], found.get("confidence")))
        return hits


class Gitleaks(Tool):
    """gitleaks."""

    name = "gitleaks"
    command = "gitleaks"

    def _common(self, report):
        return ["-f", "json", "-r", report, "--no-banner", "--exit-code", "0", "-l", "error"]

    def tree(self, root, report):
        return [self.executable(), "dir", root, *self._common(report)]

    def history(self, repository, report):
        return [self.executable(), "git", repository, *self._common(report)]

    def staged(self, repository, report):
        return [self.executable(), "git", repository, "--pre-commit", "--staged", *self._common(report)]

    def read(self, report, root):
        return [
            Hit(_relative(found["File"], root), int(found["StartLine"]), int(found["EndLine"]), found["RuleID"])
            for found in _load(report)
        ]


class Ripsecrets(Tool):
    """ripsecrets; it prints `path:line:text` and ends with 1 when it found something."""

    name = "ripsecrets"
    command = "ripsecrets"
    accept = (0, 1)
    prints_report = True

    def tree(self, root, report):
        return [self.executable(), root]

    def read(self, report, root):
        hits = []
        for row in pathlib.Path(report).read_text(encoding="utf-8", errors="replace").splitlines():
            match = re.match(r"(/.*?):(\d+):", row)
            if match:
                line = int(match[2])
                hits.append(Hit(_relative(match[1], root), line, line, "ripsecrets"))
        return hits


class DetectSecrets(Tool):
    """detect-secrets, with all its plugins and without asking providers."""

    name = "detect-secrets"
    command = "detect-secrets"
    prints_report = True

    def tree(self, root, report):
        return [self.executable(), "scan", "--all-files", "--no-verify", root]

    def read(self, report, root):
        hits = []
        for path, found in _load(report)["results"].items():
            for one in found:
                line = int(one["line_number"])
                hits.append(Hit(_relative(path, root), line, line, one["type"]))
        return hits


def _load(report):
    """A JSON report; tools that found nothing may leave an empty file or none."""
    path = pathlib.Path(report)
    if not path.exists() or path.stat().st_size == 0:
        return {}
    with path.open(encoding="utf-8", errors="replace") as file:
        return json.load(file)


def _relative(path, root):
    """A reported path relative to the scanned directory."""
    return os.path.relpath(path, root) if os.path.isabs(path) else os.path.normpath(path)


def installed(tools):
    """(tools that are installed, names of those that are not)."""
    present = [tool for tool in tools if tool.executable()]
    return present, [tool.name for tool in tools if not tool.executable()]
