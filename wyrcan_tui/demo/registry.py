"""A registry on loopback that serves a catalogue: as much of the OCI distribution protocol as pulling takes."""

from __future__ import annotations

import json
import re
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from wyrcan_tui.demo.catalogue import SLOW, Catalogue

LOGIN: Final = ("demo", "demo")
"""The user name and the password of the registry that wants a login."""
_PATH: Final = re.compile(r"/v2/(?P<name>.+)/(?P<kind>tags|manifests|blobs)/(?P<what>[^/]+)")
_PIECE: Final = 16 << 10
_PAUSE: Final = 0.25
"""Seconds after each piece of a slow layer: 64 KiB in a second, as over a bad line."""
_JSON: Final = "application/json"


@contextmanager
def served(catalogue: Catalogue, *, locked: bool = False) -> Iterator[str]:
    """Serve a catalogue inside a ``with`` block, `locked` for all without `LOGIN`; its URL is what ``with`` gives."""
    authorization = f"Basic {b64encode(':'.join(LOGIN).encode()).decode()}" if locked else None
    ended = threading.Event()

    class Handler(_Handler):
        """Answers for this catalogue."""

        registry = catalogue
        wanted = authorization
        end = ended

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="demo registry", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    registry: Catalogue
    wanted: str | None
    end: threading.Event

    def do_GET(self) -> None:
        """Answer."""
        try:
            self._answer()
        except OSError:
            # Whoever asked has gone away, as the menu does when somebody stops a boot.
            self.close_connection = True

    do_HEAD = do_GET  # noqa: N815 - the name is that of http.server

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the screen is the menu's."""

    def _answer(self) -> None:
        path = self.path.partition("?")[0]
        if self.wanted and self.headers.get("Authorization") != self.wanted:
            self._send(401, b"{}", _JSON)
        elif path == "/v2/":
            self._send(200, b"{}", _JSON)
        elif path == "/v2/_catalog":
            self._send(200, json.dumps({"repositories": sorted(self.registry)}).encode(), _JSON)
        elif (found := _PATH.fullmatch(path)) and found["name"] in self.registry:
            self._of_repository(found["name"], found["kind"], found["what"])
        else:
            self._send(404, b"{}", _JSON)

    def _of_repository(self, name: str, kind: str, what: str) -> None:
        tags = self.registry[name]
        if kind == "tags":
            self._send(200, json.dumps({"name": name, "tags": list(tags)}).encode(), _JSON)
            return
        if kind == "manifests" and what in tags:
            self._send(200, tags[what].document, tags[what].media_type)
            return
        for content in tags.values():
            stored = content.documents if kind == "manifests" else content.blobs
            if what in stored:
                self._send(200, stored[what], "application/octet-stream", slowly=name == SLOW)
                return
        self._send(404, b"{}", _JSON)

    def _send(self, status: int, body: bytes, media_type: str, *, slowly: bool = False) -> None:
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="demo"')
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        for start in range(0, len(body), _PIECE):
            self.wfile.write(body[start : start + _PIECE])
            if slowly and self.end.wait(_PAUSE):
                return
