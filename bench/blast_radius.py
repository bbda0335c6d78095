"""How far trouble spreads, at its worst: every thing is reached from one host, over all edges that there are.

The server is started on an empty database and told of the edges over its interface, as a connector would: in statements of type
`https://bartizan.dev/links/v1`. Then one host is asked for, the first time (edges are read from the database) and again (they are in memory).
The server is started once more, and asked the first time while a page of the console is open, that is, while somebody waits for its events.
PostgreSQL is started from Debian's package; where there is none the rows say so.
"""

import json
import random
import time

from control_plane import Server, on_both, statement
from harness import measure, places
from harness.section import Section, not_measured

NAME = "blast_radius"
TITLE = "Blast radius: the worst case"
TARGET = "310,000 things and 6.4 M edges, all of them reached: answered within 200 ms end to end"
BATCH = 100_000
PAGE_OPEN = 5


def edges(things, number):
    """Edges by which everything is reached from thing 0, and many more between things drawn at random; each once."""
    rng, known = random.Random(7), set()
    for at in range(1, things):
        known.add((rng.randrange(max(0, at - 1000), at), at))
    while len(known) < number:
        one, other = rng.randrange(things), rng.randrange(things)
        if one != other:
            known.add((one, other))
    return sorted(known)


def name(number):
    """The identity of a thing."""
    return "host:start" if number == 0 else f"workload:cluster/namespace-{number % 500}/app-{number}"


def figures(program, scratch, database, told):
    """All figures on one database, as rows."""
    server = Server(program, scratch, database)
    try:
        connection, rows = server.connect(), {}
        rows["idle memory, MB"] = server.memory()
        seconds = 0
        for at in range(0, len(told), BATCH):
            links = [{"source": name(one), "kind": "reaches", "target": name(other)} for one, other in told[at : at + BATCH]]
            seconds += server.ask(connection, "/api/v1/statements", statement("https://bartizan.dev/links/v1", links, f"links-{at}"))[1]
        rows["taking the edges in, s"] = seconds
        path = "/api/v1/blast?host=start&limit=50"
        answer, first = server.ask(connection, path)
        rows["things reached"] = answer["things"]
        rows["first question, ms"] = first * 1000
        took = [server.ask(connection, path)[1] for _ in range(20)]
        rows["next questions: median, ms"] = measure.percentile(took, 0.5) * 1000
        rows["next questions: p95, ms"] = measure.percentile(took, 0.95) * 1000
        more = json.dumps({"action": "link", "source": name(1), "kind": "reaches", "target": "host:late"}).encode()
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
    program = places.product()
    if program is None:
        return not_measured(NAME, TITLE, TARGET, "the product is not built")
    told = edges(things, number)
    columns, notes = on_both(lambda scratch, database: figures(program, scratch, database, told))
    rows = [[row, *(f"{column[row]:,.1f}" for column in columns.values())] for row in columns["SQLite"]]
    checks = ["first question, ms", "first question, a page open, ms", "next questions: p95, ms", "question after an edge came, ms"]
    missed = [f"{row} on {engine}" for engine, column in columns.items() for row in checks if column[row] > 200]
    notes.append("missed: " + "; ".join(missed) if missed else "all reached")
    notes.append("edges are generated; the client is on the same two cores as the server and the database")
    return Section(
        name=NAME,
        title=TITLE,
        target=TARGET,
        reached=not missed,
        columns=["", *columns],
        rows=rows,
        notes=notes,
        commands=["bench/run blast_radius"],
    )


if __name__ == "__main__":
    print(run().markdown())
