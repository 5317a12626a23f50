"""Who somebody is to a vendor's API."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Login:
    """A user and a password, or what a vendor takes in its place: an access token."""

    user: str
    password: str = field(repr=False)

    @property
    def basic(self) -> str:
        """The ``Authorization`` with both (RFC 7617)."""
        return "Basic " + b64encode(f"{self.user}:{self.password}".encode()).decode()

    @property
    def bearer(self) -> str:
        """The ``Authorization`` with the token alone (RFC 6750)."""
        return f"Bearer {self.password}"
