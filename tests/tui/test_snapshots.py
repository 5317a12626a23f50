"""Every page as a picture, to be looked at whenever one changes: pytest --snapshot-update, then review the diff."""

import json
import platform
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from socket import socket
from typing import Protocol, Self

import pytest
from textual.pilot import Pilot

from tests.support.registry import Registry
from tests.support.rig import Rig
from tests.tui.every_page import PAGES, SIZES, furnish, open_page, prepared
from tests.tui.person import COLUMNS, LINES, SCREEN, Person
from tests.tui.test_network import fill, open_card
from tests.tui.test_path import pick, pick_to_boot
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows import facts
from wyrcan_tui.flows.history import History
from wyrcan_tui.flows.network import Bond, Card, Vlan
from wyrcan_tui.flows.network_edit import with_interface
from wyrcan_tui.flows.unattended import OWNER
from wyrcan_tui.host.turn import Status
from wyrcan_tui.progress import Meter
from wyrcan_tui.registry import dial as dialling
from wyrcan_tui.tui import report
from wyrcan_tui.tui.app import Menu
from wyrcan_tui.tui.page import Page

HOST = "registry.example:5000"
IMAGE = f"{HOST}/demo/os:10"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

Visit = Callable[[Person], Awaitable[None]]


class Compare(Protocol):
    """The fixture of pytest-textual-snapshot."""

    def __call__(
        self, app: Menu, *, terminal_size: tuple[int, int], run_before: Callable[[Pilot[None]], Awaitable[None]]
    ) -> bool:
        """Tell whether the picture is as it was."""


class Noon(datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        """Return when it stopped."""
        return cls(2026, 1, 1, 12, tzinfo=tz)


class Photograph:
    """Takes a picture of the page that a person comes to, and compares it with the one that is kept."""

    def __init__(self, compare: Compare) -> None:
        self._compare = compare

    def __call__(self, rig: Rig, visit: Visit, size: tuple[int, int] = (COLUMNS, LINES)) -> bool:
        """Tell whether the picture is as it was."""

        async def before(pilot: Pilot[None]) -> None:
            person = Person(pilot)
            await person.wait_for_decision()
            await visit(person)

        menu = Menu(rig.adapters, "tty1", SCREEN)
        freeze(menu)
        return self._compare(menu, terminal_size=size, run_before=before)


@pytest.fixture
def photograph(snap_compare: Compare) -> Photograph:
    """A camera."""
    return Photograph(snap_compare)


@pytest.fixture(autouse=True)
def same_everywhere(monkeypatch: pytest.MonkeyPatch, server: Registry) -> None:
    """The registry has a name and a port that never change, and the machine is a PC."""
    dial = dialling.dial

    def dial_by_name(host: str, port: int, seconds: float, meter: Meter) -> socket:
        return dial(*(("127.0.0.1", server.port) if f"{host}:{port}" == HOST else (host, port)), seconds, meter)

    monkeypatch.setattr(dialling, "dial", dial_by_name)
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(facts, "now", lambda: datetime(2025, 3, 15, tzinfo=UTC))


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A machine with one network interface that was told of the registry."""
    rig = Rig(tmp_path / "machine", cmdline=f"wyr.registry=http://{HOST}")
    rig.plug("wired0")
    return rig


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.__name__)
def test_page(
    photograph: Photograph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Page], size: str
) -> None:
    monkeypatch.setattr(report, "datetime", Noon)
    rig = Rig(tmp_path / "furnished", cmdline=f"wyr.registry=http://{HOST}")
    furnish(rig, HOST)

    async def visit(person: Person) -> None:
        await open_page(person, kind, HOST)

    with prepared(kind, rig, HOST):
        assert photograph(rig, visit, SIZES[size])


def test_home_of_a_server(photograph: Photograph, rig: Rig) -> None:
    rig.describe(sys_vendor="Dell Inc.", product_name="PowerEdge R640")
    rig.set_firmware("SecureBoot", b"\x01")
    rig.save(json.dumps({"image": IMAGE}).encode())
    rig.turn.stand_by()
    for number in range(1, 4):
        rig.plug(f"wired{number}", carrier=number < 3, speed=10000 if number < 3 else -1)
    rig.insert("0000:02:00.0", driver="r8169")
    rig.log_kernel("r8169 0000:02:00.0: firmware: failed to load rtl_nic/rtl8168h-2.fw (-2)")

    async def visit(person: Person) -> None:
        await person.wait_for("PowerEdge", "lacks its firmware", "Next: in 5 s", "(from the EFI variable)")

    assert photograph(rig, visit)


def test_home_with_saved_choice_and_unknown_word(photograph: Photograph, tmp_path: Path) -> None:
    rig = Rig(tmp_path / "told", cmdline=f"wyr.registry=http://{HOST} wyr.imgae=typo wyr.menu")
    rig.save(json.dumps({"image": IMAGE, "cmdline": ["quiet"]}).encode())

    async def visit(person: Person) -> None:
        await person.wait_for("This machine", "wyr.imgae=typo", "Forget the saved choice")

    assert photograph(rig, visit)


def test_home_with_invalid_choice(photograph: Photograph, rig: Rig) -> None:
    rig.save(b"half a choice")

    async def visit(person: Person) -> None:
        await person.wait_for("This machine", "Look at the saved choice")

    assert photograph(rig, visit)


def test_invalid_choice(photograph: Photograph, rig: Rig) -> None:
    rig.save(b'{"image": "half a ch')

    async def visit(person: Person) -> None:
        await person.choose("Look at the saved choice")
        await person.wait_for("half a ch")

    assert photograph(rig, visit)


def test_typed_reference_that_is_wrong(photograph: Photograph, rig: Rig) -> None:
    async def visit(person: Person) -> None:
        await person.choose("Type a reference")
        await person.type("Not A Reference")
        await person.press("enter")
        await person.wait_for("is not a reference")

    assert photograph(rig, visit)


def test_image_that_does_not_boot(photograph: Photograph, rig: Rig) -> None:
    async def visit(person: Person) -> None:
        await pick(person, HOST, "demo/plain", "1")

    assert photograph(rig, visit)


def test_boot(photograph: Photograph, rig: Rig) -> None:
    async def visit(person: Person) -> None:
        await pick_to_boot(person, HOST)
        await person.press("tab")
        await person.paste("console=ttyS0")
        await person.press("enter")

    assert photograph(rig, visit)


def test_saving(photograph: Photograph, rig: Rig) -> None:
    async def visit(person: Person) -> None:
        await pick_to_boot(person, HOST)
        await person.choose("Boot always")
        await person.wait_for("Are you sure?")

    assert photograph(rig, visit)


def test_progress(photograph: Photograph, rig: Rig) -> None:
    (rig.root / "run/systemd/netif").mkdir(parents=True)
    (rig.root / "run/systemd/netif/state").write_text("OPER_STATE=no-carrier\n")

    async def visit(person: Person) -> None:
        await pick_to_boot(person, HOST)
        await person.choose("Boot once")
        await person.wait_for("Waiting for the network.")

    assert photograph(rig, visit)


def test_error(photograph: Photograph, rig: Rig) -> None:
    async def visit(person: Person) -> None:
        await person.choose("Type a reference")
        await person.paste(f"{HOST}/demo/os:gone")
        await person.press("enter")
        await person.wait_for("has no image gone")

    assert photograph(rig, visit)


def test_forgetting(photograph: Photograph, rig: Rig) -> None:
    rig.save(json.dumps({"image": IMAGE}).encode())

    async def visit(person: Person) -> None:
        await person.choose("Forget the saved choice")
        await person.wait_for("Are you sure?")

    assert photograph(rig, visit)


def test_unattended_boot_that_failed(photograph: Photograph, rig: Rig) -> None:
    error = "The registry registry.example:5000 cannot be reached: connection refused."

    async def visit(person: Person) -> None:
        await person.wait_for("The last try failed")

    with rig.turn.taken(OWNER):
        rig.turn.tell(Status(OWNER, IMAGE, "Fetching the image and packing it.", 30_000_000, 90_000_000, error=error))
        assert photograph(rig, visit)


def test_boot_on_another_console(photograph: Photograph, rig: Rig) -> None:
    async def visit(person: Person) -> None:
        await person.wait_for("From the console ttyS0")

    with rig.turn.taken("ttyS0"):
        rig.turn.tell(Status("ttyS0", IMAGE, "Fetching the image and packing it.", 30_000_000, 90_000_000))
        assert photograph(rig, visit)


def test_way_that_ends(photograph: Photograph, rig: Rig) -> None:
    rig.save(json.dumps({"image": IMAGE}).encode())

    async def visit(person: Person) -> None:
        await person.choose("Check the way to an image")
        await person.wait_for("It ends at address.")

    assert photograph(rig, visit)


def test_boot_pinned(photograph: Photograph, rig: Rig) -> None:
    async def visit(person: Person) -> None:
        await pick_to_boot(person, HOST)
        await person.choose("[ ] Pin")
        await person.wait_for("Pinned: ")

    assert photograph(rig, visit)


def test_log(photograph: Photograph, rig: Rig) -> None:
    (rig.root / "dev").mkdir()
    (rig.root / "dev/kmsg").write_text("6,1,0,-;Linux version 6.12\n3,2,1234567,-;sda: it is broken\n")

    async def visit(person: Person) -> None:
        await person.wait_for(HOST)
        freeze(person.app)
        person.app.history.note_error(WyrcanError("registry-unreachable", "The registry cannot be reached."))
        await person.press("f2")
        await person.wait_for("it is broken")

    assert photograph(rig, visit)


def test_report(photograph: Photograph, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "datetime", Noon)

    async def visit(person: Person) -> None:
        freeze(person.app)
        person.app.show_error(WyrcanError("tag-missing", "There is no such tag.", hint="Choose another.", tag="gone"))
        await person.wait_for("That did not work")
        await person.choose("Details")
        await person.wait_for_page("Details of what did not work")
        await person.choose("Save it on the boot medium")
        await person.wait_for("Saved as")

    assert photograph(rig, visit)


def freeze(menu: Menu) -> None:
    """Let all that happens from now on happen at noon, and forget what was before."""
    menu.history = History(lambda: NOON)


def test_network_form_with_what_is_wrong(photograph: Photograph, rig: Rig) -> None:
    rig.plug("ens3")

    async def visit(person: Person) -> None:
        await open_card(person, "ens3")
        await fill(person, "10.0.0.7", "", "off", "", "ns.example", "12")
        await person.choose("Use these settings now")
        await person.wait_for("MTU: IPv4 needs 68 bytes at least.")

    assert photograph(rig, visit)


def test_network_with_a_bond_and_a_vlan(photograph: Photograph, rig: Rig) -> None:
    for name, mac in (("ens3", "52:54:00:00:00:01"), ("ens4", "52:54:00:00:00:02"), ("ens5", "52:54:00:00:00:03")):
        rig.plug(name, address=mac)
    cards = [Card("ens4", "52:54:00:00:00:02"), Card("ens5", "52:54:00:00:00:03")]
    files = with_interface({}, Bond("bond0", ("ens4", "ens5")), cards)
    files = with_interface({"eth.network": {}, **files}, Vlan("bond0", 7))
    rig.save(json.dumps({"network": files}).encode())

    async def visit(person: Person) -> None:
        await person.choose("Network ...")
        await person.wait_for("Written by hand, and kept as it is: eth.network")

    assert photograph(rig, visit)
