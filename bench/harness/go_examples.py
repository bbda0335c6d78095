"""Reads the validation samples out of gitleaks' rule generators (Go source).

In: the text of a Go file. Out: `Example`s. Only what can be known without running Go is taken: string literals,
their concatenations, lists and maps of them, and the generator's own helpers that make a text from a pattern, whose
result is drawn here with a fixed seed. An expression with anything else in it is counted as not derivable.
"""

import ast
import re

from harness.examples import Example
from harness.generate import Unsupported, sample

TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)|(?P<raw>`[^`]*`)|(?P<text>"(?:[^"\\\n]|\\.)*")"""
    r"""|(?P<rune>'(?:[^'\\\n]|\\.)+')|(?P<name>[A-Za-z_]\w*(?:\.\w+)*)|(?P<number>\d[\w.]*)"""
    r"""|(?P<mark>:=|\.\.\.|<-|[-+*/%&|^<>=!]=|&&|\|\||\S)""",
    re.DOTALL,
)
HELPERS = {
    "utils.Numeric": "[0-9]{%s}",
    "utils.Hex": "[a-f0-9]{%s}",
    "utils.AlphaNumeric": "[a-z0-9]{%s}",
    "utils.AlphaNumericExtendedShort": "[a-z0-9_-]{%s}",
    "utils.AlphaNumericExtended": "[a-z0-9=_-]{%s}",
    "utils.AlphaNumericExtendedLong": "[a-z0-9/=_+-]{%s}",
    "utils.Hex8_4_4_4_12": "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
}
SAMPLED = ("secrets.NewSecret", "newPlausibleSecret")
IN_CONTEXT = ("utils.GenerateSampleSecret", "utils.GenerateSampleSecrets")
LISTS = {"tps": True, "fps": False}


class Unknown(Exception):
    """An expression whose value needs Go to run."""


class Text(str):
    """A string that knows whether a random draw went into it."""

    derived = False

    @classmethod
    def made(cls, value, derived):
        text = cls(value)
        text.derived = derived
        return text


def read(source_text, source):
    """(examples, number of sample expressions that could not be derived) of one Go file."""
    reader = _Reader(_tokens(source_text), source)
    reader.scan()
    return reader.examples, reader.unknown


def _tokens(text):
    """(kind, text) of every token that is not white space or a comment."""
    return [(match.lastgroup, match[0]) for match in TOKEN.finditer(text) if match.lastgroup != "space"]


class _Reader:
    """Walks the tokens once; keeps the values of local variables and the id of the rule at hand."""

    def __init__(self, tokens, source):
        self.tokens = tokens
        self.at = 0
        self.source = source
        self.rule = ""
        self.known = {}
        self.examples = []
        self.unknown = 0

    def peek(self, ahead=0):
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else ("end", "")

    def take(self, expected=None):
        token = self.peek()
        if expected is not None and token[1] != expected:
            raise Unknown(f"{token[1]} where {expected} was expected")
        self.at += 1
        return token

    def scan(self):
        """Finds rule ids and assignments; everything else is stepped over."""
        while self.peek()[0] != "end":
            kind, name = self.peek()
            follows = self.peek(1)[1]
            if name == "RuleID" and follows == ":" and self.peek(2)[0] in ("text", "raw"):
                self.rule = _literal(*self.peek(2))
            if kind == "name" and follows in (":=", "="):
                self.at += 2
                self.assign(name)
            else:
                self.at += 1

    def assign(self, name):
        """Evaluates the right side; on failure goes back so that what is inside it is still scanned."""
        start = self.at
        try:
            value = self.expression()
        except Unknown:
            self.unknown += name in LISTS
            self.at = start
            self.known.pop(name, None)
            return
        self.known[name] = value
        if name in LISTS:
            self.collect(value, LISTS[name])

    def collect(self, value, positive):
        """Adds what a list of samples gained; `tps = append(tps, …)` repeats the earlier ones, which are dropped later."""
        for item in value if isinstance(value, list) else []:
            path, text = item if isinstance(item, tuple) else ("", item)
            self.examples.append(
                Example(self.source, self.rule, str(text), positive, str(path), getattr(text, "derived", False))
            )

    def expression(self):
        """A concatenation of terms."""
        value = self.term()
        while self.peek()[1] == "+":
            self.take()
            right = self.term()
            if not isinstance(value, Text) or not isinstance(right, Text):
                raise Unknown("adds something other than texts")
            value = Text.made(value + right, value.derived or right.derived)
        return value

    def term(self):
        kind, text = self.take()
        if kind in ("text", "raw"):
            return Text(_literal(kind, text))
        if text == "(":
            value = self.expression()
            self.take(")")
            return value
        if text == "[":
            return self.list_literal()
        if kind != "name":
            raise Unknown(text)
        if text == "map" and self.peek()[1] == "[":
            return self.map_literal()
        if self.peek()[1] == "(":
            return self.call(text)
        if text in self.known:
            return self.known[text]
        raise Unknown(text)

    def list_literal(self):
        self.take("]")
        self.take("string")
        self.take("{")
        return self.items("}")

    def items(self, close):
        """The values up to the closing mark; an item that needs Go to run is counted and stepped over."""
        values = []
        while self.peek()[1] != close:
            if self.peek()[0] == "end":
                raise Unknown("the file ends inside a list")
            start = self.at
            try:
                values.append(self.expression())
            except Unknown:
                self.unknown += 1
                self.at = start
                self.skip_item()
            if self.peek()[1] == "...":
                self.take()
            if self.peek()[1] == ",":
                self.take()
        self.take(close)
        return values

    def map_literal(self):
        for mark in ("[", "string", "]", "string", "{"):
            self.take(mark)
        items = []
        while self.peek()[1] != "}":
            key = self.expression()
            self.take(":")
            items.append((key, self.expression()))
            if self.peek()[1] == ",":
                self.take()
        self.take("}")
        return items

    def skip_item(self):
        """Moves to the mark that ends the current item of a list."""
        depth = 0
        while self.peek()[0] != "end":
            mark = self.peek()[1]
            if depth == 0 and mark in (",", "}", ")", "..."):
                return
            depth += (mark in "([{") - (mark in ")]}") if len(mark) == 1 else 0
            self.at += 1

    def call(self, name):
        """The value of a call of one of the few functions whose result is known."""
        if name == "append":
            self.take("(")
            gained = []
            for one in self.items(")"):
                gained += one if isinstance(one, list) else [one]
            return gained
        arguments = self.arguments()
        texts = [one for one in arguments if isinstance(one, Text)]
        if len(texts) != len(arguments):
            raise Unknown(name)
        if name in HELPERS:
            return Text(HELPERS[name] % tuple(texts) if texts else HELPERS[name])
        if name in SAMPLED and len(texts) == 1:
            return self.sampled(texts[0])
        if name in IN_CONTEXT and len(texts) == 2:
            shown = Text.made(f'{texts[0]}_api_token = "{texts[1]}"', texts[1].derived)
            return [shown] if name.endswith("s") else shown
        if name == "fmt.Sprintf" and texts:
            return _formatted(texts)
        raise Unknown(name)

    def sampled(self, pattern):
        try:
            return Text.made(sample(pattern, f"{self.rule}:{self.at}:{pattern}"), True)
        except Unsupported as problem:
            raise Unknown(str(problem)) from problem

    def arguments(self):
        self.take("(")
        values = []
        while self.peek()[1] != ")":
            values.append(self.expression())
            if self.peek()[1] == "...":
                self.take()
            if self.peek()[1] == ",":
                self.take()
        self.take(")")
        return values


def _literal(kind, text):
    """The value of a Go string literal."""
    if kind == "raw":
        return text[1:-1].replace("\r", "")
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError) as problem:
        raise Unknown(text) from problem


def _formatted(texts):
    """`fmt.Sprintf` with nothing but %s in its format."""
    pattern = texts[0].replace("%%", "\0")
    if pattern.count("%") != pattern.count("%s") or pattern.count("%s") != len(texts) - 1:
        raise Unknown("Sprintf")
    value = (pattern % tuple(texts[1:])).replace("\0", "%")
    return Text.made(value, any(one.derived for one in texts))
