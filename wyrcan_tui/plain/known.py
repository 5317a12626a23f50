"""Images that are made to be booted, and any other that somebody types."""

from __future__ import annotations

from functools import partial
from typing import Final

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.known import known_facts, offered
from wyrcan_tui.oci.reference import parse_reference
from wyrcan_tui.plain.desk import Desk
from wyrcan_tui.plain.error import tell_error
from wyrcan_tui.plain.image import look_at_image
from wyrcan_tui.plain.teletype import BackError
from wyrcan_tui.plain.way import Way
from wyrcan_tui.texts import _, later

_HELP: Final = later(
    "Images that bring a kernel and an init, so that a machine can boot them. Favourites are those that this machine "
    "was told of; the others come with Wyrcan. Where it says (login), the registry lets only its users in."
)
_ABOUT_REFERENCE: Final = later(
    "Any image can be named here: REGISTRY/REPOSITORY:TAG, with @sha256:... for one that never changes. Without a "
    "registry it is Docker Hub's. An OCI layout in a folder is oci:PATH, one in a tar file oci-archive:PATH."
)


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
            desk.choose(title, ways, _(_HELP))

    ways = [Way(title, partial(desk.visit, partial(choose_of, title))) for title in lists]
    while True:
        desk.choose(_("Images that are made to be booted"), ways, _(_HELP))


def type_reference(desk: Desk) -> None:
    """Have somebody type a reference, and look at the image; what is wrong with it is said.

    Raises:
        BackError: where they go back.
    """
    desk.opened(_("Type a reference"))
    said = _("Which image? For example {example}. Enter alone goes back.")
    desk.say("\n" + said.format(example="quay.io/fedora/fedora-bootc:44"))
    while typed := desk.ask(_("Reference: "), _(_ABOUT_REFERENCE)).strip():
        try:
            reference = parse_reference(typed)
        except WyrcanError as error:
            if desk.teletype.is_quiet():
                tell_error(desk, error)
            continue
        look_at_image(desk, reference)
    raise BackError
