"""The pages behind the first one, and all that they need: it is loaded once the first one is seen, not before.

What speaks to registries and packs images takes as long to load as the rest of the menu.
"""

# ruff: noqa: PLC0415 - importing inside of functions is what this file is for

from __future__ import annotations

import threading
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wyrcan_tui.flows.forecast import Forecasts
    from wyrcan_tui.oci.address import RegistryAddress
    from wyrcan_tui.oci.reference import Reference
    from wyrcan_tui.tui.page import Page

_MODULES: Final = ("registry", "doctor", "known", "typed", "network")
"""Those that bring all the others."""


def load_in_background() -> None:
    """Begin to load them all."""

    def load() -> None:
        for name in _MODULES:
            import_module(f"wyrcan_tui.tui.{name}")

    threading.Thread(target=load, name="later pages", daemon=True).start()


def boot_page(reference: Reference, arguments: tuple[str, ...]) -> Page:
    """Return the page that boots an image."""
    from wyrcan_tui.tui.boot import BootPage

    return BootPage(reference, arguments)


def save_page(reference: Reference | None, arguments: tuple[str, ...]) -> Page:
    """Return the page that saves a choice."""
    from wyrcan_tui.tui.boot import SavePage

    return SavePage(reference, arguments)


def doctor_page(reference: Reference | None) -> Page:
    """Return the page that walks the way to an image."""
    from wyrcan_tui.tui.doctor import DoctorPage

    return DoctorPage(reference)


def network_page() -> Page:
    """Return the page that sets the network up."""
    from wyrcan_tui.tui.network import NetworkPage

    return NetworkPage()


def known_page() -> Page:
    """Return the page with images that are made to be booted."""
    from wyrcan_tui.tui.known import KnownPage

    return KnownPage()


def typed_page() -> Page:
    """Return the page that takes a reference."""
    from wyrcan_tui.tui.typed import TypedPage

    return TypedPage()


def repositories_page(address: RegistryAddress) -> Page:
    """Return the page with a registry's repositories."""
    from wyrcan_tui.tui.registry import RepositoriesPage

    return RepositoriesPage(address)


def no_forecasts() -> Forecasts:
    """Return what is known of images before any was looked at."""
    from wyrcan_tui.flows.forecast import Forecasts

    return Forecasts()
