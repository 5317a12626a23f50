"""What this machine has been told, and following it as far as that needs nobody: the network is set up."""

from __future__ import annotations

import threading
from dataclasses import replace

from wyrcan_tui.errors import in_words
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.choice import Choice
from wyrcan_tui.flows.decide import Decision, decide
from wyrcan_tui.flows.keep import SavedInEfi
from wyrcan_tui.flows.network_entered import Entered, require_unchanged, use_network
from wyrcan_tui.flows.network_refused import refused
from wyrcan_tui.flows.redaction import discreet
from wyrcan_tui.host.medium import Carried
from wyrcan_tui.host.networkd import NetworkFiles
from wyrcan_tui.kernel.request import parse_request
from wyrcan_tui.oci.reference import Reference
from wyrcan_tui.registry.credentials import Credential, Credentials
from wyrcan_tui.registry.proxy import Proxy


class Instructions:
    """What the kernel command line, the EFI variable and the boot medium tell this machine to do.

    The first two are read anew whenever somebody wants to know; the medium only when it is asked, as that can take many
    seconds. What it said is kept. May be used by several threads at once.

    Attributes:
        kept_logins: logins that somebody wants to be saved with the next choice.
    """

    def __init__(self, adapters: Adapters) -> None:
        self._adapters = adapters
        self._carried: Carried | None = None
        self._asking = threading.Lock()
        self._entered = Credentials()
        self.kept_logins = Credentials()

    def ask_medium(self) -> None:
        """Ask the boot medium, unless it has said something before. It may take many seconds to appear."""
        with self._asking:
            self._carried = self._carried or self._adapters.medium.read()

    def log_in(self, host: str, credential: Credential, *, keep: bool) -> None:
        """Show a registry this credential from now on; `keep` it with a choice that is saved (see `kept_logins`)."""
        entered = {host: credential}
        self._entered = Credentials({**self._entered.entries, **entered})
        # The last word counts: what was to be kept before may have been wrong.
        others = {key: kept for key, kept in self.kept_logins.entries.items() if key != host}
        self.kept_logins = Credentials({**others, **entered} if keep else others)

    def set_network(self, network: NetworkFiles, *, seen: NetworkFiles) -> Decision:
        """Have networkd do with these files, and nothing else, until the next start; a choice that is saved gets them.

        `seen` are those that were changed. Return what this machine has been told by now.

        Raises:
            WyrcanError: ``network-changed`` where they are not the files of now any more; ``network-unwritable``,
                ``network-unchanged``.
        """
        networkd = self._adapters.networkd
        with networkd.editing():
            before = self._told().network
            require_unchanged(before, seen)
            # In this order: what failed can be tried again, and all of it is done then.
            use_network(networkd, before, network)
            replace(Entered.read(networkd), network=network).keep(networkd)
            # Whoever goes on from this must not have seen what another console sets next.
            decision = self._told()
        # What this reads of the journal can take a while, and nobody needs to wait for that.
        return self._with_refused(decision)

    def set_handover(self, *, wanted: bool) -> Decision:
        """Say whether the system that is booted gets to know of the network; a choice that is saved says so, too.

        Return what this machine has been told by now.

        Raises:
            WyrcanError: ``network-unwritable``.
        """
        networkd = self._adapters.networkd
        with networkd.editing():
            replace(Entered.read(networkd), handover=wanted).keep(networkd)
            decision = self._told()
        return self._with_refused(decision)

    def set_proxy(self, url: str, exceptions: str, *, seen: Proxy) -> Decision:
        """Have this proxy, or none, until the next start, instead of the one that was `seen`.

        Return what this machine has been told by now.

        Raises:
            WyrcanError: ``proxy-invalid``, ``network-unwritable``; ``network-changed`` where there is another by now.
        """
        Proxy.parse(url, exceptions)
        networkd = self._adapters.networkd
        with networkd.editing():
            require_unchanged(self._told().site.proxy, seen)
            replace(Entered.read(networkd), proxy=(url, exceptions)).keep(networkd)
            decision = self._told()
        return self._with_refused(decision)

    def read(self) -> Decision:
        """Return what this machine has been told by now; what systemd does not take of it is among the problems."""
        return self._with_refused(self._told())

    def to_keep(self, decision: Decision, image: Reference | None, arguments: tuple[str, ...]) -> Choice:
        """Return what is saved where somebody chose this image, or none, with these words for its kernel."""
        saved = decision.saved or Choice()
        logins = Credentials.first_of([self.kept_logins, saved.logins])
        site, proxy = decision.site, decision.proxy_to_keep
        return Choice(
            image,
            arguments,
            decision.network,
            site.addresses,
            saved.favourites,
            logins,
            decision.handover,
            proxy=proxy,
            others=saved.others,
        )

    def follow(self) -> Decision:
        """Read what this machine has been told, and give networkd its settings.

        What goes wrong with the network, whatever it is, is among its problems: an image may be in reach all the same.
        """
        decision = self._told()
        networkd = self._adapters.networkd
        if not decision.network:
            return decision
        try:
            with networkd.editing():
                # While this waited, somebody may have set something else.
                decision = self._told()
                if networkd.apply(decision.network):
                    networkd.reload()
        except Exception as error:  # noqa: BLE001 - see above
            return replace(decision, problems=(*decision.problems, in_words(error)))
        return decision

    def follow_and_look(self) -> Decision:
        """Do what `follow` does, and look what systemd does not take of it: that is among the problems, too."""
        return self._with_refused(self.follow())

    def _told(self) -> Decision:
        request = parse_request(self._adapters.machine.cmdline)
        carried = self._carried or Carried()
        settings = (carried.settings, *self._adapters.settings.read())
        decision = decide(request, SavedInEfi(self._adapters.variables), carried, settings, self._entered)
        decision = Entered.read(self._adapters.networkd).over(decision)
        # They quote what people wrote, and people write passwords.
        return replace(decision, problems=tuple(map(discreet, decision.problems)))

    def _with_refused(self, decision: Decision) -> Decision:
        return replace(decision, problems=(*decision.problems, *refused(self._adapters, decision.network)))
