"""What was chosen for this machine, in full."""

from __future__ import annotations

from wyrcan_tui.flows.choice import Choice
from wyrcan_tui.flows.decide import Decision, Origin
from wyrcan_tui.flows.redaction import redacted
from wyrcan_tui.texts import _


def chosen_details(decision: Decision) -> dict[str, str]:
    """Return what is saved, by name, or what else the machine was told where nothing is; nothing secret is in it."""
    choice, origin = (decision.saved, Origin.EFI) if decision.saved else (decision.choice, decision.origin)
    if choice == Choice():
        return {}
    found = {
        _("Image"): str(choice.image or ""),
        _("Words"): redacted(" ".join(choice.cmdline)),
        _("Network"): ", ".join(choice.network),
        _("Registries"): ", ".join(map(str, choice.registries)),
        _("Favourites"): ", ".join(map(str, choice.favourites)),
        _("Logins"): ", ".join(choice.logins.document()),
        _("Proxy"): choice.proxy.without_login().url,
        _("No proxy"): choice.proxy.exceptions,
        _("Handover"): _handover(choice),
        _("Other keys"): ", ".join(choice.others),
        _("From"): "" if origin is Origin.NOWHERE else _(origin.value),
    }
    return {name: value for name, value in found.items() if value}


def _handover(choice: Choice) -> str:
    if choice.handover is None:
        return ""
    return _("yes") if choice.handover else _("no")
