"""Compressed kernels: everything within limits, and whatever is wrong in words."""

import gzip
import lzma
from collections.abc import Callable

import pytest

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.kernel.payload import decompress
from wyrcan_tui.kernel.zstd import ZstdCompressor

PLAIN = bytes(range(256)) * 100


def zstd(data: bytes) -> bytes:
    return ZstdCompressor(1).compress(data, ZstdCompressor.FLUSH_FRAME)


def xz(data: bytes) -> bytes:
    return lzma.compress(data, check=lzma.CHECK_CRC32, preset=0)


def alone(data: bytes) -> bytes:
    return lzma.compress(data, format=lzma.FORMAT_ALONE, preset=0)


NAMES: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("zstd", zstd),
    ("zstd22", zstd),
    ("xzkern", xz),
    ("lzma", alone),
]
each_compression = pytest.mark.parametrize(("name", "compress"), NAMES)


def refusal(data: bytes, name: str, largest: int = len(PLAIN)) -> WyrcanError:
    """Why nothing comes out."""
    with pytest.raises(WyrcanError) as raised:
        decompress(data, name, largest)
    return raised.value


@each_compression
def test_payload_is_unpacked_up_to_its_limit(name: str, compress: Callable[[bytes], bytes]) -> None:
    packed = compress(PLAIN)
    assert decompress(packed, name, len(PLAIN)) == PLAIN
    assert decompress(packed + b"what follows", name, len(PLAIN)) == PLAIN
    assert refusal(packed, name, len(PLAIN) - 1).code == "kernel-too-large"


@each_compression
def test_payload_that_is_cut_short_or_something_else_is_damaged(name: str, compress: Callable[[bytes], bytes]) -> None:
    packed = compress(PLAIN)
    for wrong in (b"", packed[:1], packed[: len(packed) // 2], packed[:-1], b"\xff" * 100, b"text" * 100):
        error = refusal(wrong, name)
        assert error.code == "kernel-damaged"
        assert name in error.message


@pytest.mark.parametrize("name", ["lz4", "lzo", "", "gzip2", "\ufffd"])
def test_compression_that_is_not_known_is_named(name: str) -> None:
    error = refusal(PLAIN, name)
    assert error.code == "kernel-compression-unknown"
    assert repr(name) in error.message


def test_dictionary_of_four_gigabytes_is_not_believed() -> None:
    packed = bytearray(alone(PLAIN))
    packed[1:5] = b"\xff\xff\xff\xff"
    assert refusal(bytes(packed), "lzma").code == "kernel-damaged"
