"""Where everything starts: this machine, what it has been told, what happens next, and the ways on."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from functools import partial
from typing import Final

from wyrcan_tui import __version__
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.decide import Decision, Origin
from wyrcan_tui.flows.facts import choice_facts
from wyrcan_tui.flows.keep import WARNING, forget
from wyrcan_tui.flows.offer import registries
from wyrcan_tui.flows.outlook import outlook
from wyrcan_tui.kernel.request import EfiAction
from wyrcan_tui.plain.boot import BootPage, boot_here, save
from wyrcan_tui.plain.desk import HELP, LOG, Desk
from wyrcan_tui.plain.doctor import look_at_way
from wyrcan_tui.plain.error import attempt, tell_details, tell_error
from wyrcan_tui.plain.known import choose_known, type_reference
from wyrcan_tui.plain.lookout import Lookout
from wyrcan_tui.plain.network import NetworkPage
from wyrcan_tui.plain.news import News
from wyrcan_tui.plain.power import leave
from wyrcan_tui.plain.registry import RepositoriesPage
from wyrcan_tui.plain.way import Way, numbered, picked
from wyrcan_tui.texts import _, later

_HELP: Final = later(
    "The first page: what this machine is, how it is connected, what could not be understood of what it was told, what "
    "happens next, and where an image to boot can be chosen from. What is saved or was told comes first, then the "
    "registries, which can be looked around in.\n"
    "Images are fetched into memory and started; no disk of this machine is changed. Type the number in front of a "
    "line and Enter."
)


class HomePage:
    """The first page, to which every way back leads."""

    def __init__(self, desk: Desk, lookout: Lookout) -> None:
        self._desk = desk
        self._ways: list[Way] = []
        self._news = News(desk.say, lookout.lines)
        self._told: Sequence[str] = ()
        self._medium: threading.Thread | None = None
        self._wish_is_done = False

    def run(self) -> None:
        """Show the page again and again.

        Raises:
            HungUpError: where nobody is there any more.
        """
        title = _("Wyrcan {version}: boot this machine straight into a container image")
        self._desk.say("\n" + title.format(version=__version__))
        while True:
            self._desk.visit(self._choose)

    def _choose(self) -> None:
        self._ask_medium()
        self._desk.read()
        wish = self._desk.decision.efi
        if wish and not self._wish_is_done:
            self._wish_is_done = True
            self._desk.visit(self._forget if wish is EfiAction.CLEAR else self._save)
        wanted = _("Type the number of a line.")
        number = self._desk.answer(
            self._show, lambda typed: picked(typed, len(self._ways)), wanted, _(_HELP), self._tell_news
        )
        self._desk.visit(self._ways[number].go)

    def _show(self) -> None:
        self._desk.read()
        decision = self._desk.decision
        self._ways = self._find_ways(decision)
        self._told = _told(decision)
        next_ = outlook(decision, self._desk.adapters.turn)
        ways = numbered([way.line for way in self._ways])
        keys = _("  {help}  Help; {log} shows the log").format(help=HELP, log=LOG)
        self._desk.say("\n".join(["", *self._news.now(), *self._told, next_, "", *ways, keys]))

    def _find_ways(self, decision: Decision) -> list[Way]:
        desk, choice = self._desk, decision.choice
        ways = []
        if choice.image and decision.origin is not Origin.NOWHERE:
            boot = BootPage(desk, choice.image, choice.cmdline).run
            ways.append(Way(_("Boot {reference}").format(reference=choice.image), boot))
        ways += [
            Way(address.host, RepositoriesPage(desk, address).run) for address in registries(decision.site.addresses)
        ]
        ways += [
            Way(_("Images that are made to be booted"), partial(choose_known, desk)),
            Way(_("Type a reference"), partial(type_reference, desk)),
            Way(_("Check the way to an image"), partial(look_at_way, desk, choice.image)),
            Way(_("Network"), NetworkPage(desk).run),
        ]
        invalid = [problem for problem in decision.problems if problem.code == "choice-invalid"]
        if invalid:
            look = partial(_look_at, desk, invalid[0])
            ways.append(Way(_("Look at the saved choice that cannot be understood"), look))
        if decision.forgettable:
            ways.append(Way(_("Forget the saved choice"), self._forget))
        ways.append(Way(_("Restart, power off"), partial(leave, desk)))
        return ways

    def _ask_medium(self) -> None:
        """Ask the boot medium, beside everything else: it may take many seconds to appear."""

        def ask() -> None:
            # One that cannot be asked says nothing.
            with contextlib.suppress(Exception):
                self._desk.instructions.ask_medium()

        if self._medium is None:
            self._medium = threading.Thread(target=ask, name="medium", daemon=True)
            self._medium.start()

    def _tell_news(self) -> bool:
        """Print what the medium changes, and what is new of the network; tell whether there was anything."""
        if self._medium and not self._medium.is_alive():
            self._medium = None
            self._desk.read()
            if _told(self._desk.decision) != self._told:
                self._show()
                return True
        return self._news.tell()

    def _save(self) -> None:
        choice = self._desk.decision.choice
        save(self._desk, self._desk.instructions.to_keep(self._desk.decision, choice.image, choice.cmdline))
        if choice.image:
            boot_here(self._desk, self._desk.decision.order(choice.image, choice.cmdline))

    def _forget(self) -> None:
        desk, variables = self._desk, self._desk.adapters.variables
        said = _("The saved choice will be removed from the EFI variable; the machine then asks at every start.")
        desk.say("\n".join(["", said, _(WARNING)]))
        if desk.agrees(_("Forget it?")):
            attempt(desk, lambda _meter: forget(variables))


def _told(decision: Decision) -> Sequence[str]:
    """Return what could not be understood of what this machine was told, and what was chosen for it."""
    chosen = choice_facts(decision)
    return (
        *(problem.message for problem in decision.problems),
        _("Chosen: {choice}").format(choice=chosen) if chosen else _("No image is chosen for this machine yet."),
    )


def _look_at(desk: Desk, error: WyrcanError) -> None:
    tell_error(desk, error)
    tell_details(desk, error)
