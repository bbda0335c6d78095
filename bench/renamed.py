"""The OWASP Benchmarks under other names: whether what is found depends on what things are called, or on where they lie.

Every identifier that is not a library's is renamed, every file and directory, and the words within strings that name a test or its category;
files come in another order; comments go. A score that came from knowing the benchmark would fall.
"""

import argparse
import json
import pathlib
import re
import sys
import tempfile

from harness import measure, owasp, places
from harness.renaming import python
from harness.renaming_java import java
from harness.section import Section, not_measured

NAME = "renamed"
TITLE = "OWASP Benchmarks with every name changed and files shuffled"
MOST = 0.02
TARGET = f"scores that differ by at most {MOST:.2f}"
SETTINGS = (".properties", ".env", ".yaml", ".yml")
CORPORA = {"BenchmarkPython": (".", ".py", python, ("results", "scripts")), "BenchmarkJava": ("src/main", ".java", java, ())}
"""Of each: the directory with its programs, the ending of their names, how they are renamed, and what is left out."""


def read(root, ending, left_out):
    """Texts by path of the files whose names end so."""
    paths = (path.relative_to(root) for path in sorted(root.rglob("*")) if path.name.endswith(ending) and path.is_file())
    return {str(path): (root / path).read_text(encoding="utf-8") for path in paths if path.parts[0] not in left_out}


def write(home, renamed, settings):
    """Writes a program, and files of settings with the names in them that were changed."""
    for path, text in renamed.texts.items():
        target = home / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    for number, (path, text) in enumerate(settings.items()):
        text = re.sub(r"(?<=[=.])\w+$", lambda match: renamed.names.get(match[0], match[0]), text, flags=re.MULTILINE)
        (home / f"settings{number}{pathlib.PurePath(path).suffix}").write_text(text, encoding="utf-8")


def found(program, root, scratch):
    """(path, CWE) of what is found in a directory."""
    report = pathlib.Path(scratch, "report.json")
    argv = [program, "scan", "--isolated", "--no-cache", "--only", "code/*", "-q", "-o", "json", root]
    measure.checked(argv, (0, 1, 4), stdout=report, timeout=3600)
    return owasp.of_bartizan(json.loads(report.read_text(encoding="utf-8"))), argv


def scores(program, corpus, seed, scratch):
    """The score of a benchmark as it is and under other names, what was renamed, and the commands."""
    below, ending, rename, left_out = CORPORA[corpus]
    root = places.corpus(corpus)
    expected = owasp.cases(root)
    plain, first = found(program, root / below, scratch)
    texts = read(root / below, ending, left_out)
    words = re.compile(rf"BenchmarkTest\d+|\b(?:{'|'.join(sorted({case.category for case in expected}))})-\d\d\b")
    renamed = rename(texts, seed, words)
    home = pathlib.Path(scratch, f"{corpus}-{seed}")
    write(home, renamed, {path: text for end in SETTINGS for path, text in read(root / below, end, left_out).items()})
    other, second = found(program, home, scratch)
    stems = {pathlib.PurePath(old).stem: pathlib.PurePath(new).stem for old, new in renamed.moved.items()}
    cases = [owasp.Case(stems[case.name], case.category, case.real, case.cwe) for case in expected]
    return owasp.score(expected, owasp.tests_of(plain))[0], owasp.score(cases, owasp.tests_of(other))[0], renamed, (first, second)


def run(seeds=(1, 2)):
    """Measures both benchmarks, once for each seed."""
    program, missing = places.product(), [corpus for corpus in CORPORA if not places.corpus(corpus)]
    if not program or missing:
        return not_measured(NAME, TITLE, TARGET, f"the corpus `{missing[0]}` is not there" if missing else "the product is not built")
    if sys.version_info < (3, 12):
        return not_measured(NAME, TITLE, TARGET, "Python 3.12 is needed to read BenchmarkPython")
    section = Section(NAME, TITLE, TARGET, columns=["benchmark", "seed", "names changed", "score", "score under other names"], reached=True)
    for corpus in CORPORA:
        for seed in seeds:
            with tempfile.TemporaryDirectory() as scratch:
                plain, other, renamed, argvs = scores(program, corpus, seed, scratch)
                section.commands += [places.shown(argv, scratch) for argv in argvs]
            section.rows.append([corpus, seed, f"{len(renamed.names):,}", f"{plain:.3f}", f"{other:.3f}"])
            section.reached &= abs(plain - other) <= MOST
        section.notes.append(f"{corpus}: {len(renamed.kept)} names stay, because a library has them too: {', '.join(renamed.kept)}")
    section.commands = sorted(set(section.commands))
    return section


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    print(run(parser.parse_args().seeds).markdown())
