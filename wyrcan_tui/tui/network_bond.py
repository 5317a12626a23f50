"""Making one interface of several cards."""

from __future__ import annotations

from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wyrcan_tui.flows.network import Bond, Card, Mode
from wyrcan_tui.flows.network_edit import free_cards, new_bond_name
from wyrcan_tui.texts import _, later
from wyrcan_tui.tui.network_interface import InterfacePage
from wyrcan_tui.tui.page import Page, text


class BondPage(Page):
    """Asks for the cards of a new bond and how they share the work, and goes on to what its interface is given."""

    keys = later("Enter change or choose   Esc back")
    help = later(
        "A bond is one interface made of several cards: it works while one of them does. 802.3ad and balance-rr need "
        "a switch that was told of it; active-backup works with any."
    )

    def __init__(self) -> None:
        super().__init__()
        self._cards: dict[str, Card] = {}
        self._chosen: list[str] = []
        self._mode = Mode.LACP

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return _("Make a bond")

    def body(self) -> list[Widget]:
        """The cards, and the ways of sharing."""
        return [
            text(_("Which cards act as one? The first one lends its address. They lose what else was set for them.")),
            text(kind="error", name="wrong"),
            OptionList(markup=False),
        ]

    def on_mount(self) -> None:
        """Show the cards that are free."""
        free = free_cards(self.menu.decision.network, self.menu.adapters.networkd)
        self._cards = {card.name: card for card in free}
        options = [Option(self._card_line(name), f"card {name}") for name in self._cards]
        choices = self.query_one(OptionList)
        choices.add_options(
            [*options, Option(self._mode_line(), "mode"), Option(_("Go on to its addresses ..."), "go")]
        )
        choices.highlighted = 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take a card in or out, take the next mode, or go on."""
        match str(event.option_id).split(" "):
            case ["mode"]:
                self._mode = self._mode.following
                event.option_list.replace_option_prompt("mode", self._mode_line())
            case ["go"]:
                self._go_on()
            case [_, name]:
                (self._chosen.remove if name in self._chosen else self._chosen.append)(name)
                event.option_list.replace_option_prompt(f"card {name}", self._card_line(name))

    def _go_on(self) -> None:
        if not self._chosen:
            self.put("wrong", _("Choose a card at least."))
            return
        network = self.menu.decision.network
        name = new_bond_name(network, self.menu.adapters.networkd)
        cards = tuple(self._cards[member] for member in self._chosen)
        self.app.switch_screen(InterfacePage(Bond(name, tuple(self._chosen), self._mode), network, cards))

    def _card_line(self, name: str) -> str:
        return f"[{'x' if name in self._chosen else ' '}] {name}  {self._cards[name].mac}".rstrip()

    def _mode_line(self) -> str:
        return _("How: {mode}, {meaning}").format(mode=self._mode, meaning=self._mode.meaning)
