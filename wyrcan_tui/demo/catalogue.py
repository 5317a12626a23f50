"""What the registries of the demo hold: one repository for each thing that can happen."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Final

from wyrcan_tui.demo.content import Content, artifact, image, index
from wyrcan_tui.demo.kernels import RELEASE, kernel_for

SLOW: Final = "demo/slow"
"""The repository whose layers take their time."""

Catalogue = Mapping[str, Mapping[str, Content]]
"""What tags name, by repository."""

_OTHER: Final = {"amd64": "arm64", "arm64": "amd64"}
_HUGE: Final = 31 * 10**9
_SLOW: Final = 3 << 20


def public(architecture: str) -> Catalogue:
    """Return what anybody may have, for machines of an architecture in OCI's words."""
    other = _OTHER[architecture]
    noise = random.Random(1).randbytes(_SLOW)
    return {
        "demo/debian": {
            tag: index({it: _bootable(it, tag, "A small Debian that boots.") for it in (architecture, other)})
            for tag in ("13", "13.1", "12", "12.9", "12.11", "latest")
        },
        "demo/huge": {"1": image(architecture, {}, created="2026-05-01T12:00:00Z", claimed=_HUGE)},
        "demo/other-architecture": {"1": _bootable(other, "1", "Made for another kind of machine.")},
        "demo/helm-chart": {"1": artifact("application/vnd.cncf.helm.config.v1+json")},
        SLOW: {"1": _bootable(architecture, "1", "Takes its time.", {"usr/share/noise": noise})},
        "demo/webserver": {
            "1": image(
                architecture,
                {"sbin/init": b"#!/bin/sh\n"},
                created="2026-08-01T12:00:00Z",
                labels={"org.opencontainers.image.description": "Runs as a container, and has no kernel."},
                step="RUN apt-get install -y nginx",
            )
        },
    }


def private(architecture: str) -> Catalogue:
    """Return what takes a login."""
    return {"team/secret": {"1": _bootable(architecture, "1", "Only for who has logged in.")}}


def _bootable(architecture: str, tag: str, about: str, more: Mapping[str, bytes] | None = None) -> Content:
    files = {
        "boot/wyrcan.kernel": kernel_for(architecture),
        f"boot/config-{RELEASE}": b"CONFIG_RD_ZSTD=y\n",
        "boot/wyrcan.cmdline": b"quiet\n",
        "init": f"#!/bin/sh\necho {tag}\n".encode(),
        **(more or {}),
    }
    labels = {"org.opencontainers.image.description": about, "containers.bootc": "1", "ostree.linux": RELEASE}
    return image(architecture, files, created="2026-10-01T12:00:00Z", labels=labels, step="COPY wyrcan.kernel /boot/")
