"""HTTP as a site speaks it: its authorities and its proxy, for whichever host a registry sends us to."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final
from urllib.parse import unquote, urlencode, urljoin, urlsplit

from urllib3 import PoolManager, ProxyManager, Timeout
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.util import Url, parse_url

from wyrcan_tui import __version__
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.answer import Answer, AstrayError, Request, UnansweredError
from wyrcan_tui.registry.body import read_start
from wyrcan_tui.registry.credentials import Credential
from wyrcan_tui.registry.dial import DialledConnection, DialledTlsConnection
from wyrcan_tui.registry.site import Site

TIMEOUT: Final = (10.0, 30.0)
"""Seconds to wait for a connection, and for the next byte on one."""
_FURTHEST: Final = 30
"""Requests of which each was led to by the one before."""
_KEPT: Final = 10
"""Connections to each host that wait for the next request."""
PORTS: Final = {"http": 80, "https": 443}
"""Where a URL without a port leads to, by its scheme."""
# Bodies are wanted as they are stored: those have digests.
_HEADERS: Final = {"User-Agent": f"wyrcan/{__version__}", "Accept-Encoding": "identity"}


class Client:
    """Asks whichever host there is. May be shared by threads: connections are kept, and TLS contexts made once.

    Who is done with an answer gives its connection back, and the next request to that host goes over it.
    Once `meter` is cancelled, all of them are cut off, and no more are made.

    Whatever it is asked, it may raise ``certificate-invalid``, `UnansweredError` and, once cancelled, `CancelledError`.
    """

    def __init__(self, site: Site, meter: Meter) -> None:
        self._site = site
        self._meter = meter
        self._making = threading.RLock()
        self._managers: dict[str, PoolManager] = {}
        self._contexts: dict[str, ssl.SSLContext] = {}

    def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        timeout: tuple[float, float] = TIMEOUT,
        follow: bool = True,
    ) -> Answer:
        """Ask for what is at a URL, and at those to which it leads; a login in `headers` goes to no other host."""
        request = Request("GET", _sound(url), headers or {})
        for _ in range(_FURTHEST):
            answer = self._ask(request, timeout)
            if not (answer.target and follow):
                return answer
            # For its connection; not by urllib3, which would take what may be without an end into memory.
            read_start(answer, self._meter)
            request = _led(request, answer.target)
        raise AstrayError(request.url)

    def head(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Ask for the headers alone."""
        return self._ask(Request("HEAD", _sound(url), headers), TIMEOUT)

    def post(self, url: str, form: Mapping[str, str]) -> Answer:
        """Send a form; along no redirect, which could take what is in it to anybody."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask(Request("POST", _sound(url), headers, urlencode(form)), TIMEOUT)

    def _ask(self, request: Request, timeout: tuple[float, float]) -> Answer:
        url = parse_url(request.url)
        proxy = self._site.proxy.way_to(request.url)
        try:
            raw = self._pool(url, proxy).urlopen(
                request.method,
                # RFC 9112, 3.2: a proxy is told all of it, but for TLS, which goes through it.
                request.url if proxy and url.scheme == "http" else url.request_uri,
                headers={**_HEADERS, **request.headers},
                body=request.body or None,
                timeout=Timeout(*timeout),
                retries=False,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
                decode_content=False,
            )
        except (HTTPError, OSError) as error:
            raise UnansweredError(request.url) from error
        return Answer(request, raw)

    def _pool(self, url: Url, proxy: str) -> HTTPConnectionPool:
        chosen = {"ssl_context": self._context(url.netloc or "")} if url.scheme == "https" else {}
        return self._manager(proxy).connection_from_host(url.host, url.port, url.scheme, pool_kwargs=chosen)

    def _manager(self, proxy: str) -> PoolManager:
        with self._making:
            if proxy not in self._managers:
                pools: Any = {"http": partial(_Pool, self._meter), "https": partial(_TlsPool, self._meter)}
                self._managers[proxy] = self._through(proxy) if proxy else PoolManager(maxsize=_KEPT)
                self._managers[proxy].pool_classes_by_scheme = pools
            return self._managers[proxy]

    def _through(self, proxy: str) -> ProxyManager:
        parts = urlsplit(proxy)
        host = parts.netloc.rpartition("@")[2]
        login = Credential(unquote(parts.username or ""), unquote(parts.password or ""))
        return ProxyManager(
            # Without the login: of one with a backslash, as Windows has them, urllib3 would make another host.
            f"{parts.scheme}://{host}",
            proxy_headers={"Proxy-Authorization": login.basic} if login.user else {},
            maxsize=_KEPT,
            proxy_ssl_context=self._context(host) if parts.scheme == "https" else None,
        )

    def _context(self, name: str) -> ssl.SSLContext:
        """Return how TLS is spoken to a host.

        `name` has the form of a folder in certs.d: without a port where the URL has none, in brackets for IPv6.
        """
        name = name.lower()
        with self._making:
            if name not in self._contexts:
                self._contexts[name] = self._site.certificates.context(name)
            return self._contexts[name]


def may_know(url: str, meant: str) -> bool:
    """Tell whether a login that is meant for one URL may be shown to whoever answers at another one.

    That is the same host, or what it has behind TLS where it was reached without; both as anybody would reach them.
    """
    asked, known = _origin(url), _origin(meant)
    return asked == known or (asked == (known[0], "https", 443) and known[1:] == ("http", 80))


def _origin(url: str) -> tuple[str | None, str, int | None]:
    """Return host, scheme and port of a URL (RFC 6454, 4)."""
    parts = urlsplit(url)
    return parts.hostname, parts.scheme, PORTS.get(parts.scheme) if parts.port is None else parts.port


def _sound(url: str) -> str:
    """Return a URL in its normal form, without a login and a fragment.

    Raises:
        AstrayError: where it is none of HTTP.
    """
    try:
        # RFC 3986, 3.2.2; urllib3 would need one more library to ask for other names.
        is_ascii = urlsplit(url).netloc.isascii()
        parts = parse_url(url)
    except ValueError as error:
        raise AstrayError(url) from error
    if parts.scheme not in PORTS or not (parts.host and is_ascii):
        raise AstrayError(url)
    return parts._replace(auth=None, path=parts.path or "/", fragment=None).url


def _led(request: Request, target: str) -> Request:
    """Return a request to where the answer to another one leads."""
    try:
        # Headers come as Latin-1, and what is in them mostly is not.
        url = _sound(urljoin(request.url, target.encode("latin-1").decode()))
    except ValueError as error:
        raise AstrayError(request.url) from error
    if request.url.startswith("https:") and not url.startswith("https:"):
        # What a tag means is told by whoever answers: nobody on a plain way may do that in a registry's place.
        raise AstrayError(request.url)
    headers = dict(request.headers)
    if not may_know(url, request.url):
        headers.pop("Authorization", None)
    return replace(request, url=url, headers=headers)


class _Pool(HTTPConnectionPool):
    ConnectionCls = DialledConnection

    def __init__(self, meter: Meter, *args: Any, **keywords: Any) -> None:
        self._meter = meter
        super().__init__(*args, **keywords)

    def _new_conn(self) -> Any:
        made: Any = super()._new_conn()
        made.meter = self._meter
        return made


class _TlsPool(_Pool, HTTPSConnectionPool):
    ConnectionCls = DialledTlsConnection  # type: ignore[assignment]
