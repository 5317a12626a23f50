"""A vendor's own API beside the registry: JSON by GET, page by page, and never endless."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.registry.body import parse_json
from wyrcan_tui.registry.fields import Fields, entries
from wyrcan_tui.registry.listing import Page, chained, documents
from wyrcan_tui.registry.transport import Transport
from wyrcan_tui.texts import _

_NO_SCOPE: Final = ""
"""The vendors' APIs hand out no tokens: who logs in there sends his authorization along."""


class Api:
    """The API of one host; `authorization` is the value of that header where there is a login."""

    def __init__(self, transport: Transport, authorization: str = "") -> None:
        self._transport = transport
        self._headers = {"Authorization": authorization} if authorization else {}

    @property
    def has_login(self) -> bool:
        """Whether somebody is logged in."""
        return bool(self._headers)

    def get(self, path: str) -> Fields:
        """Return the object that stands at a path.

        Raises:
            WyrcanError: what `Transport.read` raises, and ``registry-error`` where the answer is no object.
        """
        _response, body = self._transport.read(path, scope=_NO_SCOPE, headers=self._headers)
        return Fields(parse_json(body, self._transport.address))

    def walk(self, path: str, following: Callable[[Fields], str]) -> Iterator[tuple[Fields, bool]]:
        """Yield one object after the other, each with whether there is one more.

        Args:
            path: where the first one stands.
            following: finds in an object the path of the next; empty where it is the last.

        Raises:
            WyrcanError: what `get` raises.
        """

        def step(path: str) -> tuple[Fields, str]:
            found = self.get(path)
            return found, following(found)

        return chained(path, step)

    def lists(self, path: str) -> Iterator[Page[Fields]]:
        """Yield the pages of a list that goes on by ``Link``.

        Raises:
            WyrcanError: what `Transport.read` raises, and ``registry-error`` where an answer is no list.
        """
        for body, more in documents(self._transport, path, scope=_NO_SCOPE, headers=self._headers):
            yield Page(entries(self._list(body)), more)

    def _list(self, body: bytes) -> list[object]:
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, list):
            host = self._transport.address.host
            raise WyrcanError(
                "registry-error",
                _("{host} does not answer as its API does: no JSON list.").format(host=host),
                hint=_("Type the reference instead: {host}/REPOSITORY:TAG.").format(host=host),
            )
        return found
