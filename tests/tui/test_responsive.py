"""A registry that stalls keeps nobody from typing: real keys on a real terminal, timed until the screen changes."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import pytest
from textual.constants import ESCAPE_DELAY

from tests.support.bootable import bootable_image
from tests.support.console import Console
from tests.support.faulty import Answer, FaultyRegistry
from tests.support.pace import slowness

ANSWERED = 0.1
"""Seconds within which a person takes something for immediate (Nielsen, "Usability Engineering", 1993, 5.5)."""
NEVER = 3600.0
"""Seconds before each byte of what stalls."""
PROGRAM = """
import sys
from pathlib import Path
from tests.support.rig import Rig
from wyrcan_tui.tui.app import run_menu

sys.exit(run_menu(Rig(Path(sys.argv[1]), cmdline=sys.argv[2]).adapters))
"""
BLOCKING = """
from wyrcan_tui.tui.listing import ListingPage

ListingPage.work_on = lambda page, task, done, back=None: done(task())
"""
"""What makes lists do everything themselves that they have threads for."""
BOOTS, STALLS = "9", "8"
"""Tags: of an image whose layers stall, and of one whose manifest does. The latter is not the first in the list."""


class Stopwatch:
    """Presses keys, and takes the seconds until they have done something."""

    def __init__(self, console: Console) -> None:
        self._terminal = console.terminal
        self._factors: list[float] = []

    def press(self, key: str, has_come: Callable[[], bool]) -> float:
        """Press a key, and return how long it took until something was so."""
        self._factors.append(slowness())
        assert not has_come(), f"{key} has nothing to do"
        start = time.perf_counter()
        self._terminal.press(key)
        self._terminal.wait_until(has_come, f"the answer to the key {key!r}", seconds=30)
        return time.perf_counter() - start

    @property
    def limit(self) -> float:
        """The seconds that a key may take on this machine, as busy as it was meanwhile."""
        return ANSWERED * max(1.0, median(self._factors))


@pytest.fixture
def registry() -> Iterator[FaultyRegistry]:
    """A registry that lists what it has at once, and then stalls."""
    image = bootable_image()
    with FaultyRegistry() as registry:
        stalls = Answer(body=b"x" * 1000, trickle=NEVER)
        names = Answer(body=b'{"repositories": ["team/os"]}')
        registry.answer("/v2/_catalog", names, stalls)
        registry.answer("/v2/team/os/tags/list", Answer(body=b'{"tags": ["9", "8", "7", "6", "5"]}'))
        registry.answer(f"/v2/team/os/manifests/{BOOTS}", Answer(body=image.manifest))
        for tag in (STALLS, "7", "6", "5"):
            registry.answer(f"/v2/team/os/manifests/{tag}", stalls)
        for digest, blob in image.blobs.items():
            config = blob == image.config
            registry.answer(f"/v2/team/os/blobs/{digest}", Answer(body=blob, trickle=0 if config else NEVER))
        yield registry


@contextmanager
def menu_at(registry: FaultyRegistry, folder: Path, before: str = "") -> Iterator[Console]:
    """Have a menu that was told of the registry, on a wide terminal; `before` is run before it."""
    command: list[str | Path] = [
        sys.executable,
        "-c",
        before + PROGRAM,
        folder / "machine",
        f"wyr.registry={registry.url}",
    ]
    with Console(command, folder, size=(132, 43)) as console:
        console.terminal.wait_for("Boot this machine straight", registry.host)
        console.terminal.wait_until_still()
        console.terminal.press("enter")
        console.terminal.wait_for("1 repository")
        yield console


def wait_for_request(console: Console, registry: FaultyRegistry, path: str, number: int = 1) -> None:
    """Wait until a path was asked for so often: from now on that stalls."""
    deadline = time.monotonic() + 60
    while len(registry.asked(path)) < number:
        assert time.monotonic() < deadline, f"{path} was never asked for\n{console.terminal.screen}"
        time.sleep(0.01)


def test_typing_goes_on_while_a_search_stalls(registry: FaultyRegistry, tmp_path: Path) -> None:
    with menu_at(registry, tmp_path) as console:
        watch, terminal = Stopwatch(console), console.terminal
        terminal.type("s")
        wait_for_request(console, registry, "/v2/_catalog", 2)
        typed = "s"
        seconds = []
        for character in "omethingofaname":
            typed += character
            seconds.append(watch.press(character, lambda: typed in terminal.screen))  # noqa: B023 - called at once
        assert median(seconds) < watch.limit, seconds


def test_bar_moves_while_what_the_image_is_stalls(registry: FaultyRegistry, tmp_path: Path) -> None:
    with menu_at(registry, tmp_path) as console:
        watch, terminal = Stopwatch(console), console.terminal
        terminal.press("enter")
        terminal.wait_for("5 tags")
        terminal.wait_until_still()
        terminal.press("down")
        wait_for_request(console, registry, f"/v2/team/os/manifests/{STALLS}")
        terminal.wait_until_still()
        seconds = [
            watch.press(key, lambda: terminal.text_on("cyan") == [tag])  # noqa: B023 - called at once
            for key, tag in [("down", "7"), ("down", "6"), ("down", "5"), ("up", "6"), ("up", "7"), ("up", "8")] * 3
        ]
        assert median(seconds) < watch.limit, seconds


def test_stalled_download_is_left_and_typed_over_at_once(registry: FaultyRegistry, tmp_path: Path) -> None:
    (layer,) = bootable_image().layers
    path = f"/v2/team/os/blobs/{layer.digest}"
    with menu_at(registry, tmp_path) as console:
        watch, terminal = Stopwatch(console), console.terminal
        terminal.press("enter")
        terminal.wait_for("5 tags")
        terminal.press("enter")
        wait_for_request(console, registry, path)
        terminal.wait_for("Boot this image")
        seconds = [watch.press("enter", lambda: "Boot once" in terminal.screen)]
        terminal.press("tab")
        typed = ""
        for character in "zebra=striped":
            typed += character
            seconds.append(watch.press(character, lambda: typed in terminal.screen))  # noqa: B023 - called at once
        assert median(seconds) < watch.limit, seconds

        # From the words to the ways to boot, and on.
        terminal.press("enter")
        terminal.wait_until_still()
        terminal.press("enter")
        wait_for_request(console, registry, path, 2)
        terminal.wait_for("Esc stop and go back")
        seconds = [
            watch.press("escape", lambda: words in terminal.screen)  # noqa: B023 - called at once
            for words in ("Boot once", "Boot this image", "Tags of")
        ]
        # An Escape may be the beginning of another key, for which Textual waits.
        assert median(seconds) < watch.limit + ESCAPE_DELAY, seconds


def test_watch_notices_a_menu_that_waits_for_a_registry(registry: FaultyRegistry, tmp_path: Path) -> None:
    registry.answer("/v2/team/os/tags/list", Answer(body=b"x" * 1000, trickle=NEVER))
    with menu_at(registry, tmp_path, BLOCKING) as console:
        console.terminal.press("enter")
        wait_for_request(console, registry, "/v2/team/os/tags/list")
        assert not console.terminal.comes(lambda: "Tags of" in console.terminal.screen, 2)
