"""HTTP as a site speaks it: its authorities and its proxy, for whichever host a registry sends us to."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from wyrcan_tui import __version__
from wyrcan_tui.registry.dial import DialledConnection, DialledTlsConnection
from wyrcan_tui.registry.site import Site

TIMEOUT: Final = (10.0, 30.0)
"""Seconds to wait for a connection, and for the next byte on one."""


def session(site: Site) -> requests.Session:
    """Return a session that says who we are, and wants bodies as they are stored: those have digests."""
    new = _Session()
    # Nothing but what the site told counts: least of all somebody's .netrc.
    new.trust_env = False
    new.headers.update({"User-Agent": f"wyrcan/{__version__}", "Accept-Encoding": "identity"})
    new.mount("https://", _Adapter(site))
    new.mount("http://", _Adapter(site))
    return new


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
    def __init__(self, site: Site) -> None:
        self._site = site
        self._contexts: dict[str, Any] = {}
        super().__init__()

    def init_poolmanager(self, *args: Any, **keywords: Any) -> None:
        super().init_poolmanager(*args, **keywords)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **keywords: Any) -> Any:
        manager = super().proxy_manager_for(*args, **keywords)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def send(self, request: requests.PreparedRequest, *args: Any, **keywords: Any) -> requests.Response:
        # Here, and not for the session: each redirect may lead to another host.
        keywords["proxies"] = self._site.proxy.way_to(request.url or "")
        response = super().send(request, *args, **keywords)
        if response.is_redirect:
            # requests would read its body, which may be without an end, into memory.
            response.raw.close()
        return response

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, *args: Any, **keywords: Any
    ) -> tuple[Any, Any]:
        host, pool = super().build_connection_pool_key_attributes(request, *args, **keywords)
        if host["scheme"] == "https":
            # In the form that a folder in certs.d has: with brackets around an IPv6 address.
            name = f"[{host['host']}]" if ":" in host["host"] else host["host"]
            if host["port"]:
                name += f":{host['port']}"
            if name not in self._contexts:
                self._contexts[name] = self._site.certificates.context(name)
            pool["ssl_context"] = self._contexts[name]
        return host, pool


class _Pool(HTTPConnectionPool):
    ConnectionCls = DialledConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = DialledTlsConnection


_POOLS: Final = {"http": _Pool, "https": _TlsPool}
