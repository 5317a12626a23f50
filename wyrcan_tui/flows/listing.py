"""What a registry lists, as far as somebody has looked."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.registry.listing import Page

Entry = Repository | Tag


class Listing:
    """What was asked for once, as far as it has come; used from one thread at a time."""

    def __init__(self, begin: Callable[[], Iterator[Page[Entry]]]) -> None:
        self._begin = begin
        self._parts: Iterator[Page[Entry]] | None = None
        self.entries: dict[str, Entry] = {}

    def next_part(self) -> Page[Entry]:
        """Return the next part with something new in it, or the last one.

        Raises:
            WyrcanError: what the listing raises; the next call reads it anew, up to where it had come.
        """
        while True:
            self._parts = self._parts or self._begin()
            try:
                part = next(self._parts, None)
            except BaseException:
                # An iterator that has failed once yields nothing more.
                self._parts = None
                raise
            if part is None:
                return Page([])
            if not part.more or any(entry.name not in self.entries for entry in part.items):
                return part
