"""What goes wrong on the way to a registry, in words: connections that fail, and answers that refuse."""

from __future__ import annotations

import json
import re
import ssl
import time
from collections.abc import Iterator
from typing import Final

import requests

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.address import RegistryAddress

_NOT_YET_VALID: Final = 9
"""``X509_V_ERR_CERT_NOT_YET_VALID`` of OpenSSL's x509_vfy.h."""

_ABOUT_OURS: Final = re.compile("ALERT_[A-Z_]*(?:CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)")
"""OpenSSL's names of the alerts with which a server refuses a client's certificate, or none (RFC 8446, 6.2)."""


def unreachable(address: RegistryAddress, error: requests.RequestException) -> WyrcanError:
    """Return what a failed connection to a registry means.

    That is ``registry-not-yet-valid`` (with the `host` in its context), ``registry-untrusted``, ``registry-denied`` for
    a client certificate that is missing or not taken, ``proxy-failed``, ``registry-error`` for redirects that lead
    nowhere, or ``registry-unreachable``.
    """
    if isinstance(error, requests.exceptions.SSLError):
        return _without_trust(address, error)
    if isinstance(error, requests.exceptions.ProxyError):
        return _stopped(address, _proxy_words(error))
    if isinstance(
        error, requests.TooManyRedirects | requests.exceptions.InvalidSchema | requests.exceptions.InvalidURL
    ):
        return WyrcanError(
            "registry-error",
            f"The registry {address.host} sends us in circles, or to where nobody can go.",
            hint="Check the address: is it the registry itself? If it is, ask who runs it.",
        )
    if isinstance(error, requests.Timeout):
        what = f"The registry {address.host} does not answer in time."
    else:
        what = f"The registry {address.host} cannot be reached: {system_words(error)}."
    return WyrcanError(
        "registry-unreachable",
        what,
        hint="Check the network cable, the address and name of the registry, and that it runs; then try again.",
    )


def _stopped(address: RegistryAddress, why: str) -> WyrcanError:
    return WyrcanError(
        "proxy-failed",
        f"The proxy on the way to the registry {address.host} does not let us through: {why}.",
        hint="Check wyr.proxy= (or https_proxy), the name and password in it, and what the proxy allows.",
    )


def _without_trust(address: RegistryAddress, error: requests.exceptions.SSLError) -> WyrcanError:
    if "WRONG_VERSION_NUMBER" in str(error) or "record layer failure" in str(error).lower():
        return WyrcanError(
            "registry-untrusted",
            f"The registry {address.host} does not speak TLS.",
            hint=f"If that is intended, add it as wyr.registry=http://{address.host} "
            "on the kernel command line (or --plain-http for the command).",
        )
    if any(getattr(cause, "verify_code", 0) == _NOT_YET_VALID for cause in _causes(error)):
        return WyrcanError(
            "registry-not-yet-valid",
            f"The certificate of the registry {address.host} is not valid yet: "
            f"this machine's clock says {time.strftime('%Y-%m-%d')}.",
            hint="Set the clock in the firmware setup (its battery may be dead), or let it reach an NTP server.",
            host=address.host,
        )
    if _ABOUT_OURS.search(str(error)):
        return WyrcanError(
            "registry-denied",
            f"The registry {address.host} wants a certificate of ours, and takes none that we have.",
            hint=f"Give one that it knows, as NAME.cert and NAME.key in certs.d/{address.host} "
            "(containers-certs.d(5)).",
        )
    if any(isinstance(cause, ssl.SSLEOFError) for cause in _causes(error)):
        # So it can look, too, where a server refuses a certificate: its alert is lost when it hangs up at once.
        return WyrcanError(
            "registry-unreachable",
            f"The registry {address.host} hangs up in the middle of TLS.",
            hint=f"It may want a certificate of ours (certs.d/{address.host}), or a firewall stops TLS on the way.",
        )
    flaws = (cause.verify_message for cause in _causes(error) if isinstance(cause, ssl.SSLCertVerificationError))
    return WyrcanError(
        "registry-untrusted",
        f"The certificate of the registry {address.host} is not trusted.",
        hint="Check this machine's clock, the host name, and who signed the certificate.",
        reason=next(flaws, system_words(error)),
    )


def system_words(error: BaseException) -> str:
    """Return the operating system's own words at the bottom of what the libraries piled on them."""
    words = (cause.strerror.lower() for cause in _causes(error) if isinstance(cause, OSError) and cause.strerror)
    return next(words, "the connection failed")


def _proxy_words(error: BaseException) -> str:
    # http.client has no number for what a proxy answers, only words: "Tunnel connection failed: 403 Filtered".
    refusals = (str(cause).partition("Tunnel connection failed: ")[2] for cause in _causes(error))
    return next(filter(None, refusals), system_words(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and, going down, what the libraries piled it on."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        reason = getattr(seen, "reason", None) or next((a for a in seen.args if isinstance(a, BaseException)), None)
        seen = reason if isinstance(reason, BaseException) else seen.__cause__ or seen.__context__


def refused(address: RegistryAddress, response: requests.Response, body: bytes) -> WyrcanError:
    """Return what an answer with an error status means, with the registry's own words in `body` where it gave any.

    That is ``registry-denied``, ``registry-missing``, ``registry-busy``, ``registry-error``, or ``proxy-failed`` where
    the answer is a proxy's own.
    """
    status = response.status_code
    words = _own_words(body)
    said = f" It says: {words}." if words else ""
    match status:
        case 401 | 403:
            return WyrcanError(
                "registry-denied",
                f"The registry {address.host} does not let us in (HTTP {status}).{said}",
                hint="The repository may be private or not exist: log in, or check its name.",
                url=response.url,
                host=address.host,
            )
        case 404:
            return WyrcanError(
                "registry-missing",
                f"The registry {address.host} does not have that.{said}",
                hint="Check the repository and the tag.",
                url=response.url,
            )
        case 407:
            return _stopped(address, f"{status} {response.reason}")
        case 429:
            return WyrcanError(
                "registry-busy",
                f"The registry {address.host} gives us no more for now (HTTP 429).{said}",
                hint="Wait, or log in for a larger quota.",
                url=response.url,
            )
    return WyrcanError(
        "registry-error",
        f"The registry {address.host} failed (HTTP {status}).{said}",
        hint="Try again; if it stays so, ask who runs the registry.",
        url=response.url,
    )


def _own_words(body: bytes) -> str:
    """Return the message of an error body (distribution-spec 1.1, "Error Codes"); empty where there is none."""
    try:
        errors = json.loads(body)["errors"]
        texts = [f"{entry.get('message') or entry['code']}".strip(". ") for entry in errors]
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    # Whatever a registry sends must not be able to play with the terminal that shows it.
    return "; ".join("".join(c for c in text if c.isprintable())[:200] for text in texts[:3])
