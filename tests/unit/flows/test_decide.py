"""What a machine has been told to do, and by whom."""

import json
from dataclasses import dataclass

import pytest

from wyrcan_tui.errors import WyrcanError
from wyrcan_tui.flows.decide import DEFAULT_TIMEOUT, Decision, Origin, decide
from wyrcan_tui.kernel.request import EfiAction, parse_request


@dataclass
class Place:
    """A place where a choice may be kept."""

    value: bytes | None = None

    def read(self) -> bytes | None:
        """What is kept there."""
        return self.value


class Unreadable:
    """A place that cannot be read."""

    def read(self) -> bytes | None:
        """Fail."""
        raise WyrcanError("efi-unreadable", "The EFI variable Wyrcan cannot be read.")


def choice(image: str = "", *cmdline: str, **more: object) -> bytes:
    """The JSON of a choice."""
    return json.dumps({"image": image, "cmdline": cmdline, **more}).encode()


def decided(cmdline: str = "", efi: bytes | None = None, medium: bytes | None = None) -> Decision:
    """What is decided with that on the kernel command line, in the EFI variable and on the medium."""
    return decide(parse_request(cmdline), Place(efi), Place(medium))


@pytest.mark.parametrize(
    ("cmdline", "efi", "medium", "image", "origin"),
    [
        ("wyr.img=a.io/a:1", choice("b.io/b:1"), choice("c.io/c:1"), "a.io/a:1", Origin.CMDLINE),
        ("", choice("b.io/b:1"), choice("c.io/c:1"), "b.io/b:1", Origin.EFI),
        ("", None, choice("c.io/c:1"), "c.io/c:1", Origin.MEDIUM),
        ("", choice(""), choice("c.io/c:1"), "c.io/c:1", Origin.MEDIUM),
        ("", None, None, "None", Origin.NOWHERE),
    ],
)
def test_first_place_with_an_image_wins(
    cmdline: str, efi: bytes | None, medium: bytes | None, image: str, origin: Origin
) -> None:
    decision = decided(cmdline, efi, medium)
    assert (str(decision.choice.image), decision.origin) == (image, origin)
    assert decision.unattended is (origin is not Origin.NOWHERE)


@pytest.mark.parametrize(
    ("cmdline", "efi", "medium", "url", "exceptions"),
    [
        ("wyr.proxy=a:1 wyr.no_proxy=x", {"proxy": "http://b:1", "no_proxy": "y"}, {}, "http://a:1", "x"),
        ("wyr.proxy=a:1", {"proxy": "http://b:1", "no_proxy": "y"}, {}, "http://a:1", ""),
        ("", {"proxy": "http://b:1", "no_proxy": "y"}, {"proxy": "http://c:1"}, "http://b:1", "y"),
        ("wyr.no_proxy=x", {"proxy": "http://b:1", "no_proxy": "y"}, {}, "http://b:1", "x"),
        ("", {}, {"proxy": "http://c:1"}, "http://c:1", ""),
        ("", {}, {}, "", ""),
    ],
)
def test_first_place_with_a_proxy_tells_of_it_and_its_exceptions(
    cmdline: str, efi: dict[str, str], medium: dict[str, str], url: str, exceptions: str
) -> None:
    proxy = decided(cmdline, choice(**efi), choice(**medium)).site.proxy
    assert (proxy.url, proxy.exceptions) == (url, exceptions)


@pytest.mark.parametrize(
    ("cmdline", "saved", "kept"),
    [
        ("wyr.proxy=http://anna:sesame@a:1", "", "http://a:1"),
        ("wyr.proxy=http://anna:sesame@a:1", "http://b:1", "http://a:1"),
        ("wyr.proxy=http://a:1", "http://anna:sesame@a:1", "http://anna:sesame@a:1"),
        ("", "http://anna:sesame@a:1", "http://anna:sesame@a:1"),
    ],
)
def test_password_of_a_proxy_is_kept_only_where_it_was_kept_before(cmdline: str, saved: str, kept: str) -> None:
    assert decided(cmdline, choice(proxy=saved)).proxy_to_keep.url == kept


def test_words_of_the_kernel_command_line_come_behind_the_saved_ones() -> None:
    decision = decided('wyr.arg=new wyr.arg="two words"', choice("b.io/b:1", "old"))
    assert decision.choice.cmdline == ("old", "new", "two words")


def test_image_of_the_kernel_command_line_comes_without_the_saved_words() -> None:
    assert decided("wyr.img=a.io/a wyr.arg=new", choice("b.io/b:1", "old")).choice.cmdline == ("new",)


def test_saved_choice_waits_five_seconds_and_a_given_one_not_at_all() -> None:
    assert decided("", choice("b.io/b:1")).timeout == DEFAULT_TIMEOUT == 5
    assert decided("", None, choice("b.io/b:1")).timeout == 5
    assert decided("wyr.img=a.io/a").timeout == 0


@pytest.mark.parametrize("seconds", [0, 90])
def test_timeout_word_counts_for_every_place(seconds: int) -> None:
    assert decided(f"wyr.timeout={seconds}", choice("b.io/b:1")).timeout == seconds
    assert decided(f"wyr.timeout={seconds} wyr.img=a.io/a").timeout == seconds


def test_menu_word_keeps_the_choice_but_boots_nothing_by_itself() -> None:
    decision = decided("wyr.menu", choice("b.io/b:1"))
    assert not decision.unattended
    assert str(decision.choice.image) == "b.io/b:1"


@pytest.mark.parametrize("action", EfiAction)
def test_efi_word_waits_for_somebody_who_says_yes(action: EfiAction) -> None:
    decision = decided(f"wyr.efi={action} wyr.img=a.io/a")
    assert decision.efi is action
    assert not decision.unattended


def test_registries_come_from_all_places_in_their_order_and_once() -> None:
    decision = decided(
        "wyr.registry=http://one:5000 wyr.registry=two.io",
        choice(registries=["three.io", "two.io"]),
        choice(registries=["four.io"]),
    )
    assert [str(address) for address in decision.site.addresses] == ["http://one:5000", "two.io", "three.io", "four.io"]


def test_network_files_come_from_all_places_and_the_first_of_a_name_wins_whole() -> None:
    decision = decided(
        "wyr.net.a.Match.Name=cmdline",
        choice(network={"a.network": {"Link": {"MTUBytes": "1"}}, "b.network": {"Match": {"Name": "efi"}}}),
        choice(network={"b.network": {"Match": {"Name": "medium"}}, "c.network": {"Match": {"Name": "medium"}}}),
    )
    assert decision.network == {
        "a.network": {"Match": {"Name": "cmdline"}},
        "b.network": {"Match": {"Name": "efi"}},
        "c.network": {"Match": {"Name": "medium"}},
    }


def test_image_that_was_asked_for_and_written_wrongly_is_not_replaced_by_another() -> None:
    decision = decided("wyr.img=Not:A:Reference", choice("b.io/b:1"), choice("c.io/c:1"))
    assert [problem.code for problem in decision.problems] == ["reference-invalid"]
    assert decision.origin is Origin.NOWHERE
    assert decision.choice.image is None
    assert not decision.unattended


def test_whatever_cannot_be_understood_is_told_and_the_next_place_is_asked() -> None:
    decision = decided("wyr.registry=ftp://x wyr.unknown=1", b"half a choice", choice("c.io/c:1"))
    assert [problem.code for problem in decision.problems] == [
        "word-unknown",
        "choice-invalid",
        "registry-invalid",
    ]
    assert decision.origin is Origin.MEDIUM
    assert decision.saved is None


@pytest.mark.parametrize(
    ("efi", "medium", "forgettable"),
    [
        (choice("b.io/b:1"), None, True),
        (b"half a choice", None, True),
        (None, choice("c.io/c:1"), False),
        (None, b"half a choice", False),
        (None, None, False),
    ],
)
def test_only_what_is_in_the_efi_variable_can_be_forgotten(
    efi: bytes | None, medium: bytes | None, forgettable: bool
) -> None:
    assert decided("", efi, medium).forgettable is forgettable
    assert not decide(parse_request("wyr.unknown=1"), Unreadable(), Place(medium)).forgettable


def test_place_that_cannot_be_read_is_a_problem_and_no_end() -> None:
    decision = decide(parse_request("wyr.img=a.io/a"), Unreadable(), Place())
    assert [problem.code for problem in decision.problems] == ["efi-unreadable"]
    assert decision.unattended


def test_saved_choice_is_known_even_where_another_place_wins() -> None:
    saved = decided("wyr.img=a.io/a", choice("b.io/b:1")).saved
    assert saved is not None
    assert str(saved.image) == "b.io/b:1"
