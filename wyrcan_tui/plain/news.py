"""What is new of something that changes by itself, told in a line now and then."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

_INTERVAL: Final = 1.0


class News:
    """Lines of which those are printed that were not told before; `look` returns them as they are now."""

    def __init__(self, say: Callable[[str], None], look: Callable[[], Sequence[str]]) -> None:
        self._say = say
        self._look = look
        self._told: Sequence[str] = ()
        self._due = 0.0

    def now(self) -> Sequence[str]:
        """Return the lines as they are now; whoever asks prints them, so they are told."""
        self._told, self._due = self._look(), time.monotonic() + _INTERVAL
        return self._told

    def tell(self) -> bool:
        """Print what is new, where the last look is old enough; tell whether there was anything."""
        if time.monotonic() < self._due:
            return False
        before = self._told
        fresh = [line for line in self.now() if line not in before]
        if fresh:
            self._say("\n".join(fresh))
        return bool(fresh)
