"""The text file the scanner embeds: see `crates/code/src/leak/generic/model.rs` for its lines."""

import pathlib

PATH = pathlib.Path(__file__).resolve().parent.parent / "content/models/leak-context/model.txt"
HEAD = "bartizan-leak-context 1"
SYMBOLS = 30
BUCKETS = 1 << 14


def read(path=PATH):
    """The lines of a model file by their key; trees as a list."""
    parts = {"tree": []}
    for line in path.read_text().splitlines()[1:]:
        key, _, rest = line.partition(" ")
        if key == "tree":
            parts["tree"].append(rest)
        elif key:
            parts[key] = rest
    return parts


def write(parts, path=PATH):
    """Writes what `read` gives."""
    lines = [HEAD]
    lines += [f"{key} {parts[key]}" for key in ("report", "sure", "curve", "trigrams", "words")]
    lines += [f"tree {tree}" for tree in parts["tree"]]
    path.write_text("\n".join(lines) + "\n")


def empty():
    """A model that knows nothing, from which features can be dumped."""
    return {
        "report": "0",
        "sure": "20000",
        "curve": "-40000:0.02 0:0.5 40000:0.98",
        "trigrams": "30" * SYMBOLS**3,
        "words": "0 " + "00" * BUCKETS,
        "tree": [],
    }
