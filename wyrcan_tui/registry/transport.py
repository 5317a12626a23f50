"""HTTP to one registry: TLS or not, tokens, time-outs, retries, and every failure in words."""

from __future__ import annotations

import errno
import json
import random
import time
from collections.abc import Generator, Iterator, Mapping
from ipaddress import ip_address
from typing import Final
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from wyrcan_tui import __version__
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.manifest import LARGEST_DOCUMENT
from wyrcan_tui.oci.reference import DOCKER_HUB
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.challenge import Challenge

TIMEOUT: Final = (10.0, 30.0)
"""Seconds to wait for a connection, and for the next byte on one."""
_WINDOW: Final = 120.0
_LEAST: Final = 64 << 10
"""Bytes that must come in each `_WINDOW` seconds of waiting: what trickles would hold a boot up for ever."""
_CHUNK: Final = 1 << 20
_TRIES: Final = 5
_LONGEST_PAUSE: Final = 30.0
_LONGEST_WAIT: Final = 120.0
"""Seconds that a registry may ask us to wait; above, a person should learn of it."""
_CAN_HEAL: Final = frozenset({408, 429, 500, 502, 503, 504})
_WILL_NOT_HEAL: Final = ("registry-untrusted", "registry-not-yet-valid")
_NOT_YET_VALID: Final = 9
"""``X509_V_ERR_CERT_NOT_YET_VALID`` of OpenSSL's x509_vfy.h."""
_HUB_HOST: Final = "registry-1.docker.io"


class Transport:
    """Sends requests to one registry; keeps its connection and its tokens.

    Not for several threads at once: each takes its own by `clone`.
    """

    def __init__(self, address: RegistryAddress, meter: Meter) -> None:
        self.address = address
        self._meter = meter
        self._session = session()
        self._base = ""
        self._tokens: dict[str, str] = {}

    def clone(self) -> Transport:
        """Return a transport to the same registry for another thread; what is known of the registry is shared."""
        other = Transport(self.address, self._meter)
        other._base = self._base
        other._tokens = self._tokens
        return other

    def get(self, path: str, *, scope: str, headers: Mapping[str, str] | None = None) -> requests.Response:
        """Send GET for a path below ``/v2/`` (or an absolute URL of the same registry); the body is not read yet.

        Tries again, with growing pauses, what can heal by itself. `scope` is the token scope that is likely to be
        asked for (``repository:NAME:pull``).

        Raises:
            WyrcanError: ``registry-unreachable``, ``registry-untrusted``, ``registry-not-yet-valid``,
                ``registry-denied``, ``registry-missing`` (404) or ``registry-error``, with the registry's own words
                where it gave any.
            CancelledError: where somebody asked to stop.
        """
        for attempt in range(_TRIES):
            self._meter.check()
            last = attempt == _TRIES - 1
            try:
                response = self._authorized(path, scope, headers or {})
            except requests.RequestException as error:
                failure = unreachable(self.address, error)
                if last or failure.code in _WILL_NOT_HEAL:
                    raise failure from error
                self.pause(attempt)
                continue
            if response.status_code < 400:
                return response
            asked = response.headers.get("Retry-After", "")
            wait = float(asked) if asked.isascii() and asked.isdigit() else 0.0
            if last or response.status_code not in _CAN_HEAL or wait > _LONGEST_WAIT:
                raise _refused(self.address, response)
            response.close()
            self.pause(attempt, wait)
        raise AssertionError("the last attempt returns or raises")

    def pause(self, attempt: int, least: float = 0.0) -> None:
        """Wait before the try that follows try number `attempt` (from 0): longer each time, never in step with others.

        Raises:
            CancelledError: where somebody asked to stop.
        """
        seconds = min(_LONGEST_PAUSE, 0.5 * 2**attempt) * random.uniform(0.5, 1.5)
        self._meter.pause(max(least, seconds))

    def _authorized(self, path: str, scope: str, headers: Mapping[str, str]) -> requests.Response:
        response = self._send(path, headers, self._tokens.get(scope))
        if response.status_code != requests.codes.unauthorized:
            return response
        challenge = Challenge.parse(response.headers.get("WWW-Authenticate", ""))
        if challenge.scheme != "bearer":
            return response
        response.close()
        answer = self._ask_for_token(challenge, scope)
        if answer.status_code >= 400:
            return answer
        self._tokens[scope] = self._token(answer)
        return self._send(path, headers, self._tokens[scope])

    def _send(self, path: str, headers: Mapping[str, str], token: str | None) -> requests.Response:
        authorization = {"Authorization": f"Bearer {token}"} if token else {}
        candidates = [self._base] if self._base else bases(self.address)
        for number, base in enumerate(candidates):
            try:
                # requests itself drops the Authorization header where a redirect leads to another host.
                response = self._session.get(
                    urljoin(f"{base}/v2/", path),
                    headers={**headers, **authorization},
                    stream=True,
                    timeout=TIMEOUT,
                )
            except requests.ConnectionError as error:
                # A server that does speak TLS, but is not trusted, is not tried again in plain.
                if number == len(candidates) - 1 or "CERTIFICATE_VERIFY_FAILED" in str(error):
                    raise
            else:
                self._base = base
                return response
        raise AssertionError("there is at least one base")

    def _ask_for_token(self, challenge: Challenge, scope: str) -> requests.Response:
        if urlsplit(challenge.realm).scheme not in ("http", "https"):
            raise WyrcanError(
                "registry-error",
                f"The registry {self.address.host} asks for a token, but does not say where to get one.",
                hint="Check the address: is it the registry itself? If it is, ask who runs it.",
            )
        return self._session.get(
            challenge.realm,
            params={"service": challenge.service, "scope": challenge.scope or scope},
            timeout=TIMEOUT,
            stream=True,
        )

    def _token(self, response: requests.Response) -> str:
        document = parse_json(read_bounded(response), self.address)
        token = document.get("token") or document.get("access_token")
        if not isinstance(token, str):
            raise WyrcanError(
                "registry-error",
                f"The registry {self.address.host} was asked for a token and answered without one.",
                hint="Try again; if it stays so, ask who runs the registry.",
            )
        return token


def session() -> requests.Session:
    """Return a session that says who we are, and wants bodies as they are stored: those have digests."""
    new = requests.Session()
    new.headers.update({"User-Agent": f"wyrcan/{__version__}", "Accept-Encoding": "identity"})
    return new


def pieces(response: requests.Response) -> Generator[bytes]:
    """Yield a body in pieces of at most about a mebibyte, as they come, and close the response.

    Raises:
        urllib3.exceptions.HTTPError: where it breaks off, or comes so slowly that nobody should wait for it.
    """
    waited, received = 0.0, 0
    try:
        while True:
            began = time.monotonic()
            # Read as it comes: what waits to fill a buffer is lost when the transfer breaks off.
            piece = response.raw.read1(_CHUNK)
            if not piece:
                return
            # Only what the registry takes counts, not what is done with the pieces meanwhile.
            waited += time.monotonic() - began
            received += len(piece)
            yield piece
            if waited >= _WINDOW:
                if received < _LEAST:
                    raise urllib3.exceptions.ProtocolError(OSError(errno.ETIMEDOUT, "it only trickled in"))
                waited, received = 0.0, 0
    finally:
        response.close()


def read_bounded(response: requests.Response) -> bytes:
    """Return a response's body, which may not be larger than a manifest may be.

    Raises:
        WyrcanError: ``registry-error`` where it is larger; ``registry-unreachable`` where it breaks off or trickles.
    """
    body = bytearray()
    try:
        for piece in pieces(response):
            body += piece
            if len(body) > LARGEST_DOCUMENT:
                raise WyrcanError(
                    "registry-error",
                    "The registry's answer is endless.",
                    hint="Check the address: is it the registry itself?",
                    url=response.url,
                )
    except urllib3.exceptions.HTTPError as error:
        raise WyrcanError(
            "registry-unreachable", f"The registry's answer broke off: {_cause(error)}.", hint="Try again."
        ) from error
    return bytes(body)


def parse_json(data: bytes, address: RegistryAddress) -> dict[str, object]:
    """Return a JSON object.

    Raises:
        WyrcanError: ``registry-error`` for anything else.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _nonsense(address, error) from error
    if not isinstance(document, dict):
        raise _nonsense(address, "no JSON object")
    return document


def bases(address: RegistryAddress) -> list[str]:
    """Return the URLs under which a registry can be, in the order in which they are tried."""
    host = _HUB_HOST if address.host == DOCKER_HUB else address.host
    if address.plain:
        return [f"http://{host}"]
    # Loopback never leaves the machine, so Docker, and we, speak plain HTTP where TLS is not there.
    return [f"https://{host}", f"http://{host}"] if _is_loopback(host) else [f"https://{host}"]


def _is_loopback(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def _nonsense(address: RegistryAddress, why: object) -> WyrcanError:
    return WyrcanError(
        "registry-error",
        f"{address.host} does not answer as a registry does: {why}.",
        hint="Check the address: is it the registry itself?",
    )


def unreachable(address: RegistryAddress, error: requests.RequestException) -> WyrcanError:
    """Return what a failed connection to a registry means.

    That is ``registry-not-yet-valid`` (with the `host` in its context), ``registry-untrusted`` or
    ``registry-unreachable``.
    """
    if isinstance(error, requests.exceptions.SSLError):
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
        return WyrcanError(
            "registry-untrusted",
            f"The certificate of the registry {address.host} is not trusted.",
            hint="Check this machine's clock, the host name, and who signed the certificate.",
            reason=_cause(error),
        )
    if isinstance(error, requests.Timeout):
        what = f"The registry {address.host} does not answer in time."
    else:
        what = f"The registry {address.host} cannot be reached: {_cause(error)}."
    return WyrcanError(
        "registry-unreachable",
        what,
        hint="Check the network cable, the address and name of the registry, and that it runs; then try again.",
    )


def _cause(error: BaseException) -> str:
    """Find the operating system's own words at the bottom of what the libraries piled on them."""
    words = (cause.strerror.lower() for cause in _causes(error) if isinstance(cause, OSError) and cause.strerror)
    return next(words, "the connection failed")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and, going down, what the libraries piled it on."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        reason = getattr(seen, "reason", None) or next((a for a in seen.args if isinstance(a, BaseException)), None)
        seen = reason if isinstance(reason, BaseException) else seen.__cause__ or seen.__context__


def _refused(address: RegistryAddress, response: requests.Response) -> WyrcanError:
    status = response.status_code
    words = _own_words(read_bounded(response))
    said = f" It says: {words}." if words else ""
    match status:
        case 401 | 403:
            return WyrcanError(
                "registry-denied",
                f"The registry {address.host} does not let us in (HTTP {status}).{said}",
                hint="The repository may be private or not exist: check its name.",
                url=response.url,
            )
        case 404:
            return WyrcanError(
                "registry-missing",
                f"The registry {address.host} does not have that.{said}",
                hint="Check the repository and the tag.",
                url=response.url,
            )
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
