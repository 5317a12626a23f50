"""The memory of this process, as the C library deals it out."""

from __future__ import annotations

import ctypes
from typing import Final

_ARENA_MAX: Final = -8


def share_heap() -> None:
    """Have all threads take their memory from one heap (mallopt(3), ``M_ARENA_MAX``); call it before there are any.

    What one thread of the engine inflates, another frees. With a heap for each of them, as glibc has it, that keeps a
    third more memory than is used (bench/RESULTS.md). Other C libraries have one heap anyway.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENA_MAX, 1)
