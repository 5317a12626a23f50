"""What goes wrong on the way to a registry, in words: connections that fail, and answers that refuse."""

from __future__ import annotations

import base64
import json
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

import urllib3

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import DOCKER_HUB, HUB_ALIASES
from wyrcan_tui.registry.answer import Answer, AstrayError, Request, UnansweredError
from wyrcan_tui.texts import _, later

_NOT_YET_VALID: Final = 9
"""``X509_V_ERR_CERT_NOT_YET_VALID`` of OpenSSL's x509_vfy.h."""
CAN_HEAL: Final = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses after which the same may be asked for once more."""
_NO_TLS: Final = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE")
"""What OpenSSL calls an answer that is no TLS."""
_PROXY_HINT: Final = later("Check wyr.proxy= (or https_proxy), the name and password in it, and what the proxy allows.")
_PROXY_WAY_HINT: Final = later(
    "Check that the proxy runs, wyr.proxy= (or https_proxy), and the network on both sides of it."
)


def unreachable(address: RegistryAddress, error: UnansweredError) -> WyrcanError:
    """Return what a failed connection to a registry means.

    That is ``registry-not-yet-valid`` (with the `host` in its context), ``registry-untrusted``, ``registry-denied``
    where it wants a certificate of us, ``proxy-failed`` where a proxy refuses, ``proxy-unreachable`` where it hangs up,
    is not there or cannot reach others, ``registry-error`` for redirects that lead nowhere, or
    ``registry-unreachable``.
    """
    if isinstance(error, AstrayError):
        return WyrcanError(
            "registry-error",
            _("The registry {host} sends us in circles, or to where nobody can go.").format(host=address.host),
            hint=_("Check the address: is it the registry itself? If it is, ask who runs it."),
        )
    peer = _peer(address, error)
    if isinstance(error.__cause__, urllib3.exceptions.SSLError) and (failed := _tls_failure(error)):
        return _without_tls(address, peer, failed)
    if isinstance(error.__cause__, urllib3.exceptions.ProxyError):
        if failed := _tls_failure(error):
            return _proxy_without_tls(failed)
        return _no_way_through(peer, error)
    if any(isinstance(cause, ssl.SSLEOFError) for cause in _causes(error)):
        # So it can look, too, where a server refuses a certificate: its alert is lost when it hangs up at once.
        return WyrcanError(
            "registry-unreachable",
            peer.told(
                _("The registry {registry} hangs up in the middle of TLS."),
                _("The host {host}, where the registry {registry} sends us, hangs up in the middle of TLS."),
            ),
            hint=_("It may want a certificate of ours (certs.d/{host}), or a firewall stops TLS on the way.").format(
                host=address.host
            ),
        )
    if _is_late(error):
        message = peer.told(
            _("The registry {registry} does not answer in time."),
            _("The host {host}, where the registry {registry} sends us, does not answer in time."),
        )
    else:
        message = peer.told(
            _("The registry {registry} cannot be reached: {why}."),
            _("The host {host}, where the registry {registry} sends us, cannot be reached: {why}."),
            why=system_words(error),
        )
    return WyrcanError(
        "registry-unreachable",
        message,
        hint=_("Check the network cable, the address and name of the registry, and that it runs; then try again."),
    )


def may_be_plain(error: UnansweredError) -> bool:
    """Tell whether a host with which there was no TLS may be one that speaks plain HTTP.

    One that speaks TLS, but not with us, is not to be spoken to in any other way; nor is one that was reached, but
    takes too long or answers with nonsense.
    """
    reached = urllib3.exceptions.ReadTimeoutError | urllib3.exceptions.InvalidHeader
    if isinstance(error, AstrayError) or isinstance(error.__cause__, reached):
        return False
    failed = _tls_failure(error)
    return failed is None or failed.reason in _NO_TLS


def place(url: str) -> str:
    """Return a URL as it may be shown: what could let somebody in, a password or a signed query, is left away."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


@dataclass(frozen=True, slots=True)
class _Peer:
    """Who failed: a registry, or the other `host` to which it sent us for a token or a blob."""

    registry: str
    host: str = ""

    def told(self, itself: str, other: str, **facts: object) -> str:
        """Return the one of two sentences that tells what happened to it, filled in."""
        return (other if self.host else itself).format(registry=self.registry, host=self.host, **facts)


def _peer(address: RegistryAddress, error: UnansweredError) -> _Peer:
    host = urlsplit(error.url).netloc
    own = HUB_ALIASES if address.host == DOCKER_HUB else {address.host.lower()}
    return _Peer(address.host, "" if host in own else host)


def _tls_failure(error: BaseException) -> ssl.SSLError | None:
    """Return what went wrong with TLS itself; None where it was the connection below it that ended."""
    found = (cause for cause in _causes(error) if isinstance(cause, ssl.SSLError) and cause.reason)
    return next((cause for cause in found if not isinstance(cause, ssl.SSLEOFError)), None)


def _without_tls(address: RegistryAddress, peer: _Peer, failed: ssl.SSLError) -> WyrcanError:
    reason = failed.reason
    if reason in _NO_TLS:
        return WyrcanError(
            "registry-untrusted",
            peer.told(
                _("The registry {registry} does not speak TLS."),
                _("The host {host}, where the registry {registry} sends us, does not speak TLS."),
            ),
            hint=_(
                "If that is intended, add it as wyr.registry=http://{host} on the kernel command line "
                "(or --plain-http for the command)."
            ).format(host=address.host),
        )
    if getattr(failed, "verify_code", 0) == _NOT_YET_VALID:
        return WyrcanError(
            "registry-not-yet-valid",
            peer.told(
                _("The certificate of the registry {registry} is not valid yet: this machine's clock says {date}."),
                _(
                    "The certificate of the host {host}, where the registry {registry} sends us, is not valid yet: "
                    "this machine's clock says {date}."
                ),
                date=time.strftime("%Y-%m-%d"),
            ),
            hint=_("Set the clock in the firmware setup (its battery may be dead), or let it reach an NTP server."),
            host=address.host,
        )
    if isinstance(failed, ssl.SSLCertVerificationError):
        return WyrcanError(
            "registry-untrusted",
            peer.told(
                _("The certificate of the registry {registry} is not trusted: {why}."),
                _("The certificate of the host {host}, where the registry {registry} sends us, is not trusted: {why}."),
                why=failed.verify_message.rstrip("."),
            ),
            hint=_("Check this machine's clock, the host name, and who signed the certificate."),
        )
    words = reason.lower().replace("_", " ")
    if "ALERT" in reason and ("CERTIFICATE" in reason or "UNKNOWN_CA" in reason):
        return WyrcanError(
            "registry-denied",
            peer.told(
                _("The registry {registry} wants a certificate of ours, or another one than it was shown ({words})."),
                _(
                    "The host {host}, where the registry {registry} sends us, wants a certificate of ours, or another "
                    "one than it was shown ({words})."
                ),
                words=words,
            ),
            hint=_("Put one that it trusts into certs.d/{host}, as NAME.cert and NAME.key.").format(host=address.host),
        )
    return WyrcanError(
        "registry-untrusted",
        peer.told(
            _("There is no TLS with the registry {registry}: {words}."),
            _("There is no TLS with the host {host}, where the registry {registry} sends us: {words}."),
            words=words,
        ),
        hint=_("It must speak TLS 1.2 or 1.3 with a suite that is thought good today."),
    )


def _proxy_without_tls(failed: ssl.SSLError) -> WyrcanError:
    """Return why TLS cannot be spoken with the proxy itself, where its URL says ``https://``."""
    if isinstance(failed, ssl.SSLCertVerificationError):
        return WyrcanError(
            "proxy-failed",
            _("The certificate of the proxy is not trusted: {why}.").format(why=failed.verify_message.rstrip(".")),
            hint=_("Check this machine's clock and the proxy's name, and give its authority (wyr.ca= or certs.d)."),
        )
    return WyrcanError(
        "proxy-failed",
        _("There is no TLS with the proxy: {why}.").format(why=failed.reason.lower().replace("_", " ")),
        hint=_("If it speaks none, write http:// in front of its name, in wyr.proxy= (or https_proxy)."),
    )


def _no_way_through(peer: _Peer, error: UnansweredError) -> WyrcanError:
    """Return what a proxy that answers CONNECT with an error status means, or one with which no connection holds."""
    # http.client has no number for what a proxy answers, only words: "Tunnel connection failed: 403 Filtered". What is
    # piled on them quotes them.
    refusals = [str(cause).partition("Tunnel connection failed: ")[2] for cause in _causes(error)]
    refusal = next(filter(None, reversed(refusals)), "")
    if refusal and int(refusal.partition(" ")[0]) not in CAN_HEAL:
        return WyrcanError(
            "proxy-failed",
            peer.told(
                _("The proxy on the way to the registry {registry} does not let us through: {why}."),
                _(
                    "The proxy on the way to the host {host}, where the registry {registry} sends us, does not let "
                    "us through: {why}."
                ),
                why=refusal,
            ),
            hint=_(_PROXY_HINT),
        )
    return WyrcanError(
        "proxy-unreachable",
        peer.told(
            _("There is no way through the proxy to the registry {registry}: {why}."),
            _("There is no way through the proxy to the host {host}, where the registry {registry} sends us: {why}."),
            why=refusal or (_("it does not answer in time") if _is_late(error) else system_words(error)),
        ),
        hint=_(_PROXY_WAY_HINT),
    )


def _is_late(error: BaseException) -> bool:
    return any(isinstance(cause, TimeoutError) for cause in _causes(error))


def system_words(error: BaseException) -> str:
    """Return the operating system's own words at the bottom of what the libraries piled on them."""
    words = (cause.strerror.lower() for cause in _causes(error) if isinstance(cause, OSError) and cause.strerror)
    return next(words, _("the connection failed"))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and, going down, what the libraries piled it on."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        reason = getattr(seen, "reason", None) or next((a for a in seen.args if isinstance(a, BaseException)), None)
        seen = reason if isinstance(reason, BaseException) else seen.__cause__ or seen.__context__


def refused(address: RegistryAddress, answer: Answer, body: bytes) -> WyrcanError:
    """Return what an answer with an error status means, with the registry's own words in `body` where it gave any.

    That is ``registry-login-refused``, ``registry-denied``, ``registry-missing``, ``registry-busy``, ``proxy-failed``
    or ``registry-error``.
    """
    status = answer.status
    secrets = _secrets(answer.request)
    words = _own_words(body)
    if status == 403 and _is_too_much(answer):
        status = 429
    said = words if words and not any(secret in words for secret in secrets) else ""
    match status:
        # OAuth2 has 400 for a grant that is not good any more (RFC 6749, 5.2).
        case 400 | 401 if _shows_login(answer.request) and (status == 401 or answer.request.method == "POST"):
            return WyrcanError(
                "registry-login-refused",
                _quoting(
                    _("The registry {host} does not accept our login (HTTP {status}).").format(
                        host=address.host, status=status
                    ),
                    said,
                ),
                hint=_("Log in with another name or password; a token may have expired."),
                url=place(answer.url),
                host=address.host,
            )
        case 401 | 403:
            return WyrcanError(
                "registry-denied",
                _quoting(
                    _("The registry {host} does not let us in (HTTP {status}).").format(
                        host=address.host, status=status
                    ),
                    said,
                ),
                hint=_("The repository may be private or not exist: log in, or check its name."),
                url=place(answer.url),
                host=address.host,
            )
        case 404:
            return WyrcanError(
                "registry-missing",
                _quoting(_("The registry {host} does not have that.").format(host=address.host), said),
                hint=_("Check the repository and the tag."),
                url=place(answer.url),
            )
        case 407:
            return WyrcanError(
                "proxy-failed",
                _("The proxy on the way to the registry {host} does not let us through (HTTP 407).").format(
                    host=address.host
                ),
                hint=_(_PROXY_HINT),
            )
        case 429:
            return WyrcanError(
                "registry-busy",
                _quoting(
                    _("The registry {host} gives us no more for now (HTTP {status}).").format(
                        host=address.host, status=answer.status
                    ),
                    said,
                ),
                hint=_("Wait, or log in for a larger quota."),
                url=place(answer.url),
            )
    return WyrcanError(
        "registry-error",
        _quoting(_("The registry {host} failed (HTTP {status}).").format(host=address.host, status=status), said),
        hint=_("Try again; if it stays so, ask who runs the registry."),
        url=place(answer.url),
    )


def _quoting(sentence: str, said: str) -> str:
    """Return a sentence, followed by what the registry itself said, where it did."""
    return sentence + " " + _("It says: {words}.").format(words=said) if said else sentence


def _is_too_much(answer: Answer) -> bool:
    """Tell whether a 403 means a 429, as GitHub may say it (GitHub REST API, "Rate limits", "Exceeding the limit")."""
    return "Retry-After" in answer.headers or answer.headers.get("X-RateLimit-Remaining") == "0"


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


def _shows_login(request: Request) -> bool:
    """Tell whether a login was shown with a request, and not just what a registry gave for one."""
    return bool(_secrets(request)) and not request.headers.get("Authorization", "").startswith("Bearer ")


def _secrets(request: Request) -> list[str]:
    """Return the login that was shown with a request, in all forms in which an answer could repeat it."""
    scheme, _blank, shown = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Basic":
        login = base64.b64decode(shown).decode()
        return list(filter(None, [shown, login, login.partition(":")[2]]))
    if scheme == "Bearer":
        return [shown]
    return parse_qs(request.body).get("refresh_token", [])
