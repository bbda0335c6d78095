"""The control plane with a million findings and ten million edges, and twenty people who ask at once.

The server is started on an empty database and told everything over its interface on loopback: reports of 1,000 findings each, and edges between
things that reach one another, in statements of type `https://bartizan.dev/links/v1`. Then users ask for lists, findings and the posture, and one
in ten asks how far trouble would spread from a host drawn at random, which in such a graph is nearly everything.
PostgreSQL is started from Debian's package; where there is none the rows say so.
"""

import time

from harness import evidence
from harness.plane import USERS, Server, answers, percentiles, section

NAME = "plane_scale"
TITLE = "Control plane at scale: findings and edges"
TARGET = "95 of 100 answers within 100 ms at 1 M findings, 10 M edges and 20 users"
SECONDS = 20


def figures(program, scratch, database, findings, told, things):
    """All figures on one database, as rows."""
    server = Server(program, scratch, database)
    try:
        connection, rows, began = server.connect(), {}, time.monotonic()
        for number in range(findings // 1000):
            server.ask(connection, "/api/v1/statements", evidence.report(f"repo:bench/many-{number}", 1000))
        reported = time.monotonic()
        rows["taking the findings in, s"] = reported - began
        for links in evidence.links(told):
            server.ask(connection, "/api/v1/statements", links)
        rows["taking the edges in, s"] = time.monotonic() - reported
        rows["first question about all edges, ms"] = server.ask(connection, "/api/v1/blast?host=start&limit=50")[1] * 1000
        took = answers(server, SECONDS, [lambda rng: f"/api/v1/blast?thing={evidence.thing(rng.randrange(1, things))}&limit=50"])
        rows |= percentiles(took)
        rows["answers a second"] = len(took) / SECONDS
        rows["memory afterwards, MB"] = server.memory()
        return rows
    finally:
        server.stop()


def run(findings=1_000_000, things=310_000, number=10_000_000):
    """Measures all figures on both engines."""
    told = evidence.edges(things, number)
    return section(
        globals(),
        lambda *where: figures(*where, findings, told, things),
        {f"answers, {USERS} users: p95, ms": 100},
        ["findings and edges are generated; the clients are on the same two cores as the server and the database"],
    )


if __name__ == "__main__":
    print(run().markdown())
