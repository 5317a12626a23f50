"""What somebody at a console says of the network counts for all of them, and more than any other place."""

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.rig import Rig
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.instructions import Instructions
from wyrcan_tui.flows.network import Bond, Card, Mode, Vlan
from wyrcan_tui.flows.network_edit import with_interface, without_interface
from wyrcan_tui.flows.network_entered import Entered
from wyrcan_tui.host.networkd import NetworkFiles
from wyrcan_tui.registry.proxy import Proxy

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
    assert one.set_network(new, seen=HAND).network == new
    assert other.follow().network == new
    assert [path.name for path in (rig.root / "run/systemd/network").iterdir()] == ["10-a.network"]


def test_network_handover_and_proxy_are_said_one_by_one(rig: Rig) -> None:
    instructions = Instructions(rig.adapters)
    assert instructions.set_handover(wanted=False).network == HAND
    assert instructions.set_proxy("proxy:3128", "example.com", seen=Proxy()).handover is False
    decision = instructions.set_network({}, seen=HAND)
    assert (decision.network, decision.handover, decision.site.proxy.url) == ({}, False, "http://proxy:3128")


def test_proxy_that_is_none_changes_nothing(rig: Rig) -> None:
    instructions = Instructions(rig.adapters)
    with pytest.raises(WyrcanError) as caught:
        instructions.set_proxy("ftp://proxy", "", seen=Proxy())
    assert caught.value.code == "proxy-invalid"
    assert instructions.read().site.proxy.url == ""


def test_no_proxy_wins_over_the_word_for_one(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "told", cmdline="wyr.proxy=http://proxy:3128")
    instructions = Instructions(rig.adapters)
    assert instructions.set_proxy("", "", seen=Proxy.parse("http://proxy:3128")).site.proxy.url == ""


def test_bond_that_is_changed_or_goes_is_taken_away_and_what_stays_is_not(
    rig: Rig, commands: Callable[[], list[str]]
) -> None:
    instructions = Instructions(rig.adapters)

    def use(files: NetworkFiles) -> None:
        instructions.set_network(files, seen=instructions.read().network)

    files = with_interface(HAND, Bond("bond0", ("a", "b")), [Card("a"), Card("b")])
    use(files)
    assert commands() == ["systemctl reload systemd-networkd.service"]
    rig.plug("bond0")
    files = with_interface(files, Vlan("bond0", 7))
    use(files)
    assert commands() == ["systemctl reload systemd-networkd.service"]
    rig.plug("bond0.7")
    files = with_interface(files, Bond("bond0", ("a", "b"), Mode.BACKUP))
    use(files)
    assert commands() == ["networkctl delete bond0", "systemctl reload systemd-networkd.service"]
    use(without_interface(files, "bond0"))
    assert commands() == ["networkctl delete bond0 bond0.7", "systemctl reload systemd-networkd.service"]
    use(HAND)
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


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"\xff",
        b"[" * 100_000,
        b"null",
        b"[]",
        b"{}",
        b'{"network": null, "handover": null}',
        b'{"network": [], "handover": null, "proxy": null}',
        b'{"network": {"../evil.network": {}}, "handover": null, "proxy": null}',
        b'{"network": {"a.network": {"Match": "all"}}, "handover": null, "proxy": null}',
        b'{"network": {"a.network": {"Match": {"Name": 1}}}, "handover": null, "proxy": null}',
        b'{"network": null, "handover": "yes", "proxy": null}',
        b'{"network": null, "handover": null, "proxy": "no"}',
        b'{"network": null, "handover": null, "proxy": []}',
        b'{"network": null, "handover": null, "proxy": ["ftp://proxy", ""]}',
        b'{"network": null, "handover": null, "proxy": ["http://proxy", null]}',
    ],
)
def test_what_is_damaged_counts_for_nothing_and_is_told_until_it_is_set_anew(rig: Rig, document: bytes) -> None:
    rig.adapters.networkd.enter(document)
    instructions = Instructions(rig.adapters)
    decision = instructions.follow()
    assert (decision.network, decision.handover, decision.site.proxy) == (HAND, None, Proxy())
    assert [problem.code for problem in decision.problems] == ["network-damaged"]
    decision = instructions.set_handover(wanted=True)
    assert (decision.handover, decision.problems) == (True, ())


def test_what_cannot_be_read_at_all_is_told_too(rig: Rig) -> None:
    (rig.root / "run/wyrcan/network.json").mkdir(parents=True)
    assert [problem.code for problem in Instructions(rig.adapters).read().problems] == ["network-damaged"]


def test_files_that_only_another_console_knows_of_go_with_the_others(
    rig: Rig, commands: Callable[[], list[str]]
) -> None:
    rig.plug("carried0")
    rig.medium.write_bytes(
        b'{"network": {"carried.netdev": {"NetDev": {"Name": "carried0", "Kind": "dummy"}}, "carried.network": {}}}'
    )
    generated = rig.root / "run/systemd/network/70-generated.network"
    generated.parent.mkdir(parents=True)
    generated.touch()
    one, other = Instructions(rig.adapters), Instructions(rig.adapters)
    other.ask_medium()
    other.follow()
    assert sorted(path.name for path in generated.parent.iterdir()) == [
        "70-generated.network",
        "carried.netdev",
        "carried.network",
        "eth.network",
    ]
    commands()
    one.follow()
    one.set_network({}, seen=HAND)
    assert [path.name for path in generated.parent.iterdir()] == ["70-generated.network"]
    assert commands() == ["networkctl delete carried0", "systemctl reload systemd-networkd.service"]
    assert other.follow().network == {}


def test_what_another_console_set_meanwhile_is_not_lost(rig: Rig) -> None:
    one, other = Instructions(rig.adapters), Instructions(rig.adapters)
    theirs = with_interface(HAND, Card("theirs"))
    other.set_network(theirs, seen=HAND)
    with pytest.raises(WyrcanError) as caught:
        one.set_network(with_interface(HAND, Card("mine")), seen=HAND)
    assert caught.value.code == "network-changed"
    assert one.read().network == theirs
    assert set(one.set_network(with_interface(theirs, Card("mine")), seen=theirs).network) == {
        "eth.network",
        "10-theirs.network",
        "10-mine.network",
    }


def test_proxy_that_another_console_set_meanwhile_is_not_lost(rig: Rig) -> None:
    one, other = Instructions(rig.adapters), Instructions(rig.adapters)
    other.set_proxy("http://theirs", "", seen=Proxy())
    with pytest.raises(WyrcanError) as caught:
        one.set_proxy("http://mine", "", seen=Proxy())
    assert caught.value.code == "network-changed"
    assert one.read().site.proxy.url == "http://theirs"


def test_of_many_consoles_at_the_same_moment_one_is_first_and_all_others_are_told(rig: Rig) -> None:
    ready = threading.Barrier(8)
    outcomes: list[str] = []

    def edit(number: int) -> None:
        instructions = Instructions(rig.adapters)
        ready.wait()
        instructions.set_handover(wanted=True)
        try:
            instructions.set_network(with_interface(HAND, Card(f"card{number}")), seen=HAND)
        except WyrcanError as error:
            outcomes.append(error.code)
        else:
            outcomes.append(f"10-card{number}.network")

    consoles = [threading.Thread(target=edit, args=(number,)) for number in range(8)]
    for console in consoles:
        console.start()
    for console in consoles:
        console.join()
    decision = Instructions(rig.adapters).read()
    (first,) = set(outcomes) - {"network-changed"}
    assert outcomes.count("network-changed") == 7
    assert set(decision.network) == {"eth.network", first}
    assert decision.handover is True
    assert {path.name for path in (rig.root / "run/systemd/network").iterdir()} == {"eth.network", first}


def test_who_waited_for_another_console_follows_what_that_has_set(rig: Rig) -> None:
    instructions, networkd = Instructions(rig.adapters), rig.adapters.networkd
    waiting = threading.Thread(target=instructions.follow)
    with networkd.editing():
        waiting.start()
        Entered(network={"10-a.network": {}}).keep(networkd)
    waiting.join()
    assert [path.name for path in (rig.root / "run/systemd/network").iterdir()] == ["10-a.network"]
