"""The network as networkd is told and as it tells."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.rig import Rig
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.host.networkd import Networkd, render

FILES = {"eth.network": {"Match": {"Name": "eth*"}, "Network": {"DHCP": "yes", "DNS": "192.0.2.1"}}}
TEXT = "[Match]\nName=eth*\n\n[Network]\nDHCP=yes\nDNS=192.0.2.1\n\n"


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A machine."""
    return Rig(tmp_path / "machine")


@pytest.fixture
def networkd(rig: Rig) -> Networkd:
    """Its network."""
    return rig.adapters.networkd


def test_nobody_waits_for_ever_for_another_console(networkd: Networkd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wyrcan_tui.host.networkd._PATIENCE", 0.1)
    with networkd.editing(), pytest.raises(WyrcanError, match="another console") as caught, networkd.editing():
        pass
    assert caught.value.code == "network-busy"


def test_sections_become_the_text_that_networkd_reads() -> None:
    assert render(FILES["eth.network"]) == TEXT
    assert render({}) == ""


def test_files_are_written_where_networkd_looks_until_the_next_boot(rig: Rig, networkd: Networkd) -> None:
    assert networkd.apply(FILES)
    assert (rig.root / "run/systemd/network/eth.network").read_text() == TEXT


def test_unchanged_files_are_told_and_not_touched(rig: Rig, networkd: Networkd) -> None:
    networkd.apply(FILES)
    path = rig.root / "run/systemd/network/eth.network"
    before = path.stat().st_mtime_ns
    time.sleep(0.01)
    assert not networkd.apply(FILES)
    assert path.stat().st_mtime_ns == before


def test_changed_file_is_told(networkd: Networkd) -> None:
    networkd.apply(FILES)
    assert networkd.apply({"eth.network": {"Match": {"Name": "en*"}}})


def test_files_that_are_gone_are_removed_and_others_stay(rig: Rig, networkd: Networkd) -> None:
    networkd.apply(FILES | {"en.network": {"Match": {"Name": "en*"}}})
    assert networkd.apply(FILES, gone=["en.network", "never.network"])
    assert not networkd.apply(FILES, gone=["en.network"])
    assert [path.name for path in (rig.root / "run/systemd/network").iterdir()] == ["eth.network"]


def test_what_was_applied_is_known_at_every_console_until_it_is_gone(rig: Rig, networkd: Networkd) -> None:
    other = Networkd(rig.root)
    assert other.applied == {}
    networkd.apply(FILES)
    networkd.apply({"en.network": {"Match": {"Name": "en*"}}})
    assert set(other.applied) == {"eth.network", "en.network"}
    other.apply({}, gone=["en.network"])
    assert networkd.applied == FILES
    assert (rig.root / "run/wyrcan/network-applied.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("record", ["", "[]", "{"])
def test_record_of_what_was_applied_that_is_damaged_is_written_anew(rig: Rig, networkd: Networkd, record: str) -> None:
    (rig.root / "run/wyrcan").mkdir()
    (rig.root / "run/wyrcan/network-applied.json").write_text(record)
    assert networkd.applied == {}
    networkd.apply(FILES)
    assert networkd.applied == FILES


def test_who_cannot_keep_others_from_editing_is_told(rig: Rig, networkd: Networkd) -> None:
    (rig.root / "run/wyrcan").write_text("in the way")
    with pytest.raises(WyrcanError) as caught, networkd.editing():
        pass
    assert caught.value.code == "network-unwritable"


def test_nothing_to_apply_makes_nothing(rig: Rig, networkd: Networkd) -> None:
    assert not networkd.apply({})
    assert not (rig.root / "run/systemd").exists()


def test_settings_that_cannot_be_written_are_told(rig: Rig, networkd: Networkd) -> None:
    (rig.root / "run/systemd").write_text("in the way")
    with pytest.raises(WyrcanError) as caught:
        networkd.apply(FILES)
    assert caught.value.code == "network-unwritable"
    assert "Not a directory" in caught.value.message


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """What was run of the commands that speak to udev and systemd; those here only write down that they were."""
    log = tmp_path / "commands"
    for name in ("udevadm", "systemctl", "networkctl"):
        command = tmp_path / "bin" / name
        command.parent.mkdir(exist_ok=True)
        command.write_text(f'#!/bin/sh\necho {name} "$@" >>{log}\n')
        command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin", prepend=os.pathsep)
    return lambda: log.read_text().splitlines() if log.exists() else []


def start_udev_and_networkd(rig: Rig) -> None:
    """Make the files by which one sees that they run."""
    for name in ("run/udev/control", "run/systemd/netif/state"):
        (rig.root / name).parent.mkdir(parents=True)
        (rig.root / name).touch()


def test_cards_appear_to_udev_once_more_before_networkd_reads_what_changed(
    rig: Rig, networkd: Networkd, commands: Callable[[], list[str]]
) -> None:
    start_udev_and_networkd(rig)
    networkd.apply(FILES | {"eth.link": {"Match": {"OriginalName": "*"}, "Link": {"MTUBytes": "1400"}}})
    networkd.reload()
    assert commands() == [
        "udevadm control --reload",
        "udevadm trigger --settle --action=add --subsystem-match=net",
        "systemctl reload systemd-networkd.service",
    ]


def test_udev_is_left_alone_where_nothing_is_for_it(
    rig: Rig, networkd: Networkd, commands: Callable[[], list[str]]
) -> None:
    start_udev_and_networkd(rig)
    networkd.apply(FILES)
    networkd.reload()
    assert commands() == ["systemctl reload systemd-networkd.service"]


def test_interfaces_that_networkd_made_are_taken_away_where_they_are_there(
    rig: Rig, networkd: Networkd, commands: Callable[[], list[str]]
) -> None:
    rig.plug("bond0")
    networkd.remove(["bond0"])
    assert commands() == []
    start_udev_and_networkd(rig)
    networkd.remove(["bond0", "bond0.7", ""])
    networkd.remove(["bond1"])
    assert commands() == ["networkctl delete bond0"]


def test_nothing_is_told_to_what_does_not_run_yet(
    rig: Rig, networkd: Networkd, commands: Callable[[], list[str]]
) -> None:
    (rig.root / "run/systemd/netif").mkdir(parents=True)
    networkd.apply({"eth.link": {"Match": {"OriginalName": "*"}}})
    networkd.reload()
    assert commands() == []


@pytest.mark.usefixtures("commands")
def test_settings_that_are_not_taken_up_are_told(rig: Rig, networkd: Networkd, tmp_path: Path) -> None:
    start_udev_and_networkd(rig)
    (tmp_path / "bin/systemctl").write_text("#!/bin/sh\necho no such unit >&2\nexit 1\n")
    with pytest.raises(WyrcanError) as caught:
        networkd.reload()
    assert caught.value.code == "network-unchanged"
    assert "no such unit" in caught.value.message


@pytest.mark.parametrize(("kind", "own"), [("0\n", "52:54:00:12:34:56"), ("1\n", ""), (None, "")])
def test_address_is_a_cards_own_only_where_the_kernel_says_it_lasts(
    rig: Rig, networkd: Networkd, kind: str | None, own: str
) -> None:
    rig.plug("wired0")
    path = rig.root / "sys/class/net/wired0/addr_assign_type"
    path.unlink() if kind is None else path.write_text(kind)
    assert networkd.own_mac("wired0") == own


def test_what_somebody_says_is_kept_and_not_for_everybody_to_read(rig: Rig, networkd: Networkd) -> None:
    assert networkd.entered is None
    networkd.enter(b"one")
    networkd.enter(b"two")
    assert networkd.entered == b"two"
    assert (rig.root / "run/wyrcan/network.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (rig.root / "run/wyrcan").iterdir()] == ["network.json"]


def test_what_cannot_be_kept_is_told(rig: Rig, networkd: Networkd) -> None:
    (rig.root / "run/wyrcan").write_text("in the way")
    with pytest.raises(WyrcanError) as caught:
        networkd.enter(b"one")
    assert caught.value.code == "network-unwritable"


@pytest.mark.parametrize(
    ("state", "online"),
    [
        ("OPER_STATE=routable\nCARRIER_STATE=carrier\n", True),
        ("OPER_STATE=degraded\nCARRIER_STATE=carrier\n", False),
        ("ADDRESS_STATE=routable\n", False),
        (None, True),
    ],
)
def test_machine_is_online_when_networkd_says_routable_or_is_not_in_charge(
    rig: Rig, networkd: Networkd, state: str | None, online: bool
) -> None:
    if state is not None:
        (rig.root / "run/systemd/netif").mkdir(parents=True)
        (rig.root / "run/systemd/netif/state").write_text(state)
    assert networkd.online is online
