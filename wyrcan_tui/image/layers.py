"""Layers on their way in: received, verified and inflated in threads of their own, a bounded way ahead."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection, Iterator
from functools import partial
from types import TracebackType
from typing import Final, Self

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.blob import verified, verify
from wyrcan_tui.image.crew import Crew
from wyrcan_tui.image.hashing import CrewHasher
from wyrcan_tui.image.inflate import inflate
from wyrcan_tui.image.resolve import Image
from wyrcan_tui.image.source import BlobSource
from wyrcan_tui.progress import Item, Meter, Stage
from wyrcan_tui.texts import _

_AHEAD: Final = 3
"""Layers that are on their way at the same time."""
_QUEUED: Final = 6
"""Pieces of up to a mebibyte that wait in front of the reader, for each layer; and as many for their digest."""
_RECEIVED: Final = 4
"""Pieces of up to a mebibyte that wait for the digest of their blob: who inflates should not have to reckon it."""

_LIKE_DAMAGE: Final = ("layer-damaged", "layer-window-too-large")
"""What is also said of a layer that was damaged on its way; then its digest tells so at its end, and that is what went
wrong."""

_Piece = bytes | BaseException | None


class Layers:
    """The plain tar bytes of an image's layers (all, or those with the given numbers), the top layer first.

    Iterate once, inside a ``with`` block: its end stops what is still on its way. Each layer must be read to its end:
    only there are its size, its digest and its diff_id known to be right.
    """

    def __init__(
        self, source: BlobSource, image: Image, crew: Crew, meter: Meter, numbers: Collection[int] | None = None
    ) -> None:
        self._source = source
        self._image = image
        self._crew = crew
        self._meter = meter
        self._numbers = sorted(range(len(image.manifest.layers)) if numbers is None else numbers, reverse=True)
        self._stopped = False
        self._reading: Iterator[bytes] = iter(())
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        layers = self._image.manifest.layers
        items = [Item(layer.digest.short, 0, layer.size) for layer in layers]
        self._meter.enter(Stage.LAYERS, _("Fetching the image and packing it."), items)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if isinstance(value, WyrcanError) and value.code in _LIKE_DAMAGE:
                for _piece in self._reading:
                    pass
        finally:
            self._stopped = True
            self._crew.changed()
            for thread in self._threads:
                thread.join()

    def __iter__(self) -> Iterator[tuple[int, Iterator[bytes]]]:
        """Yield each layer's number (0 is the lowest) and its pieces, from the top layer down.

        Raises:
            WyrcanError: whatever goes wrong with a blob, when its layer is read.
        """
        coming = deque[tuple[int, deque[_Piece]]]()
        numbers = deque(self._numbers)
        while numbers or coming:
            while numbers and len(coming) < _AHEAD:
                number = numbers.popleft()
                pieces = deque[_Piece]()
                coming.append((number, pieces))
                self._threads.append(self._crew.thread(partial(self._work, number, pieces), f"layer-{number}"))
            number, pieces = coming.popleft()
            self._reading = self._received(pieces)
            yield number, self._reading

    def _work(self, number: int, pieces: deque[_Piece]) -> None:
        end: _Piece = None
        diff_id = self._image.config.diff_ids[number]
        try:
            hasher = CrewHasher(self._crew, diff_id, _QUEUED)
            for piece in self._inflated(number):
                hasher.update(piece)
                self._crew.wait_for(lambda: len(pieces) < _QUEUED or self._stopped)
                if self._stopped:
                    return
                pieces.append(piece)
                self._crew.changed()
            differs = _("The content of layer {number} is not what the image says it is: its digest differs.")
            verify(hasher.hexdigest(), diff_id, differs.format(number=number + 1))
        except BaseException as error:  # noqa: BLE001 - whatever it is, the reader of the pieces must learn of it
            end = error
        pieces.append(end)
        self._crew.changed()

    def _inflated(self, number: int) -> Iterator[bytes]:
        coming = self._metered(number)
        try:
            yield from inflate(coming)
        except WyrcanError as error:
            if error.code in _LIKE_DAMAGE:
                # What else comes is read for its digest alone, and no further than the layer should go.
                for _piece in coming:
                    pass
            raise

    def _metered(self, number: int) -> Iterator[bytes]:
        descriptor = self._image.manifest.layers[number]
        hasher = CrewHasher(self._crew, descriptor.digest, _RECEIVED)
        for chunk in verified(self._source.blob(descriptor), descriptor, hasher):
            self._meter.advance(number, len(chunk))
            yield chunk

    def _received(self, pieces: deque[_Piece]) -> Iterator[bytes]:
        while True:
            self._crew.wait_for(lambda: bool(pieces))
            piece = pieces.popleft()
            self._crew.changed()
            if piece is None:
                return
            if isinstance(piece, BaseException):
                raise piece
            yield piece
