"""Measures the figures and writes bench/RESULTS.md: all of them, or those named; the others are kept as they were.

    python3 bench/run.py [figure…]

Where things are found: $BARTIZAN (the binary; default target/release/bartizan), $BARTIZAN_CORPORA (default: `corpora`
beside the repository), $BARTIZAN_PEERS (a directory made by bench/setup.sh; else PATH).
"""

import argparse
import datetime
import pathlib
import sys

import benchmark_java
import benchmark_python
import blast_radius
import console
import control_plane
import creddata
import false_alarms
import gate_latency
import in_use
import kubernetes_examples
import leak_history
import leak_tree
import leaky_repo
import opengrep_xfn
import plane_scale
import policy_compat
import profiles
import reach_scale
import renamed
import rule_examples
import sbom_image
import sbom_read
import sbom_tree
import scan_image
import semgrep_rules
import sensor_cost
import staged_django
import staged_quality
import startup
import supply_index
import terragoat
import tree_django
from harness import places, tools
from harness.section import join

FIGURES = {
    module.NAME: module
    for module in (
        leak_tree,
        leak_history,
        rule_examples,
        leaky_repo,
        creddata,
        gate_latency,
        startup,
        sensor_cost,
        profiles,
        in_use,
        supply_index,
        sbom_tree,
        sbom_image,
        sbom_read,
        scan_image,
        control_plane,
        blast_radius,
        plane_scale,
        console,
        reach_scale,
        policy_compat,
        kubernetes_examples,
        terragoat,
        semgrep_rules,
        opengrep_xfn,
        benchmark_python,
        benchmark_java,
        staged_django,
        tree_django,
        staged_quality,
        renamed,
        false_alarms,
    )
}
RESULTS = pathlib.Path(__file__).with_name("RESULTS.md")


def head():
    """Machine facts and versions."""
    out = ["# Figures", ""]
    out += ["Written by `bench/run`; do not edit. Every figure is measured, the peers in the same run.", ""]
    out += [f"- {fact}: {value}" for fact, value in places.machine().items()]
    out.append(f"- last run: {datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M} UTC")
    compared = [
        tools.Bartizan(),
        tools.Kingfisher(),
        tools.Betterleaks(),
        tools.Gitleaks(),
        tools.Ripsecrets(),
        tools.DetectSecrets(),
    ]
    for tool in compared:
        out.append(f"- {tool.name}: {tool.version() if tool.executable() else 'not installed'}")
    return "\n".join(out)


def main(argv):
    """Runs the named figures in their fixed order; each result is written as soon as it is there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", nargs="*", metavar="figure", help=", ".join(FIGURES))
    parser.add_argument("--output", type=pathlib.Path, default=RESULTS, help="file to write (default bench/RESULTS.md)")
    options = parser.parse_args(argv)
    unknown = [name for name in options.figures if name not in FIGURES]
    if unknown:
        parser.error(f"no such figure: {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    facts = head()
    for name in [name for name in FIGURES if name in options.figures or not options.figures]:
        print(f"{name} …", file=sys.stderr, flush=True)
        section = FIGURES[name].run()
        print(f"{name}: {section.verdict()}", file=sys.stderr, flush=True)
        previous = options.output.read_text(encoding="utf-8") if options.output.exists() else ""
        options.output.write_text(join(facts, [section], list(FIGURES), previous), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
