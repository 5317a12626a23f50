"""How fast virtual machines run on this host, and so how long to wait for them.

The measure is one fixed piece of work, the same that all of them do all the time: QEMU boots a bare Debian kernel
until it finds no root file system. It also shows whether KVM works: there are hosts where the device is there and
firmware runs with it, but no kernel does.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from tests.support.machine import Kernel, Machine
from tests.support.terminal import NotOnScreenError

Accelerator = Literal["kvm", "tcg"]

REFERENCE_SECONDS = 4.0
"""What the work took where the limits were written: two cores, plain emulation, nothing else running."""

GENEROSITY = 5.0
"""Other work on the same cores can begin after the measure was taken."""

SECONDS_TO_PROVE_KVM = 15.0
LONGEST_MEASURE = 600.0

REFERENCE_WORK = 0.016
"""Seconds that `slowness` takes for its work on the reference host."""


def slowness() -> float:
    """How many times slower this host runs Python just now than the reference host, quiet, did."""
    start = time.perf_counter()
    for number in range(200_000):
        len(str(number))
    return (time.perf_counter() - start) / REFERENCE_WORK


@dataclass(frozen=True)
class Pace:
    """How this host runs machines: by what means, and how much slower than the reference host."""

    accelerator: Accelerator
    factor: float

    def limit(self, seconds: float) -> float:
        """The limit in seconds for what takes `seconds` on the reference host."""
        return seconds * max(self.factor, 1.0) * GENEROSITY

    @classmethod
    def measure(cls, kernel: Path, folder: Path) -> Self:
        """Boot the `kernel` in a bare machine, whose files go into `folder`, and take the time.

        Raises:
            NotOnScreenError: no kernel runs in QEMU here.
        """
        try:
            return cls("kvm", cls._measure("kvm", kernel, folder / "kvm", SECONDS_TO_PROVE_KVM))
        except (NotOnScreenError, RuntimeError):
            return cls("tcg", cls._measure("tcg", kernel, folder / "tcg", LONGEST_MEASURE))

    @classmethod
    def _measure(cls, accelerator: Accelerator, kernel: Path, folder: Path, longest: float) -> float:
        trial = cls(accelerator, 1.0)
        medium = Kernel(kernel, "console=ttyS0 panic=-1")
        start = time.monotonic()
        with Machine(folder, trial, firmware="bios", medium=medium) as machine:
            machine.terminal.wait_to_read("Kernel panic - not syncing: VFS", seconds=longest / GENEROSITY)
        return (time.monotonic() - start) / REFERENCE_SECONDS
