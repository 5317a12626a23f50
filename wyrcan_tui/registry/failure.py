"""What goes wrong on the way to a registry, in words: connections that fail, and answers that refuse."""

from __future__ import annotations

import base64
import json
import ssl
import time
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qs, urlsplit

import requests

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import DOCKER_HUB, HUB_ALIASES

_NOT_YET_VALID: Final = 9
"""``X509_V_ERR_CERT_NOT_YET_VALID`` of OpenSSL's x509_vfy.h."""
_NO_TLS: Final = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE")
"""What OpenSSL calls an answer that is no TLS."""
_PROXY_HINT: Final = "Check wyr.proxy= (or https_proxy), the name and password in it, and what the proxy allows."


def unreachable(address: RegistryAddress, error: requests.RequestException) -> WyrcanError:
    """Return what a failed connection to a registry means.

    That is ``registry-not-yet-valid`` (with the `host` in its context), ``registry-untrusted``, ``registry-denied``
    where it wants a certificate of us, ``proxy-failed``, ``registry-error`` for redirects that lead nowhere, or
    ``registry-unreachable``.
    """
    who = _peer(address, error)
    if isinstance(error, requests.exceptions.SSLError) and (failed := _tls_failure(error)):
        return _without_tls(address, who, failed)
    if isinstance(error, requests.exceptions.ProxyError):
        if failed := _tls_failure(error):
            return _proxy_without_tls(failed)
        return WyrcanError(
            "proxy-failed",
            f"The proxy on the way to {who} does not let us through: {_proxy_words(error)}.",
            hint=_PROXY_HINT,
        )
    if isinstance(
        error, requests.TooManyRedirects | requests.exceptions.InvalidSchema | requests.exceptions.InvalidURL
    ):
        return WyrcanError(
            "registry-error",
            f"The registry {address.host} sends us in circles, or to where nobody can go.",
            hint="Check the address: is it the registry itself? If it is, ask who runs it.",
        )
    if any(isinstance(cause, ssl.SSLEOFError) for cause in _causes(error)):
        # So it can look, too, where a server refuses a certificate: its alert is lost when it hangs up at once.
        return WyrcanError(
            "registry-unreachable",
            f"{_capital(who)} hangs up in the middle of TLS.",
            hint=f"It may want a certificate of ours (certs.d/{address.host}), or a firewall stops TLS on the way.",
        )
    if isinstance(error, requests.Timeout):
        what = f"{_capital(who)} does not answer in time."
    else:
        what = f"{_capital(who)} cannot be reached: {system_words(error)}."
    return WyrcanError(
        "registry-unreachable",
        what,
        hint="Check the network cable, the address and name of the registry, and that it runs; then try again.",
    )


def speaks_tls(error: requests.RequestException) -> bool:
    """Tell whether a connection failed at a host that does speak TLS, and is not to be spoken to in any other way."""
    failed = _tls_failure(error)
    return failed is not None and failed.reason not in _NO_TLS


def place(url: str) -> str:
    """Return a URL as it may be shown: what could let somebody in, a password or a signed query, is left away."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _peer(address: RegistryAddress, error: requests.RequestException) -> str:
    """Return who failed: the registry, or another host to which it sent us for a token or a blob."""
    request = error.request
    host = urlsplit((request.url if request is not None else "") or "").netloc.rpartition("@")[2]
    own = HUB_ALIASES if address.host == DOCKER_HUB else {address.host.lower()}
    if host in ("", *own):
        return f"the registry {address.host}"
    return f"the host {host}, where the registry {address.host} sends us,"


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def _tls_failure(error: BaseException) -> ssl.SSLError | None:
    """Return what went wrong with TLS itself; None where it was the connection below it that ended."""
    found = (cause for cause in _causes(error) if isinstance(cause, ssl.SSLError) and cause.reason)
    return next((cause for cause in found if not isinstance(cause, ssl.SSLEOFError)), None)


def _without_tls(address: RegistryAddress, who: str, failed: ssl.SSLError) -> WyrcanError:
    reason = failed.reason
    if reason in _NO_TLS:
        return WyrcanError(
            "registry-untrusted",
            f"{_capital(who)} does not speak TLS.",
            hint=f"If that is intended, add it as wyr.registry=http://{address.host} "
            "on the kernel command line (or --plain-http for the command).",
        )
    if getattr(failed, "verify_code", 0) == _NOT_YET_VALID:
        return WyrcanError(
            "registry-not-yet-valid",
            f"The certificate of {who} is not valid yet: this machine's clock says {time.strftime('%Y-%m-%d')}.",
            hint="Set the clock in the firmware setup (its battery may be dead), or let it reach an NTP server.",
            host=address.host,
        )
    if isinstance(failed, ssl.SSLCertVerificationError):
        return WyrcanError(
            "registry-untrusted",
            f"The certificate of {who} is not trusted: {failed.verify_message.rstrip('.')}.",
            hint="Check this machine's clock, the host name, and who signed the certificate.",
        )
    words = reason.lower().replace("_", " ")
    if "ALERT" in reason and ("CERTIFICATE" in reason or "UNKNOWN_CA" in reason):
        return WyrcanError(
            "registry-denied",
            f"{_capital(who)} wants a certificate of ours, or another one than it was shown ({words}).",
            hint=f"Put one that it trusts into certs.d/{address.host}, as NAME.cert and NAME.key.",
        )
    return WyrcanError(
        "registry-untrusted",
        f"There is no TLS with {who}: {words}.",
        hint="It must speak TLS 1.2 or 1.3 with a suite that is thought good today.",
    )


def _proxy_without_tls(failed: ssl.SSLError) -> WyrcanError:
    """Return why TLS cannot be spoken with the proxy itself, where its URL says ``https://``."""
    if isinstance(failed, ssl.SSLCertVerificationError):
        return WyrcanError(
            "proxy-failed",
            f"The certificate of the proxy is not trusted: {failed.verify_message.rstrip('.')}.",
            hint="Check this machine's clock and the proxy's name, and give its authority (wyr.ca= or certs.d).",
        )
    return WyrcanError(
        "proxy-failed",
        f"There is no TLS with the proxy: {failed.reason.lower().replace('_', ' ')}.",
        hint="If it speaks none, write http:// in front of its name, in wyr.proxy= (or https_proxy).",
    )


def system_words(error: BaseException) -> str:
    """Return the operating system's own words at the bottom of what the libraries piled on them."""
    words = (cause.strerror.lower() for cause in _causes(error) if isinstance(cause, OSError) and cause.strerror)
    return next(words, "the connection failed")


def _proxy_words(error: BaseException) -> str:
    # http.client has no number for what a proxy answers, only words: "Tunnel connection failed: 403 Filtered".
    refusals = (str(cause).partition("Tunnel connection failed: ")[2] for cause in _causes(error))
    if refusal := next(filter(None, refusals), ""):
        return refusal
    late = any(isinstance(cause, TimeoutError) for cause in _causes(error))
    return "it does not answer in time" if late else system_words(error)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and, going down, what the libraries piled it on."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        reason = getattr(seen, "reason", None) or next((a for a in seen.args if isinstance(a, BaseException)), None)
        seen = reason if isinstance(reason, BaseException) else seen.__cause__ or seen.__context__


def refused(address: RegistryAddress, response: requests.Response, body: bytes) -> WyrcanError:
    """Return what an answer with an error status means, with the registry's own words in `body` where it gave any.

    That is ``registry-login-refused``, ``registry-denied``, ``registry-missing``, ``registry-busy``, ``proxy-failed``
    or ``registry-error``.
    """
    status = response.status_code
    secrets = _secrets(response.request)
    words = _own_words(body)
    if status == 403 and _is_too_much(response):
        status = 429
    said = f" It says: {words}." if words and not any(secret in words for secret in secrets) else ""
    match status:
        # OAuth2 has 400 for a grant that is not good any more (RFC 6749, 5.2).
        case 400 | 401 if _shows_login(response.request) and (status == 401 or response.request.method == "POST"):
            return WyrcanError(
                "registry-login-refused",
                f"The registry {address.host} does not accept our login (HTTP {status}).{said}",
                hint="Log in with another name or password; a token may have expired.",
                url=place(response.url),
                host=address.host,
            )
        case 401 | 403:
            return WyrcanError(
                "registry-denied",
                f"The registry {address.host} does not let us in (HTTP {status}).{said}",
                hint="The repository may be private or not exist: log in, or check its name.",
                url=place(response.url),
                host=address.host,
            )
        case 404:
            return WyrcanError(
                "registry-missing",
                f"The registry {address.host} does not have that.{said}",
                hint="Check the repository and the tag.",
                url=place(response.url),
            )
        case 407:
            return WyrcanError(
                "proxy-failed",
                f"The proxy on the way to the registry {address.host} does not let us through (HTTP 407).",
                hint=_PROXY_HINT,
            )
        case 429:
            return WyrcanError(
                "registry-busy",
                f"The registry {address.host} gives us no more for now (HTTP {response.status_code}).{said}",
                hint="Wait, or log in for a larger quota.",
                url=place(response.url),
            )
    return WyrcanError(
        "registry-error",
        f"The registry {address.host} failed (HTTP {status}).{said}",
        hint="Try again; if it stays so, ask who runs the registry.",
        url=place(response.url),
    )


def _is_too_much(response: requests.Response) -> bool:
    """Tell whether a 403 means a 429, as GitHub may say it (GitHub REST API, "Rate limits", "Exceeding the limit")."""
    return "Retry-After" in response.headers or response.headers.get("X-RateLimit-Remaining") == "0"


def _own_words(body: bytes) -> str:
    """Return the message of an error body; empty where there is none.

    That is a list of ``errors`` (distribution-spec 1.1, "Error Codes"; Harbor's API has the same); or a ``message``, as
    the APIs of GitHub, GitLab and Gitea have it, or a ``detail``, as those of Quay and Docker Hub do.
    """
    try:
        document = json.loads(body)
        single = document.get("message") or document.get("detail")
        errors = document.get("errors") or [{"message": single if isinstance(single, str) else None}]
        texts = [f"{entry.get('message') or entry['code']}".strip(". ") for entry in errors]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return ""
    # Whatever a registry sends must not be able to play with the terminal that shows it.
    return "; ".join("".join(c for c in text if c.isprintable())[:200] for text in texts[:3])


def _shows_login(request: requests.PreparedRequest) -> bool:
    """Tell whether a login was shown with a request, and not just what a registry gave for one."""
    return bool(_secrets(request)) and not request.headers.get("Authorization", "").startswith("Bearer ")


def _secrets(request: requests.PreparedRequest) -> list[str]:
    """Return the login that was shown with a request, in all forms in which an answer could repeat it."""
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Basic":
        login = base64.b64decode(shown).decode()
        return list(filter(None, [shown, login, login.partition(":")[2]]))
    if scheme == "Bearer":
        return [shown]
    return parse_qs(str(request.body or "")).get("refresh_token", [])
