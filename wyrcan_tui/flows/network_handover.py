"""What the system that is booted gets to know of the network that this machine was told to have.

Where it runs systemd-networkd, it gets the same files. Their names begin with ``00-wyrcan-``: of all files that match
an interface, in whatever folder, networkd takes the first by name alone (systemd.network(5)). So they come before what
an image usually has for all its cards, such as ``80-dhcp.network``; they keep the order among themselves; and none of
the image's own files is written over. Any other image gets the words that `network_words` makes of it.

An image that sets its network up by itself, as those for Wyrcan 2.1.2 had to, may want something else for the same
card, such as a bridge. It keeps the last word with a name that sorts before ours, and whoever boots it with
``wyr.handover=no``, or ``"handover": false`` in the choice.
"""

# ruff: noqa: PLC0415 - most machines were told nothing of their network, and need not load what is known of networks

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.kernel.cmdline import join

if TYPE_CHECKING:
    from wyrcan_tui.host.networkd import NetworkFiles

_PREFIX: Final = "00-wyrcan-"


@dataclass(frozen=True, slots=True)
class Handover:
    """What may be handed over: networkd files; none where nothing was said of the network, or it shall not be."""

    network: NetworkFiles = field(default_factory=dict)

    @property
    def files(self) -> dict[bytes, bytes]:
        """The contents of files for a system that runs networkd, by their names."""
        if not self.network:
            return {}
        from wyrcan_tui.host.networkd import render

        return {(_PREFIX + name).encode(): render(sections).encode() for name, sections in self.network.items()}

    def line(self, arguments: list[str], *, taken: bool) -> tuple[str, bool]:
        """Return the next kernel's command line, and whether it has no room for the network.

        The words about that come first, so that those of the image and of the user count more. Where the files were
        `taken` it needs none.

        Raises:
            WyrcanError: as `join`, for `arguments` alone.
        """
        line = join(arguments)
        if taken or not self.network:
            return line, False
        from wyrcan_tui.flows.network_files import read
        from wyrcan_tui.flows.network_words import words

        try:
            return join([*words(read(self.network)), *arguments]), False
        except WyrcanError:
            # An image that booted without them must still do so.
            return line, True
