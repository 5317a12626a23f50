"""Every page of the menu, opened on a machine where nothing changes by itself."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.support.rig import Rig
from tests.tui.person import COLUMNS, LINES, Person
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.boot import Order
from wyrcan_tui.flows.keep import WARNING
from wyrcan_tui.flows.network import Card
from wyrcan_tui.host.turn import Status
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import Reference, parse_reference
from wyrcan_tui.registry.site import Site
from wyrcan_tui.tui.boot import BootPage, SavePage
from wyrcan_tui.tui.code import CodePage
from wyrcan_tui.tui.confirm import ConfirmPage
from wyrcan_tui.tui.doctor import DoctorPage
from wyrcan_tui.tui.elsewhere import ElsewherePage
from wyrcan_tui.tui.error import ErrorPage
from wyrcan_tui.tui.help import HelpPage
from wyrcan_tui.tui.home import HomePage
from wyrcan_tui.tui.image import ImagePage
from wyrcan_tui.tui.known import KnownPage
from wyrcan_tui.tui.log import LogPage
from wyrcan_tui.tui.login import LoginPage
from wyrcan_tui.tui.network import NetworkPage
from wyrcan_tui.tui.network_bond import BondPage
from wyrcan_tui.tui.network_interface import InterfacePage, VlanPage
from wyrcan_tui.tui.network_proxy import ProxyPage
from wyrcan_tui.tui.page import Page
from wyrcan_tui.tui.power import PowerPage
from wyrcan_tui.tui.progress import ProgressPage
from wyrcan_tui.tui.registry import RepositoriesPage, TagsPage
from wyrcan_tui.tui.report import ReportPage
from wyrcan_tui.tui.typed import TypedPage

SIZES = {"small": (COLUMNS, LINES), "large": (132, 43)}
CARD = Card("ens3", "52:54:00:12:34:56")
ERROR = WyrcanError(
    "registry-unreachable",
    "The registry cannot be reached: connection refused.",
    hint="Look whether it runs, and whether a firewall is between.",
    host="registry.example",
)
BUSY = ("Looking ...", "Reading ...", "Asking ", "looking for a kernel")
"""What pages say that wait for something."""

Make = Callable[[str], Page]


def image(host: str) -> Reference:
    """An image that boots, at the registry of that name."""
    return parse_reference(f"{host}/demo/os:10")


PAGES: dict[type[Page], tuple[Make | None, str]] = {
    HomePage: (None, "PowerEdge"),
    KnownPage: (lambda host: KnownPage(), "Favourites"),
    TypedPage: (lambda host: TypedPage(), "Which image?"),
    RepositoriesPage: (lambda host: RepositoriesPage(RegistryAddress.parse(f"http://{host}")), "2 repositories"),
    TagsPage: (lambda host: TagsPage(RegistryAddress.parse(f"http://{host}"), "demo/os"), "3 tags"),
    ImagePage: (lambda host: ImagePage(image(host)), "Bootable: yes"),
    BootPage: (lambda host: BootPage(image(host), ("quiet",)), "Boot once"),
    SavePage: (lambda host: SavePage(image(host), ("quiet",)), "EFI variable"),
    ProgressPage: (lambda host: ProgressPage(Order(image(host), (), Site())), "Waiting for the network."),
    DoctorPage: (lambda host: DoctorPage(image(host)), "It ends at"),
    LoginPage: (lambda host: LoginPage(host, lambda: None), "Log in until"),
    NetworkPage: (lambda host: NetworkPage(), "ens3"),
    InterfacePage: (lambda host: InterfacePage(CARD, {}), "Use these settings now"),
    VlanPage: (lambda host: VlanPage(CARD, {}), "VLAN"),
    BondPage: (lambda host: BondPage(), "ens3"),
    ProxyPage: (lambda host: ProxyPage(), "Use it now"),
    PowerPage: (lambda host: PowerPage(), "Restart into the firmware setup"),
    ConfirmPage: (
        lambda host: ConfirmPage("This machine will restart.", "", WARNING, "Yes, restart", lambda: None),
        "No, go back",
    ),
    ErrorPage: (lambda host: ErrorPage(ERROR, lambda: None, lambda: None, image(host)), "connection refused"),
    ReportPage: (lambda host: ReportPage(ERROR, image(host)), "registry-unreachable"),
    CodePage: (lambda host: CodePage(f"{ERROR.code}: {ERROR.message}"), "The code has the whole text."),
    HelpPage: (lambda host: HelpPage(HomePage()), "Keys:"),
    LogPage: (lambda host: LogPage(), "sda: it is broken"),
    ElsewherePage: (None, "From the console ttyS0"),
}
"""How each is opened where it is not there by itself, and what is read on it."""
BESIDE: dict[type[Page], tuple[str, ...]] = {
    HomePage: ("ixgbe", "sda: it is broken", "Favourites"),
    KnownPage: ("Digest",),
    TagsPage: ("Digest",),
}
"""What is read beside the list on a large screen."""


def furnish(rig: Rig, host: str) -> None:
    """Give a machine what its pages can show."""
    rig.describe(
        sys_vendor="Dell Inc.",
        product_name="PowerEdge R640",
        product_serial="ABC1234",
        bios_vendor="Dell Inc.",
        bios_version="2.10.2",
    )
    rig.set_firmware("OsIndicationsSupported", b"\x01" + bytes(7))
    rig.plug("ens3", speed=10000, driver="ixgbe")
    rig.plug("ens4", address="52:54:00:12:34:57", carrier=False, driver="igb")
    rig.log_kernel("sda: it is broken")
    rig.save(json.dumps({"favourites": [str(image(host))]}).encode())
    state = rig.root / "run/systemd/netif/state"
    state.parent.mkdir(parents=True)
    state.write_text("OPER_STATE=no-carrier\n")


@contextmanager
def prepared(kind: type[Page], rig: Rig, host: str) -> Iterator[None]:
    """Have the machine in the state in which that page is there, inside a ``with`` block."""
    if kind is not ElsewherePage:
        yield
        return
    with rig.turn.taken("ttyS0"):
        note = "Fetching the image and packing it."
        rig.turn.tell(Status("ttyS0", str(image(host)), note, 30_000_000, 90_000_000, error=ERROR.message))
        yield


async def open_page(person: Person, kind: type[Page], host: str) -> None:
    """Open a page, and wait until it waits for nothing."""
    make, words = PAGES[kind]
    if make:
        await person.app.push_screen(make(host))
    await person.wait_until(lambda: isinstance(person.app.screen, kind), kind.__name__)
    await person.wait_for(words)
    if person.app.size.width > COLUMNS:
        await person.wait_for(*BESIDE.get(kind, ()))
    await person.wait_until(lambda: not any(busy in person.text for busy in BUSY), "its end")
