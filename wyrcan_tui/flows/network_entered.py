"""What somebody at a console says of the network: it counts for all consoles, until the machine is started anew."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

from wyrcan_tui.flows.decide import Decision
from wyrcan_tui.host.networkd import Networkd, NetworkFiles
from wyrcan_tui.registry.proxy import Proxy


@dataclass(frozen=True, slots=True)
class Entered:
    """What was said; None where nothing was.

    Attributes:
        network: all networkd files, instead of those that other places tell.
        handover: whether the system that is booted gets to know of them.
        proxy: the way out, as ``wyr.proxy=`` has it, and what is reached without it, as ``wyr.no_proxy=``.
    """

    network: NetworkFiles | None = None
    handover: bool | None = None
    proxy: tuple[str, str] | None = None

    @classmethod
    def read(cls, networkd: Networkd) -> Entered:
        """Return what was kept last."""
        document = networkd.entered
        if document is None:
            return cls()
        found = json.loads(document)
        proxy = found["proxy"]
        return cls(found["network"], found["handover"], None if proxy is None else (proxy[0], proxy[1]))

    def keep(self, networkd: Networkd) -> None:
        """Keep it.

        Raises:
            WyrcanError: ``network-unwritable``.
        """
        networkd.enter(json.dumps(asdict(self)).encode())

    def over(self, decision: Decision) -> Decision:
        """Return a decision in which this counts more than what all other places say."""
        site = decision.site
        return replace(
            decision,
            network=decision.network if self.network is None else self.network,
            handover=self._handover(decision),
            site=site if self.proxy is None else replace(site, proxy=Proxy.parse(*self.proxy)),
        )

    def _handover(self, decision: Decision) -> bool | None:
        if self.handover is not None:
            return self.handover
        # What is set up by hand here is meant for the system that is booted, too, unless somebody said otherwise.
        return True if self.network is not None and decision.handover is None else decision.handover


def use_network(networkd: Networkd, before: NetworkFiles, files: NetworkFiles) -> None:
    """Give networkd these files instead of those from `before`, and have it take them up.

    Raises:
        WyrcanError: ``network-unwritable``, ``network-unchanged``.
    """
    networkd.apply(files, gone=[name for name in before if name not in files])
    # What a file made stays as it was, whatever becomes of the file: so it goes, and is made anew where it is wanted.
    stale = [sections for name, sections in before.items() if "NetDev" in sections and sections != files.get(name)]
    networkd.remove(sections["NetDev"].get("Name", "") for sections in stale)
    networkd.reload()
