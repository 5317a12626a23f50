"""Content digests (OCI image-spec, descriptor.md, "Digests")."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Protocol

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.texts import _

_HEX_LENGTH = {"sha256": 64, "sha512": 128}
_HEX = re.compile(r"[0-9a-f]+")


class Hasher(Protocol):
    """A running digest, as `hashlib` makes them."""

    def update(self, data: bytes, /) -> None:
        """Take more bytes in."""

    def hexdigest(self) -> str:
        """Return the digest of the bytes so far, in lower-case hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Digest:
    """The name of some content: an algorithm (sha256 or sha512) and its lower-case hexadecimal value."""

    algorithm: str
    hex: str

    @classmethod
    def parse(cls, text: str) -> Digest:
        """Read ``sha256:e3b0...``.

        Raises:
            WyrcanError: ``digest-invalid`` when the algorithm is not one of the spec's registered ones or
                the value has the wrong length or alphabet.
        """
        algorithm, _colon, value = text.partition(":")
        if _HEX_LENGTH.get(algorithm) != len(value) or not _HEX.fullmatch(value):
            raise WyrcanError(
                "digest-invalid",
                _("{text} is not a digest.").format(text=repr(text)),
                hint=_("A digest is sha256: and 64 hexadecimal digits, or sha512: and 128."),
            )
        return cls(algorithm, value)

    @classmethod
    def of(cls, data: bytes) -> Digest:
        """Return the sha256 digest of `data`."""
        return cls("sha256", hashlib.sha256(data).hexdigest())

    def hasher(self) -> Hasher:
        """Return a fresh hasher of this digest's algorithm."""
        return hashlib.new(self.algorithm, usedforsecurity=False)

    @property
    def short(self) -> str:
        """The first twelve hexadecimal digits, as people quote a digest."""
        return self.hex[:12]

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.hex}"
