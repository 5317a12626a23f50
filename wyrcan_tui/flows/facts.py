"""What is known of a thing, in the words in which every front end shows it."""

from __future__ import annotations

from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.decide import Decision, Origin
from wyrcan_tui.flows.glance import machine_lines, network_lines
from wyrcan_tui.image.engine import Bootable
from wyrcan_tui.image.resolve import Image
from wyrcan_tui.progress import size_text
from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.registry.hub import Quota


def machine_facts(adapters: Adapters) -> list[str]:
    """Return lines on this machine, and one on each network interface."""
    return [*machine_lines(adapters.machine, adapters.variables), *network_lines(adapters.networkd.links())]


def choice_facts(decision: Decision) -> str:
    """Return what was chosen for this machine, its words and where that comes from; empty where nobody has chosen."""
    if not decision.choice.image or decision.origin is Origin.NOWHERE:
        return ""
    words = " ".join(decision.choice.cmdline)
    return f"{decision.choice.image}" + (f"  {words}" if words else "") + f"  (from {decision.origin})"


def repository_facts(entry: Repository) -> str:
    """Return what the registry tells about a repository."""
    known = ["official"] if entry.official else []
    known += [f"{entry.stars} stars"] if entry.stars else []
    known += [entry.description] if entry.description else []
    return ", ".join(known)


def tag_facts(entry: Tag) -> str:
    """Return what the registry tells about a tag."""
    known = [f"{entry.updated:%Y-%m-%d %H:%M}"] if entry.updated else []
    known += [size_text(entry.size)] if entry.size else []
    known += [", ".join(entry.architectures)] if entry.architectures else []
    return "  ".join(known)


def quota_facts(quota: Quota) -> str:
    """Return how many images may still be pulled."""
    hours = f" in {quota.seconds // 3600} hours" if quota.seconds else ""
    return f"{quota.remaining} of {quota.limit} pulls left{hours}"


def image_facts(image: Image) -> list[str]:
    """Return lines on what manifest and configuration tell about an image."""
    facts = [
        ("Made for", str(image.config.platform)),
        ("Created", image.config.created or "not said"),
        ("Download", f"{size_text(image.size)} in {counted(len(image.manifest.layers), 'layer')}"),
    ]
    return [str(image.digest), *(f"{name:<10}{value}" for name, value in facts)]


def bootable_facts(found: Bootable) -> list[str]:
    """Return lines on what an image boots with."""
    return [
        "Bootable: yes",
        f"Kernel    {found.kernel_file.release or 'of an unknown version'} ({found.kernel_path})",
        f"In memory {size_text(found.unpacked)}",
    ]


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number and what it counts: ``1 layer``, ``3 layers``."""
    return f"{number} {one if number == 1 else many or one + 's'}"
