"""What findings on the OWASP Benchmarks are worth."""

import pathlib
import tempfile
import unittest

from harness import owasp


class Score(unittest.TestCase):
    CASES = [
        owasp.Case("T1", "sqli", True, 89),
        owasp.Case("T2", "sqli", True, 89),
        owasp.Case("T3", "sqli", False, 89),
        owasp.Case("T4", "weakrand", True, 330),
        owasp.Case("T5", "weakrand", False, 330),
    ]

    def test_the_mean_is_over_categories_and_not_over_tests(self):
        mean, rates = owasp.score(self.CASES, {("T1", 89), ("T3", 89), ("T4", 330)})
        self.assertEqual(rates["sqli"], (0.5, 1.0, 3))
        self.assertEqual(rates["weakrand"], (1.0, 0.0, 2))
        self.assertAlmostEqual(mean, (-0.5 + 1.0) / 2)

    def test_a_finding_of_another_weakness_counts_for_nothing(self):
        mean, _ = owasp.score(self.CASES, {("T1", 79), ("T4", 328)})
        self.assertEqual(mean, 0)

    def test_what_flags_everything_is_worth_nothing(self):
        everything = {(case.name, case.cwe) for case in self.CASES}
        self.assertEqual(owasp.score(self.CASES, everything)[0], 0)

    def test_a_narrower_number_counts(self):
        self.assertEqual(owasp.score(self.CASES, {("T4", 338)})[1]["weakrand"], (1.0, 0.0, 2))


class Read(unittest.TestCase):
    def test_expected_results_are_read_without_their_head(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "expectedresults-1.2.csv").write_text("# test name, category, real vulnerability, cwe\nT1,sqli,true,89\nT2, xss,false,79\n")
            self.assertEqual(owasp.cases(root), [owasp.Case("T1", "sqli", True, 89), owasp.Case("T2", "xss", False, 79)])

    def test_a_finding_with_several_places_counts_at_each(self):
        report = {"findings": [{"cwe": ["CWE-89"], "locations": [{"path": "a/T1.py"}, {"path": "a/T2.py"}]}]}
        self.assertEqual(owasp.tests_of(owasp.of_bartizan(report)), {("T1", 89), ("T2", 89)})

    def test_weaknesses_of_semgrep_are_one_text_or_several(self):
        one = lambda cwe: {"path": "T1.py", "extra": {"metadata": {"cwe": cwe}}}
        report = {"results": [one("CWE-89: SQL"), one(["CWE-79: XSS", "CWE-80: XSS"]), one([])]}
        self.assertEqual(owasp.of_semgrep(report), [("T1.py", 89), ("T1.py", 79), ("T1.py", 80)])


if __name__ == "__main__":
    unittest.main()
