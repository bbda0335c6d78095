"""How far trouble spreads, at its worst: every thing is reached from one host, over all edges that there are.

The server is started on an empty database and told of the edges over its interface, as a connector would: in statements of type
`https://bartizan.dev/links/v1`. Then one host is asked for, the first time (edges are read from the database) and again (they are in memory).
The server is started once more, and asked the first time while a page of the console is open, that is, while somebody waits for its events.
PostgreSQL is started from Debian's package; where there is none the rows say so.
"""

import json
import time

from harness import evidence, measure
from harness.plane import Server, section

NAME = "blast_radius"
TITLE = "Blast radius: the worst case"
TARGET = "310,000 things and 6.4 M edges, all of them reached: answered within 200 ms end to end"
PAGE_OPEN = 5


def figures(program, scratch, database, told):
    """All figures on one database, as rows."""
    server = Server(program, scratch, database)
    try:
        connection, rows = server.connect(), {}
        rows["idle memory, MB"] = server.memory()
        took = [server.ask(connection, "/api/v1/statements", links)[1] for links in evidence.links(told)]
        rows["taking the edges in, s"] = sum(took)
        path = "/api/v1/blast?host=start&limit=50"
        answer, first = server.ask(connection, path)
        rows["things reached"] = answer["things"]
        rows["first question, ms"] = first * 1000
        took = [server.ask(connection, path)[1] for _ in range(20)]
        rows["next questions: median, ms"] = measure.percentile(took, 0.5) * 1000
        rows["next questions: p95, ms"] = measure.percentile(took, 0.95) * 1000
        more = json.dumps({"action": "link", "source": evidence.thing(1), "kind": "reaches", "target": "host:late"}).encode()
        server.ask(connection, "/api/v1/decisions", more)
        answer, after = server.ask(connection, path)
        rows["question after an edge came, ms"] = after * 1000
        if answer["things"] != rows["things reached"] + 1:
            raise RuntimeError("the edge that came last does not count")
        rows["memory afterwards, MB"] = server.memory()
        server.stop()
        server = Server(program, scratch, database)
        page = server.connect()
        page.request("GET", "/api/v1/events", headers={"Authorization": f"Bearer {server.token}"})
        page.getresponse()
        time.sleep(PAGE_OPEN)
        answer, opened = server.ask(server.connect(), path)
        rows["first question, a page open, ms"] = opened * 1000
        if answer["things"] != rows["things reached"] + 1:
            raise RuntimeError("the server knows other edges after it was started again")
        return rows
    finally:
        server.stop()


def run(things=310_000, number=6_400_000):
    """Measures all figures on both engines."""
    told = evidence.edges(things, number)
    asked = ["first question, ms", "first question, a page open, ms", "next questions: p95, ms", "question after an edge came, ms"]
    return section(
        globals(),
        lambda *where: figures(*where, told),
        dict.fromkeys(asked, 200),
        ["edges are generated; the client is on the same two cores as the server and the database"],
    )


if __name__ == "__main__":
    print(run().markdown())
