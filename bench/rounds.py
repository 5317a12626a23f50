"""Contenders that take turns, so that whatever else the machine does meets all of them alike."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.process import Command, started


@dataclass(eq=False)
class Contender:
    """A command that is measured.

    Attributes:
        name: what the tables call it.
        command: what is run.
        loaded: whether it says first that it is loaded, and waits to be told to begin.
        seconds: the wall time of each round, from the start of the process, or from when it was told to begin, until it
            says something, or ends.
        outputs: what it printed in each round.
    """

    name: str
    command: Command
    loaded: bool = False
    seconds: list[float] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)

    def run(self, scratch: Path) -> None:
        """Run once, in a folder of its own below `scratch`, which is removed when the clock has stopped.

        Raises:
            subprocess.CalledProcessError: it failed; it has said why.
        """
        with TemporaryDirectory(dir=scratch) as folder:
            start = time.perf_counter()
            with started(self.command, Path(folder)) as process:
                assert process.stdin is not None and process.stdout is not None, "both are piped"
                if self.loaded:
                    process.stdout.readline()
                    start = time.perf_counter()
                    print(file=process.stdin, flush=True)
                first = process.stdout.readline()
                self.seconds.append(time.perf_counter() - start)
                rest, _ = process.communicate()
            self.outputs.append(first + rest)

    @property
    def median(self) -> float:
        """The median of `seconds`."""
        return median(self.seconds)

    def ratio(self, other: Contender) -> float:
        """How many times as long as the other it takes: the median of the ratios within each round."""
        return median(mine / its for mine, its in zip(self.seconds, other.seconds, strict=True))

    def excess(self, other: Contender) -> float:
        """How many seconds longer than the other it takes: the median of the differences within each round."""
        return median(mine - its for mine, its in zip(self.seconds, other.seconds, strict=True))


def race(contenders: Sequence[Contender], rounds: int, scratch: Path) -> None:
    """Run every contender once per round, and say on standard error how far it is.

    Raises:
        subprocess.CalledProcessError: one of them failed; it has said why.
    """
    for number in range(rounds):
        for contender in contenders:
            print(f"  round {number + 1} of {rounds}: {contender.name}", file=sys.stderr)
            contender.run(scratch)
