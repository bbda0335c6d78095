"""Extraction of examples from rule files of other tools, and text from patterns."""

import pathlib
import re
import sys
import tempfile
import textwrap
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import rule_examples
from harness import go_examples, yaml_examples
from harness.examples import Example, consistent, distinct
from harness.generate import Unsupported, sample

RULES = textwrap.dedent(
    r"""
    rules:

    - name: First
      id: demo.first
      pattern: 'x'
      examples:
      - plain text  # remark
      - 'it''s quoted'
      - "tab\tand \x41 \"quote\""
      - |
        line one
          line two

        - name: not a rule
      - >-
        folded
        text

      negative_examples:
      - wrapped
        plain
      - "wrapped
        quoted"
      categories: [api]

    - id: demo.second
      examples:
        - deeper
    """
)


class YamlLists(unittest.TestCase):
    def setUp(self):
        self.found = yaml_examples.read(RULES, "demo")

    def texts(self, rule, positive):
        return [one.text for one in self.found if one.rule == rule and one.positive == positive]

    def test_every_style_of_scalar_is_read(self):
        self.assertEqual(
            self.texts("demo.first", True),
            [
                "plain text",
                "it's quoted",
                'tab\tand A "quote"',
                "line one\n  line two\n\n- name: not a rule\n",
                "folded text",
            ],
        )

    def test_negative_examples_are_kept_apart_and_wrapped_lines_are_joined(self):
        self.assertEqual(self.texts("demo.first", False), ["wrapped plain", "wrapped quoted"])

    def test_an_example_belongs_to_the_rule_around_it(self):
        self.assertEqual(self.texts("demo.second", True), ["deeper"])

    def test_a_truncated_file_gives_what_is_there(self):
        for cut in range(0, len(RULES), 7):
            for one in yaml_examples.read(RULES[:cut], "demo"):
                self.assertIsInstance(one.text, str)


GO = r"""
func Demo() *config.Rule {
	r := config.Rule{ RuleID: "demo-rule", Regex: regexp.MustCompile(`x`) }
	prefix := "pre"
	shared := []string{"shared"}
	tps := utils.GenerateSampleSecrets("demo", prefix+"-"+secrets.NewSecret(utils.Hex("8")))
	tps = append(tps,
		"quo\"ted\n", // a remark, with "text"
		`raw \n text`,
		unknownHelper("z"),
	)
	tps = append(tps, shared...)
	fps := []string{
		"one" + "two",
		strings.Repeat("z", 4),
		`three`,
	}
	return utils.Validate(r, tps, fps)
}
func Other() *config.Rule {
	r := config.Rule{ RuleID: "other-rule" }
	tps := map[string]string{ "dir/file.php": `keyed`, }
	fps := []string{undefined}
}
"""


class GoSamples(unittest.TestCase):
    def setUp(self):
        self.found, self.unknown = go_examples.read(GO, "demo")

    def test_what_needs_go_to_run_is_counted_and_left_out(self):
        self.assertEqual(self.unknown, 3)
        self.assertEqual([one.text for one in self.found if not one.positive], ["onetwo", "three"])

    def test_a_drawn_sample_is_marked_and_matches_its_pattern(self):
        drawn = self.found[0]
        self.assertTrue(drawn.derived)
        self.assertRegex(drawn.text, r'^demo_api_token = "pre-[a-f0-9]{8}"$')
        self.assertEqual(drawn, go_examples.read(GO, "demo")[0][0])

    def test_a_list_kept_in_a_variable_is_appended(self):
        self.assertIn("shared", [one.text for one in self.found if one.rule == "demo-rule" and one.positive])

    def test_a_map_gives_the_wanted_path(self):
        keyed = [one for one in self.found if one.rule == "other-rule"]
        self.assertEqual([(one.path, one.text) for one in keyed], [("dir/file.php", "keyed")])

    def test_literals_are_unescaped_and_comments_skipped(self):
        source = 'func A() { tps := []string{ "a\\"b\\n", // no, "text"\n `c\\n`, } }'
        self.assertEqual([one.text for one in go_examples.read(source, "demo")[0]], ['a"b\n', "c\\n"])

    def test_a_truncated_file_gives_what_is_there(self):
        for cut in range(0, len(GO), 5):
            found, _ = go_examples.read(GO[:cut], "demo")
            self.assertLessEqual(len(found), len(self.found) + 1)


class Samples(unittest.TestCase):
    def test_a_sample_matches_its_pattern_and_depends_on_the_seed_only(self):
        for pattern in (r"AKIA[A-Z2-7]{16}", r"(?:ab|cd)+\d{2,4}x?", r"[^a-z]{5}", r"\bkey_[\w-]{3,}\b", r"(?i)tok.{4}"):
            text = sample(pattern, "seed")
            self.assertIsNotNone(re.fullmatch(pattern, text), (pattern, text))
            self.assertEqual(text, sample(pattern, "seed"))

    def test_what_has_no_plain_sample_is_refused(self):
        for pattern in (r"(?=a)b", r"(a)\1", r"(unclosed"):
            with self.assertRaises(Unsupported):
                sample(pattern, 1)


class ExampleFiles(unittest.TestCase):
    def test_equal_texts_are_kept_once(self):
        one = Example("s", "r", "text", True)
        self.assertEqual(distinct([one, one, Example("s", "r2", "text", True), Example("s", "r", " \n", True)]), [one])

    def test_a_negative_example_that_another_rule_calls_a_credential_is_left_out(self):
        found = Example("s", "one", "token", True)
        other = Example("s", "two", "plain", False)
        self.assertEqual(consistent([found, Example("s", "two", "token\n", False), other]), [found, other])

    def test_each_example_gets_a_file_and_a_wanted_name_cannot_leave_the_directory(self):
        examples = [Example("s", "r", "text", True), Example("s", "r", "more", False, "../../up/app.conf")]
        with tempfile.TemporaryDirectory() as scratch:
            paths = rule_examples.write(examples, pathlib.Path(scratch))
            self.assertEqual(paths, ["00000/sample.txt", "00001/up/app.conf"])
            self.assertEqual(pathlib.Path(scratch, paths[1]).read_text(encoding="utf-8"), "more\n")

    def test_hits_are_counted_by_source_and_polarity(self):
        examples = [Example("a", "r", "x", True), Example("a", "r", "y", False), Example("b", "r", "z", True)]
        hits = [rule_examples.tools.Hit("p0", 1, 1, "r"), rule_examples.tools.Hit("p1", 1, 1, "r")]
        table = rule_examples.counted(examples, ["p0", "p1", "p2"], hits)
        self.assertEqual(table["a", True], (1, 1))
        self.assertEqual(table["all", True], (1, 2))
        self.assertEqual(table["all", False], (1, 1))
