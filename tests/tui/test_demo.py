"""The menu on a machine and registries that do not exist: what a developer tries first."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.console import Console
from tests.tui.person import Person, somebody_at
from wyrcan_tui.demo.machine import demo_machine
from wyrcan_tui.flows.adapters import Adapters

PROJECT = Path(__file__).parents[2]
SOMEBODY = 61234
"""A user that nobody else is."""
PUBLIC, PRIVATE = 0, 1


class Demo:
    """What `somebody_at` needs of a machine."""

    def __init__(self, adapters: Adapters) -> None:
        self.adapters = adapters

    @property
    def hosts(self) -> list[str]:
        """The two registries."""
        return [word.partition("//")[2] for word in self.adapters.machine.cmdline.split()]


@asynccontextmanager
async def at_the_demo(repository: str = "", registry: int = PUBLIC) -> AsyncIterator[Person]:
    """Have a person at the demo, who has chosen a repository, if one is named."""
    with demo_machine() as adapters:
        demo = Demo(adapters)
        async with somebody_at(demo, size=(132, 43)) as person:
            await person.choose(demo.hosts[registry])
            if repository:
                await person.choose(repository)
                await person.wait_for(f"Tags of {demo.hosts[registry]}/{repository}")
            yield person


async def test_image_is_booted_up_to_the_jump() -> None:
    async with at_the_demo("demo/debian") as person:
        await person.wait_for("6 tags, highest version first", "A small Debian that boots.", "6.12.0-demo")
        await person.choose("13.1")
        await person.wait_for("Bootable: yes", "of 7.6 GiB")
        await person.choose("Boot this image")
        await person.choose("Boot once")
        await person.wait_for("This is a demo, so nothing was started.", "words: quiet")


async def test_choice_is_saved_in_a_variable_that_is_a_file() -> None:
    with demo_machine() as adapters:
        async with somebody_at(Demo(adapters)) as person:
            await person.choose(Demo(adapters).hosts[PUBLIC])
            await person.choose("demo/debian")
            await person.choose("13.1")
            await person.wait_for("Bootable: yes")
            await person.choose("Boot this image")
            await person.choose("Boot always")
            await person.choose("Yes, save it and boot")
            await person.wait_for("This is a demo")
        (variable,) = (adapters.root / "sys/firmware/efi/efivars").iterdir()
        assert b"demo/debian:13.1" in variable.read_bytes()


@pytest.mark.parametrize(
    ("repository", "words"),
    [
        ("demo/huge", "31.0 GB while it is still packed"),
        ("demo/other-architecture", "The image is made for linux/"),
        ("demo/helm-chart", "but an artifact"),
        ("demo/webserver", "has no kernel"),
    ],
)
async def test_what_does_not_work_says_why_in_the_pane(repository: str, words: str) -> None:
    async with at_the_demo(repository) as person:
        await person.wait_for(words)


async def test_image_without_a_kernel_is_found_out_by_looking_inside() -> None:
    async with at_the_demo("demo/webserver") as person:
        await person.choose("1")
        await person.wait_for("Bootable: no. The image has no kernel")


async def test_slow_download_can_be_watched_and_stopped() -> None:
    async with at_the_demo("demo/slow") as person:
        await person.choose("1")
        await person.wait_for("looking for a kernel", "of 3.")
        await person.choose("Boot this image")
        await person.choose("Boot once")
        await person.wait_for("Esc stop and go back", "kB/s")
        await person.press("escape")
        await person.wait_for("Boot once")


async def test_private_registry_takes_the_login_of_the_demo() -> None:
    async with at_the_demo(registry=PRIVATE) as person:
        await person.choose("Log in ...")
        await person.type("demo")
        await person.press("tab")
        await person.type("demo")
        await person.press("enter")
        await person.choose("Log in until")
        await person.wait_for("1 repository", "team/secret")


@pytest.fixture
def home() -> Iterator[Path]:
    """The only folder of a user without rights; TMPDIR is in it."""
    # Not below pytest's own, which is root's alone.
    folder = Path(tempfile.mkdtemp(prefix="home-", dir="/tmp"))
    try:
        (folder / "tmp").mkdir()
        if os.geteuid() == 0:
            for path in (folder, folder / "tmp"):
                os.chown(path, SOMEBODY, SOMEBODY)
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def console(home: Path, tmp_path: Path) -> Iterator[Console]:
    """The program as a user without rights runs it; where root runs the tests, as one that does not exist."""
    command: list[str | Path] = [sys.executable, "-m", "wyrcan_tui", "menu", "--demo"]
    if os.geteuid() == 0:
        identity = [f"--reuid={SOMEBODY}", f"--regid={SOMEBODY}", "--clear-groups"]
        command = ["setpriv", *identity, *command]
        readable = ["setpriv", *identity, sys.executable, "-c", "import wyrcan_tui.tui.app"]
        if subprocess.run(readable, cwd=PROJECT, check=False, capture_output=True).returncode:
            pytest.skip("a user without rights cannot read this checkout")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "PYTHONPATH": str(PROJECT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with Console(command, tmp_path, environment=environment) as console:
        yield console


def left_behind() -> list[str]:
    """What the user has anywhere that everybody may write."""
    places = [place for place in ("/tmp", "/var/tmp", "/dev/shm", "/run") if Path(place).is_dir()]
    found = subprocess.run(
        ["find", *places, "-xdev", "-user", str(SOMEBODY)], check=False, capture_output=True, text=True
    )
    return found.stdout.splitlines()


def go_to_the_jump(console: Console) -> None:
    """Choose an image and boot it."""
    terminal = console.terminal
    for words, keys in (
        ("Boot this machine straight", ["enter"]),
        ("6 repositories", ["enter"]),
        ("6 tags", ["enter"]),
        ("Bootable: yes", ["enter"]),
        ("Boot always", ["enter"]),
    ):
        terminal.wait_for(words, seconds=120)
        terminal.wait_until_still()
        terminal.press(*keys)
    terminal.wait_for("This is a demo", seconds=120)


def test_demo_needs_no_rights_and_leaves_nothing(console: Console, home: Path) -> None:
    go_to_the_jump(console)
    (root,) = (home / "tmp").iterdir()
    if os.geteuid() == 0:
        strange = [path for path in left_behind() if not Path(path).is_relative_to(home)]
        assert strange == []
    console.terminal.press("ctrl+q")
    assert console.end() == 0
    assert not root.exists()
    assert list((home / "tmp").iterdir()) == []
    assert [path.name for path in home.iterdir()] == ["tmp"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_demo_that_is_ended_from_outside_leaves_nothing_either(
    console: Console, home: Path, number: signal.Signals
) -> None:
    console.terminal.wait_for("Boot this machine straight", seconds=120)
    console.send(number)
    console.end()
    assert list((home / "tmp").iterdir()) == []
