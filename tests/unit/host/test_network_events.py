"""What the kernel tells when the network changes, in a network that really does."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.own_network import ip, own_network, reason_against_own_network
from tests.support.rig import Rig
from wyrcan_tui.host.links import Link, read_links
from wyrcan_tui.host.network_events import NetworkEvents

PATIENCE = 20.0

reason = reason_against_own_network()
needs_network = pytest.mark.skipif(bool(reason), reason=f"there can be no network of the test's own: {reason}")


class Listener:
    """Somebody who waits for events, and counts how often they came."""

    def __init__(self, events: NetworkEvents) -> None:
        self._events = events
        self._ended = threading.Event()
        self.heard = 0
        self.thread = threading.Thread(target=self._listen)
        self.thread.start()

    def end(self) -> None:
        """Hear nothing any more."""
        self._ended.set()
        self._events.end()

    def _listen(self) -> None:
        while not self._ended.is_set():
            self._events.wait()
            self.heard += 1


@contextmanager
def listening(other: int | None = None) -> Iterator[Listener]:
    """Somebody who waits for events, and ends at the end."""
    with NetworkEvents(other) as events:
        listener = Listener(events)
        try:
            yield listener
        finally:
            listener.end()
            listener.thread.join(PATIENCE)
            assert not listener.thread.is_alive(), "the end was not noticed"


def until(has_come: Callable[[], bool], what: str) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not has_come():
        assert time.monotonic() < deadline, f"{what} never came"
        time.sleep(0.005)


@needs_network
@pytest.mark.parametrize(
    "words",
    [
        "link add more type veth peer name evenmore",
        "link set near up",
        "address add 192.0.2.7/24 dev near",
        "address add 2001:db8::7/64 dev near nodad",
        "link set near name other",
        "link delete near",
    ],
)
def test_whatever_happens_to_a_link_is_told(tmp_path: Path, words: str) -> None:
    with own_network(Rig(tmp_path / "machine").root):
        ip("link add near type veth peer name far")
        with listening() as listener:
            before = listener.heard
            ip(words)
            until(lambda: listener.heard > before, "an event")


@needs_network
def test_who_looks_at_every_event_and_never_else_sees_what_has_become(tmp_path: Path) -> None:
    root = Rig(tmp_path / "machine").root
    with own_network(root), NetworkEvents() as events:
        seen: list[list[Link]] = []
        ended = threading.Event()

        def look() -> None:
            while not ended.is_set():
                events.wait()
                seen.append([link for link in read_links(root) if link.name == "near"])

        looking = threading.Thread(target=look)
        looking.start()

        def becomes(words: str, *links: tuple[bool, tuple[str, ...], int]) -> None:
            ip(words)
            wanted = [Link("near", "02:00:00:00:00:01", *link) for link in links]
            until(lambda: bool(seen) and seen[-1] == wanted, f"{wanted} after {words!r}")

        v4, v6 = "192.0.2.7", "2001:db8::7"
        becomes("link add near address 02:00:00:00:00:01 type veth peer name far", (False, (), 0))
        becomes(f"address add {v4}/24 dev near", (False, (v4,), 0))
        ip("link set near up")
        becomes("link set far up", (True, (v4,), 10000))
        becomes(f"address add {v6}/64 dev near nodad", (True, (v4, v6), 10000))
        becomes("link set far down", (False, (v4, v6), 10000))
        becomes("link set far up", (True, (v4, v6), 10000))
        becomes(f"address delete {v4}/24 dev near", (True, (v6,), 10000))
        becomes("link delete near")
        ended.set()
        events.end()
        looking.join(PATIENCE)
        assert not looking.is_alive()


@needs_network
def test_more_events_than_there_is_room_for_are_an_event_and_not_the_end(tmp_path: Path) -> None:
    with own_network(Rig(tmp_path / "machine").root):
        ip("link add near type veth peer name far")
        with NetworkEvents() as events:
            for number in range(250):
                ip(f"address add 192.0.2.{number + 1}/32 dev near")
            events.wait()
            ip("address add 192.0.2.255/32 dev near")
            events.wait()


def test_news_in_another_file_are_told_too_and_left_to_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "log")
    log = os.open(tmp_path / "log", os.O_RDWR)
    with NetworkEvents(log) as events:
        os.write(log, b"news")
        events.wait()
        assert os.read(log, 10) == b"news"
        events.end()
    os.close(log)


def test_file_on_a_disk_is_never_waited_for(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("old")
    with (tmp_path / "log").open() as log, listening(log.fileno()) as listener:
        assert listener.thread.is_alive()


def test_end_is_noticed_also_where_nobody_waits_yet() -> None:
    with NetworkEvents() as events:
        events.end()
        events.wait()
