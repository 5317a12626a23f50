"""HTTP as a site speaks it: its authorities and its proxy, for whichever host a registry sends us to."""

from __future__ import annotations

from typing import Any, Final

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
    new = requests.Session()
    # Nothing but what the site told counts: least of all somebody's .netrc.
    new.trust_env = False
    new.headers.update({"User-Agent": f"wyrcan/{__version__}", "Accept-Encoding": "identity"})
    new.mount("https://", _Adapter(site))
    new.mount("http://", _Adapter(site))
    return new


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
        return super().send(request, *args, **keywords)

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, *args: Any, **keywords: Any
    ) -> tuple[Any, Any]:
        host, pool = super().build_connection_pool_key_attributes(request, *args, **keywords)
        if host["scheme"] == "https":
            name = f"{host['host']}:{host['port']}" if host["port"] else host["host"]
            if name not in self._contexts:
                self._contexts[name] = self._site.certificates.context(name)
            pool["ssl_context"] = self._contexts[name]
        return host, pool


class _Pool(HTTPConnectionPool):
    ConnectionCls = DialledConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = DialledTlsConnection


_POOLS: Final = {"http": _Pool, "https": _TlsPool}
