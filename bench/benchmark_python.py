"""OWASP BenchmarkPython: true minus false positive rate, mean of categories, beside Semgrep and bandit."""

import argparse
import tempfile

from harness import owasp, places

NAME = "benchmark_python"
TITLE = "OWASP BenchmarkPython"
LEAST = 0.80
TARGET = f"a score of at least {LEAST:.2f}"


def _peers(scanned):
    rules = places.corpus("semgrep-rules", "python")
    semgrep = [places.peer("semgrep"), "scan", "--metrics=off", "--disable-version-check", "--no-git-ignore", "-q", "--json", "--config", rules, scanned]
    return {
        "semgrep": (semgrep if rules else [None], (0, 1), owasp.of_semgrep),
        "bandit": ([places.peer("bandit"), "-r", "-q", "-f", "json", scanned], (0, 1), owasp.of_bandit),
    }


def run(runs=3):
    """Measures the figure with `runs` runs of the product."""
    with tempfile.TemporaryDirectory() as scratch:
        return owasp.run(NAME, TITLE, TARGET, LEAST, "BenchmarkPython", ".", _peers, runs, scratch)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    print(run(parser.parse_args().runs).markdown())
