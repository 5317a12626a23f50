"""The EFI variable: the bytes that Wyrcan 2.1.2 writes and reads, and those of versions that are still to come."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.bootable import WORDS, bootable_image
from tests.support.rig import ATTRIBUTES, Rig
from tests.tui.person import somebody_at
from wyrcan_tui.cli.main import run
from wyrcan_tui.cli.parser import parser
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.choice import Choice
from wyrcan_tui.flows.instructions import Instructions
from wyrcan_tui.flows.keep import keep
from wyrcan_tui.oci.reference import parse_reference

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
NEW = Choice(parse_reference("quay.io/demo/os:2"))

FUTURE = {
    "image": b'{"network":{},"cmdline":[],"image":{"name":"quay.io/demo/os:1"}}',
    "cmdline": b'{"network":{},"cmdline":"quiet","image":"quay.io/demo/os:1"}',
    "network": b'{"network":["eth.network"],"cmdline":[],"image":"quay.io/demo/os:1"}',
}
"""Values of another type than the key has now."""


def as_serde_json_has_it(text: str) -> str:
    """A string in the JSON of Rust's serde_json: the short escapes of JSON, lower-case digits, all else as it is."""
    return "".join(SHORT.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in text)


@given(TEXTS, TEXTS)
def test_strings_are_written_as_serde_json_writes_them_and_come_back(word: str, other: str) -> None:
    choice = Choice(parse_reference("quay.io/demo/os:1"), (word, other))
    expected = f'"cmdline":["{as_serde_json_has_it(word)}","{as_serde_json_has_it(other)}"]'
    assert choice.encode().decode() == f'{{"network":{{}},{expected},"image":"quay.io/demo/os:1"}}'
    assert Choice.decode(choice.encode()) == choice


@pytest.mark.parametrize(
    "value",
    [
        '{"network":{"z.network":{"Z":{"B":"1","A":"2"},"A":{"K":"v"}},"a.link":{"Match":{"Name":"ä"}}},'
        '"cmdline":["a \\"b c\\"","","\\u001b\\\\"],"image":"quay.io/demo/os:1"}',
        '{"network":{"e.network":{}},"cmdline":[],"image":null}',
    ],
    ids=["maps in whatever order they have", "no image"],
)
def test_what_2_1_2_wrote_is_read_and_saved_again_byte_for_byte(tmp_path: Path, value: str) -> None:
    rig = Rig(tmp_path)
    rig.save(value.encode())
    choice = Choice.decode(value.encode())
    assert not keep(rig.adapters.variables, choice)
    rig.variable.unlink()
    assert keep(rig.adapters.variables, choice)
    assert rig.variable.read_bytes() == ATTRIBUTES + value.encode()


def test_all_three_keys_are_always_there_for_2_1_2_reads_no_less() -> None:
    assert (
        Choice(favourites=(parse_reference("quay.io/demo/os:1"),))
        .encode()
        .startswith(b'{"network":{},"cmdline":[],"image":null,')
    )


async def test_choice_that_a_word_had_written_boots_by_itself_from_then_on(tmp_path: Path) -> None:
    layout = bootable_image().write_layout(tmp_path / "layout")
    rig = Rig(tmp_path / "first", cmdline=f'wyr.efi=write wyr.img=oci:{layout} wyr.arg="a b" wyr.arg=c')
    async with somebody_at(rig) as person:
        await person.wait_for("This will be written to the EFI variable", "Some firmware has bugs")
        await person.choose("Yes, save it and boot")
        await person.wait_until(lambda: rig.kexec.executed, "the jump")
    assert rig.saved == f'{{"network":{{}},"cmdline":["a b","c"],"image":"oci:{layout}"}}'.encode()

    later = Rig(tmp_path / "later", cmdline="wyr.timeout=0")
    later.save(rig.saved)
    assert run(parser().parse_args(["boot"]), later.adapters) == 0
    assert later.kexec.booted.cmdline == f"{WORDS} a b c"


@pytest.mark.parametrize("key", FUTURE)
def test_known_key_of_another_type_is_named_and_overwritten_only_by_somebody_who_says_so(
    tmp_path: Path, key: str
) -> None:
    rig = Rig(tmp_path)
    rig.save(FUTURE[key])
    decision = Instructions(rig.adapters).follow()
    (problem,) = decision.problems
    assert problem.code == "choice-invalid"
    assert f"{key} is not a " in problem.message
    assert not decision.unattended
    with pytest.raises(WyrcanError) as caught:
        keep(rig.adapters.variables, NEW)
    assert caught.value.context["value"] == FUTURE[key].decode()
    assert rig.saved == FUTURE[key]


async def test_keys_that_nobody_knows_yet_are_named_on_the_screen_and_survive_another_choice(tmp_path: Path) -> None:
    value = {"network": {}, "cmdline": [], "image": "quay.io/demo/os:1", "rollback": {"after": 3}, "seal": "x"}
    rig = Rig(tmp_path)
    rig.save(json.dumps(value, separators=(",", ":")).encode())
    async with somebody_at(rig) as person:
        await person.wait_for("does not know these keys", "rollback, seal")
    keep(rig.adapters.variables, NEW)
    assert json.loads(rig.saved or b"") == value | {"image": "quay.io/demo/os:2"}
