"""Scoring of findings against labels."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness.score import Label, Score, recall_at, risk_score, score, sweep, units
from harness.tools import Hit


def label(first, truth, last=None, path="a.py"):
    return Label("repo", path, first, last or first, truth)


def hit(line, end=None, path="a.py", confidence=None):
    return Hit(path, line, end or line, "leak/x", confidence)


class LabelScoring(unittest.TestCase):
    def test_a_hit_on_a_true_line_is_found_and_one_on_a_false_line_is_a_false_alarm(self):
        got = score([label(1, "T"), label(2, "T"), label(3, "F")], [hit(1), hit(3)])
        self.assertEqual(got, Score(found=1, missed=1, false=1, unlabelled=0))
        self.assertEqual((got.precision, got.recall, got.f1), (0.5, 0.5, 0.5))

    def test_two_hits_on_one_line_count_once(self):
        self.assertEqual(score([label(1, "T")], [hit(1), hit(1)]).found, 1)
        self.assertEqual(score([label(1, "F")], [hit(1), hit(1)]).false, 1)

    def test_a_hit_inside_a_range_of_lines_finds_the_range(self):
        self.assertEqual(score([label(10, "T", last=20)], [hit(12, 14)]).found, 1)
        self.assertEqual(score([label(10, "T", last=20)], [hit(21)]).found, 0)

    def test_a_credential_outweighs_other_labels_of_the_same_line(self):
        self.assertEqual([one.truth for one in units([label(1, "F"), label(1, "T"), label(1, "X")])], ["T"])

    def test_a_false_range_that_overlaps_a_credential_is_left_out(self):
        self.assertEqual(score([label(1, "T", last=9), label(4, "F")], [hit(4)]), Score(1, 0, 0, 0))

    def test_an_undecided_line_is_neither_found_nor_false(self):
        self.assertEqual(score([label(1, "X")], [hit(1)]), Score(0, 0, 0, 0))

    def test_hits_on_unlabelled_lines_only_lower_the_strict_figures(self):
        got = score([label(1, "T")], [hit(1), hit(7)])
        self.assertEqual((got.precision, got.strict_precision), (1.0, 0.5))
        self.assertAlmostEqual(got.strict_f1, 2 / 3)

    def test_hits_in_files_without_labels_are_not_counted(self):
        self.assertEqual(score([label(1, "T")], [hit(1, path="other.py")]), Score(0, 1, 0, 0))

    def test_nothing_found_has_no_precision(self):
        self.assertEqual(score([label(1, "T")], []).precision, 0.0)


class ConfidenceSweep(unittest.TestCase):
    def test_each_level_keeps_the_surer_findings_only(self):
        labels = [label(1, "T"), label(2, "T"), label(3, "F")]
        hits = [hit(1, confidence="high"), hit(2, confidence="medium"), hit(3, confidence="low")]
        self.assertEqual([(level, one.found, one.false) for level, one in sweep(labels, hits)],
                         [("high", 1, 0), ("medium", 2, 0), ("low", 2, 1)])  # fmt: skip

    def test_a_tool_without_confidence_has_one_score(self):
        self.assertEqual([level for level, _ in sweep([label(1, "T")], [hit(1)])], [None])

    def test_recall_at_a_precision_takes_the_best_level_that_is_precise_enough(self):
        scores = [("high", Score(1, 3, 0, 0)), ("medium", Score(2, 2, 0, 0)), ("low", Score(4, 0, 4, 0))]
        self.assertEqual(recall_at(scores, 0.95), 0.5)
        self.assertEqual(recall_at(scores[2:], 0.95), 0.0)


class RiskScoring(unittest.TestCase):
    def test_distinct_lines_count_up_to_the_number_at_risk(self):
        expected = {"a": (2, 1), "b": (1, 0), "key.pub": (0, 1)}
        hits = [hit(1, path="a"), hit(1, path="a"), hit(5, path="a"), hit(6, path="a"), hit(7, path="a"), hit(2, path="doc")]
        got = risk_score(expected, ["doc", "key.pub"], hits)
        self.assertEqual((got.found, got.total, got.files, got.files_at_risk), (2, 3, 1, 2))
        self.assertEqual((got.beyond, got.on_clean), (1, 1))
