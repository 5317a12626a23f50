"""HTTP to one registry: TLS or not, tokens, time-outs, retries, and every failure in words."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import ip_address
from math import ceil
from typing import Final, TypeVar
from urllib.parse import urljoin, urlsplit

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import DOCKER_HUB
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.answer import Answer, UnansweredError
from wyrcan_tui.registry.body import read_bounded, read_start
from wyrcan_tui.registry.challenge import Challenge
from wyrcan_tui.registry.client import Client, may_know
from wyrcan_tui.registry.credentials import Credential
from wyrcan_tui.registry.dial import Agreement
from wyrcan_tui.registry.failure import CAN_HEAL, may_be_plain, refused, unreachable
from wyrcan_tui.registry.retry import seconds_asked
from wyrcan_tui.registry.site import Site
from wyrcan_tui.registry.token import Token, ask_for_token
from wyrcan_tui.texts import _

_TRIES: Final = 5
_LONGEST_PAUSE: Final = 30.0
_LONGEST_WAIT: Final = 120.0
"""Seconds that a registry may ask us to wait; above, a person should learn of it."""
_WILL_NOT_HEAL: Final = frozenset(
    {"registry-untrusted", "registry-not-yet-valid", "registry-denied", "registry-error", "proxy-failed"}
)
_HUB_HOST: Final = "registry-1.docker.io"

Result = TypeVar("Result")


@dataclass(slots=True)
class _Access:
    """What a registry wants to see, as far as it said so: shared by all who speak to it.

    Attributes:
        base: the URL it answers at; empty until it has.
        basic: whether it wants names and passwords themselves.
        asks: whether it has asked who we are.
        tokens: tokens by their scopes.
    """

    base: str = ""
    basic: bool = False
    asks: bool = False
    tokens: dict[str, Token] = field(default_factory=dict)


class _SetbackError(Exception):
    """A failure that can heal by itself, and the seconds for which the registry wants to be left alone first."""

    def __init__(self, failure: WyrcanError, wait: float = 0.0) -> None:
        super().__init__(failure.message)
        self.failure = failure
        self.wait = wait


class Transport:
    """Sends requests to one registry; keeps its connections and its tokens.

    May be shared by threads. One that is not `patient` tries everything once.
    """

    def __init__(self, address: RegistryAddress, site: Site, meter: Meter, *, patient: bool = True) -> None:
        self.address = address
        self.patient = patient
        self._site = site
        self._meter = meter
        self._client = Client(site, meter)
        self._access = _Access()

    @property
    def asks(self) -> bool:
        """Whether the registry has asked who we are."""
        return self._access.asks

    def greet(self) -> Agreement | None:
        """Reach the registry, and return what TLS came to; None where it speaks plain HTTP. Nothing is shown to it.

        Raises:
            WyrcanError: what `unreachable` makes of a connection that fails; ``proxy-failed``.
        """
        try:
            with self._send("", {}, {}) as answer:
                if answer.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
                    raise refused(self.address, answer, b"")
                # To a proxy, too, TLS may be spoken; with the registry it is only where the URL says so.
                agreement: Agreement | None = getattr(answer.raw.connection, "agreement", None)
                return agreement if answer.url.startswith("https:") else None
        except UnansweredError as error:
            raise unreachable(self.address, error) from error

    def get(self, path: str, *, scope: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Send GET for a path below ``/v2/`` (or an absolute URL of the same registry); the body is not read yet.

        Tries again, with growing pauses, what can heal by itself. `scope` is the token scope that is likely to be
        asked for (``repository:NAME:pull``). Where the headers ask for a range, the answer may be 416: there is none.

        Raises:
            WyrcanError: ``registry-unreachable``, ``registry-untrusted``, ``registry-not-yet-valid``,
                ``proxy-unreachable``, ``proxy-failed``, ``registry-login-refused``, ``registry-denied``,
                ``registry-missing`` (404), ``registry-busy`` or ``registry-error``, with the registry's own words
                where it gave any.
            CancelledError: where somebody asked to stop.
        """
        return self._patiently(lambda: self._once(path, scope, headers or {}))

    def read(self, path: str, *, scope: str, headers: Mapping[str, str] | None = None) -> tuple[Answer, bytes]:
        """Do the same as `get`, and read the body, which may be as large as a manifest; what breaks off begins anew.

        Raises:
            WyrcanError: what `get` and `read_bounded` raise.
            CancelledError: where somebody asked to stop.
        """

        def whole() -> tuple[Answer, bytes]:
            answer = self._once(path, scope, headers or {})
            return answer, read_bounded(answer, self._meter)

        return self._patiently(whole)

    def _patiently(self, once: Callable[[], Result]) -> Result:
        for attempt in range(_TRIES):
            self._meter.check()
            try:
                return once()
            except _SetbackError as error:
                setback = error
            except WyrcanError as error:
                # The body of an answer, or of a token, broke off.
                if error.code != "registry-unreachable":
                    raise
                setback = _SetbackError(error)
            if not self.patient or attempt == _TRIES - 1:
                raise setback.failure from setback.__cause__
            self.pause(attempt, setback.failure.message, setback.wait)
        raise AssertionError("the last attempt returns or raises")

    def _once(self, path: str, scope: str, headers: Mapping[str, str]) -> Answer:
        try:
            answer = self._authorized(path, scope, headers)
        except UnansweredError as error:
            failure = unreachable(self.address, error)
            if failure.code in _WILL_NOT_HEAL:
                raise failure from error
            raise _SetbackError(failure) from error
        no_range = "Range" in headers and answer.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
        if answer.status < 400 or no_range:
            return answer
        failure = refused(self.address, answer, read_start(answer, self._meter))
        wait = seconds_asked(answer.headers)
        can_heal = answer.status in CAN_HEAL or failure.code == "registry-busy"
        if not can_heal or wait > _LONGEST_WAIT:
            raise failure
        raise _SetbackError(failure, wait)

    def pause(self, attempt: int, why: str, least: float = 0.0) -> None:
        """Wait before the try that follows try number `attempt` (from 0): longer each time, never in step with others.

        Whoever watches is told `why`.

        Raises:
            CancelledError: where somebody asked to stop.
        """
        seconds = max(least, min(_LONGEST_PAUSE, 0.5 * 2**attempt) * random.uniform(0.5, 1.5))
        self._meter.trouble(_("{why} Trying again in {seconds} s.").format(why=why, seconds=ceil(seconds)))
        self._meter.pause(seconds)

    def _authorized(self, path: str, scope: str, headers: Mapping[str, str]) -> Answer:
        shown = self._authorization(scope)
        answer = self._send(path, headers, shown)
        if answer.status != HTTPStatus.UNAUTHORIZED or not may_know(answer.url, self._access.base):
            # Whoever a redirect led us to may not say where our password goes.
            return answer
        self._access.asks = True
        challenge = Challenge.parse(answer.headers.get("WWW-Authenticate", ""))
        if challenge.scheme == "bearer":
            # Read, and not closed: its connection is needed again.
            read_start(answer, self._meter)
            by_tls = self._access.base.startswith("https:")
            told = ask_for_token(self._client, self.address, challenge, scope, self._credential(scope), by_tls=by_tls)
            if told.status >= 400:
                return told
            self._access.tokens[scope] = Token.read(told, self.address, self._meter)
        elif challenge.scheme == "basic" and not shown and self._credential(scope):
            read_start(answer, self._meter)
            self._access.basic = True
        else:
            return answer
        return self._send(path, headers, self._authorization(scope))

    def _authorization(self, scope: str) -> Mapping[str, str]:
        """Return the header that is likely to be asked for; nothing is shown that nobody asked for."""
        token = self._access.tokens.get(scope)
        if token and token.good:
            return {"Authorization": f"Bearer {token.text}"}
        credential = self._credential(scope)
        return {"Authorization": credential.basic} if credential and self._access.basic else {}

    def _credential(self, scope: str) -> Credential | None:
        kind, _colon, rest = scope.partition(":")
        repository = rest.rpartition(":")[0] if kind == "repository" else ""
        return self._site.credentials.find(self.address.host, repository)

    def _send(self, path: str, headers: Mapping[str, str], authorization: Mapping[str, str]) -> Answer:
        candidates = [self._access.base] if self._access.base else bases(self.address)
        for number, base in enumerate(candidates):
            try:
                answer = self._client.get(urljoin(f"{base}/v2/", path), {**headers, **authorization})
            except UnansweredError as error:
                # Where it was another host that failed, the registry has answered.
                if number == len(candidates) - 1 or not (may_be_plain(error) and may_know(error.url, base)):
                    raise
            else:
                self._access.base = base
                return answer
        raise AssertionError("there is at least one base")


def bases(address: RegistryAddress) -> list[str]:
    """Return the URLs under which a registry can be, in the order in which they are tried."""
    host = _HUB_HOST if address.host == DOCKER_HUB else address.host
    if address.plain:
        return [f"http://{host}"]
    # Loopback never leaves the machine, so Docker, and we, speak plain HTTP where TLS is not there.
    return [f"https://{host}", *([f"http://{host}"] if address.insecure or _is_loopback(host) else [])]


def _is_loopback(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
