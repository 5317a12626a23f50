"""Layers on their way in: side by side, and no more of them than may be."""

import threading
import time
from collections.abc import Iterator

from tests.support.image import File, Image, Layer
from tests.support.sources import AMD64, MemorySource
from wyrcan_tui.image.crew import Crew
from wyrcan_tui.image.layers import _AHEAD, Layers
from wyrcan_tui.image.resolve import resolve
from wyrcan_tui.oci.manifest import Descriptor
from wyrcan_tui.progress import Meter

CONTENT = Image([Layer([File(f"{number}", bytes(5000))]) for number in range(8)])


class MeetingSource(MemorySource):
    """A source whose first three layers have no bytes to give until all three have been asked for."""

    meeting = threading.Barrier(3, timeout=30)

    def blob(self, descriptor: Descriptor) -> Iterator[bytes]:
        """A blob as it is stored."""
        if str(descriptor.digest) in [layer.digest for layer in CONTENT.layers[-3:]]:
            self.meeting.wait()
        return super().blob(descriptor)


class CountingSource(MemorySource):
    """A source that takes note, whenever a layer is asked for, of how many are on their way to who reads them."""

    asked = 0
    read = 0
    most = 0
    lock = threading.Lock()

    def blob(self, descriptor: Descriptor) -> Iterator[bytes]:
        """A blob as it is stored."""
        if str(descriptor.digest) in [layer.digest for layer in CONTENT.layers]:
            with self.lock:
                self.asked += 1
                self.most = max(self.most, self.asked - self.read)
        return super().blob(descriptor)


def test_layers_are_fetched_side_by_side() -> None:
    source = MeetingSource.of(CONTENT)
    image = resolve(source, AMD64)
    with Crew() as crew, Layers(source, image, crew, Meter()) as layers:
        found = {number: b"".join(pieces) for number, pieces in layers}
    assert found == {number: layer.tar for number, layer in enumerate(CONTENT.layers)}


def test_no_more_layers_are_on_their_way_than_may_be() -> None:
    source = CountingSource.of(CONTENT)
    image = resolve(source, AMD64)
    with Crew() as crew, Layers(source, image, crew, Meter()) as layers:
        for _number, pieces in layers:
            # Time enough for all the others to be asked for.
            time.sleep(0.1)
            for _piece in pieces:
                pass
            source.read += 1
    assert source.asked == len(CONTENT.layers)
    assert source.most <= _AHEAD
