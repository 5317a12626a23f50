"""EFI variables: what is written, when, and what a person is told where the firmware will not."""

import errno
import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.rig import ATTRIBUTES, Rig
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.host.efivars import EfiVariables
from wyrcan_tui.uefi.variable import WYRCAN


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A machine with UEFI."""
    return Rig(tmp_path / "machine")


@pytest.fixture
def variables(rig: Rig) -> EfiVariables:
    """Its variables."""
    return rig.adapters.variables


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What is written from now on, one entry for each write."""
    seen: list[bytes] = []
    write = os.write

    def recorded(file: int, data: bytes) -> int:
        seen.append(data)
        return write(file, data)

    monkeypatch.setattr(os, "write", recorded)
    return seen


def fail_writes(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Have every write fail with this errno, as efivarfs does."""

    def failing(file: int, data: bytes) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "write", failing)


def test_attributes_and_value_go_out_in_one_write(variables: EfiVariables, rig: Rig, writes: list[bytes]) -> None:
    assert variables.write(WYRCAN, b"value")
    assert writes == [ATTRIBUTES + b"value"]
    assert rig.variable.read_bytes() == ATTRIBUTES + b"value"
    assert variables.read(WYRCAN) == b"value"


def test_equal_value_is_not_written_again(variables: EfiVariables, rig: Rig, writes: list[bytes]) -> None:
    rig.save(b"value")
    assert not variables.write(WYRCAN, b"value")
    assert writes == []


def test_variable_that_is_not_there_reads_as_none(variables: EfiVariables) -> None:
    assert variables.read(WYRCAN) is None


def test_empty_file_of_a_creation_that_failed_half_way_reads_as_none(variables: EfiVariables, rig: Rig) -> None:
    rig.variable.write_bytes(b"")
    assert variables.read(WYRCAN) is None


def test_full_firmware_is_told_in_words_and_leaves_nothing_behind(
    variables: EfiVariables, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_writes(monkeypatch, errno.ENOSPC)
    with pytest.raises(WyrcanError) as caught:
        variables.write(WYRCAN, b"value")
    assert caught.value.code == "efi-full"
    assert "no room" in caught.value.message
    assert "5 KiB" in caught.value.message
    assert "wyrcan.json" in caught.value.hint
    assert not rig.variable.exists()


def test_failed_write_leaves_the_old_value(variables: EfiVariables, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.save(b"old")
    fail_writes(monkeypatch, errno.ENOSPC)
    with pytest.raises(WyrcanError):
        variables.write(WYRCAN, b"new")
    assert rig.saved == b"old"


@pytest.mark.parametrize("number", [errno.EROFS, errno.EPERM, errno.EIO, errno.EINVAL])
def test_any_other_refusal_gives_the_reason_and_the_way_out(
    variables: EfiVariables, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    fail_writes(monkeypatch, number)
    with pytest.raises(WyrcanError) as caught:
        variables.write(WYRCAN, b"value")
    assert caught.value.code == "efi-unwritable"
    assert os.strerror(number) in caught.value.message
    assert "wyrcan.json" in caught.value.hint


def test_firmware_that_keeps_something_else_is_found_out(
    variables: EfiVariables, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:-1]))
    with pytest.raises(WyrcanError) as caught:
        variables.write(WYRCAN, b"value")
    assert caught.value.code == "efi-not-kept"


def test_variable_cut_short_is_no_value(variables: EfiVariables, rig: Rig) -> None:
    rig.variable.write_bytes(b"\x07\0")
    with pytest.raises(WyrcanError) as caught:
        variables.read(WYRCAN)
    assert caught.value.code == "efi-variable-short"


def test_unreadable_variable_is_told(variables: EfiVariables, rig: Rig) -> None:
    rig.variable.mkdir()
    with pytest.raises(WyrcanError) as caught:
        variables.read(WYRCAN)
    assert caught.value.code == "efi-unreadable"


def test_guard_against_removal_is_lifted_for_the_write_and_put_back(
    variables: EfiVariables, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.save(b"old")
    flags = [0x10 | 0x80]

    def ioctl(file: int, request: int, data: bytes) -> bytes:
        match request:
            case 0x80086601:  # FS_IOC_GETFLAGS
                return flags[-1].to_bytes(8, "little")
            case 0x40086602:  # FS_IOC_SETFLAGS
                flags.append(int.from_bytes(data, "little"))
                return data
        raise AssertionError(f"ioctl {request:#x}")

    write = os.write

    def guarded(file: int, data: bytes) -> int:
        assert flags[-1] == 0x80, "the variable is still immutable"
        return write(file, data)

    monkeypatch.setattr(fcntl, "ioctl", ioctl)
    monkeypatch.setattr(os, "write", guarded)
    assert variables.write(WYRCAN, b"new")
    assert flags == [0x90, 0x80, 0x90]


def test_clearing_removes_the_variable_and_tells_whether_it_was_there(variables: EfiVariables, rig: Rig) -> None:
    rig.save(b"value")
    assert variables.clear(WYRCAN)
    assert not rig.variable.exists()
    assert not variables.clear(WYRCAN)


def write(variables: EfiVariables) -> bool:
    """Set the variable."""
    return variables.write(WYRCAN, b"value")


def clear(variables: EfiVariables) -> bool:
    """Remove the variable."""
    return variables.clear(WYRCAN)


@pytest.mark.parametrize("change", [write, clear])
def test_machine_without_uefi_has_no_variables_and_says_what_to_do_instead(
    tmp_path: Path, change: Callable[[EfiVariables], bool]
) -> None:
    variables = Rig(tmp_path / "bios", uefi=False).adapters.variables
    assert not variables.supported
    assert variables.read(WYRCAN) is None
    with pytest.raises(WyrcanError) as caught:
        change(variables)
    assert caught.value.code == "efi-missing"
    assert "wyrcan.json" in caught.value.hint
