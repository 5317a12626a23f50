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
_UNKNOWN = re.compile(r"[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+")
_LONGEST_UNKNOWN = 256
"""Characters; the spec has no limit, and twice sha512's are enough to be shown."""


class Hasher(Protocol):
    """A running digest, as `hashlib` makes them."""

    def update(self, data: bytes, /) -> None:
        """Take more bytes in."""

    def hexdigest(self) -> str:
        """Return the digest of the bytes so far, in lower-case hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Digest:
    """The name of some content: an algorithm and its value.

    It may be an algorithm that is not known here: an index may name what this machine does not ask for. Content is
    verified by sha256 and sha512 only, whose values are in lower-case hexadecimal digits.
    """

    algorithm: str
    value: str

    @classmethod
    def parse(cls, text: str) -> Digest:
        """Read ``sha256:e3b0...``.

        Raises:
            WyrcanError: ``digest-invalid`` where the spec's grammar has it otherwise, or where the value has another
                length or alphabet than its algorithm's.
        """
        algorithm, _colon, value = text.partition(":")
        if algorithm in _HEX_LENGTH:
            is_digest = len(value) == _HEX_LENGTH[algorithm] and _HEX.fullmatch(value)
        else:
            is_digest = len(text) <= _LONGEST_UNKNOWN and _UNKNOWN.fullmatch(text)
        if not is_digest:
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

    def require_known(self) -> None:
        """Refuse to go on with content that could not be verified.

        Raises:
            WyrcanError: ``digest-unknown``.
        """
        if self.algorithm not in _HEX_LENGTH:
            raise WyrcanError(
                "digest-unknown",
                _("{digest} cannot be verified: its algorithm {algorithm} is not known here.").format(
                    digest=self, algorithm=self.algorithm
                ),
                hint=_(
                    "Use sha256: and 64 hexadecimal digits, or sha512: and 128; "
                    "an image that has other digests inside must be built and pushed again with sha256."
                ),
            )

    def hasher(self) -> Hasher:
        """Return a fresh hasher of this digest's algorithm.

        Raises:
            WyrcanError: ``digest-unknown``.
        """
        self.require_known()
        return hashlib.new(self.algorithm, usedforsecurity=False)

    @property
    def short(self) -> str:
        """The first twelve digits of its value, as people quote a digest."""
        return self.value[:12]

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.value}"
