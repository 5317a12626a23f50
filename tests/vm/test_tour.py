"""Every page of the menu, on a machine's screen and on its serial line at once; pictures are kept for people."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from tests.support.bootable import bootable_image
from tests.support.faulty import Answer, FaultyRegistry
from tests.support.machine import HOST, Machine, Usb
from tests.support.picture import picture_of
from tests.support.screen import ScreenReader
from tests.vm.conftest import medium_with
from tests.vm.test_media import SCREENS

MOST_LOOKS, BETWEEN_LOOKS = 10, 1.0
QEMU_NAMES = {"enter": "ret", "escape": "esc", "page down": "pgdn"}
IMAGE = bootable_image("one")
LAYER = IMAGE.layers[0]
BLOB = f"/v2/team/os/blobs/{LAYER.digest}"


class Seat(Protocol):
    """Where a person sits in front of a machine."""

    name: str

    def press(self, *keys: str) -> None:
        """Press keys by the names that a terminal has for them."""

    def see(self, *words: str) -> None:
        """Wait until all the words are there at once."""

    def keep(self, page: str) -> None:
        """Keep a picture of the page."""


class SeatAtScreen:
    """At the machine's own screen and keyboard."""

    name = "screen"

    def __init__(self, machine: Machine, reader: ScreenReader) -> None:
        self._machine = machine
        self._reader = reader

    def press(self, *keys: str) -> None:
        """Press keys by the names that a terminal has for them."""
        self._machine.press(*(QEMU_NAMES.get(key, key) for key in keys))

    def see(self, *words: str) -> None:
        """Wait until all the words are there at once."""
        self._machine.wait_on_screen(self._reader, *words)

    def keep(self, page: str) -> None:
        """Keep a picture of the page."""
        self._machine.photograph(SCREENS / self.name / f"{page}.png")


class SeatAtSerialLine:
    """At a terminal on the machine's serial line."""

    name = "serial"

    def __init__(self, machine: Machine) -> None:
        self._terminal = machine.terminal

    def press(self, *keys: str) -> None:
        """Press keys by the names that a terminal has for them."""
        self._terminal.press(*keys)

    def see(self, *words: str) -> None:
        """Wait until all the words are there at once."""
        self._terminal.wait_for(*words)
        # Until all of it is drawn, but for what counts on; the cursor that blinks is no text.
        before = ""
        for _ in range(MOST_LOOKS):
            if before == (before := self._terminal.screen):
                break
            time.sleep(BETWEEN_LOOKS)

    def keep(self, page: str) -> None:
        """Keep a picture of the page."""
        path = SCREENS / self.name / f"{page}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture_of(self._terminal))


@dataclass(frozen=True)
class Stop:
    """A page on the way: its name, the keys that lead there from the stop before, and words that only it shows."""

    page: str
    keys: tuple[str, ...]
    words: tuple[str, ...]


def from_end(number: int) -> tuple[str, ...]:
    """The keys that choose the entry so many before the last."""
    return ("end", *["up"] * number, "enter")


def back_to(*words: str) -> Stop:
    """The way back, of which no second picture is kept."""
    return Stop("", ("escape",), words)


HOME = ("This machine:", "Memory", "Type a reference", "Next:")
NETWORK = ("Make a bond", "Proxy:")
INTERFACE = ("Use these settings now", "Add a VLAN on it")
REPOSITORIES = ("2 repositories", "team/private")
ERROR = ("That did not work", "Log in ...", "Details:")
TOUR = [
    Stop("home", (), HOME),
    Stop("help", ("f1",), ("The first screen:", "Keys:")),
    back_to(*HOME),
    Stop("log", ("f2",), ("What was done and what went wrong",)),
    back_to(*HOME),
    Stop("power", from_end(0), ("Power off", "firmware setup")),
    Stop("confirm", ("home", "enter"), ("Yes,",)),
    back_to("Power off"),
    back_to(*HOME),
    Stop("network", from_end(1), NETWORK),
    Stop("interface", ("home", "enter"), INTERFACE),
    Stop("vlan", (*["tab"] * 6, "down", "enter"), ("A VLAN on",)),
    back_to(*INTERFACE),
    back_to(*NETWORK),
    Stop("bond", ("home", "down", "enter"), ("Go on to its addresses",)),
    back_to(*NETWORK),
    Stop("proxy", from_end(1), ("Use it now",)),
    back_to(*NETWORK),
    back_to(*HOME),
    Stop("doctor", from_end(2), ("Look again",)),
    back_to(*HOME),
    Stop("typed", from_end(3), ("Which image?",)),
    back_to(*HOME),
    Stop("known", from_end(4), ("Images that are made to be booted", "bootc")),
    back_to(*HOME),
    Stop("repositories", ("home", "enter"), REPOSITORIES),
    Stop("error", from_end(0), ERROR),
    Stop("login", ("home", "enter"), ("Log in until this machine is started anew",)),
    back_to(*ERROR),
    Stop("report", from_end(0), ("Save it on the boot medium",)),
    Stop("code", from_end(1), ("The code has the",)),
    back_to("Save it on the boot medium"),
    back_to(*ERROR),
    back_to(*REPOSITORIES),
    Stop("tags", ("home", "enter"), ("Tags of", "2 tags")),
    Stop("image", ("home", "enter"), ("Bootable: yes", "Boot this image")),
    Stop("boot", ("enter",), ("Boot once", "Boot always")),
    Stop("save", ("down", "enter"), ("Yes, save it and boot", "JSON")),
    back_to("Boot once"),
]
BOOTING = Stop("progress", ("home", "enter"), ("Esc stop and go back",))
ELSEWHERE = Stop("elsewhere", (), ("From the console",))


@pytest.fixture
def registry() -> Iterator[FaultyRegistry]:
    """A registry with an image for everybody, and with a repository that only some may see."""
    with FaultyRegistry() as registry:
        registry.answer("/v2/_catalog", Answer(body=b'{"repositories": ["team/os", "team/private"]}'))
        registry.answer("/v2/team/os/tags/list", Answer(body=b'{"tags": ["stable", "testing"]}'))
        refusal = {"WWW-Authenticate": 'Basic realm="team"'}
        registry.answer("/v2/team/private/tags/list", Answer(401, refusal))
        for tag in ("stable", "testing", IMAGE.digest):
            registry.answer(f"/v2/team/os/manifests/{tag}", Answer(body=IMAGE.manifest))
        for digest, blob in IMAGE.blobs.items():
            registry.answer(f"/v2/team/os/blobs/{digest}", Answer(body=blob))
        yield registry


@pytest.mark.long
def test_every_page_is_shown_at_the_screen_and_at_the_serial_line(
    iso: Path, registry: FaultyRegistry, reader: ScreenReader, computer: Callable[..., Machine], tmp_path: Path
) -> None:
    medium = medium_with(iso, tmp_path, {"registries": [f"http://{HOST}:{registry.port}"]})
    with computer(firmware="uefi", medium=Usb(medium), screen=True) as machine:
        seats: list[Seat] = [SeatAtScreen(machine, reader), SeatAtSerialLine(machine)]
        for seat, other in (seats, reversed(seats)):
            for stop in TOUR:
                go(seat, stop)
            registry.answer(BLOB, Answer(body=IMAGE.blobs[LAYER.digest], trickle=1.0))
            go(seat, BOOTING)
            go(other, ELSEWHERE)
            go(seat, back_to("Boot once"))
            registry.answer(BLOB, Answer(body=IMAGE.blobs[LAYER.digest]))


def go(seat: Seat, stop: Stop) -> None:
    """Go to a page, and keep a picture of it."""
    seat.press(*stop.keys)
    seat.see(*stop.words)
    if stop.page:
        seat.keep(stop.page)
