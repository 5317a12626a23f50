"""Layers on their way in: received, verified and inflated in threads of their own, a bounded way ahead."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Collection, Iterator
from types import TracebackType
from typing import Final, Self

from wyrcan_tui.image.blob import verified, verify
from wyrcan_tui.image.hashing import HashThread
from wyrcan_tui.image.inflate import inflate
from wyrcan_tui.image.resolve import Image
from wyrcan_tui.image.source import BlobSource
from wyrcan_tui.progress import Item, Meter, Stage

_AHEAD: Final = 3
"""Layers that are on their way at the same time."""
_QUEUED: Final = 8
"""Pieces of up to 512 KiB that wait in front of the reader, for each layer."""

_Piece = bytes | BaseException | None


class Layers:
    """The plain tar bytes of an image's layers (all, or those with the given numbers), the top layer first.

    Iterate once, inside a ``with`` block: its end stops what is still on its way. Each layer must be read to its end:
    only there are its size, its digest and its diff_id known to be right.
    """

    def __init__(self, source: BlobSource, image: Image, meter: Meter, numbers: Collection[int] | None = None) -> None:
        self._source = source
        self._image = image
        self._meter = meter
        self._numbers = sorted(range(len(image.manifest.layers)) if numbers is None else numbers, reverse=True)
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        layers = self._image.manifest.layers
        items = [Item(layer.digest.short, 0, layer.size) for layer in layers]
        self._meter.enter(Stage.LAYERS, "Fetching the image and packing it.", items)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def __iter__(self) -> Iterator[tuple[int, Iterator[bytes]]]:
        """Yield each layer's number (0 is the lowest) and its pieces, from the top layer down.

        Raises:
            WyrcanError: whatever goes wrong with a blob, when its layer is read.
        """
        coming = deque[tuple[int, queue.Queue[_Piece]]]()
        numbers = deque(self._numbers)
        while numbers or coming:
            while numbers and len(coming) < _AHEAD:
                number = numbers.popleft()
                coming.append((number, self._start(number)))
            number, pieces = coming.popleft()
            yield number, _received(pieces)

    def _start(self, number: int) -> queue.Queue[_Piece]:
        pieces = queue.Queue[_Piece](_QUEUED)
        thread = threading.Thread(target=self._work, args=(number, pieces), name=f"layer-{number}", daemon=True)
        self._threads.append(thread)
        thread.start()
        return pieces

    def _work(self, number: int, pieces: queue.Queue[_Piece]) -> None:
        end: _Piece = None
        diff_id = self._image.config.diff_ids[number]
        try:
            with HashThread() as digests:
                hasher = digests.hasher(diff_id)
                for piece in inflate(self._metered(number, digests)):
                    hasher.update(piece)
                    if not self._put(pieces, piece):
                        return
                verify(hasher.hexdigest(), diff_id, f"The content of layer {number + 1}")
        except BaseException as error:  # noqa: BLE001 - whatever it is, the reader of the queue must learn of it
            end = error
        self._put(pieces, end)

    def _metered(self, number: int, digests: HashThread) -> Iterator[bytes]:
        descriptor = self._image.manifest.layers[number]
        for chunk in verified(self._source.blob(descriptor), descriptor, digests.hasher(descriptor.digest)):
            self._meter.advance(number, len(chunk))
            yield chunk

    def _put(self, pieces: queue.Queue[_Piece], piece: _Piece) -> bool:
        while not self._stop.is_set():
            try:
                pieces.put(piece, timeout=0.2)
            except queue.Full:
                continue
            return True
        return False


def _received(pieces: queue.Queue[_Piece]) -> Iterator[bytes]:
    while (piece := pieces.get()) is not None:
        if isinstance(piece, BaseException):
            raise piece
        yield piece
