"""What is known of a thing, in the words in which every front end shows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from wyrcan_tui.flows.decide import Decision, Origin
from wyrcan_tui.flows.redaction import redacted
from wyrcan_tui.progress import size_text
from wyrcan_tui.registry.entry import Repository, Tag
from wyrcan_tui.texts import _, ngettext

if TYPE_CHECKING:
    # The words for a first screen are here, too, which needs nothing that reads images.
    from wyrcan_tui.flows.forecast import Forecast
    from wyrcan_tui.image.engine import Bootable
    from wyrcan_tui.registry.hub import Quota

_GIB: Final = 1 << 30


def choice_facts(decision: Decision) -> str:
    """Return what was chosen for this machine, its words and where that comes from; empty where nobody has chosen."""
    if not decision.choice.image or decision.origin is Origin.NOWHERE:
        return ""
    origin = _("(from {place})").format(place=decision.origin)
    return "  ".join(filter(None, (str(decision.choice.image), redacted(" ".join(decision.choice.cmdline)), origin)))


def repository_facts(entry: Repository) -> str:
    """Return what the registry tells about a repository."""
    known = [_("official")] if entry.official else []
    if entry.stars:
        known.append(ngettext("{number} star", "{number} stars", entry.stars).format(number=entry.stars))
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
    left = _("{left} of {limit} pulls left").format(left=quota.remaining, limit=quota.limit)
    hours = quota.seconds // 3600
    if not hours:
        return left
    return ngettext("{pulls} in {hours} hour", "{pulls} in {hours} hours", hours).format(pulls=left, hours=hours)


def image_facts(found: Forecast) -> list[str]:
    """Return lines on what manifest and configuration tell about an image."""
    described = [found.description] if found.description else []
    return [*described, str(found.image.digest), *in_lines(_image_facts(found))]


def image_outline(found: Forecast) -> list[str]:
    """Return what `image_facts` do, and what is promised that the layers hold, in lines for a narrow place."""
    described = [found.description, ""] if found.description else []
    facts = [
        (_("Digest"), found.image.digest.short),
        *_image_facts(found),
        (_("Kernel"), found.release or _("not told")),
        (
            _("Bootable"),
            _("probably: {why}").format(why=found.promise) if found.promise else _("not told; Enter looks inside"),
        ),
    ]
    return [*described, *in_lines(facts)]


def in_lines(facts: Sequence[tuple[str, str]]) -> list[str]:
    """Return facts, each with its name in front, in columns."""
    return [f"{name:<10}{value}" for name, value in facts]


def _image_facts(found: Forecast) -> list[tuple[str, str]]:
    image, layers = found.image, len(found.image.manifest.layers)
    download = ngettext("{size} in {number} layer", "{size} in {number} layers", layers)
    return [
        (_("Made for"), ", ".join(str(platform) for platform in image.offered or (image.config.platform,))),
        (_("Created"), age(image.config.created, now())),
        (_("Download"), download.format(size=size_text(image.size), number=layers)),
        (_("Memory"), memory_line(found)),
    ]


def memory_line(found: Forecast) -> str:
    """Return what an image needs of the memory, by estimate, and what there is."""
    needed, there = (f"{size / _GIB:.1f} GiB" for size in (found.footprint.needed, found.memory))
    if not found.memory:
        return _("needs about {needed}").format(needed=needed)
    if found.footprint.needed > found.memory:
        return _("needs about {needed} of {memory}, probably too much").format(needed=needed, memory=there)
    return _("needs about {needed} of {memory}").format(needed=needed, memory=there)


def age(created: str, today: datetime) -> str:
    """Return a date as an image tells it (RFC 3339), and how long ago that is, where the clock can be believed."""
    try:
        moment = datetime.fromisoformat(created).astimezone(UTC)
    except (ValueError, OverflowError):
        return created or _("not told")
    days = (today - moment).days
    # Who builds the same bytes every time gives a date of long ago (reproducible-builds.org, SOURCE_DATE_EPOCH).
    if days < 0 or moment.year <= 1980:
        return f"{moment.date()}"
    return _("{date}, {age}").format(date=moment.date(), age=_days_ago(days))


def _days_ago(days: int) -> str:
    if years := days // 365:
        return ngettext("{number} year ago", "{number} years ago", years).format(number=years)
    if months := days // 30:
        return ngettext("{number} month ago", "{number} months ago", months).format(number=months)
    if days:
        return ngettext("{number} day ago", "{number} days ago", days).format(number=days)
    return _("today")


def now() -> datetime:
    """Return the time by this machine's clock."""
    return datetime.now(UTC)


def bootable_facts(found: Bootable) -> list[str]:
    """Return lines on what an image boots with."""
    kernel = _("{release} ({path})").format(
        release=found.kernel_file.release or _("of an unknown version"), path=found.kernel_path
    )
    return [_("Bootable: yes"), *in_lines([(_("Kernel"), kernel), (_("In memory"), size_text(found.unpacked))])]
