"""How long a server that refuses an answer for now wants to be left alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def seconds_asked(headers: Mapping[str, str]) -> float:
    """Return the seconds to wait that the headers of an answer ask for; 0 where they ask for none.

    That is ``Retry-After``, as seconds or as a date (RFC 9110, 10.2.3); or seconds since 1970 in ``X-Retry-After``
    (Docker Hub API reference until 2025, "Rate limiting"), or in ``X-RateLimit-Reset`` where nothing remains (Docker
    Hub, and GitHub REST API, "Rate limits"). A point in time counts by the clock of who names it: ours may be wrong.
    """
    asked = headers.get("Retry-After", "")
    if _is_number(asked):
        return float(asked)
    until = _date(asked)
    reset = headers.get("X-RateLimit-Reset", "") if headers.get("X-RateLimit-Remaining") == "0" else ""
    if until is None and _is_number(stamp := headers.get("X-Retry-After", reset)):
        until = float(stamp)
    if until is None:
        return 0.0
    now = _date(headers.get("Date", ""))
    return max(0.0, until - (datetime.now(UTC).timestamp() if now is None else now))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):
        return None
