"""Layers are decompressed by what their first bytes say, to the very end."""

import gzip
import sys

import pytest

from tests.support.stack import pieces
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.image.inflate import inflate
from wyrcan_tui.image.source import CHUNK

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

DATA = bytes(range(256)) * 40
SKIPPABLE = b"\x53\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"12345"
# What buildah and podman write: chunks as frames, their list in a skippable frame, and a footer in one more.
CHUNKED = (
    b"".join(zstd.compress(DATA[start : start + 3000]) for start in range(0, len(DATA), 3000))
    + (b"\x50\x2a\x4d\x18" + (70).to_bytes(4, "little") + zstd.compress(b"[]").ljust(70, b"\0"))
    + (b"\x50\x2a\x4d\x18" + (64).to_bytes(4, "little") + bytes(56) + b"GNUlInUx")
)
FORMS = {
    "plain": DATA,
    "gzip": gzip.compress(DATA),
    "gzip of several members": gzip.compress(DATA[:100]) + gzip.compress(b"") + gzip.compress(DATA[100:]),
    "gzip with a name": b"\x1f\x8b\x08\x08" + bytes(6) + b"name\0" + gzip.compress(DATA)[10:],
    "zstd": zstd.compress(DATA),
    "zstd of several frames": zstd.compress(DATA[:100]) + zstd.compress(b"") + zstd.compress(DATA[100:]),
    "zstd:chunked": CHUNKED,
    "zstd with skippable frames": SKIPPABLE + zstd.compress(DATA) + SKIPPABLE,
}


def inflated(data: bytes, piece: int = CHUNK) -> bytes:
    """What comes out of `data`, which arrives in pieces."""
    return b"".join(inflate(pieces(data, piece)))


@pytest.mark.parametrize("piece", [1, 3, 1000, CHUNK])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_comes_out_the_same(form: str, piece: int) -> None:
    assert inflated(FORMS[form], piece) == DATA


@pytest.mark.parametrize("data", [b"", b"a", b"abc"])
def test_layer_may_be_shorter_than_any_magic_number(data: bytes) -> None:
    assert inflated(data) == data


@pytest.mark.parametrize("compress", [gzip.compress, zstd.compress])
def test_pieces_stay_small_however_much_comes_out(compress: object) -> None:
    assert callable(compress)
    found = [len(piece) for piece in inflate(iter([compress(bytes(10 * CHUNK))]))]
    assert sum(found) == 10 * CHUNK
    assert max(found) <= CHUNK


@pytest.mark.parametrize("form", [form for form in FORMS if form != "plain"])
@pytest.mark.parametrize("cut", [1, 5, 9])
def test_layer_that_is_cut_short_is_refused(form: str, cut: int) -> None:
    with pytest.raises(WyrcanError) as raised:
        inflated(FORMS[form][:-cut], 100)
    assert raised.value.code == "layer-damaged"


@pytest.mark.parametrize("junk", [b"x", b"junk", b"\0" * 600])
@pytest.mark.parametrize("form", ["gzip", "zstd"])
@pytest.mark.parametrize("piece", [1, CHUNK])
def test_junk_behind_the_end_is_refused(form: str, junk: bytes, piece: int) -> None:
    with pytest.raises(WyrcanError) as raised:
        inflated(FORMS[form] + junk, piece)
    assert raised.value.code == "layer-damaged"


@pytest.mark.parametrize("form", ["gzip", "zstd"])
def test_damage_inside_is_refused(form: str) -> None:
    data = bytearray(FORMS[form])
    data[len(data) // 2] ^= 0xFF
    data[-5] ^= 0xFF
    with pytest.raises(WyrcanError) as raised:
        inflated(bytes(data))
    assert raised.value.code == "layer-damaged"
