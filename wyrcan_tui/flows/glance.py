"""This machine and its network at a glance, as they are and as they change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.host.cards import Cards
from wyrcan_tui.host.efivars import EfiVariables
from wyrcan_tui.host.kernel_log import KernelLog, LackingFirmware, lacking_firmware
from wyrcan_tui.host.links import Link
from wyrcan_tui.host.machine import Machine
from wyrcan_tui.host.network_events import NetworkEvents
from wyrcan_tui.texts import _
from wyrcan_tui.uefi.firmware import SECURE_BOOT, enforces_signatures

_REST: Final = 0.3
"""Seconds between two looks at least."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What there is to see.

    Attributes:
        machine: lines on the machine, which stay as they are.
        links: its network interfaces.
        troubles: a sentence on each network card that cannot be used, or not wholly.
    """

    machine: tuple[str, ...]
    links: tuple[Link, ...]
    troubles: tuple[str, ...]

    @property
    def network(self) -> tuple[str, ...]:
        """A line on each network interface."""
        return network_lines(self.links)


class Watch:
    """Looks at the machine whenever something happens to its network, and at no other time."""

    def __init__(self, adapters: Adapters) -> None:
        self._adapters = adapters
        self._ended = threading.Event()
        self._events: NetworkEvents | None = None
        self._lacking: dict[LackingFirmware, None] = {}

    def run(self, show: Callable[[Glance], None]) -> None:
        """Call `show` with what there is to see, again whenever that has changed, until `end` is called."""
        adapters = self._adapters
        last: Glance | None = None
        # Before the first look, so that nothing can happen unseen between that and the first event.
        with closing(KernelLog(adapters.root)) as log, NetworkEvents(log.file) as events:
            self._events = events
            machine = machine_lines(adapters.machine, adapters.variables)
            while not self._ended.is_set():
                glance = Glance(machine, tuple(adapters.networkd.links()), self._troubles(log, adapters.cards))
                if glance != last:
                    show(glance)
                last = glance
                events.wait()
                # A machine with hundreds of cards has thousands of events while they come up; one look does for many.
                self._ended.wait(_REST)

    def end(self) -> None:
        """Have `run` return, also if it has not begun yet."""
        self._ended.set()
        if self._events:
            self._events.end()

    def _troubles(self, log: KernelLog, cards: Cards) -> tuple[str, ...]:
        self._lacking |= {lack: None for message in log.read() if (lack := lacking_firmware(message))}
        lacking = [lack for lack in self._lacking if cards.has(lack.device)]
        named = {lack.device for lack in lacking}
        return (
            *(
                _("Network card {device} ({driver}) lacks its firmware file {file}.").format(
                    device=lack.device, driver=lack.driver, file=lack.file
                )
                for lack in lacking
            ),
            *(
                _("Network card {address} ({number}) has no driver so far.").format(
                    address=card.address, number=card.number
                )
                for card in cards.without_driver()
                if card.address not in named
            ),
        )


def network_lines(links: Sequence[Link]) -> tuple[str, ...]:
    """Return a line on each network interface."""
    return tuple(_line(link) for link in links) or (_("Network: no interface that Linux knows"),)


def machine_lines(machine: Machine, variables: EfiVariables) -> tuple[str, ...]:
    """Return what the machine is, and what is in it."""
    kind = ", ".join(filter(None, (machine.model, str(machine.platform), _firmware(variables))))
    processors = f"{machine.processors} ({machine.processor})" if machine.processor else str(machine.processors)
    return (
        _("This machine: {kind}").format(kind=kind),
        _("Memory: {memory} GiB   Processors: {processors}").format(
            memory=f"{machine.memory / (1 << 30):.1f}", processors=processors
        ),
    )


def _firmware(variables: EfiVariables) -> str:
    if not variables.supported:
        return "BIOS"
    try:
        enforced = enforces_signatures(variables.read(SECURE_BOOT))
    except WyrcanError:
        return "UEFI"
    return _("UEFI, Secure Boot on") if enforced else _("UEFI, Secure Boot off")


def _line(link: Link) -> str:
    if not link.carrier:
        return ", ".join([_("Network {name}: no cable").format(name=link.name), *link.addresses])
    speed = [_speed(link.speed)] if link.speed else []
    connected = _("Network {name}: connected").format(name=link.name)
    return ", ".join([connected, *speed, *(link.addresses or [_("no address yet")])])


def _speed(megabits: int) -> str:
    return f"{megabits / 1000:g} Gbit/s" if megabits >= 1000 else f"{megabits} Mbit/s"
