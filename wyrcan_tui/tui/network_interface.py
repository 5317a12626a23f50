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
from wyrcan_tui.flows.network import HIGHEST_TAG, Bond, Card, Interface, Vlan, parse_tag
from wyrcan_tui.flows.network_edit import is_same, shown, with_interface, without_interface
from wyrcan_tui.flows.network_entered import CHANGED
from wyrcan_tui.flows.network_setup import Setup, Typed
from wyrcan_tui.host.networkd import NetworkFiles
from wyrcan_tui.texts import _, later
from wyrcan_tui.tui.page import Page, scrolling, text

_INTERVAL: Final = 1.0


class InterfacePage(Page):
    """A form for one interface; what is wrong is said below it, and nothing typed is lost.

    `seen` are all settings, as they were when the interface was chosen; `beside` are the cards that it is made of, of
    which nothing may be wanted yet.
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

    def __init__(self, interface: Interface, seen: NetworkFiles, beside: tuple[Card, ...] = ()) -> None:
        super().__init__()
        self._interface = interface
        self._seen = seen
        self._beside = beside

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return _("Network {interface}").format(interface=self._interface.name)

    def body(self) -> list[Widget]:
        """How it is now, the lines, and what can be done."""
        typed, examples = self._interface.setup.typed(), Typed.examples(_("as it is"))
        lines = [
            Horizontal(
                text(label, kind="label"),
                Input(getattr(typed, name), placeholder=getattr(examples, name), id=name, select_on_focus=False),
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

    def on_screen_resume(self) -> None:
        """Go by what was set on a page in front of this one, unless what stands in the lines is not of now any more."""
        network = self.menu.decision.network
        if is_same(self._interface.name, self._seen, network):
            self._seen = network

    def on_input_submitted(self) -> None:
        """Go on to the next line."""
        self.focus_next()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go the way that was chosen, once what was chosen before is set."""
        if self.is_changing:
            return
        match event.option_id:
            case "use":
                self._use()
            case "vlan":
                assert not isinstance(self._interface, Vlan), "a VLAN on a VLAN is not offered"
                self.go_to(VlanPage(self._interface, self._seen))
            case "remove":
                self._set(without_interface(self._seen, self._interface.name), self.leave)

    def _options(self) -> list[Option]:
        options = [Option(_("Use these settings now"), "use")]
        if not isinstance(self._interface, Vlan):
            options.append(Option(_("Add a VLAN on it ..."), "vlan"))
        what = {Card: _("Forget what was set for it"), Bond: _("Remove the bond"), Vlan: _("Remove the VLAN")}
        options.append(Option(what[type(self._interface)], "remove"))
        return options

    def _use(self) -> None:
        typed = Typed(**{name: self.query_one(f"#{name}", Input).value for name in Typed.labels()})
        try:
            wanted = replace(self._interface, setup=Setup.parse(typed))
            files = with_interface(self._seen, wanted, self._beside)
        except WyrcanError as error:
            self.put("wrong", error.message)
            self.set_focus(self.query(Input).first())
            return
        self.put("wrong", "")
        self._interface = wanted
        self._set(files, self._refresh_now)

    def _set(self, files: NetworkFiles, done: Callable[[], None]) -> None:
        self.put("now", _("Setting it ..."))
        instructions, seen = self.menu.instructions, self._seen

        def try_it() -> tuple[Decision, str]:
            try:
                return instructions.set_network(files, seen=seen), ""
            except WyrcanError as error:
                if error.code != CHANGED:
                    raise
                return instructions.read(), str(error)

        def tried(found: tuple[Decision, str]) -> None:
            self.menu.decision, wrong = found
            self._seen = self.menu.decision.network
            self._refresh_now()
            self.put("wrong", wrong)
            if wrong:
                self.wants_back = False
            else:
                done()

        self.change(try_it, tried, back=self._refresh_now)

    def _refresh_now(self) -> None:
        if self.is_changing:
            return
        name = self._interface.name
        there = shown(self.menu.decision.network, self.menu.adapters.networkd)
        state = next((it.state for it in there if it.name == name), _("not used yet"))
        self.put("now", _("Now: {state}").format(state=state))


class VlanPage(Page):
    """Asks for a VLAN's number, and goes on to what its interface is given."""

    keys = later("Enter go on   Esc back")
    help = later(
        "A VLAN is a network of its own on the same cable, known by a number. Whoever runs the switch knows which "
        "numbers this port has."
    )

    def __init__(self, below: Card | Bond, seen: NetworkFiles) -> None:
        super().__init__()
        self._below = below
        self._seen = seen

    @property
    def heading(self) -> str:
        """What stands in the title line."""
        return _("A VLAN on {interface}").format(interface=self._below.name)

    def body(self) -> list[Widget]:
        """The line, and room for what is wrong."""
        return [
            text(_("Which number has it, as the switch knows it?")),
            Input(placeholder=_("1 to {highest}").format(highest=HIGHEST_TAG)),
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
        self.app.switch_screen(InterfacePage(Vlan(self._below.name, tag), self._seen, beside))
