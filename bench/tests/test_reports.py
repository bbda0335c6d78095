"""Reading of the tools' reports, medians and percentiles, and the results file."""

import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import creddata
import gate_latency
import leaky_repo
from harness import measure, tools
from harness.section import Section, join, not_measured


class Reports(unittest.TestCase):
    def read(self, tool, text, root="/t"):
        with tempfile.TemporaryDirectory() as scratch:
            report = pathlib.Path(scratch, "report.json")
            report.write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
            return tool.read(report, root)

    def test_every_location_of_the_products_findings_is_a_hit(self):
        places = [{"path": "a/b", "line": 3, "end_line": 5}, {"path": "c", "line": 1}]
        finding = {"rule": "leak/x", "confidence": "high", "locations": places}
        self.assertEqual(
            self.read(tools.Bartizan(), {"findings": [finding]}),
            [tools.Hit("a/b", 3, 5, "leak/x", "high"), tools.Hit("c", 1, 1, "leak/x", "high")],
        )

    def test_the_classifier_can_be_left_out_of_a_scan(self):
        argv = tools.Bartizan(formats_only=True).tree("/t", "/r")
        self.assertEqual(argv[argv.index("--skip") + 1], "leak/generic-*")
        self.assertNotIn("--skip", tools.Bartizan().tree("/t", "/r"))

    def test_kingfishers_snippet_gives_the_last_line(self):
        found = {"path": "/t/k.pem", "line": 2, "snippet": "one\ntwo\nthree\n", "confidence": "low"}
        report = {"findings": [{"rule": {"id": "k"}, "finding": found}]}
        self.assertEqual(self.read(tools.Kingfisher(), report), [tools.Hit("k.pem", 2, 4, "k", "low")])

    def test_betterleaks_and_gitleaks_paths_become_relative(self):
        at = {"path": "/t/x/y", "start_line": 1, "end_line": 1}
        report = {"findings": [{"rule_id": "r", "confidence": "medium", "location": at}]}
        self.assertEqual(self.read(tools.Betterleaks(), report), [tools.Hit("x/y", 1, 1, "r", "medium")])
        report = [{"File": "/t/x", "StartLine": 4, "EndLine": 6, "RuleID": "g"}]
        self.assertEqual(self.read(tools.Gitleaks(), report), [tools.Hit("x", 4, 6, "g")])

    def test_line_reports_ignore_lines_that_are_no_finding(self):
        text = "/t/a:b.py:7:secret = 1\nsome warning\n"
        self.assertEqual(self.read(tools.Ripsecrets(), text), [tools.Hit("a:b.py", 7, 7, "ripsecrets")])

    def test_an_empty_report_has_no_hits(self):
        self.assertEqual(self.read(tools.Betterleaks(), ""), [])


class Measuring(unittest.TestCase):
    def test_the_percentile_is_the_nearest_rank(self):
        values = list(range(1, 41))
        self.assertEqual(measure.percentile(values, 0.95), 38)
        self.assertEqual(measure.percentile([5], 0.95), 5)
        self.assertEqual(measure.percentile(values, 1), 40)

    def test_a_run_reports_time_memory_and_the_exit_code(self):
        script = "import sys; x = bytearray(64 << 20); x[::4096] = b'1' * len(x[::4096]); sys.exit(3)"
        (one,) = measure.run([sys.executable, "-c", script])
        self.assertEqual((one.code, one.timed_out), (3, False))
        self.assertGreater(one.rss, 64 << 20)
        self.assertGreater(one.wall, 0)

    def test_a_small_command_is_not_charged_for_the_memory_of_the_harness(self):
        ballast = bytearray(128 << 20)
        ballast[::4096] = b"1" * len(ballast[::4096])
        (one,) = measure.run(["/bin/sh", "-c", ":"])
        self.assertLess(one.rss, 64 << 20)

    def test_a_run_that_takes_too_long_is_stopped_and_refused(self):
        with self.assertRaises(measure.CommandFailed):
            measure.checked([sys.executable, "-c", "import time; time.sleep(60)"], (0,), timeout=0.3)

    def test_a_failing_tool_does_not_stop_the_others(self):
        def fail():
            raise measure.CommandFailed("broken")

        runs, failures = measure.interleave({"good": lambda: [1], "bad": fail}, 2)
        self.assertEqual((runs, failures), ({"good": [1, 1]}, {"bad": "broken"}))


class Results(unittest.TestCase):
    def test_a_section_measured_anew_replaces_only_itself(self):
        first = join("# head", [not_measured("a", "A", "t", "why"), not_measured("b", "B", "t", "no corpus")], ["a", "b"])
        second = join("# new head", [Section("a", "A", "t", reached=True)], ["a", "b"], first)
        self.assertTrue(second.startswith("# new head"))
        self.assertIn("**reached**", second)
        self.assertNotIn("why", second)
        self.assertIn("not measured: no corpus", second)
        self.assertEqual(second.count("<!-- begin"), 2)

    def test_sections_keep_their_order(self):
        text = join("#", [Section("b", "B", "t"), Section("a", "A", "t")], ["a", "b"])
        self.assertLess(text.index("begin a"), text.index("begin b"))


class Corpora(unittest.TestCase):
    def test_leaky_repos_table_is_read_without_its_remarks(self):
        self.assertEqual(leaky_repo.expected("# remark\n\na/b,2,1\nc,0,3"), {"a/b": (2, 1), "c": (0, 3)})
        self.assertEqual(leaky_repo.clean_files(["a/b", "c", "new", "x.db"], {"a/b": (2, 1), "c": (0, 3)}), ["c", "new"])

    def test_a_repository_of_creddata_always_falls_into_the_same_half(self):
        names = {creddata.half(f"{number:08x}") for number in range(64)}
        self.assertEqual(names, set(creddata.HALVES))
        self.assertEqual(creddata.half("00408ef6"), creddata.half("00408ef6"))

    def test_the_generated_repository_holds_one_staged_change(self):
        with tempfile.TemporaryDirectory() as scratch:
            root = pathlib.Path(scratch)
            changed = gate_latency.make_repository(root, files=8)
            self.assertTrue(changed.is_file())
            self.assertEqual(len(list(root.rglob("*.py"))), 8)
