"""The way out: an HTTP proxy, and what is reached without it (the usual ``https_proxy`` and ``no_proxy``)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import SplitResult, urlsplit

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.texts import _

_SCHEMES: Final = ("http", "https")
_NAME: Final = re.compile(r"[a-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy for everything, TLS or not, but for the exceptions.

    Attributes:
        url: ``http[s]://[USER:PASSWORD@]HOST[:PORT]``; empty where there is no proxy.
        suffixes: names that are reached without it, and all that end in them after a dot; ``*`` is every name.
        networks: addresses that are reached without it.
    """

    url: str = field(default="", repr=False)
    suffixes: tuple[str, ...] = ()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def parse(cls, url: str, exceptions: str = "") -> Proxy:
        """Read a proxy's URL (``http://`` may be left away), and the comma-separated list of exceptions.

        An exception is a name (``example.com`` or ``.example.com``: its subdomains too), an address, or a network
        (``10.0.0.0/8``); a port behind it is passed over.

        Raises:
            WyrcanError: ``proxy-invalid``, without the password that may be in it.
        """
        url = url.strip()
        if url and "://" not in url:
            url = f"http://{url}"
        try:
            parts = urlsplit(url)
            sound = not url or (parts.scheme in _SCHEMES and _is_host(parts) and parts.port != 0)
        except ValueError:
            sound = False
        if not sound:
            raise WyrcanError(
                "proxy-invalid",
                _("The proxy that this machine was told of is none."),
                hint=_("Write it as http://HOST:PORT, or http://USER:PASSWORD@HOST:PORT."),
            )
        suffixes: list[str] = []
        networks: list[IPv4Network | IPv6Network] = []
        for text in exceptions.replace(",", " ").split():
            try:
                networks.append(ip_network(_name(text).strip("[]"), strict=False))
            except ValueError:
                suffixes.append(_name(text).lstrip("*").lstrip(".") or "*")
        return cls(url, tuple(suffixes), tuple(networks))

    @property
    def exceptions(self) -> str:
        """What is reached without it, as `parse` reads it."""
        return ",".join((*self.suffixes, *map(str, self.networks)))

    def without_login(self) -> Proxy:
        """Return the same proxy without the name and the password in its URL."""
        scheme, separator, rest = self.url.partition("://")
        return replace(self, url=scheme + separator + rest.rpartition("@")[2])

    def way_to(self, url: str) -> str:
        """Return the URL of the proxy by which `url` is reached; empty where it is reached without one."""
        return "" if self._goes_direct(urlsplit(url).hostname or "") else self.url

    def _goes_direct(self, host: str) -> bool:
        try:
            address = ip_address(host)
        except ValueError:
            # Loopback is this machine, not the proxy's.
            return host == "localhost" or any(
                suffix in ("*", host) or host.endswith("." + suffix) for suffix in self.suffixes
            )
        return address.is_loopback or "*" in self.suffixes or any(address in network for network in self.networks)


def _name(text: str) -> str:
    """Return a name or an address without a port; an IPv6 address has one behind brackets only."""
    name, colon, port = text.rpartition(":")
    return (name if colon and port.isdigit() and (":" not in name or name.endswith("]")) else text).lower()


def _is_host(parts: SplitResult) -> bool:
    name = parts.hostname or ""
    try:
        ip_address(name)
    except ValueError:
        return bool(_NAME.fullmatch(name)) and "[" not in parts.netloc.rpartition("@")[2]
    return True
