"""An eye on the machine and its network, for who asks now and then."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final

from wyrcan_tui.errors import in_words
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.glance import Glance, Watch

_PATIENCE: Final = 1.0
"""Seconds to wait for the first look: a card whose driver takes its time keeps nobody from choosing."""


class Lookout:
    """Knows what there is to see, from a thread that waits for what happens to the network."""

    def __init__(self, adapters: Adapters) -> None:
        self._watch = Watch(adapters)
        self._lines: Sequence[str] = ()
        self._came = threading.Event()
        self._patience = _PATIENCE
        threading.Thread(target=self._run, name="lookout", daemon=True).start()

    def lines(self) -> Sequence[str]:
        """Return a line on each thing that there is to see: the machine, its interfaces, and what troubles a card."""
        self._came.wait(self._patience)
        self._patience = 0.0
        return self._lines

    def close(self) -> None:
        """Look no longer."""
        self._watch.end()

    def _run(self) -> None:
        try:
            self._watch.run(self._take)
        except Exception as error:  # noqa: BLE001 - who cannot see the network can choose an image all the same
            self._lines = (*self._lines, str(in_words(error)))
            self._came.set()

    def _take(self, glance: Glance) -> None:
        self._lines = (*glance.machine, *glance.network, *glance.troubles)
        self._came.set()
