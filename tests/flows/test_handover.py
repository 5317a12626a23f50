"""What the system that is booted gets to know of the network: files for its networkd, or words for its kernel."""

from pathlib import Path

import pytest

from tests.flows.test_boot import start
from tests.support.bootable import WORDS, bootable_image
from tests.support.image import Dir, File, Image, Member, Symlink
from tests.support.rig import Booted, Rig
from tests.support.tree import Node
from tests.support.unpacker import unpack
from wyrcan_tui.flows.boot import Order
from wyrcan_tui.flows.instructions import Instructions
from wyrcan_tui.flows.network_handover import Handover
from wyrcan_tui.host.networkd import NetworkFiles
from wyrcan_tui.kernel.cmdline import LONGEST
from wyrcan_tui.oci.reference import parse_reference
from wyrcan_tui.progress import Meter, Progress

NETWORK: NetworkFiles = {
    "10-ens3.network": {
        "Match": {"PermanentMACAddress": "52:54:00:00:00:01"},
        "Network": {
            "DHCP": "no",
            "IPv6AcceptRA": "no",
            "LinkLocalAddressing": "no",
            "Address": "10.0.0.7/24",
            "Gateway": "10.0.0.1",
        },
    },
    "eth.network": {"Match": {"Type": "ether"}, "Network": {"DHCP": "yes"}},
}
GIVEN = "ifname=ens3:52:54:00:00:00:01 ip=10.0.0.7::10.0.0.1:255.255.255.0::ens3:off"
UNIT = "usr/lib/systemd/system/systemd-networkd.service"
FOLDER = "etc/systemd/network"
NETWORKD: tuple[Member, ...] = (
    Dir("usr"),
    Dir("usr/lib"),
    Dir("usr/lib/systemd"),
    Dir("usr/lib/systemd/system"),
    File("usr/lib/systemd/systemd-networkd", b"\x7fELF", mode=0o755),
    File(UNIT, b"[Service]\n"),
)
PRESETS = "usr/lib/systemd/system-preset"
ENABLING = File(
    f"{PRESETS}/90-systemd.preset", b"# Comment\n\nenable getty@.service\nenable systemd-networkd.service\n"
)
NOTHING_ELSE = File(f"{PRESETS}/99-default.preset", b"disable *\n")
NEVER_STARTED = File("etc/machine-id", b"uninitialized\n")
ENABLED = Symlink("etc/systemd/system/multi-user.target.wants/systemd-networkd.service", f"/{UNIT}")


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A machine."""
    return Rig(tmp_path / "machine")


def hand_over(rig: Rig, image: Image, *arguments: str, network: NetworkFiles = NETWORK) -> Booted:
    """Boot an image from a layout with these settings handed over, and return what was started."""
    layout = image.write_layout(rig.root / "layout")
    start(rig, Order(parse_reference(f"oci:{layout}"), arguments, handover=Handover(network)))
    return rig.kexec.booted


def given(booted: Booted) -> dict[str, Node]:
    """The files of ours in the root that was started."""
    return {path.decode(): node for path, node in unpack(booted.initrd).items() if b"00-wyrcan-" in path}


def test_image_that_runs_networkd_gets_the_same_files_with_a_name_that_comes_first(rig: Rig) -> None:
    booted = hand_over(rig, bootable_image("one", *NETWORKD, ENABLED), "user")
    files = given(booted)
    assert {path: node.content.decode() for path, node in files.items()} == {
        f"{FOLDER}/00-wyrcan-10-ens3.network": (
            "[Match]\nPermanentMACAddress=52:54:00:00:00:01\n\n[Network]\nDHCP=no\nIPv6AcceptRA=no\n"
            "LinkLocalAddressing=no\nAddress=10.0.0.7/24\nGateway=10.0.0.1\n\n"
        ),
        f"{FOLDER}/00-wyrcan-eth.network": "[Match]\nType=ether\n\n[Network]\nDHCP=yes\n\n",
    }
    assert {(oct(node.mode), node.uid, node.gid) for node in files.values()} == {("0o100644", 0, 0)}
    assert oct(unpack(booted.initrd)[FOLDER.encode()].mode) == "0o40755"
    assert booted.cmdline == f"{WORDS} user"


def test_files_of_the_image_are_not_written_over(rig: Rig) -> None:
    own = (
        Dir("etc"),
        Dir("etc/systemd"),
        Dir(FOLDER, mode=0o750),
        File(f"{FOLDER}/eth.network", b"own"),
        File(f"{FOLDER}/00-wyrcan-eth.network", b"own, too"),
    )
    root = unpack(hand_over(rig, bootable_image("one", *NETWORKD, *own, ENABLED)).initrd)
    assert root[f"{FOLDER}/eth.network".encode()].content == b"own"
    assert root[f"{FOLDER}/00-wyrcan-eth.network".encode()].content == b"own, too"
    assert f"{FOLDER}/00-wyrcan-10-ens3.network".encode() in root
    assert oct(root[FOLDER.encode()].mode) == "0o40750"


def test_link_on_the_way_is_followed_inside_the_image(rig: Rig) -> None:
    linked = (Dir("etc"), Dir("etc/systemd"), Symlink(FOLDER, "/usr/share/network"), Dir("usr/share/network"))
    assert set(given(hand_over(rig, bootable_image("one", *NETWORKD, *linked, ENABLED)))) == {
        "usr/share/network/00-wyrcan-10-ens3.network",
        "usr/share/network/00-wyrcan-eth.network",
    }


@pytest.mark.parametrize(
    "members",
    [
        (),
        (ENABLED,),
        (*NETWORKD, NOTHING_ELSE),
        (*NETWORKD, ENABLING, File("etc/machine-id")),
        (*NETWORKD, ENABLING, File("etc/machine-id", b"0123456789abcdef0123456789abcdef\n")),
        (*NETWORKD, ENABLING, File(f"{PRESETS}/10-mine.preset", b"; mine\ndisable systemd-netw*\n")),
        (*NETWORKD, ENABLING, File("etc/systemd/system-preset/80-mine.preset", b"  ignore systemd-networkd.service")),
        (*NETWORKD, ENABLING, NOTHING_ELSE, Symlink("etc/systemd/system-preset/90-systemd.preset", "/dev/null")),
        (ENABLING,),
        (*NETWORKD[:-1], ENABLING),
        (*NETWORKD, ENABLED, Symlink("etc/systemd/system/systemd-networkd.service", "/dev/null")),
        (*NETWORKD, ENABLED, File(FOLDER, b"in the way")),
        (*NETWORKD, ENABLED, Symlink(FOLDER, "/nowhere")),
    ],
    ids=[
        "no systemd",
        "no networkd",
        "disabled by a preset",
        "no first boot, as its id is empty",
        "no first boot, as it has an id",
        "disabled by an earlier preset",
        "left alone by an earlier preset",
        "preset that is masked",
        "preset without networkd",
        "preset without a unit",
        "masked",
        "no folder",
        "dangling link",
    ],
)
def test_any_other_image_gets_words_in_front_of_its_own_and_those_of_the_user(
    rig: Rig, members: tuple[Member, ...]
) -> None:
    booted = hand_over(rig, bootable_image("one", *members), "user")
    assert booted.cmdline == f"{GIVEN} {WORDS} user"
    assert given(booted) == {}


@pytest.mark.parametrize(
    "members",
    [
        (ENABLING, NOTHING_ELSE),
        (ENABLING, NOTHING_ELSE, NEVER_STARTED),
        (File("etc/systemd/system-preset/10-mine.preset", b"enable systemd-net*"), NOTHING_ELSE),
        (
            File(f"{PRESETS}/90-mine.preset", b"disable systemd-networkd.service"),
            File("etc/systemd/system-preset/90-mine.preset", b"enable systemd-networkd.service extra\ndisable *"),
        ),
        (File(f"{PRESETS}/90-mine.preset", b"\xffnonsense\nenable\ndisable other.service"),),
        (),
    ],
    ids=["no id", "id to come", "pattern", "file in front of another of its name", "not named", "no preset at all"],
)
def test_image_whose_first_boot_enables_networkd_gets_files_too(rig: Rig, members: tuple[Member, ...]) -> None:
    booted = hand_over(rig, bootable_image("one", *NETWORKD, *members), "user")
    assert set(given(booted)) == {f"{FOLDER}/00-wyrcan-10-ens3.network", f"{FOLDER}/00-wyrcan-eth.network"}
    assert booted.cmdline == f"{WORDS} user"


@pytest.mark.parametrize("members", [(), (*NETWORKD, ENABLED)])
def test_nothing_is_handed_over_where_nothing_was_said(rig: Rig, members: tuple[Member, ...]) -> None:
    booted = hand_over(rig, bootable_image("one", *members), network={})
    assert booted.cmdline == WORDS
    assert given(booted) == {}


def test_words_that_have_no_room_are_left_out_and_that_is_told(rig: Rig) -> None:
    long = "x" * (LONGEST - len(WORDS) - 1)
    notes: list[str] = []

    def report(progress: Progress) -> None:
        notes.append(progress.note)

    layout = bootable_image().write_layout(rig.root / "layout")
    order = Order(parse_reference(f"oci:{layout}"), (long,), handover=Handover(NETWORK))
    start(rig, order, Meter(report))
    assert rig.kexec.booted.cmdline == f"{WORDS} {long}"
    assert "Handing the kernel and its root over. Its command line has no room for the network's settings." in notes


@pytest.mark.parametrize(
    ("words", "saved", "told"),
    [
        ("", "", False),
        ("wyr.handover=yes", "", True),
        ("", '"handover": true,', True),
        ("wyr.handover=yes", '"handover": false,', True),
        ("wyr.handover=no", '"handover": true,', False),
    ],
)
def test_word_and_saved_choice_turn_it_on_and_off(tmp_path: Path, words: str, saved: str, told: bool) -> None:
    rig = Rig(tmp_path / "machine", cmdline=words)
    rig.save(f'{{{saved} "network": {{"eth.network": {{"Network": {{"DHCP": "yes"}}}}}}}}'.encode())
    assert bool(Instructions(rig.adapters).read().handed_over.network) is told


def test_what_is_set_in_the_menu_is_handed_over_and_saved_so(rig: Rig) -> None:
    instructions = Instructions(rig.adapters)
    decision = instructions.set_network({"eth.network": {"Network": {"DHCP": "yes"}}}, seen={})
    assert decision.handed_over.network
    assert instructions.to_keep(decision, None, ()).handover is True
    assert not instructions.set_handover(wanted=False).handed_over.network
