"""The first page while things happen to the machine: what is seen is what is so, and nobody asks for it."""

import dataclasses
import os
import threading
import time
from pathlib import Path

import pytest

from tests.support.own_network import ip, own_network, reason_against_own_network
from tests.support.rig import Rig
from tests.tui.person import Person, somebody_at
from wyrcan_tui.host.links import Link
from wyrcan_tui.host.networkd import Networkd

IMAGE = "quay.io/demo/os:1"
LACK = "r8169 0000:02:00.0: Direct firmware load for rtl_nic/rtl8168h-2.fw failed with error -2"

reason = reason_against_own_network()
needs_network = pytest.mark.skipif(bool(reason), reason=f"there can be no network of the test's own: {reason}")


async def gone(person: Person, words: str) -> None:
    """Wait until something is no longer on the screen."""
    await person.wait_until(lambda: words not in person.text, f"the end of {words!r}")


@needs_network
async def test_cards_cables_and_addresses_come_and_go_on_the_page(rig: Rig) -> None:
    with own_network(rig.root):
        async with somebody_at(rig) as person:
            await person.wait_for("Network: no interface that Linux knows")
            ip("link add wired0 type veth peer name far")
            await person.wait_for("Network wired0: no cable", "Network far: no cable")
            ip("link set wired0 up")
            ip("link set far up")
            await person.wait_for("Network wired0: connected, 10 Gbit/s, no address yet")
            ip("address add 192.0.2.7/24 dev wired0")
            await person.wait_for("Network wired0: connected, 10 Gbit/s, 192.0.2.7")
            ip("address add 2001:db8::7/64 dev wired0 nodad")
            await person.wait_for("192.0.2.7, 2001:db8::7")
            ip("link set far down")
            await person.wait_for("Network wired0: no cable")
            ip("link set far up")
            await person.wait_for("Network wired0: connected, 10 Gbit/s")
            person.check_page()
            ip("link delete wired0")
            await person.wait_for("Network: no interface that Linux knows")


@needs_network
async def test_bar_stays_where_it_is_while_the_page_changes(rig: Rig) -> None:
    with own_network(rig.root):
        async with somebody_at(rig) as person:
            await person.select("Type a reference")
            ip("link add wired0 type veth peer name far")
            await person.wait_for("Network wired0: no cable")
            assert person.selected == "Type a reference ..."


async def test_card_that_lacks_its_firmware_is_named_when_the_kernel_says_so(rig: Rig) -> None:
    rig.insert("0000:02:00.0", driver="r8169")
    (rig.root / "dev").mkdir()
    os.mkfifo(rig.root / "dev/kmsg")
    holder = os.open(rig.root / "dev/kmsg", os.O_RDWR)
    async with somebody_at(rig) as person:
        await person.wait_for("This machine")
        assert "firmware file" not in person.text
        rig.log_kernel(LACK)
        await person.wait_for("Network card 0000:02:00.0 (r8169) lacks its firmware file rtl_nic/rtl8168h-2.fw.")
        person.check_page()
    os.close(holder)


async def test_machine_and_problems_are_seen_together(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "machine", cmdline="wyr.imgae=typo")
    rig.insert("0000:03:00.0")
    rig.describe(sys_vendor="Dell Inc.", product_name="PowerEdge R640")
    async with somebody_at(rig) as person:
        await person.wait_for("Dell Inc. PowerEdge R640", "(8086:15f3) has no driver so far.", "wyr.imgae=typo")
        person.check_page()


async def test_page_is_there_while_the_machine_is_still_looked_at(rig: Rig) -> None:
    """A network card whose driver takes its time to answer keeps nobody from choosing."""
    asked, answer = threading.Event(), threading.Event()

    class Slow(Networkd):
        def links(self) -> list[Link]:
            """Answer late."""
            asked.set()
            answer.wait(20)
            return []

    rig.adapters = dataclasses.replace(rig.adapters, networkd=Slow(rig.root))
    async with somebody_at(rig) as person:
        await person.wait_until(asked.is_set, "the question")
        assert "This machine" not in person.text
        await person.choose("Type a reference")
        await person.wait_for("Which image?")
        await person.press("escape")
        answer.set()
        await person.wait_for("This machine", "no interface")


async def test_nobody_watches_once_the_menu_has_ended(rig: Rig) -> None:
    async with somebody_at(rig) as person:
        await person.wait_for("This machine")
    deadline = time.monotonic() + 20
    while any("HomePage" in thread.name for thread in threading.enumerate()):
        assert time.monotonic() < deadline, "the watch goes on"
        time.sleep(0.01)


async def test_what_happens_next_is_told_and_changes_with_the_first_key(rig: Rig) -> None:
    rig.save(b'{"image": "quay.io/demo/os:1"}')
    rig.turn.stand_by()
    async with somebody_at(rig) as person:
        await person.wait_for(f"Next: in 5 s, unless a key is pressed, it boots {IMAGE}")
        person.check_page()
        await person.press("down")
        await person.wait_for(f"Next: waits for you; 10 min after the last key it boots {IMAGE}")


async def test_what_happens_next_changes_with_a_key_at_another_console(rig: Rig) -> None:
    rig.save(b'{"image": "quay.io/demo/os:1"}')
    rig.turn.stand_by()
    async with somebody_at(rig) as person:
        await person.wait_for("Next: in 5 s")
        rig.turn.attend()
        await person.wait_for("Next: waits for you; 10 min after")


async def test_next_takes_two_lines_however_long_the_name_is(rig: Rig) -> None:
    rig.save(b'{"image": "quay.io/' + b"a/" * 100 + b'b:1"}')
    rig.turn.stand_by()
    async with somebody_at(rig) as person:
        await person.wait_for("Next: in 5 s, unless a key is pressed, it boots quay.io/a/a")
        person.check_page()
        at = next(number for number, line in enumerate(person.lines) if "Next:" in line)
        assert not person.lines[at + 2].strip()


async def test_large_screen_shows_all_of_a_large_machine(rig: Rig) -> None:
    for number in range(12):
        rig.plug(f"wired{number:02}", speed=25000)
    async with somebody_at(rig, size=(132, 50)) as person:
        await person.wait_for(
            "wired00: connected, 25 Gbit/s", "wired11: connected, 25 Gbit/s", "Next:", "Restart, power off"
        )
