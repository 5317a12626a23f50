"""Network settings that systemd does not take are among what could not be understood."""

import os
from pathlib import Path

import pytest

from tests.support.journal import write_journal
from tests.support.rig import Rig
from wyrcan_tui.flows.instructions import Instructions

WORDS = "wyr.net.lan.Network.Address=not-an-address wyr.net.netdev.wg.WireGuard.PrivateKey=c2VjcmV0"


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A machine that was told of a network, and whose networkd runs; all that there is was written long ago."""
    rig = Rig(tmp_path / "machine", cmdline=WORDS)
    Instructions(rig.adapters).follow()
    (rig.root / "run/systemd/netif").mkdir(parents=True)
    (rig.root / "run/systemd/netif/state").touch()
    return rig


def say(rig: Rig, *messages: str) -> list[str]:
    """What could not be understood, by code and words, once networkd has said this of the files."""
    folder = rig.root / "run/systemd/network"
    for path in folder.iterdir():
        os.utime(path, (0, 0))
    write_journal(rig.root, [{"PRIORITY": "4", "MESSAGE": f"/run/systemd/network/{it}"} for it in messages])
    return [f"{it.code}: {it.message}" for it in Instructions(rig.adapters).read().problems]


def test_setting_and_file_are_named(rig: Rig) -> None:
    assert say(rig, "lan.network:2: Invalid address 'not-an-address', ignoring assignment: Invalid argument") == [
        "network-refused: systemd does not take Address=not-an-address in lan.network: Invalid address "
        "'not-an-address', ignoring assignment: Invalid argument."
    ]


def test_file_that_counts_for_nothing_is_named(rig: Rig) -> None:
    assert say(rig, "wg.netdev: NetDev without Kind= configured. Ignoring.") == [
        "network-refused: systemd does not take wg.netdev: NetDev without Kind= configured. Ignoring."
    ]


def test_secrets_are_not_told(rig: Rig) -> None:
    (told,) = say(rig, "wg.netdev:2: Failed to decode WireGuard key, ignoring assignment.")
    assert "PrivateKey=..." in told
    assert "c2VjcmV0" not in told


def test_secret_that_systemd_repeats_is_not_told(rig: Rig) -> None:
    (told,) = say(rig, "wg.netdev:2: Failed to parse PrivateKey=c2VjcmV0, ignoring assignment: c2VjcmV0.")
    assert told.endswith("PrivateKey=... in wg.netdev: Failed to parse PrivateKey=... ignoring assignment: ....")


def test_advice_is_no_refusal(rig: Rig) -> None:
    assert say(rig, "wg.netdev: has 0644 mode that is too permissive, please adjust the ownership and mode.") == []


def test_journal_that_ends_in_the_middle_of_a_line_is_read_up_to_there(
    rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "journalctl").write_text("#!/bin/sh\nprintf '{\"MESSAGE\": '\n")
    (tmp_path / "journalctl").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert say(rig) == []


def test_words_that_are_taken_are_no_problem(rig: Rig) -> None:
    assert say(rig, "lan.link:2: Something else.") == []
