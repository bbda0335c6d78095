"""Learns the character model: how surprising a character is after the two before it, in the words of source code.

Usage: chars.py DIRECTORY…   (trees of ordinary source; every distinct word counts by the square root of its frequency)
Writes the `trigrams` line of the model file.
"""

import collections
import math
import os
import re
import sys

import numpy

import model_file

WORD = re.compile(rb"[A-Za-z][A-Za-z0-9_\-./]{2,39}")
SUFFIXES = (".rs", ".py", ".md", ".js", ".ts", ".c", ".h", ".go", ".java", ".txt", ".toml", ".html")
LARGEST = 400_000


def words(roots):
    """Distinct words with the square root of how many files hold them."""
    seen = collections.Counter()
    for root in roots:
        for folder, folders, files in os.walk(root):
            folders.sort()
            for name in sorted(files):
                path = os.path.join(folder, name)
                if name.endswith(SUFFIXES) and os.path.getsize(path) < LARGEST:
                    with open(path, "rb") as file:
                        seen.update(w for w in set(WORD.findall(file.read())) if plain(w))
    return {word: math.sqrt(n) for word, n in seen.items() if n > 1}


def plain(word):
    """Leaves out what is data rather than words."""
    digits = sum(48 <= b < 58 for b in word)
    return digits * 4 <= len(word)


def symbol(byte):
    """The same 30 symbols as `symbol` in `bytes.rs`."""
    if 97 <= byte <= 122:
        return byte - 97
    if 65 <= byte <= 90:
        return byte - 65
    if 48 <= byte <= 57:
        return 26
    return {95: 27, 45: 27, 46: 27, 47: 27, 32: 28}.get(byte, 29)


def learn(counted):
    """Surprise in 1/16 bits, smoothed with the pair and the single character."""
    n = model_file.SYMBOLS
    three = numpy.zeros((n, n, n))
    for word, weight in counted.items():
        first = second = symbol(32)
        for byte in word:
            third = symbol(byte)
            three[first, second, third] += weight
            first, second = second, third
    two = three.sum(axis=0)
    one = two.sum(axis=0)
    single = (one + 1) / (one + 1).sum()
    pair = (two + 20 * single) / (two.sum(axis=1, keepdims=True) + 20)
    triple = (three + 20 * pair[None]) / (three.sum(axis=2, keepdims=True) + 20)
    bits = numpy.minimum(-numpy.log2(triple) * 16, 255)
    return numpy.round(bits).astype(numpy.uint8)


def main():
    parts = model_file.read() if model_file.PATH.exists() else model_file.empty()
    counted = words(sys.argv[1:])
    parts["trigrams"] = learn(counted).tobytes().hex()
    model_file.write(parts)
    print(f"{len(counted)} words")


if __name__ == "__main__":
    main()
