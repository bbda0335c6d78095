"""Compares the components that bartizan, syft and trivy find in the same trees, and prints every difference.

    python3 bench/sbom_compare.py [--testdata] [--show N] [DIR…]

A tree is each DIR, and with --testdata the files of $BARTIZAN_TESTDATA/supply/lockfiles, each laid out under the name that its own
tool gives it. Components are compared as (type, name, version) after normalisation of their package URLs; qualifiers, the source of
a license or a digest and the place of evidence do not count. The peers run offline with every cataloger they have for files:
`syft scan dir:DIR` with all catalogers, `trivy fs` and `trivy rootfs` together.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import urllib.parse

from harness import places

# Directory of the test data (below extractor/filesystem) → the name its tool gives such a file.
NAMES = {
    "language/cpp/conanlock": "conan.lock",
    "language/dart/pubspec": "pubspec.lock",
    "language/dotnet/depsjson": "app.deps.json",
    "language/dotnet/packagesconfig": "packages.config",
    "language/dotnet/packageslockjson": "packages.lock.json",
    "language/elixir/mixlock": "mix.lock",
    "language/erlang/mixlock": "mix.lock",
    "language/golang/gomod": "go.mod",
    "language/haskell/cabal": "cabal.project.freeze",
    "language/haskell/stacklock": "stack.yaml.lock",
    "language/java/gradlelockfile": "gradle.lockfile",
    "language/java/gradleverificationmetadataxml": "gradle/verification-metadata.xml",
    "language/java/pomxml": "pom.xml",
    "language/javascript/bunlock": "bun.lock",
    "language/javascript/packagejson": "node_modules/some/package.json",
    "language/javascript/packagelockjson": "package-lock.json",
    "language/javascript/pnpmlock": "pnpm-lock.yaml",
    "language/javascript/yarnlock": "yarn.lock",
    "language/julia/manifesttoml": "Manifest.toml",
    "language/php/composerlock": "composer.lock",
    "language/python/condameta": "envs/some/conda-meta/some.json",
    "language/python/pdmlock": "pdm.lock",
    "language/python/pipfilelock": "Pipfile.lock",
    "language/python/poetrylock": "poetry.lock",
    "language/python/pylock": "pylock.toml",
    "language/python/requirements": "requirements.txt",
    "language/python/uvlock": "uv.lock",
    "language/python/wheelegg": "site-packages/some.dist-info/METADATA",
    "language/r/renvlock": "renv.lock",
    "language/ruby/gemfilelock": "Gemfile.lock",
    "language/ruby/gemspec": "specifications/some.gemspec",
    "language/rust/cargolock": "Cargo.lock",
    "language/swift/packageresolved": "Package.resolved",
    "language/swift/podfilelock": "Podfile.lock",
    "os/apk": "lib/apk/db/installed",
    "os/dpkg": "var/lib/dpkg/status",
    "os/pacman": "var/lib/pacman/local/some-1/desc",
    "os/rpm": "var/lib/rpm/Packages",
    "os/portage": "var/db/pkg/dev-lang/some-1/PF",
    "sbom/cdx": None,
    "sbom/spdx": None,
}


def layout(source, target):
    """Copies the files of the test data to directories of their own, `KIND/FILE/NAME`."""
    for folder in sorted(source.glob("extractor/filesystem/**/testdata")):
        kind = str(folder.relative_to(source / "extractor/filesystem").parent)
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = NAMES.get(kind, file.name) or file.name
            place = target / kind.replace("/", ".") / str(file.relative_to(folder)).replace("/", "_") / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)


def key(purl):
    """(type, name, version) of a package URL, in the form that all three agree on."""
    body, _, subpath = purl.removeprefix("pkg:").partition("#")
    body = body.split("?")[0]
    kind, _, rest = body.partition("/")
    at = rest.rfind("@")
    name, version = (rest, "") if at <= 0 else (rest[:at], rest[at + 1 :])
    name, version = urllib.parse.unquote(name), urllib.parse.unquote(version)
    kind = kind.lower()
    if kind == "pypi":
        name = re.sub(r"[-_.]+", "-", name).lower()
    elif kind in ("composer", "github", "githubactions", "nuget", "golang", "swift"):
        name = name.lower()
    if kind == "golang":
        # syft cuts the path of a module after its owner's name and puts the rest where parts of a package are named.
        name = f"{name}/{subpath}".rstrip("/").lower()
        version = version.removeprefix("go").removeprefix("v")
    if kind == "github":
        version = version.removeprefix("v")
    if kind in ("deb", "apk", "rpm", "alpm"):
        # The distribution stands in another file than the packages, and not all name it.
        name = name.split("/")[-1]
        version = re.sub(r"^\d+:", "", version)
    return kind, name, version.strip()


def execute(argv, **options):
    """A command that ended, with what it printed."""
    return subprocess.run([str(word) for word in argv], capture_output=True, check=False, **options)


def with_bartizan(root):
    """{key: places} of this project's binary."""
    # The scripts' own variables are no settings of the product, which refuses what it does not know.
    done = execute([places.product(), "sbom", root, "-o", "cyclonedx", "--no-progress", "--no-cache"], env=places.environment())
    if done.returncode not in (0, 3, 4):
        sys.exit(f"bartizan: {done.stderr.decode()[-400:]}")
    found = collections.defaultdict(set)
    document = json.loads(done.stdout) if done.stdout.strip() else {}
    for component in document.get("components") or []:
        occurrences = (component.get("evidence") or {}).get("occurrences") or [{}]
        found[key(component["purl"])] |= {one.get("location", "?").split("#")[0] for one in occurrences}
    return found


def piecewise(tool, root, list_of):
    """What a peer finds; where it breaks down, what it finds in the directories below one by one."""
    found = collections.defaultdict(set)
    try:
        return list_of(root)
    except BrokenDown as broken:
        print(f"{tool} breaks down in {root.parent.name}/{root.name}: {broken}")
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        for one, at in piecewise(tool, folder, list_of).items():
            found[one] |= {f"{folder.name}/{path}" for path in at}
    return found


class BrokenDown(Exception):
    """A peer ended without a result."""


def document_of(argv, **options):
    """The JSON document that a peer prints."""
    done = execute(argv, **options)
    if done.returncode:
        text = done.stderr.decode(errors="replace")
        why = re.search(r"(panic|fatal error|runtime error|FATAL)[^\n]*", text)
        raise BrokenDown(why[0] if why else text[-300:] or "no reason given")
    return json.loads(done.stdout)


def with_syft(root):
    """The same of syft."""
    argv = [places.peer("syft"), "scan", f"dir:{root}", "-o", "syft-json", "-q", "--override-default-catalogers", "all"]
    document = document_of(argv, env={**os.environ, "SYFT_CHECK_FOR_APP_UPDATE": "false"})
    found = collections.defaultdict(set)
    for artifact in document.get("artifacts") or []:
        if artifact.get("purl"):
            found[key(artifact["purl"])] |= {at["path"].lstrip("/") for at in artifact["locations"]}
    return found


def with_trivy(mode, cache):
    """The same of trivy, as a project (`fs`) or as a root file system (`rootfs`)."""
    offline = ["--offline-scan", "--skip-db-update", "--skip-java-db-update", "--skip-check-update", "--quiet"]
    argv = [places.peer("trivy"), mode, "--format", "json", "--list-all-pkgs", "--scanners", "license", "--cache-dir", cache]
    argv += [*offline, "--pkg-types", "os,library", *(["--include-dev-deps"] if mode == "fs" else [])]

    def list_of(root):
        found = collections.defaultdict(set)
        for result in document_of([*argv, root]).get("Results") or []:
            for package in result.get("Packages") or []:
                purl = (package.get("Identifier") or {}).get("PURL")
                if purl:
                    found[key(purl)].add(package.get("FilePath") or result.get("Target", "?"))
        return found

    return list_of


def java_index(cache):
    """An empty index of Java archives: without one, and without a network, trivy reads no archive."""
    folder = pathlib.Path(cache, "java-db")
    folder.mkdir(parents=True)
    with sqlite3.connect(folder / "trivy-java.db") as base:
        base.execute("create table artifacts(id integer primary key, group_id text, artifact_id text)")
        base.execute("create table indices(artifact_id integer, version text, sha1 blob, archive_type text)")
    stamps = {"NextUpdate": "2999-01-01T00:00:00Z", "UpdatedAt": "2026-01-01T00:00:00Z", "DownloadedAt": "2026-01-01T00:00:00Z"}
    (folder / "metadata.json").write_text(json.dumps({"Version": 1, **stamps}))


def compare(root, cache, show):
    """Prints one tree."""
    found = {"bartizan": with_bartizan(root), "syft": piecewise("syft", root, with_syft)}
    found["trivy"] = collections.defaultdict(set)
    for mode in ("fs", "rootfs"):
        for one, at in piecewise(f"trivy {mode}", root, with_trivy(mode, cache)).items():
            found["trivy"][one] |= at
    kinds = sorted({one[0] for each in found.values() for one in each})
    print(f"\n## {root}\n")
    print("| type | bartizan | syft | trivy | syft only | trivy only | bartizan only |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    sets = {tool: set(each) for tool, each in found.items()}
    for kind in kinds:
        ours, syft, trivy = ({one for one in sets[tool] if one[0] == kind} for tool in ("bartizan", "syft", "trivy"))
        row = [kind, len(ours), len(syft), len(trivy), len(syft - ours), len(trivy - ours), len(ours - syft - trivy)]
        print("| " + " | ".join(map(str, row)) + " |")
    for tool in ("syft", "trivy", "bartizan"):
        others = set().union(*(sets[other] for other in sets if other != tool)) if tool == "bartizan" else sets["bartizan"]
        alone = sorted(sets[tool] - others)
        print(f"\n{tool} has {len(alone)} that {'neither peer' if tool == 'bartizan' else 'bartizan'} has not")
        grouped = collections.defaultdict(list)
        for one in alone:
            grouped[one[0], min(found[tool][one])].append(one)
        for (kind, place), ones in sorted(grouped.items()):
            names = ", ".join(f"{name}@{version}" for _, name, version in ones[:show])
            more = f" … {len(ones)} in all" if len(ones) > show else ""
            print(f"  {kind} {place}: {names}{more}")


def main(argv):
    """Compares every tree named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trees", nargs="*", type=pathlib.Path)
    parser.add_argument("--testdata", action="store_true", help="compare the shared lock files too")
    parser.add_argument("--show", type=int, default=8, help="most differences named of one file (default 8)")
    options = parser.parse_args(argv)
    missing = [name for name in ("syft", "trivy") if not places.peer(name)]
    if missing or not places.product():
        sys.exit(f"not there: {', '.join(missing) or 'the product (cargo build --release)'}")
    with tempfile.TemporaryDirectory() as scratch:
        java_index(f"{scratch}/cache")
        if options.testdata:
            tree = pathlib.Path(scratch, "tree")
            layout(places.testdata() / "supply" / "lockfiles", tree)
            options.trees += sorted(tree.iterdir())
        for tree in options.trees:
            compare(tree.resolve(), f"{scratch}/cache", options.show)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
