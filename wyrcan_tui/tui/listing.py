"""What a registry lists, a page of it at a time, and a line to narrow it down by typing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from wyrcan_tui.errors import WyrcanError, printable
from wyrcan_tui.flows.listing import Entry, Listing
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.progress import CancelledError, Meter
from wyrcan_tui.registry.listing import Page as Part
from wyrcan_tui.texts import _, later
from wyrcan_tui.tui.login import LoginPage
from wyrcan_tui.tui.page import Page, text

_MORE: Final = "more"
_LOGIN: Final = "login"
_TYPED: Final = "typed"
_SILENCE: Final = 0.4
"""Seconds without a key after which somebody has typed what they want."""


class _Line(Input):
    """The line that is typed into; the list below it is moved in from here, too."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "screen.move(-1)", show=False),
        Binding("down", "screen.move(1)", show=False),
    ]


class ListingPage(Page):
    """A list of a registry. Subclasses say what is listed, how it looks, and where it leads."""

    AUTO_FOCUS: ClassVar[str | None] = "OptionList"

    keys = later("Type to search   Enter choose   Up/Down move   Esc back")
    help_keys: ClassVar[tuple[tuple[str, str], ...]] = (
        (later("a-z, 0-9"), later("whatever is typed goes into the line, and the list is narrowed")),
    )

    def __init__(self, address: RegistryAddress) -> None:
        super().__init__()
        self.address = address
        self._listing = Listing(lambda: iter(()))
        self._more = False
        self._refusal: WyrcanError | None = None
        self._waiting = True
        self._silence: Timer | None = None
        self._was_interrupted = False

    def parts(self, typed: str, meter: Meter) -> Iterator[Part[Entry]]:
        """Return what is listed where that was typed."""
        raise NotImplementedError

    def line(self, entry: Entry) -> str:
        """Return what is shown of an entry."""
        raise NotImplementedError

    def state(self, entries: Collection[Entry]) -> str:
        """Return the sentence above the list when these entries are there."""
        raise NotImplementedError

    def open(self, name: str) -> None:
        """Go where an entry leads."""
        raise NotImplementedError

    def begin(self) -> None:
        """Do what else is to be done when the page opens; Textual calls `on_mount` of a class and of its base alike."""

    def rest_on(self, name: str | None) -> None:
        """Take note that the bar is on another entry; None is none."""

    def listed(self) -> Widget:
        """Return the list, with what stands beside it."""
        return OptionList(markup=False)

    def arranged(self, entries: Collection[Entry], typed: str) -> Sequence[Entry]:
        """Return the entries that are shown, in their order."""
        return tuple(entries)

    def can_be_typed(self, typed: str) -> bool:
        """Tell whether what was typed is a name itself, that need not be in the list."""
        return False

    @property
    def entries(self) -> Collection[Entry]:
        """What has come so far."""
        return self._listing.entries.values()

    @property
    def typed(self) -> str:
        """What stands in the line."""
        return self.query_one(Input).value.strip()

    def body(self) -> list[Widget]:
        """The line, a sentence that tells what is going on, and the list."""
        return [
            _Line(placeholder=_("search"), select_on_focus=False),
            text(_("Asking the registry ..."), name="state"),
            self.listed(),
        ]

    def on_mount(self) -> None:
        """Ask for the first part."""
        self.ask()
        self.begin()

    def on_key(self, event: events.Key) -> None:
        """Whatever is typed goes into the line."""
        line = self.query_one(Input)
        if event.is_printable and event.character and not line.has_focus:
            event.stop()
            self.set_focus(line)
            line.insert_text_at_cursor(event.character)

    def on_input_changed(self) -> None:
        """Wait until no more is typed."""
        self._listen_no_more()
        self._silence = self.set_timer(_SILENCE, self._take_up)

    def on_input_submitted(self) -> None:
        """Choose what the bar is at; what was just typed is taken up first."""
        if self._silence:
            self._take_up()
        if not self._waiting:
            self.query_one(OptionList).action_select()

    def on_screen_suspend(self) -> None:
        """Ask for nothing while another page is seen."""
        self._was_interrupted = self._silence is not None
        self._listen_no_more()

    def on_screen_resume(self) -> None:
        """Go on with what was typed before the other page came."""
        if self._was_interrupted:
            self.on_input_changed()

    def _take_up(self) -> None:
        self._listen_no_more()
        self.narrow()

    def _listen_no_more(self) -> None:
        if self._silence:
            self._silence.stop()
        self._silence = None

    def action_move(self, step: int) -> None:
        """Move the bar."""
        choices = self.query_one(OptionList)
        if step < 0:
            choices.action_cursor_up()
        else:
            choices.action_cursor_down()

    def narrow(self) -> None:
        """Take up what was typed: by asking anew."""
        self.ask()

    def ask(self) -> None:
        """Begin the list from its start; what was asked before is no longer wanted."""
        self.meter.cancel()
        meter, typed = Meter(self.menu.history.listening()), self.typed
        self.meter = meter
        self._listing = Listing(lambda: self.parts(typed, meter))
        self._more, self._refusal, self._waiting = False, None, True
        self.show()
        self.put("state", _("Asking the registry ..."))
        self._bring()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open an entry, or bring more."""
        match event.option_id:
            case str(identity) if identity == _MORE:
                self._more = False
                self.show()
                self._bring(offer_again=True)
            case str(identity) if identity == _LOGIN and self._refusal:
                self.go_to(LoginPage(self._refusal.context["host"], self.ask))
            case str(identity) if identity == _TYPED:
                self.open(self.typed)
            case str(identity):
                self.open(identity.removeprefix("="))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Say which entry the bar is on now."""
        identity = event.option_id or ""
        self.rest_on(identity.removeprefix("=") if identity.startswith("=") else None)

    def show_state(self) -> None:
        """Tell how much is there, once something has come."""
        if not self._waiting:
            self.put("state", self.state(self.entries))

    def show(self) -> None:
        """Draw the list anew; the bar stays where it is."""
        choices = self.query_one(OptionList)
        before = choices.highlighted_option.id if choices.highlighted_option else None
        typed = self.typed
        shown = self.arranged(self.entries, typed)
        options = [Option(printable(self.line(entry)), f"={entry.name}") for entry in shown]
        if self._more:
            options.append(Option(_("Show more ..."), _MORE))
        if self._refusal and "host" in self._refusal.context:
            options.append(Option(_("Log in ..."), _LOGIN))
        # Not before there is an answer: what comes would push it away from under the bar.
        if not self._waiting and typed not in self._listing.entries and self.can_be_typed(typed):
            options.append(Option(printable(_("Open {name} ...").format(name=typed)), _TYPED))
        choices.clear_options().add_options(options)
        identities = [option.id for option in options]
        choices.highlighted = identities.index(before) if before in identities else 0 if options else None

    def _bring(self, *, offer_again: bool = False) -> None:
        listing = self._listing

        def bring() -> Part[Entry] | WyrcanError:
            try:
                return listing.next_part()
            except WyrcanError as error:
                if listing is not self._listing:
                    # Nobody waits for it any more.
                    raise CancelledError from error
                # That a registry does not list what it has is no failure: a name can be typed all the same.
                if error.code != "catalog-closed":
                    raise
                return error

        def add(found: Part[Entry] | WyrcanError) -> None:
            if listing is not self._listing:
                return
            self._waiting = False
            if isinstance(found, WyrcanError):
                self._refusal = found
                self.put("state", found.message)
            else:
                listing.entries |= {entry.name: entry for entry in found.items}
                self._more = found.more
                self.show_state()
            self.show()

        def stay() -> None:
            self._waiting = False
            self._more = offer_again
            if not offer_again:
                self.put("state", _("The search failed."))
            self.show()

        # Without anything to show, there is no reason to stay.
        self.work_on(bring, add, back=stay if offer_again or self.typed else None)
