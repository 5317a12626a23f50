"""What this machine will do next if nobody does anything."""

from pathlib import Path

import pytest

from tests.support.rig import Rig
from wyrcan_tui.flows.instructions import Instructions
from wyrcan_tui.flows.outlook import outlook

IMAGE = "quay.io/demo/os:1"
SAVED = b'{"image": "quay.io/demo/os:1"}'


@pytest.mark.parametrize(
    ("cmdline", "saved", "words"),
    [
        ("", None, "Next: waits for you"),
        ("", SAVED, f"Next: in 5 s, unless a key is pressed, it boots {IMAGE}"),
        ("wyr.timeout=30", SAVED, f"Next: in 30 s, unless a key is pressed, it boots {IMAGE}"),
        (f"wyr.img={IMAGE}", None, f"Next: at once, unless a key is pressed, it boots {IMAGE}"),
        ("wyr.menu", SAVED, "Next: waits for you"),
        ("wyr.efi=clear", SAVED, "Next: waits for you"),
    ],
)
def test_outlook_is_what_the_unattended_boot_will_do(
    tmp_path: Path, cmdline: str, saved: bytes | None, words: str
) -> None:
    rig = Rig(tmp_path / "machine", cmdline=cmdline)
    if saved:
        rig.save(saved)
    rig.turn.stand_by()
    assert outlook(Instructions(rig.adapters).read(), rig.turn) == words


def test_machine_waits_while_somebody_is_there(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "machine")
    rig.save(SAVED)
    rig.turn.stand_by()
    rig.turn.attend()
    assert (
        outlook(Instructions(rig.adapters).read(), rig.turn)
        == f"Next: waits for you; 10 min after the last key it boots {IMAGE}"
    )


def test_machine_on_which_nothing_boots_by_itself_waits(tmp_path: Path) -> None:
    """As on a workstation, where somebody has started the menu alone."""
    rig = Rig(tmp_path / "machine")
    rig.save(SAVED)
    assert outlook(Instructions(rig.adapters).read(), rig.turn) == "Next: waits for you"
