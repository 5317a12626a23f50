"""The memory that a target may take."""

import tracemalloc
from collections.abc import Callable

MOST_MEMORY = 40 << 20
"""Bytes: ten times what the targets look at."""


def within_memory(target: Callable[[bytes], None], data: bytes) -> None:
    """Run a target, and fail where it takes more memory than anything small may."""
    tracemalloc.start()
    try:
        target(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MOST_MEMORY
