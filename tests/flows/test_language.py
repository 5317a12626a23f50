"""No error, no step of the doctor and no fact is hard-wired: in a language that nobody speaks, no English is left."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.language import check_text, nobody_s_language
from tests.support.registry import Registry
from tests.support.rig import Rig
from tests.support.unenglish import BOOTABLE, OF_THEM, connected_machine, registry_without_english
from wyrcan_tui.demo.machine import NoShell, NoStick, StuckSwitch, UnstartedKernel
from wyrcan_tui.errors import WyrcanError, in_words
from wyrcan_tui.flows import browse
from wyrcan_tui.flows.choice import LARGEST, Choice
from wyrcan_tui.flows.decide import Decision, Origin, decide
from wyrcan_tui.flows.doctor import Doctor
from wyrcan_tui.flows.facts import age, choice_facts, quota_facts, repository_facts
from wyrcan_tui.flows.known import known_facts
from wyrcan_tui.flows.memory import Footprint
from wyrcan_tui.host.medium import Carried
from wyrcan_tui.kernel.request import parse_request
from wyrcan_tui.oci.address import RegistryAddress
from wyrcan_tui.oci.reference import parse_reference
from wyrcan_tui.progress import Meter, size_text
from wyrcan_tui.registry.entry import Repository
from wyrcan_tui.registry.hub import Quota
from wyrcan_tui.registry.known import KnownImage
from wyrcan_tui.registry.site import Site

REFERENCE = parse_reference("q.q/q:q")
DATA = {
    *("Wyrcan", "MB", "GB", "kB"),  # a name, units
    *("DNS", "TCP", "TLS", "UTC"),  # what is known by its letters everywhere
    *("image", "network"),  # keys of a saved choice
}
"""Words that are no English, but the machine's."""


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


BROKEN = Carried(b'{"image": "q.q/q:q", "qqq": 1}')
ERRORS: dict[str, Callable[[], object]] = {
    "bug": lambda: throw(in_words(ValueError("Q q."))),
    "choice that is no JSON": lambda: Choice.decode(b"{"),
    "choice that is no object": lambda: Choice.decode(b"[]"),
    "choice of another type": lambda: Choice.decode(b'{"image": 1}'),
    "choice with another file": lambda: Choice.decode(b'{"network": {"q": {}}}'),
    "choice with a strange section": lambda: Choice.decode(b'{"network": {"q.network": {"q\\u0007": {}}}}'),
    "choice with a strange value": lambda: Choice.decode(b'{"network": {"q.network": {"Q": {"q": "\\u0007"}}}}'),
    "choice that is too large": lambda: Choice(REFERENCE, ("q" * LARGEST,)).encode(),
    "choice that is no text": lambda: Choice(REFERENCE, ("\udc80",)).encode(),
    "memory": lambda: Footprint(1 << 30, 1 << 30).require(1 << 20),
    "key that is not known": lambda: throw(*decide(parse_request(""), BROKEN, Carried()).problems),
    "nothing to save": lambda: throw(*decide(parse_request("wyr.efi=write"), Carried(), Carried()).problems),
    "authority": lambda: throw(*decide(parse_request("wyr.ca=q"), Carried(), Carried()).problems),
    "half a certificate": lambda: throw(*of_files({"certs.d/q/q.key": b""}).problems),
    "login that a program keeps": lambda: throw(*of_files({"auth.json": b'{"credHelpers": {"q.q": "q"}}'}).problems),
    "boot of the demo": lambda: UnstartedKernel().execute(),
    "stick of the demo": lambda: NoStick().write("q", b""),
    "start of the demo": lambda: StuckSwitch().restart(),
    "end of the demo": lambda: StuckSwitch().power_off(),
    "shell of the demo": lambda: NoShell().run(lambda: None),
}


def throw(error: WyrcanError) -> None:
    """Raise an error, the only one."""
    raise error


def of_files(files: dict[str, bytes]) -> Decision:
    """What a machine was told whose settings are these files."""
    return decide(parse_request(""), Carried(), Carried(), [files])


@pytest.mark.parametrize("name", ERRORS)
def test_error_has_no_words_that_are_in_no_catalog(name: str) -> None:
    with pytest.raises(WyrcanError) as caught:
        ERRORS[name]()
    check_text(str(caught.value), DATA, "ValueError", "str", "certs.d/q/q.key")


def test_every_step_to_an_image_has_a_name_and_words_in_that_language(connected: Rig, registry: Registry) -> None:
    address = RegistryAddress.parse(registry.url)
    reference = parse_reference(f"{address.host}/q/q:q")
    steps = list(Doctor(reference, Site((address,)), connected.adapters, Meter()).steps())
    assert len(steps) == 11
    for step in steps:
        check_text(f"{step.name} {step.found} {step.error or ''}", DATA, *OF_THEM)


@pytest.mark.parametrize("carrier", [None, False, True])
def test_step_that_fails_says_why_in_that_language(tmp_path: Path, carrier: bool | None) -> None:
    rig = Rig(tmp_path / "machine", memory=1 << 20)
    if carrier is not None:
        rig.plug("q0", carrier=carrier)
    *_before, last = Doctor(None, Site(), rig.adapters, Meter()).steps()
    assert last.error
    check_text(f"{last.name} {last.error}", DATA)


def test_image_that_is_too_large_for_the_machine_is_said_to_be_so_in_that_language(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "machine", memory=1 << 20)
    reference = parse_reference(f"oci:{BOOTABLE.write_layout(tmp_path / 'layout')}")
    manifest, space = Doctor(reference, Site(), rig.adapters, Meter()).steps()
    assert space.error
    check_text(f"{manifest.name} {manifest.found} {space.name} {space.error}", DATA, *OF_THEM)


NOW = datetime(2026, 6, 15, tzinfo=UTC)
SAID: dict[str, Callable[[], str]] = {
    "years": lambda: age("2023-01-01T00:00:00Z", NOW),
    "month": lambda: age("2026-05-10T00:00:00Z", NOW),
    "day": lambda: age("2026-06-13T23:00:00Z", NOW),
    "today": lambda: age("2026-06-14T23:00:00Z", NOW),
    "no date": lambda: age("", NOW),
    "repository": lambda: repository_facts(Repository("q", "Q q.", stars=1, official=True)),
    "pulls": lambda: quota_facts(Quota(2, 1)),
    "pulls in a time": lambda: quota_facts(Quota(2, 1, 3600)),
    "known image": lambda: known_facts(KnownImage(REFERENCE, "Q q.", login=True)),
    "choice": lambda: choice_facts(decide(parse_request(""), BROKEN, Carried())),
    "orders of tags": lambda: ", ".join(map(str, browse.TagOrder)),
    "origins": lambda: ", ".join(map(str, Origin)),
    "size": lambda: size_text(1),
}


@pytest.mark.parametrize("name", SAID)
def test_fact_has_no_words_that_are_in_no_catalog(name: str) -> None:
    said = SAID[name]()
    assert "ñ" in said
    check_text(said, DATA)
