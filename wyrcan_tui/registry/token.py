"""Tokens: whom to ask for them, and how long they are good (distribution's "Token Authentication")."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry.answer import Answer
from wyrcan_tui.registry.body import parse_json, read_bounded
from wyrcan_tui.registry.challenge import Challenge
from wyrcan_tui.registry.client import Client
from wyrcan_tui.registry.credentials import Credential
from wyrcan_tui.texts import _

_LIFETIME: Final = 60
"""Seconds that a token is good for where nobody says (``expires_in``)."""
_LONGEST_LIFETIME: Final = 86400.0
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""RFC 6750, 2.1."""
_GOOD: Final = 0.9
"""How much of its life a token is used for: the way to the registry takes time, too."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a registry gave us to show, and until when (monotonic) it is shown."""

    text: str
    until: float

    @property
    def good(self) -> bool:
        """Whether it is to be shown still."""
        return time.monotonic() < self.until

    @classmethod
    def read(cls, answer: Answer, address: RegistryAddress, meter: Meter) -> Token:
        """Return the token in an answer.

        Raises:
            WyrcanError: ``registry-error`` where there is none, and what `read_bounded` raises.
            CancelledError: where somebody asked to stop.
        """
        with answer:
            document = {} if answer.target else parse_json(read_bounded(answer, meter), address)
        text = document.get("token") or document.get("access_token")
        if not isinstance(text, str) or not _TOKEN.fullmatch(text):
            raise WyrcanError(
                "registry-error",
                _("The registry {host} was asked for a token and answered without one.").format(host=address.host),
                hint=_("Try again; if it stays so, ask who runs the registry."),
            )
        seconds = document.get("expires_in")
        lifetime = min(seconds, _LONGEST_LIFETIME) if isinstance(seconds, int | float) and seconds > 0 else _LIFETIME
        return cls(text, time.monotonic() + lifetime * _GOOD)


def ask_for_token(
    client: Client,
    address: RegistryAddress,
    challenge: Challenge,
    scope: str,
    credential: Credential | None,
    *,
    by_tls: bool,
) -> Answer:
    """Ask for a token as a registry wants it, with an identity token by the "OAuth2" way; return what is answered.

    A registry that was reached `by_tls` may not have a login sent anywhere without it.

    Raises:
        WyrcanError: ``registry-error`` where it does not say whom to ask, ``registry-untrusted``.
        UnansweredError: where there is no answer.
    """
    try:
        realm = urlsplit(challenge.realm)
    except ValueError:
        realm = urlsplit("")
    if realm.scheme not in ("http", "https") or not realm.hostname or "@" in realm.netloc:
        raise WyrcanError(
            "registry-error",
            _("The registry {host} asks for a token, but does not say where to get one.").format(host=address.host),
            hint=_("Check the address: is it the registry itself? If it is, ask who runs it."),
        )
    if credential and realm.scheme == "http" and by_tls:
        raise WyrcanError(
            "registry-untrusted",
            _("The registry {host} wants the password to be sent to {other} without TLS.").format(
                host=address.host, other=realm.hostname
            ),
            hint=_("Nothing was sent. Ask who runs the registry."),
        )
    wanted = {"service": challenge.service, "scope": challenge.scope or scope}
    if credential and credential.identity_token:
        form = {"grant_type": "refresh_token", "refresh_token": credential.identity_token, "client_id": "wyrcan"}
        return client.post(realm.geturl(), {**wanted, **form})
    shown = {"Authorization": credential.basic} if credential else {}
    query = "&".join(filter(None, (realm.query, urlencode(wanted))))
    return client.get(realm._replace(query=query, fragment="").geturl(), shown)
