"""The console with many rows: when the first table is there, and how smoothly ten thousand rows scroll.

The server is told of so many fixes over its interface, on SQLite and loopback; Debian's Chromium is driven by console/e2e/measure.mjs.
"""

import json
import pathlib
import re
import statistics
import subprocess
import tempfile
import time

from harness import evidence, measure, places, plane
from harness.section import Section, not_measured

NAME = "console"
TITLE = "Console: first table and scrolling"
TARGET = "the first table within 300 ms on loopback, with an empty cache; 10,000 rows scroll at 50 frames a second or more"
DRIVER = pathlib.Path(__file__).resolve().parent.parent / "console" / "e2e" / "measure.mjs"
FIXES_OF_ONE = 25


def filled(program, scratch, fixes):
    """A server that knows so many fixes, and the link of its administrator."""
    notes = pathlib.Path(scratch, "notes")
    with notes.open("w") as stderr:
        server = plane.Server(program, f"{scratch}/plane", stderr=stderr)
    connection = server.connect()
    for number in range(fixes // FIXES_OF_ONE):
        server.ask(connection, "/api/v1/statements", evidence.report(f"repo:bench/fixes-{number}", FIXES_OF_ONE))
    for _ in range(100):
        link = re.search(r"/#/setup/\S+", notes.read_text())
        if link:
            return server, f"http://127.0.0.1:{server.port}{link[0]}"
        time.sleep(0.1)
    raise RuntimeError("the server gives no link")


def run(fixes=10_000):
    """Measures both figures."""
    program = places.product()
    if program is None:
        return not_measured(NAME, TITLE, TARGET, "the product is not built")
    if not (DRIVER.parent.parent / "node_modules" / "playwright-core").is_dir():
        return not_measured(NAME, TITLE, TARGET, "what drives the browser is not installed: `make console`")
    with tempfile.TemporaryDirectory() as scratch:
        server, link = filled(program, scratch, fixes)
        try:
            done = subprocess.run(["node", str(DRIVER), link], capture_output=True, text=True, timeout=600, check=False)
        finally:
            server.stop()
    if done.returncode != 0:
        raise RuntimeError(f"the browser: {done.stderr[-600:]}")
    found = json.loads(done.stdout)
    frames = found["frames"]
    first, median_frame = statistics.median(found["firstTable"]), statistics.median(frames)
    p95 = measure.percentile(frames, 0.95)
    rows = [
        [f"first table of {found['rows']:,} fixes, ms: median of {len(found['firstTable'])} loads", f"{first:.0f}"],
        ["the slowest of these loads, ms", f"{max(found['firstTable']):.0f}"],
        [f"between frames while {found['lastRow'] - 1:,} rows are scrolled by a screen a frame, ms: median of {len(frames)}", f"{median_frame:.1f}"],
        ["the same, 95 of 100 within, ms", f"{p95:.1f}"],
        ["the longest of these, ms", f"{max(frames):.1f}"],
        ["rows in the page at the end", str(found["inPage"])],
    ]
    return Section(
        name=NAME,
        title=TITLE,
        target=TARGET,
        reached=first <= 300 and p95 <= 20 and found["lastRow"] - 1 == found["rows"] >= fixes,
        columns=["", "SQLite"],
        rows=rows,
        notes=["Debian's Chromium without a screen or a graphics card, on the same two cores as the server"],
        commands=["bench/run console"],
    )


if __name__ == "__main__":
    print(run().markdown())
