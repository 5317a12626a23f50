"""What stands beside the list of the first page where there is room for it."""

import json
from pathlib import Path

import pytest
from textual.widgets import Static

from tests.support.rig import Rig
from tests.tui.person import COLUMNS, LINES, somebody_at
from wyrcan_tui.host.log import SystemLog

WIDE = (132, 43)


@pytest.fixture
def server(rig: Rig) -> Rig:
    """A server with two network cards and a saved choice."""
    rig.describe(sys_vendor="Dell Inc.", product_name="PowerEdge R640", product_serial="ABC1234", bios_version="2.10")
    rig.plug("ens0", speed=10000, driver="ixgbe")
    rig.plug("ens1", address="52:54:00:12:34:57", carrier=False, driver="igb")
    rig.save(json.dumps({"image": "quay.io/demo/os:1", "cmdline": ["quiet"]}).encode())
    rig.log_kernel("ens0: token=sesame", "ens0: NIC Link is Up")
    return rig


async def test_all_that_is_known_of_the_machine_stands_beside_the_list(server: Rig) -> None:
    async with somebody_at(server, size=WIDE) as person:
        await person.wait_for("Dell Inc. PowerEdge R640", "Serial ABC1234", "2.10, UEFI", "2 processors")
        await person.wait_for("ens0: connected, 10 Gbit/s, ixgbe, 52:54:00:12:34:56")
        await person.wait_for("ens1: no cable, igb, 52:54:00:12:34:57")
        await person.wait_for("Image quay.io/demo/os:1", "Words quiet", "From the EFI variable")
        await person.wait_for("Opened: Boot this machine", "ens0: token=...", "ens0: NIC Link is Up")
        # What the short lines say would be said twice.
        assert "This machine: Dell" not in person.text
        person.check_page()


async def test_little_is_said_where_nothing_was_told(tmp_path: Path) -> None:
    async with somebody_at(Rig(tmp_path / "bare", uefi=False), size=WIDE) as person:
        await person.wait_for("No interface that Linux knows.", "Nothing so far.", "Nothing that can be read here.")
        person.check_page()


async def test_small_screen_has_the_short_lines_and_reads_no_logs(server: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    kernel = SystemLog.kernel

    def counted(log: SystemLog, most: int) -> list[str]:
        read.append(most)
        return kernel(log, most)

    monkeypatch.setattr(SystemLog, "kernel", counted)
    async with somebody_at(server) as person:
        await person.wait_for("This machine: Dell Inc. PowerEdge R640", "Network ens0: connected")
        assert "ABC1234" not in person.text
        assert read == []
        await person.enlarge(*WIDE)
        await person.wait_for("ABC1234", "NIC Link is Up")
        assert read
        await person.enlarge(COLUMNS, LINES)
        await person.wait_for("This machine: Dell Inc. PowerEdge R640")
        assert "ABC1234" not in person.text
        person.check_page()


async def test_what_happened_on_other_pages_is_told_on_the_way_back(server: Rig) -> None:
    async with somebody_at(server, size=WIDE) as person:
        await person.wait_for("NIC Link is Up")
        await person.choose("Type a reference")
        await person.wait_for_page("Type a reference")
        server.log_kernel("sda: it is broken")
        await person.press("escape")
        await person.wait_for("Opened: Type a reference", "sda: it is broken")
        person.check_page()


async def test_more_than_fits_is_reached_by_tab_and_scrolled(server: Rig) -> None:
    for number in range(2, 40):
        server.plug(f"ens{number}", address=f"52:54:00:00:00:{number:02}")
    async with somebody_at(server, size=WIDE) as person:
        await person.wait_for("ABC1234", "ens0: connected")
        paragraphs = person.app.screen.query(Static)
        await person.wait_until(lambda: any("NIC Link is Up" in str(it.content) for it in paragraphs), "the log")
        assert "NIC Link is Up" not in person.text
        assert person.where_keys_go == "OptionList"
        await person.press("tab")
        await person.wait_until(lambda: person.where_keys_go == "VerticalScroll", "the way to the pane")
        person.check_page()
        await person.press("end")
        await person.wait_for("NIC Link is Up")
        person.check_page()
        await person.press("tab")
        await person.choose("Type a reference")
        await person.wait_for_page("Type a reference")


async def test_machine_says_nothing_that_plays_with_the_terminal(server: Rig) -> None:
    (server.root / "sys/class/dmi/id/product_serial").write_text("\x1b[2J[red]evil")
    async with somebody_at(server, size=WIDE) as person:
        await person.wait_for("\\x1b[2J[red]evil")
        person.check_page()


async def test_page_that_is_come_back_to_has_the_size_that_the_terminal_has_now(server: Rig) -> None:
    async with somebody_at(server, size=WIDE) as person:
        await person.wait_for("ABC1234")
        await person.choose("Type a reference")
        await person.wait_for_page("Type a reference")
        await person.enlarge(COLUMNS, LINES)
        await person.press("escape")
        await person.wait_for("This machine: Dell Inc. PowerEdge R640", "Restart, power off")
        assert "ABC1234" not in person.text
        person.check_page()
