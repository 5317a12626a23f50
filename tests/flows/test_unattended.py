"""Booting with nobody there."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.bootable import bootable_image
from tests.support.newc import read_initrd
from tests.support.registry import Registry
from tests.support.rig import Rig
from tests.support.server import free_port
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows import unattended
from wyrcan_tui.flows.boot import Order, boot
from wyrcan_tui.flows.unattended import OWNER, Attempt, boot_unattended
from wyrcan_tui.host import turn as turn_module
from wyrcan_tui.host.turn import Status, Turn
from wyrcan_tui.oci.platform import Platform
from wyrcan_tui.oci.reference import parse_reference
from wyrcan_tui.progress import Meter, Stage
from wyrcan_tui.registry.transport import Transport

IMAGE = "quay.io/demo/os:1"
PATIENCE = 20.0


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of hundredths of a second."""
    monkeypatch.setattr(unattended, "_POLL", 0.01)
    monkeypatch.setattr(unattended, "_FIRST_PAUSE", 0.02)
    monkeypatch.setattr(unattended, "_LONGEST_PAUSE", 0.08)


@pytest.fixture
def turn(tmp_path: Path) -> Turn:
    """The turn on a machine where a menu can be seen."""
    turn = Turn(tmp_path)
    turn.show("tty1")
    return turn


def until(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.005)


class Recorder:
    """A boot that fails as often as it is told to, and keeps what the other consoles saw meanwhile."""

    def __init__(self, turn: Turn, failures: int) -> None:
        self.turn = turn
        self.failures = failures
        self.times: list[float] = []
        self.seen: list[Status | None] = []

    def __call__(self, meter: Meter) -> None:
        """Boot."""
        self.times.append(time.monotonic())
        meter.enter(Stage.LAYERS, "Fetching.")
        self.seen.append(self.turn.status())
        if len(self.times) <= self.failures:
            raise WyrcanError("registry-unreachable", f"Failure {len(self.times)}.", hint="Mend it.")


def in_background(turn: Turn, timeout: float, boot: Callable[[Meter], None]) -> threading.Thread:
    """Have an unattended boot go on."""
    thread = threading.Thread(target=boot_unattended, args=(turn, lambda: Attempt(IMAGE, timeout, boot)), daemon=True)
    thread.start()
    return thread


def test_choice_is_booted_after_the_countdown_and_not_before(turn: Turn) -> None:
    boot = Recorder(turn, failures=0)
    begin = time.monotonic()
    boot_unattended(turn, lambda: Attempt(IMAGE, 0.2, boot))
    assert len(boot.times) == 1
    assert boot.times[0] - begin >= 0.2
    assert turn.status() is None


def test_countdown_is_seen_on_every_console(turn: Turn) -> None:
    boot = Recorder(turn, failures=0)
    thread = in_background(turn, 0.5, boot)
    until(turn.status)
    status = turn.status()
    assert status is not None
    assert (status.owner, status.reference, status.error) == (OWNER, IMAGE, "")
    assert 0 < status.deadline - time.monotonic() <= 0.5
    thread.join(PATIENCE)
    assert len(boot.times) == 1


def test_menus_know_from_the_start_that_something_boots_by_itself(tmp_path: Path) -> None:
    turn = Turn(tmp_path)
    assert not turn.stood_by
    boot = Recorder(turn, failures=0)
    thread = in_background(turn, 0.05, boot)
    until(lambda: turn.stood_by)
    # Before its menu can be seen, a console has nothing else to go by.
    assert turn.status() is None
    turn.show("tty1")
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert len(boot.times) == 1


def test_countdown_waits_until_a_menu_can_be_seen(tmp_path: Path) -> None:
    turn = Turn(tmp_path)
    boot = Recorder(turn, failures=0)
    thread = in_background(turn, 0.01, boot)
    time.sleep(0.2)
    assert not boot.times
    turn.show("ttyS0")
    thread.join(PATIENCE)
    assert len(boot.times) == 1


def test_boot_without_a_countdown_waits_for_no_menu(tmp_path: Path) -> None:
    boot = Recorder(Turn(tmp_path), failures=0)
    boot_unattended(boot.turn, lambda: Attempt(IMAGE, 0, boot))
    assert len(boot.times) == 1


def test_machine_where_no_menu_comes_up_boots_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unattended, "_MENU_PATIENCE", 0.05)
    boot = Recorder(Turn(tmp_path), failures=0)
    boot_unattended(boot.turn, lambda: Attempt(IMAGE, 0.01, boot))
    assert len(boot.times) == 1


def test_somebody_at_a_console_stops_the_countdown(turn: Turn) -> None:
    boot = Recorder(turn, failures=0)
    in_background(turn, 0.3, boot)
    until(turn.status)
    turn.attend()
    until(lambda: turn.status() is None)
    time.sleep(0.4)
    assert not boot.times


def test_somebody_at_a_console_stops_a_boot_that_is_under_way(turn: Turn) -> None:
    stopped = threading.Event()

    def slow(meter: Meter) -> None:
        meter.enter(Stage.LAYERS, "Fetching.")
        try:
            meter.pause(PATIENCE)
        finally:
            stopped.set()

    in_background(turn, 0, slow)
    until(lambda: (status := turn.status()) and status.note == "Fetching.")
    turn.attend()
    assert stopped.wait(PATIENCE / 2)
    until(lambda: turn.status() is None)


def test_countdown_begins_anew_when_nobody_is_there_any_more(turn: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
    boot = Recorder(turn, failures=0)
    turn.attend()
    thread = in_background(turn, 0.05, boot)
    time.sleep(0.2)
    assert not boot.times
    monkeypatch.setattr(turn_module, "ATTENTION", 0.0)
    thread.join(PATIENCE)
    assert len(boot.times) == 1


def test_failure_is_told_and_tried_again_with_growing_pauses_up_to_a_limit(turn: Turn) -> None:
    boot = Recorder(turn, failures=5)
    boot_unattended(turn, lambda: Attempt(IMAGE, 0, boot))
    errors = [status.error for status in boot.seen if status]
    assert errors == ["", *(f"Failure {number}. Mend it." for number in range(1, 6))]
    pauses = [after - before for before, after in zip(boot.times, boot.times[1:], strict=False)]
    for pause, least in zip(pauses, [0.02, 0.04, 0.08, 0.08, 0.08], strict=True):
        assert pause >= least
    assert sum(pauses) < 2


def test_bug_in_a_boot_does_not_end_the_trying(turn: Turn) -> None:
    tries: list[float] = []

    def boot(meter: Meter) -> None:
        tries.append(time.monotonic())
        if len(tries) == 1:
            raise ZeroDivisionError

    boot_unattended(turn, lambda: Attempt(IMAGE, 0, boot))
    assert len(tries) == 2


def test_boot_works_as_soon_as_the_registry_is_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Transport, "pause", lambda transport, attempt, why, least=0.0: None)
    rig = Rig(tmp_path / "machine")
    rig.turn.show("tty1")
    registry = Registry(tmp_path / "registry", free_port())
    with registry:
        registry.push_image("demo/os", "1", bootable_image("back"))
    order = Order(parse_reference(f"127.0.0.1:{registry.port}/demo/os:1"))

    def start(meter: Meter) -> None:
        boot(order, Platform("linux", "amd64"), rig.kexec, rig.adapters.networkd, meter, memory=1 << 30)

    thread = in_background(rig.turn, 0, start)
    until(lambda: (status := rig.turn.status()) and "cannot be reached" in status.error)
    assert not rig.kexec.executed
    with registry:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert read_initrd(rig.kexec.booted.initrd)["init"].data == b"#!/bin/sh\necho back\n"


def test_choice_that_comes_late_is_booted_with_nobody_there(turn: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unattended, "_SEARCH_INTERVAL", 0.02)
    boot = Recorder(turn, failures=0)
    found = iter([None, None, Attempt(IMAGE, 0, boot)])
    thread = threading.Thread(target=boot_unattended, args=(turn, lambda: next(found)), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert len(boot.times) == 1


def test_nothing_is_looked_for_while_somebody_is_there(turn: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unattended, "_SEARCH_INTERVAL", 0.02)
    searches: list[float] = []

    def find() -> None:
        searches.append(time.monotonic())

    turn.attend()
    threading.Thread(target=boot_unattended, args=(turn, find), daemon=True).start()
    until(lambda: searches)
    time.sleep(0.2)
    assert len(searches) == 1


def test_search_that_fails_is_reported_and_made_again(turn: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unattended, "_SEARCH_INTERVAL", 0.02)
    boot = Recorder(turn, failures=0)
    failures: list[Exception] = [WyrcanError("efi-unreadable", "It is broken."), OSError("no sockets")]
    reports: list[tuple[str, float]] = []

    def find() -> Attempt:
        if failures:
            raise failures.pop(0)
        return Attempt(IMAGE, 0, boot)

    boot_unattended(turn, find, lambda error, pause: reports.append((error.code, pause)))
    assert reports == [("efi-unreadable", 0.02), ("unforeseen", 0.02)]
    assert len(boot.times) == 1


def test_every_failure_is_reported_with_the_pause_that_follows(turn: Turn) -> None:
    reports: list[tuple[str, float]] = []
    boot = Recorder(turn, failures=3)
    boot_unattended(turn, lambda: Attempt(IMAGE, 0, boot), lambda error, pause: reports.append((error.message, pause)))
    assert reports == [("Failure 1.", 0.02), ("Failure 2.", 0.04), ("Failure 3.", 0.08)]
