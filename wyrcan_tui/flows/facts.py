"""What is known of a thing, in the words in which every front end shows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from wyrcan_tui.flows.adapters import Adapters
from wyrcan_tui.flows.decide import Decision, Origin
from wyrcan_tui.flows.glance import machine_lines, network_lines
from wyrcan_tui.progress import size_text
from wyrcan_tui.registry.entry import Repository, Tag

if TYPE_CHECKING:
    # The words for a first screen are here, too, which needs nothing that reads images.
    from wyrcan_tui.flows.forecast import Forecast
    from wyrcan_tui.image.engine import Bootable
    from wyrcan_tui.registry.hub import Quota

_GIB: Final = 1 << 30


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


def image_facts(found: Forecast) -> list[str]:
    """Return lines on what manifest and configuration tell about an image."""
    described = [found.description] if found.description else []
    return [*described, str(found.image.digest), *in_lines(_image_facts(found))]


def image_outline(found: Forecast) -> list[str]:
    """Return what `image_facts` do, and what is promised that the layers hold, in lines for a narrow place."""
    described = [found.description, ""] if found.description else []
    facts = [
        ("Digest", found.image.digest.short),
        *_image_facts(found),
        ("Kernel", found.release or "not told"),
        ("Bootable", f"probably: {found.promise}" if found.promise else "not told; Enter looks inside"),
    ]
    return [*described, *in_lines(facts)]


def in_lines(facts: Sequence[tuple[str, str]]) -> list[str]:
    """Return facts, each with its name in front, in columns."""
    return [f"{name:<10}{value}" for name, value in facts]


def _image_facts(found: Forecast) -> list[tuple[str, str]]:
    image = found.image
    return [
        ("Made for", ", ".join(str(platform) for platform in image.offered or (image.config.platform,))),
        ("Created", age(image.config.created, now())),
        ("Download", f"{size_text(image.size)} in {counted(len(image.manifest.layers), 'layer')}"),
        ("Memory", memory_line(found)),
    ]


def memory_line(found: Forecast) -> str:
    """Return what an image needs of the memory, by estimate, and what there is."""
    needed = f"needs about {found.footprint.needed / _GIB:.1f} GiB"
    if not found.memory:
        return needed
    short = ", probably too much" if found.footprint.needed > found.memory else ""
    return f"{needed} of {found.memory / _GIB:.1f} GiB{short}"


def age(created: str, today: datetime) -> str:
    """Return a date as an image tells it (RFC 3339), and how long ago that is, where the clock can be believed."""
    try:
        moment = datetime.fromisoformat(created).astimezone(UTC)
    except (ValueError, OverflowError):
        return created or "not told"
    days = (today - moment).days
    # Who builds the same bytes every time gives a date of long ago (reproducible-builds.org, SOURCE_DATE_EPOCH).
    if days < 0 or moment.year <= 1980:
        return f"{moment.date()}"
    for unit, length in (("year", 365), ("month", 30), ("day", 1)):
        if number := days // length:
            return f"{moment.date()}, {counted(number, unit)} ago"
    return f"{moment.date()}, today"


def now() -> datetime:
    """Return the time by this machine's clock."""
    return datetime.now(UTC)


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
