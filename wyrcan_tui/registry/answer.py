"""What a host answers to a request, and what is raised where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

from urllib3 import BaseHTTPResponse

_LEADING: Final = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Request:
    """What a host is asked.

    Attributes:
        method: of HTTP.
        url: absolute, without a login and a fragment.
        headers: those that the request has for itself.
        body: what is sent along.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: str = field(default="", repr=False)


class Answer:
    """The answer to a request (the last one, where others led to it). Its body is still to be read: close it.

    Attributes:
        request: what it answers.
        raw: the body, and the connection on which it comes.
    """

    def __init__(self, request: Request, raw: BaseHTTPResponse) -> None:
        self.request = request
        self.raw = raw

    @property
    def url(self) -> str:
        """Where it comes from."""
        return self.request.url

    @property
    def status(self) -> int:
        """Its status code (RFC 9110, 15)."""
        return self.raw.status

    @property
    def headers(self) -> Mapping[str, str]:
        """Its headers; upper and lower case are the same to them."""
        return self.raw.headers

    @property
    def target(self) -> str:
        """Where it sends whoever asked, as it says that; empty where it does not (RFC 9110, 15.4)."""
        return self.headers.get("Location", "") if self.status in _LEADING else ""

    def close(self) -> None:
        """Give the connection back where the body was read to its end; else end it."""
        self.raw.close()
        self.raw.release_conn()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class UnansweredError(Exception):
    """A request for which there is no answer, by the fault in ``__cause__``.

    Attributes:
        url: where the request went.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


class AstrayError(UnansweredError):
    """A request that can go nowhere: to what is no URL, out of TLS, or in circles."""
