"""The kernel's own messages, and what they say about firmware files."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from wyrcan_tui.host.kernel_log import KernelLog, LackingFirmware, lacking_firmware

RECORDS = (
    "6,339,5140900,-;NET: Registered PF_INET6; protocol family\n"
    "4,340,5690716,-,caller=T12;r8169 0000:02:00.0: firmware: failed to load rtl_nic/rtl8168h-2.fw (-2)\n"
    " SUBSYSTEM=pci\n"
    " DEVICE=+pci:0000:02:00.0\n"
)
MESSAGES = [
    "NET: Registered PF_INET6; protocol family",
    "r8169 0000:02:00.0: firmware: failed to load rtl_nic/rtl8168h-2.fw (-2)",
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The log of a machine."""
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/kmsg").write_text(RECORDS)
    return tmp_path / "dev/kmsg"


@pytest.fixture
def log(tmp_path: Path, file: Path) -> Iterator[KernelLog]:
    """That log, open."""
    log = KernelLog(tmp_path)
    yield log
    log.close()


def test_messages_come_without_what_is_known_of_them_besides(log: KernelLog) -> None:
    assert log.read() == MESSAGES


def test_message_is_read_once_and_new_ones_when_they_come(log: KernelLog, file: Path) -> None:
    log.read()
    assert log.read() == []
    with file.open("a") as more:
        more.write("4,341,5690800,-;more\n")
    assert log.read() == ["more"]


def test_log_of_any_length_is_read_whole(log: KernelLog, file: Path) -> None:
    file.write_text(RECORDS * 1000)
    assert log.read() == MESSAGES * 1000


def test_records_that_were_overwritten_are_passed_over(log: KernelLog, monkeypatch: pytest.MonkeyPatch) -> None:
    read, failed = os.read, list[int]()

    def overtaken(file: int, size: int) -> bytes:
        if not failed:
            failed.append(file)
            raise BrokenPipeError
        return read(file, size)

    monkeypatch.setattr(os, "read", overtaken)
    assert log.read() == MESSAGES


def test_nothing_is_waited_for(tmp_path: Path, file: Path) -> None:
    file.unlink()
    os.mkfifo(file)
    writer = os.open(file, os.O_RDWR)
    log = KernelLog(tmp_path)
    assert log.read() == []
    os.write(writer, RECORDS.encode())
    assert log.read() == MESSAGES
    log.close()
    os.close(writer)


def test_machine_without_a_log_says_nothing(tmp_path: Path) -> None:
    log = KernelLog(tmp_path)
    assert log.file is None
    assert log.read() == []
    log.close()


@pytest.mark.parametrize(
    ("message", "lack"),
    [
        (
            "r8169 0000:02:00.0: Direct firmware load for rtl_nic/rtl8168h-2.fw failed with error -2",
            LackingFirmware("r8169", "0000:02:00.0", "rtl_nic/rtl8168h-2.fw"),
        ),
        (
            "r8152 2-1:1.0: firmware: failed to load rtl_nic/rtl8153a-4.fw (-2)",
            LackingFirmware("r8152", "2-1:1.0", "rtl_nic/rtl8153a-4.fw"),
        ),
        ("r8169 0000:02:00.0: firmware: failed to load rtl_nic/rtl8168h-2.fw (-12)", None),
        ("r8169 0000:02:00.0 eth0: Link is Up - 1Gbps/Full - flow control rx/tx", None),
        ("Direct firmware load for x failed with error -2", None),
        ("", None),
    ],
)
def test_file_that_is_not_there_is_told_with_who_asked_for_it(message: str, lack: LackingFirmware | None) -> None:
    assert lacking_firmware(message) == lack
