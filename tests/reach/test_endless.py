"""Answers that never come to an end although something always comes: given up in time."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.faulty import Answer, FaultyRegistry
from tests.support.pki import Authority
from tests.support.puller import Puller
from tests.support.server import free_port
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.registry import body, dial
from wyrcan_tui.registry.transport import Transport


@contextmanager
def sending(start: bytes, endlessly: bytes) -> Iterator[str]:
    """A server that answers like this: its host and port."""

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = server.accept()
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

    def answer(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.recv(4096)
            connection.sendall(start)
            while not over.wait(0.02):
                connection.sendall(endlessly)

    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        over.set()
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("start", "endlessly"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", b"X-Trailer: x\r\n"),
    ],
    ids=["provisional answers", "a header", "trailers"],
)
def test_answer_that_never_ends_is_given_up(start: bytes, endlessly: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dial, "_LONGEST_HEAD", 0.3)
    monkeypatch.setattr(body, "_WINDOW", 0.3)
    monkeypatch.setattr(Transport, "pause", lambda transport, attempt, why, least=0.0: None)
    began = time.monotonic()
    with sending(start, endlessly) as host, pytest.raises(WyrcanError) as raised:
        Puller(registries=[f"http://{host}"]).pull(f"{host}/demo/tiny:v1")
    assert raised.value.code.startswith("registry-")
    assert time.monotonic() - began < 20


def test_redirect_out_of_tls_is_not_followed(authority: Authority) -> None:
    with FaultyRegistry() as elsewhere, FaultyRegistry(authority.issue("127.0.0.1").context()) as registry:
        path = "/v2/demo/tiny/manifests/v1"
        registry.answer(path, Answer(302, {"Location": f"{elsewhere.url}{path}"}))
        puller = Puller({f"certs.d/{registry.host}/site.crt": authority.certificate})
        with pytest.raises(WyrcanError) as raised:
            puller.pull(f"{registry.host}/demo/tiny:v1")
    assert raised.value.code == "registry-error"
    assert elsewhere.requests == []


def test_registry_that_has_answered_by_tls_is_not_asked_without(authority: Authority) -> None:
    # On loopback it could be; and whoever it sends us to is down.
    elsewhere = f"127.0.0.1:{free_port()}"
    with FaultyRegistry(authority.issue("127.0.0.1").context()) as registry:
        registry.answer("/v2/demo/tiny/manifests/v1", Answer(302, {"Location": f"https://{elsewhere}/"}))
        puller = Puller({f"certs.d/{registry.host}/site.crt": authority.certificate})
        with pytest.raises(WyrcanError) as raised:
            puller.pull(f"{registry.host}/demo/tiny:v1")
    assert (raised.value.code, elsewhere in raised.value.message) == ("registry-unreachable", True)
