"""Making one interface of several cards."""

from __future__ import annotations

from functools import partial
from typing import Final

from wyrcan_tui.flows.network import Bond, Card, Mode
from wyrcan_tui.flows.network_edit import free_cards, new_bond_name
from wyrcan_tui.plain.desk import Desk
from wyrcan_tui.plain.network_interface import InterfacePage
from wyrcan_tui.plain.way import Way
from wyrcan_tui.texts import _, later

_HELP: Final = later(
    "A bond is one interface made of several cards: it works while one of them does. 802.3ad and balance-rr need a "
    "switch that was told of it; active-backup works with any. The number of a card takes it in, or out again."
)


class BondPage:
    """Asks for the cards of a new bond and how they share the work, and goes on to what its interface is given."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._cards: dict[str, Card] = {
            card.name: card for card in free_cards(desk.decision.network, desk.adapters.networkd)
        }
        self._chosen: list[str] = []
        self._mode = Mode.LACP

    def run(self) -> None:
        """Go through it until somebody goes back, also from the interface that was made.

        Raises:
            BackError: then.
        """
        said = _("Which cards act as one? The first one lends its address. They lose what else was set for them.")
        while True:
            self._desk.choose("\n".join([_("Make a bond"), said]), self._ways(), _(_HELP))

    def _ways(self) -> list[Way]:
        how = _("How: {mode}, {meaning}").format(mode=self._mode, meaning=self._mode.meaning)
        return [
            *(Way(self._card_line(name), partial(self._turn, name)) for name in self._cards),
            Way(how, self._turn_mode),
            Way(_("Go on to its addresses"), self._go_on),
        ]

    def _card_line(self, name: str) -> str:
        return f"[{'x' if name in self._chosen else ' '}] {name}  {self._cards[name].mac}".rstrip()

    def _turn(self, name: str) -> None:
        (self._chosen.remove if name in self._chosen else self._chosen.append)(name)

    def _turn_mode(self) -> None:
        self._mode = self._mode.following

    def _go_on(self) -> None:
        desk = self._desk
        if not self._chosen:
            desk.say(_("Choose a card at least."))
            return
        network = desk.decision.network
        name = new_bond_name(network, desk.adapters.networkd)
        cards = tuple(self._cards[member] for member in self._chosen)
        InterfacePage(desk, Bond(name, tuple(self._chosen), self._mode), network, cards).run()
