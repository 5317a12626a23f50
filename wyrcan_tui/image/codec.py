"""How one archive of an initrd is compressed, in the forms that the kernel unpacks (its lib/decompress_un*.c)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Final, Protocol

import lz4.block

from wyrcan_tui.image.inflate import inflate
from wyrcan_tui.kernel.config import Compression
from wyrcan_tui.kernel.zstd import CompressionParameter, ZstdCompressor

_MOST_WORKERS: Final = 4
"""Threads that compress at most: more would wait for what the layers' own threads inflate, and keep memory."""
_COMPRESS_LITERALS: Final = 1002
"""``ZSTD_c_literalCompressionMode`` of zstd.h, which its bindings have no name for. Without it, whoever sets a target
length gets none of the bytes compressed for which no match is found."""
_ZSTD: Final[dict[int, int]] = {
    # Measured (bench/RESULTS.md): higher levels cost more time than their bytes save anywhere on the way. From level 1
    # to the next faster one is far; in between is less of a hash, which has room in a processor's nearest cache then,
    # and a longer step where nothing matches.
    CompressionParameter.compression_level: 1,
    CompressionParameter.hash_log: 13,
    CompressionParameter.target_length: 2,
    _COMPRESS_LITERALS: 1,
    CompressionParameter.nb_workers: min(os.cpu_count() or 1, _MOST_WORKERS),
    CompressionParameter.job_size: 1 << 20,
    CompressionParameter.overlap_log: 1,
}
_LZ4_MAGIC: Final = 0x184C2102.to_bytes(4, "little")
_LZ4_BLOCK: Final = 8 << 20
"""Bytes in a block of lz4's legacy frames, the only lz4 that the kernel unpacks (lib/decompress_unlz4.c)."""


class Compressor(Protocol):
    """Compresses one archive after the other."""

    def compress(self, data: bytes | bytearray | memoryview, /) -> bytes | bytearray | memoryview:
        """Take more of the archive in, and return what is ready of it."""

    def flush(self) -> bytes:
        """End the archive, and return the rest of it."""


def compressor(compression: Compression) -> Compressor:
    """Return what compresses archives in that form."""
    match compression:
        case Compression.ZSTD:
            return _Zstd()
        case Compression.LZ4:
            return _Lz4()
        case Compression.NONE:
            return _Plain()


def decompressed(pieces: Iterable[bytes], compression: Compression) -> Iterator[bytes]:
    """Yield the bytes of one archive that `compressor` made, in pieces of at most a few MiB."""
    match compression:
        case Compression.ZSTD:
            return inflate(pieces)
        case Compression.LZ4:
            return _unlz4(pieces)
        case Compression.NONE:
            return iter(pieces)


class _Zstd:
    """Uses threads of the library's own, which never wait for Python; it takes megabytes in before any come out."""

    def __init__(self) -> None:
        self._inner = ZstdCompressor(options=_ZSTD)

    def compress(self, data: bytes | bytearray | memoryview, /) -> bytes:
        return self._inner.compress(data)

    def flush(self) -> bytes:
        return self._inner.flush()


class _Plain:
    def compress(self, data: bytes | bytearray | memoryview, /) -> bytes | bytearray | memoryview:
        return data

    def flush(self) -> bytes:
        return b""


class _Lz4:
    """A frame is its magic number, then for each block its compressed size and its bytes; nothing marks the end."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._begun = False

    def compress(self, data: bytes | bytearray | memoryview, /) -> bytes:
        self._waiting += data
        done = b""
        while len(self._waiting) >= _LZ4_BLOCK:
            done += self._block()
        return done

    def flush(self) -> bytes:
        done = self._block() if self._waiting else b""
        self._begun = False
        return done

    def _block(self) -> bytes:
        block: bytes = lz4.block.compress(self._waiting[:_LZ4_BLOCK], store_size=False)
        del self._waiting[:_LZ4_BLOCK]
        head = b"" if self._begun else _LZ4_MAGIC
        self._begun = True
        return head + len(block).to_bytes(4, "little") + block


def _unlz4(pieces: Iterable[bytes]) -> Iterator[bytes]:
    data = bytearray()
    begun = False
    for piece in pieces:
        data += piece
        if not begun and len(data) >= len(_LZ4_MAGIC):
            del data[: len(_LZ4_MAGIC)]
            begun = True
        while begun and len(data) >= 4 and len(data) >= (end := 4 + int.from_bytes(data[:4], "little")):
            yield lz4.block.decompress(data[4:end], uncompressed_size=_LZ4_BLOCK)
            del data[:end]
