"""Layers on their way in: side by side, and no more of them than may be."""

import random
import threading
import time
from collections.abc import Iterator

import pytest

from tests.support.image import Compression, File, Image, Layer, digest
from tests.support.sources import AMD64, MemorySource
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.crew import Crew
from wyrcan_tui.image.layers import _AHEAD, _QUEUED, _RECEIVED, Layers
from wyrcan_tui.image.resolve import resolve
from wyrcan_tui.image.source import CHUNK
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


class SlicedSource(MemorySource):
    """A source that gives blobs out in small pieces, and takes note of how many."""

    size = 1 << 14
    given = 0

    def blob(self, descriptor: Descriptor) -> Iterator[bytes]:
        """A blob as it is stored."""
        data = b"".join(super().blob(descriptor))
        for start in range(0, len(data), self.size):
            self.given += 1
            yield data[start : start + self.size]


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


@pytest.mark.parametrize("compression", ["plain", "gzip", "zstd"])
def test_layer_goes_only_so_far_ahead_of_who_reads_it(compression: Compression) -> None:
    content = Image([Layer([File("noise", random.Random(1).randbytes(12 << 20))], compression)])
    source = SlicedSource.of(content)
    image = resolve(source, AMD64)
    before, read, ahead = source.given, 0, list[int]()
    with Crew() as crew, Layers(source, image, crew, Meter()) as layers:
        for _number, pieces in layers:
            for number, piece in enumerate(pieces):
                read += len(piece)
                if number < 5:
                    # Time enough for all of it to come.
                    time.sleep(0.2)
                    ahead.append((source.given - before) * source.size - read)
    assert read == len(content.layers[0].tar)
    # Where they were compressed, small pieces are put together.
    usual = source.size if compression == "plain" else CHUNK
    assert _QUEUED * usual // 4 <= max(ahead) <= _QUEUED * usual + (_RECEIVED + 2) * source.size


@pytest.mark.parametrize(
    ("head", "code"),
    [(b"\x08\x00", "layer-damaged"), (b"\x00\xff", "layer-window-too-large")],
    ids=["damage", "window"],
)
def test_layer_that_was_damaged_on_its_way_is_told_from_one_that_was_made_so(head: bytes, code: str) -> None:
    layer = Layer([File("a", bytes(5000))], "zstd")
    sent = layer.blob[:4] + head + layer.blob[6:]
    image = Image([layer])
    on_its_way = MemorySource(image.manifest, image.blobs | {layer.digest: sent})
    manifest = image.manifest.replace(layer.digest.encode(), digest(sent).encode())
    made_so = MemorySource(manifest, image.blobs | {digest(sent): sent})
    for source, expected in ((on_its_way, "digest-mismatch"), (made_so, code)):
        resolved = resolve(source, AMD64)
        with pytest.raises(WyrcanError) as raised, Crew() as crew, Layers(source, resolved, crew, Meter()) as layers:
            for _number, pieces in layers:
                for _piece in pieces:
                    pass
        assert raised.value.code == expected
