"""Text that matches a regular expression, the same for the same seed. In: a pattern and a seed. Out: one string."""

import random
from re import _parser as parser  # the standard library's own reading of a pattern; there is no public one

LETTERS = [chr(code) for code in range(32, 127)]
CATEGORIES = {
    parser.CATEGORY_DIGIT: [one for one in LETTERS if one.isdigit()],
    parser.CATEGORY_WORD: [one for one in LETTERS if one.isalnum() or one == "_"],
    parser.CATEGORY_SPACE: [" "],
}
WIDEST = 16
"""How far an unbounded repetition goes beyond its minimum."""


class Unsupported(Exception):
    """The pattern uses something that has no finite, context-free sample."""


def sample(pattern, seed):
    """One text matching `pattern`; raises `Unsupported` for look-around, back references and broken patterns."""
    try:
        tree = parser.parse(pattern)
    except (parser.error, RecursionError, OverflowError) as problem:
        raise Unsupported(str(problem)) from problem
    return _sequence(tree, random.Random(seed))


def _sequence(tree, source):
    return "".join(_one(kind, value, source) for kind, value in tree)


def _one(kind, value, source):
    """The text of one node of the parsed pattern."""
    if kind is parser.LITERAL:
        return chr(value)
    if kind is parser.IN:
        return source.choice(_members(value))
    if kind is parser.ANY:
        return source.choice(CATEGORIES[parser.CATEGORY_WORD])
    if kind is parser.AT:
        return ""
    if kind is parser.SUBPATTERN:
        return _sequence(value[3], source)
    if kind is parser.BRANCH:
        return _sequence(source.choice(value[1]), source)
    if kind in (parser.MAX_REPEAT, parser.MIN_REPEAT, parser.POSSESSIVE_REPEAT):
        low, high, inner = value
        count = source.randint(low, min(int(high), low + WIDEST))
        return "".join(_sequence(inner, source) for _ in range(count))
    raise Unsupported(f"no sample for {kind}")


def _members(items):
    """The printable characters of a character class."""
    negated = False
    members = []
    for kind, value in items:
        if kind is parser.NEGATE:
            negated = True
        elif kind is parser.LITERAL:
            members.append(chr(value))
        elif kind is parser.RANGE:
            members.extend(chr(code) for code in range(value[0], value[1] + 1))
        elif kind is parser.CATEGORY and value in CATEGORIES:
            members.extend(CATEGORIES[value])
        else:
            raise Unsupported(f"no sample for {kind} {value}")
    if negated:
        members = [one for one in LETTERS if one not in members]
    if not members:
        raise Unsupported("an empty character class")
    return members
