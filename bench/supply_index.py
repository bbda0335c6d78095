"""The advisory index: size, cost of opening it, and of matching an inventory with it.

Needs $BARTIZAN_TESTDATA/supply/advisories (default `../shared/testdata`), OSV records in the layout of the OSV bucket. They are scaled up to
--records: every copy gets ids and package names of its own, by a fixed rule, and keeps ranges, versions and symbols; every CVE gets a
prediction of exploitation. The inventory is drawn from all packages, each with a version that a record names.
"""

import argparse
import collections
import csv
import hashlib
import json
import pathlib
import re
import subprocess
import tempfile
import time
import zipfile

from harness import places
from harness.section import Section, not_measured

NAME = "supply_index"
TITLE = "Known vulnerabilities: the index, and matching with it"
MOST_BYTES, MOST_OPEN, MOST_MATCH = 30_000_000, 10, 50
TARGET = "500,000 records in at most 30 MB, opened within 10 ms, 5,000 components matched within 50 ms (medians)"
LETTERS = "23456789cfghjmpqrvwx"


def digest(*parts):
    """A number that depends on the parts alone."""
    return int.from_bytes(hashlib.blake2b("\0".join(map(str, parts)).encode(), digest_size=8).digest(), "big")


class Copies:
    """Ids and names of the copies: the same id in one copy becomes the same new id, whatever record names it."""

    def __init__(self):
        self.ids = {}
        self.numbers = collections.Counter()

    def id(self, text, copy):
        """The id of a copy."""
        if copy == 0:
            return text
        if (text, copy) not in self.ids:
            self.ids[text, copy] = self._fresh(text, copy)
        return self.ids[text, copy]

    def _fresh(self, text, copy):
        number = digest(text, copy)
        if text.startswith("GHSA-"):
            letters = "".join(LETTERS[number // 20**place % 20] for place in range(12))
            return "GHSA-" + "-".join(letters[at : at + 4] for at in (0, 4, 8))
        match = re.fullmatch(r"(.*-)(\d{4})-\d+", text)
        if match:
            prefix = f"{match[1]}{2000 + number % 27}-"
            self.numbers[prefix] += 1
            return f"{prefix}{500_000 + self.numbers[prefix]}"
        return f"{text.split('-')[0]}-{number:016x}"[: max(len(text), 12)]

    @staticmethod
    def name(text, copy):
        """The name of a package in a copy."""
        if copy == 0:
            return text
        number = digest(text, copy)
        return text + "-" + "".join(chr(97 + number // 26**place % 26) for place in range(4))


def scaled(record, copy, copies):
    """A record of a copy, in place."""
    record["id"] = copies.id(record["id"], copy)
    for key in ("aliases", "upstream"):
        if record.get(key):
            record[key] = [copies.id(text, copy) for text in record[key]]
    for affected in record.get("affected") or []:
        package = affected.get("package")
        if not package:
            continue
        old, package["name"] = package["name"], copies.name(package["name"], copy)
        for imported in (affected.get("ecosystem_specific") or {}).get("imports") or []:
            imported["path"] = imported["path"].replace(old, package["name"], 1)
    return record


def versions_of(affected):
    """Versions that an entry names."""
    events = [event for one in affected.get("ranges") or [] if one["type"] != "GIT" for event in one["events"]]
    named = [text for event in events for text in event.values() if text not in ("0", "*")]
    return (affected.get("versions") or [])[:4] + named


def generate(source, target, wanted):
    """Writes the mirror and returns packages with versions: {(ecosystem, name): versions}."""
    originals = {}
    for path in sorted(source.glob("*/all.zip")):
        with zipfile.ZipFile(path) as archive:
            originals[path.parent.name] = [archive.read(name) for name in sorted(archive.namelist())]
    copies, packages, cves = Copies(), {}, set()
    archives = {}
    for name in originals:
        (target / name).mkdir(parents=True)
        archives[name] = zipfile.ZipFile(target / name / "all.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    count, copy = 0, 0
    while count < wanted:
        for name, texts in originals.items():
            for text in texts:
                if count == wanted:
                    break
                record = scaled(json.loads(text), copy, copies)
                archives[name].writestr(record["id"] + ".json", json.dumps(record, separators=(",", ":")))
                count += 1
                cves.update(i for i in [record["id"], *(record.get("aliases") or [])] if i.startswith("CVE-"))
                for affected in record.get("affected") or []:
                    package = affected.get("package")
                    versions = package and versions_of(affected)
                    if versions:
                        packages.setdefault((package["ecosystem"], package["name"]), versions)
        copy += 1
    for archive in archives.values():
        archive.close()
    with open(target / "epss.csv", "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["cve", "epss", "percentile"])
        rows.writerows([cve, f"{(digest(cve) % 1000 / 1000) ** 8:.5f}", 0] for cve in sorted(cves))
    return packages


def inventory(packages, count, file):
    """Writes `count` components, one a line."""
    chosen = sorted(packages, key=lambda key: digest(*key))[:count]
    with open(file, "w") as out:
        for key in chosen:
            versions = packages[key]
            out.write("\t".join([*key, versions[digest("version", *key) % len(versions)]]) + "\n")
    return len(chosen)


def run(records=500_000, components=5_000, rounds=15):
    """Measures the figure."""
    testdata = places.testdata()
    source = testdata / "supply" / "advisories"
    program = places.product()
    if not source.is_dir():
        return not_measured(NAME, TITLE, TARGET, "there are no advisories in $BARTIZAN_TESTDATA")
    if program is None:
        return not_measured(NAME, TITLE, TARGET, "the product is not built")
    example = program.parent / "examples" / "match_index"
    if not example.is_file():
        why = "build it with `cargo build --release -p bartizan-supply --example match_index`"
        return not_measured(NAME, TITLE, TARGET, f"the measuring tool is not built; {why}")
    with tempfile.TemporaryDirectory() as scratch:
        mirror, data, listed = (pathlib.Path(scratch, name) for name in ("osv", "data", "components"))
        packages = generate(source, mirror, records)
        count = inventory(packages, components, listed)
        began = time.monotonic()
        update = [str(program), "db", "update", "--from", str(mirror), "--data-dir", str(data)]
        subprocess.run(update, check=True, capture_output=True, env=places.environment())
        built = time.monotonic() - began
        index = data / "advisories" / "index"
        size = index.stat().st_size
        argv = [str(example), str(index), str(listed), str(rounds)]
        got = json.loads(subprocess.run(argv, check=True, capture_output=True, text=True).stdout)
    opened, matched = middle(got["open_ms"]), middle(got["match_ms"])
    section = Section(NAME, TITLE, TARGET, columns=["measure", "value", "bound"])
    section.rows = [
        [f"size of the index of {got['records']:,} records about {len(packages):,} packages", f"{size / 1e6:.1f} MB", "30 MB"],
        ["opening it, in the process", f"{opened:.2f} ms", f"{MOST_OPEN} ms"],
        [f"matching {count:,} components ({got['findings']:,} findings)", f"{matched:.1f} ms", f"{MOST_MATCH} ms"],
        ["the same, the first time in a process", f"{got['match_ms'][0]:.1f} ms", "–"],
        ["making it (`db update`)", f"{built:.1f} s", "–"],
    ]
    section.reached = size <= MOST_BYTES and opened <= MOST_OPEN and matched <= MOST_MATCH
    section.notes = [
        f"{rounds} rounds, medians; every round opens the file anew and reads, checks and searches what it needs",
        f"records are those of the test data, scaled up; components lie in {len(packages):,} packages, one version each",
    ]
    section.commands = ["bartizan db update --from OSV", "match_index INDEX COMPONENTS"]
    return section


def middle(values):
    """The median."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=500_000)
    parser.add_argument("--components", type=int, default=5_000)
    options = parser.parse_args()
    print(run(options.records, options.components).markdown())
