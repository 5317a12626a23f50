"""This process: how its threads share memory, processors and Python's lock."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from contextlib import suppress
from typing import Final

_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8
_LOOKED_THROUGH: Final = 50_000
"""New objects after which Python looks for those that only each other know; its own are some hundreds."""
_LARGE: Final = 2 << 20
"""Bytes from which a block is no part of the heap, and goes back to the system as soon as it is free."""
_LARGE_TO_THE_THRIFTY: Final = 128 << 10
"""The same where memory is short; glibc's own start, which it leaves behind as blocks are freed."""
_KEPT: Final = 8 << 20
"""Free bytes at the heap's end that are kept for later."""
_TURN: Final = 1e-4
"""Seconds of a thread's turn with Python's lock, once another one waits for it; Python's own are 5 ms."""


def prepare_process(*, thrifty: bool = False) -> None:
    """Set this process up for the engine's threads; call it before there are any.

    What one thread of the engine inflates, another frees. With a heap for each of them, as glibc has it, that keeps a
    third more memory than is used; and with thresholds that move, as they do by themselves, twice as much is given back
    and asked for again (mallopt(3); bench/RESULTS.md). A `thrifty` process keeps no pieces of layers for later: it
    needs less memory and more time. Other C libraries have one heap anyway.

    A thread that inflates needs Python for a moment between two pieces, while another reads entry by entry in it: in
    5 ms several pieces are inflated, and nobody waits so long (`sys.setswitchinterval`). Nor is a thread sent from its
    processor at once by one that wakes up (``SCHED_BATCH`` of sched(7)): they all have the same goal.
    """
    sys.setswitchinterval(_TURN)
    with suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    # A tree of a hundred thousand files has no rings in it, and looking for some takes as long as it does to read it.
    gc.set_threshold(_LOOKED_THROUGH)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENA_MAX, 1)
        if thrifty:
            mallopt(_MMAP_THRESHOLD, _LARGE_TO_THE_THRIFTY)
        else:
            mallopt(_MMAP_THRESHOLD, _LARGE)
            mallopt(_TRIM_THRESHOLD, _KEPT)
