"""The menu line by line, as one program on one terminal."""

from __future__ import annotations

import sys
from contextlib import closing

from wyrcan_tui.errors import in_words
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.host.terminal import prepare_terminal
from wyrcan_tui.plain.desk import Desk
from wyrcan_tui.plain.home import HomePage
from wyrcan_tui.plain.lookout import Lookout
from wyrcan_tui.plain.teletype import HungUpError, wrapped
from wyrcan_tui.texts import _


def run_plain(adapters: Adapters) -> int:
    """Run the menu on this process's terminal until that is gone, and return the exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print(_("wyrcan: The menu needs a terminal; see `wyrcan --help` for what works without one."), file=sys.stderr)
        return 1
    keyboard, paper = sys.stdin.fileno(), sys.stdout.fileno()
    try:
        desk = Desk(adapters, prepare_terminal(adapters.root, keyboard), keyboard, paper)
        with desk.teletype.ready(), closing(Lookout(adapters)) as lookout:
            adapters.turn.show(desk.console)
            HomePage(desk, lookout).run()
    except HungUpError:
        return 0
    except Exception as error:  # noqa: BLE001 - the console shows a sentence, and the menu is started again
        print("\n".join(wrapped(f"wyrcan: {in_words(error)}")), file=sys.stderr)
        return 1
    return 0
