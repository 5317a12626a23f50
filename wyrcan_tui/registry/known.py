"""Images that are known to be made for booting: a list that comes with Wyrcan, by distribution."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files

from wyrcan_tui.oci.reference import Reference, parse_reference


@dataclass(frozen=True, slots=True)
class KnownImage:
    """An image, one line about it, and whether its registry gives it to nobody without a `login`."""

    reference: Reference
    about: str
    login: bool = False


def known_images() -> dict[str, list[KnownImage]]:
    """Return the images by their distribution, in the order of ``known.toml``."""
    found: dict[str, list[KnownImage]] = {}
    for entry in tomllib.loads(files(__package__).joinpath("known.toml").read_text("utf-8"))["image"]:
        image = KnownImage(parse_reference(entry["reference"]), entry["about"], entry.get("login", False))
        found.setdefault(entry["distribution"], []).append(image)
    return found
