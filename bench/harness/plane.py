"""Control planes to measure: servers on an empty database, users who ask at once, and sections with a column for each database engine.

PostgreSQL is started from Debian's package; where there is none the rows say so.
"""

import concurrent.futures
import http.client
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from harness import measure, places
from harness.section import Section, not_measured

USERS = 20


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


def answers(server, seconds, also=()):
    """Seconds that answers took, by the path that was asked for, of several users who ask at once.

    `also` holds functions that are given a random generator and return one more path to ask for.
    """
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
                    *(path(rng) for path in also),
                ]
            )
            took.append((path.split("?")[0].rstrip("0123456789"), server.ask(connection, path)[1]))
        return took

    with concurrent.futures.ThreadPoolExecutor(USERS) as users:
        return [one for part in users.map(user, range(USERS)) for one in part]


def percentiles(took):
    """Rows about what `answers` returned: the 95th percentile of all and of each path, in milliseconds."""
    rows = {f"answers, {USERS} users: p95, ms": measure.percentile([seconds for _, seconds in took], 0.95) * 1000}
    for path in sorted({path for path, _ in took}):
        rows[f"{path}: p95, ms"] = measure.percentile([seconds for other, seconds in took if other == path], 0.95) * 1000
    return rows


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


def section(module, figures, most, notes, digits=1):
    """The section of a script whose `figures` are measured on each engine.

    `module` holds the script's NAME, TITLE and TARGET; `figures` is given the product, a scratch directory and the address of the database;
    `most` maps rows to the highest value that is within the target.
    """
    program = places.product()
    if program is None:
        return not_measured(module["NAME"], module["TITLE"], module["TARGET"], "the product is not built")
    columns, missing = on_both(lambda scratch, database: figures(program, scratch, database))
    missed = [f"{row} on {engine}" for engine, column in columns.items() for row, limit in most.items() if column[row] > limit]
    return Section(
        name=module["NAME"],
        title=module["TITLE"],
        target=module["TARGET"],
        reached=not missed,
        columns=["", *columns],
        rows=[[row, *(f"{column[row]:,.{digits}f}" for column in columns.values())] for row in columns["SQLite"]],
        notes=[*missing, "missed: " + "; ".join(missed) if missed else "all reached", *notes],
        commands=[f"bench/run {module['NAME']}"],
    )
