"""The network of this machine: its interfaces, what each is given, and who gets to know of it."""

from __future__ import annotations

from typing import Final

from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wyrcan_tui.flows.decide import Decision
from wyrcan_tui.flows.network_edit import free_cards, hand_written, proxy_place, shown
from wyrcan_tui.texts import _, later
from wyrcan_tui.tui.network_bond import BondPage
from wyrcan_tui.tui.network_interface import InterfacePage
from wyrcan_tui.tui.network_proxy import ProxyPage
from wyrcan_tui.tui.page import Page, scrolling, text

_INTERVAL: Final = 1.0
_NAME: Final = 16
"""Columns that an interface's name gets, which has 15 at most."""


class NetworkPage(Page):
    """All interfaces as they are now; what is set here counts at once, for every console, until the next start."""

    help = later(
        "The network cards of this machine, bonds of several and VLANs on them, as they are now. What is set here "
        'counts at once for every console, until the next start; "Boot always" saves it. The system that is booted '
        "is told of it, unless that is switched off."
    )

    _reading: object = None
    """The reading that was begun last: what comes of one before is out of date."""

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return _("The network of this machine")

    def body(self) -> list[Widget]:
        """What was written by hand, and what can be changed."""
        return [
            text(_('What is set here is used at once, until the next start; "Boot always" saves it.')),
            scrolling(text(kind="warning hidden", name="others")),
            OptionList(markup=False),
        ]

    def on_mount(self) -> None:
        """Show the interfaces, and keep an eye on them."""
        self.set_interval(_INTERVAL, self._refresh_list)

    def on_screen_resume(self) -> None:
        """Show what was changed meanwhile, at another console too."""
        self._refresh_list()
        self._read()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go where the choice leads."""
        decision, instructions = self.menu.decision, self.menu.instructions
        match str(event.option_id).split(" "):
            case ["bond"]:
                self.go_to(BondPage())
            case ["proxy"]:
                self.go_to(ProxyPage())
            case ["handover"]:
                wanted = not decision.handover
                self.change(lambda: instructions.set_handover(wanted=wanted), self._was_set)
            case [_, name]:
                there = shown(decision.network, self.menu.adapters.networkd)
                found = next((it for it in there if it.name == name), None)
                if found is None:
                    # It was pulled out a moment ago.
                    self._refresh_list()
                    return
                # A card that belongs to a bond has nothing of its own to set.
                self.go_to(InterfacePage(found.bond or found.interface, decision.network))

    def _read(self) -> None:
        reading = self._reading = object()

        def was_read(decision: Decision) -> None:
            if self._reading is reading:
                self._show(decision)

        self.work_on(self.menu.instructions.read, was_read, back=lambda: None)

    def _was_set(self, decision: Decision) -> None:
        self._show(decision)
        # What is being read may be of before; and on a page in front of this one more may have been set since.
        self._read()

    def _show(self, decision: Decision) -> None:
        # On a page in front of this one more may have been set since it was read; that is read when it comes back.
        if self.is_in_front:
            self.menu.decision = decision
            self._refresh_list()

    def _refresh_list(self) -> None:
        decision, networkd = self.menu.decision, self.menu.adapters.networkd
        interfaces = shown(decision.network, networkd)
        options = [Option(f"{it.name:<{_NAME}}{it.state}  ({it.kind})", f"interface {it.name}") for it in interfaces]
        options.append(Option(_("Make a bond ..."), "bond", disabled=not free_cards(decision.network, networkd)))
        place = proxy_place(decision.site.proxy) or _("none")
        options.append(Option(_("Proxy: {place} ...").format(place=place), "proxy"))
        told = _("Tell the system that is booted of these settings: {answer}")
        answer = _("yes") if decision.handover else _("no")
        options.append(Option(told.format(answer=answer), "handover"))
        self._replace(options)
        others = hand_written(decision.network)
        box = self.query_one("#others")
        box.set_class(not others, "hidden")
        if others:
            kept = _("Written by hand, and kept as it is: {files}")
            self.put("others", kept.format(files=", ".join(others)))

    def _replace(self, options: list[Option]) -> None:
        """Show other entries; the bar stays where it is, and nothing is drawn where nothing has changed."""
        choices = self.query_one(OptionList)
        if [(option.id, option.prompt) for option in options] == [(old.id, old.prompt) for old in choices.options]:
            return
        place = choices.highlighted or 0
        choices.clear_options().add_options(options)
        choices.highlighted = min(place, len(options) - 1)
