"""Platforms of an image index, and which of them suits a machine (OCI image-spec, image-index.md)."""

from __future__ import annotations

from dataclasses import dataclass

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.texts import _

_ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}
_BASELINE = {"amd64": ("v1",), "arm64": ("v8", "8", "v8.0")}
"""Variants that say no more than their architecture alone does (containerd's platforms package, ``normalizeArch``)."""


@dataclass(frozen=True, slots=True)
class Platform:
    """An operating system, an architecture in Go's words, and the architecture's variant (may be empty)."""

    os: str
    architecture: str
    variant: str = ""

    @classmethod
    def of_machine(cls, machine: str) -> Platform:
        """Return the platform of the Linux machine that ``uname -m`` calls `machine`.

        Raises:
            WyrcanError: ``architecture-unknown`` for a machine that Wyrcan does not run on.
        """
        if machine not in _ARCHITECTURE:
            raise WyrcanError(
                "architecture-unknown",
                _("Wyrcan does not know the architecture {machine}.").format(machine=repr(machine)),
                hint=_("It runs on x86_64 and aarch64 machines."),
            )
        return cls("linux", _ARCHITECTURE[machine])

    def suits(self, wanted: Platform) -> bool:
        """Tell whether an image for this platform runs on the `wanted` one."""
        return (
            self.os == wanted.os
            and self.architecture == wanted.architecture
            # Other variants name newer instruction sets (amd64 v2, v3): only the baseline always runs.
            and self._beyond_baseline == wanted._beyond_baseline
        )

    @property
    def _beyond_baseline(self) -> str:
        return "" if self.variant in _BASELINE.get(self.architecture, ()) else self.variant

    def __str__(self) -> str:
        return "/".join(filter(None, (self.os, self.architecture, self.variant)))
