"""The logs of the system: the kernel's own, and a real journal."""

from pathlib import Path

import pytest

from tests.support.journal import write_journal
from wyrcan_tui.host.log import SystemLog

RECORDS = """\
6,1,0,-;Linux version 6.12
 SUBSYSTEM=cpu
 DEVICE=+x
4,2,1234567,-;usb 1-1: it is slow; very slow
6,3,61000001,c;the end
"""


@pytest.fixture
def kmsg(tmp_path: Path) -> Path:
    """The kernel's log of a machine, as /dev/kmsg gives it."""
    (tmp_path / "dev").mkdir()
    path = tmp_path / "dev/kmsg"
    path.write_text(RECORDS)
    return path


@pytest.mark.usefixtures("kmsg")
def test_kernel_lines_have_the_time_in_front_and_no_properties(tmp_path: Path) -> None:
    assert SystemLog(tmp_path).kernel(9) == [
        "[    0.000000] Linux version 6.12",
        "[    1.234567] usb 1-1: it is slow; very slow",
        "[   61.000001] the end",
    ]


@pytest.mark.usefixtures("kmsg")
def test_last_lines_count(tmp_path: Path) -> None:
    assert SystemLog(tmp_path).kernel(1) == ["[   61.000001] the end"]


def test_log_that_is_no_log_has_no_lines(tmp_path: Path, kmsg: Path) -> None:
    kmsg.write_bytes(b"\xff\n\n;\n6;\nnothing; of that\n1,2,x,-;half\n")
    assert SystemLog(tmp_path).kernel(9) == []


def test_machine_without_logs_has_no_lines(tmp_path: Path) -> None:
    log = SystemLog(tmp_path)
    assert (log.kernel(9), log.journal(9)) == ([], [])


def test_log_of_this_very_kernel_is_read_to_its_end() -> None:
    lines = SystemLog(Path("/")).kernel(50)
    assert all(line.startswith("[") and "] " in line for line in lines)


def test_journal_tells_what_services_said_last_without_the_kernel(tmp_path: Path) -> None:
    entries = [("stdout", "wyrcan", "first"), ("kernel", "kernel", "not this"), ("journal", "systemd", "last")]
    names = ("_TRANSPORT", "SYSLOG_IDENTIFIER", "MESSAGE")
    write_journal(tmp_path, [dict(zip(names, entry, strict=True)) for entry in entries])
    log = SystemLog(tmp_path)
    assert [line.partition("] ")[2] for line in log.journal(9)] == ["wyrcan: first", "systemd: last"]
    assert [line.partition("] ")[2] for line in log.journal(1)] == ["systemd: last"]
