"""Ways to go on, and the numbers that they are chosen by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Way:
    """A numbered way to go on: the line that stands for it, and what goes there."""

    line: str
    go: Callable[[], None]


def numbered(lines: Sequence[str], first: int = 1) -> list[str]:
    """Return lines with numbers in front, the way they are chosen by."""
    return [f"{number:>3}  {line}" for number, line in enumerate(lines, first)]


def picked(typed: str, count: int) -> int | None:
    """Return the index behind the number that was typed; None where it is none of so many."""
    # Not more digits than any list has numbers: what is longer is noise.
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0
    return number - 1 if 1 <= number <= count else None
