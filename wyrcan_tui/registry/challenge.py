"""How a registry asks for authentication (RFC 9110, 11.6.1; the distribution project's token specification)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PARAMETER = re.compile(r'([A-Za-z0-9_-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*,?\s*')


@dataclass(frozen=True, slots=True)
class Challenge:
    """A ``WWW-Authenticate`` header: its scheme in lower case, and where tokens come from for which scope."""

    scheme: str
    realm: str = ""
    service: str = ""
    scope: str = ""

    @classmethod
    def parse(cls, header: str) -> Challenge:
        """Read a header. Never raises: what is missing is empty."""
        scheme, _, rest = header.strip().partition(" ")
        parameters: dict[str, str] = {}
        for match in _PARAMETER.finditer(rest):
            # Forgejo asks in two ways in one header, ``Bearer ..., Basic ...``: the first way counts.
            parameters.setdefault(match[1].lower(), match[2].replace("\\", "") if match[2] is not None else match[3])
        return cls(
            scheme.lower(),
            parameters.get("realm", ""),
            parameters.get("service", ""),
            parameters.get("scope", ""),
        )
