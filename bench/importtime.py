"""What the menu loads before its first page is there, and what later pages bring: ``python -m bench.importtime``."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench import machine
from bench.process import PROJECT
from bench.rounds import Contender, race
from bench.table import table

FIRST: Final = "import wyrcan_tui.__main__, wyrcan_tui.tui.app"
ALL: Final = f"{FIRST}, wyrcan_tui.tui.registry, wyrcan_tui.tui.doctor, wyrcan_tui.tui.known, wyrcan_tui.tui.typed"
_LINE: Final = re.compile(r"import time:\s*(?P<own>\d+) \|\s*\d+ \|\s*(?P<name>\S+)")
_SHOWN: Final = 8


def measure(rounds: int, before: Path | None) -> str:
    """Start Python so often with what each page needs, in turns, and return the tables.

    Raises:
        subprocess.CalledProcessError: something cannot be imported.
    """
    bare = _contender("Python alone", "pass", PROJECT)
    first = _contender("the first page", FIRST, PROJECT)
    contenders = [bare, first, _contender("all pages", ALL, PROJECT)]
    if before:
        contenders.append(_contender("the first page, before", FIRST, before))
    with TemporaryDirectory() as scratch:
        # The first start compiles.
        race(contenders, 1, Path(scratch))
        for contender in contenders:
            contender.seconds.clear()
        race(contenders, rounds, Path(scratch))
    rows = [
        [contender.name, f"{contender.median:.2f}", f"{contender.ratio(first):.2f}", f"{contender.excess(bare):.2f}"]
        for contender in contenders
    ]
    note = (
        f"Medians of {rounds} starts of Python, in turns; ratios and differences are medians of those within a round."
    )
    return "\n".join(
        [
            table("Starting the menu", note, ["loaded", "seconds", "to the first page", "beyond Python"], rows),
            _modules("What the first page loads", FIRST),
            _modules("What all pages load", ALL),
        ]
    )


def _contender(name: str, program: str, folder: Path) -> Contender:
    return Contender(name, ["env", f"PYTHONPATH={folder}", sys.executable, "-c", program])


def _modules(title: str, program: str) -> str:
    own, modules = Counter[str](), Counter[str]()
    for name, microseconds in _imported(program):
        package = name.partition(".")[0]
        if package in sys.stdlib_module_names:
            package = "the standard library"
        own[package] += microseconds
        modules[package] += 1
    whole = own.total()
    rows = [[name, str(modules[name]), f"{microseconds / whole:.2f}"] for name, microseconds in own.most_common(_SHOWN)]
    note = f"Modules, and their share of the time of one start (`-X importtime`), of {modules.total()} modules in all."
    return table(title, note, ["package", "modules", "share"], rows)


def _imported(program: str) -> Iterator[tuple[str, int]]:
    environment: Mapping[str, str] = {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", program],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    for line in done.stderr.splitlines():
        if found := _LINE.match(line):
            yield found["name"], int(found["own"])


def main() -> None:
    """Measure, and print it as Markdown."""
    parser = argparse.ArgumentParser("bench.importtime", description=__doc__)
    parser.add_argument("--runs", type=int, default=10, metavar="N", help="start everything N times (default: 10)")
    parser.add_argument("--before", type=Path, metavar="FOLDER", help="another checkout to compare with")
    arguments = parser.parse_args()
    print(machine.describe())
    print(measure(arguments.runs, arguments.before))


if __name__ == "__main__":
    main()
