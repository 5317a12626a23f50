"""Keeping a choice in the EFI variable, and forgetting it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.choice import Choice
from wyrcan_tui.host.efivars import EfiVariables
from wyrcan_tui.texts import later
from wyrcan_tui.uefi.variable import KEPT, WYRCAN, encode

WARNING = later(
    "Some firmware has bugs that writing a variable brings to light; in rare cases a machine no longer starts. "
    "It is written only when it changes."
)
LOGIN_WARNING = later(
    "Kept with a saved choice, it can be read by whoever starts any system on this machine: the EFI variable that it "
    "is in is no secret to root, nor to the firmware."
)


@dataclass(frozen=True, slots=True)
class Written:
    """What keeping a choice writes, byte for byte: four bytes of attributes, then the JSON, of `size` bytes.

    In `json` logins are blacked out, as whoever stands at the console may see it; `size` is that of the real thing.
    """

    attributes: bytes
    json: str
    size: int


def written(choice: Choice) -> Written:
    """Return what keeping this choice writes into the EFI variable.

    Raises:
        WyrcanError: as `Choice.encode`.
    """
    data = choice.encode()
    return Written(encode(KEPT, data)[: -len(data)], choice.shown(), len(data))


def kept(variables: EfiVariables, *, replace_invalid: bool = False) -> Choice | None:
    """Return the saved choice; None where there is none, or with `replace_invalid` none that can be understood.

    Raises:
        WyrcanError: ``choice-invalid``, ``efi-unreadable``.
    """
    try:
        value = variables.read(WYRCAN)
        return None if value is None else Choice.decode(value)
    except WyrcanError as error:
        if error.code != "choice-invalid" or not replace_invalid:
            raise
        return None


def keep(variables: EfiVariables, choice: Choice, *, replace_invalid: bool = False) -> bool:
    """Save a choice in the EFI variable; keys there that we do not know stay. Tell whether it had to be written.

    Raises:
        WyrcanError: ``choice-invalid`` where something is there that is no choice, unless `replace_invalid`;
            ``choice-too-large``; and what `EfiVariables.write` raises, with the JSON as ``choice`` in its
            context, but for the logins, as it is shown and may be photographed.
    """
    old = kept(variables, replace_invalid=replace_invalid)
    if old:
        choice = replace(choice, others={**old.others, **choice.others})
    data = choice.encode()
    try:
        return variables.write(WYRCAN, data)
    except WyrcanError as error:
        error.context["choice"] = choice.shown()
        raise


def forget(variables: EfiVariables) -> bool:
    """Remove the saved choice; tell whether there was one.

    Raises:
        WyrcanError: what `EfiVariables.clear` raises.
    """
    return variables.clear(WYRCAN)


class SavedInEfi:
    """The EFI variable as a place where a choice is kept (see `decide.Saved`)."""

    def __init__(self, variables: EfiVariables) -> None:
        self._variables = variables

    def read(self) -> bytes | None:
        """Return the variable's value; None where there is none, or no EFI.

        Raises:
            WyrcanError: ``efi-unreadable``.
        """
        return self._variables.read(WYRCAN) if self._variables.supported else None
