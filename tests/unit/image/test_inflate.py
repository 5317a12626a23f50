"""Layers are decompressed by what their first bytes say, to the very end."""

import gzip
import random
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

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
HEADERS = range(1 << 5)
"""All that the flags of a gzip member can say of its header (RFC 1952, 2.3.1)."""
BEFORE = {"first": b"", "second": gzip.compress(b"before")}
"""What comes before a gzip member."""
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


def gzip_header(flags: int, *, extra: bytes = b"ab", name: bytes = b"n", comment: bytes = b"c") -> bytes:
    """The header of a gzip member, with the fields that its flags name."""
    header = b"\x1f\x8b\x08" + bytes((flags,)) + bytes(6)
    if flags & 4:
        header += len(extra).to_bytes(2, "little") + extra
    if flags & 8:
        header += name + b"\0"
    if flags & 16:
        header += comment + b"\0"
    if flags & 2:
        header += (zlib.crc32(header) & 0xFFFF).to_bytes(2, "little")
    return header


def gzip_member(header: bytes, data: bytes) -> bytes:
    """A gzip member with that header."""
    return header + gzip.compress(data)[10:]


def zstd_frame(window_log: int, data: bytes) -> bytes:
    """A zstd frame with a window of that size, as it is made where nobody knows how much will come."""
    compressor = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: window_log})
    return compressor.compress(data) + compressor.flush()


def refusal(chunks: Iterable[bytes]) -> WyrcanError:
    """The error with which a layer is refused."""
    with pytest.raises(WyrcanError) as raised:
        for _piece in inflate(chunks):
            pass
    return raised.value


@pytest.mark.parametrize("compress", [gzip.compress, zstd.compress])
def test_what_comes_in_small_members_goes_on_in_large_pieces(compress: Callable[[bytes], bytes]) -> None:
    noise = random.Random(1)
    parts = [noise.randbytes(noise.choice((0, 10, 3000, 40_000, 700_000, 2_500_000))) for _ in range(300)]
    whole = b"".join(parts)
    assert len(whole) > 50 * CHUNK
    found = list(inflate(pieces(b"".join(map(compress, parts)), CHUNK)))
    assert b"".join(found) == whole
    assert max(map(len, found)) <= CHUNK
    assert len(found) < 3 * len(whole) / CHUNK


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


@pytest.mark.parametrize("flags", HEADERS)
@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
def test_gzip_header_may_arrive_in_any_pieces(flags: int, before: bytes) -> None:
    header = gzip_header(flags)
    data = before + gzip_member(header, b"content")
    assert gzip.decompress(data).endswith(b"content")
    places = range(len(before), len(before) + len(header) + 2)
    for first, second in combinations(places, 2):
        for cuts in ((first,), (first, second)):
            chunks = [data[start:end] for start, end in zip((0, *cuts), (*cuts, None), strict=True)]
            assert b"".join(inflate(chunks)) == gzip.decompress(data), cuts


@pytest.mark.parametrize("flags", HEADERS)
@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
def test_gzip_header_that_is_cut_short_is_refused(flags: int, before: bytes) -> None:
    header = gzip_header(flags)
    for size in range(1 if before else 4, len(header) + 1):
        for piece in (1, CHUNK):
            error = refusal(pieces(before + header[:size], piece))
            assert (error.code, "ends too early" in error.message) == ("layer-damaged", True), size


@pytest.mark.parametrize("flags", [flags for flags in HEADERS if flags & 2])
@pytest.mark.parametrize("piece", [1, CHUNK])
def test_gzip_header_that_differs_from_its_checksum_is_refused(flags: int, piece: int) -> None:
    header = bytearray(gzip_header(flags))
    header[-1] ^= 1
    assert refusal(pieces(gzip_member(bytes(header), DATA), piece)).code == "layer-damaged"


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("piece", [1000, CHUNK])
def test_gzip_header_may_be_as_long_as_anybody_needs(piece: int, before: str) -> None:
    for flags in HEADERS:
        header = gzip_header(flags, extra=bytes(0xFFFF), name=b"n" * 20_000, comment=b"c" * 20_000)
        assert inflated(BEFORE[before] + gzip_member(header, DATA), piece).endswith(DATA)


@pytest.mark.parametrize("flags", [8, 16, 24, 30])
@pytest.mark.parametrize("piece", [1000, CHUNK])
@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
def test_gzip_header_that_is_longer_is_refused(flags: int, piece: int, before: bytes) -> None:
    long = b"x" * (128 << 10)
    error = refusal(pieces(before + gzip_member(gzip_header(flags, name=long, comment=long), DATA), piece))
    assert (error.code, "too long" in error.message) == ("layer-damaged", True)


def test_gzip_header_without_an_end_is_not_waited_for() -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        yield gzip_header(8)[:-1]
        while True:
            taken += 1000
            yield b"n" * 1000

    assert refusal(endless()).code == "layer-damaged"
    assert taken < 132 << 10


@pytest.mark.parametrize("piece", [1, CHUNK])
def test_zstd_window_may_be_as_large_as_any_level_makes_it(piece: int) -> None:
    assert inflated(zstd_frame(27, DATA), piece) == DATA


@pytest.mark.parametrize("window_log", [28, 30])
@pytest.mark.parametrize("piece", [1, CHUNK])
@pytest.mark.parametrize("before", [b"", SKIPPABLE, zstd.compress(DATA)], ids=["first", "skippable", "second"])
def test_zstd_window_that_is_larger_is_refused_with_what_to_do(window_log: int, piece: int, before: bytes) -> None:
    error = refusal(pieces(before + zstd_frame(window_log, DATA), piece))
    assert error.code == "layer-window-too-large"
    assert f"{1 << window_log - 20} MiB" in error.message
    assert "at most 128" in error.message
    assert "--long=27" in error.hint
