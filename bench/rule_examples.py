"""How many of the published rule examples of gitleaks, Kingfisher and Nosey Parker each tool finds.

Needs the sources of the three projects as $BARTIZAN_CORPORA/{gitleaks,kingfisher,noseyparker}. Every example becomes
a file of its own; an example is hit when its file has any finding. Many negative examples are random text that merely
lacks one rule's format, assigned to a name like `token`: the classifier of generic credentials is right to report those,
so a second row shows what the format rules alone do.
"""

import collections
import pathlib
import tempfile

import leaky_repo
from harness import go_examples, measure, places, tools, yaml_examples
from harness.examples import consistent, distinct
from harness.section import Section, not_measured

NAME = "rule_examples"
TITLE = "Leaked credentials: examples published with other tools' rules"
LEAST_HIT, MOST_FALSE = 0.80, 0.03
TARGET = f"at least {LEAST_HIT:.0%} of the positive examples hit, at most {MOST_FALSE:.0%} of the negative ones"
SOURCES = {
    "gitleaks": "cmd/generate/config/rules/*.go",
    "kingfisher": "data/rules/*.yml",
    "noseyparker": "crates/noseyparker/data/default/builtin/rules/*.yml",
}


def extract(source, root):
    """(examples, expressions that could not be derived) of one project's checkout."""
    examples, unknown = [], 0
    for path in sorted(root.glob(SOURCES[source])):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".go":
            found, lost = go_examples.read(text, source)
            unknown += lost
        else:
            found = yaml_examples.read(text, source)
        examples += found
    return distinct(examples), unknown


def write(examples, root):
    """Writes one file an example; returns the relative path of each. The names do not tell positive from negative."""
    paths = []
    for number, example in enumerate(examples):
        wanted = pathlib.PurePath(example.path)
        inside = pathlib.PurePath(*[part for part in wanted.parts if part not in ("/", "..")]) if example.path else None
        path = pathlib.PurePath(f"{number:05}") / (inside or "sample.txt")
        full = root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_text(example.text.rstrip("\n") + "\n", encoding="utf-8", errors="surrogateescape")
        paths.append(str(path))
    return paths


def counted(examples, paths, hits):
    """{(source, positive): (hit, all)}."""
    reported = {hit.path for hit in hits}
    table = collections.defaultdict(lambda: [0, 0])
    for example, path in zip(examples, paths, strict=True):
        for source in (example.source, "all"):
            table[source, example.positive][0] += path in reported
            table[source, example.positive][1] += 1
    return {key: tuple(value) for key, value in table.items()}


def _cell(pair):
    hit, of = pair
    return f"{hit} of {of} ({hit / of:.1%})" if of else "–"


def run():
    """Measures the figure."""
    examples, notes = [], []
    for source in SOURCES:
        root = places.corpus(source)
        if root is None:
            notes.append(f"{source}: its source is not in $BARTIZAN_CORPORA")
            continue
        found, unknown = extract(source, root)
        examples += found
        counts = collections.Counter((one.positive, one.derived) for one in found)
        notes.append(
            f"{source}: {counts[True, False] + counts[True, True]} positive and "
            f"{counts[False, False] + counts[False, True]} negative examples extracted, of them "
            f"{counts[True, True] + counts[False, True]} drawn from the author's pattern with a fixed seed; "
            f"{unknown} expressions could not be derived"
        )
    if not examples:
        return not_measured(NAME, TITLE, TARGET, "; ".join(notes))
    kept = consistent(examples)
    notes.append(f"{len(examples) - len(kept)} negative examples left out: their text is a positive example of another rule")
    examples = kept
    product, *peers = leaky_repo.compared()
    present, absent = tools.installed([product, tools.Bartizan(formats_only=True), *peers])
    section = Section(NAME, TITLE, TARGET, notes=notes + [f"{name}: not installed" for name in absent])
    sources = ["all", *(source for source in SOURCES if places.corpus(source))]
    section.columns = ["tool", *(f"hit: {one}" for one in sources), *(f"false: {one}" for one in sources)]
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch, "examples")
        paths = write(examples, root)
        for tool in present:
            try:
                hits, argv = leaky_repo.scan(tool, root, scratch)
            except measure.CommandFailed as failure:
                section.notes.append(f"{tool.name}: {failure}")
                continue
            table = counted(examples, paths, hits)
            cells = [_cell(table.get((one, positive), (0, 0))) for positive in (True, False) for one in sources]
            section.rows.append([tool.name, *cells])
            section.commands.append(places.shown(argv, scratch))
            if isinstance(tool, tools.Bartizan) and not tool.formats_only:
                section.reached = _reached(table)
    return section


def _reached(table):
    hit, positives = table["all", True]
    false, negatives = table.get(("all", False), (0, 0))
    return hit >= LEAST_HIT * positives and false <= MOST_FALSE * negatives


if __name__ == "__main__":
    print(run().markdown())
