"""A list of a registry, some lines at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.listing import Entry, Listing
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.plain.desk import BACK, HELP, Desk
from wyrcan_tui.plain.error import attempt
from wyrcan_tui.plain.login import log_in
from wyrcan_tui.plain.teletype import BackError
from wyrcan_tui.plain.way import numbered, picked
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.listing import Page
from wyrcan_tui.texts import _

_LINES: Final = 15
"""Entries that are printed at a time: they and what stands around them fit on a screen of 24 lines."""
_NAME: Final = 34
"""Columns that a name gets before what else is known of it."""
_MORE: Final = "m"
_LOGIN: Final = "l"


@dataclass
class Found:
    """What came of one question to the registry.

    Attributes:
        typed: what was searched for; empty where all was wanted.
        meter: stops what is still asked.
        listing: what has come, in the registry's order.
        entries: what can be chosen by its number or is still to be shown; it only grows at its end.
        more: whether there is more behind it.
        refusal: why the registry does not list what it has.
    """

    typed: str
    meter: Meter
    listing: Listing
    entries: list[Entry] = field(default_factory=list)
    more: bool = False
    refusal: WyrcanError | None = None


class ListingPage:
    """A list that grows as somebody wants to see more. Subclasses say what is in it, and where it leads."""

    help = ""
    """What the list is and what can be done there, marked with `later`."""
    heading = ""

    def __init__(self, desk: Desk, address: RegistryAddress) -> None:
        self.desk = desk
        self.address = address
        self.found = self._question("")
        self._first = self._printed = 0

    def parts(self, typed: str, meter: Meter) -> Iterator[Page[Entry]]:
        """Return what is listed, or what is found where something was typed."""
        raise NotImplementedError

    def facts(self, entry: Entry) -> str:
        """Return what is known of an entry."""
        raise NotImplementedError

    def state(self, count: int) -> str:
        """Return the sentence above the list when so many entries are there."""
        raise NotImplementedError

    def way_to(self, name: str) -> Callable[[], None] | None:
        """Return what goes where a name leads; None where it can be no name."""
        raise NotImplementedError

    def arranged(self, entries: list[Entry]) -> list[Entry]:
        """Return the entries of a new part in the order in which they are shown."""
        return entries

    def own_key(self) -> tuple[str, str, Callable[[], None]] | None:
        """Return a key that only this list has, what the line of keys says of it, and what it does; None for none."""
        return None

    def search(self, typed: str) -> None:
        """Look for something, or for nothing in particular.

        Raises:
            BackError: where somebody stops it, or goes back after it failed: the list stays as it was.
        """
        self._ask(typed)

    def run(self) -> None:
        """Show the list until somebody goes back.

        Raises:
            BackError: then.
        """
        self.desk.opened(self.heading)
        self._ask("")
        while True:
            self.desk.answer(self._show, self._understand, self._keys, _(self.help))()

    def show_only(self, entries: list[Entry]) -> None:
        """Number these from the first."""
        self.found.entries = entries
        self._first = self._printed = 0

    def _question(self, typed: str) -> Found:
        meter = Meter(self.desk.history.listening())
        return Found(typed, meter, Listing(lambda: self.parts(typed, meter)))

    def _ask(self, typed: str) -> None:
        found = self._question(typed)
        self._bring(found)
        self.found = found
        self._first = self._printed = 0

    @property
    def _keys(self) -> str:
        own = self.own_key()
        says = [
            _("Number opens"),
            _("=name opens by its name"),
            _("/text searches"),
            _("{key} more").format(key=_MORE) if self._has_more else "",
            _("{key} log in").format(key=_LOGIN) if self._login_host else "",
            own[1] if own else "",
            _("{key} back").format(key=BACK),
            _("{key} help").format(key=HELP),
        ]
        return ", ".join(filter(None, says))

    @property
    def _has_more(self) -> bool:
        return self.found.more or self._printed < len(self.found.entries)

    @property
    def _login_host(self) -> str:
        return self.found.refusal.context.get("host", "") if self.found.refusal else ""

    def _show(self) -> None:
        found, first = self.found, self._first
        part = found.entries[first : first + _LINES]
        lines = [f"{entry.name:<{_NAME}}  {self.facts(entry)}".rstrip() for entry in part]
        self._printed = max(self._printed, first + len(part))
        state = found.refusal.message if found.refusal else self.state(len(found.entries))
        head = f"\n{self.heading}: {state}" if first == 0 else ""
        self.desk.say("\n".join([head, *numbered(lines, first + 1), self._keys]))

    def _understand(self, typed: str) -> Callable[[], None] | None:
        index = picked(typed, self._printed)
        if index is not None:
            return self.way_to(self.found.entries[index].name)
        if go := self._deeds.get(typed):
            return go
        match typed[:1], typed[1:].strip():
            case "/", text:
                return partial(self.desk.visit, partial(self.search, text))
            case "=", name:
                return self.way_to(name)
        # A number may be a name, too, but whoever types one means the list.
        return None if typed.isdigit() else self.way_to(typed)

    @property
    def _deeds(self) -> dict[str, Callable[[], None]]:
        """What single letters do here now."""
        deeds: dict[str, Callable[[], None]] = {}
        if self._has_more:
            deeds[_MORE] = partial(self.desk.visit, self._go_on)
        if self._login_host:
            deeds[_LOGIN] = partial(self.desk.visit, self._log_in)
        if own := self.own_key():
            deeds[own[0]] = own[2]
        return deeds

    def _go_on(self) -> None:
        if self._printed == len(self.found.entries):
            self._bring(self.found)
        if self._printed < len(self.found.entries):
            self._first = self._printed

    def _log_in(self) -> None:
        log_in(self.desk, self._login_host)
        self._ask(self.found.typed)

    def _bring(self, found: Found) -> None:
        """Add the next part to what was found."""

        def bring(_: Meter) -> Page[Entry] | WyrcanError:
            try:
                return found.listing.next_part()
            except WyrcanError as error:
                # That a registry does not list what it has is no failure: a name can be typed all the same.
                if error.code != "catalog-closed":
                    raise
                return error

        try:
            part = attempt(self.desk, bring, make_meter=lambda: found.meter)
        except BackError:
            # Whoever was stopped may still be at it: another try asks anew, up to where this one had come.
            fresh = self._question(found.typed)
            fresh.listing.entries |= found.listing.entries
            found.meter, found.listing = fresh.meter, fresh.listing
            raise
        if isinstance(part, WyrcanError):
            found.refusal, found.more = part, False
            return
        new = {entry.name: entry for entry in part.items if entry.name not in found.listing.entries}
        found.listing.entries |= new
        found.entries += self.arranged(list(new.values()))
        found.more = part.more
