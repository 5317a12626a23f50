"""What a registry has: repositories and tags, with as much about each as the registry tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository: one line about it, whether the registry itself vouches for it, and how much it is used."""

    name: str
    description: str = ""
    official: bool = False
    stars: int | None = None
    pulls: int | None = None
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag: when it was last pushed, the bytes of its image in the registry, and for which machines that is."""

    name: str
    updated: datetime | None = None
    size: int | None = None
    architectures: tuple[str, ...] = ()
