"""What this machine has been told to do, and where that comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Final, Protocol

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.choice import Choice, network_files
from wyrcan_tui.flows.network_handover import Handover
from wyrcan_tui.flows.site import gather
from wyrcan_tui.host.networkd import NetworkFiles
from wyrcan_tui.host.settings import Files
from wyrcan_tui.kernel.request import EfiAction, Request
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import Reference, parse_reference
from wyrcan_tui.registry.credentials import NOBODY, Credentials
from wyrcan_tui.registry.proxy import Proxy
from wyrcan_tui.registry.site import Site
from wyrcan_tui.texts import _, later

if TYPE_CHECKING:
    from wyrcan_tui.flows.boot import Order

DEFAULT_TIMEOUT: Final = 5
"""Seconds that a saved choice waits for a key before it boots."""


class Origin(Enum):
    """Where a choice comes from: the first that has one wins. `str` has its words in the language of now."""

    CMDLINE = later("the kernel command line")
    EFI = later("the EFI variable")
    MEDIUM = later("the boot medium")
    NOWHERE = later("nowhere")

    def __str__(self) -> str:
        return _(self.value)


class Saved(Protocol):
    """A place where a choice may be kept, as bytes."""

    def read(self) -> bytes | None:
        """Return what is kept there; None where nothing is."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do without anybody there, and what a menu starts from.

    Attributes:
        choice: what to boot; its image is None where nobody said.
        origin: where `choice` comes from.
        unattended: whether `choice` is booted by itself, after `timeout`.
        timeout: seconds.
        efi: what the kernel command line wants done with the EFI variable, once somebody has said yes.
        saved: the value of the EFI variable; None where there is none or it is not valid.
        forgettable: whether the EFI variable has a value, valid or not.
        site: what is known of registries, from all places.
        network: networkd files, from all places.
        favourites: images that are offered, from all places.
        chain: the images of Wyrcan itself that have led to here (see `Request`).
        handover: whether the system that is booted gets to know of `network`, as the first place says that says
            anything; None where none does.
        problems: what could not be understood; shown, never hidden.
        shell: whether a shell is offered.
    """

    choice: Choice
    origin: Origin
    unattended: bool
    timeout: int
    efi: EfiAction | None
    saved: Choice | None
    forgettable: bool
    site: Site
    network: NetworkFiles
    favourites: tuple[Reference, ...] = ()
    chain: tuple[str, ...] = ()
    handover: bool | None = None
    problems: tuple[WyrcanError, ...] = field(default=())
    shell: bool = False

    @property
    def handed_over(self) -> Handover:
        """What the system that is booted gets to know of the network: all that was said, where somebody said yes."""
        return Handover(self.network if self.handover else {})

    def order(self, image: Reference, arguments: tuple[str, ...]) -> Order:
        """Return the order to boot an image as this machine was told to, with these words for its kernel."""
        # Imported here: what a machine was told is known long before anything is booted.
        from wyrcan_tui.flows.boot import Order  # noqa: PLC0415

        return Order(image, arguments, self.site, self.chain, self.handed_over)

    @property
    def proxy_to_keep(self) -> Proxy:
        """The proxy as a choice may keep it: without a name and a password, unless they are kept with it already."""
        proxy = self.site.proxy.without_login()
        before = self.saved.proxy if self.saved else proxy
        return before if before.without_login() == proxy else proxy


def decide(
    request: Request,
    efi: Saved,
    medium: Saved,
    settings: Sequence[Files] = (),
    entered: Credentials = NOBODY,
) -> Decision:
    """Bring together what the kernel command line, the EFI variable and the boot medium say. Never raises.

    `settings` are what further places know of registries (see `gather`), `entered` the logins of who is there.
    """
    problems = [WyrcanError("word-unknown", text) for text in request.problems]
    saved = _saved(efi, Origin.EFI, problems)
    forgettable = saved is not None or any(problem.code == "choice-invalid" for problem in problems)
    carried = _saved(medium, Origin.MEDIUM, problems)
    asked = _asked(request, problems)

    origin, choice = Origin.NOWHERE, asked
    for place, found in ((Origin.CMDLINE, asked), (Origin.EFI, saved), (Origin.MEDIUM, carried)):
        if found and found.image:
            origin = place
            choice = found if place is Origin.CMDLINE else replace(found, cmdline=(*found.cmdline, *asked.cmdline))
            break
        if place is Origin.CMDLINE and request.image:
            # Somebody asked for an image and wrote it wrongly: nothing else may be booted instead.
            break
    given = [found for found in (asked, saved, carried) if found]
    proxy = next((found.proxy for found in given if found.proxy.url), Proxy())
    site = gather(
        settings,
        problems,
        addresses=dict.fromkeys(registry for found in given for registry in found.registries),
        logins=(entered, *(found.logins for found in given)),
        authorities=request.authorities,
        proxy=proxy.url,
        # Without a proxy of its own, too, the command line may tell of exceptions.
        no_proxy=asked.proxy.exceptions or proxy.exceptions,
    )
    timeout = 0 if origin is Origin.CMDLINE else DEFAULT_TIMEOUT
    return Decision(
        choice,
        origin,
        choice.image is not None and not request.menu and request.efi is None,
        timeout if request.timeout is None else request.timeout,
        _wish(request, choice, problems),
        saved,
        forgettable,
        site,
        _network(given),
        tuple(dict.fromkeys(favourite for found in given for favourite in found.favourites)),
        request.chain,
        next((found.handover for found in given if found.handover is not None), None),
        tuple(problems),
        request.shell,
    )


def _asked(request: Request, problems: list[WyrcanError]) -> Choice:
    registries = []
    for text in request.registries:
        try:
            registries.append(RegistryAddress.parse(text))
        except WyrcanError as error:
            problems.append(error)
    image = None
    if request.image:
        try:
            image = parse_reference(request.image)
        except WyrcanError as error:
            problems.append(error)
    proxy = Proxy()
    try:
        proxy = Proxy.parse(request.proxy, request.no_proxy)
    except WyrcanError as error:
        problems.append(error)
    network = network_files(request.network)
    return Choice(image, request.arguments, network, tuple(registries), handover=request.handover, proxy=proxy)


def _wish(request: Request, choice: Choice, problems: list[WyrcanError]) -> EfiAction | None:
    """Return what is to be done with the EFI variable, which is nothing where there is nothing sound to save."""
    if request.efi is EfiAction.WRITE and (choice == Choice() or (request.image and choice.image is None)):
        problems.append(
            WyrcanError(
                "choice-missing", _("wyr.efi=write is on the kernel command line, but nothing that can be saved.")
            )
        )
        return None
    return request.efi


def _saved(place: Saved, origin: Origin, problems: list[WyrcanError]) -> Choice | None:
    try:
        data = place.read()
        choice = None if data is None else Choice.decode(data)
    except WyrcanError as error:
        error.context["origin"] = str(origin)
        problems.append(error)
        return None
    if choice and choice.others:
        keys = ", ".join(choice.others)
        text = _("Wyrcan does not know these keys of the choice in {place}, and leaves them as they are: {keys}.")
        problems.append(WyrcanError("choice-key-unknown", text.format(place=origin, keys=keys)))
    return choice


def _network(given: Sequence[Choice]) -> NetworkFiles:
    """Of files with the same name, the one of the first place wins as a whole: halves of two make no sense."""
    files: NetworkFiles = {}
    for choice in given:
        files = {**choice.network, **files}
    return files
