"""What the journal has of network files that are not taken as they are."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.journal import START, write_journal
from wyrcan_tui.host.network_refusals import Refusal, read_refusals

FOLDER = "run/systemd/network"
FILES = ["lan.network", "vlan5.netdev"]
LINE = "Invalid address 'not-an-address', ignoring assignment: Invalid argument"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine whose networkd runs and has two files, written before anything was said of them."""
    for name in (FOLDER, "run/systemd/netif"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "run/systemd/netif/state").touch()
    for name in FILES:
        (tmp_path / FOLDER / name).write_text("[Match]\nName=*\n\n[Network]\nAddress=not-an-address\n\n")
        os.utime(tmp_path / FOLDER / name, (START, START))
    return tmp_path


def say(root: Path, messages: Sequence[str], priority: int = 4) -> None:
    """Have networkd say this."""
    write_journal(root, [{"PRIORITY": str(priority), "MESSAGE": message} for message in messages])


def test_line_is_told_as_it_stands_there_and_once_however_often_it_is_said(root: Path) -> None:
    say(root, [f"/{FOLDER}/lan.network:5: {LINE}"] * 2)
    assert read_refusals(root, FILES) == [Refusal("lan.network", "Address=not-an-address", LINE)]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (f"/{FOLDER}/vlan5.netdev: Tag is missing. Ignoring.", "Tag is missing. Ignoring."),
        (
            f'NetDev has no Kind= configured in "/{FOLDER}/vlan5.netdev", ignoring.',
            'NetDev has no Kind= configured in "vlan5.netdev", ignoring.',
        ),
    ],
)
def test_whole_file_can_be_refused(root: Path, message: str, said: str) -> None:
    say(root, [message])
    assert read_refusals(root, FILES) == [Refusal("vlan5.netdev", "", said)]


def test_other_files_other_words_and_what_is_no_warning_are_passed_over(root: Path) -> None:
    say(
        root,
        [f"/{FOLDER}/other.network:1: {LINE}", "eth0: Lost carrier", f"/etc/systemd/network/lan.network:1: {LINE}"],
    )
    assert read_refusals(root, FILES) == []


def test_news_are_no_refusal(root: Path) -> None:
    say(root, [f"/{FOLDER}/lan.network:5: {LINE}"], priority=6)
    assert read_refusals(root, FILES) == []


def test_what_was_said_of_another_content_does_not_count(root: Path) -> None:
    say(root, [f"/{FOLDER}/lan.network:5: {LINE}", f"/{FOLDER}/vlan5.netdev:5: {LINE}"])
    os.utime(root / FOLDER / "lan.network", (START + 1, START + 1))
    (root / FOLDER / "vlan5.netdev").unlink()
    assert read_refusals(root, FILES) == []


def test_line_that_is_not_there_is_told_without_it(root: Path) -> None:
    say(root, [f"/{FOLDER}/lan.network:99: {LINE}"])
    assert read_refusals(root, FILES) == [Refusal("lan.network", "", LINE)]


def test_without_networkd_or_a_journal_nothing_is_refused(root: Path) -> None:
    assert read_refusals(root, FILES) == []
    say(root, [f"/{FOLDER}/lan.network:5: {LINE}"])
    (root / "run/systemd/netif/state").unlink()
    assert read_refusals(root, FILES) == []
