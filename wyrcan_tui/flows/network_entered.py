"""What somebody at a console says of the network: it counts for all consoles, until the machine is started anew."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.choice import Choice
from wyrcan_tui.flows.decide import Decision
from wyrcan_tui.host.networkd import Networkd, NetworkFiles
from wyrcan_tui.registry.proxy import Proxy
from wyrcan_tui.texts import _

CHANGED: Final = "network-changed"
"""The code of the error that somebody else was faster (see `require_unchanged`)."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What was said; None where nothing was.

    Attributes:
        network: all networkd files, instead of those that other places tell.
        handover: whether the system that is booted gets to know of them.
        proxy: the way out, as ``wyr.proxy=`` has it, and what is reached without it, as ``wyr.no_proxy=``.
        damage: why nothing of what was kept counts, ``network-damaged``; None where all of it does.
    """

    network: NetworkFiles | None = None
    handover: bool | None = None
    proxy: tuple[str, str] | None = None
    damage: WyrcanError | None = None

    @classmethod
    def read(cls, networkd: Networkd) -> Entered:
        """Return what was kept last; what cannot be understood of that is left out as a whole, and told as `damage`."""
        document = networkd.entered
        if document is None:
            return cls()
        try:
            found = json.loads(document)
            network, handover, proxy = found["network"], found["handover"], _pair(found["proxy"])
            url, exceptions = proxy or ("", "")
            said = {"network": {} if network is None else network, "handover": handover, "proxy": url}
            # A choice has the same under the same names, and takes nothing that is of another kind.
            Choice.decode(json.dumps({**said, "no_proxy": exceptions}).encode())
        except (ValueError, TypeError, LookupError, RecursionError, WyrcanError) as error:
            return cls(damage=_damaged(error))
        return cls(network, handover, proxy)

    def keep(self, networkd: Networkd) -> None:
        """Keep it.

        Raises:
            WyrcanError: ``network-unwritable``.
        """
        document = {"network": self.network, "handover": self.handover, "proxy": self.proxy}
        networkd.enter(json.dumps(document).encode())

    def over(self, decision: Decision) -> Decision:
        """Return a decision in which this counts more than what all other places say."""
        site = decision.site
        return replace(
            decision,
            network=decision.network if self.network is None else self.network,
            handover=self._handover(decision),
            site=site if self.proxy is None else replace(site, proxy=Proxy.parse(*self.proxy)),
            problems=(*decision.problems, *([self.damage] if self.damage else [])),
        )

    def _handover(self, decision: Decision) -> bool | None:
        if self.handover is not None:
            return self.handover
        # What is set up by hand here is meant for the system that is booted, too, unless somebody said otherwise.
        return True if self.network is not None and decision.handover is None else decision.handover


def require_unchanged(now: object, seen: object) -> None:
    """Refuse to put something in the place of what was changed since it was looked at.

    Raises:
        WyrcanError: ``network-changed``.
    """
    if now != seen:
        raise WyrcanError(
            CHANGED,
            _("Another console changed the network meanwhile, and nothing of yours was used."),
            hint=_("Go back to see what is set now, or use yours all the same by choosing it again."),
        )


def use_network(networkd: Networkd, before: NetworkFiles, files: NetworkFiles) -> None:
    """Give networkd these files instead of those from `before` and all that any console gave it, and have it do so.

    Raises:
        WyrcanError: ``network-unwritable``, ``network-unchanged``.
    """
    # Another console may have been told by a medium that this one has not asked yet.
    before = {**networkd.applied, **before}
    networkd.apply(files, gone=[name for name in before if name not in files])
    # What a file made stays as it was, whatever becomes of the file: so it goes, and is made anew where it is wanted.
    stale = [sections for name, sections in before.items() if "NetDev" in sections and sections != files.get(name)]
    networkd.remove(sections["NetDev"].get("Name", "") for sections in stale)
    networkd.reload()


def _pair(value: Any) -> tuple[Any, Any] | None:
    match value:
        case None:
            return None
        case [one, other]:
            return one, other
    raise TypeError(f"not two in a row: {type(value).__name__}")


def _damaged(error: Exception) -> WyrcanError:
    why = error.message if isinstance(error, WyrcanError) else f"{type(error).__name__}: {error}"
    return WyrcanError(
        "network-damaged",
        _("What was set of the network at a console is damaged, and does not count."),
        hint=_('Set it once more, under "Network ..." in the menu.'),
        why=why,
    )
