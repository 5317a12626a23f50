"""The metadata of many files, in 12 bytes each: an object for each takes up to 150."""

from __future__ import annotations

from array import array
from typing import Final

from wyrcan_tui.kernel.cpio import Metadata

_Ownership = tuple[int, int, int]
"""Mode, owner and group: what thousands of files have alike, while each may have a time of its own."""
_PLACE: Final = "I"
_TIME: Final = "q"
"""What `array` calls 64 bits with a sign: all times fit that a layer may have (see `tar`)."""
_NONE: Final = 0


class MetadataRow:
    """Metadata by number; most numbers from 0 to the largest should have some."""

    def __init__(self) -> None:
        # Each ownership by its place, and the other way round; no file is at the first.
        self._ownerships: list[_Ownership] = [(0, 0, 0)]
        self._known: dict[_Ownership, int] = {}
        self._places = array(_PLACE)
        self._times = array(_TIME)
        # What came last, taken apart: in most layers, it comes again and again.
        self._latest: Metadata | None = None
        self._place = _NONE
        self._mtime = 0

    def put(self, number: int, metadata: Metadata) -> None:
        """Let a number have this metadata."""
        if metadata is not self._latest:
            self._latest = metadata
            self._place = self._find(metadata)
            self._mtime = metadata.mtime
        count = len(self._places)
        while number > count:
            self._places.append(_NONE)
            self._times.append(0)
            count += 1
        if number == count:
            self._places.append(self._place)
            self._times.append(self._mtime)
        else:
            self._places[number] = self._place
            self._times[number] = self._mtime

    def get(self, number: int) -> Metadata | None:
        """Return the metadata that a number has, or None."""
        place = self._places[number] if number < len(self._places) else _NONE
        return Metadata(*self._ownerships[place], self._times[number]) if place else None

    def forget(self, number: int) -> None:
        """Let a number have no metadata any more."""
        if number < len(self._places):
            self._places[number] = _NONE

    def _find(self, metadata: Metadata) -> int:
        ownership = (metadata.mode, metadata.uid, metadata.gid)
        place = self._known.get(ownership)
        if place is None:
            place = self._known[ownership] = len(self._ownerships)
            self._ownerships.append(ownership)
        return place
