"""What the words of our own kernel's command line ask for."""

import pytest

from wyrcan_tui.kernel.request import EfiAction, NetworkSetting, Request, Ui, parse_request


def test_words_that_are_not_for_wyrcan_are_passed_over() -> None:
    assert parse_request("BOOT_IMAGE=/boot/vmlinuz quiet wyr wyrcan wyrd.img=a img=b console=ttyS0,115200") == Request()


@pytest.mark.parametrize("prefix", ["wyr", "wyrcan"])
def test_both_prefixes_mean_the_same(prefix: str) -> None:
    assert parse_request(f"{prefix}.img=quay.io/a").image == "quay.io/a"


def test_last_image_wins() -> None:
    assert parse_request("wyr.img=a wyrcan.img=b").image == "b"


def test_arguments_keep_their_order_and_their_spaces() -> None:
    request = parse_request('wyr.arg=quiet wyrcan.arg="console=ttyS0 ro" "wyr.arg=a b" wyr.arg=c=d')
    assert request.arguments == ("quiet", "console=ttyS0 ro", "a b", "c=d")


def test_network_settings_belong_to_a_file_of_their_kind() -> None:
    request = parse_request(
        "wyr.net.eth.Match.Name=eth* wyr.net.network.eth.Network.DHCP=yes "
        "wyr.net.netdev.br0.NetDev.Kind=bridge wyr.net.link.10-a.Link.MTUBytes=9000 "
        'wyr.net.eth.Network.DNS="192.0.2.1 192.0.2.2" wyr.net.eth.Network.Domains='
    )
    assert request.network == (
        NetworkSetting("eth.network", "Match", "Name", "eth*"),
        NetworkSetting("eth.network", "Network", "DHCP", "yes"),
        NetworkSetting("br0.netdev", "NetDev", "Kind", "bridge"),
        NetworkSetting("10-a.link", "Link", "MTUBytes", "9000"),
        NetworkSetting("eth.network", "Network", "DNS", "192.0.2.1 192.0.2.2"),
        NetworkSetting("eth.network", "Network", "Domains", ""),
    )
    assert request.problems == ()


def test_file_may_have_the_name_of_a_kind() -> None:
    assert parse_request("wyr.net.link.Match.Name=e").network == (NetworkSetting("link.network", "Match", "Name", "e"),)


@pytest.mark.parametrize(("value", "action"), [("write", EfiAction.WRITE), ("clear", EfiAction.CLEAR)])
def test_efi_variable_is_written_or_cleared(value: str, action: EfiAction) -> None:
    assert parse_request(f"wyr.efi={value}").efi is action


def test_timeout_registries_and_menu() -> None:
    request = parse_request("wyr.timeout=30 wyr.registry=quay.io wyr.registry=http://10.0.0.1:5000 wyr.menu")
    assert (request.timeout, request.registries, request.menu) == (30, ("quay.io", "http://10.0.0.1:5000"), True)


@pytest.mark.parametrize("word", ["wyr.shell", "wyrcan.shell=1"])
def test_shell_is_for_who_can_write_the_command_line(word: str) -> None:
    assert parse_request(word) == Request(shell=True)


def test_last_language_wins() -> None:
    assert parse_request("wyr.lang=fr wyrcan.lang=de_DE.UTF-8").language == "de_DE.UTF-8"


@pytest.mark.parametrize(("words", "said"), [("", None), ("wyr.handover=no", False), ("wyr.handover=yes", True)])
def test_network_is_handed_over_or_not(words: str, said: bool | None) -> None:
    assert parse_request(words).handover is said


@pytest.mark.parametrize(
    "word",
    [
        "wyr.",
        "wyr.img",
        "wyr.img=",
        "wyr.image=quay.io/a",
        "wyrcan.arg",
        "wyr.efi=save",
        "wyr.efi",
        "wyr.timeout=soon",
        "wyr.timeout=-1",
        "wyr.timeout=٣",
        "wyr.timeout=1000000000",
        "wyr.menu=yes",
        "wyr.shell=",
        "wyr.shell=yes",
        "wyr.handover",
        "wyr.handover=off",
        "wyr.registry=",
        "wyr.net",
        "wyr.net.eth.Match=a",
        "wyr.net.eth.Match.Name",
        "wyr.net.wifi.eth.Match.Name=a",
        "wyr.net.a.b.c.d.e=f",
        "wyr.net.../etc.Match.Name=a",
        "wyr.net.a/b.Match.Name=a",
        "wyr.net.eth..Name=a",
        "wyr.net..Match.Name=a",
    ],
)
def test_word_that_is_not_understood_is_a_problem_and_nothing_else(word: str) -> None:
    request = parse_request(f"{word} wyr.img=quay.io/a")
    assert request == Request(image="quay.io/a", problems=request.problems)
    (problem,) = request.problems
    assert word in problem


@pytest.mark.parametrize(
    ("line", "ui"), [("", None), ("wyr.ui=plain", Ui.PLAIN), ("wyr.ui=plain wyrcan.ui=menu", Ui.MENU)]
)
def test_kind_of_menu_is_the_last_one_that_was_asked_for(line: str, ui: Ui | None) -> None:
    assert parse_request(line).ui is ui


@pytest.mark.parametrize("word", ["wyr.ui", "wyr.ui=", "wyr.ui=braille"])
def test_kind_of_menu_that_is_not_known_is_a_problem(word: str) -> None:
    request = parse_request(word)
    assert request.ui is None
    assert request.problems == (f"Wyrcan does not understand the word {word!r} on the kernel command line.",)
