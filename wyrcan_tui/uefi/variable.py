"""UEFI variables as Linux's efivarfs shows them (Documentation/filesystems/efivarfs.rst, UEFI spec 8.2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.texts import _

_ATTRIBUTES_SIZE: Final = 4


class Attributes(IntFlag):
    """How the firmware keeps a variable (UEFI spec 8.2, ``GetVariable``)."""

    NON_VOLATILE = 1
    BOOT = 2
    RUNTIME = 4


@dataclass(frozen=True, slots=True)
class VariableName:
    """A variable's name and its vendor GUID in lower-case text form."""

    name: str
    vendor: str

    @property
    def file_name(self) -> str:
        """The variable's file in efivarfs."""
        return f"{self.name}-{self.vendor}"


WYRCAN: Final = VariableName("Wyrcan", "6987e713-a5ff-4ec2-ad55-c1fca471ed2d")
KEPT: Final = Attributes.NON_VOLATILE | Attributes.BOOT | Attributes.RUNTIME


def encode(attributes: Attributes, value: bytes) -> bytes:
    """Return the file content of a variable: four bytes of attributes, little-endian, then its value."""
    return int(attributes).to_bytes(_ATTRIBUTES_SIZE, "little") + value


def decode(content: bytes) -> tuple[Attributes, bytes]:
    """Return the attributes and the value of a variable's file content.

    Raises:
        WyrcanError: ``efi-variable-short`` where even the attributes are incomplete.
    """
    if len(content) < _ATTRIBUTES_SIZE:
        raise WyrcanError(
            "efi-variable-short",
            _("The EFI variable is cut short: the firmware gave no attributes."),
            hint=_('Choose "Forget the saved choice" in the boot menu, and save it anew.'),
        )
    return Attributes(int.from_bytes(content[:_ATTRIBUTES_SIZE], "little")), content[_ATTRIBUTES_SIZE:]
