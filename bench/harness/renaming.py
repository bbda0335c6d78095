"""A program under other names: every identifier that is not a library's, every file and every directory.

In: the texts of a program by path, in Python or Java. Out: the same program with other names in another order, and where each file went.
A name that the program shares with a library (a method that overrides one, a keyword argument) stays, because it is no longer the program's
alone; so do strings, but for the words that the caller names. Comments go. A mistake here breaks the program, so it can only lower a score.
"""

import ast
import builtins
import dataclasses
import pathlib
import random
import re
import sys

SYLLABLES = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]
FOLDERS = 7


@dataclasses.dataclass
class Renamed:
    """What came of a program."""

    texts: dict
    """Text by new path, in the new order."""
    moved: dict
    """New path by old path."""
    names: dict
    """New name by old name."""
    kept: list
    """Names of the program that stayed, because a library has them too."""


class Names:
    """Other names for names, the same one every time; like the old one in case, and unlike every word of the program."""

    def __init__(self, seed, taken):
        self.random, self.taken, self.known = random.Random(seed), set(taken), {}

    def of(self, name):
        if name not in self.known:
            self.known[name] = self._like(name)
        return self.known[name]

    def _like(self, name):
        for _ in range(1000):
            word = "".join(self.random.choice(SYLLABLES) for _ in range(self.random.randint(2, 4)))
            word = word.upper() if name.isupper() and len(name) > 1 else word.capitalize() if name[:1].isupper() else word
            if word not in self.taken:
                self.taken.add(word)
                return word
        raise RuntimeError("no name is left")


def words_of(texts):
    """Every identifier in some texts."""
    return {word for text in texts.values() for word in re.findall(r"[A-Za-z_]\w*", text)}


def in_strings(text, words, names):
    """A string with the words in it that were renamed on request. `words` is a compiled pattern, or None."""
    return words.sub(lambda match: names.of(match[0]), text) if words else text


def python(texts, seed, words=None):
    """Renames a program in Python. `words`: what else is replaced within strings, as a pattern."""
    names = Names(seed, words_of(texts))
    trees = {path: ast.parse(text) for path, text in texts.items()}
    known = _PythonKnown({part for path in texts for part in pathlib.PurePosixPath(path).with_suffix("").parts})
    for tree in trees.values():
        for node in ast.walk(tree):
            known.note(node)
    homes, moved, out = _homes(texts, names), {}, {}
    for path in names.random.sample(sorted(texts), len(texts)):
        module = homes[_module(path)]
        moved[path] = module.replace(".", "/") + ".py"
        tree = _PythonNames(known, names, words, homes).visit(trees[path])
        out[moved[path]] = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
    return Renamed(out, moved, names.known, sorted(known.kept()))


def _module(path):
    return path.removesuffix(".py").replace("/", ".")


def _homes(texts, names):
    """The new module of each module: those of one directory are spread over several."""
    homes = {}
    for path in sorted(texts):
        *above, last = _module(path).split(".")
        folder = [names.of(f"{'.'.join(above)} {names.random.randrange(FOLDERS)}")] if above else []
        homes[_module(path)] = ".".join([*folder, names.of(last)])
    return homes


class _PythonKnown:
    """What a program declares, and what of that is a library's too."""

    def __init__(self, modules):
        self.modules, self.variables, self.members, self.functions = modules, set(), set(), set()
        self.foreign = {"self", "cls", *dir(builtins), *sys.stdlib_module_names}
        self.foreign_members = {name for kind in (str, bytes, list, dict, set, object) for name in dir(kind)}

    def note(self, node):
        """Notes what one node declares."""
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.functions.add(node.name)
                # A library calls what is decorated with the names that it knows.
                if node.decorator_list:
                    self.foreign.update(one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg))
            case ast.ClassDef():
                self.functions.add(node.name)
                # What overrides something of a library is called by it.
                if node.bases:
                    self.foreign.update(one.name for one in node.body if isinstance(one, ast.FunctionDef))
                self.members.update(target.id for one in node.body for target in _targets(one))
            case ast.Module():
                self.members.update(target.id for one in node.body for target in _targets(one))
            case ast.arg():
                self.variables.add(node.arg)
            case ast.Name(ctx=ast.Store()):
                self.variables.add(node.id)
            case ast.Attribute(ctx=ast.Store()):
                self.members.add(node.attr)
            case ast.ExceptHandler(name=str()):
                self.variables.add(node.name)
            case ast.Import() | ast.ImportFrom():
                module = getattr(node, "module", None)
                for alias in node.names:
                    first = (module or alias.name).split(".")[0]
                    if alias.asname:
                        self.variables.add(alias.asname)
                    elif first not in self.modules:
                        self.foreign.add(alias.name if module else first)

    def kept(self):
        """Names of the program that are a library's too."""
        return {name for name in self.variables | self.functions | self.members if name in self.foreign or name.startswith("__")}

    def is_own(self, name):
        """Whether a variable, function or class is the program's alone."""
        return name in self.variables | self.functions | self.members and name not in self.foreign and not name.startswith("__")

    def is_own_member(self, name):
        """The same of what stands behind a dot."""
        return name in self.members | self.functions and self.is_own(name) and name not in self.foreign_members


def _targets(statement):
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target] if isinstance(statement, ast.AnnAssign) else []
    return [target for target in targets if isinstance(target, ast.Name)]


class _PythonNames(ast.NodeTransformer):
    def __init__(self, known, names, words, homes):
        self.known, self.names, self.words, self.homes = known, names, words, homes

    def _name(self, name):
        return self.names.of(name) if self.known.is_own(name) else name

    def generic_visit(self, node):
        for field in ("name", "id", "arg"):
            value = getattr(node, field, None)
            if isinstance(value, str) and not isinstance(node, (ast.keyword, ast.alias)):
                setattr(node, field, self._name(value))
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            node.names = [self._name(name) for name in node.names]
        return super().generic_visit(node)

    def visit_Attribute(self, node):
        # A module of the program by its whole name.
        if (home := self.homes.get(ast.unparse(node))) is not None:
            return ast.copy_location(ast.parse(home, mode="eval").body, node)
        of_module = ast.unparse(node.value) in self.homes and self.known.is_own(node.attr)
        if of_module or self.known.is_own_member(node.attr):
            node.attr = self.names.of(node.attr)
        return self.generic_visit(node)

    def visit_Call(self, node):
        callee = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if callee in self.known.functions and self.known.is_own(callee):
            for keyword in node.keywords:
                keyword.arg = keyword.arg and self._name(keyword.arg)
        return self.generic_visit(node)

    def visit_Import(self, node):
        for alias in node.names:
            alias.name = self.homes.get(alias.name, alias.name)
            alias.asname = alias.asname and self._name(alias.asname)
        return node

    def visit_ImportFrom(self, node):
        whole = node.module
        for alias in node.names:
            if f"{whole}.{alias.name}" in self.homes:
                new = self.homes[f"{whole}.{alias.name}"]
                node.module, old = new.rpartition(".")[0], alias.name
                alias.name, alias.asname = new.rpartition(".")[2], self._name(alias.asname or old)
            elif whole in self.homes:
                node.module, alias.name = self.homes[whole], self._name(alias.name)
                alias.asname = alias.asname and self._name(alias.asname)
            else:
                alias.asname = alias.asname and self._name(alias.asname)
        return node

    def visit_Constant(self, node):
        if isinstance(node.value, str):
            node.value = in_strings(node.value, self.words, self.names)
        return node
