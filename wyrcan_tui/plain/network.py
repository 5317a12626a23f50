"""The network of this machine: its interfaces, what each is given, and who gets to know of it."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from functools import partial
from typing import Final

from wyrcan_tui.flows.network_edit import Shown, free_cards, hand_written, proxy_place, shown
from wyrcan_tui.plain.desk import Desk
from wyrcan_tui.plain.error import attempt
from wyrcan_tui.plain.network_bond import BondPage
from wyrcan_tui.plain.network_interface import InterfacePage
from wyrcan_tui.plain.network_proxy import ProxyPage
from wyrcan_tui.plain.news import News
from wyrcan_tui.plain.way import Way
from wyrcan_tui.texts import _, later

_NAME: Final = 16
"""Columns that an interface's name gets, which has 15 at most."""
_HELP: Final = later(
    "The network cards of this machine, bonds of several and VLANs on them, as they are now. What is set here counts "
    'at once for every console, until the next start; "Boot always" saves it. The system that is booted is told of it, '
    "unless that is switched off."
)


class _OthersError(Exception):
    """There are other interfaces than those that were shown."""


class NetworkPage:
    """All interfaces as they are now; what is set here counts at once, for every console, until the next start."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def run(self) -> None:
        """Go through it until somebody goes back.

        Raises:
            BackError: then.
        """
        said = _('What is set here is used at once, until the next start; "Boot always" saves it.')
        news = News(self._desk.say, self._lines)
        while True:
            # Another console may have changed it meanwhile.
            self._desk.read()
            news.now()
            others = hand_written(self._desk.decision.network)
            kept = _("Written by hand, and kept as it is: {files}").format(files=", ".join(others)) if others else ""
            heading = "\n".join(filter(None, [_("The network of this machine"), said, kept]))
            names = self._names()

            def tell(names: list[str] = names) -> bool:
                if self._names() != names:
                    raise _OthersError
                return news.tell()

            # Others than the numbers stand for: they are shown anew.
            with contextlib.suppress(_OthersError):
                self._desk.choose(heading, self._ways(), _(_HELP), tell)

    def _names(self) -> list[str]:
        return [interface.name for interface in self._shown()]

    def _shown(self) -> list[Shown]:
        return shown(self._desk.decision.network, self._desk.adapters.networkd)

    def _lines(self) -> Sequence[str]:
        return [_line(interface) for interface in self._shown()]

    def _ways(self) -> list[Way]:
        desk, decision = self._desk, self._desk.decision
        ways = [Way(_line(interface), partial(self._open, interface.name)) for interface in self._shown()]
        if free_cards(decision.network, desk.adapters.networkd):
            ways.append(Way(_("Make a bond"), lambda: desk.visit(BondPage(desk).run)))
        place = proxy_place(decision.site.proxy) or _("none")
        answer = _("yes") if decision.handover else _("no")
        return [
            *ways,
            Way(_("Proxy: {place}").format(place=place), lambda: desk.visit(ProxyPage(desk).run)),
            Way(
                _("Tell the system that is booted of these settings: {answer}").format(answer=answer),
                lambda: desk.visit(self._turn_handover),
            ),
        ]

    def _open(self, name: str) -> None:
        # It may have been pulled out a moment ago.
        if found := next((interface for interface in self._shown() if interface.name == name), None):
            # A card that belongs to a bond has nothing of its own to set.
            self._desk.visit(InterfacePage(self._desk, found.bond or found.interface, self._desk.decision.network).run)

    def _turn_handover(self) -> None:
        desk, wanted = self._desk, not self._desk.decision.handover
        desk.decision = attempt(desk, lambda _meter: desk.instructions.set_handover(wanted=wanted))


def _line(interface: Shown) -> str:
    return f"{interface.name:<{_NAME}}{interface.state}  ({interface.kind})"
