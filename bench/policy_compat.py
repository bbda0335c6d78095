"""How much of the policies that others have published runs here: their own tests, by their own expectations.

Needs in $BARTIZAN_CORPORA: trivy-checks (aquasecurity/trivy-checks), gatekeeper-library (open-policy-agent/gatekeeper-library), regolibrary
(kubescape/regolibrary) and kyverno-policies (kyverno/policies). The engines are asked by an example of the crate `policy`, which cargo builds.
"""

import json
import subprocess

from harness import places
from harness.section import Section, not_measured

NAME = "policy_compat"
TITLE = "Policies of others"
CORPORA = {
    "trivy": ("trivy-checks", "Trivy's checks (Rego): unit tests", 1_885),
    "gatekeeper": ("gatekeeper-library", "Gatekeeper's library (Rego): cases of its suites", 270),
    "kubescape": ("regolibrary", "Kubescape's rules (Rego): each field of each alert", 1_000),
    "kyverno": ("kyverno-policies", "Kyverno's policies (CEL): results that its tests expect", None),
}
TARGET = "Trivy ≥ 1,885 of 1,893, Gatekeeper 270 of 270, Kubescape ≥ 1,000, no panic; what cannot be told is unknown, never passed"


def counted(name, directory):
    """The totals of one corpus."""
    argv = ["cargo", "run", "--quiet", "--package", "bartizan-policy", "--example", "compat", "--", name, str(directory)]
    done = subprocess.run(argv, cwd=places.REPOSITORY, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def run():
    """Counts all four corpora."""
    missing = [directory for directory, _, _ in CORPORA.values() if places.corpus(directory) is None]
    if missing:
        return not_measured(NAME, TITLE, TARGET, f"{', '.join(missing)} not in $BARTIZAN_CORPORA")
    section = Section(NAME, TITLE, TARGET, columns=["corpus", "as expected", "of", "otherwise", "unknown", "panics"])
    section.reached = True
    for name, (directory, title, least) in CORPORA.items():
        got = counted(name, places.corpus(directory))
        section.rows.append([title, f"{got['passed']:,}", f"{got['all']:,}", got["failed"], got["unknown"], got["panics"]])
        section.reached &= got["panics"] == 0 and (least is None or got["passed"] >= least)
    section.notes = [
        "Kubescape: filters count like rules; nine tests of the corpus have no input, and are asked about nothing, as its own runner does",
        "Kyverno: unknown are tests with a `context` of other objects or of images, and rules about who asks",
        "time is 2026-01-01 to all of them",
    ]
    section.commands = [
        f"cargo run --package bartizan-policy --example compat -- {name} $BARTIZAN_CORPORA/{directory}"
        for name, (directory, _, _) in CORPORA.items()
    ]
    return section


if __name__ == "__main__":
    print(run().markdown())
