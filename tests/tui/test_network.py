"""The network of the machine: what is there, what is set, and what comes of it."""

import json
import threading

import pytest
from textual.widgets import OptionList

from tests.support.registry import Registry
from tests.support.rig import Rig
from tests.support.wired import MAC, OTHER, written
from tests.tui.person import PATIENCE, Person, somebody_at
from tests.tui.test_path import pick_to_boot
from wyrcan_tui.flows.decide import Decision
from wyrcan_tui.flows.instructions import Instructions
from wyrcan_tui.flows.network import Card
from wyrcan_tui.flows.network_edit import with_interface
from wyrcan_tui.registry.proxy import Proxy
from wyrcan_tui.tui.page import Page


async def fill(person: Person, *lines: str) -> None:
    """Type into one line after the other, instead of what is there; an empty text leaves a line as it is."""
    for line in lines:
        if line:
            await person.press("home", "ctrl+k")
            await person.type(line)
        await person.press("enter")


def press_enter_twice(person: Person) -> None:
    """Press it so fast that the page has seen nothing of the first when the second is pressed."""
    choices = person.app.screen.query_one(OptionList)
    choices.action_select()
    choices.action_select()


def end_work_of_the_page(gate: threading.Event) -> None:
    """Let what the page with all interfaces has begun come to its end."""
    work = [thread for thread in threading.enumerate() if thread.name.startswith("work of NetworkPage")]
    assert work
    gate.set()
    for thread in work:
        thread.join(PATIENCE)


async def open_card(person: Person, name: str = "card0") -> None:
    """Go to the form of a card."""
    await person.choose("Network ...")
    await person.choose(name)
    await person.wait_for_page(f"Network {name}")


async def change(person: Person, entry: str) -> None:
    """Choose what changes the network, and wait until that is over."""
    page = person.app.screen
    assert isinstance(page, Page)
    await person.choose(entry)
    await person.wait_until(lambda: not page.is_changing, f"the end of {entry!r}")


async def test_interfaces_are_shown_as_they_are_and_every_page_leads_back(wired: Rig) -> None:
    async with somebody_at(wired) as person:
        await person.choose("Network ...")
        await person.wait_for_page("The network of this machine")
        await person.select("card0")
        assert f"connected, no address yet  ({MAC})" in person.selected
        assert any(option.startswith("card1") and "no cable" in option for option in person.options)
        person.check_page()
        for entry, heading in (
            ("card0", "Network card0"),
            ("Make a bond", "Make a bond"),
            ("Proxy: none", "The proxy of this machine"),
        ):
            await person.choose(entry)
            await person.wait_for_page(heading)
            person.check_page()
            await person.press("escape")
            await person.wait_for_page("The network of this machine")
        await person.press("escape")
        await person.wait_for("This machine:")
    assert written(wired) == {}


async def test_address_that_is_typed_is_used_at_once_and_saved_with_the_choice(
    wired: Rig, host: str, server: Registry
) -> None:
    async with somebody_at(wired) as person:
        await open_card(person)
        await fill(person, "10.0.0.7/24", "10.0.0.1", "off", "", "10.0.0.1 10.0.0.2", "1400")
        await change(person, "Use these settings now")
        assert written(wired)["10-card0.network"] == (
            f"[Match]\nPermanentMACAddress={MAC}\n\n"
            "[Network]\nDHCP=no\nIPv6AcceptRA=no\nLinkLocalAddressing=no\n"
            "Address=10.0.0.7/24\nGateway=10.0.0.1\nDNS=10.0.0.1 10.0.0.2\n\n"
            "[Link]\nMTUBytes=1400\n\n"
        )
        await person.press("escape", "escape")
        await pick_to_boot(person, host)
        await person.choose("Boot always")
        await person.choose("Yes, save it and boot")
        await person.wait_until(lambda: wired.kexec.executed, "the jump")
    assert json.loads(wired.saved or b"")["network"]["10-card0.network"]["Network"]["Address"] == "10.0.0.7/24"
    assert " ip=10.0.0.7::10.0.0.1:255.255.255.0::card0:off:1400 " in f" {wired.kexec.booted.cmdline} "


async def test_each_wrong_line_is_named_and_nothing_typed_is_lost(wired: Rig) -> None:
    async with somebody_at(wired) as person:
        await open_card(person)
        await fill(person, "10.0.0.7", "10.0.0.1x", "2001:db8::7/64", "2001:db9::1", "10.0.0.1 dns", "12")
        await person.choose("Use these settings now")
        await person.wait_for(
            "IPv4: after 10.0.0.7 comes the length of its network, as in 10.0.0.7/24.",
            "IPv4 gateway: '10.0.0.1x' is no address.",
            "IPv6 gateway: 2001:db9::1 is not in the network 2001:db8::/64, so it cannot be reached.",
            "DNS: 'dns' is no address of a name server.",
            "MTU: IPv6 needs 1280 bytes at least.",
        )
        person.check_page()
        assert all(word in person.text for word in ("10.0.0.1x", "2001:db9::1", "10.0.0.1 dns", " 12 "))
        assert written(wired) == {}
        await fill(person, "10.0.0.7/24", "10.0.0.1", "", "2001:db8::1", "10.0.0.1", "1400")
        await change(person, "Use these settings now")
        assert "IPv4:" not in person.text


async def test_settings_that_are_used_are_edited_again_and_forgotten(wired: Rig) -> None:
    async with somebody_at(wired) as person:
        await open_card(person)
        await fill(person, "10.0.0.7/24", "", "off", "", "", "")
        await change(person, "Use these settings now")
        await person.press("escape")
        await person.choose("card0")
        await person.wait_for("Network card0", "10.0.0.7/24", "off")
        await fill(person, "", "", "", "", "", "")
        await person.choose("Forget what was set for it")
        await person.wait_for_page("The network of this machine")
    assert written(wired) == {}


async def test_vlan_on_a_bond_of_two_cards_is_made_and_removed(wired: Rig) -> None:
    async with somebody_at(wired) as person:
        await person.choose("Network ...")
        await person.choose("Make a bond")
        await person.choose("Go on")
        await person.wait_for("Choose a card at least.")
        person.check_page()
        await person.press("home")
        await person.choose("[ ] card0")
        await person.choose("[ ] card1")
        await person.choose("How: 802.3ad")
        await person.choose("How: active-backup")
        await person.choose("How: balance-rr")
        await person.choose("Go on")
        await person.wait_for("Network bond0", "not used yet")
        await fill(person, "", "", "", "", "", "")
        await change(person, "Use these settings now")
        await person.choose("Add a VLAN")
        await person.wait_for_page("A VLAN on bond0")
        person.check_page()
        await person.type("4095")
        await person.press("enter")
        await person.wait_for("A VLAN has a number from 1 to 4094.")
        await person.press("backspace", "backspace", "backspace", "enter")
        await person.wait_for_page("Network bond0.4")
        await fill(person, "10.4.0.7/24", "", "off", "", "", "")
        await change(person, "Use these settings now")
        files = written(wired)
        assert files["10-bond0.netdev"] == (
            f"[NetDev]\nName=bond0\nKind=bond\nMACAddress={MAC}\n\n[Bond]\nMode=802.3ad\nMIIMonitorSec=100ms\n\n"
        )
        assert files["10-card1.network"] == f"[Match]\nPermanentMACAddress={OTHER}\n\n[Network]\nBond=bond0\n\n"
        assert "VLAN=bond0.4\n" in files["10-bond0.network"]
        await person.press("escape", "escape")
        await person.wait_for_page("The network of this machine")
        assert "card0           connected, one of bond0" in "\n".join(person.options)
        await person.choose("card1")
        await person.wait_for_page("Network bond0")
        await fill(person, "", "", "", "", "", "")
        await person.choose("Remove the bond")
        await person.wait_for_page("The network of this machine")
    assert written(wired) == {}


async def test_proxy_is_used_by_every_console_and_never_shows_its_password(wired: Rig) -> None:
    async with somebody_at(wired) as person:
        await person.choose("Network ...")
        await person.choose("Proxy: none")
        await fill(person, "ftp://proxy:21", "")
        await person.choose("Use it now")
        await person.wait_for("The proxy that this machine was told of is none.")
        person.check_page()
        await person.press("shift+tab", "shift+tab")
        await fill(person, "http://me:secret@proxy:3128", "example.com, 10.0.0.0/8")
        await person.choose("Use it now")
        await person.wait_for("Proxy: proxy:3128 ...")
        await person.choose("Proxy: proxy:3128")
        await person.wait_for("example.com,10.0.0.0/8")
        assert "secret" not in person.text
        await fill(person, "", "")
        await person.choose("Use it now")
        await person.wait_for_page("The network of this machine")
    async with somebody_at(wired, "ttyS0") as other:
        await other.choose("Network ...")
        await other.wait_for("Proxy: proxy:3128 ...")
    document = json.loads((wired.root / "run/wyrcan/network.json").read_text())
    assert document["proxy"] == ["http://me:secret@proxy:3128", "example.com,10.0.0.0/8"]


async def test_who_was_faster_at_another_console_is_told_of_and_loses_nothing(wired: Rig) -> None:
    other = Instructions(wired.adapters)
    async with somebody_at(wired) as person:
        await open_card(person)
        theirs = with_interface({}, Card("card1", OTHER))
        other.set_network(theirs, seen={})
        await fill(person, "10.0.0.7/24", "", "off", "", "", "")
        await person.choose("Use these settings now")
        await person.wait_for("Another console changed the network meanwhile, and nothing of yours was used.")
        person.check_page()
        assert set(written(wired)) == {"10-card1.network"}
        await change(person, "Use these settings now")
        assert set(written(wired)) == {"10-card0.network", "10-card1.network"}
        # What they change of the card that is looked at is not lost either, even where nothing of it is seen.
        other.set_network(with_interface(theirs, Card("card0", MAC)), seen=other.read().network)
        await person.choose("Forget what was set for it")
        await person.wait_for("Another console changed the network meanwhile")
        assert set(written(wired)) == {"10-card0.network", "10-card1.network"}
        await person.choose("Forget what was set for it")
        await person.wait_for_page("The network of this machine")
        assert set(written(wired)) == {"10-card1.network"}


async def test_keys_that_are_pressed_twice_open_and_set_once(wired: Rig) -> None:
    async with somebody_at(wired) as person:
        await person.select("Network ...")
        press_enter_twice(person)
        await person.wait_for_page("The network of this machine")
        await person.press("escape")
        await person.wait_for_page("Boot this machine straight into a container image")
        await open_card(person)
        await fill(person, "10.0.0.7/24", "", "off", "", "", "")
        await person.select("Use these settings now")
        press_enter_twice(person)
        await person.wait_until(lambda: "10-card0.network" in written(wired), "the file")
        await person.wait_until(lambda: "Setting it" not in person.text, "the end of it")
        assert "Another console" not in person.text


async def test_who_goes_back_while_it_is_set_goes_once_it_is_and_finds_it_set(wired: Rig) -> None:
    async with somebody_at(wired) as person:
        await open_card(person)
        await fill(person, "10.0.0.7/24", "", "off", "", "", "")
        with wired.adapters.networkd.editing():
            await person.choose("Use these settings now")
            await person.press("escape")
            await person.wait_for("Network card0", "Setting it ...")
        await person.wait_for_page("The network of this machine")
        await person.choose("card0")
        await person.wait_for("Network card0", "10.0.0.7/24", "off")


async def test_who_goes_back_while_it_is_set_stays_where_it_did_not_work(wired: Rig) -> None:
    async with somebody_at(wired) as person:
        await open_card(person)
        await fill(person, "10.0.0.7/24", "", "off", "", "", "")
        Instructions(wired.adapters).set_network(with_interface({}, Card("card1", OTHER)), seen={})
        with wired.adapters.networkd.editing():
            await person.choose("Use these settings now")
            await person.press("escape")
            await person.wait_for("Setting it ...")
        await person.wait_for("Network card0", "Another console changed the network meanwhile")
        await person.press("escape")
        await person.wait_for_page("The network of this machine")


async def test_proxy_by_tls_stays_one(wired: Rig) -> None:
    async with somebody_at(wired) as person:
        await person.choose("Network ...")
        await person.choose("Proxy: none")
        await fill(person, "https://me:secret@proxy:3129", "")
        await person.choose("Use it now")
        await person.choose("Proxy: https://proxy:3129")
        await person.wait_for("https://proxy:3129")
        assert "secret" not in person.text


async def test_proxy_of_another_console_is_not_written_over_unseen(wired: Rig) -> None:
    async with somebody_at(wired) as person:
        await person.choose("Network ...")
        await person.choose("Proxy: none")
        Instructions(wired.adapters).set_proxy("http://theirs:3128", "", seen=Proxy())
        await fill(person, "http://mine:3128", "")
        await person.choose("Use it now")
        await person.wait_for("Another console changed the network meanwhile, and nothing of yours was used.")
        person.check_page()
        assert Instructions(wired.adapters).read().site.proxy.url == "http://theirs:3128"
        await person.choose("Use it now")
        await person.wait_for("Proxy: mine:3128 ...")


async def test_damage_of_what_another_console_set_is_told_and_mended_by_setting_it(wired: Rig) -> None:
    wired.adapters.networkd.enter(b"{")
    async with somebody_at(wired) as person:
        await person.wait_for("What was set of the network at a console is damaged, and does not count.")
        await open_card(person)
        await fill(person, "10.0.0.7/24", "", "off", "", "", "")
        await change(person, "Use these settings now")
    assert Instructions(wired.adapters).read().problems == ()


async def test_settings_are_kept_from_the_system_that_is_booted_where_somebody_says_so(wired: Rig, host: str) -> None:
    async with somebody_at(wired) as person:
        await open_card(person)
        await fill(person, "10.0.0.7/24", "", "off", "", "", "")
        await person.choose("Use these settings now")
        await person.press("escape")
        await person.choose("Tell the system that is booted of these settings: yes")
        await person.wait_for("Tell the system that is booted of these settings: no")
        await person.press("escape")
        await pick_to_boot(person, host)
        await person.choose("Boot always")
        await person.choose("Yes, save it and boot")
        await person.wait_until(lambda: wired.kexec.executed, "the jump")
    assert json.loads(wired.saved or b"")["handover"] is False
    assert "ip=" not in wired.kexec.booted.cmdline


async def test_what_was_read_before_something_was_set_does_not_take_its_place(
    wired: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, gate = Instructions.read, threading.Event()

    def read_slowly(instructions: Instructions) -> Decision:
        found = read(instructions)
        assert gate.wait(PATIENCE)
        return found

    async with somebody_at(wired) as person:
        await person.wait_for_decision()
        monkeypatch.setattr(Instructions, "read", read_slowly)
        await person.choose("Network ...")
        await person.choose("Tell the system that is booted of these settings: no")
        await person.wait_for("Tell the system that is booted of these settings: yes")
        end_work_of_the_page(gate)
        await person.press("home")
        assert "Tell the system that is booted of these settings: yes" in person.text


async def test_what_was_set_first_does_not_take_the_place_of_what_was_set_on_the_page_in_front(
    wired: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_handover, gate = Instructions.set_handover, threading.Event()

    def set_slowly(instructions: Instructions, *, wanted: bool) -> Decision:
        found = set_handover(instructions, wanted=wanted)
        assert gate.wait(PATIENCE)
        return found

    monkeypatch.setattr(Instructions, "set_handover", set_slowly)
    async with somebody_at(wired) as person:
        await person.choose("Network ...")
        await person.choose("Tell the system that is booted of these settings: no")
        await person.choose("Proxy: none")
        end_work_of_the_page(gate)
        await fill(person, "http://proxy:3128", "")
        await person.choose("Use it now")
        await person.wait_for("Proxy: proxy:3128 ...", "Tell the system that is booted of these settings: yes")


async def test_file_that_was_written_by_hand_is_named_and_stays(wired: Rig) -> None:
    wired.save(b'{"network": {"eth.network": {"Match": {"Type": "ether"}, "Network": {"DHCP": "ipv4"}}}}')
    async with somebody_at(wired) as person:
        await person.choose("Network ...")
        await person.wait_for("Written by hand, and kept as it is: eth.network")
        person.check_page()
        await person.choose("card0")
        await fill(person, "10.0.0.7/24", "", "off", "", "", "")
        await change(person, "Use these settings now")
    assert written(wired)["eth.network"] == "[Match]\nType=ether\n\n[Network]\nDHCP=ipv4\n\n"


async def test_settings_that_cannot_be_written_are_told_and_the_form_stays(wired: Rig) -> None:
    (wired.root / "run/systemd").write_text("in the way")
    async with somebody_at(wired) as person:
        await open_card(person)
        await fill(person, "10.0.0.7/24", "", "off", "", "", "")
        await person.choose("Use these settings now")
        await person.wait_for("The network settings cannot be written: Not a directory")
        await person.press("escape")
        await person.wait_for("Network card0", "10.0.0.7/24")
