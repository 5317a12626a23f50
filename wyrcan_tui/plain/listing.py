"""A list of a registry, some lines at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.listing import Entry, Listing
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.plain.desk import Desk, numbered, picked
from wyrcan_tui.plain.error import attempt
from wyrcan_tui.plain.login import log_in
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.listing import Page

_LINES: Final = 15
"""Entries that are printed at a time: they and what stands around them fit on a screen of 24 lines."""
_NAME: Final = 34
"""Columns that a name gets before what else is known of it."""


class ListingPage:
    """A list that grows as somebody wants to see more. Subclasses say what is in it, and where it leads."""

    heading = ""

    def __init__(self, desk: Desk, address: RegistryAddress) -> None:
        self.desk = desk
        self.address = address
        self.meter = Meter()
        self.entries: list[Entry] = []
        """All that can be chosen by their numbers or are to come, in their order; it only grows at its end."""
        self._listing = Listing(lambda: iter(()))
        self._more = False
        self._refusal: WyrcanError | None = None
        self._printed = 0

    def parts(self, typed: str) -> Iterator[Page[Entry]]:
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

    def search(self, typed: str) -> None:
        """Look for something, or for nothing in particular."""
        self.begin(typed)

    def run(self) -> None:
        """Show the list until somebody goes back.

        Raises:
            BackError: then.
        """
        self.begin("")
        while True:
            self.desk.answer(self._show, self._understand, self._keys)()

    def begin(self, typed: str) -> None:
        """Ask the registry from the start.

        Raises:
            BackError: where somebody stops it.
        """
        self._listing = Listing(lambda: self.parts(typed))
        self.begin_with([])
        self._refusal = None
        self._bring()

    def begin_with(self, entries: list[Entry]) -> None:
        """Number these from the first."""
        self.entries, self._printed = entries, 0

    @property
    def known(self) -> list[Entry]:
        """All that has come, in the registry's order."""
        return list(self._listing.entries.values())

    @property
    def _keys(self) -> str:
        more = ", m more" if self._has_more else ""
        login = ", l log in" if self._refusal and "host" in self._refusal.context else ""
        return f"Number opens, =name opens by its name, /text searches{more}{login}, b back"

    @property
    def _has_more(self) -> bool:
        return self._more or self._printed < len(self.entries)

    def _show(self) -> None:
        """Print the lines that are next; where none are, those that were last."""
        first = self._printed if self._printed < len(self.entries) else max(0, self._printed - _LINES)
        part = self.entries[first : first + _LINES]
        lines = [f"{entry.name:<{_NAME}}  {self.facts(entry)}".rstrip() for entry in part]
        self._printed = first + len(part)
        state = self._refusal.message if self._refusal else self.state(len(self.entries))
        head = [f"\n{self.heading}: {state}"] if first == 0 else [""]
        self.desk.say("\n".join([*head, *numbered(lines, first + 1), self._keys]))

    def _understand(self, typed: str) -> Callable[[], None] | None:
        index = picked(typed, self._printed)
        if index is not None:
            return self.way_to(self.entries[index].name)
        match typed[:1], typed[1:].strip():
            case "m", "" if self._has_more:
                return self._go_on
            case "l", "" if self._refusal and "host" in self._refusal.context:
                return partial(self.desk.visit, partial(self._log_in, self._refusal.context["host"]))
            case "/", text:
                return partial(self.desk.visit, partial(self.search, text))
            case "=", name:
                return self.way_to(name)
        # A number may be a name, too, but whoever types one means the list.
        return None if typed.isdigit() else self.way_to(typed)

    def _go_on(self) -> None:
        if self._printed == len(self.entries):
            self.desk.visit(self._bring)

    def _log_in(self, host: str) -> None:
        log_in(self.desk, host)
        self.begin("")

    def _bring(self) -> None:
        listing = self._listing

        def bring(meter: Meter) -> Page[Entry] | WyrcanError:
            self.meter = meter
            try:
                return listing.next_part()
            except WyrcanError as error:
                # That a registry does not list what it has is no failure: a name can be typed all the same.
                if error.code != "catalog-closed":
                    raise
                return error

        found = attempt(self.desk, bring)
        if isinstance(found, WyrcanError):
            self._refusal, self._more = found, False
            return
        new = {entry.name: entry for entry in found.items if entry.name not in listing.entries}
        listing.entries |= new
        self.entries += self.arranged(list(new.values()))
        self._more = found.more
