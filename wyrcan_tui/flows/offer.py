"""The registries that somebody can look around in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.registry.site import by_host

PUBLIC: Final = tuple(RegistryAddress(host) for host in ("docker.io", "quay.io", "ghcr.io"))
"""Registries that are always offered."""


def registries(given: Iterable[RegistryAddress]) -> list[RegistryAddress]:
    """Return the registries to offer: those that this machine was told of first, then the public ones."""
    return list(by_host((*given, *PUBLIC)).values())
