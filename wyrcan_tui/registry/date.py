"""What time it is, as a registry says unasked in each answer (RFC 9110, 6.6.1)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import requests

from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.registry.session import session
from wyrcan_tui.registry.site import Site
from wyrcan_tui.registry.transport import bases

_PATIENCE: Final = 5.0
"""Seconds to wait for an answer: a firewall that lets TLS alone through drops the question without a word."""


def date_at(host: str, site: Site) -> datetime | None:
    """Return the ``Date`` of a registry's answer in plain HTTP; None where there is none.

    Nobody vouches for it. TLS cannot be had with a clock that is wrong, and its peer would be as unknown.
    """
    (base,) = bases(RegistryAddress(host, plain=True))
    try:
        with session(site).get(f"{base}/v2/", timeout=_PATIENCE, stream=True, allow_redirects=False) as response:
            return parsedate_to_datetime(response.headers.get("Date", "")).astimezone(UTC)
    except (requests.RequestException, ValueError, OverflowError):
        return None
