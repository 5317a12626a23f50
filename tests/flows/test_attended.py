"""Booting what somebody at a console chose, while other consoles look on."""

import threading
from pathlib import Path

import pytest

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows import attended
from wyrcan_tui.flows.attended import boot_attended
from wyrcan_tui.flows.unattended import Attempt, boot_unattended
from wyrcan_tui.host.turn import Status, Turn
from wyrcan_tui.progress import CancelledError, Item, Meter, Progress, Stage

IMAGE = "quay.io/demo/os:1"
PATIENCE = 20.0


@pytest.fixture
def turn(tmp_path: Path) -> Turn:
    """The turn on a machine."""
    return Turn(tmp_path)


class Gate:
    """A boot that goes on until it is let through."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.open = threading.Event()

    def __call__(self, meter: Meter) -> None:
        """Boot."""
        meter.enter(Stage.LAYERS, "Fetching.", [Item("layer", 3, 10)])
        self.begun.set()
        while not self.open.is_set():
            meter.pause(0.01)


def test_boot_is_reported_here_and_seen_on_the_other_consoles(turn: Turn) -> None:
    reports: list[Progress] = []
    statuses: list[Status | None] = []

    def boot(meter: Meter) -> None:
        meter.enter(Stage.LAYERS, "Fetching.", [Item("layer", 3, 10)])
        statuses.append(turn.status())

    _, run = boot_attended(turn, "tty1", IMAGE, boot, reports.append)
    run()
    assert [progress.note for progress in reports] == ["Fetching."]
    assert statuses == [Status("tty1", IMAGE, "Fetching.", 3, 10)]
    assert turn.status() is None
    assert turn.attended


def test_every_console_is_told_that_the_next_kernel_is_about_to_start(turn: Turn) -> None:
    statuses: list[Status | None] = []

    def boot(meter: Meter) -> None:
        for stage in (Stage.LOAD, Stage.START):
            meter.enter(stage, stage)
            statuses.append(turn.status())

    _, run = boot_attended(turn, "tty1", IMAGE, boot, lambda _: None)
    run()
    assert [status.starting for status in statuses if status] == [False, True]


def test_second_console_is_told_that_the_first_one_boots(turn: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attended, "_PATIENCE", 0.05)
    monkeypatch.setattr(attended, "_POLL", 0.01)
    gate = Gate()
    _, first = boot_attended(turn, "tty1", IMAGE, gate, lambda _: None)
    thread = threading.Thread(target=first)
    thread.start()
    assert gate.begun.wait(PATIENCE)

    _, second = boot_attended(turn, "ttyS0", IMAGE, lambda _: pytest.fail("both boot"), lambda _: None)
    with pytest.raises(WyrcanError) as caught:
        second()
    assert caught.value.code == "turn-taken"
    assert "tty1" in caught.value.message
    assert turn.status() == Status("tty1", IMAGE, "Fetching.", 3, 10)

    gate.open.set()
    thread.join(PATIENCE)


def test_unattended_boot_gives_way_to_somebody_at_a_console(turn: Turn) -> None:
    turn.show("tty1")
    unattended = Gate()
    threading.Thread(target=boot_unattended, args=(turn, lambda: Attempt(IMAGE, 0, unattended)), daemon=True).start()
    assert unattended.begun.wait(PATIENCE)

    booted = threading.Event()
    _, run = boot_attended(turn, "tty1", "quay.io/demo/other:1", lambda _: booted.set(), lambda _: None)
    run()
    assert booted.is_set()


def test_boot_can_be_stopped_from_its_console_and_the_turn_is_free_again(turn: Turn) -> None:
    gate = Gate()
    meter, run = boot_attended(turn, "tty1", IMAGE, gate, lambda _: None)
    raised: list[BaseException] = []

    def collect() -> None:
        try:
            run()
        except CancelledError as error:
            raised.append(error)

    thread = threading.Thread(target=collect)
    thread.start()
    assert gate.begun.wait(PATIENCE)
    meter.cancel()
    thread.join(PATIENCE)
    assert len(raised) == 1
    with turn.taken("ttyS0"):
        pass


def test_failure_comes_back_to_whoever_asked(turn: Turn) -> None:
    def fail(meter: Meter) -> None:
        raise WyrcanError("kernel-missing", "The image has no kernel.")

    _, run = boot_attended(turn, "tty1", IMAGE, fail, lambda _: None)
    with pytest.raises(WyrcanError, match="no kernel"):
        run()
    assert turn.status() is None
