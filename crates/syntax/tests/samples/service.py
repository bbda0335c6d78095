#!/usr/bin/env python3
"""Orders of a harbour: a sample with most constructs of the language."""
from __future__ import annotations

import asyncio, json as j
import os.path
from collections.abc import (Iterable, Mapping as M)
from . import settings
from ..lib.store import *

LIMIT: int = 10_000
first, *rest = [0x1F, 1.5e-3, 2j, 0b1, 0o7]
a = b = c = None


@dataclass(frozen=True)
class Berth(Place, metaclass=Meta):
    """Where a ship lies."""

    number: int
    name: str = "unknown"
    lock = threading.Lock()

    def __init__(self, number, /, name="x", *names: str, deep: bool = False, **more) -> None:
        super().__init__(**more)
        self.number, self.name = number, name
        self.deep |= deep

    @property
    def label(self):
        return f"{self.name!r:>{LIMIT}} {self.number=} {{}}" " at " rb'\d'.decode()

    @staticmethod
    async def ships(port, *, since=None):
        async with port.open() as door, port.lock:
            async for ship in door:
                if ship is not None and since <= ship.at < LIMIT or not since:
                    yield await ship
        return


def classify(order: dict[str, list[int]] | None, pick=lambda x, *y: x if x else -1):
    global LIMIT
    match order:
        case {"kind": "crate", "size": [w, h, *_], **others} if w > h:
            return w // h % 2 ** 3
        case Point(x=0, y=y) | Point(x=y, y=0):
            return y
        case (1 | 2) as few, _:
            return few
        case -1 | "none" | None | settings.EMPTY:
            pass
        case _:
            raise ValueError("no order") from None
    squares = {n: n * n for n in range(10) if n % 2 for m in (1, 2)}
    names = {x.name for x in order}
    flat = [y for x in order for y in x]
    total = sum(v for v in squares.values())
    text = total[1:], total[::2], total[1:2, ..., None]
    while (line := read()) != "":
        if line.startswith("#"):
            continue
        elif not line:
            break
        else:
            print(line, file=out, sep="")
    else:
        del squares["a"], flat[0]
    try:
        with open(os.path.join("a", *names), "rb") as file: data = file.read()
    except (OSError, ValueError) as error:
        assert error, "why"
        raise
    except KeyError:
        ...
    else:
        data = ~data @ other
    finally:
        first.close()

    def inner():
        nonlocal total
        total = yield from flat
    return inner
