"""What goes on without this console: the unattended boot, and somebody at another one."""

import asyncio
import json
import re
import time

import pytest
from textual.app import App
from textual.widgets import Static

from tests.support.rig import Rig
from tests.tui.person import Person, somebody_at
from wyrcan_tui.flows.unattended import OWNER
from wyrcan_tui.host.turn import Status
from wyrcan_tui.tui.elsewhere import ElsewherePage

IMAGE = "quay.io/demo/os:1"


def seconds_left(person: Person) -> int:
    """What the countdown on the screen says."""
    match = re.search(r"In (\d+) seconds\.", person.text)
    assert match, person.text
    return int(match[1])


async def test_menu_tells_the_others_that_it_can_be_seen(rig: Rig) -> None:
    assert not rig.turn.shown
    async with somebody_at(rig, "ttyS0"):
        assert (rig.root / "run/wyrcan/menu-ttyS0").exists()


async def test_countdown_is_shown_with_the_seconds_that_are_left(rig: Rig) -> None:
    with rig.turn.taken(OWNER):
        rig.turn.tell(Status(OWNER, IMAGE, "Booting the saved choice.", deadline=time.monotonic() + 60))
        async with somebody_at(rig) as person:
            await person.wait_for(f"Booting {IMAGE}", "Booting the saved choice. In ", "Press any key to open the menu")
            person.check_page()
            before = seconds_left(person)
            assert 40 < before <= 60
            await person.wait_until(lambda: seconds_left(person) < before, "the next second")


@pytest.mark.parametrize("key", ["enter", "escape", "down", "x", "space", "f1"])
async def test_any_key_opens_the_menu_at_the_saved_choice_and_does_nothing_else(rig: Rig, key: str) -> None:
    rig.save(json.dumps({"image": IMAGE}).encode())
    with rig.turn.taken(OWNER):
        rig.turn.tell(Status(OWNER, IMAGE, "Booting the saved choice.", deadline=time.monotonic() + 60))
        async with somebody_at(rig) as person:
            await person.wait_for("Press any key to open the menu")
            assert not rig.turn.attended
            await person.press(key)
            await person.wait_for("Boot this machine")
            assert rig.turn.attended
            assert person.selected == f"{IMAGE}  (from the EFI variable)"
    assert rig.kexec.loaded == []


async def test_first_key_counts_even_before_the_countdown_is_drawn(rig: Rig) -> None:
    rig.save(json.dumps({"image": IMAGE}).encode())
    async with somebody_at(rig) as person:
        with rig.turn.taken(OWNER):
            rig.turn.tell(Status(OWNER, IMAGE, "Booting the saved choice.", deadline=time.monotonic() + 60))
            await person.press("enter")
            await person.wait_until(lambda: rig.turn.attended, "the mark of somebody here")
            await person.wait_for("Boot this machine")


async def test_every_key_keeps_the_unattended_boot_away(rig: Rig) -> None:
    async with somebody_at(rig) as person:
        assert not rig.turn.attended
        await person.press("down")
        await person.wait_until(lambda: rig.turn.attended, "the mark of somebody here")


async def test_line_that_sends_by_itself_is_nobody_and_a_key_pressed_there_is_somebody(rig: Rig) -> None:
    with rig.turn.taken(OWNER):
        rig.turn.tell(Status(OWNER, IMAGE, "Booting the saved choice.", deadline=time.monotonic() + 60))
        async with somebody_at(rig, "ttyS1") as person:
            await person.wait_for("Press any key to open the menu")
            for _ in range(3):
                person.echo(f"quay.io/demo/os:1 In {seconds_left(person)} seconds.")
                await asyncio.sleep(0.5)
            assert not rig.turn.attended
            await person.press("x")
            await person.wait_for("Boot this machine")
            assert rig.turn.attended


async def test_reason_of_the_last_failure_is_shown_while_it_is_tried_again(rig: Rig) -> None:
    error = "The registry quay.io cannot be reached: connection refused."
    with rig.turn.taken(OWNER):
        rig.turn.tell(Status(OWNER, IMAGE, "Trying again.", deadline=time.monotonic() + 60, error=error))
        async with somebody_at(rig) as person:
            await person.wait_for("Trying again. In", f"The last try failed: {error}")
            person.check_page()


async def test_boot_of_another_console_is_shown_until_it_is_over_and_cannot_be_left(rig: Rig) -> None:
    async with somebody_at(rig) as person:
        with rig.turn.taken("ttyS0"):
            rig.turn.tell(Status("ttyS0", IMAGE, "Fetching the image.", 500, 1000))
            await person.wait_for(f"Booting {IMAGE}", "From the console ttyS0: Fetching the image.", "500 bytes of")
            person.check_page()
            await person.press("escape", "enter")
            assert "From the console ttyS0" in person.text
            rig.turn.tell(Status("ttyS0", IMAGE, "Fetching the image.", 1000, 1000))
            await person.wait_for("[########################] 1.0 kB of 1.0 kB")
        await person.wait_for("Boot this machine")


async def test_second_console_sees_the_boot_of_the_first_and_not_its_own_page(rig: Rig, host: str) -> None:
    """The first console to decide wins: its own menu shows the progress, not that somebody else boots."""
    state = rig.root / "run/systemd/netif/state"
    state.parent.mkdir(parents=True)
    state.write_text("OPER_STATE=no-carrier\n")
    async with somebody_at(rig, "tty1") as person:
        await person.choose("Type a reference")
        await person.type(f"{host}/demo/os:1")
        await person.press("enter")
        await person.choose("Boot this image")
        await person.choose("Boot once")
        await person.wait_for("Waiting for the network.")
        async with somebody_at(rig, "ttyS0") as other:
            await other.wait_for("From the console tty1: Waiting for the network.")
        await person.wait_for("Waiting for the network.", "Esc stop and go back")
        await person.press("escape")


async def test_key_that_stops_the_countdown_selects_the_choice_that_was_saved_meanwhile(rig: Rig) -> None:
    async with somebody_at(rig) as person:
        await person.select("quay.io")
        rig.save(json.dumps({"image": IMAGE}).encode())
        with rig.turn.taken(OWNER):
            rig.turn.tell(Status(OWNER, IMAGE, "Booting what was chosen.", deadline=time.monotonic() + 60))
            await person.wait_until(lambda: rig.turn.attended, "the mark of somebody here")
            (rig.root / "run/wyrcan/attended").unlink()
            await person.wait_for("Press any key to open the menu")
            await person.press("x")
            await person.wait_for("Boot this machine", "(from the EFI variable)")
            assert person.selected == f"{IMAGE}  (from the EFI variable)"
            assert "Forget the saved choice ..." in person.options


async def test_status_that_comes_before_there_is_a_page_to_show_it_on_is_kept_for_it() -> None:
    page = ElsewherePage(Status("ttyS0", IMAGE, "First."))
    page.show(Status("ttyS0", IMAGE, "Second."))
    async with App[None]().run_test() as pilot:
        await pilot.app.push_screen(page)
        assert page.query_one("#note", Static).content == "From the console ttyS0: Second."
