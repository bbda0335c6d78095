"""What the runner of rule files prints is read as it is meant."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import opengrep_xfn


class Counted(unittest.TestCase):
    def test_files_by_language_and_those_that_are_not_read(self):
        text = ".: 3 of 5\nall: 3 of 5\nfiles of go: 1 of 2\nfiles of python: 2 of 2\nnot read: 11 .clj\nrules that do not run: 0\n"
        self.assertEqual(opengrep_xfn.counted(text), ({"go": (1, 2), "python": (2, 2)}, {".clj": 11}))


if __name__ == "__main__":
    unittest.main()
