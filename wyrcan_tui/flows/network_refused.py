"""Network settings that are written as they should be, and mean nothing to systemd."""

from __future__ import annotations

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.redaction import redacted
from wyrcan_tui.host.network_refusals import Refusal, read_refusals
from wyrcan_tui.host.networkd import NetworkFiles
from wyrcan_tui.texts import _


def refused(adapters: Adapters, network: NetworkFiles) -> list[WyrcanError]:
    """Return what systemd refuses of the files that it was given, ``network-refused``, as far as it has read them."""
    if not network:
        # Most machines need not look for it.
        return []
    return [WyrcanError("network-refused", redacted(_sentence(it))) for it in read_refusals(adapters.root, network)]


def _sentence(refusal: Refusal) -> str:
    setting, said = refusal.setting, refusal.said.rstrip(".")
    if redacted(setting) != setting:
        # A secret has no end that could be told, and systemd repeats it.
        key, _equals, secret = setting.partition("=")
        setting, said = f"{key}=...", said.replace(secret, "...") if secret else said
    if setting:
        text = _("systemd does not take {setting} in {file}: {said}.")
        return text.format(setting=setting, file=refusal.file, said=said)
    return _("systemd does not take {file}: {said}.").format(file=refusal.file, said=said)
