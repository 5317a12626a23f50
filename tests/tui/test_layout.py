"""Every page can be read and used on the smallest and plainest console, whatever stands on it."""

import dataclasses
import json
import time
from pathlib import Path

import pytest

from tests.support.bootable import bootable_image
from tests.support.image import File
from tests.support.registry import Registry
from tests.support.rig import Rig
from tests.tui.person import somebody_at
from tests.tui.test_path import pick_to_boot
from wyrcan_tui.flows import browse
from wyrcan_tui.flows.choice import LARGEST
from wyrcan_tui.flows.unattended import OWNER
from wyrcan_tui.host.turn import Status
from wyrcan_tui.registry.entry import Repository
from wyrcan_tui.registry.listing import Page

LONG_NAME = "/".join(["department", "group", "team", "project", "component", "variant"] * 4)


async def test_every_page_on_the_way_fits(rig: Rig, host: str) -> None:
    async with somebody_at(rig) as person:
        person.check_page()
        await person.choose("Type a reference")
        await person.wait_for("Which image?")
        person.check_page()
        await person.type("Not A Reference")
        await person.press("enter")
        await person.wait_for("is not a reference")
        person.check_page()
        await person.press("escape")
        await person.choose(host)
        await person.wait_for("2 repositories")
        person.check_page()
        await person.choose("demo/os")
        await person.wait_for("3 tags")
        person.check_page()
        await person.choose("10")
        await person.wait_for("Bootable: yes")
        person.check_page()
        await person.choose("Boot this image")
        await person.wait_for("Boot once")
        person.check_page()
        await person.choose("Boot always")
        await person.wait_for("Are you sure?")
        person.check_page()
        await person.press("escape")
        await person.choose("Boot once")
        await person.wait_for("The system is starting")
        person.check_page()


async def test_machine_with_many_interfaces_and_problems_can_still_be_booted(tmp_path: Path) -> None:
    words = " ".join(f"wyr.unknown{number}=a-word-that-nobody-understands-{number}" for number in range(8))
    rig = Rig(tmp_path / "machine", cmdline=words)
    for number in range(20):
        rig.plug(f"wired{number}")
    async with somebody_at(rig) as person:
        await person.wait_for("This machine:", "Network wired0")
        person.check_page()
        await person.choose("Type a reference")
        await person.wait_for("Which image?")


async def test_last_of_many_tags_can_be_reached_and_seen(tmp_path: Path, registry: Registry) -> None:
    for number in range(40):
        registry.push_image("demo/many", f"v{number}", bootable_image())
    rig = Rig(tmp_path / "machine", cmdline=f"wyr.registry={registry.url}")
    async with somebody_at(rig) as person:
        await person.choose("127.0.0.1")
        await person.choose("demo/many")
        await person.wait_for("40 tags")
        await person.press("end")
        assert person.selected == "v0"
        person.check_page()


async def test_long_name_is_shown_whole_somewhere(rig: Rig) -> None:
    async with somebody_at(rig) as person:
        await person.choose("Type a reference")
        await person.paste(f"127.0.0.1:1/{LONG_NAME}:1")
        await person.press("enter")
        await person.wait_for("That did not work")
        person.check_page()
        await person.press("escape")
        await person.wait_for("Which image?")
        person.check_page()


async def test_saved_choice_with_long_name_and_words_leaves_room_for_the_rest(rig: Rig) -> None:
    words = [f"console=ttyS0 word{number}" for number in range(25)]
    rig.save(json.dumps({"image": f"quay.io/{LONG_NAME}:1", "cmdline": words}).encode())
    async with somebody_at(rig) as person:
        person.check_page()
        assert "Forget the saved choice" in person.options[-2]
        await person.press("end")
        person.check_page()


async def test_choice_of_a_whole_kibibyte_can_be_confirmed(rig: Rig, host: str) -> None:
    async with somebody_at(rig) as person:
        await pick_to_boot(person, host)
        await person.press("tab")
        await person.paste("x" * (LARGEST - 130))
        await person.press("enter")
        await person.choose("Boot always")
        await person.wait_for("Are you sure?")
        person.check_page()


async def test_invalid_value_of_any_size_can_be_looked_at_and_left(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "bios", uefi=False)
    rig.medium.write_bytes(b'{"image": "' + b"half a choice " * 1000)
    async with somebody_at(rig) as person:
        person.check_page()
        await person.choose("Look at the saved choice")
        await person.wait_for("half a choice")
        person.check_page()
        assert "Go back" in person.text


async def test_invalid_value_of_a_kibibyte_can_be_confirmed_away(rig: Rig, host: str) -> None:
    rig.save(b'{"image": "' + b"half a choice " * 72)
    async with somebody_at(rig) as person:
        await pick_to_boot(person, host)
        await person.choose("Boot always")
        await person.choose("Yes, save it and boot")
        await person.wait_for("Something is saved already")
        person.check_page()
        assert "Yes, replace it" in person.text


async def test_saved_value_cannot_play_with_the_terminal(rig: Rig) -> None:
    rig.save(b'{"image": "\x1b[2J\x07\x9b\xe2\x80\xae\r\n')
    async with somebody_at(rig) as person:
        person.check_page()
        await person.choose("Look at the saved choice")
        await person.wait_for("That did not work")
        person.check_page()


async def test_unattended_boot_that_fails_at_length_fits(rig: Rig) -> None:
    with rig.turn.taken(OWNER):
        status = Status(OWNER, f"quay.io/{LONG_NAME}:1", "Trying again.", error="It failed, and this is why. " * 20)
        rig.turn.tell(status)
        async with somebody_at(rig) as person:
            await person.wait_for("The last try failed")
            person.check_page()


async def test_seconds_are_counted_down_to_zero_and_not_below(rig: Rig) -> None:
    with rig.turn.taken(OWNER):
        rig.turn.tell(Status(OWNER, "quay.io/demo/os:1", "Booting.", deadline=time.monotonic() - 9))
        async with somebody_at(rig) as person:
            await person.wait_for("In 0 seconds.")


async def test_image_cannot_play_with_the_terminal(rig: Rig, tmp_path: Path) -> None:
    image = dataclasses.replace(bootable_image(), created="\x1b[2J2025")
    layout = image.write_layout(tmp_path / "layout")
    async with somebody_at(rig) as person:
        await person.choose("Type a reference")
        await person.paste(f"oci:{layout}")
        await person.press("enter")
        await person.wait_for("Bootable: yes")
        person.check_page()


async def test_everything_that_an_image_can_lose_fits_the_page(rig: Rig, tmp_path: Path) -> None:
    names = ["security.capability", "system.posix_acl_access", "security.selinux", *(f"user.{n}" for n in range(9))]
    files = [File(f"{number}/{'n' * 200}", xattrs=dict.fromkeys(names, "x"), mtime=-1) for number in range(9)]
    layout = bootable_image("one", *files).write_layout(tmp_path / "layout")
    async with somebody_at(rig) as person:
        await person.choose("Type a reference")
        await person.paste(f"oci:{layout}")
        await person.press("enter")
        await person.wait_for("Bootable: yes", "Capabilities are lost on 9 files", "SELinux labels are lost")
        person.check_page()
        await person.choose("Boot this image")


async def test_error_cannot_play_with_the_terminal(rig: Rig, tmp_path: Path) -> None:
    layout = bootable_image("one", File("\x1b[2J/../../evil")).write_layout(tmp_path / "layout")
    async with somebody_at(rig) as person:
        await person.choose("Type a reference")
        await person.paste(f"oci:{layout}")
        await person.press("enter")
        await person.wait_for("Bootable: no.", "evil")
        person.check_page()


async def test_listing_cannot_play_with_the_terminal(rig: Rig, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        browse, "repositories", lambda address, text, site, meter: iter([Page([Repository("\x1b[2Jevil")])])
    )
    async with somebody_at(rig) as person:
        await person.choose(host)
        await person.wait_for("1 repositor")
        person.check_page()
