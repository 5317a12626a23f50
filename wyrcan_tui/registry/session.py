"""HTTP as a site speaks it: its authorities and its proxy, for whichever host a registry sends us to."""

from __future__ import annotations

import ssl
import threading
from functools import partial
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from wyrcan_tui import __version__
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.body import read_start
from wyrcan_tui.registry.dial import DialledConnection, DialledTlsConnection
from wyrcan_tui.registry.site import Site

TIMEOUT: Final = (10.0, 30.0)
"""Seconds to wait for a connection, and for the next byte on one."""


class Connections:
    """The connections of one client, and what TLS is spoken by: may be shared by threads, each with its own session.

    Who is done with an answer gives its connection back, and the next request to that host goes over it.
    Once `meter` is cancelled, all of them are cut off, and no more are made.
    """

    def __init__(self, site: Site, meter: Meter) -> None:
        self._adapter = _Adapter(site, meter)

    def session(self) -> requests.Session:
        """Return a session that says who we are, and wants bodies as they are stored: those have digests."""
        new = _Session()
        # Nothing but what the site told counts: least of all somebody's .netrc.
        new.trust_env = False
        new.headers.update({"User-Agent": f"wyrcan/{__version__}", "Accept-Encoding": "identity"})
        for scheme in self._adapter.pools:
            new.mount(f"{scheme}://", self._adapter)
        return new


def session(site: Site, meter: Meter) -> requests.Session:
    """Return a session with connections of its own."""
    return Connections(site, meter).session()


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        try:
            target = super().get_redirect_target(resp)
            parts = urlsplit(urljoin(resp.url, target or ""))
            _ = parts.port
        except ValueError as error:
            # requests lets these out as they are, and some of them not before it has gone on.
            raise requests.exceptions.InvalidURL("a redirect leads to no URL", request=resp.request) from error
        if resp.url.startswith("https:") and parts.scheme == "http":
            # What a tag means is told by whoever answers: nobody on a plain way may do that in a registry's place.
            raise requests.exceptions.InvalidURL("a redirect leads out of TLS", request=resp.request)
        return target


class _Adapter(HTTPAdapter):
    def __init__(self, site: Site, meter: Meter) -> None:
        self.pools = {"http": partial(_Pool, meter), "https": partial(_TlsPool, meter)}
        self._site = site
        self._meter = meter
        self._making = threading.RLock()
        self._contexts: dict[str, ssl.SSLContext] = {}
        super().__init__()

    def init_poolmanager(self, *args: Any, **keywords: Any) -> None:
        super().init_poolmanager(*args, **keywords)
        self.poolmanager.pool_classes_by_scheme = self.pools

    def proxy_manager_for(self, proxy: str, **keywords: Any) -> Any:
        if urlsplit(proxy).scheme == "https":
            keywords["proxy_ssl_context"] = self._context(proxy)
        with self._making:
            manager = super().proxy_manager_for(proxy, **keywords)
            manager.pool_classes_by_scheme = self.pools
        return manager

    def send(self, request: requests.PreparedRequest, *args: Any, **keywords: Any) -> requests.Response:
        # Here, and not for the session: each redirect may lead to another host.
        keywords["proxies"] = self._site.proxy.way_to(request.url or "")
        response = super().send(request, *args, **keywords)
        if response.is_redirect:
            # requests would read its body, which may be without an end, into memory.
            read_start(response, self._meter)
        return response

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Leave to the context what requests would load into it at each connection."""

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, *args: Any, **keywords: Any
    ) -> tuple[Any, Any]:
        host, pool = super().build_connection_pool_key_attributes(request, *args, **keywords)
        if host["scheme"] == "https":
            pool["ssl_context"] = self._context(request.url or "")
        return host, pool

    def _context(self, url: str) -> ssl.SSLContext:
        # In the form that a folder in certs.d has: without a port only where the URL has none, and in brackets where
        # it is an IPv6 address.
        name = urlsplit(url).netloc.rpartition("@")[2].lower()
        with self._making:
            if name not in self._contexts:
                self._contexts[name] = self._site.certificates.context(name)
            return self._contexts[name]


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
