"""The control plane with a million findings and ten million edges, and twenty people who ask at once.

The server is started on an empty database and told everything over its interface on loopback: reports of 1,000 findings each, and edges between
things that reach one another, in statements of type `https://bartizan.dev/links/v1`. Then users ask for lists, findings and the posture, and one
in ten asks how far trouble would spread from a host drawn at random, which in such a graph is nearly everything.
PostgreSQL is started from Debian's package; where there is none the rows say so.
"""

import concurrent.futures
import random
import time

import blast_radius
from control_plane import USERS, Server, on_both, report, statement
from harness import measure, places
from harness.section import Section, not_measured

NAME = "plane_scale"
TITLE = "Control plane at scale: findings and edges"
TARGET = "95 of 100 answers within 100 ms at 1 M findings, 10 M edges and 20 users"
SECONDS = 20


def tell(server, connection, findings, told):
    """Sends reports and edges; out comes how long either took."""
    began = time.monotonic()
    for number in range(findings // 1000):
        server.ask(connection, "/api/v1/statements", report(f"repo:bench/many-{number}", 1000))
    reported = time.monotonic()
    name = blast_radius.name
    for at in range(0, len(told), blast_radius.BATCH):
        part = told[at : at + blast_radius.BATCH]
        links = [{"source": name(one), "kind": "reaches", "target": name(other)} for one, other in part]
        server.ask(connection, "/api/v1/statements", statement("https://bartizan.dev/links/v1", links, f"links-{at}"))
    return reported - began, time.monotonic() - reported


def answers(server, things, seconds):
    """Seconds that answers took, by what was asked, of several users who ask at once."""
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
                    f"/api/v1/blast?thing={blast_radius.name(rng.randrange(1, things))}&limit=50",
                ]
            )
            took.append((path.split("?")[0].rstrip("0123456789"), server.ask(connection, path)[1]))
        return took

    with concurrent.futures.ThreadPoolExecutor(USERS) as users:
        return [one for part in users.map(user, range(USERS)) for one in part]


def figures(program, scratch, database, findings, told, things):
    """All figures on one database, as rows."""
    server = Server(program, scratch, database)
    try:
        connection, rows = server.connect(), {}
        rows["taking the findings in, s"], rows["taking the edges in, s"] = tell(server, connection, findings, told)
        rows["first question about all edges, ms"] = server.ask(connection, "/api/v1/blast?host=start&limit=50")[1] * 1000
        took = answers(server, things, SECONDS)
        rows[f"answers, {USERS} users: p95, ms"] = measure.percentile([seconds for _, seconds in took], 0.95) * 1000
        for path in sorted({path for path, _ in took}):
            of_path = [seconds for other, seconds in took if other == path]
            rows[f"{path}: p95, ms"] = measure.percentile(of_path, 0.95) * 1000
        rows["answers a second"] = len(took) / SECONDS
        rows["memory afterwards, MB"] = server.memory()
        return rows
    finally:
        server.stop()


def run(findings=1_000_000, things=310_000, number=10_000_000):
    """Measures all figures on both engines."""
    program = places.product()
    if program is None:
        return not_measured(NAME, TITLE, TARGET, "the product is not built")
    told = blast_radius.edges(things, number)
    columns, notes = on_both(lambda scratch, database: figures(program, scratch, database, findings, told, things))
    rows = [[row, *(f"{column[row]:,.1f}" for column in columns.values())] for row in columns["SQLite"]]
    check = f"answers, {USERS} users: p95, ms"
    missed = [f"{check} on {engine}" for engine, column in columns.items() if column[check] > 100]
    notes.append("missed: " + "; ".join(missed) if missed else "all reached")
    notes.append("findings and edges are generated; the clients are on the same two cores as the server and the database")
    return Section(
        name=NAME,
        title=TITLE,
        target=TARGET,
        reached=not missed,
        columns=["", *columns],
        rows=rows,
        notes=notes,
        commands=["bench/run plane_scale"],
    )


if __name__ == "__main__":
    print(run().markdown())
