"""What one network interface is given, to be typed and used at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.network import Bond, Card, Interface, Vlan, parse_tag
from wyrcan_tui.flows.network_edit import is_same, shown, with_interface, without_interface
from wyrcan_tui.flows.network_entered import CHANGED
from wyrcan_tui.flows.network_setup import Setup, Typed
from wyrcan_tui.host.networkd import NetworkFiles
from wyrcan_tui.plain.desk import Desk
from wyrcan_tui.plain.error import ask_to_retry, tell_error
from wyrcan_tui.plain.news import News
from wyrcan_tui.plain.teletype import BackError
from wyrcan_tui.plain.way import Way
from wyrcan_tui.progress import Meter
from wyrcan_tui.texts import _, later

_LABEL: Final = 14
"""Columns that the name of a setting gets."""
_HELP: Final = later(
    "How this interface gets its addresses. The first line tells how it is now, and so whether an address came; what "
    "changes is told. A setting that is empty leaves to others what it is about. Nothing is changed until all of them "
    "are right and are used."
)
_ABOUT_TAG: Final = later(
    "A VLAN is a network of its own on the same cable, known by a number. Whoever runs the switch knows which numbers "
    "this port has."
)


class InterfacePage:
    """The settings of one interface, to be typed one by one; nothing typed is lost where something is wrong.

    `seen` are all settings, as they were when the interface was chosen; `beside` are the cards that it is made of, of
    which nothing may be wanted yet.
    """

    def __init__(self, desk: Desk, interface: Interface, seen: NetworkFiles, beside: tuple[Card, ...] = ()) -> None:
        self._desk = desk
        self._interface = interface
        self._seen = seen
        self._beside = beside
        self._typed = interface.setup.typed()

    def run(self) -> None:
        """Go through it until somebody goes back, or wants nothing of the interface any more.

        Raises:
            BackError: then.
        """
        news = News(self._desk.say, self._now)
        while True:
            self._desk.choose("\n".join(news.now()), self._ways(), _(_HELP), news.tell)

    def _now(self) -> Sequence[str]:
        name = self._interface.name
        there = shown(self._desk.decision.network, self._desk.adapters.networkd)
        state = next((it.state for it in there if it.name == name), _("not used yet"))
        return [_("Network {interface}: {state}").format(interface=name, state=state)]

    def _ways(self) -> list[Way]:
        visit = self._desk.visit
        ways = [
            Way(
                f"{label:<{_LABEL}}{getattr(self._typed, name) or '-'}", partial(visit, partial(self._ask, name, label))
            )
            for name, label in Typed.labels().items()
        ]
        ways.append(Way(_("Use these settings now"), lambda: visit(self._use)))
        interface = self._interface
        if not isinstance(interface, Vlan):
            ways.append(Way(_("Add a VLAN on it"), partial(self._visit_vlan, interface)))
        what = {
            Card: _("Forget what was set for it"),
            Bond: _("Remove the bond"),
            Vlan: _("Remove the VLAN"),
        }
        return [*ways, Way(what[type(interface)], self._remove)]

    def _ask(self, name: str, label: str) -> None:
        said = _("{label}: {example}. Enter alone for none, Ctrl-C to leave it as it is.")
        examples = Typed.examples(_("bytes of the largest packet"))
        self._desk.say(said.format(label=label, example=getattr(examples, name)))
        self._typed = replace(self._typed, **{name: self._desk.ask(f"{label}: ", _(_HELP)).strip()})

    def _use(self) -> None:
        try:
            wanted = replace(self._interface, setup=Setup.parse(self._typed))
            files = with_interface(self._seen, wanted, self._beside)
        except WyrcanError as error:
            tell_error(self._desk, error)
            return
        self._set(files)
        self._interface, self._typed = wanted, wanted.setup.typed()
        self._desk.say(_("These settings are used now."))

    def _remove(self) -> None:
        def remove() -> None:
            self._set(without_interface(self._seen, self._interface.name))
            done.append(True)

        done: list[bool] = []
        self._desk.visit(remove)
        if done:
            raise BackError

    def _set(self, files: NetworkFiles) -> None:
        desk, instructions = self._desk, self._desk.instructions
        while True:
            try:
                desk.decision = desk.work(lambda: instructions.set_network(files, seen=self._seen), Meter())
            except WyrcanError as error:
                if error.code != CHANGED:
                    ask_to_retry(desk, error)
                    continue
                # Once that was told, what is typed here can be used beside what somebody else has set.
                tell_error(desk, error)
                desk.read()
                self._seen = desk.decision.network
                raise BackError from error
            self._seen = desk.decision.network
            return

    def _visit_vlan(self, below: Card | Bond) -> None:
        self._desk.visit(partial(self._add_vlan, below))
        network = self._desk.decision.network
        # Go by what was set there, unless what was typed here is not of now any more.
        if is_same(self._interface.name, self._seen, network):
            self._seen = network

    def _add_vlan(self, below: Card | Bond) -> None:
        desk = self._desk
        heading = _("A VLAN on {interface}").format(interface=below.name)
        desk.opened(heading)
        desk.say("\n".join(["", heading, _("Which number has it, as the switch knows it?")]))
        while typed := desk.ask(_("Number: "), _(_ABOUT_TAG)).strip():
            try:
                tag = parse_tag(typed)
            except WyrcanError as error:
                if desk.teletype.is_quiet():
                    tell_error(desk, error)
                continue
            beside = (below,) if isinstance(below, Card) else ()
            InterfacePage(desk, Vlan(below.name, tag), self._seen, beside).run()
