"""Picks a front end: the menu, or the command line."""

from __future__ import annotations

import sys
from typing import Final

from wyrcan_tui.cli.main import run
from wyrcan_tui.cli.parser import parser
from wyrcan_tui.host.heap import share_heap
from wyrcan_tui.wiring import this_machine

_LITTLE_MEMORY: Final = 1 << 30
"""Bytes of memory below which a machine had better be slow than without room."""


def main() -> int:
    """Run the ``wyrcan`` command and return its exit code."""
    adapters = this_machine()
    share_heap(thrifty=adapters.machine.memory < _LITTLE_MEMORY)
    arguments = parser().parse_args()
    if arguments.command == "menu":
        # Imported here: the menu's libraries take longer to load than most commands to run.
        from wyrcan_tui.tui.app import run_menu  # noqa: PLC0415

        return run_menu(adapters)
    return run(arguments, adapters)


if __name__ == "__main__":
    sys.exit(main())
