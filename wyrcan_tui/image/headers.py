"""How the members of compressed layers begin, as far as it must be known before they are decompressed."""

from __future__ import annotations

from typing import Final

_GZIP_FIXED: Final = 10
_HAS_CHECKSUM: Final = 1 << 1
_HAS_EXTRA: Final = 1 << 2
_HAS_NAME: Final = 1 << 3
_HAS_COMMENT: Final = 1 << 4

_ZSTD_FIXED: Final = 6
"""The magic number, the descriptor, and at least one byte in any frame."""
_IS_SINGLE_SEGMENT: Final = 1 << 5
_DICTIONARY_SIZES: Final = (0, 1, 2, 4)


def gzip_header_size(data: bytes) -> int | None:
    """Return the size of the header with which a gzip member begins (RFC 1952, 2.3); None where `data` ends in it.

    Of what is in the header, only what its size depends on is looked at.
    """
    if len(data) < _GZIP_FIXED:
        return None
    flags = data[3]
    end = _GZIP_FIXED
    if flags & _HAS_EXTRA:
        end += 2 + int.from_bytes(data[end : end + 2], "little")
    for text in (_HAS_NAME, _HAS_COMMENT):
        if flags & text:
            end = data.find(b"\0", end) + 1
            if not end:
                return None
    if flags & _HAS_CHECKSUM:
        end += 2
    return end if end <= len(data) else None


def zstd_window(data: bytes) -> int | None:
    """Return the bytes that the window of a zstd frame takes (RFC 8878, 3.1.1.1); None where `data` ends before that.

    `data` begins with the frame, which must not be a skippable one.
    """
    if len(data) < _ZSTD_FIXED:
        return None
    descriptor = data[4]
    if not descriptor & _IS_SINGLE_SEGMENT:
        exponent, mantissa = divmod(data[5], 8)
        return (8 + mantissa) << (7 + exponent)
    # Such a frame has no window of its own: it is as large as the content.
    start = 5 + _DICTIONARY_SIZES[descriptor & 3]
    width = 1 << (descriptor >> 6)
    if len(data) < start + width:
        return None
    return int.from_bytes(data[start : start + width], "little") + (256 if width == 2 else 0)
