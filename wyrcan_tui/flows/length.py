"""How much of the room for its command line the next kernel needs, in words."""

from __future__ import annotations

from collections.abc import Sequence

from wyrcan_tui.kernel.cmdline import LONGEST, length_of
from wyrcan_tui.texts import _


def length_line(own: Sequence[str] | None, typed: str) -> str:
    """Return how long it gets with the words that an image has of its `own` (None: not known) and those `typed`."""
    yours = length_of([typed])
    if own is None:
        said = _("{yours} of the {longest} characters that a kernel takes; the image's own words are added to them.")
        return said.format(yours=yours, longest=LONGEST)
    whole = length_of([*own, typed])
    if whole > LONGEST:
        said = _("{whole} characters, {surplus} more than a kernel takes: {image} of the image, {yours} of yours.")
    else:
        said = _("{whole} of the {longest} characters that a kernel takes: {image} of the image, {yours} of yours.")
    return said.format(
        whole=whole, surplus=whole - LONGEST, longest=LONGEST, image=length_of(own), yours=whole - length_of(own)
    )
