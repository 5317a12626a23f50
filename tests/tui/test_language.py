"""No text on a page is hard-wired: in a language that nobody speaks, no English is left."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.widgets import OptionList

from tests.support.language import check_text, nobody_s_language
from tests.support.registry import Registry
from tests.support.rig import Rig
from tests.support.unenglish import BOOTABLE, OF_THEM, connected_machine, registry_without_english
from tests.tui.person import Person, somebody_at
from tests.tui.test_help import pages
from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows import browse
from wyrcan_tui.flows.boot import Order
from wyrcan_tui.flows.history import History
from wyrcan_tui.flows.network import Bond, Card, Vlan
from wyrcan_tui.flows.unattended import OWNER
from wyrcan_tui.host.turn import Status
from wyrcan_tui.kernel.cmdline import LONGEST
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.digest import Digest
from wyrcan_tui.oci.reference import parse_reference
from wyrcan_tui.progress import Item, Progress, Stage
from wyrcan_tui.registry.hub import Quota
from wyrcan_tui.registry.site import Site
from wyrcan_tui.tui.boot import BootPage, Known, SavePage
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
from wyrcan_tui.tui.overview import Overview
from wyrcan_tui.tui.page import Page
from wyrcan_tui.tui.power import PowerPage
from wyrcan_tui.tui.progress import ProgressPage
from wyrcan_tui.tui.registry import RepositoriesPage, TagsPage
from wyrcan_tui.tui.report import ReportPage
from wyrcan_tui.tui.typed import TypedPage

REFERENCE = parse_reference("q.q/q:q")
PINNED = Known(Digest("sha256", "1" * 64), ("q",))
ERROR = WyrcanError("registry-denied", "Q q.", hint="Q q.", host="q.q")
DATA = {
    *("Wyrcan", "bytes", "MB", "GB", "kB", "sha", "Gbit"),  # a name, units, an algorithm
    *("network", "cmdline", "image", "null"),  # the JSON that is written
    *("registry", "denied", "host"),  # code and facts of the error
    *("auto", "off", "ad", "db", "fe", "http", "example", "com"),  # what is typed of a network, and examples of it
    *("wyr", "net", "handover", "yes"),  # words of the kernel command line
    *("console", "ttyS", "quiet", "quay", "io", "fedora", "bootc"),  # examples of what is typed
    *("docker", "ghcr", "linux", "amd", "arm", "Some", "CPU"),  # registries, and what the machine says of itself
}
"""Words that are no English, but the machine's."""

PAGES: dict[str, Callable[[], Page]] = {
    "home": HomePage,
    "known": KnownPage,
    "power": PowerPage,
    "typed": TypedPage,
    "login": lambda: LoginPage("q.q", lambda: None),
    "way": lambda: DoctorPage(REFERENCE),
    "error": lambda: ErrorPage(ERROR, lambda: None, lambda: None, REFERENCE),
    "report": lambda: ReportPage(ERROR, REFERENCE),
    "code": lambda: CodePage("q" * 200),
    "small code": lambda: CodePage("q"),
    "confirm": lambda: ConfirmPage("", "", "", "", lambda: None),
    "boot": lambda: BootPage(REFERENCE, (), PINNED),
    "boot of what is not known": lambda: BootPage(REFERENCE, ()),
    "boot with too many words": lambda: BootPage(parse_reference(f"q.q/q:q@{PINNED.digest}"), ("q" * LONGEST,), PINNED),
    "save": lambda: SavePage(REFERENCE, ()),
    "save settings": lambda: SavePage(None, ()),
    "save over": lambda: SavePage(REFERENCE, (), "q"),
    "progress": lambda: ProgressPage(Order(REFERENCE, (), Site())),
    "log": LogPage,
    "network": NetworkPage,
    "interface": lambda: InterfacePage(Card("q"), {}),
    "vlan": lambda: VlanPage(Card("q"), {}),
    "interface of a vlan": lambda: InterfacePage(Vlan("q", 7), {}),
    "bond": BondPage,
    "interface of a bond": lambda: InterfacePage(Bond("q", ("q",)), {}),
    "proxy": ProxyPage,
}
ELSEWHERE: dict[str, Status] = {
    "alone": Status(OWNER, "q.q/q:q", "", 1, 2, deadline=1.0, error="Q q."),
    "at a console": Status("q", "q.q/q:q", "", 1, 2),
}


@pytest.fixture(autouse=True)
def language(tmp_path: Path) -> Iterator[None]:
    """Nobody's language is spoken."""
    with nobody_s_language(tmp_path):
        yield


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry whose names are no English."""
    with registry_without_english(tmp_path_factory.mktemp("registry")) as registry:
        yield registry


@pytest.fixture
def connected(tmp_path: Path, registry: Registry) -> Rig:
    """A machine that can reach it."""
    return connected_machine(tmp_path / "connected", registry)


def check_words(person: Person, *data: str) -> None:
    """Hold that no English is left on the screen, besides this data."""
    check_text("\n".join(person.lines), DATA, *data)


@pytest.mark.parametrize("name", PAGES)
async def test_page_has_no_text_of_its_own(tmp_path: Path, name: str) -> None:
    rig = Rig(tmp_path / "machine")
    (rig.root / "run/systemd/netif").mkdir(parents=True)
    (rig.root / "run/systemd/netif/state").write_text("OPER_STATE=no-carrier\n")
    async with somebody_at(rig) as person:
        # The first page opened already, and it is one of the others' work.
        person.app.history = History()
        page = PAGES[name]()
        await person.app.push_screen(page)
        await person.wait_until(lambda: "ñ" in person.lines[0], "the title in that language")
        if isinstance(page, ReportPage):
            # The report itself is for whoever helps, wherever they live.
            page.put("report", "")
        if isinstance(page, KnownPage):
            # What is in the list is named by who makes it.
            choices = page.query_one(OptionList)
            choices.clear_options().add_option("Q q.")
            choices.highlighted = 0
        if isinstance(page, DoctorPage):
            await person.wait_until(lambda: bool(page.query(".step")), "a step")
        if isinstance(page, ProgressPage):
            page._report(Progress(Stage.LAYERS, "", (Item("q", 1000, 9000),), trouble="Q."))
            page._report(Progress(Stage.LAYERS, "", (Item("q", 2000, 9000),)))
            page._refresh_progress()
            await person.wait_for("Q.", "q [")
        await person.app.animator.wait_until_complete()
        check_words(person)
        person.check_page()
        await person.press("f1")
        await person.wait_until(lambda: isinstance(person.app.screen, HelpPage), "the help")
        await person.wait_until(lambda: "ñ" in person.lines[2], "its text")
        check_words(person)


EVERYWHERE = ("DNS", "TCP", "TLS", "UTC", "GiB")
"""What is known by its letters everywhere."""
OF_A_REGISTRY: dict[str, tuple[Callable[[RegistryAddress], Page], tuple[int, int], Callable[[Person], bool]]] = {
    "repositories": (RepositoriesPage, (80, 24), lambda person: "2 ñ" in person.text),
    "tags": (lambda address: TagsPage(address, "q/q"), (80, 24), lambda person: "87 ññ 100" in person.text),
    "tags and what they are": (
        lambda address: TagsPage(address, "q/q"),
        (132, 43),
        lambda person: "87 ññ 100" in person.text and BOOTABLE.digest[7:19] in person.text,
    ),
    "image": (
        lambda address: ImagePage(parse_reference(f"{address.host}/q/q:q")),
        (80, 24),
        lambda person: "/boot/wyrcan.kernel" in person.text,
    ),
    "image that does not boot": (
        lambda address: ImagePage(parse_reference(f"{address.host}/q/qq:q")),
        (80, 24),
        lambda person: bool(person.app.screen.query("#verdict.error")),
    ),
    "way to an image": (
        lambda address: DoctorPage(parse_reference(f"{address.host}/q/q:q")),
        (80, 43),
        lambda person: "2.1 GB" in person.text,
    ),
}
"""Pages that ask a registry, how large the screen is, and how it shows that all has come."""


@pytest.mark.parametrize("name", OF_A_REGISTRY)
async def test_page_of_a_registry_has_no_text_of_its_own(
    connected: Rig, registry: Registry, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(browse, "quota", lambda address, site, meter: Quota(100, 87, 21600))
    make, size, has_come = OF_A_REGISTRY[name]
    async with somebody_at(connected, size=size) as person:
        await person.app.push_screen(make(RegistryAddress.parse(registry.url)))
        await person.wait_until(lambda: has_come(person), "what the registry has")
        check_words(person, *OF_THEM, *EVERYWHERE)


@pytest.mark.parametrize("name", ELSEWHERE)
async def test_page_of_a_boot_elsewhere_has_no_text_of_its_own(rig: Rig, name: str) -> None:
    async with somebody_at(rig) as person:
        with rig.turn.taken(ELSEWHERE[name].owner):
            rig.turn.tell(ELSEWHERE[name])
            await person.wait_until(lambda: isinstance(person.app.screen, ElsewherePage), "the other boot")
            await person.wait_until(lambda: "[####" in person.text, "its bar")
            check_words(person)


async def test_what_stands_beside_the_first_list_has_no_text_of_its_own(rig: Rig) -> None:
    rig.plug("q", speed=1000)
    (rig.root / "proc/cmdline").write_text("wyr.net.q.Q.q=q wyr.handover=yes\n")
    async with somebody_at(rig, size=(132, 43)) as person:
        person.app.history = History()
        person.app.screen.query_one(Overview).read_logs()
        await person.wait_for("q.network", "52:54:00:12:34:56")
        check_words(person)


def test_no_page_is_forgotten() -> None:
    visited = {type(make()) for make in PAGES.values()} | {ElsewherePage, HelpPage}
    visited |= {type(make(RegistryAddress("q.q"))) for make, *_ in OF_A_REGISTRY.values()}
    assert visited == set(pages())
