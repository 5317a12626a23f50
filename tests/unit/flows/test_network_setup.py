"""What a person types about one interface."""

from dataclasses import replace

import pytest

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.network_setup import Method, Setup, Typed

FULL = Typed("10.0.0.7/24", "10.0.0.1", "2001:db8::7/64", "fe80::1", "10.0.0.1 2001:db8::53", "1400")


def complaint(typed: Typed) -> str:
    """What is wrong with it."""
    with pytest.raises(WyrcanError) as caught:
        Setup.parse(typed)
    assert caught.value.code == "network-invalid"
    return caught.value.message


def test_empty_form_is_automatic() -> None:
    assert Setup.parse(Typed("", "", "", "", "", "")) == Setup() == Setup.parse(Typed())


@pytest.mark.parametrize("typed", [Typed(), Typed(four="off", six="off"), FULL, replace(FULL, six="off", gateway6="")])
def test_what_was_read_can_be_typed_again(typed: Typed) -> None:
    assert Setup.parse(typed).typed() == typed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (Typed(four=" DHCP "), Setup(four=Method.AUTO)),
        (Typed(six="Off"), Setup(six=Method.OFF)),
        (Typed(four="10.0.0.7/255.255.255.0"), Setup.parse(Typed(four="10.0.0.7/24"))),
        (Typed(dns="10.0.0.1, 10.0.0.2"), Setup.parse(Typed(dns="10.0.0.1 10.0.0.2"))),
        (Typed(four="10.0.0.6/31", gateway4="10.0.0.7"), Setup.parse(Typed("10.0.0.6/31", "10.0.0.7"))),
        (Typed(four="10.0.0.7/32"), Setup.parse(Typed("10.0.0.7/32"))),
    ],
)
def test_people_write_it_in_several_ways(typed: Typed, meant: Setup) -> None:
    assert Setup.parse(typed) == meant


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (Typed(four="ten"), "IPv4: 'ten' is no address; write it like 10.0.0.7/24, or auto, or off."),
        (Typed(four="10.0.0.7"), "IPv4: after 10.0.0.7 comes the length of its network, as in 10.0.0.7/24."),
        (Typed(four="10.0.0.7/33"), "IPv4: '10.0.0.7/33' is no address"),
        (Typed(four="2001:db8::7/64"), "IPv4: 2001:db8::7/64 is an IPv6 address."),
        (Typed(four="10.0.0.0/24"), "IPv4: 10.0.0.0 is the name of the network 10.0.0.0/24"),
        (Typed(four="10.0.0.255/24"), "IPv4: 10.0.0.255 is for all in the network 10.0.0.0/24"),
        (Typed(four="224.0.0.1/24"), "IPv4: 224.0.0.1 cannot be the address of an interface."),
        (Typed(four="127.0.0.1/8"), "IPv4: 127.0.0.1 cannot be the address of an interface."),
        (Typed(six="10.0.0.7/24"), "IPv6: 10.0.0.7/24 is an IPv4 address."),
        (Typed(six="ff02::1/64"), "IPv6: ff02::1 cannot be the address of an interface."),
        (
            Typed(gateway4="10.0.0.1"),
            "IPv4 gateway: it goes with an address that is given here; with auto there is none.",
        ),
        (Typed("10.0.0.7/24", "10.0.0.7"), "IPv4 gateway: 10.0.0.7 is the address of this machine itself."),
        (Typed("10.0.0.7/24", "10.0.1.1"), "IPv4 gateway: 10.0.1.1 is not in the network 10.0.0.0/24"),
        (Typed("10.0.0.7/24", "fe80::1"), "IPv4 gateway: fe80::1 is an IPv6 address."),
        (Typed(dns="10.0.0.1 ns.example.com"), "DNS: 'ns.example.com' is no address of a name server."),
        (Typed(mtu="jumbo"), "MTU: 'jumbo' is no number of bytes up to 65535."),
        (Typed(mtu="65536"), "MTU: '65536' is no number of bytes up to 65535."),
        (Typed(mtu="-1"), "MTU: '-1' is no number of bytes"),
        (Typed(mtu="1279"), "MTU: IPv6 needs 1280 bytes at least."),
        (Typed(six="off", mtu="67"), "MTU: IPv4 needs 68 bytes at least."),
    ],
)
def test_wrong_line_is_named_with_the_reason(typed: Typed, why: str) -> None:
    assert why in complaint(typed)


def test_all_wrong_lines_are_named_at_once() -> None:
    said = complaint(Typed("1", "2", "3", "4", "5", "6"))
    assert [said.count(f"{label}:") for label in Typed.labels().values()] == [1, 1, 1, 1, 1, 1]


def test_gateway_is_not_held_against_an_address_that_is_none() -> None:
    assert "gateway" not in complaint(Typed("ten", "10.0.0.1"))
