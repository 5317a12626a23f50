"""The memory that a target may take."""

from collections.abc import Callable

from tests.support.memory import peak

MOST_MEMORY = 40 << 20
"""Bytes: ten times what the targets look at."""


def within_memory(target: Callable[[bytes], None], data: bytes) -> None:
    """Run a target, and fail where it takes more memory than anything small may."""
    assert peak(lambda: target(data)) < MOST_MEMORY
