"""The way through the menu: registries, repositories, tags, image, boot; and back."""

import asyncio
import json
from pathlib import Path

from tests.support.bootable import RELEASE, WORDS, bootable_image
from tests.support.newc import read_initrd
from tests.support.registry import Registry
from tests.support.rig import ATTRIBUTES, Rig
from tests.support.server import free_port
from tests.tui.person import Person, somebody_at

LAST = [
    "Images that are made to be booted ...",
    "Type a reference ...",
    "Check the way to an image ...",
    "Network ...",
    "Restart, power off ...",
]
"""What the first page offers behind all registries."""


DETAILS = "Details: save them, or show them as a QR code ..."


async def pick(person: Person, host: str, repository: str = "demo/os", tag: str = "10") -> None:
    """Go from the first page to the one that tells about an image."""
    await person.choose(host)
    await person.choose(repository)
    await person.wait_for(f"Tags of {host}/{repository}")
    await person.choose(tag)
    await person.wait_for(f"{host}/{repository}:{tag}", "Bootable:")
    await person.wait_until(lambda: "looking for" not in person.text, "the verdict")


async def pick_to_boot(person: Person, host: str) -> None:
    """Go from the first page to the one that asks how to boot an image."""
    await pick(person, host)
    await person.choose("Boot this image")
    await person.wait_for("Boot once", "Boot always")


async def test_image_is_picked_and_booted_once(rig: Rig, host: str) -> None:
    async with somebody_at(rig) as person:
        await person.wait_for("Boot this machine", "This machine: linux/amd64, UEFI", "Memory: 2.0 GiB")
        assert person.options == [host, "docker.io", "quay.io", "ghcr.io", *LAST]
        await person.choose(host)
        await person.wait_for(f"Repositories of {host}", "2 repositories")
        assert person.options == ["demo/os", "demo/plain"]
        await person.choose("demo/os")
        await person.wait_for(f"Tags of {host}/demo/os", "3 tags")
        assert person.options == ["10", "2", "1"]
        await person.choose("10")
        await person.wait_for(
            bootable_image("10").digest,
            "Made for linux/amd64",
            "Created 2025-01-01, ",
            "in 1 layer",
            "Memory needs about 0.4 GiB of 2.0 GiB",
            "Bootable: yes",
            f"Kernel {RELEASE} (/boot/wyrcan.kernel)",
        )
        await person.choose("Boot this image")
        await person.choose("Boot once")
        await person.wait_until(lambda: rig.kexec.executed, "the jump")
        await person.wait_for(f"Booting {host}/demo/os:10", "The system is starting")
    assert rig.kexec.booted.cmdline == WORDS
    assert read_initrd(rig.kexec.booted.initrd)["init"].data == b"#!/bin/sh\necho 10\n"
    assert rig.saved is None


async def test_image_is_booted_always_with_words_of_its_own(rig: Rig, host: str) -> None:
    value = json.dumps(
        {
            "network": {},
            "cmdline": ["first", 'second="a b"'],
            "image": f"{host}/demo/os:10",
            "registries": [f"http://{host}"],
        },
        separators=(",", ":"),
    )
    async with somebody_at(rig) as person:
        await pick_to_boot(person, host)
        await person.press("tab")
        await person.type('first second="a b"')
        await person.press("enter")
        await person.choose("Boot always")
        # Wrapped where the line ends, so compared without spaces.
        await person.wait_until(lambda: value.replace(" ", "") in person.text.replace(" ", ""), "what will be saved")
        assert "Some firmware has bugs" in person.text
        assert person.selected == "No, go back"
        assert rig.saved is None
        await person.choose("Yes, save it and boot")
        await person.wait_until(lambda: rig.kexec.executed, "the jump")
    assert rig.variable.read_bytes() == ATTRIBUTES + value.encode()
    assert rig.kexec.booted.cmdline == f'{WORDS} first second="a b"'


async def test_answer_no_saves_nothing_and_boots_nothing(rig: Rig, host: str) -> None:
    async with somebody_at(rig) as person:
        await pick_to_boot(person, host)
        await person.choose("Boot always")
        await person.choose("No, go back")
        await person.wait_for("Boot once")
    assert rig.saved is None
    assert rig.kexec.loaded == []


async def test_escape_goes_back_one_step_from_every_page(rig: Rig, host: str) -> None:
    async with somebody_at(rig) as person:
        await pick_to_boot(person, host)
        await person.choose("Boot always")
        await person.wait_for("Are you sure?")
        home = "Boot this machine straight into a container image"
        for heading in (
            f"Boot {host}/demo/os:10",
            f"{host}/demo/os:10",
            f"Tags of {host}/demo/os",
            f"Repositories of {host}",
            home,
            home,
        ):
            await person.press("escape")
            await person.wait_for_page(heading)
        await person.choose("Type a reference")
        await person.wait_for_page("Type a reference")
        await person.press("escape")
        await person.wait_for_page(home)


async def test_bar_stands_where_it_stood_when_somebody_comes_back(rig: Rig, host: str) -> None:
    async with somebody_at(rig) as person:
        await pick(person, host, "demo/os", "2")
        await person.press("escape")
        await person.wait_for("Tags of")
        assert person.selected == "2"


async def test_typed_reference_that_is_wrong_stays_to_be_mended(rig: Rig, host: str) -> None:
    async with somebody_at(rig) as person:
        await person.choose("Type a reference")
        await person.type(f"{host}/demo/os:1 0")
        await person.press("enter")
        await person.wait_for("is not a reference", "cannot be a tag", f"{host}/demo/os:1 0")
        await person.press("backspace", "backspace", "0", "enter")
        await person.wait_for("Bootable: yes")
        assert f"{host}/demo/os:10" in person.lines[0]
        await person.press("escape")
        await person.wait_for("Which image?", f"{host}/demo/os:10")
        assert "is not a reference" not in person.text


async def test_words_that_no_kernel_takes_stay_to_be_mended(rig: Rig, host: str) -> None:
    async with somebody_at(rig) as person:
        await pick_to_boot(person, host)
        await person.press("tab")
        await person.paste("x" * 3000)
        await person.press("enter")
        await person.choose("Boot once")
        await person.wait_for("The kernel command line has 3000 bytes")
    assert rig.kexec.loaded == []


async def test_registry_that_comes_up_late_works_at_the_next_try(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "registry", free_port())
    rig = Rig(tmp_path / "machine", cmdline=f"wyr.registry={registry.url}")
    async with somebody_at(rig) as person:
        await person.choose(f"127.0.0.1:{registry.port}")
        await person.wait_for("That did not work", "cannot be reached: connection refused", "Check the network cable")
        await person.choose("Try again")
        await person.wait_for("That did not work", "cannot be reached")
        await asyncio.to_thread(registry.start)
        try:
            registry.push_image("demo/late", "1", bootable_image())
            await person.choose("Try again")
            await person.wait_for("1 repositor", "demo/late")
        finally:
            registry.stop()
        await person.choose("demo/late")
        await person.wait_for("cannot be reached")
        await person.press("escape")
        await person.wait_for("1 repositor")


async def test_page_that_has_nothing_to_show_is_left_with_its_error(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "machine", cmdline=f"wyr.registry=http://127.0.0.1:{free_port()}")
    async with somebody_at(rig) as person:
        await person.choose("127.0.0.1")
        await person.wait_for("That did not work")
        await person.press("escape")
        await person.wait_for("Boot this machine")


async def test_image_without_a_kernel_says_why_it_does_not_boot(rig: Rig, host: str) -> None:
    async with somebody_at(rig) as person:
        await pick(person, host, "demo/plain", "1")
        await person.wait_for("Bootable: no.", "The image has no kernel", "Choose an image that is made to boot")


async def test_boot_that_fails_says_why_and_leads_back_to_where_it_was_asked_for(rig: Rig, host: str) -> None:
    async with somebody_at(rig) as person:
        await pick(person, host, "demo/plain", "1")
        await person.choose("Boot this image")
        await person.choose("Boot once")
        await person.wait_for("That did not work", "The image has no kernel", "code: kernel-missing")
        assert person.options == ["Try again", "Go back and change it", DETAILS]
        await person.choose("Go back")
        await person.wait_for("Boot once")
    assert rig.kexec.loaded == []
    assert rig.turn.status() is None


async def test_tag_that_is_gone_names_the_tags_there_are(rig: Rig, host: str) -> None:
    async with somebody_at(rig) as person:
        await person.choose("Type a reference")
        await person.type(f"{host}/demo/os:gone")
        await person.press("enter")
        await person.wait_for("has no image gone", "The tags there are: 10, 2, 1.")


async def test_boot_under_way_is_stopped_by_escape(rig: Rig, host: str) -> None:
    state = rig.root / "run/systemd/netif/state"
    state.parent.mkdir(parents=True)
    state.write_text("OPER_STATE=no-carrier\n")
    async with somebody_at(rig) as person:
        await pick_to_boot(person, host)
        await person.choose("Boot once")
        await person.wait_for("Waiting for the network.", "Esc stop and go back")
        await person.press("escape")
        await person.wait_for("Boot once")
        await person.wait_until(lambda: rig.turn.status() is None, "the end of the boot")
    assert rig.kexec.loaded == []
