"""Whoever asks to stop does not wait for a registry that has fallen silent, wherever on the way that is."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.support.faulty import Answer, FaultyRegistry
from tests.support.pki import Authority
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.oci.manifest import Descriptor
from wyrcan_tui.progress import CancelledError, Meter
from wyrcan_tui.registry.certificates import Certificates
from wyrcan_tui.registry.mirrors import Endpoint
from wyrcan_tui.registry.repository import Repository
from wyrcan_tui.registry.site import Site
from wyrcan_tui.registry.transport import Transport

NEVER = 3600.0
"""Seconds between two bytes: nobody sees the second."""
SOON = 1.0
"""Seconds after which whoever asked to stop must not wait any more."""
BLOB = bytes(1000)
DESCRIPTOR = Descriptor("", Digest.of(BLOB), len(BLOB))


class Work:
    """Something that is done in a thread of its own and never ends by itself."""

    def __init__(self, meter: Meter, do: Callable[[], object]) -> None:
        self._meter = meter
        self._do = do
        self._error: BaseException | None = None
        self._others = threading.enumerate()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        """Ask it to stop, and see to it that it does so at once, leaving nothing behind."""
        assert self._thread.is_alive()
        asked = time.monotonic()
        self._meter.cancel()
        self._thread.join(60)
        assert time.monotonic() - asked < SOON
        assert isinstance(self._error, CancelledError)
        for thread in threading.enumerate():
            if thread.name == "watchdog" and thread not in self._others:
                thread.join(SOON)
                assert not thread.is_alive()

    def _run(self) -> None:
        try:
            self._do()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test looks at it
            self._error = error


class WatchedMeter(Meter):
    """A meter that tells how often something has begun to wait."""

    def __init__(self) -> None:
        super().__init__()
        self._begun = threading.Semaphore(0)

    @contextmanager
    def waiting(self, hang_up: Callable[[], None]) -> Iterator[None]:
        """Count the wait."""
        with super().waiting(hang_up):
            self._begun.release()
            yield

    def expect(self, waits: int) -> None:
        """Return once that many more waits have begun."""
        for _ in range(waits):
            assert self._begun.acquire(timeout=20)


@pytest.fixture
def meter() -> WatchedMeter:
    """A meter."""
    return WatchedMeter()


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """What listens; the test itself is the registry."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        yield server


def transport_to(server: socket.socket, meter: Meter, *, plain: bool = True) -> Transport:
    """A transport to the registry that the test is."""
    return Transport(RegistryAddress(f"127.0.0.1:{server.getsockname()[1]}", plain=plain), Site(), meter)


def asking(transport: Transport) -> Callable[[], object]:
    """What asks for the tags of a repository."""
    return lambda: transport.read("demo/tags/list", scope="repository:demo:pull")


def asked(connection: socket.socket) -> bytes:
    """Wait for a request."""
    request = b""
    while not request.endswith(b"\r\n\r\n"):
        request += connection.recv(4096)
    return request


def test_name_that_nobody_looks_up(meter: WatchedMeter, monkeypatch: pytest.MonkeyPatch) -> None:
    looking, over = threading.Event(), threading.Event()

    def look_up(*arguments: object, **keywords: object) -> list[object]:
        looking.set()
        over.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    work = Work(meter, asking(Transport(RegistryAddress("registry.test"), Site(), meter)))
    assert looking.wait(60)
    work.stop()
    over.set()


def test_connection_that_nobody_takes(meter: WatchedMeter) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        # Its queue is full.
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(server.getsockname())
        work = Work(meter, asking(transport_to(server, meter)))
        work.stop()
        for one in waiting:
            one.close()


def test_handshake_that_nobody_answers(server: socket.socket, meter: WatchedMeter) -> None:
    work = Work(meter, asking(transport_to(server, meter, plain=False)))
    connection, _ = server.accept()
    with connection:
        assert connection.recv(1)
        work.stop()


def test_answer_that_does_not_begin(server: socket.socket, meter: WatchedMeter) -> None:
    work = Work(meter, asking(transport_to(server, meter)))
    connection, _ = server.accept()
    with connection:
        asked(connection)
        # The name, and the head of the answer.
        meter.expect(2)
        work.stop()


@pytest.mark.parametrize("body", [b"Content-Length: 100\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\n5\r\n{"])
def test_connection_that_was_cut_off_is_closed_and_no_other_is_made(
    server: socket.socket, meter: WatchedMeter, body: bytes
) -> None:
    transport = transport_to(server, meter)
    work = Work(meter, lambda: [asking(transport)() for _ in range(2)])
    connection, _ = server.accept()
    with connection:
        asked(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        # The same connection: only what came to its end is used again.
        asked(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + body)
        # The name, and both answers: the head, what there is of the body, and its end.
        meter.expect(1 + 3 + 3)
        work.stop()
        connection.settimeout(60)
        # A reset where something of the answer was still unread.
        with suppress(ConnectionResetError):
            assert connection.recv(1) == b""
    with pytest.raises(CancelledError):
        asking(transport)()
    server.setblocking(False)
    with pytest.raises(BlockingIOError):
        server.accept()


def test_blob_that_stops_coming(faulty: FaultyRegistry, meter: WatchedMeter) -> None:
    faulty.answer(f"/v2/demo/blobs/{DESCRIPTOR.digest}", Answer(body=BLOB, trickle=NEVER))
    there = Endpoint(RegistryAddress(faulty.host, plain=True), "demo")
    repository = Repository(there, Site(), meter)
    work = Work(meter, lambda: list(repository.blob(DESCRIPTOR, 0)))
    # The name, the head of the answer, and its body.
    meter.expect(3)
    work.stop()
    assert len(faulty.requests) == 1


def test_blob_that_stops_coming_by_tls(tmp_path: Path, meter: WatchedMeter) -> None:
    authority = Authority(tmp_path)
    with FaultyRegistry(authority.issue("127.0.0.1").context()) as faulty:
        faulty.answer(f"/v2/demo/blobs/{DESCRIPTOR.digest}", Answer(body=BLOB, trickle=NEVER))
        site = Site(certificates=Certificates(everywhere=(authority.certificate,)))
        repository = Repository(Endpoint(RegistryAddress(faulty.host), "demo"), site, meter)
        work = Work(meter, lambda: list(repository.blob(DESCRIPTOR, 0)))
        # The name, TLS, the head of the answer, and its body.
        meter.expect(4)
        work.stop()
        assert len(faulty.requests) == 1
