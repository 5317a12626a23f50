"""Version order: digits compare as numbers, a pre-release comes before its release (as ``ls -v`` and dpkg do)."""

from __future__ import annotations

import re

_PART = re.compile(r"(\d+)|([^\d]+)")
_PRE_RELEASE = re.compile(r"[-.~_]?(alpha|beta|pre|rc)(?=[\W\d]|$)", re.IGNORECASE)

Key = tuple[tuple[int, int, str], ...]


def version_key(text: str) -> Key:
    """Return a sort key for a kernel version or a tag: ``6.9.0 < 6.12.0-rc1 < 6.12.0 < 6.12.0-1``."""
    # A tilde sorts before the end of the text, as dpkg has it, so that a pre-release can be written with one.
    text = _PRE_RELEASE.sub(r"~\1", text)
    key: list[tuple[int, int, str]] = []
    for number, other in _PART.findall(text):
        if number:
            key.append((2, int(number), ""))
        elif other.startswith("~"):
            key.append((-1, 0, other))
        else:
            key.append((1, 0, other))
    return (*key, (0, 0, ""))
