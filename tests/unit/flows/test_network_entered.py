"""What somebody at a console says of the network counts for all of them, and more than any other place."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.rig import Rig
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.instructions import Instructions
from wyrcan_tui.flows.network import Bond, Card, Mode, Vlan
from wyrcan_tui.flows.network_edit import with_interface, without_interface
from wyrcan_tui.host.networkd import NetworkFiles

HAND: NetworkFiles = {"eth.network": {"Match": {"Name": "eth*"}, "Network": {"DHCP": "yes"}}}


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A machine with a saved network."""
    rig = Rig(tmp_path / "machine")
    rig.save(json.dumps({"network": HAND}).encode())
    return rig


@pytest.fixture
def commands(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """What was run of the commands that speak to networkd, which runs; those here only write down that they were."""
    log = rig.root / "commands"
    (rig.root / "bin").mkdir()
    for name in ("systemctl", "networkctl"):
        command = rig.root / "bin" / name
        command.write_text(f'#!/bin/sh\necho {name} "$@" >>{log}\n')
        command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{rig.root}/bin", prepend=os.pathsep)
    (rig.root / "run/systemd/netif").mkdir(parents=True)
    (rig.root / "run/systemd/netif/state").touch()

    def taken() -> list[str]:
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return lines

    return taken


def test_all_consoles_go_by_it_and_nothing_brings_the_old_files_back(rig: Rig) -> None:
    one, other = Instructions(rig.adapters), Instructions(rig.adapters)
    other.follow()
    new: NetworkFiles = {"10-a.network": {"Match": {"Name": "a"}, "Network": {"DHCP": "yes"}}}
    assert one.set_network(new).network == new
    assert other.follow().network == new
    assert [path.name for path in (rig.root / "run/systemd/network").iterdir()] == ["10-a.network"]


def test_network_handover_and_proxy_are_said_one_by_one(rig: Rig) -> None:
    instructions = Instructions(rig.adapters)
    assert instructions.set_handover(wanted=False).network == HAND
    assert instructions.set_proxy("proxy:3128", "example.com").handover is False
    decision = instructions.set_network({})
    assert (decision.network, decision.handover, decision.site.proxy.url) == ({}, False, "http://proxy:3128")


def test_proxy_that_is_none_changes_nothing(rig: Rig) -> None:
    instructions = Instructions(rig.adapters)
    with pytest.raises(WyrcanError) as caught:
        instructions.set_proxy("ftp://proxy", "")
    assert caught.value.code == "proxy-invalid"
    assert instructions.read().site.proxy.url == ""


def test_no_proxy_wins_over_the_word_for_one(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "told", cmdline="wyr.proxy=http://proxy:3128")
    assert Instructions(rig.adapters).set_proxy("", "").site.proxy.url == ""


def test_bond_that_is_changed_or_goes_is_taken_away_and_what_stays_is_not(
    rig: Rig, commands: Callable[[], list[str]]
) -> None:
    instructions = Instructions(rig.adapters)
    files = with_interface(HAND, Bond("bond0", ("a", "b")), [Card("a"), Card("b")])
    instructions.set_network(files)
    assert commands() == ["systemctl reload systemd-networkd.service"]
    rig.plug("bond0")
    files = with_interface(files, Vlan("bond0", 7))
    instructions.set_network(files)
    assert commands() == ["systemctl reload systemd-networkd.service"]
    rig.plug("bond0.7")
    files = with_interface(files, Bond("bond0", ("a", "b"), Mode.BACKUP))
    instructions.set_network(files)
    assert commands() == ["networkctl delete bond0", "systemctl reload systemd-networkd.service"]
    instructions.set_network(without_interface(files, "bond0"))
    assert commands() == ["networkctl delete bond0 bond0.7", "systemctl reload systemd-networkd.service"]
    instructions.set_network(HAND)
    assert commands() == ["systemctl reload systemd-networkd.service"]


@pytest.mark.parametrize(
    ("interface", "beside"), [(Card("eth*"), []), (Vlan("eth*", 7), [Card("eth*")])], ids=["itself", "below a VLAN"]
)
def test_file_that_was_written_by_hand_is_not_written_over(interface: Card | Vlan, beside: list[Card]) -> None:
    files: NetworkFiles = {"10-eth*.network": {"Match": {"Name": "eth*"}, "Network": {"Domains": "example.com"}}}
    with pytest.raises(WyrcanError, match=r"10-eth\*\.network was written by hand"):
        with_interface(files, interface, beside)


def test_vlan_does_not_take_the_place_of_one_on_another_card() -> None:
    one, other = Card("enp129s0f0np0"), Card("enp129s0f1np1")
    files = with_interface({}, Vlan(one.name, 100), [one])
    with pytest.raises(WyrcanError, match="enp129s0f0np0 has a VLAN under the name vlan100 already"):
        with_interface(files, Vlan(other.name, 100), [other])
