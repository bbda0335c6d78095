#!/usr/bin/env python3
"""Checks the laws of ARCHITECTURE.md that neither the compiler nor clippy nor cargo-deny can check.

Reads `cargo metadata` and the sources; prints one line for each breach and ends with 1 when there is one.
Needs Python 3.9 and nothing else.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOMAIN = {"code", "supply", "deploy", "host", "detect", "policy", "profile", "ledger", "trust"}
RUNTIMES = {"tokio", "async-std", "smol", "async-executor", "actix-rt"}
TESTBED = "bartizan-testbed"
MAX_FILE_LINES = 800
STRICT_CLIPPY = ROOT / "crates" / "code" / "clippy.toml"


def metadata():
    run = subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--locked"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    if run.returncode != 0:
        sys.exit(f"laws: cargo metadata failed:\n{run.stderr.strip()}")
    return json.loads(run.stdout)


class Workspace:
    """Our crates by short name, and the packages each one links in the end (build and test dependencies left out)."""

    def __init__(self, data):
        self.names = {p["id"]: p["name"] for p in data["packages"]}
        members = set(data["workspace_members"])
        self.packages = {p["name"]: p for p in data["packages"] if p["id"] in members}
        self.ids = {p["name"]: p["id"] for p in data["packages"] if p["id"] in members}
        self.edges = {}
        for node in data["resolve"]["nodes"]:
            self.edges[node["id"]] = [
                dep["pkg"] for dep in node["deps"]
                if any(kind["kind"] is None for kind in dep["dep_kinds"])
            ]

    def linked(self, package):
        """Every package name reached from `package` over normal dependencies, itself left out."""
        seen, todo = set(), list(self.edges.get(self.ids[package], []))
        while todo:
            current = todo.pop()
            if current not in seen:
                seen.add(current)
                todo.extend(self.edges.get(current, []))
        return {self.names[i] for i in seen}


def short(package):
    return package[len("bartizan-"):] if package.startswith("bartizan-") else package


def crate_laws(ws):
    """Laws 1 to 3: who may depend on whom."""
    ours = set(ws.packages)
    for name in sorted(ours):
        linked = ws.linked(name)
        if name == "bartizan-model":
            for other in sorted(linked & ours):
                yield f"crates/model: depends on {other}; the vocabulary depends on none of our crates (law 1)"
            for runtime in sorted(linked & RUNTIMES):
                yield f"crates/model: links {runtime}; the vocabulary has no runtime (law 1)"
        if TESTBED in linked:
            yield f"crates/{short(name)}: links {TESTBED}; what tests run against is a development dependency"
        if short(name) in DOMAIN:
            for runtime in sorted(linked & RUNTIMES):
                yield f"crates/{short(name)}: links {runtime}; a domain crate has no runtime (law 2)"
            for other in sorted(o for o in linked & ours if short(o) in DOMAIN):
                yield f"crates/{short(name)}: depends on {other}; domain crates meet in model (law 3)"


def manifest_laws(ws):
    """Names fit directories, workspace lints hold everywhere, and the strict clippy.toml stands in each domain crate."""
    strict = STRICT_CLIPPY.read_text() if STRICT_CLIPPY.exists() else None
    for name, package in sorted(ws.packages.items()):
        manifest = Path(package["manifest_path"])
        home = manifest.parent.relative_to(ROOT)
        if home.parts[0] != "crates":
            continue
        if home.name != short(name):
            yield f"{home}: holds the package {name}; crates/NAME holds bartizan-NAME"
        if not re.search(r"(?m)^\[lints\]\s*\nworkspace\s*=\s*true", manifest.read_text()):
            yield f"{home}/Cargo.toml: lacks `[lints] workspace = true`, so unsafe code and unwrap would pass (law 6)"
        if short(name) in DOMAIN:
            own = manifest.parent / "clippy.toml"
            if strict is None or not own.exists() or own.read_text() != strict:
                yield f"{home}/clippy.toml: differs from {STRICT_CLIPPY.relative_to(ROOT)}, the strict set for domain crates (law 2)"


def tracked(*globs):
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *globs],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    if listing.returncode != 0:
        sys.exit(f"laws: git ls-files failed: {listing.stderr.strip()}")
    return sorted(p for p in listing.stdout.split("\0") if p and (ROOT / p).is_file())


def is_test(path):
    return any(part in ("tests", "benches", "examples", "fuzz") for part in path.parts) or path.name == "tests.rs"


def source_laws():
    """Law 7, and the habits of STYLE.md that a machine can see."""
    for name in tracked("crates/*.rs", "fuzz/*.rs", "tests/*.rs"):
        path = Path(name)
        text = (ROOT / path).read_text(encoding="utf-8")
        lines = text.count("\n")
        if lines > MAX_FILE_LINES:
            yield f"{name}: {lines} lines; {MAX_FILE_LINES} is the ceiling (law 7)"
        if not is_test(path) and not text.startswith("//!"):
            yield f"{name}:1: a module opens with `//!`: what it is for, what flows in and out (STYLE.md)"
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(r"\b(todo|unimplemented)!\(", line):
                yield f"{name}:{number}: unfinished code; leave it out until it is real"
            if re.match(r"\s*#\[ignore\s*\]", line):
                yield f"{name}:{number}: an ignored test without a reason; write #[ignore = \"why\"]"


def main():
    ws = Workspace(metadata())
    breaches = [*crate_laws(ws), *manifest_laws(ws), *source_laws()]
    for breach in breaches:
        print(breach)
    if breaches:
        sys.exit(f"laws: {len(breaches)} broken")
    print(f"laws: hold for {len(ws.packages)} crates")


if __name__ == "__main__":
    main()
