"""Keeping a choice in the EFI variable, and forgetting it."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.rig import ATTRIBUTES, Rig
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.choice import Choice
from wyrcan_tui.flows.keep import SavedInEfi, forget, keep, written
from wyrcan_tui.oci.reference import parse_reference
from wyrcan_tui.registry.credentials import Credential, Credentials

CHOICE = Choice(parse_reference("quay.io/demo/os:2"), ("quiet",))


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A machine with UEFI."""
    return Rig(tmp_path / "machine")


def test_choice_is_kept_as_the_contract_has_it(rig: Rig) -> None:
    assert keep(rig.adapters.variables, CHOICE)
    assert rig.variable.read_bytes() == ATTRIBUTES + (b'{"network":{},"cmdline":["quiet"],"image":"quay.io/demo/os:2"}')


def test_same_choice_is_not_written_again(rig: Rig) -> None:
    keep(rig.adapters.variables, CHOICE)
    before = rig.variable.stat().st_mtime_ns
    assert not keep(rig.adapters.variables, CHOICE)
    assert rig.variable.stat().st_mtime_ns == before


def test_unknown_keys_survive_a_new_choice(rig: Rig) -> None:
    rig.save(b'{"image":"quay.io/demo/os:1","future":[1,2]}')
    keep(rig.adapters.variables, CHOICE)
    assert rig.saved == b'{"network":{},"cmdline":["quiet"],"image":"quay.io/demo/os:2","future":[1,2]}'


def test_invalid_value_is_not_replaced_until_somebody_says_so(rig: Rig) -> None:
    rig.save(b"half a choice")
    with pytest.raises(WyrcanError) as caught:
        keep(rig.adapters.variables, CHOICE)
    assert caught.value.code == "choice-invalid"
    assert caught.value.context["value"] == "half a choice"
    assert rig.saved == b"half a choice"

    assert keep(rig.adapters.variables, CHOICE, replace_invalid=True)
    assert rig.saved == CHOICE.encode()


def test_choice_that_grows_too_large_with_the_unknown_keys_changes_nothing(rig: Rig) -> None:
    value = b'{"image":"quay.io/demo/os:1","future":"' + b"x" * 960 + b'"}'
    rig.save(value)
    with pytest.raises(WyrcanError) as caught:
        keep(rig.adapters.variables, CHOICE)
    assert caught.value.code == "choice-too-large"
    assert rig.saved == value


def test_machine_without_uefi_says_what_to_do_instead_and_gives_the_json_for_it(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "bios", uefi=False)
    with pytest.raises(WyrcanError) as caught:
        keep(rig.adapters.variables, CHOICE)
    assert caught.value.code == "efi-missing"
    assert "wyrcan.json" in caught.value.hint
    assert caught.value.context["choice"] == CHOICE.encode().decode()
    assert SavedInEfi(rig.adapters.variables).read() is None


def test_json_that_could_not_be_kept_is_told_without_its_logins(tmp_path: Path) -> None:
    choice = replace(CHOICE, logins=Credentials({"quay.io": Credential("me", "sesame")}))
    with pytest.raises(WyrcanError) as caught:
        keep(Rig(tmp_path / "bios", uefi=False).adapters.variables, choice)
    assert '"auth":"..."' in caught.value.context["choice"]


def test_what_is_written_is_told_byte_for_byte_but_for_logins(rig: Rig) -> None:
    choice = replace(CHOICE, logins=Credentials({"quay.io": Credential("me", "sesame")}))
    told = written(choice)
    keep(rig.adapters.variables, choice)
    assert rig.variable.read_bytes() == told.attributes + choice.encode()
    assert told.size == len(choice.encode())
    assert told.json == choice.shown()
    assert '"auth":"..."' in told.json


def test_forgetting_removes_the_variable_and_tells_whether_there_was_one(rig: Rig) -> None:
    keep(rig.adapters.variables, CHOICE)
    assert forget(rig.adapters.variables)
    assert not rig.variable.exists()
    assert not forget(rig.adapters.variables)
