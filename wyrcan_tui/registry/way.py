"""The way to a registry, a step at a time, for whoever wants to know where it ends."""

from __future__ import annotations

import socket
import time
from datetime import datetime
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.manifest import ACCEPTED
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.credentials import Credential
from wyrcan_tui.registry.date import date_at
from wyrcan_tui.registry.dial import Address, addresses_of, dial
from wyrcan_tui.registry.failure import system_words
from wyrcan_tui.registry.mirrors import Endpoint
from wyrcan_tui.registry.site import Site
from wyrcan_tui.registry.transport import Transport, bases

_PATIENCE: Final = 10.0
"""Seconds to wait for a connection."""
_PORTS: Final = {"https": 443, "http": 80}


class Way:
    """The way to one endpoint. Its steps are taken in their order, and each returns in words what was found.

    Where there is a proxy, names, routes and connections are those to the proxy: what is behind it is its own affair.
    """

    def __init__(self, endpoint: Endpoint, site: Site, meter: Meter) -> None:
        self._endpoint = endpoint
        self._site = site
        self._transport = Transport(endpoint.address, site, meter, patient=False)
        self._bases = bases(endpoint.address)
        self._proxy = site.proxy.way_to(self._bases[0]).get("https", "")
        self._host = ""
        self._ports: list[int] = []
        self._addresses: list[Address] = []

    def find(self) -> str:
        """Find out who is spoken to.

        Raises:
            WyrcanError: ``registry-invalid`` where that is nobody.
        """
        endpoint = self._endpoint
        try:
            parts = [urlsplit(url) for url in ([self._proxy] if self._proxy else self._bases)]
            self._host = parts[0].hostname or ""
            self._ports = list(dict.fromkeys(part.port or _PORTS[part.scheme] for part in parts))
        except ValueError as error:
            raise WyrcanError(
                "registry-invalid",
                f"{endpoint.address.host} is no address of a registry.",
                hint="Ports end at 65535: check the reference.",
            ) from error
        place = f"{endpoint.address.host}/{endpoint.repository}"
        return f"{place}, by the proxy {self._host} port {self._ports[0]}" if self._proxy else place

    def resolve(self) -> str:
        """Look the name up.

        Raises:
            WyrcanError: ``name-unknown``; ``name-unanswered`` where no name server says anything.
        """
        try:
            self._addresses = addresses_of(self._host, self._ports[0])
        except socket.gaierror as error:
            if error.errno == socket.EAI_AGAIN:
                raise WyrcanError(
                    "name-unanswered",
                    f"No name server says which address {self._host} has.",
                    hint="Check the DNS servers that DHCP gives and whether they can be reached, or give others "
                    "with wyr.net.FILE.Network.DNS=.",
                ) from error
            raise WyrcanError(
                "name-unknown",
                f"The name of {self._whom} leads to no address: {system_words(error)}.",
                hint="Check the name, and that the DNS servers here are those that know it.",
            ) from error
        if _is_address(self._host):
            return f"{self._host} is an address, and needs none"
        return f"{self._host} is {', '.join(str(address[0]) for _, address in self._addresses)}"

    def route(self) -> str:
        """Ask the kernel which way it would take.

        Raises:
            WyrcanError: ``route-missing``.
        """
        ours = []
        for family, address in self._addresses:
            try:
                # Nothing is sent: to connect a datagram socket is to choose a route.
                with socket.socket(family, socket.SOCK_DGRAM) as probe:
                    probe.connect(address)
                    ours.append(str(probe.getsockname()[0]))
            except OSError:
                continue
        if not ours:
            raise WyrcanError(
                "route-missing",
                f"There is no route to {self._whom}.",
                hint="The default gateway is missing: check what DHCP gives, or give one with "
                "wyr.net.FILE.Network.Gateway=.",
            )
        return f"from {', '.join(dict.fromkeys(ours))}"

    def connect(self) -> str:
        """Connect, and hang up.

        Raises:
            WyrcanError: ``registry-unreachable``, or ``proxy-failed``.
        """
        failure: OSError = TimeoutError()
        for port in self._ports:
            began = time.monotonic()
            try:
                with dial(self._host, port, _PATIENCE) as made:
                    milliseconds = (time.monotonic() - began) * 1000
                    return f"{made.getpeername()[0]} port {port} answers in {milliseconds:.0f} ms"
            except OSError as error:
                failure = error
        why = "nothing answers" if isinstance(failure, TimeoutError) else system_words(failure)
        ports = " or ".join(map(str, self._ports))
        raise WyrcanError(
            "proxy-failed" if self._proxy else "registry-unreachable",
            f"No connection to {self._whom}, port {ports}: {why}.",
            hint="Check that it runs, its port, and the firewalls on the way.",
        ) from failure

    def ask_time(self) -> datetime | None:
        """Return the time that the registry tells (see `date_at`); None where it tells none."""
        return date_at(self._endpoint.address.host, self._site)

    def greet(self) -> str:
        """Agree with the registry on how to speak.

        Raises:
            WyrcanError: what `Transport.greet` raises.
        """
        agreement = self._transport.greet()
        if agreement is None:
            return "none: plain HTTP, which anybody on the way can read and change"
        return f"{agreement.version}, with a certificate that is valid until {agreement.valid_until:%Y-%m-%d}"

    def enter(self, name: str) -> str:
        """Ask for the image with this tag or digest, showing who we are where that is asked for.

        Raises:
            WyrcanError: what `Transport.get` raises, but for an image that is missing: who can be told so was let in.
        """
        host, repository = self._endpoint.address.host, self._endpoint.repository
        known = self._site.credentials.find(host, repository)
        path, scope = f"{repository}/manifests/{name}", f"repository:{repository}:pull"
        try:
            self._transport.get(path, scope=scope, headers={"Accept": ", ".join(ACCEPTED)}).close()
        except WyrcanError as error:
            if error.code in ("registry-denied", "registry-login-refused"):
                raise _denied(error, host, known) from error
            if error.code != "registry-missing":
                raise
        if not self._transport.asks:
            return "nobody has to say who they are"
        return f"as {_who(known)}" if known else "without one, as anybody"

    @property
    def _whom(self) -> str:
        return f"the {'proxy' if self._proxy else 'registry'} {self._host}"


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _who(credential: Credential) -> str:
    return "whom an identity token is for" if credential.identity_token else credential.user


def _denied(error: WyrcanError, host: str, known: Credential | None) -> WyrcanError:
    if known:
        hint = f"The login as {_who(known)} opens nothing: it may be wrong, too old, or for something else."
    else:
        hint = f"No login for {host} is known: log in from the menu or give an auth.json, or check the image's name."
    return WyrcanError(error.code, error.message, hint=hint, **error.context)
