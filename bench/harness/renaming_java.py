"""A program in Java under other names; what holds in `renaming` holds here.

Names are told by the tokens around them: `Type name` declares, `.name` reads a member, and whose member is told by the declared type of what
stands before the dot. Where that is not known, a name that a library has too stays.
"""

import collections
import itertools
import pathlib
import re

from .renaming import Names, Renamed, in_strings, words_of

TOKEN = re.compile(
    r'(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<string>"""(?:\\.|.)*?"""|"(?:\\.|[^"\\\n])*")|(?P<char>\'(?:\\.|[^\'\\\n])*\')'
    r"|(?P<word>[A-Za-z_$][\w$]*)|(?P<space>\s+)|(?P<other>\.\.\.|->|::|\d[\w.]*|.)",
    re.DOTALL,
)
PRIMITIVES = set("boolean byte char double float int long short void var".split())
KEYWORDS = PRIMITIVES | set(
    "abstract assert break case catch class const continue default do else enum extends final finally for goto if implements import instanceof "
    "interface native new package private protected public record return static strictfp super switch synchronized this throw throws transient "
    "try volatile while true false null".split()
)
ENDS_TYPE = {">", "]", "..."}
AFTER_VARIABLE = {"=", ";", ",", ")", ":", "["}


def java(texts, seed, words=None):
    """Renames a program in Java. `words`: what else is replaced within strings, as a pattern."""
    names = Names(seed, words_of(texts) | KEYWORDS)
    files = {path: [(match.lastgroup, match[0]) for match in TOKEN.finditer(text) if match.lastgroup != "comment"] for path, text in texts.items()}
    known = _Known(files)
    homes = {package: names.of(f"package {package}") for package in sorted(set(known.packages.values())) if package}
    moved, out = {}, {}
    for path in names.random.sample(sorted(texts), len(texts)):
        stem = pathlib.PurePosixPath(path).stem
        folder = homes.get(known.packages[path], "")
        moved[path] = f"{folder}/{names.of(stem) if known.is_own_class(stem) else stem}.java".lstrip("/")
        out[moved[path]] = _renamed(files[path], known, names, words, homes)
    return Renamed(out, moved, names.known, sorted(known.kept()))


class _Known:
    """What a program declares, and what of that is a library's too."""

    def __init__(self, files):
        self.packages = {path: _package(tokens) for path, tokens in files.items()}
        self.classes, self.methods, self.variables = set(), set(), set()
        self.overriding, self.introduced = set(), set()
        self.foreign_members = set("length class main init destroy toString equals hashCode close run call get set".split())
        code = {path: [token for token in tokens if token[0] != "space"] for path, tokens in files.items()}
        types = {path: self._declarations(tokens) for path, tokens in code.items()}
        for path, tokens in code.items():
            self._foreign(tokens, types[path])
        self.foreign_members |= self.overriding - self.introduced

    def _declarations(self, tokens):
        """Notes what a file declares; gives the types of its variables."""
        types = collections.defaultdict(set)
        for at, (kind, word) in enumerate(tokens):
            before, after = tokens[at - 1][1] if at else "", tokens[at + 1][1] if at + 1 < len(tokens) else ""
            if kind != "word" or word in KEYWORDS:
                continue
            of_type = before in ENDS_TYPE or before in PRIMITIVES or (at and tokens[at - 1][0] == "word" and before not in KEYWORDS)
            if before in ("class", "interface", "enum", "record"):
                self.classes.add(word)
            elif after == "(" and of_type and _opens_body(tokens, at + 1):
                self.methods.add(word)
                (self.overriding if _overrides(tokens, at) else self.introduced).add(word)
            elif after in AFTER_VARIABLE and of_type:
                types[word].add(_type_before(tokens, at))
                self.variables.add(word)
            elif after == "->":
                self.variables.add(word)
        return types

    def _foreign(self, tokens, types):
        """Notes the names of members that are read of what is not the program's."""
        for at, (kind, word) in enumerate(tokens):
            if kind != "word" or at < 2 or tokens[at - 1][1] not in (".", "::"):
                continue
            owner_kind, owner = tokens[at - 2]
            own = owner == "this" or owner in self.classes or (types.get(owner) and types[owner] <= self.classes)
            if not own and not (owner_kind == "word" and owner in types and types[owner] & self.classes) and not _made(tokens, at - 2, self.classes):
                self.foreign_members.add(word)

    def kept(self):
        """Names of the program that are a library's too."""
        return (self.methods | self.variables) & self.foreign_members

    def is_own_class(self, name):
        return name in self.classes

    def is_own_method(self, name):
        return name in self.methods and name not in self.foreign_members

    def is_own_field(self, name):
        return name in self.variables and name not in self.foreign_members


def _package(tokens):
    words = [word for kind, word in tokens if kind != "space"]
    if "package" not in words[:1]:
        return ""
    return "".join(itertools.takewhile(lambda word: word != ";", words[1:]))


def _closing(tokens, at):
    """Where the parenthesis that opens at a place closes."""
    depth = 0
    for place in range(at, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[place][1], 0)
        if depth == 0:
            return place
    return len(tokens) - 1


def _opens_body(tokens, at):
    end = _closing(tokens, at) + 1
    return end < len(tokens) and tokens[end][1] in ("{", "throws", ";") and (tokens[end][1] != ";" or _is_parameters(tokens, at, end))


def _is_parameters(tokens, at, end):
    """Whether what stands between parentheses declares: `()` or `Type name`."""
    inside = tokens[at + 1 : end - 1]
    return not inside or any(first[0] == second[0] == "word" and first[1] not in ("new", "instanceof") for first, second in itertools.pairwise(inside))


def _overrides(tokens, at):
    """Whether an annotation before a method says that it overrides."""
    for place in range(at - 1, -1, -1):
        if tokens[place][1] in (";", "{", "}"):
            return False
        if tokens[place][1] == "Override":
            return True
    return False


def _type_before(tokens, at):
    """The last word of the type that stands before a name, `a.b.C<D>[]` being `C`."""
    depth = 0
    for place in range(at - 1, -1, -1):
        word = tokens[place][1]
        depth += {">": 1, "<": -1}.get(word, 0)
        if depth == 0 and tokens[place][0] == "word":
            return word
    return ""


def _made(tokens, at, classes):
    """Whether what ends at a place is `new Own(...)`, perhaps in parentheses."""
    depth = 0
    for place in range(at, -1, -1):
        word = tokens[place][1]
        depth += {")": 1, "(": -1}.get(word, 0)
        if depth == 0 and tokens[place][0] == "word":
            return word in classes
        if depth == 0 and word == "(" and tokens[place - 1][0] == "word":
            return tokens[place - 1][1] in classes
        if word in (";", "{", "}"):
            return False
    return False


def _of_annotations(tokens):
    """Places of the names of an annotation's arguments, which belong to whoever declares it."""
    found, code = set(), [at for at, token in enumerate(tokens) if token[0] != "space"]
    for place, at in enumerate(code[:-2]):
        if tokens[at][1] == "@" and tokens[code[place + 2]][1] in ("(", "."):
            start = next((one for one in range(place + 1, len(code)) if tokens[code[one]][0] != "word" and tokens[code[one]][1] != "."), place)
            if tokens[code[start]][1] != "(":
                continue
            line = [tokens[one] for one in code]
            for one in range(start, _closing(line, start)):
                if line[one][0] == "word" and line[one + 1][1] == "=":
                    found.add(code[one])
    return found


def _renamed(tokens, known, names, words, homes):
    out, previous, arguments = [], "", _of_annotations(tokens)
    significant = [at for at, token in enumerate(tokens) if token[0] != "space"]
    following = dict(zip(significant, [tokens[at][1] for at in significant[1:]] + [""], strict=True))
    skip = 0
    for at, (kind, word) in enumerate(tokens):
        if skip:
            skip -= 1
            continue
        if kind == "space":
            out.append(word)
            continue
        if kind == "word" and previous != "." and (found := _package_at(tokens, at, homes)):
            package, length = found
            out.append(homes[package])
            skip, previous = length - 1, "package"
            continue
        if kind == "string":
            for package in sorted(homes, key=len, reverse=True):
                word = word.replace(package, homes[package])
            word = in_strings(word, words, names)
        elif kind == "word" and word not in KEYWORDS and previous != "@" and at not in arguments:
            if known.is_own_class(word):
                word = names.of(word)
            elif following[at] == "(" or previous == "::":
                word = names.of(word) if known.is_own_method(word) else word
            elif previous != "." or out[-2:-1] == ["this"]:
                word = names.of(word) if word in known.variables else word
            elif known.is_own_field(word):
                word = names.of(word)
        out.append(word)
        previous = word
    return "".join(out)


def _package_at(tokens, at, homes):
    """The package of the program whose whole name stands at a place, and how many tokens it takes."""
    best, text, length = None, "", 0
    for kind, word in tokens[at : at + 40]:
        if kind not in ("word", "space") and word != ".":
            break
        text, length = text + word.strip(), length + 1
        if kind == "word" and text in homes:
            best = (text, length)
    return best
