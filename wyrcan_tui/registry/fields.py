"""A JSON object that nobody vouches for, read field by field: what is not as documented is as if it were not there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

_LONGEST_TEXT: Final = 200
"""Characters of a description that are kept: it is shown in a line."""
_MOST: Final = 2**63
"""No count and no size is as large as this."""


class Fields:
    """The fields of one object."""

    def __init__(self, values: object) -> None:
        self._values: Mapping[str, object] = values if isinstance(values, dict) else {}

    def name(self, key: str) -> str:
        """Return a text as it is; empty where there is none."""
        value = self._values.get(key)
        return value if isinstance(value, str) else ""

    def text(self, key: str) -> str:
        """Return a text in one line, without what could play with a terminal; empty where there is none."""
        words = " ".join(self.name(key).split())
        return "".join(c for c in words if c.isprintable())[:_LONGEST_TEXT]

    def count(self, key: str) -> int | None:
        """Return a whole number that is not negative; None where there is none."""
        value = self._values.get(key)
        # Quay counts in floating point, which JSON does not tell apart.
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _MOST:
            return None
        return int(value)

    def flag(self, key: str) -> bool:
        """Return whether the field is there and true."""
        return self._values.get(key) is True

    def time(self, key: str) -> datetime | None:
        """Return a time, which is written as RFC 3339 has it or in seconds since 1970; None where there is none."""
        try:
            if (seconds := self.count(key)) is not None:
                return datetime.fromtimestamp(seconds, UTC)
            found = datetime.fromisoformat(self.name(key))
        except (ValueError, OverflowError, OSError):
            return None
        # Servers written in Go say "never" by the first day of the first year.
        return (found if found.tzinfo else found.replace(tzinfo=UTC)) if found.year > 1 else None

    def inner(self, key: str) -> Fields:
        """Return the object in a field; one without fields where there is none."""
        return Fields(self._values.get(key))

    def entries(self, key: str) -> list[Fields]:
        """Return the objects of a list in a field."""
        return entries(self._values.get(key))

    def names(self, key: str) -> list[str]:
        """Return the texts of a list in a field."""
        values = self._values.get(key)
        return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def entries(values: object) -> list[Fields]:
    """Return the objects of a list; what else may be in it is passed over."""
    return [Fields(value) for value in values if isinstance(value, dict)] if isinstance(values, list) else []
