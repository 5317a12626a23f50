"""Connections to hosts with several addresses."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from wyrcan_tui.progress import Meter
from wyrcan_tui.registry import dial as module
from wyrcan_tui.registry.dial import dial


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Something on loopback that answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def silent() -> Iterator[tuple[str, int]]:
    """An address that never answers: its queue of connections is full."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(server.getsockname())
        yield server.getsockname()
        for one in waiting:
            one.close()


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: tuple[str, int]) -> None:
    """Have every name lead to these addresses."""
    found = [
        (socket.AF_INET6 if ":" in address[0] else socket.AF_INET, socket.SOCK_STREAM, 6, "", address)
        for address in addresses
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **keywords: found)


def test_address_that_does_not_answer_holds_nobody_up(
    listener: socket.socket, silent: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve_to(monkeypatch, silent, silent, listener.getsockname())
    began = time.monotonic()
    with dial("host", 443, 20.0, Meter()) as made:
        assert made.getpeername() == listener.getsockname()
    assert time.monotonic() - began < 10.0


def test_address_that_refuses_is_followed_by_the_next_at_once(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setattr(module, "_DELAY", 20.0)
        resolve_to(monkeypatch, closed.getsockname(), listener.getsockname())
        with dial("host", 443, 20.0, Meter()) as made:
            assert made.getpeername() == listener.getsockname()


def test_family_that_cannot_be_reached_is_passed_over(listener: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, ("2001:db8::1", 443), listener.getsockname())
    with dial("host", 443, 20.0, Meter()) as made:
        assert made.getpeername() == listener.getsockname()


def test_silence_of_all_is_a_time_out(silent: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, silent)
    with pytest.raises(TimeoutError):
        dial("host", 443, 0.3, Meter())


def test_refusal_of_all_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        resolve_to(monkeypatch, closed.getsockname())
        with pytest.raises(ConnectionRefusedError):
            dial("host", 443, 20.0, Meter())


def test_families_take_turns() -> None:
    six: list[tuple[Any, Any]] = [(socket.AF_INET6, number) for number in range(3)]
    four: list[tuple[Any, Any]] = [(socket.AF_INET, number) for number in range(2)]
    assert list(module._by_turns([*six, *four])) == [six[0], four[0], six[1], four[1], six[2]]
    assert list(module._by_turns([])) == []
