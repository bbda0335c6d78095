"""OWASP BenchmarkJava: true minus false positive rate, mean of categories, processor time and memory, beside Semgrep."""

import argparse
import tempfile

from harness import owasp, places

NAME = "benchmark_java"
TITLE = "OWASP BenchmarkJava"
LEAST, SECONDS, MEGABYTES = 0.85, 10.0, 300.0
TARGET = f"a score of at least {LEAST:.2f}, at most {SECONDS:.0f} processor seconds and {MEGABYTES:.0f} MB"


def _peers(scanned):
    rules = places.corpus("semgrep-rules", "java")
    semgrep = [places.peer("semgrep"), "scan", "--metrics=off", "--disable-version-check", "--no-git-ignore", "-q", "--json", "--config", rules, scanned]
    return {"semgrep": (semgrep if rules else [None], (0, 1), owasp.of_semgrep)}


def run(runs=3):
    """Measures the figure with `runs` runs of the product."""
    with tempfile.TemporaryDirectory() as scratch:
        return owasp.run(NAME, TITLE, TARGET, LEAST, "BenchmarkJava", "src/main", _peers, runs, scratch, (SECONDS, MEGABYTES))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    print(run(parser.parse_args().runs).markdown())
