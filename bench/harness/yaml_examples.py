"""Reads `examples` and `negative_examples` out of Kingfisher and Nosey Parker rule files.

In: the text of a YAML file. Out: `Example`s. The standard library has no YAML, so this reads the part of YAML 1.2
(https://yaml.org/spec/1.2.2/) that such a list uses: block sequences of plain, quoted and block scalars.
"""

import re

from harness.examples import Example

KEYS = {"examples": True, "negative_examples": False}
BLOCK = re.compile(r"([|>])([-+0-9]*)\s*(#.*)?$")
ESCAPES = {
    "n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v",
    " ": " ", '"': '"', "/": "/", "\\": "\\", "\n": "",
}  # fmt: skip


def read(text, source):
    """All examples of the rules in one file."""
    lines = text.splitlines()
    identity = _identities(lines)
    examples = []
    number = 0
    while number < len(lines):
        match = re.match(r"(\s*)(-\s+)?(\w+):\s*(#.*)?$", lines[number])
        if not match or match[3] not in KEYS:
            number += 1
            continue
        column = len(match[1]) + len(match[2] or "")
        values, after = _sequence(lines, number + 1, column)
        examples += [Example(source, identity[number], value, KEYS[match[3]]) for value in values]
        number = max(after, number + 1)
    return examples


def _identities(lines):
    """For each line, the id of the rule it belongs to: the `id` of the enclosing item of the `rules` list."""
    names = [""] * len(lines)
    start = 0
    for number, line in enumerate(lines + ["- end"]):
        starts_rule = re.match(r"\s{0,2}-\s+(name|id):\s", line) is not None
        if not starts_rule and number < len(lines):
            continue
        found = [re.match(r"\s*(?:-\s+)?id:\s*(\S+)", one) for one in lines[start:number]]
        name = next((match[1].strip("'\"") for match in found if match), "")
        names[start:number] = [name] * (number - start)
        start = number
    return names


def _indent(line):
    return len(line) - len(line.lstrip(" "))


def _sequence(lines, number, column):
    """The scalars of the block sequence that starts at `number`, at or right of `column`; and the line after it."""
    values = []
    dash = None
    while number < len(lines):
        line = lines[number]
        body = line.strip()
        if not body or body.startswith("#"):
            number += 1
            continue
        at = _indent(line)
        if not (body == "-" or body.startswith("- ")) or at < column or (dash is not None and at != dash):
            break
        dash = at
        value, number = _scalar(lines, number, dash)
        values.append(value)
    return values, number


def _scalar(lines, number, dash):
    """The scalar of the item whose dash stands in column `dash` of line `number`; and the line after it."""
    first = lines[number][dash + 1 :].strip()
    block = BLOCK.match(first)
    if block:
        return _block(lines, number + 1, dash, block[1], block[2])
    if first[:1] in ("'", '"'):
        return _quoted(lines, number, first, dash)
    parts = [_uncommented(first)]
    number += 1
    while number < len(lines) and lines[number].strip() and _indent(lines[number]) > dash:
        parts.append(_uncommented(lines[number].strip()))
        number += 1
    return " ".join(part for part in parts if part), number


def _uncommented(text):
    return re.sub(r"(^|\s)#.*$", "", text).rstrip()


def _block(lines, number, dash, style, header):
    """A literal (`|`) or folded (`>`) block."""
    rows = []
    while number < len(lines) and (not lines[number].strip() or _indent(lines[number]) > dash):
        rows.append(lines[number])
        number += 1
    stated = re.search(r"\d", header)
    filled = [row for row in rows if row.strip()]
    depth = dash + int(stated[0]) if stated else _indent(filled[0]) if filled else dash + 1
    rows = [row[depth:] for row in rows]
    while rows and not rows[-1].strip():
        rows.pop()
    text = "\n".join(rows) if style == "|" else _fold(rows)
    return text + ("" if "-" in header else "\n"), number


def _fold(rows):
    """Folded style: a line break between two unindented lines is a space, an empty line is a line break."""
    text = ""
    for place, row in enumerate(rows):
        joined = place and row and rows[place - 1] and not row.startswith(" ") and not rows[place - 1].startswith(" ")
        text += (" " if joined else "\n" if place and (not row or not rows[place - 1] == "") else "") + row
    return text


def _quoted(lines, number, first, dash):
    """A single- or double-quoted scalar, which may run over several lines."""
    quote = first[0]
    closed = re.compile(r"'(?:[^']|'')*'" if quote == "'" else r'"(?:[^"\\]|\\.)*"', re.DOTALL)
    text = first
    match = closed.match(text)
    while not match and number + 1 < len(lines) and (not lines[number + 1].strip() or _indent(lines[number + 1]) > dash):
        number += 1
        text += "\n" + lines[number].strip()
        match = closed.match(text)
    inner = (match[0] if match else text)[1:-1]
    if quote == "'":
        return _unwrapped(inner).replace("''", "'"), number + 1
    return _unescaped(_unwrapped(inner)), number + 1


def _unwrapped(text):
    """Line folding of quoted scalars: one break is a space, more are one fewer; an escaped break is nothing."""
    text = re.sub(r"(?<!\\)((?:\\\\)*)\\\n", r"\1", text)
    return re.sub(r"[ \t]*\n(\n*)", lambda breaks: breaks[1] or " ", text)


def _unescaped(text):
    """The escapes of double-quoted scalars."""

    def one(match):
        code = match[1]
        return chr(int(code[1:], 16)) if len(code) > 1 else ESCAPES.get(code, code)

    return re.sub(r"\\(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", one, text, flags=re.DOTALL)
