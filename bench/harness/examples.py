"""What a rule's examples are, whatever file they came from."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Example:
    """A text that a rule's author says must (`positive`) or must not be found, and the file name it wants, if any.

    `derived` marks a text that was generated from the author's pattern rather than written out.
    """

    source: str
    rule: str
    text: str
    positive: bool
    path: str = ""
    derived: bool = False


def distinct(examples):
    """Each text once for a source and a polarity, in the order of first appearance."""
    seen = set()
    kept = []
    for example in examples:
        key = (example.source, example.positive, example.text, example.path)
        if example.text.strip() and key not in seen:
            seen.add(key)
            kept.append(example)
    return kept


def consistent(examples):
    """The examples without the negative ones whose text another rule calls a credential.

    A rule's author may list the token of a neighbouring rule as not his; a scan with all rules must find it.
    """
    credentials = {example.text.strip() for example in examples if example.positive}
    return [example for example in examples if example.positive or example.text.strip() not in credentials]
