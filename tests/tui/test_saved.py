"""What is saved: shown, kept, replaced and forgotten only as somebody says."""

import dataclasses
import json
import threading
from pathlib import Path

import pytest

from tests.support.registry import Registry
from tests.support.rig import Rig
from tests.tui.person import somebody_at
from tests.tui.test_path import pick_to_boot
from wyrcan_tui.host.medium import Carried

INVALID = b'{"image": "half a ch'


class Once:
    """A medium that may be asked once, and with `wait` answers as late as it is told to."""

    def __init__(self, value: bytes, *, wait: bool = False) -> None:
        self._values = [Carried(value)]
        self.go_on = threading.Event()
        if not wait:
            self.go_on.set()

    def read(self) -> Carried:
        """What is kept there."""
        self.go_on.wait(20)
        return self._values.pop()


def saved_choice(host: str, tag: str = "2") -> bytes:
    """The JSON of a choice of an image in the registry."""
    return json.dumps({"network": {}, "cmdline": ["saved.word"], "image": f"{host}/demo/os:{tag}"}).encode()


async def test_saved_choice_is_the_first_entry_and_selected(rig: Rig, host: str) -> None:
    rig.save(saved_choice(host))
    async with somebody_at(rig) as person:
        assert person.selected == f"{host}/demo/os:2  saved.word  (from the EFI variable)"
        await person.press("enter")
        await person.wait_for(f"Boot {host}/demo/os:2", "saved.word", "Boot once")
        await person.choose("Boot once")
        await person.wait_until(lambda: rig.kexec.executed, "the jump")
    assert rig.kexec.booted.cmdline.endswith(" saved.word")


async def test_choice_on_the_medium_is_offered_on_a_machine_without_uefi(tmp_path: Path, host: str) -> None:
    rig = Rig(tmp_path / "bios", uefi=False)
    rig.medium.write_bytes(saved_choice(host))
    async with somebody_at(rig) as person:
        await person.wait_for("BIOS", "(from the boot medium)")
        assert person.selected.endswith("(from the boot medium)")
        assert not any("Forget" in option for option in person.options)


async def test_machine_without_uefi_says_what_to_do_instead_of_saving(
    tmp_path: Path, server: Registry, host: str
) -> None:
    rig = Rig(tmp_path / "bios", uefi=False, cmdline=f"wyr.registry={server.url}")
    async with somebody_at(rig) as person:
        await pick_to_boot(person, host)
        await person.choose("Boot always")
        await person.choose("Yes, save it and boot")
        await person.wait_for("not started by UEFI firmware", "wyrcan.json", f'"image":"{host}/demo/os:10"')
        await person.press("escape")
        await person.wait_for("Boot once")
    assert rig.kexec.loaded == []


async def test_invalid_value_is_told_and_can_be_looked_at(rig: Rig) -> None:
    rig.save(INVALID)
    async with somebody_at(rig) as person:
        await person.wait_for("The saved choice cannot be understood")
        await person.choose("Look at the saved choice")
        await person.wait_for('{"image": "half a ch', "Look at it")
        await person.press("escape")
        await person.wait_for("Boot this machine")
    assert rig.saved == INVALID


async def test_invalid_value_is_replaced_only_after_a_yes(rig: Rig, host: str) -> None:
    rig.save(INVALID)
    async with somebody_at(rig) as person:
        await pick_to_boot(person, host)
        await person.choose("Boot always")
        await person.choose("Yes, save it and boot")
        await person.wait_for("Something is saved already that cannot be understood", '{"image": "half a ch')
        assert person.selected == "No, go back"
        await person.press("enter")
        await person.wait_for("Boot once")
        assert rig.saved == INVALID
        assert rig.kexec.loaded == []

        await person.choose("Boot always")
        await person.choose("Yes, save it and boot")
        await person.wait_for("Something is saved already")
        await person.choose("Yes, replace it")
        await person.wait_until(lambda: rig.kexec.executed, "the jump")
    assert json.loads(rig.saved or b"")["image"] == f"{host}/demo/os:10"


async def test_unknown_keys_are_kept_when_another_choice_is_saved(rig: Rig, host: str) -> None:
    rig.save(b'{"image":"quay.io/demo/os:1","future":[1,2]}')
    async with somebody_at(rig) as person:
        await pick_to_boot(person, host)
        await person.choose("Boot always")
        await person.choose("Yes, save it and boot")
        await person.wait_until(lambda: rig.kexec.executed, "the jump")
    assert json.loads(rig.saved or b"")["future"] == [1, 2]


@pytest.mark.parametrize("value", [saved_choice("quay.io"), INVALID])
async def test_saved_value_is_forgotten_only_after_a_yes(rig: Rig, value: bytes) -> None:
    rig.save(value)
    async with somebody_at(rig) as person:
        await person.choose("Forget the saved choice")
        await person.wait_for("Are you sure?", "will be removed from the EFI variable", "Some firmware has bugs")
        assert person.selected == "No, go back"
        await person.press("enter")
        await person.wait_for("Boot this machine")
        assert rig.saved == value

        await person.choose("Forget the saved choice")
        await person.choose("Yes, forget it")
        await person.wait_until(lambda: not any("saved choice" in option for option in person.options), "the new list")
        assert "cannot be understood" not in person.text
    assert rig.saved is None


async def test_word_that_asks_for_saving_is_carried_out_only_after_a_yes(tmp_path: Path, host: str) -> None:
    rig = Rig(tmp_path / "told", cmdline=f"wyr.efi=write wyr.img={host}/demo/os:1 wyr.arg=word")
    async with somebody_at(rig) as person:
        await person.wait_for("This will be written to the EFI variable", f'"image":"{host}/demo/os:1"', '"word"')
        assert person.selected == "No, go back"
        assert rig.saved is None
        await person.choose("Yes, save it and boot")
        await person.wait_until(lambda: rig.kexec.executed, "the jump")
    assert json.loads(rig.saved or b"") == {"network": {}, "cmdline": ["word"], "image": f"{host}/demo/os:1"}


async def test_word_that_asks_for_forgetting_is_carried_out_only_after_a_yes(tmp_path: Path, host: str) -> None:
    rig = Rig(tmp_path / "told", cmdline="wyr.efi=clear")
    rig.save(saved_choice(host))
    async with somebody_at(rig) as person:
        await person.wait_for("will be removed from the EFI variable")
        assert rig.saved == saved_choice(host)
        await person.choose("Yes, forget it")
        await person.wait_until(lambda: rig.saved is None, "the removal")
        await person.wait_for("Boot this machine")
        # It was asked once and done: the menu must not ask again and again.
        await person.wait_until(lambda: "Type a reference ..." in person.options, "the list")
        assert "Are you sure?" not in person.text


async def test_words_that_are_not_understood_are_shown(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "told", cmdline="wyr.imgae=typo wyr.img=Not:A:Reference")
    async with somebody_at(rig) as person:
        await person.wait_for("'wyr.imgae=typo'", "is not a reference")


async def test_choice_that_was_saved_meanwhile_is_there_when_somebody_comes_back(rig: Rig, host: str) -> None:
    async with somebody_at(rig) as person:
        await person.choose("Type a reference")
        await person.wait_for("Which image?")
        rig.save(saved_choice(host))
        await person.press("escape")
        await person.wait_for("(from the EFI variable)", "Forget the saved choice")


async def test_medium_that_has_spoken_is_not_asked_again_and_what_it_said_stays(rig: Rig) -> None:
    medium = Once(b'{"image": "quay.io/demo/os:1"}')
    rig.adapters = dataclasses.replace(rig.adapters, medium=medium)
    async with somebody_at(rig) as person:
        await person.wait_for("(from the boot medium)")
        await person.choose("Type a reference")
        await person.wait_for("Which image?")
        await person.press("escape")
        await person.wait_for("Boot this machine")
        assert person.options[0] == "quay.io/demo/os:1  (from the boot medium)"


async def test_bar_stays_at_its_registry_when_the_medium_brings_another_entry(rig: Rig, host: str) -> None:
    medium = Once(b'{"image": "quay.io/demo/os:1", "registries": ["http://10.0.0.2:5000"]}', wait=True)
    told = "wyr.registry=http://10.0.0.1:5000 wyr.registry=http://10.0.0.3:5000"
    (rig.root / "proc/cmdline").write_text(told)
    rig.adapters = dataclasses.replace(rig.adapters, medium=medium)
    async with somebody_at(rig) as person:
        await person.select("10.0.0.3:5000")
        medium.go_on.set()
        await person.wait_for("(from the boot medium)")
        assert person.selected == "10.0.0.3:5000"


async def test_word_that_asks_for_saving_saves_settings_without_an_image_too(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "told", cmdline="wyr.efi=write wyr.net.eth.Network.DHCP=yes wyr.registry=http://10.0.0.1:5000")
    async with somebody_at(rig) as person:
        await person.wait_for("This will be written to the EFI variable, and used at every start", "10.0.0.1:5000")
        assert rig.saved is None
        await person.choose("Yes, save it")
        await person.wait_for("Boot this machine", "Forget the saved choice")
    assert json.loads(rig.saved or b"") == {
        "network": {"eth.network": {"Network": {"DHCP": "yes"}}},
        "cmdline": [],
        "image": None,
        "registries": ["http://10.0.0.1:5000"],
    }
    assert rig.kexec.loaded == []


async def test_proxy_is_saved_without_its_password(tmp_path: Path) -> None:
    words = "wyr.efi=write wyr.proxy=http://anna:sesame@proxy.test:3128 wyr.no_proxy=intern.test"
    rig = Rig(tmp_path / "told", cmdline=words)
    async with somebody_at(rig) as person:
        await person.wait_for('"proxy":"http://proxy.test:3128"')
        assert "sesame" not in person.text
        await person.choose("Yes, save it")
        await person.wait_until(lambda: rig.saved is not None, "the variable")
    saved = json.loads(rig.saved or b"")
    assert (saved["proxy"], saved["no_proxy"]) == ("http://proxy.test:3128", "intern.test")


async def test_word_that_asks_for_saving_nothing_is_told_so(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "told", cmdline="wyr.efi=write")
    async with somebody_at(rig) as person:
        await person.wait_for("wyr.efi=write is on the kernel command line, but nothing that can be saved.")


async def test_word_that_asks_for_saving_takes_what_the_medium_brings(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "told", cmdline="wyr.efi=write")
    rig.medium.write_bytes(b'{"image": "quay.io/demo/os:1"}')
    async with somebody_at(rig) as person:
        await person.wait_for("This will be written to the EFI variable", '"image":"quay.io/demo/os:1"')
