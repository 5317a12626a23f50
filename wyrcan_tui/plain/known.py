"""Images that are made to be booted, and any other that somebody types."""

from __future__ import annotations

from functools import partial

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.known import known_facts, offered
from wyrcan_tui.oci.reference import parse_reference
from wyrcan_tui.plain.desk import Desk, Way
from wyrcan_tui.plain.error import tell_error
from wyrcan_tui.plain.image import look_at_image
from wyrcan_tui.plain.teletype import BackError


def choose_known(desk: Desk) -> None:
    """Have somebody choose a distribution, and an image of it.

    Raises:
        BackError: where they go back.
    """
    lists = offered(desk.decision.favourites)

    def choose_of(title: str) -> None:
        ways = [
            Way(
                f"{image.reference!s:<44} {known_facts(image)}".rstrip(),
                partial(desk.visit, partial(look_at_image, desk, image.reference)),
            )
            for image in lists[title]
        ]
        while True:
            desk.choose(title, ways)

    ways = [Way(title, partial(desk.visit, partial(choose_of, title))) for title in lists]
    while True:
        desk.choose("Images that are made to be booted", ways)


def type_reference(desk: Desk) -> None:
    """Have somebody type a reference, and look at the image; what is wrong with it is said.

    Raises:
        BackError: where they go back.
    """
    desk.say("\nWhich image? For example quay.io/fedora/fedora-bootc:42. Enter alone goes back.")
    while typed := desk.ask("Reference: ").strip():
        try:
            reference = parse_reference(typed)
        except WyrcanError as error:
            if desk.teletype.is_quiet():
                tell_error(desk, error)
            continue
        look_at_image(desk, reference)
    raise BackError
