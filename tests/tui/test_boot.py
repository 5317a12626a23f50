"""How an image is booted: the room for words, this very image or the newest, and what is written for it."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.bootable import WORDS, bootable_image
from tests.support.rig import ATTRIBUTES, Rig
from tests.tui.person import somebody_at
from tests.tui.test_path import pick, pick_to_boot
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.keep import keep
from wyrcan_tui.kernel.cmdline import LONGEST
from wyrcan_tui.tui import boot


async def test_length_of_the_command_line_is_told_while_it_is_typed(rig: Rig, host: str) -> None:
    own = len(WORDS)
    async with somebody_at(rig) as person:
        await pick_to_boot(person, host)
        await person.wait_for(f"{own} of the 2047 characters that a kernel takes: {own} of the image, 0 of yours.")
        await person.press("tab")
        await person.type("quiet")
        await person.wait_for(f"{own + 6} of the 2047 characters that a kernel takes: {own} of the image, 6 of yours.")
        person.check_page()
        await person.paste("x" * (LONGEST - own - 6))
        await person.wait_for("2047 of the 2047 characters")
        await person.type("y")
        await person.wait_for("2048 characters, 1 more than a kernel takes")
        person.check_page()
        await person.press("enter")
        await person.choose("Boot once")
        await person.wait_for("The kernel command line has 2048 bytes")
        person.check_page()
        await person.press("tab", "end", "backspace")
        await person.wait_for("2047 of the 2047 characters")
        assert "has 2048 bytes" not in person.text
    assert rig.kexec.loaded == []


async def test_words_of_an_image_that_was_not_read_yet_are_said_to_be_added(rig: Rig, host: str) -> None:
    rig.save(json.dumps({"image": f"{host}/demo/os:2", "cmdline": ["quiet"]}).encode())
    async with somebody_at(rig) as person:
        await person.choose("(from the EFI variable)")
        await person.wait_for("5 of the 2047 characters", "the image's own words are added to them.")
        person.check_page()


async def test_image_that_is_pinned_is_saved_with_its_digest_and_booted(rig: Rig, host: str) -> None:
    digest = bootable_image("10").digest
    async with somebody_at(rig) as person:
        await pick_to_boot(person, host)
        await person.wait_for(
            "Following the tag: whatever image 10 names then is booted.", "[ ] Pin to this very image"
        )
        await person.choose("[ ] Pin")
        await person.wait_for(f"Pinned: {digest} is booted", "[x] Pin to this very image")
        person.check_page()
        await person.choose("Boot always")
        await person.wait_for("Are you sure?")
        await person.choose("Yes, save it and boot")
        await person.wait_until(lambda: rig.kexec.executed, "the jump")
    assert json.loads(rig.saved or b"")["image"] == f"{host}/demo/os:10@{digest}"


async def test_pin_is_taken_out_again(rig: Rig, host: str) -> None:
    async with somebody_at(rig) as person:
        await pick_to_boot(person, host)
        await person.choose("[ ] Pin")
        await person.choose("[x] Pin")
        await person.wait_for("Following the tag")
        await person.choose("Boot always")
        await person.wait_for(f'"image":"{host}/demo/os:10"')


async def test_image_that_was_not_looked_at_is_asked_for_when_it_is_pinned(rig: Rig, host: str) -> None:
    rig.save(json.dumps({"image": f"{host}/demo/os:2"}).encode())
    async with somebody_at(rig) as person:
        await person.choose("(from the EFI variable)")
        await person.choose("[ ] Pin")
        await person.wait_for(f"Pinned: {bootable_image('2').digest}")


async def test_image_that_cannot_be_asked_for_is_not_pinned(rig: Rig, host: str) -> None:
    rig.save(json.dumps({"image": f"{host}/demo/os:gone"}).encode())
    async with somebody_at(rig) as person:
        await person.choose("(from the EFI variable)")
        await person.choose("[ ] Pin")
        await person.wait_for("That did not work", "has no image gone")
        await person.press("escape")
        await person.wait_for("Following the tag", "[ ] Pin")


async def test_saved_image_that_is_pinned_shows_that_and_can_follow_its_tag_again(rig: Rig, host: str) -> None:
    rig.save(json.dumps({"image": f"{host}/demo/os:10@{bootable_image('10').digest}"}).encode())
    async with somebody_at(rig) as person:
        await person.choose("(from the EFI variable)")
        await person.wait_for("Pinned: sha256:")
        person.check_page()
        await person.choose("[x] Pin")
        await person.wait_for("Following the tag")


async def test_image_in_a_folder_has_no_tag_to_follow(rig: Rig) -> None:
    rig.save(b'{"image": "oci:/layout"}')
    async with somebody_at(rig) as person:
        await person.choose("(from the EFI variable)")
        await person.wait_for("Boot once")
        assert not any("Pin" in option for option in person.options)
        person.check_page()


async def test_bytes_that_are_shown_are_the_bytes_that_are_written(rig: Rig, host: str) -> None:
    rig.save(b'{"image":"a/b:1","future":{"x":[1]}}')
    async with somebody_at(rig) as person:
        await pick(person, host)
        await person.choose("Boot this image")
        await person.choose("Boot always")
        await person.wait_for("07 00 00 00 (attributes:", "of 1024 bytes:")
        person.check_page()
        shown = person.text.replace(" ", "")
        await person.choose("Yes, save it and boot")
        await person.wait_until(lambda: rig.kexec.executed, "the jump")
    written = rig.variable.read_bytes()
    assert written.startswith(ATTRIBUTES)
    assert written[len(ATTRIBUTES) :].decode() in shown
    assert f"JSON,{len(written) - len(ATTRIBUTES)}of1024bytes" in shown
    assert json.loads(rig.saved or b"")["future"] == {"x": [1]}


@pytest.fixture
def saving(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Nothing is saved before this is set."""
    go_on = threading.Event()

    def keep_slowly(*what: Any, **how: Any) -> None:
        go_on.wait(20)
        keep(*what, **how)

    monkeypatch.setattr(boot, "keep", keep_slowly)
    yield go_on
    go_on.set()


async def test_who_goes_back_while_it_is_saved_boots_nothing(rig: Rig, host: str, saving: threading.Event) -> None:
    async with somebody_at(rig) as person:
        await pick_to_boot(person, host)
        await person.choose("Boot always")
        await person.choose("Yes, save it and boot")
        await person.press("escape")
        await person.wait_for_page("Are you sure?")
        assert rig.saved is None
        saving.set()
        await person.wait_for("Boot once")
        assert json.loads(rig.saved or b"")["image"] == f"{host}/demo/os:10"
        await person.press("f2")
        await person.wait_for("Saved in the EFI variable: ")
    assert not rig.kexec.executed


async def test_who_reads_the_help_while_it_is_saved_is_not_sent_away(
    rig: Rig, host: str, saving: threading.Event
) -> None:
    async with somebody_at(rig) as person:
        await pick_to_boot(person, host)
        await person.choose("Boot always")
        await person.choose("Yes, save it and boot")
        await person.press("f1")
        await person.wait_for_page("Help")
        saving.set()
        await person.wait_until(lambda: rig.saved is not None, "the choice")
        await person.press("down", "up")
        assert person.heading == "Help"
        assert not rig.kexec.executed
        await person.press("escape")
        await person.wait_until(lambda: rig.kexec.executed, "the jump")


async def test_who_goes_back_and_then_tries_again_is_not_sent_back(
    rig: Rig, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[threading.Event] = []

    def keep_at_the_second_try(*what: Any, **how: Any) -> None:
        tries.append(threading.Event())
        if len(tries) == 1:
            tries[0].wait(20)
            raise WyrcanError("efi-unwritable", "The EFI variable cannot be written.")
        keep(*what, **how)

    monkeypatch.setattr(boot, "keep", keep_at_the_second_try)
    async with somebody_at(rig) as person:
        await pick_to_boot(person, host)
        await person.choose("Boot always")
        await person.choose("Yes, save it and boot")
        await person.wait_until(lambda: bool(tries), "the first try")
        await person.press("escape")
        tries[0].set()
        await person.wait_for("The EFI variable cannot be written.")
        await person.choose("Try again")
        await person.wait_until(lambda: rig.kexec.executed, "the jump")
