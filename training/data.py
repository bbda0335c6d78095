"""Reads feature dumps and labels into arrays.

A dump is what `crates/code/examples/dump_features.rs` prints. Labels come in three forms: CredData's `labels.jsonl`,
the labels of `synthesize.py`, and none at all (ordinary code, all of it negative).
"""

import collections
import dataclasses
import json
import re
import zlib

import numpy

UNLABELLED, ORDINARY, MADE_UP = 0.3, 0.25, 0.12
TESTING = re.compile(r"(^|[/_.-])(tests?|testing|testdata|examples?|fixtures?|benches|specs?|docs?)([/_.-]|$)", re.I)


@dataclasses.dataclass
class Rows:
    """One row an assignment."""

    dense: list = dataclasses.field(default_factory=list)
    words: list = dataclasses.field(default_factory=list)
    truth: list = dataclasses.field(default_factory=list)
    weight: list = dataclasses.field(default_factory=list)
    group: list = dataclasses.field(default_factory=list)
    source: list = dataclasses.field(default_factory=list)
    place: list = dataclasses.field(default_factory=list)

    def add(self, row, truth, weight, group, source):
        self.dense.append(row["dense"])
        self.words.append(row["words"])
        self.truth.append(truth)
        self.weight.append(weight)
        self.group.append(group)
        self.source.append(source)
        self.place.append((row["path"], row["value_line"]))

    def arrays(self):
        return (
            numpy.array(self.dense, dtype=numpy.int32),
            numpy.array(self.truth, dtype=numpy.int32),
            numpy.array(self.weight),
            numpy.array(self.group),
            numpy.array(self.source),
        )


def lines(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def creddata(rows, dump, labels):
    """CredData: a label decides where the ranges meet; other assignments on a credential's line are left out."""
    by_line = collections.defaultdict(list)
    for label in lines(labels):
        by_line[label["path"], label["line_start"]].append(label)
    for row in lines(dump):
        group = row["path"].split("/")[0]
        here = by_line.get((row["path"], row["value_line"]), [])
        truth = verdict(row, here)
        if truth == "?":
            continue
        weight = UNLABELLED if not here else 1.0
        rows.add(row, int(truth == "T"), weight, group, "creddata")


def verdict(row, here):
    met = {one["label"] for one in here if meets(row["value"], one)}
    if "T" in met:
        return "T"
    if "X" in met or any(one["label"] == "T" for one in here):
        return "?"
    return "F"


def meets(value, label):
    start, end = label["value_start"], label["value_end"]
    if start < 0 or label["line_end"] != label["line_start"]:
        return True
    return value[0] < max(end, start + 1) + 3 and start - 3 < value[1]


def made_up(rows, dump, labels):
    """The output of synthesize.py: groups are blocks of files."""
    truth = {(one["path"], one["line"]): one["label"] for one in lines(labels)}
    for row in lines(dump):
        label = truth.get((row["path"], row["line"]))
        if label is not None:
            rows.add(row, int(label), MADE_UP, f"made-up-{row['path'][:4]}", "made-up")


def ordinary(rows, dump, depth):
    """Published packages: nothing in them is a credential, except perhaps in their tests, which are left out."""
    for row in lines(dump):
        package = "/".join(row["path"].split("/")[:depth])
        rest = row["path"][len(package):]
        if not TESTING.search(rest):
            rows.add(row, 0, ORDINARY, package, "ordinary")


def folds(groups, count):
    """A fold for each row; rows of one group share it."""
    return numpy.array([zlib.crc32(group.encode()) % count for group in groups])
