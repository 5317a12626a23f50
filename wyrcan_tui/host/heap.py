"""The memory of this process, as the C library deals it out (mallopt(3))."""

from __future__ import annotations

import ctypes
from typing import Final

_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8
_LARGE: Final = 128 << 10
"""Bytes from which a block goes back to the system as soon as it is free; glibc's own start, which it leaves behind."""


def share_heap(*, thrifty: bool = False) -> None:
    """Have all threads take their memory from one heap; call it before there are any.

    What one thread of the engine inflates, another frees. With a heap for each of them, as glibc has it, that keeps a
    third more memory than is used (bench/RESULTS.md). A `thrifty` process keeps nothing large for later either: it
    needs less memory and more time. Other C libraries have one heap anyway.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENA_MAX, 1)
        if thrifty:
            mallopt(_MMAP_THRESHOLD, _LARGE)
