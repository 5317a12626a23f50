"""The menu as one application on one terminal."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final

from rich.text import Text
from textual import events
from textual.app import App, SuspendNotSupported
from textual.filter import LineFilter, Monochrome, NoColor
from textual.screen import Screen

from wyrcan_tui.errors import WyrcanError, in_words
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.choice import Choice
from wyrcan_tui.flows.decide import Decision, Origin
from wyrcan_tui.flows.elsewhere import elsewhere, waits_for_key
from wyrcan_tui.flows.history import History
from wyrcan_tui.flows.instructions import Instructions
from wyrcan_tui.flows.presence import PRESSING, Presence
from wyrcan_tui.host.terminal import Abilities, prepare_terminal, terminal_abilities
from wyrcan_tui.oci.reference import Reference
from wyrcan_tui.registry.site import Site
from wyrcan_tui.texts import _
from wyrcan_tui.tui import behind
from wyrcan_tui.tui.elsewhere import ElsewherePage
from wyrcan_tui.tui.error import ErrorPage
from wyrcan_tui.tui.help import HelpPage
from wyrcan_tui.tui.home import HomePage
from wyrcan_tui.tui.log import LogPage
from wyrcan_tui.tui.look import COLUMNS, HEIGHTS, LINES, WIDTHS, Look
from wyrcan_tui.tui.page import Page

if TYPE_CHECKING:
    from wyrcan_tui.flows.forecast import Forecasts

_STATUS_INTERVAL = 0.25
UNDECIDED: Final = Decision(Choice(), Origin.NOWHERE, False, 0, None, None, False, Site(), {})


class Menu(App[None]):
    """The menu on one console.

    Attributes:
        adapters: the machine.
        tty: the name of the terminal, as the other consoles are told it.
        instructions: what tells this machine what to do.
        decision: what it was told when the first page looked last; empty until it has.
        history: what was done and what went wrong on this console.
    """

    CSS_PATH = "menu.tcss"
    TITLE = "Wyrcan"
    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    def __init__(self, adapters: Adapters, tty: str, abilities: Abilities) -> None:
        self._look = Look(abilities)
        super().__init__()
        self.register_theme(self._look.theme)
        self.theme = self._look.theme.name
        self.add_class(*self._look.classes)
        self.adapters = adapters
        self.tty = tty
        self.instructions = Instructions(adapters)
        self._presence = Presence(adapters.turn)
        self.decision = UNDECIDED
        self.history = History()

    @cached_property
    def forecasts(self) -> Forecasts:
        """What is known of the images that somebody looked at."""
        return behind.no_forecasts()

    def get_default_screen(self) -> Screen[None]:
        """Return the first screen."""
        return HomePage()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what every line goes through before it is drawn."""
        # NO_COLOR is followed by our own look: Textual's greys would hide from it which colour is the page's.
        textuals = [one for one in super().get_line_filters() if not isinstance(one, Monochrome | NoColor)]
        return [*textuals, *self._look.filters]

    def on_mount(self) -> None:
        """Say that there is a menu now, and keep an eye on what the others do."""
        self.adapters.turn.show(self.tty)
        self.set_interval(_STATUS_INTERVAL, self._watch)

    async def on_event(self, event: events.Event) -> None:
        """Take note of every key: somebody may be here. One that stops the unattended boot does nothing else."""
        # What no widget took comes here for a second time.
        if isinstance(event, events.Key | events.MouseDown) and not event.is_forwarded:
            if self._presence.press():
                self.set_timer(PRESSING, self._judge_keys)
            # Nobody can choose what cannot be seen.
            too_small = self.size.width < COLUMNS or self.size.height < LINES
            if too_small or waits_for_key(self.adapters.turn, self.adapters.turn.status()):
                return
        await super().on_event(event)

    def _judge_keys(self) -> None:
        """Tell the others that somebody is here, and open the menu where the unattended boot stops for that."""
        unattended = waits_for_key(self.adapters.turn, self.adapters.turn.status())
        if not self._presence.judge():
            return
        if unattended:
            self._watch()
            home = self.screen_stack[0]
            if isinstance(home, HomePage):
                home.select_first()

    def show_error(
        self,
        error: WyrcanError,
        retry: Callable[[], None] | None = None,
        back: Callable[[], None] = lambda: None,
        reference: Reference | None = None,
    ) -> None:
        """Show an error about the image `reference`, if any; once somebody has gone back from it, call `back`."""
        self.history.note_error(error)
        self.push_screen(ErrorPage(error, retry, back, reference))

    def show_help(self, page: Page) -> None:
        """Show the help of a page, unless help is open already: nobody shall have to find out of a pile of pages."""
        if not self._is_open(HelpPage):
            self.push_screen(HelpPage(page))

    def show_log(self) -> None:
        """Show the log, unless it is open already."""
        if not self._is_open(LogPage):
            self.push_screen(LogPage())

    def _is_open(self, kind: type[Page]) -> bool:
        return any(isinstance(page, kind) for page in self.screen_stack)

    def bell(self) -> None:
        """Keep quiet: a machine room is loud enough, and on a serial line the character goes astray."""

    def _set_pointer_shape(self, shape: str) -> None:
        # Textual ends that sequence with the bell character, and no console has such pointers.
        pass

    def _fatal_error(self) -> None:
        """End with a sentence, for an exception in a handler; Textual would print pages that help nobody here."""
        error = sys.exception()
        assert error is not None, "Textual calls this where it has caught one"
        self.panic(Text(f"wyrcan: {in_words(error)}"))

    def _watch(self) -> None:
        if not self.screen_stack:
            # The last look may come when all pages are gone already.
            return
        status = self.adapters.turn.status()
        if status is not None and status.starting:
            self._give_way(status.note)
        status = elsewhere(self.adapters.turn, self.tty)
        page = self.screen
        if isinstance(page, HomePage):
            page.show_next()
        # Help and log may lie over it.
        shown = [below for below in self.screen_stack if isinstance(below, ElsewherePage)]
        if status is None:
            if isinstance(page, ElsewherePage):
                self.pop_screen()
        elif shown:
            shown[-1].show(status)
        else:
            self.push_screen(ElsewherePage(status))

    def _give_way(self, note: str) -> None:
        """Give the terminal back as it was, for the system that starts; should it not start, take it again."""
        # A terminal that is no real one (of a test) cannot be given back.
        with contextlib.suppress(SuspendNotSupported), self.suspend():
            print(note, flush=True)
            while (status := self.adapters.turn.status()) and status.starting:
                time.sleep(_STATUS_INTERVAL)


def run_menu(adapters: Adapters) -> int:
    """Run the menu on this process's terminal until it is left, and return the exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        said = _("The menu needs a terminal; see `wyrcan --help` for what works without one.")
        print(f"wyrcan: {said}", file=sys.stderr)
        return 1
    try:
        terminal = sys.stdin.fileno()
        tty = prepare_terminal(adapters.root, terminal)
        menu = Menu(adapters, tty, terminal_abilities(tty, terminal, os.environ))
        menu.run()
    except Exception as error:  # noqa: BLE001 - the console shows a sentence, and the menu is started again
        print(f"wyrcan: {in_words(error)}", file=sys.stderr)
        return 1
    return menu.return_code or 0
