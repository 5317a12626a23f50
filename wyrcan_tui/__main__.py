"""Picks a front end: the menu, or the command line."""

from __future__ import annotations

import os
import sys
from typing import Final

from wyrcan_tui.cli.parser import parser
from wyrcan_tui.errors import in_words
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.language import speak
from wyrcan_tui.host.process import prepare_process
from wyrcan_tui.host.terminal import moves_cursor
from wyrcan_tui.kernel.request import Ui, parse_request
from wyrcan_tui.wiring import made_up_machine, this_machine

_LITTLE_MEMORY: Final = 1 << 30
"""Bytes of memory below which a machine had better be slow than without room."""


def main() -> int:
    """Run the ``wyrcan`` command and return its exit code; what goes wrong is one line on standard error."""
    try:
        return run_front_end(this_machine())
    except Exception as error:  # noqa: BLE001 - what no front end was there to catch is told in a sentence, too
        print(f"wyrcan: {in_words(error)}", file=sys.stderr)
        return 1


def run_front_end(adapters: Adapters) -> int:
    """Run what the command line asks for on this machine, in the language of whoever reads it, and return its code."""
    # First of all: the command line's own help is for people, too.
    speak(adapters.machine.cmdline, os.environ)
    prepare_process(thrifty=adapters.machine.memory < _LITTLE_MEMORY)
    arguments = parser().parse_args()
    if arguments.command != "menu":
        # Imported here, as all front ends are: each has libraries that the others do not need.
        from wyrcan_tui.cli.main import run  # noqa: PLC0415

        return run(arguments, adapters)
    if arguments.demo:
        with made_up_machine() as made_up:
            return show_menu(made_up, plain=arguments.plain)
    return show_menu(adapters, plain=arguments.plain)


def show_menu(adapters: Adapters, *, plain: bool) -> int:
    """Run the menu that suits the terminal, line by line where that is asked for, and return the exit code."""
    if is_plain(adapters.machine.cmdline, os.environ.get("TERM", ""), asked=plain):
        from wyrcan_tui.plain.menu import run_plain  # noqa: PLC0415

        return run_plain(adapters)
    from wyrcan_tui.tui.app import run_menu  # noqa: PLC0415

    return run_menu(adapters)


def is_plain(cmdline: str, terminal: str, *, asked: bool) -> bool:
    """Tell which menu a console gets: the word of who starts it counts most, then the kernel's, then the terminal."""
    wanted = parse_request(cmdline).ui
    return asked or wanted is Ui.PLAIN or (wanted is None and not moves_cursor(terminal))


if __name__ == "__main__":
    sys.exit(main())
