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
from wyrcan_tui.registry.client import PORTS
from wyrcan_tui.registry.credentials import Credential
from wyrcan_tui.registry.date import date_at
from wyrcan_tui.registry.dial import dial
from wyrcan_tui.registry.failure import system_words
from wyrcan_tui.registry.mirrors import Endpoint
from wyrcan_tui.registry.names import Address, addresses_of
from wyrcan_tui.registry.site import Site
from wyrcan_tui.registry.transport import Transport, bases
from wyrcan_tui.texts import _

_PATIENCE: Final = 10.0
"""Seconds to wait for a connection."""


class Way:
    """The way to one endpoint. Its steps are taken in their order, and each returns in words what was found.

    Where there is a proxy, names, routes and connections are those to the proxy: what is behind it is its own affair.
    """

    def __init__(self, endpoint: Endpoint, site: Site, meter: Meter) -> None:
        self._endpoint = endpoint
        self._site = site
        self._meter = meter
        self._transport = Transport(endpoint.address, site, meter, patient=False)
        self._bases = bases(endpoint.address)
        self._proxy = site.proxy.way_to(self._bases[0])
        self._host = ""
        self._ports: list[int] = []
        self._addresses: list[Address] = []

    def find(self) -> str:
        """Find out who is spoken to."""
        endpoint = self._endpoint
        parts = [urlsplit(url) for url in ([self._proxy] if self._proxy else self._bases)]
        self._host = parts[0].hostname or ""
        self._ports = list(dict.fromkeys(part.port or PORTS[part.scheme] for part in parts))
        place = f"{endpoint.address.host}/{endpoint.repository}"
        if not self._proxy:
            return place
        return _("{place}, by the proxy {host} port {port}").format(place=place, host=self._host, port=self._ports[0])

    def resolve(self) -> str:
        """Look the name up.

        Raises:
            WyrcanError: ``name-unknown``; ``name-unanswered`` where no name server says anything.
        """
        try:
            self._addresses = addresses_of(self._host, self._ports[0], self._meter)
        except socket.gaierror as error:
            if error.errno == socket.EAI_AGAIN:
                raise WyrcanError(
                    "name-unanswered",
                    _("No name server says which address {host} has.").format(host=self._host),
                    hint=_(
                        "Check the DNS servers that DHCP gives and whether they can be reached, or give others "
                        "with wyr.net.FILE.Network.DNS=."
                    ),
                ) from error
            raise WyrcanError(
                "name-unknown",
                self._of_whom(
                    _("The name of the registry {host} leads to no address: {why}."),
                    _("The name of the proxy {host} leads to no address: {why}."),
                    why=system_words(error),
                ),
                hint=_("Check the name, and that the DNS servers here are those that know it."),
            ) from error
        if _is_address(self._host):
            return _("{host} is an address, and needs none").format(host=self._host)
        addresses = ", ".join(str(address[0]) for _family, address in self._addresses)
        return _("{host} is {addresses}").format(host=self._host, addresses=addresses)

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
                self._of_whom(
                    _("There is no route to the registry {host}."), _("There is no route to the proxy {host}.")
                ),
                hint=_(
                    "The default gateway is missing: check what DHCP gives, or give one with "
                    "wyr.net.FILE.Network.Gateway=."
                ),
            )
        return _("from {addresses}").format(addresses=", ".join(dict.fromkeys(ours)))

    def connect(self) -> str:
        """Connect, and hang up.

        Raises:
            WyrcanError: ``registry-unreachable``, or ``proxy-unreachable``.
        """
        failure: OSError = TimeoutError()
        for port in self._ports:
            began = time.monotonic()
            try:
                with dial(self._host, port, _PATIENCE, self._meter) as made:
                    milliseconds = (time.monotonic() - began) * 1000
                    return _("{address} port {port} answers in {milliseconds} ms").format(
                        address=made.getpeername()[0], port=port, milliseconds=round(milliseconds)
                    )
            except OSError as error:
                failure = error
        why = _("nothing answers") if isinstance(failure, TimeoutError) else system_words(failure)
        ports = _(" or ").join(map(str, self._ports))
        raise WyrcanError(
            "proxy-unreachable" if self._proxy else "registry-unreachable",
            self._of_whom(
                _("No connection to the registry {host}, port {ports}: {why}."),
                _("No connection to the proxy {host}, port {ports}: {why}."),
                ports=ports,
                why=why,
            ),
            hint=_("Check that it runs, its port, and the firewalls on the way."),
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
            return _("none: plain HTTP, which anybody on the way can read and change")
        return _("{version}, with a certificate that is valid until {date}").format(
            version=agreement.version, date=agreement.valid_until.date().isoformat()
        )

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
            return _("nobody has to say who they are")
        if known is None:
            return _("without one, as anybody")
        if known.identity_token:
            return _("with an identity token")
        return _("as {user}").format(user=known.user)

    def _of_whom(self, registry: str, proxy: str, **facts: object) -> str:
        """Return the one of two sentences that is about whom we speak to, filled in."""
        return (proxy if self._proxy else registry).format(host=self._host, **facts)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _denied(error: WyrcanError, host: str, known: Credential | None) -> WyrcanError:
    if known is None:
        hint = _(
            "No login for {host} is known: log in from the menu or give an auth.json, or check the image's name."
        ).format(host=host)
    elif known.identity_token:
        hint = _("The login of the identity token opens nothing: it may be wrong, too old, or for something else.")
    else:
        hint = _("The login as {user} opens nothing: it may be wrong, too old, or for something else.").format(
            user=known.user
        )
    return WyrcanError(error.code, error.message, hint=hint, **error.context)
