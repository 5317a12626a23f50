"""This machine and its network at a glance."""

import os
import platform
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.rig import Rig
from wyrcan_tui.flows.glance import Glance, Watch

LACK = "r8169 0000:02:00.0: firmware: failed to load rtl_nic/rtl8168h-2.fw (-2)"


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rig:
    """A PC with UEFI."""
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    return Rig(tmp_path / "machine")


def seen(rig: Rig) -> Glance:
    """What is seen at first."""
    watch, glances = Watch(rig.adapters), list[Glance]()

    def keep(glance: Glance) -> None:
        glances.append(glance)
        watch.end()

    watch.run(keep)
    (glance,) = glances
    return glance


def until(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.005)


def test_watch_that_was_ended_before_it_began_looks_at_nothing(rig: Rig) -> None:
    watch, glances = Watch(rig.adapters), list[Glance]()
    watch.end()
    watch.run(glances.append)
    assert glances == []


def test_machine_is_told_in_two_lines(rig: Rig) -> None:
    rig.describe(sys_vendor="Dell Inc.", product_name="PowerEdge R640")
    rig.set_firmware("SecureBoot", b"\x01")
    assert seen(rig).machine == (
        "This machine: Dell Inc. PowerEdge R640, linux/amd64, UEFI, Secure Boot on",
        "Memory: 2.0 GiB   Processors: 2 (Some CPU)",
    )


def test_machine_that_says_little_is_told_with_what_is_known(rig: Rig) -> None:
    (rig.root / "proc/cpuinfo").write_text("processor\t: 0\n")
    assert seen(rig).machine == ("This machine: linux/amd64, UEFI, Secure Boot off", "Memory: 2.0 GiB   Processors: 1")


def test_nothing_is_said_of_secure_boot_where_it_cannot_be_known(rig: Rig, tmp_path: Path) -> None:
    (rig.variable.parent / "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c").mkdir()
    assert seen(rig).machine[0] == "This machine: linux/amd64, UEFI"
    assert seen(Rig(tmp_path / "bios", uefi=False)).machine[0] == "This machine: linux/amd64, BIOS"


def test_every_interface_has_a_line(rig: Rig) -> None:
    assert seen(rig).network == ("Network: no interface that Linux knows",)
    rig.plug("wired0", speed=1000)
    rig.plug("wired1", speed=100)
    rig.plug("wired2", speed=2500)
    rig.plug("wired3", carrier=False)
    rig.plug("wired4")
    (rig.root / "proc/net").mkdir()
    (rig.root / "proc/net/if_inet6").write_text("20010db8000000000000000000000007 02 40 00 80   wired0\n")
    assert seen(rig).network == (
        "Network wired0: connected, 1 Gbit/s, 2001:db8::7",
        "Network wired1: connected, 100 Mbit/s, no address yet",
        "Network wired2: connected, 2.5 Gbit/s, no address yet",
        "Network wired3: no cable",
        "Network wired4: connected, no address yet",
    )


def test_card_that_lacks_its_firmware_or_its_driver_is_named_once(rig: Rig) -> None:
    rig.insert("0000:02:00.0")
    rig.insert("0000:03:00.0", number="14e4:1657")
    rig.insert("0000:04:00.0", kind="0x010802")
    rig.log_kernel(LACK, LACK, LACK.replace("02:00", "04:00"))
    assert seen(rig).troubles == (
        "Network card 0000:02:00.0 (r8169) lacks its firmware file rtl_nic/rtl8168h-2.fw.",
        "Network card 0000:03:00.0 (14e4:1657) has no driver so far.",
    )


def test_something_is_shown_only_where_something_else_is_to_be_seen(rig: Rig) -> None:
    """The kernel's log stands for all that may happen: whatever does, everything is looked at."""
    rig.insert("0000:02:00.0", driver="r8169")
    (rig.root / "dev").mkdir()
    os.mkfifo(rig.root / "dev/kmsg")
    holder = os.open(rig.root / "dev/kmsg", os.O_RDWR)
    watch, glances = Watch(rig.adapters), list[Glance]()
    looking = threading.Thread(target=watch.run, args=(glances.append,))
    looking.start()
    until(lambda: len(glances) == 1)
    rig.log_kernel("nothing of interest")
    rig.plug("wired0")
    rig.log_kernel("nothing of interest either")
    until(lambda: len(glances) == 2)
    rig.log_kernel("and more of that", LACK)
    until(lambda: len(glances) == 3)
    watch.end()
    looking.join(20)
    assert not looking.is_alive()
    assert [(len(glance.links), len(glance.troubles)) for glance in glances] == [(0, 0), (1, 0), (1, 1)]
    os.close(holder)


def test_all_that_is_known_of_the_machine_is_told_without_secrets(rig: Rig) -> None:
    rig.describe(
        sys_vendor="Dell Inc.",
        product_name="PowerEdge R640",
        product_serial="ABC1234",
        bios_vendor="Dell Inc.",
        bios_version="2.10.2",
    )
    (rig.root / "proc/cmdline").write_text("wyr.proxy=http://me:sesame@proxy quiet\n")
    (rig.root / "proc/cpuinfo").write_text(
        "".join(f"processor: {number}\nmodel name: Some CPU\ncore id: {number // 2}\n" for number in range(4))
    )
    assert seen(rig).details == {
        "Model": "Dell Inc. PowerEdge R640",
        "Serial": "ABC1234",
        "Firmware": "Dell Inc. 2.10.2, UEFI, Secure Boot off",
        "Processor": "Some CPU",
        "Cores": "2 cores, 4 processors",
        "Memory": "2.0 GiB",
        "Images for": "linux/amd64",
        "Command line": "wyr.proxy=http://...@proxy quiet",
    }


def test_machine_that_says_little_has_few_details(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    rig = Rig(tmp_path / "bios", uefi=False)
    (rig.root / "proc/cpuinfo").write_text("processor\t: 0\n")
    assert seen(rig).details == {
        "Firmware": "BIOS",
        "Cores": "1 processor",
        "Memory": "2.0 GiB",
        "Images for": "linux/amd64",
    }


def test_all_that_is_known_of_each_interface_is_told(rig: Rig) -> None:
    assert seen(rig).interfaces == ()
    rig.plug("wired0", speed=10000, driver="ixgbe")
    rig.plug("wired1", address="52:54:00:12:34:57", carrier=False, driver="igb")
    rig.plug("wired2", address="52:54:00:12:34:58")
    (rig.root / "proc/net").mkdir()
    (rig.root / "proc/net/if_inet6").write_text(
        "20010db8000000000000000000000007 02 40 00 80   wired0\n20010db8000000000000000000000008 02 40 00 80   wired0\n"
    )
    assert seen(rig).interfaces == (
        "wired0: connected, 10 Gbit/s, ixgbe, 52:54:00:12:34:56",
        "  2001:db8::7, 2001:db8::8",
        "wired1: no cable, igb, 52:54:00:12:34:57",
        "wired2: connected, 52:54:00:12:34:58",
        "  no address yet",
    )
