"""What goes on without this console: the unattended boot, and somebody at another one."""

import json
import os
import re
import time
from collections.abc import Iterator

import pytest

from tests.plain.person import somebody_at
from tests.support.rig import Rig
from wyrcan_tui.flows.unattended import OWNER
from wyrcan_tui.host.turn import Status

IMAGE = "quay.io/demo/os:1"


LACK = "r8169 0000:02:00.0: Direct firmware load for rtl_nic/rtl8168h-2.fw failed with error -2"


@pytest.fixture
def kernel(rig: Rig) -> Iterator[None]:
    """The machine's kernel has a log that can be waited for."""
    (rig.root / "dev").mkdir()
    os.mkfifo(rig.root / "dev/kmsg")
    holder = os.open(rig.root / "dev/kmsg", os.O_RDWR)
    yield
    os.close(holder)


def countdown(error: str = "") -> Status:
    """The unattended boot, which waits for a key."""
    return Status(OWNER, IMAGE, "Booting what was chosen.", deadline=time.monotonic() + 60, error=error)


@pytest.mark.parametrize("key", [b"\r", b"x", b" ", b"\x03", b"\r\n"])
def test_any_key_stops_the_countdown_and_does_nothing_else(rig: Rig, key: bytes) -> None:
    rig.save(json.dumps({"image": IMAGE}).encode())
    with rig.turn.taken(OWNER):
        rig.turn.tell(countdown())
        with somebody_at(rig) as person:
            person.wait_for(f"Booting {IMAGE} in ", " seconds. Press Enter for the menu.")
            assert re.search(r"in (5\d|60) seconds", " ".join(person.lines))
            assert not rig.turn.attended
            person.send(key)
            person.wait_until(lambda: rig.turn.attended, "the mark of somebody here")
            person.wait_for(f"1 Boot {IMAGE}")
            person.wait_for_question()


def test_first_key_counts_even_before_the_countdown_is_printed(rig: Rig) -> None:
    with somebody_at(rig) as person:
        person.wait_for_question()
        with rig.turn.taken(OWNER):
            rig.turn.tell(countdown())
            person.send(b"\r")
            person.wait_until(lambda: rig.turn.attended, "the mark of somebody here")


def test_countdown_is_one_line_and_the_last_failure_is_told(rig: Rig) -> None:
    with rig.turn.taken(OWNER):
        rig.turn.tell(countdown("The registry quay.io cannot be reached."))
        with somebody_at(rig) as person:
            person.wait_for("The last try failed: The registry quay.io cannot be reached.", "Press Enter")
            person.wait_until_quiet(1.5)
            assert " ".join(person.lines).count("Press Enter") == 1


def test_line_that_sends_by_itself_is_nobody(rig: Rig) -> None:
    with rig.turn.taken(OWNER):
        rig.turn.tell(countdown())
        with somebody_at(rig) as person:
            person.wait_for("Press Enter")
            person.send(person.printed)
            person.echo_everything(1.5)
            assert not rig.turn.attended
            person.send(b"\r")
            person.wait_until(lambda: rig.turn.attended, "the mark of somebody here")


def test_boot_of_another_console_is_told_until_it_is_over(rig: Rig) -> None:
    with somebody_at(rig) as person:
        person.choose("Type a reference")
        person.wait_for_question("Reference: ")
        person.send(b"quay.io/")
        person.wait_until(lambda: person.printed.endswith(b"quay.io/"), "the echo")
        with rig.turn.taken("ttyS7"):
            rig.turn.tell(Status("ttyS7", IMAGE, "Fetching the image.", 500, 1000))
            person.wait_for("From the console ttyS7: Fetching the image.", "500 bytes of 1.0 kB", "Wait, or stop it")
            person.send(b"1\r")
            rig.turn.tell(Status("ttyS7", IMAGE, "Handing it over.", 1000, 1000))
            person.wait_for("Handing it over.")
        # What was typed before is still there.
        person.wait_for("Reference: quay.io/")


def test_system_that_starts_elsewhere_is_told(rig: Rig) -> None:
    with somebody_at(rig) as person:
        person.wait_for_question()
        with rig.turn.taken("ttyS7"):
            rig.turn.tell(Status("ttyS7", IMAGE, "The system is starting.", starting=True))
            person.wait_for("The system is starting.")
        person.wait_for_question()


def test_menu_tells_the_others_that_it_can_be_seen_and_that_somebody_types(rig: Rig) -> None:
    with somebody_at(rig) as person:
        person.wait_for_question()
        assert rig.turn.shown
        assert not rig.turn.attended
        person.type("1")
        person.wait_until(lambda: rig.turn.attended, "the mark of somebody here")


@pytest.mark.usefixtures("kernel")
def test_what_happens_to_the_network_is_told_in_a_line(rig: Rig) -> None:
    rig.insert("0000:02:00.0", driver="r8169")
    with somebody_at(rig) as person:
        person.wait_for("Network: no interface that Linux knows")
        person.wait_for_question()
        rig.plug("eth7")
        rig.log_kernel(LACK)
        person.wait_for(
            "Network eth7: connected, no address yet",
            "Network card 0000:02:00.0 (r8169) lacks its firmware file rtl_nic/rtl8168h-2.fw.",
        )
        person.wait_for_question()
        assert " ".join(person.lines).count("Type a reference") == 1


def test_first_page_tells_what_happens_next_and_which_card_cannot_be_used(rig: Rig) -> None:
    rig.insert("0000:03:00.0")
    rig.save(json.dumps({"image": IMAGE}).encode())
    rig.turn.stand_by()
    with somebody_at(rig) as person:
        person.wait_for(
            "Network card 0000:03:00.0 (8086:15f3) has no driver so far.",
            f"Next: in 5 s, unless a key is pressed, it boots {IMAGE}",
        )
        person.choose("Type a reference")
        person.wait_until(lambda: rig.turn.attended, "the mark of somebody here")
        person.wait_for_question("Reference: ")
        person.type("")
        person.wait_for(f"Next: waits for you; 10 min after the last key it boots {IMAGE}")
