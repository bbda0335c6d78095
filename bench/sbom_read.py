"""Reading a large bill of materials: wall and processor time and memory for `sbom:FILE` of a generated CycloneDX document.

Measured are reading it into the inventory (`scan`, with the checks of the supply alone and no advisories to match) and reading it and
writing it again (`sbom`); neither keeps results for a next run.

The document is generated: --megabytes of CycloneDX 1.6 in JSON with components of npm, PyPI, Maven and Debian that carry what tools
write (licences, digests, properties, dependencies).
"""

import argparse
import hashlib
import json
import os
import pathlib
import tempfile

from harness import measure, places
from harness.section import Section, not_measured

NAME = "sbom_read"
TITLE = "Bill of materials: reading a large one"
MOST = 5
TARGET = f"a CycloneDX document of 256 MB read as `sbom:FILE` within {MOST} s"
KINDS = ("npm/%40acme", "pypi", "maven/org.acme.shop", "deb/debian")
LICENSES = ("MIT", "Apache-2.0", "BSD-3-Clause", "ISC")


def component(number):
    """One component of the document."""
    kind = KINDS[number % len(KINDS)]
    digest = hashlib.sha512(str(number).encode()).hexdigest()
    purl = f"pkg:{kind}/package-{number}@{number % 20}.{number % 7}.{number % 11}"
    return {
        "bom-ref": purl,
        "type": "library",
        "name": f"package-{number}",
        "version": purl.rsplit("@", 1)[1],
        "description": f"The package number {number}, which other packages of this document depend on; generated for a measurement.",
        "licenses": [{"license": {"id": LICENSES[number % len(LICENSES)]}}],
        "hashes": [{"alg": "SHA-512", "content": digest}],
        "purl": purl,
        "externalReferences": [{"type": "distribution", "url": f"https://registry.example.org/{number}.tgz"}],
        "properties": [{"name": "example:location", "value": f"/app/node_modules/package-{number}/package.json"}],
    }


def generate(file, size):
    """Writes a document of about `size` bytes and returns how many components it has."""
    count = size // 935
    with open(file, "w", encoding="utf-8") as out:
        out.write('{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[\n')
        purls = []
        for number in range(count):
            one = component(number)
            purls.append(one["purl"])
            out.write((",\n" if number else "") + json.dumps(one, indent=1))
        out.write('\n],"dependencies":[\n')
        for number, purl in enumerate(purls):
            on = sorted({purls[number * 7 % count], purls[number // 2]})
            out.write((",\n" if number else "") + json.dumps({"ref": purl, "dependsOn": on}))
        out.write("\n]}\n")
    return count


def run(megabytes=256, rounds=3):
    """Measures the figure with `rounds` runs."""
    program = places.product()
    if program is None:
        return not_measured(NAME, TITLE, TARGET, "the product is not built")
    with tempfile.TemporaryDirectory() as scratch:
        file = pathlib.Path(scratch, "large.cdx.json")
        count = generate(file, megabytes * 1_000_000)
        size = file.stat().st_size
        common = ["--no-progress", "--no-cache", "--data-dir", f"{scratch}/data"]
        commands = {
            "read": [program, "scan", f"sbom:{file}", "--only", "supply/*", "-o", f"concise={scratch}/out.txt", *common],
            "read and written again": [program, "sbom", f"sbom:{file}", "-o", f"cyclonedx={scratch}/out.json", *common],
        }
        jobs = {name: _job(argv, scratch) for name, argv in commands.items()}
        measure.interleave(jobs, 1)
        runs, failures = measure.interleave(jobs, rounds)
        written = len(json.loads(pathlib.Path(scratch, "out.json").read_text(encoding="utf-8"))["components"])
        shown = [places.shown(argv, scratch) for argv in commands.values()]
    section = Section(NAME, TITLE, TARGET, columns=["", "wall s", "CPU s", "peak MiB"], commands=shown)
    for name, got in runs.items():
        wall, cpu, memory = (measure.median(got, field) for field in ("wall", "cpu", "rss"))
        section.rows.append([name, f"{wall:.2f}", f"{cpu:.2f}", f"{memory / 2**20:.0f}"])
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    section.notes = [f"{size / 1e6:.0f} MB, {count:,} components, of which {written:,} were written again"]
    section.notes.append(f"medians of {rounds} runs, in turn; load average {load}")
    section.notes += [f"{name}: {why}" for name, why in failures.items()]
    if "read" in runs:
        section.reached = measure.median(runs["read"], "wall") <= MOST and written == count
    return section


def _job(argv, scratch):
    return lambda: measure.checked(argv, (0, 4), stderr=f"{scratch}/err")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(run(options.megabytes, options.rounds).markdown())
