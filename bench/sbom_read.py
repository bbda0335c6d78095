"""Reading a large bill of materials: wall and processor time and memory for `sbom:FILE` of a generated CycloneDX document.

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
TARGET = f"a CycloneDX document of 256 MB read as `sbom:FILE` and written again within {MOST} s"
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
    count = size // 1_050
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
        argv = [program, "sbom", f"sbom:{file}", "-o", f"cyclonedx={scratch}/out.json", "--no-progress"]
        # What is asked of the product is in the argument list; its own variables are no part of it.
        measure.checked(argv, (0, 4), stderr=f"{scratch}/err")
        runs = [one for _ in range(rounds) for one in measure.checked(argv, (0, 4), stderr=f"{scratch}/err")]
        written = len(json.loads(pathlib.Path(scratch, "out.json").read_text(encoding="utf-8"))["components"])
        commands = [places.shown(argv, scratch)]
    section = Section(NAME, TITLE, TARGET, columns=["measure", "median"], commands=commands)
    wall = measure.median(runs, "wall")
    section.rows = [
        ["wall s", f"{wall:.2f}"],
        ["CPU s", f"{measure.median(runs, 'cpu'):.2f}"],
        ["peak MiB", f"{measure.median(runs, 'rss') / 2**20:.0f}"],
        ["components written of those read", f"{written:,} of {count:,}"],
    ]
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    section.notes = [f"{size / 1e6:.0f} MB, {count:,} components; medians of {rounds} runs; load average {load}"]
    section.reached = wall <= MOST and written == count
    return section


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(run(options.megabytes, options.rounds).markdown())
