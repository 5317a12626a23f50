"""Contenders that take turns, so that whatever else the machine does meets all of them alike."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

PROJECT: Final = Path(__file__).parents[1]


@dataclass(eq=False)
class Contender:
    """A command that is measured.

    Attributes:
        name: what the tables call it.
        command: the program and its arguments.
        seconds: the wall time of each round, from the start of the process to its end.
        outputs: what it printed in each round.
    """

    name: str
    command: Sequence[str | Path]
    seconds: list[float] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)

    def run(self, scratch: Path) -> None:
        """Run once, in a folder of its own below `scratch`, which is removed when the clock has stopped.

        Raises:
            subprocess.CalledProcessError: it failed; it has said why.
        """
        with TemporaryDirectory(dir=scratch) as folder:
            start = time.perf_counter()
            output = subprocess.run(
                self.command, cwd=folder, env=environment(), stdout=subprocess.PIPE, text=True, check=True
            ).stdout
            self.seconds.append(time.perf_counter() - start)
            self.outputs.append(output)

    @property
    def median(self) -> float:
        """The median of `seconds`."""
        return median(self.seconds)

    def ratio(self, other: Contender) -> float:
        """How many times as long as the other it takes: the median of the ratios within each round."""
        return median(mine / its for mine, its in zip(self.seconds, other.seconds, strict=True))


def engine(what: str, *arguments: str | Path) -> list[str | Path]:
    """Return the command of a fresh process that does `what` (see `bench.engine`)."""
    return [sys.executable, "-m", "bench.engine", what, *arguments]


def environment() -> dict[str, str]:
    """Return the environment of what is measured: Python finds the project from any folder."""
    return os.environ | {"PYTHONPATH": str(PROJECT)}


def race(contenders: Sequence[Contender], rounds: int, scratch: Path) -> None:
    """Run every contender once per round, and say on standard error how far it is."""
    for number in range(rounds):
        for contender in contenders:
            print(f"  round {number + 1} of {rounds}: {contender.name}", file=sys.stderr)
            contender.run(scratch)
