"""This machine and its network at a glance, as they are and as they change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.redaction import redacted
from wyrcan_tui.host.cards import Cards
from wyrcan_tui.host.efivars import EfiVariables
from wyrcan_tui.host.kernel_log import KernelLog, LackingFirmware, lacking_firmware
from wyrcan_tui.host.links import Link
from wyrcan_tui.host.machine import Machine
from wyrcan_tui.host.network_events import NetworkEvents
from wyrcan_tui.texts import _, ngettext
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
        details: all that is known of the machine, by name.
    """

    machine: tuple[str, ...]
    links: tuple[Link, ...]
    troubles: tuple[str, ...]
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def network(self) -> tuple[str, ...]:
        """A line on each network interface."""
        return network_lines(self.links)

    @property
    def interfaces(self) -> tuple[str, ...]:
        """All that is known of each network interface, in a line or two."""
        return tuple(line for link in self.links for line in _lines(link))


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
            details = machine_details(adapters.machine, adapters.variables)
            while not self._ended.is_set():
                troubles = self._troubles(log, adapters.cards)
                glance = Glance(machine, tuple(adapters.networkd.links()), troubles, details)
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


def machine_details(machine: Machine, variables: EfiVariables) -> dict[str, str]:
    """Return all that is known of the machine, by name; what it was started with comes without secrets."""
    processors = ngettext("{number} processor", "{number} processors", machine.processors)
    cores = ngettext("{number} core", "{number} cores", machine.cores)
    number = [cores.format(number=machine.cores)] if machine.cores else []
    found = {
        _("Model"): machine.model,
        _("Serial"): machine.serial,
        _("Firmware"): ", ".join(filter(None, (machine.firmware, _firmware(variables)))),
        _("Processor"): machine.processor,
        _("Cores"): ", ".join([*number, processors.format(number=machine.processors)]),
        _("Memory"): _("{memory} GiB").format(memory=f"{machine.memory / (1 << 30):.1f}"),
        _("Images for"): str(machine.platform),
        _("Command line"): redacted(machine.cmdline),
    }
    return {name: value for name, value in found.items() if value}


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


def _lines(link: Link) -> list[str]:
    state = _("connected") if link.carrier else _("no cable")
    facts = [f"{link.name}: {state}", _speed(link.speed) if link.carrier and link.speed else "", link.driver, link.mac]
    addresses = link.addresses or ((_("no address yet"),) if link.carrier else ())
    return [", ".join(filter(None, facts)), *([f"  {', '.join(addresses)}"] if addresses else [])]


def _speed(megabits: int) -> str:
    return f"{megabits / 1000:g} Gbit/s" if megabits >= 1000 else f"{megabits} Mbit/s"
