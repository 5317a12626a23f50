"""Fields of a tar header: the numbers in it, and the error for what cannot be one."""

from __future__ import annotations

from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.texts import _

BLOCK: Final = 512
"""Bytes that an archive is counted in: a header has one, a body whole ones."""


def number(field: bytes) -> int:
    """Read a number: octal digits, or GNU's base-256, whose top bit is the mark and the rest in two's complement.

    Raises:
        WyrcanError: ``layer-damaged``.
    """
    if field[0] & 0x80:
        value = int.from_bytes(field, "big") & ((1 << (8 * len(field) - 1)) - 1)
        return value - (1 << (8 * len(field) - 1)) if field[0] & 0x40 else value
    digits = field.partition(b"\0")[0]
    try:
        # Python's own idea of a number has room for signs, underscores and prefixes.
        if digits.isdigit() or (digits := digits.strip()).isdigit():
            return int(digits, 8)
    except ValueError:
        pass
    if not digits:
        return 0
    raise damaged(_("{field} is not an octal number").format(field=repr(field)))


def damaged(why: str) -> WyrcanError:
    """Return the error for an archive that is none: ``layer-damaged``."""
    return WyrcanError(
        "layer-damaged",
        _("A layer of the image is not a proper tar archive: {why}.").format(why=why),
        hint=_("The image was damaged when it was built or pushed: push it again."),
    )
