"""Tests of the planter: what it makes has the right shape, goes where the manifest says, and is compared truly."""

import base64
import contextlib
import io
import json
import random
import re
import shutil
import sys
import tempfile
import unittest
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import plant  # noqa: E402


class Patterns(unittest.TestCase):
    def test_an_expansion_matches_its_own_pattern(self):
        rng = random.Random(7)
        patterns = [entry["generate"] for kind in plant.plan().values() for entry in kind if "generate" in entry]
        patterns += ["a{2,5}(b|cd){3}", "[\\w-]{9}", "x?y", "\\d{4}\\.\\d{2}"]
        for pattern in patterns:
            for _ in range(50):
                self.assertRegex(plant.expand(pattern, rng), f"^(?:{pattern})$")

    def test_what_the_small_language_lacks_is_refused_by_name(self):
        for pattern in ("a+", "[^a]", "(a", "a{2,}", "[a", "a)"):
            with self.assertRaises(plant.PlantError, msg=pattern):
                plant.expand(pattern, random.Random(1))

    def test_the_same_seed_gives_the_same_value(self):
        self.assertEqual(plant.expand("[a-z]{20}", random.Random(3)), plant.expand("[a-z]{20}", random.Random(3)))
        self.assertNotEqual(plant.expand("[a-z]{20}", random.Random(3)), plant.expand("[a-z]{20}", random.Random(4)))


class Builders(unittest.TestCase):
    def test_github_and_npm_tokens_end_in_their_checksum(self):
        for build in (plant.github_token, plant.npm_token):
            token = build(random.Random(5))
            self.assertEqual(len(token), 40)
            number = 0
            for char in token[-6:]:
                number = number * 62 + plant.BASE62.index(char)
            self.assertEqual(number, zlib.crc32(token[4:-6].encode()))

    def test_the_account_inside_an_aws_key_id_is_read_as_published(self):
        # The key id is the public example of the article that described the encoding; only its account is asserted.
        self.assertEqual(plant.aws_account("ASIA" + "QNZGKIQY" + "56JQ7WML"), 29608264753)

    def test_an_aws_key_id_names_a_possible_account(self):
        for seed in range(20):
            self.assertTrue(10**9 < plant.aws_account(plant.aws_key_id(random.Random(seed))) < 10**12)

    def test_a_jwt_decodes_into_header_and_claims(self):
        header, claims, signature = plant.jwt(random.Random(1)).split(".")
        decode = lambda part: base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        self.assertEqual(json.loads(decode(header))["alg"], "HS256")
        self.assertIn("exp", json.loads(decode(claims)))
        self.assertEqual(len(decode(signature)), 32)

    def test_a_docker_config_repeats_its_password_in_auth(self):
        registry = json.loads(plant.docker_config(random.Random(2)))["auths"]["registry.harbour.example"]
        self.assertEqual(base64.b64decode(registry["auth"]).decode(), f"{registry['username']}:{registry['password']}")


@unittest.skipUnless(shutil.which("openssl"), "openssl is not installed")
class Planting(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        root = Path(cls.scratch.name)
        cls.copy, cls.manifest = root / "harbour", root / "planted.json"
        cls.planted = plant.plant(cls.copy, cls.manifest)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def lines(self, spot):
        text = (self.copy / spot["file"]).read_text().split("\n")
        return "\n".join(text[spot["line"] - 1 : spot["end_line"]])

    def spot(self, name):
        return next(s for kind in self.planted.values() for s in kind if s["name"] == name)

    def test_no_mark_is_left_in_the_copy(self):
        for path in self.copy.rglob("*"):
            if path.is_file():
                self.assertNotIn(b"__PLANT_", path.read_bytes().replace("`__PLANT_…__`".encode(), b""), path)

    def test_the_manifest_points_at_the_planted_lines(self):
        self.assertIn("ghp_", self.lines(self.spot("GITHUB_TOKEN")))
        self.assertIn("AKIA", self.lines(self.spot("AWS_ACCESS_KEY_ID")))
        key = self.lines(self.spot("RSA_KEY"))
        self.assertTrue(key.startswith("-----BEGIN") and key.endswith("-----"), "the whole key and nothing else")

    def test_the_manifest_holds_no_credential(self):
        manifest = self.manifest.read_text()
        for shape in ("ghp_", "AKIA", "PRIVATE KEY", "sk_live_"):
            self.assertNotIn(shape, manifest)

    def test_a_service_account_file_stays_json(self):
        account = json.loads((self.copy / "api" / "google-service-account.json").read_text())
        self.assertIn("PRIVATE KEY", account["private_key"])

    def test_a_directory_that_is_no_copy_of_harbour_is_left_alone(self):
        with tempfile.TemporaryDirectory() as scratch:
            precious = Path(scratch) / "work.txt"
            precious.write_text("mine")
            with self.assertRaises(plant.PlantError):
                plant.plant(Path(scratch), self.manifest)
            self.assertEqual(precious.read_text(), "mine")

    def test_a_copy_inside_the_repository_is_refused(self):
        with self.assertRaises(plant.PlantError):
            plant.plant(plant.HERE / "copy", self.manifest)


class Checking(unittest.TestCase):
    MANIFEST = {"credentials": [{"name": "A", "what": "a key", "file": "a.env", "line": 3, "end_line": 5}], "decoys": []}

    def report(self, rule, path, line, end_line):
        location = {"path": path, "line": line, "column": 1, "end_line": end_line, "end_column": 9}
        return {"findings": [{"rule": rule, "locations": [location]}]}

    def test_a_finding_on_one_of_the_planted_lines_counts(self):
        self.assertEqual(plant.check(self.report("leak/x", "a.env", 5, 5), self.MANIFEST), ([], []))

    def test_a_credential_without_a_finding_is_missed(self):
        missed, stray = plant.check({"findings": []}, self.MANIFEST)
        self.assertEqual([spot["name"] for spot in missed], ["A"])
        self.assertEqual(stray, [])

    def told(self, report):
        words = io.StringIO()
        with contextlib.redirect_stderr(words):
            return plant.tell(report, self.MANIFEST), words.getvalue()

    def test_a_missed_credential_fails_and_is_named(self):
        code, words = self.told({"findings": []})
        self.assertEqual(code, 1)
        self.assertIn("missed: a.env:3: a key", words)

    def test_advice_elsewhere_is_shown_and_a_format_rule_elsewhere_fails(self):
        found = self.report("leak/x", "a.env", 3, 3)["findings"]
        advice = self.report("leak/generic-key", "b.env", 1, 1)["findings"]
        wrong = self.report("leak/y", "b.env", 1, 1)["findings"]
        code, words = self.told({"findings": found + advice})
        self.assertEqual(code, 0)
        self.assertIn("advice: b.env:1", words)
        self.assertEqual(self.told({"findings": found + wrong})[0], 1)

    def test_a_leak_elsewhere_is_unexpected_and_other_rules_are_not_judged(self):
        missed, stray = plant.check(self.report("leak/x", "a.env", 6, 6), self.MANIFEST)
        self.assertEqual((len(missed), len(stray)), (1, 1))
        self.assertEqual(plant.check(self.report("code/x", "b.py", 1, 1), self.MANIFEST)[1], [])


if __name__ == "__main__":
    unittest.main()
