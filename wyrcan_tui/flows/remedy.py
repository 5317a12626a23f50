"""What may help where something went wrong, beside another try."""

from __future__ import annotations

from typing import Final

from wyrcan_tui.errors import WyrcanError

_ON_THE_WAY: Final = ("registry-", "proxy-", "network-offline")
"""How the codes of errors begin that a look at the way to the image can explain."""
_REFUSED: Final = ("registry-denied", "registry-login-refused", "catalog-closed")


def login_helps_at(error: WyrcanError) -> str:
    """Return the registry where a login may help; empty where none does."""
    return error.context.get("host", "") if error.code in _REFUSED else ""


def doctor_helps(error: WyrcanError) -> bool:
    """Tell whether a look at the way to the image can explain the error."""
    return error.code.startswith(_ON_THE_WAY)
