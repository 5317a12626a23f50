"""A registry on loopback that answers as it is told to, rightly or wrongly, and remembers what it was asked.

with FaultyRegistry() as registry:
    registry.answer("/v2/demo/tags/list", Answer(503), Answer(body=b'{"tags": []}'))
    registry.requests        # what came, in order
"""

import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Answer:
    """One answer. `sent` is how many bytes of the body go out before the connection breaks; all where it is None.

    A body that is `endless` is sent again and again until the other side hangs up. Where `ranges` is set, a request
    for a range gets that part of the body. A `trickle` is the seconds before each single byte of the body. Where a
    `length` is given, it is what Content-Length says instead of the truth. Where `mute` is set, nothing is said at all.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    sent: int | None = None
    endless: bool = False
    ranges: bool = False
    trickle: float = 0.0
    length: str | None = None
    mute: bool = False


@dataclass(frozen=True)
class Request:
    """One request that came: its path with the query, its headers by their names in lower case, and its method."""

    path: str
    headers: Mapping[str, str]
    method: str = "GET"


class FaultyRegistry:
    """The server. Each path has a row of answers, of which the last one is given again and again; others get 404."""

    def __init__(self, certificate: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self._answers: defaultdict[str, list[Answer]] = defaultdict(list)
        registry = self

        class Handler(BaseHTTPRequestHandler):
            """Gives the answers of `registry`."""

            def do_GET(self) -> None:
                """Answer."""
                registry._respond(self)

            def do_HEAD(self) -> None:
                """Answer without the body."""
                registry._respond(self)

            def do_CONNECT(self) -> None:
                """Answer as a proxy; no way is opened, whatever the answer says."""
                registry._respond(self)

            def do_POST(self) -> None:
                """Answer in the same way, whatever was sent."""
                self.rfile.read(int(self.headers["Content-Length"]))
                registry._respond(self)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign] # broken connections are the point
        if certificate:
            self._server.socket = certificate.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="faulty registry")

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.server_port

    @property
    def host(self) -> str:
        """Its name as a registry."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Where this host finds it."""
        return f"http://{self.host}"

    def answer(self, path: str, *answers: Answer) -> None:
        """Give these answers, one after the other, to requests for `path` (without a query)."""
        self._answers[path] = list(answers)

    def asked(self, path: str) -> list[Request]:
        """The requests for `path` (without a query), in order."""
        return [request for request in self.requests if request.path.partition("?")[0] == path]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _respond(self, handler: BaseHTTPRequestHandler) -> None:
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.requests.append(Request(handler.path, headers, handler.command))
        row = self._answers[handler.path.partition("?")[0]]
        answer = (row.pop(0) if len(row) > 1 else row[0]) if row else Answer(404)
        if answer.mute:
            handler.close_connection = True
            return
        status, own, body = answer.status, answer.headers, answer.body
        if answer.ranges and (asked := headers.get("range")):
            start, size = int(asked.removeprefix("bytes=").removesuffix("-")), len(body)
            status, own, body = 206, {**own, "Content-Range": f"bytes {start}-{size - 1}/{size}"}, body[start:]
        handler.send_response_only(status)
        for name, value in own.items():
            handler.send_header(name, value)
        if not answer.endless:
            handler.send_header("Content-Length", str(len(body)) if answer.length is None else answer.length)
        handler.end_headers()
        if handler.command == "HEAD":
            return
        if answer.trickle:
            for byte in body:
                time.sleep(answer.trickle)
                handler.wfile.write(bytes([byte]))
        else:
            handler.wfile.write(body[: answer.sent])
        while answer.endless:
            handler.wfile.write(body)
        handler.close_connection = True
