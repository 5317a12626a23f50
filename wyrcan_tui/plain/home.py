"""Where everything starts: this machine, what it has been told, what happens next, and the ways on."""

from __future__ import annotations

import contextlib
import threading
import time
from functools import partial
from typing import Final

from wyrcan_tui import __version__
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.decide import Decision, Origin
from wyrcan_tui.flows.facts import choice_facts, machine_facts
from wyrcan_tui.flows.keep import WARNING, forget
from wyrcan_tui.flows.offer import registries
from wyrcan_tui.kernel.request import EfiAction
from wyrcan_tui.plain.boot import BootPage, boot_here, save
from wyrcan_tui.plain.desk import Desk, Way, numbered, picked
from wyrcan_tui.plain.doctor import look_at_way
from wyrcan_tui.plain.error import attempt, tell_details, tell_error
from wyrcan_tui.plain.known import choose_known, type_reference
from wyrcan_tui.plain.registry import RepositoriesPage

_NEWS_INTERVAL: Final = 1.0


class HomePage:
    """The first page, to which every way back leads."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._ways: list[Way] = []
        self._machine: list[str] = []
        self._shown: list[str] = []
        self._looked_at = 0.0
        self._medium: threading.Thread | None = None
        self._wish_is_done = False

    def run(self) -> None:
        """Show the page again and again.

        Raises:
            HungUpError: where nobody is there any more.
        """
        self._desk.say(f"\nWyrcan {__version__}: boot this machine straight into a container image")
        while True:
            self._desk.visit(self._choose)

    def _choose(self) -> None:
        self._ask_medium()
        self._desk.read()
        wish = self._desk.decision.efi
        if wish and not self._wish_is_done:
            self._wish_is_done = True
            self._desk.visit(self._forget if wish is EfiAction.CLEAR else self._save)
        wanted = "Type the number of a line."
        number = self._desk.answer(self._show, lambda typed: picked(typed, len(self._ways)), wanted, self._tell_news)
        self._desk.visit(self._ways[number].go)

    def _show(self) -> None:
        self._desk.read()
        self._machine = machine_facts(self._desk.adapters)
        self._shown = self._find_lines()
        self._desk.say("\n".join(["", *self._machine, *self._shown]))

    def _find_lines(self) -> list[str]:
        decision = self._desk.decision
        self._ways = self._find_ways(decision)
        problems = [problem.message for problem in decision.problems]
        return [*problems, *_outlook(decision), "", *numbered([way.line for way in self._ways])]

    def _find_ways(self, decision: Decision) -> list[Way]:
        desk, choice = self._desk, decision.choice
        ways = []
        if choice.image and decision.origin is not Origin.NOWHERE:
            ways.append(Way(f"Boot {choice.image}", BootPage(desk, choice.image, choice.cmdline).run))
        ways += [
            Way(address.host, RepositoriesPage(desk, address).run) for address in registries(decision.site.addresses)
        ]
        ways += [
            Way("Images that are made to be booted", partial(choose_known, desk)),
            Way("Type a reference", partial(type_reference, desk)),
            Way("Check the way to an image", partial(look_at_way, desk, choice.image)),
        ]
        invalid = [problem for problem in decision.problems if problem.code == "choice-invalid"]
        if invalid:
            ways.append(Way("Look at the saved choice that cannot be understood", partial(_look_at, desk, invalid[0])))
        if decision.forgettable:
            ways.append(Way("Forget the saved choice", self._forget))
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
            if self._find_lines() != self._shown:
                self._show()
                return True
        if time.monotonic() < self._looked_at + _NEWS_INTERVAL:
            return False
        self._looked_at = time.monotonic()
        before, self._machine = self._machine, machine_facts(self._desk.adapters)
        news = [line for line in self._machine if line not in before]
        if news:
            self._desk.say("\n".join(news))
        return bool(news)

    def _save(self) -> None:
        choice = self._desk.decision.choice
        save(self._desk, self._desk.instructions.to_keep(self._desk.decision, choice.image, choice.cmdline))
        if choice.image:
            boot_here(self._desk, self._desk.decision.order(choice.image, choice.cmdline))

    def _forget(self) -> None:
        desk, variables = self._desk, self._desk.adapters.variables
        desk.say("\nThe saved choice will be removed from the EFI variable; the machine then asks at every start.")
        desk.say(WARNING)
        if desk.agrees("Forget it?"):
            attempt(desk, lambda _: forget(variables))


def _outlook(decision: Decision) -> list[str]:
    """Return what was chosen for this machine, and what happens next."""
    chosen = choice_facts(decision)
    if not chosen:
        return ["No image is chosen for this machine yet."]
    if decision.unattended:
        return [f"Chosen: {chosen}", "It boots by itself where nobody is here."]
    return [f"Chosen: {chosen}", "It waits for somebody to boot it."]


def _look_at(desk: Desk, error: WyrcanError) -> None:
    tell_error(desk, error)
    tell_details(desk, error)
