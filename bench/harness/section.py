"""One figure as a section of RESULTS.md. In: rows of text. Out: Markdown, and the file with that section replaced."""

import dataclasses
import re


@dataclasses.dataclass
class Section:
    """A measured figure, or the reason why it was not measured."""

    name: str
    title: str
    target: str
    columns: list = dataclasses.field(default_factory=list)
    rows: list = dataclasses.field(default_factory=list)
    commands: list = dataclasses.field(default_factory=list)
    notes: list = dataclasses.field(default_factory=list)
    reached: bool | None = None
    missing: str | None = None

    def verdict(self):
        """What the reader looks for first."""
        if self.reached is None:
            return "not measured: " + (self.missing or "the product was not there")
        return "reached" if self.reached else "missed"

    def markdown(self):
        """The section as Markdown, between markers that let one section be replaced alone."""
        out = [f"<!-- begin {self.name} -->", f"## {self.title}", "", f"Target: {self.target}  ", f"**{self.verdict()}**"]
        if self.rows:
            out += ["", "| " + " | ".join(self.columns) + " |", "|" + " --- |" * len(self.columns)]
            out += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in self.rows]
        if self.notes:
            out += [""] + [f"- {note}" for note in self.notes]
        if self.commands:
            out += ["", "```sh"] + self.commands + ["```"]
        return "\n".join(out + [f"<!-- end {self.name} -->"])


def not_measured(name, title, target, why):
    """A section that only says why there is no figure."""
    return Section(name, title, target, missing=why)


def join(head, sections, order, previous=""):
    """The whole results file: `head`, then the sections in `order`, kept from `previous` where not measured anew."""
    blocks = dict(
        (match[1], match[0])
        for match in re.finditer(r"<!-- begin (\S+) -->\n.*?<!-- end \1 -->", previous, flags=re.DOTALL)
    )
    blocks.update((section.name, section.markdown()) for section in sections)
    return "\n\n".join([head.rstrip()] + [blocks[name] for name in order if name in blocks]) + "\n"


def ratio(value, peer):
    """`value` as a multiple of `peer`, for a table."""
    return f"{value / peer:.2f}×" if peer else "–"
