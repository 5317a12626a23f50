"""What firmware and system tell each other in the firmware's own variables (UEFI spec 3.3 and 8.5.4)."""

from __future__ import annotations

from typing import Final

from wyrcan_tui.uefi.variable import VariableName

_VENDOR: Final = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
SECURE_BOOT: Final = VariableName("SecureBoot", _VENDOR)
WISHES: Final = VariableName("OsIndications", _VENDOR)
POSSIBLE_WISHES: Final = VariableName("OsIndicationsSupported", _VENDOR)
_SIZE: Final = 8
_SETUP: Final = 1
"""EFI_OS_INDICATIONS_BOOT_TO_FW_UI."""


def enforces_signatures(value: bytes | None) -> bool:
    """Tell by the value of `SECURE_BOOT`, None where it is missing, whether only signed systems are started."""
    return value == b"\x01"


def has_setup(value: bytes | None) -> bool:
    """Tell by the value of `POSSIBLE_WISHES`, None without one, whether the firmware opens its setup if asked."""
    return bool(_number(value) & _SETUP)


def asking_for_setup(value: bytes | None) -> bytes:
    """Return the value of `WISHES` with the wish for the setup at the next start added."""
    return (_number(value) | _SETUP).to_bytes(_SIZE, "little")


def _number(value: bytes | None) -> int:
    return int.from_bytes((value or b"")[:_SIZE], "little")
