"""Statements to tell a control plane, made from nothing: reports, bills of materials, advisories, and edges of a graph."""

import json
import random

LINKS = 100_000


def statement(kind, predicate, name):
    """A statement, as bytes."""
    subject = [{"name": name, "digest": {"sha256": "00" * 32}}]
    return json.dumps({"_type": "https://in-toto.io/Statement/v1", "subject": subject, "predicateType": kind, "predicate": predicate}).encode()


def report(asset, findings, seed=0):
    """A report with so many findings about one repository."""
    rng = random.Random(f"{asset}{seed}")
    made = []
    for number in range(findings):
        rule = f"leak/rule-{number % 40}"
        made.append(
            {
                "rule": rule,
                "check": "leak/credentials",
                "severity": rng.choice(["critical", "high", "high", "medium", "medium", "low"]),
                "confidence": "high",
                "title": "A credential in source code",
                "message": f"an example of the rule {rule}, number {number}, with its value masked",
                "fingerprint": f"{rng.getrandbits(128):032x}",
                "asset": f"file:src/module-{number % 97}/file-{number}.py",
                "locations": [{"path": f"src/module-{number % 97}/file-{number}.py", "line": 7, "column": 3, "end_line": 7, "end_column": 40}],
                "evidence": [{"message": "it has the form its issuer documents"}],
                "cwe": ["CWE-798"],
                "ids": [],
                "controls": [{"framework": "OWASP-ASVS-5.0", "id": "13.3.1"}],
                "fix": {"description": f"revoke it at issuer {number % 25}"},
                "waiver": None,
                "snippet": {"first_line": 6, "lines": ["# settings", 'KEY = "************"', ""], "highlight": [6, 20]},
            }
        )
    body = {
        "schema": "bartizan/report/v1",
        "tool": {"name": "bartizan", "version": "0", "rules_digest": "00" * 32},
        "target": {"name": ".", "kind": "dir", "asset": asset, "branch": "main"},
        "started": f"2026-11-25T10:00:{seed % 60:02}Z",
        "verdict": {"decision": "deny", "reasons": ["x"]},
        "findings": made,
        "components": [],
        "checks": [{"check": "leak/credentials", "status": "ran", "required": True, "files": 9, "findings": findings}],
        "skipped": [],
        "stats": {"files": 9, "cached": 0, "bytes": 9, "seconds": 1.0},
    }
    return statement("https://in-toto.io/attestation/test-result/v0.1", {"result": "FAILED", "https://bartizan.dev/report/v1": body}, ".")


def bill(asset, names):
    """A bill of materials with these packages of npm, each of which depends on three others."""
    purls = [f"pkg:npm/{name}@1.0.0" for name in names]
    components = [{"type": "library", "bom-ref": purl, "name": name, "version": "1.0.0", "purl": purl} for name, purl in zip(names, purls)]
    dependencies = [
        {"ref": purl, "dependsOn": sorted({purls[(at * 7 + step) % len(purls)] for step in (1, 2, 3)} - {purl})} for at, purl in enumerate(purls)
    ]
    return statement("https://cyclonedx.org/bom", {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components, "dependencies": dependencies}, asset)


def advisory(name):
    """An advisory about a package, as a statement."""
    ranges = [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "2.0.0"}]}]
    record = {"id": f"GHSA-{name}", "modified": "2026-11-25T00:00:00Z", "affected": [{"package": {"ecosystem": "npm", "name": name}, "ranges": ranges}]}
    return statement("https://bartizan.dev/advisories/v1", [record], f"advisory:GHSA-{name}")


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


def thing(number):
    """The identity of a thing."""
    return "host:start" if number == 0 else f"workload:cluster/namespace-{number % 500}/app-{number}"


def links(told):
    """Statements about edges, as pairs of numbers of things, so many in each as a connector would send at once."""
    for at in range(0, len(told), LINKS):
        part = [{"source": thing(one), "kind": "reaches", "target": thing(other)} for one, other in told[at : at + LINKS]]
        yield statement("https://bartizan.dev/links/v1", part, f"links-{at}")
