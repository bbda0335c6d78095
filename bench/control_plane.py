"""The control plane on SQLite and PostgreSQL: taking evidence in, one new advisory against many bills of materials, and answers at scale.

The server is started on an empty database, told everything over its interface on loopback, and asked by several users at once. Reports and
bills of materials are generated. PostgreSQL is started from Debian's package; where there is none the rows say so.
"""

import concurrent.futures
import http.client
import json
import os
import pathlib
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from harness import measure, places
from harness.section import Section, not_measured

NAME = "control_plane"
TITLE = "Control plane: evidence in, answers out"
TARGET = (
    "a report of 1,000 findings within 300 ms, 5,000 components within 500 ms, 256 MB within 15 s; a new advisory against 10,000 bills "
    "within 1 s; 95 of 100 answers within 100 ms at 1 M findings and 20 users; at most 60 MB when idle"
)
USERS = 20
# What is asked of controls, by one user, at as many findings.
CONTROLS = {
    "controls of every framework, in numbers": "/api/v1/compliance?limit=50",
    "a page of controls": "/api/v1/compliance/nist:moderate/controls?limit=50",
    "one control with its evidence": "/api/v1/compliance/nist/controls/IA-5(7)",
    "OSCAL assessment results": "/api/v1/compliance/nist:moderate/export?format=oscal",
}


class Server:
    """One server on an empty database."""

    def __init__(self, program, scratch, database=None, stderr=subprocess.DEVNULL):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        argv = [program, "serve", "--data-dir", scratch, "--listen", f"127.0.0.1:{self.port}", "--new-token", "admin"]
        argv += ["--requests-per-minute", "10000000"] + (["--database", database] if database else [])
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=stderr, text=True, env=places.environment())
        self.token = self.process.stdout.readline().strip()
        self.wait()

    def wait(self):
        """Waits until requests are answered."""
        for _ in range(200):
            try:
                self.ask(self.connect(), "/api/v1/me")
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"the server does not answer; it ended with {self.process.poll()}")

    def connect(self):
        """A connection that is kept."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)

    def ask(self, connection, path, body=None):
        """The answer to one request, as JSON, and the seconds that it took."""
        began = time.perf_counter()
        headers = {"Authorization": f"Bearer {self.token}"}
        connection.request("POST" if body else "GET", path, body=body, headers=headers)
        answer = connection.getresponse()
        data = answer.read()
        seconds = time.perf_counter() - began
        if answer.status >= 300:
            raise RuntimeError(f"{path}: {answer.status} {data[:300]}")
        return json.loads(data), seconds

    def memory(self):
        """Resident memory in MB."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in text.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1000

    def peak(self):
        """The most resident memory so far in MB."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in text.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1000

    def stop(self):
        """Ends the server."""
        self.process.terminate()
        self.process.wait(timeout=60)


class Postgres:
    """A PostgreSQL of our own in a directory; on its own user where we are root."""

    def __init__(self, scratch):
        bins = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
        if not bins:
            raise FileNotFoundError("PostgreSQL is not installed")
        self.home = pathlib.Path(scratch, "postgres")
        self.home.mkdir()
        self.bin = bins[-1]
        self.as_other = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
        if self.as_other:
            shutil.chown(self.home, "postgres", "postgres")
            os.chmod(scratch, 0o755)
        data = self.home / "data"
        self.run("initdb", "-D", data, "-U", "bench", "-A", "trust")
        options = f"-k {self.home} -c listen_addresses='' -c shared_buffers=512MB"
        self.run("pg_ctl", "-D", data, "-w", "-l", self.home / "log", "-o", options, "start")
        self.run("createdb", "-h", self.home, "-U", "bench", "plane")
        self.url = f"postgres:///plane?host={self.home}&user=bench"

    def run(self, name, *arguments):
        """Runs one of its programs."""
        argv = self.as_other + [str(self.bin / name), *map(str, arguments)]
        subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/")

    def stop(self):
        """Ends the server."""
        self.run("pg_ctl", "-D", self.home / "data", "-m", "immediate", "stop")


def statement(kind, predicate, name):
    """A statement, as bytes."""
    subject = [{"name": name, "digest": {"sha256": "00" * 32}}]
    return json.dumps({"_type": "https://in-toto.io/Statement/v1", "subject": subject, "predicateType": kind, "predicate": predicate}).encode()


def report(asset, findings, seed=0):
    """A report with so many findings about one repository."""
    rng = random.Random(f"{asset}{seed}")
    made = []
    for number in range(findings):
        rule = f"leak/rule-{number % 40}"
        made.append(
            {
                "rule": rule,
                "check": "leak/credentials",
                "severity": rng.choice(["critical", "high", "high", "medium", "medium", "low"]),
                "confidence": "high",
                "title": "A credential in source code",
                "message": f"an example of the rule {rule}, number {number}, with its value masked",
                "fingerprint": f"{rng.getrandbits(128):032x}",
                "asset": f"file:src/module-{number % 97}/file-{number}.py",
                "locations": [{"path": f"src/module-{number % 97}/file-{number}.py", "line": 7, "column": 3, "end_line": 7, "end_column": 40}],
                "evidence": [{"message": "it has the form its issuer documents"}],
                "cwe": ["CWE-798"],
                "ids": [],
                "controls": [{"framework": "OWASP-ASVS-5.0", "id": "13.3.1"}],
                "fix": {"description": f"revoke it at issuer {number % 25}"},
                "waiver": None,
                "snippet": {"first_line": 6, "lines": ["# settings", 'KEY = "************"', ""], "highlight": [6, 20]},
            }
        )
    body = {
        "schema": "bartizan/report/v1",
        "tool": {"name": "bartizan", "version": "0", "rules_digest": "00" * 32},
        "target": {"name": ".", "kind": "dir", "asset": asset, "branch": "main"},
        "started": f"2026-11-25T10:00:{seed % 60:02}Z",
        "verdict": {"decision": "deny", "reasons": ["x"]},
        "findings": made,
        "components": [],
        "checks": [{"check": "leak/credentials", "status": "ran", "required": True, "files": 9, "findings": findings}],
        "skipped": [],
        "stats": {"files": 9, "cached": 0, "bytes": 9, "seconds": 1.0},
    }
    return statement("https://in-toto.io/attestation/test-result/v0.1", {"result": "FAILED", "https://bartizan.dev/report/v1": body}, ".")


def bill(asset, names):
    """A bill of materials with these packages of npm, each of which depends on three others."""
    purls = [f"pkg:npm/{name}@1.0.0" for name in names]
    components = [{"type": "library", "bom-ref": purl, "name": name, "version": "1.0.0", "purl": purl} for name, purl in zip(names, purls)]
    dependencies = [
        {"ref": purl, "dependsOn": sorted({purls[(at * 7 + step) % len(purls)] for step in (1, 2, 3)} - {purl})} for at, purl in enumerate(purls)
    ]
    return statement("https://cyclonedx.org/bom", {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components, "dependencies": dependencies}, asset)


def advisory(name):
    """An advisory about a package, as a statement."""
    ranges = [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "2.0.0"}]}]
    record = {"id": f"GHSA-{name}", "modified": "2026-11-25T00:00:00Z", "affected": [{"package": {"ecosystem": "npm", "name": name}, "ranges": ranges}]}
    return statement("https://bartizan.dev/advisories/v1", [record], f"advisory:GHSA-{name}")


def answers(server, seconds):
    """Seconds that answers took, of several users who ask at once."""
    first, _ = server.ask(server.connect(), "/api/v1/findings?limit=100")
    ids = [item["id"] for item in first["items"]]
    assets = [item["key"] for item in server.ask(server.connect(), "/api/v1/assets?kind=repo&limit=500")[0]["items"]]
    end = time.monotonic() + seconds

    def user(number):
        rng, connection, took = random.Random(number), server.connect(), []
        while time.monotonic() < end:
            path = rng.choice(
                [
                    "/api/v1/fixes?limit=50",
                    "/api/v1/findings?limit=50",
                    "/api/v1/findings?severity=critical&limit=50",
                    f"/api/v1/findings?asset={rng.choice(assets)}&limit=50",
                    f"/api/v1/findings?rule=leak/rule-{rng.randrange(40)}&limit=50",
                    f"/api/v1/findings/{rng.choice(ids)}",
                    "/api/v1/posture",
                    "/api/v1/assets?limit=50",
                    "/api/v1/statements?limit=50",
                ]
            )
            took.append((path.split("?")[0].rstrip("0123456789"), server.ask(connection, path)[1]))
        return took

    with concurrent.futures.ThreadPoolExecutor(USERS) as users:
        return [one for part in users.map(user, range(USERS)) for one in part]


def deep(server, pages):
    """Seconds that each page of findings took, read one behind the other, 500 a page."""
    connection, cursor, took = server.connect(), "", []
    for _ in range(pages):
        page, seconds = server.ask(connection, f"/api/v1/findings?limit=500{cursor}")
        took.append(seconds)
        if not page.get("next"):
            break
        cursor = f"&cursor={page['next']}"
    return took


def figures(program, scratch, database, findings, bills):
    """All figures on one database, as rows."""
    server = Server(program, scratch, database)
    try:
        connection, rows = server.connect(), {}
        rows["idle memory, MB"] = server.memory()
        took = [server.ask(connection, "/api/v1/statements", report(f"repo:bench/one-{n}", 1000))[1] for n in range(9)]
        rows["report of 1,000 findings, ms"] = statistics.median(took) * 1000
        names = [f"large-{n}" for n in range(5000)]
        took = [server.ask(connection, "/api/v1/statements", bill(f"image:bench/large-{n}", [*names, f"own-{n}"]))[1] for n in range(5)]
        rows["first bill of 5,000 components, ms"] = took[0] * 1000
        rows["next bill of 5,000 components, ms"] = statistics.median(took[1:]) * 1000
        big = bill("image:bench/big", [f"big-{n}-{'x' * 120}" for n in range(229_000)])
        rows[f"bill of {len(big) // 1_000_000} MB, s"] = server.ask(connection, "/api/v1/statements", big)[1]
        del big
        rows["the most memory while it came in, MB"] = server.peak()
        time.sleep(5)
        rows["memory 5 s afterwards, MB"] = server.memory()
        base = [f"base-{n}" for n in range(300)]
        for number in range(bills):
            server.ask(connection, "/api/v1/statements", bill(f"image:bench/app-{number}", [*base, f"app-{number}"]))
        rows[f"new advisory, {bills:,} bills have it, s"] = server.ask(connection, "/api/v1/statements", advisory("base-7"))[1]
        rows[f"new advisory, 1 of {bills:,} bills has it, s"] = server.ask(connection, "/api/v1/statements", advisory("app-7"))[1]
        have = 9_000 + bills
        for number in range(max(0, findings - have) // 1000):
            server.ask(connection, "/api/v1/statements", report(f"repo:bench/many-{number}", 1000))
        took = answers(server, 20)
        rows[f"answers at {findings:,} findings, {USERS} users: p95, ms"] = measure.percentile([seconds for _, seconds in took], 0.95) * 1000
        for path in sorted({path for path, _ in took}):
            of_path = [seconds for other, seconds in took if other == path]
            rows[f"{path}: p95, ms"] = measure.percentile(of_path, 0.95) * 1000
        rows["answers a second"] = len(took) / 20
        for name, path in CONTROLS.items():
            rows[f"{name}, ms"] = statistics.median(server.ask(server.connect(), path)[1] for _ in range(5)) * 1000
        took = deep(server, 400)
        rows["pages 1 to 20 of findings, 500 a page: p95, ms"] = measure.percentile(took[:20], 0.95) * 1000
        rows[f"pages {len(took) - 19} to {len(took)}: p95, ms"] = measure.percentile(took[-20:], 0.95) * 1000
        rows["memory afterwards, MB"] = server.memory()
        return rows
    finally:
        server.stop()


def on_both(figures):
    """The rows that `figures` measures on an empty database of each engine, by engine, and notes about what was not measured.

    `figures` is given a scratch directory and the address of the database, which is None for SQLite. What was measured on one engine is
    told on standard error, so that it is not lost with the other.
    """
    columns, notes = {}, []

    def measured(engine, scratch, database):
        columns[engine] = figures(scratch, database)
        print(f"{engine}: {json.dumps(columns[engine], indent=1)}", file=sys.stderr)

    with tempfile.TemporaryDirectory() as scratch:
        measured("SQLite", f"{scratch}/sqlite", None)
        try:
            postgres = Postgres(scratch)
        except FileNotFoundError as error:
            notes.append(f"PostgreSQL: not measured, {error}")
        else:
            try:
                measured("PostgreSQL", f"{scratch}/other", postgres.url)
            finally:
                postgres.stop()
    return columns, notes


def run(findings=1_000_000, bills=10_000):
    """Measures all figures on both engines."""
    program = places.product()
    if program is None:
        return not_measured(NAME, TITLE, TARGET, "the product is not built")
    columns, notes = on_both(lambda scratch, database: figures(program, scratch, database, findings, bills))
    names = list(columns["SQLite"])
    rows = [[name, *(f"{column[name]:.1f}" for column in columns.values())] for name in names]
    checks = [
        ("report of 1,000 findings, ms", 300),
        ("first bill of 5,000 components, ms", 500),
        (next(name for name in names if name.startswith("bill of")), 15),
        (f"new advisory, {bills:,} bills have it, s", 1),
        (next(name for name in names if "users: p95" in name), 100),
        ("idle memory, MB", 60),
        ("memory 5 s afterwards, MB", 150),
    ]
    missed = [f"{name} on {engine}" for engine, column in columns.items() for name, most in checks if column[name] > most]
    notes.append("missed: " + "; ".join(missed) if missed else "all reached")
    notes.append("reports and bills are generated; the clients are on the same two cores as the server and the database")
    return Section(
        name=NAME,
        title=TITLE,
        target=TARGET,
        reached=not missed,
        columns=["", *columns],
        rows=rows,
        notes=notes,
        commands=["bench/run control_plane"],
    )


if __name__ == "__main__":
    print(run().markdown())
