"""A machine's network as a value: what goes together, its files and back, and its words for a kernel."""

from dataclasses import replace

import pytest

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.network import Bond, Card, Interface, Mode, Network, Vlan, parse_tag
from wyrcan_tui.flows.network_edit import with_interface, without_interface
from wyrcan_tui.flows.network_files import read, write
from wyrcan_tui.flows.network_setup import Method, Setup, Typed
from wyrcan_tui.flows.network_words import words
from wyrcan_tui.host.networkd import NetworkFiles

ONE, TWO, THREE = (f"52:54:00:00:00:0{number}" for number in (1, 2, 3))
STATIC = Setup.parse(
    Typed("10.0.0.7/24", "10.0.0.1", "2001:db8::7/64", "fe80::1", "10.0.0.1 10.0.0.2 2001:db8::53", "")
)
QUIET = Setup(four=Method.OFF, six=Method.OFF)
BY_HAND: NetworkFiles = {"eth.network": {"Match": {"Type": "ether"}, "Network": {"DHCP": "yes", "Domains": "a b"}}}


def network(*interfaces: Interface) -> Network:
    """A network of these."""
    made = Network()
    for interface in interfaces:
        made = made.put(interface)
    return made


LARGE = network(
    Card("ens3", ONE, STATIC),
    Card("ens4", TWO),
    Card("ens5", THREE),
    Bond("bond0", ("ens5", "ens4"), Mode.BACKUP, QUIET),
    Vlan("ens3", 5),
    Vlan("ens3", 6, QUIET),
    Vlan("bond0", 7, Setup.parse(Typed("10.7.0.7/24", "", "off"))),
)


def complaint(made: Network, interface: Interface) -> str:
    """Why an interface cannot be put into a network."""
    with pytest.raises(WyrcanError) as caught:
        made.put(interface)
    assert caught.value.code == "network-invalid"
    assert caught.value.hint
    return caught.value.message


def test_static_addresses_are_written_as_networkd_reads_them() -> None:
    assert write(network(Card("ens3", ONE, replace(STATIC, mtu=1400)))) == {
        "10-ens3.network": {
            "Match": {"PermanentMACAddress": ONE},
            "Network": {
                "DHCP": "no",
                "IPv6AcceptRA": "no",
                "Address": "10.0.0.7/24",
                "Address ": "2001:db8::7/64",
                "Gateway": "10.0.0.1",
                "Gateway ": "fe80::1",
                "DNS": "10.0.0.1 10.0.0.2 2001:db8::53",
            },
            "Link": {"MTUBytes": "1400"},
        }
    }


@pytest.mark.parametrize(
    ("setup", "keys"),
    [
        (Setup(), {"DHCP": "yes"}),
        (Setup(six=Method.OFF), {"DHCP": "ipv4", "IPv6AcceptRA": "no", "LinkLocalAddressing": "no"}),
        (Setup(four=Method.OFF), {"DHCP": "ipv6"}),
        (QUIET, {"DHCP": "no", "IPv6AcceptRA": "no", "LinkLocalAddressing": "no"}),
    ],
)
def test_what_is_automatic_is_said_by_kind(setup: Setup, keys: dict[str, str]) -> None:
    assert write(network(Card("ens3", "", setup)))["10-ens3.network"]["Network"] == keys


def test_card_without_an_address_that_lasts_is_known_by_its_name() -> None:
    assert write(network(Card("ens3")))["10-ens3.network"]["Match"] == {"Name": "ens3"}


def test_bond_has_the_address_of_its_first_card_and_looks_for_a_signal() -> None:
    files = write(LARGE)
    assert files["10-bond0.netdev"] == {
        "NetDev": {"Name": "bond0", "Kind": "bond", "MACAddress": THREE},
        "Bond": {"Mode": "active-backup", "MIIMonitorSec": "100ms"},
    }
    assert files["10-ens4.network"] == {"Match": {"PermanentMACAddress": TWO}, "Network": {"Bond": "bond0"}}


def test_several_vlans_on_a_card_are_keys_that_networkd_takes_for_one() -> None:
    keys = write(LARGE)["10-ens3.network"]["Network"]
    assert (keys["VLAN"], keys["VLAN "]) == ("ens3.5", "ens3.6")
    assert write(LARGE)["10-ens3.5.netdev"] == {"NetDev": {"Name": "ens3.5", "Kind": "vlan"}, "VLAN": {"Id": "5"}}


def test_vlan_on_a_card_with_a_long_name_has_a_name_that_linux_takes() -> None:
    assert Vlan("enp129s0f0np0", 100).name == "vlan100"
    assert Vlan("enp129s0f0np0", 1).name == "enp129s0f0np0.1"


def test_what_was_written_is_read_again() -> None:
    assert read(write(LARGE)) == LARGE


def test_files_that_were_written_by_hand_stay_as_they_are() -> None:
    found = read({**BY_HAND, **write(LARGE)})
    assert found == replace(LARGE, others=BY_HAND)
    assert write(found) == {**BY_HAND, **write(LARGE)}


@pytest.mark.parametrize("file", sorted(write(LARGE)))
def test_file_that_was_changed_by_hand_is_not_taken_for_what_it_was(file: str) -> None:
    changed = {**write(LARGE)[file], "Link": {"RequiredForOnline": "no"}}
    files = {**write(LARGE), file: changed}
    found = read(files)
    assert found.others[file] == changed
    assert write(found) == files


@pytest.mark.parametrize("file", sorted(write(LARGE)))
def test_file_that_is_missing_makes_nothing_up(file: str) -> None:
    files = {name: sections for name, sections in write(LARGE).items() if name != file}
    assert write(read(files)) == files


@pytest.mark.parametrize(
    "files",
    [
        {"10-a quiet.network": {"Match": {"Name": "a quiet"}, "Network": {"DHCP": "yes"}}},
        {"10-a.network": {"Match": {"PermanentMACAddress": f"{ONE} quiet"}, "Network": {"DHCP": "yes"}}},
    ],
)
def test_file_cannot_smuggle_words_in(files: NetworkFiles) -> None:
    assert words(read(files)) == ()
    assert write(read(files)) == files


def test_interface_is_changed_and_the_others_stay() -> None:
    files = with_interface({**BY_HAND, **write(LARGE)}, Card("ens3", ONE, QUIET))
    assert read(files).find("ens3") == Card("ens3", ONE, QUIET)
    assert read(files).bonds == LARGE.bonds
    assert files["eth.network"] == BY_HAND["eth.network"]


def test_cards_of_a_new_bond_come_with_it_and_go_with_it() -> None:
    files = with_interface(BY_HAND, Bond("bond0", ("a", "b")), [Card("a", ONE), Card("b", TWO)])
    assert sorted(files) == ["10-a.network", "10-b.network", "10-bond0.netdev", "10-bond0.network", "eth.network"]
    files = with_interface(files, Vlan("bond0", 4))
    assert without_interface(files, "bond0") == BY_HAND


def test_card_that_is_forgotten_takes_its_vlans_with_it() -> None:
    assert set(LARGE.without("ens3").vlans) == {"bond0.7"}


@pytest.mark.parametrize(
    ("interface", "why"),
    [
        (Vlan("ens3", 0), "A VLAN has a number from 1 to 4094."),
        (Vlan("ens3", 4095), "A VLAN has a number from 1 to 4094."),
        (Vlan("ens4", 9), "ens4 belongs to a bond: the VLAN goes onto that."),
        (Vlan("gone", 9), "gone is no card and no bond that a VLAN can be on."),
        (Vlan("ens3.5", 9), "ens3.5 is no card and no bond that a VLAN can be on."),
        (Vlan("ens3", 9, Setup(mtu=1501)), "MTU: ens3 has 1500, and a VLAN on it cannot have more."),
        (Card("a b"), "'a b' is no name of an interface."),
        (Card("eth*"), "'eth*' is no name of an interface."),
        (Card("sixteen-letters1"), "'sixteen-letters1' is no name of an interface."),
        (Card("ens6", f"{ONE} {TWO}"), f"'{ONE} {TWO}' is no MAC address of a card."),
        (Bond("bond1", ()), "A bond needs a card at least."),
        (Bond("bond1", ("gone",)), "gone is no card that a bond can have."),
        (Bond("bond1", ("ens4",)), "ens4 belongs to another bond already."),
        (Bond("bond1", ("ens3",)), "ens3 has VLANs on it (ens3.5, ens3.6): remove them first."),
        (Bond("ens3", ("ens4",)), "There are two interfaces of the name ens3."),
        (Card("ens6", "", STATIC), "ens3 has the address 10.0.0.7 already. ens3 has the address 2001:db8::7 already."),
    ],
)
def test_what_does_not_go_together_is_refused_in_words(interface: Interface, why: str) -> None:
    assert why in complaint(LARGE, interface)


def test_card_cannot_carry_less_than_a_vlan_on_it() -> None:
    made = network(Card("a", "", Setup(mtu=9000)), Vlan("a", 5, Setup(mtu=4000)))
    assert complaint(made, Card("a")) == "MTU: a.5 on it has 4000, and cannot have more than this."


@pytest.mark.parametrize("text", ["", "0", "4095", "-1", "1.5", "seven", "99999", "²"])
def test_number_that_no_vlan_has_is_refused(text: str) -> None:
    with pytest.raises(WyrcanError, match="1 to 4094"):
        parse_tag(text)


def test_words_say_the_same_to_a_kernel_and_to_dracut() -> None:
    assert words(LARGE) == (
        f"ifname=ens3:{ONE}",
        f"ifname=ens4:{TWO}",
        f"ifname=ens5:{THREE}",
        "bond=bond0:ens5,ens4:mode=active-backup,miimon=100",
        "vlan=ens3.5:ens3",
        "vlan=ens3.6:ens3",
        "vlan=bond0.7:bond0",
        "ip=[2001:db8::7]::[fe80::1]:64::ens3:off:10.0.0.1:10.0.0.2",
        "ip=10.0.0.7::10.0.0.1:255.255.255.0::ens3:off:10.0.0.1:10.0.0.2",
        "nameserver=[2001:db8::53]",
        "ip=:::::ens3.5:dhcp",
        "ip=10.7.0.7:::255.255.255.0::bond0.7:off",
    )


def test_mtu_takes_the_place_of_the_name_servers_in_its_word() -> None:
    setup = Setup.parse(Typed("10.0.0.7/24", dns="10.0.0.1", six="off", mtu="1400"))
    assert words(network(Card("a", "", setup))) == (
        "ip=10.0.0.7:::255.255.255.0::a:off:1400",
        "nameserver=10.0.0.1",
    )


def test_ipv6_alone_is_asked_for_and_files_written_by_hand_have_no_words() -> None:
    assert words(network(Card("a", "", Setup(four=Method.OFF)))) == ("ip=:::::a:auto6",)
    assert words(read(BY_HAND)) == ()
