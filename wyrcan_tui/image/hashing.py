"""Digests that are reckoned beside the work that reads the bytes: a layer's two would hold its transfer up."""

from __future__ import annotations

from functools import partial

from wyrcan_tui.image.crew import Crew, Lane
from wyrcan_tui.oci.digest import Digest


class CrewHasher:
    """A hasher of the digest's algorithm (see `Hasher`) whose work is done by a crew; to be used from one thread."""

    def __init__(self, crew: Crew, digest: Digest, most: int) -> None:
        """Let at most so many pieces wait for their digest."""
        self._inner = digest.hasher()
        self._lane = Lane(crew, most)

    def update(self, data: bytes, /) -> None:
        """Take in further bytes, which must stay as they are."""
        self._lane.put(partial(self._inner.update, data))

    def hexdigest(self) -> str:
        """Return the digest of all bytes so far, in hexadecimal."""
        self._lane.drain()
        return self._inner.hexdigest()
