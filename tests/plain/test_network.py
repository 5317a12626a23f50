"""The network of the machine: what is there, what is set, and what comes of it."""

import json

from tests.plain.person import Person, somebody_at
from tests.plain.test_path import pick
from tests.support.rig import Rig
from tests.support.wired import MAC, OTHER, written

LINES = ("IPv4", "IPv4 gateway", "IPv6", "IPv6 gateway", "DNS", "MTU")
INTERRUPT = b"\x03"


def fill(person: Person, **lines: str) -> None:
    """Type what some of the settings shall be, each named as on the page, with underscores."""
    for name, text in lines.items():
        label = name.replace("_", " ")
        person.choose(f"{label:<14}")
        person.wait_for_question(f"{label}: ")
        person.type(text)


def open_card(person: Person, name: str = "card0") -> None:
    """Go to the settings of a card."""
    person.choose("  Network")
    person.wait_for("The network of this machine")
    person.choose(name)
    person.wait_for(f"Network {name}: ")


def go_back(person: Person, *pages: str) -> None:
    """Go back to one page after the other."""
    for page in pages:
        person.wait_for_question()
        person.type("b")
        person.wait_for(page)


def test_interfaces_are_shown_as_they_are_and_every_page_leads_back(wired: Rig) -> None:
    with somebody_at(wired) as person:
        person.choose("  Network")
        person.wait_for(f"1 card0 connected, no address yet ({MAC})", f"2 card1 no cable, no address yet ({OTHER})")
        for entry, page in (
            ("card0", "Network card0: connected, no address yet"),
            ("Make a bond", "Which cards act as one?"),
            ("Proxy: none", "The proxy of this machine"),
        ):
            person.choose(entry)
            person.wait_for(page)
            go_back(person, "The network of this machine")
        go_back(person, "This machine:")
    assert written(wired) == {}


def test_address_that_is_typed_is_used_at_once_and_saved_with_the_choice(wired: Rig, host: str) -> None:
    with somebody_at(wired) as person:
        open_card(person)
        fill(person, IPv4="10.0.0.7/24", IPv4_gateway="10.0.0.1", IPv6="off", DNS="10.0.0.1 10.0.0.2", MTU="1400")
        person.choose("Use these settings now")
        person.wait_for("These settings are used now.")
        assert written(wired)["10-card0.network"] == (
            f"[Match]\nPermanentMACAddress={MAC}\n\n"
            "[Network]\nDHCP=no\nIPv6AcceptRA=no\nLinkLocalAddressing=no\n"
            "Address=10.0.0.7/24\nGateway=10.0.0.1\nDNS=10.0.0.1 10.0.0.2\n\n"
            "[Link]\nMTUBytes=1400\n\n"
        )
        go_back(person, "The network of this machine", "This machine:")
        pick(person, host)
        person.choose("Boot this image")
        person.choose("Boot always")
        person.wait_for("Save it?")
        person.wait_for_question()
        person.type("yes")
        person.wait_until(lambda: person.kexec.executed, "the jump")
    assert json.loads(wired.saved or b"")["network"]["10-card0.network"]["Network"]["Address"] == "10.0.0.7/24"
    assert " ip=10.0.0.7::10.0.0.1:255.255.255.0::card0:off:1400 " in f" {person.kexec.booted.cmdline} "


def test_each_wrong_setting_is_named_and_nothing_typed_is_lost(wired: Rig) -> None:
    with somebody_at(wired) as person:
        open_card(person)
        fill(person, IPv4="10.0.0.7", IPv6="2001:db8::7/64", IPv6_gateway="2001:db9::1", DNS="dns", MTU="12")
        person.choose("Use these settings now")
        person.wait_for(
            "IPv4: after 10.0.0.7 comes the length of its network, as in 10.0.0.7/24.",
            "IPv6 gateway: 2001:db9::1 is not in the network 2001:db8::/64, so it cannot be reached.",
            "DNS: 'dns' is no address of a name server.",
            "MTU: IPv6 needs 1280 bytes at least.",
            "1 IPv4 10.0.0.7",
            "4 IPv6 gateway 2001:db9::1",
        )
        assert written(wired) == {}
        fill(person, IPv4="10.0.0.7/24", IPv6_gateway="2001:db8::1", DNS="")
        person.choose("MTU")
        person.wait_for_question("MTU: ")
        person.send(INTERRUPT)
        person.wait_for("5 DNS -", "6 MTU 12")
        fill(person, MTU="1400")
        person.choose("Use these settings now")
        person.wait_for("These settings are used now.")
    assert "Address=10.0.0.7/24\nAddress =2001:db8::7/64\nGateway=2001:db8::1\n" in written(wired)["10-card0.network"]


def test_settings_that_are_used_are_edited_again_and_forgotten(wired: Rig) -> None:
    with somebody_at(wired) as person:
        open_card(person)
        fill(person, IPv4="10.0.0.7/24", IPv6="off")
        person.choose("Use these settings now")
        go_back(person, "The network of this machine")
        person.choose("card0")
        person.wait_for("1 IPv4 10.0.0.7/24", "3 IPv6 off")
        person.choose("Forget what was set for it")
        person.wait_for("The network of this machine")
    assert written(wired) == {}


def test_vlan_on_a_bond_of_two_cards_is_made_and_removed(wired: Rig) -> None:
    with somebody_at(wired) as person:
        person.choose("  Network")
        person.choose("Make a bond")
        person.choose("Go on")
        person.wait_for("Choose a card at least.")
        person.choose("[ ] card0")
        person.choose("[ ] card1")
        person.wait_for("[x] card0", "[x] card1")
        person.choose("How: 802.3ad")
        person.choose("How: active-backup")
        person.choose("How: balance-rr")
        person.choose("Go on")
        person.wait_for("Network bond0: not used yet")
        person.choose("Use these settings now")
        person.wait_for("These settings are used now.")
        person.choose("Add a VLAN")
        person.wait_for_question("Number: ")
        person.type("4095")
        person.wait_for("A VLAN has a number from 1 to 4094.")
        person.wait_for_question("Number: ")
        person.type("4")
        person.wait_for("Network bond0.4")
        fill(person, IPv4="10.4.0.7/24", IPv6="off")
        person.choose("Use these settings now")
        person.wait_for("These settings are used now.")
        files = written(wired)
        assert files["10-bond0.netdev"] == (
            f"[NetDev]\nName=bond0\nKind=bond\nMACAddress={MAC}\n\n[Bond]\nMode=802.3ad\nMIIMonitorSec=100ms\n\n"
        )
        assert files["10-card1.network"] == f"[Match]\nPermanentMACAddress={OTHER}\n\n[Network]\nBond=bond0\n\n"
        assert "VLAN=bond0.4\n" in files["10-bond0.network"]
        assert "10-bond0.4.netdev" in files
        go_back(person, "Network bond0:")
        person.choose("Use these settings now")
        person.wait_for("These settings are used now.")
        assert "VLAN=bond0.4\n" in written(wired)["10-bond0.network"]
        go_back(person, "card0 connected, one of bond0")
        person.choose("card1")
        person.wait_for("Network bond0:")
        person.choose("Remove the bond")
        person.wait_for("The network of this machine")
    assert written(wired) == {}


def test_what_becomes_of_an_interface_is_told_while_somebody_reads_its_settings(wired: Rig) -> None:
    with somebody_at(wired) as person:
        open_card(person, "card1")
        person.wait_for_question()
        (wired.root / "sys/class/net/card1/carrier").write_text("1\n")
        person.wait_for("Network card1: connected, no address yet")
        person.wait_for_question()


def test_interface_that_appears_gets_a_number(wired: Rig) -> None:
    with somebody_at(wired) as person:
        person.choose("  Network")
        person.wait_for("The network of this machine", "card1")
        person.wait_for_question()
        wired.plug("card2", address="52:54:00:00:00:03")
        person.wait_for("card2")


def test_proxy_is_used_by_every_console_and_its_password_is_not_printed_again(wired: Rig) -> None:
    with somebody_at(wired) as person:
        person.choose("  Network")
        person.choose("Proxy: none")
        person.choose("Proxy: none")
        person.wait_for_question("Proxy: ")
        person.type("ftp://proxy:21")
        person.choose("Use it now")
        person.wait_for("The proxy that this machine was told of is none.")
        person.choose("Proxy: ftp")
        person.wait_for_question("Proxy: ")
        person.type("http://me:secret@proxy:3128")
        person.wait_for("Proxy: http://...@proxy:3128")
        person.choose("Without it: none")
        person.wait_for_question("Without it: ")
        person.type("example.com, 10.0.0.0/8")
        person.choose("Use it now")
        person.wait_for("The network of this machine", "Proxy: proxy:3128")
    assert person.printed.count(b"secret") == 1
    with somebody_at(wired) as other:
        other.choose("  Network")
        other.choose("Proxy: proxy:3128")
        other.wait_for("Without it: example.com,10.0.0.0/8")
        other.choose("Use it now")
        other.wait_for("Proxy: proxy:3128")
        assert b"secret" not in other.printed
        document = json.loads((wired.root / "run/wyrcan/network.json").read_text())
        assert document["proxy"] == ["http://me:secret@proxy:3128", "example.com,10.0.0.0/8"]


def test_settings_are_kept_from_the_system_that_is_booted_where_somebody_says_so(wired: Rig) -> None:
    with somebody_at(wired) as person:
        open_card(person)
        person.choose("Use these settings now")
        go_back(person, "Tell the system that is booted of these settings: yes")
        person.choose("Tell the system that is booted")
        person.wait_for("Tell the system that is booted of these settings: no")
    assert json.loads((wired.root / "run/wyrcan/network.json").read_text())["handover"] is False


def test_file_that_was_written_by_hand_is_named(wired: Rig) -> None:
    wired.save(b'{"network": {"eth.network": {"Match": {"Type": "ether"}, "Network": {"DHCP": "ipv4"}}}}')
    with somebody_at(wired) as person:
        person.choose("  Network")
        person.wait_for("Written by hand, and kept as it is: eth.network")


def test_settings_that_cannot_be_written_are_told_and_stay(wired: Rig) -> None:
    (wired.root / "run/systemd").write_text("in the way")
    with somebody_at(wired) as person:
        open_card(person)
        fill(person, IPv4="10.0.0.7/24", IPv6="off")
        person.choose("Use these settings now")
        person.wait_for("The network settings cannot be written: Not a directory")
        person.choose("Go back")
        person.wait_for("1 IPv4 10.0.0.7/24")


def test_settings_of_another_console_are_told_before_they_are_changed(wired: Rig) -> None:
    with somebody_at(wired) as person:
        open_card(person)
        fill(person, IPv4="10.0.0.7/24", IPv6="off")
        with somebody_at(wired) as other:
            open_card(other, "card1")
            other.choose("Use these settings now")
            other.wait_for("These settings are used now.")
        person.choose("Use these settings now")
        person.wait_for("That did not work", "1 IPv4 10.0.0.7/24")
        assert "10-card0.network" not in written(wired)
        person.choose("Use these settings now")
        person.wait_for("These settings are used now.")
    assert {"10-card0.network", "10-card1.network"} <= written(wired).keys()
