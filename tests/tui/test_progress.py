"""What is seen of a boot while it goes on."""

import threading
from collections.abc import Iterator

import pytest

from tests.support.rig import Rig
from tests.tui.person import Person, somebody_at
from wyrcan_tui.progress import Item, Meter, Stage
from wyrcan_tui.tui import progress
from wyrcan_tui.tui.progress import time_text

MB = 1_000_000


class Transfer:
    """A boot that has come as far as it is told, and stays there until the test is over."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.over = threading.Event()

    def __call__(self, order: object, adapters: object, meter: Meter) -> None:
        """Boot."""
        meter.enter(Stage.LAYERS, "Fetching the image and packing it.", self.items)
        self.meter = meter
        self.over.wait(20)


@pytest.fixture
def transfer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Transfer]:
    """What the menu takes for booting."""
    transfer = Transfer()
    monkeypatch.setattr(progress, "carry_out", transfer)
    yield transfer
    transfer.over.set()


async def start(person: Person, last: str) -> None:
    """Go to the page that shows the boot, and wait until the last layer is seen."""
    await person.choose("(from the EFI variable)")
    await person.choose("Boot once")
    await person.wait_for("Fetching the image and packing it.", "/s", last)


async def test_every_layer_has_a_bar_of_its_own_and_the_whole_has_one(rig: Rig, transfer: Transfer) -> None:
    rig.save(b'{"image": "quay.io/demo/os:1"}')
    transfer.items = [Item("aaaa", 0, 4 * MB), Item("bbbb", 3 * MB, 6 * MB), Item("cccc", 2 * MB, 2 * MB)]
    async with somebody_at(rig) as person:
        await start(person, "cccc")
        person.check_page()
        lines = [line.strip() for line in person.lines]
    assert "aaaa  [........................] 4.0 MB" in lines
    assert "bbbb  [############............] 6.0 MB" in lines
    assert "cccc  [########################] 2.0 MB" in lines
    assert any(line.startswith("[##########..............] 5.0 MB of 12.0 MB, ") for line in lines)


async def test_what_was_tried_again_is_counted_and_stays_to_be_read(rig: Rig, transfer: Transfer) -> None:
    rig.save(b'{"image": "quay.io/demo/os:1"}')
    transfer.items = [Item("aaaa", 0, 4 * MB)]
    async with somebody_at(rig) as person:
        await start(person, "aaaa")
        assert "Tried again" not in person.text
        transfer.meter.trouble("The transfer broke off. Trying again in 1 s.")
        await person.wait_for("The transfer broke off. Trying again in 1 s.", "Fetching the image and packing it.")
        transfer.meter.advance(0, 4 * MB)
        await person.wait_for("Tried again once: The transfer broke off.", "All of the image is here")
        person.check_page()
        transfer.meter.trouble("It broke off once more.")
        transfer.meter.advance(0, 0)
        await person.wait_for("Tried again 2 times, the last time: It broke off once more.")
        await person.press("f2")
        await person.wait_for("The transfer broke off. Trying again in 1 s.", "It broke off once more.")
        await person.press("escape", "escape")
        await person.wait_for("Boot once")
        assert transfer.meter.cancelled


async def test_time_that_is_left_is_told_once_something_moves(rig: Rig, transfer: Transfer) -> None:
    rig.save(b'{"image": "quay.io/demo/os:1"}')
    transfer.items = [Item("aaaa", 0, 4 * MB)]
    async with somebody_at(rig) as person:
        await start(person, "aaaa")
        assert " left" not in person.text

        def goes_on() -> bool:
            transfer.meter.advance(0, 1)
            return " left" in person.text

        await person.wait_until(goes_on, "the time that is left")
        person.check_page()


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.4, "0 s"), (99, "99 s"), (119, "2 min"), (5999, "100 min"), (7300, "2 h")]
)
def test_time_is_told_as_exactly_as_it_is_known(seconds: float, said: str) -> None:
    assert time_text(seconds) == said


async def test_of_many_layers_those_under_way_are_shown(rig: Rig, transfer: Transfer) -> None:
    rig.save(b'{"image": "quay.io/demo/os:1"}')
    done, waiting = (
        [Item(f"{name}{number}", share, MB) for number in range(9)] for name, share in (("d", MB), ("w", 0))
    )
    transfer.items = [*done, Item("under-way-1", MB // 2, MB), Item("under-way-2", 1, MB), *waiting]
    async with somebody_at(rig) as person:
        await start(person, "under-way-2")
        person.check_page()
        shown = [line.split()[0] for line in person.lines if "1.0 MB" in line and not line.strip().startswith("[")]
    assert shown == ["under-way-1", "under-way-2"]
