"""What time it is, as a registry says unasked in each answer (RFC 9110, 6.6.1)."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.answer import UnansweredError
from wyrcan_tui.registry.client import Client
from wyrcan_tui.registry.dial import hung_up_on
from wyrcan_tui.registry.site import Site
from wyrcan_tui.registry.transport import bases

_PATIENCE: Final = 5.0
"""Seconds to wait for an answer: a firewall that lets TLS alone through drops the question without a word."""


def date_at(host: str, site: Site) -> datetime | None:
    """Return the ``Date`` of a registry's answer; None where there is none.

    Nobody vouches for it: no certificate can be checked with a clock that is wrong. So it is asked for in plain HTTP,
    and where nobody answers there, in TLS with whoever does; nothing but the question is sent.
    """
    # Over before anybody would want to stop it.
    meter = Meter()
    return _date_in_plain(host, site, meter) or _date_behind_tls(host, meter)


def _date_in_plain(host: str, site: Site, meter: Meter) -> datetime | None:
    (base,) = bases(RegistryAddress(host, plain=True))
    try:
        with Client(site, meter).get(f"{base}/v2/", timeout=(_PATIENCE, _PATIENCE), follow=False) as answer:
            return _read(answer.headers.get("Date", ""))
    except UnansweredError:
        return None


def _date_behind_tls(host: str, meter: Meter) -> datetime | None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    base = urlsplit(bases(RegistryAddress(host))[0])
    connection = HTTPSConnection(base.netloc, timeout=_PATIENCE, context=context)
    try:
        connection.request("HEAD", "/v2/")
        with hung_up_on(connection.sock, meter):
            return _read(connection.getresponse().headers.get("Date", ""))
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


def _read(date: str) -> datetime | None:
    try:
        return parsedate_to_datetime(date).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
