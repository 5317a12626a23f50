"""No text is hard-wired: in a language that nobody speaks, no English is left on the paper."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.plain.person import Person, somebody_at
from tests.support.catalog import pseudo, write_pseudo_language
from tests.support.registry import Registry
from tests.support.rig import Rig
from wyrcan_tui.flows.unattended import OWNER
from wyrcan_tui.host.turn import Status
from wyrcan_tui.plain.teletype import plain

IMAGE = "q.q/q:q"
MAC = "52:54:00:12:34:57"
DATA = set(
    re.findall(
        "[A-Za-z]{2,}",
        # Names, units, and the machine
        "Wyrcan bytes MB GB GiB kB DNS MTU IPv DHCP linux amd UEFI Some CPU card bond balance rr active backup ad "
        # Distributions, and names of images
        "Fedora CentOS AlmaLinux Red Hat Enterprise Linux Universal Blue Ubuntu Arch Debian docker io quay ghcr demo "
        "os plain boot wyrcan kernel sha xx library "
        # What is typed
        "console ttyS quiet fedora bootc auto off nonsense nothing example com http "
        # The code of an error, what the system says, a kernel word, a file on the stick
        "registry unreachable Connection connection refused test wyr net FILE Address error txt on WYRCAN ESP dev sda",
    )
)
"""Words that are no English, but the machine's."""
_JSON = re.compile(r'\{"network".*?\}\n', re.DOTALL)
_DIGEST = re.compile(r"sha256:[0-9a-f\n]+")


def wait_for_question(person: Person, prompt: str = "Choice: ") -> None:
    """Wait for a question, in that language or, where it is others' to translate, in English."""
    person.wait_for_question(plain(pseudo(prompt)), prompt)


def ask(person: Person, *answers: str, prompt: str = "Choice: ") -> None:
    """Answer one question after the other, each of which ends so."""
    for answer in answers:
        wait_for_question(person, prompt)
        person.type(answer)


def look_at_help(person: Person) -> None:
    ask(person, "?", "nonsense")


def look_around(person: Person) -> None:
    """Go by way of a registry to an image, and almost boot it always."""
    ask(person, "1", "?", "/nothing", "/", "1", "?", "o", "/x", "/", "1", "?", "1", "?", "4", "3")
    ask(person, "?", "quiet", prompt="Words: ")
    ask(person, "2", "?", "n")


def look_at_network(person: Person) -> None:
    """Set what there is to be set, rightly or not."""
    ask(person, "8", "?", "1", "?", "5")
    ask(person, "?", "10.0.0.1", prompt="DNS: ")
    ask(person, "7", "8")
    ask(person, "?", "7", prompt="Number: ")
    ask(person, "7", "8", "9", "3", "?", "4", "1", "3", "3", "4", "7", "9", "4", "?", "1")
    ask(person, "?", "q:1", prompt="Proxy: ")
    ask(person, "2")
    ask(person, "q", prompt="Without it: ")
    ask(person, "3", "5")


def look_at_ways_to_leave(person: Person) -> None:
    ask(person, "9", "?", "1", "?", "b", "2", "n", "3", "n")


def look_at_log(person: Person) -> None:
    ask(person, "!", "?", "1", "2", "3")


def fail(person: Person) -> None:
    """Type what is no reference, and one behind which there is nothing."""
    ask(person, "6")
    ask(person, "?", "q q", "127.0.0.1:1/q:q", prompt="Reference: ")
    ask(person, "?", "4", "3", "5", "?", "b")


def look_at_known(person: Person) -> None:
    ask(person, "5", "?")


JOURNEYS = (look_at_help, look_at_known, look_around, look_at_network, look_at_ways_to_leave, look_at_log, fail)


def check_words(person: Person) -> None:
    """Hold that no English was printed."""
    text = _DIGEST.sub("", _JSON.sub("", "\n".join(person.lines)))
    words = set(re.findall(r"[A-Za-z]{2,}", text))
    english = {word for word in words if word not in DATA and set(word.lower()) not in ({"n"}, {"q"})}
    assert not english, "\n".join([f"hard-wired: {sorted(english)}", *person.lines])


@pytest.fixture
def catalogs(tmp_path: Path) -> Path:
    """A folder with the language that nobody speaks."""
    write_pseudo_language(tmp_path / "locale", "xx")
    return tmp_path / "locale"


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.__name__)
def test_no_page_has_a_text_of_its_own(
    tmp_path: Path, server: Registry, catalogs: Path, journey: Callable[[Person], None]
) -> None:
    rig = Rig(tmp_path / "machine", cmdline=f"wyr.lang=xx wyr.registry={server.url}")
    rig.plug("card0")
    rig.plug("card1", address=MAC, carrier=False)
    rig.set_firmware("OsIndicationsSupported", b"\x01" + bytes(7))
    with somebody_at(rig, catalogs) as person:
        journey(person)
        wait_for_question(person)
        check_words(person)


def test_login_has_no_text_of_its_own(tmp_path: Path, catalogs: Path) -> None:
    with Registry(tmp_path / "private", users={"q": "q"}) as private:
        rig = Rig(tmp_path / "machine", cmdline=f"wyr.lang=xx wyr.registry={private.url}")
        with somebody_at(rig, catalogs) as person:
            ask(person, "1", "l")
            ask(person, "?", "q", prompt="User name: ")
            ask(person, "q", prompt="Password or access token, not shown: ")
            ask(person, plain(pseudo("yes")))
            wait_for_question(person)
            check_words(person)


@pytest.mark.parametrize("owner", [OWNER, "q"])
def test_boot_elsewhere_has_no_text_of_its_own(tmp_path: Path, catalogs: Path, owner: str) -> None:
    rig = Rig(tmp_path / "machine", cmdline="wyr.lang=xx")
    with rig.turn.taken(owner), somebody_at(rig, catalogs) as person:
        rig.turn.tell(Status(owner, IMAGE, "", 1, 2, error="Q."))
        person.wait_until(lambda: b" nn 2 " in person.printed, "how far it is")
        rig.turn.tell(Status(owner, IMAGE, "", deadline=time.monotonic() + 60))
        person.wait_until(lambda: b" nn 60 nnnnnnn" in person.printed or b" nn 59 nnnnnnn" in person.printed, "the end")
        check_words(person)
