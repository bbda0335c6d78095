"""The control plane on SQLite and PostgreSQL: taking evidence in, one new advisory against many bills of materials, and answers at scale.

The server is started on an empty database, told everything over its interface on loopback, and asked by several users at once. Reports and
bills of materials are generated. PostgreSQL is started from Debian's package; where there is none the rows say so.
"""

import statistics
import time

from harness.evidence import advisory, bill, report
from harness.plane import USERS, Server, answers, percentiles, section

NAME = "control_plane"
TITLE = "Control plane: evidence in, answers out"
TARGET = (
    "a report of 1,000 findings within 300 ms, 5,000 components within 500 ms, 256 MB within 15 s; a new advisory against 10,000 bills "
    "within 1 s; 95 of 100 answers within 100 ms at 1 M findings and 20 users; at most 60 MB when idle"
)
SECONDS = 20
# What is asked of controls, by one user, at as many findings.
CONTROLS = {
    "controls of every framework, in numbers": "/api/v1/compliance?limit=50",
    "a page of controls": "/api/v1/compliance/nist:moderate/controls?limit=50",
    "one control with its evidence": "/api/v1/compliance/nist/controls/IA-5(7)",
    "OSCAL assessment results": "/api/v1/compliance/nist:moderate/export?format=oscal",
}


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
        big = bill("image:bench/big", [f"big-{n}-{'x' * 120}" for n in range(229_100)])
        rows["bill of 256 MB, s"] = server.ask(connection, "/api/v1/statements", big)[1]
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
        took = answers(server, SECONDS)
        rows |= percentiles(took)
        rows["answers a second"] = len(took) / SECONDS
        for name, path in CONTROLS.items():
            rows[f"{name}, ms"] = statistics.median(server.ask(server.connect(), path)[1] for _ in range(5)) * 1000
        took = deep(server, 400)
        rows["pages 1 to 20 of findings, 500 a page: p95, ms"] = measure.percentile(took[:20], 0.95) * 1000
        rows[f"pages {len(took) - 19} to {len(took)}: p95, ms"] = measure.percentile(took[-20:], 0.95) * 1000
        rows["memory afterwards, MB"] = server.memory()
        return rows
    finally:
        server.stop()


def run(findings=1_000_000, bills=10_000):
    """Measures all figures on both engines."""
    most = {
        "report of 1,000 findings, ms": 300,
        "first bill of 5,000 components, ms": 500,
        "bill of 256 MB, s": 15,
        f"new advisory, {bills:,} bills have it, s": 1,
        f"answers, {USERS} users: p95, ms": 100,
        "idle memory, MB": 60,
        "memory 5 s afterwards, MB": 150,
    }
    return section(
        globals(),
        lambda *where: figures(*where, findings, bills),
        most,
        [f"answers with {findings:,} findings; reports and bills are generated; the clients are on the same two cores as the server and the database"],
    )


if __name__ == "__main__":
    print(run().markdown())
