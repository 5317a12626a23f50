"""What one network interface is given, to be typed and used at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.decide import Decision
from wyrcan_tui.flows.network import Bond, Card, Interface, Vlan, parse_tag
from wyrcan_tui.flows.network_edit import shown, with_interface, without_interface
from wyrcan_tui.flows.network_setup import Setup, Typed
from wyrcan_tui.host.networkd import NetworkFiles
from wyrcan_tui.texts import later
from wyrcan_tui.tui.page import Page, scrolling, text

_INTERVAL: Final = 1.0
_EXAMPLES: Final = Typed(
    "auto, off, or an address: 10.0.0.7/24",
    "for example 10.0.0.1",
    "auto, off, or an address: 2001:db8::7/64",
    "for example 2001:db8::1, or fe80::1",
    "several with spaces between them",
    "as it is",
)


class InterfacePage(Page):
    """A form for one interface; what is wrong is said below it, and nothing typed is lost.

    `beside` are the cards that it is made of, of which nothing may be wanted yet.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", "Line above"),
        Binding("down", "app.focus_next", "Line below"),
    ]

    AUTO_FOCUS: ClassVar[str | None] = "Input"

    keys = later("Tab, Up, Down to the next line   Enter choose   Esc back")
    help = later(
        "How this interface gets its addresses. The first line tells how it is now, and so whether an address came. "
        "An empty line leaves to others what it is about. Nothing is changed until all is right."
    )

    def __init__(self, interface: Interface, beside: tuple[Card, ...] = ()) -> None:
        super().__init__()
        self._interface = interface
        self._beside = beside

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return f"Network {self._interface.name}"

    def body(self) -> list[Widget]:
        """How it is now, the lines, and what can be done."""
        typed = self._interface.setup.typed()
        lines = [
            Horizontal(
                text(label, kind="label"),
                Input(getattr(typed, name), placeholder=getattr(_EXAMPLES, name), id=name, select_on_focus=False),
                classes="line",
            )
            for name, label in Typed.labels().items()
        ]
        return [
            text(name="now"),
            *lines,
            OptionList(*self._options(), markup=False, id="deeds"),
            scrolling(text(kind="error", name="wrong")),
        ]

    def on_mount(self) -> None:
        """Show how the interface is, and keep an eye on it."""
        self.query_one(OptionList).highlighted = 0
        self._refresh_now()
        self.set_interval(_INTERVAL, self._refresh_now)

    def on_input_submitted(self) -> None:
        """Go on to the next line."""
        self.focus_next()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go the way that was chosen."""
        match event.option_id:
            case "use":
                self._use()
            case "vlan":
                assert not isinstance(self._interface, Vlan), "a VLAN on a VLAN is not offered"
                self.app.push_screen(VlanPage(self._interface))
            case "remove":
                self._set(without_interface(self.menu.decision.network, self._interface.name), self._removed)

    def _options(self) -> list[Option]:
        options = [Option("Use these settings now", "use")]
        if not isinstance(self._interface, Vlan):
            options.append(Option("Add a VLAN on it ...", "vlan"))
        what = {Card: "Forget what was set for it", Bond: "Remove the bond", Vlan: "Remove the VLAN"}
        options.append(Option(what[type(self._interface)], "remove"))
        return options

    def _use(self) -> None:
        typed = Typed(**{name: self.query_one(f"#{name}", Input).value for name in Typed.labels()})
        try:
            wanted = replace(self._interface, setup=Setup.parse(typed))
            files = with_interface(self.menu.decision.network, wanted, self._beside)
        except WyrcanError as error:
            self.put("wrong", error.message)
            self.set_focus(self.query(Input).first())
            return
        self.put("wrong", "")
        self._interface = wanted
        self._set(files, self._used)

    def _set(self, files: NetworkFiles, done: Callable[[Decision], None]) -> None:
        self.work_on(lambda: self.menu.instructions.set_network(files), done, back=lambda: None)

    def _used(self, decision: Decision) -> None:
        self.menu.decision = decision
        self._refresh_now()

    def _removed(self, decision: Decision) -> None:
        self.menu.decision = decision
        self.leave()

    def _refresh_now(self) -> None:
        name = self._interface.name
        there = shown(self.menu.decision.network, self.menu.adapters.networkd)
        state = next((it.state for it in there if it.name == name), "not used yet")
        self.put("now", f"Now: {state}")


class VlanPage(Page):
    """Asks for a VLAN's number, and goes on to what its interface is given."""

    keys = later("Enter go on   Esc back")
    help = later(
        "A VLAN is a network of its own on the same cable, known by a number. Whoever runs the switch knows which "
        "numbers this port has."
    )

    def __init__(self, below: Card | Bond) -> None:
        super().__init__()
        self._below = below

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return f"A VLAN on {self._below.name}"

    def body(self) -> list[Widget]:
        """The line, and room for what is wrong."""
        return [
            text("Which number has it, as the switch knows it?"),
            Input(placeholder="1 to 4094"),
            text(kind="error", name="wrong"),
        ]

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on to the form, or say what is wrong."""
        try:
            tag = parse_tag(event.value)
        except WyrcanError as error:
            self.put("wrong", error.message)
            return
        beside = (self._below,) if isinstance(self._below, Card) else ()
        self.app.switch_screen(InterfacePage(Vlan(self._below.name, tag), beside))
