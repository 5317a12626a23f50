"""What this machine was told, and what is asked because of it."""

import json
from pathlib import Path

import pytest

from tests.plain.person import somebody_at
from tests.support.registry import Registry
from tests.support.rig import Rig

IMAGE = "quay.io/demo/os:1"


@pytest.mark.parametrize(("answer", "remains"), [("yes", False), ("no", True), ("b", True)])
def test_word_that_wants_the_saved_choice_gone_is_asked_about_once(tmp_path: Path, answer: str, remains: bool) -> None:
    rig = Rig(tmp_path / "machine", cmdline="wyr.efi=clear")
    rig.save(json.dumps({"image": IMAGE}).encode())
    with somebody_at(rig) as person:
        person.wait_for("will be removed", "Forget it?")
        person.wait_for_question()
        assert rig.saved
        person.type(answer)
        person.wait_for("Type a reference")
        person.wait_for_question()
        assert " ".join(person.lines).count("Forget it?") == 1
    assert (rig.saved is not None) == remains


def test_word_that_wants_a_choice_saved_is_asked_about_and_it_is_booted(tmp_path: Path, server: Registry) -> None:
    image = f"127.0.0.1:{server.port}/demo/os:1"
    rig = Rig(tmp_path / "machine", cmdline=f"wyr.efi=write wyr.img={image} wyr.registry={server.url}")
    with somebody_at(rig) as person:
        person.wait_for("This will be written", "booted at every start", "Save it?")
        person.wait_for_question()
        person.type("y")
        person.wait_until(lambda: person.kexec.executed, "the jump")
    assert json.loads(rig.saved or b"")["image"] == image


def test_saved_value_that_cannot_be_understood_is_shown_and_replaced_only_where_somebody_wants_that(
    rig: Rig, host: str
) -> None:
    rig.save(b"no json")
    with somebody_at(rig) as person:
        person.wait_for("The saved choice cannot be understood")
        person.choose("Look at the saved choice")
        person.wait_for("value: no json")
        person.choose("Type a reference")
        person.wait_for_question("Reference: ")
        person.type(f"{host}/demo/os:1")
        person.choose("Boot this image")
        for answer, follows in (("no", "Boot once"), ("yes", "Saved.")):
            person.choose("Boot always")
            person.wait_for("Save it?")
            person.wait_for_question()
            person.type("yes")
            person.wait_for("no json", "Replace it?")
            person.wait_for_question()
            assert rig.saved == b"no json"
            person.type(answer)
            person.wait_for(follows)
        person.wait_until(lambda: person.kexec.executed, "the jump")
    assert json.loads(rig.saved or b"")["image"] == f"{host}/demo/os:1"


def test_choice_on_the_boot_medium_is_offered(rig: Rig) -> None:
    rig.medium.write_text(json.dumps({"image": IMAGE}))
    with somebody_at(rig) as person:
        person.wait_for(f"Chosen: {IMAGE} (from the boot medium)", f"1 Boot {IMAGE}")
