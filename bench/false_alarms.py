"""False alarms of static analysis on well-kept open projects, for 10,000 lines, every finding reviewed by hand.

Rules and models were mended on the first ten projects; the others were chosen before any result of theirs was seen and are only scored.
`false_alarms.tsv` holds the verdict on each finding: `false` where a reader who knows the project would change nothing.
"""

import argparse
import collections
import csv
import dataclasses
import pathlib
import subprocess

from harness import places
from harness.report import Tool, commands, measured
from harness.section import Section, not_measured

NAME = "false_alarms"
TITLE = "False alarms of static analysis on well-kept projects"
MOST = 1.0
TARGET = f"fewer than {MOST:.0f} for 10,000 lines on the projects that were held back"
CODE = (".py", ".pyi", ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".java", ".go")
LEFT_OUT = {"test", "tests", "__tests__", "__mocks__", "testdata", "spec", "e2e", "cypress"} | {
    "node_modules", "bower_components", "vendor", "third_party", "third-party", "site-packages"
}
"""Directories of tests and of copies, in which nothing is looked for (docs/static-analysis.md)."""
OF_TESTS = ("_test.go", *(f".{word}{end}" for word in ("test", "spec", "cy") for end in CODE), *(f".min{end}" for end in CODE))


@dataclasses.dataclass(frozen=True)
class Project:
    """A project at a commit."""

    name: str
    commit: str
    held_back: bool

    @property
    def root(self):
        """Its checkout in the corpora, or None."""
        return places.corpus("false-alarms", self.name.split("/")[1])


PROJECTS = [
    Project("aio-libs/aiohttp", "495e778360d1924da63e16dba0f0d76baf56a56a", False),
    Project("NodeBB/NodeBB", "ab329b3b4c4d4cc9717b2938908649382cca2b39", False),
    Project("Unleash/unleash", "ceeb5a9ca6d0beb0cabf041d6a27ffd2d6501859", False),
    Project("dropwizard/dropwizard", "86b652321ef9d20a9d2c958e4938e25008e2aacb", False),
    Project("caddyserver/caddy", "0cf03d32f7d99cf160d5375e8a40fbe3d910d515", False),
    Project("scrapy/scrapy", "11079cb1c85b9e75a39a7269943c69d1a975d485", False),
    Project("fastify/fastify", "83e69762aff047940b376fc2a266d143499ef727", False),
    Project("apollographql/apollo-server", "4f154060bbe57d3bd612cb09ab63467f319d4ba5", False),
    Project("apache/shiro", "b8b883cc27af4a71945db7ba5951230e52fe8dc6", False),
    Project("prometheus/alertmanager", "68fb2d5759b3a92c0bb2a1a13d4ef7ff5b06256d", False),
    Project("simonw/datasette", "481df7ff6d78a8ccf919984d27f27201b081bd53", True),
    Project("Automattic/mongoose", "3e212cec87dbf710216a3c6125121aefa60a4475", True),
    Project("honojs/hono", "28a9c128912de19f3fb28b00ae289c9b93f6f392", True),
    Project("undertow-io/undertow", "c8299de0962021894d614a9209d42addb426c4bd", True),
    Project("traefik/traefik", "fd5a576df2e8aeb0bfc8a96b6ef6e60a61f7ec0a", True),
]


def lines_of(root):
    """How many lines of source code of a checkout are judged."""
    files = (path for path in root.rglob("*") if path.suffix in CODE and path.is_file())
    return sum(path.read_bytes().count(b"\n") for path in files if is_judged(path.relative_to(root)))


def is_judged(path):
    """Whether a file of this path is no test and no copy."""
    return not LEFT_OUT & set(path.parts[:-1]) and not path.name.endswith(OF_TESTS) and path.name != "conftest.py"


def verdicts():
    """The verdict on each reviewed finding, by project, rule, path and line."""
    with pathlib.Path(__file__).with_name("false_alarms.tsv").open(encoding="utf-8") as lines:
        rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
        return {(row["project"], row["rule"], row["path"], int(row["line"])): row["verdict"] for row in rows}


def counted(project, report, table):
    """How many findings of a report are true, false, and not reviewed."""
    counts = collections.Counter()
    for one in report["findings"]:
        for place in one["locations"]:
            counts[table.get((project.name, one["rule"], place["path"], place["line"]), "not reviewed")] += 1
    return counts


def at_commit(project):
    """Whether the checkout is at the commit that was reviewed, as far as git tells."""
    done = subprocess.run(["git", "-C", project.root, "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return done.returncode != 0 or done.stdout.strip() == project.commit


def run(projects=None, runs=1):
    """Scans the projects and counts by the verdicts."""
    program, projects = places.product(), projects or PROJECTS
    missing = [one.name for one in projects if not one.root or not at_commit(one)]
    if not program or missing:
        why = f"{', '.join(missing)} is not there at the commit that was reviewed" if missing else "the product is not built"
        return not_measured(NAME, TITLE, TARGET, why)
    columns = ["project", "held back", "lines", "findings", "false", "true", "not reviewed", "false for 10,000 lines"]
    section, table, sums = Section(NAME, TITLE, TARGET, columns=columns), verdicts(), collections.defaultdict(collections.Counter)
    for project in projects:
        argv = [program, "scan", "--isolated", "--no-cache", "--only", "code/*", "-q", "-o", "json", project.root]
        tools = {"bartizan": Tool(argv, (0, 1, 4))}
        answers, notes = measured(tools, runs)
        section.notes += notes
        if "bartizan" not in answers:
            return dataclasses.replace(section, rows=[], missing="a scan failed")
        counts = counted(project, answers["bartizan"].report, table) + collections.Counter(lines=lines_of(project.root))
        sums[project.held_back] += counts
        section.rows.append(_row(f"{project.name}@{project.commit[:8]}", project.held_back, counts))
        section.commands = commands(tools)
    for held_back in sorted(sums):
        section.rows.append(_row("**all that were held back**" if held_back else "**all that were learned from**", held_back, sums[held_back]))
    if sums[True]:
        section.reached = _rate(sums[True]) < MOST and not any(one["not reviewed"] for one in sums.values())
    section.notes.append("verdicts: bench/false_alarms.tsv; lines are those that are judged, tests and copies of other projects left out")
    return section


def _rate(counts):
    return 10_000 * counts["false"] / max(counts["lines"], 1)


def _row(name, held_back, counts):
    found = counts["false"] + counts["true"] + counts["not reviewed"]
    numbers = [counts["lines"], found, counts["false"], counts["true"], counts["not reviewed"]]
    return [name, "yes" if held_back else "no", *(f"{number:,}" for number in numbers), f"{_rate(counts):.2f}"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learned", action="store_true", help="only the projects that rules were mended on")
    options = parser.parse_args()
    print(run([one for one in PROJECTS if not (options.learned and one.held_back)]).markdown())
